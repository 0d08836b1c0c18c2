//! What a call changed in files: numbered lines, `+` and `-`, and the words that differ.

use ratatui::style::Style;
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
    // A file that is new is one piece from its first line on: its numbers say that as well.
    let is_new =
        diff.removed == 0 && rows.first().is_some_and(|row| *row == Row::Hunk(&new_file(diff.added)));
    let rows = rows.get(usize::from(is_new)..).unwrap_or_default();
    let fits = unfolded || rows.len() <= FOLDED + 1;
    let shown = if fits { rows } else { rows.get(..FOLDED).unwrap_or_default() };
    let digits = shown.iter().map(|row| match row {
        Row::Same { old, new, .. } => (*old).max(*new),
        Row::Removed { old: n, .. } | Row::Added { new: n, .. } => *n,
        Row::File { .. } | Row::Hunk(_) | Row::Other(_) => 0,
    });
    let digits = digits.max().unwrap_or(0).to_string().len();
    let columns = if cells >= TWO_NUMBERS && !is_new { 2 } else { usize::from(cells >= NUMBERS) };
    let page = Page { cells, digits, columns, unfolded, theme: paper.theme };
    let mut out: Vec<Line<'static>> = Vec::new();
    for (row, changed) in shown.iter().zip(Words::default().of(shown)) {
        out.extend(page.row(row, &changed).into_iter().map(|line| behind(line, paper.theme)));
    }
    if !fits {
        let rest = rows.get(FOLDED..).unwrap_or_default();
        let added = rest.iter().filter(|row| matches!(row, Row::Added { .. })).count();
        let removed = rest.iter().filter(|row| matches!(row, Row::Removed { .. })).count();
        let counts: String =
            counts(added, removed, paper.theme).iter().map(|span| span.content.as_ref()).collect();
        let what = format!("{} more lines {counts}", rest.len());
        out.push(left_out(super::KNEE, &what, paper, cells));
    }
    out
}

/// The header of a new file's one piece.
fn new_file(lines: usize) -> String {
    if lines == 1 { "@@ -0,0 +1 @@".to_owned() } else { format!("@@ -0,0 +1,{lines} @@") }
}

/// How many lines came and went; nothing when none did.
pub(super) fn counts(added: usize, removed: usize, theme: &Theme) -> Vec<Span<'static>> {
    let gap = if added > 0 { " " } else { "" };
    let counts = [(added, format!("+{added}"), theme.good), (removed, format!("{gap}−{removed}"), theme.bad)];
    let shown = counts.into_iter().filter(|(count, ..)| *count > 0);
    shown.map(|(_, text, style)| Span::styled(text, style)).collect()
}

/// How a line of a file is drawn.
#[derive(Clone, Copy)]
struct Ink {
    mark: char,
    line: Style,
    word: Style,
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
                let ink = Ink { mark: ' ', line: theme.text, word: theme.text };
                self.numbered((Some(*old), Some(*new)), text, changed, ink)
            }
            Row::Removed { old, text } => {
                let ink =
                    Ink { mark: '-', line: theme.removed, word: theme.removed.patch(theme.removed_word) };
                self.numbered((Some(*old), None), text, changed, ink)
            }
            Row::Added { new, text } => {
                let ink = Ink { mark: '+', line: theme.added, word: theme.added.patch(theme.added_word) };
                self.numbered((None, Some(*new)), text, changed, ink)
            }
            Row::File { old, new } if old == new => self.plain(new, theme.strong),
            Row::File { old, new } => self.plain(&format!("{old} → {new}"), theme.strong),
            Row::Hunk(line) => self.plain(line, theme.hunk),
            Row::Other(line) => self.plain(line, theme.dim),
        }
    }

    fn plain(&self, line: &str, style: Style) -> Vec<Line<'static>> {
        let drawn = Line::styled(text::drawable(line, Mode::Prose), style);
        self.fit(&drawn, 0, 1).into_iter().map(|row| row.style(style)).collect()
    }

    fn numbered(
        &self,
        (old, new): (Option<usize>, Option<usize>),
        line: &str,
        changed: &Changed,
        ink: Ink,
    ) -> Vec<Line<'static>> {
        let number = |n: Option<usize>| {
            n.map_or(" ".repeat(self.digits + 1), |n| format!("{n:>width$} ", width = self.digits))
        };
        let numbers = match self.columns {
            2 => number(old) + &number(new),
            1 => number(new.or(old)),
            _ => String::new(),
        };
        let mut column = 0;
        let mut spans = Vec::new();
        let mut put = |text: &str, style: Style| {
            let mut drawn = String::new();
            text::draw_piece(text, Mode::Prose, &mut column, &mut drawn);
            spans.push(Span::styled(drawn, style));
        };
        let mut at = 0;
        for range in changed {
            put(line.get(at..range.start).unwrap_or_default(), ink.line);
            put(line.get(range.clone()).unwrap_or_default(), ink.word);
            at = range.end;
        }
        put(line.get(at..).unwrap_or_default(), ink.line);
        let lead = numbers.len() + 2;
        let rows = self.fit(&Line::from(spans), lead, 2).into_iter().enumerate().map(|(n, mut row)| {
            let blank = " ".repeat(numbers.len());
            let (numbers, mark) = if n == 0 { (numbers.clone(), ink.mark) } else { (blank, ' ') };
            if ink.line.bg.is_some() {
                // The ground of a line goes to its end.
                let rest = self.cells.saturating_sub(INDENT + lead + row.width());
                row.spans.push(Span::styled(" ".repeat(rest), ink.line));
            }
            let lead = [Span::styled(numbers, self.theme.dim), Span::styled(format!("{mark} "), ink.line)];
            row.spans.splice(0..0, lead);
            row
        });
        rows.collect()
    }

    /// The line in the room behind `lead` cells: wrapped, and when folded, cut to what `rows` hold.
    fn fit(&self, line: &Line<'_>, lead: usize, rows: usize) -> Vec<Line<'static>> {
        let room = self.cells.saturating_sub(INDENT + lead).max(1);
        if self.unfolded {
            wrap::wrap(line, room, 0)
        } else {
            wrap::wrap(&wrap::clip(line, room * rows), room, 0)
        }
    }
}
