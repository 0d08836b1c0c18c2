//! One gesture of the left button: what a press becomes. A click, a drag, or a hold, and never two of them (E15).
//!
//! Pure: the time comes with every call. Not here: what the gesture means; whoever owns what was pressed decides that. What
//! was pressed (`T`) is what lay under the button when it went down, whatever the screen shows since.

use crate::base::clock::Tick;

/// How long a press without movement becomes a hold, in milliseconds (E14).
pub const HOLD_MS: u64 = 450;

/// A cell of the screen, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub column: u16,
    pub row: u16,
}

/// Where something can be dragged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drags {
    /// Nowhere: moved off and back on it is still clicked.
    #[default]
    No,
    /// Along its row: the pointer's row is ignored (E07).
    Along,
    Anywhere,
}

/// What can be done with a thing beside clicking it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grip {
    pub drags: Drags,
    pub holds: bool,
}

/// What has become of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became<T> {
    /// Nothing yet, or nothing more.
    Nothing,
    /// It was pressed and let go in the same cell.
    Click(T),
    /// The button stays down, and nothing moved.
    Hold(T, Place),
    /// It is carried, and is here now.
    Drag(T, Place),
    /// It is let go here.
    Drop(T, Place),
    /// It cannot be carried, and the button was let go elsewhere.
    Away(T, Place),
}

/// The left button.
#[derive(Clone, Debug)]
pub struct Gesture<T> {
    press: Option<Press<T>>,
}

#[derive(Clone, Debug)]
struct Press<T> {
    what: T,
    grip: Grip,
    at: Place,
    since: Tick,
    moved: bool,
    /// It was held: what follows is no click.
    spent: bool,
}

impl<T> Default for Gesture<T> {
    fn default() -> Self {
        Self { press: None }
    }
}

impl<T: Clone> Gesture<T> {
    /// The button goes down on `what`. A release that never came ends here.
    pub fn press(&mut self, what: T, grip: Grip, at: Place, now: Tick) {
        self.press = Some(Press { what, grip, at, since: now, moved: false, spent: false });
    }

    /// The pointer is in another cell: a drag from the first one on (E06).
    pub fn moved(&mut self, to: Place, now: Tick) -> Became<T> {
        let held = self.tick(now);
        let Some(press) = &mut self.press else { return held };
        if press.spent || to == press.at && !press.moved {
            return held;
        }
        press.moved = true;
        match press.grip.drags {
            Drags::No => Became::Nothing,
            _ => Became::Drag(press.what.clone(), press.along(to)),
        }
    }

    /// The button is let go.
    pub fn released(&mut self, at: Place, now: Tick) -> Became<T> {
        // However late the timer is: so long a press was a hold.
        let held = self.tick(now);
        let Some(press) = self.press.take().filter(|press| !press.spent) else { return held };
        let place = press.along(at);
        match (press.moved || at != press.at, press.grip.drags) {
            (false, _) => Became::Click(press.what),
            (true, Drags::No) => Became::Away(press.what, place),
            (true, _) => Became::Drop(press.what, place),
        }
    }

    /// Time went on.
    pub fn tick(&mut self, now: Tick) -> Became<T> {
        let due = self.due().is_some_and(|due| due <= now);
        match &mut self.press {
            Some(press) if due => {
                press.spent = true;
                Became::Hold(press.what.clone(), press.at)
            }
            _ => Became::Nothing,
        }
    }

    /// When [`Self::tick`] is wanted, if nothing happens.
    pub fn due(&self) -> Option<Tick> {
        let press = self.press.as_ref()?;
        (press.grip.holds && !press.moved && !press.spent).then(|| press.since.plus(HOLD_MS))
    }

    /// Nothing comes of it any more.
    pub fn cancel(&mut self) {
        self.press = None;
    }
}

impl<T> Press<T> {
    fn along(&self, to: Place) -> Place {
        match self.grip.drags {
            Drags::Along => Place { row: self.at.row, ..to },
            _ => to,
        }
    }
}

#[cfg(test)]
#[path = "gesture_tests.rs"]
mod tests;
