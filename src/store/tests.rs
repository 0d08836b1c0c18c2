//! The store on a real disk: what it keeps, and what it does when the disk fails.

mod versions;

use super::{file, image::*, *};
use crate::{
    base::ids::{ProfileName, QueueId, SessionId, StoredId},
    model::{
        draft::{Draft, Piece},
        kept::Fate,
        patch::Change,
        session::{QueueEntry, Session},
    },
};
use rusqlite::Connection;
use std::{fs, path::Path};

const EPOCH: WallMs = WallMs(1_700_000_000_000);

/// A store with a world beside it.
struct Rig {
    store: Store,
    world: World,
    now: u64,
}

impl Rig {
    async fn open(dir: &Path) -> (Self, Opening) {
        let mut store = Store::open(dir.to_owned(), EPOCH);
        let opening = store.opened().await;
        (Self { store, world: World::default(), now: 1 }, opening)
    }

    fn patch(&mut self, patch: Patch) {
        self.world.apply(&patch).unwrap();
        self.store.take(&[patch], &self.world);
    }

    fn session(&mut self, id: u64) {
        let session = Session::new(SessionId(id), ProfileName::default_profile(), Tick(id));
        self.patch(Patch::SessionAdded(Box::new(session)));
        let mut tabs = self.world.tabs.clone();
        tabs.push(SessionId(id));
        self.patch(Patch::Tabs(tabs));
    }

    fn draft(&mut self, id: u64, text: &str) {
        let (profile, stored) = (ProfileName::new("work").unwrap(), StoredId::new("20261121_a1").unwrap());
        let link = Piece::Link { profile, id: stored, title: "\u{1b}[31mtitle".into() };
        let pieces = vec![Piece::Text(text.to_owned()), Piece::Paste("pasted\n".repeat(20)), link];
        let draft = Draft { pieces, revision: 3, author: None };
        self.patch(Patch::Session { session: SessionId(id), change: Change::Draft(draft) });
    }

    /// What becomes of a job that is asked for now.
    async fn job(&mut self, job: u64) -> Result<(), String> {
        self.store.job(job);
        loop {
            self.store.flush(Tick(self.now));
            let done = self.store.next().await;
            if let Some(committed) = self.store.committed(done, Tick(self.now))
                && committed.jobs.contains(&job)
            {
                return committed.result;
            }
        }
    }
}

fn temp() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

async fn kept(dir: &Path) -> Kept {
    let (rig, opening) = Rig::open(dir).await;
    rig.store.close(Tick(1)).await;
    opening.kept.unwrap()
}

fn sent(id: u64, reference: u64) -> Sent {
    Sent::new(SendRef(reference), SessionId(id), "hello".to_owned(), EPOCH, Fate::Sending)
}

/// REL-10, D03, DECISIONS 21: everything is there again, chips, order and numbers included.
#[tokio::test]
async fn what_was_committed_is_there_for_the_next_hub() {
    let dir = temp();
    let home = dir.path().join("made/by/hermux");
    let (mut rig, opening) = Rig::open(&home).await;
    assert_eq!(opening.kept, Ok(Kept::default()));
    for id in [5, 3, 8] {
        rig.session(id);
    }
    rig.draft(3, "unsent ✂ text");
    let entry = |n: u64| QueueEntry {
        id: QueueId(n),
        reference: SendRef(u64::MAX - n),
        text: format!("queued {n}"),
        at: WallMs(n),
    };
    let queue = Change::Queue(vec![entry(2), entry(1)]);
    rig.patch(Patch::Session { session: SessionId(8), change: queue });
    rig.patch(Patch::Directory { profile: ProfileName::default_profile(), directory: " /here ".to_owned() });
    rig.store.keep(sent(5, u64::MAX));
    assert_eq!(rig.job(1).await, Ok(()));
    let want = rig.store.image.kept();
    rig.store.close(Tick(2)).await;

    let kept = kept(&home).await;
    assert_eq!(kept, want);
    assert_eq!(kept.tabs, [5, 3, 8].map(SessionId));
    assert_eq!(kept.directories.values().collect::<Vec<_>>(), ["/here"]);
    assert_eq!(kept.sends, [sent(5, u64::MAX)]);
    assert_eq!(kept.highest, 8);
}

#[tokio::test]
async fn what_waits_is_on_disk_when_the_store_is_closed() {
    let dir = temp();
    let (mut rig, _) = Rig::open(dir.path()).await;
    rig.session(1);
    rig.store.flush(Tick(1));
    rig.draft(1, "last words");
    rig.store.close(Tick(2)).await;
    assert_eq!(kept(dir.path()).await.sessions[0].draft.pieces.len(), 3);
}

