use super::*;

const BOUND: Bound = Bound { most: 3, fresh: 90_000, idle: None };

fn stay(who: &'static str, used: u64, needed: bool) -> Stay<&'static str> {
    Stay { who, used: Tick(used), needed, shown: false, not_before: Tick(0), leaving: false }
}

fn all(list: &[(&'static str, u64, bool)]) -> Vec<Stay<&'static str>> {
    list.iter().map(|(who, used, needed)| stay(who, *used, *needed)).collect()
}

/// A08, A11, A12, INV18.
#[test]
fn the_bound_is_exceeded_rather_than_a_fresh_or_needed_one_stopped() {
    let now = Tick(200_000);
    assert_eq!(BOUND.leave(&all(&[("a", 0, false), ("b", 0, false), ("c", 0, false)]), now), [""; 0]);
    let busy = all(&[("a", 0, true), ("b", 150_000, false), ("c", 1, true), ("d", 199_000, false)]);
    assert_eq!(BOUND.leave(&busy, now), [""; 0]);
    assert_eq!(BOUND.next(&busy, now), Some(Tick(240_001)), "the first freshness to end");
    assert_eq!(BOUND.leave(&busy, Tick(240_001)), ["b"]);
}

/// INV19, A08.
#[test]
fn the_least_recently_used_stale_ones_go_until_the_bound_holds() {
    let now = Tick(200_000);
    let stale = all(&[("a", 50, false), ("b", 40, false), ("c", 1, true), ("d", 199_000, false)]);
    assert_eq!(BOUND.leave(&stale, now), ["b"]);
    let more = all(&[("a", 50, false), ("b", 40, false), ("c", 1, true), ("d", 0, true), ("e", 60, false)]);
    assert_eq!(BOUND.leave(&more, now), ["b", "a"]);
}

#[test]
fn what_a_terminal_shows_goes_last() {
    let mut shown = all(&[("a", 1, false), ("b", 2, false), ("c", 3, false), ("d", 4, false)]);
    shown[0].shown = true;
    assert_eq!(BOUND.leave(&shown, Tick(200_000)), ["b"]);
}

#[test]
fn one_that_goes_already_makes_room_for_the_others() {
    let mut list = all(&[("a", 1, false), ("b", 2, false), ("c", 3, false), ("d", 4, false)]);
    list[2].leaving = true;
    assert_eq!(BOUND.leave(&list, Tick(200_000)), [""; 0]);
    assert_eq!(BOUND.next(&list, Tick(200_000)), None);
}

#[test]
fn one_that_may_not_go_is_left_alone_for_a_while_and_another_goes() {
    let mut list = all(&[("a", 1, false), ("b", 2, false), ("c", 3, false), ("d", 4, false)]);
    list[0].not_before = Tick(300_000);
    assert_eq!(BOUND.leave(&list, Tick(200_000)), ["b"]);
    assert_eq!(BOUND.next(&list, Tick(200_000)), Some(Tick(300_000)));
}

/// A11.
#[test]
fn what_was_not_used_for_long_goes_although_there_is_room() {
    let bound = Bound { idle: Some(600_000), ..BOUND };
    let list = all(&[("a", 1_000, false), ("b", 2_000, true), ("c", 3_000, false)]);
    assert_eq!(bound.next(&list, Tick(200_000)), Some(Tick(601_000)));
    assert_eq!(bound.leave(&list, Tick(600_999)), [""; 0]);
    assert_eq!(bound.leave(&list, Tick(601_000)), ["a"]);
    // However short the time is set, what was used a moment ago stays.
    let hasty = Bound { idle: Some(0), ..BOUND };
    assert_eq!(hasty.leave(&list, Tick(90_000)), [""; 0]);
    assert_eq!(hasty.leave(&list, Tick(91_001)), ["a"]);
}
