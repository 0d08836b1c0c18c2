//! Where a foreign text can reach a person: every field by name, in the scene that shows it.
//!
//! A field begins with a tag of its own, so that the test sees that it is on the screen and what stands behind it.

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{LineageRoot, StoredId};
use hermux::base::text::{self, Mode, Untrusted, colour};
use hermux::model::body::{Body, BodyState};
use hermux::model::listing::StoredRow;
use hermux::model::message::{Message, MessageState, Part, Role};
use hermux::model::profile::{BackendState, Stuck, StuckReason};
use hermux::model::tool::ToolState;
use hermux::proto::{Command, Refusal, Update};
use hermux::registry::input::Loaded;
use hermux::ui::events;

use unicode_segmentation::UnicodeSegmentation;

use super::corpus::Payload;
use super::rig::{LIVE, Rig};
use crate::stage::worlds::{self, name, un};

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As running text.
    Prose,
    /// Whole, everything hidden spelled out.
    Decide,
    /// As one line, everything hidden spelled out.
    Label,
    /// As running text, its colours parsed.
    Output,
    /// As the last state of a line that a tool wrote over and over, its colours parsed.
    Summary,
    /// As one line, or where there is more to it as a tool's output.
    Either,
    /// As one line, of several the first.
    Heading,
    /// Laid out as Markdown: marks of it may go, nothing else.
    Markdown,
    /// Written by the person: of a long text only what is around the caret is seen.
    Written,
}
use Shown::{Decide, Either, Heading, Label, Markdown, Output, Prose, Summary, Written};

/// Fields that are on one screen together.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [(&'static str, Shown)],
    pub(crate) size: (u16, u16),
    /// Also with the payloads that were counted out: one scene for each way of showing a text is enough.
    pub(crate) counted: bool,
    /// What is done, so that the next frame shows the fields. Its frames so far are looked at too.
    pub(crate) play: fn(&mut Rig, &Fill<'_>),
}

/// The payload of one run.
pub(crate) struct Fill<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) payload: &'a Payload,
}

impl Fill<'_> {
    /// The tag of a field.
    pub(crate) fn tag(&self, field: &str) -> String {
        let at = self.scene.fields.iter().position(|(name, _)| *name == field);
        format!("Q{:02}Z", at.unwrap_or_else(|| panic!("{field} is no field of {}", self.scene.name)))
    }

    /// Whether a field is to be seen on the screen.
    pub(crate) fn is_seen(&self, shown: Shown) -> bool {
        shown != Shown::Summary || !self.payload.text.contains('\r')
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.tag(field) + &self.payload.text
    }

    /// What stands behind the tag, if the text is shown and nothing of it is dropped: its first clusters, up to a blank.
    pub(crate) fn behind(&self, field: &str, shown: Shown) -> String {
        let text = self.text(field);
        // What is at an end may go.
        let text = text.trim_end();
        let (drawn, most) = match shown {
            Shown::Written => return String::new(),
            // The tag is written over with the rest.
            Shown::Summary if text.contains('\r') => return String::new(),
            // How many replacement characters stand for what is no text is the decoder's affair.
            _ if self.payload.text.contains('\u{fffd}') => return String::new(),
            Shown::Markdown if self.payload.text.starts_with(|c: char| c.is_ascii_graphic()) => {
                return String::new();
            }
            Shown::Markdown => (text::drawable(text, Mode::Prose), 1),
            Shown::Prose => (text::drawable(text, Mode::Prose), 4),
            Shown::Output | Shown::Summary => (text::drawable(&colour::without(text), Mode::Prose), 4),
            Shown::Decide => (text::drawable(text, Mode::Decide), 4),
            Shown::Label | Shown::Either => (text::drawable(text, Mode::Label), 4),
            Shown::Heading => (text::drawable(text.lines().next().unwrap_or_default(), Mode::Label), 4),
        };
        let behind = drawn.strip_prefix(&self.tag(field)).unwrap_or(&drawn);
        behind.graphemes(true).take(most).take_while(|cluster| !cluster.trim().is_empty()).collect()
    }

    /// A paste of at most `most` characters of the payload, the tag at the caret.
    fn paste(&self, rig: &mut Rig, field: &str, most: usize) {
        let head: String = self.payload.text.chars().take(most).collect();
        rig.does(events::Input::Paste(head));
        // By itself: a long paste is folded.
        rig.does(events::Input::Paste(self.tag(field)));
    }

    pub(crate) fn un(&self, field: &str) -> Untrusted {
        un(&self.text(field))
    }

    /// `template` with each `<field>` as it stands in a JSON string.
    fn json(&self, template: &str) -> String {
        self.scene.fields.iter().fold(template.to_owned(), |json, (field, _)| {
            json.replace(&format!("<{field}>"), &(self.tag(field) + &self.payload.json))
        })
    }

    fn event(&self, rig: &mut Rig, kind: &str, template: &str) {
        rig.event(kind, &self.json(template));
    }
}

pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "conversation",
        fields: &[
            ("user-text", Prose),
            ("assistant-text", Markdown),
            ("assistant-step", Markdown),
            ("assistant-final", Markdown),
            ("turn-error", Prose),
            ("error-event", Prose),
            ("background", Prose),
        ],
        size: (100, 60),
        counted: true,
        play: conversation,
    },
    Scene {
        name: "markdown",
        fields: &[
            ("md-heading", Markdown),
            ("md-item", Markdown),
            ("md-quote", Markdown),
            ("md-cell", Markdown),
            ("md-strong", Markdown),
            ("md-code", Markdown),
            ("md-block", Markdown),
            ("md-link", Markdown),
        ],
        size: (100, 90),
        counted: false,
        play: markdown,
    },
    Scene {
        name: "tools",
        fields: &[
            ("reasoning", Prose),
            ("tool-name", Label),
            ("tool-context", Heading),
            ("tool-args", Prose),
            ("tool-output", Output),
            ("tool-error", Either),
            ("diff-line", Prose),
            ("tool-risk", Prose),
            ("tool-running", Label),
        ],
        size: (100, 90),
        counted: false,
        play: tools,
    },
    Scene {
        name: "folded",
        fields: &[("output-summary", Summary), ("diff-folded", Prose)],
        size: (90, 40),
        counted: false,
        play: folded,
    },
    Scene {
        name: "head",
        fields: &[
            ("model", Label),
            ("effort", Label),
            ("branch", Label),
            ("approval-mode", Label),
            ("activity", Label),
            ("title", Label),
            ("queued", Label),
            ("notification", Label),
        ],
        size: (260, 16),
        counted: true,
        play: head,
    },
    Scene {
        name: "directory",
        fields: &[("cwd", Label)],
        size: (2_000, 12),
        counted: false,
        play: |rig, fill| fill.event(rig, "session.info", r#"{"cwd": "<cwd>"}"#),
    },
    Scene {
        name: "status",
        fields: &[("status-update", Label)],
        size: (100, 16),
        counted: false,
        play: status,
    },
    Scene {
        name: "approval",
        fields: &[("command", Decide), ("description", Label), ("pattern", Label)],
        size: (100, 40),
        counted: false,
        play: approval,
    },
    Scene {
        name: "question",
        fields: &[("question", Decide), ("choice", Label)],
        size: (100, 50),
        counted: true,
        play: |rig, fill| {
            running(rig);
            fill.event(
                rig,
                "clarify.request",
                r#"{"request_id": "r1", "question": "<question>", "choices": ["<choice>", "b"]}"#,
            );
        },
    },
    Scene {
        name: "open question",
        fields: &[("answer", Written)],
        size: (100, 24),
        counted: false,
        play: |rig, fill| {
            running(rig);
            rig.event("clarify.request", r#"{"request_id": "r1", "question": "what?"}"#);
            rig.keys("alt-r");
            rig.stage.wait(400);
            fill.paste(rig, "answer", 40);
        },
    },
    Scene {
        name: "secret",
        fields: &[("secret-prompt", Decide), ("env-var", Label), ("skill", Label), ("secret-help", Label)],
        size: (100, 40),
        counted: false,
        play: |rig, fill| {
            running(rig);
            fill.event(
                rig,
                "secret.request",
                r#"{"request_id": "r1", "prompt": "<secret-prompt>", "env_var": "<env-var>",
                "metadata": {"skill_name": "<skill>", "help": "<secret-help>"}}"#,
            );
        },
    },
    Scene {
        name: "request of a newer Hermes",
        fields: &[("request-method", Label), ("request-summary", Decide)],
        size: (100, 40),
        counted: false,
        play: |rig, fill| {
            let frame = r#"{"jsonrpc": "2.0", "id": "srq-1", "method": "<request-method>",
                "params": {"session_id": "LIVE", "title": "<request-summary>"}}"#;
            rig.frame(&fill.json(frame).replace("LIVE", LIVE));
        },
    },
    Scene {
        name: "withdrawn",
        fields: &[("withdrawn", Label)],
        size: (100, 24),
        counted: false,
        play: withdrawn,
    },
    Scene {
        name: "unanswered",
        fields: &[("unanswered", Label)],
        size: (100, 24),
        counted: false,
        play: unanswered,
    },
    Scene {
        name: "not sent",
        fields: &[("not-sent", Label)],
        size: (100, 24),
        counted: false,
        play: |rig, fill| {
            rig.answers
                .insert("prompt.submit", fill.json(r#""error": {"code": 5000, "message": "<not-sent>"}"#));
            rig.say("again");
        },
    },
    Scene {
        name: "waking",
        fields: &[("backend-log", Label)],
        size: (100, 24),
        counted: false,
        play: |rig, fill| {
            fresh(rig);
            rig.link(BackendState::Waking {
                since: Tick(110_000),
                slow: false,
                line: fill.un("backend-log"),
            });
        },
    },
    Scene {
        name: "stuck",
        fields: &[("stuck-what", Label), ("stuck-does", Label), ("stuck-can", Label), ("stuck-log", Label)],
        size: (100, 30),
        counted: false,
        play: |rig, fill| {
            fresh(rig);
            rig.link(stuck(fill));
        },
    },
    Scene {
        name: "stuck under a conversation",
        fields: &[("stuck-what", Label), ("stuck-does", Label), ("stuck-can", Label), ("stuck-log", Label)],
        size: (100, 30),
        counted: false,
        play: |rig, fill| {
            rig.link(stuck(fill));
            fresh(rig);
        },
    },
    Scene {
        name: "degraded",
        fields: &[("degraded", Label)],
        size: (100, 20),
        counted: false,
        play: |rig, fill| rig.link(BackendState::Degraded(fill.un("degraded"))),
    },
    Scene {
        name: "retrying",
        fields: &[("lost-why", Label)],
        size: (100, 20),
        counted: false,
        play: |rig, fill| {
            rig.link(BackendState::Retrying { attempt: 2, at: Tick(150_000), why: fill.un("lost-why") });
        },
    },
    Scene {
        name: "elsewhere",
        fields: &[("lock-holder", Label)],
        size: (100, 20),
        counted: false,
        play: |rig, fill| rig.link(BackendState::Elsewhere(fill.un("lock-holder"))),
    },
    Scene {
        name: "stored conversation",
        fields: &[
            ("stored-user", Prose),
            ("stored-assistant", Markdown),
            ("stored-tool", Label),
            ("stored-reasoning", Prose),
            ("stored-title", Label),
        ],
        size: (100, 60),
        counted: false,
        play: stored,
    },
    Scene {
        name: "unreadable conversation",
        fields: &[("unreadable", Label)],
        size: (100, 24),
        counted: false,
        play: unreadable,
    },
    Scene {
        name: "palette",
        fields: &[("row-title", Label), ("row-preview", Label), ("tab-title", Label)],
        size: (100, 30),
        counted: false,
        play: palette,
    },
    Scene {
        name: "palette's query",
        fields: &[("query", Written)],
        size: (100, 30),
        counted: false,
        play: |rig, fill| {
            rig.keys("ctrl-p");
            fill.paste(rig, "query", 40);
        },
    },
    Scene {
        name: "question of hermux",
        fields: &[("dialog-title", Label)],
        size: (100, 24),
        counted: false,
        play: |rig, fill| {
            fill.event(rig, "session.title", r#"{"title": "<dialog-title>"}"#);
            running(rig);
            rig.keys("ctrl-d");
        },
    },
    Scene {
        name: "answer of a command",
        fields: &[("slash-warning", Output), ("slash-output", Output)],
        size: (100, 60),
        counted: false,
        play: |rig, fill| {
            let said = fill.json(r#""result": {"output": "<slash-output>", "warning": "<slash-warning>"}"#);
            rig.answers.insert("slash.exec", said);
            rig.does(events::Input::Paste("/insights".to_owned()));
            rig.keys("enter");
        },
    },
    Scene {
        name: "refusal",
        fields: &[("refusal", Label)],
        size: (160, 20),
        counted: false,
        play: |rig, fill| {
            rig.does(events::Input::Paste("hi".to_owned()));
            rig.stage.keys("enter");
            let ask = rig.stage.asked().last().map(|(ask, _)| *ask).expect("something was asked");
            rig.stage.hear(Update::Refused { ask, reason: Refusal::Backend(fill.un("refusal")) });
        },
    },
    Scene {
        name: "text being written",
        fields: &[("draft", Written)],
        size: (100, 40),
        counted: false,
        play: |rig, fill| fill.paste(rig, "draft", 150),
    },
    Scene {
        name: "text put into the composer",
        fields: &[("prefill", Written)],
        size: (100, 40),
        counted: false,
        play: |rig, fill| {
            rig.answers.insert("slash.exec", r#""error": {"code": 4018, "message": "elsewhere"}"#.to_owned());
            // The caret is behind the text: there the tag has to be.
            let (text, tag) = (&fill.payload.json, fill.tag("prefill"));
            let said = format!(r#""result": {{"type": "prefill", "message": "{text}{tag}"}}"#);
            rig.answers.insert("command.dispatch", said);
            rig.does(events::Input::Paste("/undo".to_owned()));
            rig.keys("enter");
        },
    },
];

fn running(rig: &mut Rig) {
    rig.say("go on");
    rig.event("message.start", "{}");
}

/// Another, empty session of the same profile is shown.
fn fresh(rig: &mut Rig) {
    rig.keys("ctrl-x n");
    if let Some(id) = rig.stage.ui.active {
        rig.session = id;
    }
}

fn conversation(rig: &mut Rig, fill: &Fill<'_>) {
    rig.say(&fill.text("user-text"));
    rig.event("message.start", "{}");
    fill.event(rig, "message.delta", r#"{"text": "<assistant-text>"}"#);
    rig.finish();
    running(rig);
    rig.event("tool.start", r#"{"tool_id": "t", "name": "terminal", "context": "ls"}"#);
    rig.event("tool.complete", r#"{"tool_id": "t", "name": "terminal", "result": {"output": "x"}}"#);
    fill.event(rig, "message.interim", r#"{"text": "<assistant-step>"}"#);
    rig.finish();
    running(rig);
    fill.event(rig, "message.complete", r#"{"text": "<assistant-final>", "status": "complete"}"#);
    rig.event("session.info", r#"{"running": false}"#);
    running(rig);
    fill.event(rig, "message.complete", r#"{"text": "<turn-error>", "status": "error"}"#);
    rig.event("session.info", r#"{"running": false}"#);
    running(rig);
    fill.event(rig, "error", r#"{"message": "<error-event>"}"#);
    rig.event("session.info", r#"{"running": false}"#);
    fill.event(rig, "background.complete", r#"{"task_id": "b", "text": "<background>"}"#);
}

fn markdown(rig: &mut Rig, fill: &Fill<'_>) {
    for text in [
        "# <md-heading>",
        r"- <md-item>\n- other",
        "> <md-quote>",
        r"| a | b |\n|---|---|\n| <md-cell> | c |",
        "**<md-strong>**",
        "`<md-code>`",
        r"```sh\n<md-block>\n```\nafter",
        "[<md-link>](https://example.com)",
    ] {
        running(rig);
        fill.event(rig, "message.delta", &format!(r#"{{"text": "{text}"}}"#));
        rig.finish();
    }
}

fn tools(rig: &mut Rig, fill: &Fill<'_>) {
    rig.stage.ui.unfold_all = true;
    running(rig);
    fill.event(rig, "reasoning.delta", r#"{"text": "<reasoning>"}"#);
    fill.event(rig, "tool.start", r#"{"tool_id": "t1", "name": "<tool-name>", "context": "ls"}"#);
    fill.event(
        rig,
        "tool.complete",
        r#"{"tool_id": "t1", "name": "<tool-name>", "args": "<tool-args>", "result": {"output": "ok"}}"#,
    );
    fill.event(rig, "tool.start", r#"{"tool_id": "t2", "name": "terminal", "context": "<tool-context>"}"#);
    fill.event(
        rig,
        "tool.complete",
        r#"{"tool_id": "t2", "name": "terminal", "result": {"output": "<tool-output>", "exit_code": 0}}"#,
    );
    rig.event("tool.start", r#"{"tool_id": "t3", "name": "terminal", "context": "false"}"#);
    fill.event(
        rig,
        "tool.complete",
        r#"{"tool_id": "t3", "name": "terminal", "result": {"output": "", "error": "<tool-error>"}}"#,
    );
    rig.event("tool.start", r#"{"tool_id": "t4", "name": "patch", "context": "x"}"#);
    fill.event(
        rig,
        "tool.complete",
        r#"{"tool_id": "t4", "name": "patch", "result": {"success": true, "diff": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+<diff-line>"}}"#,
    );
    fill.event(
        rig,
        "tool.output_risk",
        r#"{"tool_id": "t4", "name": "patch", "risk": "high", "findings": "<tool-risk>"}"#,
    );
    fill.event(rig, "tool.start", r#"{"tool_id": "t5", "name": "<tool-running>", "context": ""}"#);
}

fn folded(rig: &mut Rig, fill: &Fill<'_>) {
    running(rig);
    rig.event("tool.start", r#"{"tool_id": "t1", "name": "terminal", "context": "ls"}"#);
    fill.event(
        rig,
        "tool.complete",
        r#"{"tool_id": "t1", "name": "terminal", "result": {"output": "<output-summary>", "exit_code": 0}}"#,
    );
    rig.event("tool.start", r#"{"tool_id": "t2", "name": "patch", "context": "x"}"#);
    fill.event(rig, "tool.complete", r#"{"tool_id": "t2", "name": "patch", "result": {"success": true}, "inline_diff": "@@ -1 +1 @@\n+<diff-folded>"}"#);
    rig.finish();
}

fn head(rig: &mut Rig, fill: &Fill<'_>) {
    fill.event(
        rig,
        "session.info",
        r#"{"model": "<model>", "branch": "<branch>", "reasoning_effort": "<effort>", "approval_mode": "<approval-mode>"}"#,
    );
    fill.event(rig, "session.title", r#"{"title": "<title>"}"#);
    running(rig);
    fill.event(rig, "thinking.delta", r#"{"text": "<activity>"}"#);
    rig.say(&fill.text("queued"));
    fill.event(rig, "notification.show", r#"{"level": "warning", "key": "k", "text": "<notification>"}"#);
}

fn status(rig: &mut Rig, fill: &Fill<'_>) {
    running(rig);
    fill.event(rig, "status.update", r#"{"kind": "retry", "text": "<status-update>"}"#);
}

fn approval(rig: &mut Rig, fill: &Fill<'_>) {
    running(rig);
    fill.event(
        rig,
        "approval.request",
        r#"{"command": "<command>", "description": "<description>", "pattern_key": "<pattern>",
        "choices": ["once", "session", "always", "deny"]}"#,
    );
    if fill.payload.text.len() > 1_000 || fill.payload.text.lines().count() > 8 {
        rig.resize((100, 1_000));
    }
    // Turned to, scrolled to its end, and permission for the session asked for: the kind it covers is named.
    rig.keys("alt-r");
    rig.stage.wait(400);
    rig.stage.draw();
    rig.stage.wait(400);
    rig.keys("a");
}

fn withdrawn(rig: &mut Rig, fill: &Fill<'_>) {
    running(rig);
    rig.event("clarify.request", r#"{"request_id": "r1", "question": "what?"}"#);
    fill.event(rig, "request.cancel", r#"{"id": "r1", "method": "clarify", "reason": "<withdrawn>"}"#);
}

fn unanswered(rig: &mut Rig, fill: &Fill<'_>) {
    rig.answers.insert("clarify.respond", fill.json(r#""error": {"code": 5000, "message": "<unanswered>"}"#));
    running(rig);
    rig.event("clarify.request", r#"{"request_id": "r1", "question": "what?", "choices": ["a", "b"]}"#);
    rig.keys("alt-r");
    rig.stage.draw();
    rig.stage.wait(400);
    rig.keys("1");
}

fn stuck(fill: &Fill<'_>) -> BackendState {
    BackendState::Stuck(Box::new(Stuck {
        reason: StuckReason::CrashLoop,
        what: fill.un("stuck-what"),
        does: fill.un("stuck-does"),
        can: fill.un("stuck-can"),
        log: vec![fill.un("stuck-log")],
    }))
}

/// A stored session is found by what is typed, and opened.
fn opens(rig: &mut Rig, body: Body, title: &str, typed: &str) {
    let id = StoredId::new("20261121_040000_aaaaaa").expect("an id");
    let row = row(&id, Some(title), "");
    rig.loaded = Some(Loaded { stored: id.clone(), row: Some(row.clone()), body });
    rig.listed = Some(vec![row]);
    rig.keys("ctrl-p");
    rig.does(events::Input::Paste(typed.to_owned()));
    rig.keys("enter");
    rig.session = rig.stage.ui.active.expect("a session is shown");
    rig.command(Command::Watch { session: rig.session });
}

fn row(id: &StoredId, title: Option<&str>, preview: &str) -> StoredRow {
    StoredRow {
        profile: name("default"),
        id: id.clone(),
        lineage: LineageRoot::new(id.as_str()).expect("an id"),
        title: title.map(un),
        preview: un(preview),
        last_active: WallMs(1_800_000_000_000),
        started: WallMs(0),
        ended: false,
        archived: false,
        messages: 3,
        source: un("cli"),
        model: None,
        cwd: None,
    }
}

fn stored(rig: &mut Rig, fill: &Fill<'_>) {
    let mut session = worlds::session(9, "default", "");
    worlds::say(&mut session, Role::User, &fill.text("stored-user"));
    let parts = vec![
        worlds::reasoning(&fill.text("stored-reasoning")),
        worlds::tool(&fill.text("stored-tool"), "", ToolState::Done, "", None),
        Part::Text(fill.un("stored-assistant")),
    ];
    worlds::push(&mut session, Role::Assistant, parts, MessageState::Done);
    let messages: Vec<Message> =
        session.body.map(|body| body.messages.into_iter().collect()).unwrap_or_default();
    let body = Body { messages, ..Body::default() };
    rig.stage.ui.unfold_all = true;
    opens(rig, body, &fill.text("stored-title"), &fill.tag("stored-title"));
}

fn unreadable(rig: &mut Rig, fill: &Fill<'_>) {
    let body = Body { state: BodyState::Unreadable(fill.un("unreadable")), ..Body::default() };
    opens(rig, body, "stored", "stored");
}

fn palette(rig: &mut Rig, fill: &Fill<'_>) {
    fill.event(rig, "session.title", r#"{"title": "<tab-title>"}"#);
    let id = |n: u8| StoredId::new(&format!("20261121_04000{n}_aaaaaa")).expect("an id");
    rig.listed = Some(vec![
        row(&id(1), Some(&fill.text("row-title")), ""),
        row(&id(2), None, &fill.text("row-preview")),
    ]);
    rig.keys("ctrl-p");
}
