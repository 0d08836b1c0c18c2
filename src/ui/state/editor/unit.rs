//! What an editor's buffer is made of: grapheme clusters, line breaks, chips.

use std::borrow::Cow;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::base::ids::{ProfileName, StoredId};
use crate::base::text::{self, Mode, Untrusted, width};
use crate::model::draft::Piece;
use crate::model::link;

/// Cells of a linked session's title at most.
const TITLE: usize = 40;

/// One step of the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One grapheme cluster; a line break is `"\n"`.
    Text(Box<str>),
    /// An atomic span.
    Chip(Chip),
}

/// An atomic span: drawn as its label, sent as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// What is drawn.
    pub label: String,
    /// What is sent.
    pub text: Arc<str>,
    pub of: ChipOf,
}

/// What a chip stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChipOf {
    /// A long text.
    Paste,
    /// A stored session.
    Link(Box<Linked>),
}

/// A stored session that a chip stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    pub profile: ProfileName,
    pub id: StoredId,
    /// Empty where it is not known.
    pub title: Untrusted,
}

impl Chip {
    /// The `number`-th long paste.
    pub fn paste(number: usize, text: &str) -> Self {
        Self {
            label: format!("[paste {number}: {}]", size_words(text)),
            text: text.into(),
            of: ChipOf::Paste,
        }
    }

    /// A link to a session (D03).
    pub fn link(linked: Linked) -> Self {
        let Linked { profile, id, title } = &linked;
        let named = match title.label(TITLE) {
            title if title.trim().is_empty() => format!("{profile}/{}", id.as_str()),
            title => title,
        };
        let text = link::text(profile, id).into();
        Self { label: format!("@{named}"), text, of: ChipOf::Link(Box::new(linked)) }
    }

    /// As a draft keeps it.
    pub fn piece(&self) -> Piece {
        match &self.of {
            ChipOf::Paste => Piece::Paste(self.text.to_string()),
            ChipOf::Link(linked) => {
                let Linked { profile, id, title } = (**linked).clone();
                Piece::Link { profile, id, title }
            }
        }
    }
}

impl Unit {
    /// The cluster, unless this is a chip.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Chip(_) => None,
        }
    }

    /// What is sent for it.
    pub fn full_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Chip(chip) => &chip.text,
        }
    }

    /// What is drawn for it: a tab as blanks, a control character as its token, a line break as nothing.
    pub fn drawn(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) if &**text == "\n" => Cow::Borrowed(""),
            Self::Text(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => Cow::Borrowed(text),
            Self::Text(text) => Cow::Owned(text::drawable(text, Mode::Prose)),
            Self::Chip(chip) => Cow::Owned(text::drawable(&chip.label, Mode::Label)),
        }
    }

    /// Cells it takes.
    pub fn cells(&self) -> usize {
        width::of(&self.drawn())
    }

    pub(super) fn is_newline(&self) -> bool {
        self.text() == Some("\n")
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text().is_some_and(|text| text.chars().all(char::is_whitespace))
    }

    pub(super) fn is_word(&self) -> bool {
        self.text().is_none_or(|text| text.chars().any(|c| c.is_alphanumeric() || c == '_'))
    }

    /// Grows along the buffer whatever the segmentation, so a caret can be found again after segmenting anew.
    pub(super) fn weight(&self) -> usize {
        self.text().map_or(1, str::len)
    }

    /// Whether it is its own cluster beside any other ASCII.
    pub(super) fn stands_alone(&self) -> bool {
        self.text().is_none_or(str::is_ascii)
    }
}

/// Line ends as `\n`.
pub(super) fn normalize(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// Text as units.
pub fn segment(text: &str) -> Vec<Unit> {
    normalize(text).graphemes(true).map(|cluster| Unit::Text(cluster.into())).collect()
}

/// Text as units, its links as chips where they say whose they are.
pub(super) fn with_links(text: &str) -> Vec<Unit> {
    let mut out = Vec::new();
    let mut last = 0;
    for (range, named) in link::links(text) {
        let Some(profile) = named.profile else { continue };
        out.extend(segment(text.get(last..range.start).unwrap_or_default()));
        out.push(Unit::Chip(Chip::link(Linked { profile, id: named.id, title: Untrusted::default() })));
        last = range.end;
    }
    out.extend(segment(text.get(last..).unwrap_or_default()));
    out
}

/// The same text, every run between chips segmented as a whole.
pub(super) fn resegment(units: Vec<Unit>) -> Vec<Unit> {
    if units.iter().all(Unit::stands_alone) {
        return units;
    }
    let mut out = Vec::with_capacity(units.len());
    let mut run = String::new();
    for unit in units {
        match unit {
            Unit::Text(text) => run.push_str(&text),
            Unit::Chip(_) => {
                out.extend(segment(&run));
                run.clear();
                out.push(unit);
            }
        }
    }
    out.extend(segment(&run));
    out
}

/// A paste's size in words.
fn size_words(text: &str) -> String {
    match text.lines().count() {
        0 | 1 => format!("{} characters", text.chars().count()),
        lines => format!("{lines} lines"),
    }
}
