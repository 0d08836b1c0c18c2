//! What Hermes itself writes into a conversation, folded to what a person wants to know of it: agents that are back, a process
//! that has ended, a summary that stands for older messages. Unfolded it is the text as it is.

use ratatui::text::{Line, Span};

use super::message::Paper;
use crate::base::text::{self, width};
use crate::model::message::SUMMARY;
use crate::ui::theme::Theme;

/// Tasks of a delegation that are shown folded.
const TASKS: usize = 8;

/// The folded lines of `source`, in `cells` cells; `None` when it is no text of a known form.
pub(super) fn folded(source: &str, cells: usize, paper: &Paper<'_>) -> Option<Vec<Line<'static>>> {
    let theme = paper.theme;
    let mut rows = if source.starts_with("[ASYNC DELEGATION BATCH ") {
        batch(source, cells, theme)?
    } else if let Some(rest) = source.strip_prefix("[IMPORTANT: Background process ") {
        process(rest, cells, theme)?
    } else if source.starts_with(SUMMARY) {
        vec![Line::styled("earlier messages were compressed into a summary", theme.dim)]
    } else {
        return None;
    };
    if let (Some(key), Some(head)) = (paper.key, rows.first_mut()) {
        head.spans.push(Span::styled(format!(" · {key}"), theme.dim));
    }
    Some(rows)
}

/// A task's line: `--- ✓ TASK 1/3: goal  (status=completed, api_calls=2, 1.57s) ---`.
struct Task<'a> {
    goal: &'a str,
    status: &'a str,
    /// Seconds, as they stand there.
    took: &'a str,
    /// The first line of what came of it.
    said: &'a str,
}

fn task<'a>(line: &'a str, next: Option<&'a str>) -> Option<Task<'a>> {
    let line = line.strip_prefix("--- ")?.strip_suffix(" ---")?;
    let (head, facts) = line.rsplit_once("  (status=")?;
    let (_, numbered) = head.split_once("TASK ")?;
    let goal = numbered.split_once(": ").map_or("", |(_, goal)| goal);
    let mut facts = facts.strip_suffix(')')?.split(", ");
    let status = facts.next()?;
    let took = facts.last().filter(|took| took.ends_with('s')).unwrap_or_default();
    Some(Task { goal, status, took, said: next.unwrap_or_default() })
}

fn batch(source: &str, cells: usize, theme: &Theme) -> Option<Vec<Line<'static>>> {
    let lines: Vec<&str> = source.lines().collect();
    let tasks: Vec<Task<'_>> =
        lines.iter().enumerate().filter_map(|(at, line)| task(line, lines.get(at + 1).copied())).collect();
    if tasks.is_empty() {
        return None;
    }
    let done = |task: &&Task<'_>| matches!(task.status, "completed" | "success");
    let well = tasks.iter().filter(done).count();
    let counts =
        if well == tasks.len() { "all done".to_owned() } else { format!("{well} of {} done", tasks.len()) };
    let mut out = vec![Line::styled(format!("subagents are back: {counts}"), theme.text)];
    for task in tasks.iter().take(TASKS) {
        let (mark, style) = match task.status {
            _ if done(&task) => ("✓", theme.good),
            "interrupted" => ("◍", theme.warn),
            _ => ("✗", theme.bad),
        };
        let word = if done(&task) { String::new() } else { format!("{}: ", text::label(task.status, 16)) };
        let time = text::label(task.took, 10);
        let room = cells.saturating_sub(4 + width::of(&time));
        let goal = text::label(task.goal, (room / 2).max(8));
        let said = task.said.trim_start_matches("(no summary — ").trim_end_matches(')');
        let said = said.strip_prefix(&format!("status={}: ", task.status)).unwrap_or(said);
        let said = text::label(&format!("{word}{said}"), room.saturating_sub(width::of(&goal) + 3));
        out.push(Line::from(vec![
            Span::styled(format!("{mark} "), style),
            Span::styled(goal, theme.text),
            Span::styled(format!(" · {said}"), if done(&task) { theme.dim } else { style }),
            Span::styled(format!("  {time}"), theme.dim),
        ]));
    }
    if tasks.len() > TASKS {
        out.push(Line::styled(format!("… and {} more", tasks.len() - TASKS), theme.dim));
    }
    Some(out)
}

