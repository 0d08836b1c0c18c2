//! Requests of the registry to a backend over HTTP, each in a task of its own, answered as the reply of a call.

use super::run::Hub;
use crate::{
    base::ids::{CallId, ProfileName},
    model::agent::{Reply, Rest},
    registry::Input,
    wire,
};
use std::time::Duration;

impl Hub {
    /// Makes a request; without an answer within `timeout` milliseconds it is given up. The reply is `Lost` where it may have been
    /// done.
    pub(super) fn rest(&mut self, call: CallId, profile: &ProfileName, what: Rest, timeout: u64) {
        let answered = self.supervisor.rest(profile, wire::rest::encode(&what));
        let (answers, profile) = (self.reads.answers(), profile.clone());
        tokio::spawn(async move {
            let answered = tokio::time::timeout(Duration::from_millis(timeout), answered).await;
            let reply = match answered {
                Ok(Ok(response)) => wire::rest::read(&what, &response),
                Ok(Err(error)) => {
                    tracing::warn!(profile = profile.as_str(), %error, "a request to a backend has no answer");
                    Reply::Lost
                }
                Err(_) => Reply::Lost,
            };
            // The hub has ended: nobody wants the answer.
            let _ = answers.send(Input::Reply { call, reply }).await;
        });
    }
}
