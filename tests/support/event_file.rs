//! Writes event files as TensorBoard's writers do, by hand: independent of what reads them.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use kymograph::framing;

/// An event with a scalar in the form of PyTorch and TensorFlow 1.
pub fn scalar(step: u64, tag: &str, value: f32) -> Vec<u8> {
    let mut summary = text_field(1, tag.as_bytes());
    summary.push(2 << 3 | 5);
    summary.extend(value.to_le_bytes());
    event(step, &summary)
}

/// An event with a scalar in the form of TensorFlow 2: a tensor of doubles, with the plug-in.
pub fn tensor_scalar(step: u64, tag: &str, value: f64) -> Vec<u8> {
    let mut tensor = vec![1 << 3, 2];
    tensor.extend(text_field(4, &value.to_le_bytes()));
    let plugin = text_field(1, &text_field(1, b"scalars"));
    event(step, &[text_field(1, tag.as_bytes()), text_field(8, &tensor), text_field(9, &plugin)].concat())
}

/// An event with a text.
pub fn text(step: u64, tag: &str, text: &str) -> Vec<u8> {
    let tensor = [vec![1 << 3, 7], text_field(8, text.as_bytes())].concat();
    let plugin = text_field(1, &text_field(1, b"text"));
    event(step, &[text_field(1, tag.as_bytes()), text_field(8, &tensor), text_field(9, &plugin)].concat())
}

/// The first event of a file.
pub fn version() -> Vec<u8> {
    text_field(3, b"brain.Event:2")
}

/// An event with its frame.
pub fn framed(event: &[u8]) -> Vec<u8> {
    let mut out = framing::head(event.len()).to_vec();
    out.extend(event);
    out.extend(framing::foot(crc32c::crc32c(event)));
    out
}

/// Writes a file with these events.
pub fn write(path: &Path, events: &[Vec<u8>]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(&framed(&version())).unwrap();
    for event in events {
        file.write_all(&framed(event)).unwrap();
    }
}

/// Adds bytes to a file.
pub fn append(path: &Path, bytes: &[u8]) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(bytes).unwrap();
}

fn event(step: u64, value: &[u8]) -> Vec<u8> {
    let mut out = vec![1 << 3 | 1];
    out.extend(1.7e9_f64.to_le_bytes());
    out.push(2 << 3);
    varint(step, &mut out);
    out.extend(text_field(5, &text_field(1, value)));
    out
}

fn text_field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![tag << 3 | 2];
    varint(bytes.len() as u64, &mut out);
    out.extend(bytes);
    out
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
