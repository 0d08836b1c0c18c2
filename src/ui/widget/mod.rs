//! Paints a [`Screen`]. Shared references only: no decision, no measuring beyond clipping, no clock.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::view::{Boxed, Over, Screen, Side};

/// Paints the whole frame and says where the real cursor belongs, so that an input method's window follows it (UX-27).
pub fn paint(screen: &Screen<'_>, buffer: &mut Buffer) -> Option<Position> {
    let areas = &screen.areas;
    let mut brush = Brush::new(buffer, screen.base);
    brush.fill(brush.buffer.area);
    brush.line(&screen.tabs, areas.tabs);
    if areas.rule.height > 0 {
        let rule = "─".repeat(areas.rule.width.into());
        brush.buffer.set_string(areas.rule.x, areas.rule.y, rule, screen.rule);
    }
    chat(screen, &mut brush);
    for (row, text) in rows_of(areas.activity).zip(&screen.activity) {
        brush.line(text, row);
    }
    let mut cursor = None;
    if let Some(composer) = &screen.composer {
        cursor = brush.boxed(composer, areas.composer, areas.bordered, false);
    }
    if let Some(card) = &screen.card {
        cursor = brush.boxed(card, areas.card, areas.bordered, true).or(cursor);
    }
    if let Some(list) = &screen.list {
        cursor = side(list, &mut brush).or(cursor);
    }
    brush.line(&screen.status, areas.status);
    brush.line(&screen.strip, areas.strip);
    if let Some(popup) = &screen.popup {
        over(popup, screen, buffer);
    }
    for layer in screen.under.iter().chain(&screen.over) {
        cursor = over(layer, screen, buffer);
    }
    cursor.filter(|at| buffer.area.contains(*at))
}

/// A box over everything that was painted; where its caret is.
fn over(over: &Over, screen: &Screen<'_>, buffer: &mut Buffer) -> Option<Position> {
    let mut brush = Brush::new(buffer, screen.base.patch(screen.panel));
    Clear.render(over.area, brush.buffer);
    brush.fill(over.area);
    brush.boxed(&over.boxed, over.area, true, false)
}

fn chat(screen: &Screen<'_>, brush: &mut Brush<'_>) {
    let area = screen.areas.chat;
    // A short transcript stands next to the composer, where the eye is.
    let gap = usize::from(area.height).saturating_sub(screen.chat.len());
    for (row, text) in rows_of(area).skip(gap).zip(&screen.chat) {
        brush.line(text, row);
    }
    let gap = usize::from(area.height).saturating_sub(screen.empty.len()) / 2;
    for (row, text) in rows_of(area).skip(gap).zip(&screen.empty) {
        let cells = u16::try_from(text.width()).unwrap_or(u16::MAX).min(row.width);
        brush.line(text, Rect { x: row.x + (row.width - cells) / 2, width: cells, ..row });
    }
    if let (Some(mark), Some(row)) = (&screen.below, rows_of(area).last()) {
        let cells = u16::try_from(mark.width()).unwrap_or(u16::MAX).min(row.width);
        brush.line(mark, Rect { x: row.right() - cells, width: cells, ..row });
    }
}

/// The list of sessions, over whatever is under it; where its caret is.
fn side(list: &Side, brush: &mut Brush<'_>) -> Option<Position> {
    Clear.render(list.area, brush.buffer);
    brush.fill(list.area);
    for (row, text) in rows_of(list.area).zip(&list.rows) {
        brush.line(text, row);
    }
    if let (Some(style), true) = (list.border, list.area.width > 1) {
        for row in rows_of(list.area) {
            let x = row.right() - 2;
            let before = brush.buffer.cell((x.saturating_sub(1), row.y));
            let joint = if before.is_some_and(|cell| cell.symbol() == "─") { "┤" } else { "│" };
            brush.buffer.set_string(x, row.y, joint, style);
        }
    }
    let (column, row) = list.caret?;
    let x = list.area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
    let y = list.area.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
    Some(Position { x, y })
}

/// Paints on a ground of one style.
struct Brush<'a> {
    buffer: &'a mut Buffer,
    ground: Style,
}

impl<'a> Brush<'a> {
    fn new(buffer: &'a mut Buffer, ground: Style) -> Self {
        Self { buffer, ground }
    }

    fn fill(&mut self, area: Rect) {
        self.buffer.set_style(area, self.ground);
    }

    /// A box with its rows; where its caret is. Without a border, `headed` ones keep title and foot as rows.
    fn boxed(&mut self, content: &Boxed, area: Rect, bordered: bool, headed: bool) -> Option<Position> {
        if area.is_empty() {
            return None;
        }
        let inner = if bordered {
            self.frame(content, area);
            Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height.saturating_sub(2))
        } else if headed && area.height > 2 {
            let [top, bottom] = [area.y, area.bottom() - 1];
            self.line(&content.title, Rect { y: top, height: 1, ..area });
            self.corner(&content.corner, Rect { y: top, height: 1, ..area });
            self.line(&content.foot, Rect { y: bottom, height: 1, ..area });
            Rect { y: area.y + 1, height: area.height - 2, ..area }
        } else {
            area
        };
        for (row, text) in rows_of(inner).zip(&content.rows) {
            self.line(text, row);
        }
        let (column, row) = content.caret?;
        let x = inner.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)).min(inner.right());
        let y = inner.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
        (y < inner.bottom()).then_some(Position { x, y })
    }

    fn frame(&mut self, content: &Boxed, area: Rect) {
        Block::bordered()
            .border_type(BorderType::Rounded)
            .border_set(border::ROUNDED)
            .border_style(content.border)
            .render(area, self.buffer);
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
        let taken = u16::try_from(content.corner.width()).unwrap_or(0) + 2;
        let beside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(taken + 1), ..inside };
        self.line(&content.title, beside);
        self.corner(&content.corner, inside);
        if area.height > 1 {
            self.corner(&content.foot, Rect { y: area.bottom() - 1, ..inside });
        }
    }

    /// On the right of a row; left out where there is no room.
    fn corner(&mut self, text: &Line<'_>, row: Rect) {
        let cells = u16::try_from(text.width()).unwrap_or(u16::MAX);
        if cells > 0 && cells + 2 <= row.width {
            self.line(text, Rect { x: row.right() - cells - 1, width: cells, ..row });
        } else if cells > 0 {
            self.line(text, row);
        }
    }

    /// A line whose own style has a ground fills its row with it.
    fn line(&mut self, text: &Line<'_>, area: Rect) {
        if area.is_empty() {
            return;
        }
        let cells = if text.style.bg.is_some() {
            area.width
        } else {
            u16::try_from(text.width()).unwrap_or(u16::MAX).min(area.width)
        };
        // What is underneath (a border) must not shine through in its weight or colour.
        let under = Rect { width: cells, ..area }.intersection(self.buffer.area);
        for at in under.positions() {
            self.buffer[at].reset();
        }
        self.buffer.set_style(under, self.ground.patch(text.style));
        self.buffer.set_line(area.x, area.y, text, area.width);
    }
}

fn rows_of(area: Rect) -> impl Iterator<Item = Rect> {
    (area.top()..area.bottom()).map(move |y| Rect { y, height: 1, ..area })
}
