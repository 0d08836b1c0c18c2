//! The composer: where it sends to, what Enter does, the text.

use ratatui::text::{Line, Span};

use super::{Boxed, field, hubless};
use crate::base::clock::Tick;
use crate::base::text::width;
use crate::model::session::Session;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::state::Focus;
use crate::ui::state::pane::Pane;
use crate::ui::theme::Theme;

/// The composer's box. `most`: rows of text at most; `focus`: where keys go, if to no layer.
pub(super) fn boxed(
    session: Option<&Session>,
    pane: &Pane,
    keymap: &Keymap,
    (cells, most): (usize, usize),
    focus: Option<Focus>,
    (theme, now): (&Theme, Tick),
) -> Boxed {
    let focused = focus == Some(Focus::Composer);
    let accent = session.map_or(theme.strong, |session| theme.accent(session.profile.as_str()));
    let text = field::rows(&pane.editor, cells, most, theme);
    let mut rows = text.rows;
    if pane.editor.is_empty() {
        let words = match session {
            None => hubless::HINT.to_owned(),
            Some(session) if session.turn.is_busy() => "Write ahead; it waits for the turn to end".to_owned(),
            Some(session) => format!("Write to {}", session.profile),
        };
        rows = vec![Line::styled(width::truncate(&words, cells), theme.dim)];
    }
    for (n, row) in rows.iter_mut().enumerate() {
        let prompt = if n == 0 { "› " } else { "  " };
        row.spans.insert(0, Span::styled(prompt, if focused { accent } else { theme.dim }));
    }
    let name = session.map_or("hermux", |session| session.profile.as_str());
    let title = Line::from(vec![Span::styled(format!(" {name} "), theme.strong.patch(accent))]);
    let foot = session
        .map_or_else(|| hubless::foot(keymap), |session| format!(" {} ", enter(session, pane, keymap)));
    Boxed {
        title,
        corner: match &pane.other {
            Some((other, until)) if *until > now => {
                Line::styled(format!(" {other} writes here, too "), theme.warn)
            }
            _ => Line::default(),
        },
        foot: match focus {
            Some(Focus::Transcript) => walking(keymap, theme),
            _ => Line::styled(foot, theme.dim),
        },
        rows,
        border: if focused { accent } else { theme.rule },
        caret: focused.then_some((text.caret.0 + 2, text.caret.1)),
    }
}

/// What Enter does now (UX-05).
fn enter(session: &Session, pane: &Pane, keymap: &Keymap) -> String {
    let send = keymap.hint(Intent::Send).unwrap_or("the palette");
    if session.turn.is_busy() {
        let now = keymap.hint(Intent::InterruptAndSend).filter(|_| !pane.editor.is_empty());
        let now = now.map(|key| format!(" · {key} interrupts and sends")).unwrap_or_default();
        return format!("{send} queues{now}");
    }
    let line =
        keymap.hint(Intent::Edit(crate::ui::intent::Edit::Newline)).map(|key| format!(" · {key} new line"));
    format!("{send} sends{}", line.unwrap_or_default())
}

/// What keys do while the transcript has them.
fn walking(keymap: &Keymap, theme: &Theme) -> Line<'static> {
    let mut line = Line::raw(" ");
    for (intent, word) in [
        (Intent::ItemUp, "walks"),
        (Intent::OpenItem, "opens"),
        (Intent::Copy, "copies"),
        (Intent::Back, "back"),
    ] {
        if let Some(key) = keymap.hint_in(Scope::Transcript, intent) {
            line.spans.push(Span::styled(key.to_owned(), theme.key));
            line.spans.push(Span::styled(format!(" {word}  "), theme.dim));
        }
    }
    line
}
