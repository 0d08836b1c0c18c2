//! The built-in themes: which colour each role has.
//!
//! `terminal` is made of the terminal's own colours and is what everyone sees first. The others are painted: ground and
//! all, from a [`Palette`]; with sixteen colours they share the ones that are readable everywhere. `mono` has none.

use ratatui::style::{Color, Modifier, Style};

use super::depth::Depth;
use super::palettes::{self, Palette, Tone};
use super::roles::{HUES, Theme};
use super::shade::Shade;

/// What is used when nothing is chosen.
pub const DEFAULT: &str = "terminal";
/// The names of all built-in themes.
pub const BUILTIN: [&str; 7] = [DEFAULT, "dark", "light", "contrast", "ember", "fjord", "mono"];

/// A built-in theme by name, for a terminal with so many colours; `shade` matters to those that have two sides.
pub(super) fn named(name: &str, shade: Shade, depth: Depth) -> Option<Theme> {
    let [dark, light] = match name {
        DEFAULT if depth == Depth::None => return Some(mono()),
        DEFAULT => return Some(ansi(shade, depth, false)),
        "mono" => return Some(mono()),
        "dark" => [&palettes::DARK; 2],
        "light" => [&palettes::LIGHT; 2],
        "contrast" => [&palettes::CONTRAST_DARK, &palettes::CONTRAST_LIGHT],
        "ember" => [&palettes::EMBER_DARK, &palettes::EMBER_LIGHT],
        "fjord" => [&palettes::FJORD_DARK, &palettes::FJORD_LIGHT],
        _ => return None,
    };
    let palette = if shade == Shade::Dark { dark } else { light };
    Some(match depth {
        Depth::None => mono(),
        Depth::Ansi => ansi(palette.shade, depth, true),
        Depth::Indexed | Depth::True => painted(palette, depth),
    })
}

/// What weight alone says, where nothing has a colour.
fn weights(depth: Depth) -> Theme {
    let plain = Style::new();
    let dim = plain.add_modifier(Modifier::DIM);
    let bold = plain.add_modifier(Modifier::BOLD);
    let found = bold.add_modifier(Modifier::UNDERLINED);
    Theme {
        dim,
        strong: bold,
        key: bold,
        needs: bold,
        // Faint text turned round is hard to read, and not of one brightness with the rest of its row.
        chosen: plain.add_modifier(Modifier::REVERSED).remove_modifier(Modifier::DIM),
        rule: dim,
        thought: dim.add_modifier(Modifier::ITALIC),
        found,
        heading: bold,
        quote: dim,
        link: plain.add_modifier(Modifier::UNDERLINED),
        comment: dim,
        added_word: found,
        removed_word: found,
        ..Theme::plain(depth)
    }
}

/// No colour at all.
pub(super) fn mono() -> Theme {
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    Theme {
        warn: bold,
        bad: bold.add_modifier(Modifier::UNDERLINED),
        needs: bold.add_modifier(Modifier::REVERSED),
        chip: bold,
        heading: bold.add_modifier(Modifier::UNDERLINED),
        code: bold,
        keyword: bold,
        hunk: plain.add_modifier(Modifier::DIM),
        ..weights(Depth::None)
    }
}

/// Of the sixteen, the colours that a person's own one can become: they can be read on ground of this shade.
pub(super) fn vivid(shade: Shade) -> &'static [Color] {
    use Color::{Blue, LightBlue, LightCyan, LightGreen, LightMagenta, LightRed, LightYellow, Magenta, Red};
    match shade {
        Shade::Dark => &[LightRed, LightYellow, LightGreen, LightCyan, LightBlue, LightMagenta],
        Shade::Light => &[Red, Blue, Magenta],
    }
}

