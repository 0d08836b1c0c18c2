use super::*;
use rstest::rstest;

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

#[rstest]
#[case("\u{1b}[31mred\u{1b}[0m", "␛[31mred␛[0m")]
#[case("\u{9b}2J", "<U+009B>2J")]
#[case("a\rb", "a^Mb")]
#[case("bell\u{7}", "bell^G")]
#[case("del\u{7f}", "del^?")]
#[case("\u{1b}]52;c;aGk=\u{7}", "␛]52;c;aGk=^G")]
fn escape_sequences_are_shown_and_not_obeyed(#[case] text: &str, #[case] drawn: &str) {
    for mode in [Mode::Prose, Mode::Decide, Mode::Label] {
        assert_eq!(drawable(text, mode), drawn);
    }
}

#[rstest]
#[case("one\r\ntwo", Mode::Prose, "one\ntwo")]
#[case("one\r\ntwo", Mode::Decide, "one^M\ntwo")]
#[case("one\ntwo", Mode::Label, "one␤two")]
#[case("a\tb", Mode::Prose, "a   b")]
#[case("a\tb", Mode::Decide, "a⇥  b")]
#[case("漢\tb", Mode::Prose, "漢  b")]
#[case("a\u{a0}b", Mode::Decide, "a<U+00A0>b")]
#[case("a\u{3000}b", Mode::Prose, "a\u{3000}b")]
#[case("\u{301}x", Mode::Prose, "◌\u{301}x")]
#[case("\u{2028}", Mode::Decide, "<U+2028>")]
#[case("\u{e000}", Mode::Decide, "<U+E000>")]
#[case("\u{378}", Mode::Decide, "<U+0378>")]
fn blanks_and_line_ends_have_a_rule_for_each_mode(
    #[case] text: &str,
    #[case] mode: Mode,
    #[case] drawn: &str,
) {
    assert_eq!(drawable(text, mode), drawn);
}

/// UX-25.
#[rstest]
#[case("👨‍👩‍👧‍👦", 2)]
#[case("🇩🇪", 2)]
#[case("❤️", 2)]
#[case("漢字", 4)]
#[case("ｶﾞ", 2)]
#[case("ﾞ", 1)]
#[case("e\u{301}", 1)]
#[case("👍🏽", 2)]
#[case("1️⃣", 2)]
fn emoji_clusters_and_wide_letters_pass_unharmed(#[case] text: &str, #[case] cells: usize) {
    for mode in [Mode::Prose, Mode::Decide, Mode::Label] {
        assert_eq!(drawable(text, mode), text);
    }
    assert_eq!(width::of(text), cells);
}

/// SEC-05.
#[test]
fn a_tower_of_marks_is_cut() {
    let tower = format!("a{}", "\u{301}".repeat(500));
    let prose = drawable(&tower, Mode::Prose);
    assert_eq!(prose.chars().filter(|c| *c == '\u{301}').count(), 8);
    assert!(prose.ends_with(HIDDEN_MARK));
    let line = drawable(&"x".repeat(50_000), Mode::Prose);
    assert!(line.ends_with(" … 30000 more characters"), "{}", &line[line.len() - 40..]);
}

/// SEC-05: whatever joins without end, a cell holds 64 bytes of it, and the rest is said.
#[rstest]
#[case::marks("\u{301}")]
#[case::skins("\u{1f3fd}")]
#[case::jamo("\u{1100}")]
#[case::vowels("\u{1161}")]
#[case::conjuncts("\u{94d}\u{915}")]
#[case::emoji("\u{200d}\u{1f469}")]
#[case::selectors("\u{fe0f}")]
#[case::joiners("\u{200d}")]
fn a_cell_holds_a_bounded_cluster(
    #[case] piece: &str,
    #[values("a", "\u{915}", "\u{1100}", "\u{1f468}")] base: &str,
) {
    for mode in [Mode::Prose, Mode::Decide, Mode::Label] {
        let drawn = drawable(&format!("{base}{}", piece.repeat(200)), mode);
        for cluster in drawn.graphemes(true) {
            assert!(cluster.len() <= 64, "{mode:?}: {} bytes in one cell", cluster.len());
        }
    }
}

#[test]
fn what_is_decided_on_is_never_cut() {
    let long = "x".repeat(50_000);
    assert_eq!(drawable(&long, Mode::Decide), long);
}

#[rstest]
#[case("hello", 5, "hello")]
#[case("hello", 4, "hel…")]
#[case("漢字漢字", 5, "漢字…")]
#[case("漢字", 3, "漢…")]
#[case("漢字", 2, "…")]
#[case("abc", 1, "…")]
#[case("abc", 0, "")]
fn labels_are_cut_by_cells_with_an_ellipsis(#[case] text: &str, #[case] cells: usize, #[case] want: &str) {
    let got = label(text, cells);
    assert_eq!(got, want);
    assert!(width::of(&got) <= cells);
}

#[test]
fn a_path_keeps_both_ends() {
    let cut = width::truncate_middle("/home/someone/projects/hermux/src", 16);
    assert!(width::of(&cut) <= 16 && cut.starts_with("/hom") && cut.ends_with("hermux/src"), "{cut}");
}

/// SEC-24.
#[rstest]
#[case("ls -la", &[])]
#[case("ls\u{200b}", &[inspect::Oddity::Hidden])]
#[case("echo \u{1b}[2K", &[inspect::Oddity::Control])]
#[case("rm x\rls", &[inspect::Oddity::CarriageReturn])]
#[case("ls          ; rm x", &[inspect::Oddity::Padding])]
#[case("ls\n\n\n\n\n\n\n\n\nrm", &[inspect::Oddity::Padding])]
#[case("curl p\u{430}ypal.com", &[inspect::Oddity::MixedScripts])]
#[case("echo привет hello", &[])]
#[case("export K=[REDACTED]", &[inspect::Oddity::Redacted])]
#[case("echo 👨‍👩‍👧", &[])]
fn oddities_are_named(#[case] text: &str, #[case] want: &[inspect::Oddity]) {
    assert_eq!(inspect::oddities(text), want);
}

proptest::proptest! {
    /// SEC-01: whatever goes in, nothing a terminal would obey comes out.
    #[test]
    fn drawable_text_has_no_controls(text in ".{0,80}", controls in proptest::collection::vec(proptest::char::any(), 0..20)) {
        let text = format!("{text}{}", controls.into_iter().collect::<String>());
        for mode in [Mode::Prose, Mode::Decide, Mode::Label] {
            let drawn = drawable(&text, mode);
            proptest::prop_assert!(drawn.chars().all(|c| c == '\n' && mode != Mode::Label || !c.is_control()));
            proptest::prop_assert!(!all(BIDI_CONTROL).any(|c| drawn.contains(c)));
        }
    }
}
