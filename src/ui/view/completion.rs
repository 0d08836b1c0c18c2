//! The list of candidates for the word before the caret: above the composer, as far as there is room.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::Over;
use super::{Areas, Boxed};
use crate::base::text::width;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::state::Hit;
use crate::ui::state::completion::{Completion, Kind, Puts};
use crate::ui::theme::Theme;

/// Candidates on the screen at most: those further down are scrolled to.
const ROWS: u16 = 8;
/// Cells of the list at most.
const WIDEST: u16 = 76;

/// The list's box, its lower border on the composer's upper one; nothing where there is no room for it.
pub(super) fn over(open: &Completion, keymap: &Keymap, areas: &Areas, theme: &Theme) -> Option<Over> {
    let composer = areas.composer;
    let count = u16::try_from(open.hits.len()).unwrap_or(ROWS).min(ROWS);
    let high = (count + 2).min(composer.y);
    let wide = WIDEST.min(composer.width);
    if high < 3 || wide < 12 {
        return None;
    }
    let area = Rect::new(composer.x, composer.y - high, wide, high);
    let (room, inner) = (usize::from(high - 2), usize::from(wide).saturating_sub(4));
    let from = (open.selected + 1).saturating_sub(room);
    let mark = match open.word.kind {
        Kind::Session => '@',
        Kind::Command => '/',
    };
    let (mut rows, mut hits) = (Vec::new(), Vec::new());
    for (place, hit) in open.hits.iter().enumerate().skip(from).take(room) {
        let Some(one) = open.candidates.get(hit.index) else { continue };
        let name = width::truncate(&one.text, inner.saturating_sub(1));
        let note = width::truncate(&one.note, inner.saturating_sub(width::of(&name) + 3));
        let pad = " ".repeat(inner.saturating_sub(1 + width::of(&name) + width::of(&note)));
        let own = match &one.puts {
            Puts::Link(linked) => theme.accent(linked.profile.as_str()),
            Puts::Command(..) => theme.dim,
        };
        let mut line = Line::from(Span::styled(mark.to_string(), own));
        for (n, c) in name.chars().enumerate() {
            let found = u32::try_from(n).is_ok_and(|n| hit.positions.binary_search(&n).is_ok());
            let style = if found { theme.found } else { theme.text };
            match line.spans.last_mut() {
                Some(span) if n > 0 && span.style == style => span.content.to_mut().push(c),
                _ => line.spans.push(Span::styled(c.to_string(), style)),
            }
        }
        line.spans.push(Span::raw(pad));
        line.spans.push(Span::styled(note, theme.dim));
        if place == open.selected {
            line = line.patch_style(theme.chosen);
            line.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
        }
        let y = area.y + 1 + u16::try_from(rows.len()).unwrap_or(0);
        hits.push((Rect::new(area.x + 1, y, area.width - 2, 1), Hit::Candidate(place)));
        rows.push(line);
    }
    let key = |intent, word: &str| {
        keymap.hint_in(Scope::Completion, intent).map(|key| format!("{key} {word}")).unwrap_or_default()
    };
    let foot = format!(" {} · {} ", key(Intent::Complete, "takes it"), key(Intent::Back, "closes"));
    let boxed = Boxed {
        title: Line::styled(if mark == '@' { " Link a session " } else { " Commands " }, theme.strong),
        corner: Line::styled(format!(" {} ", open.hits.len()), theme.dim),
        foot: Line::styled(foot, theme.dim),
        rows,
        border: theme.key,
        caret: None,
    };
    Some(Over { area, boxed, hits })
}
