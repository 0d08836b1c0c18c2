//! A model's text: plain wrapping, with code, headings and lists told apart. No character is hidden or moved.

use ratatui::text::{Line, Span};

use crate::base::text::{self, Mode};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// The lines of `source` in `cells` cells.
pub(super) fn lines(source: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut code = false;
    source.trim_end().split('\n').flat_map(|line| rows(line, &mut code, cells, theme)).collect()
}

/// The rows of one line; `code`: it stands in a block of code, and whether the next one does.
pub(super) fn rows(line: &str, code: &mut bool, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let line = text::drawable(line, Mode::Prose);
    if line.trim_start().starts_with("```") {
        *code = !*code;
        vec![wrap::clip(&Line::styled(line, theme.rule), cells)]
    } else if *code {
        wrap::wrap(&Line::from(Span::styled(line, theme.chip)), cells, 0)
    } else if line.starts_with('#') && line.trim_start_matches('#').starts_with(' ') {
        wrap::wrap(&Line::from(Span::styled(line, theme.strong)), cells, 0)
    } else {
        wrap::wrap(&inline(&line, theme), cells, hang(&line))
    }
}

/// Rows of a list item hang under its text.
fn hang(line: &str) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = line.get(indent..).unwrap_or_default();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match rest.as_bytes() {
        [b'-' | b'*' | b'+', b' ', ..] => 2,
        _ if digits > 0 && rest.get(digits..).is_some_and(|tail| tail.starts_with(". ")) => digits + 2,
        _ => 0,
    };
    indent + marker
}

/// Code and strong words get a style; their marks stay.
fn inline(line: &str, theme: &Theme) -> Line<'static> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some((at, mark)) = ["`", "**"].iter().filter_map(|m| Some((rest.find(m)?, *m))).min() {
        let (head, tail) = rest.split_at(at);
        let inner = tail.get(mark.len()..).unwrap_or_default();
        let Some(end) = inner.find(mark).filter(|end| *end > 0) else { break };
        let (marked, after) = tail.split_at(end + 2 * mark.len());
        spans.push(Span::raw(head.to_owned()));
        spans.push(Span::styled(marked.to_owned(), if mark == "`" { theme.chip } else { theme.strong }));
        rest = after;
    }
    spans.push(Span::raw(rest.to_owned()));
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str, cells: usize) -> Vec<String> {
        let rows = lines(source, cells, &Theme::ansi());
        rows.iter().map(|row| row.spans.iter().map(|span| span.content.as_ref()).collect()).collect()
    }

    #[test]
    fn no_character_is_hidden_by_styling() {
        let source = "# Head\n**bold** and `code` and `open\n```sh\nls\n```\n- item";
        assert_eq!(text(source, 80).join("\n"), source);
    }

    #[test]
    fn list_items_hang_under_their_text() {
        assert_eq!(text("- one two three", 9), ["- one two", "  three"]);
        assert_eq!(text("12. one two", 8), ["12. one", "   two"]);
    }
}
