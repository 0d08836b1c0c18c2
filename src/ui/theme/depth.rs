//! How many colours the terminal shows, and how a colour becomes one it has.
//!
//! The sixteen colours are the terminal's own and everyone's are different; where their look must be judged, xterm's
//! ([`XTERM`]) stand for them.

use ratatui::style::Color;

/// Red, green and blue, 0 to 255.
pub type Rgb = (u8, u8, u8);

/// How many colours can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Depth {
    /// None: weight, underlines and reverse video alone.
    None,
    /// The terminal's own sixteen.
    #[default]
    Ansi,
    /// Those and the fixed 240 of xterm.
    Indexed,
    /// Any.
    True,
}

/// What the environment says of the terminal's colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// `NO_COLOR`.
    pub no_color: Option<String>,
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// `COLORFGBG`.
    pub colorfgbg: Option<String>,
}

/// Names of terminals that show any colour, whether or not they say so otherwise.
const TRUE: [&str; 7] = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "iterm2"];

impl Depth {
    /// The first that speaks: the person (flag before config), `NO_COLOR`, `COLORTERM`, `TERM`; sixteen when nobody does
    /// (UX-19).
    pub fn choose(asked: Option<Self>, env: &Env) -> Self {
        let said = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        if let Some(depth) = asked {
            return depth;
        }
        if said(&env.no_color).is_some() {
            return Self::None;
        }
        if matches!(env.colorterm.as_deref(), Some("truecolor" | "24bit")) {
            return Self::True;
        }
        match said(&env.term).as_deref() {
            Some("dumb" | "vt52" | "vt100" | "vt102" | "vt220" | "vt320") => Self::None,
            Some(term) if term.ends_with("-m") || term.ends_with("-mono") => Self::None,
            Some(term) if term.ends_with("-direct") || TRUE.iter().any(|known| term.starts_with(known)) => {
                Self::True
            }
            Some(term) if term.ends_with("-256color") => Self::Indexed,
            _ => Self::Ansi,
        }
    }

    /// The nearest colour that the terminal has.
    pub fn map(self, color: Color) -> Color {
        match (self, color) {
            (Self::None, _) => Color::Reset,
            (Self::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest((r, g, b), 16..=255)),
            (Self::Ansi, Color::Rgb(r, g, b)) => ansi(nearest((r, g, b), 0..=15)),
            (Self::Ansi, Color::Indexed(index @ 16..)) => ansi(nearest(indexed(index), 0..=15)),
            (Self::Ansi, Color::Indexed(index)) => ansi(index),
            _ => color,
        }
    }
}

/// What xterm shows for the sixteen: the reference where nothing better is known.
#[rustfmt::skip]
pub const XTERM: [Rgb; 16] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
];

const ANSI: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// One of the sixteen by its number; above them, the terminal's own.
pub fn ansi(index: u8) -> Color {
    ANSI.get(usize::from(index)).copied().unwrap_or(Color::Reset)
}

/// The number of one of the sixteen.
pub(super) fn ansi_index(color: Color) -> Option<usize> {
    ANSI.iter().position(|named| *named == color)
}

