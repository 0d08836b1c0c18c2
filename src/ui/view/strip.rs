//! The strip: every profile with its backend and its counts, in sight wherever one is (UX-01).

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{marks, window};
use crate::base::clock::Tick;
use crate::base::ids::ProfileName;
use crate::base::text::width;
use crate::model::profile::Profile;
use crate::model::status::{self, Tally};
use crate::model::world::World;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::state::Hit;
use crate::ui::theme::Theme;

/// The row, and what a click on it means. With one profile there is nothing to switch: only its home and a way to
/// begin anew (E21, E22).
pub(super) fn row(
    world: &World,
    active: Option<&ProfileName>,
    keymap: &Keymap,
    area: Rect,
    theme: &Theme,
    now: Tick,
) -> (Line<'static>, Vec<(Rect, Hit)>) {
    let mut line = Line::default();
    let mut hits = Vec::new();
    let mut x = usize::from(area.x);
    let room = usize::from(area.width);
    if let [only] = world.profiles.as_slice() {
        let (mark, style) = marks::backend(&only.backend, theme, now);
        line.spans = vec![Span::raw(" ⌂ "), Span::styled(mark, style), Span::styled("  +", theme.dim)];
        hits.push((Rect::new(area.x + 5, area.y, 2, 1), Hit::NewTab));
        x += 7;
    } else {
        let tallies: Vec<Tally> = world.profiles.iter().map(|p| status::tally(world, &p.name)).collect();
        let chosen = world.profiles.iter().position(|p| active == Some(&p.name)).unwrap_or(0);
        let chips: Vec<_> = world
            .profiles
            .iter()
            .zip(&tallies)
            .enumerate()
            .map(|(n, (profile, tally))| chip(profile, *tally, n == chosen, theme, now))
            .collect();
        let widths: Vec<usize> = chips.iter().map(|chip| cells(chip)).collect();
        let all = widths.iter().sum::<usize>() <= room;
        let (from, to) = window::around(&widths, chosen, if all { room } else { room.saturating_sub(8) });
        let mut put = |spans: Vec<Span<'static>>, hit: Option<Hit>| {
            let rect = Rect::new(clip(x), area.y, clip(cells(&spans)), 1);
            x += usize::from(rect.width);
            hits.extend(hit.map(|hit| (rect, hit)));
            line.spans.extend(spans);
        };
        put(hidden(tallies.get(..from).unwrap_or_default(), "‹", "", theme), None);
        for (profile, spans) in world.profiles.iter().zip(chips).take(to).skip(from) {
            put(spans, Some(Hit::Profile(profile.name.clone())));
        }
        put(hidden(tallies.get(to..).unwrap_or_default(), "", "›", theme), None);
        if !all {
            x = room;
        }
    }
    if let Some(hints) = hints(world, keymap, room.saturating_sub(x + 2), theme) {
        let cells: usize = hints.iter().map(|span| width::of(&span.content)).sum();
        line.spans.push(Span::raw(" ".repeat(room.saturating_sub(x + cells + 1))));
        line.spans.extend(hints);
    }
    (line, hits)
}

/// How many profiles are out of sight at one end; it still says when one of them needs somebody.
fn hidden(tallies: &[Tally], left: &str, right: &str, theme: &Theme) -> Vec<Span<'static>> {
    if tallies.is_empty() {
        return Vec::new();
    }
    let (mark, style) =
        if tallies.iter().any(|tally| tally.waiting > 0) { ("!", theme.needs) } else { ("", theme.dim) };
    vec![Span::styled(format!("{left}{}{mark}{right} ", tallies.len()), style)]
}

fn chip(profile: &Profile, tally: Tally, active: bool, theme: &Theme, now: Tick) -> Vec<Span<'static>> {
    let accent = theme.accent(profile.name.as_str());
    let (mark, style) = marks::backend(&profile.backend, theme, now);
    let home = if profile.name.is_default() { "⌂ " } else { "" };
    let name = format!("{home}{}", profile.name);
    let mut spans = vec![Span::styled(if active { "▎" } else { " " }, accent), Span::styled(mark, style)];
    let name_style = if active { accent.patch(theme.strong) } else { accent };
    spans.push(Span::styled(format!(" {name}"), name_style));
    for (count, glyph, style) in [
        (tally.waiting, "!", theme.needs),
        (tally.working, "▸", theme.good),
        (tally.uncertain, "~", theme.warn),
        (tally.failed, "✗", theme.bad),
        (tally.unread, "•", theme.strong),
    ] {
        if count > 0 {
            spans.push(Span::styled(format!(" {count}{glyph}"), style));
        }
    }
    spans.push(Span::raw("  "));
    spans
}

/// Keys worth knowing, as many as fit; the way to what waits first.
fn hints(world: &World, keymap: &Keymap, room: usize, theme: &Theme) -> Option<Vec<Span<'static>>> {
    let waits = status::attention(world).len();
    let mut all = Vec::new();
    if waits > 0 {
        all.push((Intent::NextAttention, format!("next of {waits}"), theme.needs));
    }
    all.push((Intent::Palette, "palette".to_owned(), theme.dim));
    all.push((Intent::Help, "keys".to_owned(), theme.dim));
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for (intent, word, style) in all {
        let Some(key) = keymap.hint(intent) else { continue };
        let gap = if spans.is_empty() { 0 } else { 3 };
        let cells = gap + width::of(key) + 1 + width::of(&word);
        if used + cells > room {
            break;
        }
        used += cells;
        if gap > 0 {
            spans.push(Span::raw("   "));
        }
        spans.push(Span::styled(key.to_owned(), theme.key));
        spans.push(Span::styled(format!(" {word}"), style));
    }
    (!spans.is_empty()).then_some(spans)
}

fn cells(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| width::of(&span.content)).sum()
}

fn clip(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}
