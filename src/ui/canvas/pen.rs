//! Cells to bytes: the cursor is moved and the style changed by as few bytes as tell the difference.
//!
//! It knows where the terminal's cursor stands and what it writes with, over frames. It writes only the sequences that
//! [`super::Canvas`] lists; which cells are written is decided there.

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

/// First of the characters whose width terminals disagree on: pictographs, of which every Unicode version adds some.
const PICTOGRAPHS: char = '\u{1f000}';

/// SGR numbers of the attributes. Others are left out: nothing blinks, nothing is hidden.
const ATTRIBUTES: [(Modifier, u8); 6] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

/// Cells that are crossed by writing them again at most: moving takes as many bytes and more.
const BRIDGE: u16 = 3;

/// Colour of the text, of what is behind it, and attributes.
type Style = (Color, Color, Modifier);

fn style(cell: &Cell) -> Style {
    (cell.fg, cell.bg, cell.modifier)
}

/// The terminal's cursor and the style it writes with; `None` where unknown.
#[derive(Debug, Default)]
pub(super) struct Pen {
    at: Option<Position>,
    style: Option<Style>,
}

impl Pen {
    /// Writes the cell of `screen` at `at`.
    pub(super) fn put(&mut self, at: Position, cell: &Cell, screen: &Buffer, out: &mut Vec<u8>) {
        self.bridge(at, screen, out);
        self.go(at, out);
        self.dip(style(cell), out);
        let symbol = if cell.symbol().is_empty() { " " } else { cell.symbol() };
        out.extend_from_slice(symbol.as_bytes());
        let mut chars = symbol.chars();
        let plain = chars.next().is_some_and(|first| first < PICTOGRAPHS) && chars.next().is_none();
        let x = at.x.saturating_add(cell.cell_width());
        // After the last column terminals differ in where the cursor stands.
        self.at = (plain && x < screen.area.width).then_some(Position { x, ..at });
    }

    /// Crosses a few cells by writing them again, where that is shorter than moving.
    fn bridge(&mut self, to: Position, screen: &Buffer, out: &mut Vec<u8>) {
        let Some(at) = self.at.filter(|at| at.y == to.y && at.x < to.x && to.x - at.x <= BRIDGE) else {
            return;
        };
        let cells = (at.x..to.x).map(|x| screen.cell((x, at.y)));
        let same = |cell: &&Cell| cell.symbol().is_ascii() && self.style == Some(style(cell));
        if let Some(cells) = cells.map(|cell| cell.filter(same)).collect::<Option<Vec<_>>>() {
            out.extend(cells.iter().flat_map(|cell| cell.symbol().bytes()));
            self.at = Some(to);
        }
    }

    /// Moves the cursor.
    pub(super) fn go(&mut self, to: Position, out: &mut Vec<u8>) {
        match self.at {
            Some(at) if at == to => {}
            Some(at) if at.y == to.y && at.x + 1 == to.x => control::<u16>(out, &[], 'C'),
            Some(at) if at.y == to.y && at.x < to.x => control(out, &[to.x - at.x], 'C'),
            Some(at) if at.y.checked_add(1) == Some(to.y) && to.x == 0 => out.extend_from_slice(b"\r\n"),
            _ => {
                let (row, column) = (to.y.saturating_add(1), to.x.saturating_add(1));
                let numbers = [row, column];
                control(out, if column == 1 { &numbers[..1] } else { &numbers }, 'H');
            }
        }
        self.at = Some(to);
    }

    /// The terminal has moved its cursor.
    pub(super) fn astray(&mut self) {
        self.at = None;
    }

    /// The style of a terminal that was just started, which is what erased cells get.
    pub(super) fn clean(&mut self, out: &mut Vec<u8>) {
        self.dip(Style::default(), out);
    }