/// Of the sixteen, those that can be read in the usual schemes: on light ground that is few. `painted`: on black or white
/// of its own; else on whatever the terminal has, so that it fits any scheme.
fn ansi(shade: Shade, depth: Depth, painted: bool) -> Theme {
    use Color::{Blue, Cyan, Green, LightBlue, LightCyan, LightGreen, LightMagenta, LightRed};
    use Color::{LightYellow, Magenta, Red, Yellow};
    struct Pick {
        key: Color,
        good: Color,
        warn: Color,
        bad: Color,
        keyword: Color,
        string: Color,
        number: Color,
        function: Color,
        kind: Color,
        added: Color,
        hues: [Color; 4],
    }
    let pick = match shade {
        Shade::Dark => Pick {
            key: Cyan,
            good: Green,
            warn: Yellow,
            bad: LightRed,
            keyword: LightMagenta,
            string: Green,
            number: LightYellow,
            function: LightBlue,
            kind: Yellow,
            added: Green,
            hues: [LightMagenta, LightBlue, LightCyan, LightGreen],
        },
        // Green, yellow and cyan vanish on white. What goes well needs no colour.
        Shade::Light => Pick {
            key: Blue,
            good: Color::Reset,
            warn: Magenta,
            bad: Red,
            keyword: Magenta,
            string: Blue,
            number: Red,
            function: Color::Reset,
            kind: Magenta,
            added: Blue,
            hues: [Magenta, Blue, Magenta, Blue],
        },
    };
    let weights = weights(depth);
    let on = |style: Style, color: Color| if color == Color::Reset { style } else { style.fg(color) };
    let plain = Style::new();
    let mut hues = [Color::Reset; HUES];
    for (n, hue) in hues.iter_mut().enumerate() {
        *hue = pick.hues.get(n % pick.hues.len()).copied().unwrap_or(pick.key);
    }
    let mut theme = Theme {
        hues: Some(hues),
        shade,
        key: on(weights.strong, pick.key),
        good: on(plain, pick.good),
        warn: on(plain, pick.warn),
        bad: on(plain, pick.bad),
        needs: on(weights.strong, pick.warn),
        chip: on(plain, pick.key),
        // Turned round, each colour of a row would be a patch of ground of its own.
        chosen: weights.chosen.fg(Color::Reset),
        heading: on(weights.strong, pick.key),
        link: on(weights.link, pick.key),
        code: on(plain, pick.key),
        keyword: on(plain, pick.keyword),
        string: on(plain, pick.string),
        number: on(plain, pick.number),
        function: on(plain, pick.function),
        kind: on(plain, pick.kind),
        added: on(plain, pick.added),
        removed: on(plain, pick.bad),
        added_word: on(weights.chosen, pick.added),
        removed_word: on(weights.chosen, pick.bad),
        hunk: on(plain, pick.key),
        ..weights
    };
    if painted {
        let (text, ground, dim, rule) = match shade {
            Shade::Dark => (Color::White, Color::Black, Color::Gray, Color::DarkGray),
            Shade::Light => (Color::Black, Color::White, Color::DarkGray, Color::Gray),
        };
        theme.base = plain.fg(text).bg(ground);
        (theme.panel, theme.block) = (theme.base, theme.base);
        theme.rule = plain.fg(rule);
        theme.chosen = theme.chosen.fg(text);
        for role in [&mut theme.dim, &mut theme.thought, &mut theme.quote, &mut theme.comment] {
            *role = role.remove_modifier(Modifier::DIM).fg(dim);
        }
    }
    theme
}

/// A theme with colours and grounds of its own.
fn painted(palette: &Palette, depth: Depth) -> Theme {
    let color = |tone: Tone| match depth {
        Depth::True => {
            let [_, r, g, b] = tone.rgb.to_be_bytes();
            Color::Rgb(r, g, b)
        }
        _ => Color::Indexed(tone.index),
    };
    let plain = Style::new();
    let text = |tone: Tone| plain.fg(color(tone));
    let bold = |tone: Tone| text(tone).add_modifier(Modifier::BOLD);
    let ground = |tone: Tone| text(palette.text).bg(color(tone));
    // The fixed 256 have no ground that is calm enough for whole lines.
    let line = |tone: Tone, under: Tone| {
        if depth == Depth::True { text(tone).bg(color(under)) } else { text(tone) }
    };
    Theme {
        hues: Some(palette.hues.map(color)),
        shade: palette.shade,
        base: ground(palette.base),
        panel: ground(palette.panel),
        block: ground(palette.block),
        text: text(palette.text),
        dim: text(palette.dim),
        strong: bold(palette.text),
        key: bold(palette.accent),
        good: text(palette.good),
        warn: text(palette.warn),
        bad: text(palette.bad),
        needs: bold(palette.needs),
        chosen: plain.bg(color(palette.chosen)),
        rule: text(palette.rule),
        thought: text(palette.thought).add_modifier(Modifier::ITALIC),
        chip: text(palette.accent),
        found: bold(palette.accent).add_modifier(Modifier::UNDERLINED),
        heading: bold(palette.accent),
        quote: text(palette.dim),
        link: text(palette.blue).add_modifier(Modifier::UNDERLINED),
        code: text(palette.sand),
        keyword: text(palette.violet),
        string: text(palette.string),
        comment: text(palette.dim).add_modifier(Modifier::ITALIC),
        number: text(palette.number),
        function: text(palette.blue),
        kind: text(palette.sand),
        added: line(palette.good, palette.added),
        removed: line(palette.bad, palette.removed),
        added_word: ground(palette.added_word),
        removed_word: ground(palette.removed_word),
        hunk: text(palette.blue),
        ..Theme::plain(depth)
    }
}
