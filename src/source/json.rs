//! Reads the numbers and texts of a JSON object as programs print it, Python's spelling included.
//!
//! Pure functions for any thread. A reader, not a validator: where JSON and a Python dict differ it takes both, so bare
//! `NaN` and `Infinity`, single quotes, `None`, tuples, and wrappers as in `tensor(0.5, device='cuda:0')` pass.

use std::borrow::Cow;

use super::float;

/// Deepest nesting read; deeper objects are refused, so that hostile input cannot exhaust the stack.
const DEPTH_MAX: usize = 32;

/// A leaf of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf<'a> {
    /// A number, or one in a wrapper.
    Number(f64),
    /// A string, its escapes resolved.
    Text(Cow<'a, str>),
    /// No value: `null` or `None`.
    Null,
    /// Anything else: a boolean, an array.
    Other,
}

/// Reads the object at the start of `text` and hands each leaf with its keys, joined by `/`, to `each`, in order.
///
/// Gives the number of bytes read, or nothing if there is no whole object; `each` may have been called by then.
pub fn read_object<'a>(text: &'a str, each: &mut dyn FnMut(&str, Leaf<'a>)) -> Option<usize> {
    let mut reader = Reader { text, at: 0, path: String::new(), each };
    reader.object(0)?;
    Some(reader.at)
}

struct Reader<'a, 'e> {
    text: &'a str,
    at: usize,
    path: String,
    each: &'e mut dyn FnMut(&str, Leaf<'a>),
}

impl<'a> Reader<'a, '_> {
    fn object(&mut self, depth: usize) -> Option<()> {
        self.eat(b'{').filter(|()| depth < DEPTH_MAX)?;
        loop {
            self.skip_blanks();
            if self.eat(b'}').is_some() {
                return Some(());
            }
            let key = match self.peek()? {
                b'"' | b'\'' => self.string()?,
                // Python dicts may have numbers as keys.
                _ => Cow::Borrowed(self.word()?),
            };
            self.skip_blanks();
            self.eat(b':')?;
            let parent_bytes = self.path.len();
            if parent_bytes > 0 {
                self.path.push('/');
            }
            self.path.push_str(&key);
            self.value(depth)?;
            self.path.truncate(parent_bytes);
            self.skip_blanks();
            if self.eat(b',').is_none() {
                self.eat(b'}')?;
                return Some(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.skip_blanks();
        let leaf = match self.peek()? {
            b'{' => return self.object(depth + 1),
            b'[' | b'(' => {
                self.skip_brackets(depth)?;
                Leaf::Other
            }
            b'"' | b'\'' => Leaf::Text(self.string()?),
            _ => self.bare()?,
        };
        (self.each)(&self.path, leaf);
        Some(())
    }

    /// A number, a name such as `true`, or a call around a number.
    fn bare(&mut self) -> Option<Leaf<'a>> {
        let word = self.word()?;
        if self.peek() == Some(b'(') {
            let inner = self.text.get(self.at + 1..)?.trim_start();
            let end = inner.find([',', ')', ' ']).unwrap_or(inner.len());
            let value = inner.get(..end).and_then(|number| float::parse(number.as_bytes(), b'.'));
            self.skip_brackets(0)?;
            return Some(value.map_or(Leaf::Other, Leaf::Number));
        }
        if let Some(value) = float::parse(word.as_bytes(), b'.') {
            return Some(Leaf::Number(value));
        }
        match word {
            "null" | "None" => Some(Leaf::Null),
            _ if word.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(Leaf::Other),
            _ => None,
        }
    }

    /// Skips an array, a tuple or the brackets of a call, with what is nested in it.
    fn skip_brackets(&mut self, depth: usize) -> Option<()> {
        let mut open = depth;
        loop {
            match self.peek()? {
                b'[' | b'(' | b'{' => {
                    open += 1;
                    self.at += 1;
                    if open > depth + DEPTH_MAX {
                        return None;
                    }
                }
                b']' | b')' | b'}' => {
                    open -= 1;
                    self.at += 1;
                    if open == depth {
                        return Some(());
                    }
                }
                b'"' | b'\'' => {
                    self.string()?;
                }
                _ => self.at += 1,
            }
        }
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        let quote = self.peek()?;
        self.at += 1;
        let start = self.at;
        let end = start + memchr::memchr2(quote, b'\\', self.text.as_bytes().get(start..)?)?;
        if self.text.as_bytes().get(end) == Some(&quote) {
            self.at = end + 1;
            return Some(Cow::Borrowed(self.text.get(start..end)?));
        }
        let mut out = self.text.get(start..end)?.to_owned();
        let mut chars = self.text.get(end..)?.char_indices();
        while let Some((offset, c)) = chars.next() {
            if c == char::from(quote) {
                self.at = end + offset + 1;
                return Some(Cow::Owned(out));
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                'u' => {
                    let code = (0..4).try_fold(0, |code, _| Some(code * 16 + chars.next()?.1.to_digit(16)?))?;
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                other => out.push(other),
            }
        }
        None
    }

    /// The run of characters that a bare number or name is made of.
    fn word(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let end = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b"+-._".contains(&b))).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).filter(|word| !word.is_empty())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(text: &str) -> Option<Vec<String>> {
        let mut out = Vec::new();
        read_object(text, &mut |path, leaf| {
            out.push(match leaf {
                Leaf::Number(v) => format!("{path}={v}"),
                Leaf::Text(t) => format!("{path}='{t}'"),
                Leaf::Null => format!("{path}=null"),
                Leaf::Other => format!("{path}?"),
            });
        })?;
        Some(out)
    }

    #[test]
    fn reads_json_and_python() {
        for (text, expected) in [
            (r#"{"a": 1, "b": {"c": -2.5e-3, "d": "x"}} tail"#, "a=1 b/c=-0.0025 b/d='x'"),
            ("{'loss': 0.53, 'lr': 5e-05, 'x': nan, 'ok': True, 'n': None}", "loss=0.53 lr=0.00005 x=NaN ok? n=null"),
            (r#"{"a":NaN,"b":Infinity,"c":-Infinity,"d":[1,{"e":"]"}],"f":1,}"#, "a=NaN b=inf c=-inf d? f=1"),
            ("{'t': tensor(0.25, device='cuda:0'), 'u': np.float64(1.5), 's': (3, 4)}", "t=0.25 u=1.5 s?"),
            (r#"{"a\"\u00e9\n": "\\"}"#, "a\"é\n='\\'"),
            ("{0: 1.5}", "0=1.5"),
            ("{}", ""),
        ] {
            assert_eq!(leaves(text).map(|l| l.join(" ")).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "{", "{\"a\":", "{\"a\":1", "{a}", "[1]", "{\"a\" 1}", "{\"a\": -}", "{\"a\": 1 \"b\": 2}"] {
            assert_eq!(leaves(text), None, "{text}");
        }
        assert_eq!(leaves(&"{\"a\":".repeat(100_000)), None);
        assert_eq!(leaves(&format!("{{\"a\":{}", "[".repeat(100_000))), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in r#"[{}\[\]()'":,\\a-c0-9 eNu.é-]{0,80}"#) {
            leaves(&text);
            leaves(&format!("{{{text}}}"));
        }
    }
}
