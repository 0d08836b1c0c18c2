//! What belongs to this screen alone: focus, scroll, layers, the text being written. Nothing here is known to the hub.
//!
//! Pure data with small methods; `update` decides, `view` projects.

mod ask;
pub mod completion;
pub mod confirm;
pub mod editor;
pub mod form;
pub mod gesture;
pub mod guard;
mod hit;
pub mod layer;
pub mod lines;
pub mod list;
pub mod manage;
pub mod palette;
pub mod pane;
pub mod picker;
pub mod rank;
pub mod recent;
pub mod secret_field;
pub mod setup;
pub mod strip;
pub mod swatch;
pub mod titles;

use std::collections::{BTreeMap, HashMap, VecDeque};

use ratatui::layout::Rect;

use crate::base::clock::{Tick, WallMs};
use crate::base::ids::{AskId, ClientId, ProfileName, SecretHandle, SendRef, SessionId, StoredId};
use crate::config::settings::Config;
use crate::model::session::Session;
use crate::model::settings::Choice;
use crate::model::slash::SlashCommand;
use crate::model::status::Status;
use crate::model::terminal::{Multiplexer, TerminalInfo};
use crate::proto::Command;
use crate::transport::link::HubLink;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;

pub use ask::{Ask, Errand, Text};
use completion::Completing;
use editor::Linked;
use gesture::Gesture;
use guard::Guard;
pub use hit::Hit;
use layer::Layer;
use manage::{Manage, ManageOf};
use pane::Pane;
use picker::Place;
use recent::Recent;
use secret_field::SecretField;
use setup::Scope;
use strip::Strip;
use titles::Titles;

/// Which part of the pane keys go to, when no layer is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Focus {
    #[default]
    Composer,
    Card,
    Transcript,
    /// The list of sessions.
    List,
    /// The strip of profiles.
    Strip,
}

/// What to show first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// What was shown last on this hub; on a new one a fresh draft of its first profile.
    Draft,
    /// A fresh draft of this profile.
    Profile(ProfileName),
    /// A stored session.
    Stored(ProfileName, StoredId),
    /// No session: a choice of them, for this terminal, else for the one in this pane, else for the one that was used last.
    Pick { terminal: Option<ClientId>, pane: Option<Multiplexer> },
}

/// A terminal's own state.
#[derive(Debug)]
pub struct UiState {
    pub keymap: Keymap,
    /// What is set; read where it is needed.
    pub config: Config,
    pub start: Start,
    /// The command that comes back to this hub; `None`: it ends with this terminal.
    pub back: Option<String>,
    /// The person ended the hub from here.
    pub stopping: bool,
    /// The directory that new sessions work in.
    pub cwd: String,
    pub size: (u16, u16),
    /// What the hub is told of this terminal, but for its size.
    pub terminal: TerminalInfo,
    pub focus: Focus,
    pub active: Option<SessionId>,
    pub previous: Option<SessionId>,
    pub panes: HashMap<SessionId, Pane>,
    /// Sessions whose transcripts are followed, most recent last.
    pub watched: VecDeque<SessionId>,
    pub layer: Option<Layer>,
    /// The Manage view that something else stands over.
    pub under: Option<Manage>,
    pub strip: Strip,
    /// What the hub said of profiles.
    pub known: ManageOf,
    pub guard: Guard,
    pub secret: SecretField,
    pub list: list::List,
    /// When the leader was pressed.
    pub leader: Option<Tick>,
    /// The names of all themes, the built-in ones first.
    pub themes: Vec<String>,
    /// Every message is unfolded.
    pub unfold_all: bool,
    /// Todo lists are shown whole, or as one line; `None`: nobody said.
    pub todos_whole: Option<bool>,
    /// The mouse is ours: as set, until the person takes it back.
    pub mouse: bool,
    /// What the terminal said of its own focus, if it ever did.
    pub terminal_focus: Option<bool>,
    /// A short remark in the status line, and until when.
    pub remark: Option<(String, Tick)>,
    pub asks: HashMap<AskId, Ask>,
    /// Sends that the hub has not answered: they are handed over again to the next one.
    pub sends: BTreeMap<AskId, Command>,
    /// The reference of the last send. It begins at random, so that no two terminals meet in one.
    pub references: u64,
    /// The search that the hub does for this terminal.
    pub searching: Option<AskId>,
    /// The place in a session that is gone to, while it is not here yet.
    pub aim: Option<(SessionId, Place)>,
    /// How often actions were taken from the palette.
    pub used: HashMap<Intent, u32>,
    /// What can be set, as it was told last.
    pub choices: BTreeMap<Scope, Vec<Choice>>,
    /// Sessions that needed the person when last looked: a new one rings.
    pub needing: Vec<SessionId>,
    /// Sessions whose backend was asked to wake for what is being written.
    pub warmed: Vec<SessionId>,
    /// The wall time when the loop last woke, for ages of stored rows.
    pub wall: WallMs,
    /// How this terminal stands to its hub, and since when.
    pub link: HubLink,
    pub linked: Tick,
    /// The hub welcomed this terminal, and the connection stands.
    pub online: bool,
    /// Where no session is shown yet: what is written meanwhile.
    pub early: Pane,
    /// The hub said farewell; drawing goes on until the loop ends.
    pub farewell: Option<String>,
    /// The session of each profile that was shown last here.
    pub last_of: BTreeMap<ProfileName, SessionId>,
    /// A session that was opened and is not in the mirror yet.
    pub awaited: Option<SessionId>,
    /// The tabs as they were, to find a neighbour of one that is gone.
    pub tabs_before: Vec<SessionId>,
    /// The profile that was shown last.
    pub profile_before: Option<ProfileName>,
    /// The session that the hub was told is read.
    pub read_told: Option<SessionId>,
    /// Where the walk through waiting sessions stands.
    pub walk: Option<(Status, Tick, SessionId)>,
    /// What the left button does.
    pub gesture: Gesture<Hit>,
    /// What was shown here, in order.
    pub recent: Recent,
    /// Where the person wants new sessions of a profile to work, beside [`Self::cwd`].
    pub directories: BTreeMap<ProfileName, String>,
    /// A session that the mouse carries, and whether it is over the composer.
    pub carried: Option<(Linked, bool)>,
    /// What the word before the caret may become.
    pub completing: Completing,
    /// What the sessions are called that messages link to.
    pub titles: Titles,
    /// The slash commands of each profile whose backend told them.
    pub slash: BTreeMap<ProfileName, Vec<SlashCommand>>,
    /// What is where on the screen, for the mouse; the topmost last.
    pub hits: Vec<(Rect, Hit)>,
    next_ask: u64,
    next_secret: u64,
}

