//! How a terminal's run ended, and what is said of it on the normal screen.

/// Why the loop ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The person left, or the program was told to end.
    Left,
    /// The person was to choose something and did not.
    Declined,
    /// The person left to see the demo.
    Demo,
    /// A signal; the caller ends as that signal would.
    Signal(i32),
    /// The terminal is gone.
    TerminalGone,
    /// The hub is gone; its last words.
    HubGone(String),
}

/// What the caller prints on the normal screen and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    pub why: Why,
    /// What was left running, and how to come back.
    pub left: Vec<String>,
}
