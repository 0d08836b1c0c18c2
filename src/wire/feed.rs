//! One connection to a backend, as a pure state machine: text frames in, facts and replies out; calls in, frames out.
//!
//! The hub keeps one [`Feed`] for each connection, gives it every frame with the time, and does what each [`Out`] says, in
//! order. No session is implied: a fact names the live session that its frame named. When the connection ends, [`Feed::down`]
//! settles every call.

use super::{
    ask, event,
    features::Features,
    frame::{self, Fault, Frame, Outcome},
    oddity::{Oddities, Oddity},
    pending::{Pending, Whose},
    reply::{self, Expect},
    request::{self, EncodeError, OutFrame},
};
use crate::{
    base::{
        clock::Tick,
        ids::{CallId, Epoch, LiveId, ProfileName, SecretHandle},
        secret::Secret,
        text::Untrusted,
    },
    model::agent::{Call, Capabilities, Fact, Reply},
};
use serde_json::value::RawValue;
use std::collections::VecDeque;

/// This many malformed frames within [`STRIKE_SPAN`] cost the connection (REL-13).
const STRIKES: usize = 10;
/// Milliseconds.
const STRIKE_SPAN: u64 = 10_000;
/// How long the answer to `client.capabilities` is remembered, in milliseconds. Nothing waits for it.
const CAPABILITIES_WAIT: u64 = 600_000;
/// The code of "unknown method".
const UNKNOWN_METHOD: i64 = -32601;

/// What a frame, a deadline or the end of the connection comes to.
#[derive(Debug)]
pub enum Out {
    /// The greeting came: calls may be made. Once a connection, before everything else.
    Up {
        capabilities: Capabilities,
    },
    /// It can do more than was known.
    Learned {
        capabilities: Capabilities,
    },
    Fact {
        live: Option<LiveId>,
        fact: Fact,
    },
    Reply {
        call: CallId,
        reply: Reply,
    },
    /// Send this frame now.
    Send(OutFrame),
    /// The backend is of another profile than was asked for. Nothing more of this connection is passed on; it is to be closed
    /// and not tried again.
    WrongProfile {
        says: Untrusted,
    },
    /// Close this connection and dial again: too much of it cannot be read.
    Disconnect {
        why: &'static str,
    },
    /// A line for the log, the first time that something odd is seen. Names only, never content.
    Log {
        what: &'static str,
        name: String,
    },
}

/// The state of one connection.
#[derive(Debug)]
pub struct Feed {
    profile: ProfileName,
    pending: Pending,
    features: Features,
    odd: Oddities,
    greeted: bool,
    /// What was last said of the abilities.
    said: Capabilities,
    strikes: VecDeque<Tick>,
    /// Nothing of it counts any more.
    closed: bool,
}

impl Feed {
    /// A connection of `profile`'s backend that was just made. `epoch` is never used again for this profile.
    pub fn new(profile: ProfileName, epoch: Epoch) -> Self {
        Self {
            profile,
            pending: Pending::new(epoch),
            features: Features::default(),
            odd: Oddities::default(),
            greeted: false,
            said: Capabilities::default(),
            strikes: VecDeque::new(),
            closed: false,
        }
    }

    /// Takes one text frame.
    pub fn text(&mut self, text: &str, now: Tick) -> Vec<Out> {
        let mut out = Vec::new();
        if self.closed {
            return out;
        }
        // Apart while the frame is read: what is counted is borrowed by it.
        let odd = std::mem::take(&mut self.odd);
        self.frame(frame::parse(text, &odd), &odd, now, &mut out);
        self.odd = odd;
        self.finish(&mut out);
        out
    }

    /// Takes a frame that is not text.
    pub fn not_text(&mut self, now: Tick) -> Vec<Out> {
        let mut out = Vec::new();
        if !self.closed {
            self.odd.note(Oddity::Malformed, Fault::NotText.name());
            self.strike(now, &mut out);
            self.finish(&mut out);
        }
        out
    }

    /// Makes a call, of which the reply comes within `timeout` milliseconds. `redeem` gives the secret of a handle, once. On an
    /// error no reply will come.
    pub fn call(
        &mut self,
        id: CallId,
        call: &Call,
        timeout: u64,
        now: Tick,
        redeem: impl FnOnce(SecretHandle) -> Option<Secret>,
    ) -> Result<OutFrame, EncodeError> {
        let rpc = self.pending.open(Whose::Call(id, Expect::of(call)), now.plus(timeout));
        let frame = request::encode(&rpc, call, redeem);
        if frame.is_err() {
            self.pending.take(&rpc);
        }
        frame
    }

    /// Gives up the calls whose time is over.
    pub fn expire(&mut self, now: Tick) -> Vec<Out> {
        lost(self.pending.expire(now))
    }

    /// When [`Feed::expire`] has something to do.
    pub fn next_deadline(&self) -> Option<Tick> {
        self.pending.next_deadline()
    }

