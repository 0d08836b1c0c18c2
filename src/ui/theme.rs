//! What each style is for. The colours are the terminal's own sixteen, so hermux fits any scheme unasked.
//!
//! Nothing outside this file names a colour. Without colour, weight and reverse video carry the same meaning; glyphs
//! and words carry it in either case.

use ratatui::style::{Color, Modifier, Style};

/// Accents of named profiles. Red, green and yellow are not among them: they say how something stands.
const ACCENTS: [Color; 5] =
    [Color::Magenta, Color::LightBlue, Color::LightCyan, Color::LightGreen, Color::LightMagenta];

/// A style for every role on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    colour: bool,
    /// Plain text.
    pub text: Style,
    /// Secondary text: hints, times, folded things.
    pub dim: Style,
    /// What the eye should find first.
    pub strong: Style,
    /// A key to press, in hints and cards.
    pub key: Style,
    /// Works, went well, was added.
    pub good: Style,
    /// Wants to be looked at.
    pub warn: Style,
    /// Failed, was refused, was removed.
    pub bad: Style,
    /// Waits for the person.
    pub needs: Style,
    /// The row or tab that is chosen.
    pub chosen: Style,
    /// Rules, gutters, borders.
    pub rule: Style,
    /// Text of the model's thinking.
    pub thought: Style,
    /// A collapsed paste.
    pub chip: Style,
    /// Characters that a search found.
    pub found: Style,
    /// A heading of a text.
    pub heading: Style,
    /// Text that is quoted.
    pub quote: Style,
    /// A web address, and text that leads to one.
    pub link: Style,
    /// Code within a line of text, and code whose language is not known.
    pub code: Style,
    /// In a block of code: a word of the language.
    pub keyword: Style,
    /// In a block of code: a text between quotes.
    pub string: Style,
    /// In a block of code: what is said to people.
    pub comment: Style,
    /// In a block of code: a number or another constant.
    pub number: Style,
    /// In a block of code: what is called, or a key of a table.
    pub function: Style,
    /// In a block of code: a type, a tag, a variable of a shell.
    pub kind: Style,
}

impl Theme {
    /// The terminal's own colours.
    pub fn ansi() -> Self {
        let plain = Style::new();
        let dim = plain.add_modifier(Modifier::DIM);
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            colour: true,
            text: plain,
            dim,
            strong: bold,
            key: bold.fg(Color::Cyan),
            good: plain.fg(Color::Green),
            warn: plain.fg(Color::Yellow),
            bad: plain.fg(Color::Red),
            needs: bold.fg(Color::Yellow),
            chosen: plain.add_modifier(Modifier::REVERSED),
            rule: plain.fg(Color::DarkGray),
            thought: dim.add_modifier(Modifier::ITALIC),
            chip: plain.fg(Color::Cyan),
            found: bold.add_modifier(Modifier::UNDERLINED),
            heading: bold.fg(Color::Cyan),
            quote: dim,
            link: plain.fg(Color::LightBlue).add_modifier(Modifier::UNDERLINED),
            code: plain.fg(Color::Cyan),
            keyword: plain.fg(Color::Magenta),
            string: plain.fg(Color::Green),
            comment: dim,
            number: plain.fg(Color::Cyan),
            function: plain.fg(Color::LightBlue),
            kind: plain.fg(Color::Yellow),
        }
    }

    /// No colour at all.
    pub fn mono() -> Self {
        let plain = Style::new();
        let dim = plain.add_modifier(Modifier::DIM);
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            colour: false,
            text: plain,
            dim,
            strong: bold,
            key: bold,
            good: plain,
            warn: bold,
            bad: bold.add_modifier(Modifier::UNDERLINED),
            needs: bold.add_modifier(Modifier::REVERSED),
            chosen: plain.add_modifier(Modifier::REVERSED),
            rule: dim,
            thought: dim.add_modifier(Modifier::ITALIC),
            chip: bold,
            found: bold.add_modifier(Modifier::UNDERLINED),
            heading: bold.add_modifier(Modifier::UNDERLINED),
            quote: dim,
            link: plain.add_modifier(Modifier::UNDERLINED),
            code: bold,
            keyword: bold,
            string: plain,
            comment: dim,
            number: plain,
            function: plain,
            kind: plain,
        }
    }

    /// By the value of `NO_COLOR`: anything but empty means none.
    pub fn choose(no_color: Option<&str>) -> Self {
        if no_color.is_some_and(|value| !value.is_empty()) { Self::mono() } else { Self::ansi() }
    }

    /// The accent of a profile: the same on every machine and in every run. `default` has the interface's own.
    pub fn accent(&self, profile: &str) -> Style {
        if !self.colour {
            return self.strong;
        }
        Style::new().fg(accent_of(profile).unwrap_or(Color::Cyan))
    }
}

/// The rolling hash that Hermes' own desktop program uses for a profile's hue.
fn accent_of(profile: &str) -> Option<Color> {
    if profile.is_empty() || profile == "default" {
        return None;
    }
    let hash =
        profile.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    ACCENTS.get(hash as usize % ACCENTS.len()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G14, INV26.
    #[test]
    fn a_profile_has_the_same_accent_everywhere_and_default_has_none_of_its_own() {
        assert_eq!(accent_of("default"), None);
        assert_eq!(accent_of(""), None);
        assert_eq!(accent_of("work"), Some(Color::LightBlue));
        assert_eq!(accent_of("research"), Some(Color::LightMagenta));
    }

    #[test]
    fn without_colour_nothing_is_coloured() {
        let theme = Theme::choose(Some("1"));
        let all = [
            theme.text,
            theme.dim,
            theme.strong,
            theme.key,
            theme.good,
            theme.warn,
            theme.bad,
            theme.needs,
            theme.chosen,
            theme.rule,
            theme.thought,
            theme.chip,
            theme.found,
            theme.heading,
            theme.quote,
            theme.link,
            theme.code,
            theme.keyword,
            theme.string,
            theme.comment,
            theme.number,
            theme.function,
            theme.kind,
            theme.accent("work"),
        ];
        assert!(all.iter().all(|style| style.fg.is_none() && style.bg.is_none()));
        assert_eq!(Theme::choose(Some("")), Theme::ansi());
        assert_eq!(Theme::choose(None), Theme::ansi());
    }
}
