//! Links between sessions in messages: marked where they stand, and named below the message that holds them. Both can be clicked.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Boxed;
use super::message::Paper;
use crate::base::text::{self, Mode, width};
use crate::model::link::{self, SessionLink};
use crate::model::message::{Message, MessageState};
use crate::ui::state::Hit;
use crate::ui::state::editor::{Chip, Linked};
use crate::ui::state::pane::Pane;
use crate::ui::state::titles::{AT_ONCE, Known};
use crate::ui::theme::Theme;

/// A row with its links in their style. One that goes on in the next row is none here: it is named below.
pub(super) fn marked(mut line: Line<'static>, theme: &Theme) -> Line<'static> {
    if !line.spans.iter().any(|span| span.content.contains(link::PREFIX)) {
        return line;
    }
    let spans = std::mem::take(&mut line.spans).into_iter().flat_map(|span| {
        let mut out = Vec::new();
        let mut last = 0;
        for (range, _) in link::links(&span.content) {
            let piece =
                |range: std::ops::Range<usize>| span.content.get(range).unwrap_or_default().to_owned();
            out.push(Span::styled(piece(last..range.start), span.style));
            out.push(Span::styled(piece(range.clone()), span.style.patch(theme.link)));
            last = range.end;
        }
        out.push(Span::styled(span.content.get(last..).unwrap_or_default().to_owned(), span.style));
        out
    });
    line.spans = spans.filter(|span| !span.content.is_empty()).collect();
    line
}

/// What a message links to, a row each: the session's name in its profile's colour. They stand behind a mark of hermux' own.
pub(super) fn rows(
    message: &Message,
    cells: usize,
    chosen: bool,
    paper: &Paper<'_>,
) -> Vec<(Line<'static>, SessionLink)> {
    if message.state == MessageState::Streaming {
        return Vec::new();
    }
    let theme = paper.theme;
    let row = |link: SessionLink| {
        let (profile, name, rest) = match paper.titles.get(&link.id) {
            Some(Known::Session(profile, title)) => {
                let title = title.label(cells.saturating_sub(width::of(profile.as_str()) + 3).max(1));
                let title = if title.trim().is_empty() { link.id.as_str().to_owned() } else { title };
                (Some(profile), title, format!(" · {profile}"))
            }
            Some(Known::Absent) => (None, link.id.as_str().to_owned(), " · in no profile".to_owned()),
            Some(Known::Asked) | None => {
                let rest = link.profile.as_ref().map(|profile| format!(" · {profile}"));
                (link.profile.as_ref(), link.id.as_str().to_owned(), rest.unwrap_or_default())
            }
        };
        let accent = profile.map_or(theme.dim, |profile| theme.accent(profile.as_str()));
        let mark = if chosen { Span::styled("┃ ", paper.accent) } else { Span::styled("↗ ", accent) };
        let name = Span::styled(text::drawable(&name, Mode::Label), accent);
        let rest = width::truncate(&rest, cells.saturating_sub(width::of(&name.content)));
        (Line::from(vec![mark, name, Span::styled(rest, theme.dim)]), link)
    };
    message.links().into_iter().take(AT_ONCE).map(row).collect()
}

/// What the composer says while the mouse carries a session (D04).
pub(super) fn drop_here(composer: &mut Boxed, linked: &Linked, over: bool, cells: usize, theme: &Theme) {
    let accent = theme.accent(linked.profile.as_str());
    let title = Chip::link(linked.clone()).label;
    let words = format!("drop to link session {}", title.trim_start_matches('@'));
    let style = if over { theme.strong.patch(accent) } else { theme.dim };
    composer.rows = vec![Line::styled(width::truncate(&text::drawable(&words, Mode::Label), cells), style)];
    composer.border = if over { accent } else { theme.rule };
    composer.foot = Line::default();
    composer.caret = None;
}

/// Where on the screen a link can be clicked.
pub(super) fn hits(pane: &Pane, area: Rect, above: usize) -> Vec<(Rect, Hit)> {
    let mut out = Vec::new();
    let mut y = area.y.saturating_add(u16::try_from(above).unwrap_or(u16::MAX));
    for visible in &pane.visible {
        let (lines, named) = (pane.lines.get(visible.message), pane.lines.links(visible.message));
        for at in visible.rows.clone() {
            let row = Rect { y, height: 1, ..area };
            y = y.saturating_add(1);
            if let Some((_, link)) = named.iter().find(|(row, _)| *row == at) {
                out.push((row, Hit::Link(link.clone())));
                continue;
            }
            let Some(line) = lines.get(at) else { continue };
            if !line.spans.iter().any(|span| span.content.contains(link::PREFIX)) {
                continue;
            }
            let text: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            for (range, link) in link::links(&text) {
                let cells = |range: std::ops::Range<usize>| {
                    u16::try_from(width::of(text.get(range).unwrap_or_default())).unwrap_or(u16::MAX)
                };
                let (before, wide) = (cells(0..range.start), cells(range));
                let place = Rect { x: row.x.saturating_add(before), width: wide, ..row }.intersection(area);
                out.push((place, Hit::Link(link)));
            }
        }
    }
    out
}
