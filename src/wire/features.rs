//! Which generation a backend is, by what it does: its version number does not say.

use super::{json::Fields, oddity::Oddities};
use crate::model::agent::Capabilities;
use serde_json::value::RawValue;

/// The `desktop_contract` of Hermes 0.19, the generation that is spoken in full.
const CONTRACT: i64 = 4;

/// What was seen of a backend so far. It only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Features {
    newer: bool,
    approval_ids: bool,
}

impl Features {
    /// Reads the greeting: 0.19 says only how its own client should look.
    pub fn greeted(&mut self, payload: Option<&RawValue>, odd: &Oddities) {
        let names = &[
            "skin",
            "change_events",
            "heartbeat",
            "replay_epoch",
            "capabilities",
            "protocol",
            "shared_session",
        ];
        let fields = Fields::lenient(payload, "gateway.ready", names, odd);
        self.newer |=
            names.iter().skip(1).any(|name| fields.raw(name).is_some_and(|raw| raw.get() != "false"));
    }

    /// Reads the contract's number, which comes with each session's info.
    pub fn contract(&mut self, number: Option<i64>) {
        self.newer |= number.is_some_and(|number| number > CONTRACT);
    }

    /// It took `client.capabilities`, or made a request of its own.
    pub fn asks_by_request(&mut self) {
        self.newer = true;
    }

    /// An approval came with an id.
    pub fn gave_approval_id(&mut self) {
        self.newer = true;
        self.approval_ids = true;
    }

    pub fn is_newer(self) -> bool {
        self.newer
    }

    pub fn capabilities(self) -> Capabilities {
        Capabilities { newer: self.newer, approval_ids: self.approval_ids }
    }
}
