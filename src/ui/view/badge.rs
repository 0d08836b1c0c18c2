//! How a profile looks wherever one is named: a letter or two in its accent. Strip, tabs, lists, palette, dialogs and the Manage
//! view all ask here (E28).

use ratatui::text::Span;

use crate::base::text::width;
use crate::model::world::World;
use crate::ui::state::layer::Layer;
use crate::ui::theme::Theme;
use crate::ui::theme::depth::Rgb;

/// The colours that profiles were given; one that is being chosen is worn already.
pub(super) fn given<'a>(world: &'a World, layer: Option<&Layer>) -> impl Iterator<Item = (&'a str, Rgb)> {
    let chosen = match layer {
        Some(Layer::Swatch(open)) => Some((open.profile.clone(), open.colour())),
        _ => None,
    };
    world.profiles.iter().filter_map(move |profile| {
        let chosen = chosen.as_ref().filter(|(name, _)| *name == profile.name);
        let colour = chosen.map_or(profile.colour, |(_, colour)| *colour);
        Some((profile.name.as_str(), colour?.rgb()))
    })
}

/// Cells of a badge.
pub const CELLS: usize = 2;

/// The badge of a profile, always [`CELLS`] wide (E26).
pub fn of(profile: &str, theme: &Theme) -> Span<'static> {
    let letters = letters(profile);
    let pad = " ".repeat(CELLS.saturating_sub(width::of(&letters)));
    Span::styled(format!("{letters}{pad}"), theme.strong.patch(theme.accent(profile)))
}

/// The first letters of a name's first two words, else the first two of its only one; the default profile is home.
fn letters(name: &str) -> String {
    if name == "default" {
        return "⌂".to_owned();
    }
    let mut words = name.split(['-', '_']).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    match words.next().and_then(|second| second.chars().next()) {
        Some(second) => first.chars().take(1).chain([second]).collect(),
        None => first.chars().take(CELLS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E26.
    #[test]
    fn a_badge_is_one_or_two_letters_of_the_name() {
        let rows = [
            ("work", "wo"),
            ("r", "r"),
            ("data-science", "ds"),
            ("a_b_c", "ab"),
            ("x-", "x"),
            ("default", "⌂"),
        ];
        for (name, badge) in rows {
            assert_eq!(letters(name), badge, "{name}");
            assert_eq!(width::of(&of(name, &Theme::ansi()).content), CELLS, "{name}");
        }
    }
}
