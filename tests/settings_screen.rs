//! Settings on the screen: whose they are, what is asked for, what is set, and what is said when it was not.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod stage;

use hermux::base::ids::{ProfileName, SessionId};
use hermux::base::text::Untrusted;
use hermux::model::session::{ApprovalMode, SessionInfo};
use hermux::model::settings::{Choice, Setting, Topic};
use hermux::model::world::World;
use hermux::proto::{Answer, Command, Refusal, Update};
use hermux::ui::state::layer::Layer;
use stage::Stage;
use stage::worlds::{add, session, three_profiles};

const SIZES: [(u16, u16); 3] = [(140, 45), (100, 30), (60, 20)];

fn world() -> World {
    let mut world = three_profiles();
    let mut known = session(1, "work", "Deploy the site");
    known.info = SessionInfo {
        model: Some("sonnet-4.6".into()),
        provider: Some("anthropic".into()),
        reasoning_effort: Some("medium".into()),
        cwd: Some("/home/me/code".into()),
        approval_mode: Some(ApprovalMode::Smart),
        personality: Some("".into()),
        ..SessionInfo::default()
    };
    add(&mut world, known);
    world
}

fn stage(size: (u16, u16)) -> Stage {
    let mut stage = Stage::showing(world(), 1, size);
    stage.draw();
    stage.commands();
    stage
}

fn work() -> ProfileName {
    ProfileName::new("work").unwrap()
}

fn models() -> Vec<Choice> {
    let model = |value: &str, slug: &str, name: &str, on| Choice {
        value: value.into(),
        group: slug.into(),
        group_name: name.into(),
        about: Untrusted::default(),
        on,
    };
    vec![
        model("opus-4.5", "anthropic", "Anthropic", false),
        model("sonnet-4.6", "anthropic", "Anthropic", true),
        model("sonnet-4.6", "router", "OpenRouter", false),
        model("\u{1b}[31mred\u{202e}", "router", "OpenRouter", false),
    ]
}

fn setting(model: &str, provider: &str, confirmed: bool) -> Setting {
    Setting::Model { model: model.into(), provider: provider.into(), confirmed }
}

fn asked(stage: &mut Stage) -> Vec<Command> {
    let wanted = |command: &Command| matches!(command, Command::Choices { .. } | Command::Configure { .. });
    stage.commands().into_iter().filter(wanted).collect()
}

/// Refuses the last command.
fn refuse(stage: &mut Stage, reason: Refusal) {
    let ask = stage.asked().last().map(|(ask, _)| *ask).unwrap();
    stage.hear(Update::Refused { ask, reason });
}

fn choosing(size: (u16, u16)) -> Stage {
    let mut stage = stage(size);
    stage.keys("ctrl-x M");
    stage.answer_last(Answer::Choices(Some(models())));
    stage.draw();
    stage.done.clear();
    stage
}

/// H10, J01: the model is chosen from anywhere, of its provider, for the session or for the profile; each says which.
#[test]
fn a_model_is_set_for_the_session_or_for_its_profile() {
    let mut own = stage(SIZES[1]);
    own.keys("ctrl-x M");
    let scope =
        Command::Choices { profile: work(), session: Some(SessionId(1)), topic: Topic::Models, wake: true };
    assert_eq!(asked(&mut own), [scope]);

    let mut own = choosing(SIZES[1]);
    assert!(own.draw().contains("Model · this session of work"), "{}", own.draw());
    own.type_text("opus");
    own.keys("enter");
    let command = |session, setting| Command::Configure { profile: work(), session, setting };
    assert_eq!(asked(&mut own), [command(Some(SessionId(1)), setting("opus-4.5", "anthropic", false))]);

    let mut profile = choosing(SIZES[1]);
    profile.keys("tab");
    assert!(profile.draw().contains("Model · profile work"), "{}", profile.draw());
    let scope = Command::Choices { profile: work(), session: None, topic: Topic::Models, wake: true };
    assert_eq!(profile.asked().last().map(|(_, command)| command.clone()), Some(scope));
    profile.answer_last(Answer::Choices(Some(models())));
    profile.done.clear();
    profile.type_text("opus");
    profile.keys("enter");
    assert_eq!(asked(&mut profile), [command(None, setting("opus-4.5", "anthropic", false))]);
}

