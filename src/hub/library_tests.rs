use super::{
    super::staged::{add, database, name},
    *,
};
use crate::{
    base::ids::StoredId,
    history,
    model::listing::{Page, StoredRow},
};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use std::{fs, time::Duration};
use tempfile::TempDir;

const CLIENT: ClientId = ClientId(1);

/// Homes with a database each, and a library of them.
struct Stage {
    root: TempDir,
    library: Library,
    answers: mpsc::Receiver<Input>,
    asked: u64,
}

impl Stage {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (answers_in, answers) = mpsc::channel(64);
        let library = Library::new(root.path().to_owned(), Clock::start(), answers_in);
        Self { root, library, answers, asked: 0 }
    }

    fn home(&self, profile: &str) -> PathBuf {
        home(self.root.path(), &name(profile))
    }

    /// Turns until an input comes.
    async fn next(&mut self) -> Input {
        let wait = async {
            loop {
                let now = self.library.clock.now();
                if let Some(input) = self.library.turn(now).into_iter().next() {
                    return input;
                }
                let deadline = self.library.deadline(now);
                let clock = self.library.clock;
                let sleep = async {
                    match deadline {
                        Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    Some(input) = self.answers.recv() => return input,
                    Some(news) = self.library.next() => if let Some(input) = self.library.heard(news) {
                        return input;
                    },
                    () = sleep => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("nothing comes")
    }

    fn ask_page(&mut self, profile: &str, after: Option<Cursor>, limit: u16) -> AskId {
        self.asked += 1;
        let ask = AskId(self.asked);
        let (sort, filter) = (Sort::default(), Filter::default());
        self.library.page(PageAsk {
            client: CLIENT,
            ask,
            profile: name(profile),
            sort,
            filter,
            after,
            limit,
        });
        ask
    }

    fn ask_find(&mut self, query: &str, profiles: &[&str]) -> AskId {
        self.asked += 1;
        let ask = AskId(self.asked);
        let profiles = profiles.iter().map(|profile| name(profile)).collect();
        self.library.find(FindAsk { client: CLIENT, ask, query: query.into(), profiles, open: vec![] });
        ask
    }

    async fn answer(&mut self, wanted: AskId) -> Result<Answer, Refusal> {
        loop {
            if let Input::Answered { ask, answer, .. } = self.next().await
                && ask == wanted
            {
                return answer;
            }
        }
    }

    async fn page(&mut self, profile: &str) -> Page {
        let ask = self.ask_page(profile, None, 200);
        match self.answer(ask).await {
            Ok(Answer::Page(page)) => *page,
            other => panic!("{other:?}"),
        }
    }

    async fn find(&mut self, query: &str, profiles: &[&str]) -> Vec<String> {
        let ask = self.ask_find(query, profiles);
        match self.answer(ask).await {
            Ok(Answer::Found { rows, .. }) => {
                rows.iter().map(|found| found.row.name().raw().to_owned()).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    async fn changed(&mut self) -> ProfileName {
        loop {
            if let Input::StoreChanged { profile } = self.next().await {
                return profile;
            }
        }
    }

    /// Asks for pages until one is as it should be; between two it waits for a change.
    async fn page_with(&mut self, profile: &str, title: &str) {
        while self.page(profile).await.rows.iter().all(|row| row.name().raw() != title) {
            self.changed().await;
        }
    }
}

fn ids(rows: &[StoredRow]) -> Vec<&StoredId> {
    rows.iter().map(|row| &row.id).collect()
}

/// C10, C19: the pages of a list are what Hermes itself lists, row for row, and the total counts no child.
#[tokio::test]
async fn pages_are_the_list_of_hermes() {
    let mut stage = Stage::new();
    drop(database(&stage.home("work")));
    let all = history::list(&stage.home("work"), &name("work"), usize::MAX).unwrap();
    assert!(all.len() > 10);
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let ask = stage.ask_page("work", after, 4);
        let Ok(Answer::Page(page)) = stage.answer(ask).await else { panic!("no page") };
        assert_eq!((page.total, page.problem), (all.len() as u64, None));
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(ids(&rows), ids(&all));
    assert_eq!(rows, all);
}

/// C25, J03: who lists one profile pays for one: nothing else is read or watched, and a page is answered from what was read once.
#[tokio::test]
async fn one_profile_costs_one_reading() {
    let mut stage = Stage::new();
    for profile in ["default", "work"] {
        let db = database(&stage.home(profile));
        db.execute("UPDATE sessions SET title = id WHERE coalesce(title, '') = ''", ()).unwrap();
    }
    stage.page("default").await;
    let read = stage.library.holdings[&name("default")].table.clone().unwrap();
    stage.page("default").await;
    assert_eq!(stage.library.holdings.keys().collect::<Vec<_>>(), [&name("default")]);
    assert!(Arc::ptr_eq(&read, stage.library.holdings[&name("default")].table.as_ref().unwrap()));
}

/// REL-20: reading a database is no news of it: else it would be read for ever.
#[tokio::test]
async fn reading_makes_no_news() {
    let mut stage = Stage::new();
    let homes = ["default", "work"].map(|profile| database(&stage.home(profile)));
    for db in &homes {
        db.execute("UPDATE sessions SET title = id WHERE coalesce(title, '') = ''", ()).unwrap();
    }
    // Closed, so that the files beside them come and go with each reading.
    drop(homes);
    stage.page("default").await;
    stage.page("work").await;
    stage.page("default").await;
    add(&Connection::open(stage.home("work").join("state.db")).unwrap(), "n1", "News");
    // What was heard before came before.
    assert_eq!(stage.changed().await, name("work"));
    assert_eq!(stage.library.holdings[&name("default")].pace.due(), None);
}

/// C20, C21: every profile has its own rows and its own total; a profile without a database has none, and no problem.
#[tokio::test]
async fn totals_are_those_of_one_profile() {
    let mut stage = Stage::new();
    drop(database(&stage.home("work")));
    let work = stage.page("work").await;
    let default = stage.page("default").await;
    assert!(work.total > 10 && work.rows.iter().all(|row| row.profile == name("work")));
    assert_eq!((default.total, default.rows, default.problem), (0, vec![], None));
}

/// A04: what hangs in one profile keeps no question to another waiting.
#[tokio::test]
async fn a_profile_that_is_read_for_ever_delays_no_other() {
    let mut stage = Stage::new();
    for profile in ["work", "slow"] {
        add(&database(&stage.home(profile)), "n", "Needle");
    }
    stage.library.holdings.entry(name("slow")).or_default().pace.begin();
    let slow = stage.ask_page("slow", None, 9);
    assert!(!stage.page("work").await.rows.is_empty());
    // A find does without it after a moment.
    assert_eq!(stage.find("needle", &["slow", "work"]).await, ["Needle"]);
    assert_eq!(stage.library.holdings[&name("slow")].pages[0].ask, slow);
}

/// 5A 28, INV16, REL-19: rows that were good stay, with the reason beside them, and are good again when the file is.
#[tokio::test]
async fn a_failed_read_never_replaces_good_rows() {
    let mut stage = Stage::new();
    let file = stage.home("work").join("state.db");
    drop(database(&stage.home("work")));
    let good = stage.page("work").await;
    let kept = fs::read(&file).unwrap();
    fs::write(stage.home("work").join("new"), "no database, but as long as one needs to be").unwrap();
    fs::rename(stage.home("work").join("new"), &file).unwrap();
    let bad = loop {
        stage.changed().await;
        let page = stage.page("work").await;
        if page.problem.is_some() {
            break page;
        }
    };
    assert!(bad.problem.unwrap().raw().contains("not a SQLite database"));
    assert_eq!((ids(&bad.rows), bad.total), (ids(&good.rows), good.total));
    fs::write(stage.home("work").join("new"), kept).unwrap();
    fs::rename(stage.home("work").join("new"), &file).unwrap();
    while stage.page("work").await.problem.is_some() {
        stage.changed().await;
    }
    assert_eq!(stage.page("work").await.rows, good.rows);
}

/// REL-20: what Hermes writes is seen, in the log beside the database as in the database; so is a database that comes to be, and one
/// that is put in another's place.
#[tokio::test]
async fn whatever_happens_to_the_file_is_seen() {
    let mut stage = Stage::new();
    fs::create_dir_all(stage.home("work")).unwrap();
    assert_eq!(stage.page("work").await.total, 0);
    let db = database(&stage.home("work"));
    add(&db, "n1", "Came to be");
    stage.page_with("work", "Came to be").await;
    add(&db, "n2", "Written on");
    stage.page_with("work", "Written on").await;
    drop(db);
    let other = stage.root.path().join("other");
    add(&database(&other), "n3", "Swapped");
    fs::rename(other.join("state.db"), stage.home("work").join("state.db")).unwrap();
    stage.page_with("work", "Swapped").await;
    // Now a link.
    let other = stage.root.path().join("another");
    add(&database(&other), "n4", "Linked");
    let link = stage.home("work").join("link");
    std::os::unix::fs::symlink(other.join("state.db"), &link).unwrap();
    fs::rename(link, stage.home("work").join("state.db")).unwrap();
    stage.page_with("work", "Linked").await;
    add(&Connection::open(other.join("state.db")).unwrap(), "n5", "Behind the link");
    stage.page_with("work", "Behind the link").await;
}

/// REL-20: where watching fails the file is looked at.
#[tokio::test]
async fn a_file_that_cannot_be_watched_is_looked_at() {
    let mut stage = Stage::new();
    // There is no directory to watch.
    assert_eq!(stage.page("work").await.total, 0);
    assert!(stage.library.holdings[&name("work")].look.is_some());
    add(&database(&stage.home("work")), "n1", "Came to be");
    stage.page_with("work", "Came to be").await;
    stage.changed_or_quiet().await;
    assert_eq!(stage.library.holdings[&name("work")].look, None, "now it is watched");
}

impl Stage {
    async fn changed_or_quiet(&mut self) {
        while self.library.holdings.values().any(|holding| holding.look.is_some()) {
            self.next().await;
        }
    }
}

/// Idle means zero wakes, and memory is bounded in time: ten minutes after the last question the rows are gone, and when nobody shows
/// a list any more nothing is watched. Until then a list that is shown hears of changes.
#[tokio::test]
async fn rows_that_nobody_asks_for_are_dropped() {
    let mut stage = Stage::new();
    let db = database(&stage.home("work"));
    db.execute("UPDATE sessions SET title = id WHERE coalesce(title, '') = ''", ()).unwrap();
    stage.page("work").await;
    let later = stage.library.clock.now().plus(11 * 60 * 1_000);
    assert_eq!(stage.library.turn(later), []);
    assert!(stage.library.holdings[&name("work")].table.is_none());
    assert_eq!(stage.library.deadline(later), None, "nothing wakes");
    add(&db, "n1", "Unread");
    let Some(news) = stage.library.next().await else { panic!("no news") };
    assert_eq!(stage.library.heard(news), None);
    let told = stage.library.turn(later.plus(1_000));
    assert_eq!(told, [Input::StoreChanged { profile: name("work") }]);
    stage.library.leave(CLIENT);
    stage.library.turn(later.plus(2_000));
    assert!(stage.library.holdings.is_empty());
    assert_eq!(stage.page("work").await.rows[0].name().raw(), "Unread");
}

/// A terminal that types is answered for the last letter only; the questions before it are refused.
#[tokio::test]
async fn only_the_newest_find_of_a_terminal_is_answered() {
    let mut stage = Stage::new();
    add(&database(&stage.home("work")), "n1", "Needle in a haystack");
    let old = stage.ask_find("n", &["work"]);
    let new = stage.ask_find("ne", &["work"]);
    assert_eq!(stage.answer(old).await, Err(Refusal::Superseded));
    let Ok(Answer::Found { rows, of }) = stage.answer(new).await else { panic!("not found") };
    assert_eq!(rows[0].row.name().raw(), "Needle in a haystack");
    assert!(of > 10);
}

/// A session without a title is found by how it began.
#[tokio::test]
async fn a_session_without_a_title_is_found_by_how_it_began() {
    let mut stage = Stage::new();
    let db = database(&stage.home("work"));
    add(&db, "n1", "");
    db.execute("UPDATE messages SET content = 'quaternion arithmetic' WHERE session_id = 'n1'", ()).unwrap();
    while stage.find("quaternion", &["work"]).await != ["quaternion arithmetic"] {
        stage.changed().await;
    }
}
