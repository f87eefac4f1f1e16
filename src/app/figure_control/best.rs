//! Which end of a series is the better one, told by its name.
//!
//! Pure. A guess that a person can overrule.

/// Which value of a series is its best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Best {
    /// The least, as of a loss.
    #[default]
    Least,
    /// The greatest, as of an accuracy.
    Most,
}

/// Words of names whose values are better the larger they are.
const MORE: [&str; 48] = [
    "acc",
    "accuracy",
    "accuracies",
    "auc",
    "auroc",
    "auprc",
    "score",
    "scores",
    "reward",
    "rewards",
    "return",
    "returns",
    "precision",
    "recall",
    "map",
    "mrr",
    "ndcg",
    "iou",
    "miou",
    "jaccard",
    "dice",
    "bleu",
    "rouge",
    "meteor",
    "cider",
    "psnr",
    "snr",
    "sdr",
    "ssim",
    "mcc",
    "kappa",
    "pearson",
    "spearman",
    "correlation",
    "sensitivity",
    "specificity",
    "tpr",
    "tnr",
    "success",
    "win",
    "wins",
    "elo",
    "throughput",
    "speed",
    "fps",
    "likelihood",
    "elbo",
    "similarity",
];

/// The same of words with a number in them.
const MORE_WITH_NUMBER: [&str; 3] = ["f1", "f2", "r2"];

/// Words that say that less is better whatever else the name says, as in `dice_loss`.
const LESS: [&str; 14] = [
    "loss",
    "losses",
    "err",
    "error",
    "errors",
    "nll",
    "neg",
    "negative",
    "mse",
    "rmse",
    "mae",
    "perplexity",
    "ppl",
    "regret",
];

impl Best {
    /// What a name says: its words stand between what is no letter, or no letter and no digit.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let name = name.to_lowercase();
        let has = |list: &[&str]| name.split(|c: char| !c.is_alphabetic()).any(|word| list.contains(&word));
        let has_number = || name.split(|c: char| !c.is_alphanumeric()).any(|word| MORE_WITH_NUMBER.contains(&word));
        if !has(&LESS) && (has(&MORE) || has_number()) { Self::Most } else { Self::Least }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whether_more_is_better() {
        for name in
            ["acc", "val_acc", "top-5 Accuracy", "metrics/mAP50", "F1", "f1_score", "macro_f1", "r2", "fps", "acc@1"]
        {
            assert_eq!(Best::of_name(name), Best::Most, "{name}");
        }
        for name in ["loss", "", "lr", "accumulated", "r", "f", "space", "dice_loss", "1 - iou error", "f10", "mapped"]
        {
            assert_eq!(Best::of_name(name), Best::Least, "{name}");
        }
    }
}
