//! Tests of rules held against samples, silences and ends.

use super::*;
use crate::batch::SeriesInfo;

const SEC: Duration = Duration::from_secs(1);

fn book(rules: &[&str]) -> Book {
    let rules: Vec<Rule> = rules.iter().map(|text| text.parse().unwrap()).collect();
    Book::new(&rules, Duration::ZERO)
}

fn declare(book: &mut Book, id: u32, name: &str) {
    let info =
        SeriesInfo { id: SeriesId(id), name: name.into(), x_label: String::new(), x_is_time: false, color: None };
    book.item(&Item::Declare(info), || Duration::ZERO, &mut Vec::new());
}

fn feed(book: &mut Book, id: u32, y: &[f64]) -> Vec<String> {
    let mut fired = Vec::new();
    let batch = Batch::steps(SeriesId(id), 0, 100.0, 1.0, y.to_vec());
    book.item(&Item::Append(batch), || 9 * SEC, &mut fired);
    fired.into_iter().map(|fired| fired.text).collect()
}

#[test]
fn data_hostile_nan_is_found_among_others() {
    let mut book = book(&["loss is nan: stop", "*loss is not finite for 2: notify"]);
    declare(&mut book, 0, "loss");
    declare(&mut book, 1, "val_loss");
    declare(&mut book, 2, "accuracy");
    assert!(feed(&mut book, 0, &[1.0, f64::INFINITY, 0.5]).is_empty());
    assert_eq!(feed(&mut book, 0, &[1.0, f64::NAN]), ["loss = NaN at x = 101"]);
    assert_eq!(feed(&mut book, 0, &[-f64::INFINITY]), ["loss = -inf at x = 100, the sample 2 in a row"]);
    assert!(feed(&mut book, 1, &[f64::NAN]).is_empty());
    assert!(feed(&mut book, 2, &[f64::NAN; 3]).is_empty());
}

#[test]
fn a_rule_fires_once_a_crossing_and_noise_is_none() {
    let mut book = book(&["x > 10: notify"]);
    declare(&mut book, 0, "x");
    assert_eq!(feed(&mut book, 0, &[9.0, 11.0, 12.0, 9.0, 11.0, 9.0]).len(), 1);
    assert!(feed(&mut book, 0, &[9.0; 8]).is_empty());
    assert!(feed(&mut book, 0, &[11.0]).is_empty(), "9 calm samples are too few");
    assert_eq!(feed(&mut book, 0, &[[9.0; 10].as_slice(), &[11.0]].concat()), ["x = 11 at x = 110"]);
    // Several crossings within one batch.
    let waves: Vec<f64> = (0..100).map(|i| if i % 20 < 10 { 0.0 } else { 99.0 }).collect();
    assert_eq!(feed(&mut book, 0, &waves).len(), 5);
}

#[test]
fn a_rule_may_ask_for_samples_in_a_row() {
    let mut book = book(&["x >= 1 for 3: stop"]);
    declare(&mut book, 7, "x");
    assert!(feed(&mut book, 7, &[1.0, 1.0, 0.0, 1.0, 1.0]).is_empty());
    assert_eq!(feed(&mut book, 7, &[1.0]), ["x = 1 at x = 100, the sample 3 in a row"]);
}

#[test]
fn silence_is_missed_once_and_not_while_the_job_is_held() {
    let mut book = book(&["silent 10s: pause", "loss silent 5s: notify"]);
    declare(&mut book, 0, "loss");
    declare(&mut book, 1, "other");
    let look = |book: &mut Book, secs: u32| {
        let mut fired = Vec::new();
        let next = book.look(secs * SEC, &mut fired);
        (fired.into_iter().map(|fired| fired.rule).collect::<Vec<_>>(), next)
    };
    assert_eq!(look(&mut book, 4), (vec![], Some(5 * SEC)));
    assert_eq!(look(&mut book, 5), (vec!["loss silent 5s: notify".to_owned()], Some(10 * SEC)));
    // At 9 s.
    feed(&mut book, 1, &[1.0]);
    assert_eq!(look(&mut book, 10), (vec![], Some(19 * SEC)));
    book.set_held(true, 11 * SEC);
    assert_eq!(look(&mut book, 100), (vec![], None));
    book.set_held(false, 111 * SEC);
    assert_eq!(look(&mut book, 118), (vec![], Some(119 * SEC)));
    assert_eq!(look(&mut book, 119), (vec!["silent 10s: pause".to_owned()], None));
    // A sample ends both silences.
    feed(&mut book, 0, &[1.0]);
    assert_eq!(look(&mut book, 10), (vec![], Some(14 * SEC)));
    book.set_ending();
    assert_eq!(look(&mut book, 999), (vec![], None));
}