/// How many transcripts a terminal follows at once; the least recently shown is let go.
pub const WATCHED: usize = 8;
/// How long a remark stays, in milliseconds.
pub const REMARK_MS: u64 = 4_000;

/// Milliseconds without a hub that are not worth a word: most connections take less.
pub const PATIENCE: u64 = 200;

/// Rows of a tall screen.
const TALL: u16 = 30;

impl UiState {
    /// A terminal that shows `start` first and works in `cwd`.
    pub fn new(keymap: Keymap, start: Start, cwd: String) -> Self {
        Self {
            keymap,
            config: Config::default(),
            start,
            back: None,
            stopping: false,
            cwd,
            size: (80, 24),
            terminal: TerminalInfo::default(),
            focus: Focus::Composer,
            active: None,
            previous: None,
            panes: HashMap::new(),
            watched: VecDeque::new(),
            layer: None,
            under: None,
            strip: Strip::default(),
            known: ManageOf::new(),
            guard: Guard::default(),
            secret: SecretField::default(),
            list: list::List::default(),
            leader: None,
            themes: Vec::new(),
            unfold_all: false,
            todos_whole: None,
            mouse: Config::default().ui.mouse,
            terminal_focus: None,
            remark: None,
            asks: HashMap::new(),
            sends: BTreeMap::new(),
            references: 0,
            searching: None,
            aim: None,
            used: HashMap::new(),
            choices: BTreeMap::new(),
            needing: Vec::new(),
            warmed: Vec::new(),
            wall: WallMs(0),
            link: HubLink::Connecting,
            linked: Tick::default(),
            online: false,
            early: Pane::default(),
            farewell: None,
            last_of: BTreeMap::new(),
            awaited: None,
            tabs_before: Vec::new(),
            profile_before: None,
            read_told: None,
            walk: None,
            gesture: Gesture::default(),
            recent: Recent::default(),
            directories: BTreeMap::new(),
            carried: None,
            completing: Completing::default(),
            titles: Titles::default(),
            slash: BTreeMap::new(),
            hits: Vec::new(),
            next_ask: 0,
            next_secret: 0,
        }
    }

    /// Whether the todo list of `session` is shown whole, as far as there is room: unasked while it is worked on, where the
    /// screen is tall.
    pub fn shows_todos_whole(&self, session: &Session) -> bool {
        self.todos_whole.unwrap_or(session.turn.is_busy() && self.size.1 >= TALL)
    }

    /// Whether the list of sessions is on the screen: without room beside the chat only while it has the keys.
    pub fn shows_list(&self) -> bool {
        self.list.prefs.open && (list::List::stands_beside(self.size.0) || self.focus == Focus::List)
    }

    /// Cells of the screen that the chat has.
    pub fn chat_cells(&self) -> u16 {
        self.size.0.saturating_sub(self.list.takes(self.size.0))
    }

    /// Whether this is a choice of sessions and shows none.
    pub fn picks(&self) -> bool {
        matches!(self.start, Start::Pick { .. })
    }

    /// Whether the hub is missed by now.
    pub fn wants_hub(&self, now: Tick) -> bool {
        !self.online && self.linked.plus(PATIENCE) <= now
    }

    /// The pane that is shown; without a session the one that holds what is written meanwhile.
    pub fn pane(&self) -> Option<&Pane> {
        match self.active {
            Some(id) => self.panes.get(&id),
            None => Some(&self.early),
        }
    }

    /// The pane that is shown, to change it.
    pub fn pane_mut(&mut self) -> Option<&mut Pane> {
        match self.active {
            Some(id) => self.panes.get_mut(&id),
            None => Some(&mut self.early),
        }
    }

    /// Says something for a few seconds.
    pub fn say(&mut self, text: impl Into<String>, now: Tick) {
        self.remark = Some((text.into(), now.plus(REMARK_MS)));
    }

    /// A new number for a command, remembering what its answer is for.
    pub fn ask(&mut self, ask: Ask) -> AskId {
        self.next_ask += 1;
        let id = AskId(self.next_ask);
        self.asks.insert(id, ask);
        id
    }

    /// A new reference for a send.
    pub fn reference(&mut self) -> SendRef {
        self.references = self.references.wrapping_add(1);
        SendRef(self.references)
    }

    /// A new number for a secret; terminals do not meet in it.
    pub fn secret_handle(&mut self, client: Option<ClientId>) -> SecretHandle {
        self.next_secret += 1;
        SecretHandle(client.map_or(0, |client| client.0) << 32 | self.next_secret)
    }
}
