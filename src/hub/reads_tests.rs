use super::{super::staged::*, *};
use pretty_assertions::assert_eq;
use std::{fs, time::Duration};
use tempfile::TempDir;

const CLIENT: ClientId = ClientId(1);

struct Stage {
    root: TempDir,
    reads: Reads,
    answers: mpsc::Receiver<Input>,
}

impl Stage {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (answers_in, answers) = mpsc::channel(64);
        let reads = Reads::new(root.path().to_owned(), Clock::start(), answers_in);
        Self { root, reads, answers }
    }

    fn home(&self, profile: &str) -> PathBuf {
        home(self.root.path(), &name(profile))
    }

    fn ask(&mut self, ask: u64, read: Read) {
        self.reads.read(CLIENT, AskId(ask), read);
    }

    async fn answer(&mut self) -> (u64, Result<Answer, Refusal>) {
        match tokio::time::timeout(Duration::from_secs(20), self.answers.recv()).await {
            Ok(Some(Input::Answered { client: CLIENT, ask, answer })) => (ask.0, answer),
            other => panic!("{other:?}"),
        }
    }

    /// All answers up to the last one of a search.
    async fn searched(&mut self, of: u64) -> (Vec<Hit>, Vec<(ProfileName, Untrusted)>) {
        let mut all = Vec::new();
        loop {
            match self.answer().await {
                (ask, Ok(Answer::Hits { hits, done, problems })) if ask == of => {
                    all.extend(hits);
                    if done {
                        return (all, problems);
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn search(text: &str, profiles: &[&str]) -> Read {
    Read::Search { text: text.into(), profiles: profiles.iter().map(|profile| name(profile)).collect() }
}

/// A04, REL-21: every profile is searched; one that cannot be is named when the others are done.
#[tokio::test]
async fn a_search_goes_through_every_profile_and_says_where_it_could_not() {
    let mut stage = Stage::new();
    for profile in ["default", "work"] {
        add(&database(&stage.home(profile)), "n1", "Found");
    }
    fs::create_dir_all(stage.home("bad")).unwrap();
    fs::write(stage.home("bad").join("state.db"), "this is no database at all, whatever its name says")
        .unwrap();
    stage.ask(1, search("hello", &["default", "bad", "work"]));
    let (hits, problems) = stage.searched(1).await;
    for profile in ["default", "work"] {
        let found = |hit: &&Hit| hit.row.profile == name(profile) && hit.row.id.as_str() == "n1";
        assert_eq!(hits.iter().filter(found).count(), 1, "{profile}");
    }
    assert!(hits.iter().all(|hit| hit.snippet.raw().to_lowercase().contains("hello")), "{hits:?}");
    assert_eq!(problems.iter().map(|(profile, _)| profile.as_str()).collect::<Vec<_>>(), ["bad"]);
}

/// A terminal has one search: an older one, and one that is stopped, ends as superseded and says nothing more.
#[tokio::test]
async fn a_search_ends_when_it_is_stopped_or_superseded() {
    let mut stage = Stage::new();
    add(&database(&stage.home("work")), "n1", "Found");
    // Nobody gets a place to search in, so that it cannot end by itself before.
    let places = stage.reads.place(Place::Search(name("work")));
    let held = places.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
    stage.ask(1, search("hello", &["work"]));
    stage.ask(2, search("hello", &["work"]));
    stage.ask(3, search("hello", &["work"]));
    stage.reads.leave(ClientId(7));
    drop(held);
    // Both end at once, in any order.
    let mut ended = [stage.answer().await, stage.answer().await];
    ended.sort_by_key(|(ask, _)| *ask);
    assert_eq!(ended, [1, 2].map(|ask| (ask, Err(Refusal::Superseded))));
    assert!(!stage.searched(3).await.0.is_empty());
    let held = places.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
    stage.ask(4, search("hello", &["work"]));
    stage.reads.stop_search(CLIENT);
    drop(held);
    assert_eq!(stage.answer().await, (4, Err(Refusal::Superseded)));
}

/// A search that goes on for long keeps nobody from opening a session of that profile.
#[tokio::test]
async fn a_search_stands_in_nobodys_way() {
    let mut stage = Stage::new();
    add(&database(&stage.home("work")), "n1", "Found");
    let places = stage.reads.place(Place::Search(name("work")));
    let _held = places.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
    stage.ask(1, search("hello", &["work"]));
    stage.ask(2, Read::Peek { profile: name("work"), stored: StoredId::new("n1").unwrap() });
    let (2, Ok(Answer::Peek(peek))) = stage.answer().await else { panic!("no answer") };
    assert_eq!((peek.head.len(), peek.tail.len(), peek.skipped), (1, 0, 0));
}

/// D09, D10: an id is found in whatever profile has it, also when one of them cannot be read; one that is nowhere is said to be.
#[tokio::test]
async fn an_id_is_found_in_whatever_profile_has_it() {
    let mut stage = Stage::new();
    add(&database(&stage.home("work")), "n1", "Found");
    fs::create_dir_all(stage.home("bad")).unwrap();
    fs::write(stage.home("bad").join("state.db"), "this is no database at all, whatever its name says")
        .unwrap();
    let locate = |id| Read::Locate {
        id: StoredId::new(id).unwrap(),
        profiles: ["default", "bad", "work"].map(name).to_vec(),
    };
    stage.ask(1, locate("n1"));
    let (1, Ok(Answer::Located(Some(row)))) = stage.answer().await else { panic!("not found") };
    assert_eq!((row.profile, row.id.as_str()), (name("work"), "n1"));
    stage.ask(2, locate("nowhere"));
    assert_eq!(stage.answer().await, (2, Ok(Answer::Located(None))));
}
