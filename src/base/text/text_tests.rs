use super::*;

/// `Default_Ignorable_Code_Point` of Unicode 16, written out.
const DEFAULT_IGNORABLE: &[(u32, u32)] = &[
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
];
const BIDI_CONTROL: &[(u32, u32)] = &[(0x61C, 0x61C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)];

fn all(ranges: &[(u32, u32)]) -> impl Iterator<Item = char> {
    ranges.iter().flat_map(|&(a, b)| a..=b).filter_map(char::from_u32)
}

/// SEC-04.
#[test]
fn every_ignorable_and_bidi_character_is_spelled_out_where_a_person_decides() {
    for c in all(DEFAULT_IGNORABLE).chain(all(BIDI_CONTROL)) {
        for (before, after) in [("a", "b"), ("", ""), (" ", " "), ("é", "漢")] {
            let text = format!("{before}{c}{after}");
            let want = format!("<U+{:04X}>", u32::from(c));
            for mode in [Mode::Decide, Mode::Label] {
                let drawn = drawable(&text, mode);
                assert!(drawn.contains(&want), "{:04X} in {text:?} was drawn as {drawn:?}", u32::from(c));
                assert!(!drawn.contains(c));
            }
        }
    }
}

/// SEC-04.
#[test]
fn every_ignorable_and_bidi_character_leaves_a_mark_in_prose() {
    for c in all(DEFAULT_IGNORABLE).chain(all(BIDI_CONTROL)) {
        let drawn = drawable(&format!("a{c}b"), Mode::Prose);
        assert_eq!(drawn, format!("a{HIDDEN_MARK}b"), "{:04X}", u32::from(c));
        assert_eq!(width::of(&drawn), 3);
    }
}

/// SEC-01.
#[test]
fn no_control_character_survives_in_any_mode() {
    for code in (0..0x20).chain(0x7f..0xa0) {
        let c = char::from_u32(code).unwrap();
        for mode in [Mode::Prose, Mode::Decide, Mode::Label] {
            let drawn = drawable(&format!("x{c}y"), mode);
            let newline_kept = c == '\n' && mode != Mode::Label;
            assert!(
                drawn.chars().all(|d| !d.is_control() || newline_kept && d == '\n'),
                "{code:02X}: {drawn:?}"
            );
            assert!(drawn.len() > 2, "{code:02X} left no trace");
        }
    }
}
