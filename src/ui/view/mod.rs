//! From state and mirror to what one frame shows. Pure: same data, same screen.
//!
//! First the lines of what is visible are made ready, then everything is projected into a [`Screen`]; `widget` paints it
//! with shared references only. No send, no lock, no measuring of a whole transcript.

mod activity;
mod areas;
pub mod badge;
mod card;
mod changes;
mod chat;
mod completion;
mod composer;
mod confirm;
mod empty;
mod failure;
mod field;
mod form;
mod hubless;
mod layer;
mod linked;
mod list;
mod manage;
mod marks;
mod message;
mod motion;
mod notified;
mod palette;
mod popover;
mod recent;
mod start;
mod status_line;
mod strip;
mod subagents;
mod swatch;
mod tabs;
mod thought;
mod title;
mod todos;
mod tool;
mod window;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub use areas::Areas;
pub use layer::Over;
pub use list::Side;

use super::intent::Intent;
use super::mirror::Mirror;
use super::state::guard::CardKey;
use super::state::layer::Layer;
use super::state::manage::Manage;
use super::state::{Focus, Hit, UiState};
use super::theme::Theme;
use crate::base::clock::Tick;
use crate::base::ids::ProfileName;
use crate::model::prompt::Prompt;
use crate::model::session::Session;
use crate::model::world::World;

/// A box: titles on its upper border, a foot on its lower one, rows inside. Without borders only the rows are shown.
pub struct Boxed {
    pub title: Line<'static>,
    /// On the right of the upper border.
    pub corner: Line<'static>,
    /// On the right of the lower border.
    pub foot: Line<'static>,
    pub rows: Vec<Line<'static>>,
    pub border: Style,
    /// Column and row of the caret inside.
    pub caret: Option<(usize, usize)>,
}

/// What one frame shows.
pub struct Screen<'a> {
    pub areas: Areas,
    /// What everything stands on, and what boxes over it do.
    pub base: Style,
    pub panel: Style,
    pub tabs: Line<'static>,
    pub list: Option<Side>,
    pub rule: Style,
    pub chat: Vec<&'a Line<'static>>,
    /// In the middle of an empty transcript.
    pub empty: Vec<Line<'static>>,
    /// Over the last row of the transcript, on the right.
    pub below: Option<Line<'static>>,
    pub activity: Vec<Line<'static>>,
    pub card: Option<Boxed>,
    pub composer: Option<Boxed>,
    pub status: Line<'static>,
    pub strip: Line<'static>,
    /// Candidates for the word before the caret.
    pub popup: Option<Over>,
    /// What `over` stands over, where that is more than the panes.
    pub under: Option<Over>,
    pub over: Option<Over>,
    /// The terminal's title.
    pub title: String,
    /// What can be clicked, the topmost last.
    pub hits: Vec<(Rect, Hit)>,
    /// The card that is shown in focus.
    pub card_in_focus: Option<CardKey>,
    /// When the screen changes by itself.
    pub changes: Option<Tick>,
}

