//! What the metric parser finds in the output of real programs, and what it must not find.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::collections::BTreeMap;

use kymograph::batch::Progress;
use kymograph::source::metrics::{MetricParser, Metrics, Pattern, Readings};
use proptest::prelude::*;

/// Series by name with their points.
type Curves = BTreeMap<String, Vec<(f64, f64)>>;

/// The curves in `text`, the newest progress, and the parser that found them.
fn read_with(metrics: Metrics, text: &str) -> (Curves, Option<Progress>, MetricParser) {
    let mut parser = MetricParser::new(metrics);
    let mut out = Readings::default();
    for (i, line) in text.split('\n').enumerate() {
        parser.parse(line, i as u64 + 1, &mut out);
    }
    parser.finish(&mut out);
    let mut series = Curves::new();
    for s in &out.samples {
        series.entry(parser.series()[s.series].name.clone()).or_default().push((s.x, s.y));
    }
    (series, out.progress, parser)
}

fn show(series: &Curves) -> String {
    let one = |(name, points): (&String, &Vec<(f64, f64)>)| {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x}:{y}")).collect();
        format!("{name} {}", points.join(" "))
    };
    series.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Compares with `expected`: a line a series, its name and then `x:y` points.
fn check(case: &str, text: &str, expected: &str) {
    let (series, _, _) = read_with(Metrics::Auto, text);
    let mut lines: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.sort_unstable();
    let mut found = show(&series);
    let mut found_lines: Vec<&str> = found.lines().collect();
    found_lines.sort_unstable();
    found = found_lines.join("\n");
    assert_eq!(found, lines.join("\n"), "case {case}");
}

fn progress(text: &str) -> Option<f64> {
    read_with(Metrics::Auto, text).1.and_then(Progress::fraction)
}

#[test]
fn pairs_in_their_three_forms() {
    check("equals", "loss=0.5\nloss=0.25", "loss 1:0.5 2:0.25");
    check("glued in a sentence", "we use lr=0.1 now\nwe use lr=0.2 now", "lr 1:0.1 2:0.2");
    check("colon", "loss: 0.5, acc: 0.9\nloss: 0.4, acc: 0.91", "loss 1:0.5 2:0.4\nacc 1:0.9 2:0.91");
    check("bare", "loss 0.53 acc 0.91\nloss 0.5 acc 0.92", "loss 1:0.53 2:0.5\nacc 1:0.91 2:0.92");
    check("bare with step", "step 100 loss 0.3", "loss 100:0.3");
    check("one real number", "loss 0.5\nloss 0.4", "loss 1:0.5 2:0.4");
    check("units", "step 1 time=12ms rate=3.5GB/s cpu=45%", "time 1:12\nrate 1:3.5\ncpu 1:45");
    check("not finite", "step=1 loss=nan grad=-inf\nstep=2 loss=NaN grad=inf", "loss 1:NaN 2:NaN\ngrad 1:-inf 2:inf");
    check("exponents", "step 1 lr=1e-05 n=2.5E+3", "lr 1:0.00001\nn 1:2500");
    check("stamped", "2024-05-01 12:00:00,123 INFO step=3 loss=0.5", "loss 3:0.5");
    check("stamp in brackets", "[12:00:01] loss=1\n[12:00:02] loss=2", "loss 1:1 2:2");
    check("python logging", "INFO:train:step 5 loss 0.5", "loss 5:0.5");
    check("coloured", "\u{1b}[32mstep\u{1b}[0m 3 \u{1b}[1mloss\u{1b}[0m=0.5", "loss 3:0.5");
    check("wrapped", "epoch 2 loss: tensor(0.5312, grad_fn=<NllLossBackward0>)", "loss 2:0.5312");
    check("two words", "step 250: train loss 1.9, val loss 2.0", "train loss 250:1.9\nval loss 250:2");
    check("slashes", "step=1 train/loss=0.5 val/acc@5=0.9", "train/loss 1:0.5\nval/acc@5 1:0.9");
    check("deviation", "epoch 1 score: 0.5 +/- 0.1, time: 3 s", "score 1:0.5\ntime 1:3");
    check("german letters", "Schritt=1 Größe=2\nSchritt=2 Größe=3", "Schritt 1:1 2:2\nGröße 1:2 2:3");
    check("shown once, for machines", "loss=0.5", "loss 1:0.5");
}

