//! From bytes to input, pure: the same whatever way the bytes are cut.
//!
//! A lone escape waits 50 ms, or as long as is set, for a key that makes it `Alt`; an unfinished sequence waits 500 ms and is dropped; a paste
//! whose end never comes is delivered after a second. What is not understood is consumed and inert.

use super::{Input, Reply, csi, osc};
use crate::base::clock::Tick;
use crate::ui::keymap::{Code, Key};

/// How long a lone escape waits for the rest of a chord, unless it is set otherwise.
const ESCAPE_MS: u64 = 50;
/// The same while answers of the terminal are awaited, which may come slowly over a network.
const ESCAPE_QUERY_MS: u64 = 600;
/// How long answers are awaited at most.
const QUERY_MS: u64 = 3_000;
/// How long an unfinished sequence waits.
const SEQUENCE_MS: u64 = 500;
/// How long a paste waits for more.
const PASTE_MS: u64 = 1_000;
/// A longer control string is swallowed, not kept.
const STRING_BYTES: usize = 4_096;

const ESC: u8 = 0x1b;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Decodes a terminal's bytes.
#[derive(Debug)]
pub struct Decoder {
    /// How long a lone escape waits for the rest of a chord, in milliseconds.
    pub escape_ms: u64,
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// When the last byte came.
    last: Tick,
    querying: Option<Tick>,
    /// Until when the terminal's background may still be told.
    background: Option<Tick>,
}

/// What the head of the pending bytes is.
enum Head {
    /// So many bytes, meaning this (`None`: understood as nothing).
    Done(usize, Option<Input>),
    PasteBegins(usize),
    Incomplete,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            escape_ms: ESCAPE_MS,
            pending: Vec::new(),
            paste: None,
            last: Tick(0),
            querying: None,
            background: None,
        }
    }
}

impl Decoder {
    /// Questions were just put to the terminal, that for its `background` among them or not.
    pub fn expect_answers(&mut self, background: bool, now: Tick) {
        self.querying = Some(now.plus(QUERY_MS));
        // Some pass this question on, and answer it after the last one.
        self.background = self.querying.filter(|_| background);
    }

    /// Takes bytes that were read at `now`.
    pub fn feed(&mut self, bytes: &[u8], now: Tick, out: &mut Vec<Input>) {
        // An escape that waited out its time is not joined with what comes later, however late we look.
        self.expire(now, out);
        self.last = now;
        self.pending.extend_from_slice(bytes);
        self.run(out);
    }

    /// When [`Decoder::expire`] wants to be called, if nothing comes.
    pub fn deadline(&self) -> Option<Tick> {
        let wait = match (&self.paste, self.pending.as_slice()) {
            (Some(_), _) => PASTE_MS,
            (None, []) => return None,
            (None, [ESC, b']', _, ..]) if self.awaits(self.background) => QUERY_MS,
            (None, [ESC] | [ESC, b'[' | b']' | b'O' | b'P' | b'_' | b'^' | b'X']) => {
                let string = self.pending.len() == 2 && self.awaits(self.background);
                if self.awaits(self.querying) || string {
                    ESCAPE_QUERY_MS.max(self.escape_ms)
                } else {
                    self.escape_ms
                }
            }
            _ => SEQUENCE_MS,
        };
        Some(self.last.plus(wait))
    }

    fn awaits(&self, until: Option<Tick>) -> bool {
        until.is_some_and(|until| self.last < until)
    }

    /// Gives up waiting for what is overdue at `now`.
    pub fn expire(&mut self, now: Tick, out: &mut Vec<Input>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(mut text) = self.paste.take() {
            text.append(&mut self.pending);
            out.push(pasted(&text));
            return;
        }
        match *self.pending.as_slice() {
            [ESC] => out.push(Input::Key(Key::plain(Code::Esc))),
            [ESC, c] => out.push(Input::Key(Key::char(c.into()).alt())),
            _ => {}
        }
        self.pending.clear();
    }

    fn run(&mut self, out: &mut Vec<Input>) {
        loop {
            if let Some(text) = &mut self.paste {
                let from = text.len().saturating_sub(PASTE_END.len());
                text.append(&mut self.pending);
                let tail = text.get(from..).unwrap_or_default();
                let Some(at) = tail.windows(PASTE_END.len()).position(|w| w == PASTE_END) else { return };
                let rest = text.split_off(from + at);
                self.pending = rest.get(PASTE_END.len()..).unwrap_or_default().to_vec();
                out.push(pasted(text));
                self.paste = None;
            }
            if self.pending.is_empty() {
                return;
            }
            match head(&self.pending) {
                Head::Incomplete => return,
                Head::PasteBegins(used) => {
                    self.pending.drain(..used);
                    self.paste = Some(Vec::new());
                }
                Head::Done(used, input) => {
                    self.pending.drain(..used);
                    match input {
                        Some(Input::Reply(Reply::Last)) => self.querying = None,
                        Some(Input::Reply(Reply::Background(_))) => self.background = None,
                        _ => {}
                    }
                    out.extend(input);
                }
            }
        }
    }
}

