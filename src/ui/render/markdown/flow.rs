//! The blocks of a text, line by line: what is open at its end, and how far it is laid out for good.

use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::block::{self, Fence};
use super::code::{self, Code};
use super::container::Container;
use super::inline::{self, BREAK};
use super::table::Table;
use crate::base::text::{self, Mode};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Bytes of text that are parsed and laid out in one go: a longer paragraph is cut into several, between lines, and a
/// longer line into parts. It bounds what a frame costs while a text streams.
const RUN: usize = 4_096;
/// Lines of a paragraph that are laid out in one go.
const RUN_LINES: usize = 50;
/// Characters of one line; the rest is counted, not drawn.
const LINE_CHARS: usize = 20_000;
/// Quotes and lists within each other; what is deeper is text.
const DEEPEST: usize = 16;

/// Where text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pub cells: usize,
    pub theme: &'a Theme,
}

/// A text laid out as far as its lines have ended.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Bytes of the text whose rows are final.
    bytes: usize,
    /// Characters of the line of which a part is laid out: drawn, and left out.
    long: (usize, usize),
    containers: Vec<Container>,
    leaf: Leaf,
    /// A blank row goes before the next one, within so many containers.
    gap: Option<usize>,
    /// Something was drawn.
    begun: bool,
}

#[derive(Clone, Debug, Default)]
enum Leaf {
    #[default]
    None,
    /// Lines of running text, parted by [`BREAK`].
    Paragraph(String),
    Table(Box<Table>),
    Code(Box<Code>),
}

impl Flow {
    /// Lays out what of `source` came since the last time: adds the rows that are final, then those that are not, and says
    /// how many are final. `source` is what it was, with more at its end, and the page is the same.
    pub fn grow(&mut self, source: &str, page: Page<'_>, rows: &mut Vec<Line<'static>>) -> usize {
        while let Some((line, taken, ends)) = block::cut(source.get(self.bytes..).unwrap_or_default(), RUN) {
            self.take(line, ends, page, rows);
            self.bytes += taken;
        }
        let count = rows.len();
        let mut rest = self.clone();
        let open = source.get(self.bytes..).unwrap_or_default();
        if !open.is_empty() {
            rest.take(open, true, page, rows);
        }
        rest.flush(page, rows);
        rest.close(0, page, rows);
        // A block of code that has no line yet takes its place.
        if !rest.begun && !source.trim_start().is_empty() {
            rows.push(Line::default());
        }
        count
    }

    /// Bytes of the text that are not looked at again.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// A line, or a part of one that is too long.
    fn take(&mut self, raw: &str, ends: bool, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let (drawn, _) = self.long;
        if drawn >= LINE_CHARS {
            self.long.1 += raw.chars().count();
        } else {
            if drawn > 0 || !ends {
                self.long.0 += raw.chars().count();
            }
            let line = text::drawable(raw, Mode::Prose);
            if drawn > 0 {
                self.run_on(&line, page, rows);
            } else {
                self.line(&line, ends, page, rows);
            }
        }
        if drawn == 0 && ends {
            return;
        }
        // What follows stands on a row of its own, so nothing waits for it.
        if let Leaf::Paragraph(_) = self.leaf {
            self.flush(page, rows);
        }
        if ends {
            let (_, left_out) = std::mem::take(&mut self.long);
            if left_out > 0 {
                let said = Line::styled(format!("… {left_out} more characters"), page.theme.dim);
                self.emit(wrap::wrap(&said, self.cells(page), 0), page, rows);
            }
        }
    }

    /// The next part of a long line belongs to what the first one was.
    fn run_on(&mut self, line: &str, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let cells = self.cells(page);
        let more = match &mut self.leaf {
            Leaf::Code(code) => code.rows(line, false, cells, page.theme),
            _ => wrap::wrap(&Line::raw(line.to_owned()), cells, 0),
        };
        self.emit(more, page, rows);
    }

