//! Whether the terminal's background is dark or light.

use super::depth::{Rgb, contrast};

/// What text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Shade {
    /// Also what is taken for granted until something else is known.
    #[default]
    Dark,
    Light,
}

impl Shade {
    /// What `COLORFGBG` says: `foreground;background`, the latter one of the sixteen.
    pub fn of_colorfgbg(value: &str) -> Option<Self> {
        match value.rsplit(';').next()?.parse::<u8>().ok().filter(|_| value.contains(';'))? {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            _ => None,
        }
    }

    /// Of a background of this colour: what white stands out from more than black does is dark.
    pub fn of(background: Rgb) -> Self {
        let on = |text| contrast(text, background);
        if on((255, 255, 255)) >= on((0, 0, 0)) { Self::Dark } else { Self::Light }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-20.
    #[test]
    fn a_background_is_dark_or_light() {
        for (value, shade) in [
            ("15;0", Some(Shade::Dark)),
            ("0;15", Some(Shade::Light)),
            ("0;default;15", Some(Shade::Light)),
            ("12;8", Some(Shade::Dark)),
            ("0;7", Some(Shade::Light)),
            ("15;default", None),
            ("7", None),
            ("", None),
            ("0;300", None),
        ] {
            assert_eq!(Shade::of_colorfgbg(value), shade, "{value}");
        }
        for (background, shade) in [
            ((0, 0, 0), Shade::Dark),
            ((0, 43, 54), Shade::Dark),
            ((88, 88, 88), Shade::Dark),
            ((253, 246, 227), Shade::Light),
            ((170, 170, 170), Shade::Light),
        ] {
            assert_eq!(Shade::of(background), shade, "{background:?}");
        }
    }
}
