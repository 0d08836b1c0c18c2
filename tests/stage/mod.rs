//! A terminal without a terminal: keys and updates go in, commands and pictures come out, time is a number.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of this")]
#![expect(clippy::expect_used, clippy::panic, reason = "test support says what is wrong by failing the test")]

pub mod worlds;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{AskId, ClientId, ProfileName, SessionId};
use hermux::model::patch::Patch;
use hermux::model::world::World;
use hermux::proto::update::{Snapshot, Welcome};
use hermux::proto::{Answer, CONTRACT, Command, ToHub, Update};
use hermux::transport::link::HubLink;
use hermux::ui::action::Action;
use hermux::ui::events::{Input, Mouse, MouseDeed};
use hermux::ui::keymap::{Key, Keymap};
use hermux::ui::mirror::Mirror;
use hermux::ui::state::{Hit, Start, UiState};
use hermux::ui::theme::Theme;
use hermux::ui::view::Areas;
use hermux::ui::{update, view, widget};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The standard keys, read once.
static KEYS: LazyLock<Keymap> = LazyLock::new(Keymap::standard);
/// The hub's clock is this much ahead of the terminal's.
const AHEAD: u64 = 100_000;

pub struct Stage {
    pub ui: UiState,
    pub mirror: Mirror,
    pub theme: Theme,
    /// This terminal's time.
    pub now: u64,
    /// Everything that had to be done outside, in order.
    pub done: Vec<Action>,
    pub cursor: Option<Position>,
    /// Where everything stood in the last frame, and the terminal's title.
    pub areas: Areas,
    pub title: String,
    seq: u64,
}

impl Stage {
    /// A terminal of `size` that was welcomed into `world` and shows `session`.
    pub fn showing(world: World, session: u64, size: (u16, u16)) -> Self {
        let mut stage = Self::alone(Start::Draft, size);
        stage.welcome(world, None);
        stage.answer_last(Answer::Opened(SessionId(session)));
        stage.done.clear();
        stage
    }

    /// A terminal of `size` that has heard of no hub yet.
    pub fn alone(start: Start, size: (u16, u16)) -> Self {
        let mut ui = UiState::new(KEYS.clone(), start, "/home/me/code".into());
        ui.size = size;
        ui.wall = WallMs(1_800_000_000_000);
        Self {
            ui,
            mirror: Mirror::default(),
            theme: Theme::ansi(),
            now: 10_000,
            done: Vec::new(),
            cursor: None,
            areas: Areas::default(),
            title: String::new(),
            seq: 0,
        }
    }

    /// A hub of `world` says hello, for the first time or again.
    pub fn welcome(&mut self, world: World, last: Option<u64>) {
        self.seq = 0;
        let snapshot = Snapshot { seq: 0, now: Tick(self.now + AHEAD), watched: BTreeMap::new(), world };
        self.hear(Update::Welcome(Box::new(Welcome {
            contract: CONTRACT,
            client: ClientId(1),
            primary: ProfileName::default_profile(),
            last: last.map(SessionId),
            snapshot,
        })));
    }

    /// The connection to the hub changed.
    pub fn link(&mut self, link: HubLink) {
        let actions = update::linked(&mut self.ui, &self.mirror, link, Tick(self.now));
        self.done.extend(actions);
    }

    pub fn hear(&mut self, update: Update) {
        let actions = update::update(&mut self.ui, &mut self.mirror, update, Tick(self.now));
        self.done.extend(actions);
    }

    pub fn patch(&mut self, list: Vec<Patch>) {
        self.seq += 1;
        self.hear(Update::Patches { seq: self.seq, list });
    }

    /// Answers the last command.
    pub fn answer_last(&mut self, answer: Answer) {
        let ask = self.asked().last().map(|(ask, _)| *ask).expect("a command was given");
        self.hear(Update::Answer { ask, answer });
    }

    pub fn asked(&self) -> Vec<(AskId, Command)> {
        let said = self.done.iter().filter_map(|action| match action {
            Action::Tell(said) => match &said.0 {
                ToHub::Command { ask, command } => Some((*ask, command.clone())),
                _ => None,
            },
            _ => None,
        });
        said.collect()
    }

    /// The commands since the last look.
    pub fn commands(&mut self) -> Vec<Command> {
        let commands = self.asked().into_iter().map(|(_, command)| command).collect();
        self.done.clear();
        commands
    }

    /// Presses keys, named as in the key table, 20 ms apart; a frame is drawn after each.
    pub fn keys(&mut self, keys: &str) {
        for name in keys.split_whitespace() {
            let key = Key::parse(name).unwrap_or_else(|| panic!("{name} is no key"));
            self.press(key);
            self.wait(20);
        }
    }

    pub fn press(&mut self, key: Key) {
        self.input(Input::Key(key));
        self.draw();
    }

    pub fn input(&mut self, input: Input) {
        let actions = update::input(&mut self.ui, &self.mirror, input, Tick(self.now));
        self.done.extend(actions);
    }

    /// The mouse does something at a cell; a frame is drawn after.
    pub fn mouse(&mut self, deed: MouseDeed, column: u16, row: u16) {
        self.input(Input::Mouse(Mouse { deed, column, row }));
        self.draw();
    }

    /// Presses and lets go where `hit` is.
    pub fn click(&mut self, hit: &Hit) {
        let (column, row) = self.place_of(hit);
        self.mouse(MouseDeed::Press, column, row);
        self.mouse(MouseDeed::Release, column, row);
    }

    /// The first cell of `hit`.
    pub fn place_of(&mut self, hit: &Hit) -> (u16, u16) {
        self.draw();
        let (area, _) =
            self.ui.hits.iter().rev().find(|(_, known)| known == hit).expect("it is on the screen");
        (area.x, area.y)
    }

    /// Types text, a key each.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(Key::char(c));
            self.wait(20);
        }
    }

    /// Time goes on; what is due then happens.
    pub fn wait(&mut self, ms: u64) {
        self.now += ms;
        let actions = update::tick(&mut self.ui, &self.mirror, Tick(self.now));
        self.done.extend(actions);
    }

    /// Draws a frame: the screen as text.
    pub fn draw(&mut self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let mut out = String::new();
        for y in area.top()..area.bottom() {
            let mut row = String::new();
            let mut skip = 0;
            for x in area.left()..area.right() {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = hermux::base::text::width::of(symbol).saturating_sub(1);
                row.push_str(symbol);
            }
            out.push_str(row.trim_end());
            out.push('\n');
        }
        out
    }

    pub fn buffer(&mut self) -> Buffer {
        let (width, height) = self.ui.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let screen = view::screen(&mut self.ui, &self.mirror, &self.theme, "/home/me", Tick(self.now));
        self.cursor = widget::paint(&screen, &mut buffer);
        let (hits, card) = (screen.hits, screen.card_in_focus);
        (self.areas, self.title) = (screen.areas, screen.title);
        self.ui.hits = hits;
        let actions = update::drawn(&mut self.ui, &self.mirror, card, Tick(self.now));
        self.done.extend(actions);
        buffer
    }

    /// What stands in the composer.
    pub fn composed(&self) -> String {
        self.ui.pane().map(|pane| pane.editor.text()).unwrap_or_default()
    }
}
