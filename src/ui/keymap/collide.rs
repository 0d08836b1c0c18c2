//! Who takes keys before hermux sees them: tmux, screen and zellij with the keys they come with, and terminals that keep or
//! cannot tell some. What a person has changed there is not known here.

use super::key::{Code, Key};

/// A program around hermux that takes keys for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    Tmux,
    Screen,
    Zellij,
}

impl Around {
    pub const ALL: [Self; 3] = [Self::Tmux, Self::Screen, Self::Zellij];

    /// Those that hermux runs in, by the variables they set.
    pub fn detect(is_set: impl Fn(&str) -> bool) -> Vec<Self> {
        Self::ALL.into_iter().filter(|around| is_set(around.variable())).collect()
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Tmux => "TMUX",
            Self::Screen => "STY",
            Self::Zellij => "ZELLIJ",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Zellij => "zellij",
        }
    }

    /// Whether it takes `key`, as it comes.
    pub fn takes(self, key: Key) -> bool {
        let (ctrl, alt): (&str, &str) = match self {
            Self::Tmux => ("b", ""),
            Self::Screen => ("a", ""),
            Self::Zellij => ("bghnopqst", "fhijklnop=+-[]P"),
        };
        let arrow = matches!(key.code, Code::Up | Code::Down | Code::Left | Code::Right);
        match key.code {
            Code::Char(c) if key.ctrl && !key.alt => ctrl.contains(c),
            Code::Char(c) if key.alt && !key.ctrl => alt.contains(c),
            _ => self == Self::Zellij && arrow && key.alt && !key.ctrl && !key.shift,
        }
    }
}

/// What is known of this terminal's keys, from the variables it sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    gnome: bool,
    apple: bool,
}

impl Terminal {
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            gnome: var("GNOME_TERMINAL_SCREEN").is_some(),
            apple: var("TERM_PROGRAM").is_some_and(|program| program == "Apple_Terminal"),
        }
    }

    /// Why `key` may not arrive.
    pub fn limit(self, key: Key) -> Option<&'static str> {
        let editing = matches!(key.code, Code::Enter | Code::Backspace);
        if key.sup || editing && (key.ctrl || key.shift) {
            return Some("only from terminals with the extended keyboard protocol");
        }
        if self.gnome && key.alt && matches!(key.code, Code::Char('0'..='9')) {
            return Some("GNOME Terminal takes it for its tabs");
        }
        if self.gnome && key == Key::plain(Code::F(1)) {
            return Some("GNOME Terminal takes it for its help");
        }
        if self.apple && key.alt {
            return Some("Terminal.app sends it only with \"Use Option as Meta key\"");
        }
        None
    }
}
