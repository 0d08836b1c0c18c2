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

#[cfg(test)]
mod tests {
    use super::*;

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
