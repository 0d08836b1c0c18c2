//! The line under the composer: what this session is set to, and remarks. What the backend has not said is `?`.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::marks;
use crate::base::clock::Tick;
use crate::base::text::{self, width};
use crate::model::session::{ApprovalMode, Session};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// A piece of the line; the least important goes first when there is no room.
struct Piece {
    weight: u8,
    text: String,
    style: Style,
}

/// The line in `cells` cells. `home` is shown as `~`.
pub(super) fn line(
    session: Option<&Session>,
    remark: Option<&str>,
    home: &str,
    cells: usize,
    theme: &Theme,
    now: Tick,
) -> Line<'static> {
    if let Some(remark) = remark {
        return wrap::clip(&Line::styled(format!(" {remark}"), theme.warn), cells);
    }
    let Some(session) = session else { return Line::default() };
    let mut pieces = pieces(session, home, cells, theme, now);
    while pieces.len() > 1 && total(&pieces) > cells {
        let least = pieces.iter().enumerate().min_by_key(|(_, piece)| piece.weight).map(|(at, _)| at);
        if let Some(at) = least {
            pieces.remove(at);
        }
    }
    let mut line = Line::raw(" ");
    for (n, piece) in pieces.into_iter().enumerate() {
        if n > 0 {
            line.spans.push(Span::styled(" · ", theme.rule));
        }
        line.spans.push(Span::styled(piece.text, piece.style));
    }
    wrap::clip(&line, cells)
}

fn total(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| width::of(&piece.text) + 3).sum::<usize>().saturating_sub(2)
}

fn pieces(session: &Session, home: &str, cells: usize, theme: &Theme, now: Tick) -> Vec<Piece> {
    let info = &session.info;
    let mut out = Vec::new();
    let mut add = |weight, text: String, style| out.push(Piece { weight, text, style });
    match &info.model {
        Some(model) => add(60, text::label(model.raw(), 32), theme.text),
        None => add(15, "model ?".into(), theme.dim),
    }
    if let Some(effort) = info.reasoning_effort.as_ref().filter(|effort| !effort.is_empty()) {
        add(10, text::label(effort.raw(), 12), theme.dim);
    }
    if info.fast {
        add(12, "fast".into(), theme.dim);
    }
    if let Some(cwd) = &info.cwd {
        let path = text::drawable(cwd.raw(), text::Mode::Label);
        let path = match path
            .strip_prefix(home)
            .filter(|rest| !home.is_empty() && (rest.is_empty() || rest.starts_with('/')))
        {
            Some(rest) => format!("~{rest}"),
            None => path,
        };
        let path = width::truncate_middle(&path, (cells / 3).max(12));
        let branch = info.branch.as_ref().filter(|branch| !branch.is_empty() && cells >= 60);
        let branch = branch.map(|branch| format!(" ({})", text::label(branch.raw(), 24))).unwrap_or_default();
        add(50, format!("{path}{branch}"), theme.dim);
    }
    // The effective approval mode is always in sight; one that asks nobody is a warning.
    match (&info.approval_mode, info.yolo) {
        (_, true) => add(90, "⚠ approvals bypassed".into(), theme.bad),
        (Some(ApprovalMode::Off), _) => add(90, "⚠ approvals off".into(), theme.bad),
        (Some(ApprovalMode::Manual), _) => add(75, "asks always".into(), theme.dim),
        (Some(ApprovalMode::Smart), _) => add(75, "smart approvals".into(), theme.dim),
        (Some(ApprovalMode::Other(mode)), _) => {
            add(55, format!("approvals {}", text::label(mode.raw(), 16)), theme.warn);
        }
        (None, _) => add(14, "approvals ?".into(), theme.dim),
    }
    if let Some(percent) = session.usage.context_percent {
        let style = match percent {
            0..=69 => theme.dim,
            70..=89 => theme.warn,
            _ => theme.bad,
        };
        add(40, format!("{percent}% context"), style);
    }
    if let (true, Some(started)) = (session.turn.is_busy(), session.turn.started) {
        add(35, marks::clock(now.since(started)), theme.good);
    }
    out
}
