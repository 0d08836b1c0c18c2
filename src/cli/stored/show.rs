//! `hermux show`: one conversation from its beginning to its end.

use super::{SCHEMA, SessionJson, Stored, address, age, json};
use crate::{
    base::{
        clock::{Clock, WallMs},
        text::{Mode, Untrusted},
    },
    boot::exit::Exit,
    cli::args::{Place, stored::Show},
    history::{self, HistoryError},
    model::{
        link::SessionLink,
        listing::StoredRow,
        message::{Level, Message, MessageState, Part, Role},
        tool::{ToolCall, ToolState},
    },
};
use anyhow::bail;
use serde::Serialize;
use std::{
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

/// Looks at a transcript that is being written to, until one stands still.
const LOOKS: usize = 3;
/// Cells of what is said of a call.
const CALL: usize = 100;

/// The whole of `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    session: SessionJson<'a>,
    messages: Vec<MessageJson<'a>>,
}

#[derive(Serialize)]
struct MessageJson<'a> {
    role: &'static str,
    at_ms: Option<u64>,
    state: &'static str,
    parts: Vec<PartJson<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum PartJson<'a> {
    Text { text: &'a Untrusted },
    Thought { text: &'a Untrusted },
    Tool(ToolJson<'a>),
    Note { level: &'static str, text: &'a Untrusted },
}

#[derive(Serialize)]
struct ToolJson<'a> {
    name: &'a Untrusted,
    about: &'a Untrusted,
    arguments: &'a Untrusted,
    state: &'static str,
    reason: Option<&'a Untrusted>,
    /// At most 64 KiB of `output_bytes`.
    output: &'a Untrusted,
    output_bytes: u64,
    diff: Option<&'a Untrusted>,
}

pub(in crate::cli) fn run(args: Show, before: Place) -> anyhow::Result<ExitCode> {
    let mut stored = Stored::at(args.place, before)?;
    if let Some(profile) = &args.profile
        && !stored.names.contains(profile)
        && !stored.problems.iter().any(|problem| problem.profile == *profile)
    {
        bail!("there is no profile {profile}; `hermux profiles` lists them");
    }
    let Some(link) = SessionLink::parse(&args.session, args.profile.as_ref()) else {
        bail!("that names no session; write it as PROFILE/ID, as `hermux ls` does");
    };
    // Its own profile first; ids are unique, so any other is as good.
    stored.names.sort_by_key(|name| Some(name) != link.profile.as_ref());
    let found = stored.each(|home, profile| history::find(home, profile, &link.id));
    let Some(row) = found.into_iter().find_map(|(_, row)| row) else {
        let _ = stored.end();
        let whole = if stored.problems.is_empty() { "" } else { " that can be read" };
        bail!("session {} is in no profile{whole}", link.id.as_str());
    };
    let messages = transcript(&stored.home(&row.profile), &row)?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        let messages = messages.iter().map(message).collect();
        let whole = Whole { schema: SCHEMA, session: SessionJson::of(&row), messages };
        out.write_all(json::line(&whole)?.as_bytes())?;
    } else {
        text(&row, &messages, Clock::wall(), &mut out)?;
    }
    out.flush()?;
    Ok(Exit::Done.into())
}

/// All messages, oldest first. They are read from the end, so what is written meanwhile would shift them: then it looks again.
fn transcript(home: &Path, row: &StoredRow) -> Result<Vec<Message>, HistoryError> {
    let mut look = 1;
    loop {
        let before = history::stamp(home);
        let mut pages: Vec<Vec<Message>> = Vec::new();
        let mut skip = 0;
        loop {
            let (page, more) = history::older(home, &row.profile, &row.id, skip)?;
            skip += page.len() as u64;
            let ended = !more || page.is_empty();
            pages.push(page);
            if ended {
                break;
            }
        }
        if look == LOOKS || history::stamp(home) == before {
            return Ok(pages.into_iter().rev().flatten().collect());
        }
        look += 1;
    }
}

fn text(row: &StoredRow, messages: &[Message], now: WallMs, out: &mut impl Write) -> io::Result<()> {
    let one = |text: &Untrusted| text.drawable(Mode::Label);
    writeln!(out, "{}", one(row.name()))?;
    let model = row.model.as_ref().map(|model| format!(" · {}", one(model))).unwrap_or_default();
    let cwd = row.cwd.as_ref().map(|cwd| format!(" · {}", one(cwd))).unwrap_or_default();
    let messages_in_all = format!(" · {} messages · {}", row.messages, age(now, row.last_active));
    writeln!(out, "{}{messages_in_all}{model}{cwd}", address(row))?;
    for message in messages {
        let who = match message.role {
            Role::User => "you",
            Role::Assistant => "agent",
            Role::System => "system",
        };
        let mut said = Vec::new();
        for part in &message.parts {
            match part {
                Part::Text(text) => said.push(text.drawable(Mode::Prose)),
                Part::Reasoning { .. } => {}
                Part::Tool(call) => said.push(called(call)),
                Part::Note { text, .. } => said.push(format!("! {}", text.drawable(Mode::Prose))),
            }
        }
        said.retain(|text| !text.trim().is_empty());
        if said.is_empty() {
            continue;
        }
        writeln!(out, "\n{who}")?;
        for line in said.iter().flat_map(|text| text.trim_end().lines()) {
            // Who speaks stands at the edge, and nothing that is said does.
            writeln!(out, "{}", format!("  {line}").trim_end())?;
        }
    }
    Ok(())
}

/// A call in one line; what came of it is in the JSON.
fn called(call: &ToolCall) -> String {
    let end = match &call.state {
        ToolState::Running | ToolState::Unknown => "?",
        ToolState::Done => "✓",
        ToolState::Failed(_) | ToolState::Blocked(_) => "✗",
    };
    format!("{end} {}  {}", call.name.label(CALL), call.context.label(CALL))
}

fn message(of: &Message) -> MessageJson<'_> {
    let state = match of.state {
        MessageState::Sending => "sending",
        MessageState::Refused(_) => "refused",
        MessageState::Uncertain => "uncertain",
        MessageState::Streaming => "streaming",
        MessageState::Done => "done",
        MessageState::Interrupted => "interrupted",
        MessageState::Failed => "failed",
    };
    let parts = of.parts.iter().map(|part| match part {
        Part::Text(text) => PartJson::Text { text },
        Part::Reasoning { text, .. } => PartJson::Thought { text },
        Part::Tool(call) => PartJson::Tool(tool(call)),
        Part::Note { level, text } => {
            let level = match level {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            };
            PartJson::Note { level, text }
        }
    });
    MessageJson { role: super::role(of.role), at_ms: of.at.map(|at| at.0), state, parts: parts.collect() }
}

fn tool(call: &ToolCall) -> ToolJson<'_> {
    let (state, reason) = match &call.state {
        ToolState::Running => ("running", None),
        ToolState::Done => ("done", None),
        ToolState::Failed(why) => ("failed", Some(why)),
        ToolState::Blocked(why) => ("blocked", Some(why)),
        ToolState::Unknown => ("unknown", None),
    };
    ToolJson {
        name: &call.name,
        about: &call.context,
        arguments: &call.args,
        state,
        reason,
        output: &call.output,
        output_bytes: call.output_len,
        diff: call.diff.as_ref(),
    }
}
