//! The index of every profile that somebody asks about: filled at the first question, kept true while it is wanted, then dropped.
//!
//! The hub's task only notes who waits for what; everything that reads, matches or waits is done by threads that may. What one
//! profile does, or fails to do, keeps no question to another waiting (A04). Nothing here starts a backend (A19).

mod pace;
mod reading;
mod watch;

use super::reads::home;
use crate::{
    base::{
        clock::{Clock, Tick},
        ids::{AskId, ClientId, LineageRoot, ProfileName},
        text::Untrusted,
    },
    history::Stamp,
    index::{Finder, Table},
    model::{
        listing::{Cursor, Filter, Sort},
        status::Status,
    },
    proto::{Answer, Refusal},
    registry::Input,
};
use pace::{Interest, Pace, Want};
use reading::Reading;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc;
use watch::Watch;

/// News of threads under way to the hub; a full queue makes them wait.
const NEWS: usize = 64;
/// Questions that wait for the first reading of a profile; one more is refused.
const MOST: usize = 64;
/// How long a find waits for profiles that were never read, in milliseconds. It then does without them.
const GRACE: u64 = 500;
/// How often a database is looked at that cannot be watched (REL-20), in milliseconds.
const LOOK: u64 = 2_000;

/// What a thread has to say.
#[derive(Debug)]
pub(super) enum News {
    /// Something was written into a profile's database.
    Changed(ProfileName),
    /// What its files look like now.
    Looked(ProfileName, Stamp),
    Read(Box<Reading>),
}

/// A page that was asked for.
#[derive(Debug)]
pub(super) struct PageAsk {
    pub client: ClientId,
    pub ask: AskId,
    pub profile: ProfileName,
    pub sort: Sort,
    pub filter: Filter,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// A name that is looked for.
#[derive(Debug)]
pub(super) struct FindAsk {
    pub client: ClientId,
    pub ask: AskId,
    pub query: String,
    pub profiles: Vec<ProfileName>,
    pub open: Vec<(ProfileName, LineageRoot, Status)>,
}

/// What is known of one profile.
#[derive(Debug, Default)]
struct Holding {
    /// The rows of the last time that they could be read.
    table: Option<Arc<Table>>,
    digest: u64,
    stamp: Stamp,
    /// Why they cannot be read now.
    problem: Option<Untrusted>,
    pace: Pace,
    interest: Interest,
    /// Terminals that have shown its list.
    shown: BTreeSet<ClientId>,
    /// Pages that wait for the first reading.
    pages: Vec<PageAsk>,
    /// When to look at its files; `None`: they are watched.
    look: Option<Tick>,
}

/// What one terminal looks for by typing.
#[derive(Debug, Default)]
struct Typing {
    finder: Arc<Mutex<Finder>>,
    /// Whether the newest query was superseded.
    stop: Arc<AtomicBool>,
}

#[derive(Debug)]
pub(super) struct Library {
    /// The Hermes root.
    root: PathBuf,
    clock: Clock,
    answers: mpsc::Sender<Input>,
    holdings: BTreeMap<ProfileName, Holding>,
    typing: BTreeMap<ClientId, Typing>,
    /// Finds that wait for profiles that were never read, and until when.
    waiting: Vec<(FindAsk, Tick)>,
    watch: Arc<Watch>,
    news_in: mpsc::Sender<News>,
    news: mpsc::Receiver<News>,
}

impl Library {
    pub(super) fn new(root: PathBuf, clock: Clock, answers: mpsc::Sender<Input>) -> Self {
        let (news_in, news) = mpsc::channel(NEWS);
        Self {
            root,
            clock,
            answers,
            holdings: BTreeMap::new(),
            typing: BTreeMap::new(),
            waiting: Vec::new(),
            watch: Arc::new(Watch::new(news_in.clone())),
            news_in,
            news,
        }
    }

    /// The next of what threads have to say. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }

    pub(super) fn page(&mut self, page: PageAsk) {
        let now = self.clock.now();
        let holding = self.holdings.entry(page.profile.clone()).or_default();
        holding.asked(now);
        holding.shown.insert(page.client);
        if holding.is_known() {
            self.answer_page(page);
        } else if holding.pages.len() < MOST {
            holding.pages.push(page);
        } else {
            self.refuse(page.client, page.ask, Refusal::TooMany);
        }
    }

