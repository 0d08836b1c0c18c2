//! Child agents at work, as a small tree; as one line where there is no room for a tree.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{marks, motion};
use crate::base::clock::Tick;
use crate::base::text::{self, width};
use crate::model::tool::{Subagent, SubagentState};
use crate::ui::theme::Theme;

/// Agents that a tree shows; the rest is counted.
const MOST: usize = 8;
/// Cells from which on a row also says what the agent does.
const DETAILED: usize = 60;

/// At most `rows` lines of `cells` cells. `now` is the hub's time.
pub(super) fn lines(
    agents: &[Subagent],
    (cells, rows): (usize, usize),
    theme: &Theme,
    now: Tick,
) -> Vec<Line<'static>> {
    if agents.is_empty() || rows == 0 {
        return Vec::new();
    }
    let mut out = vec![summary(agents, theme, now)];
    // A tree of which little can be seen says less than the summary.
    let shown = agents.len().min(MOST).min(rows.saturating_sub(2));
    if agents.len() >= rows && shown < 3 {
        return out;
    }
    let tree = tree(agents);
    let fits = tree.len() < rows && tree.len() <= MOST;
    let shown = if fits { tree.len() } else { shown };
    out.extend(tree.iter().take(shown).map(|(branch, agent)| row(branch, agent, cells, theme, now)));
    if shown < tree.len() {
        out.push(Line::styled(format!("  … and {} more", tree.len() - shown), theme.dim));
    }
    out
}

/// How they stand, counted.
fn summary(agents: &[Subagent], theme: &Theme, now: Tick) -> Line<'static> {
    let count = |which: fn(&SubagentState) -> bool| agents.iter().filter(|agent| which(&agent.state)).count();
    let counts = [
        (count(|state| *state == SubagentState::Working), "working", theme.text),
        (count(|state| *state == SubagentState::Done), "done", theme.good),
        (count(|state| matches!(state, SubagentState::Failed(_))), "failed", theme.bad),
        (count(|state| *state == SubagentState::Interrupted), "interrupted", theme.warn),
    ];
    let working = counts.first().is_some_and(|(working, ..)| *working > 0);
    let (mark, style) = if working { (motion::spinner(theme, now), theme.good) } else { ("∷", theme.dim) };
    let noun = if agents.len() == 1 { "subagent" } else { "subagents" };
    let mut line = Line::from(vec![
        Span::styled(format!("{mark} "), style),
        Span::styled(format!("{} {noun}", agents.len()), theme.text),
    ]);
    let mut gap = ": ";
    for (count, word, style) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        line.spans.push(Span::styled(gap, theme.dim));
        line.spans.push(Span::styled(format!("{count} {word}"), style));
        gap = ", ";
    }
    line
}

/// The agents in the order of their tree, each with the branch before it. What hangs on nobody, or in a circle, is a root.
fn tree(agents: &[Subagent]) -> Vec<(String, &Subagent)> {
    let known = |agent: &Subagent| {
        agent.parent.as_ref().is_some_and(|parent| agents.iter().any(|other| other.id == *parent))
    };
    let mut left: Vec<&Subagent> = agents.iter().collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let roots: Vec<&Subagent> = left.iter().copied().filter(|agent| !known(agent)).collect();
        let roots = if roots.is_empty() || !out.is_empty() { left.clone() } else { roots };
        for (n, root) in roots.iter().enumerate() {
            let last = n + 1 == roots.len();
            hang(root, "", last, &mut left, &mut out);
        }
    }
    out
}

fn hang<'a>(
    agent: &'a Subagent,
    stem: &str,
    last: bool,
    left: &mut Vec<&'a Subagent>,
    out: &mut Vec<(String, &'a Subagent)>,
) {
    let Some(at) = left.iter().position(|other| std::ptr::eq(*other, agent)) else { return };
    left.remove(at);
    out.push((format!("{stem}{}", if last { "└ " } else { "├ " }), agent));
    let stem = format!("{stem}{}", if last { "  " } else { "│ " });
    let own: Vec<&Subagent> =
        left.iter().copied().filter(|other| other.parent.as_ref() == Some(&agent.id)).collect();
    for (n, child) in own.iter().enumerate() {
        hang(child, &stem, n + 1 == own.len(), left, out);
    }
}