    /// The connection is gone: no call will be answered.
    pub fn down(&mut self) -> Vec<Out> {
        self.closed = true;
        lost(self.pending.lost())
    }

    /// Whether the backend has greeted, so that calls may be made.
    pub fn is_up(&self) -> bool {
        self.greeted && !self.closed
    }

    /// What it said that hermux does not know.
    pub fn oddities(&self) -> &Oddities {
        &self.odd
    }

    fn frame(&mut self, frame: Frame<'_>, odd: &Oddities, now: Tick, out: &mut Vec<Out>) {
        match frame {
            Frame::Event { kind, payload, .. } if kind == "gateway.ready" => {
                self.greet(payload, odd, now, out);
            }
            Frame::Event { kind, live, payload } => {
                let fact = event::fact(&kind, payload, &mut self.features, odd);
                let reported = match &fact {
                    Some(Fact::Info(info)) => info.profile.clone(),
                    _ => None,
                };
                if self.is_of_profile(reported.as_deref(), out) {
                    out.extend(fact.map(|fact| Out::Fact { live, fact }));
                }
            }
            Frame::Response { id, outcome } => self.response(&id, &outcome, odd, out),
            Frame::ServerRequest { id, method, params } => {
                self.features.asks_by_request();
                let (live, request) = ask::server_request(&id, &method, params, odd);
                out.push(Out::Fact { live, fact: Fact::Asked(Box::new(request)) });
            }
            Frame::Notification { method } => odd.note(Oddity::Method, &method),
            Frame::Malformed(fault) => {
                odd.note(Oddity::Malformed, fault.name());
                self.strike(now, out);
            }
        }
    }

    fn greet(&mut self, payload: Option<&RawValue>, odd: &Oddities, now: Tick, out: &mut Vec<Out>) {
        self.features.greeted(payload, odd);
        if !self.greeted {
            self.greeted = true;
            self.said = self.features.capabilities();
            out.push(Out::Up { capabilities: self.said });
        }
        let rpc = self.pending.open(Whose::Capabilities, now.plus(CAPABILITIES_WAIT));
        out.extend(request::capabilities(&rpc).ok().map(Out::Send));
    }

    fn response(&mut self, id: &str, outcome: &Outcome<'_>, odd: &Oddities, out: &mut Vec<Out>) {
        match self.pending.take(id) {
            Some(Whose::Call(call, expect)) => {
                let read = reply::read(expect, outcome, &mut self.features, odd);
                let reported = match &read.reply {
                    Reply::Built(built) => built.info.profile.clone(),
                    _ => None,
                };
                if self.is_of_profile(reported.as_deref(), out) {
                    out.push(Out::Reply { call, reply: read.reply });
                    out.extend(read.open.into_iter().map(|(live, fact)| Out::Fact { live, fact }));
                } else {
                    out.push(Out::Reply { call, reply: Reply::Lost });
                }
            }
            Some(Whose::Capabilities) => match outcome {
                Outcome::Result(_) => self.features.asks_by_request(),
                // What every older generation says.
                Outcome::Error { code: UNKNOWN_METHOD, .. } => {}
                Outcome::Error { .. } | Outcome::TooDeep => odd.note(Oddity::Value, "client.capabilities"),
            },
            None => odd.note(Oddity::Reply, if id.is_empty() { "no-id" } else { "unknown-id" }),
        }
    }

    /// Whether what the backend says of its profile is what was asked for. If not, this connection is over.
    fn is_of_profile(&mut self, says: Option<&str>, out: &mut Vec<Out>) -> bool {
        let Some(says) = says.filter(|says| *says != self.profile.as_str()) else { return true };
        self.closed = true;
        out.push(Out::WrongProfile { says: says.into() });
        false
    }

    fn strike(&mut self, now: Tick, out: &mut Vec<Out>) {
        self.strikes.push_back(now);
        while self.strikes.front().is_some_and(|first| now.since(*first) > STRIKE_SPAN) {
            self.strikes.pop_front();
        }
        if self.strikes.len() >= STRIKES {
            self.strikes.clear();
            out.push(Out::Disconnect { why: "10 frames within 10 s could not be read" });
        }
    }

    /// Adds what the frame taught.
    fn finish(&mut self, out: &mut Vec<Out>) {
        let capabilities = self.features.capabilities();
        if self.greeted && capabilities != self.said {
            self.said = capabilities;
            // First: what it says next is better understood with it.
            out.insert(0, Out::Learned { capabilities });
        }
        out.extend(
            self.odd.take_fresh().into_iter().map(|(what, name)| Out::Log { what: what.text(), name }),
        );
    }
}

fn lost(open: Vec<Whose>) -> Vec<Out> {
    let calls = open.into_iter().filter_map(|whose| match whose {
        Whose::Call(call, _) => Some(Out::Reply { call, reply: Reply::Lost }),
        Whose::Capabilities => None,
    });
    calls.collect()
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
