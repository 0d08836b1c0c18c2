//! Tables. Columns share the width that there is, cells wrap inside of theirs; where columns would be too narrow to read,
//! each row becomes a list of its cells under the names of their columns.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::inline;
use crate::base::text::width;
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Rows that the widths of columns are taken from. A table that grows on keeps them, so that no row is laid out twice.
const SAMPLE: usize = 16;
/// Columns of a table; with more it is text.
const COLUMNS: usize = 32;
/// Cells of a column under which a row is shown as a list.
const NARROWEST: usize = 8;
/// Between columns.
const PARTED: &str = " │ ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Centre,
    Right,
}

/// A cell: its lines, not wrapped.
type Cell = Vec<Line<'static>>;

/// A table that may grow.
#[derive(Clone, Debug)]
pub(super) struct Table {
    aligns: Vec<Align>,
    head: Vec<Cell>,
    /// Rows that are not drawn yet; none once there is a shape.
    rows: Vec<Vec<Cell>>,
    shape: Option<Shape>,
}

/// How rows are drawn.
#[derive(Clone, Debug)]
enum Shape {
    /// Cells of each column, and whether there is a line between rows since they wrap.
    Columns(Vec<usize>, bool),
    List,
}

impl Table {
    /// The table that `head` begins if `rule` is the line below a table's head.
    pub(super) fn begin(head: &str, rule: &str, theme: &Theme) -> Option<Self> {
        if !rule.contains('-') || !(rule.contains('|') || head.contains('|')) {
            return None;
        }
        let aligns: Option<Vec<Align>> = split(rule).iter().map(|cell| align(cell.trim())).collect();
        let aligns = aligns.filter(|aligns| aligns.len() <= COLUMNS)?;
        let names = split(head);
        if names.len() != aligns.len() {
            return None;
        }
        let head = names.iter().map(|name| cell(name, theme.strong, theme)).collect();
        Some(Self { aligns, head, rows: Vec::new(), shape: None })
    }

    /// Takes a row, and draws it when it is known how.
    pub(super) fn row(&mut self, line: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut texts = split(line);
        // More cells than columns: nothing is left out.
        let more = texts.split_off(texts.len().min(self.aligns.len()));
        if let Some(last) = texts.last_mut() {
            for text in &more {
                last.push('|');
                last.push_str(text);
            }
        }
        let mut row: Vec<Cell> = texts.iter().map(|text| cell(text, theme.text, theme)).collect();
        row.resize(self.aligns.len(), vec![Line::default()]);
        if let Some(shape) = &self.shape {
            return self.draw(&row, shape, theme, cells, true);
        }
        self.rows.push(row);
        if self.rows.len() < SAMPLE {
            return Vec::new();
        }
        let shape = self.shape(cells, NARROWEST);
        let rows = self.all(&shape, cells, theme);
        self.rows.clear();
        self.shape = Some(shape);
        rows
    }

    /// Draws what is not drawn yet.
    pub(super) fn end(&self, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        if self.shape.is_some() { Vec::new() } else { self.all(&self.shape(cells, 1), cells, theme) }
    }

    /// How rows are drawn. Columns get at least `least` cells where there is room: rows may come that need them.
    fn shape(&self, cells: usize, least: usize) -> Shape {
        let columns = self.aligns.len();
        let natural: Vec<usize> = (0..columns)
            .map(|n| {
                let of = |row: &Vec<Cell>| {
                    row.get(n).map_or(0, |cell| cell.iter().map(line_width).max().unwrap_or(0))
                };
                self.rows.iter().map(of).chain([of(&self.head)]).max().unwrap_or(0).max(1)
            })
            .collect();
        let Some(room) = cells.checked_sub(width::of(PARTED) * (columns - 1)) else { return Shape::List };
        let roomy: Vec<usize> = natural.iter().map(|width| (*width).max(least)).collect();
        if roomy.iter().sum::<usize>() <= room {
            Shape::Columns(roomy, false)
        } else if natural.iter().sum::<usize>() <= room {
            Shape::Columns(natural, false)
        } else if room < columns * NARROWEST {
            Shape::List
        } else {
            Shape::Columns(share(&natural, room), true)
        }
    }

    fn all(&self, shape: &Shape, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut out = Vec::new();
        if let Shape::Columns(widths, _) = shape {
            out.extend(self.columns(&self.head, widths, theme));
            out.push(rule(widths, "─", "─┼─", theme));
        } else if self.rows.is_empty() {
            out.extend(self.head.iter().flatten().flat_map(|line| wrap::wrap(line, cells, 0)));
        }
        for (n, row) in self.rows.iter().enumerate() {
            out.extend(self.draw(row, shape, theme, cells, n > 0));
        }
        out
    }

