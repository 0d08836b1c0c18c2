use super::*;
use crate::{
    base::{
        clock::Tick,
        ids::{LineageRoot, QueueId, StoredId},
        text::Untrusted,
    },
    model::{
        draft::Piece,
        kept::Fate,
        patch::BodyChange,
        session::{SessionInfo, Unread},
        turn::Turn,
    },
};
use proptest::prelude::*;

const EPOCH: WallMs = WallMs(1_000_000);

/// What is kept of a world, read off the world itself.
fn kept_of(world: &World) -> Kept {
    let sessions = world.sessions.values().map(|session| KeptSession {
        head: head(session, EPOCH),
        draft: Draft { author: None, ..session.draft.clone() },
        queue: session.queue.clone(),
    });
    Kept {
        sessions: sessions.collect(),
        tabs: world.tabs.iter().filter(|id| world.sessions.contains_key(id)).copied().collect(),
        directories: world.directories.clone(),
        shelf: world.shelf.clone(),
        sends: Vec::new(),
        highest: 0,
    }
}

fn change((kind, n): (u8, u64)) -> Change {
    let text = || Untrusted::from(format!("text {n}"));
    match kind % 12 {
        0 => Change::Ids { stored: StoredId::new(&format!("s{n}")), lineage: LineageRoot::new("root") },
        1 => Change::Title((n % 2 == 0).then(text)),
        2 => Change::Opening(text()),
        3 => Change::Info(Box::new(SessionInfo { cwd: Some(text()), ..SessionInfo::default() })),
        4 => Change::Turn(Turn {
            state: [TurnState::Idle, TurnState::Running, TurnState::Sending][n as usize % 3].clone(),
            ..Turn::default()
        }),
        5 => {
            let entry = |at| QueueEntry {
                id: QueueId(at),
                reference: SendRef(at),
                text: format!("queued {at}"),
                at: WallMs(at),
            };
            Change::Queue((0..n % 4).map(entry).collect())
        }
        6 => Change::Unread([Unread::None, Unread::Output, Unread::Failed][n as usize % 3]),
        7 => {
            let pieces = vec![Piece::Text(format!("a{n}")), Piece::Paste("long".to_owned())];
            let pieces = if n % 3 == 0 { Vec::new() } else { pieces };
            Change::Draft(Draft { pieces, revision: n, author: Some(crate::base::ids::ClientId(n)) })
        }
        8 => Change::Preview(text()),
        9 => Change::Built(n % 2 == 0),
        _ => Change::Touched(Tick(n)),
    }
}

fn patch((what, who, n): (u8, u8, u64)) -> Patch {
    let id = SessionId(u64::from(who % 5) + 1);
    let profile = ProfileName::new(["default", "work"][usize::from(who) % 2]).unwrap();
    match what % 20 {
        0 | 1 => Patch::SessionAdded(Box::new(Session::new(id, profile, Tick(n)))),
        2 => Patch::SessionRemoved(id),
        3 => Patch::Tabs((1..=n % 6).map(SessionId).collect()),
        4 => Patch::Directory { profile, directory: ["", " /a ", "/b", "  "][n as usize % 4].to_owned() },
        5 => Patch::Body { session: id, change: BodyChange::Forget },
        6 => {
            let roots = (0..n % 4).filter_map(|at| LineageRoot::new(&format!("root{at}")));
            Patch::Pins { profile, pins: roots.collect() }
        }
        7 => Patch::ProfileOrder(vec![profile; n as usize % 2]),
        8 => Patch::Colour { profile, colour: (n % 2 == 0).then_some(Colour(n as u32)) },
        9 => Patch::List(Box::new(ListPrefs { open: n % 2 == 0, all: n % 3 == 0, ..ListPrefs::default() })),
        10 => {
            let to = ProfileName::new(["play", "rest"][n as usize % 2]).unwrap();
            Patch::ProfileRenamed { from: profile, to }
        }
        kind => Patch::Session { session: id, change: change((kind, n)) },
    }
}

