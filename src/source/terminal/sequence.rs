//! What an escape sequence asks for: the parser's events as operations on the screen.
//!
//! Called on the worker's thread with one byte at a time. Knows no screen. The sequences are those of ECMA-48 and xterm's
//! "Control Sequences" that programs use which print bars; all others are swallowed.

use vte::{Params, Perform};

use crate::batch::{Color, TextColor, TextStyle};

/// What a finished sequence asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    /// A control character within a sequence.
    Control(u8),
    Up(usize),
    Down(usize),
    Forward(usize),
    Back(usize),
    /// To a column, from 0.
    Column(usize),
    /// To a row and column of the page, from 0.
    Place(usize, usize),
    /// To the start of the row so many below (or above, if negative).
    RowStart(isize),
    EraseLine(Erase),
    EraseDisplay(Erase),
    /// Blanks that take the place of characters.
    Blank(usize),
    Insert(usize),
    Delete(usize),
    LineFeed,
    Save,
    Restore,
    /// What stands there is over: the screen is cleared or exchanged for another.
    NewPage,
    Task(TaskProgress),
}

/// Which part, seen from the cursor, is erased.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Erase {
    After,
    Before,
    All,
}

/// How far a program says it is, for a task bar: `OSC 9 ; 4 ; state ; percent`, as ConEmu and Windows Terminal define it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskProgress {
    /// Nothing is under way any more (state 0).
    Gone,
    /// So many percent are done, 0 to 100 (states 1, 2 error and 4 paused).
    Percent(u8),
    /// Working, the end unknown (state 3).
    Busy,
}

/// Collects what the parser says.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// How text is to look from now on.
    pub style: TextStyle,
    /// What is asked for, since the last look.
    pub op: Option<Op>,
    /// Whether the sequence is over.
    pub is_done: bool,
    /// Whether the parser is made to leave a sequence whose end is missing, so that it means nothing.
    pub is_leaving: bool,
}

impl Perform for Reader {
    // The parser is given nothing but sequences, so this is the first byte after one that it dropped.
    fn print(&mut self, c: char) {
        self.is_done = true;
        self.op = u8::try_from(c).ok().map(Op::Control);
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            // CAN and SUB end any sequence.
            0x18 | 0x1a => self.is_done = true,
            _ => self.op = Some(Op::Control(byte)),
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], bell_terminated: bool) {
        self.is_done = bell_terminated;
        if let ([b"9", b"4", state, rest @ ..], false) = (params, self.is_leaving) {
            self.op = task(state, rest.first().copied().unwrap_or_default()).map(Op::Task);
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        self.is_done = true;
        if ignore {
            return;
        }
        match (intermediates, action) {
            ([], 'm') => select_graphics(params, &mut self.style),
            ([], _) => self.op = operation(params, action),
            // Another screen, as editors and pagers take it; what they show is not to be kept.
            ([b'?'], 'h' | 'l') if params.iter().any(|p| matches!(p, [47 | 1047 | 1049])) => {
                self.op = Some(Op::NewPage);
            }
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        self.is_done = true;
        self.op = match (intermediates, byte) {
            ([], b'7') => Some(Op::Save),
            ([], b'8') => Some(Op::Restore),
            ([], b'D' | b'E') => Some(Op::LineFeed),
            ([], b'M') => Some(Op::Up(1)),
            ([], b'c') => {
                self.style = TextStyle::default();
                Some(Op::NewPage)
            }
            _ => None,
        };
    }
}

fn operation(params: &Params, action: char) -> Option<Op> {
    let mut values = params.iter().map(|p| usize::from(p.first().copied().unwrap_or(0)));
    let first = values.next().unwrap_or(0);
    let second = values.next().unwrap_or(0);
    let count = first.max(1);
    let erase = match first {
        0 => Some(Erase::After),
        1 => Some(Erase::Before),
        2 | 3 => Some(Erase::All),
        _ => None,
    };
    Some(match action {
        'A' => Op::Up(count),
        'B' | 'e' => Op::Down(count),
        'C' | 'a' => Op::Forward(count),
        'D' => Op::Back(count),
        'E' => Op::RowStart(isize::try_from(count).ok()?),
        'F' => Op::RowStart(-isize::try_from(count).ok()?),
        'G' | '`' => Op::Column(count - 1),
        'H' | 'f' => Op::Place(count - 1, second.max(1) - 1),
        'J' => match erase? {
            Erase::All => Op::NewPage,
            part => Op::EraseDisplay(part),
        },
        'K' => Op::EraseLine(erase.filter(|_| first < 3)?),
        'X' => Op::Blank(count),
        '@' => Op::Insert(count),
        'P' => Op::Delete(count),
        's' => Op::Save,
        'u' => Op::Restore,
        _ => return None,
    })
}

fn task(state: &[u8], percent: &[u8]) -> Option<TaskProgress> {
    let percent = || std::str::from_utf8(percent).ok()?.parse::<u8>().ok().map(|p| p.min(100));
    match state {
        b"0" => Some(TaskProgress::Gone),
        b"1" | b"2" | b"4" => Some(TaskProgress::Percent(percent()?)),
        b"3" => Some(TaskProgress::Busy),
        _ => None,
    }
}

/// SGR. Colours are given as `38;5;n`, `38;2;r;g;b`, or with colons in one parameter (ISO 8613-6).
fn select_graphics(params: &Params, style: &mut TextStyle) {
    let mut params = params.iter();
    while let Some(param) = params.next() {
        let code = param.first().copied().unwrap_or(0);
        match code {
            0 => *style = TextStyle::default(),
            1 => style.is_bold = true,
            2 => style.is_dim = true,
            3 => style.is_italic = true,
            4 | 21 => style.is_underlined = param.get(1) != Some(&0),
            7 => style.is_inverse = true,
            9 => style.is_struck = true,
            22 => (style.is_bold, style.is_dim) = (false, false),
            23 => style.is_italic = false,
            24 => style.is_underlined = false,
            27 => style.is_inverse = false,
            29 => style.is_struck = false,
            30..=37 => style.foreground = ansi(code - 30),
            39 => style.foreground = None,
            40..=47 => style.background = ansi(code - 40),
            49 => style.background = None,
            90..=97 => style.foreground = ansi(code - 82),
            100..=107 => style.background = ansi(code - 92),
            38 | 48 => {
                let color = match param.get(1..) {
                    Some(parts @ [_, ..]) => color(&mut parts.iter().copied(), parts.len() > 4),
                    _ => color(&mut params.by_ref().map(|p| p.first().copied().unwrap_or(0)), false),
                };
                match color {
                    Some(color) if code == 38 => style.foreground = Some(color),
                    Some(color) => style.background = Some(color),
                    None => {}
                }
            }
            _ => {}
        }
    }
}

fn ansi(code: u16) -> Option<TextColor> {
    u8::try_from(code).ok().map(TextColor::Ansi)
}

/// The colour in the parameters behind 38 or 48; `has_space` if a colour space stands before red.
fn color(values: &mut dyn Iterator<Item = u16>, has_space: bool) -> Option<TextColor> {
    match values.next()? {
        5 => match u8::try_from(values.next()?).ok()? {
            code @ 0..=15 => Some(TextColor::Ansi(code)),
            code => Some(TextColor::Indexed(code)),
        },
        2 => {
            if has_space {
                values.next();
            }
            let mut channel = || u8::try_from(values.next()?).ok();
            Some(TextColor::Rgb(Color::new(channel()?, channel()?, channel()?)))
        }
        _ => None,
    }
}
