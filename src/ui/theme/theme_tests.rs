//! What holds for every theme at every depth.

use super::depth::{Rgb, contrast, rgb};
use super::*;
use ratatui::style::Modifier;

const SHADES: [Shade; 2] = [Shade::Dark, Shade::Light];

/// Every built-in theme on both grounds, with any colours and with 256.
fn painted() -> impl Iterator<Item = (String, Theme)> {
    let names = BUILTIN.into_iter().filter(|name| !matches!(*name, DEFAULT | "mono"));
    let each = names.flat_map(|name| SHADES.map(|shade| (name, shade)));
    each.flat_map(|(name, shade)| {
        [Depth::Indexed, Depth::True]
            .map(|depth| (format!("{name} {shade:?} {depth:?}"), Theme::named(name, shade, depth).unwrap()))
    })
}

fn seen(color: Option<Color>) -> Rgb {
    color.and_then(rgb).unwrap()
}

/// Roles that text is drawn in, with what each may stand on besides the screen's own ground.
fn text_roles(theme: &Theme) -> Vec<(&'static str, Style)> {
    let not_text = ["panel", "block", "chosen", "rule", "added", "removed", "added_word", "removed_word"];
    let roles = ROLES.iter().filter(|(name, _)| !not_text.contains(name));
    let mut all: Vec<_> = roles.map(|(name, _)| (*name, theme.role(name).unwrap())).collect();
    all.extend((0..HUES).map(|hue| ("hue", Style::new().fg(theme.hues.unwrap()[hue]))));
    if theme.depth == Depth::Ansi {
        all.extend(builtin::vivid(theme.shade).iter().map(|color| ("vivid", Style::new().fg(*color))));
    }
    all
}

/// UX-19.
#[test]
fn all_text_of_every_theme_can_be_read_on_every_ground_it_stands_on() {
    for (name, theme) in painted() {
        let wants = if name.starts_with("contrast") { 7.0 } else { 4.5 };
        let grounds = [theme.base, theme.panel, theme.block, theme.chosen].map(|style| seen(style.bg));
        for (role, style) in text_roles(&theme) {
            let wants = if role == "hue" { 4.5 } else { wants };
            for ground in grounds {
                let is = contrast(seen(style.fg.or(theme.base.fg)), ground);
                assert!(is >= wants, "{name}: {role} has {is:.2} on {ground:?}");
            }
        }
        for role in ["added", "removed", "added_word", "removed_word"] {
            let style = theme.role(role).unwrap();
            let is = contrast(seen(style.fg), seen(style.bg.or(theme.base.bg)));
            assert!(is >= 4.5, "{name}: {role} has {is:.2}");
        }
        let rule = contrast(seen(theme.rule.fg), seen(theme.base.bg));
        assert!((1.3..).contains(&rule), "{name}: rules vanish, {rule:.2}");
    }
}

/// The sixteen as they usually are, with the dark and the light ground they are usually on: VS Code, xterm, Tango, GNOME,
/// Windows, macOS.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "colours are written as everywhere else")]
const USUAL: [(&str, [u32; 16], [u32; 2]); 6] = [
    ("vscode", [0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5, 0x666666, 0xf14c4c,
        0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xe5e5e5], [0x1e1e1e, 0xffffff]),
    ("xterm", [0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
        0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff], [0x000000, 0xffffff]),
    ("tango", [0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf, 0x555753, 0xef2929,
        0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec], [0x2e3436, 0xffffff]),
    ("gnome", [0x171421, 0xc01c28, 0x26a269, 0xa2734c, 0x12488b, 0xa347ba, 0x2aa1b3, 0xd0cfcc, 0x5e5c64, 0xf66151,
        0x33d17a, 0xe9ad0c, 0x2a7bde, 0xc061cb, 0x33c7de, 0xffffff], [0x1e1e1e, 0xffffff]),
    ("windows", [0x0c0c0c, 0xc50f1f, 0x13a10e, 0xc19c00, 0x0037da, 0x881798, 0x3a96dd, 0xcccccc, 0x767676, 0xe74856,
        0x16c60c, 0xf9f1a5, 0x3b78ff, 0xb4009e, 0x61d6d6, 0xf2f2f2], [0x0c0c0c, 0xffffff]),
    ("macos", [0x000000, 0xc23621, 0x25bc24, 0xadad27, 0x492ee1, 0xd338d3, 0x33bbc8, 0xcbcccd, 0x818383, 0xfc391f,
        0x31e722, 0xeaec23, 0x5833ff, 0xf935f8, 0x14f0f0, 0xe9ebeb], [0x000000, 0xffffff]),
];