/// What a colour of the fixed palette looks like; of the first sixteen, the reference.
pub fn indexed(index: u8) -> Rgb {
    let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match index {
        0..=15 => XTERM.get(usize::from(index)).copied().unwrap_or_default(),
        16..=231 => {
            let n = index - 16;
            (level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

/// What a colour looks like, as far as that can be known; `None` for the terminal's default.
pub fn rgb(color: Color) -> Option<Rgb> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(index) => Some(indexed(index)),
        named => ansi_index(named).and_then(|index| XTERM.get(index)).copied(),
    }
}

/// The one of `among` that looks most like `to`, as xterm shows them; the first of equals.
pub(super) fn nearest_of(to: Rgb, among: &[Color]) -> Color {
    let far = |color: &&Color| rgb(**color).map_or(i64::MAX, |color| distance(to, color));
    among.iter().min_by_key(far).copied().unwrap_or(Color::Reset)
}

fn nearest(to: Rgb, among: std::ops::RangeInclusive<u8>) -> u8 {
    among.min_by_key(|index| distance(to, indexed(*index))).unwrap_or(0)
}

/// How different two colours look, cheaply: red and blue weigh by how red both are.
fn distance(a: Rgb, b: Rgb) -> i64 {
    let by = |a: u8, b: u8| i64::from(a) - i64::from(b);
    let red = i64::midpoint(a.0.into(), b.0.into());
    let (r, g, b) = (by(a.0, b.0), by(a.1, b.1), by(a.2, b.2));
    (512 + red) * r * r / 256 + 4 * g * g + (767 - red) * b * b / 256
}

/// The contrast of two colours by the rule of WCAG, 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// How light a colour is, 0 to 1.
pub fn luminance((r, g, b): Rgb) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(no_color: &str, colorterm: &str, term: &str) -> Env {
        let some = |value: &str| (value != "-").then(|| value.to_owned());
        Env { no_color: some(no_color), colorterm: some(colorterm), term: some(term), colorfgbg: None }
    }

    /// UX-19.
    #[test]
    fn who_speaks_first_decides_how_many_colours() {
        let rows = [
            (Some(Depth::True), env("1", "-", "dumb"), Depth::True),
            (Some(Depth::None), env("-", "truecolor", "xterm-256color"), Depth::None),
            (None, env("1", "truecolor", "xterm-direct"), Depth::None),
            (None, env("0", "truecolor", "xterm-direct"), Depth::None),
            (None, env("", "truecolor", "xterm"), Depth::True),
            (None, env("-", "24bit", "dumb"), Depth::True),
            (None, env("-", "yes", "xterm-256color"), Depth::Indexed),
            (None, env("-", "", "tmux-256color"), Depth::Indexed),
            (None, env("-", "-", "xterm-direct"), Depth::True),
            (None, env("-", "-", "xterm-kitty"), Depth::True),
            (None, env("-", "-", "foot-extra"), Depth::True),
            (None, env("-", "-", "xterm"), Depth::Ansi),
            (None, env("-", "-", "linux"), Depth::Ansi),
            (None, env("-", "-", "dumb"), Depth::None),
            (None, env("-", "-", "vt220"), Depth::None),
            (None, env("-", "-", "xterm-mono"), Depth::None),
            (None, env("-", "-", ""), Depth::Ansi),
            (None, env("-", "-", "-"), Depth::Ansi),
        ];
        for (asked, env, depth) in rows {
            assert_eq!(Depth::choose(asked, &env), depth, "{asked:?} {env:?}");
        }
    }

    /// UX-19.
    #[test]
    fn a_colour_becomes_one_that_the_terminal_has() {
        let orange = Color::Rgb(255, 135, 0);
        assert_eq!(Depth::True.map(orange), orange);
        assert_eq!(Depth::Indexed.map(orange), Color::Indexed(208));
        assert_eq!(Depth::Ansi.map(orange), Color::Yellow);
        assert_eq!(Depth::Ansi.map(Color::Indexed(208)), Color::Yellow);
        assert_eq!(Depth::Ansi.map(Color::Indexed(9)), Color::LightRed);
        assert_eq!(Depth::Indexed.map(Color::Indexed(9)), Color::Indexed(9));
        for depth in [Depth::Ansi, Depth::Indexed, Depth::True] {
            assert_eq!(depth.map(Color::LightCyan), Color::LightCyan);
            assert_eq!(depth.map(Color::Reset), Color::Reset);
        }
        for color in [orange, Color::Indexed(9), Color::Red] {
            assert_eq!(Depth::None.map(color), Color::Reset);
        }
    }

    #[test]
    fn the_fixed_palette_maps_to_itself() {
        for index in 16..=255 {
            let (r, g, b) = indexed(index);
            let Color::Indexed(found) = Depth::Indexed.map(Color::Rgb(r, g, b)) else { panic!("{index}") };
            assert_eq!(indexed(found), (r, g, b), "{index}");
        }
        for (index, (r, g, b)) in XTERM.into_iter().enumerate() {
            assert_eq!(Depth::Ansi.map(Color::Rgb(r, g, b)), ANSI[index]);
        }
    }

    #[test]
    fn contrast_goes_from_one_to_twenty_one() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((9, 9, 9), (9, 9, 9)) - 1.0).abs() < 0.01);
    }
}
