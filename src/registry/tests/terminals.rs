//! Attached terminals: what each shows, which was used last, what the next one is greeted with.

use super::rig::{Rig, profile};
use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, ClientId, SessionId},
    },
    model::terminal::TerminalInfo,
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

const HERE: ClientId = ClientId(11);
const THERE: ClientId = ClientId(12);
/// Shows nothing.
const VISITOR: ClientId = ClientId(13);

/// A hub with two terminals and a visitor.
fn attached() -> (Rig, SessionId, SessionId) {
    let mut rig = Rig::new();
    let (a, b) = (rig.draft("work"), rig.draft("research"));
    for client in [HERE, THERE] {
        rig.run(Input::ClientJoined { client, terminal: Some(TerminalInfo::default()) });
    }
    rig.run(Input::ClientJoined { client: VISITOR, terminal: None });
    (rig, a, b)
}

fn by(rig: &mut Rig, client: ClientId, command: Command) -> Vec<Effect> {
    rig.run(Input::Command { client, ask: AskId(1), command, wall: WallMs(0) })
}

fn focus(rig: &mut Rig, client: ClientId, session: SessionId) {
    by(rig, client, Command::Focus { session });
}

/// Who is told to show `session`, or why nobody is.
fn show(rig: &mut Rig, terminal: Option<ClientId>, session: SessionId) -> Result<ClientId, Refusal> {
    let effects = by(rig, VISITOR, Command::Show { terminal, session });
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Show { client, session: shown } if *shown == session => Some(Ok(*client)),
        Effect::Refuse { reason, .. } => Some(Err(reason.clone())),
        _ => None,
    });
    told.expect("it is shown or refused")
}

#[test]
fn a_terminal_is_in_the_world_while_it_is_attached_and_a_visitor_never() {
    let (mut rig, ..) = attached();
    let ids = |rig: &Rig| rig.reg.world().terminals.iter().map(|t| t.id).collect::<Vec<_>>();
    assert_eq!(ids(&rig), [HERE, THERE]);
    rig.run(Input::ClientLeft { client: HERE });
    rig.run(Input::ClientLeft { client: VISITOR });
    assert_eq!(ids(&rig), [THERE]);
}

/// DECISIONS 2: a new hub has shown nothing, and who is no terminal shows nothing.
#[test]
fn nothing_was_shown_last_until_a_terminal_showed_it() {
    let (mut rig, a, _) = attached();
    focus(&mut rig, VISITOR, a);
    assert_eq!(rig.reg.last_shown(), None);
    assert_eq!(rig.reg.terminals().get(&VISITOR), None);
    focus(&mut rig, HERE, a);
    assert_eq!(rig.reg.last_shown(), Some(a));
}

/// ASK-31.
#[test]
fn a_session_is_shown_where_it_is_wanted_or_where_the_person_was_last() {
    let (mut rig, a, b) = attached();
    focus(&mut rig, HERE, a);
    focus(&mut rig, THERE, b);
    assert_eq!(show(&mut rig, Some(HERE), b), Ok(HERE));
    assert_eq!(show(&mut rig, None, a), Ok(THERE));
    let pieces = Vec::new();
    by(&mut rig, HERE, Command::SaveDraft { session: a, pieces, base: 0 });
    // What a terminal does by itself is no sign of a person.
    by(&mut rig, THERE, Command::MarkRead { session: b });
    assert_eq!(show(&mut rig, None, b), Ok(HERE));
    rig.run(Input::ClientLeft { client: HERE });
    assert_eq!(show(&mut rig, Some(HERE), b), Err(Refusal::NoTerminal));
    assert_eq!(show(&mut rig, Some(VISITOR), b), Err(Refusal::NoTerminal));
    assert_eq!(show(&mut rig, None, SessionId(1)), Err(Refusal::NoSession));
    rig.run(Input::ClientLeft { client: THERE });
    assert_eq!(show(&mut rig, None, b), Err(Refusal::NoTerminal));
    let opened = rig.ask(Command::NewSession { profile: profile("work"), cwd: "/w".into() });
    assert!(matches!(opened, Ok(Answer::Opened(_))), "nothing else is concerned");
}
