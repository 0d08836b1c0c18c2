//! Which of a row of things are in sight when not all fit.

/// The range of things around the `chosen` one whose `cells` fit into `room`; the chosen one is always among them.
pub(super) fn around(cells: &[usize], chosen: usize, room: usize) -> (usize, usize) {
    let wide = |at: usize| cells.get(at).copied().unwrap_or(0);
    let (mut from, mut to) = (chosen, (chosen + 1).min(cells.len()));
    let mut used = wide(chosen);
    loop {
        let right = to < cells.len() && used + wide(to) <= room;
        if right {
            used += wide(to);
            to += 1;
        }
        let left = from > 0 && used + wide(from - 1) <= room;
        if left {
            from -= 1;
            used += wide(from);
        }
        if !left && !right {
            return (from, to);
        }
    }
}

/// The range of things from the `first` one on whose `cells` fit into `room`; at the end of the row as many as fit before it.
pub(super) fn from(cells: &[usize], first: usize, room: usize) -> (usize, usize) {
    let (_, to) = around(cells.get(first..).unwrap_or_default(), 0, room);
    if first + to < cells.len() {
        return (first, first + to);
    }
    let mut used = 0;
    let fits = cells.iter().rev().take_while(|cells| {
        used += **cells;
        used <= room
    });
    (cells.len() - fits.count().max(1).min(cells.len()), cells.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolled_things_fill_the_room_and_never_run_out() {
        let cells = [10, 12, 8, 20, 6];
        assert_eq!(from(&cells, 0, 30), (0, 3));
        assert_eq!(from(&cells, 1, 30), (1, 3));
        assert_eq!(from(&cells, 3, 40), (2, 5));
        assert_eq!(from(&cells, 9, 30), (3, 5));
        assert_eq!(from(&cells, 4, 1), (4, 5));
        assert_eq!(from(&[], 2, 30), (0, 0));
    }

    #[test]
    fn the_chosen_one_is_in_sight_whatever_the_room() {
        let cells = [10, 12, 8, 20, 6];
        for room in 0..70 {
            for chosen in 0..cells.len() {
                let (from, to) = around(&cells, chosen, room);
                assert!(from <= chosen && chosen < to, "{chosen} in {room}");
                let used: usize = cells[from..to].iter().sum();
                assert!(used <= room || to - from == 1, "{from}..{to} in {room}");
            }
        }
        assert_eq!(around(&cells, 2, 56), (0, 5));
        assert_eq!(around(&[], 0, 10), (0, 0));
    }
}
