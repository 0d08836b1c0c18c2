//! A person's own theme: what its file says, made into a theme for the terminal at hand.
//!
//! Every role may be given; what is not is as in the theme that `inherits` names. A colour alone is that of the text, for
//! grounds (`base`, `panel`, `block`, `chosen`) that of the ground. Colours are taken to the terminal's depth by nearness.

use std::ops::Range;
use std::str::FromStr;

use ratatui::style::{Color, Modifier};
use toml::de::{DeTable, DeValue};

use super::builtin;
use super::{BUILTIN, Depth, HUES, ROLES, Shade, Theme};
use crate::base::text::label;
use crate::config::problem::meant;

/// Roles that are what others stand on.
const GROUNDS: [&str; 4] = ["base", "panel", "block", "chosen"];
/// Weights that a role may be given or denied.
const WEIGHTS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// Cells of a wrong word that are shown.
const WORD: usize = 40;

/// Something that is wrong with a theme's file: the line, from 1, and what.
pub type Wrong = (usize, String);

/// What the file of a theme says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    inherits: String,
    roles: Vec<(&'static str, Change)>,
    accents: Vec<Color>,
}

/// What is said of one role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Change {
    fg: Option<Color>,
    bg: Option<Color>,
    add: Modifier,
    remove: Modifier,
}

impl Own {
    /// Reads the text of a theme's file. Everything that is wrong with it is in the error.
    pub fn parse(text: &str) -> Result<Self, Vec<Wrong>> {
        let mut parse =
            Parse { text, own: Self { inherits: "dark".into(), ..Self::default() }, wrong: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => table.get_ref().iter().for_each(|(key, value)| {
                parse.entry(key.get_ref().as_ref(), &key.span(), value.get_ref());
            }),
            Err(error) => {
                parse.wrong(&error.span().unwrap_or(text.len()..text.len()), error.message().to_owned());
            }
        }
        parse.wrong.sort();
        if parse.wrong.is_empty() { Ok(parse.own) } else { Err(parse.wrong) }
    }

    /// The theme, for a terminal of this kind.
    pub fn theme(&self, shade: Shade, depth: Depth) -> Theme {
        let mut theme = builtin::named(&self.inherits, shade, depth).unwrap_or_else(builtin::mono);
        if theme.hues.is_none() && depth == Depth::None {
            return theme;
        }
        for (role, change) in &self.roles {
            let Some(style) = theme.role_mut(role) else { continue };
            style.fg = change.fg.map(|color| depth.map(color)).or(style.fg);
            style.bg = change.bg.map(|color| depth.map(color)).or(style.bg);
            *style = style.add_modifier(change.add).remove_modifier(change.remove);
        }
        if !self.accents.is_empty() {
            let around = self.accents.iter().cycle();
            let mut hues = [Color::Reset; HUES];
            hues.iter_mut().zip(around).for_each(|(hue, color)| *hue = depth.map(*color));
            theme.hues = Some(hues);
        }
        theme
    }
}

struct Parse<'a> {
    text: &'a str,
    own: Own,
    wrong: Vec<Wrong>,
}

