//! Child agents and todo lists, which outlive the turn that made them.

use super::rig::*;
use crate::model::{
    agent::{Fact, SubagentFact, SubagentStep, ToolResult},
    tool::{SubagentState, Todo, TodoState, ToolState},
    turn::TurnState,
};

/// CHECK 19.
#[test]
fn child_agents_of_an_idle_session_are_listed_and_do_not_make_it_run() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let ended = || SubagentStep::Ended { state: SubagentState::Done, said: "all well".into(), millis: None };
    for (id, step) in
        [("sa-0", SubagentStep::Started), ("sa-1", SubagentStep::Tool("ls".into())), ("sa-0", ended())]
    {
        rig.fact("work", "aa", child(id, step));
    }
    let states = |rig: &Rig| -> Vec<SubagentState> {
        rig.session(session).subagents.iter().map(|agent| agent.state.clone()).collect()
    };
    assert_eq!(states(&rig), [SubagentState::Done, SubagentState::Working]);
    assert_eq!(rig.turn(session), TurnState::Idle);
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(states(&rig), [SubagentState::Done, SubagentState::Working], "one still works");
    rig.fact("work", "aa", child("sa-1", ended()));
    rig.end("work", "aa");
    assert_eq!(states(&rig).len(), 2, "what came of them stays to be read");
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(states(&rig), []);
}

fn child(id: &str, step: SubagentStep) -> Fact {
    let (id, goal) = (id.into(), "look".into());
    Fact::Subagent(SubagentFact { id, parent: None, depth: 0, goal, tools: 1, step })
}

#[test]
fn child_agents_end_with_the_process_that_ran_them() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.fact("work", "aa", child("sa-0", SubagentStep::Started));
    rig.wait(3_000);
    rig.down("work", true);
    let agent = &rig.session(session).subagents[0];
    assert_eq!((&agent.state, agent.millis), (&SubagentState::Interrupted, Some(3_000)));
}

#[test]
fn a_todo_list_stays_until_it_is_over_and_another_turn_begins() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let list = |states: &[TodoState]| -> Vec<Todo> {
        states.iter().map(|&state| Todo { content: "step".into(), state }).collect()
    };
    let told = |todos: Option<Vec<Todo>>| match tool_finished("t1", "todo", ToolState::Done) {
        Fact::ToolFinished(result) => Fact::ToolFinished(Box::new(ToolResult { todos, ..*result })),
        other => other,
    };
    let half = list(&[TodoState::Completed, TodoState::InProgress]);
    rig.fact("work", "aa", told(Some(half.clone())));
    rig.fact("work", "aa", told(None));
    assert_eq!(rig.session(session).todos, half, "a tool without a list changes none");
    rig.end("work", "aa");
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(rig.session(session).todos, half, "it is not over");
    let over = list(&[TodoState::Completed, TodoState::Cancelled]);
    rig.fact("work", "aa", told(Some(over.clone())));
    rig.end("work", "aa");
    assert_eq!(rig.session(session).todos, over);
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(rig.session(session).todos, []);
}
