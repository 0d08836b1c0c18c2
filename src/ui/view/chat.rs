//! Which rows of the transcript are on the screen. Only messages near the screen are ever laid out.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::message::{Paper, Sheet};
use crate::base::ids::MessageId;
use crate::model::message::Message;
use crate::model::session::Session;
use crate::ui::state::lines::Look;
use crate::ui::state::pane::{Anchor, Pane, Visible};

/// A place in the transcript: message by its number, row within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    message: usize,
    row: usize,
}

/// A transcript in its order: messages of this terminal's own paging, then those of the mirror. Ids rise.
#[derive(Clone, Copy)]
struct Messages<'a> {
    older: &'a [Message],
    newer: &'a [Message],
}

impl<'a> Messages<'a> {
    fn len(self) -> usize {
        self.older.len() + self.newer.len()
    }

    fn get(self, at: usize) -> Option<&'a Message> {
        self.older.get(at).or_else(|| self.newer.get(at.checked_sub(self.older.len())?))
    }

    fn last(self) -> Option<&'a Message> {
        self.newer.last().or(self.older.last())
    }

    /// Where the first one stands that is not before `id`.
    fn place_of(self, id: MessageId) -> usize {
        let before = |messages: &[Message]| messages.partition_point(|message| message.id < id);
        match before(self.older) {
            all if all == self.older.len() => all + before(self.newer),
            at => at,
        }
    }
}

/// A session's transcript while it is laid out.
struct Layout<'a> {
    pane: &'a mut Pane,
    messages: Messages<'a>,
    width: u16,
    height: usize,
    unfold_all: bool,
    walking: bool,
    paper: Paper<'a>,
}

/// Decides what is visible and has its lines ready. `folding`: everything is unfolded, the transcript is walked.
pub(super) fn prepare(
    pane: &mut Pane,
    session: &Session,
    area: Rect,
    folding: (bool, bool),
    paper: Paper<'_>,
) {
    pane.lines.draw_with(paper.digest());
    if session.body.is_none() {
        // It is on its way: where the person was in it stays.
        pane.visible.clear();
        return;
    }
    let older = std::mem::take(&mut pane.older);
    let newer = session.body.as_ref().map_or(&[][..], |body| &body.messages);
    let messages = Messages { older: &older, newer };
    let (width, height) = (area.width, usize::from(area.height));
    let (unfold_all, walking) = folding;
    let mut layout = Layout { pane, messages, width, height, unfold_all, walking, paper };
    layout.run();
    pane.older = older;
}

impl Layout<'_> {
    fn run(&mut self) {
        let delta =
            self.pane.scroll + self.pane.pages * isize::try_from(self.height.saturating_sub(2)).unwrap_or(1);
        (self.pane.scroll, self.pane.pages) = (0, 0);
        self.pane.visible.clear();
        if self.messages.len() == 0 || self.height == 0 {
            self.pane.anchor = Anchor::Follow;
            self.pane.at_top = true;
            return;
        }
        let end = self.end();
        let from = match self.pane.anchor {
            Anchor::Follow => end,
            Anchor::At { message, row } => {
                let at = self.messages.place_of(message).min(self.messages.len() - 1);
                Place { message: at, row: row.min(self.rows(at).saturating_sub(1)) }
            }
        };
        let mut top = self.moved(from, delta);
        if std::mem::take(&mut self.pane.reveal) {
            top = self.revealing(top);
        }
        let follows = top >= end && (delta > 0 || self.pane.anchor == Anchor::Follow && delta == 0);
        let top = top.min(end);
        let fits = end == Place { message: 0, row: 0 };
        let last = self.messages.last().map(|message| (message.id, message.len()));
        self.pane.anchor = match self.messages.get(top.message) {
            Some(first) if !follows && !fits => Anchor::At { message: first.id, row: top.row },
            _ => Anchor::Follow,
        };
        self.pane.seen = match self.pane.anchor {
            Anchor::Follow => None,
            Anchor::At { .. } => self.pane.seen.or(last),
        };
        self.pane.at_top = top == Place { message: 0, row: 0 };
        self.show(top);
    }

    /// Rows of a message, laid out now if they are not.
    fn rows(&mut self, at: usize) -> usize {
        let Some(message) = self.messages.get(at) else { return 0 };
        let unfolded = self.unfold_all || self.pane.unfolded.contains(&message.id);
        let chosen = self.walking && self.pane.chosen == Some(message.id);
        let look = Look { width: self.width, unfolded, chosen };
        self.pane.lines.fill(message.id, look, self.paper.now, &Sheet { message, look, paper: self.paper })
    }

    /// The topmost place when the last row is on the last line.
    fn end(&mut self) -> Place {
        let mut room = self.height;
        let mut at = self.messages.len();
        while at > 0 {
            at -= 1;
            let rows = self.rows(at);
            if rows >= room {
                return Place { message: at, row: rows - room };
            }
            room -= rows;
        }
        Place { message: 0, row: 0 }
    }

    fn moved(&mut self, from: Place, by: isize) -> Place {
        let Place { mut message, mut row } = from;
        let mut left = by.unsigned_abs();
        if by < 0 {
            while left > row {
                if message == 0 {
                    return Place { message: 0, row: 0 };
                }
                left -= row;
                message -= 1;
                row = self.rows(message);
            }
            return Place { message, row: row - left };
        }
        while left > 0 {
            let rest = self.rows(message).saturating_sub(row);
            if left < rest || message + 1 >= self.messages.len() {
                return Place { message, row: row + left };
            }
            left -= rest;
            message += 1;
            row = 0;
        }
        Place { message, row }
    }

    /// Moves as little as brings the chosen message on the screen; its beginning, when it is taller.
    fn revealing(&mut self, top: Place) -> Place {
        let Some(chosen) = self.pane.chosen else { return top };
        let at = self.messages.place_of(chosen);
        if self.messages.get(at).is_none_or(|message| message.id != chosen) {
            return top;
        }
        let begin = Place { message: at, row: 0 };
        let rows = self.rows(at);
        if begin <= top || rows >= self.height {
            return begin;
        }
        let last = Place { message: at, row: rows };
        let lowest = self.moved(last, -isize::try_from(self.height).unwrap_or(1));
        top.max(lowest)
    }

    fn show(&mut self, top: Place) {
        let mut room = self.height;
        let mut place = top;
        while room > 0 {
            let rows = self.rows(place.message);
            let Some(message) = self.messages.get(place.message) else { break };
            let until = rows.min(place.row + room);
            room -= until.saturating_sub(place.row);
            self.pane.visible.push(Visible { message: message.id, rows: place.row..until });
            place = Place { message: place.message + 1, row: 0 };
        }
        self.pane.lines.trim();
    }
}

/// The visible rows, topmost first.
pub(super) fn rows(pane: &Pane) -> Vec<&Line<'static>> {
    let rows = pane.visible.iter().map(|visible| pane.lines.get(visible.message).get(visible.rows.clone()));
    rows.flatten().flatten().collect()
}

/// What came since following was paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    Nothing,
    /// The message that was the last one has grown.
    More,
    Messages(usize),
}

/// What is new further down; `None` while following.
pub(super) fn below(pane: &Pane, session: &Session) -> Option<Below> {
    let (seen, length) = pane.seen?;
    let newer = || session.body.iter().flat_map(|body| &body.messages).rev();
    Some(match newer().take_while(|message| message.id > seen).count() {
        0 if newer().next().is_some_and(|last| last.len() > length) => Below::More,
        0 => Below::Nothing,
        count => Below::Messages(count),
    })
}