    fn line(&mut self, line: &str, whole: bool, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let (mut depth, mut rest) = self.matched(line);
        if let Leaf::Code(code) = &mut self.leaf
            && depth == self.containers.len()
        {
            if code.fence.closes(rest) {
                self.leaf = Leaf::None;
                self.gap = Some(depth);
            } else if rest.trim().is_empty() {
                code.blanks += 1;
            } else {
                let blanks = std::mem::take(&mut code.blanks);
                let cells = self.containers.iter().fold(page.cells, Container::inside);
                let mut more = vec![Line::default(); blanks];
                more.extend(code.rows(rest, whole, cells, page.theme));
                self.emit(more, page, rows);
            }
            return;
        }
        if rest.trim().is_empty() {
            self.flush(page, rows);
            self.close(depth, page, rows);
            self.gap = Some(self.gap.map_or(depth, |gap| gap.min(depth)));
            return;
        }
        if let (Leaf::Paragraph(text), Some(level), true) =
            (&mut self.leaf, block::underline(rest), depth == self.containers.len())
            && !text.contains(BREAK)
        {
            let title = std::mem::take(text);
            self.leaf = Leaf::None;
            self.heading(level, &title, page, rows);
            return;
        }
        let mut opened = false;
        while self.containers.len() < DEEPEST || depth < self.containers.len() {
            // A rule looks like an item, and wins.
            if block::is_rule(rest) {
                break;
            }
            if let Some(quoted) = block::quote(rest) {
                self.close(depth, page, rows);
                self.flush(page, rows);
                self.containers.push(Container::Quote);
                rest = quoted;
            } else if let Some(marker) = block::item(rest) {
                let inside = depth == self.containers.len() && matches!(self.leaf, Leaf::Paragraph(_));
                if inside && (marker.rest.is_empty() || marker.number.is_some_and(|n| n != 1)) {
                    break;
                }
                let number = self.number(depth, &marker);
                self.close(depth, page, rows);
                self.flush(page, rows);
                let block::Marker { kind, width, done, .. } = marker;
                self.containers.push(Container::Item { width, kind, number, done, marked: false });
                rest = marker.rest;
            } else {
                break;
            }
            depth = self.containers.len();
            opened = true;
        }
        self.text(rest, whole, opened, depth, page, rows);
    }

    /// What stands behind all markers of a line.
    fn text(
        &mut self,
        rest: &str,
        whole: bool,
        opened: bool,
        depth: usize,
        page: Page<'_>,
        rows: &mut Vec<Line<'static>>,
    ) {
        let begins = block::is_rule(rest) || block::heading(rest).is_some() || Fence::open(rest).is_some();
        // A paragraph goes on although the marks of its quote or the blanks of its item are missing.
        if !begins && !opened && depth < self.containers.len() && matches!(self.leaf, Leaf::Paragraph(_)) {
            self.paragraph(rest, page, rows);
            return;
        }
        self.close(depth, page, rows);
        if whole && block::is_rule(rest) {
            self.flush(page, rows);
            let rule = "─".repeat(self.cells(page));
            self.emit(vec![Line::styled(rule, page.theme.rule)], page, rows);
        } else if let Some((level, title)) = block::heading(rest).filter(|_| whole) {
            self.flush(page, rows);
            self.heading(level, title, page, rows);
        } else if let Some((fence, info)) = Fence::open(rest).filter(|_| whole) {
            self.flush(page, rows);
            self.apart();
            let (code, label) = Code::open(fence, info, self.cells(page), page.theme);
            self.emit(label.into_iter().collect(), page, rows);
            self.leaf = Leaf::Code(Box::new(code));
        } else if let Leaf::Table(table) = &mut self.leaf
            && whole
            && rest.contains('|')
        {
            let cells = self.containers.iter().fold(page.cells, Container::inside);
            let more = table.row(rest, cells, page.theme);
            self.emit(more, page, rows);
        } else if let (Leaf::None, Some(code)) = (&self.leaf, rest.strip_prefix("    ")) {
            let more = code::plain(code, self.cells(page), page.theme);
            self.emit(more, page, rows);
        } else {
            if let Leaf::Table(_) = self.leaf {
                self.flush(page, rows);
            }
            self.paragraph(rest, page, rows);
        }
    }

    fn paragraph(&mut self, line: &str, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let line = line.trim();
        if let Leaf::Paragraph(text) = &mut self.leaf {
            let (before, head) = text.rsplit_once(BREAK).unwrap_or(("", text));
            if let Some(table) = Table::begin(head, line, page.theme) {
                *text = before.to_owned();
                self.flush(page, rows);
                self.apart();
                self.leaf = Leaf::Table(Box::new(table));
                return;
            }
            if text.len() + line.len() > RUN || text.matches(BREAK).count() + 1 >= RUN_LINES {
                self.flush(page, rows);
            }
        }
        match &mut self.leaf {
            Leaf::Paragraph(text) => {
                // A backslash or blanks there ask for the line's end, which stays one anyway.
                if text.ends_with('\\') {
                    text.pop();
                }
                text.push(BREAK);
                text.push_str(line);
            }
            leaf => *leaf = Leaf::Paragraph(line.to_owned()),
        }
    }

