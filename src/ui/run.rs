//! The terminal's loop: wake, drain, decide, draw what is due, wait. Idle means no wake at all.
//!
//! It owns the clock and the effects; everything decided is decided in `update`, everything shown in `view`. After every
//! wake it asks whether a frame is due, outside the `select!`, so that a flood of one kind cannot starve drawing.

mod away;

use std::{fs::File, io, path::PathBuf, sync::Arc};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::action::{Action, Next};
use super::attention::{Attention, Title};
use super::canvas::Canvas;
use super::clipboard::{self, Copied};
use super::ends::Ends;
use super::events::source::{self, Gate, Read};
use super::events::{Decoder, Input, Reply};
pub use super::exit::{Exit, Why};
use super::frame::FrameClock;
use super::keymap::collide::Around;
use super::look::{self, Look};
use super::state::{Start, UiState};
use super::term::{self, Entered, Term, TermError};
use super::theme::depth::Env;
use super::watch::{self, Reread};
use super::{mirror::Mirror, outbox::Outbox, setup::Ready, update, view, widget};
use crate::base::clock::{Clock, Tick};
use crate::config::source::Source;
use crate::model::terminal::Multiplexer;
use away::Back;

use crate::transport::{
    link::FromHub,
    port::{Frame, HubLine},
};

/// What a terminal is started with.
#[derive(Debug)]
pub struct Setup {
    pub ready: Ready,
    /// What `ready` was read from.
    pub source: Source,
    pub start: Start,
    /// The directory that new sessions work in.
    pub cwd: String,
    /// The person's home directory, shown as `~`; empty when unknown.
    pub home: String,
    /// What the environment says of the terminal and its colours.
    pub colours: Env,
    /// What this terminal is inside of.
    pub around: Vec<Around>,
    /// The pane of tmux that it lies in.
    pub multiplexer: Option<Multiplexer>,
    /// The command that comes back to the hub, which goes on when this terminal has left; `None`: the hub ends with it.
    pub back: Option<String>,
    /// The person's editor, as `VISUAL` or `EDITOR` has it.
    pub editor: Option<String>,
    /// A private directory for what is edited in it.
    pub runtime: PathBuf,
    pub clock: Clock,
}

/// The signal of `Ctrl-C` where the terminal is not raw.
const SIGINT: i32 = 2;
/// Updates taken in one go before a frame is considered.
const BATCH: usize = 256;

/// Runs the terminal until it is left. The screen is as it was before, whatever happens.
pub async fn run(setup: Setup, line: HubLine, stop: CancellationToken) -> Result<Exit, TermError> {
    let term = Term::open()?;
    let entered = term.enter()?;
    term.watch_hangup()?;
    let (reads, gate) = source::spawn(term.handle()?, setup.clock)?;
    let mut canvas = Canvas::new(File::from(term.handle()?), term.size());
    canvas.set_scrolls(term::scrolls(setup.colours.term.as_deref()));
    let mut looping = Loop::new(setup, line, canvas, term, entered, gate);
    let why = looping.run(reads, stop).await;
    let left = update::left_behind(&looping.ui, looping.mirror.world());
    drop(looping.entered.take());
    Ok(Exit { why: why?, left })
}

struct Loop {
    setup: Setup,
    from_hub: mpsc::Receiver<FromHub>,
    canvas: Canvas<File>,
    ui: UiState,
    mirror: Mirror,
    look: Look,
    decoder: Decoder,
    frames: FrameClock,
    outbox: Outbox,
    /// Tells the one who keeps the connection to try again now.
    again: Arc<Notify>,
    copied: (mpsc::Sender<Copied>, mpsc::Receiver<Copied>),
    /// A text that the person changed in an editor of their own.
    edited: (mpsc::Sender<Back>, mpsc::Receiver<Back>),
    attention: Attention,
    over: Option<Why>,
    term: Term,
    /// `None` while the terminal is the editor's.
    entered: Option<Entered>,
    gate: Gate,
    /// The terminal speaks the extended keyboard protocol.
    kitty: bool,
}

/// What woke the loop.
enum Wake {
    Read(Option<Read>),
    Hub(Option<FromHub>),
    Resized,
    Signal(i32),
    Reread(Reread),
    Copied(Option<Copied>),
    Edited(Option<Back>),
    Room,
    Time,
    Stop,
}

