//! The colours that a profile can be given: a popup with "Auto" first, the colour that follows from the name (E16).

use super::gesture::Place;
use crate::base::ids::ProfileName;
use crate::model::shelf::Colour;

/// Names of the swatches, 30 degrees of the circle apart.
const NAMES: [&str; 12] = [
    "red", "orange", "yellow", "lime", "green", "mint", "cyan", "azure", "blue", "violet", "magenta", "rose",
];
/// Swatches in a row of the popup.
pub const COLUMNS: usize = 3;

/// The open popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swatch {
    pub profile: ProfileName,
    /// Where it belongs to.
    pub at: Place,
    /// 0 is Auto.
    pub selected: usize,
}

impl Swatch {
    /// The popup, on the colour that the profile has.
    pub fn new(profile: ProfileName, at: Place, has: Option<Colour>) -> Self {
        let selected = (1..=NAMES.len()).find(|n| has.is_some() && colour(*n) == has).unwrap_or(0);
        Self { profile, at, selected }
    }

    /// The colour that is chosen; `None`: Auto.
    pub fn colour(&self) -> Option<Colour> {
        colour(self.selected)
    }

    /// One on or back, round the ends.
    pub fn step(&mut self, by: isize) {
        let count = NAMES.len() + 1;
        self.selected = (self.selected + count).saturating_add_signed(by) % count;
    }

    /// A row up or down, stopping at both ends; Auto is a row of its own.
    pub fn step_row(&mut self, by: isize) {
        self.selected = match (self.selected, by) {
            (0, 1..) => 1,
            (at, ..=-1) => at.saturating_sub(COLUMNS),
            (0, _) => 0,
            (at, _) if at + COLUMNS <= NAMES.len() => at + COLUMNS,
            (at, _) => at,
        };
    }
}

/// What a place of the popup is called.
pub fn name(place: usize) -> &'static str {
    place.checked_sub(1).and_then(|n| NAMES.get(n)).copied().unwrap_or("auto")
}

/// The colour of a place of the popup.
pub fn colour(place: usize) -> Option<Colour> {
    let n = u16::try_from(place.checked_sub(1)?).ok().filter(|n| usize::from(*n) < NAMES.len())?;
    Some(Colour::of_hue(n * 30))
}

/// All places: Auto, then the swatches.
pub fn places() -> std::ops::RangeInclusive<usize> {
    0..=NAMES.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(has: Option<Colour>) -> Swatch {
        Swatch::new(ProfileName::new("work").unwrap(), Place { column: 0, row: 0 }, has)
    }

    /// E16: Auto is first, and no colour.
    #[test]
    fn the_popup_opens_on_the_colour_there_is_and_auto_is_none() {
        assert_eq!((open(None).selected, open(None).colour()), (0, None));
        assert_eq!(open(colour(7)).selected, 7);
        assert_eq!(open(Some(Colour(0x12_34_56))).selected, 0, "a colour from elsewhere is none of these");
        let mut colours: Vec<_> = places().filter_map(colour).collect();
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), NAMES.len());
    }

    #[test]
    fn arrows_reach_every_swatch_and_stop_at_the_edges() {
        let mut swatch = open(None);
        let mut walk = |by: isize, rows: bool| {
            if rows {
                swatch.step_row(by);
            } else {
                swatch.step(by);
            }
            swatch.selected
        };
        let rows = [
            (1, true, 1),
            (1, true, 4),
            (1, false, 5),
            (1, true, 8),
            (1, true, 11),
            (1, true, 11),
            (-1, true, 8),
        ];
        for (by, rows, at) in rows {
            assert_eq!(walk(by, rows), at);
        }
        let rows =
            [(-1, true, 5), (-1, true, 2), (-1, true, 0), (-1, true, 0), (-1, false, 12), (1, false, 0)];
        for (by, rows, at) in rows {
            assert_eq!(walk(by, rows), at);
        }
    }
}
