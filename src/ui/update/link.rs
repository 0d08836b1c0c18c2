//! The connection to the hub, as a terminal lives through it: what is here stays while there is none, and goes on with the next hub.

use super::Step;
use crate::base::ids::{ProfileName, SessionId};
use crate::model::draft::Piece;
use crate::model::patch::Patch;
use crate::model::terminal::TerminalInfo;
use crate::proto::update::Update;
use crate::proto::{CONTRACT, Command, ToHub};
use crate::transport::link::HubLink;
use crate::ui::action::Action;
use crate::ui::mirror::Mirror;
use crate::ui::state::pane::Pane;
use crate::ui::state::{Ask, Start, UiState};

/// What an update means to what is on the screen already.
#[derive(Debug, Default)]
pub(super) struct Return {
    /// It was welcomed before.
    again: bool,
    /// Texts whose sessions the hub does not have any more, each with its profile.
    orphans: Vec<(ProfileName, Vec<Piece>)>,
}

impl Return {
    /// To be called before the mirror takes `update`.
    pub(super) fn before(ui: &UiState, mirror: &Mirror, update: &Update) -> Self {
        let welcome = matches!(update, Update::Welcome(_));
        let gone = |id: &SessionId| match update {
            Update::Welcome(welcome) => !welcome.snapshot.world.sessions.contains_key(id),
            Update::Lagged(snapshot) => !snapshot.world.sessions.contains_key(id),
            Update::Patches { list, .. } => list.contains(&Patch::SessionRemoved(*id)),
            _ => false,
        };
        // What this hub was told it gave up knowingly; another one may never have heard of it.
        let lost = |pane: &Pane| !pane.editor.is_empty() && (welcome || pane.is_unsaved());
        let orphans = ui
            .panes
            .iter()
            .filter(|(id, pane)| lost(pane) && gone(id))
            .filter_map(|(id, pane)| Some((mirror.session(*id)?.profile.clone(), pane.pieces())));
        Self { again: welcome && mirror.client().is_some(), orphans: orphans.collect() }
    }
}

impl Step<'_> {
    /// The connection changed. On a fresh one the terminal says who it is.
    pub(super) fn linked(&mut self, link: HubLink) {
        if link == HubLink::Up && self.ui.picks() {
            self.out.push(Action::tell(ToHub::Hello { contract: CONTRACT, terminal: None }));
        } else if link == HubLink::Up {
            let terminal = TerminalInfo { size: self.ui.size, ..self.ui.terminal.clone() };
            self.out.push(Action::tell(ToHub::Hello { contract: CONTRACT, terminal: Some(terminal) }));
        }
        if self.ui.picks() && !matches!(link, HubLink::Up | HubLink::Connecting) {
            self.decline();
        }
        if link != HubLink::Up {
            // What was remarked of the hub before is no longer so, and the way on stands in its place.
            self.ui.remark = None;
        }
        self.ui.online = false;
        self.ui.link = link;
        self.ui.linked = self.now;
    }

    /// The hub knows this terminal: what it shows goes on, or begins with what was shown `last`.
    pub(super) fn welcomed(&mut self, last: Option<SessionId>, back: &Return) {
        self.ui.online = true;
        self.ui.read_told = None;
        self.welcome_list(back.again);
        match self.ui.active {
            None => self.begin(last),
            Some(session) if self.mirror.session(session).is_some() => {
                self.command(Ask::Quiet, Command::Focus { session });
            }
            // Its place is found like that of any session that is gone.
            Some(_) => {}
        }
        let mirror = self.mirror;
        for (id, pane) in &mut self.ui.panes {
            // What became of a question meanwhile is not known.
            pane.card.open = false;
            // A hub that was killed may not have kept what it was told last.
            if mirror.session(*id).is_some_and(|session| session.draft.revision < pane.base()) {
                pane.mark_unsaved(self.now);
            }
        }
        if back.again {
            self.say("Connected to the hub again");
        }
    }

    /// Opens a new draft for every text that lost its session.
    pub(super) fn rescue(&mut self, back: Return) {
        for (profile, pieces) in back.orphans {
            let cwd = self.ui.cwd.clone();
            self.command(Ask::Carry(pieces), Command::NewSession { profile, cwd });
        }
    }

    /// The first screen: what was asked for on the command line, else what was shown last, else a fresh draft.
    pub(super) fn begin(&mut self, last: Option<SessionId>) {
        match self.ui.start.clone() {
            Start::Stored(profile, stored) => {
                self.command(Ask::Open, Command::OpenStored { profile, stored });
            }
            Start::Profile(profile) => self.fresh(profile),
            Start::Pick { .. } => self.begin_pick(),
            Start::Draft => match last.filter(|id| self.mirror.session(*id).is_some()) {
                Some(last) => self.visit(last),
                None => self.fresh(self.mirror.primary().clone()),
            },
        }
    }

    /// A text that lost its session has this one now.
    pub(super) fn carry(&mut self, session: SessionId, pieces: &[Piece]) {
        let Some(known) = self.mirror.session(session) else { return self.put_here(pieces) };
        let pane = self.ui.panes.entry(session).or_insert_with(|| Pane::new(&known.draft));
        pane.prepend(pieces, self.now);
        if self.ui.active.is_none() {
            self.show(session);
        }
    }

    /// Another try to reach the hub, if there is something to try.
    pub(super) fn reach_again(&mut self) -> bool {
        let waits =
            matches!(self.ui.link, HubLink::Lost { .. } | HubLink::Down { .. } | HubLink::WrongContract(_));
        if waits {
            self.out.push(Action::Again);
        }
        waits
    }
}