impl Loop {
    fn new(
        setup: Setup,
        line: HubLine,
        canvas: Canvas<File>,
        term: Term,
        entered: Entered,
        gate: Gate,
    ) -> Self {
        let Ready { read, keymap, theme: choice } = setup.ready.clone();
        let mut ui = UiState::new(keymap, setup.start.clone(), setup.cwd.clone());
        update::offer_preset(&mut ui, &setup.around, &read.origin("keys.preset"), setup.clock.now());
        ui.config = read.config;
        ui.size = term.size();
        ui.back.clone_from(&setup.back);
        ui.references = crate::base::sys::files::random_u64().unwrap_or(setup.clock.now().0);
        ui.terminal = term.info(setup.multiplexer.clone());
        ui.mouse = ui.config.ui.mouse;
        let mut decoder = Decoder::default();
        decoder.escape_ms = ui.config.keys.escape_ms.0;
        ui.themes = look::names(&setup.source);
        let look = Look::new(choice, setup.colours.clone(), &ui.config.ui);
        Self {
            look,
            from_hub: line.from_hub,
            canvas,
            ui,
            mirror: Mirror::default(),
            decoder,
            frames: FrameClock::default(),
            outbox: Outbox::new(line.to_hub),
            again: line.again,
            // One copy at a time is a person's pace; a second one waits for the first.
            copied: mpsc::channel(4),
            // There is one terminal to edit in.
            edited: mpsc::channel(1),
            attention: Attention::default(),
            over: None,
            term,
            entered: Some(entered),
            gate,
            kitty: false,
            setup,
        }
    }

    async fn run(&mut self, reads: mpsc::Receiver<Read>, stop: CancellationToken) -> Result<Why, TermError> {
        let clock = self.setup.clock;
        let mut reads = reads;
        let mut resized = signal(SignalKind::window_change())?;
        let mut ends = Ends::new()?;
        let asks = self.look.ask(&self.ui.config.ui, clock.now());
        self.canvas.write(&term::entering(self.ui.mouse, asks))?;
        self.decoder.expect_answers(asks, clock.now());
        self.frames.now(clock.now());
        // Nothing that can wait comes before the first frame.
        self.frame(clock.now())?;
        let mut rereads = watch::spawn(self.setup.source.clone(), self.setup.ready.read.text.take());
        loop {
            self.frame(clock.now())?;
            if let Some(why) = self.over.take() {
                return Ok(why);
            }
            let due = self.due();
            let wake = tokio::select! {
                read = reads.recv() => Wake::Read(read),
                said = self.from_hub.recv() => Wake::Hub(said),
                copied = self.copied.1.recv() => Wake::Copied(copied),
                back = self.edited.1.recv() => Wake::Edited(back),
                Some(()) = resized.recv() => Wake::Resized,
                number = ends.recv() => Wake::Signal(number),
                Some(reread) = rereads.recv() => Wake::Reread(reread),
                () = self.outbox.room(), if !self.outbox.is_empty() => Wake::Room,
                () = wait(clock, due) => Wake::Time,
                () = stop.cancelled() => Wake::Stop,
            };
            self.ui.wall = Clock::wall();
            self.woken(wake, &mut reads, clock)?;
            self.outbox.flush();
        }
    }

    fn woken(&mut self, wake: Wake, reads: &mut mpsc::Receiver<Read>, clock: Clock) -> Result<(), TermError> {
        match wake {
            Wake::Read(read) => {
                self.read(read)?;
                while let Ok(read) = reads.try_recv() {
                    self.read(Some(read))?;
                }
            }
            Wake::Hub(said) => {
                self.heard(said, clock.now())?;
                for _ in 0..BATCH {
                    match self.from_hub.try_recv() {
                        Ok(said) => self.heard(Some(said), clock.now())?,
                        Err(_) => break,
                    }
                }
            }
            Wake::Copied(copied) => {
                if let Some(Copied { bytes, says }) = copied {
                    self.canvas.write(&bytes)?;
                    self.ui.say(says, clock.now());
                    self.frames.now(clock.now());
                }
            }
            Wake::Edited(back) => self.back(back, clock.now())?,
            Wake::Resized => {
                self.ui.size = self.term.size();
                self.canvas.reset(self.ui.size);
                self.frames.soon(clock.now());
            }
            Wake::Reread(reread) => self.configured(reread, clock.now())?,
            // In an editor it is the editor's.
            Wake::Signal(SIGINT) if self.is_away() => {}
            Wake::Signal(number) => self.over = Some(Why::Signal(number)),
            Wake::Room => {}
            Wake::Stop => self.over = Some(Why::Left),
            Wake::Time => {
                let now = clock.now();
                let mut inputs = Vec::new();
                self.decoder.expire(now, &mut inputs);
                self.inputs(inputs, now)?;
                if update::due(&self.ui, &self.mirror).is_some_and(|due| due <= now) {
                    let actions = update::tick(&mut self.ui, &self.mirror, now);
                    self.act(actions, now)?;
                    self.frames.soon(now);
                }
            }
        }
        Ok(())
    }

    /// The next moment at which something is to be done though nothing happens.
    fn due(&self) -> Option<Tick> {
        [self.frames.due(), self.decoder.deadline(), update::due(&self.ui, &self.mirror)]
            .into_iter()
            .flatten()
            .min()
    }

    fn read(&mut self, read: Option<Read>) -> io::Result<()> {
        match read {
            Some(Read::Bytes(at, bytes)) => {
                let mut inputs = Vec::new();
                self.decoder.feed(&bytes, at, &mut inputs);
                self.inputs(inputs, at)
            }
            Some(Read::Gone) | None => {
                self.over = Some(Why::TerminalGone);
                Ok(())
            }
        }
    }

