//! Well-formed colour sequences (SGR: `ESC [ numbers m`) in foreign text, told apart from the rest of it.
//!
//! Only for output that is looked at, never for what is decided on: there every escape is shown. Any other sequence, and
//! one that is cut short or too long to mean a colour, is text.

use std::borrow::Cow;

/// The longest run of numbers of a sequence, in bytes. Nothing needs half of it; more could hide a text of digits.
const LONGEST: usize = 64;

/// A stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// To be made drawable.
    Text(&'a str),
    /// The numbers of a colour sequence.
    Colour(&'a str),
}

/// The numbers of the colour sequence that `text` begins with, and what follows it.
pub fn leading(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("\u{1b}[")?;
    let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b';' | b':');
    let numbers = rest.bytes().take(LONGEST + 1).take_while(is_part).count();
    let (numbers, rest) = rest.split_at_checked(numbers)?;
    Some((numbers, rest.strip_prefix('m')?)).filter(|_| numbers.len() <= LONGEST)
}

/// `text` in pieces, in order; none is empty but a sequence without numbers.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some((numbers, after)) = leading(rest) {
            rest = after;
            return Some(Piece::Colour(numbers));
        }
        // An escape that begins no colour is text like the rest.
        let escapes = rest.match_indices('\u{1b}').map(|(at, _)| at);
        let end = escapes.skip_while(|at| *at == 0).find(|at| rest.get(*at..).and_then(leading).is_some());
        let (head, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!head.is_empty()).then_some(Piece::Text(head))
    })
}

/// `text` without its colour sequences.
pub fn without(text: &str) -> Cow<'_, str> {
    if !text.contains("\u{1b}[") {
        return text.into();
    }
    let texts = pieces(text).filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Colour(_) => None,
    });
    texts.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "")]
    #[case("plain", "plain")]
    #[case("\u{1b}[31mred\u{1b}[0m \u{1b}[1;38;2;1;2;3mx\u{1b}[m", "red x")]
    #[case("\u{1b}[38:5:9mx", "x")]
    #[case("\u{1b}[2Kx", "\u{1b}[2Kx")]
    #[case("\u{1b}[?1mx", "\u{1b}[?1mx")]
    #[case("\u{1b}[>4;1mx", "\u{1b}[>4;1mx")]
    #[case("\u{1b}]0;\u{1b}[31mt\u{7}", "\u{1b}]0;t\u{7}")]
    #[case("\u{1b}\u{1b}[1mx\u{1b}", "\u{1b}x\u{1b}")]
    #[case("\u{1b}[31", "\u{1b}[31")]
    #[case("\u{1b}[1m\u{1b}[mé\u{1b}[", "é\u{1b}[")]
    fn colours_go_and_everything_else_stays(#[case] text: &str, #[case] want: &str) {
        assert_eq!(without(text), want);
    }

    #[test]
    fn a_sequence_too_long_to_be_a_colour_is_shown() {
        let long = format!("\u{1b}[{}m", "1".repeat(LONGEST + 1));
        assert_eq!(without(&long), long);
        assert_eq!(without(&format!("\u{1b}[{}m", "1".repeat(LONGEST))), "");
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_the_text(text in "(\u{1b}|\\[|[0-9;:m]|é|\u{1b}\\[[0-9;]{0,3}m){0,40}") {
            let back: String = pieces(&text).map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Colour(numbers) => format!("\u{1b}[{numbers}m"),
            }).collect();
            proptest::prop_assert_eq!(back, text);
        }
    }
}
