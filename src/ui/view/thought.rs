//! What a model thought before it answered: one line with its time, the newest rows while it thinks, all of it unfolded.

use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;

use super::marks;
use super::message::Paper;
use crate::base::clock::Tick;
use crate::base::text::{self, Mode};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Rows of a thought under way that are shown folded.
const NEWEST: usize = 2;

/// All lines of a thought.
pub(super) fn lines(
    thought: &str,
    started: Tick,
    ended: Option<Tick>,
    paper: &Paper<'_>,
    cells: usize,
    unfolded: bool,
) -> Vec<Line<'static>> {
    let thought = thought.trim();
    let mut out = vec![head(thought, started, ended, paper, cells, unfolded)];
    if unfolded {
        out.extend(thought.lines().flat_map(|line| rows(line, cells, paper.theme)));
    } else if ended.is_none() {
        out.extend(newest(thought, cells, paper.theme));
    }
    out
}

/// The line that stands for a thought. Of one that was not heard word by word no time is known.
pub(super) fn head(
    thought: &str,
    started: Tick,
    ended: Option<Tick>,
    paper: &Paper<'_>,
    cells: usize,
    unfolded: bool,
) -> Line<'static> {
    let mut said = vec![match ended {
        None => format!("∴ thinking {}", marks::clock(paper.now.since(started))),
        Some(ended) if ended == started => "∴ thought".to_owned(),
        Some(ended) => format!("∴ thought for {}", marks::took(ended.since(started))),
    }];
    if ended.is_some() {
        said.push(match thought.unicode_words().count() {
            1 => "1 word".to_owned(),
            words => format!("{words} words"),
        });
        said.extend(paper.key.filter(|_| !unfolded).map(str::to_owned));
    }
    wrap::clip(&Line::styled(said.join(" · "), paper.theme.dim), cells)
}

/// Rows of one line of a thought.
pub(super) fn rows(line: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let drawn = Line::raw(text::drawable(line, Mode::Prose));
    let rows = wrap::wrap(&behind(drawn), cells, 2);
    rows.into_iter().map(|row| row.style(theme.thought)).collect()
}

fn behind(mut line: Line<'static>) -> Line<'static> {
    line.spans.insert(0, "  ".into());
    line
}

/// The last rows, whatever came before: a delta costs the same however long the thought is.
fn newest(thought: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    // A cell holds a few bytes; what begins the stretch may be half a line, and is not shown when there is more.
    let most = (cells * 4 * (NEWEST + 1)).min(thought.len());
    let from = (thought.len() - most..thought.len()).find(|at| thought.is_char_boundary(*at));
    let tail = thought.get(from.unwrap_or(0)..).unwrap_or_default();
    let lines = tail.lines().filter(|line| !line.trim().is_empty());
    let mut out: Vec<_> = lines.flat_map(|line| rows(line, cells, theme)).collect();
    out.drain(..out.len().saturating_sub(NEWEST));
    out
}
