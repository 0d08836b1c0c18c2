//! One translator for each live connection: a supervisor's text in, the registry's inputs out; calls in, text out.

use super::vault::Vault;
use crate::{
    base::{
        clock::Tick,
        ids::{CallId, Epoch, ProfileName},
    },
    model::agent::{Call, Link, Reply},
    registry::Input,
    wire::{Feed, Out, OutFrame, request::EncodeError},
};
use std::collections::BTreeMap;

/// JSON-RPC's code for parameters that cannot be sent.
const INVALID_PARAMS: i64 = -32602;

/// The translators by profile. A profile without one is not connected.
#[derive(Debug, Default)]
pub(super) struct Links {
    list: BTreeMap<ProfileName, (Epoch, Feed)>,
}

/// What comes of something that a backend said.
#[derive(Debug)]
pub(super) enum Outcome {
    Input(Box<Input>),
    Send(OutFrame),
    /// It sent nothing but nonsense: connect anew.
    Reconnect(&'static str),
    /// It serves another profile than the one asked for: end it.
    Reject {
        serves: String,
    },
}

impl Links {
    /// A connection was made. Nothing of an earlier one counts any more.
    pub(super) fn connected(&mut self, profile: &ProfileName, epoch: Epoch) -> Vec<Outcome> {
        let lost = self.disconnected(profile);
        self.list.insert(profile.clone(), (epoch, Feed::new(profile.clone(), epoch)));
        lost
    }

    /// A connection ended: every call on it is settled.
    pub(super) fn disconnected(&mut self, profile: &ProfileName) -> Vec<Outcome> {
        match self.list.remove(profile) {
            Some((_, mut feed)) => outcomes(profile, feed.down()),
            None => Vec::new(),
        }
    }

    /// A text frame of the connection `epoch`; one of an earlier connection is nothing.
    pub(super) fn text(
        &mut self,
        profile: &ProfileName,
        epoch: Epoch,
        text: &str,
        now: Tick,
    ) -> Vec<Outcome> {
        match self.feed(profile, epoch) {
            Some(feed) => outcomes(profile, feed.text(text, now)),
            None => Vec::new(),
        }
    }

    /// A frame that is not text.
    pub(super) fn not_text(&mut self, profile: &ProfileName, epoch: Epoch, now: Tick) -> Vec<Outcome> {
        match self.feed(profile, epoch) {
            Some(feed) => outcomes(profile, feed.not_text(now)),
            None => Vec::new(),
        }
    }

    /// Makes a call; the frame to send, or the reply that says that it cannot be made.
    pub(super) fn call(
        &mut self,
        profile: &ProfileName,
        id: CallId,
        call: &Call,
        timeout: u64,
        now: Tick,
        vault: &mut Vault,
    ) -> Result<OutFrame, Reply> {
        let Some((_, feed)) = self.list.get_mut(profile) else { return Err(Reply::Lost) };
        match feed.call(id, call, timeout, now, |handle| vault.redeem(handle, now)) {
            Ok(frame) => Ok(frame),
            Err(error) => Err(not_made(error)),
        }
    }

    /// Gives up the calls whose time is over.
    pub(super) fn expire(&mut self, now: Tick) -> Vec<(ProfileName, Vec<Outcome>)> {
        let due =
            self.list.iter_mut().filter(|(_, (_, feed))| feed.next_deadline().is_some_and(|at| at <= now));
        due.map(|(profile, (_, feed))| (profile.clone(), outcomes(profile, feed.expire(now)))).collect()
    }

    /// When [`Links::expire`] has something to do.
    pub(super) fn next_deadline(&self) -> Option<Tick> {
        self.list.values().filter_map(|(_, feed)| feed.next_deadline()).min()
    }

    fn feed(&mut self, profile: &ProfileName, epoch: Epoch) -> Option<&mut Feed> {
        self.list.get_mut(profile).filter(|(current, _)| *current == epoch).map(|(_, feed)| feed)
    }
}

/// A call that was not made never reached the backend: a plain refusal, of which nothing is unknown.
fn not_made(error: EncodeError) -> Reply {
    Reply::Failed { code: INVALID_PARAMS, message: error.to_string().into() }
}

fn outcomes(profile: &ProfileName, out: Vec<Out>) -> Vec<Outcome> {
    out.into_iter().filter_map(|out| outcome(profile, out)).collect()
}

fn outcome(profile: &ProfileName, out: Out) -> Option<Outcome> {
    let profile = profile.clone();
    let link = |link| input(Input::Link { profile: profile.clone(), link });
    match out {
        Out::Up { capabilities } => link(Link::Up { capabilities }),
        Out::Learned { capabilities } => link(Link::Learned { capabilities }),
        Out::Fact { live, fact } => input(Input::Fact { profile, live, fact }),
        Out::Reply { call, reply } => input(Input::Reply { call, reply }),
        Out::Send(frame) => Some(Outcome::Send(frame)),
        Out::Disconnect { why } => Some(Outcome::Reconnect(why)),
        Out::WrongProfile { says } => Some(Outcome::Reject { serves: says.into_raw() }),
        Out::Log { what, name } => {
            tracing::info!(profile = profile.as_str(), what, name, "the backend said something unknown");
            None
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "reads as the other arms do")]
fn input(input: Input) -> Option<Outcome> {
    Some(Outcome::Input(Box::new(input)))
}
