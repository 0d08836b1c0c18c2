//! What stands inside a line: emphasis, code, links. Parsed by `pulldown-cmark`, as one line of text, so that nothing in
//! it can open a block or be swallowed as a definition. What has no meaning stays as it was written.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::link::{self, Trust};
use crate::base::text::{self, Mode};
use crate::ui::theme::Theme;

/// Stands for a line's end within text: drawable text holds no such character, and it parts words.
pub(super) const BREAK: char = '\u{c}';
/// Goes before the text, so that the parser sees a paragraph whatever follows.
const LEAD: &str = "x ";

/// A stretch of one style.
struct Piece {
    text: String,
    style: Style,
    /// Web addresses in it are told apart.
    plain: bool,
}

/// What is open around the place that is parsed, and how to go on behind it.
enum Open<'a> {
    Style(Style),
    /// It was no emphasis after all: its mark.
    Mark(&'static str),
    Link {
        target: CowStr<'a>,
        first: usize,
        before: (Style, bool),
        image: bool,
    },
    Nothing,
}

/// The lines of `source`, which is drawable and holds [`BREAK`] where a new one begins.
pub(super) fn lines(source: &str, base: Style, theme: &Theme) -> Vec<Line<'static>> {
    let special = |b: u8| matches!(b, b'*' | b'_' | b'`' | b'[' | b'<' | b'&' | b'\\' | b'~');
    let pieces = if source.bytes().any(special) {
        let text = format!("{LEAD}{source}");
        let mut walk =
            Walk { source: &text, theme, pieces: Vec::new(), open: Vec::new(), style: base, plain: true };
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
            walk.event(event, &range);
        }
        walk.pieces
    } else {
        vec![Piece { text: source.to_owned(), style: base, plain: true }]
    };
    let mut lines = vec![Line::default()];
    for piece in pieces {
        for (n, part) in piece.text.split(BREAK).enumerate() {
            if n > 0 {
                lines.push(Line::default());
            }
            let part = text::drawable(part, Mode::Prose).replace('\n', " ");
            if let Some(line) = lines.last_mut() {
                push(line, part, &piece, theme);
            }
        }
    }
    lines
}

/// Appends a piece; in running text web addresses get their style.
fn push(line: &mut Line<'static>, part: String, piece: &Piece, theme: &Theme) {
    let mut rest = part.as_str();
    while piece.plain
        && let Some(range) = link::find(rest)
    {
        let (head, tail) = rest.split_at(range.start);
        let (url, after) = tail.split_at(range.len());
        line.spans.push(Span::styled(head.to_owned(), piece.style));
        let (trust, note) = link::note(url, url);
        let style = if trust == Trust::Web { piece.style.patch(theme.link) } else { piece.style };
        line.spans.push(Span::styled(url.to_owned(), style));
        line.spans.extend(note.map(|note| Span::styled(note, piece.style.patch(theme.warn))));
        rest = after;
    }
    if rest.len() == part.len() {
        line.spans.push(Span::styled(part, piece.style));
    } else if !rest.is_empty() {
        line.spans.push(Span::styled(rest.to_owned(), piece.style));
    }
}

struct Walk<'a> {
    source: &'a str,
    theme: &'a Theme,
    pieces: Vec<Piece>,
    open: Vec<Open<'a>>,
    style: Style,
    plain: bool,
}

impl<'a> Walk<'a> {
    fn event(&mut self, event: Event<'a>, range: &std::ops::Range<usize>) {
        match event {
            Event::Start(tag) => {
                let open = self.start(tag, range);
                self.open.push(open);
            }
            Event::End(_) => match self.open.pop() {
                Some(Open::Style(before)) => self.style = before,
                Some(Open::Mark(mark)) => self.say(mark),
                Some(Open::Link { target, first, before, image }) => {
                    (self.style, self.plain) = before;
                    self.end_link(&target, first, image);
                }
                Some(Open::Nothing) | None => {}
            },
            Event::Code(code) => {
                let style = self.style.patch(self.theme.code);
                self.pieces.push(Piece { text: code.into_string(), style, plain: false });
            }
            Event::Text(text) => {
                let text = text.get(LEAD.len().saturating_sub(range.start)..).unwrap_or_default();
                self.say(text);
            }
            // What is not asked for cannot come; HTML is text.
            _ => {
                let text = self.source.get(range.start.max(LEAD.len())..range.end).unwrap_or_default();
                self.say(text);
            }
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: &std::ops::Range<usize>) -> Open<'a> {
        let before = self.style;
        let written = self.source.get(range.clone()).unwrap_or_default();
        match tag {
            // Within a word a star is more likely a product or a pattern.
            Tag::Emphasis if written.starts_with('*') && self.is_inside_word(range) => {
                self.say("*");
                return Open::Mark("*");
            }
            Tag::Emphasis => self.style = before.add_modifier(Modifier::ITALIC),
            Tag::Strong => self.style = before.patch(self.theme.strong),
            Tag::Strikethrough if !written.starts_with("~~") => {
                self.say("~");
                return Open::Mark("~");
            }
            Tag::Strikethrough => {
                self.style = before.patch(self.theme.dim).add_modifier(Modifier::CROSSED_OUT);
            }
            Tag::Link { dest_url, link_type: LinkType::Email, .. } => {
                return self.start_link(format!("mailto:{dest_url}").into(), None);
            }
            Tag::Link { dest_url, .. } => return self.start_link(dest_url, None),
            Tag::Image { dest_url, .. } => return self.start_link(dest_url, Some("[image: ")),
            _ => return Open::Nothing,
        }
        Open::Style(before)
    }

    fn is_inside_word(&self, range: &std::ops::Range<usize>) -> bool {
        let before = self.source.get(..range.start).and_then(|text| text.chars().next_back());
        let after = self.source.get(range.end..).and_then(|text| text.chars().next());
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    }

    /// What a link shows begins with a piece of its own.
    fn start_link(&mut self, target: CowStr<'a>, image: Option<&'static str>) -> Open<'a> {
        let first = self.pieces.len();
        let before = (self.style, std::mem::take(&mut self.plain));
        let text = image.unwrap_or_default().to_owned();
        self.pieces.push(Piece { text, style: self.style, plain: false });
        Open::Link { target, first, before, image: image.is_some() }
    }

    fn end_link(&mut self, target: &str, first: usize, image: bool) {
        if image {
            self.pieces.push(Piece { text: "]".to_owned(), style: self.style, plain: false });
        }
        let parts = self.pieces.get_mut(first..).unwrap_or_default();
        let shown: String = parts.iter().map(|piece| piece.text.as_str()).collect();
        let (trust, note) = link::note(&shown.replace(BREAK, " "), target);
        if trust == Trust::Web && !image {
            for piece in parts {
                piece.style = piece.style.patch(self.theme.link);
            }
        }
        if let Some(note) = note {
            let style = if trust == Trust::Odd { self.theme.warn } else { self.theme.dim };
            self.pieces.push(Piece { text: note, style: self.style.patch(style), plain: false });
        }
    }

    fn say(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(last) if last.style == self.style && last.plain == self.plain => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => {
                self.pieces.push(Piece { text: text.to_owned(), style: self.style, plain: self.plain });
            }
        }
    }
}