/// E31: what was not set is not shown as set, and why is said.
#[test]
fn a_refused_setting_stays_as_it_was_and_says_why() {
    let mut stage = choosing(SIZES[1]);
    stage.type_text("opus");
    stage.keys("enter");
    assert!(stage.draw().contains("setting…"), "{}", stage.draw());
    refuse(&mut stage, Refusal::Backend("session busy".into()));
    let screen = stage.draw();
    assert!(screen.contains("not set") && screen.contains("session busy"), "{screen}");
    assert!(!screen.contains("setting…"), "{screen}");
    stage.keys("ctrl-u");
    assert!(stage.draw().contains("✓ sonnet-4.6"), "{}", stage.draw());
}

/// A model that costs much is used only after the person saw what the backend says of it.
#[test]
fn a_warning_is_shown_before_anything_is_set() {
    let mut stage = choosing(SIZES[1]);
    stage.type_text("opus");
    stage.keys("enter");
    stage.answer_last(Answer::Unconfirmed("It costs ten times as much.".into()));
    assert!(stage.draw().contains("ten times"), "{}", stage.draw());
    stage.done.clear();
    stage.keys("enter");
    assert_eq!(asked(&mut stage), [], "the mark stands on the safe answer");
    let mut stage = choosing(SIZES[1]);
    stage.type_text("opus");
    stage.keys("enter");
    stage.answer_last(Answer::Unconfirmed("It costs ten times as much.".into()));
    stage.done.clear();
    stage.keys("s");
    let command = Command::Configure {
        profile: work(),
        session: Some(SessionId(1)),
        setting: setting("opus-4.5", "anthropic", true),
    };
    assert_eq!(asked(&mut stage), [command]);
}

/// What is set with a warning is set, and the warning is read.
#[test]
fn a_warning_that_came_too_late_is_still_read() {
    let mut stage = choosing(SIZES[1]);
    stage.type_text("opus");
    stage.keys("enter");
    stage.answer_last(Answer::Output { text: "".into(), warning: Some("It was not in the list.".into()) });
    assert!(stage.draw().contains("It was not in the list."), "{}", stage.draw());
    assert!(stage.ui.choices.is_empty());
}

/// H04: nobody turns approvals off by one key.
#[test]
fn turning_approvals_off_is_asked_about() {
    let mut stage = stage(SIZES[1]);
    stage.keys("ctrl-x ;");
    stage.type_text("appro");
    stage.keys("enter");
    let word = |value: &str, on| Choice { value: value.into(), on, ..Choice::default() };
    stage.answer_last(Answer::Choices(Some(vec![
        word("manual", false),
        word("smart", true),
        word("off", false),
    ])));
    assert!(stage.draw().contains("Approvals · profile work"), "{}", stage.draw());
    stage.done.clear();
    stage.type_text("off");
    stage.keys("enter");
    assert_eq!(asked(&mut stage), []);
    assert!(stage.draw().contains("Every command of every session"), "{}", stage.draw());
    stage.keys("s");
    let setting = Setting::Approvals(ApprovalMode::Off);
    assert_eq!(asked(&mut stage), [Command::Configure { profile: work(), session: None, setting }]);
}

