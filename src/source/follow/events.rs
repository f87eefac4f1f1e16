//! TensorBoard's event files: records framed as in `TFRecord`, each an `Event` of protobuf.
//!
//! Worker's thread. What cannot be read is treated as TensorBoard's loader treats it (`tensorboard/data/server`): a record
//! that is not whole waits, one whose length is wrong ends the file. A record with a wrong payload is passed over, since the
//! next one is known to stand behind it.

use std::collections::HashMap;

use prost::Message as _;

use super::carry::Carry;
use super::event_proto::{Event, Tensor, Value};
use super::reader::{Fed, Reader};
use super::sheet::Sheet;
use crate::batch::Level;
use crate::framing::{self, FOOT_BYTES, HEAD_BYTES};

/// Longest record that is read, in bytes. Scalars and texts are far below; what is longer is an image or a graph and is
/// passed over without being held.
const RECORD_BYTES_MAX: u64 = 16 << 20;

/// Longest record that can be: protobuf allows no message beyond 2 GiB, so what claims more is damaged.
const LENGTH_MAX: u64 = 2 << 30;

/// Most strings of one text summary.
const STRINGS_MAX: usize = 1000;

/// What TensorBoard calls the plug-in for texts.
const TEXT_PLUGIN: &[u8] = b"text";

/// What TensorBoard calls the plug-in for scalars.
const SCALARS_PLUGIN: &[u8] = b"scalars";

/// Reads an event file.
#[derive(Default)]
pub(super) struct EventReader {
    carry: Carry,
    /// Bytes of a long record that are still to be passed over.
    skip_bytes: u64,
    is_over: bool,
    /// The plug-in of each tag: only the first value of a tag names it.
    plugins: HashMap<Vec<u8>, Plugin>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plugin {
    Scalars,
    Text,
    Other,
}

impl Reader for EventReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        if self.is_over {
            return Fed::Over;
        }
        let skipped = if self.carry.is_empty() { (bytes.len() as u64).min(self.skip_bytes) } else { 0 };
        self.skip_bytes -= skipped;
        let bytes = bytes.get(skipped as usize..).unwrap_or_default();
        let mut carry = std::mem::take(&mut self.carry);
        let fed = carry.feed(bytes, |bytes| self.records(bytes, sheet));
        self.carry = carry;
        fed
    }

    fn end(&mut self, _: &mut Sheet) {}

    fn restart(&mut self) {
        // What the tags are stays true for the run.
        (self.carry, self.skip_bytes, self.is_over) = (Carry::default(), 0, false);
    }
}

impl EventReader {
    /// Reads the records at the start of `bytes`, and gives how many bytes they took.
    fn records(&mut self, bytes: &[u8], sheet: &mut Sheet) -> (usize, Fed) {
        let mut rest = bytes;
        while let Some((head, behind)) = rest.split_first_chunk::<HEAD_BYTES>() {
            // Room that was never written; the writer may still fill it, so these zeros must not be kept.
            if head.iter().all(|byte| *byte == 0) {
                return (bytes.len(), Fed::Back(rest.len() as u64));
            }
            let Some(length) = framing::length(head).filter(|length| *length <= LENGTH_MAX) else {
                self.is_over = true;
                sheet.tell(Level::Warning, "a record has a length that cannot be; nothing behind it can be read");
                return (bytes.len(), Fed::Over);
            };
            let whole = length + FOOT_BYTES as u64;
            if length > RECORD_BYTES_MAX {
                let here = (behind.len() as u64).min(whole);
                self.skip_bytes = whole - here;
                rest = behind.get(here as usize..).unwrap_or_default();
                continue;
            }
            let Some((record, next)) = behind.split_at_checked(whole as usize) else { break };
            rest = next;
            match framing::payload(record).map(Event::decode) {
                Some(Ok(event)) => self.event(event, sheet),
                Some(Err(_)) => sheet.fault("a record that is no event was passed over"),
                None => sheet.fault("a damaged record was passed over"),
            }
        }
        (bytes.len() - rest.len(), Fed::Taken)
    }

    fn event(&mut self, event: Event, sheet: &mut Sheet) {
        let step = event.step;
        for value in event.summary.map(|summary| summary.value).unwrap_or_default() {
            match self.plugin(&value) {
                Plugin::Text => text(&value, step, sheet),
                Plugin::Scalars => {
                    let number = value.simple_value.map(f64::from);
                    let number = number.or_else(|| value.tensor.as_ref().and_then(Tensor::scalar));
                    let name = String::from_utf8_lossy(&value.tag);
                    if let Some((series, y)) = number.and_then(|y| Some((sheet.series(&name, "step", false)?, y))) {
                        sheet.point(series, step as f64, y);
                    }
                }
                Plugin::Other => {}
            }
        }
    }

    /// What a value is by its plug-in, or by its form where none was ever named.
    fn plugin(&mut self, value: &Value) -> Plugin {
        /// Beyond so many, tags that come without their plug-in are judged by their form.
        const TAGS_MAX: usize = 100_000;
        let named = value.metadata.as_ref().and_then(|metadata| metadata.plugin_data.as_ref());
        let named = named.map(|plugin| plugin.plugin_name.as_slice()).filter(|name| !name.is_empty());
        if let Some(name) = named {
            let plugin = match name {
                TEXT_PLUGIN => Plugin::Text,
                SCALARS_PLUGIN => Plugin::Scalars,
                _ => Plugin::Other,
            };
            if self.plugins.len() < TAGS_MAX {
                self.plugins.insert(value.tag.clone(), plugin);
            }
            return plugin;
        }
        self.plugins.get(&value.tag).copied().unwrap_or(Plugin::Scalars)
    }
}

/// A text summary, for the pane.
fn text(value: &Value, step: i64, sheet: &mut Sheet) {
    let tag = String::from_utf8_lossy(&value.tag);
    // Writers add it to the tags of texts.
    let tag = tag.strip_suffix("/text_summary").unwrap_or(&tag);
    for text in value.tensor.iter().flat_map(|tensor| &tensor.string_val).take(STRINGS_MAX) {
        sheet.text(&format!("{tag}, step {step}: {}", String::from_utf8_lossy(text)));
    }
}
