//! What must hold of every frame, whatever was said.

use hermux::base::text::width;
use ratatui::buffer::Buffer;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::rig::{Rig, Shot};
use crate::common::sequences::Allowed;

/// What stands in the gutter of the transcript: two cells that hermux alone writes (SEC-10).
const GUTTER: [&str; 4] = ["  ", "▌ ", "· ", "┃ "];
/// Characters of one cell at most: a base, eight marks, and as many joiners as 64 bytes hold.
const CELL_BYTES: usize = 64;
const MARKS: usize = 8;

/// The rows as a person sees them.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    let wide = usize::from(buffer.area.width).max(1);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let (mut text, mut skip) = (String::new(), 0);
        for cell in cells {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = cell.symbol();
            if symbol.len() > 1 {
                skip = width::of(symbol).saturating_sub(1);
            }
            text.push_str(symbol);
        }
        text
    };
    buffer.content.chunks(wide).map(row).collect()
}

/// Everything about one frame. `who` is named when it fails.
pub(crate) fn all(rig: &Rig, shot: &Shot, allowed: &Allowed, who: &str) {
    if let Err(wrong) = allowed.read(&shot.bytes, false) {
        panic!("{who}: {wrong}");
    }
    let wide = usize::from(shot.buffer.area.width).max(1);
    for (y, (row, cells)) in shot.rows.iter().zip(shot.buffer.content.chunks(wide)).enumerate() {
        if row.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            continue;
        }
        for (x, cell) in cells.iter().enumerate() {
            if let Some(wrong) = wrong_with(cell.symbol()) {
                panic!("{who}: the cell {x},{y} holds {:?}: {wrong}\n{row}", cell.symbol());
            }
        }
    }
    gutter(rig, shot, who);
    emulator(rig, shot, who);
}

/// What must not stand in a cell (SEC-01, SEC-04, SEC-05).
pub(crate) fn wrong_with(symbol: &str) -> Option<&'static str> {
    if symbol.len() == 1 && symbol.as_bytes()[0].is_ascii_graphic() || symbol == " " || symbol.is_empty() {
        return None;
    }
    let first = symbol.chars().next()?;
    let marks =
        symbol.chars().filter(|c| c.width() == Some(0) && !matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}'));
    let hides = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    let joins = symbol.contains(['\u{200d}', '\u{fe0e}', '\u{fe0f}']);
    if symbol.chars().any(char::is_control) {
        Some("a control character")
    } else if symbol.chars().any(hides) {
        Some("a character that hides or moves others")
    } else if joins && first.is_alphabetic() {
        Some("a joiner that joins no emoji")
    } else if symbol.graphemes(true).count() > 1 {
        Some("more than one cluster")
    } else if width::of(symbol) == 0 {
        Some("nothing to see")
    } else if symbol.len() > CELL_BYTES {
        Some("too many bytes")
    } else if marks.count() > MARKS {
        Some("too many marks")
    } else {
        None
    }
}

/// Nothing that an agent says stands in the transcript's gutter (SEC-10).
fn gutter(rig: &Rig, shot: &Shot, who: &str) {
    let chat = rig.stage.areas.chat;
    if rig.stage.ui.layer.is_some() || chat.width < 2 {
        return;
    }
    // An empty transcript has a greeting in its middle.
    let world = rig.stage.mirror.session(rig.session).and_then(|session| session.body.as_ref());
    if world.is_none_or(|body| body.messages.is_empty()) {
        return;
    }
    for y in chat.top()..chat.bottom() {
        let two = [0, 1].map(|x| shot.buffer[(chat.x + x, y)].symbol()).concat();
        assert!(GUTTER.contains(&two.as_str()), "{who}: {two:?} stands in the gutter of row {y}");
    }
}

/// The emulator shows what was painted, cell by cell: nothing drifted. Terminals disagree on joined clusters, so in a row that holds
/// one only the cells before the first are compared.
fn emulator(rig: &Rig, shot: &Shot, who: &str) {
    let area = shot.buffer.area;
    let seen = rig.screen().rows(0, area.width);
    for ((y, row), seen) in (0..area.height).zip(&shot.rows).zip(seen) {
        if seen.trim_end() == row.trim_end() {
            continue;
        }
        let mut skip = 0;
        for x in 0..area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = shot.buffer[(x, y)].symbol();
            let cells = width::of(symbol).max(1);
            // The emulator keeps no replacement character, as no other terminal does.
            let joined = symbol.chars().filter(|c| c.width() != Some(0)).count() > 1;
            if joined || symbol.contains(['\u{fe0f}', '\u{fffd}']) {
                break;
            }
            skip = cells - 1;
            let seen = rig.screen().cell(y, x).map(vt100::Cell::contents).unwrap_or_default();
            let seen = if seen.is_empty() { " " } else { seen };
            // The emulator keeps the first bytes of a cell.
            let same = seen == symbol || symbol.len() > 16 && symbol.starts_with(seen);
            assert!(
                same,
                "{who}: at {x},{y} the terminal shows {seen:?} and not {symbol:?}\n{}",
                shot.rows[usize::from(y)]
            );
        }
    }
}
