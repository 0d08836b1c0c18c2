//! Tool output in its own colours: SGR is read into styles, and never passed on (SEC-01).
//!
//! Nothing else is obeyed: no cursor moves, no line is erased, every other escape is drawn as text. What would hide text is
//! not taken over: conceal, blink, a text in the colour of its own ground.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::base::text::colour::{self, Piece};
use crate::base::text::{self, Mode};
use crate::ui::theme::depth::ansi;

/// How the output draws at some place in it: what the sequences before it set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pen {
    pub text: Option<Color>,
    pub ground: Option<Color>,
    pub weight: Modifier,
}

impl Pen {
    /// Goes over text that is not drawn.
    pub fn skip(&mut self, text: &str) {
        if text.contains('\u{1b}') {
            for piece in colour::pieces(text) {
                if let Piece::Colour(numbers) = piece {
                    self.set(numbers);
                }
            }
        }
    }

    /// Draws one line. `ink`: the style to draw one with, in colours that the terminal has.
    pub fn line(&mut self, line: &str, ink: &impl Fn(Style) -> Style) -> Line<'static> {
        let mut spans = Vec::new();
        let mut column = 0;
        for piece in colour::pieces(line) {
            match piece {
                Piece::Colour(numbers) => self.set(numbers),
                Piece::Text(text) => {
                    let mut drawn = String::with_capacity(text.len());
                    text::draw_piece(text, Mode::Prose, &mut column, &mut drawn);
                    spans.push(Span::styled(drawn, self.style(ink)));
                }
            }
        }
        Line::from(spans)
    }

    fn style(&self, ink: &impl Fn(Style) -> Style) -> Style {
        let style = ink(Style { fg: self.text, bg: self.ground, ..Style::new().add_modifier(self.weight) });
        if style.fg.is_some() && style.fg == style.bg { Style { fg: None, bg: None, ..style } } else { style }
    }

    /// Takes the numbers of one sequence.
    fn set(&mut self, numbers: &str) {
        let mut numbers = numbers.split(';');
        while let Some(number) = numbers.next() {
            let mut parts = number.split(':');
            let code = parts.next().unwrap_or_default();
            // Nothing means 0, which takes everything back.
            let Ok(code) = (if code.is_empty() { Ok(0) } else { code.parse::<u8>() }) else { continue };
            match code {
                0 => *self = Self::default(),
                1 => self.weight |= Modifier::BOLD,
                2 => self.weight |= Modifier::DIM,
                3 => self.weight |= Modifier::ITALIC,
                4 => self.weight.set(Modifier::UNDERLINED, parts.next() != Some("0")),
                7 => self.weight |= Modifier::REVERSED,
                9 => self.weight |= Modifier::CROSSED_OUT,
                21 => self.weight |= Modifier::UNDERLINED,
                22 => self.weight -= Modifier::BOLD | Modifier::DIM,
                23 => self.weight -= Modifier::ITALIC,
                24 => self.weight -= Modifier::UNDERLINED,
                27 => self.weight -= Modifier::REVERSED,
                29 => self.weight -= Modifier::CROSSED_OUT,
                30..=37 => self.text = Some(ansi(code - 30)),
                39 => self.text = None,
                40..=47 => self.ground = Some(ansi(code - 40)),
                49 => self.ground = None,
                90..=97 => self.text = Some(ansi(code - 82)),
                100..=107 => self.ground = Some(ansi(code - 92)),
                38 | 48 | 58 => {
                    let rest: Vec<&str> = parts.collect();
                    let colour = if rest.is_empty() { wide(&mut numbers) } else { wide(&mut colons(&rest)) };
                    match (code, colour) {
                        (38, Some(colour)) => self.text = Some(colour),
                        (48, Some(colour)) => self.ground = Some(colour),
                        // The colour of an underline is not taken over.
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// The numbers of a colour written with colons, less the colour space that may stand before the three of a true colour.
fn colons<'a>(parts: &[&'a str]) -> impl Iterator<Item = &'a str> {
    let space = (parts.first() == Some(&"2") && parts.len() > 4).then_some(1);
    parts.iter().enumerate().filter(move |(at, _)| Some(*at) != space).map(|(_, part)| *part)
}

/// A colour of more than the sixteen: `5;n` or `2;r;g;b`.
fn wide<'a>(numbers: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    let kind = numbers.next()?;
    let mut byte = || {
        let number = numbers.next()?;
        if number.is_empty() { Some(0) } else { number.parse::<u8>().ok() }
    };
    match kind {
        "5" => byte().map(|n| if n < 16 { ansi(n) } else { Color::Indexed(n) }),
        "2" => {
            let (red, green, blue) = (byte(), byte(), byte());
            Some(Color::Rgb(red?, green?, blue?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn drawn(line: &str) -> Vec<(String, Style)> {
        let line = Pen::default().line(line, &|style| style);
        line.spans.into_iter().map(|span| (span.content.into_owned(), span.style)).collect()
    }

    /// SEC-01.
    #[rstest]
    #[case::none("a", Style::new())]
    #[case::ansi("\u{1b}[31ma", Style::new().fg(Color::Red))]
    #[case::bright("\u{1b}[96;103ma", Style::new().fg(Color::LightCyan).bg(Color::LightYellow))]
    #[case::indexed("\u{1b}[38;5;208ma", Style::new().fg(Color::Indexed(208)))]
    #[case::indexed_ansi("\u{1b}[48;5;9ma", Style::new().bg(Color::LightRed))]
    #[case::true_colour("\u{1b}[38;2;1;2;3;1ma", Style::new().fg(Color::Rgb(1, 2, 3)).bold())]
    #[case::colons("\u{1b}[38:2:1:2:3ma", Style::new().fg(Color::Rgb(1, 2, 3)))]
    #[case::colons_with_space("\u{1b}[38:2::1:2:3;3ma", Style::new().fg(Color::Rgb(1, 2, 3)).italic())]
    #[case::colons_indexed("\u{1b}[48:5:20ma", Style::new().bg(Color::Indexed(20)))]
    #[case::reset("\u{1b}[1;31m\u{1b}[ma", Style::new())]
    #[case::reset_within("\u{1b}[1;31;0;4ma", Style::new().underlined())]
    #[case::curly("\u{1b}[4:3ma", Style::new().underlined())]
    #[case::no_underline("\u{1b}[4m\u{1b}[4:0ma", Style::new())]
    #[case::weights("\u{1b}[1;2;3;4;7;9m\u{1b}[22;23;24;27;29ma", Style::new())]
    #[case::defaults("\u{1b}[31;42m\u{1b}[39;49ma", Style::new())]
    #[case::reversed("\u{1b}[7ma", Style::new().reversed())]
    #[case::conceal_and_blink("\u{1b}[8;5;6ma", Style::new())]
    #[case::text_on_its_own_colour("\u{1b}[31;41ma", Style::new())]
    #[case::underline_colour("\u{1b}[58;5;9;4ma", Style::new().underlined())]
    #[case::cut_short("\u{1b}[38;2;1ma", Style::new())]
    #[case::no_such_number("\u{1b}[38;5;256;999;99999999999ma", Style::new())]
    fn a_sequence_becomes_a_style(#[case] line: &str, #[case] want: Style) {
        assert_eq!(drawn(line), [("a".to_owned(), want)]);
    }

    /// SEC-01: nothing else is obeyed, and nothing is swallowed.
    #[rstest]
    #[case::erase("\u{1b}[2Ja", "␛[2Ja")]
    #[case::title("\u{1b}]0;t\u{7}a", "␛]0;t^Ga")]
    #[case::device("\u{1b}P1$r0m\u{1b}\\a", "␛P1$r0m␛\\a")]
    #[case::private("\u{1b}[?1049ha", "␛[?1049ha")]
    #[case::c1("\u{9b}31ma", "<U+009B>31ma")]
    #[case::backspace("a\u{8}b", "a^Hb")]
    #[case::return_("a\rb", "a^Mb")]
    #[case::lone("\u{1b}", "␛")]
    fn every_other_sequence_is_drawn(#[case] line: &str, #[case] want: &str) {
        assert_eq!(drawn(line), [(want.to_owned(), Style::new())]);
    }

    #[test]
    fn tabs_stop_where_they_would_without_colours() {
        let text = |line| drawn(line).into_iter().map(|(text, _)| text).collect::<String>();
        assert_eq!(text("a\u{1b}[1mb\u{1b}[m\tc"), text("ab\tc"));
    }

    #[test]
    fn a_colour_lasts_until_it_is_taken_back() {
        let mut pen = Pen::default();
        pen.skip("x\u{1b}[32my\nz");
        let line = pen.line("a\u{1b}[0mb", &|style| style);
        let styles: Vec<Style> = line.spans.iter().map(|span| span.style).collect();
        assert_eq!(styles, [Style::new().fg(Color::Green), Style::new()]);
    }

    /// Two colours that are the same one on a terminal of few do not hide their text.
    #[test]
    fn ground_and_text_stay_apart_on_any_terminal() {
        let ink = |style: Style| Style {
            fg: style.fg.and(Some(Color::Red)),
            bg: style.bg.and(Some(Color::Red)),
            ..style
        };
        let line = Pen::default().line("\u{1b}[38;5;196;48;5;197ma", &ink);
        assert_eq!(line.spans.first().map(|span| span.style), Some(Style::new()));
    }

    proptest::proptest! {
        /// SEC-01: any text → no control character is drawn, and all that is printable is.
        #[test]
        fn no_control_is_drawn_and_nothing_printable_is_lost(
            line in "(\u{1b}\\[[0-9;:]{0,12}[mKJ]|\u{1b}|\u{1b}\\]8;;|[\u{0}-\u{1f}\u{7f}-\u{9f}]|[a-z漢é ]){0,40}"
        ) {
            let line = line.replace('\n', " ");
            let text: String = drawn(&line).into_iter().map(|(text, _)| text).collect();
            proptest::prop_assert!(!text.chars().any(char::is_control), "{text:?}");
            let printable = |text: &str| text.chars().filter(|c| matches!(c, 'a'..='z' | '漢' | 'é')).collect::<String>();
            proptest::prop_assert_eq!(printable(&text), printable(&colour::without(&line)));
        }
    }
}
