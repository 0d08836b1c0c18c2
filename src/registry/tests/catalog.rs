//! The slash commands of a profile.

use super::rig::*;
use crate::{
    model::{
        agent::{Call, Reply},
        slash::SlashCommand,
    },
    proto::{Answer, Command, Refusal},
    registry::Effect,
};

fn list(names: &[&str]) -> Vec<SlashCommand> {
    let command = |name: &&str| SlashCommand {
        name: (*name).into(),
        about: "".into(),
        group: "".into(),
        aliases: Vec::new(),
        words: Vec::new(),
    };
    names.iter().map(command).collect()
}

fn ask(rig: &mut Rig, name: &str) -> Vec<Effect> {
    rig.command(Command::Commands { profile: profile(name) })
}

fn told(effects: &[Effect]) -> Vec<Option<Vec<SlashCommand>>> {
    let answers = effects.iter().filter_map(|effect| match effect {
        Effect::Answer { answer: Answer::Commands(list), .. } => Some(list.clone()),
        _ => None,
    });
    answers.collect()
}

fn asked(effects: &[Effect]) -> usize {
    calls_of(effects).iter().filter(|(_, what)| *what == Call::Catalog).count()
}

/// A19, J03.
#[test]
fn asking_for_commands_starts_nothing_and_a_cold_profile_has_none() {
    let mut rig = Rig::new();
    let effects = ask(&mut rig, "work");
    assert_eq!((starts(&effects), asked(&effects), told(&effects)), (0, 0, vec![None]));
    let missing = rig.ask(Command::Commands { profile: profile("nobody") });
    assert_eq!(missing, Err(Refusal::NoProfile));
}

#[test]
fn two_who_ask_at_once_share_one_call_and_the_next_minute_needs_none() {
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    let effects = ask(&mut rig, "work");
    let call = call_of(&effects, |what| *what == Call::Catalog);
    assert_eq!(asked(&ask(&mut rig, "work")), 0);
    let effects = rig.reply(call, Reply::Catalog(list(&["new"])));
    assert_eq!(told(&effects), [Some(list(&["new"])), Some(list(&["new"]))]);
    let effects = ask(&mut rig, "work");
    assert_eq!((asked(&effects), told(&effects)), (0, vec![Some(list(&["new"]))]));
    rig.wait(60_000);
    assert_eq!(asked(&ask(&mut rig, "work")), 1);
}

/// J02: what one profile has is nothing to another, and another process of a backend is asked anew.
#[test]
fn commands_are_kept_for_their_profile_and_asked_anew_of_a_new_process() {
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    let effects = ask(&mut rig, "work");
    rig.reply(call_of(&effects, |what| *what == Call::Catalog), Reply::Catalog(list(&["new"])));
    assert_eq!(told(&ask(&mut rig, "research")), [None]);
    rig.down("work", true);
    assert_eq!(told(&ask(&mut rig, "work")), [Some(list(&["new"]))], "better than nothing");
    rig.up("work");
    let effects = ask(&mut rig, "work");
    let call = call_of(&effects, |what| *what == Call::Catalog);
    let effects = rig.reply(call, Reply::Lost);
    assert_eq!(told(&effects), [Some(list(&["new"]))]);
}
