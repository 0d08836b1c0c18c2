//! What the registry asks of the world outside, carried out.

use super::run::Hub;
use crate::{
    proto::Update,
    registry::{Effect, Input},
};

impl Hub {
    /// Carries out one effect. Nothing here waits.
    pub(super) fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::StartBackend { profile } => self.supervisor.start(&profile),
            Effect::StopBackend { profile } => self.supervisor.stop(&profile),
            Effect::Call { call, profile, what, timeout } => {
                let now = self.clock.now();
                match self.links.call(&profile, call, &what, timeout, now, &mut self.vault) {
                    Ok(frame) => self.supervisor.send(&profile, frame),
                    Err(reply) => self.inputs.push_back(Input::Reply { call, reply }),
                }
            }
            Effect::Rest { call, profile, what, timeout } => self.rest(call, &profile, what, timeout),
            Effect::Keep(sent) => self.store.keep(*sent),
            Effect::Forget { reference } => self.store.forget(reference),
            Effect::Store { job } => self.store.job(job.0),
            Effect::Load { session, profile, stored } => self.reads.load(session, profile, stored),
            Effect::Discover { look } => self.fleet.discover(look),
            Effect::Operate { id, operation } => self.operate(id, operation),
            Effect::Paint { id, profile, colour } => self.fleet.paint(id, profile, colour),
            Effect::Look { profile } => self.reads.look(profile, self.supervisor.looker()),
            Effect::Read { client, ask, read } => self.reads.read(client, ask, read),
            Effect::Reread { profile } => self.reads.library.changed(&profile),
            Effect::Seek { profile, lineage, stored } => self.reads.seek(profile, lineage, stored),
            Effect::StopSearch { client } => self.reads.stop_search(client),
            Effect::Report { client, ask, processes } => self.report(client, ask, processes),
            Effect::Answer { client, ask, answer } => {
                self.clients.tell(client, Update::Answer { ask, answer });
            }
            Effect::Refuse { client, ask, reason } => {
                self.clients.tell(client, Update::Refused { ask, reason });
            }
            Effect::Watch { client, session } => self.clients.watch(client, session, self.registry.world()),
            Effect::Unwatch { client, session } => self.clients.unwatch(client, session),
            Effect::Show { client, session } => self.clients.tell(client, Update::Show { session }),
            Effect::DropSecret { handle } => self.vault.wipe(handle),
            Effect::Log { what, detail } => {
                tracing::warn!(what, detail, "the registry met something unexpected");
            }
            Effect::Exit => self.done = true,
        }
    }
}
