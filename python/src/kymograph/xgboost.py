"""XGBoost: `xgboost.train(..., callbacks=[KymographCallback()])` shows the training live."""

from __future__ import annotations

from typing import Any, Optional

from xgboost import collective
from xgboost.callback import TrainingCallback

from ._training import Shown, Training

__all__ = ["KymographCallback"]


class KymographCallback(TrainingCallback):
    """Shows the metrics of all evaluation sets, and ends the training when Stop is pressed in the window.

    They are called `train/logloss`, `valid/auc`, by the names of the sets, over the number of the iteration from 0; of
    `xgboost.cv` the means, and the standard deviations as `valid/auc/std`. Stop ends the training after the iteration, with
    the trees so far. Of processes that train together only the first shows anything.
    """

    def __init__(self, run: Optional[Shown] = None, num_boost_round: Optional[int] = None) -> None:
        """`run` is the run or job that shows the training; by default the current run, else the job whose function trains,
        else a run of its own, which ends with the training. `num_boost_round` is the number of iterations that the training
        is called with (`n_estimators` of the estimators): XGBoost does not tell it, and without it the window counts
        iterations and does not know the end."""
        super().__init__()
        self._training = Training(run)
        self._rounds = num_boost_round
        self._done = 0

    def before_training(self, model: Any) -> Any:
        """The training begins."""
        self._done = 0
        if collective.get_rank() == 0:
            self._training.begin()
            self._training.progress(0, self._rounds)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """An iteration is done. True ends the training."""
        is_stopping = False
        if collective.get_rank() == 0:
            values: dict[str, Any] = {}
            for data, metrics in evals_log.items():
                for metric, history in metrics.items():
                    newest = history[-1]
                    if isinstance(newest, tuple):
                        newest, values["%s/%s/std" % (data, metric)] = newest
                    values["%s/%s" % (data, metric)] = newest
            if values:
                self._training.log(values, epoch)
            self._done += 1
            self._training.progress(self._done, self._rounds)
            is_stopping = self._training.is_stopping()
        if collective.get_world_size() > 1:
            # One that stopped alone would be waited for in vain.
            is_stopping = collective.broadcast(is_stopping, 0)
        return is_stopping

    def after_training(self, model: Any) -> Any:
        """The training has ended."""
        self._training.end()
        return model