impl Parse<'_> {
    fn wrong(&mut self, span: &Range<usize>, what: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        self.wrong.push((before.matches('\n').count() + 1, what));
    }

    fn entry(&mut self, key: &str, span: &Range<usize>, value: &DeValue<'_>) {
        match (key, value) {
            ("inherits", DeValue::String(name)) if BUILTIN.contains(&name.as_ref()) => {
                self.own.inherits = name.to_string();
            }
            ("inherits", value) => {
                let names = BUILTIN.join(", ");
                let near = meant(value.as_str().unwrap_or_default(), BUILTIN, "\"");
                self.wrong(span, format!("`inherits` is one of {names}{near}"));
            }
            ("accents", DeValue::Array(list)) if (1..=HUES).contains(&list.len()) => {
                for item in list {
                    if let Some(color) = self.color("accents", &item.span(), item.get_ref()) {
                        self.own.accents.push(color);
                    }
                }
            }
            ("accents", _) => self.wrong(span, format!("`accents` is a list of 1 to {HUES} colours")),
            _ => {
                let Some((role, _)) = ROLES.iter().find(|(role, _)| *role == key) else {
                    let all = ROLES.iter().map(|(role, _)| *role).chain(["inherits", "accents"]);
                    let near = meant(key, all, "`");
                    return self.wrong(span, format!("unknown role `{}`{near}", label(key, WORD)));
                };
                let change = self.change(role, span, value);
                self.own.roles.push((role, change));
            }
        }
    }

    fn change(&mut self, role: &str, span: &Range<usize>, value: &DeValue<'_>) -> Change {
        let mut change = Change::default();
        let DeValue::Table(table) = value else {
            let color = self.color(role, span, value);
            if GROUNDS.contains(&role) {
                change.bg = color;
            } else {
                change.fg = color;
            }
            return change;
        };
        for (key, value) in table {
            let (span, key) = (key.span(), key.get_ref().as_ref());
            let weight = WEIGHTS.iter().find(|(name, _)| *name == key).map(|(_, weight)| *weight);
            match (key, weight, value.get_ref()) {
                ("fg", _, value) => change.fg = self.color("fg", &span, value),
                ("bg", _, value) => change.bg = self.color("bg", &span, value),
                (_, Some(weight), DeValue::Boolean(true)) => change.add |= weight,
                (_, Some(weight), DeValue::Boolean(false)) => change.remove |= weight,
                (_, Some(_), _) => self.wrong(&span, format!("`{key}` is true or false")),
                _ => {
                    let all = WEIGHTS.iter().map(|(name, _)| *name).chain(["fg", "bg"]);
                    let near = meant(key, all, "`");
                    self.wrong(
                        &span,
                        format!("unknown key `{}` of the role `{role}`{near}", label(key, WORD)),
                    );
                }
            }
        }
        change
    }

    fn color(&mut self, of: &str, span: &Range<usize>, value: &DeValue<'_>) -> Option<Color> {
        let color = value.as_str().and_then(|text| Color::from_str(text).ok());
        if color.is_none() {
            let what = format!(
                "`{of}` is a colour: \"#rrggbb\", one of the sixteen as \"bright red\", or a number of the 256 as \"208\""
            );
            self.wrong(span, what);
        }
        color
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-37.
    #[test]
    fn an_own_theme_says_what_differs_from_the_one_it_inherits() {
        let own = Own::parse(
            "inherits = \"light\"\nbase = \"#101010\"\nkey = \"#ff8700\"\naccents = [\"#ff0000\", \"#0000ff\"]\n\
             heading = { bg = \"blue\", bold = false, underline = true }\n",
        )
        .unwrap();
        let theme = own.theme(Shade::Dark, Depth::True);
        let light = Theme::named("light", Shade::Dark, Depth::True).unwrap();
        assert_eq!(theme.base.bg, Some(Color::Rgb(16, 16, 16)));
        assert_eq!(theme.base.fg, light.base.fg);
        assert_eq!(theme.key, light.key.fg(Color::Rgb(255, 135, 0)));
        assert_eq!((theme.heading.fg, theme.heading.bg), (light.heading.fg, Some(Color::Blue)));
        assert!(!theme.heading.add_modifier.contains(Modifier::BOLD));
        assert!(theme.heading.add_modifier.contains(Modifier::UNDERLINED));
        assert_eq!(theme.hues.unwrap()[2], Color::Rgb(255, 0, 0));
        assert_eq!(theme.dim, light.dim);
        assert_eq!(own.theme(Shade::Dark, Depth::Indexed).key.fg, Some(Color::Indexed(208)));
        assert_eq!(own.theme(Shade::Dark, Depth::Ansi).key.fg, Some(Color::Yellow));
        assert_eq!(own.theme(Shade::Dark, Depth::None), Theme::mono());
        assert_eq!(Own::parse("").unwrap().theme(Shade::Light, Depth::True).base, {
            Theme::named("dark", Shade::Dark, Depth::True).unwrap().base
        });
    }

    /// UX-37.
    #[test]
    fn what_is_wrong_is_named_with_its_line_and_the_nearest_right_word() {
        let wrong = |text: &str| {
            let all = Own::parse(text).unwrap_err();
            all.iter().map(|(line, what)| format!("{line}: {what}")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            wrong("text = \"#fff000\"\nkeywrd = \"#ffffff\""),
            "2: unknown role `keywrd`; did you mean `keyword`?"
        );
        assert!(wrong("inherits = \"drak\"").ends_with("did you mean \"dark\"?"));
        assert!(
            wrong("\n\nkey = { bald = true }")
                .starts_with("3: unknown key `bald` of the role `key`; did you mean `bold`?")
        );
        for bad in
            ["key = \"#12\"", "key = 3", "accents = []", "accents = \"red\"", "key = { bold = 1 }", "key = "]
        {
            assert!(wrong(bad).starts_with("1: "), "{bad}");
        }
        assert_eq!(wrong("a = 1\nb = 1").lines().count(), 2);
    }
}
