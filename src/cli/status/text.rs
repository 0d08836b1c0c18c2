//! What `hermux status` prints for a person: at most 80 cells wide, what needs them first. Pure.
//!
//! Titles, reasons and paths come from elsewhere: each is drawn as one inert line (SEC-09).

use crate::base::clock::WallMs;
use crate::base::ids::SessionId;
use crate::base::text::{self, Mode, Untrusted, width};
use crate::model::status::{self, Status};
use crate::proto::report::{HubReport, Memory, ProfileReport, Report, SessionReport, TerminalReport};
use std::fmt::Write as _;

/// Cells of a line.
const WIDTH: usize = 80;
/// Cells before what is said of the hub and of a profile.
const INDENT: usize = 14;
/// Cells of the longest words for a status.
const STATUS: usize = 16;

/// The whole text; `now` is the time of day, for ages.
pub(super) fn text(report: &Report, now: WallMs) -> String {
    let mut out = hub(&report.hub, report, now);
    out.push('\n');
    let cells = names(report.profiles.iter().map(|profile| profile.name.as_str()));
    for profile in &report.profiles {
        of_profile(profile, cells, now, &mut out);
    }
    let mut sessions: Vec<&SessionReport> = report.sessions.iter().collect();
    // As the walk through what needs the person has them; the sort keeps the order of tabs.
    sessions.sort_by_key(|session| session.status);
    if !sessions.is_empty() {
        out.push('\n');
    }
    let cells = names(sessions.iter().map(|session| session.profile.as_str()));
    for session in sessions {
        of_session(session, if report.profiles.len() > 1 { cells } else { 0 }, &mut out);
    }
    for notice in &report.notices {
        out.push('\n');
        let about = notice.profile.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        put(&format!("! {about}{}", notice.what.drawable(Mode::Label)), 2, &mut out);
        for says in [&notice.does, &notice.can] {
            out.push_str("  ");
            put(&says.drawable(Mode::Label), 2, &mut out);
        }
    }
    out
}

fn hub(hub: &HubReport, report: &Report, now: WallMs) -> String {
    let mut out =
        format!("hermux {}, process {}, up {}", text::label(&hub.version, 20), hub.pid, span(hub.uptime_ms));
    if let Some(memory) = hub.memory {
        let _ = write!(out, ", {}", size(memory));
    }
    out.push('\n');
    let from = &hub.environment;
    let tty = from.tty.as_ref().map_or_else(|| "no terminal".to_owned(), device);
    let own = format!("from {tty} in ");
    let directory = path(&from.directory, WIDTH - INDENT - 1 - width::of(&own));
    line("started", &format!("{own}{directory};"), &mut out);
    line("", "backends have that environment, not a later terminal's", &mut out);
    match &hub.socket {
        Some(socket) => line("socket", &path(socket, WIDTH - INDENT), &mut out),
        None => line("socket", "none: only its own terminal reaches it", &mut out),
    }
    if hub.terminals.is_empty() {
        let ends = match (hub.ends_in_ms, hub.linger_ms) {
            (Some(left), _) => format!("none; without one it ends in {}", span(left)),
            (None, Some(_)) => "none; it stays while something is at work".to_owned(),
            (None, None) => "none; it stays for ever".to_owned(),
        };
        line("terminals", &ends, &mut out);
    }
    for (place, terminal) in hub.terminals.iter().enumerate() {
        let label = if place == 0 { "terminals" } else { "" };
        line(label, &of_terminal(terminal, report, now), &mut out);
    }
    out
}

/// `pts/3 (%4)  120×40  3m  "Fix login"`.
fn of_terminal(terminal: &TerminalReport, report: &Report, now: WallMs) -> String {
    let tty = terminal.tty.as_ref().map_or_else(|| format!("process {}", terminal.pid), device);
    let pane = terminal.pane.as_ref().map(|pane| format!(" ({})", pane.label(8))).unwrap_or_default();
    let (cols, rows) = terminal.size;
    let age = span(now.0.saturating_sub(terminal.since_ms.0));
    let mut out = format!("{tty}{pane}, {cols}×{rows}, for {age}");
    if terminal.lagging {
        out.push_str(", does not read");
    }
    if let Some(shown) = terminal.shows.and_then(|id| title(id, report)) {
        out.push_str(": ");
        let room = (WIDTH - INDENT).saturating_sub(width::of(&out));
        out.push_str(&text::label(&shown, room));
    }
    out
}

