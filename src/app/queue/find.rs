//! Finds what waits by what people call it.
//!
//! Runs on the caller's thread.

use std::sync::Arc;

use super::{Queue, QueueError, Waiting};

/// Candidates that an error lists at most.
const LISTED: usize = 5;

impl Queue {
    /// What waits and goes by `what`: its number, its name, or the beginning of one of them. None if nothing does.
    ///
    /// # Errors
    /// [`QueueError::Ambiguous`] with the candidates, and what [`list`](Self::list) says.
    pub fn find(&self, what: &str) -> Result<Option<Arc<Waiting>>, QueueError> {
        if what.is_empty() {
            return Ok(None);
        }
        let all = self.list()?;
        let ways: [fn(&Waiting, &str) -> bool; 3] = [
            |waiting, what| waiting.id.eq_ignore_ascii_case(what),
            |waiting, what| waiting.name == what,
            |waiting, what| waiting.id.starts_with(what) || waiting.name.starts_with(what),
        ];
        for is_meant in ways {
            let mut meant = all.iter().filter(|waiting| is_meant(waiting, what));
            if let Some(first) = meant.next() {
                if meant.next().is_none() {
                    return Ok(Some(Arc::clone(first)));
                }
                let candidates = all.iter().filter(|waiting| is_meant(waiting, what)).take(LISTED);
                let candidates = candidates.map(|waiting| format!("{} ({})", waiting.id, waiting.name)).collect();
                return Err(QueueError::Ambiguous { what: what.to_owned(), candidates });
            }
        }
        Ok(None)
    }
}
