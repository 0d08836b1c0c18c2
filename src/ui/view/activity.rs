//! The lines between transcript and composer: what runs, what is queued, how the backend stands, notices.

use ratatui::text::{Line, Span};

use super::{marks, motion, start, subagents, todos};
use crate::base::clock::Tick;
use crate::base::text::{self, width};
use crate::model::message::{Level, MessageState};
use crate::model::notice::{About, Notice};
use crate::model::profile::{BackendState, Profile};
use crate::model::session::Session;
use crate::model::tool::Todo;
use crate::model::turn::TurnState;
use crate::model::world::World;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Queued texts that are shown; the rest is counted.
const QUEUED: usize = 3;

/// All lines, in as many cells and rows as there are. `whole`: the todo list is not folded. `now` is the
/// hub's time.
pub(super) fn lines(
    world: &World,
    session: &Session,
    keymap: &Keymap,
    ((cells, rows), whole): ((usize, usize), bool),
    theme: &Theme,
    now: Tick,
) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    // An empty transcript has a page in its middle that says it better.
    let empty = session.body.as_ref().is_none_or(|body| body.messages.is_empty());
    let profile = world.profile(&session.profile);
    let told = empty && profile.is_some_and(start::stops);
    out.extend(notice(world, session, keymap, cells, theme, told));
    let told = told || empty && profile.is_some_and(|p| matches!(p.backend, BackendState::Waking { .. }));
    if let Some(profile) = profile.filter(|_| !told) {
        out.extend(backend(profile, keymap, theme, now));
    }
    if doubtful(session) {
        let can = [
            (Intent::Resend, "sends it again"),
            (Intent::Discard, "drops it"),
            (Intent::CopyUncertain, "copies it"),
        ];
        out.push(hints(
            ("~ a text may not have arrived", "~ unsure"),
            &can,
            keymap,
            cells.saturating_sub(1),
            theme,
        ));
    } else {
        out.extend(turn(session, keymap, cells.saturating_sub(1), theme, now));
    }
    let queued = session.queue.len().min(QUEUED + 1) + usize::from(session.held);
    let left = rows.saturating_sub(out.len() + queued);
    let wide = cells.saturating_sub(1);
    let list = todo_list(session, whole, keymap, (wide, left), theme);
    let mut agents =
        subagents::lines(&session.subagents, (wide, left.saturating_sub(list.len()).max(1)), theme, now);
    if let (1, [line], [_]) = (left, &mut agents[..], &list[..]) {
        // One line for both.
        line.spans.insert(0, Span::styled(format!("{}  ", todos::count(&session.todos)), theme.strong));
        out.append(&mut agents);
    } else {
        out.extend(agents.into_iter().chain(list).take(left));
    }
    let (mark, stands) = if session.held { ("‖", "held") } else { ("⋯", "queued") };
    if session.held {
        let can = [
            (Intent::SendQueued, "sends it"),
            (Intent::TakeBack, "takes the last back"),
            (Intent::EditQueued, "changes it"),
        ];
        out.push(hints(("‖ the queue waits for you", "‖ held"), &can, keymap, wide, theme));
    }
    for (n, entry) in session.queue.iter().take(QUEUED).enumerate() {
        // The order matters where there is one.
        let place = if session.queue.len() > 1 { format!(" {}", n + 1) } else { String::new() };
        out.push(Line::styled(
            format!("{mark} {stands}{place}: {}", text::label(&entry.text, cells)),
            theme.dim,
        ));
    }
    if session.queue.len() > QUEUED {
        out.push(Line::styled(
            format!("{mark} and {} more {stands}", session.queue.len() - QUEUED),
            theme.dim,
        ));
    }
    out.into_iter()
        .map(|mut line| {
            line.spans.insert(0, Span::raw(" "));
            wrap::clip(&line, cells)
        })
        .collect()
}