/// One agent: its goal, what it does or what came of it, and on the right how it stands and for how long.
fn row(branch: &str, agent: &Subagent, cells: usize, theme: &Theme, now: Tick) -> Line<'static> {
    let (mark, word, style) = state(&agent.state, theme, now);
    let time = agent.millis.unwrap_or_else(|| now.since(agent.started));
    let time = if agent.is_working() { marks::clock(time) } else { marks::took(time) };
    let right = if cells < DETAILED { format!(" {time}") } else { format!("  {word} {time:>6}") };
    let head = format!("  {branch}");
    let room = cells.saturating_sub(width::of(&head) + 2 + width::of(&right) + 1);
    let detail = text::label(agent.last.raw().trim(), room);
    let detail = if cells < DETAILED || detail.is_empty() { String::new() } else { detail };
    // The goal keeps most of the row; what is left of it says what happens.
    let goal = text::label(agent.goal.raw(), if detail.is_empty() { room } else { (room * 3 / 5).max(12) });
    let rest = room.saturating_sub(width::of(&goal) + 3);
    let detail = if detail.is_empty() || rest < 8 {
        String::new()
    } else {
        format!(" · {}", width::truncate(&detail, rest))
    };
    let gap = " ".repeat(room.saturating_sub(width::of(&goal) + width::of(&detail)));
    let failed = matches!(agent.state, SubagentState::Failed(_));
    Line::from(vec![
        Span::styled(head, theme.rule),
        Span::styled(format!("{mark} "), style),
        Span::styled(goal, theme.text),
        Span::styled(detail, if failed { theme.bad } else { theme.dim }),
        Span::raw(gap),
        Span::styled(right, style),
    ])
}

fn state(state: &SubagentState, theme: &Theme, now: Tick) -> (&'static str, &'static str, Style) {
    match state {
        SubagentState::Working => (motion::spinner(theme, now), "working", theme.good),
        SubagentState::Done => ("✓", "done", theme.good),
        SubagentState::Interrupted => ("◍", "interrupted", theme.warn),
        SubagentState::Failed(how) if how.raw() == "timeout" => ("✗", "timed out", theme.bad),
        SubagentState::Failed(_) => ("✗", "failed", theme.bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::text::Untrusted;

    fn agent(id: &str, parent: Option<&str>) -> Subagent {
        Subagent {
            id: id.into(),
            parent: parent.map(Untrusted::new),
            depth: 0,
            goal: format!("goal {id}").into(),
            state: SubagentState::Working,
            tools: 0,
            last: Untrusted::default(),
            started: Tick(0),
            millis: None,
        }
    }

    fn drawn(agents: &[Subagent]) -> Vec<String> {
        tree(agents).into_iter().map(|(branch, agent)| format!("{branch}{}", agent.id.raw())).collect()
    }

    #[test]
    fn children_hang_on_their_parents_in_the_order_they_came() {
        let agents = [
            agent("a", None),
            agent("b", None),
            agent("c", Some("a")),
            agent("d", Some("c")),
            agent("e", Some("a")),
        ];
        assert_eq!(drawn(&agents), ["├ a", "│ ├ c", "│ │ └ d", "│ └ e", "└ b"]);
    }

    #[test]
    fn an_orphan_is_a_root_and_a_circle_is_shown_once() {
        let agents = [agent("a", Some("gone")), agent("b", Some("c")), agent("c", Some("b"))];
        let drawn = drawn(&agents);
        assert_eq!(drawn.len(), 3, "{drawn:?}");
        let itself = [agent("a", Some("a"))];
        assert_eq!(super::tests::drawn(&itself), ["└ a"]);
    }

    #[test]
    fn where_there_is_no_room_for_a_tree_one_line_counts() {
        let many: Vec<Subagent> = (0..5).map(|n| agent(&n.to_string(), None)).collect();
        let rows = |rows| lines(&many, (80, rows), &Theme::ansi(), Tick(0)).len();
        assert_eq!((rows(0), rows(1), rows(3), rows(6), rows(40)), (0, 1, 1, 6, 6));
    }

    proptest::proptest! {
        #[test]
        fn never_more_rows_or_cells_than_there_are(
            parents in proptest::collection::vec(proptest::option::of(0_usize..12), 0..12),
            cells in 0_usize..130, rows in 0_usize..14,
        ) {
            let agents: Vec<Subagent> = parents
                .iter()
                .enumerate()
                .map(|(n, parent)| agent(&n.to_string(), parent.map(|of| of.to_string()).as_deref()))
                .collect();
            proptest::prop_assert_eq!(tree(&agents).len(), agents.len());
            let lines = lines(&agents, (cells, rows), &Theme::ansi(), Tick(0));
            proptest::prop_assert!(lines.len() <= rows);
        }
    }
}
