//! Profiles made, renamed, recoloured, described and deleted with the real Hermes, by a hub as a terminal drives it; and what another
//! program does to them.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_profiles -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::home::Home;
use common::model::Model;
use common::{patience, seconds};
use hermux::base::clock::Clock;
use hermux::base::ids::{AskId, ProfileName, SendRef, SessionId};
use hermux::config::limits::Limits;
use hermux::hub::run::{Hub, Settings};
use hermux::model::draft::Piece;
use hermux::model::fleet::{Details, NewProfile};
use hermux::model::message::Message;
use hermux::model::shelf::Colour;
use hermux::model::{terminal::TerminalInfo, turn::TurnState, world::World};
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update, report::Starter};
use hermux::registry::{self, Registry};
use hermux::supervisor::launch::{Guarded, Program};
use hermux::supervisor::{self, Supervisor};
use hermux::transport::{local, port::Frame, port::TerminalPort};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

fn name(name: &str) -> ProfileName {
    ProfileName::new(name).unwrap()
}

/// A terminal at a hub of this process.
struct Rig {
    home: Home,
    terminal: TerminalPort,
    world: World,
    asks: u64,
    /// What this terminal was told to show last.
    shown: Option<SessionId>,
    stop: CancellationToken,
    hub: JoinHandle<()>,
}

impl Rig {
    async fn new(home: Home) -> Self {
        let clock = Clock::start();
        let (root, cwd) = (home.hermes(), home.work());
        let words = words(&home);
        let (supervisor, events) = Supervisor::new(supervisor::Settings {
            home: root.clone(),
            runtime: home.path().join("run"),
            launcher: Box::new(Guarded {
                hermux: HERMUX.into(),
                program: Program::new("/usr/bin/env".into(), words),
                home: root.clone(),
                cwd: cwd.clone(),
            }),
            program: "hermes".into(),
            clock,
            seed: 1,
        });
        let cwd = cwd.to_string_lossy().into_owned();
        let (primary, limits) = (ProfileName::default_profile(), Limits::default());
        let registry = Registry::new(registry::Settings { primary, cwd, limits, first_id: 0 });
        let settings = Settings {
            profiles: supervisor::profiles::discover(&root).profiles,
            store: home.path().join("kept"),
            root,
            clock,
            starter: Starter::default(),
            socket: None,
        };
        let (ports, attaching) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let hub = tokio::spawn(Hub::new(settings, registry, supervisor, events).run(attaching, stop.clone()));
        let (terminal, port) = local::connect();
        ports.send(port).await.unwrap();
        let mut rig = Self { home, terminal, world: World::default(), asks: 0, shown: None, stop, hub };
        let terminal = Some(TerminalInfo::default());
        rig.say(ToHub::Hello { contract: CONTRACT, terminal }).await;
        rig.until("the hub's greeting", |world| !world.tabs.is_empty()).await;
        rig
    }

    async fn say(&self, message: ToHub) {
        self.terminal.to_hub.send(Frame::Message(Box::new(message))).await.unwrap();
    }

    /// Takes one update in; an answer or a refusal is given back.
    async fn take(&mut self) -> Option<(AskId, Result<Answer, Refusal>)> {
        match self.terminal.updates.recv().await.unwrap() {
            Update::Welcome(welcome) => self.world = welcome.snapshot.world,
            Update::Lagged(lagged) => self.world = lagged.world,
            Update::Patches { list, .. } => {
                for patch in &list {
                    self.world.apply(patch).unwrap();
                }
            }
            Update::Answer { ask, answer } => return Some((ask, Ok(answer))),
            Update::Refused { ask, reason } => return Some((ask, Err(reason))),
            Update::Show { session } => self.shown = Some(session),
            Update::Goodbye(_) => {}
        }
        None
    }