/// What waits for the person, and the keys that do something about it, as far as there is room.
fn hints(
    (long, short): (&str, &str),
    can: &[(Intent, &str)],
    keymap: &Keymap,
    cells: usize,
    theme: &Theme,
) -> Line<'static> {
    let said = |(intent, word): &(Intent, &str)| {
        keymap.hint(*intent).map(|key| format!(" · {key} {word}")).unwrap_or_default()
    };
    // A key is worth more than words.
    let first = can.first().map(said).unwrap_or_default();
    let fits = width::of(long) + width::of(&first) <= cells;
    let mut words = if fits { long } else { short }.to_owned();
    for more in can.iter().map(said) {
        if width::of(&words) + width::of(&more) <= cells {
            words.push_str(&more);
        }
    }
    Line::styled(words, theme.warn)
}

/// Whether the person is asked about a text whose fate is not known.
fn doubtful(session: &Session) -> bool {
    if session.turn.state != TurnState::Uncertain {
        return false;
    }
    let messages = session.body.iter().flat_map(|body| &body.messages);
    messages.rev().any(|message| message.state == MessageState::Uncertain)
}

/// The todo list: as long as something is left to do or a turn runs.
fn todo_list(
    session: &Session,
    whole: bool,
    keymap: &Keymap,
    (cells, rows): (usize, usize),
    theme: &Theme,
) -> Vec<Line<'static>> {
    if !session.turn.is_busy() && session.todos.iter().all(Todo::is_over) {
        return Vec::new();
    }
    // Agents keep a line at least, and all of the room that a folded list leaves.
    let rows = rows.saturating_sub(usize::from(!session.subagents.is_empty() && rows > 1));
    todos::lines(&session.todos, whole, (cells, rows), keymap.hint(Intent::ToggleTodos), theme)
}

/// The newest notice that concerns what is shown. `told`: what concerns its profile is said elsewhere.
fn notice(
    world: &World,
    session: &Session,
    keymap: &Keymap,
    cells: usize,
    theme: &Theme,
    told: bool,
) -> Vec<Line<'static>> {
    let concerns = |notice: &&Notice| match &notice.about {
        About::Everything => true,
        About::Profile(name) => *name == session.profile && !told,
        About::Session(id) => *id == session.id,
    };
    let Some(notice) = world.notices.iter().rev().find(concerns) else { return Vec::new() };
    let (mark, style) = match notice.level {
        Level::Info => ("· ", theme.dim),
        Level::Warning => ("⚠ ", theme.warn),
        Level::Error => ("✗ ", theme.bad),
    };
    let sentence = [&notice.what, &notice.does, &notice.can];
    let sentence: Vec<String> = sentence
        .iter()
        .map(|part| text::label(part.raw().trim().trim_end_matches('.'), 300))
        .filter(|part| !part.is_empty())
        .map(|part| part + ".")
        .collect();
    let away = keymap.hint(Intent::DismissNotice).map(|key| format!("  ({key})")).unwrap_or_default();
    let line = Line::styled(format!("{mark}{}{away}", sentence.join(" ")), style);
    let mut rows = wrap::wrap(&line, cells.saturating_sub(2).max(1), 2);
    rows.truncate(3);
    rows.into_iter().map(|row| row.style(style)).collect()
}

