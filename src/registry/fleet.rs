//! The profiles themselves: one that is made, renamed or deleted at the person's word, and those that come, move or go by another
//! hand.
//!
//! One operation at a time, and what is on the disk afterwards counts, not what the program says. A backend is stopped, and is gone,
//! before its profile is touched: Hermes' own would make a deleted directory anew (DECISIONS 20, CHECK 58). A look at the disk that
//! began before an operation ended says nothing any more (INV21).

use super::{Registry, effect::Effect, notices::Words, runtime::Wish, shelf::Painting};
use crate::{
    base::{
        ids::{AskId, ClientId, ProfileName},
        name,
        text::Untrusted,
    },
    model::{
        fleet::{NewProfile, Operation, Place, Seen},
        message::Level,
        notice::About,
        patch::Patch,
        profile::Profile,
    },
    proto::{Answer, Refusal},
};
use std::collections::{BTreeMap, VecDeque};

/// The longest description, in bytes: it is a line or two for people and goes onto a command line.
const DESCRIPTION: usize = 2_000;

/// What the registry keeps of the profiles beside the world.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    doing: Option<Doing>,
    /// Looks of a lower number began before the last operation ended.
    fence: u64,
    /// Colours on their way to the disk.
    pub(super) paints: VecDeque<Painting>,
    /// Where their directories are, as last seen.
    pub(super) places: BTreeMap<ProfileName, Place>,
}

/// An operation that is under way.
#[derive(Debug)]
struct Doing {
    asked: (ClientId, AskId),
    operation: Operation,
    /// The number under which it was handed over; `None` while a backend is being stopped for it.
    id: Option<u64>,
}

impl Fleet {
    /// Whether this profile's directory is about to change or go: nothing may be started in it.
    pub(super) fn holds(&self, profile: &ProfileName) -> bool {
        self.doing.as_ref().is_some_and(|doing| doing.operation.names().contains(&profile))
    }

    /// Whether something is being done that the end has to wait for.
    pub(super) fn is_busy(&self) -> bool {
        self.doing.as_ref().is_some_and(|doing| doing.id.is_some())
    }
}

impl Registry {
    pub(super) fn on_create_profile(
        &mut self,
        asked: (ClientId, AskId),
        mut new: Box<NewProfile>,
    ) -> Result<Option<Answer>, Refusal> {
        self.may_be_called(&new.name)?;
        if let Some(source) = &new.clone {
            self.open_profile(source).or_else(|reason| match reason {
                // It is only read.
                Refusal::Elsewhere(_) => Ok(()),
                reason => Err(reason),
            })?;
        }
        new.description = description(&new.description)?;
        if new.soul.as_ref().is_some_and(|soul| soul.len() > self.settings.limits.text) {
            return Err(Refusal::TooLong);
        }
        self.begin_operation(asked, Operation::Create(new))
    }

    pub(super) fn on_rename_profile(
        &mut self,
        asked: (ClientId, AskId),
        (profile, to): (ProfileName, ProfileName),
        force: bool,
    ) -> Result<Option<Answer>, Refusal> {
        self.may_be_changed(&profile, force)?;
        self.may_be_called(&to)?;
        self.begin_operation(asked, Operation::Rename { profile, to })
    }

    pub(super) fn on_delete_profile(
        &mut self,
        asked: (ClientId, AskId),
        (profile, confirm): (ProfileName, &ProfileName),
        force: bool,
    ) -> Result<Option<Answer>, Refusal> {
        self.may_be_changed(&profile, force)?;
        if *confirm != profile {
            return Err(Refusal::NotConfirmed);
        }
        self.begin_operation(asked, Operation::Delete(profile))
    }

    /// Its own backend writes it (DECISIONS 10).
    pub(super) fn on_describe(
        &mut self,
        asked: (ClientId, AskId),
        profile: &ProfileName,
        text: &str,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        let text = description(text)?;
        self.errand(asked, profile, None, Wish::Describe(text));
        Ok(None)
    }

    pub(super) fn on_write_soul(
        &mut self,
        asked: (ClientId, AskId),
        profile: &ProfileName,
        text: String,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        if text.len() > self.settings.limits.text {
            return Err(Refusal::TooLong);
        }
        self.errand(asked, profile, None, Wish::Soul { text, new: false });
        Ok(None)
    }

