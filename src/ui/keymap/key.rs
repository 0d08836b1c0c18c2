//! One key press, as a value with one spelling.

use std::fmt::{self, Write as _};

/// Which key, without modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    Char(char),
    Enter,
    Tab,
    Esc,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// A key with its modifiers. Shift is only kept where it does not change the character itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
    /// Cmd or Windows; only terminals with the extended keyboard protocol report it.
    pub sup: bool,
}

impl Key {
    /// A key without modifiers.
    pub fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false, sup: false }
    }

    /// A character key.
    pub fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    #[must_use]
    pub fn ctrl(self) -> Self {
        Self { ctrl: true, ..self }
    }

    #[must_use]
    pub fn alt(self) -> Self {
        Self { alt: true, ..self }
    }

    #[must_use]
    pub fn shift(self) -> Self {
        Self { shift: true, ..self }.folded()
    }

    /// One spelling for what terminals report differently: shift with a letter is the capital, control with a letter is
    /// the small one.
    #[must_use]
    pub fn folded(mut self) -> Self {
        if let Code::Char(c) = self.code {
            if self.ctrl {
                self.code = Code::Char(c.to_ascii_lowercase());
            } else if self.shift {
                let mut upper = c.to_uppercase();
                if let (Some(one), None) = (upper.next(), upper.next()) {
                    self.code = Code::Char(one);
                }
                self.shift = false;
            }
        }
        self
    }

    /// The character it types, if it types one.
    pub fn typed(&self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt && !self.sup => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl-x`, `alt-enter`, `shift-tab`, `f1`, `?`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        loop {
            let (flag, tail) = if let Some(tail) = rest.strip_prefix("ctrl-") {
                (&mut key.ctrl, tail)
            } else if let Some(tail) = rest.strip_prefix("alt-") {
                (&mut key.alt, tail)
            } else if let Some(tail) = rest.strip_prefix("shift-") {
                (&mut key.shift, tail)
            } else if let Some(tail) = rest.strip_prefix("cmd-") {
                (&mut key.sup, tail)
            } else {
                break;
            };
            if tail.is_empty() {
                break;
            }
            *flag = true;
            rest = tail;
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) => Code::Char(c),
            _ => match rest {
                "space" => Code::Char(' '),
                _ => NAMES
                    .iter()
                    .find(|(_, name)| *name == rest)
                    .map(|(code, _)| *code)
                    .or_else(|| function(rest))?,
            },
        };
        Some(key.folded())
    }
}

const NAMES: &[(Code, &str)] = &[
    (Code::Enter, "enter"),
    (Code::Tab, "tab"),
    (Code::Esc, "esc"),
    (Code::Backspace, "backspace"),
    (Code::Delete, "delete"),
    (Code::Insert, "insert"),
    (Code::Up, "up"),
    (Code::Down, "down"),
    (Code::Left, "left"),
    (Code::Right, "right"),
    (Code::Home, "home"),
    (Code::End, "end"),
    (Code::PageUp, "pageup"),
    (Code::PageDown, "pagedown"),
];

/// The names of keys and of what is held with them, to find the nearest one of a wrong one.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(_, name)| *name).chain(["space", "ctrl", "alt", "shift", "cmd", "leader"])
}

fn function(name: &str) -> Option<Code> {
    let number = name.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Code::F(number))
}

impl Key {
    /// As [`Key::parse`] reads it.
    pub fn spelled(&self) -> String {
        let mut out = String::new();
        for (on, name) in
            [(self.sup, "cmd-"), (self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")]
        {
            out.push_str(if on { name } else { "" });
        }
        match self.code {
            Code::Char(' ') => out.push_str("space"),
            Code::Char(c) => out.push(c),
            Code::F(n) => {
                let _ = write!(out, "f{n}");
            }
            code => out.push_str(NAMES.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| name)),
        }
        out
    }
}

/// As people write it: `Ctrl-X`, `Alt-a`, `Enter`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in
            [(self.sup, "Cmd-"), (self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")]
        {
            if on {
                f.write_str(name)?;
            }
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::Up => f.write_str("↑"),
            Code::Down => f.write_str("↓"),
            Code::Left => f.write_str("←"),
            Code::Right => f.write_str("→"),
            code => {
                let name = NAMES.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| name);
                let mut chars = name.chars();
                if let Some(first) = chars.next() {
                    write!(f, "{}{}", first.to_ascii_uppercase(), chars.as_str())?;
                }
                Ok(())
            }
        }
    }
}
