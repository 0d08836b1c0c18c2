//! Secrets pass the registry as handles only.

use super::rig::*;
use crate::{
    base::ids::{RequestId, SecretHandle, SessionId},
    model::{
        agent::{Call, Fact, Reply, Request},
        prompt::{PromptAnswer, PromptKind, PromptState},
    },
    proto::{Command, Refusal},
    registry::Effect,
};

fn ask(rig: &mut Rig, session: SessionId, id: &str, kind: PromptKind) -> Command {
    rig.fact("work", "aa", Fact::Asked(Box::new(Request { id: RequestId::new(id), kind, waits: None })));
    let prompt = rig.session(session).current_prompt().unwrap();
    let answer = PromptAnswer::Secret(SecretHandle(9));
    Command::Answer { session, prompt: prompt.id, digest: prompt.digest(), answer }
}

fn secret() -> PromptKind {
    PromptKind::Secret { prompt: "key?".into(), env_var: "KEY".into(), skill: "s".into(), help: "".into() }
}

/// I12.
#[test]
fn a_secret_is_answered_by_its_handle() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let command = ask(&mut rig, session, "q1", secret());
    let effects = rig.command(command);
    let call = call_of(&effects, |what| matches!(what, Call::Secret { value: Some(SecretHandle(9)), .. }));
    rig.reply(call, Reply::Answered);
    assert_eq!(rig.session(session).prompts, []);
}

/// I12: one that was not taken is wiped.
#[test]
fn a_secret_that_is_not_taken_is_wiped() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let command = ask(&mut rig, session, "q1", PromptKind::Sudo);
    rig.now += 119_000;
    let effects = rig.command(command.clone());
    assert!(effects.contains(&Effect::DropSecret { handle: SecretHandle(9) }));
    assert!(effects.iter().any(|e| matches!(e, Effect::Refuse { reason: Refusal::PromptLate, .. })));
    let effects = rig.command(command);
    assert!(effects.contains(&Effect::DropSecret { handle: SecretHandle(9) }));
    let effects = rig.command(Command::DropSecret { handle: SecretHandle(8) });
    assert!(effects.contains(&Effect::DropSecret { handle: SecretHandle(8) }));
}

/// A secret never answers what is no request for one.
#[test]
fn a_secret_answers_no_approval() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let kind = PromptKind::Approval {
        command: "rm".into(),
        description: "d".into(),
        pattern: "p".into(),
        choices: vec!["once".into()],
    };
    let command = ask(&mut rig, session, "q1", kind);
    let effects = rig.command(command);
    assert_eq!(calls_of(&effects), []);
    assert!(effects.contains(&Effect::DropSecret { handle: SecretHandle(9) }));
}

/// SEC-28.
#[test]
fn a_session_has_one_field_for_a_secret() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    ask(&mut rig, session, "q1", PromptKind::Sudo);
    ask(&mut rig, session, "q2", secret());
    let states: Vec<_> = rig.session(session).prompts.iter().map(|prompt| prompt.state.clone()).collect();
    assert_eq!(states, [PromptState::Withdrawn("it was asked anew".into()), PromptState::Open]);
}

/// CHECK 6, CHECK 43 of sudo: no password, on purpose.
#[test]
fn a_secret_can_be_declined() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let Command::Answer { prompt, digest, .. } = ask(&mut rig, session, "q1", PromptKind::Sudo) else {
        panic!()
    };
    let effects = rig.command(Command::Answer { session, prompt, digest, answer: PromptAnswer::Skip });
    call_of(&effects, |what| matches!(what, Call::Sudo { password: None, .. }));
}