    async fn try_ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        self.asks += 1;
        let (asked, what) = (AskId(self.asks), format!("{command:?}"));
        self.say(ToHub::Command { ask: asked, command }).await;
        let answered = async {
            loop {
                if let Some((ask, said)) = self.take().await
                    && ask == asked
                {
                    return said;
                }
            }
        };
        let answered = tokio::time::timeout(patience(seconds(60)), answered).await;
        answered.unwrap_or_else(|_| panic!("no answer: {what}"))
    }

    async fn ask(&mut self, command: Command) -> Answer {
        let what = format!("{command:?}");
        self.try_ask(command).await.unwrap_or_else(|reason| panic!("{what}: {reason} ({reason:?})"))
    }

    async fn until(&mut self, what: &str, is: impl Fn(&World) -> bool) {
        self.within(seconds(60), what, is).await;
    }

    async fn within(&mut self, promised: Duration, what: &str, is: impl Fn(&World) -> bool) {
        let came = async {
            while !is(&self.world) {
                self.take().await;
            }
        };
        let came = tokio::time::timeout(patience(promised), came).await;
        assert!(came.is_ok(), "never: {what}; {:?}", self.world.profiles);
    }

    fn names(&self) -> Vec<&str> {
        self.world.profiles.iter().map(|profile| profile.name.as_str()).collect()
    }

    fn dir(&self, profile: &str) -> PathBuf {
        self.home.hermes().join("profiles").join(profile)
    }

    /// What is in the directory of profiles.
    fn on_disk(&self) -> Vec<String> {
        let entries = fs::read_dir(self.home.hermes().join("profiles")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A new tab that this terminal shows.
    async fn open(&mut self, profile: &str) -> SessionId {
        let cwd = self.home.work().to_string_lossy().into_owned();
        let Answer::Opened(session) = self.ask(Command::NewSession { profile: name(profile), cwd }).await
        else {
            panic!("a tab")
        };
        self.ask(Command::Watch { session }).await;
        self.ask(Command::Focus { session }).await;
        session
    }

    async fn talk(&mut self, session: SessionId, word: &str) {
        let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
        self.ask(Command::Send { session, text: format!("SAY {word}"), reference }).await;
        self.until("an answer", |world| {
            let known = world.sessions.get(&session).unwrap();
            assert!(!matches!(known.turn.state, TurnState::Failed(_)), "{:?}", known.turn);
            let said = known.body.iter().flat_map(|body| &body.messages).map(Message::plain);
            known.turn.state == TurnState::Idle && said.filter(|text| text.trim() == word).count() == 1
        })
        .await;
    }

    async fn details(&mut self, profile: &str) -> Details {
        match self.ask(Command::ProfileDetails { profile: name(profile) }).await {
            Answer::Details(details) => *details,
            other => panic!("{other:?}"),
        }
    }

    /// Another program does something to the profiles.
    async fn outside(&self, line: &[&str]) {
        let mut command = tokio::process::Command::new("/usr/bin/env");
        command.args(words(&self.home)).args(["--profile", "default", "profile"]).args(line);
        command.env("HERMES_HOME", self.home.hermes()).current_dir(self.home.work());
        let ran = command.output().await.unwrap();
        assert!(ran.status.success(), "{line:?}: {}", String::from_utf8_lossy(&ran.stdout));
    }
}

/// What runs Hermes in the test's own home, whatever this process has for one.
fn words(home: &Home) -> Vec<std::ffi::OsString> {
    let env = home.env().into_iter().map(|(name, value)| {
        let mut word = name;
        word.push("=");
        word.push(value);
        word
    });
    env.chain(std::env::var_os("HERMUX_TEST_HERMES")).collect()
}

fn new(profile: &str, clone: Option<&str>) -> Command {
    Command::CreateProfile(Box::new(NewProfile {
        name: name(profile),
        clone: clone.map(name),
        clone_all: false,
        description: "-y: \"for\" a test".to_owned(),
        soul: Some("You are brief.\n".to_owned()),
    }))
}

/// E19, E24, E26, F03, F04, F05, F06, INV21, M10, M12, C22, CHECK 58, DECISIONS 10 and 20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn live_profiles_are_made_moved_and_deleted_and_the_disk_says_the_same() {
    let model = Model::start();
    let mut rig = Rig::new(Home::new().with_hermes(&model)).await;
    let wrappers = rig.home.path().join(".local/bin");

    // Made, as a copy.
    rig.ask(new("first", Some("work"))).await;
    assert_eq!(rig.names(), ["default", "first", "work"]);
    assert_eq!(rig.on_disk(), ["first", "work"]);
    let config = |rig: &Rig, profile: &str| fs::read_to_string(rig.dir(profile).join("config.yaml")).unwrap();
    assert!(config(&rig, "first").contains(&model.url()));
    assert_eq!(fs::read_to_string(rig.dir("first").join("SOUL.md")).unwrap(), "You are brief.\n");
    assert!(!wrappers.join("first").exists(), "no command of its name");
    let about = |world: &World, profile: &str| world.profile(&name(profile)).unwrap().description.clone();
    rig.until("what it is for", |world| about(world, "first") == Some("-y: \"for\" a test".into())).await;
    let Err(Refusal::Name(_)) = rig.try_ask(new("first", None)).await else { panic!("twice") };
    let details = rig.details("first").await;
    assert_eq!((details.model, details.provider), (Some("fake-model".into()), Some("custom".into())));
    assert_eq!((details.sessions, details.sticky), (Ok(0), false));

    // Said what it is for, and what its soul is, by its own backend.
    rig.ask(Command::Describe { profile: name("first"), text: "something else".to_owned() }).await;
    rig.until("the other words", |world| about(world, "first") == Some("something else".into())).await;
    rig.ask(Command::Describe { profile: name("first"), text: String::new() }).await;
    rig.until("no words", |world| about(world, "first").is_none()).await;
    rig.ask(Command::WriteSoul { profile: name("first"), text: "Be kind.\n".to_owned() }).await;
    let soul = rig.ask(Command::ReadSoul { profile: name("first") }).await;
    assert_eq!(soul, Answer::Soul("Be kind.\n".into()));

    // Recoloured, and put first.
    rig.ask(Command::Recolour { profile: name("first"), colour: Some(Colour(0x12_ab_cd)) }).await;
    let meta = rig.dir("first").join("profile-meta.json");
    assert!(fs::read_to_string(&meta).unwrap().contains("\"#12abcd\""));
    let order = vec![name("first"), name("default")];
    rig.ask(Command::OrderProfiles { order }).await;
    assert_eq!(rig.names(), ["first", "default", "work"]);

    // Given another name while its backend runs: what was open goes on.
    let session = rig.open("first").await;
    rig.talk(session, "one").await;
    let to = name("second");
    rig.ask(Command::RenameProfile { profile: name("first"), to: to.clone(), force: false }).await;
    assert_eq!(rig.names(), ["second", "default", "work"]);
    assert_eq!(rig.world.sessions[&session].profile, to);
    assert_eq!(rig.world.profile(&to).unwrap().colour, Some(Colour(0x12_ab_cd)));
    assert!(!wrappers.join("second").exists(), "no command of its name, since there was none before");
    rig.talk(session, "two").await;
    assert_eq!(rig.on_disk(), ["second", "work"], "no ghost of the old name");
    assert_eq!(rig.details("second").await.sessions, Ok(1));

    // Deleted while it is active and its backend runs.
    let refused = Command::DeleteProfile { profile: to.clone(), confirm: name("work"), force: true };
    assert_eq!(rig.try_ask(refused).await, Err(Refusal::NotConfirmed));
    let pieces = vec![Piece::Text("not sent".to_owned())];
    rig.ask(Command::SaveDraft { session, pieces, base: 0 }).await;
    rig.ask(Command::DeleteProfile { profile: to.clone(), confirm: to.clone(), force: true }).await;
    assert_eq!((rig.names(), rig.on_disk()), (vec!["default", "work"], vec!["work".to_owned()]));
    assert!(rig.world.sessions.values().all(|known| known.profile != to));
    assert!(rig.world.sessions.values().any(|known| known.draft.text() == "not sent"));
    // The terminal is told with what it sees of the world or just after it.
    while rig.shown.is_none() {
        rig.take().await;
    }
    let shown = &rig.world.sessions[&rig.shown.unwrap()];
    assert!(shown.profile.is_default() && shown.draft.is_empty());
    // A late look, which another directory causes: it does not bring the profile back.
    fs::create_dir(rig.dir("third")).unwrap();
    rig.within(seconds(2), "another directory", |world| world.profile(&name("third")).is_some()).await;
    assert_eq!(
        (rig.names(), rig.on_disk()),
        (vec!["default", "third", "work"], vec!["third".into(), "work".into()])
    );
    fs::remove_dir(rig.dir("third")).unwrap();
    rig.within(seconds(2), "it is gone", |world| world.profile(&name("third")).is_none()).await;

    rig.stop.cancel();
    rig.hub.await.unwrap();
    assert!(!rig.home.hermes().join("profiles/second").exists(), "nor does the end of the hub");
    rig.home.mark.assert_none_left(seconds(5));
}