    fn inputs(&mut self, inputs: Vec<Input>, at: Tick) -> io::Result<()> {
        for input in inputs {
            match input {
                Input::Reply(Reply::SynchronizedOutput(can)) => self.canvas.set_synchronized(can),
                Input::Reply(Reply::Background(rgb)) => {
                    self.look.answer(rgb, at);
                    self.look.refresh(&mut self.ui);
                }
                Input::Reply(Reply::KittyKeyboard) => {
                    self.kitty = true;
                    self.canvas.write(term::extend_keyboard())?;
                }
                _ => {}
            }
            let actions = update::input(&mut self.ui, &self.mirror, input, at);
            self.act(actions, at)?;
            self.frames.now(at);
        }
        Ok(())
    }

    fn heard(&mut self, said: Option<FromHub>, now: Tick) -> io::Result<()> {
        let Some(said) = said else {
            let words =
                self.ui.farewell.take().unwrap_or_else(|| "The hub of hermux ended unexpectedly.".into());
            let why = if self.ui.stopping { Why::Left } else { Why::HubGone(words) };
            self.over.get_or_insert(why);
            return Ok(());
        };
        let nowhere = self.ui.active.is_none();
        let actions = match said {
            FromHub::Update(update) => update::update(&mut self.ui, &mut self.mirror, update, now),
            FromHub::Link(link) => update::linked(&mut self.ui, &self.mirror, link, now),
        };
        self.act(actions, now)?;
        if nowhere && self.ui.active.is_some() {
            // The first place to write into: somebody waits for it, and the empty frame at the start was just drawn.
            self.frames.now(now);
        } else {
            self.frames.soon(now);
        }
        Ok(())
    }

    fn act(&mut self, actions: Vec<Action>, now: Tick) -> io::Result<()> {
        for action in actions {
            match action {
                Action::Tell(said) => self.outbox.tell(Frame::Message(Box::new(said.0))),
                Action::Hand { handle, secret } => self.outbox.tell(Frame::Secret { handle, secret }),
                Action::Copy(text) => {
                    let (done, tmux) = (self.copied.0.clone(), self.setup.around.contains(&Around::Tmux));
                    tokio::spawn(async move {
                        let copied = clipboard::copy(text, tmux).await;
                        // Nobody to tell when the loop is over.
                        let _ = done.send(copied).await;
                    });
                }
                Action::Editor { text, of } => self.edit(text, of)?,
                Action::Bell if !self.is_away() && self.attention.ring(now) => self.canvas.write(b"\x07")?,
                Action::Bell => {}
                Action::Reread => self.configured(watch::reread(&self.setup.source), now)?,
                Action::Mouse(on) => self.canvas.write(term::mouse(on))?,
                Action::Theme(name) => self.look.wear(&self.setup.source, name, &mut self.ui, now),
                Action::Again => self.again.notify_one(),
                Action::Redraw => self.canvas.reset(self.ui.size),
                Action::Leave(Next::Nothing) => self.over = Some(Why::Left),
                Action::Leave(Next::Declined) => self.over = Some(Why::Declined),
                Action::Leave(Next::Demo) => self.over = Some(Why::Demo),
            }
        }
        Ok(())
    }

    /// The config file was read again.
    fn configured(&mut self, reread: Reread, now: Tick) -> io::Result<()> {
        if let Ok(ready) = &reread {
            self.look.choice = ready.theme.clone();
            self.ui.themes = look::names(&self.setup.source);
        }
        let actions = update::configured(&mut self.ui, &self.mirror, reread, now);
        self.look.refresh(&mut self.ui);
        self.decoder.escape_ms = self.ui.config.keys.escape_ms.0;
        self.frames.now(now);
        self.act(actions, now)
    }

    /// Draws, if a frame is due.
    fn frame(&mut self, now: Tick) -> io::Result<()> {
        if self.is_away() || !self.frames.take(now) {
            return Ok(());
        }
        let screen = view::screen(&mut self.ui, &self.mirror, &self.look.theme, &self.setup.home, now);
        self.canvas.draw(|buffer| widget::paint(&screen, buffer))?;
        let (title, hits, card, changes) = (screen.title, screen.hits, screen.card_in_focus, screen.changes);
        self.ui.hits = hits;
        // The time after the bytes are out: a card counts as seen from then on.
        let drawn = self.setup.clock.now();
        let actions = update::drawn(&mut self.ui, &self.mirror, card, drawn);
        self.act(actions, drawn)?;
        for at in changes.into_iter().chain(self.ui.guard.opens().filter(|at| *at > drawn)) {
            self.frames.at(at);
        }
        self.show_title(title, now)
    }

    fn show_title(&mut self, title: String, now: Tick) -> io::Result<()> {
        match self.attention.title(Some(title).filter(|_| self.ui.config.ui.title), now) {
            Title::Keep => {}
            Title::Later(at) => self.frames.at(at),
            Title::Write(text) => self.canvas.write(text.as_bytes())?,
        }
        Ok(())
    }
}

async fn wait(clock: Clock, until: Option<Tick>) {
    match until {
        Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
        None => std::future::pending().await,
    }
}
