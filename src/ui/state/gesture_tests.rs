//! What a press becomes, at every time and in every direction.

use super::*;
use proptest::prelude::*;

const CHIP: Grip = Grip { drags: Drags::Along, holds: true };
const ROW: Grip = Grip { drags: Drags::Anywhere, holds: false };

fn at(column: u16, row: u16) -> Place {
    Place { column, row }
}

fn pressed(grip: Grip) -> Gesture<char> {
    let mut gesture = Gesture::default();
    gesture.press('a', grip, at(10, 5), Tick(1_000));
    gesture
}

/// E06: pressed and let go in one cell selects, one cell of movement drags.
#[test]
fn a_press_and_a_release_in_one_cell_click_and_one_cell_further_drop() {
    assert_eq!(pressed(CHIP).released(at(10, 5), Tick(1_100)), Became::Click('a'));
    let mut gesture = pressed(CHIP);
    assert_eq!(gesture.moved(at(10, 5), Tick(1_050)), Became::Nothing, "a report without movement");
    assert_eq!(gesture.moved(at(11, 5), Tick(1_100)), Became::Drag('a', at(11, 5)));
    assert_eq!(gesture.released(at(11, 5), Tick(1_200)), Became::Drop('a', at(11, 5)));
    assert_eq!(gesture.released(at(11, 5), Tick(1_300)), Became::Nothing);
}

/// E06: a drag that comes back to where it began is still one.
#[test]
fn what_was_dragged_and_brought_back_is_not_clicked() {
    let mut gesture = pressed(CHIP);
    gesture.moved(at(12, 5), Tick(1_100));
    assert_eq!(gesture.moved(at(10, 5), Tick(1_200)), Became::Drag('a', at(10, 5)));
    assert_eq!(gesture.released(at(10, 5), Tick(1_300)), Became::Drop('a', at(10, 5)));
}

/// E14: 450 ms without movement, not a millisecond earlier, and once.
#[test]
fn a_press_that_stays_becomes_a_hold_once() {
    let mut gesture = pressed(CHIP);
    assert_eq!(gesture.due(), Some(Tick(1_450)));
    assert_eq!(gesture.tick(Tick(1_449)), Became::Nothing);
    assert_eq!(gesture.tick(Tick(1_450)), Became::Hold('a', at(10, 5)));
    assert_eq!(gesture.tick(Tick(1_900)), Became::Nothing);
    assert_eq!(gesture.due(), None);
}

/// E15: the click that trails a hold is none, and what moves after it is no drag.
#[test]
fn after_a_hold_neither_click_nor_drag_follows() {
    let mut gesture = pressed(CHIP);
    gesture.tick(Tick(1_450));
    assert_eq!(gesture.moved(at(14, 5), Tick(1_500)), Became::Nothing);
    assert_eq!(gesture.released(at(10, 5), Tick(1_600)), Became::Nothing);
    // Nobody ticked in between: the release tells how long it was.
    assert_eq!(pressed(CHIP).released(at(10, 5), Tick(1_451)), Became::Hold('a', at(10, 5)));
}

/// E15: a drag cancels the hold.
#[test]
fn a_drag_never_becomes_a_hold() {
    let mut gesture = pressed(CHIP);
    gesture.moved(at(11, 5), Tick(1_449));
    assert_eq!(gesture.due(), None);
    assert_eq!(gesture.tick(Tick(9_000)), Became::Nothing);
    assert_eq!(gesture.released(at(11, 5), Tick(9_000)), Became::Drop('a', at(11, 5)));
}

/// E07: along a row the pointer's row means nothing; what goes anywhere keeps it.
#[test]
fn a_drag_along_a_row_ignores_other_rows() {
    let mut gesture = pressed(CHIP);
    assert_eq!(gesture.moved(at(13, 1), Tick(1_100)), Became::Drag('a', at(13, 5)));
    assert_eq!(gesture.released(at(13, 0), Tick(1_200)), Became::Drop('a', at(13, 5)));
    assert_eq!(pressed(ROW).moved(at(13, 1), Tick(1_100)), Became::Drag('a', at(13, 1)));
}

#[test]
fn what_cannot_be_dragged_or_held_is_only_clicked_or_left() {
    let mut gesture = pressed(Grip::default());
    assert_eq!(gesture.due(), None);
    assert_eq!(gesture.tick(Tick(9_000)), Became::Nothing);
    assert_eq!(gesture.moved(at(11, 5), Tick(1_100)), Became::Nothing);
    assert_eq!(gesture.released(at(12, 5), Tick(1_200)), Became::Away('a', at(12, 5)));
    assert_eq!(pressed(Grip::default()).released(at(10, 5), Tick(9_000)), Became::Click('a'));
}

#[test]
fn a_new_press_forgets_one_that_was_never_released() {
    let mut gesture = pressed(CHIP);
    gesture.moved(at(20, 5), Tick(1_100));
    gesture.press('b', CHIP, at(3, 5), Tick(2_000));
    assert_eq!(gesture.released(at(3, 5), Tick(2_100)), Became::Click('b'));
}

proptest! {
    /// E15: one press is at most one of click, hold and drop, whatever happens in between.
    #[test]
    fn a_press_ends_in_one_way(
        moves in prop::collection::vec((0u16..30, 0u16..10, 0u64..300), 0..8),
        drags in prop::sample::select(vec![Drags::No, Drags::Along, Drags::Anywhere]),
        holds: bool,
    ) {
        let mut gesture = pressed(Grip { drags, holds });
        let (mut now, mut last, mut ends) = (1_000, at(10, 5), 0);
        let mut count = |became: Became<char>| {
            ends += i32::from(!matches!(became, Became::Nothing | Became::Drag(..)));
        };
        for (column, row, ms) in moves {
            now += ms;
            last = at(column, row);
            count(gesture.moved(last, Tick(now)));
        }
        count(gesture.released(last, Tick(now + 1)));
        count(gesture.released(last, Tick(now + 2)));
        prop_assert_eq!(ends, 1);
    }
}
