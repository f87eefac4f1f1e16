"""One of two processes that train together, for tests/test_frameworks.py: `train_together.py FRAMEWORK`, with RANK and the
like in the environment. On the first one Stop is pressed in step 5; each prints how far it came and its runs."""

import os
import pathlib
import sys
import warnings

import numpy

import kymograph

warnings.simplefilter("ignore")
RANK = int(os.environ["RANK"])
STEPS = 400


def press() -> None:
    run = kymograph.run
    if run is not None:
        run._hear({"t": "stop", "press": 1})


def rows() -> "tuple[numpy.ndarray, numpy.ndarray]":
    x = numpy.random.default_rng(RANK).normal(size=(STEPS * 2, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def huggingface() -> int:
    import torch
    import transformers

    from kymograph.huggingface import KymographCallback

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, x, labels):
            return {"loss": torch.nn.functional.binary_cross_entropy_with_logits(self.layer(x)[:, 0], labels)}

    class Press(transformers.TrainerCallback):
        def on_step_begin(self, args, state, control, **more):
            if state.global_step == 5:
                press()

    x, y = rows()
    data = [{"x": torch.tensor(row), "labels": torch.tensor(label)} for row, label in zip(x, y)]
    settings = {"use_cpu": True, "ddp_backend": "gloo", "per_device_train_batch_size": 1, "logging_steps": 1}
    args = transformers.TrainingArguments(os.environ["KYMOGRAPH_DATA_DIR"] + "-checkpoints", report_to="none", **settings)
    assert args.world_size == 2
    trainer = transformers.Trainer(Model(), args, train_dataset=data, callbacks=[Press(), KymographCallback()])
    trainer.train()
    return trainer.state.global_step


def lightning() -> int:
    import lightning.pytorch as pl
    import torch

    from kymograph.lightning import KymographCallback, KymographLogger

    class Model(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch, index):
            x, y = batch
            loss = torch.nn.functional.binary_cross_entropy_with_logits(self.layer(x)[:, 0], y)
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    class Press(pl.Callback):
        def on_train_batch_start(self, trainer, module, batch, index):
            if index == 5:
                press()

    data = torch.utils.data.TensorDataset(*map(torch.tensor, rows()))
    trainer = pl.Trainer(
        max_epochs=1,
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        logger=KymographLogger(),
        callbacks=[KymographCallback(), Press()],
        log_every_n_steps=1,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(Model(), torch.utils.data.DataLoader(data, 1))
    assert trainer.world_size == 2
    return trainer.global_step


def xgboost() -> int:
    import xgboost

    from kymograph.xgboost import KymographCallback

    class Press(xgboost.callback.TrainingCallback):
        def before_iteration(self, model, epoch, evals_log):
            if epoch == 5:
                press()
            return False

    where = {"dmlc_tracker_uri": "127.0.0.1", "dmlc_tracker_port": int(os.environ["MASTER_PORT"])}
    with xgboost.collective.CommunicatorContext(dmlc_task_id=str(RANK), **where):
        assert xgboost.collective.get_world_size() == 2 and xgboost.collective.get_rank() == RANK
        data = xgboost.DMatrix(*rows())
        settings = {"objective": "binary:logistic", "nthread": 1}
        callbacks = [Press(), KymographCallback()]
        booster = xgboost.train(settings, data, STEPS, [(data, "train")], callbacks=callbacks, verbose_eval=False)
        return booster.num_boosted_rounds()


if __name__ == "__main__":
    steps = {"huggingface": huggingface, "lightning": lightning, "xgboost": xgboost}[sys.argv[1]]()
    runs = list((pathlib.Path(os.environ["KYMOGRAPH_DATA_DIR"]) / "runs").glob("*"))
    print("steps", steps, "runs", len(runs))
