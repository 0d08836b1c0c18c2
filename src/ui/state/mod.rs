//! What belongs to this screen alone: focus, scroll, popups, the text being written.

pub mod editor;