    fn heading(&mut self, level: usize, title: &str, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let style = match level {
            1 => page.theme.heading.add_modifier(Modifier::UNDERLINED),
            2 => page.theme.heading,
            _ => page.theme.strong,
        };
        self.apart();
        self.running(title, style, page, rows);
    }

    /// Draws the open paragraph or table.
    fn flush(&mut self, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        match std::mem::take(&mut self.leaf) {
            Leaf::Paragraph(text) if !text.is_empty() => {
                let quoted = self.containers.iter().any(|c| matches!(c, Container::Quote));
                let style = if quoted { page.theme.quote } else { page.theme.text };
                self.running(&text, style, page, rows);
            }
            Leaf::Table(table) => {
                let more = table.end(self.cells(page), page.theme);
                self.emit(more, page, rows);
                self.gap = Some(self.containers.len());
            }
            Leaf::Code(_) => self.gap = Some(self.containers.len()),
            Leaf::Paragraph(_) | Leaf::None => {}
        }
    }

    fn running(&mut self, text: &str, style: Style, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        let cells = self.cells(page);
        let lines = inline::lines(text, style, page.theme);
        let more = lines.iter().flat_map(|line| wrap::wrap(line, cells, 0)).collect();
        self.emit(more, page, rows);
    }

    /// How many containers the line goes on in, and what it says there.
    fn matched<'a>(&self, line: &'a str) -> (usize, &'a str) {
        let mut rest = line;
        for (depth, container) in self.containers.iter().enumerate() {
            let next = match container {
                Container::Quote => block::quote(rest),
                Container::Item { .. } if rest.trim().is_empty() => Some(""),
                Container::Item { width, .. } => rest.get(*width..).filter(|_| block::indent(rest) >= *width),
            };
            match next {
                Some(next) => rest = next,
                None => return (depth, rest),
            }
        }
        (self.containers.len(), rest)
    }

    /// The number that a new item shows: numbers of a list rise, whatever is written.
    fn number(&self, depth: usize, marker: &block::Marker<'_>) -> Option<u32> {
        let written = marker.number?;
        match self.containers.get(depth) {
            Some(Container::Item { kind, number: Some(last), .. }) if *kind == marker.kind => {
                Some(written.max(last.saturating_add(1)))
            }
            _ => Some(written),
        }
    }

    /// Ends the containers from `depth` on and what is open in them.
    fn close(&mut self, depth: usize, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        if depth < self.containers.len() {
            self.flush(page, rows);
            if self.containers.iter().skip(depth).any(Container::is_unmarked) {
                self.emit(vec![Line::default()], page, rows);
            }
            self.containers.truncate(depth);
            // What comes next may open others in their place: they were not there.
            self.gap = self.gap.map(|gap| gap.min(depth));
        }
    }

    /// A blank row goes before what comes, but not between an item's marker and its text.
    fn apart(&mut self) {
        if self.gap.is_none() && !self.containers.iter().any(Container::is_unmarked) {
            self.gap = Some(self.containers.len());
        }
    }

    fn cells(&self, page: Page<'_>) -> usize {
        self.containers.iter().fold(page.cells, Container::inside)
    }

    /// Adds rows behind the marks of what they stand in.
    fn emit(&mut self, more: Vec<Line<'static>>, page: Page<'_>, rows: &mut Vec<Line<'static>>) {
        if more.is_empty() {
            return;
        }
        if let Some(gap) = self.gap.take()
            && self.begun
        {
            let mut room = page.cells;
            let marks = self.containers.iter().take(gap);
            let mut blank: Vec<_> = marks.filter_map(|c| c.mark(&mut room, None, page.theme)).collect();
            while blank.last().is_some_and(|span| span.content.trim().is_empty()) {
                blank.pop();
            }
            rows.push(Line::from(blank));
        }
        self.begun = true;
        for mut row in more {
            let (mut room, mut level) = (page.cells, 0);
            let mut spans = Vec::new();
            for container in &mut self.containers {
                let first = container.is_unmarked();
                if let Container::Item { number, marked, .. } = container {
                    *marked = true;
                    level += usize::from(number.is_none());
                }
                spans.extend(container.mark(&mut room, first.then_some(level), page.theme));
            }
            if !spans.is_empty() {
                spans.append(&mut row.spans);
                row.spans = spans;
            }
            rows.push(row);
        }
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
