//! A look into the session that is chosen: what it is, how it began, how it stands. Messages are laid out as in a transcript, from
//! the end upwards, as many as there is room for.

use ratatui::text::{Line, Span};

use super::{Plan, Side, filled};
use crate::base::clock::{Tick, WallMs, ago};
use crate::base::ids::{ProfileName, StoredId};
use crate::base::text::{self, width};
use crate::model::draft::Piece;
use crate::model::listing::StoredRow;
use crate::model::message::{Message, Part};
use crate::model::session::Session;
use crate::model::status;
use crate::ui::mirror::Mirror;
use crate::ui::render::wrap;
use crate::ui::state::lines::Look;
use crate::ui::state::palette::{Palette, Seen};
use crate::ui::state::titles::Titles;
use crate::ui::theme::Theme;
use crate::ui::view::message::{Paper, Sheet};
use crate::ui::view::{badge, marks};

/// Bytes of a text that are laid out of a message: more than a look has room for.
const LONGEST: usize = 6_000;
/// Rows of how it began, while there are more than come after it.
const BEGINNING: usize = 6;

/// What a look is drawn with beside the palette.
#[derive(Clone, Copy)]
pub(in crate::ui::view) struct Light<'a> {
    pub mirror: &'a Mirror,
    pub size: (u16, u16),
    pub theme: &'a Theme,
    /// Tool output in its own colours.
    pub colours: bool,
    /// What the sessions are called that messages link to.
    pub titles: &'a Titles,
    pub home: &'a str,
    /// The hub's time.
    pub now: Tick,
    pub wall: WallMs,
}

/// The rows of the look beside or below the list; none where it has no place.
pub(in crate::ui::view) fn prepare(palette: &mut Palette, light: Light<'_>) -> Vec<Line<'static>> {
    let plan = Plan::of(palette, light.size);
    let (cells, high) = plan.look;
    if plan.side.is_none() || cells == 0 || high < 4 {
        return Vec::new();
    }
    let mut rows = match palette.preview.of.clone() {
        Some(Seen::Open(id)) => match light.mirror.session(id) {
            Some(session) => open(palette, session, (cells, high), light),
            None => Vec::new(),
        },
        Some(Seen::Stored(profile, stored)) if palette.preview.peek(&profile, &stored).is_some() => {
            peeked(palette, (profile, stored), (cells, high), light)
        }
        Some(Seen::Stored(..)) => waiting(palette, light.theme),
        None => Vec::new(),
    };
    rows.resize(high, Line::default());
    rows.into_iter()
        .map(|row| if plan.side == Some(Side::Right) { filled(&row, cells) } else { row })
        .collect()
}

/// It is being read, or cannot be.
fn waiting(palette: &Palette, theme: &Theme) -> Vec<Line<'static>> {
    match &palette.preview.failed {
        Some(why) => vec![Line::styled(format!("no look into it: {why}"), theme.warn)],
        None => Vec::new(),
    }
}

fn open(
    palette: &mut Palette,
    session: &Session,
    (cells, high): (usize, usize),
    light: Light<'_>,
) -> Vec<Line<'static>> {
    let theme = light.theme;
    let (mark, style) = marks::status(status::of(session), theme, None);
    let mut rows = head(session.profile.as_str(), &status::name(session, cells), cells, theme);
    if let Some(first) = rows.first_mut() {
        first.spans.insert(0, Span::styled(format!("{mark} "), style));
    }
    let mut said = vec![session.profile.to_string(), status::words(status::of(session)).to_owned()];
    said.extend(session.info.model.iter().map(|model| model.label(40)));
    said.extend(session.info.cwd.iter().map(|cwd| place(&cwd.label(80), light.home)));
    rows.push(Line::styled(width::truncate(&said.join(" · "), cells), theme.dim));
    rows.push(Line::styled("─".repeat(cells), theme.rule));
    let room = high.saturating_sub(rows.len());
    let profile = session.profile.as_str();
    let body = session.body.as_ref().map(|body| body.messages.as_slice()).unwrap_or_default();
    let stored = session.stored.as_ref().and_then(|stored| palette.preview.peek(&session.profile, stored));
    let (messages, scroll) = match stored {
        _ if !body.is_empty() => (body, palette.preview.scroll),
        Some(peek) => {
            (if peek.tail.is_empty() { peek.head.as_slice() } else { &peek.tail }, palette.preview.scroll)
        }
        None => (body, 0),
    };
    if messages.is_empty() {
        let draft: String = session.draft.pieces.iter().map(Piece::text).collect();
        let says =
            if draft.is_empty() { "nothing was said yet".to_owned() } else { text::label(&draft, 400) };
        rows.extend(wrap::wrap(&Line::styled(says, theme.dim), cells, 0).into_iter().take(room));
        return rows;
    }
    let (tail, scroll) = upwards(messages, (cells, room), scroll, profile, light);
    rows.extend(std::iter::repeat_n(Line::default(), room.saturating_sub(tail.len())));
    rows.extend(tail);
    palette.preview.scroll = scroll;
    rows
}

