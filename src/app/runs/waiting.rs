//! What waits in the queue, as `kymograph ls`, `rm` and `stop` show and find it beside the runs.
//!
//! Runs on the caller's thread.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{NAME_CHARS, RunsError, columns, short};
use crate::app::printable::printable;
use crate::app::queue::{Queue, QueueError, Waiting};
use crate::record::{DataDir, RecordError, RunEntry};
use crate::source::command::command_text;

/// Characters of a command in the list.
const COMMAND_CHARS: usize = 60;

/// What waits, for programs.
pub(super) fn to_json(place: usize, waiting: &Waiting) -> Value {
    json!({
        "id": waiting.id,
        "name": waiting.name,
        "state": word(waiting),
        "place": place,
        "command": waiting.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
        "cwd": waiting.cwd.to_string_lossy(),
        "config": waiting.config.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect::<Map<_, _>>(),
        "since": waiting.since,
        "sweep": waiting.sweep,
        "fault": waiting.refused,
    })
}

fn word(waiting: &Waiting) -> &'static str {
    if waiting.refused.is_some() { "refused" } else { "waiting" }
}

/// What waits, for people; nothing if nothing does.
pub(super) fn table(all: &[Arc<Waiting>]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut lines = vec![["ID", "NAME", "STATE", "SINCE", "COMMAND"].map(str::to_owned)];
    lines.extend(all.iter().map(|waiting| {
        [
            waiting.id.clone(),
            short(&printable(&waiting.name), NAME_CHARS),
            word(waiting).to_owned(),
            printable(&waiting.since.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect::<String>())
                .into(),
            short(&printable(&command_text(&waiting.command)), COMMAND_CHARS),
        ]
    }));
    columns(&lines, 5)
}

/// Why what waits does.
pub(super) fn notes(queue: &Queue, waiting: &[Arc<Waiting>]) -> Vec<String> {
    let refused = waiting.iter().filter_map(|waiting| {
        let (id, why) = (&waiting.id, waiting.refused.as_ref()?);
        Some(format!("{id} is not started: {why}; `kymograph stop {id}` takes it out"))
    });
    let trouble = queue.trouble().map(|why| format!("nothing is started at present, and tried again: {why}"));
    let held = queue.is_held().then(|| "the queue is held".to_owned());
    refused.chain((!waiting.is_empty()).then_some([trouble, held]).into_iter().flatten().flatten()).collect()
}

/// What people mean by words: what waits, and runs. `is_fit` tells runs for which the command makes sense; a run for which
/// it makes none does not stand in the way of what waits by the same name.
pub(super) fn all_meant(
    words: &[String],
    data_dir: &DataDir,
    queue: &Queue,
    is_fit: impl Fn(&RunEntry) -> bool,
) -> Result<(Vec<Arc<Waiting>>, Vec<RunEntry>), RunsError> {
    let (mut all_waiting, mut runs): (Vec<Arc<Waiting>>, _) = (Vec::new(), Vec::new());
    for what in words {
        // A path is always a run's.
        let waiting = if what.contains('/') { Ok(None) } else { queue.find(what) };
        let waiting = match (data_dir.find_run(what), waiting) {
            (_, Ok(Some(waiting))) if waiting.id.eq_ignore_ascii_case(what) => waiting,
            (Ok(run), Ok(Some(waiting))) if is_fit(&run) => {
                let candidates = vec![format!("{} ({}, waiting)", waiting.id, waiting.name), run.dir_name()];
                return Err(QueueError::Ambiguous { what: what.clone(), candidates }.into());
            }
            (Ok(_) | Err(RecordError::NotFound { .. }), Ok(Some(waiting))) => waiting,
            (Err(RecordError::NotFound { .. }), Err(error)) => return Err(error.into()),
            (run, _) => {
                runs.push(run?);
                continue;
            }
        };
        if all_waiting.iter().all(|other| other.id != waiting.id) {
            all_waiting.push(waiting);
        }
    }
    Ok((all_waiting, runs))
}
