//! A block of code: its label, its lines in the colours of its language.

use ratatui::text::{Line, Span};

use super::block::{self, Fence};
use crate::base::text;
#[cfg(feature = "highlight")]
use crate::ui::render::highlight::Lexer;
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Cells before each line, where there is room for them.
const INDENT: usize = 2;
/// Cells of the label.
const LABEL: usize = 40;

/// A block of code that is open.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) fence: Fence,
    /// Blank lines that are drawn when another line follows.
    pub(super) blanks: usize,
    #[cfg(feature = "highlight")]
    lexer: Option<Lexer>,
}

impl Code {
    /// A block whose fence says `info`; its first row, if it has something to say.
    pub(super) fn open(
        fence: Fence,
        info: &str,
        cells: usize,
        theme: &Theme,
    ) -> (Self, Option<Line<'static>>) {
        let code = Self {
            fence,
            blanks: 0,
            #[cfg(feature = "highlight")]
            lexer: Lexer::of(info.split([' ', ',', '{']).next().unwrap_or_default()),
        };
        let label = (!info.is_empty()).then(|| Line::styled(text::label(info, cells.min(LABEL)), theme.dim));
        (code, label)
    }

    /// The rows of a line. `whole`: it is not a part of one that is too long to be told apart.
    pub(super) fn rows(
        &mut self,
        line: &str,
        whole: bool,
        cells: usize,
        theme: &Theme,
    ) -> Vec<Line<'static>> {
        let line = line.get(block::indent(line).min(self.fence.indent)..).unwrap_or(line);
        #[cfg(feature = "highlight")]
        if let Some(lexer) = self.lexer.as_mut().filter(|_| whole) {
            let mut spans = Vec::new();
            lexer.line(line, |piece, class| {
                spans.push(Span::styled(piece.to_owned(), class.style(theme)));
            });
            return rows(&Line::from(spans), block::indent(line), cells);
        }
        let _ = whole;
        plain(line, cells, theme)
    }
}

/// The rows of a line whose language is not known.
pub(super) fn plain(line: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    rows(&Line::styled(line.to_owned(), theme.code), block::indent(line), cells)
}

/// What goes over to the next row stands deeper than the line itself.
fn rows(line: &Line<'_>, indent: usize, cells: usize) -> Vec<Line<'static>> {
    let margin = if cells > 4 * INDENT { INDENT } else { 0 };
    let mut rows = wrap::wrap(line, cells - margin, (indent + INDENT).min(cells / 2));
    for row in &mut rows {
        if margin > 0 && !row.spans.is_empty() {
            row.spans.insert(0, Span::raw("  "));
        }
    }
    rows
}