fn pasted(bytes: &[u8]) -> Input {
    Input::Paste(String::from_utf8_lossy(bytes).into_owned())
}

fn head(bytes: &[u8]) -> Head {
    match *bytes {
        [] | [ESC] => Head::Incomplete,
        [ESC, b'[', ref rest @ ..] => control_sequence(rest),
        [ESC, b'O', ref rest @ ..] => match *rest {
            [] => Head::Incomplete,
            [letter, ..] => Head::Done(3, csi::single_shift(letter).map(Input::Key)),
        },
        [ESC, b']', ref rest @ ..] => match control_string(rest) {
            Head::Done(used, _) => {
                Head::Done(used, rest.get(..used - 2).and_then(osc::read).map(Input::Reply))
            }
            other => other,
        },
        [ESC, b'P' | b'_' | b'^' | b'X', ref rest @ ..] => control_string(rest),
        // The first of two escapes is itself; the second may begin something.
        [ESC, ESC, ..] => Head::Done(1, Some(Input::Key(Key::plain(Code::Esc)))),
        [ESC, ref rest @ ..] => match character(rest) {
            Some((used, key)) => Head::Done(1 + used, key.map(|key| Input::Key(key.alt().folded()))),
            None => Head::Incomplete,
        },
        _ => match character(bytes) {
            Some((used, key)) => Head::Done(used, key.map(Input::Key)),
            None => Head::Incomplete,
        },
    }
}

/// `ESC [` parameters, intermediates, a final byte.
fn control_sequence(rest: &[u8]) -> Head {
    match *rest {
        [b'['] => return Head::Incomplete,
        [b'[', letter, ..] => return Head::Done(4, csi::console_function(letter).map(Input::Key)),
        _ => {}
    }
    let length = rest.iter().take_while(|b| (0x20..=0x3f).contains(*b)).count();
    match (rest.get(..length), rest.get(length)) {
        (Some(body), Some(last @ 0x40..=0x7e)) => {
            let used = 2 + length + 1;
            if (body, *last) == (b"200", b'~') {
                Head::PasteBegins(used)
            } else {
                Head::Done(used, csi::read(body, *last))
            }
        }
        // A byte that no sequence holds: what came before it means nothing, it itself may.
        (_, Some(_)) => Head::Done(2 + length, None),
        (_, None) if length > STRING_BYTES => Head::Done(2 + length, None),
        (_, None) => Head::Incomplete,
    }
}

/// A string up to its terminator. Swallowed, unless it is an answer that is known.
fn control_string(rest: &[u8]) -> Head {
    for (at, byte) in rest.iter().enumerate() {
        match (byte, rest.get(at + 1)) {
            (0x07 | 0x18 | 0x1a, _) => return Head::Done(2 + at + 1, None),
            (&ESC, Some(b'\\')) => return Head::Done(2 + at + 2, None),
            (&ESC, Some(_)) => return Head::Done(2 + at, None),
            _ => {}
        }
    }
    if rest.len() > STRING_BYTES { Head::Done(2 + rest.len(), None) } else { Head::Incomplete }
}

/// One character or control key. `None`: more bytes are needed.
fn character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let first = *bytes.first()?;
    let key = match first {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7f => Key::plain(Code::Backspace),
        0 => Key::char(' ').ctrl(),
        0x01..=0x1a => Key::char((first + 0x60).into()).ctrl(),
        0x1c..=0x1f => Key::char((first + 0x40).into()).ctrl(),
        0x20..=0x7e => Key::char(first.into()),
        _ => return wide_character(first, bytes),
    };
    Some((1, Some(key)))
}

fn wide_character(first: u8, bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((1, None)),
    };
    let have = bytes.get(..length.min(bytes.len()))?;
    match std::str::from_utf8(have) {
        Ok(text) => Some((length, text.chars().next().filter(|c| !c.is_control()).map(Key::char))),
        Err(error) if error.error_len().is_none() => None,
        Err(error) => Some((error.error_len().unwrap_or(1), None)),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
