use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

use super::*;

fn drawn(canvas: &mut Canvas<Vec<u8>>, text: &str, cursor: Option<Position>) -> String {
    let rows: Vec<_> = text.lines().map(|row| (row.to_owned(), Style::default())).collect();
    painted(canvas, &Frame { rows, cursor })
}

/// A screen's rows from the top, and the cursor.
#[derive(Clone, Debug)]
struct Frame {
    rows: Vec<(String, Style)>,
    cursor: Option<Position>,
}

impl Frame {
    fn paint(&self, buffer: &mut Buffer) -> Option<Position> {
        for (y, (text, style)) in self.rows.iter().enumerate().take(buffer.area.height.into()) {
            let y = u16::try_from(y).unwrap();
            buffer.set_style(
                Rect::new(0, y, buffer.area.width, 1),
                style.bg.map(|bg| Style::new().bg(bg)).unwrap_or_default(),
            );
            buffer.set_string(0, y, text, *style);
        }
        self.cursor.filter(|at| buffer.area.contains(*at))
    }
}

fn painted(canvas: &mut Canvas<Vec<u8>>, frame: &Frame) -> String {
    canvas.out.clear();
    canvas.draw(|buffer| frame.paint(buffer)).unwrap();
    String::from_utf8(canvas.out.clone()).unwrap()
}

/// UX-21.
/// B11.
#[test]
fn nothing_is_written_when_nothing_changed() {
    let mut canvas = Canvas::new(Vec::new(), (10, 2));
    assert!(drawn(&mut canvas, "hello", None).contains("hello"));
    assert_eq!(drawn(&mut canvas, "hello", None), "");
    let moved = drawn(&mut canvas, "hello", Some(Position::new(2, 1)));
    assert_eq!(moved, "\x1b[2;3H\x1b[?25h");
    assert_eq!(drawn(&mut canvas, "hello", Some(Position::new(2, 1))), "");
    let changed = drawn(&mut canvas, "hellO", Some(Position::new(2, 1)));
    assert_eq!(changed, "\x1b[?25l\x1b[1;5HO\x1b[2;3H\x1b[?25h");
    assert_eq!(drawn(&mut canvas, "hellO", None), "\x1b[?25l");
}

#[test]
fn a_frame_is_held_back_only_where_the_terminal_said_it_can() {
    let mut canvas = Canvas::new(Vec::new(), (10, 2));
    let cursor = Some(Position::new(0, 1));
    assert!(!drawn(&mut canvas, "a", cursor).contains("2026"));
    canvas.set_synchronized(true);
    // Nobody sees the cursor run, so it need not be hidden.
    assert_eq!(drawn(&mut canvas, "b", cursor), "\x1b[?2026h\x1b[1Hb\r\n\x1b[?2026l");
}

/// UX-25.
#[test]
fn a_row_with_a_joined_cluster_is_painted_whole() {
    let mut canvas = Canvas::new(Vec::new(), (20, 1));
    drawn(&mut canvas, "👨‍👩‍👧 abc", None);
    let frame = drawn(&mut canvas, "👨‍👩‍👧 abd", None);
    assert!(frame.contains("👨‍👩‍👧") && frame.contains("abd"), "{frame:?}");
}

/// Ten lines from `first` on, no two alike, between a head and a foot that stay.
fn transcript(first: usize) -> String {
    let lines: Vec<_> = (first..first + 10).map(line).collect();
    format!("head\n{}\nfoot", lines.join("\n"))
}

fn line(number: usize) -> String {
    let text = "the quick brown fox jumps over the lazy dogs, ";
    let (begin, end) = text.split_at(number % text.len());
    format!("{number}. {end}{begin}")
}

#[test]
fn rows_that_moved_are_moved_by_the_terminal_and_only_new_ones_are_sent() {
    let mut canvas = Canvas::new(Vec::new(), (60, 12));
    drawn(&mut canvas, &transcript(10), None);
    let up = drawn(&mut canvas, &transcript(11), None);
    assert_eq!(up, format!("\x1b[2;11r\x1b[2H\x1b[1M\x1b[r\x1b[11H{}", line(20).trim_end()));
    let down = drawn(&mut canvas, &transcript(10), None);
    assert_eq!(down, format!("\x1b[2;11r\x1b[2H\x1b[1L\x1b[r\x1b[2H{}", line(10).trim_end()));
    let jump = drawn(&mut canvas, &transcript(17), None);
    assert!(jump.starts_with("\x1b[2;11r\x1b[2H\x1b[7M\x1b[r"), "{jump:?}");
}