    /// Looks for a name; an older query of the same terminal is over.
    pub(super) fn find(&mut self, find: FindAsk) {
        let now = self.clock.now();
        self.stop(find.client);
        self.typing.entry(find.client).or_default().stop = Arc::default();
        for profile in &find.profiles {
            self.holdings.entry(profile.clone()).or_default().asked(now);
        }
        self.waiting.push((find, now.plus(GRACE)));
    }

    /// Something of a profile may have been written.
    pub(super) fn changed(&mut self, profile: &ProfileName) {
        let now = self.clock.now();
        if let Some(holding) = self.holdings.get_mut(profile) {
            holding.pace.changed(now);
        }
    }

    /// A client left: nothing is kept for it.
    pub(super) fn leave(&mut self, client: ClientId) {
        self.stop(client);
        self.typing.remove(&client);
        for holding in self.holdings.values_mut() {
            holding.shown.remove(&client);
            holding.pages.retain(|page| page.client != client);
        }
    }

    /// Takes what a thread has to say.
    pub(super) fn heard(&mut self, news: News) -> Option<Input> {
        let now = self.clock.now();
        match news {
            News::Changed(profile) => {
                self.changed(&profile);
                None
            }
            News::Looked(profile, stamp) => {
                let holding = self.holdings.get_mut(&profile)?;
                if holding.stamp != stamp {
                    holding.stamp = stamp;
                    holding.pace.changed(now);
                }
                None
            }
            News::Read(reading) => self.read(*reading, now),
        }
    }

    /// Does what there is to do now. To be called after every question.
    pub(super) fn turn(&mut self, now: Tick) -> Vec<Input> {
        self.answer_finds(now);
        self.forget(now);
        self.look(now);
        self.read_what_is_due(now)
    }

    /// When [`Self::turn`] is to be called, if nothing happens.
    pub(super) fn deadline(&self, now: Tick) -> Option<Tick> {
        let holdings = self.holdings.values().flat_map(|holding| {
            [holding.pace.due(), holding.interest.until(now), holding.look].into_iter().flatten()
        });
        holdings.chain(self.waiting.iter().map(|(_, until)| *until)).min()
    }

    /// Reads what is due. A list that is shown, and whose rows were forgotten, is only told that they changed.
    fn read_what_is_due(&mut self, now: Tick) -> Vec<Input> {
        let mut told = Vec::new();
        for (profile, holding) in &mut self.holdings {
            if holding.pace.due().is_none_or(|due| due > now) {
                continue;
            }
            holding.pace.begin();
            if holding.interest.want(!holding.shown.is_empty(), now) == Want::Rows {
                let (home, profile, old) =
                    (home(&self.root, profile), profile.clone(), holding.table.clone());
                let (watch, news, clock) = (Arc::clone(&self.watch), self.news_in.clone(), self.clock);
                tokio::task::spawn_blocking(move || {
                    reading::read(&home, &profile, old.as_deref(), &watch, clock, &news);
                });
            } else {
                holding.pace.ended(now, 0);
                holding.interest.told(now);
                told.push(Input::StoreChanged { profile: profile.clone() });
            }
        }
        told
    }

    /// Takes what was read.
    fn read(&mut self, reading: Reading, now: Tick) -> Option<Input> {
        let Reading { profile, watched, stamp, result, took, last } = reading;
        let holding = self.holdings.get_mut(&profile)?;
        let (first, before) = (!holding.is_known(), (holding.digest, holding.problem.take()));
        match result {
            Ok((table, digest)) => {
                holding.table = Some(Arc::new(table));
                holding.digest = digest;
            }
            // The rows of before stay, with the reason beside them.
            Err(why) => holding.problem = Some(why),
        }
        if last {
            holding.pace.ended(now, took);
            holding.stamp = stamp;
            holding.look = (!watched).then(|| now.plus(LOOK));
        }
        let news = !first && before != (holding.digest, holding.problem.clone());
        if news {
            holding.interest.told(now);
        }
        for page in std::mem::take(&mut holding.pages) {
            self.answer_page(page);
        }
        self.answer_finds(now);
        news.then_some(Input::StoreChanged { profile })
    }