/// SEC-34.
#[tokio::test]
async fn nobody_else_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = temp();
    let home = dir.path().join("state");
    let (mut rig, _) = Rig::open(&home).await;
    rig.session(1);
    rig.job(1).await.unwrap();
    for entry in fs::read_dir(&home).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", entry.path());
    }
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o077, 0);
    rig.store.close(Tick(2)).await;
}

/// REL-15, FLT-45.
#[tokio::test]
async fn a_damaged_file_is_put_aside_and_never_deleted() {
    let dir = temp();
    fs::write(dir.path().join(FILE), b"not a database, but precious".repeat(100)).unwrap();
    set_private(&dir.path().join(FILE));
    let (mut rig, opening) = Rig::open(dir.path()).await;
    assert_eq!(opening.kept, Ok(Kept::default()));
    let aside = opening.aside.unwrap();
    assert!(fs::read(&aside).unwrap().starts_with(b"not a database, but precious"));
    rig.session(1);
    assert_eq!(rig.job(1).await, Ok(()), "it goes on with a new file");
    rig.store.close(Tick(2)).await;
    assert_eq!(kept(dir.path()).await.sessions.len(), 1);
}

/// REL-15: what one row says wrong costs that row, and not even that for good.
#[tokio::test]
async fn a_row_that_cannot_be_read_costs_no_other() {
    let dir = temp();
    let (mut rig, _) = Rig::open(dir.path()).await;
    for id in 1..=4 {
        rig.session(id);
        rig.draft(id, "text");
    }
    assert_eq!(rig.job(1).await, Ok(()));
    rig.store.close(Tick(2)).await;
    let path = dir.path().join(FILE);
    let break_rows = [
        "UPDATE session SET unread = 'of a later time' WHERE id = 1",
        "UPDATE draft SET pieces = '[{' WHERE session = 2",
        "UPDATE session SET profile = '../..' WHERE id = 3",
    ];
    for sql in break_rows {
        assert_eq!(Connection::open(&path).unwrap().execute(sql, []), Ok(1));
    }
    let (rig, opening) = Rig::open(dir.path()).await;
    let kept = opening.kept.unwrap();
    let has: Vec<_> =
        kept.sessions.iter().map(|kept| (kept.head.id.0, !kept.draft.pieces.is_empty())).collect();
    assert_eq!((has, opening.aside), (vec![(2, false), (4, true)], None));
    assert_eq!(kept.highest, 4, "no number is given again");
    rig.store.close(Tick(3)).await;
    let rows = |sql: &str| Connection::open(&path).unwrap().query_row(sql, [], |row| row.get::<_, i64>(0));
    assert_eq!(rows("SELECT count(*) FROM session"), Ok(4), "they stay in the file");
    assert_eq!(rows("SELECT count(*) FROM draft"), Ok(4));
}

fn set_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// FLT-45: back to an older hermux.
#[tokio::test]
async fn a_file_of_a_newer_hermux_is_refused_and_left_alone() {
    let dir = temp();
    kept(dir.path()).await;
    let path = dir.path().join(FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let (mut rig, opening) = Rig::open(dir.path()).await;
    let why = opening.kept.unwrap_err();
    assert!(why.contains("newer version") && why.contains("99"), "{why}");
    rig.session(1);
    assert_eq!(rig.job(1).await, Err(why));
    rig.store.close(Tick(2)).await;
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(opening.aside, None);
}

/// REL-15, FLT-32: whatever the disk does, jobs are answered, and when it works again everything is on it.
#[tokio::test]
async fn a_disk_that_fails_costs_only_safety_and_is_caught_up_with() {
    let dir = temp();
    let home = dir.path().join("state");
    fs::write(&home, "in the way").unwrap();
    let (mut rig, opening) = Rig::open(&home).await;
    assert!(opening.kept.is_err());
    rig.session(1);
    rig.draft(1, "kept in memory");
    assert!(rig.job(1).await.is_err());
    assert_eq!(rig.store.deadline(), Some(Tick(rig.now + RETRY)), "it is tried again");
    rig.store.flush(Tick(rig.now + RETRY - 1));
    assert!(rig.store.busy.is_none(), "not at every change");

    fs::remove_file(&home).unwrap();
    rig.now += RETRY;
    assert_eq!(rig.job(2).await, Ok(()));
    assert_eq!(rig.store.deadline(), None);
    rig.store.close(Tick(2)).await;
    assert_eq!(kept(&home).await.sessions[0].draft.revision, 3);
}

/// FLT-33.
#[tokio::test]
async fn a_file_that_is_deleted_under_way_is_written_anew() {
    let dir = temp();
    let home = dir.path().join("state");
    let (mut rig, _) = Rig::open(&home).await;
    rig.session(1);
    rig.job(1).await.unwrap();
    fs::remove_dir_all(&home).unwrap();
    rig.session(2);
    assert_eq!(rig.job(2).await, Ok(()));
    rig.store.close(Tick(2)).await;
    assert_eq!(kept(&home).await.tabs.len(), 2);
}

/// FLT-33: neither a link nor a file of everybody's is written to.
#[tokio::test]
async fn a_file_that_is_not_private_is_not_used() {
    let dir = temp();
    fs::write(dir.path().join("elsewhere"), "").unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), dir.path().join(FILE)).unwrap();
    let (rig, opening) = Rig::open(dir.path()).await;
    assert!(opening.kept.is_err());
    rig.store.close(Tick(1)).await;
    assert_eq!(fs::read(dir.path().join("elsewhere")).unwrap(), b"");
}

