//! When the same data gives another screen: what turns, what counts, what is due.

use super::{card_prompt, hubless, list, motion};
use crate::base::clock::Tick;
use crate::model::profile::BackendState;
use crate::model::session::Session;
use crate::model::status;
use crate::model::tool::Subagent;
use crate::ui::mirror::Mirror;
use crate::ui::state::UiState;
use crate::ui::state::layer::Layer;
use crate::ui::state::setup::Setup;
use crate::ui::theme::Theme;

/// When the leader shows what may follow (KEY-03).
pub(super) fn leader_hint(ui: &UiState) -> Option<Tick> {
    ui.leader.map(|since| since.plus(ui.config.keys.leader_hint_ms.0))
}

/// The next moment at which the same data gives another screen.
pub(super) fn next(
    ui: &UiState,
    mirror: &Mirror,
    session: Option<&Session>,
    theme: &Theme,
    now: Tick,
) -> Option<Tick> {
    let world = mirror.world();
    let searches = matches!(&ui.layer, Some(Layer::Palette(open))
        if open.search.asked.is_some() || open.setup.as_ref().is_some_and(Setup::waits));
    let spins = searches
        || session.is_some_and(|session| status::of(session) == status::Status::Working)
        || world.profiles.iter().any(|profile| matches!(profile.backend, BackendState::Waking { .. }))
        || session.is_some_and(|session| session.subagents.iter().any(Subagent::is_working))
        || matches!(&ui.layer, Some(Layer::Form(form)) if form.busy.is_some());
    let counts = session.is_some_and(|session| {
        session.turn.is_busy() || card_prompt(session).is_some_and(|p| p.is_waiting() && p.deadline.is_some())
    }) || list::counts(ui, world)
        || world.profiles.iter().any(|profile| matches!(profile.backend, BackendState::Retrying { .. }));
    // On the hub's clock, so that the seconds turn when they are over.
    let on_step = |step: u64| mirror.own_time(Tick((mirror.hub_time(now).0 / step + 1) * step));
    let spin = spins.then(|| motion::turns(theme, now)).flatten();
    let count = counts.then(|| on_step(1_000));
    let leader = leader_hint(ui).filter(|at| *at > now);
    let guard = ui.guard.opens().filter(|at| *at > now);
    let other =
        ui.pane().and_then(|pane| pane.other.as_ref()).map(|(_, until)| *until).filter(|at| *at > now);
    [spin, count, leader, guard, other, hubless::changes(ui, now)].into_iter().flatten().min()
}
