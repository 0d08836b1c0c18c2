//! What the terminal says of itself: by its environment, and by its answers where there is one to ask.

use super::report::Report;
use crate::{
    boot,
    ui::{
        term::{Answers, Term},
        theme::depth::Depth,
    },
};
use std::io::{self, IsTerminal};

const AREA: &str = "terminal";

pub(super) fn look(report: &mut Report) {
    let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match var("TERM") {
        Some(term) if term != "dumb" => report.ok(AREA, "TERM", &term),
        Some(term) => {
            report.warn(AREA, "TERM", &format!("{term}: it can move no cursor"), "use another terminal");
        }
        None => report.warn(AREA, "TERM", "not set", "export TERM=xterm-256color"),
    }
    let depth = match Depth::choose(None, &boot::colours()) {
        Depth::None => "none",
        Depth::Ansi => "the terminal's own 16",
        Depth::Indexed => "256",
        Depth::True => "all",
    };
    let why = match (var("NO_COLOR"), var("COLORTERM")) {
        (Some(_), _) => " (NO_COLOR is set)".into(),
        (None, Some(colorterm)) => format!(" (COLORTERM is {colorterm})"),
        (None, None) => " (by TERM; COLORTERM is not set)".into(),
    };
    report.ok(AREA, "colours", &format!("{depth}{why}"));
    if io::stdout().is_terminal() && io::stdin().is_terminal() {
        match Term::open().map_err(io::Error::other).and_then(|term| term.ask()) {
            Ok(answers) => said(report, answers),
            Err(error) => report.warn(AREA, "answers", &format!("it could not be asked: {error}"), ""),
        }
    } else {
        report.ok(AREA, "answers", "not asked: this is not written to a terminal");
    }
    let clipboard = if var("TMUX").is_some() {
        "through tmux, by `tmux load-buffer -w`"
    } else {
        "through the terminal (OSC 52); not every terminal takes it"
    };
    report.ok(AREA, "clipboard", clipboard);
    report.ok(AREA, "notifications", "the bell, and the terminal's title");
}

fn said(report: &mut Report, answers: Answers) {
    if !answers.any {
        report.warn(AREA, "answers", "it answers no question: hermux takes it for a plain one", "");
        return;
    }
    let can = |yes: bool, what: &str, without: &str| if yes { what.to_owned() } else { without.to_owned() };
    report.ok(AREA, "frames", &can(answers.synchronized, "shown only when whole", "shown as they come"));
    let keys = can(
        answers.kitty,
        "told apart (kitty protocol)",
        "as ever: Shift-Enter is Enter, Ctrl-J breaks a line",
    );
    report.ok(AREA, "keys", &keys);
}
