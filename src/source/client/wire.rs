//! Frames between a client and its viewer: cut out of a stream, put into one. `docs/protocol.md` describes them.
//!
//! Trusts nothing: every length is compared with its limit before anything is allocated for it.

use std::io::{self, ErrorKind, Read};

use serde::Serialize;

/// Most bytes of a head.
pub const HEAD_BYTES: usize = 1 << 20;

/// Most bytes of a body.
pub const BODY_BYTES: usize = 256 << 20;

/// Bytes of the two lengths.
const LENGTHS: usize = 8;

/// What is made room for before it has come; the rest as it comes.
const FIRST_ROOM: usize = 1 << 20;

/// A frame as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// A JSON object, not looked at yet.
    pub head: Vec<u8>,
    /// Arrays of numbers.
    pub body: Vec<u8>,
}

/// Why no frame came out of a stream.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// A head that is too small for an object or larger than [`HEAD_BYTES`].
    #[error("a head of {0} bytes: 2 to {HEAD_BYTES} are allowed")]
    Head(usize),
    /// A body larger than [`BODY_BYTES`].
    #[error("a body of {0} bytes: {BODY_BYTES} are allowed")]
    Body(usize),
    /// The stream ended inside a frame.
    #[error("the connection ended inside a frame")]
    Cut,
    /// The stream cannot be read.
    #[error("the connection cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// What reading a stream led to.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// A whole frame.
    Frame(Frame),
    /// Nothing more at present; what came of a frame is kept.
    Idle,
    /// The stream ended between two frames.
    End,
}

/// Cuts frames out of a stream that may be read by pieces.
#[derive(Debug, Default)]
pub struct FrameReader {
    /// What came and is not cut yet.
    pending: Vec<u8>,
    /// Where in `pending` the next frame begins.
    at: usize,
    /// Head and size of the body that is being read.
    open: Option<(Vec<u8>, usize)>,
    body: Vec<u8>,
}

