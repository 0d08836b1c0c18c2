//! An empty transcript: a greeting, or the overlay that covers the time a backend takes to wake (A13).

use ratatui::text::{Line, Span};

use super::marks;
use crate::base::clock::Tick;
use crate::base::text;
use crate::model::body::BodyState;
use crate::model::profile::{BackendState, Profile};
use crate::model::session::Session;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Log lines of a backend that does not start.
const LOG: usize = 6;

/// Lines for the middle of the transcript's area, each to be centred; nothing when there is a transcript.
pub(super) fn lines(
    session: &Session,
    profile: Option<&Profile>,
    keymap: &Keymap,
    (cells, rows): (usize, usize),
    theme: &Theme,
    now: Tick,
) -> Vec<Line<'static>> {
    let accent = theme.accent(session.profile.as_str());
    match session.body.as_ref().map(|body| (&body.state, body.messages.is_empty())) {
        None | Some((BodyState::Loading, true)) => return vec![Line::styled("reading …", theme.dim)],
        Some((BodyState::Unreadable(why), true)) => {
            return vec![
                Line::styled("This session cannot be read.", theme.bad),
                Line::styled(text::label(why.raw(), cells), theme.dim),
            ];
        }
        Some((_, false)) => return Vec::new(),
        Some((BodyState::Ready, true)) => {}
    }
    let name = session.profile.as_str();
    match profile.map(|profile| &profile.backend) {
        Some(BackendState::Waking { since, line, .. }) => {
            let mut out = Vec::new();
            if rows >= 9 {
                out.extend(sunrise(now.since(*since)).map(|row| Line::styled(row, accent)));
                out.push(Line::default());
            }
            out.push(Line::from(vec![
                Span::raw("waking up "),
                Span::styled(name.to_owned(), accent.patch(theme.strong)),
                Span::styled(format!("  {}", marks::clock(now.since(*since))), theme.dim),
            ]));
            if !line.is_empty() {
                out.push(Line::styled(text::label(line.raw(), cells.saturating_sub(4)), theme.dim));
            }
            out
        }
        Some(BackendState::Stuck(stuck)) => {
            let mut out = vec![Line::from(vec![
                Span::styled(name.to_owned(), accent.patch(theme.strong)),
                Span::styled(" does not run", theme.bad),
            ])];
            for (text, style) in [(&stuck.what, theme.text), (&stuck.can, theme.warn)] {
                // Where rows are few, the key that tries again is worth more than the end of a sentence.
                let (most, room) =
                    if rows < 8 { (cells, cells) } else { (400, cells.saturating_sub(4).max(1)) };
                out.extend(wrap::wrap(&Line::styled(text::label(text.raw(), most), style), room, 0));
            }
            if let Some(key) = keymap.hint(Intent::RetryBackend) {
                out.push(Line::styled(format!("{key} tries again"), theme.dim));
            }
            let skip = stuck.log.len().saturating_sub(LOG.min(rows.saturating_sub(6)));
            if skip < stuck.log.len() {
                out.push(Line::default());
            }
            out.extend(
                stuck
                    .log
                    .iter()
                    .skip(skip)
                    .map(|line| Line::styled(text::label(line.raw(), cells), theme.dim)),
            );
            out
        }
        _ => greeting(name, keymap, rows, theme, accent),
    }
}

fn greeting(
    name: &str,
    keymap: &Keymap,
    rows: usize,
    theme: &Theme,
    accent: ratatui::style::Style,
) -> Vec<Line<'static>> {
    let mut out = vec![
        Line::styled(name.to_owned(), accent.patch(theme.strong)),
        Line::styled("a new session", theme.dim),
    ];
    if rows >= 9 {
        out.push(Line::default());
        for (intent, word) in [
            (Intent::Palette, "sessions, profiles, actions"),
            (Intent::PickProfile, "switch profile"),
            (Intent::NextAttention, "next session that needs you"),
            (Intent::Help, "all keys"),
        ] {
            if let Some(key) = keymap.hint(intent) {
                let pad = " ".repeat(8usize.saturating_sub(text::width::of(key)));
                let gap = " ".repeat(28usize.saturating_sub(word.len()));
                out.push(Line::from(vec![
                    Span::styled(format!("{pad}{key}"), theme.key),
                    Span::styled(format!("  {word}{gap}"), theme.dim),
                ]));
            }
        }
    }
    out
}

/// The sun comes up, a step every 400 ms, and stays.
fn sunrise(elapsed: u64) -> impl Iterator<Item = &'static str> {
    const STEPS: [[&str; 4]; 4] = [
        ["             ", "             ", "             ", "─────────────"],
        ["             ", "             ", "     .-.     ", "────(   )────"],
        ["             ", "   \\  .  /   ", "  -  .-.  -  ", "────(   )────"],
        ["   \\  |  /   ", "     .-.     ", "  - (   ) -  ", "─────────────"],
    ];
    let step = (elapsed / 400).min(STEPS.len() as u64 - 1) as usize;
    STEPS.get(step).into_iter().flatten().copied()
}