#[test]
fn nothing_is_moved_where_it_does_not_pay_or_the_terminal_cannot() {
    let mut canvas = Canvas::new(Vec::new(), (60, 12));
    let short = |first: usize| (first..first + 10).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    drawn(&mut canvas, &short(10), None);
    assert!(!drawn(&mut canvas, &short(11), None).contains('r'));
    canvas.set_scrolls(false);
    drawn(&mut canvas, &transcript(10), None);
    let plain = drawn(&mut canvas, &transcript(11), None);
    assert!(!plain.contains("\x1b[r"), "{plain:?}");
}

/// Many terminals give rows that become free the background they write with.
#[test]
fn rows_become_free_in_the_plain_background() {
    let mut canvas = Canvas::new(Vec::new(), (60, 12));
    let frame = |first| {
        let on_blue = Style::new().bg(Color::Blue);
        let rows = transcript(first).lines().map(|row| (row.to_owned(), on_blue)).collect();
        Frame { rows, cursor: None }
    };
    painted(&mut canvas, &frame(10));
    let moved = painted(&mut canvas, &frame(11));
    assert!(moved.starts_with("\x1b[49m\x1b[2;11r"), "{moved:?}");
}

#[test]
fn after_a_reset_everything_is_said_anew() {
    let mut canvas = Canvas::new(Vec::new(), (10, 2));
    let cursor = Some(Position::ORIGIN);
    let first = drawn(&mut canvas, "a", cursor);
    canvas.reset((10, 2));
    assert_eq!(drawn(&mut canvas, "a", cursor), first);
    assert_eq!(first, "\x1b[?25l\x1b[m\x1b[2J\x1b[1Ha\x1b[1H\x1b[?25h");
}

/// UX-25.
#[test]
fn a_moved_row_of_doubtful_width_is_painted_whole_with_the_row_below_it() {
    let mut canvas = Canvas::new(Vec::new(), (60, 12));
    let text = |first| transcript(first).replace("15. ", "15. ⚠\u{fe0f} ");
    drawn(&mut canvas, &text(10), None);
    let frame = drawn(&mut canvas, &text(11), None);
    assert!(frame.contains("\x1b[r"), "{frame:?}");
    let sent: Vec<_> = (11..21).filter(|number| frame.contains(&format!("{number}. "))).collect();
    assert_eq!(sent, [15, 16, 20]);
}

/// What happens from one frame to the next.
#[derive(Clone, Debug)]
enum Event {
    /// The last line grows.
    Grow(String),
    /// A line more, in a style.
    Line(String, u8),
    /// The window on the lines moves.
    Scroll(isize),
    /// Rows above and below the window.
    Around(usize, usize),
    Cursor(Option<(u16, u16)>),
    Resize(u16, u16),
    /// Everything has a background, or not.
    Ground(bool),
    /// A box over the middle comes or goes.
    Over(bool),
    Synchronized(bool),
}

fn events() -> impl Strategy<Value = Event> {
    let text =
        "([a-d ]{1,30}|[漢字カ ]{1,20}|[ab漢]{20,40}|⚠\u{fe0f} [a-c]{3,9}|e\u{301}[a-d]{4}|[✓─ﾊ]{2,9})";
    prop_oneof![
        6 => text.prop_map(Event::Grow),
        8 => (text, 0..8_u8).prop_map(|(text, style)| Event::Line(text, style)),
        6 => (-9..9_isize).prop_map(Event::Scroll),
        1 => (0..4_usize, 0..4_usize).prop_map(|(above, below)| Event::Around(above, below)),
        2 => proptest::option::of((0..40_u16, 0..14_u16)).prop_map(Event::Cursor),
        1 => (1..40_u16, 1..14_u16).prop_map(|(width, height)| Event::Resize(width, height)),
        1 => any::<bool>().prop_map(Event::Ground),
        1 => any::<bool>().prop_map(Event::Over),
        1 => any::<bool>().prop_map(Event::Synchronized),
    ]
}