fn title(id: SessionId, report: &Report) -> Option<String> {
    report.sessions.iter().find(|session| session.id == id).map(|session| name(session).to_owned())
}

fn name(session: &SessionReport) -> &str {
    session.title.as_ref().map_or("new session", Untrusted::raw)
}

fn of_profile(profile: &ProfileReport, cells: usize, now: WallMs, out: &mut String) {
    let _ = write!(out, "{}  {}", padded(profile.name.as_str(), cells), padded(&profile.state, 9));
    let indent = cells + 13;
    let mut runs = Vec::new();
    runs.extend(profile.pid.map(|pid| format!("process {pid}")));
    runs.extend(profile.port.map(|port| format!("port {port}")));
    runs.extend(profile.age_ms.map(|age| format!("up {}", span(age))));
    runs.extend(profile.memory.map(size));
    let counts = [
        (profile.waiting, "waiting"),
        (profile.working, "working"),
        (profile.uncertain, "unsure"),
        (profile.failed, "failed"),
        (profile.unread, "unread"),
        (profile.open, "open"),
        (profile.built, "built"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let mut more = vec![runs.join(", "), counts.join(", ")];
    if profile.restarts > 0 {
        let times =
            if profile.restarts == 1 { "once".to_owned() } else { format!("{} times", profile.restarts) };
        more.push(format!("started anew {times}"));
    }
    if let Some(exit) = &profile.last_exit {
        let age = span(now.0.saturating_sub(exit.at_ms.0));
        more.push(format!("last end {age} ago: {}", exit.why.label(WIDTH)));
    }
    more.extend(profile.why.as_ref().map(|why| why.label(2 * WIDTH)));
    more.retain(|line| !line.is_empty());
    for (place, line) in more.iter().enumerate() {
        if place > 0 {
            out.push_str(&" ".repeat(indent));
        }
        put(line, indent, out);
    }
    if more.is_empty() {
        put("", indent, out);
    }
}

fn of_session(session: &SessionReport, cells: usize, out: &mut String) {
    let words = status::words(session.status);
    let profile =
        if cells > 0 { format!("{}  ", padded(session.profile.as_str(), cells)) } else { String::new() };
    let hidden = if session.tab { "" } else { "  (no tab)" };
    let mark = if session.status <= Status::Unread { "*" } else { " " };
    let begin = format!("{mark} {}  {profile}", padded(words, STATUS));
    let room = WIDTH.saturating_sub(width::of(&begin) + hidden.len());
    let _ = writeln!(out, "{begin}{}{hidden}", text::label(name(session), room));
}

/// Cells for a column of profile names.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(str::len).max().unwrap_or(0).min(16)
}

fn padded(text: &str, cells: usize) -> String {
    let text = text::label(text, cells);
    let pad = cells.saturating_sub(width::of(&text));
    text + &" ".repeat(pad)
}

/// A line of the hub's.
fn line(label: &str, says: &str, out: &mut String) {
    let _ = writeln!(out, "  {label:<width$}{says}", width = INDENT - 2);
}

/// Ends a line with `words`, and goes on below it where they are too many.
fn put(words: &str, indent: usize, out: &mut String) {
    let room = WIDTH - indent;
    let mut used = 0;
    for word in words.split(' ') {
        let word = text::label(word, room);
        let cells = width::of(&word);
        if used > 0 && used + 1 + cells > room {
            let _ = write!(out, "\n{}", " ".repeat(indent));
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(&word);
        used += cells;
    }
    // A line without words ends where its columns do.
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// `pts/3` for `/dev/pts/3`.
fn device(tty: &Untrusted) -> String {
    text::label(tty.raw().strip_prefix("/dev/").unwrap_or(tty.raw()), 16)
}

fn path(path: &Untrusted, cells: usize) -> String {
    width::truncate_middle(&path.drawable(Mode::Label), cells)
}

/// `12.3 MB`.
fn size(memory: Memory) -> String {
    let bytes = memory.pss_bytes.unwrap_or(memory.rss_bytes);
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// A stretch of time in its two largest units.
pub(in crate::cli) fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {:02}s", seconds % 60),
        (0, ..) => format!("{hours}h {minutes:02}m"),
        _ => format!("{days}d {hours:02}h"),
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