    /// One row; `parted`: from a row above it.
    fn draw(
        &self,
        row: &[Cell],
        shape: &Shape,
        theme: &Theme,
        cells: usize,
        parted: bool,
    ) -> Vec<Line<'static>> {
        let mut out = Vec::new();
        match shape {
            Shape::Columns(widths, ruled) => {
                if *ruled && parted {
                    out.push(rule(widths, "╌", "╌┼╌", theme));
                }
                out.extend(self.columns(row, widths, theme));
            }
            Shape::List => {
                if parted {
                    out.push(Line::styled("╌".repeat(cells), theme.rule));
                }
                for (name, cell) in self.head.iter().zip(row) {
                    let mut line = Line::default();
                    for part in name {
                        line.spans.extend(part.spans.iter().cloned());
                    }
                    if line_width(&line) > 0 {
                        line.spans.push(Span::styled(": ", theme.dim));
                    }
                    line.spans.extend(cell.iter().flat_map(|part| part.spans.iter().cloned()));
                    out.extend(wrap::wrap(&line, cells, 2));
                }
            }
        }
        out
    }

    fn columns(&self, row: &[Cell], widths: &[usize], theme: &Theme) -> Vec<Line<'static>> {
        let wrapped: Vec<Vec<Line<'static>>> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| cell.iter().flat_map(|line| wrap::wrap(line, *width, 0)).collect())
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        (0..height)
            .map(|at| {
                let mut spans = Vec::new();
                for (n, ((cell, width), align)) in wrapped.iter().zip(widths).zip(&self.aligns).enumerate() {
                    if n > 0 {
                        spans.push(Span::styled(PARTED, theme.rule));
                    }
                    let line = cell.get(at);
                    let free = width.saturating_sub(line.map_or(0, line_width));
                    let before = match align {
                        Align::Left => 0,
                        Align::Centre => free / 2,
                        Align::Right => free,
                    };
                    let after = if n + 1 == widths.len() { 0 } else { free - before };
                    spans.extend((before > 0).then(|| Span::raw(" ".repeat(before))));
                    spans.extend(line.into_iter().flat_map(|line| line.spans.iter().cloned()));
                    spans.extend((after > 0).then(|| Span::raw(" ".repeat(after))));
                }
                Line::from(spans)
            })
            .collect()
    }
}

/// Widths that fill `room`: a column that needs less than its share leaves the rest to the others.
fn share(natural: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..natural.len()).collect();
    order.sort_by_key(|n| natural.get(*n));
    let mut widths = vec![0; natural.len()];
    let mut left = room;
    for (done, n) in order.iter().enumerate() {
        let fair = left / (natural.len() - done);
        let needs = natural.get(*n).copied().unwrap_or(0);
        if let Some(width) = widths.get_mut(*n) {
            *width = needs.min(fair);
            left -= *width;
        }
    }
    widths
}

fn rule(widths: &[usize], line: &str, cross: &str, theme: &Theme) -> Line<'static> {
    let parts: Vec<String> = widths.iter().map(|width| line.repeat(*width)).collect();
    Line::styled(parts.join(cross), theme.rule)
}

fn cell(text: &str, style: Style, theme: &Theme) -> Cell {
    // The one tag that stands in so many tables that it has its meaning here.
    let text = text.trim().replace("<br>", "\u{c}").replace("<br/>", "\u{c}").replace("<br />", "\u{c}");
    inline::lines(&text, style, theme)
}

fn line_width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| width::of(&span.content)).sum()
}

fn align(cell: &str) -> Option<Align> {
    let (left, right) = (cell.starts_with(':'), cell.ends_with(':'));
    let dashes = cell.trim_matches(':');
    if dashes.is_empty() || dashes.bytes().any(|b| b != b'-') {
        return None;
    }
    Some(match (left, right) {
        (true, true) => Align::Centre,
        (false, true) => Align::Right,
        _ => Align::Left,
    })
}

/// The cells of a line: between bars that no backslash stands before.
fn split(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in line.chars() {
        match (c, cells.last_mut()) {
            ('|', Some(cell)) if escaped => {
                cell.pop();
                cell.push(c);
            }
            ('|', _) => cells.push(String::new()),
            (_, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
        escaped = c == '\\' && !escaped;
    }
    // The bar at the end ends the last cell; it begins none.
    if cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells
}
