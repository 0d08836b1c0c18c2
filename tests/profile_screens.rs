//! Pictures of the strip, of what opens from it, and of the Manage view: wide, common, narrow and very small.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod stage;

use hermux::base::text::Untrusted;
use hermux::model::fleet::{Details, EnvKey};
use hermux::model::profile::{BackendState, Profile};
use hermux::model::shelf::Colour;
use hermux::model::world::World;
use hermux::proto::{Answer, Command, Refusal, Update};
use stage::Stage;
use stage::worlds::{add, approval, busy, name, run, session, un};

const SIZES: [(u16, u16); 4] = [(140, 45), (100, 30), (60, 20), (40, 12)];

/// A picture at every size, `prepare`d after session 1 is shown.
fn pictures(what: &str, world: &World, prepare: impl Fn(&mut Stage)) {
    for size in SIZES {
        let mut stage = Stage::showing(world.clone(), 1, size);
        stage.draw();
        prepare(&mut stage);
        insta::assert_snapshot!(format!("{what}_{}", size.0), stage.draw());
    }
}

/// `default` and named profiles, `count` in all, of which the last one waits for the person.
fn many(count: usize) -> World {
    let names = [
        "work",
        "research",
        "home-lab",
        "writing",
        "music",
        "taxes",
        "garden",
        "travel",
        "data-science",
        "ops",
        "reading",
        "chess",
        "film",
        "cooking",
        "family",
        "club",
        "archive",
        "wiki",
        "blog",
    ];
    let mut world = World::default();
    for n in 0..count {
        let called = if n == 0 { "default" } else { names[n - 1] };
        let mut profile = Profile::new(name(called), format!("/home/me/.hermes/profiles/{called}"));
        profile.backend = if n % 3 == 0 { BackendState::Live } else { BackendState::Cold };
        world.profiles.push(profile);
    }
    let shown = if count > 1 { "work" } else { "default" };
    add(&mut world, session(1, shown, "Fix the login page"));
    let last = world.profiles.last().unwrap().name.clone();
    let mut waiting = session(2, last.as_str(), "Clean up");
    run(&mut waiting);
    waiting.prompts.push(approval(1, "rm -rf build"));
    add(&mut world, waiting);
    world
}

fn details(profile: &str) -> Box<Details> {
    Box::new(Details {
        profile: name(profile),
        home: un("/home/me/.hermes/profiles/work"),
        description: Untrusted::default(),
        model: Some(un("claude-sonnet-4.6")),
        provider: Some(un("anthropic")),
        sessions: Ok(128),
        keys: vec![
            EnvKey { name: un("ANTHROPIC_API_KEY"), set: true },
            EnvKey { name: un("TELEGRAM_TOKEN"), set: false },
        ],
        soul: Some(1_812),
        sticky: false,
        gateway: false,
        problems: Vec::new(),
    })
}

/// Answers every open question about a profile.
fn tell(stage: &mut Stage) {
    for (ask, command) in stage.asked() {
        if let Command::ProfileDetails { profile } = command {
            stage.hear(Update::Answer { ask, answer: Answer::Details(details(profile.as_str())) });
        }
    }
}

/// E01, E21, E22, E23, E30.
#[test]
fn the_strip_with_one_few_and_many_profiles() {
    for count in [1, 3, 13, 20] {
        pictures(&format!("strip_{count}"), &many(count), |_| {});
    }
}

/// E03, E12.
#[test]
fn the_strip_with_the_keys_on_it() {
    pictures("strip_focused", &many(5), |stage| stage.keys("ctrl-x O right right"));
}

/// E13.
#[test]
fn the_menu_of_a_profile() {
    pictures("menu", &many(5), |stage| stage.keys("ctrl-x O m"));
}

/// E14, E16, K04.
#[test]
fn the_colours_of_a_profile() {
    pictures("swatch", &many(5), |stage| stage.keys("ctrl-x O c down right"));
}

/// E19, E31, K07.
#[test]
fn the_form_of_a_new_profile_with_what_is_wrong() {
    pictures("create", &many(3), |stage| {
        stage.keys("ctrl-x O +");
        stage.type_text("my notes");
        stage.keys("tab space tab");
    });
    pictures("create_refused", &many(3), |stage| {
        stage.keys("ctrl-x O +");
        stage.type_text("notes");
        stage.keys("enter");
        let ask = stage.asked().last().unwrap().0;
        let reason = Refusal::Hermes(un("hermes: no space left on device"));
        stage.hear(Update::Refused { ask, reason });
    });
}

/// K07.
#[test]
fn the_form_of_another_name() {
    pictures("rename", &busy(), |stage| {
        stage.keys("ctrl-x O right r ctrl-u");
        stage.type_text("research");
    });
}

/// K05, K07: what goes is named.
#[test]
fn the_question_before_a_profile_is_deleted() {
    pictures("delete", &busy(), |stage| {
        stage.keys("ctrl-x O right D");
        tell(stage);
    });
}

/// E20, E28, E29: badges, keys without values, what cannot be undone apart.
#[test]
fn the_manage_view() {
    let mut world = many(5);
    world.profiles[1].description = Some(un("Tickets, reviews and everything that is paid for"));
    world.profiles[1].colour = Some(Colour(0x00_e0_a0_40));
    pictures("manage", &world, |stage| {
        stage.keys("ctrl-x P");
        tell(stage);
    });
    pictures("manage_menu", &world, |stage| {
        stage.keys("ctrl-x P");
        tell(stage);
        stage.keys("down m");
    });
}