/// `proc_1 completed normally (exit code 0).`, then `Command: …`, then `Output:` and what it printed.
fn process(rest: &str, cells: usize, theme: &Theme) -> Option<Vec<Line<'static>>> {
    let mut lines = rest.lines();
    let (_, how) = lines.next()?.split_once(' ')?;
    let how = how.trim_end_matches([']', '.']);
    let command = lines.next()?.strip_prefix("Command: ")?;
    let output: Vec<&str> = lines
        .skip_while(|line| *line != "Output:")
        .skip(1)
        .filter(|line| !matches!(line.trim(), "" | "]"))
        .collect();
    let (mark, style) =
        if how.starts_with("completed normally") { ("✓", theme.good) } else { ("✗", theme.bad) };
    let how = text::label(how, cells);
    let room = cells.saturating_sub(width::of(&how) + 20).max(10);
    let mut out = vec![Line::from(vec![
        Span::styled(format!("{mark} "), style),
        Span::styled("in the background ", theme.dim),
        Span::styled(text::label(command, room), theme.text),
        Span::styled(format!(" {how}"), theme.dim),
    ])];
    if let Some(last) = output.last() {
        let more = if output.len() > 1 { format!("  ({} lines)", output.len()) } else { String::new() };
        let room = cells.saturating_sub(4 + width::of(&more));
        out.push(Line::styled(
            format!("  └ {}{more}", text::label(last.trim_end_matches(']').trim(), room)),
            theme.dim,
        ));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Tick;
    use crate::ui::state::titles::Titles;
    use ratatui::style::Style;

    fn drawn(source: &str) -> Option<Vec<String>> {
        let theme = Theme::ansi();
        let paper = Paper {
            accent: Style::new(),
            theme: &theme,
            key: Some("Alt-o"),
            colours: true,
            titles: &Titles::default(),
            now: Tick(0),
        };
        folded(source, 70, &paper).map(|rows| rows.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn agents_that_are_back_are_a_line_each() {
        let source = "[ASYNC DELEGATION BATCH COMPLETE — deleg_1]\nA background fan-out\n\nRole: leaf\n\n\
            --- ✓ TASK 1/2: look: here  (status=completed, api_calls=2, 1.57s) ---\nFound it.\nFull live transcript: x\n\n\
            --- ✗ TASK 2/2: look there  (status=failed, 0.39s) ---\n(no summary — status=failed: no such file)";
        assert_eq!(
            drawn(source).unwrap(),
            [
                "subagents are back: 1 of 2 done · Alt-o",
                "✓ look: here · Found it.  1.57s",
                "✗ look there · failed: no such file  0.39s",
            ]
        );
    }

    #[test]
    fn a_process_that_ended_says_how_and_its_last_words() {
        let source = "[IMPORTANT: Background process proc_1 completed normally (exit code 0).\nCommand: make all\nOutput:\nfirst\nlast\n]";
        assert_eq!(
            drawn(source).unwrap(),
            ["✓ in the background make all completed normally (exit code 0) · Alt-o", "  └ last  (2 lines)"]
        );
        assert!(drawn(&source.replace("completed normally", "was killed")).unwrap()[0].starts_with('✗'));
    }

    #[test]
    fn a_text_of_another_form_is_left_as_it_is() {
        for other in [
            "",
            "hello",
            "[ASYNC DELEGATION BATCH COMPLETE — x]\nno tasks",
            "[IMPORTANT: Background process x",
        ] {
            assert_eq!(drawn(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(\\[ASYNC DELEGATION BATCH |\\[IMPORTANT: Background process )[-a-z✓ :()=,.\n]{0,200}", cells in 0_usize..100) {
            let theme = Theme::ansi();
            let paper = Paper { accent: Style::new(), theme: &theme, key: None, colours: true, titles: &Titles::default(), now: Tick(0) };
            folded(&text, cells, &paper);
        }
    }
}