/// The frame at `now`, this terminal's time. `home`: the person's home directory, shown as `~`.
pub fn screen<'a>(ui: &'a mut UiState, mirror: &Mirror, theme: &Theme, home: &str, now: Tick) -> Screen<'a> {
    let hub_now = mirror.hub_time(now);
    let world = mirror.world();
    let plain = theme;
    let theme = &theme.wearing(badge::given(world, ui.layer.as_ref()));
    let session = ui.active.and_then(|id| mirror.session(id));
    if ui.picks() {
        let look = look_beside(ui, mirror, theme, home, now);
        return palette_alone(ui, world, look, theme, now);
    }
    let cells = usize::from(ui.size.0);
    let (card, activity, areas) = lay_out(ui, session, world, theme, now, hub_now);
    if let (Some(session), Some(pane)) = (session, ui.active.and_then(|id| ui.panes.get_mut(&id))) {
        let folding = (ui.unfold_all, ui.focus == Focus::Transcript);
        let accent = theme.accent(session.profile.as_str());
        let key = ui.keymap.hint(Intent::ToggleDetail);
        let (colours, titles) = (ui.config.ui.tool_colours, &ui.titles);
        let paper = message::Paper { accent, theme, key, colours, titles, now: hub_now };
        chat::prepare(pane, session, areas.chat, folding, paper);
    }
    let list = (!areas.list.is_empty()).then(|| list::side(ui, world, areas.list, (theme, home), hub_now));
    let (list, list_hits) = list.unzip();
    let look = look_beside(ui, mirror, theme, home, now);
    let ui = &*ui;
    let mut hits =
        vec![(areas.chat, Hit::Transcript), (areas.card, Hit::Card), (areas.composer, Hit::Composer)];
    let active = session.map(|session| &session.profile);
    let (tabs, tab_hits) = tabs::row(world, ui.active, areas.tabs, theme, now);
    let (strip, strip_hits) = strip::row(world, active, ui, areas.strip, theme, now);
    hits.extend(tab_hits.into_iter().filter(|_| areas.tabs.height > 0));
    hits.extend(strip_hits.into_iter().filter(|_| areas.strip.height > 0));
    let pane = ui.pane();
    hits.extend(pane.into_iter().flat_map(|pane| {
        let rows: usize = pane.visible.iter().map(|visible| visible.rows.len()).sum();
        linked::hits(pane, areas.chat, usize::from(areas.chat.height).saturating_sub(rows))
    }));
    let below = session.zip(ui.pane()).and_then(|(session, pane)| chat::below(pane, session));
    if below.is_some() && areas.chat.height > 0 {
        hits.push((
            Rect::new(areas.chat.right().saturating_sub(14), areas.chat.bottom() - 1, 14, 1),
            Hit::End,
        ));
    }
    let middle = (usize::from(areas.chat.width), usize::from(areas.chat.height));
    let empty =
        session.map(|s| empty::lines(s, world.profile(&s.profile), &ui.keymap, middle, theme, hub_now));
    let empty = empty.unwrap_or_else(|| hubless::page(ui, middle, theme, now));
    hits.extend(list_hits.into_iter().flatten());
    let under = ui.under.as_ref().map(|manage| managed(ui, manage, world, active, theme, now));
    let over = overlay(ui, (world, active), look, (theme, plain), now);
    let open = ui.completing.open.as_ref().filter(|_| over.is_none());
    let popup = open.and_then(|open| completion::over(open, &ui.keymap, &areas, theme));
    hits.extend(over.iter().map(|over| (over.area, Hit::Over)));
    let walk = ui.recent.walk().filter(|_| over.is_none());
    let popup = popup.or_else(|| recent::over(walk?, world, &areas, theme));
    hits.extend(over.iter().chain(&popup).flat_map(|over| over.hits.clone()));
    let mut composer = ui.pane().map(|pane| {
        let frame = if areas.bordered { 2 } else { 0 };
        let room = (ui.composer_width(), usize::from(areas.composer.height.saturating_sub(frame)));
        let focus = over.is_none().then_some(ui.focus);
        composer::boxed(session, pane, &ui.keymap, room, focus, (theme, now))
    });
    if let (Some(composer), Some((linked, over))) = (&mut composer, &ui.carried) {
        linked::drop_here(composer, linked, *over, ui.composer_width(), theme);
    }
    let (card, card_in_focus) = match card {
        Some((boxed, key)) => {
            let focused = ui.focus == Focus::Card && ui.layer.is_none() && ui.guard.focused() == Some(key);
            (Some(boxed), focused.then_some(key))
        }
        None => (None, None),
    };
    Screen {
        base: theme.base,
        panel: theme.panel,
        tabs,
        list,
        rule: theme.rule,
        chat: ui.pane().map(chat::rows).unwrap_or_default(),
        empty,
        below: below.map(|new| below_mark(new, theme)),
        activity,
        card,
        composer,
        status: remark(ui)
            .is_none()
            .then(|| hubless::status(ui, cells, theme, now))
            .flatten()
            .unwrap_or_else(|| status_line::line(session, remark(ui), home, cells, theme, hub_now)),
        strip,
        popup,
        under,
        over,
        title: title::text(world, session),
        hits,
        card_in_focus,
        changes: changes::next(ui, mirror, session, theme, now),
        areas,
    }
}

/// The session that is chosen in an open palette, where there is room for a look into it.
fn look_beside(
    ui: &mut UiState,
    mirror: &Mirror,
    theme: &Theme,
    home: &str,
    now: Tick,
) -> Vec<Line<'static>> {
    let Some(Layer::Palette(open)) = &mut ui.layer else { return Vec::new() };
    let (colours, titles, wall) = (ui.config.ui.tool_colours, &ui.titles, ui.wall);
    let (size, now) = (ui.size, mirror.hub_time(now));
    palette::prepare(open, palette::Light { mirror, size, theme, colours, titles, home, now, wall })
}

/// A choice of sessions, and nothing else.
fn palette_alone<'a>(
    ui: &UiState,
    world: &World,
    look: Vec<Line<'static>>,
    theme: &Theme,
    now: Tick,
) -> Screen<'a> {
    let over = overlay(ui, (world, None), look, (theme, theme), now);
    Screen {
        areas: Areas::default(),
        base: theme.base,
        panel: theme.panel,
        tabs: Line::default(),
        list: None,
        rule: theme.rule,
        chat: Vec::new(),
        empty: Vec::new(),
        below: None,
        activity: Vec::new(),
        card: None,
        composer: None,
        status: Line::default(),
        strip: Line::default(),
        under: None,
        hits: over.iter().flat_map(|over| over.hits.clone()).collect(),
        popup: None,
        over,
        title: "hermux".to_owned(),
        card_in_focus: None,
        changes: changes::leader_hint(ui).filter(|at| *at > now),
    }
}

