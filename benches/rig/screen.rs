//! A terminal of 120×40 that attached to the hub: it gets what the hub sends to those who watch, and its bytes are counted.

use hermux::{
    base::{
        clock::Tick,
        ids::{ClientId, ProfileName, SessionId},
    },
    model::{
        patch::{BodyChange, Patch},
        world::World,
    },
    proto::{
        CONTRACT, ToHub, Update,
        update::{Snapshot, Welcome},
    },
    ui::{
        action::Action,
        canvas::Canvas,
        keymap::Keymap,
        mirror::Mirror,
        state::{Start, UiState},
        theme::Theme,
        update, view, widget,
    },
};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    rc::Rc,
};

/// Takes bytes and keeps their number.
struct Counter(Rc<Cell<u64>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) struct Screen {
    pub mirror: Mirror,
    pub ui: UiState,
    theme: Theme,
    canvas: Canvas<Counter>,
    bytes: Rc<Cell<u64>>,
    watched: BTreeSet<SessionId>,
    pending: Vec<Patch>,
    seq: u64,
}

impl Screen {
    pub(crate) fn new(start: Start) -> Self {
        let mut ui = UiState::new(Keymap::standard(), start, "/home/user/work".to_owned());
        ui.size = (120, 40);
        let bytes = Rc::default();
        let mut canvas = Canvas::new(Counter(Rc::clone(&bytes)), ui.size);
        canvas.set_synchronized(true);
        let (mirror, theme) = (Mirror::default(), Theme::ansi());
        Self { mirror, ui, theme, canvas, bytes, watched: BTreeSet::new(), pending: Vec::new(), seq: 0 }
    }

    pub(crate) fn welcome(client: ClientId, primary: ProfileName, world: &World, now: Tick) -> Update {
        let watched = BTreeMap::new();
        let snapshot = Snapshot { seq: 0, now, world: world.watched_by(&watched), watched };
        Update::Welcome(Box::new(Welcome { contract: CONTRACT, client, primary, last: None, snapshot }))
    }

    /// Takes what a step changed, as far as this terminal watches it.
    pub(crate) fn push(&mut self, patches: Vec<Patch>) {
        for patch in patches {
            match patch {
                Patch::Body { session, .. } if !self.watched.contains(&session) => {}
                Patch::SessionAdded(session) => {
                    self.pending.push(Patch::SessionAdded(Box::new(session.head())));
                }
                patch => self.pending.push(patch),
            }
        }
    }

    pub(crate) fn watch(&mut self, session: SessionId, world: &World) {
        let body = world.sessions.get(&session).and_then(|session| session.body.as_ref()).unwrap();
        let change = BodyChange::Set(Box::new(body.since(body.tail_start())));
        self.watched.insert(session);
        self.pending.push(Patch::Body { session, change });
    }

    /// What has come together, numbered.
    pub(crate) fn seal(&mut self) -> Option<Update> {
        if self.pending.is_empty() {
            return None;
        }
        self.seq += 1;
        Some(Update::Patches { seq: self.seq, list: std::mem::take(&mut self.pending) })
    }

    /// What the terminal says to an update.
    pub(crate) fn heard(&mut self, heard: Update, now: Tick) -> Vec<ToHub> {
        said(update::update(&mut self.ui, &mut self.mirror, heard, now))
    }

    /// One frame, whether it is due or not. `between` is called when the view is made and not yet painted. Returns the bytes
    /// that it wrote, and what the terminal says to what is shown.
    pub(crate) fn draw(&mut self, now: Tick, between: impl FnOnce()) -> (u64, Vec<ToHub>) {
        let before = self.bytes.get();
        let screen = view::screen(&mut self.ui, &self.mirror, &self.theme, "/home/user", now);
        between();
        self.canvas.draw(|buffer| widget::paint(&screen, buffer)).unwrap();
        let (hits, card) = (screen.hits, screen.card_in_focus);
        self.ui.hits = hits;
        let actions = update::drawn(&mut self.ui, &self.mirror, card, now);
        (self.bytes.get() - before, said(actions))
    }
}

fn said(actions: Vec<Action>) -> Vec<ToHub> {
    let said = actions.into_iter().filter_map(|action| match action {
        Action::Tell(said) => Some(said.0),
        _ => None,
    });
    said.collect()
}