    /// A profile was made, and is all that it should be but this.
    pub(super) fn tell_of_soul(&mut self, profile: &ProfileName, reason: &Refusal) {
        let why = match reason {
            Refusal::Backend(words) => words.raw().to_owned(),
            other => other.to_string(),
        };
        self.tell(
            None,
            Level::Warning,
            About::Profile(profile.clone()),
            Words {
                what: format!("Profile {profile} was made, but its SOUL.md was not written: {why}").into(),
                does: "It has the one that Hermes gave it.",
                can: "Write it again, once its backend runs.",
            },
        );
    }

    fn may_be_called(&self, name: &ProfileName) -> Result<(), Refusal> {
        let taken = self.world.profiles.iter().map(|profile| &profile.name);
        name::check(name.as_str(), taken).map(drop).map_err(Refusal::Name)
    }

    fn may_be_changed(&self, profile: &ProfileName, force: bool) -> Result<(), Refusal> {
        if profile.is_default() {
            return Err(Refusal::Default);
        }
        self.open_profile(profile)?;
        let at_work: Vec<_> = self.at_work().into_iter().filter(|at| at.profile == *profile).collect();
        if force || at_work.is_empty() { Ok(()) } else { Err(Refusal::AtWork(at_work)) }
    }

    fn begin_operation(
        &mut self,
        asked: (ClientId, AskId),
        operation: Operation,
    ) -> Result<Option<Answer>, Refusal> {
        if let Some(doing) = &self.fleet.doing {
            return Err(Refusal::Changing(doing.operation.profile().clone()));
        }
        self.fleet.doing = Some(Doing { asked, operation, id: None });
        self.go_on_with_operation();
        Ok(None)
    }

    /// Hands the operation over as soon as nothing runs in its profile.
    pub(super) fn go_on_with_operation(&mut self) {
        let Some(doing) = self.fleet.doing.as_ref().filter(|doing| doing.id.is_none()) else { return };
        let operation = doing.operation.clone();
        let profile = operation.profile();
        if self.has_process(profile) {
            return self.stop(profile);
        }
        let id = self.mint();
        if let Some(doing) = &mut self.fleet.doing {
            doing.id = Some(id);
        }
        self.effect(Effect::Operate { id, operation });
    }

    fn has_process(&self, profile: &ProfileName) -> bool {
        let starting = self.wires.get(profile).is_some_and(|wires| wires.starting);
        starting || self.world.profile(profile).is_some_and(|known| known.backend.is_running())
    }

    /// It was carried out, or not. `seen`: the disk afterwards, where it could be looked at.
    pub(super) fn on_operated(&mut self, id: u64, result: Result<(), Untrusted>, seen: Option<Seen>) {
        let Some(doing) = self.fleet.doing.take_if(|doing| doing.id == Some(id)) else { return };
        self.fleet.fence = self.mint();
        let is_there = |name: &ProfileName| {
            seen.as_ref().map(|seen| seen.profiles.iter().any(|profile| profile.name == *name))
        };
        let Doing { asked: (client, ask), operation, .. } = doing;
        let done = match &operation {
            Operation::Create(new) => is_there(&new.name).unwrap_or(true),
            Operation::Rename { profile, to } => {
                is_there(to).unwrap_or(true) && !is_there(profile).unwrap_or(false)
            }
            Operation::Delete(profile) => !is_there(profile).unwrap_or(false),
        };
        // A delete that failed at something else than the directory is one; a profile that is there without Hermes' word for it may
        // lack half of what it should have.
        let result = match (&operation, result) {
            (Operation::Delete(_), _) if done && seen.is_some() => Ok(()),
            (_, Ok(())) if !done => Err(still(&operation).into()),
            (_, result) => result,
        };
        if result.is_ok() {
            match &operation {
                Operation::Create(_) => {}
                Operation::Rename { profile, to } => self.carry_profile(profile, to),
                Operation::Delete(profile) => self.lose_profile(profile, true),
            }
        }
        if let Some(seen) = seen {
            self.see(seen);
        }
        for name in operation.names() {
            for session in self.sessions_of(name) {
                self.advance(session);
            }
            if self.world.profile(name).is_some() {
                self.run_errands(name);
            }
        }
        match result {
            Ok(()) => match operation {
                // Answered when that is done, too.
                Operation::Create(new) if new.soul.is_some() => {
                    let text = new.soul.unwrap_or_default();
                    self.errand((client, ask), &new.name, None, Wish::Soul { text, new: true });
                }
                _ => self.effect(Effect::Answer { client, ask, answer: Answer::Done }),
            },
            Err(words) => self.effect(Effect::Refuse { client, ask, reason: Refusal::Hermes(words) }),
        }
        self.exit_if_parted();
    }