/// REL-15.
#[tokio::test]
async fn a_file_that_somebody_else_has_locked_is_waited_for_in_memory() {
    let dir = temp();
    kept(dir.path()).await;
    let other = Connection::open(dir.path().join(FILE)).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;").unwrap();
    other.execute_batch("CREATE TABLE t (x); BEGIN EXCLUSIVE").unwrap();
    let (mut rig, opening) = Rig::open(dir.path()).await;
    assert!(opening.kept.unwrap_err().contains("locked"));
    rig.session(1);
    assert!(rig.job(1).await.is_err());
    drop(other);
    assert_eq!(rig.job(2).await, Ok(()));
    rig.store.close(Tick(1)).await;
}

/// FLT-32: a transaction that does not fit leaves the one before.
#[test]
fn a_full_disk_tears_nothing() {
    let dir = temp();
    let (mut file, mut image, _) = file::open(dir.path()).unwrap();
    let mut changes = Changes::new();
    let session = Session::new(SessionId(1), ProfileName::default_profile(), Tick(0));
    let world = World { sessions: [(SessionId(1), session.clone())].into(), ..World::default() };
    let added = Patch::SessionAdded(Box::new(session));
    project(&added, &world, EPOCH, &mut |key, row| image.set(key, row, &mut changes));
    file.commit(&changes, false).unwrap();
    let before = image.kept();
    let pages: i64 = file.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    file.db.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |_| Ok(())).unwrap();
    let big = Sent::new(SendRef(1), SessionId(1), "x".repeat(100_000), EPOCH, Fate::Sending);
    let mut changes = Changes::new();
    image.keep(big, &mut changes);
    let error = file.commit(&changes, false).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");
    drop(file);
    let (_, image, aside) = file::open(dir.path()).unwrap();
    assert_eq!((image.kept(), aside), (before, None));
}

#[test]
fn the_file_shrinks_with_what_is_in_it() {
    let dir = temp();
    let (mut file, mut image, _) = file::open(dir.path()).unwrap();
    let session = Session::new(SessionId(1), ProfileName::default_profile(), Tick(0));
    let world = World { sessions: [(SessionId(1), session.clone())].into(), ..World::default() };
    let mut changes = Changes::new();
    let added = Patch::SessionAdded(Box::new(session));
    project(&added, &world, EPOCH, &mut |key, row| image.set(key, row, &mut changes));
    for round in 0..300 {
        let big = Sent::new(SendRef(round), SessionId(1), "x".repeat(100_000), EPOCH, Fate::Sending);
        image.keep(big.clone(), &mut changes);
        file.commit(&std::mem::take(&mut changes), false).unwrap();
        image.keep(big.settled(Fate::Accepted), &mut changes);
        file.commit(&std::mem::take(&mut changes), false).unwrap();
    }
    drop(file);
    let size: u64 = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    assert!(size < 2_000_000, "{size} bytes after 30 MB went through");
}

/// A disk that stalls keeps no text from being sent.
#[tokio::test]
async fn a_job_does_not_wait_for_ever() {
    let dir = temp();
    let (mut rig, _) = Rig::open(dir.path()).await;
    rig.session(1);
    rig.store.job(4);
    rig.store.flush(Tick(10));
    rig.store.job(5);
    assert_eq!(rig.store.overdue(Tick(10 + PATIENCE - 1)), None);
    assert_eq!(rig.store.deadline(), Some(Tick(10 + PATIENCE)));
    let given_up = rig.store.overdue(Tick(10 + PATIENCE)).unwrap();
    assert_eq!(given_up.jobs, [4, 5]);
    assert!(given_up.result.is_err());
    let done = rig.store.next().await;
    let late = rig.store.committed(done, Tick(20_000)).unwrap();
    assert_eq!((late.jobs, late.result), (Vec::new(), Ok(())), "and when it answers, all is well again");
    rig.store.close(Tick(20_000)).await;
}
