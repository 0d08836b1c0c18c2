//! The meaning of one whole control sequence.

use super::{Input, Mouse, MouseDeed, Reply};
use crate::ui::keymap::{Code, Key};

/// `ESC [ body last`. `None`: nothing to us.
pub(super) fn read(body: &[u8], last: u8) -> Option<Input> {
    let text = std::str::from_utf8(body).ok()?;
    match (text.as_bytes().first(), last) {
        (Some(b'<'), b'M' | b'm') => mouse(text.get(1..)?, last),
        (Some(b'?'), b'u') => Some(Input::Reply(Reply::KittyKeyboard)),
        (Some(b'?'), b'c') => Some(Input::Reply(Reply::Last)),
        (Some(b'?'), b'y') => mode_report(text.get(1..)?),
        (Some(b'?' | b'>' | b'=' | b'<'), _) => None,
        (None, b'I') => Some(Input::Focus(true)),
        (None, b'O') => Some(Input::Focus(false)),
        _ => key(text, last).map(Input::Key),
    }
}

/// `ESC O letter`.
pub(super) fn single_shift(letter: u8) -> Option<Key> {
    let code = match letter {
        b'M' => Code::Enter,
        _ => named(letter)?,
    };
    Some(Key::plain(code))
}

/// `ESC [ [ letter`: the Linux console's first five function keys.
pub(super) fn console_function(letter: u8) -> Option<Key> {
    matches!(letter, b'A'..=b'E').then(|| Key::plain(Code::F(letter - b'A' + 1)))
}

fn named(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P' => Code::F(1),
        b'Q' => Code::F(2),
        b'R' => Code::F(3),
        b'S' => Code::F(4),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F((number - 10) as u8),
        17..=21 => Code::F((number - 11) as u8),
        23..=26 => Code::F((number - 12) as u8),
        _ => return None,
    })
}

fn key(text: &str, last: u8) -> Option<Key> {
    let fields: Vec<Vec<u32>> =
        text.split(';').map(|field| field.split(':').map(|n| n.parse().unwrap_or(0)).collect()).collect();
    let field = |n: usize| fields.get(n).and_then(|field| field.first()).copied().unwrap_or(0);
    let (code, modifiers) = match last {
        b'Z' => return Some(Key::plain(Code::Tab).shift()),
        b'u' => {
            // A release, where the terminal reports it unasked.
            if fields.get(1).and_then(|field| field.get(1)) == Some(&3) {
                return None;
            }
            (unicode(field(0))?, field(1))
        }
        b'~' if field(0) == 27 => (unicode(field(2))?, field(1)),
        b'~' => (numbered(field(0))?, field(1)),
        // With other numbers it is a report of the cursor's place.
        b'R' if field(0) != 1 => return None,
        letter => (named(letter)?, field(1)),
    };
    let bits = modifiers.saturating_sub(1);
    let key = Key { code, shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0, sup: bits & 8 != 0 };
    Some(key.folded())
}

fn unicode(number: u32) -> Option<Code> {
    Some(match number {
        9 => Code::Tab,
        13 | 57414 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        57399..=57408 => Code::Char(char::from_digit(number - 57399, 10)?),
        57409 => Code::Char('.'),
        57410 => Code::Char('/'),
        57411 => Code::Char('*'),
        57412 => Code::Char('-'),
        57413 => Code::Char('+'),
        57415 => Code::Char('='),
        57417 => Code::Left,
        57418 => Code::Right,
        57419 => Code::Up,
        57420 => Code::Down,
        57421 => Code::PageUp,
        57422 => Code::PageDown,
        57423 => Code::Home,
        57424 => Code::End,
        57425 => Code::Insert,
        57426 => Code::Delete,
        // Keys of their own in the private area: modifiers, media, locks.
        57344..=63743 => return None,
        _ => Code::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

fn mouse(text: &str, last: u8) -> Option<Input> {
    let mut numbers = text.split(';').map(|n| n.parse::<u16>().ok());
    let (button, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    // Shift, alt and control are other bits of the same number.
    let deed = match (button & !0b1_1100, last) {
        (0, b'M') => MouseDeed::Press,
        (0, b'm') => MouseDeed::Release,
        (2, b'M') => MouseDeed::RightPress,
        (32, b'M') => MouseDeed::Drag,
        (64, b'M') => MouseDeed::WheelUp,
        (65, b'M') => MouseDeed::WheelDown,
        (66, b'M') => MouseDeed::WheelLeft,
        (67, b'M') => MouseDeed::WheelRight,
        _ => return None,
    };
    Some(Input::Mouse(Mouse { deed, column: column.saturating_sub(1), row: row.saturating_sub(1) }))
}

fn mode_report(text: &str) -> Option<Input> {
    let (mode, state) = text.strip_suffix('$')?.split_once(';')?;
    (mode == "2026").then_some(Input::Reply(Reply::SynchronizedOutput(matches!(state, "1" | "2"))))
}
