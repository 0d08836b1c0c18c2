//! One page in the middle of an empty transcript for what keeps a person from beginning: what happened, what hermux does, what they
//! can do as exact commands, and the keys that help. Where rows are few the commands stay longest.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::base::text::{self, Untrusted};
use crate::model::profile::{BackendState, Profile, Stuck, StuckReason};
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Log lines of a backend that does not start.
const LOG: usize = 6;
/// The widest text, in cells: a longer line is hard to read.
const WIDEST: usize = 76;

/// What a page is made of.
pub(super) struct Page<'a> {
    /// What is said of the profile after its name.
    pub(super) says: &'static str,
    pub(super) style: Style,
    pub(super) what: &'a str,
    pub(super) does: &'a str,
    /// A line each: `why:  command`.
    pub(super) can: &'a str,
    pub(super) keys: &'a [(Intent, &'static str)],
    pub(super) log: &'a [Untrusted],
}

/// Whether nothing can be sent in `profile`, which its page says.
pub(super) fn stops(profile: &Profile) -> bool {
    let lacks = profile.backend.is_live() && profile.provider == Some(false);
    lacks || matches!(profile.backend, BackendState::Stuck(_) | BackendState::Elsewhere(_))
}

/// The page for what is wrong with `profile`, if anything is.
pub(super) fn page(
    profile: &Profile,
    keymap: &Keymap,
    (cells, rows): (usize, usize),
    theme: &Theme,
) -> Option<Vec<Line<'static>>> {
    const AGAIN: (Intent, &str) = (Intent::RetryBackend, "tries again");
    const LOOKS: (Intent, &str) = (Intent::RetryBackend, "looks again");
    const DEMO: (Intent, &str) = (Intent::TryDemo, "shows the demo");
    let name = profile.name.as_str();
    let hermes = if profile.name.is_default() { "hermes".into() } else { format!("hermes --profile {name}") };
    let (what, can);
    let page = match &profile.backend {
        BackendState::Stuck(stuck) => {
            let Stuck { what, does, can, log, .. } = &**stuck;
            let (what, does, can) = (what.raw(), does.raw(), can.raw());
            let says = if stuck.reason == StuckReason::NoBinary {
                " does not run without Hermes"
            } else {
                " does not run"
            };
            Page { says, style: theme.bad, what, does, can, keys: &[AGAIN, DEMO], log }
        }
        BackendState::Elsewhere(who) => {
            what = format!("it belongs to {}", who.raw());
            Page {
                says: " is in use elsewhere",
                style: theme.warn,
                what: &what,
                does: "this hermux reads its sessions and sends nothing",
                can: "work there, or leave it there and try again here",
                keys: &[AGAIN],
                log: &[],
            }
        }
        BackendState::Live | BackendState::Degraded(_) if profile.provider == Some(false) => {
            let why = profile.config.as_ref().map(|wrong| {
                format!("Hermes cannot read its config and goes on without it: {}", wrong.raw())
            });
            let mend = if why.is_some() { "mend the file, or " } else { "" };
            can = format!("{mend}choose one:  {hermes} model\nor try without:  hermux demo");
            what = why.unwrap_or_else(|| "Hermes runs, but no provider is set up for this profile".into());
            Page {
                says: " has no model yet",
                style: theme.warn,
                what: &what,
                does: "what you send before there is one is refused by Hermes",
                can: &can,
                keys: &[LOOKS, DEMO],
                log: &[],
            }
        }
        _ => {
            let wrong = profile.store.as_ref()?;
            can = format!("look closer:  hermux doctor\nask Hermes itself:  {hermes} doctor");
            Page {
                says: ": its stored sessions cannot be read",
                style: theme.warn,
                what: wrong.raw(),
                does: "hermux changes nothing there; other profiles are not concerned",
                can: &can,
                keys: &[],
                log: &[],
            }
        }
    };
    let accent = theme.strong.patch(theme.accent(name));
    let head = Line::from(vec![Span::styled(name.to_owned(), accent), Span::styled(page.says, page.style)]);
    Some(page.lines(head, keymap, (cells, rows), theme))
}

