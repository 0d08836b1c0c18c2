//! Child agents of a session, reduced from what is told of them, and its todo list between turns. Both outlive the turn that
//! made them: agents work on beside it, and a list may be gone on with.

use super::Registry;
use crate::{
    base::{clock::Tick, ids::SessionId, text::Untrusted},
    model::{
        agent::{SubagentFact, SubagentStep},
        patch::Change,
        tool::{Subagent, SubagentState},
    },
};

/// Child agents kept on a session; beyond it those that have ended leave first.
const MAX_SUBAGENTS: usize = 64;

impl Registry {
    pub(super) fn on_subagent(&mut self, session: SessionId, fact: SubagentFact) {
        let Some(known) = self.session(session) else { return };
        let mut agents = known.subagents.clone();
        reduce(&mut agents, fact, self.now);
        if agents != known.subagents {
            self.head(session, Change::Subagents(agents));
        }
        self.leave_if_done(session);
    }

    /// A turn begins: what is over is put away. Agents of one family stay together until the last one has ended.
    pub(super) fn put_away_what_is_over(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let agents = !known.subagents.is_empty() && !known.subagents.iter().any(Subagent::is_working);
        let todos = !known.todos.is_empty() && known.todos.iter().all(crate::model::tool::Todo::is_over);
        if agents {
            self.head(session, Change::Subagents(Vec::new()));
        }
        if todos {
            self.head(session, Change::Todos(Vec::new()));
        }
    }

    /// The process that ran them is gone.
    pub(super) fn stop_subagents(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        if !known.subagents.iter().any(Subagent::is_working) {
            return;
        }
        let mut agents = known.subagents.clone();
        for agent in agents.iter_mut().filter(|agent| agent.is_working()) {
            agent.state = SubagentState::Interrupted;
            agent.millis = Some(self.now.since(agent.started));
            agent.last = Untrusted::default();
        }
        self.head(session, Change::Subagents(agents));
    }
}

/// Takes one fact in. What is told of an agent after its end changes nothing.
fn reduce(agents: &mut Vec<Subagent>, fact: SubagentFact, now: Tick) {
    let at = agents.iter().position(|agent| agent.id == fact.id).unwrap_or_else(|| {
        agents.push(Subagent {
            id: fact.id,
            parent: None,
            depth: 0,
            goal: Untrusted::default(),
            state: SubagentState::Working,
            tools: 0,
            last: Untrusted::default(),
            started: now,
            millis: None,
        });
        agents.len() - 1
    });
    let Some(agent) = agents.get_mut(at).filter(|agent| agent.is_working()) else { return };
    agent.parent = fact.parent.or(agent.parent.take());
    agent.depth = fact.depth;
    agent.tools = agent.tools.max(fact.tools);
    if !fact.goal.is_empty() {
        agent.goal = fact.goal;
    }
    match fact.step {
        SubagentStep::Started | SubagentStep::Progress => {}
        SubagentStep::Tool(what) | SubagentStep::Thinks(what) => agent.last = what,
        SubagentStep::Ended { state, said, millis } => {
            agent.state = state;
            agent.last = said;
            agent.millis = Some(millis.unwrap_or_else(|| now.since(agent.started)));
        }
    }
    if agents.len() > MAX_SUBAGENTS {
        agents.remove(agents.iter().position(|agent| !agent.is_working()).unwrap_or(0));
    }
}

#[cfg(test)]
#[path = "children_tests.rs"]
mod tests;
