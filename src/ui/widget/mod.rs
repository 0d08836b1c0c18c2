//! Paints a [`Screen`]. Shared references only: no decision, no measuring beyond clipping, no clock.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::view::{Boxed, Screen};

/// Paints the whole frame and says where the real cursor belongs, so that an input method's window follows it (UX-27).
pub fn paint(screen: &Screen<'_>, buffer: &mut Buffer) -> Option<Position> {
    let areas = &screen.areas;
    line(&screen.tabs, areas.tabs, buffer);
    if areas.rule.height > 0 {
        buffer.set_string(areas.rule.x, areas.rule.y, "─".repeat(areas.rule.width.into()), screen.rule);
    }
    chat(screen, buffer);
    for (row, text) in rows_of(areas.activity).zip(&screen.activity) {
        line(text, row, buffer);
    }
    let mut cursor = None;
    if let Some(composer) = &screen.composer {
        cursor = boxed(composer, areas.composer, areas.bordered, false, buffer);
    }
    if let Some(card) = &screen.card {
        cursor = boxed(card, areas.card, areas.bordered, true, buffer).or(cursor);
    }
    line(&screen.status, areas.status, buffer);
    line(&screen.strip, areas.strip, buffer);
    if let Some(over) = &screen.over {
        Clear.render(over.area, buffer);
        cursor = boxed(&over.boxed, over.area, true, false, buffer);
    }
    cursor.filter(|at| buffer.area.contains(*at))
}

fn chat(screen: &Screen<'_>, buffer: &mut Buffer) {
    let area = screen.areas.chat;
    // A short transcript stands next to the composer, where the eye is.
    let gap = usize::from(area.height).saturating_sub(screen.chat.len());
    for (row, text) in rows_of(area).skip(gap).zip(&screen.chat) {
        line(text, row, buffer);
    }
    let gap = usize::from(area.height).saturating_sub(screen.empty.len()) / 2;
    for (row, text) in rows_of(area).skip(gap).zip(&screen.empty) {
        let cells = u16::try_from(text.width()).unwrap_or(u16::MAX).min(row.width);
        line(text, Rect { x: row.x + (row.width - cells) / 2, width: cells, ..row }, buffer);
    }
    if let (Some(mark), Some(row)) = (&screen.below, rows_of(area).last()) {
        let cells = u16::try_from(mark.width()).unwrap_or(u16::MAX).min(row.width);
        line(mark, Rect { x: row.right() - cells, width: cells, ..row }, buffer);
    }
}

/// A box with its rows; where its caret is. Without a border, `headed` ones keep title and foot as rows.
fn boxed(content: &Boxed, area: Rect, bordered: bool, headed: bool, buffer: &mut Buffer) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let inner = if bordered {
        frame(content, area, buffer);
        Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height.saturating_sub(2))
    } else if headed && area.height > 2 {
        let [top, bottom] = [area.y, area.bottom() - 1];
        line(&content.title, Rect { y: top, height: 1, ..area }, buffer);
        corner(&content.corner, Rect { y: top, height: 1, ..area }, buffer);
        line(&content.foot, Rect { y: bottom, height: 1, ..area }, buffer);
        Rect { y: area.y + 1, height: area.height - 2, ..area }
    } else {
        area
    };
    for (row, text) in rows_of(inner).zip(&content.rows) {
        line(text, row, buffer);
    }
    let (column, row) = content.caret?;
    let x = inner.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)).min(inner.right());
    let y = inner.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
    (y < inner.bottom()).then_some(Position { x, y })
}

fn frame(content: &Boxed, area: Rect, buffer: &mut Buffer) {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_set(border::ROUNDED)
        .border_style(content.border)
        .render(area, buffer);
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    let taken = u16::try_from(content.corner.width()).unwrap_or(0) + 2;
    line(
        &content.title,
        Rect { x: inside.x + 1, width: inside.width.saturating_sub(taken + 1), ..inside },
        buffer,
    );
    corner(&content.corner, inside, buffer);
    if area.height > 1 {
        corner(&content.foot, Rect { y: area.bottom() - 1, ..inside }, buffer);
    }
}

/// On the right of a row; left out where there is no room.
fn corner(text: &Line<'_>, row: Rect, buffer: &mut Buffer) {
    let cells = u16::try_from(text.width()).unwrap_or(u16::MAX);
    if cells > 0 && cells + 2 <= row.width {
        line(text, Rect { x: row.right() - cells - 1, width: cells, ..row }, buffer);
    } else if cells > 0 {
        line(text, row, buffer);
    }
}

fn line(text: &Line<'_>, area: Rect, buffer: &mut Buffer) {
    // What is underneath (a border) must not shine through in its colours.
    let cells = u16::try_from(text.width()).unwrap_or(u16::MAX).min(area.width);
    let under = Rect { width: cells, ..area }.intersection(buffer.area);
    for at in under.positions() {
        buffer[at].reset();
    }
    if !area.is_empty() {
        buffer.set_line(area.x, area.y, text, area.width);
    }
}

fn rows_of(area: Rect) -> impl Iterator<Item = Rect> {
    (area.top()..area.bottom()).map(move |y| Rect { y, height: 1, ..area })
}