impl FrameReader {
    /// The next frame of `stream`. [`Next::Idle`] when the stream has nothing at present: not blocking, or timed out.
    ///
    /// # Errors
    /// [`WireError`]; the stream is then of no more use.
    pub fn next(&mut self, stream: &mut impl Read) -> Result<Next, WireError> {
        loop {
            if let Some(frame) = self.cut()? {
                return Ok(Next::Frame(frame));
            }
            match self.fill(stream) {
                Ok(0) if self.is_between() => return Ok(Next::End),
                Ok(0) => return Err(WireError::Cut),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(Next::Idle);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn is_between(&self) -> bool {
        self.open.is_none() && self.pending.len() == self.at
    }

    /// A frame that has come whole.
    fn cut(&mut self) -> Result<Option<Frame>, WireError> {
        if self.open.is_none() {
            let bytes = self.pending.get(self.at..).unwrap_or_default();
            let Some((lengths, rest)) = bytes.split_first_chunk::<LENGTHS>() else { return Ok(None) };
            let [a, b, c, d, e, f, g, h] = *lengths;
            let head_bytes = u32::from_le_bytes([a, b, c, d]) as usize;
            let body_bytes = u32::from_le_bytes([e, f, g, h]) as usize;
            if !(2..=HEAD_BYTES).contains(&head_bytes) {
                return Err(WireError::Head(head_bytes));
            }
            if body_bytes > BODY_BYTES {
                return Err(WireError::Body(body_bytes));
            }
            let Some((head, rest)) = rest.split_at_checked(head_bytes) else { return Ok(None) };
            let here = rest.len().min(body_bytes);
            self.body = Vec::with_capacity(body_bytes.min(FIRST_ROOM.max(here)));
            self.body.extend_from_slice(rest.get(..here).unwrap_or_default());
            self.open = Some((head.to_vec(), body_bytes));
            self.at += LENGTHS + head_bytes + here;
            if self.at == self.pending.len() {
                self.pending.clear();
                self.at = 0;
            }
        }
        let is_whole = self.open.as_ref().is_some_and(|(_, body_bytes)| self.body.len() == *body_bytes);
        let frame = if is_whole { self.open.take() } else { None };
        Ok(frame.map(|(head, _)| Frame { head, body: std::mem::take(&mut self.body) }))
    }

    /// Reads once, into the body that is open or else behind what waits. Says how many bytes came.
    fn fill(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        const PIECE: usize = 64 << 10;
        let (into, most) = match &self.open {
            Some((_, body_bytes)) => (&mut self.body, *body_bytes),
            None => {
                self.pending.drain(..std::mem::take(&mut self.at));
                let most = self.pending.len() + PIECE;
                (&mut self.pending, most)
            }
        };
        let start = into.len();
        // As much again as there is: the room is made for bytes that came, never for a number that was sent.
        let room = (most - start).min(PIECE.max(start));
        into.resize(start + room, 0);
        let read = stream.read(into.get_mut(start..).unwrap_or_default());
        into.truncate(start + read.as_ref().map_or(0, |count| *count));
        read
    }
}

/// A frame without a body, as bytes.
///
/// # Errors
/// If `head` cannot be told as a JSON object of allowed size.
pub fn encode(head: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; LENGTHS];
    serde_json::to_writer(&mut bytes, head)?;
    let head_bytes = bytes.len() - LENGTHS;
    if head_bytes > HEAD_BYTES {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a head of more than 1 MiB"));
    }
    if let Some(place) = bytes.first_chunk_mut::<4>() {
        *place = (head_bytes as u32).to_le_bytes();
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(head: &[u8], body: &[u8]) -> Vec<u8> {
        let lengths = [head.len() as u32, body.len() as u32].map(u32::to_le_bytes).concat();
        [&lengths, head, body].concat()
    }

    /// Gives out its bytes by pieces, with a pause after each.
    struct Pieces<'a>(Vec<&'a [u8]>, bool);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::WouldBlock.into());
            }
            let Some(piece) = self.0.first_mut() else { return Ok(0) };
            let count = piece.read(into)?;
            if piece.is_empty() {
                self.0.remove(0);
            }
            Ok(count)
        }
    }

    #[test]
    fn frames_come_out_whole_wherever_they_are_cut() {
        let body: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
        let bytes = [framed(b"{}", b""), framed(b"{\"t\":1}", &body), framed(b"[]", b"xyz")].concat();
        for cut in (0..40).chain([70_000, 150_000, bytes.len() - 3]) {
            let (front, back) = bytes.split_at(cut);
            let mut pieces = Pieces(vec![front, back].into_iter().filter(|piece| !piece.is_empty()).collect(), false);
            let mut reader = FrameReader::default();
            let mut frames = Vec::new();
            loop {
                match reader.next(&mut pieces).unwrap() {
                    Next::Frame(frame) => frames.push(frame),
                    Next::Idle => {}
                    Next::End => break,
                }
            }
            let heads: Vec<_> = frames.iter().map(|frame| &frame.head[..]).collect();
            assert_eq!(heads, [&b"{}"[..], b"{\"t\":1}", b"[]"], "cut at {cut}");
            assert_eq!((frames[1].body == body, &frames[2].body[..]), (true, &b"xyz"[..]));
        }
    }

    #[test]
    fn client_cut_at_every_byte_keeps_whole_frames() {
        let one = framed(b"{\"t\":\"show\"}", &[7; 9]);
        let bytes = [one.clone(), one.clone()].concat();
        for cut in 0..bytes.len() {
            let mut stream = &bytes[..cut];
            let mut reader = FrameReader::default();
            let mut whole = 0;
            let end = loop {
                match reader.next(&mut stream) {
                    Ok(Next::Frame(_)) => whole += 1,
                    end => break end,
                }
            };
            assert_eq!(whole, cut / one.len());
            match end {
                Ok(Next::End) => assert_eq!(cut % one.len(), 0),
                Err(WireError::Cut) => assert_ne!(cut % one.len(), 0),
                end => panic!("{end:?}"),
            }
        }
    }

    #[test]
    fn client_garbage_is_refused_before_anything_is_allocated() {
        let refused = |lengths: [u32; 2]| {
            let bytes = lengths.map(u32::to_le_bytes).concat();
            FrameReader::default().next(&mut &bytes[..]).unwrap_err().to_string()
        };
        assert!(refused([u32::MAX, 0]).contains("4294967295"));
        assert!(refused([1, 0]).contains("2 to 1048576"));
        assert!(refused([2, u32::MAX]).contains("268435456"));
        // An allowed length that lies gets room for what has come.
        let bytes = [&framed(b"{}", b"")[..4], &(BODY_BYTES as u32).to_le_bytes(), b"{}", &[1; 10]].concat();
        let mut reader = FrameReader::default();
        assert!(matches!(reader.next(&mut &bytes[..]), Err(WireError::Cut)));
        assert!(reader.body.capacity() <= 4 << 20, "{}", reader.body.capacity());
    }

    #[test]
    fn what_is_encoded_is_read() {
        let bytes = encode(&serde_json::json!({"t": "stop", "press": 1})).unwrap();
        let Ok(Next::Frame(frame)) = FrameReader::default().next(&mut &bytes[..]) else { panic!() };
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&frame.head).unwrap()["press"], 1);
    }
}