    fn dip(&mut self, style: Style, out: &mut Vec<u8>) {
        if self.style == Some(style) {
            return;
        }
        // An attribute cannot be taken off alone in one way that all terminals know.
        let before = self.style.filter(|(.., before)| style.2.contains(*before));
        let old = before.unwrap_or_default();
        let added = style.2 - old.2;
        let mut codes = Vec::new();
        if before.is_none() {
            codes.push(0);
        }
        codes.extend(ATTRIBUTES.iter().filter(|(one, _)| added.contains(*one)).map(|(_, code)| *code));
        if style.0 != old.0 {
            colour(style.0, 0, &mut codes);
        }
        if style.1 != old.1 {
            colour(style.1, 10, &mut codes);
        }
        // No number at all means the same as a lone 0.
        control(out, if codes == [0] { &[] } else { &codes }, 'm');
        self.style = Some(style);
    }
}

/// A control sequence with its numbers.
pub(super) fn control<N: Copy + Into<u16>>(out: &mut Vec<u8>, numbers: &[N], last: char) {
    out.extend_from_slice(b"\x1b[");
    for (at, number) in numbers.iter().enumerate() {
        if at > 0 {
            out.push(b';');
        }
        let number: u16 = (*number).into();
        out.extend_from_slice(number.to_string().as_bytes());
    }
    let mut room = [0; 4];
    out.extend_from_slice(last.encode_utf8(&mut room).as_bytes());
}

/// SGR numbers of a colour; `ground` is 0 for the text, 10 for what is behind it.
fn colour(colour: Color, ground: u8, codes: &mut Vec<u8>) {
    let plain = match colour {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return codes.extend([38 + ground, 5, index]),
        Color::Rgb(red, green, blue) => return codes.extend([38 + ground, 2, red, green, blue]),
    };
    codes.push(plain + ground);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// What is written for these texts, when nothing else is to be.
    fn written(texts: &[(u16, u16, &str, Style)]) -> String {
        let mut screen = Buffer::empty(Rect::new(0, 0, 80, 4));
        let blank = screen.clone();
        for (x, y, text, style) in texts {
            screen.set_string(*x, *y, text, *style);
        }
        let (mut pen, mut out) = (Pen::default(), Vec::new());
        pen.clean(&mut out);
        for (x, y, cell) in blank.diff_iter(&screen) {
            pen.put(Position { x, y }, cell, &screen, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    const PLAIN: Style = Style::new();
    const BOLD: Style = PLAIN.add_modifier(Modifier::BOLD);

    #[test]
    fn what_the_terminal_knows_is_not_said_again() {
        let said = written(&[(4, 2, "a b    c", PLAIN), (0, 3, "d", PLAIN)]);
        assert_eq!(said, "\x1b[m\x1b[3;5Ha b\x1b[4Cc\r\nd");
        let said = written(&[(0, 0, "a", BOLD), (1, 0, "b", BOLD.fg(Color::Cyan)), (3, 0, "c", BOLD)]);
        assert_eq!(said, "\x1b[m\x1b[1H\x1b[1ma\x1b[36mb\x1b[C\x1b[39mc");
        let (back, front) = (Color::Rgb(1, 2, 3), Color::Indexed(9));
        let said = written(&[(0, 0, "a", BOLD.bg(back)), (1, 0, "b", PLAIN.fg(front))]);
        assert_eq!(said, "\x1b[m\x1b[1H\x1b[1;48;2;1;2;3ma\x1b[0;38;5;9mb");
    }

    /// UX-25.
    #[test]
    fn after_a_cluster_of_doubtful_width_the_cursor_is_placed_anew() {
        assert_eq!(written(&[(0, 0, "漢x", PLAIN)]), "\x1b[m\x1b[1H漢x");
        let said = written(&[(0, 0, "🫨x", PLAIN)]);
        assert_eq!(said, "\x1b[m\x1b[1H🫨\x1b[1;3Hx");
        let said = written(&[(0, 0, "e\u{301}x", PLAIN)]);
        assert_eq!(said, "\x1b[m\x1b[1He\u{301}\x1b[1;2Hx");
        let said = written(&[(79, 0, "x", PLAIN), (0, 1, "y", PLAIN)]);
        assert_eq!(said, "\x1b[m\x1b[1;80Hx\x1b[2Hy");
    }
}
