"""Hugging Face Transformers: `Trainer(..., callbacks=[KymographCallback()])` shows the training live."""

from __future__ import annotations

from typing import Any, Optional

from transformers import TrainerCallback

from ._training import Shown, Training

__all__ = ["KymographCallback"]

# What `Trainer` says once at the end: numbers of the whole training, and no curves.
_SUMMARY = ("train_runtime", "train_samples_per_second", "train_steps_per_second", "train_loss", "total_flos")


class KymographCallback(TrainerCallback):
    """Shows curves and progress of a `Trainer`, and ends it when Stop is pressed in the window.

    What the trainer logs is called `train/loss`, `train/learning_rate`, `eval/loss`, as in wandb, over the global step; how
    often is `logging_steps` of its arguments. The totals at the end go into the summary. Stop ends the training after the
    step (`should_training_stop`), on all processes. Only the first process shows anything.
    """

    def __init__(self, run: Optional[Shown] = None) -> None:
        """`run` is the run or job that shows the training; by default the current run, else the job whose function trains,
        else a run of its own, with the trainer's arguments as settings, which ends with the training."""
        self._training = Training(run)

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """The training begins, or goes on from a checkpoint."""
        if state.is_world_process_zero:
            self._training.begin(args.to_sanitized_dict(), name=getattr(args, "run_name", None))
            self._training.progress(state.global_step, state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        """The trainer logs. Evaluations outside of a training go to the run that was given, or to the current one."""
        if not state.is_world_process_zero or not logs:
            return
        self._training.summarize({name: value for name, value in logs.items() if name in _SUMMARY})
        # The epoch goes with each line of the log; as a curve it says nothing.
        curves = {_name(name): value for name, value in logs.items() if name not in _SUMMARY and name != "epoch"}
        if curves and self._training.is_begun:
            self._training.log(curves, state.global_step)
        elif curves:
            self._training.log_outside(curves, state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> Any:
        """A step of the optimizer is done."""
        if state.is_world_process_zero:
            self._training.progress(state.global_step, state.max_steps)
        if _of_first_process(self._training.is_stopping(), args):
            control.should_training_stop = True
        return control

    def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """The training has ended."""
        self._training.end()


def _name(name: str) -> str:
    for prefix in ("eval_", "test_"):
        if name.startswith(prefix):
            return prefix[:-1] + "/" + name[len(prefix) :]
    return "train/" + name


def _of_first_process(is_stopping: bool, args: Any) -> bool:
    """What the first of the processes that train together says: one that stopped alone would be waited for in vain."""
    if args.world_size <= 1:
        return is_stopping
    import torch

    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return is_stopping
    flag = torch.tensor([int(is_stopping)], device=args.device)
    torch.distributed.broadcast(flag, 0)
    return bool(flag.item())
