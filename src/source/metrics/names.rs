//! The words that decide whether a number is a metric: counts, units, prose, and names that never make a curve.
//!
//! Pure functions over fixed lists, for the worker's thread.

/// Longest name of a series, in bytes; what is longer is no name.
pub(super) const NAME_BYTES_MAX: usize = 120;

/// What a count counts, from coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountUnit {
    Epoch,
    Batch,
    /// Steps of the whole job, with the axis label.
    Step(&'static str),
}

/// The unit that `word` names, if it names one.
pub(super) fn count_unit(word: &str) -> Option<CountUnit> {
    const UNITS: [(&str, CountUnit); 10] = [
        ("epoch", CountUnit::Epoch),
        ("ep", CountUnit::Epoch),
        ("batch", CountUnit::Batch),
        ("batch_idx", CountUnit::Batch),
        ("step", CountUnit::Step("step")),
        ("global_step", CountUnit::Step("step")),
        ("_step", CountUnit::Step("step")),
        ("iter", CountUnit::Step("iteration")),
        ("iteration", CountUnit::Step("iteration")),
        ("it", CountUnit::Step("iteration")),
    ];
    UNITS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, unit)| *unit)
}

/// Words that say in which part of a training a count stands: `Train Epoch: 1`.
pub(super) fn is_phase(word: &str) -> bool {
    any(word, &["train", "training", "val", "valid", "validation", "eval", "test", "current", "global"])
}

/// Names whose numbers identify, configure or guess rather than measure.
pub(super) fn is_no_metric(name: &str) -> bool {
    // Levels and places are so only alone: a `test error` is a metric.
    const ALONE: [&str; 22] = [
        "error", "errors", "warning", "warn", "info", "debug", "trace", "fatal", "critical", "note", "hint", "line",
        "row", "column", "col", "char", "page", "gpu", "device", "level", "host", "http",
    ];
    const LAST: [&str; 35] = [
        "port",
        "pid",
        "ppid",
        "tid",
        "uid",
        "gid",
        "thread",
        "process",
        "code",
        "status",
        "errno",
        "exit",
        "exitcode",
        "exit_code",
        "returncode",
        "seed",
        "random_state",
        "version",
        "v_num",
        "id",
        "rank",
        "local_rank",
        "world_size",
        "cuda",
        "date",
        "year",
        "month",
        "day",
        "eta",
        "remaining",
        "timestamp",
        "ts",
        "lineno",
        "localhost",
        "levelno",
    ];
    let last = name.rsplit([' ', '/', '.']).next().unwrap_or(name);
    let ends_in_id = last.len() > 3 && last.get(last.len() - 3..).is_some_and(|end| end.eq_ignore_ascii_case("_id"));
    any(name, &ALONE) || any(last, &LAST) || ends_in_id
}

/// Names whose percentage is the job's progress.
pub(super) fn is_progress(name: &str) -> bool {
    let first = name.split([' ', '_']).next().unwrap_or(name);
    any(first, &["progress", "done", "complete", "completed", "downloading", "uploading", "percent"])
}

/// Words that make a sentence of what they stand in.
pub(super) fn is_filler(word: &str) -> bool {
    const WORDS: [&str; 33] = [
        "the", "a", "an", "is", "was", "are", "were", "be", "to", "at", "in", "with", "from", "your", "this", "that",
        "these", "not", "and", "or", "for", "by", "on", "as", "than", "about", "after", "before", "until", "we", "i",
        "you", "out",
    ];
    any(word, &WORDS)
}

/// Words that cannot name a number which follows them directly, as in `took 3`.
pub(super) fn is_prose(word: &str) -> bool {
    const WORDS: [&str; 21] = [
        "took", "of", "found", "got", "over", "under", "only", "every", "each", "first", "last", "next", "top",
        "chapter", "section", "part", "python", "version", "line", "port", "using",
    ];
    let ends = |end: &str| word.len() > end.len() + 1 && word.to_ascii_lowercase().ends_with(end);
    is_filler(word)
        || any(word, &WORDS)
        || ends("ed") && !any(word, &["speed"])
        || ends("ing") && !any(word, &["learning", "training", "timing"])
}

/// Units that may follow a value as a word.
pub(super) fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 28] = [
        "s", "sec", "secs", "second", "seconds", "ms", "us", "µs", "ns", "min", "minutes", "h", "hours", "b", "kb",
        "mb", "gb", "kib", "mib", "gib", "hz", "khz", "mhz", "ghz", "w", "k", "c", "bytes",
    ];
    any(word, &UNITS)
}

/// Whether a number glued to `word` by a colon is a line or a port: `train.py:12`, `localhost:8080`.
pub(super) fn is_place(word: &str) -> bool {
    word.contains('.') || word.contains('\\') || any(word, &["localhost", "host", "port", "line"])
}

fn any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| word.eq_ignore_ascii_case(entry))
}
