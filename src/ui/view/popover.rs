//! Where a small box stands that belongs to something on the screen: below it, or above where there is no room, always whole (K04).

use ratatui::layout::Rect;

use crate::ui::state::gesture::Place;

/// The place of a box of `wide` × `high` that belongs to `at`, on a screen of `size`.
pub(super) fn place(at: Place, (wide, high): (u16, u16), (width, height): (u16, u16)) -> Rect {
    let (wide, high) = (wide.min(width), high.min(height));
    let below = at.row.saturating_add(1);
    let y = if below.saturating_add(high) <= height { below } else { at.row.saturating_sub(high) };
    Rect::new(at.column.min(width - wide), y.min(height - high), wide, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// K04: at the edges it flips and slides.
    #[test]
    fn a_box_stands_below_its_place_else_above_and_slides_in_from_the_right() {
        let at = |column, row| place(Place { column, row }, (20, 6), (80, 24));
        assert_eq!(at(5, 3), Rect::new(5, 4, 20, 6));
        assert_eq!(at(5, 23), Rect::new(5, 17, 20, 6));
        assert_eq!(at(75, 3), Rect::new(60, 4, 20, 6));
    }

    proptest! {
        /// K04: and it never covers what it belongs to while there is room beside that.
        #[test]
        fn a_box_is_always_whole_on_the_screen(
            column in 0u16..200, row in 0u16..100, wide in 1u16..60, high in 1u16..30, w in 1u16..150, h in 1u16..60,
        ) {
            let at = Place { column: column % w, row: row % h };
            let area = place(at, (wide, high), (w, h));
            prop_assert!(area.right() <= w && area.bottom() <= h);
            prop_assert_eq!((area.width, area.height), (wide.min(w), high.min(h)));
            if area.height <= at.row || at.row + 1 + area.height <= h {
                prop_assert!(!area.rows().any(|line| line.y == at.row));
            }
        }
    }
}
