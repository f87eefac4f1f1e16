//! One line of JSON with what was measured.

use std::fs;

use serde_json::{Map, Value, json};

use crate::Args;

/// What was measured in one case.
pub struct Report {
    fields: Map<String, Value>,
}

/// A part of sorted values by nearest rank: `part` 0.5 is the median.
pub fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1).min(sorted.len().checked_sub(1)?)).copied()
}

impl Report {
    /// Only the case itself; an error unless it is replaced.
    pub fn new(args: &Args) -> Self {
        let mut fields = Map::new();
        fields.insert("peer".into(), json!("kymograph"));
        fields.insert("variant".into(), json!(args.variant));
        fields.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
        fields.insert("workload".into(), json!(format!("{:?}", args.workload)));
        fields.insert("n".into(), json!(args.n));
        Self { fields }
    }

    /// Adds a number with three decimals.
    pub fn number(&mut self, name: &str, value: Option<f64>) {
        self.fields.insert(name.into(), json!(value.map(|value| (value * 1e3).round() / 1e3)));
    }

    /// Adds a count.
    pub fn count(&mut self, name: &str, value: Option<u64>) {
        self.fields.insert(name.into(), json!(value));
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.fields.insert(name.into(), json!(value));
    }

    /// Adds what the times of frames tell.
    pub fn frames(&mut self, ms: &[f64], cpu_ms: &[f64]) {
        self.count("frames", Some(ms.len() as u64));
        self.number("frame_ms_median", percentile(ms, 0.5));
        self.number("frame_ms_p99", percentile(ms, 0.99));
        self.number("frame_ms_min", percentile(ms, 0.0));
        self.number("frame_ms_max", percentile(ms, 1.0));
        self.number("frame_cpu_ms_median", percentile(cpu_ms, 0.5));
    }

    /// Adds what the gaps between the beats of a timer of `beat_ms` on the GUI thread tell. The corrected figure counts
    /// the beats that a stall swallowed.
    pub fn stalls(&mut self, gaps_ms: &[f64], beat_ms: f64) {
        let late: Vec<f64> = gaps_ms.iter().map(|gap| (gap - beat_ms).max(0.0)).collect();
        let mut expected = Vec::with_capacity(late.len());
        for mut late in late.iter().copied() {
            expected.push(late);
            while late >= beat_ms {
                late -= beat_ms;
                expected.push(late);
            }
        }
        let (total, held) = gaps_ms.iter().fold((0.0, 0.0), |(total, held), gap| {
            (total + gap, held + if *gap > beat_ms + 50.0 { *gap } else { 0.0 })
        });
        self.number("gui_stall_ms_max", percentile(&late, 1.0));
        self.number("gui_stall_ms_p99", percentile(&late, 0.99));
        self.number("gui_stall_ms_p99_corrected", percentile(&expected, 0.99));
        self.number("gui_stall_ms_median", percentile(&late, 0.5));
        self.number("time_in_stall_gt50ms_frac", Some(if total > 0.0 { held / total } else { 0.0 }));
        self.count("heartbeats", Some(gaps_ms.len() as u64));
    }

    /// Prints all, with what the process holds now.
    #[allow(clippy::print_stdout, reason = "the line is what the program is run for")]
    pub fn print(&mut self) {
        self.number("rss_peak_mb", status_kb("VmHWM").map(|kb| kb * 1024.0 / 1e6));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        self.number("load1", load.split(' ').next().and_then(|load| load.parse().ok()));
        println!("{}", Value::Object(std::mem::take(&mut self.fields)));
    }
}

/// Resident memory now, in millions of bytes.
pub fn rss_mb() -> Option<f64> {
    status_kb("VmRSS").map(|kb| kb * 1024.0 / 1e6)
}

fn status_kb(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
