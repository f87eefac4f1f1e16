"""The hooks of frameworks, with the real ones where they are installed: curves, progress, Stop, and the end of the run."""

import copy
import gc
import os
import pathlib
import pickle
import socket
import subprocess
import sys
import textwrap
import threading

import numpy
import pytest
from conftest import load_reader, recorded, recorded_runs, wait_for

import kymograph
from kymograph import _run
from kymograph._training import Training

BATCHES = 8
"""Batches of an epoch, in all of these trainings."""

# No framework shall look for a GPU, or for the network.
os.environ.update(CUDA_VISIBLE_DEVICES="", JAX_PLATFORMS="cpu", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")


@pytest.fixture
def viewer_run(viewer):
    """A current run, and the viewer that it is connected to."""
    run = kymograph.init(name="train")
    wait_for(lambda: run._client.state == "connected")
    return run


def press_stop(viewer):
    """Presses Stop once, and returns when the current run knows."""
    wait_for(lambda: _run.current()._client.state == "connected")
    viewer.say(t="stop", press=1)
    wait_for(lambda: _run.current().stop_requested)


def reports(viewer):
    return [(head["done"], head.get("total")) for head in viewer.ledger.passing if head["t"] == "progress"]


def x_labels(viewer):
    return {head["name"]: (head["x_label"], head.get("subplot", 0)) for head in viewer.ledger.heads("series")}


def numbers(count):
    return [float(index) for index in range(count)]


def end(viewer):
    """How the only run of this test ended: well, stopped."""
    wait_for(lambda: viewer.ledger.is_finished)
    (head,) = viewer.ledger.heads("finish")
    return head["ok"], head.get("stopped", False)


def data(rows=64):
    chance = numpy.random.default_rng(0)
    x = chance.normal(size=(rows, 4)).astype("float32")
    return x, (x[:, 0] + 0.5 * x[:, 1] > 0).astype("float32")


# What they have in common, without any framework.


def test_no_framework_is_imported_unasked():
    names = ["keras", "lightning", "pytorch_lightning", "transformers", "xgboost", "lightgbm", "torch", "jax", "tensorflow"]
    code = "import sys, kymograph; kymograph.subplots; kymograph.job; print(sorted(set(%r) & set(sys.modules)))" % names
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_run_that_is_given_or_current_is_used_and_left_alone(place):
    given = _run.Run(name="given", mode="offline")
    current = kymograph.init(name="current", mode="offline")
    for training in (Training(given), Training()):
        training.begin()
        training.log({"loss": 1}, 5)
        training.end()
    assert kymograph.run is current and not current._is_finished and not given._is_finished
    for run in (given, current):
        run.finish()
        assert recorded(next(path for path in recorded_runs(place) if path.name == os.path.basename(run.dir)))["loss"] == (
            [5],
            [1],
        )


def test_a_run_of_its_own_is_current_and_ends_with_the_training(place, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    training = Training()
    run = training.begin({"lr": 0.5}, "mine")
    assert kymograph.run is run and run.config.lr == 0.5 and run.name == "mine"
    training.end()
    assert kymograph.run is None and run._is_finished
    training.end()
    assert len(recorded_runs(place)) == 1


def test_a_training_that_broke_off_is_ended_by_the_next(place, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    first, second = Training(), Training()
    run = first.begin()
    assert second.begin() is not run and run._is_finished
    # The same callback again, after an exception.
    third = second.shown
    assert second.begin() is not third and third._is_finished
    second.end()
    ends = [load_reader().summary(str(path))["end"] for path in recorded_runs(place)]
    assert [(one["state"], one["text"]) for one in ends][:2] == [("failed", "the training was broken off")] * 2
    assert ends[2]["state"] == "finished"


def test_a_training_of_another_thread_is_not_ended(monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    training = Training()
    thread = threading.Thread(target=training.begin)
    thread.start()
    other = Training()
    while thread.is_alive():
        thread.join(1)
    _run._current, begun = training.shown, training.shown
    # The thread's number may be given to the next thread, not to one that was there before.
    assert other.begin() is begun
    other.end()
    assert not begun._is_finished
    training.end()


@pytest.mark.parametrize(("ends_unseen", "state"), [(True, "finished"), (False, "failed")])
def test_a_training_that_nobody_holds_any_more_ends(place, monkeypatch, ends_unseen, state):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    training = Training(ends_unseen=ends_unseen)
    run = training.begin()
    del training
    gc.collect()
    wait_for(lambda: run._client.state == "closed")
    assert load_reader().summary(str(recorded_runs(place)[-1]))["end"]["state"] == state


def test_copies_train_elsewhere(monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    run = kymograph.init()
    training = Training(run)
    training.begin()
    clone = copy.deepcopy(training)
    assert clone.begin() is run
    there = pickle.loads(pickle.dumps(training))
    assert there.begin().disabled


def test_within_a_job_its_window_shows_the_training(viewer):
    def train():
        training = Training()
        training.begin()
        for batch in range(20):
            training.log({"loss": numpy.float32(batch)}, batch)
            training.progress(batch + 1, 20)
            if batch == 9:
                training.log({"epoch/loss": 0.5}, 0, "epoch")
        training.end()

    job = kymograph.start(train)
    job.result(20)
    assert end(viewer) == (True, False)
    assert viewer.ledger.samples("loss") == (numbers(20), numbers(20))
    assert x_labels(viewer) == {"loss": ("step", 0), "epoch/loss": ("epoch", 1)}
    assert reports(viewer)[-1] == (20, 20) and viewer.connections == 1


def test_a_job_that_is_stopped_or_paused_holds_the_training_of_a_run(monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    run = kymograph.init()
    seen, stands = [], threading.Event()

    def train():
        training = Training()
        assert training.begin() is run
        seen.append(training.is_stopping())
        kymograph.current_job().pause()
        stands.set()
        seen.append(training.is_stopping())
        seen.append(training.is_stopping())

    job = kymograph.start(train)
    assert stands.wait(20)
    assert not job.wait(0.1)
    job.stop()
    job.result(20)
    assert seen == [False, True, True]


# Keras.


@pytest.fixture(scope="session")
def keras():
    import importlib.util

    found = [name for name in ("jax", "torch", "tensorflow") if importlib.util.find_spec(name) is not None]
    if "KERAS_BACKEND" not in os.environ and found:
        os.environ["KERAS_BACKEND"] = found[0]
    module = pytest.importorskip("keras", exc_type=ImportError)
    module.utils.set_random_seed(0)
    return module


@pytest.fixture
def keras_model(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


def fit(model, *callbacks, epochs=3, **more):
    x, y = data()
    return model.fit(x, y, batch_size=64 // BATCHES, epochs=epochs, verbose=0, callbacks=list(callbacks), **more)


def test_keras_curves_and_progress(viewer, keras_model):
    from kymograph.keras import KymographCallback

    history = fit(keras_model, KymographCallback(), validation_data=data(16)).history
    assert end(viewer) == (True, False) and kymograph.run is None
    assert viewer.ledger.samples("loss")[0] == viewer.ledger.samples("accuracy")[0] == numbers(3 * BATCHES)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert viewer.ledger.samples("epoch/" + name) == (numbers(3), pytest.approx(history[name]))
    assert x_labels(viewer)["accuracy"] == ("step", 0) and x_labels(viewer)["epoch/val_loss"] == ("epoch", 1)
    assert reports(viewer)[-1] == (3 * BATCHES, 3 * BATCHES)
    assert viewer.ledger.hellos[0]["config"] == {"epochs": 3, "steps": BATCHES}


def test_keras_stop_ends_fit_after_the_batch(viewer, viewer_run, keras, keras_model):
    from kymograph.keras import KymographCallback

    press = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: batch == 5 and press_stop(viewer))
    history = fit(keras_model, press, KymographCallback(), epochs=50)
    assert len(history.epoch) == 1
    assert kymograph.run is viewer_run, "a run that the callback did not begin goes on"
    viewer_run.finish()
    assert viewer.ledger.samples("loss")[0] == numbers(6)
    assert viewer.ledger.samples("epoch/loss")[0] == [0]


def test_keras_further_fits_count_on(viewer, viewer_run, keras_model):
    from kymograph.keras import KymographCallback

    callback = KymographCallback(viewer_run, log_every=3)
    fit(keras_model, callback, epochs=1)
    fit(keras_model, callback, epochs=2, initial_epoch=1)
    viewer_run.finish()
    assert viewer.ledger.samples("loss")[0] == [2, 5, 8, 11, 14]
    assert viewer.ledger.samples("epoch/loss")[0] == [0, 1]
    assert reports(viewer)[-1] == (BATCHES, BATCHES)


def test_keras_epochs_alone_and_batches_without_a_number(viewer, viewer_run, keras_model):
    from kymograph.keras import KymographCallback

    def batches():
        x, y = data()
        for begin in range(0, 64, 8):
            yield x[begin : begin + 8], y[begin : begin + 8]

    def endless():
        while True:
            yield from batches()

    keras_model.fit(endless(), steps_per_epoch=4, epochs=2, verbose=0, callbacks=[KymographCallback(log_every="epoch")])
    viewer_run.finish()
    assert set(x_labels(viewer)) == {"epoch/loss", "epoch/accuracy"}
    assert reports(viewer)[-1] == (8, 8)
    for wrong in ("often", 0, -1):
        with pytest.raises(ValueError, match="log_every"):
            KymographCallback(log_every=wrong)


def test_keras_an_exception_ends_the_run_at_the_next_fit(place, monkeypatch, keras, keras_model):
    from kymograph.keras import KymographCallback

    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")

    def fail(batch, logs):
        raise ValueError("bad batch")

    with pytest.raises(ValueError, match="bad batch"):
        fit(keras_model, KymographCallback(), keras.callbacks.LambdaCallback(on_train_batch_end=fail))
    fit(keras_model, KymographCallback(), epochs=1)
    ends = [load_reader().summary(str(path))["end"]["state"] for path in recorded_runs(place)]
    assert sorted(ends) == ["failed", "finished"]


# Lightning, under both of its names.


@pytest.fixture(params=["lightning.pytorch", "pytorch_lightning"])
def pl(request, monkeypatch):
    module = pytest.importorskip(request.param)
    import warnings

    warnings.simplefilter("ignore")
    return module


def lightning_parts(pl, tmp_path, epochs=3, callbacks=(), logger=None, steps=-1, **more):
    import torch

    class Model(pl.LightningModule):
        def __init__(self, rate=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch, index):
            x, y = batch
            loss = torch.nn.functional.binary_cross_entropy_with_logits(self.layer(x)[:, 0], y)
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", self.training_step_loss(batch))

        def training_step_loss(self, batch):
            x, y = batch
            return torch.nn.functional.binary_cross_entropy_with_logits(self.layer(x)[:, 0], y)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), self.hparams.rate)

    x, y = data()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y)), 64 // BATCHES)
    trainer = pl.Trainer(
        max_epochs=epochs,
        max_steps=steps,
        logger=logger or False,
        callbacks=list(callbacks),
        log_every_n_steps=1,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        default_root_dir=str(tmp_path),
        **more,
    )
    return trainer, Model(), loader


def test_lightning_curves_and_progress(viewer, pl, tmp_path):
    from kymograph.lightning import KymographCallback, KymographLogger

    logger = KymographLogger(name="linear", project="demo")
    trainer, model, loader = lightning_parts(pl, tmp_path, callbacks=[KymographCallback()], logger=logger)
    trainer.fit(model, loader, loader)
    assert end(viewer) == (True, False) and kymograph.run is None
    assert viewer.ledger.hellos[0]["name"] == "demo/linear"
    assert viewer.ledger.hellos[0]["config"] == {"rate": 0.1}
    assert viewer.ledger.samples("train_loss")[0] == numbers(3 * BATCHES)
    assert viewer.ledger.samples("val_loss")[0] == [7, 15, 23]
    assert set(x_labels(viewer)) == {"train_loss", "val_loss"}
    assert reports(viewer)[-1] == (3 * BATCHES, 3 * BATCHES)
    assert viewer.connections == 1


def test_lightning_an_experiment_begins_when_it_is_used(viewer, pl):
    from kymograph.lightning import KymographLogger

    logger = KymographLogger(name="later")
    experiment = logger.experiment
    assert kymograph.run is None
    experiment.log({"x": 1})
    assert logger.experiment is kymograph.run and kymograph.run.name == "later"
    logger.finalize("success")
    assert end(viewer) == (True, False) and viewer.ledger.samples("x")[1] == [1]


def test_lightning_stop_ends_fit_after_the_batch(viewer, viewer_run, pl, tmp_path):
    from kymograph.lightning import KymographCallback, KymographLogger

    class Press(pl.Callback):
        def on_train_batch_start(self, trainer, module, batch, index):
            if index == 5:
                press_stop(viewer)

    callbacks = [KymographCallback(), Press()]
    trainer, model, loader = lightning_parts(pl, tmp_path, epochs=50, callbacks=callbacks, logger=KymographLogger())
    trainer.fit(model, loader)
    assert trainer.global_step == 6 and kymograph.run is viewer_run
    assert viewer_run.config.rate == 0.1
    viewer_run.finish()
    assert viewer.ledger.samples("train_loss")[0] == numbers(6)


def test_lightning_progress_of_steps_and_without_a_logger(viewer, viewer_run, pl, tmp_path):
    from kymograph.lightning import KymographCallback

    more = {"callbacks": [KymographCallback()], "epochs": None, "steps": 10}
    trainer, model, loader = lightning_parts(pl, tmp_path, **more)
    trainer.fit(model, loader)
    viewer_run.finish()
    assert reports(viewer)[-1] == (10, 10)


def test_lightning_a_failure_is_recorded(viewer, pl, tmp_path):
    from kymograph.lightning import KymographLogger

    class Fail(pl.Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, index):
            if index == 2:
                raise ValueError("bad batch")

    trainer, model, loader = lightning_parts(pl, tmp_path, callbacks=[Fail()], logger=KymographLogger())
    with pytest.raises(ValueError, match="bad batch"):
        trainer.fit(model, loader)
    assert end(viewer) == (False, False)


def test_lightning_classes_of_the_package_that_is_imported():
    pytest.importorskip("pytorch_lightning")
    pytest.importorskip("lightning")
    code = """
        import sys
        import pytorch_lightning
        from kymograph.lightning import KymographCallback, KymographLogger
        print(issubclass(KymographLogger, pytorch_lightning.loggers.Logger), "lightning.pytorch" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


# Transformers.


@pytest.fixture
def trainer_of(tmp_path):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    pytest.importorskip("accelerate")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, x, labels):
            logits = self.layer(x)[:, 0]
            return {"loss": torch.nn.functional.binary_cross_entropy_with_logits(logits, labels), "logits": logits}

    x, y = data()
    rows = [{"x": torch.tensor(row), "labels": torch.tensor(label)} for row, label in zip(x, y)]

    def make(*callbacks, **more):
        settings = {"num_train_epochs": 2, "logging_steps": 2, "eval_strategy": "epoch", "save_strategy": "no"}
        settings.update({"per_device_train_batch_size": 64 // BATCHES, "report_to": "none", "disable_tqdm": True}, **more)
        args = transformers.TrainingArguments(str(tmp_path), use_cpu=True, **settings)
        return transformers.Trainer(Model(), args, train_dataset=rows, eval_dataset=rows[:8], callbacks=list(callbacks))

    return make


def test_huggingface_curves_and_progress(viewer, trainer_of):
    from kymograph.huggingface import KymographCallback

    trainer = trainer_of(KymographCallback())
    trainer.train()
    assert end(viewer) == (True, False) and kymograph.run is None
    assert viewer.ledger.samples("train/loss")[0] == [2, 4, 6, 8, 10, 12, 14, 16]
    assert viewer.ledger.samples("eval/loss")[0] == [8, 16]
    assert not {"train/epoch", "train/train_runtime", "epoch"} & set(x_labels(viewer))
    assert reports(viewer)[-1] == (2 * BATCHES, 2 * BATCHES)
    assert "train_runtime" in viewer.ledger.heads("finish")[0]["text"]
    assert viewer.ledger.hellos[0]["config"]["num_train_epochs"] == 2
    # No window is opened for a number.
    trainer.evaluate()
    assert kymograph.run is None


def test_huggingface_stop_ends_the_training_after_the_step(viewer, viewer_run, trainer_of):
    from transformers import TrainerCallback

    from kymograph.huggingface import KymographCallback

    class Press(TrainerCallback):
        def on_step_begin(self, args, state, control, **more):
            if state.global_step == 5:
                press_stop(viewer)

    trainer = trainer_of(KymographCallback(), Press(), num_train_epochs=50, logging_steps=1)
    trainer.train()
    assert trainer.state.global_step == 6 and kymograph.run is viewer_run
    trainer.evaluate()
    viewer_run.finish()
    assert viewer.ledger.samples("train/loss")[0][:5] == [1, 2, 3, 4, 5]
    assert viewer.ledger.samples("eval/loss")[0][-1] == 6


# XGBoost.


@pytest.fixture
def xgboost():
    return pytest.importorskip("xgboost")


def boost(xgboost, *callbacks, rounds=30):
    x, y = data(200)
    train, valid = xgboost.DMatrix(x[:100], y[:100]), xgboost.DMatrix(x[100:], y[100:])
    settings = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "nthread": 1, "max_depth": 2}
    evals = [(train, "train"), (valid, "valid")]
    results = {}
    booster = xgboost.train(
        settings, train, rounds, evals=evals, callbacks=list(callbacks), evals_result=results, verbose_eval=False
    )
    return booster, results


def test_xgboost_curves_and_progress(viewer, xgboost):
    from kymograph.xgboost import KymographCallback

    _, results = boost(xgboost, KymographCallback(num_boost_round=30))
    assert end(viewer) == (True, False) and kymograph.run is None
    for name in ("train", "valid"):
        for metric in ("logloss", "auc"):
            assert viewer.ledger.samples("%s/%s" % (name, metric)) == (numbers(30), pytest.approx(results[name][metric]))
    assert reports(viewer)[-1] == (30, 30)


def test_xgboost_stop_ends_the_training_after_the_iteration(viewer, viewer_run, xgboost):
    from kymograph.xgboost import KymographCallback

    class Press(xgboost.callback.TrainingCallback):
        def before_iteration(self, model, epoch, evals_log):
            if epoch == 5:
                press_stop(viewer)
            return False

    booster, _ = boost(xgboost, Press(), KymographCallback(), rounds=5_000)
    assert booster.num_boosted_rounds() == 6 and kymograph.run is viewer_run
    viewer_run.finish()
    assert viewer.ledger.samples("valid/auc")[0] == numbers(6)
    assert reports(viewer)[-1] == (6, None)


def test_xgboost_cross_validation_and_clones(viewer, viewer_run, xgboost):
    from kymograph.xgboost import KymographCallback

    x, y = data(200)
    callback = copy.deepcopy(KymographCallback(viewer_run))
    settings = {"objective": "binary:logistic", "nthread": 1}
    xgboost.cv(settings, xgboost.DMatrix(x, y), 5, nfold=2, metrics=["auc"], callbacks=[callback])
    viewer_run.finish()
    means, deviations = viewer.ledger.samples("test/auc"), viewer.ledger.samples("test/auc/std")
    assert means[0] == deviations[0] == numbers(5)
    assert all(mean > 0.5 > deviation >= 0 for mean, deviation in zip(means[1], deviations[1]))


# LightGBM.


@pytest.fixture
def lightgbm():
    return pytest.importorskip("lightgbm")


def boost_light(lightgbm, *callbacks, rounds=30):
    x, y = data(400)
    train = lightgbm.Dataset(x[:200], y[:200])
    valid = lightgbm.Dataset(x[200:], y[200:], reference=train)
    settings = {"objective": "binary", "metric": ["binary_logloss", "auc"], "verbosity": -1, "num_threads": 1}
    results = {}
    callbacks = [*callbacks, lightgbm.record_evaluation(results)]
    booster = lightgbm.train(
        settings, train, rounds, valid_sets=[train, valid], valid_names=["train", "valid"], callbacks=callbacks
    )
    return booster, results


def test_lightgbm_curves_and_progress(viewer, lightgbm):
    from kymograph.lightgbm import kymograph_callback

    _, results = boost_light(lightgbm, kymograph_callback())
    assert end(viewer) == (True, False) and kymograph.run is None
    for name in ("train", "valid"):
        for metric in ("binary_logloss", "auc"):
            assert viewer.ledger.samples("%s/%s" % (name, metric)) == (numbers(30), pytest.approx(results[name][metric]))
    assert reports(viewer)[-1] == (30, 30)
    assert viewer.ledger.hellos[0]["config"]["objective"] == "binary"


def test_lightgbm_stop_ends_the_training_after_the_iteration(viewer, viewer_run, lightgbm):
    from kymograph.lightgbm import kymograph_callback

    def press(env):
        if env.iteration == 5:
            press_stop(viewer)

    press.before_iteration = True
    booster, results = boost_light(lightgbm, press, kymograph_callback(), rounds=5_000)
    assert booster.current_iteration() == 6 and kymograph.run is viewer_run
    assert len(results["valid"]["auc"]) == 6
    viewer_run.finish()
    assert viewer.ledger.samples("valid/auc") == (numbers(6), pytest.approx(results["valid"]["auc"]))


def test_lightgbm_early_stopping_ends_the_run(viewer, lightgbm):
    from kymograph.lightgbm import kymograph_callback

    stopping = lightgbm.early_stopping(2, first_metric_only=True, verbose=False)
    _, results = boost_light(lightgbm, kymograph_callback(), stopping, rounds=5_000)
    assert len(results["valid"]["auc"]) < 5_000
    gc.collect()
    assert end(viewer) == (True, False)
    assert viewer.ledger.samples("valid/auc")[1] == pytest.approx(results["valid"]["auc"])


def test_lightgbm_cross_validation(viewer, viewer_run, lightgbm):
    from kymograph.lightgbm import kymograph_callback

    x, y = data(400)
    settings = {"objective": "binary", "metric": "auc", "verbosity": -1, "num_threads": 1}
    lightgbm.cv(settings, lightgbm.Dataset(x, y), 5, nfold=2, stratified=False, callbacks=[kymograph_callback()])
    viewer_run.finish()
    means, deviations = viewer.ledger.samples("valid/auc"), viewer.ledger.samples("valid/auc/std")
    assert means[0] == deviations[0] == numbers(5)
    assert all(mean > 0.5 > deviation >= 0 for mean, deviation in zip(means[1], deviations[1]))


# Processes that train together.


@pytest.mark.parametrize("framework", ["huggingface", "lightning", "xgboost"])
def test_stop_ends_all_processes_at_the_same_step(framework, place):
    needed = {"huggingface": ("transformers", "accelerate"), "lightning": ("lightning",), "xgboost": ("xgboost",)}[framework]
    for name in needed:
        pytest.importorskip(name)
    env = dict(os.environ, WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", KYMOGRAPH_MODE="offline", OMP_NUM_THREADS="1")
    env.update(TORCHELASTIC_RUN_ID="together", LOCAL_WORLD_SIZE="2", GROUP_RANK="0")
    if framework == "xgboost":
        from xgboost.tracker import RabitTracker

        tracker = RabitTracker(2, "127.0.0.1", sortby="task")
        tracker.start()
        env["MASTER_PORT"] = str(tracker.worker_args()["dmlc_tracker_port"])
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            env["MASTER_PORT"] = str(free.getsockname()[1])
    children = []
    try:
        for rank in "01":
            # Each has a place of its own for runs.
            mine = dict(env, RANK=rank, LOCAL_RANK=rank, KYMOGRAPH_DATA_DIR=str(place / rank))
            argv = [sys.executable, str(pathlib.Path(__file__).with_name("train_together.py")), framework]
            children.append(subprocess.Popen(argv, env=mine, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        said = [child.communicate(timeout=120) for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()
    ends = [out.splitlines()[-1] if out else errors for out, errors in said]
    assert ends == ["steps 6 runs 1", "steps 6 runs 0"]
