//! The card of a prompt: who asks, exactly what, until when, and which key does what.
//!
//! The chrome (profile, session, kind, time) is hermux's own knowledge; the payload is drawn escaped, not stripped,
//! behind a gutter, so that no text can look like chrome (SEC-24, SEC-25).

mod body;

use ratatui::text::{Line, Span};

use super::{Boxed, field, marks};
use crate::base::clock::Tick;
use crate::base::text::{self, Mode, inspect, width};
use crate::model::prompt::{Prompt, PromptKind, PromptState};
use crate::model::session::Session;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::pane::{CardView, Wide};
use crate::ui::theme::Theme;

/// Between the first and the last of a row of keys.
const TO: &str = "to";
/// What a key that refuses does.
const DENY: &str = "deny";

/// What is needed to draw a card.
pub(super) struct Card<'a> {
    pub session: &'a Session,
    pub prompt: &'a Prompt,
    pub view: &'a CardView,
    pub secret_chars: usize,
    /// Of the card's inside.
    pub cells: usize,
    pub keymap: &'a Keymap,
    pub theme: &'a Theme,
    /// The hub's time.
    pub now: Tick,
    pub focused: bool,
    /// Keys count now.
    pub open: bool,
}

/// A card's content before it is fitted into its area.
pub(super) struct Content {
    /// The exact payload; scrolled when it is too long.
    pub payload: Vec<Line<'static>>,
    /// Always shown below it.
    pub tail: Vec<Line<'static>>,
    /// The caret in the tail's last row.
    pub caret: Option<usize>,
}