    /// Something under the Hermes home came, moved or went.
    pub(super) fn look_for_profiles(&mut self) {
        let look = self.mint();
        self.effect(Effect::Discover { look });
    }

    /// The profiles found on disk. What was seen while one of them was being changed may be neither before nor after.
    pub(super) fn on_profiles(&mut self, seen: Seen) {
        if self.fleet.is_busy() {
            return;
        }
        if seen.look < self.fleet.fence {
            return self.look_for_profiles();
        }
        self.see(seen);
    }

    fn see(&mut self, seen: Seen) {
        let Seen { profiles, mut places, .. } = seen;
        let is_new = |reg: &Self, name: &ProfileName| reg.world.profile(name).is_none();
        let names: Vec<ProfileName> = profiles.iter().map(|profile| profile.name.clone()).collect();
        let known = self.world.profiles.iter().map(|profile| profile.name.clone());
        let missing: Vec<ProfileName> = known.filter(|name| !names.contains(name)).collect();
        // One that is to be taken for another's new name, once that one's backend is gone.
        let mut later = Vec::new();
        for name in missing {
            let place = self.fleet.places.get(&name).copied();
            let moved = names
                .iter()
                .find(|new| is_new(self, new) && place.is_some() && places.get(*new).copied() == place);
            if self.has_process(&name) {
                later.extend(moved.cloned());
                // Known again by this when nothing runs in it any more.
                places.extend(place.map(|place| (name.clone(), place)));
                self.wire(&name).gone = true;
                self.stop(&name);
            } else if let Some(to) = moved.cloned() {
                self.carry_profile(&name, &to);
            } else {
                self.lose_profile(&name, false);
            }
        }
        for profile in profiles.into_iter().filter(|profile| !later.contains(&profile.name)) {
            self.see_profile(profile);
        }
        self.fleet.places = places;
        self.restore_present();
        self.have_a_tab();
    }

    /// One of them, with the colour that its directory names. While one is on its way there the disk is behind.
    fn see_profile(&mut self, mut profile: Profile) {
        let painting = self.fleet.paints.iter().any(|paint| paint.profile() == &profile.name);
        let wires = self.wire(&profile.name);
        wires.gone = false;
        if !painting {
            wires.own_colour = profile.colour;
        }
        profile.colour = self.colour(&profile.name);
        let new = match self.world.profile(&profile.name).cloned() {
            Some(known) => {
                let Profile { home, problem, colour, description, .. } = profile;
                Profile { home, problem, colour, description, ..known }
            }
            None => profile,
        };
        if self.world.profile(&new.name) != Some(&new) {
            self.emit(Patch::Profile(Box::new(new)));
        }
    }
}

/// One line for people, as it goes onto a command line.
pub(super) fn description(text: &str) -> Result<String, Refusal> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_control() || c == ' ').filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    if line.len() > DESCRIPTION { Err(Refusal::TooLong) } else { Ok(line) }
}

/// What is said when the disk does not show what the program claims.
fn still(operation: &Operation) -> String {
    match operation {
        Operation::Create(new) => {
            format!("it says that it made {}, but its directory is not there", new.name)
        }
        Operation::Rename { profile, to } => {
            format!("it says that {profile} is {to} now, but the directories say otherwise")
        }
        Operation::Delete(profile) => format!(
            "it says that it deleted {profile}, but its directory is there again: something else still writes into it"
        ),
    }
}
