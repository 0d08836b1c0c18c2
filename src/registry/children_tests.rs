use super::{MAX_SUBAGENTS, reduce};
use crate::base::clock::Tick;
use crate::model::agent::{SubagentFact, SubagentStep};
use crate::model::tool::{Subagent, SubagentState};

fn fact(id: &str, step: SubagentStep) -> SubagentFact {
    SubagentFact {
        id: id.into(),
        parent: None,
        depth: 0,
        goal: format!("goal of {id}").into(),
        tools: 0,
        step,
    }
}

fn tool(what: &str) -> SubagentStep {
    SubagentStep::Tool(what.into())
}

fn ended(state: SubagentState) -> SubagentStep {
    SubagentStep::Ended { state, said: "said".into(), millis: None }
}

fn reduced(steps: impl IntoIterator<Item = (u64, SubagentFact)>) -> Vec<Subagent> {
    let mut agents = Vec::new();
    for (at, fact) in steps {
        reduce(&mut agents, fact, Tick(at));
    }
    agents
}

#[test]
fn an_agent_is_what_was_last_told_of_it() {
    let steps = [
        (10, fact("a", SubagentStep::Started)),
        (20, SubagentFact { tools: 1, ..fact("a", tool("terminal ls")) }),
        (30, SubagentFact { tools: 1, ..fact("a", SubagentStep::Progress) }),
    ];
    let agent = &reduced(steps)[0];
    assert_eq!((agent.last.raw(), agent.tools, agent.started), ("terminal ls", 1, Tick(10)));
    assert!(agent.is_working() && agent.millis.is_none());
}

#[test]
fn an_end_says_how_and_how_long_and_is_final() {
    for state in [SubagentState::Done, SubagentState::Interrupted, SubagentState::Failed("timeout".into())] {
        let agents = reduced([
            (10, fact("a", SubagentStep::Started)),
            (510, fact("a", ended(state.clone()))),
            (600, fact("a", tool("late"))),
            (700, fact("a", ended(SubagentState::Done))),
        ]);
        assert_eq!((agents.len(), &agents[0].state, agents[0].millis), (1, &state, Some(500)));
        assert_eq!(agents[0].last.raw(), "said");
    }
}

#[test]
fn the_backend_knows_better_how_long_it_took() {
    let end = SubagentStep::Ended { state: SubagentState::Done, said: "".into(), millis: Some(42) };
    assert_eq!(reduced([(10, fact("a", SubagentStep::Started)), (99, fact("a", end))])[0].millis, Some(42));
}

#[test]
fn an_agent_whose_start_was_missed_is_taken_in() {
    let child = SubagentFact { parent: Some("a".into()), depth: 1, ..fact("b", tool("web_search")) };
    let agent = &reduced([(30, child)])[0];
    assert_eq!((agent.goal.raw(), agent.depth, agent.started), ("goal of b", 1, Tick(30)));
    assert_eq!(agent.parent.as_ref().map(crate::base::text::Untrusted::raw), Some("a"));
}

#[test]
fn of_too_many_agents_those_that_have_ended_leave_first() {
    let mut steps =
        vec![(0, fact("worker", SubagentStep::Started)), (0, fact("done", SubagentStep::Started))];
    steps.push((1, fact("done", ended(SubagentState::Done))));
    steps.extend((0..MAX_SUBAGENTS).map(|n| (2, fact(&format!("n{n}"), SubagentStep::Started))));
    let agents = reduced(steps);
    assert!(agents.len() <= MAX_SUBAGENTS);
    assert!(agents.iter().all(|agent| agent.id.raw() != "done"));
}
