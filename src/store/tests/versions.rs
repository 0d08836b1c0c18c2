//! Files of every version that was ever released.

use super::*;
use crate::{
    base::ids::LineageRoot,
    model::{
        listing::{Filter, Shown, Sort},
        shelf::{Colour, Group, ListPrefs, Shelf, StateFilter},
    },
};

/// What is kept in a file that was made by `sql`.
async fn kept_of(sql: &str) -> Kept {
    let dir = temp();
    let path = dir.path().join(FILE);
    let old = Connection::open(&path).unwrap();
    old.execute_batch(sql).unwrap();
    drop(old);
    set_private(&path);
    kept(dir.path()).await
}

/// FLT-45: files of earlier versions, as they were written then, mean the same today.
#[tokio::test]
async fn a_file_of_an_earlier_version_is_read() {
    let first = kept_of(include_str!("../../../tests/fixtures/store/v1.sql")).await;
    let second = kept_of(include_str!("../../../tests/fixtures/store/v2.sql")).await;
    assert_eq!(first.shelf, Shelf::default(), "it knew of no shelf");
    for kept in [&first, &second] {
        assert_eq!(kept.tabs, [SessionId(12), SessionId(11)]);
        let (first, second) = (&kept.sessions[0], &kept.sessions[1]);
        assert_eq!((first.head.id.0, first.head.profile.as_str(), first.head.running), (11, "work", true));
        assert_eq!(first.head.stored.as_ref().unwrap().as_str(), "20261121_080000_abcdef");
        let queue: Vec<_> = first.queue.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(queue, ["first", "second"]);
        assert_eq!(second.draft.pieces, [Piece::Text("see ".into()), Piece::Paste("a\nb\nc".into())]);
        assert_eq!(kept.sends[0].fate, Fate::Refused("no".into()));
        assert_eq!(kept.sends[1].reference, SendRef(u64::MAX));
        assert_eq!(kept.directories[&ProfileName::new("work").unwrap()], "/home/me/code");
        assert_eq!(kept.highest, 12);
    }
}

/// C18, E04, E17: what the person arranged is kept as it was arranged.
#[tokio::test]
async fn the_shelf_is_read_as_it_was_written() {
    let found = kept_of(include_str!("../../../tests/fixtures/store/v2.sql")).await;
    let work = ProfileName::new("work").unwrap();
    let root = |id: &str| LineageRoot::new(id).unwrap();
    let list = ListPrefs {
        open: true,
        all: true,
        group: Group::Workspace,
        sort: Sort::Title,
        filter: Filter { archived: Shown::Include, workspace: Some("/home/me".to_owned()), days: Some(30) },
        state: Some(StateFilter::Unread),
        folded: [work.clone()].into(),
    };
    let shelf = Shelf {
        pins: [(work.clone(), vec![root("20261121_080000_abcdef"), root("20261120_080000_abcdef")])].into(),
        order: vec![work.clone(), ProfileName::default_profile()],
        colours: [(work.clone(), Colour(0x00ff_6600))].into(),
        list,
    };
    assert_eq!(found.shelf, shelf);

    let dir = temp();
    let (mut rig, _) = Rig::open(dir.path()).await;
    rig.patch(Patch::Pins { profile: work.clone(), pins: shelf.pins[&work].clone() });
    rig.patch(Patch::ProfileOrder(shelf.order.clone()));
    rig.patch(Patch::Colour { profile: work.clone(), colour: Some(Colour(0x00ff_6600)) });
    rig.patch(Patch::List(Box::new(shelf.list.clone())));
    assert_eq!(rig.job(1).await, Ok(()));
    rig.store.close(Tick(1)).await;
    assert_eq!(kept(dir.path()).await.shelf, shelf);
}