/// What another program does to the profiles is noticed within 2 s, whether or not a backend of them runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn live_profiles_of_another_hand_are_noticed_within_two_seconds() {
    let model = Model::start();
    let mut rig = Rig::new(Home::new().with_hermes(&model)).await;
    rig.outside(&["create", "theirs", "--no-alias", "--description", "by hand"]).await;
    rig.within(seconds(2), "a profile that came", |world| {
        world.profile(&name("theirs")).is_some_and(|known| known.description == Some("by hand".into()))
    })
    .await;
    let session = rig.open("theirs").await;
    rig.outside(&["rename", "theirs", "others"]).await;
    rig.within(seconds(2), "a profile that moved", |world| world.profile(&name("others")).is_some()).await;
    assert_eq!(rig.names(), ["default", "others", "work"]);
    assert_eq!(rig.world.sessions[&session].profile, name("others"), "what is open moves with it");
    rig.outside(&["delete", "others", "-y"]).await;
    rig.within(seconds(2), "a profile that went", |world| world.profile(&name("others")).is_none()).await;
    assert!(!rig.world.sessions.contains_key(&session));
    rig.stop.cancel();
    rig.hub.await.unwrap();
    assert_eq!(fs::read_dir(rig.home.hermes().join("profiles")).unwrap().count(), 1);
    rig.home.mark.assert_none_left(seconds(5));
}
