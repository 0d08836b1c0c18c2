//! Replies to the registry's own calls, each taken once.

use super::{
    Registry,
    effect::Effect,
    runtime::{Kind, Pending},
};
use crate::{base::ids::CallId, model::agent::Reply, proto::Refusal};

impl Registry {
    pub(super) fn on_reply(&mut self, call: CallId, reply: Reply) {
        // One that was given up, with its connection, comes too late to mean anything.
        let Some(Pending { profile, kind }) = self.calls.remove(&call) else { return };
        match kind {
            Kind::Build(session) => self.on_built(session, &profile, call, reply),
            Kind::Submit(session, message) if self.session(session).is_some() => {
                self.on_submitted(session, message, reply);
            }
            Kind::Interrupt(session) if self.session(session).is_some() => match reply {
                Reply::Failed { message, .. } => self.not_interrupted(session, &message),
                Reply::Lost => self.not_interrupted(session, &"its answer was lost".into()),
                _ => {
                    self.kept_is_dropped(session);
                    self.next_in_queue(session);
                    self.leave_if_done(session);
                }
            },
            Kind::Prompt(session, prompt) if self.session(session).is_some() => {
                self.on_answered(session, prompt, reply);
            }
            Kind::Wish(session, want) if self.session(session).is_some() => {
                self.on_wish(session, want, reply);
            }
            Kind::Wish(session, want) => {
                self.end_copy(session, &profile, &want);
                self.effect(Effect::Refuse {
                    client: want.client,
                    ask: want.ask,
                    reason: Refusal::NoSession,
                });
            }
            Kind::Submit(..) | Kind::Interrupt(_) | Kind::Prompt(..) => {}
            Kind::Setup => {
                if let Reply::ProviderConfigured(configured) = reply {
                    self.on_provider(&profile, configured);
                }
            }
            Kind::Catalog => self.on_catalog(&profile, reply),
            Kind::Errand(want) => self.on_errand(&profile, want, reply),
            Kind::Write(row) => self.on_write_reply(&row, reply),
            Kind::WriteClose(row, live) => self.on_write_close(&row, live, &reply),
            Kind::Copied(session, copied) => self.on_copied(session, &profile, *copied, reply),
            Kind::Elsewhere => {
                if let Reply::ActiveList(rows) = reply {
                    self.see_elsewhere(&profile, &rows);
                }
            }
            Kind::StopRow(client, ask, stored) => self.on_stop_row(&profile, client, ask, stored, reply),
            Kind::ActiveList => self.on_active_list(&profile, reply),
            Kind::Spare(asked) => self.on_processes(&profile, call, asked, &reply),
            Kind::Close(who) => self.on_closed(&profile, who, &reply),
            Kind::Farewell => self.on_farewell(&profile, call),
        }
    }
}
