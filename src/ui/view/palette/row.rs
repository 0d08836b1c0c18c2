//! One row of a list to choose from: mark, badge, name with what matched, note; a second line where there is one.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::base::clock::Tick;
use crate::base::text::width;
use crate::ui::render::wrap;
use crate::ui::state::picker::{Mark, Row};
use crate::ui::theme::Theme;
use crate::ui::view::{badge, marks};

/// The lines of `row` at so many cells; `badged`: names stand behind a badge or the room for one.
pub(super) fn lines(
    row: &Row,
    positions: &[u32],
    (cells, badged): (usize, bool),
    (theme, now): (&Theme, Tick),
) -> Vec<Line<'static>> {
    let (mark, style) = match &row.mark {
        Mark::None => (" ", theme.dim),
        // Many at work: only the one on the screen turns.
        Mark::Session(status) => marks::status(*status, theme, None),
        Mark::Backend(state) => marks::backend(state, theme, now),
        Mark::Current => ("✓", theme.good),
    };
    let mut head = vec![Span::styled(format!("{mark} "), style)];
    if badged {
        head.push(
            row.profile
                .as_ref()
                .map_or_else(|| Span::raw("  "), |profile| badge::of(profile.as_str(), theme)),
        );
        head.push(Span::raw(" "));
    }
    let indent: usize = head.iter().map(|span| width::of(&span.content)).sum();
    let room = cells.saturating_sub(indent);
    let note = width::truncate(&row.note, room / 2);
    let left = room.saturating_sub(width::of(&note) + usize::from(!note.is_empty()) * 2);
    let name = width::truncate(&row.text, left);
    let pad = room.saturating_sub(width::of(&name) + width::of(&note));
    let found =
        |place: usize| u32::try_from(place).is_ok_and(|place| positions.binary_search(&place).is_ok());
    head.extend(lit(name.graphemes(true).enumerate().map(|(n, text)| (text, found(n))), theme.text, theme));
    head.push(Span::raw(" ".repeat(pad)));
    head.push(Span::styled(note, theme.dim));
    let mut lines = vec![Line::from(head)];
    if let Some((under, found)) = &row.under {
        let within = |at: usize| {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            found.iter().any(|(from, to)| (*from..*to).contains(&at))
        };
        let mut at = 0;
        let clusters = under.graphemes(true).map(|text| {
            let begins = at;
            at += text.chars().count();
            (text, within(begins))
        });
        let mut line = vec![Span::raw(" ".repeat(indent))];
        line.extend(lit(around(clusters.collect(), room).into_iter(), theme.dim, theme));
        lines.push(wrap::clip(&Line::from(line), cells));
    }
    lines
}

/// Clusters as spans, those that were searched for in another style.
fn lit<'a>(
    clusters: impl Iterator<Item = (&'a str, bool)>,
    plain: Style,
    theme: &Theme,
) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (text, found) in clusters {
        let style = if found { theme.found } else { plain };
        match spans.last_mut() {
            Some(span) if span.style == style => span.content.to_mut().push_str(text),
            _ => spans.push(Span::styled(text.to_owned(), style)),
        }
    }
    spans
}

/// Drops what stands before the first mark when that would not be in sight.
fn around(clusters: Vec<(&str, bool)>, room: usize) -> Vec<(&str, bool)> {
    let Some(first) = clusters.iter().position(|(_, found)| *found) else { return clusters };
    let end =
        clusters.iter().skip(first).position(|(_, found)| !*found).map_or(clusters.len(), |n| first + n);
    let cells = |part: &[(&str, bool)]| part.iter().map(|(text, _)| width::of(text)).sum::<usize>();
    if cells(clusters.get(..end).unwrap_or_default()) < room {
        return clusters;
    }
    // A third of the room is what led to it.
    let mut from = first;
    let mut before = 0;
    while from > 0 && before < room / 3 {
        from -= 1;
        before += clusters.get(from).map_or(0, |(text, _)| width::of(text));
    }
    let mut out = vec![("…", false)];
    out.extend(clusters.into_iter().skip(from));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::Status;
    use crate::ui::state::rank;

    fn text(line: &Line<'_>) -> String {
        line.spans.iter().map(|span| span.content.as_ref()).collect()
    }

    fn found(line: &Line<'_>, theme: &Theme) -> String {
        line.spans.iter().filter(|span| span.style == theme.found).map(|span| span.content.as_ref()).collect()
    }

    /// Wide characters and clusters are marked by what they are, and the row keeps its width.
    #[test]
    fn what_matched_is_marked_by_its_cells() {
        let theme = Theme::ansi();
        for (name, needle, marked) in [
            ("日本語のログ", "ログ", "ログ"),
            ("👩‍👩‍👧 family login", "login", "login"),
            ("café au lait", "lait", "lait"),
            ("Close this tab", "close", "Close"),
        ] {
            let row = Row { text: name.to_owned(), note: "3 h".to_owned(), ..Row::default() };
            let hits = rank::order(needle, std::slice::from_ref(&row));
            let line = &lines(&row, &hits[0].positions, (40, false), (&theme, Tick(0)))[0];
            assert_eq!(found(line, &theme), marked);
            assert_eq!(width::of(&text(line)), 40, "{name}");
        }
    }

    #[test]
    fn a_snippet_shows_what_was_found_however_late_it_comes() {
        let theme = Theme::ansi();
        let under = format!("{}the needle, and more", "日本 ".repeat(60));
        let at = u32::try_from(under.chars().count() - "needle, and more".len()).unwrap();
        let row = Row { text: "t".into(), under: Some((under, vec![(at, at + 6)])), ..Row::default() };
        for cells in [20, 36, 60, 120] {
            let line = &lines(&row, &[], (cells, true), (&theme, Tick(0)))[1];
            assert_eq!(found(line, &theme), "needle", "{cells}");
            assert!(width::of(&text(line)) <= cells, "{cells}");
        }
    }

    /// B03, UX-03.
    #[test]
    fn a_session_that_waits_has_its_mark_in_the_palette() {
        let theme = Theme::ansi();
        let row = Row { mark: Mark::Session(Status::NeedsDecision), text: "t".into(), ..Row::default() };
        assert!(text(&lines(&row, &[], (20, false), (&theme, Tick(0)))[0]).starts_with("! t"));
    }

    #[test]
    fn a_row_is_as_wide_as_its_place_at_any_width() {
        let theme = Theme::ansi();
        let row =
            Row { text: "日本語 and more".into(), note: "needs a decision".into(), ..Row::default() };
        for cells in 4..60 {
            let line = wrap::clip(&lines(&row, &[], (cells, false), (&theme, Tick(0)))[0], cells);
            assert!(width::of(&text(&line)) <= cells, "{cells}");
        }
    }
}