    fn answer_page(&self, page: PageAsk) {
        let Some(holding) = self.holdings.get(&page.profile) else { return };
        let (home, table, problem) =
            (home(&self.root, &page.profile), holding.table.clone(), holding.problem.clone());
        let answers = self.answers.clone();
        tokio::task::spawn_blocking(move || {
            let (client, ask) = (page.client, page.ask);
            let page = reading::page(&home, table.as_deref(), page, problem);
            let answer = Ok(Answer::Page(Box::new(page)));
            // The hub has ended: nobody wants the answer.
            let _ = answers.blocking_send(Input::Answered { client, ask, answer });
        });
    }

    /// Answers those that need not wait any longer.
    fn answer_finds(&mut self, now: Tick) {
        let known = |profile: &ProfileName| self.holdings.get(profile).is_some_and(Holding::is_known);
        let ready = |(find, until): &mut (FindAsk, Tick)| *until <= now || find.profiles.iter().all(known);
        for (find, _) in self.waiting.extract_if(.., ready).collect::<Vec<_>>() {
            let tables = find.profiles.iter().filter_map(|profile| self.holdings.get(profile)?.table.clone());
            let tables: Vec<Arc<Table>> = tables.collect();
            let Some(typing) = self.typing.get(&find.client) else { continue };
            let (finder, stop) = (Arc::clone(&typing.finder), Arc::clone(&typing.stop));
            let answers = self.answers.clone();
            tokio::task::spawn_blocking(move || {
                let FindAsk { client, ask, query, open, .. } = find;
                let mut finder = finder.lock().unwrap_or_else(PoisonError::into_inner);
                let found = finder.find(&query, &tables, &open, Clock::wall(), &stop);
                drop(finder);
                let answer = found.map(|(rows, of)| Answer::Found { rows, of }).ok_or(Refusal::Superseded);
                let _ = answers.blocking_send(Input::Answered { client, ask, answer });
            });
        }
    }

    /// Ends what a terminal looks for.
    fn stop(&mut self, client: ClientId) {
        if let Some(typing) = self.typing.get(&client) {
            typing.stop.store(true, Ordering::Relaxed);
        }
        let old = self.waiting.extract_if(.., |(find, _)| find.client == client);
        for (find, _) in old.collect::<Vec<_>>() {
            self.refuse(client, find.ask, Refusal::Superseded);
        }
    }

    fn refuse(&self, client: ClientId, ask: AskId, reason: Refusal) {
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let _ = answers.send(Input::Answered { client, ask, answer: Err(reason) }).await;
        });
    }

    /// Drops what nobody wants any more.
    fn forget(&mut self, now: Tick) {
        let watch = &self.watch;
        self.holdings.retain(|profile, holding| {
            let want = holding.interest.want(!holding.shown.is_empty(), now);
            if want != Want::Rows {
                holding.table = None;
                holding.problem = None;
            }
            if want == Want::Nothing {
                let (watch, profile) = (Arc::clone(watch), profile.clone());
                tokio::task::spawn_blocking(move || watch.end(&profile));
            }
            want != Want::Nothing
        });
        if self.waiting.is_empty() && self.holdings.values().all(|holding| holding.table.is_none()) {
            // What matched last was in rows that are gone.
            self.typing.clear();
        }
    }

    /// Looks at files that cannot be watched.
    fn look(&mut self, now: Tick) {
        for (profile, holding) in &mut self.holdings {
            if holding.look.is_some_and(|at| at <= now) {
                holding.look = Some(now.plus(LOOK));
                let (home, profile, news) =
                    (home(&self.root, profile), profile.clone(), self.news_in.clone());
                tokio::task::spawn_blocking(move || {
                    let _ = news.blocking_send(News::Looked(profile, crate::history::stamp(&home)));
                });
            }
        }
    }
}

impl Holding {
    /// Whether it was read, or it is known why it cannot be.
    fn is_known(&self) -> bool {
        self.table.is_some() || self.problem.is_some()
    }

    fn asked(&mut self, now: Tick) {
        self.interest.asked(now);
        if !self.is_known() {
            self.pace.wanted(now);
        } else if self.problem.is_some() {
            // It may have passed, and nothing tells when a permission changes.
            self.pace.changed(now);
        }
    }
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