#[test]
fn json_and_python_dicts() {
    check("json", r#"{"step": 10, "loss": 0.5, "eval": {"acc": 0.9}, "tag": "x"}"#, "loss 10:0.5\neval/acc 10:0.9");
    check("json nan", r#"{"step": 1, "a": NaN, "b": -Infinity, "c": "1.5"}"#, "a 1:NaN\nb 1:-inf\nc 1:1.5");
    check(
        "hugging face",
        "{'loss': 0.53, 'grad_norm': 1.25, 'learning_rate': 5e-05, 'epoch': 0.5}\n\
         {'loss': 0.43, 'grad_norm': 1.5, 'learning_rate': 4e-05, 'epoch': 1.0}\n\
         {'eval_loss': 0.4, 'eval_runtime': 2.5, 'eval_steps_per_second': 3.2, 'epoch': 1.0}",
        "loss 0.5:0.53 1:0.43\ngrad_norm 0.5:1.25 1:1.5\nlearning_rate 0.5:0.00005 1:0.00004\n\
         eval_loss 1:0.4\neval_runtime 1:2.5\neval_steps_per_second 1:3.2",
    );
    check("behind a prefix", "2024-05-01 12:00:00 INFO metrics {\"step\": 4, \"loss\": 0.5}", "loss 4:0.5");
    check("numbered by the prefix", "step 7: {'loss': 0.5}", "loss 7:0.5");
    check("wandb", r#"{"_step": 3, "_runtime": 2.5, "train/loss": 0.5}"#, "_runtime 3:2.5\ntrain/loss 3:0.5");
    check(
        "pino",
        "{\"level\":30,\"time\":1714564800123,\"pid\":42,\"rate\":1}\n{\"level\":30,\"time\":1714564800124,\"pid\":42,\"rate\":2}",
        "rate 1:1 2:2",
    );
    check("cut off", r#"{"step": 10, "loss": 0."#, "");
}

#[test]
fn boosters() {
    check(
        "lightgbm",
        "[LightGBM] [Info] Total Bins 2550\n[LightGBM] [Info] Number of data points in the train set: 1000, number of used features: 10\n\
         [LightGBM] [Info] [binary:BoostFromScore]: pavg=0.500000 -> initscore=0.000000\n\
         Training until validation scores don't improve for 10 rounds\n\
         [1]\ttraining's binary_logloss: 0.61\tvalid_1's auc: 0.7\n[2]\ttraining's binary_logloss: 0.51\tvalid_1's auc: 0.8\n\
         Early stopping, best iteration is:\n[2]\ttraining's binary_logloss: 0.51\tvalid_1's auc: 0.8",
        "training's binary_logloss 1:0.61 2:0.51 2:0.51\nvalid_1's auc 1:0.7 2:0.8 2:0.8",
    );
    check("lightgbm cv", "[10]\tcv_agg's auc: 0.8 + 0.01", "cv_agg's auc 10:0.8");
    check(
        "xgboost",
        "[0]\ttrain-rmse:0.5\teval-rmse:0.6\n[1]\ttrain-rmse:0.4\teval-rmse:0.55",
        "train-rmse 0:0.5 1:0.4\neval-rmse 0:0.6 1:0.55",
    );
    check("xgboost cv", "[0]\ttrain-rmse:0.5+0.01\ttest-rmse:0.6+0.02", "train-rmse 0:0.5\ntest-rmse 0:0.6");
    check(
        "catboost",
        "Learning rate set to 0.03\n0:\tlearn: 0.6431\ttest: 0.6443\tbest: 0.6443 (0)\ttotal: 58.5ms\tremaining: 58.4s\n\
         1:\tlearn: 0.6\ttest: 0.61\tbest: 0.61 (1)\ttotal: 60ms\tremaining: 30s",
        "learn 0:0.6431 1:0.6\ntest 0:0.6443 1:0.61\nbest 0:0.6443 1:0.61\ntotal 0:58.5 1:60",
    );
}

#[test]
fn keras() {
    let text = "Epoch 1/2\n\
        \u{1b}[1m 45/100\u{1b}[0m \u{1b}[32m━━━━━━━━━\u{1b}[0m\u{1b}[37m━━━━━━━━━━━\u{1b}[0m \u{1b}[1m1s\u{1b}[0m 20ms/step - accuracy: 0.8100 - loss: 0.4200\n\
        \u{1b}[1m100/100\u{1b}[0m \u{1b}[32m━━━━━━━━━━━━━━━━━━━━\u{1b}[0m\u{1b}[37m\u{1b}[0m \u{1b}[1m3s\u{1b}[0m 20ms/step - accuracy: 0.8500 - loss: 0.3900 - val_accuracy: 0.8 - val_loss: 0.5\n\
        Epoch 2/2\n\
        \u{1b}[1m 50/100\u{1b}[0m \u{1b}[32m━━━━━━━━━━\u{1b}[0m\u{1b}[37m━━━━━━━━━━\u{1b}[0m \u{1b}[1m1s\u{1b}[0m 20ms/step - accuracy: 0.9 - loss: 0.3";
    check(
        "keras 3",
        text,
        "accuracy 45:0.81 100:0.85 150:0.9\nloss 45:0.42 100:0.39 150:0.3\nval_accuracy 100:0.8\nval_loss 100:0.5",
    );
    assert_eq!(progress(text), Some(0.75));
    check(
        "keras 2",
        "Epoch 1/10\n  1/469 [..............................] - ETA: 2:06 - loss: 2.3 - accuracy: 0.1\n\
         469/469 [==============================] - 2s 4ms/step - loss: 0.26 - accuracy: 0.92",
        "loss 1:2.3 469:0.26\naccuracy 1:0.1 469:0.92",
    );
    check(
        "keras verbose 2",
        "Epoch 1/2\n469/469 - 2s - 4ms/step - accuracy: 0.92 - loss: 0.26\nEpoch 2/2\n469/469 - 2s - 4ms/step - accuracy: 0.95 - loss: 0.15",
        "accuracy 469:0.92 938:0.95\nloss 469:0.26 938:0.15",
    );
    check(
        "an evaluation is no training",
        "Epoch 1/1\n100/100 ━━━━ 1s 2ms/step - loss: 0.5\n 20/32 ━━━━ 0s 1ms/step - loss: 0.7",
        "loss 100:0.5",
    );
    check("predict", "313/313 ━━━━━━━━━━━━━━━━━━━━ 0s 1ms/step", "");
}

#[test]
fn bars() {
    check(
        "lightning",
        "Epoch 0:  45%|████▌     | 45/100 [00:01<00:01, 30.1it/s, loss=0.42, v_num=0]\n\
         Epoch 1:  10%|█         | 10/100 [00:00<00:02, 30.1it/s, loss=0.40, v_num=0]",
        "loss 45:0.42 110:0.4",
    );
    check(
        "lightning 2",
        "Sanity Checking DataLoader 0: 100%|██████████| 2/2 [00:00<00:00, 10.0it/s]\n\
         Epoch 3: 100%|██████████| 100/100 [00:03<00:00, 30.12it/s, v_num=0, train_loss=0.42]",
        "train_loss 300:0.42",
    );
    check("tqdm", "desc:  45%|███ | 45/100 [00:10<00:12,  4.50it/s, loss=0.4]", "loss 45:0.4");
    check("tqdm description", "loss 0.532:  45%|████▌     | 45/100 [00:10<00:12,  4.50it/s]", "loss 45:0.532");
    check(
        "tqdm without a postfix",
        "desc:  45%|███ | 45/100 [00:10<00:12,  4.50it/s]\n 46%|███ | 46/100 [00:10<00:12,  4.50it/s]",
        "",
    );
    check(
        "tqdm without a total",
        "45it [00:10,  4.50it/s, loss=0.4]\n46it [00:10,  4.50it/s, loss=0.3]",
        "loss 45:0.4 46:0.3",
    );
    check(
        "tqdm anew for each epoch",
        "  1%| | 1/2 [00:10<00:12,  4.50it/s, loss=4]\n 100%|#| 2/2 [00:10<00:12,  4.50it/s, loss=3]\n  50%|#| 1/2 [00:10<00:12,  4.50it/s, loss=2]",
        "loss 1:4 2:3 3:2",
    );
    check(
        "a validation's bar lies within the epoch",
        "Epoch 1: 100%|##| 100/100 [00:03<00:00, 30.1it/s, loss=1]\nEpoch 1: 100%|##| 10/20 [00:03<00:00, 30.1it/s, val_loss=2]",
        "loss 100:1\nval_loss 50:2",
    );
    for (line, fraction) in [
        ("desc:  45%|███ | 45/100 [00:10<00:12,  4.50it/s, loss=0.4]", 0.45),
        ("  1%|  | 12.3M/1.23G [00:10<00:12,  4.5MB/s]", 0.01),
        ("[12/48] Building CXX object a.o", 0.25),
        ("[ 45%] Building CXX object a.o", 0.45),
        ("     ━━━━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━━━━━━━━━ 1.2/2.4 MB 5.6 MB/s eta 0:00:01", 0.5),
        ("Working... ━━━━━━╸━━━━━━━ 45% 0:00:12", 0.45),
        ("Epoch 3/10", 0.2),
        ("Epoch 3/10, loss: 0.5", 0.3),
        ("Epoch [3/10], Step [50/100], Loss: 0.5", 0.25),
        ("Step 250/1000 loss=0.5", 0.25),
        ("Progress: 45%", 0.45),
        ("progress=45%", 0.45),
        ("Epoch 3 of 10", 0.2),
        (" iteration      100/     400 | lm loss: 8.12E+00 |", 0.25),
    ] {
        assert_eq!(progress(line).map(|f| (f * 1000.0).round() / 1000.0), Some(fraction), "{line}");
    }
    assert_eq!(progress("12/05/2024 loss=0.5"), None);
}

#[test]
fn training_scripts() {
    check(
        "pytorch tutorial",
        "Epoch [1/5], Step [100/600], Loss: 2.2\nEpoch [2/5], Step [100/600], Loss: 0.4",
        "Loss 100:2.2 700:0.4",
    );
    check(
        "pytorch mnist",
        "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.300039\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2.2\n\
         \nTest set: Average loss: 0.05, Accuracy: 9825/10000 (98%)\n\n\
         Train Epoch: 2 [640/60000 (1%)]\tLoss: 0.2\n\nTest set: Average loss: 0.04, Accuracy: 9850/10000 (98%)\n",
        "Loss 0:2.300039 640:2.2 60640:0.2\nAverage loss 640:0.05 60640:0.04",
    );
    check(
        "imagenet",
        "Epoch: [0][  10/5005]\tTime  0.510 ( 1.20)\tData  0.000 ( 0.50)\tLoss 6.9e+00 (7.0e+00)\tAcc@1   0.00 (  0.11)\tAcc@5   1.56 (  0.70)\n\
         Epoch: [1][  20/5005]\tTime  0.500 ( 1.20)\tData  0.000 ( 0.50)\tLoss 5.9e+00 (7.0e+00)\tAcc@1   0.50 (  0.11)\tAcc@5   2.00 (  0.70)",
        "Time 10:0.51 5025:0.5\nData 10:0 5025:0\nLoss 10:6.9 5025:5.9\nAcc@1 10:0 5025:0.5\nAcc@5 10:1.56 5025:2",
    );
    check(
        "nanogpt",
        "step 250: train loss 1.9, val loss 2.0\niter 250: loss 1.8, time 230.45ms, mfu 31.20%",
        "train loss 250:1.9\nval loss 250:2\nloss 250:1.8\ntime 250:230.45\nmfu 250:31.2",
    );
    check(
        "fairseq",
        "2020-01-01 12:00:00 | INFO | train_inner | epoch 001:    100 / 1000 loss=10.5, ppl=1500, wps=100.5",
        "loss 100:10.5\nppl 100:1500\nwps 100:100.5",
    );
    check(
        "megatron",
        " iteration      100/  500000 | consumed samples:        25600 | elapsed time per iteration (ms): 203.2 | learning rate: 1.500E-04 | global batch size:   256 | lm loss: 8.120000E+00 | grad norm: 1.200 | number of skipped iterations:   0 |",
        "consumed samples 100:25600\nelapsed time per iteration 100:203.2\nlearning rate 100:0.00015\nglobal batch size 100:256\nlm loss 100:8.12\ngrad norm 100:1.2\nnumber of skipped iterations 100:0",
    );
    check(
        "detectron2",
        "[05/01 12:00:00 d2.utils.events]:  eta: 0:12:34  iter: 19  total_loss: 2.1  loss_cls: 0.7  lr: 0.00019  max_mem: 2000M",
        "total_loss 19:2.1\nloss_cls 19:0.7\nlr 19:0.00019\nmax_mem 19:2000",
    );
    check(
        "mmengine",
        "05/01 12:00:00 - mmengine - INFO - Epoch(train)  [1][ 50/100]  lr: 1.0000e-02  eta: 0:01:00  time: 0.2  data_time: 0.01  memory: 1000  loss: 1.23",
        "lr 50:0.01\ntime 50:0.2\ndata_time 50:0.01\nmemory 50:1000\nloss 50:1.23",
    );
    check("sklearn mlp", "Iteration 1, loss = 2.3\nIteration 2, loss = 2.1\nValidation score: 0.9", "loss 1:2.3 2:2.1");
    check(
        "openfoam",
        "smoothSolver:  Solving for Ux, Initial residual = 0.01, Final residual = 1e-06, No Iterations 3\nExecutionTime = 0.5 s  ClockTime = 1 s\n\
         smoothSolver:  Solving for Ux, Initial residual = 0.005, Final residual = 1e-07, No Iterations 2\nExecutionTime = 0.7 s  ClockTime = 1 s",
        "Initial residual 1:0.01 3:0.005\nFinal residual 1:0.000001 3:0.0000001\nExecutionTime 2:0.5 4:0.7\nClockTime 2:1 4:1",
    );
    check(
        "ffmpeg",
        "frame=  100 fps= 25 q=28.0 size=    256kB time=00:00:04.00 bitrate= 524.3kbits/s speed=1.2x\nframe=  110 fps= 26 q=28.0 size=    300kB time=00:00:04.40 bitrate= 530.0kbits/s speed=1.3x",
        "frame 1:100 2:110\nfps 1:25 2:26\nq 1:28 2:28\nsize 1:256 2:300\nbitrate 1:524.3 2:530\nspeed 1:1.2 2:1.3",
    );
}

#[test]
fn columns() {
    check(
        "vmstat",
        "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n\
         \u{20}1  0      0 123456   7890 456789    0    0     1     2  100  200  5  1 94  0  0\n 2  0      0 123400   7890 456790    0    0     1     2  110  210  6  1 93  0  0",
        "r 3:1 4:2\nb 3:0 4:0\nswpd 3:0 4:0\nfree 3:123456 4:123400\nbuff 3:7890 4:7890\ncache 3:456789 4:456790\nsi 3:0 4:0\nso 3:0 4:0\nbi 3:1 4:1\nbo 3:2 4:2\nin 3:100 4:110\ncs 3:200 4:210\nus 3:5 4:6\nsy 3:1 4:1\nid 3:94 4:93\nwa 3:0 4:0\nst 3:0 4:0",
    );
    check("repeated header", "a b\n1 2\na b\n3 4", "a 2:1 4:3\nb 2:2 4:4");
    check("equal names", "x x\n1 2\n3 4", "x 2:1 3:3\nx 2 2:2 3:4");
    check(
        "fastai",
        "epoch     train_loss  valid_loss  accuracy  time    \n0         0.512       0.423       0.89      00:12     \n1         0.4         0.4         0.9       00:12     ",
        "train_loss 0:0.512 1:0.4\nvalid_loss 0:0.423 1:0.4\naccuracy 0:0.89 1:0.9",
    );
    check(
        "sar",
        "Linux 6.1.0 (host) \t05/01/2024 \t_x86_64_\t(2 CPU)\n\n12:00:01 AM     CPU     %user     %nice   %system   %iowait    %steal     %idle\n\
         12:00:02 AM     all      0.50      0.00      1.00      0.00      0.00     98.50\n12:00:03 AM     all      0.60      0.00      1.00      0.00      0.00     98.40",
        "all %user 4:0.5 5:0.6\nall %nice 4:0 5:0\nall %system 4:1 5:1\nall %iowait 4:0 5:0\nall %steal 4:0 5:0\nall %idle 4:98.5 5:98.4",
    );
    check(
        "iostat",
        "avg-cpu:  %user   %nice %system %iowait\n           0.50    0.00    0.25    0.00\n\nDevice             tps    kB_read/s    kB_wrtn/s\nsda               1.00         2.00         3.00\n\n\
         avg-cpu:  %user   %nice %system %iowait\n           0.70    0.00    0.25    0.00\n\nDevice             tps    kB_read/s    kB_wrtn/s\nsda               4.00         5.00         6.00",
        "%user 2:0.5 8:0.7\n%nice 2:0 8:0\n%system 2:0.25 8:0.25\n%iowait 2:0 8:0\nsda tps 5:1 11:4\nsda kB_read/s 5:2 11:5\nsda kB_wrtn/s 5:3 11:6",
    );
    check(
        "gradient boosting of sklearn",
        "      Iter       Train Loss   Remaining Time \n         1           1.2345            0.50s\n         2           1.1000            0.40s",
        "Train Loss 1:1.2345 2:1.1\nRemaining Time 1:0.5 2:0.4",
    );
    check(
        "yolo",
        "      Epoch    GPU_mem   box_loss   cls_loss  Instances       Size\n        1/3      2.1G      1.234      1.500         10        640: 100%|██████████| 8/8 [00:01<00:00,  5.2it/s]\n\
         \u{20}       2/3      2.1G      1.100      1.400         12        640: 100%|██████████| 8/8 [00:01<00:00,  5.2it/s]",
        "GPU_mem 8:2.1 16:2.1\nbox_loss 8:1.234 16:1.1\ncls_loss 8:1.5 16:1.4\nInstances 8:10 16:12\nSize 8:640 16:640",
    );
    check("commas", "step,loss,acc\n1,0.5,0.9\n2,0.4,0.91", "loss 1:0.5 2:0.4\nacc 1:0.9 2:0.91");
    check("pipes", "| step | loss |\n|------|------|\n| 1 | 0.5 |\n| 2 | 0.4 |", "loss 1:0.5 2:0.4");
    check("time first", "time loss acc\n12:00:01 0.5 0.9\n12:00:02 0.4 0.91", "loss 2:0.5 3:0.4\nacc 2:0.9 3:0.91");
}

/// Lines that hold numbers but no metric, each printed three times, as a warning or a log line may be.
#[test]
fn prose_makes_no_series() {
    for line in [
        "took 3 seconds",
        "Loaded 50000 samples",
        "Loaded 50000 train and 10000 test images in 3.5 s",
        "Saved 3 files in 2.5s",
        "Epoch 3 took 12.5s",
        "Epoch 5: saving model to model-05-0.42.h5",
        "Epoch 00005: reducing learning rate of group 0 to 1.0000e-04.",
        "Epoch 3: val_loss improved from 0.50 to 0.45, saving model to best.keras",
        "Epoch 4: early stopping",
        "Restoring model weights from the end of the best epoch: 5.",
        "EarlyStopping counter: 3 out of 5",
        "Validation loss decreased (0.5 --> 0.4).  Saving model ...",
        "Processed 100 of 500 files",
        "Listening on port 8080",
        "Server running at http://127.0.0.1:8080/",
        "listening on localhost:8080",
        "Error: 404 not found",
        "Error: 404",
        "HTTP/1.1 200 OK",
        "127.0.0.1 - - [01/May/2024 12:00:00] \"GET / HTTP/1.1\" 200 -",
        "  File \"train.py\", line 12, in <module>",
        "train.py:123: UserWarning: something is deprecated",
        "at train.py:123",
        "src/main.rs:10:5",
        "Traceback (most recent call last):",
        "Exit code: 3",
        "process exited with code 3",
        "Random seed: 42",
        "Python 3.11.7 (main, Jan  1 2024, 12:00:00) [GCC 12.2.0] on linux",
        "Using torch 2.1.0",
        "numpy version: 1.26",
        "CUDA version: 12.1",
        "pid: 1234",
        "Started at 12:00:01",
        "2024-05-01 12:00:00,123 INFO Starting run 5",
        "commit 7b3c9f1",
        "Warning: 3 deprecated options",
        "WARNING:root:retry 3 of 5",
        "Using 8 workers",
        "There are 16 GPUs",
        "Elapsed 12:34",
        "1,234 rows",
        "rows: 1,234",
        "total 48",
        "drwxr-xr-x  2 user user 4096 May  1 12:00 dir",
        "-rw-r--r-- 1 user user 1234 2024-05-01 12:00 file.txt",
        "Successfully installed numpy-1.26.4 scipy-1.11.4",
        "Requirement already satisfied: numpy>=1.22 in ./lib/python3.11/site-packages (1.26.4)",
        "remote: Counting objects: 100% (5/5), done.",
        "64 bytes from 127.0.0.1: seq",
        "In chapter 3 we see that 2 is less than 3",
        "version 1.2.3",
        "Listening on 0.0.0.0:80",
        "shape: (3, 224, 224)",
        "losses: [0.5, 0.4, 0.3]",
        "size=[32, 32]",
        "if x == 3:",
        "x => 3",
        "0x7ffee 0x1f",
        "3.14",
        "1 2 3",
        "=== Round 3 ===",
        "Date: 2024-05-01",
        "Copyright 2024",
        "user_id=42",
        "[LightGBM] [Warning] No further splits with positive gain, best gain: -inf now",
        "test result: ok. 12 passed; 0 failed; 0 ignored; finished in 0.50s",
        "running 12 tests",
        "   Compiling serde v1.0.200",
        "make[1]: Entering directory '/tmp/x'",
        "ETA: 12s",
        "the answer: 42 is known",
        "we have the final value of the loss: 0.5",
    ] {
        let text = format!("{line}\n{line}\n{line}");
        let (series, _, _) = read_with(Metrics::Auto, &text);
        assert!(series.is_empty(), "{line:?} gave\n{}", show(&series));
    }
}

/// Settings are printed once: one number is no curve, and a later series shows no trace of them.
#[test]
fn settings_printed_once_make_no_series() {
    check(
        "settings",
        "batch_size=32 lr=0.001 epochs=10\nTotal params: 1234\nNumber of classes: 10\nhidden: 128, layers: 4\n{'dropout': 0.5}\nstep 1 loss=0.5",
        "loss 1:0.5",
    );
    check("nothing but settings that people read", "Total params: 1234\nhidden: 128", "");
}

/// x keeps its meaning for a series, and all series of a job share the finest one.
#[test]
fn x_is_the_finest_count_and_keeps_its_meaning() {
    check("step before epoch", "epoch 1 step 100 loss 0.5\nepoch 1 step 200 loss 0.4", "loss 100:0.5 200:0.4");
    check(
        "steps of each epoch go on",
        "epoch 1 step 5 loss 3\nepoch 2 step 5 loss 2\nepoch 3 step 5 loss 1",
        "loss 5:3 5:2 5:1",
    );
    check(
        "steps of each epoch that start anew",
        "epoch 1 step 5 loss 3\nepoch 1 step 9 loss 3\nepoch 2 step 5 loss 2\nepoch 2 step 9 loss 2",
        "loss 5:3 9:3 14:2 18:2",
    );
    check(
        "a line without a count stands at the last",
        "step 10 loss=0.5\nval_loss=0.6\nstep 20 loss=0.4\nval_loss=0.55",
        "loss 10:0.5 20:0.4\nval_loss 10:0.6 20:0.55",
    );
    check("a checkpoint's restart goes back", "step 10 loss=3\nstep 5 loss=4", "loss 10:3 5:4");
    check("lines", "a=1\nb=1\n\na=2\nb=2", "a 1:1 4:2\nb 2:1 5:2");
    let (_, _, parser) = read_with(Metrics::Auto, "iter 5 loss=1\nepoch 1 acc=2");
    assert_eq!(parser.series()[0].x_label, "iteration");
    assert_eq!(parser.series()[1].x_label, "iteration", "one axis for both");
}

#[test]
fn patterns_of_the_user() {
    let pattern = |text: &str| Metrics::Pattern(Pattern::new(text).unwrap());
    let read = |p: &str, text: &str| show(&read_with(pattern(p), text).0);
    assert_eq!(
        read(r"t=(?<step>\d+) E=(?<energy>\S+)", "t=10 E=-1.5e3\nnothing\nt=20 E=-1.6e3,"),
        "energy 10:-1500 20:-1600"
    );
    assert_eq!(read(r"x=(?<x>\S+) (?:a=(?<a>\S+)|b=(?<b>\S+))", "x=0.5 a=1\nx=0.25 b=2"), "a 0.5:1\nb 0.25:2");
    assert_eq!(read(r"(\w+)=(\S+)", "a=1 b=2ms c=x\na=3"), "a 1:1 2:3\nb 1:2");
    assert_eq!(read(r"took (\d+) ms", "it took 5 ms\nit took 7 ms"), "value 1:5 2:7");
    assert_eq!(read(r"E=(\S+)", "E=3eV"), "value 1:3");
    let error = |text: &str| Pattern::new(text).unwrap_err().to_string();
    let text = error("loss=(\\S+");
    assert!(text.contains("unclosed group") && text.contains('^'), "{text}");
    let text = error("loss");
    assert!(text.contains("0 groups") && text.contains("\n        ^"), "{text}");
    let text = error("(a)(b)(c)");
    assert!(text.contains("3 groups") && text.contains("\n          ^"), "{text}");
    assert!(matches!("auto".parse(), Ok(Metrics::Auto)));
    assert!("(".parse::<Metrics>().is_err());
}

#[test]
fn names_hostile_ever_new_names_are_bounded() {
    let mut parser = MetricParser::new(Metrics::Auto);
    let mut out = Readings::default();
    for i in 0..50_000 {
        parser.parse(&format!("step=1 name{i}x=1"), i, &mut out);
    }
    assert_eq!(parser.series().len(), 1000);
    assert_eq!(parser.refused(), 49_000);
    parser.parse(&format!("step=1 {}=1", "n".repeat(4096)), 1, &mut out);
    assert_eq!(parser.series().len(), 1000);
}

#[test]
fn long_hostile_lines_cost_little() {
    let start = std::time::Instant::now();
    for piece in [
        "a ", "a=", "1 ", "(", "{", "{\"a\":", "1/", "05/01 ", "[", "a:1 ", "'", "%|", "━", "epoch 1 ", "a.b:",
        "\u{1b}[", "- ",
    ] {
        let line = piece.repeat(65536 / piece.len());
        read_with(Metrics::Auto, &line);
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

/// Prints the rate; the bound is a tenth of what is asked, for a busy machine and an unoptimised build.
#[test]
fn a_hundred_thousand_lines_a_second() {
    for (what, line) in [
        ("plain", "Compiling the thing, nothing to see in this line of text"),
        ("pairs", "step 1234 loss=0.53123 acc=0.9123 lr=5e-05 time=12.5ms"),
        ("json", r#"{"step": 1234, "loss": 0.53123, "acc": 0.9123, "lr": 5e-05}"#),
        ("prose", "2024-05-01 12:00:00,123 INFO Loaded 50000 train and 10000 test images in 3.5 s"),
        ("tqdm", "Epoch 3:  45%|████▌     | 45/100 [00:01<00:01, 30.1it/s, loss=0.42, v_num=0]"),
    ] {
        let mut parser = MetricParser::new(Metrics::Auto);
        let mut out = Readings::default();
        let start = std::time::Instant::now();
        for i in 0..20_000 {
            parser.parse(line, i, &mut out);
            out.samples.clear();
        }
        let rate = 20_000.0 / start.elapsed().as_secs_f64();
        eprintln!("{what}: {rate:.0} lines/s");
        assert!(rate > 10_000.0, "{what}: {rate}");
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_with(Metrics::Auto, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mix_of_the_pieces_never_panics(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "loss", "=", ":", " ", "  ", "\t", "0.5", "1/2", "[", "]", "(", ")", "{", "}", "'", "\"", "epoch", "step", "%|",
            "|", "━", "█", "it [", "/s", "nan", "-inf", "-", "+", "±", ",", "12:00:01", "2024-05-01", "e5", "/", "é", "\n", "INFO",
            "1e999", "99999999999999999999", "\u{8}", "\u{1b}[", "of", "total",
        ]), 0..40)
    ) {
        read_with(Metrics::Auto, &pieces.concat());
    }
}
