//! Colours for blocks of code: words, texts, comments, numbers, told apart line by line from one table of languages.
//!
//! It is no parser: it reads each line once, carries over only what is open at a line's end, and takes no memory beyond
//! the table. What it does not understand stays plain. Libraries that do more hold compiled patterns in memory, a
//! multiple of everything else that hermux holds.

mod languages;
mod lexer;

use ratatui::style::Style;

use crate::ui::theme::Theme;
pub use lexer::Lexer;

/// What a stretch of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Plain,
    Keyword,
    String,
    Comment,
    Number,
    Function,
    Kind,
    Added,
    Removed,
}

impl Class {
    /// Its style.
    pub fn style(self, theme: &Theme) -> Style {
        match self {
            Self::Plain => theme.text,
            Self::Keyword => theme.keyword,
            Self::String => theme.string,
            Self::Comment => theme.comment,
            Self::Number => theme.number,
            Self::Function => theme.function,
            Self::Kind => theme.kind,
            Self::Added => theme.good,
            Self::Removed => theme.bad,
        }
    }
}
