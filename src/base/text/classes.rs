//! Which characters may be drawn as themselves.
//!
//! The tables name what Unicode calls `Default_Ignorable_Code_Point` and `Bidi_Control`; unassigned, private and
//! separator characters are recognised by the standard library's own printability table.

/// Whether `c` draws as itself. `strict` also refuses blanks other than the space, and private use.
pub(super) fn is_plain(c: char, strict: bool) -> bool {
    match c {
        ' '..='~' => true,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        // The blank Braille pattern is "printable" and draws nothing.
        | '\u{2800}'
        | '\u{e000}'..='\u{f8ff}' => !strict,
        _ => !is_hidden(c) && is_printable(c),
    }
}

/// `Default_Ignorable_Code_Point` and `Bidi_Control`: characters that draw nothing, or move others.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `c` is a combining mark that takes no cell of its own.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii()
        && !is_hidden(c)
        && !c.is_control()
        && !super::width::is_voice_mark(c)
        && unicode_width::UnicodeWidthChar::width(c) == Some(0)
        && is_printable(c)
}

/// Whether `c` after `previous` belongs to an emoji: a joiner, a presentation selector, a keycap.
pub(super) fn shapes_emoji(previous: char, c: char) -> bool {
    match c {
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(previous) || matches!(previous, '#' | '*' | '0'..='9'),
        '\u{200d}' => is_emoji(previous) || previous == '\u{fe0f}',
        _ => false,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// The standard library's table, reached through escaping: behind a base letter only what is not printable is
/// escaped (unassigned, private use, control, format, separators).
fn is_printable(c: char) -> bool {
    if matches!(c, '"' | '\'' | '\\') || (c.is_alphanumeric() && !is_hidden(c)) {
        return true;
    }
    let mut pair = [0u8; 8];
    let used = c.encode_utf8(pair.get_mut(1..).unwrap_or(&mut [])).len();
    if let Some(first) = pair.first_mut() {
        *first = b'a';
    }
    pair.get(..=used)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .is_some_and(|text| text.escape_debug().count() == 2)
}