/// J02: what was told of a profile is told anew after a change, and what was told of it is nothing to another profile.
#[test]
fn tools_are_switched_one_after_another_and_told_anew() {
    let mut stage = stage(SIZES[1]);
    stage.keys("ctrl-x ;");
    stage.type_text("tools");
    stage.keys("enter");
    let tool = |value: &str, on| Choice { value: value.into(), on, ..Choice::default() };
    stage.answer_last(Answer::Choices(Some(vec![tool("file", true), tool("web", true)])));
    stage.done.clear();
    stage.keys("down enter");
    let setting = Setting::Toolset { name: "web".into(), on: false };
    assert_eq!(asked(&mut stage), [Command::Configure { profile: work(), session: None, setting }]);
    let mut stage = choosing(SIZES[1]);
    stage.keys("esc");
    assert_eq!(stage.ui.choices.len(), 1);
    stage.keys("ctrl-x M");
    assert!(stage.draw().contains("opus-4.5"), "what was told last is there at once");
    assert_eq!(asked(&mut stage).len(), 1, "and asked anew");
}

/// What is set closes what was opened for it; out of the list one goes back to the list.
#[test]
fn what_is_set_is_said_and_leads_back_to_where_one_was() {
    let mut stage = choosing(SIZES[1]);
    stage.type_text("opus");
    stage.keys("enter");
    stage.answer_last(Answer::Done);
    assert!(stage.ui.layer.is_none());
    assert!(stage.draw().contains("Model of this session of work: opus-4.5"), "{}", stage.draw());
    assert!(stage.ui.choices.is_empty(), "what was told before is not believed any more");

    let mut stage = self::stage(SIZES[1]);
    stage.keys("ctrl-x ;");
    stage.keys("enter");
    stage.answer_last(Answer::Choices(Some(models())));
    stage.done.clear();
    stage.keys("esc");
    assert!(stage.draw().contains("Settings · this session of work"), "{}", stage.draw());
    stage.keys("esc");
    assert!(stage.ui.layer.is_none());
}

/// J03: a list in passing asks without waking anybody, and shows no models that nobody told.
#[test]
fn the_palette_has_the_models_that_a_running_backend_told() {
    let mut stage = stage(SIZES[1]);
    stage.keys("ctrl-p");
    let quiet =
        Command::Choices { profile: work(), session: Some(SessionId(1)), topic: Topic::Models, wake: false };
    let (ask, _) = stage.asked().into_iter().find(|(_, command)| *command == quiet).unwrap();
    stage.hear(Update::Answer { ask, answer: Answer::Choices(Some(models())) });
    stage.type_text("%opus");
    stage.done.clear();
    stage.keys("enter");
    let setting = setting("opus-4.5", "anthropic", false);
    let command = Command::Configure { profile: work(), session: Some(SessionId(1)), setting };
    assert_eq!(asked(&mut stage), [command]);
}

/// H05, DECISIONS 18.
#[test]
fn the_directory_of_a_session_is_changed_by_a_path() {
    let mut stage = stage(SIZES[1]);
    stage.keys("ctrl-x ;");
    stage.type_text("working");
    stage.keys("enter");
    assert!(matches!(stage.ui.layer, Some(Layer::Entry(_))));
    stage.keys("ctrl-u");
    stage.type_text("/srv");
    stage.keys("enter");
    let setting = Setting::Directory("/srv".into());
    let command = Command::Configure { profile: work(), session: Some(SessionId(1)), setting };
    assert_eq!(asked(&mut stage), [command]);
}

#[test]
fn settings_fit_every_screen() {
    for size in SIZES {
        let mut list = stage(size);
        list.keys("ctrl-x ;");
        insta::assert_snapshot!(format!("settings_{}", size.0), list.draw());
        insta::assert_snapshot!(format!("settings_models_{}", size.0), choosing(size).draw());
    }
}

/// J01: the settings of a profile are opened from where profiles are managed, without going to it.
#[test]
fn the_settings_of_another_profile_are_opened_without_going_there() {
    let mut stage = stage(SIZES[1]);
    stage.keys("ctrl-x P");
    while !stage.draw().contains("research") {
        stage.keys("down");
    }
    stage.keys("down down t");
    let screen = stage.draw();
    assert!(screen.contains("Settings · profile "), "{screen}");
    stage.keys("enter");
    let asked = asked(&mut stage);
    assert!(matches!(asked.as_slice(), [Command::Choices { session: None, wake: true, .. }]), "{asked:?}");
}
