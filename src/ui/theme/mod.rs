//! What every style is for, and the themes that say how it looks.
//!
//! Nothing outside this folder names a colour. Without colour, weight and reverse video carry the same meaning; glyphs
//! and words carry it in either case. Where a theme's colours come from is in `builtin` and `user`, how many there can be
//! in `depth`, what they stand on in `shade`. Pure: files and the terminal are asked elsewhere.

mod builtin;
pub mod depth;
mod palettes;
mod roles;
pub mod shade;
pub mod user;

use ratatui::style::{Color, Style};

pub use builtin::{BUILTIN, DEFAULT};
pub use depth::Depth;
pub use roles::{HUES, ROLES, Theme};
pub use shade::Shade;
pub use user::Own;

/// A theme that was chosen, whatever the terminal turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Builtin(&'static str),
    Own(Own),
}

impl Default for Choice {
    fn default() -> Self {
        Self::Builtin(DEFAULT)
    }
}

impl Choice {
    /// The built-in theme of this name.
    pub fn builtin(name: &str) -> Option<Self> {
        BUILTIN.into_iter().find(|builtin| *builtin == name).map(Self::Builtin)
    }

    /// The theme, for a terminal of this kind.
    pub fn theme(&self, shade: Shade, depth: Depth) -> Theme {
        match self {
            Self::Builtin(name) => builtin::named(name, shade, depth).unwrap_or_else(builtin::mono),
            Self::Own(own) => own.theme(shade, depth),
        }
    }
}

/// Contrast that the person's own colours are lifted to.
const READABLE: f64 = 4.5;
/// Contrast that text of unknown origin is lifted to where what it stands on is known.
const FOREIGN: f64 = 3.0;

impl Theme {
    /// The terminal's own colours, on dark ground.
    pub fn ansi() -> Self {
        Self::named(DEFAULT, Shade::Dark, Depth::Ansi).unwrap_or_else(Self::mono)
    }

    /// No colour at all.
    pub fn mono() -> Self {
        builtin::mono()
    }

    /// A built-in theme, for a terminal of this kind.
    pub fn named(name: &str, shade: Shade, depth: Depth) -> Option<Self> {
        builtin::named(name, shade, depth)
    }

    /// The same, with the colours that were given to profiles.
    #[must_use]
    pub fn wearing<'a>(&self, own: impl IntoIterator<Item = (&'a str, depth::Rgb)>) -> Self {
        let own = own.into_iter().map(|(profile, rgb)| (profile.to_owned(), self.nearest(rgb)));
        Self { own: own.collect(), ..self.clone() }
    }

    /// The accent of a profile: the colour that it was given, else one that follows from its name, the same on every machine
    /// and in every run. `default` has the interface's.
    pub fn accent(&self, profile: &str) -> Style {
        let Some(hues) = self.hues else { return self.strong };
        let own = self.own.iter().find(|(name, _)| name == profile).map(|(_, color)| *color);
        let hue = || hue_of(profile).and_then(|hue| hues.get(hue)).copied();
        own.or_else(hue).or(self.key.fg).map_or(self.strong, |color| Style::new().fg(color))
    }

    /// What a colour that was given to a profile looks like here.
    pub fn shown(&self, given: depth::Rgb) -> Style {
        if self.hues.is_some() { Style::new().fg(self.nearest(given)) } else { self.strong }
    }

    /// The nearest colour that the terminal has and that text can have here.
    fn nearest(&self, to: depth::Rgb) -> Color {
        let painted = self.base.bg.and_then(depth::rgb);
        let shade = painted.map_or(self.shade, Shade::of);
        if self.depth <= Depth::Ansi {
            return depth::nearest_of(to, builtin::vivid(shade));
        }
        let (ground, text) = match shade {
            Shade::Dark => ((30, 30, 30), (255, 255, 255)),
            Shade::Light => ((255, 255, 255), (0, 0, 0)),
        };
        let (ground, text) = (painted.unwrap_or(ground), self.base.fg.and_then(depth::rgb).unwrap_or(text));
        let mut steps =
            (0..=4).map(|n| mix(to, text, n)).map(|(r, g, b)| self.depth.map(Color::Rgb(r, g, b)));
        let reads = |color: &Color| {
            depth::rgb(*color).is_some_and(|color| depth::contrast(color, ground) >= READABLE)
        };
        steps.find(reads).unwrap_or(Color::Reset)
    }

    /// A style that text brought along, in colours that the terminal has and that can be read here: on a painted ground
    /// the sixteen are the theme's, and others are lifted where they would vanish.
    #[must_use]
    pub fn foreign(&self, style: Style) -> Style {
        let ground = self.base.bg.filter(|_| self.depth >= Depth::Indexed);
        let mut out = style;
        out.bg = style.bg.map(|color| self.depth.map(color));
        out.fg = style.fg.map(|color| match ground {
            Some(ground) if style.bg.is_none() => self.depth.map(self.readable(color, ground)),
            _ => self.depth.map(color),
        });
        out
    }

    fn readable(&self, color: Color, ground: Color) -> Color {
        let own = match color {
            Color::Red | Color::LightRed => self.bad.fg,
            Color::Green | Color::LightGreen => self.good.fg,
            Color::Yellow | Color::LightYellow => self.warn.fg,
            Color::Blue | Color::LightBlue => self.function.fg,
            Color::Magenta | Color::LightMagenta => self.keyword.fg,
            Color::Cyan | Color::LightCyan => self.key.fg,
            Color::Black | Color::DarkGray => self.dim.fg,
            Color::Gray | Color::White | Color::Reset => self.base.fg,
            Color::Indexed(_) | Color::Rgb(..) => None,
        };
        let lifted = || {
            let (is, on) = (depth::rgb(color)?, depth::rgb(ground)?);
            let text = self.base.fg.and_then(depth::rgb)?;
            // In four steps towards plain text, the first that is enough.
            let step = (0..=4).map(|n| mix(is, text, n)).find(|c| depth::contrast(*c, on) >= FOREIGN)?;
            Some(if step == is { color } else { Color::Rgb(step.0, step.1, step.2) })
        };
        own.or_else(lifted).unwrap_or(color)
    }
}

/// `quarters` of the way from one colour to another.
fn mix(from: depth::Rgb, to: depth::Rgb, quarters: u16) -> depth::Rgb {
    let mix = |a: u8, b: u8| ((u16::from(a) * (4 - quarters) + u16::from(b) * quarters) / 4) as u8;
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// The place of a profile on the circle of hues, by the rolling hash that Hermes' own desktop program uses.
fn hue_of(profile: &str) -> Option<usize> {
    if profile.is_empty() || profile == "default" {
        return None;
    }
    let hash =
        profile.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    Some(hash as usize % HUES)
}

#[cfg(test)]
#[path = "theme_tests.rs"]
mod tests;