impl Card<'_> {
    /// All of it.
    pub(super) fn content(&self) -> Content {
        let mut content = body::content(self, self.cells);
        if let PromptState::Unanswered(why) = &self.prompt.state {
            let why =
                format!("The answer did not arrive: {}. It can be given again.", text::label(why.raw(), 120));
            content.tail.insert(0, Line::styled(why, self.theme.bad));
        }
        content
    }

    /// The box for `rows` rows; also whether the payload's end is shown, and the greatest useful scroll.
    pub(super) fn boxed(&self, content: Content, rows: usize) -> (Boxed, bool, usize) {
        let Content { payload, mut tail, caret } = content;
        // The payload keeps half of a small card; of what stands below it the end counts most (a field, a warning).
        let least = payload.len().min(rows.div_ceil(2));
        tail.drain(..tail.len().saturating_sub(rows - least));
        let room = rows - tail.len();
        let most = payload.len().saturating_sub(room);
        let from = self.view.scroll.min(most);
        let whole = from == most && (room > 0 || payload.is_empty());
        let hidden = payload.len().saturating_sub(from + room);
        let caret_row = (room.min(payload.len()) + tail.len()).saturating_sub(1);
        let mut shown: Vec<Line<'static>> = payload.into_iter().skip(from).take(room).collect();
        shown.extend(tail);
        let border = if self.prompt.is_waiting() { self.theme.needs } else { self.theme.rule };
        let corner = self.time_left();
        let boxed = Boxed {
            title: wrap::clip(&self.title(), self.cells.saturating_sub(corner.width())),
            corner,
            foot: self.foot(hidden, whole || self.view.read),
            rows: shown,
            border,
            caret: caret.filter(|_| self.focused).map(|column| (column, caret_row)),
        };
        (boxed, whole, most)
    }

    fn title(&self) -> Line<'static> {
        let kind = match &self.prompt.kind {
            PromptKind::Approval { .. } => "Approval",
            PromptKind::Clarify { .. } => "Question",
            PromptKind::Sudo => "Password",
            PromptKind::Secret { .. } => "Secret",
            PromptKind::TerminalRead { .. } => "Terminal",
            PromptKind::Unknown { .. } => "Request",
        };
        let accent = self.theme.accent(self.session.profile.as_str());
        let mark = if self.prompt.is_waiting() { " ! " } else { " · " };
        Line::from(vec![
            Span::styled(mark, self.theme.needs),
            Span::styled(kind, self.theme.strong),
            Span::raw(" · "),
            Span::styled(self.session.profile.to_string(), accent),
            Span::styled(format!(" · {} ", crate::model::status::name(self.session, 30)), self.theme.dim),
        ])
    }

    fn time_left(&self) -> Line<'static> {
        match (&self.prompt.state, self.prompt.deadline) {
            (PromptState::Expired, _) => Line::styled(" expired ", self.theme.bad),
            (PromptState::Withdrawn(_), _) => Line::styled(" withdrawn ", self.theme.dim),
            (PromptState::Answering, _) => Line::styled(" answering ", self.theme.dim),
            (_, Some(deadline)) => {
                let left = deadline.since(self.now);
                let style = if left < 15_000 { self.theme.bad } else { self.theme.warn };
                Line::styled(format!(" {} left ", marks::clock(left)), style)
            }
            (_, None) => Line::default(),
        }
    }

    fn foot(&self, hidden: usize, read: bool) -> Line<'static> {
        let theme = self.theme;
        if !self.prompt.is_waiting() {
            let key = self.keymap.hint_in(Scope::Composer, Intent::Back).unwrap_or_default();
            let text = if key.is_empty() { String::new() } else { format!(" {key} puts it away ") };
            return Line::styled(text, theme.dim);
        }
        if self.prompt.state == PromptState::Answering {
            return Line::styled(" on its way ", theme.dim);
        }
        if !self.focused {
            let key = self.keymap.hint(Intent::FocusCard).unwrap_or("the palette").to_owned();
            return Line::from(vec![
                Span::styled(format!(" {key}"), theme.key),
                Span::styled(" to answer ", theme.dim),
            ]);
        }
        let mut spans = vec![Span::raw(" ")];
        if hidden > 0 {
            spans.push(Span::styled(format!("↓ {hidden} more "), theme.warn));
        }
        let keys: Vec<(&str, &str)> = self
            .keys(read)
            .into_iter()
            .filter_map(|(intent, word)| Some((self.keymap.hint(intent)?, word)))
            .collect();
        // Where a row is short, words give way before keys do; those of the first key and of denial last.
        let mut ranks: Vec<usize> = (0..keys.len()).collect();
        ranks.sort_by_key(|&n| n > 0 && keys.get(n).is_none_or(|(_, word)| *word != DENY));
        let worded = |n: usize, words: usize| ranks.iter().take(words).any(|&rank| rank == n);
        let taken = spans.iter().map(Span::width).sum::<usize>();
        let whole = |words: usize| {
            let of = |(n, (key, word)): (usize, &(&str, &str))| {
                let word = if worded(n, words) || *word == TO { width::of(word) + 1 } else { 0 };
                width::of(key) + 2 + word
            };
            taken + keys.iter().enumerate().map(of).sum::<usize>()
        };
        let words = (0..=keys.len()).rev().find(|&words| whole(words) <= self.cells).unwrap_or(0);
        for (n, (key, word)) in keys.iter().enumerate() {
            spans.push(Span::styled((*key).to_owned(), if self.open { theme.key } else { theme.dim }));
            let gap = if *word == TO { " " } else { "  " };
            let shown = worded(n, words) || *word == TO;
            let word = if shown { format!(" {word}{gap}") } else { gap.to_owned() };
            spans.push(Span::styled(word, theme.dim));
        }
        Line::from(spans)
    }

    /// The keys that do something now.
    fn keys(&self, read: bool) -> Vec<(Intent, &'static str)> {
        let mut keys = Vec::new();
        match &self.prompt.kind {
            PromptKind::Approval { choices, .. } => {
                let offers = |word: &str| choices.iter().any(|choice| choice.raw() == word);
                if read {
                    match self.view.confirm {
                        Some(Wide::Session) => keys.push((Intent::AllowOnce, "yes, for this session")),
                        Some(Wide::Always) => keys.push((Intent::AllowOnce, "yes, always")),
                        None => {
                            let all = [
                                ("once", Intent::AllowOnce, "once"),
                                ("session", Intent::AllowSession, "session"),
                                ("always", Intent::AllowAlways, "always"),
                            ];
                            keys.extend(
                                all.into_iter().filter(|(w, ..)| offers(w)).map(|(_, i, label)| (i, label)),
                            );
                        }
                    }
                }
                if offers("deny") {
                    keys.push((Intent::Deny, DENY));
                    keys.push((Intent::DenyWithReason, "deny, say why"));
                }
            }
            PromptKind::Clarify { choices, .. } if !choices.is_empty() && !self.view.own => {
                let last = u8::try_from(choices.len().min(9) - 1).unwrap_or(8);
                if last == 0 {
                    keys.push((Intent::Choose(0), "chooses"));
                } else {
                    keys.push((Intent::Choose(0), TO));
                    keys.push((Intent::Choose(last), "choose"));
                }
                keys.push((Intent::OwnAnswer, "own answer"));
            }
            PromptKind::Clarify { .. } => keys.push((Intent::SubmitAnswer, "answers")),
            PromptKind::Sudo | PromptKind::Secret { .. } if self.secret_chars == 0 => {
                keys.push((Intent::SubmitAnswer, "twice goes on without"));
            }
            PromptKind::Sudo | PromptKind::Secret { .. } => {
                keys.push((Intent::SubmitAnswer, "hands it over"));
            }
            PromptKind::TerminalRead { .. } => keys.push((Intent::Deny, "do not share")),
            PromptKind::Unknown { .. } => {}
        }
        keys.push((Intent::Back, "back"));
        keys
    }

    /// Foreign text, escaped, wrapped, behind a gutter.
    fn payload(&self, source: &str, cells: usize) -> Vec<Line<'static>> {
        let drawn = mark_blanks(&text::drawable(source, Mode::Decide));
        let wide = cells.saturating_sub(2).max(1);
        let rows = drawn.split('\n').flat_map(|line| {
            let line = Line::styled(line.to_owned(), self.theme.text);
            wrap::wrap(&line, wide, 0).into_iter().enumerate()
        });
        rows.map(|(n, mut row)| {
            row.spans.insert(0, Span::styled(if n == 0 { "▏ " } else { "▏↪" }, self.theme.rule));
            row
        })
        .collect()
    }

    /// A row to write in.
    fn answer_row(&self, cells: usize) -> (Line<'static>, usize) {
        let field = field::rows(&self.view.answer, cells.saturating_sub(3).max(1), 1, self.theme);
        let mut row = field.rows.into_iter().next().unwrap_or_default();
        row.spans.insert(0, Span::styled("› ", self.theme.key));
        (row, field.caret.0 + 2)
    }
}

/// Blanks that could push something out of sight, or that end a line, become visible.
fn mark_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(' ') {
        let (head, tail) = rest.split_at(at);
        let run = tail.len() - tail.trim_start_matches(' ').len();
        let (blanks, after) = tail.split_at(run);
        out.push_str(head);
        if run >= inspect::PADDING || after.is_empty() || after.starts_with('\n') {
            out.extend(std::iter::repeat_n('␣', run));
        } else {
            out.push_str(blanks);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