#[test]
fn ends_are_told_by_how_they_came() {
    let failure = Failure::from("it broke\nsomewhere");
    let mut fired = Vec::new();
    book(&["end: notify", "fail: notify", "x > 1: stop"]).end(Err(&failure), &mut fired);
    let texts: Vec<_> = fired.iter().map(|fired| fired.text.as_str()).collect();
    assert_eq!(texts, ["the job has failed: it broke", "the job has failed: it broke"]);
    fired.clear();
    book(&["end: notify", "fail: notify"]).end(Ok(&Outcome::default()), &mut fired);
    assert_eq!((fired.len(), fired[0].text.as_str()), (1, "the job has ended"));
}

#[test]
fn rules_may_come_and_go_while_the_job_runs() {
    let mut book = book(&["x > 1: stop", "silent 5s: notify", "y > 1: notify"]);
    declare(&mut book, 0, "x");
    declare(&mut book, 1, "y");
    assert_eq!(feed(&mut book, 1, &[2.0]).len(), 1);
    assert!(book.remove("x > 1: stop") && !book.remove("x > 1: stop"));
    assert!(feed(&mut book, 0, &[2.0]).is_empty());
    assert!(feed(&mut book, 1, &[2.0]).is_empty(), "it has fired, and its place has changed");
    assert!(book.add(&"x > 1: pause".parse().unwrap(), 9 * SEC));
    assert_eq!(feed(&mut book, 0, &[2.0]).len(), 1);
    assert_eq!(book.rules(), ["silent 5s: notify", "y > 1: notify", "x > 1: pause"]);
    assert_eq!(book.look(13 * SEC, &mut Vec::new()), Some(14 * SEC));
    assert!(book.remove("silent 5s: notify"));
    assert_eq!(book.look(99 * SEC, &mut Vec::new()), None);
    while book.add(&"end: notify".parse().unwrap(), SEC) {}
    assert_eq!(book.rules().len(), RULES_MAX);
}

/// Ten million samples a second pass, with rules for them and without.
#[test]
fn a_sample_costs_one_comparison_or_nothing() {
    let mut book = book(&["loss > 10 for 5: stop", "loss is nan: stop", "silent 10m: pause"]);
    declare(&mut book, 0, "loss");
    declare(&mut book, 1, "other");
    let nanos = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    };
    for id in [0, 1] {
        let item = Item::Append(Batch::steps(SeriesId(id), 0, 0.0, 1.0, vec![1.0; 10_000]));
        let (before, mut fired) = (nanos(), Vec::new());
        for _ in 0..1000 {
            book.item(&item, || SEC, &mut fired);
        }
        let each = (nanos() - before) as f64 / 1e7;
        eprintln!("series {id}: {each:.3} ns of processor time a sample");
        assert!(each < 100.0 && fired.is_empty(), "{each} ns a sample");
    }
}

#[test]
fn names_hostile_a_pattern_that_means_thousands_is_told_of_a_hundred_times() {
    let mut book = book(&["* is nan: stop"]);
    let mut told = Vec::new();
    for id in 0..1000 {
        told.extend(feed(&mut book, id, &[f64::NAN]));
    }
    assert_eq!(told.len(), 1000, "each of them stops the job");
    assert_eq!(told.iter().filter(|text| !text.is_empty()).count(), 100);
    assert!(told[99].ends_with("; this rule is not told of any more") && told[98] == "series 98 = NaN at x = 100");
}