proptest! {
    /// I10, I11, H01: what the store holds is what the world holds, as far as it is kept, however the world came to be.
    #[test]
    fn what_is_kept_is_the_world(ops in proptest::collection::vec(any::<(u8, u8, u16)>(), 1..200)) {
        let mut world = World::default();
        let (mut image, mut changes) = (Image::default(), Changes::new());
        let mut disk = Image::default();
        for (what, who, n) in ops {
            let patch = patch((what, who, u64::from(n)));
            if world.apply(&patch).is_err() {
                continue;
            }
            project(&patch, &world, EPOCH, &mut |key, row| image.set(key, row, &mut changes));
            if n % 3 == 0 {
                for (key, row) in std::mem::take(&mut changes) {
                    match row {
                        Some(row) => disk.rows.insert(key, row),
                        None => disk.rows.remove(&key),
                    };
                }
                prop_assert_eq!(&disk, &image);
            }
            let mut want = kept_of(&world);
            let mut is = image.kept();
            is.highest = 0;
            for (want, is) in want.sessions.iter_mut().zip(&mut is.sessions) {
                if is.head.running {
                    // Of a running turn the time is not kept.
                    want.head.touched = is.head.touched;
                }
            }
            prop_assert_eq!(is, want);
        }
    }
}

fn session(id: u64) -> (Key, Option<Row>) {
    let session = Session::new(SessionId(id), ProfileName::default_profile(), Tick(0));
    (Key::Session(session.id), Some(Row::Session(head(&session, EPOCH))))
}

fn sent(reference: u64, session: u64, fate: Fate) -> Sent {
    Sent::new(SendRef(reference), SessionId(session), format!("text {reference}"), WallMs(reference), fate)
}

/// REL-10: the outbox does not grow for ever, and loses nothing that is not settled.
#[test]
fn only_settled_sends_are_forgotten_and_only_the_oldest() {
    let (mut image, mut changes) = (Image::default(), Changes::new());
    let (key, row) = session(1);
    image.set(key, row, &mut changes);
    for reference in 0..1_000 {
        let one = sent(reference, 1, Fate::Sending);
        let one = if reference % 10 == 0 { one } else { one.settled(Fate::Accepted) };
        image.keep(one, &mut changes);
    }
    let kept = image.kept();
    let (settled, open): (Vec<_>, Vec<_>) = kept.sends.iter().partition(|sent| sent.is_settled());
    assert_eq!((settled.len(), open.len()), (SETTLED, 100));
    assert!(settled.iter().all(|sent| sent.reference.0 > 700), "the newest ones stay");
    assert!(open.iter().all(|sent| !sent.text.is_empty()));
}

#[test]
fn a_closed_session_takes_all_its_rows_with_it_and_its_number_is_not_used_again() {
    let (mut image, mut changes) = (Image::default(), Changes::new());
    for id in [7, 9] {
        let (key, row) = session(id);
        image.set(key, row, &mut changes);
        image.keep(sent(id, id, Fate::Uncertain), &mut changes);
        image.set(Key::Draft(SessionId(id)), Some(Row::Draft(Draft::default())), &mut changes);
    }
    image.set(Key::Session(SessionId(9)), None, &mut changes);
    image.keep(sent(99, 9, Fate::Accepted), &mut changes);
    let kept = image.kept();
    assert_eq!(kept.sessions.len(), 1);
    assert_eq!(kept.sends.iter().map(|sent| sent.session.0).collect::<Vec<_>>(), [7]);
    assert_eq!(kept.highest, 9);
    assert_eq!(image.rows.len(), 4, "{image:?}");
}

#[test]
fn what_did_not_change_is_not_written() {
    let (mut image, mut changes) = (Image::default(), Changes::new());
    let (key, row) = session(1);
    image.set(key.clone(), row.clone(), &mut changes);
    changes.clear();
    image.set(key, row, &mut changes);
    image.set(Key::Draft(SessionId(1)), None, &mut changes);
    assert_eq!(changes, Changes::new());
}