fn peeked(
    palette: &mut Palette,
    (profile, stored): (ProfileName, StoredId),
    (cells, high): (usize, usize),
    light: Light<'_>,
) -> Vec<Line<'static>> {
    let Some(peek) = palette.preview.peek(&profile, &stored) else { return Vec::new() };
    let theme = light.theme;
    let mut rows = head(profile.as_str(), &peek.row.name().label(cells), cells, theme);
    rows.push(Line::styled(width::truncate(&about(&peek.row, light), cells), theme.dim));
    rows.push(Line::styled("─".repeat(cells), theme.rule));
    let room = high.saturating_sub(rows.len());
    let scrolled = palette.preview.scroll;
    let (begins, ends) = if peek.tail.is_empty() {
        (&[][..], peek.head.as_slice())
    } else {
        (peek.head.as_slice(), peek.tail.as_slice())
    };
    // How it began, in a few rows; how it stands, in the rest.
    let first =
        begins.first().map(|message| laid(message, cells, profile.as_str(), light)).unwrap_or_default();
    let first: Vec<Line<'static>> = first.into_iter().skip(1).take(BEGINNING.min(room / 3)).collect();
    let between = begins.len().saturating_sub(1) as u64 + peek.skipped;
    let gap = (!first.is_empty()).then(|| {
        let says = if between == 0 { "⋯".to_owned() } else { format!("⋯ {between} messages ⋯") };
        Line::styled(width::truncate(&says, cells), theme.dim)
    });
    let taken = first.len() + usize::from(gap.is_some()) * 2;
    let (tail, scroll) =
        upwards(ends, (cells, room.saturating_sub(taken)), scrolled, profile.as_str(), light);
    // A short conversation reads from its beginning.
    let blank = (!first.is_empty()).then(Line::default);
    rows.extend(first);
    rows.extend(blank);
    rows.extend(gap);
    rows.extend(
        tail.into_iter().skip_while(|row| row.spans.iter().all(|span| span.content.trim().is_empty())),
    );
    palette.preview.scroll = scroll;
    rows
}

/// Whose it is and what it is called.
fn head(profile: &str, name: &str, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let badge = badge::of(profile, theme);
    let room = cells.saturating_sub(width::of(&badge.content) + 3);
    vec![Line::from(vec![badge, Span::raw(" "), Span::styled(width::truncate(name, room), theme.strong)])]
}

fn about(row: &StoredRow, light: Light<'_>) -> String {
    let age = ago(light.wall.0.saturating_sub(row.last_active.0));
    let mut said = vec![row.profile.to_string(), format!("{} messages", row.messages), age];
    said.extend(row.model.iter().map(|model| model.label(40)));
    said.extend(row.cwd.iter().map(|cwd| place(&cwd.label(80), light.home)));
    said.join(" · ")
}

/// A directory as people write it.
fn place(cwd: &str, home: &str) -> String {
    match cwd.strip_prefix(home).filter(|rest| !home.is_empty() && (rest.is_empty() || rest.starts_with('/')))
    {
        Some(rest) => format!("~{rest}"),
        None => cwd.to_owned(),
    }
}

/// The last `room` rows of `messages`, `scroll` rows up from their end, and how far up it could be.
fn upwards(
    messages: &[Message],
    (cells, room): (usize, usize),
    scroll: usize,
    profile: &str,
    light: Light<'_>,
) -> (Vec<Line<'static>>, usize) {
    let mut blocks: Vec<Vec<Line<'static>>> = Vec::new();
    let mut rows = 0;
    for message in messages.iter().rev() {
        if rows >= room + scroll {
            break;
        }
        let block = laid(message, cells, profile, light);
        rows += block.len();
        blocks.push(block);
    }
    let scroll = scroll.min(rows.saturating_sub(room));
    let all: Vec<Line<'static>> = blocks.into_iter().rev().flatten().collect();
    let end = all.len().saturating_sub(scroll);
    let from = end.saturating_sub(room);
    (all.into_iter().skip(from).take(end - from).collect(), scroll)
}

/// A message as the transcript shows it, its details folded.
fn laid(message: &Message, cells: usize, profile: &str, light: Light<'_>) -> Vec<Line<'static>> {
    let short = shortened(message);
    let look = Look { width: u16::try_from(cells).unwrap_or(u16::MAX), unfolded: false, chosen: false };
    let accent = light.theme.accent(profile);
    let paper = Paper {
        accent,
        theme: light.theme,
        key: None,
        colours: light.colours,
        titles: light.titles,
        now: light.now,
    };
    Sheet { message: &short, look, paper }.rows()
}

/// The message without what nobody sees of it here: of long texts their ends.
fn shortened(message: &Message) -> Message {
    let cut = |text: &str| {
        let from = text.len().saturating_sub(LONGEST);
        let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        // From the beginning of a line on, so that what it is can be told.
        let from = text.get(from..).and_then(|rest| rest.find('\n')).map_or(from, |line| from + line + 1);
        text.get(from..).unwrap_or_default().to_owned()
    };
    let parts = message.parts.iter().map(|part| match part {
        Part::Text(text) if text.len() > LONGEST => Part::Text(cut(text.raw()).into()),
        other => other.clone(),
    });
    Message {
        id: message.id,
        role: message.role,
        parts: parts.collect(),
        state: message.state.clone(),
        at: message.at,
    }
}
