//! What is shown of the hub while there is none to talk to: a page where nothing else is to be seen yet, else one line in place of the
//! status, and below a transcript what a person can do where hermux itself does no more.

use ratatui::text::{Line, Span};

use super::start::Page;
use crate::base::clock::Tick;
use crate::base::text::{self, width};
use crate::proto::CONTRACT;
use crate::transport::link::HubLink;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::render::wrap;
use crate::ui::state::{PATIENCE, UiState};
use crate::ui::theme::Theme;

/// What a person can do about a hub that does not come up.
const MEND: &str = "see why:  hermux logs --tail 30\nlook closer:  hermux doctor";
/// And about one of another version.
const OTHER: &str = "end it, with all that runs there:  hermux stop";
const AGAIN: &[(Intent, &str)] = &[(Intent::RetryBackend, "tries again")];

/// What is said of `link`: what happened, and what hermux does about it.
fn said(link: &HubLink, now: Tick) -> (String, String) {
    let typing = "what you type is kept";
    match link {
        HubLink::Starting => ("starting the hub".into(), typing.into()),
        HubLink::Connecting | HubLink::Up => ("reaching the hub".into(), typing.into()),
        HubLink::Lost { why, again_at } => {
            let left = again_at.0.saturating_sub(now.0).div_ceil(1_000);
            let when = if left == 0 { "trying again".into() } else { format!("trying again in {left} s") };
            (text::label(why, 200), format!("{when}; {typing}"))
        }
        HubLink::Down { why, .. } => {
            (text::label(why, 200), format!("hermux tries no more by itself; {typing}"))
        }
        HubLink::WrongContract(theirs) => (
            format!(
                "the hub that runs is of another version of hermux (contract {theirs}, this one speaks {CONTRACT})"
            ),
            format!("what it runs goes on there, and cannot be shown here; {typing}"),
        ),
    }
}

/// Whether only the person can do something now.
fn stands(link: &HubLink) -> bool {
    matches!(link, HubLink::Down { .. } | HubLink::WrongContract(_))
}

/// In place of the status line.
pub(super) fn status(ui: &UiState, cells: usize, theme: &Theme, now: Tick) -> Option<Line<'static>> {
    // Without a session its page says it.
    if ui.active.is_none() || !ui.wants_hub(now) {
        return None;
    }
    let (what, does) = said(&ui.link, now);
    let key = ui.keymap.hint(Intent::RetryBackend).filter(|_| stands(&ui.link));
    let key = key.map(|key| format!(" · {key} tries again")).unwrap_or_default();
    let short = match &ui.link {
        HubLink::Starting => "starting the hub",
        HubLink::Connecting | HubLink::Up => "reaching the hub",
        HubLink::Lost { .. } => "the hub is lost",
        HubLink::Down { .. } => "there is no hub",
        HubLink::WrongContract(_) => "the hub is of another version",
    };
    let (when, typing) = does.split_once("; ").unwrap_or(("", &does));
    let when = if stands(&ui.link) || when.is_empty() { String::new() } else { format!(" · {when}") };
    let ways = [
        format!("{what}{when}{key} · {typing}"),
        format!("{short}{when}{key} · {typing}"),
        format!("{short}{when}{key}"),
        format!("{short}{when}"),
        short.to_owned(),
    ];
    let fits = ways.iter().find(|text| width::of(text) < cells).or(ways.last());
    let style = if stands(&ui.link) { theme.bad } else { theme.warn };
    Some(wrap::clip(&Line::styled(format!(" {}", fits.map_or("", |text| text)), style), cells))
}

/// Above the composer of a session that is shown, where hermux does no more by itself: what, and what helps.
pub(super) fn lines(ui: &UiState, cells: usize, theme: &Theme, now: Tick) -> Vec<Line<'static>> {
    if ui.online || ui.active.is_none() || !stands(&ui.link) {
        return Vec::new();
    }
    let (what, _) = said(&ui.link, now);
    let helps = if matches!(ui.link, HubLink::Down { .. }) { MEND } else { OTHER };
    let mut out = wrap::wrap(&Line::styled(format!(" ✗ {what}"), theme.bad), cells, 3);
    for help in helps.lines() {
        let (why, command) = help.split_once(":  ").unwrap_or((help, ""));
        out.push(Line::from(vec![
            Span::styled(format!("   {why}  "), theme.dim),
            Span::styled(command.to_owned(), theme.key),
        ]));
    }
    out.into_iter().map(|line| wrap::clip(&line, cells)).collect()
}

/// The page of a terminal that has nothing to show yet.
pub(super) fn page(
    ui: &UiState,
    (cells, rows): (usize, usize),
    theme: &Theme,
    now: Tick,
) -> Vec<Line<'static>> {
    if ui.active.is_some() || !ui.wants_hub(now) {
        return Vec::new();
    }
    let (what, does) = said(&ui.link, now);
    let head = |says: &'static str, style| {
        Line::from(vec![Span::styled("hermux", theme.strong), Span::styled(says, style)])
    };
    if !stands(&ui.link) {
        let said = |text: String, style| wrap::wrap(&Line::styled(text, style), cells, 0);
        let mut out = vec![head("", theme.text), Line::default()];
        out.extend(said(what, theme.text));
        out.extend(said(does, theme.dim));
        return out;
    }
    let log = match &ui.link {
        HubLink::Down { log: Some(log), .. } => format!("\nits log:  {}", log.display()),
        _ => String::new(),
    };
    let (says, can) = match &ui.link {
        HubLink::Down { .. } => (" has no hub", format!("{MEND}{log}")),
        _ => (": another version runs", OTHER.to_owned()),
    };
    let page = Page { says, style: theme.bad, what: &what, does: &does, can: &can, keys: AGAIN, log: &[] };
    page.lines(head(says, theme.bad), &ui.keymap, (cells, rows), theme)
}

/// When it changes by itself.
pub(super) fn changes(ui: &UiState, now: Tick) -> Option<Tick> {
    if ui.online {
        return None;
    }
    let begins = Some(ui.linked.plus(PATIENCE)).filter(|at| *at > now);
    let counts = match &ui.link {
        HubLink::Lost { again_at, .. } if *again_at > now => {
            let left = again_at.0 - now.0;
            Some(Tick(again_at.0 - (left - 1) / 1_000 * 1_000))
        }
        _ => None,
    };
    begins.or(counts)
}

/// What stands in the composer of a terminal that shows no session, when nothing is written.
pub(super) const HINT: &str = "Write; it is kept until there is a session";

/// Keys of it.
pub(super) fn foot(keymap: &Keymap) -> String {
    let leave = keymap.hint(Intent::Quit).map(|key| format!("{key} leaves")).unwrap_or_default();
    format!(" {leave} ")
}
