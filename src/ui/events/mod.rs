//! What comes from the terminal: bytes with the time they were read, decoded into input.
//!
//! hermux reads the terminal itself. So a key's time is the time of its bytes, an answer of the terminal can never become
//! typed text, and a terminal that is gone is seen as the end of the file and not as a busy loop.

mod csi;
pub mod decode;
mod osc;
pub mod source;

pub use decode::Decoder;

use super::keymap::Key;

/// Something the person or the terminal did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// A bracketed paste, as one piece.
    Paste(String),
    Mouse(Mouse),
    /// The terminal gained or lost the focus of the desktop.
    Focus(bool),
    /// The terminal's answer to a question that was put at the start.
    Reply(Reply),
}

/// A mouse event that means something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    pub deed: MouseDeed,
    /// Cells from the left, from 0.
    pub column: u16,
    /// Cells from the top, from 0.
    pub row: u16,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseDeed {
    WheelUp,
    WheelDown,
    WheelLeft,
    WheelRight,
    /// The left button went down.
    Press,
    /// The pointer is in another cell, the left button down.
    Drag,
    /// The left button was let go.
    Release,
    /// The right button went down.
    RightPress,
}

/// An answer of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Whether it can hold back drawing until a frame is whole.
    SynchronizedOutput(bool),
    /// It speaks the extended keyboard protocol.
    KittyKeyboard,
    /// What its background is: red, green, blue.
    Background((u8, u8, u8)),
    /// The answer that every terminal gives, asked for last: no more answers will come.
    Last,
}
