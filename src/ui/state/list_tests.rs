use super::*;

fn entry(n: u64) -> Row {
    let profile = ProfileName::default_profile();
    let root = LineageRoot::new(&format!("s{n}"));
    Row::Session(Entry { key: Key { profile, session: None, root }, stored: None, pinned: false })
}

fn list(rows: Vec<Row>) -> List {
    let mut list = List::default();
    list.set_rows(rows);
    list.window(5);
    list
}

/// The choice is a row that keys can act on, and in sight, whatever is pressed and whatever the rows become.
#[test]
fn the_choice_is_always_a_row_in_sight_that_can_be_chosen() {
    let section = || Row::Section("pinned".into());
    let rows = |n: u64| {
        let all = (0..n).flat_map(|n| if n % 4 == 0 { vec![section(), entry(n)] } else { vec![entry(n)] });
        all.chain([Row::More(ProfileName::default_profile())]).collect::<Vec<_>>()
    };
    let mut list = list(rows(40));
    let moves = [1, 5, -2, 30, -1, 100, -3, -100, 7];
    for (turn, by) in moves.into_iter().cycle().take(60).enumerate() {
        match turn % 5 {
            0 => list.scroll(by),
            1 => list.set_rows(rows(40 - turn as u64 % 7 * 5)),
            2 => list.choose(turn * 3),
            _ => list.step(by),
        }
        let seen = list.window(3 + turn % 4);
        assert!(list.chosen().is_some(), "turn {turn}");
        assert!(seen.contains(&list.at), "turn {turn}: {} of {seen:?}", list.at);
    }
}

/// Rows that come above do not move the one that the person looks at, nor the choice.
#[test]
fn rows_that_come_above_leave_the_choice_and_the_view_where_they_were() {
    let mut list = list((10..40).map(entry).collect());
    list.choose(12);
    let below = list.at - list.top;
    list.set_rows((0..40).map(entry).collect());
    assert_eq!((list.at, list.at - list.top), (22, below));
    // It is gone: what stands in its place is chosen.
    list.set_rows((0..40).filter(|n| *n != 22).map(entry).collect());
    assert!(list.chosen().is_some_and(|row| row.is(&entry(23))));
}

#[test]
fn the_heading_above_the_first_row_comes_into_sight_with_it() {
    let rows = [Row::Section("pinned".into())].into_iter().chain((0..20).map(entry)).collect();
    let mut list = list(rows);
    assert_eq!((list.at, list.window(5)), (1, 0..5));
    list.step(10);
    list.step(-10);
    assert_eq!((list.at, list.window(5)), (1, 0..5));
}

/// C15: a mark is on a conversation, whatever has become of its ids.
#[test]
fn a_mark_stays_on_a_conversation_that_is_stored_meanwhile() {
    let profile = ProfileName::default_profile();
    let fresh = Key { profile: profile.clone(), session: Some(SessionId(4)), root: None };
    let stored = Key { root: LineageRoot::new("s9"), ..fresh.clone() };
    let closed = Key { session: None, ..stored.clone() };
    let other = Key { profile, session: None, root: None };
    let mut list = List::default();
    list.mark(&fresh);
    assert!(list.is_marked(&stored) && !list.is_marked(&other));
    assert!(stored.is(&closed) && !other.is(&other.clone()));
    list.mark(&stored);
    assert!(list.marks.is_empty());
}
