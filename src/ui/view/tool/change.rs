//! What a call changed in files: numbered lines, `+` and `-`, and the words that differ.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{INDENT, behind, left_out};
use crate::base::text::{self, Mode};
use crate::ui::render::diff::{Changed, Diff, Row, Words};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;
use crate::ui::view::message::Paper;

/// Lines of a diff that are shown folded.
const FOLDED: usize = 14;
/// Below so many cells lines have one number: the new one, of a removed line the old one.
const TWO_NUMBERS: usize = 60;
/// Below so many cells they have none.
const NUMBERS: usize = 24;

/// The lines of a diff. `named`: the name of its one file is told already.
pub(super) fn lines(
    diff: &Diff<'_>,
    named: bool,
    cells: usize,
    unfolded: bool,
    paper: &Paper<'_>,
) -> Vec<Line<'static>> {
    let one = usize::from(
        named && diff.files == 1 && matches!(diff.rows.first(), Some(Row::File { old, new }) if old == new),
    );
    let rows = diff.rows.get(one..).unwrap_or_default();
    let fits = unfolded || rows.len() <= FOLDED + 1;
    let shown = if fits { rows } else { rows.get(..FOLDED).unwrap_or_default() };
    let digits = shown.iter().map(|row| match row {
        Row::Same { old, new, .. } => (*old).max(*new),
        Row::Removed { old: n, .. } | Row::Added { new: n, .. } => *n,
        Row::File { .. } | Row::Hunk(_) | Row::Other(_) => 0,
    });
    let digits = digits.max().unwrap_or(0).to_string().len();
    let columns = if cells >= TWO_NUMBERS { 2 } else { usize::from(cells >= NUMBERS) };
    let page = Page { cells, digits, columns, unfolded, theme: paper.theme };
    let mut out: Vec<Line<'static>> = Vec::new();
    for (row, changed) in shown.iter().zip(Words::default().of(shown)) {
        out.extend(page.row(row, &changed).into_iter().map(|line| behind(line, paper.theme)));
    }
    if !fits {
        let rest = rows.get(FOLDED..).unwrap_or_default();
        let added = rest.iter().filter(|row| matches!(row, Row::Added { .. })).count();
        let removed = rest.iter().filter(|row| matches!(row, Row::Removed { .. })).count();
        let what = format!("{} more lines, +{added} −{removed}", rest.len());
        out.push(left_out(&what, paper, cells));
    }
    out
}

/// How many lines came and went.
pub(super) fn counts(added: usize, removed: usize, theme: &Theme) -> Vec<Span<'static>> {
    vec![
        Span::styled(format!("+{added}"), theme.good),
        Span::styled(" ", theme.dim),
        Span::styled(format!("−{removed}"), theme.bad),
    ]
}

/// How the rows of one diff are drawn.
struct Page<'a> {
    cells: usize,
    digits: usize,
    /// Columns of numbers.
    columns: usize,
    unfolded: bool,
    theme: &'a Theme,
}

impl Page<'_> {
    fn row(&self, row: &Row<'_>, changed: &Changed) -> Vec<Line<'static>> {
        let theme = self.theme;
        match row {
            Row::Same { old, new, text } => {
                self.numbered(Some(*old), Some(*new), ' ', text, changed, theme.text)
            }
            Row::Removed { old, text } => self.numbered(Some(*old), None, '-', text, changed, theme.bad),
            Row::Added { new, text } => self.numbered(None, Some(*new), '+', text, changed, theme.good),
            Row::File { old, new } if old == new => self.plain(new, theme.strong),
            Row::File { old, new } => self.plain(&format!("{old} → {new}"), theme.strong),
            Row::Hunk(line) => self.plain(line, theme.dim),
            Row::Other(line) => self.plain(line, theme.text),
        }
    }

    fn plain(&self, line: &str, style: Style) -> Vec<Line<'static>> {
        let drawn = Line::styled(text::drawable(line, Mode::Prose), style);
        self.fit(&drawn, 0).into_iter().map(|row| row.style(style)).collect()
    }

    fn numbered(
        &self,
        old: Option<usize>,
        new: Option<usize>,
        mark: char,
        line: &str,
        changed: &Changed,
        style: Style,
    ) -> Vec<Line<'static>> {
        let number = |n: Option<usize>| {
            n.map_or(" ".repeat(self.digits + 1), |n| format!("{n:>width$} ", width = self.digits))
        };
        let numbers = match self.columns {
            2 => number(old) + &number(new),
            1 => number(new.or(old)),
            _ => String::new(),
        };
        let lead = numbers.len() + 2;
        let mut column = 0;
        let mut spans = Vec::new();
        let mut put = |text: &str, style: Style| {
            let mut drawn = String::new();
            text::draw_piece(text, Mode::Prose, &mut column, &mut drawn);
            spans.push(Span::styled(drawn, style));
        };
        let mut at = 0;
        for range in changed {
            put(line.get(at..range.start).unwrap_or_default(), style);
            put(line.get(range.clone()).unwrap_or_default(), style.add_modifier(Modifier::REVERSED));
            at = range.end;
        }
        put(line.get(at..).unwrap_or_default(), style);
        let rows = self.fit(&Line::from(spans), lead);
        let rows = rows.into_iter().enumerate().map(|(n, mut row)| {
            let (numbers, mark) =
                if n == 0 { (numbers.clone(), mark) } else { (" ".repeat(numbers.len()), ' ') };
            let lead = [Span::styled(numbers, self.theme.dim), Span::styled(format!("{mark} "), style)];
            row.spans.splice(0..0, lead);
            row
        });
        rows.collect()
    }

    /// The line in the room behind `lead` cells: wrapped, or when folded, cut to one row.
    fn fit(&self, line: &Line<'_>, lead: usize) -> Vec<Line<'static>> {
        let room = self.cells.saturating_sub(INDENT + lead).max(1);
        if self.unfolded { wrap::wrap(line, room, 0) } else { vec![wrap::clip(line, room)] }
    }
}
