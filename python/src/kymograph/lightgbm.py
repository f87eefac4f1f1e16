"""LightGBM: `lightgbm.train(..., callbacks=[kymograph_callback()])` shows the training live."""

from __future__ import annotations

from typing import Any, Optional

from lightgbm.callback import EarlyStopException

from ._training import Shown, Training

__all__ = ["kymograph_callback"]


def kymograph_callback(run: Optional[Shown] = None) -> Any:
    """A callback that shows the metrics of all evaluation sets, and ends the training when Stop is pressed in the window.

    They are called `valid_0/auc`, by the names of the sets, over the number of the iteration from 0; of `lightgbm.cv` the
    means, and the standard deviations as `valid/auc/std`. Stop ends the training after the iteration as early stopping
    does, with the trees so far.

    `run` is the run or job that shows the training; by default the current run, else the job whose function trains, else a
    run of its own. That one ends with the last iteration; where another callback stops early, which LightGBM tells nobody,
    it ends when this callback is let go of, at the next training, or with the program.
    """
    return _Callback(run)


class _Callback:
    def __init__(self, run: Optional[Shown] = None) -> None:
        # Behind log_evaluation and record_evaluation (10 and 20), so that they see the iteration at which it is stopped,
        # and before early_stopping (30), which may raise. LightGBM looks at the instance for it, and not at the class.
        self.order = 25
        self._training = Training(run, ends_unseen=True)

    def __call__(self, env: Any) -> None:
        if env.iteration == env.begin_iteration:
            self._training.begin(env.params)
        else:
            self._training.go_on(env.params)
        results = env.evaluation_result_list or []
        values: dict[str, Any] = {}
        for result in results:
            data, metric, value = _named(*result[:3])
            values["%s/%s" % (data, metric)] = value
            if len(result) > 4 and result[4] is not None:
                values["%s/%s/std" % (data, metric)] = result[4]
        if values:
            self._training.log(values, env.iteration)
        self._training.progress(env.iteration + 1 - env.begin_iteration, env.end_iteration - env.begin_iteration)
        is_stopping = self._training.is_stopping()
        if is_stopping or env.iteration + 1 >= env.end_iteration:
            self._training.end()
        if is_stopping:
            raise EarlyStopException(env.iteration, results)


def _named(data: str, metric: str, value: float) -> tuple[str, str, float]:
    if data == "cv_agg":
        # Old versions give the name of the set with that of the metric.
        data, _, metric = metric.partition(" ")
    return data, metric, value
