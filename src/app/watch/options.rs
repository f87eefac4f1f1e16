//! How a job is watched besides being shown: its limits, its rules, its resources, its settings.
//!
//! Plain data, and the words by which it is handed on to a supervisor.

use std::ffi::OsString;
use std::time::Duration;

use serde_json::Value;

use crate::job::Limits;
use crate::job::watch::Rule;

/// How a job is watched; not at all by default.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// What it may use.
    pub limits: Limits,
    /// When something is to be done.
    pub rules: Vec<Rule>,
    /// Whether the resources that a command uses become series.
    pub resources: bool,
    /// Settings that are noted in the description of its run: names and values.
    pub config: Vec<(String, String)>,
}

impl WatchOptions {
    /// The settings as a run's description has them: an object of texts and of what reads as a JSON number or truth value;
    /// null if there are none.
    #[must_use]
    pub fn config_value(&self) -> Value {
        if self.config.is_empty() {
            return Value::Null;
        }
        let value = |text: &str| match serde_json::from_str(text) {
            Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
            _ => text.into(),
        };
        self.config.iter().map(|(name, text)| (name.clone(), value(text))).collect()
    }

    /// The flags that mean the same, as `cli::WatchArgs` reads them.
    #[must_use]
    pub fn words(&self) -> Vec<OsString> {
        let time = |flag: &str, limit: Option<Duration>| limit.map(|limit| format!("--{flag}={}ms", limit.as_millis()));
        let size = |flag: &str, limit: Option<u64>| limit.map(|limit| format!("--{flag}={limit}B"));
        let Limits { run_time, memory_bytes, warn_time, warn_memory_bytes } = self.limits;
        let limits = [
            time("max-time", run_time),
            time("warn-time", warn_time),
            size("max-memory", memory_bytes),
            size("warn-memory", warn_memory_bytes),
        ];
        let rules = self.rules.iter().map(|rule| format!("--rule={}", rule.text()));
        let config = self.config.iter().map(|(name, value)| format!("--config={name}={value}"));
        let resources = self.resources.then(|| "--resources".to_owned());
        limits.into_iter().flatten().chain(resources).chain(rules).chain(config).map(Into::into).collect()
    }
}
