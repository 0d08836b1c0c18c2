//! Where things stand on the screen, and what goes first when it is small (UX-24): the strip, then the tabs' titles, then
//! borders, then the tabs. Composer and status line stay.

use ratatui::layout::Rect;

/// The areas of one frame. An area that is not shown is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    pub tabs: Rect,
    /// A rule under the tabs.
    pub rule: Rect,
    /// The list of sessions: beside all that follows but the status line, or over chat and activity.
    pub list: Rect,
    pub chat: Rect,
    pub activity: Rect,
    pub card: Rect,
    pub composer: Rect,
    pub status: Rect,
    pub strip: Rect,
    /// Boxes have borders.
    pub bordered: bool,
}

/// What wants how many rows, borders not counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wants {
    pub composer: usize,
    pub activity: usize,
    /// 0: no card.
    pub card: usize,
    pub strip: bool,
    /// Cells of a list beside the chat.
    pub beside: u16,
    /// A list lies over the chat.
    pub over: bool,
}

/// Divides `size`.
pub(super) fn divide((width, height): (u16, u16), wants: Wants) -> Areas {
    let bordered = has_borders((width, height));
    let frame = if bordered { 2 } else { 0 };
    let mut areas = Areas { bordered, ..Areas::default() };
    let mut top = 0;
    let mut bottom = height;
    let from_bottom = |rows: u16, bottom: &mut u16| {
        let rows = rows.min(*bottom);
        *bottom -= rows;
        Rect::new(0, *bottom, width, rows)
    };
    let right = |area: Rect| Rect { x: wants.beside, width: width - wants.beside, ..area };
    if wants.strip && height >= 12 {
        areas.strip = from_bottom(1, &mut bottom);
    }
    areas.status = from_bottom(1, &mut bottom);
    let most = (height / 3).clamp(1, 10);
    let composer = to_rows(wants.composer).clamp(1, most) + frame;
    let floor = bottom;
    areas.composer = right(from_bottom(composer, &mut bottom));
    if height >= 8 {
        areas.tabs = Rect::new(0, 0, width, 1);
        top = 1;
        if height >= 20 {
            areas.rule = Rect::new(0, 1, width, 1);
            top = 2;
        }
    }
    let room = bottom.saturating_sub(top);
    if wants.card > 0 {
        // A question is worth the transcript's room, but the last of what led to it stays in view.
        let most = if room > 10 { room - 4 } else { room };
        areas.card = right(from_bottom((to_rows(wants.card) + frame).min(most), &mut bottom));
    }
    let room = bottom.saturating_sub(top);
    let most = (room / 2).min(room.saturating_sub(6)).max(room / 3);
    let whole = right(Rect::new(0, top, width, bottom.saturating_sub(top)));
    areas.activity = right(from_bottom(to_rows(wants.activity).min(most), &mut bottom));
    areas.chat = Rect { height: bottom.saturating_sub(top), ..whole };
    if wants.beside > 0 {
        areas.list = Rect::new(0, top, wants.beside, floor.saturating_sub(top));
    } else if wants.over {
        areas.list = whole;
    }
    areas
}

/// Whether boxes have borders at this size.
pub(super) fn has_borders((width, height): (u16, u16)) -> bool {
    height >= 14 && width >= 32
}

fn to_rows(rows: usize) -> u16 {
    u16::try_from(rows).unwrap_or(u16::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-24.
    #[test]
    fn areas_never_overlap_or_leave_the_screen_at_any_size() {
        for width in [1, 20, 40, 80, 300] {
            for height in 1..=100 {
                for card in [0, 3, 60] {
                    let wants = Wants { composer: 3, activity: 2, card, strip: true, ..Wants::default() };
                    let a = divide((width, height), wants);
                    let all = [a.tabs, a.rule, a.chat, a.activity, a.card, a.composer, a.status, a.strip];
                    let rows: u16 = all.iter().map(|area| area.height).sum();
                    assert_eq!(rows, height, "{width}×{height}: {a:?}");
                    assert!(all.iter().all(|area| area.bottom() <= height && area.width <= width));
                }
            }
        }
    }

    #[test]
    fn composer_and_status_line_are_there_on_the_smallest_screen() {
        let a = divide((20, 6), Wants { composer: 1, strip: true, ..Wants::default() });
        assert_eq!((a.composer.height, a.status.height, a.strip.height, a.bordered), (1, 1, 0, false));
        assert!(a.chat.height >= 3);
    }
}
