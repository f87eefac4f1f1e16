"""Keras: `model.fit(x, y, callbacks=[KymographCallback()])` shows the training live.

Works with Keras 3 on any backend, and with the Keras 2 of TensorFlow.
"""

from __future__ import annotations

from typing import Any, Optional, Union

try:
    import keras
except ImportError:  # Of old, Keras came with TensorFlow alone.
    from tensorflow import keras

from ._training import Shown, Training

__all__ = ["KymographCallback"]


class KymographCallback(keras.callbacks.Callback):
    """Shows curves and progress of `fit`, and ends it when Stop is pressed in the window.

    Metrics of batches have the names that Keras gives them (`loss`, `accuracy`: means since the beginning of the epoch)
    over the number of the batch, counted from 0 through all epochs and through further calls of `fit`. Metrics of epochs
    are called `epoch/loss`, `epoch/val_loss` over the number of the epoch from 0, as in wandb, and stand in a subplot of
    their own. Stop ends the training after the batch, as `model.stop_training` does; what comes behind `fit` is run.
    """

    def __init__(self, run: Optional[Shown] = None, log_every: Union[str, int] = "batch") -> None:
        """`run` is the run or job that shows the training; by default the current run, else the job whose function calls
        `fit`, else a run of its own, which ends with `fit`. `log_every` is "batch", "epoch" (no metrics of batches) or a
        number of batches. Raises `ValueError` for anything else."""
        super().__init__()
        if log_every != "batch" and log_every != "epoch" and (isinstance(log_every, str) or log_every < 1):
            raise ValueError("log_every is 'batch', 'epoch' or a number of batches, not %r" % (log_every,))
        self._every = {"batch": 1, "epoch": 0}[log_every] if isinstance(log_every, str) else int(log_every)
        self._training = Training(run)
        self._batches = 0
        self._fit_begin = self._epoch_begin = 0
        self._first_epoch: Optional[int] = None
        self._steps: Optional[int] = None

    def on_train_begin(self, logs: Any = None) -> None:
        """`fit` begins."""
        self._training.begin({name: value for name, value in self.params.items() if name in ("epochs", "steps")})
        self._fit_begin = self._batches
        self._first_epoch = None
        self._steps = self.params.get("steps")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch begins."""
        self._epoch_begin = self._batches
        if self._first_epoch is None:
            self._first_epoch = epoch
            self._report()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch is done, or several where `steps_per_execution` says so."""
        before, self._batches = self._batches, self._epoch_begin + batch + 1
        if self._every and logs and self._batches // self._every > before // self._every:
            self._training.log(dict(logs), self._batches - 1)
        self._report()
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch is done, with its validation."""
        if self._steps is None and not self.model.stop_training:
            # Of an iterator nobody knows the length before its end.
            self._steps = self._batches - self._epoch_begin
        if logs:
            self._training.log({"epoch/%s" % name: value for name, value in logs.items()}, epoch, "epoch")
        self._report()
        self._stop_if_asked()

    def on_train_end(self, logs: Any = None) -> None:
        """`fit` has ended."""
        self._training.end()

    def _report(self) -> None:
        epochs = self.params.get("epochs")
        total = None if not self._steps or epochs is None else (epochs - (self._first_epoch or 0)) * self._steps
        self._training.progress(self._batches - self._fit_begin, total)

    def _stop_if_asked(self) -> None:
        if self._training.is_stopping():
            self.model.stop_training = True