/// DECISIONS: the first screen needs no choice. With the reference (the palette that most people see today) 4.5:1, with no
/// usual one below 3:1.
/// UX-19.
#[test]
fn the_terminals_own_colours_can_be_read_in_the_usual_schemes() {
    let rgb = |hex: u32| {
        let [_, r, g, b] = hex.to_be_bytes();
        (r, g, b)
    };
    for (scheme, sixteen, grounds) in USUAL {
        for (shade, own) in SHADES.into_iter().zip(grounds) {
            for name in [DEFAULT, "dark", "light", "ember"] {
                let theme = Theme::named(name, shade, Depth::Ansi).unwrap();
                let see = |color: Option<Color>| {
                    color.and_then(super::depth::ansi_index).map(|index| rgb(sixteen[index]))
                };
                let ground = see(theme.base.bg).unwrap_or(rgb(own));
                for (role, style) in text_roles(&theme) {
                    let Some(text) = see(style.fg) else { continue };
                    let is = contrast(text, ground);
                    // The reference's white is a light grey.
                    let reference = scheme == "vscode" && theme.base.bg != Some(Color::White);
                    let wants = if reference { 4.5 } else { 3.0 };
                    assert!(is >= wants, "{name} {shade:?} in {scheme}: {role} has {is:.2}");
                }
            }
        }
    }
}

/// UX-19, UX-37.
#[test]
fn without_colours_no_theme_has_one() {
    for name in BUILTIN {
        let theme = Theme::named(name, Shade::Light, Depth::None).unwrap();
        assert_eq!(theme, Theme::mono(), "{name}");
    }
    let theme = Theme::named("mono", Shade::Dark, Depth::True).unwrap();
    for (role, _) in ROLES {
        let style = theme.role(role).unwrap();
        assert_eq!((style.fg, style.bg), (None, None), "{role}");
    }
    assert_eq!(theme.accent("work").fg, None);
    assert_eq!(theme.foreign(Style::new().fg(Color::Red)).fg, Some(Color::Reset));
}

/// Whatever a row is made of, chosen it stands on one ground.
#[test]
fn a_chosen_row_is_of_one_colour_on_the_terminals_own_ground() {
    for (name, depth) in [(DEFAULT, Depth::True), (DEFAULT, Depth::Ansi), ("dark", Depth::Ansi)] {
        for shade in SHADES {
            let theme = Theme::named(name, shade, depth).unwrap();
            for style in [theme.text, theme.dim, theme.key, theme.good, theme.bad, theme.accent("work")] {
                let seen = style.patch(theme.chosen);
                assert_eq!(seen.fg, theme.text.patch(theme.chosen).fg, "{name} {shade:?} {depth:?}");
                assert!(seen.fg.is_some() && !seen.add_modifier.contains(Modifier::DIM), "{name} {shade:?}");
            }
        }
    }
}

/// DECISIONS: only the terminal's own colours unless a theme is set.
#[test]
fn the_default_theme_paints_nothing_but_the_terminals_own_sixteen() {
    for shade in SHADES {
        for depth in [Depth::Ansi, Depth::Indexed, Depth::True] {
            let theme = Theme::named(DEFAULT, shade, depth).unwrap();
            let styles =
                ROLES.iter().map(|(role, _)| theme.role(role).unwrap()).chain([theme.accent("work")]);
            for style in styles {
                assert_eq!(style.bg, None);
                assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))));
            }
        }
    }
}

/// What says how things stand, differs without colour too: in `mono` by weight.
#[test]
fn what_matters_stands_out_in_every_theme() {
    for name in BUILTIN {
        for depth in [Depth::None, Depth::Ansi, Depth::Indexed, Depth::True] {
            let theme = Theme::named(name, Shade::Dark, depth).unwrap();
            let all = [theme.text, theme.dim, theme.strong, theme.warn, theme.bad, theme.needs];
            let looks: std::collections::HashSet<_> = all.iter().copied().collect();
            assert!(looks.len() >= 5, "{name} {depth:?}: {looks:?}");
            assert_ne!(theme.chosen, theme.text, "{name} {depth:?}");
            assert_ne!(theme.added_word, theme.added, "{name} {depth:?}");
        }
    }
}

