//! The hub of this Hermes home, if one runs and answers.

use super::report::Report;
use crate::{
    boot::{client::ClientError, place::Place},
    cli::status::{self, Missing},
    config::paths::Paths,
};

const AREA: &str = "hermux";

/// Whether a hub runs, which, and whether it answers.
pub(super) fn look(report: &mut Report, paths: &Paths) -> std::io::Result<()> {
    let place = Place::of(paths);
    match status::ask(&place, false)? {
        Ok(hub) => {
            let (hub, open) = (&hub.hub, hub.sessions.len());
            let says = format!(
                "process {}, up {}, terminals: {}, open sessions: {open}",
                hub.pid,
                status::text::span(hub.uptime_ms),
                hub.terminals.len()
            );
            report.ok(AREA, "hub", &says);
        }
        Err(Missing::Client(ClientError::NoHub)) => match place.holder() {
            None => report.ok(AREA, "hub", "none runs; hermux starts one"),
            Some(holder) => {
                let says = format!("{} is there, and nobody can reach it", holder.says);
                report.warn(AREA, "hub", &says, "end it: hermux stop --force");
            }
        },
        Err(missing @ Missing::Client(ClientError::WrongContract(_))) => {
            report.warn(AREA, "hub", &missing.to_string(), "end it, when nothing runs in it: hermux stop");
        }
        Err(missing) => report.warn(AREA, "hub", &missing.to_string(), "end it: hermux stop --force"),
    }
    Ok(())
}
