//! Whose is it? Live ids, stored ids and lineage roots resolve to one session of one profile, and may change under it.

use super::{Registry, runtime::Early, timers::Key};
use crate::{
    base::{
        ids::{LineageRoot, LiveId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    model::{agent::Fact, patch::Change},
};

impl Registry {
    /// The session that a live id of this profile's backend belongs to.
    pub(super) fn owner(&self, profile: &ProfileName, live: &LiveId) -> Option<SessionId> {
        self.wires.get(profile)?.live.get(live).copied()
    }

    /// The open session of a stored id, an older one of the same conversation included.
    pub(super) fn find_stored(&self, profile: &ProfileName, stored: &StoredId) -> Option<SessionId> {
        let wires = self.wires.get(profile)?;
        let found = wires.stored.get(stored).copied();
        found.or_else(|| wires.lineage.get(&LineageRoot::new(stored.as_str())?).copied())
    }

    pub(super) fn bind_live(&mut self, session: SessionId, profile: &ProfileName, live: LiveId) {
        self.unbind_live(session, profile);
        let now = self.now;
        let wires = self.wire(profile);
        wires.left.remove(&live);
        wires.live.insert(live.clone(), session);
        let run = self.run(session);
        run.live = Some(live);
        run.spare.used = now;
        if std::mem::take(&mut run.eager) {
            self.set_built(session, true);
        }
    }

    pub(super) fn unbind_live(&mut self, session: SessionId, profile: &ProfileName) {
        if let Some(live) = self.run(session).live.take() {
            self.wire(profile).live.remove(&live);
        }
    }

    /// Notes under which durable id a session goes on (INV12): tab, draft and prompts stay where they are. The first id of all
    /// is the lineage's root unless the listing says better.
    pub(super) fn bind_stored(
        &mut self,
        session: SessionId,
        profile: &ProfileName,
        stored: &StoredId,
        lineage: Option<&LineageRoot>,
    ) {
        let Some(known) = self.session(session) else { return };
        let root = lineage
            .or(known.lineage.as_ref())
            .cloned()
            .or_else(|| LineageRoot::new(known.stored.as_ref().unwrap_or(stored).as_str()));
        if known.stored.as_ref() == Some(stored) && known.lineage == root {
            self.wire(profile).stored.entry(stored.clone()).or_insert(session);
            return;
        }
        let old_root = known.lineage.clone();
        self.head(session, Change::Ids { stored: Some(stored.clone()), lineage: root.clone() });
        let wires = self.wire(profile);
        wires.stored.insert(stored.clone(), session);
        let old_root = old_root.filter(|old| Some(old) != root.as_ref());
        if let Some(old) = &old_root {
            wires.lineage.remove(old);
        }
        if let Some(root) = root {
            wires.lineage.insert(root.clone(), session);
            if let Some(old) = old_root {
                self.move_pin(profile, &old, root);
            }
        }
    }

    /// Forgets every id that leads to a session.
    pub(super) fn unbind_all(&mut self, session: SessionId, profile: &ProfileName) {
        let wires = self.wire(profile);
        wires.live.retain(|_, owner| *owner != session);
        wires.stored.retain(|_, owner| *owner != session);
        wires.lineage.retain(|_, owner| *owner != session);
    }

    /// A fact of a live id that nobody owns: kept for a while when a session is being built, since an event may come before
    /// the answer that names its session; else counted out.
    pub(super) fn keep_early(&mut self, profile: &ProfileName, live: LiveId, fact: Fact) {
        let (now, limits) = (self.now, self.settings.limits.clone());
        let bytes = weight(&fact);
        let wires = self.wire(profile);
        if wires.builds == 0 || wires.early_bytes + bytes > limits.early_bytes {
            let why = if wires.builds == 0 { "no session is being built" } else { "too many wait" };
            self.log(
                "an event of an unknown session was dropped",
                format!("{profile} {}: {why}", live.as_str()),
            );
            return;
        }
        wires.early_bytes += bytes;
        wires.early.push_back(Early { at: now, live, bytes, fact });
        if wires.early.len() == 1 {
            self.timers.set(Key::Early(profile.clone()), now.plus(limits.early_wait));
        }
    }

    /// Takes the facts that came before the answer that named their session, in order.
    pub(super) fn take_early(&mut self, profile: &ProfileName, live: &LiveId) -> Vec<Fact> {
        let wires = self.wire(profile);
        let (mine, rest) =
            std::mem::take(&mut wires.early).into_iter().partition::<Vec<_>, _>(|early| early.live == *live);
        wires.early = rest.into();
        wires.early_bytes -= mine.iter().map(|early| early.bytes).sum::<usize>();
        mine.into_iter().map(|early| early.fact).collect()
    }

    /// Drops the facts whose session did not become known in time.
    pub(super) fn forget_early(&mut self, profile: &ProfileName) {
        let (now, wait) = (self.now, self.settings.limits.early_wait);
        let wires = self.wire(profile);
        let mut dropped = 0_usize;
        while wires.early.front().is_some_and(|early| early.at.plus(wait) <= now) {
            wires.early_bytes -= wires.early.pop_front().map_or(0, |early| early.bytes);
            dropped += 1;
        }
        if let Some(next) = wires.early.front().map(|early| early.at.plus(wait)) {
            self.timers.set(Key::Early(profile.clone()), next);
        }
        if dropped > 0 {
            self.log("events of an unknown session were dropped", format!("{profile}: {dropped}"));
        }
    }
}

/// About how many bytes a fact keeps.
fn weight(fact: &Fact) -> usize {
    const BASE: usize = 256;
    BASE + match fact {
        Fact::Text { text, .. }
        | Fact::StepText(text)
        | Fact::Reasoning(text)
        | Fact::ReasoningWhole(text) => text.len(),
        Fact::ToolFinished(result) => result.output.len() + result.diff.as_ref().map_or(0, Untrusted::len),
        Fact::TurnEnded { text, .. } => text.as_ref().map_or(0, Untrusted::len),
        Fact::ProcessOutput { chunk, .. } => chunk.len(),
        _ => 0,
    }
}
