use super::*;
use crate::base::{clock::WallMs, ids::ProfileName};
use proptest::prelude::*;

/// The tip `id` of the chain that began as `root`.
fn tip(id: u8, root: u8) -> StoredRow {
    StoredRow {
        profile: ProfileName::default_profile(),
        id: StoredId::new(&format!("s{id}")).unwrap(),
        lineage: LineageRoot::new(&format!("s{root}")).unwrap(),
        title: None,
        preview: "".into(),
        last_active: WallMs(0),
        started: WallMs(0),
        ended: false,
        archived: false,
        messages: 1,
        source: "tui".into(),
        model: None,
        cwd: None,
    }
}

fn row(id: u8) -> StoredRow {
    tip(id, id)
}

fn ids(rows: &[StoredRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn roots(of: &[u8]) -> RowSet {
    let mut set = RowSet::default();
    for n in of {
        set.insert_root(LineageRoot::new(&format!("s{n}")).unwrap());
    }
    set
}

fn by_id(of: &[u8]) -> RowSet {
    let mut set = RowSet::default();
    for n in of {
        set.insert_id(StoredId::new(&format!("s{n}")).unwrap());
    }
    set
}

/// C13: a new session's first message is stored when its turn is; the end of another one's turn must not take it off the list.
#[test]
fn two_new_concurrent_sessions_both_stay_when_one_of_them_ends() {
    let listed = vec![row(9), row(8), row(1)];
    let page = vec![row(8), row(1)];
    let shown = merge(listed, page, &by_id(&[9]), &RowSet::default());
    assert_eq!(ids(&shown), ["s9", "s8", "s1"]);
}

/// C14.
#[test]
fn a_pinned_session_that_fell_off_the_page_stays() {
    let listed: Vec<_> = (1..=50).map(row).collect();
    let page: Vec<_> = (51..=100).map(row).collect();
    let shown = merge(listed, page, &roots(&[50]), &RowSet::default());
    assert_eq!((shown.len(), ids(&shown)[0]), (51, "s50"));
}

/// C12, C15: by the id, or by the root of the chain when compression has changed the id.
#[test]
fn a_survivor_is_known_by_its_id_or_by_its_root() {
    let none = RowSet::default();
    assert_eq!(ids(&merge(vec![tip(7, 3)], Vec::new(), &roots(&[3]), &none)), ["s7"]);
    assert_eq!(ids(&merge(vec![tip(7, 3)], Vec::new(), &by_id(&[7]), &none)), ["s7"]);
    // Its newer tip is in the page: one row, not two.
    assert_eq!(ids(&merge(vec![tip(7, 3)], vec![tip(8, 3)], &roots(&[3]), &none)), ["s8"]);
}

/// C16.
#[test]
fn survivors_stand_before_the_page_and_without_any_the_page_is_as_it_came() {
    let none = RowSet::default();
    let page = vec![row(3), row(1), row(2)];
    assert_eq!(merge(vec![row(5), row(4)], page.clone(), &none, &none), page);
    assert_eq!(ids(&merge(vec![row(5), row(4)], page, &by_id(&[4]), &none)), ["s4", "s3", "s1", "s2"]);
}

/// C17: not even while it is pinned or at work, and whichever list has it.
#[test]
fn what_was_deleted_is_not_brought_back_by_a_page() {
    let tombs = by_id(&[1]);
    assert_eq!(ids(&merge(vec![row(1)], vec![row(1), row(2)], &by_id(&[1]), &tombs)), ["s2"]);
    assert_eq!(ids(&merge(vec![tip(7, 3)], vec![tip(8, 3)], &roots(&[3]), &roots(&[3]))), Vec::<&str>::new());
}

fn list() -> impl Strategy<Value = Vec<StoredRow>> {
    // Tips of few chains, so that lists meet; a list holds a chain once.
    proptest::collection::vec((0u8..24, 0u8..12), 0..16).prop_map(|all| {
        let mut seen = HashSet::new();
        let rows = all.into_iter().map(|(id, root)| tip(id + root, root));
        rows.filter(|row| seen.insert(row.lineage.clone())).collect()
    })
}

fn some() -> impl Strategy<Value = RowSet> {
    let few = || proptest::collection::vec(0u8..36, 0..6);
    (few(), few()).prop_map(|(ids, of)| RowSet { ids: by_id(&ids).ids, roots: roots(&of).roots })
}

proptest! {
    /// INV16, C12, C16, C17: the page in its order; each row of before that is to be kept and is not in it; nothing else, and
    /// nothing that was deleted.
    #[test]
    fn a_merge_holds_the_page_and_what_is_kept_and_nothing_else(
        previous in list(), incoming in list(), keep in some(), tombs in some(),
    ) {
        let shown = merge(previous.clone(), incoming.clone(), &keep, &tombs);
        let dead = |row: &&StoredRow| !tombs.contains(row);
        let page: Vec<_> = incoming.iter().filter(dead).collect();
        let before = shown.len() - page.len();
        prop_assert_eq!(shown[before..].iter().collect::<Vec<_>>(), page);
        let same = |a: &StoredRow, b: &StoredRow| a.id == b.id || a.lineage == b.lineage;
        let kept: Vec<_> = previous
            .iter()
            .filter(|row| keep.ids.contains(&row.id) || keep.roots.contains(&row.lineage))
            .filter(|row| !incoming.iter().any(|fresh| same(fresh, row)))
            .filter(dead)
            .collect();
        prop_assert_eq!(shown[..before].iter().collect::<Vec<_>>(), kept);
    }

    /// INV16: asked again, the same page changes nothing.
    #[test]
    fn the_same_page_again_changes_nothing(previous in list(), incoming in list(), keep in some(), tombs in some()) {
        let once = merge(previous, incoming.clone(), &keep, &tombs);
        prop_assert_eq!(merge(once.clone(), incoming, &keep, &tombs), once);
    }
}