/// G14, INV26.
#[test]
fn a_profile_has_the_same_accent_everywhere_and_default_has_none_of_its_own() {
    assert_eq!(hue_of("default"), None);
    assert_eq!(hue_of(""), None);
    assert_eq!(hue_of("work"), Some(1));
    assert_eq!(hue_of("research"), Some(11));
    for (name, theme) in painted() {
        assert_eq!(theme.accent("default").fg, theme.key.fg, "{name}");
        assert_eq!(theme.accent("work").fg, Some(theme.hues.unwrap()[1]), "{name}");
    }
}

/// E02, E17, E25, INV26: the colour that a profile was given wins over its name's, on every terminal the nearest that it has and that
/// can be read there; where there is no colour there is none.
#[test]
fn a_given_colour_wins_and_can_be_read_at_every_depth() {
    let given = |theme: Theme, rgb| theme.wearing([("work", rgb)]).accent("work");
    for hue in (0..360).step_by(30) {
        let own = crate::model::shelf::Colour::of_hue(hue).rgb();
        for (name, theme) in painted() {
            let accent = theme.wearing([("work", own)]);
            let is = contrast(seen(accent.accent("work").fg), seen(theme.base.bg));
            assert!(is >= 4.5, "{name}: hue {hue} has {is:.2}");
            assert_eq!(
                accent.accent("research"),
                theme.accent("research"),
                "{name}: no other profile has it"
            );
        }
        for shade in SHADES {
            let sixteen = given(Theme::named(DEFAULT, shade, Depth::Ansi).unwrap(), own);
            assert!(builtin::vivid(shade).contains(&sixteen.fg.unwrap()), "{shade:?}: hue {hue}");
        }
        assert_eq!(given(Theme::mono(), own), Theme::mono().strong);
    }
    let terminal = Theme::named(DEFAULT, Shade::Dark, Depth::True).unwrap();
    let chosen = Color::Rgb(230, 200, 90);
    assert_eq!(given(terminal, (230, 200, 90)).fg, Some(chosen), "what can be read stays as it was chosen");
    assert_eq!(given(Theme::ansi(), (20, 40, 220)).fg, Some(Color::LightBlue));
    let fixed = Theme::named(DEFAULT, Shade::Dark, Depth::Indexed).unwrap();
    assert_eq!(given(fixed, (255, 135, 0)).fg, Some(Color::Indexed(208)));
}

#[test]
fn accents_can_be_told_apart() {
    for (name, theme) in painted() {
        let hues = theme.hues.unwrap();
        for (n, a) in hues.iter().enumerate() {
            assert!(!hues[..n].contains(a), "{name}: {n}");
        }
    }
}

/// Colours of tool output are the theme's own where it paints, the terminal's where it does not, and never vanish.
#[test]
fn foreign_colours_can_be_read_on_painted_ground() {
    let fg = |color| Style::new().fg(color);
    let black = fg(Color::Rgb(0, 0, 0));
    for (name, theme) in painted() {
        assert_eq!(theme.foreign(fg(Color::Red)).fg, theme.bad.fg, "{name}");
        for color in [Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255), Color::Indexed(226), Color::Indexed(17)]
        {
            let is = contrast(seen(theme.foreign(fg(color)).fg), seen(theme.base.bg));
            assert!(is >= 2.9, "{name}: {color:?} has {is:.2}");
        }
        let both = theme.foreign(black.bg(Color::Rgb(255, 255, 255)));
        assert!(contrast(seen(both.fg), seen(both.bg)) > 20.0, "{name}: its own ground stays");
    }
    let terminal = Theme::named(DEFAULT, Shade::Dark, Depth::True).unwrap();
    assert_eq!(terminal.foreign(black.add_modifier(Modifier::BOLD)), black.add_modifier(Modifier::BOLD));
    assert_eq!(Theme::ansi().foreign(fg(Color::Indexed(196))).fg, Some(Color::LightRed));
}