impl Page<'_> {
    /// The page below `head`, in as many cells and rows as there are.
    pub(super) fn lines(
        &self,
        head: Line<'static>,
        keymap: &Keymap,
        (cells, rows): (usize, usize),
        theme: &Theme,
    ) -> Vec<Line<'static>> {
        let room = cells.saturating_sub(4).clamp(1, WIDEST);
        let small = rows < 11;
        let said = |text: &str, style| wrap::wrap(&Line::styled(text::label(text, 400), style), room, 0);
        let mut what = said(self.what, theme.text);
        let can = commands(self.can, room, theme);
        let keys = hints(self.keys, keymap, room, theme);
        if small {
            // The head, the keys, and as many commands as there is room for; what is left explains.
            let left = rows.saturating_sub(1 + keys.len());
            what.truncate(left.saturating_sub(can.len()).max(1));
            let mut out = vec![head];
            out.extend(what);
            out.extend(can);
            out.truncate(rows.saturating_sub(keys.len()));
            out.extend(keys);
            return out;
        }
        let mut out = vec![head, Line::default()];
        out.extend(what);
        out.extend(said(self.does, theme.dim));
        out.push(Line::default());
        out.extend(can);
        if !self.keys.is_empty() {
            out.push(Line::default());
            out.extend(keys);
        }
        let fit = LOG.min(rows.saturating_sub(out.len() + 1));
        let skip = self.log.len().saturating_sub(fit);
        if skip < self.log.len() {
            out.push(Line::default());
        }
        let log = self.log.iter().skip(skip);
        out.extend(log.map(|line| Line::styled(text::label(line.raw(), cells), theme.dim)));
        out
    }
}

/// The keys that help, in one line where there is room.
fn hints(keys: &[(Intent, &'static str)], keymap: &Keymap, room: usize, theme: &Theme) -> Vec<Line<'static>> {
    let hint = |(intent, does): &(Intent, &'static str)| {
        let key = Span::styled(keymap.hint(*intent)?.to_owned(), theme.key);
        Some(vec![key, Span::styled(format!(" {does}"), theme.dim)])
    };
    let all: Vec<Vec<Span<'static>>> = keys.iter().filter_map(hint).collect();
    let whole = Line::from(all.join(&Span::styled(" · ", theme.dim)));
    if whole.width() <= room {
        return Vec::from_iter((!all.is_empty()).then_some(whole));
    }
    all.into_iter().map(Line::from).collect()
}

/// The lines of `can`, the commands below one another; where that is too wide the commands alone.
fn commands(can: &str, room: usize, theme: &Theme) -> Vec<Line<'static>> {
    let pairs: Vec<(String, String)> = can
        .lines()
        .map(|line| line.split_once(":  ").unwrap_or((line, "")))
        .map(|(why, command)| (text::label(why, room), text::label(command, room)))
        .collect();
    let of_commands = || pairs.iter().filter(|(_, command)| !command.is_empty());
    let left = of_commands().map(|(why, _)| text::width::of(why)).max().unwrap_or_default();
    let right = of_commands().map(|(_, command)| text::width::of(command)).max().unwrap_or_default();
    let line = |(why, command): &(String, String)| {
        if command.is_empty() {
            return Line::styled(why.clone(), theme.dim);
        }
        if left + 2 + right > room {
            return Line::styled(command.clone(), theme.key);
        }
        // Each line is centred by itself: filled up, they stand below one another.
        let fill = |text: &str, to: usize| " ".repeat(to.saturating_sub(text::width::of(text)));
        Line::from(vec![
            Span::styled(format!("{}{why}  ", fill(why, left)), theme.dim),
            Span::styled(format!("{command}{}", fill(command, right)), theme.key),
        ])
    };
    pairs.iter().map(line).collect()
}
