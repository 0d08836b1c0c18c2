//! What a backend says of a session's settings and of its tokens.

use super::{json::Fields, oddity::Oddities};
use crate::{
    base::ids::StoredId,
    model::{agent::InfoFact, outcome::clip, session::ApprovalMode, usage::Usage},
};
use serde_json::value::RawValue;

/// The longest name of a profile that is repeated, in bytes. A real one has at most 64.
const MAX_PROFILE: usize = 100;

/// A session's info, and the contract's number that rides in it.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub(super) fact: InfoFact,
    pub(super) contract: Option<i64>,
}

/// Reads the payload of `session.info`, or the `info` of an answer. The system prompt and the names of all tools in it are
/// passed over.
pub(super) fn info(raw: Option<&RawValue>, odd: &Oddities) -> Info {
    let names = &[
        "running",
        "stored_session_id",
        "title",
        "model",
        "provider",
        "reasoning_effort",
        "cwd",
        "branch",
        "approval_mode",
        "yolo",
        "fast",
        "usage",
        "profile_name",
        "version",
        "install_warning",
        "config_warning",
        "credential_warning",
        "desktop_contract",
        "personality",
        // Known, and not needed.
        "service_tier",
        "tools",
        "skills",
        "project",
        "release_date",
        "update_behind",
        "update_command",
        "mcp_servers",
        "system_prompt",
        "lazy",
    ];
    let fields = Fields::lenient(raw, "session.info", names, odd);
    let warnings = ["install_warning", "config_warning", "credential_warning"];
    let fact = InfoFact {
        running: fields.flag("running"),
        stored: fields.id("stored_session_id", StoredId::new),
        title: fields.word("title"),
        model: fields.word("model"),
        provider: fields.word("provider"),
        reasoning_effort: fields.word("reasoning_effort"),
        cwd: fields.word("cwd"),
        // Empty outside a repository: that is news too.
        branch: fields.text("branch"),
        approval_mode: fields.word("approval_mode").map(|mode| ApprovalMode::named(mode.raw())),
        yolo: fields.flag("yolo"),
        fast: fields.flag("fast"),
        // Empty: none.
        personality: fields.text("personality"),
        usage: usage(&fields),
        profile: fields.str("profile_name").map(|name| clip(&name, MAX_PROFILE).to_owned()),
        version: fields.word("version"),
        warnings: warnings.iter().filter_map(|name| fields.word(name)).collect(),
    };
    Info { fact, contract: fields.int("desktop_contract") }
}

/// Reads the field `usage`. What is absent in it stays unknown: it is not zero.
pub(super) fn usage(fields: &Fields<'_>) -> Option<Usage> {
    let names = &[
        "input",
        "output",
        "total",
        "calls",
        "context_used",
        "context_max",
        "context_percent",
        "compressions",
        // Known, and not needed.
        "model",
        "reasoning",
        "prompt",
        "completion",
        "active_subagents",
        "cache_read",
        "cache_write",
        "cost_usd",
        "cost_status",
    ];
    let usage = fields.object("usage", "usage", names)?;
    Some(Usage {
        input: usage.count("input"),
        output: usage.count("output"),
        total: usage.count("total"),
        calls: usage.count("calls"),
        context_used: usage.count("context_used"),
        context_max: usage.count("context_max"),
        context_percent: usage
            .float("context_percent")
            .map(|percent| percent.clamp(0.0, 100.0).round() as u8),
        compressions: usage.count("compressions"),
    })
}
