//! An empty transcript: a greeting, or the overlay that covers the time a backend takes to wake (A13).

use ratatui::text::{Line, Span};

use super::{marks, start};
use crate::base::clock::Tick;
use crate::base::text;
use crate::model::body::BodyState;
use crate::model::profile::{BackendState, Profile};
use crate::model::session::Session;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::theme::Theme;

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
        Some(BackendState::Waking { since, line, slow }) => {
            let mut out = Vec::new();
            if rows >= 9 {
                out.extend(sunrise(now.since(*since)).map(|row| Line::styled(row, accent)));
                out.push(Line::default());
            }
            out.push(Line::from(vec![
                Span::raw("waking up "),
                Span::styled(name.to_owned(), theme.strong.patch(accent)),
                Span::styled(format!("  {}", marks::clock(now.since(*since))), theme.dim),
            ]));
            if !line.is_empty() {
                out.push(Line::styled(text::label(line.raw(), cells.saturating_sub(4)), theme.dim));
            }
            if *slow {
                out.push(Line::styled("slower than usual; hermux waits up to 3 minutes", theme.warn));
                out.push(Line::from(vec![
                    Span::styled("look closer  ", theme.dim),
                    Span::styled("hermux doctor", theme.key),
                ]));
            }
            out
        }
        _ => profile
            .and_then(|profile| start::page(profile, keymap, (cells, rows), theme))
            .unwrap_or_else(|| greeting(name, keymap, rows, theme, accent)),
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
        Line::styled(name.to_owned(), theme.strong.patch(accent)),
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
