//! A session as text, for snapshots: everything that a person would see of it, and nothing that changes from run to run.

use hermux::{
    base::text::{Mode, Untrusted},
    model::{
        message::{Message, Part},
        prompt::PromptKind,
        session::Session,
        status,
    },
};
use std::fmt::Write as _;

/// Characters of one text that are written out; of a longer one its two ends are.
const SHOWN: usize = 200;

pub(crate) fn of(session: &Session) -> String {
    let mut out = String::new();
    let mut line = |label: &str, text: String| {
        if !text.is_empty() {
            let _ = writeln!(out, "{label}: {text}");
        }
    };
    let word = |text: &Option<Untrusted>| text.as_ref().map(text_of).unwrap_or_default();
    line("session", format!("{} {:?}", session.profile, session.stored));
    line("status", format!("{:?}, {:?}, {:?}", status::of(session), session.turn.state, session.unread));
    line("title", word(&session.title));
    let info = &session.info;
    line(
        "info",
        format!(
            "{} {} {} {:?} yolo={}",
            word(&info.model),
            word(&info.provider),
            word(&info.cwd),
            info.approval_mode,
            info.yolo
        ),
    );
    let usage = &session.usage;
    line(
        "usage",
        format!(
            "total={:?} calls={:?} context={:?}/{:?} compressions={:?}",
            usage.total, usage.calls, usage.context_used, usage.context_max, usage.compressions
        ),
    );
    line("preview", text_of(&session.preview));
    line("activity", word(&session.activity));
    for prompt in &session.prompts {
        let kind = match &prompt.kind {
            PromptKind::Approval { command, .. } => format!("approval of {}", text_of(command)),
            PromptKind::Clarify { question, .. } => format!("question {}", text_of(question)),
            other => format!("{other:?}"),
        };
        line("prompt", format!("{kind} {:?}", prompt.state));
    }
    for entry in &session.queue {
        line("queued", entry.text.clone());
    }
    for todo in &session.todos {
        line("todo", format!("{:?} {}", todo.state, text_of(&todo.content)));
    }
    for child in &session.subagents {
        line("child", format!("{} {:?} {}", text_of(&child.goal), child.state, text_of(&child.last)));
    }
    let messages = session.body.iter().flat_map(|body| &body.messages);
    for message in messages {
        write_message(message, &mut out);
    }
    out.push('\n');
    out
}

fn write_message(message: &Message, out: &mut String) {
    let _ = writeln!(out, "- {:?} {:?}", message.role, message.state);
    for part in &message.parts {
        let _ = match part {
            Part::Text(text) => writeln!(out, "    text {}", text_of(text)),
            Part::Reasoning { text, .. } => writeln!(out, "    reasoning {}", text_of(text)),
            Part::Note { level, text } => writeln!(out, "    note {level:?} {}", text_of(text)),
            Part::Tool(tool) => {
                let diff =
                    tool.diff.as_ref().map(|diff| format!(" diff {}", text_of(diff))).unwrap_or_default();
                writeln!(
                    out,
                    "    tool {} {} {:?}\n      args {}\n      output {}{diff}",
                    text_of(&tool.name),
                    text_of(&tool.context),
                    tool.state,
                    text_of(&tool.args),
                    text_of(&tool.output),
                )
            }
        };
    }
}

fn text_of(text: &Untrusted) -> String {
    let plain = text.drawable(Mode::Label);
    let length = plain.chars().count();
    if length <= SHOWN {
        return plain;
    }
    let head: String = plain.chars().take(SHOWN / 2).collect();
    let tail: String = plain.chars().skip(length - SHOWN / 2).collect();
    format!("{head} … {tail} ({length} characters)")
}