const STYLES: [Style; 8] = [
    Style::new(),
    Style::new(),
    Style::new().fg(Color::Cyan),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().fg(Color::Indexed(200)).add_modifier(Modifier::ITALIC),
    Style::new().bg(Color::Blue),
    Style::new().add_modifier(Modifier::REVERSED),
    Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::UNDERLINED),
];

/// A terminal's window on lines that are written.
struct Scene {
    lines: Vec<(String, Style)>,
    /// Of the lines, the first that is not shown any more.
    end: usize,
    around: (usize, usize),
    cursor: Option<(u16, u16)>,
    size: (u16, u16),
    ground: bool,
    over: bool,
}

impl Scene {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Grow(text) => {
                if let Some((line, _)) = self.lines.last_mut() {
                    line.push_str(text);
                }
            }
            Event::Line(text, style) => {
                self.end += usize::from(self.end == self.lines.len());
                self.lines.push((text.clone(), STYLES[usize::from(*style)]));
            }
            Event::Scroll(by) => self.end = self.end.saturating_add_signed(*by).min(self.lines.len()),
            Event::Around(above, below) => self.around = (*above, *below),
            Event::Cursor(at) => self.cursor = *at,
            Event::Resize(width, height) => self.size = (*width, *height),
            Event::Ground(on) => self.ground = *on,
            Event::Over(on) => self.over = *on,
            Event::Synchronized(_) => {}
        }
    }

    fn frame(&self) -> Frame {
        let (above, below) = self.around;
        let room = usize::from(self.size.1).saturating_sub(above + below);
        let mut rows = vec![("above ─────────".to_owned(), STYLES[2]); above];
        let shown = &self.lines[self.end.saturating_sub(room)..self.end];
        rows.extend(vec![(String::new(), Style::new()); room - shown.len()]);
        rows.extend_from_slice(shown);
        rows.extend(vec![("below".to_owned(), STYLES[3]); below]);
        if self.over {
            for (row, _) in rows.iter_mut().skip(3).take(3) {
                *row = format!("{:10.10}│ box │", row.replace(|c: char| !c.is_ascii(), "?"));
            }
        }
        if self.ground {
            for (_, style) in &mut rows {
                *style = Style::new().bg(Color::Green).patch(*style);
            }
        }
        Frame { rows, cursor: self.cursor.map(Position::from) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// UX-21.
    #[test]
    fn a_screen_after_scroll_and_diff_is_the_screen_after_a_full_repaint(
        events in proptest::collection::vec(events(), 1..40),
    ) {
        let mut scene =
            Scene { lines: Vec::new(), end: 0, around: (1, 2), cursor: None, size: (30, 10), ground: false, over: false };
        let mut canvas = Canvas::new(Vec::new(), scene.size);
        let mut terminal = vt100::Parser::new(scene.size.1, scene.size.0, 0);
        for event in &events {
            scene.take(event);
            match event {
                Event::Resize(width, height) => {
                    terminal.screen_mut().set_size(*height, *width);
                    canvas.reset(scene.size);
                }
                Event::Synchronized(on) => canvas.set_synchronized(*on),
                _ => {}
            }
            let frame = scene.frame();
            terminal.process(painted(&mut canvas, &frame).as_bytes());
            let mut anew = vt100::Parser::new(scene.size.1, scene.size.0, 0);
            anew.process(painted(&mut Canvas::new(Vec::new(), scene.size), &frame).as_bytes());
            same(terminal.screen(), anew.screen(), event)?;
        }
    }
}

fn same(one: &vt100::Screen, other: &vt100::Screen, after: &Event) -> Result<(), TestCaseError> {
    let (rows, columns) = one.size();
    for row in 0..rows {
        for column in 0..columns {
            let [one, other] = [one, other].map(|screen| looks(screen.cell(row, column).unwrap()));
            prop_assert_eq!(one, other, "row {}, column {} after {:?}", row, column, after);
        }
    }
    prop_assert_eq!(one.hide_cursor(), other.hide_cursor());
    if !one.hide_cursor() {
        prop_assert_eq!(one.cursor_position(), other.cursor_position());
    }
    Ok(())
}

/// What is seen of a cell. An erased one looks like a blank.
fn looks(cell: &vt100::Cell) -> impl PartialEq + std::fmt::Debug {
    let symbol = if cell.has_contents() { cell.contents() } else { " " };
    let attributes = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
    (symbol.to_owned(), cell.is_wide(), cell.fgcolor(), cell.bgcolor(), attributes)
}