/// How the backend stands, where that is worth a line.
fn backend(profile: &Profile, keymap: &Keymap, theme: &Theme, now: Tick) -> Option<Line<'static>> {
    let name = &profile.name;
    let (mark, mark_style) = marks::backend(&profile.backend, theme, now);
    let (text, style) = match &profile.backend {
        BackendState::Cold | BackendState::Live | BackendState::Stopping => {
            let newer = profile.capabilities.is_some_and(|can| can.newer);
            return newer.then(|| {
                Line::styled(
                    format!("⚠ {name} runs a newer Hermes: what hermux does not know is shown, not answered"),
                    theme.warn,
                )
            });
        }
        BackendState::Waking { since, slow, .. } => {
            let slow = if *slow { ", slower than usual" } else { "" };
            (format!("waking up {name}, {}{slow}", marks::clock(now.since(*since))), theme.warn)
        }
        BackendState::Degraded(why) => {
            (format!("{name} is slow, hermux waits: {}", text::label(why.raw(), 120)), theme.warn)
        }
        BackendState::Retrying { attempt, at, why } => {
            let wait = at.since(now).div_ceil(1_000);
            let why = text::label(why.raw(), 80);
            (format!("{name} was lost; again in {wait} s (attempt {attempt}): {why}"), theme.warn)
        }
        // Its notice, or the empty transcript, says more.
        BackendState::Stuck(stuck) => {
            let again = keymap.hint(Intent::RetryBackend).map(|key| format!("; {key} tries again"));
            let what = text::label(stuck.what.raw(), 160);
            (format!("{name} does not run{}: {what}", again.unwrap_or_default()), theme.bad)
        }
        BackendState::Elsewhere(who) => {
            (format!("{name} can only be read here: {} holds it", text::label(who.raw(), 80)), theme.warn)
        }
    };
    Some(Line::from(vec![Span::styled(format!("{mark} "), mark_style), Span::styled(text, style)]))
}

/// What the turn does, its clock, and the key that ends it: the words give way where there is little room.
fn turn(session: &Session, keymap: &Keymap, cells: usize, theme: &Theme, now: Tick) -> Option<Line<'static>> {
    let clock = session.turn.started.map(|started| format!("  {}", marks::clock(now.since(started))));
    let clock = clock.unwrap_or_default();
    let key =
        |intent, word: &str| keymap.hint(intent).map(|key| format!("  {key} {word}")).unwrap_or_default();
    let waits = session.current_prompt().is_some();
    let (mark, mark_style, words, style, hint) = match &session.turn.state {
        TurnState::Idle => return None,
        TurnState::Failed(_) => {
            ("✗", theme.bad, "the turn failed".to_owned(), theme.bad, key(Intent::RetryTurn, "tries again"))
        }
        TurnState::Uncertain => {
            let words =
                "lost in mid turn: whether it ended is not known; hermux asks when the backend is back";
            ("~", theme.warn, words.to_owned(), theme.warn, String::new())
        }
        TurnState::Sending => {
            ("↑", theme.dim, "sending".to_owned(), theme.dim, key(Intent::Interrupt, "interrupts"))
        }
        TurnState::Stopping => ("◍", theme.warn, "stopping".to_owned(), theme.warn, String::new()),
        TurnState::Running if waits => {
            ("!", theme.needs, "waits for you".to_owned(), theme.needs, key(Intent::Interrupt, "interrupts"))
        }
        TurnState::Running if session.turn.quiet => {
            let words = "nothing was heard for long; the backend says it works";
            ("◌", theme.warn, words.to_owned(), theme.warn, key(Intent::Interrupt, "interrupts"))
        }
        TurnState::Running => {
            let words = session.activity.as_ref().filter(|words| !words.is_empty());
            let words = words.map_or_else(|| "working".to_owned(), |words| text::label(words.raw(), 60));
            (motion::spinner(theme, now), theme.good, words, theme.text, key(Intent::Interrupt, "interrupts"))
        }
    };
    // A hint that leaves nothing of the words is left out.
    let fixed = width::of(mark) + 1 + width::of(&clock);
    let hint =
        if fixed + width::of(&hint) + width::of(&words).min(16) > cells { String::new() } else { hint };
    let room = cells.saturating_sub(fixed + width::of(&hint));
    Some(Line::from(vec![
        Span::styled(format!("{mark} "), mark_style),
        Span::styled(width::truncate(&words, room), style),
        Span::styled(clock, theme.dim),
        Span::styled(hint, theme.dim),
    ]))
}