/// The Manage view.
fn managed(
    ui: &UiState,
    manage: &Manage,
    world: &World,
    active: Option<&ProfileName>,
    theme: &Theme,
    now: Tick,
) -> Over {
    let view = manage::View { manage, known: &ui.known, world, active, keymap: &ui.keymap, theme, now };
    manage::boxed(&view, ui.size)
}

/// Divides the screen and fits the card and the lines above it into their parts of it.
fn lay_out(
    ui: &mut UiState,
    session: Option<&Session>,
    world: &World,
    theme: &Theme,
    now: Tick,
    hub_now: Tick,
) -> (Option<(Boxed, CardKey)>, Vec<Line<'static>>, Areas) {
    let width = ui.composer_width();
    let composer = ui.pane().map_or(1, |pane| pane.editor.rows(width).len());
    let bordered = areas::has_borders(ui.size);
    let inner = usize::from(ui.chat_cells()).saturating_sub(if bordered { 4 } else { 1 }).max(1);
    let shown = session.zip(ui.active.and_then(|id| ui.panes.get(&id))).and_then(|(session, pane)| {
        let prompt = card_prompt(session)?;
        let key = CardKey { session: session.id, prompt: prompt.id, digest: prompt.digest() };
        let card = card::Card {
            session,
            prompt,
            view: &pane.card,
            secret_chars: ui.secret.chars(),
            cells: inner,
            keymap: &ui.keymap,
            theme,
            now: hub_now,
            focused: ui.focus == Focus::Card && ui.guard.focused() == Some(key),
            open: ui.guard.opens().is_some_and(|open| open <= now),
        };
        let content = card.content();
        Some((key, card, content))
    });
    let rows = shown.as_ref().map_or(0, |(.., content)| content.payload.len() + content.tail.len());
    // Without a border the title and the keys take a row each.
    let rows = if bordered || rows == 0 { rows } else { rows + 2 };
    let beside = ui.list.takes(ui.size.0);
    let over = ui.shows_list() && beside == 0;
    let wants = areas::Wants { composer, activity: usize::MAX, card: rows, strip: true, beside, over };
    // Air between the transcript and what is below it, where there is room.
    let air = usize::from(ui.size.1 >= 20);
    let most = usize::from(areas::divide(ui.size, wants).activity.height).saturating_sub(air);
    let room = (usize::from(ui.chat_cells()), most);
    let whole = session.is_some_and(|session| ui.shows_todos_whole(session));
    let mut activity = session
        .map(|s| activity::lines(world, s, &ui.keymap, (room, whole), theme, hub_now))
        .unwrap_or_default();
    activity.splice(0..0, hubless::lines(ui, room.0, theme, now));
    activity.splice(0..0, std::iter::repeat_n(Line::default(), air));
    let areas = areas::divide(ui.size, areas::Wants { activity: activity.len(), ..wants });
    let Some((key, card, content)) = shown else { return (None, activity, areas) };
    let (boxed, whole, most) = card.boxed(content, usize::from(areas.card.height.saturating_sub(2)));
    if let Some(pane) = ui.active.and_then(|id| ui.panes.get_mut(&id)) {
        pane.card.scroll = pane.card.scroll.min(most);
        pane.card.read |= whole;
    }
    (Some((boxed, key)), activity, areas)
}

/// The prompt whose card is shown: the first that waits, else one that is over and not put away.
fn card_prompt(session: &Session) -> Option<&Prompt> {
    session.current_prompt().or_else(|| session.prompts.last())
}

fn remark(ui: &UiState) -> Option<&str> {
    ui.farewell.as_deref().or_else(|| ui.remark.as_ref().map(|(text, _)| text.as_str()))
}

fn below_mark(new: chat::Below, theme: &Theme) -> Line<'static> {
    match new {
        chat::Below::Nothing => Line::from(Span::styled(" ↓ end ", theme.dim)),
        chat::Below::More => Line::from(Span::styled(" new ↓ ", theme.needs)),
        chat::Below::Messages(count) => Line::from(Span::styled(format!(" {count} new ↓ "), theme.needs)),
    }
}

/// What lies over the panes. `plain`: the theme without the colours of profiles.
fn overlay(
    ui: &UiState,
    (world, active): (&World, Option<&ProfileName>),
    look: Vec<Line<'static>>,
    (theme, plain): (&Theme, &Theme),
    now: Tick,
) -> Option<Over> {
    if changes::leader_hint(ui).is_some_and(|at| at <= now) {
        return Some(layer::after_leader(&ui.keymap, ui.size, theme));
    }
    match ui.layer.as_ref()? {
        Layer::Manage(manage) => Some(managed(ui, manage, world, active, theme, now)),
        Layer::Swatch(open) => Some(swatch::boxed(open, &ui.keymap, ui.size, (theme, plain))),
        Layer::Form(open) => Some(form::boxed(open, world, &ui.keymap, ui.size, (theme, now))),
        layer => layer::over(layer, look, &ui.keymap, ui.size, (theme, now)),
    }
}
