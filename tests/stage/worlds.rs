//! Worlds to stand in front of.

use hermux::base::clock::Tick;
use hermux::base::ids::{LineageRoot, MessageId, ProfileName, PromptId, SessionId, StoredId};
use hermux::base::text::Untrusted;
use hermux::model::body::Body;
use hermux::model::message::{FIRST_ID, Level, Message, MessageState, Part, Role};
use hermux::model::profile::{BackendState, Profile};
use hermux::model::prompt::{Prompt, PromptKind, PromptState};
use hermux::model::session::{ApprovalMode, Session};
use hermux::model::tool::{Subagent, SubagentState, Todo, TodoState, ToolCall, ToolState};
use hermux::model::turn::TurnState;
use hermux::model::world::World;

/// The hub's time at the beginning of a stage.
pub const NOW: Tick = Tick(110_000);

pub fn name(text: &str) -> ProfileName {
    ProfileName::new(text).expect("a profile's name")
}

/// An untrusted text.
pub fn un(text: &str) -> Untrusted {
    Untrusted::new(text)
}

/// Profiles `default`, `work` and `research`; the first two are live.
pub fn three_profiles() -> World {
    let mut world = World::default();
    for (profile, state) in
        [("default", BackendState::Live), ("work", BackendState::Live), ("research", BackendState::Cold)]
    {
        let mut profile = Profile::new(name(profile), "/home/me/.hermes");
        profile.backend = state;
        world.profiles.push(profile);
    }
    world
}

/// A session with a title that was stored.
pub fn session(id: u64, profile: &str, title: &str) -> Session {
    let mut session = Session::new(SessionId(id), name(profile), NOW);
    session.stored = StoredId::new(&format!("20261121_0300{id:02}_abcdef"));
    session.lineage = LineageRoot::new(&format!("20261121_0300{id:02}_abcdef"));
    session.title = (!title.is_empty()).then(|| un(title));
    session.info.model = Some(un("claude-sonnet-4.6"));
    session.info.cwd = Some(un("/home/me/code/hermux"));
    session.info.branch = Some(un("main"));
    session.info.approval_mode = Some(ApprovalMode::Smart);
    session.usage.context_percent = Some(34);
    session.body = Some(Body::default());
    session
}

pub fn add(world: &mut World, session: Session) {
    world.tabs.push(session.id);
    world.sessions.insert(session.id, session);
}

pub fn say(session: &mut Session, role: Role, text: &str) {
    say_as(session, role, text, MessageState::Done);
}

pub fn say_as(session: &mut Session, role: Role, text: &str, state: MessageState) {
    push(session, role, vec![Part::Text(un(text))], state);
}

pub fn push(session: &mut Session, role: Role, parts: Vec<Part>, state: MessageState) {
    let body = session.body.get_or_insert_with(Body::default);
    let id = MessageId(body.messages.last().map_or(FIRST_ID, |last| last.id.0 + 1));
    body.messages.push(Message { id, role, parts, state, at: None });
}

pub fn run(session: &mut Session) {
    session.turn.state = TurnState::Running;
    session.turn.started = Some(Tick(NOW.0 - 12_000));
}

pub fn tool(tool_name: &str, context: &str, state: ToolState, output: &str, diff: Option<&str>) -> Part {
    let told = if tool_name == "terminal" { "command" } else { "path" };
    Part::Tool(Box::new(ToolCall {
        id: None,
        name: un(tool_name),
        context: un(context),
        args: un(&format!("{{\"{told}\":\"{context}\"}}")),
        millis: (state == ToolState::Done).then_some(412),
        state,
        started: NOW,
        output: un(output),
        output_len: output.len() as u64,
        diff: diff.map(un),
    }))
}

pub fn todos(list: &[(&str, TodoState)]) -> Vec<Todo> {
    list.iter().map(|(content, state)| Todo { content: un(content), state: *state }).collect()
}

/// An agent that was sent out 9 s ago, and worked for 4 s if it has ended.
pub fn agent(id: &str, parent: Option<&str>, goal: &str, state: SubagentState, last: &str) -> Subagent {
    Subagent {
        id: un(id),
        parent: parent.map(un),
        depth: u16::from(parent.is_some()),
        goal: un(goal),
        millis: (state != SubagentState::Working).then_some(4_000),
        state,
        tools: 1,
        last: un(last),
        started: Tick(NOW.0 - 9_000),
    }
}

pub fn reasoning(text: &str) -> Part {
    Part::Reasoning { text: un(text), started: Tick(0), ended: Some(Tick(4_200)) }
}

pub fn note(level: Level, text: &str) -> Part {
    Part::Note { level, text: un(text) }
}

pub fn prompt(id: u64, kind: PromptKind) -> Prompt {
    Prompt {
        id: PromptId(id),
        kind,
        request: None,
        asked: NOW,
        deadline: Some(Tick(NOW.0 + 42_000)),
        state: PromptState::Open,
    }
}

pub fn approval(id: u64, command: &str) -> Prompt {
    prompt(
        id,
        PromptKind::Approval {
            command: un(command),
            description: un("recursive delete"),
            pattern: un("rm -r"),
            choices: ["once", "session", "always", "deny"].map(un).to_vec(),
        },
    )
}

/// Three sessions of two profiles: the first with a conversation, the second at work, the third waiting for approval.
pub fn busy() -> World {
    let mut world = three_profiles();
    let mut first = session(1, "default", "Fix the login page");
    say(
        &mut first,
        Role::User,
        "The login page shows a blank screen after the last deploy. Can you find out why?",
    );
    let parts = vec![
        reasoning("The deploy changed the bundle name."),
        Part::Text(un("I will look at the **bundle** first, then at `login.tsx`.")),
        tool("terminal", "ls -la dist", ToolState::Done, "total 8\nindex.html\nmain.js", None),
        tool(
            "patch",
            "src/login.tsx",
            ToolState::Done,
            "",
            Some(
                "--- a/src/login.tsx\n+++ b/src/login.tsx\n@@ -1,3 +1,3 @@\n import { h } from 'x'\n-const page = old()\n+const page = fresh()",
            ),
        ),
        tool("terminal", "npm test", ToolState::Failed(un("exit code 1")), "1 test failed", None),
        Part::Text(un(
            "Found it:\n\n- the page asked for `main.abc.js`\n- the deploy writes `main.js`\n\n```sh\nnpm run build\n```",
        )),
    ];
    push(&mut first, Role::Assistant, parts, MessageState::Done);
    add(&mut world, first);
    let mut second = session(2, "work", "Migrate the database");
    say(&mut second, Role::User, "Migrate it.");
    say_as(&mut second, Role::Assistant, "Working on it", MessageState::Streaming);
    run(&mut second);
    add(&mut world, second);
    let mut third = session(3, "work", "Clean up");
    say(&mut third, Role::User, "Clean the build directory.");
    run(&mut third);
    third.prompts.push(approval(1, "rm -rf build"));
    add(&mut world, third);
    world
}
