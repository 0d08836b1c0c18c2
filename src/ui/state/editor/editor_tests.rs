use super::*;
use crate::base::ids::{ProfileName, StoredId};
use proptest::prelude::*;
use rstest::rstest;

fn with(text: &str) -> Editor {
    Editor::with_units(unit::segment(text))
}

type Key = fn(&mut Editor);

fn undo(editor: &mut Editor) {
    editor.undo();
}

/// The text with the caret as `|`.
fn shown(editor: &Editor) -> String {
    let mut out = String::new();
    for (at, unit) in editor.units().iter().enumerate() {
        if at == editor.caret() {
            out.push('|');
        }
        out.push_str(match unit {
            Unit::Text(text) => text,
            Unit::Chip(chip) => &chip.label,
        });
    }
    if editor.caret() == editor.units().len() {
        out.push('|');
    }
    out
}

#[rstest]
#[case("one two", &[Editor::word_left as Key], "one |two")]
#[case("one two", &[Editor::word_left as Key, Editor::kill_to_line_end], "one |")]
#[case("one two", &[Editor::kill_blank_word_back as Key], "one |")]
#[case("a/b/c", &[Editor::kill_word_back as Key], "a/b/|")]
#[case("a/b/c", &[Editor::kill_blank_word_back as Key], "|")]
#[case("one\ntwo", &[Editor::kill_to_line_start as Key], "one\n|")]
#[case("one\ntwo", &[Editor::kill_to_line_start as Key, Editor::kill_to_line_start], "one|")]
#[case("one two", &[Editor::line_start as Key, Editor::kill_word, Editor::line_end, Editor::yank], " twoone|")]
#[case("one\ntwo", &[Editor::line_start as Key, Editor::left, Editor::line_start], "|one\ntwo")]
#[case("ab", &[Editor::left as Key, Editor::delete], "a|")]
#[case("👨‍👩‍👧‍👦", &[Editor::backspace as Key], "|")]
#[case("e\u{301}x", &[Editor::left as Key, Editor::backspace], "|x")]
#[case("ab", &[Editor::clear as Key, undo], "ab|")]
fn emacs_keys_do_what_fingers_know(#[case] text: &str, #[case] keys: &[Key], #[case] want: &str) {
    let mut editor = with(text);
    for key in keys {
        key(&mut editor);
    }
    assert_eq!(shown(&editor), want);
}

#[test]
fn a_mark_typed_later_joins_the_letter_before_it() {
    let mut editor = with("e");
    editor.insert("\u{301}");
    assert_eq!(editor.units().len(), 1);
    editor.backspace();
    assert!(editor.is_empty());
}

#[test]
fn a_word_undoes_as_a_whole() {
    let mut editor = with("");
    for c in "hello big world".chars() {
        editor.insert(&c.to_string());
    }
    editor.undo();
    assert_eq!(shown(&editor), "hello big|");
    editor.redo();
    assert_eq!(shown(&editor), "hello big world|");
}

/// UX-11.
#[test]
fn a_long_paste_is_a_chip_that_sends_its_full_text() {
    let long = "line\n".repeat(214);
    let mut editor = with("see ");
    editor.paste(&long);
    assert_eq!(shown(&editor), "see [paste 1: 214 lines]|");
    assert_eq!(editor.text(), format!("see {long}"));
    editor.backspace();
    assert_eq!(editor.text(), "see ");
    editor.undo();
    assert!(editor.expand_chip());
    assert_eq!(editor.text(), format!("see {long}"));
    assert!(editor.units().len() > 214);
    editor.paste(&"x".repeat(2_001));
    assert!(editor.units().last().is_some_and(|unit| unit.text().is_none()));
    editor.paste(&"x\n".repeat(20));
    assert!(editor.text().ends_with("x\n"), "a short paste is plain text");
}

fn linked(title: &str) -> Linked {
    let profile = ProfileName::new("work").unwrap();
    Linked { profile, id: StoredId::new("20261121_a1").unwrap(), title: title.into() }
}

/// D01, D02, D03: one step of every motion, one Backspace, and the exact link when it is sent.
#[test]
fn a_linked_session_is_one_unit_named_by_its_title() {
    let mut editor = with("see");
    editor.insert_link(linked("Fix the \u{1b}[31mlogin page"));
    assert_eq!(editor.text(), "see @session:work/20261121_a1 ");
    assert_eq!(editor.units().len(), 6);
    assert!(matches!(&editor.units()[4], Unit::Chip(chip) if chip.label.starts_with("@Fix the")));
    assert!(!editor.units()[4].drawn().contains('\u{1b}'));
    editor.left();
    editor.left();
    assert_eq!(editor.caret(), 4);
    editor.word_right();
    assert_eq!(editor.caret(), 5);
    assert!(!editor.expand_chip(), "a link is no text to be changed");
    editor.backspace();
    assert_eq!(shown(&editor), "see | ");
    editor.undo();
    assert_eq!(editor.text(), "see @session:work/20261121_a1 ");
    editor.reset(Vec::new());
    editor.insert_link(linked(" "));
    assert_eq!(shown(&editor), "@work/20261121_a1 |", "what has no title is named by its id");
}

#[test]
fn line_ends_of_a_paste_become_line_breaks() {
    let mut editor = with("");
    editor.paste("a\r\nb\rc");
    assert_eq!(editor.text(), "a\nb\nc");
}

#[test]
fn a_backslash_before_enter_breaks_the_line() {
    let mut editor = with("one\\");
    assert!(editor.backslash_newline());
    assert_eq!(shown(&editor), "one\n|");
    assert!(!editor.backslash_newline());
}

#[test]
fn vertical_motion_follows_the_rows_that_are_drawn() {
    let mut editor = with("the quick brown fox\njumps");
    // Rows at ten cells: "the quick ", "brown fox", "jumps".
    assert_eq!(editor.rows(10), [0..10, 10..19, 20..25]);
    assert!(editor.up(10));
    assert_eq!(shown(&editor), "the quick brown| fox\njumps");
    assert!(editor.up(10));
    assert_eq!(shown(&editor), "the q|uick brown fox\njumps");
    assert!(!editor.up(10));
    assert!(editor.down(10) && editor.down(10) && !editor.down(10));
    assert_eq!(shown(&editor), "the quick brown fox\njumps|");
}

#[test]
fn a_wide_letter_never_straddles_a_row() {
    let editor = with("漢字漢字");
    assert_eq!(editor.rows(5), [0..2, 2..4]);
    assert_eq!(editor.caret_at(5), (1, 4));
}

#[derive(Clone, Debug)]
enum Op {
    Insert(String),
    Paste(String),
    Do(usize),
    Up(usize),
    Down(usize),
}

const DEEDS: &[fn(&mut Editor)] = &[
    Editor::backspace,
    Editor::delete,
    Editor::left,
    Editor::right,
    Editor::word_left,
    Editor::word_right,
    Editor::line_start,
    Editor::line_end,
    Editor::start,
    Editor::end,
    Editor::kill_to_line_end,
    Editor::kill_to_line_start,
    Editor::kill_word,
    Editor::kill_word_back,
    Editor::kill_blank_word_back,
    Editor::yank,
    Editor::newline,
    Editor::clear,
    |e| {
        e.undo();
    },
    |e| {
        e.redo();
    },
    |e| {
        e.expand_chip();
    },
    |e| {
        e.backslash_newline();
    },
    |e| e.insert_link(linked("t")),
];

fn op() -> impl Strategy<Value = Op> {
    let piece = prop_oneof![
        "[a-z \\\\]{1,4}",
        Just("\u{301}".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("👨".to_owned()),
        Just("🇩".to_owned()),
        Just("\u{fe0f}".to_owned()),
        Just("漢\t\u{7}\n".to_owned()),
        Just("각".to_owned()),
        Just("\u{1100}".to_owned()),
    ];
    prop_oneof![
        4 => piece.prop_map(Op::Insert),
        1 => prop_oneof![Just("l\r\n".repeat(30)), Just("🇪\r".to_owned())].prop_map(Op::Paste),
        6 => (0..DEEDS.len()).prop_map(Op::Do),
        1 => (1..12usize).prop_map(Op::Up),
        1 => (1..12usize).prop_map(Op::Down),
    ]
}

fn run(editor: &mut Editor, op: &Op) {
    match op {
        Op::Insert(text) => editor.insert(text),
        Op::Paste(text) => editor.paste(text),
        Op::Do(n) => DEEDS[*n](editor),
        Op::Up(width) => {
            editor.up(*width);
        }
        Op::Down(width) => {
            editor.down(*width);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_caret_stands_on_grapheme_boundaries_and_chips_stay_whole(ops in proptest::collection::vec(op(), 0..60)) {
        let mut editor = Editor::default();
        for op in &ops {
            run(&mut editor, op);
            prop_assert!(editor.caret() <= editor.units().len());
            // Segmenting the text between chips anew gives the very same units: no cluster is split or doubled.
            prop_assert_eq!(unit::resegment(editor.units().to_vec()), editor.units());
            prop_assert!(!editor.text().contains('\r'));
            for unit in editor.units() {
                if let Unit::Chip(chip) = unit {
                    let whole = match chip.of {
                        ChipOf::Paste => chip.label.starts_with("[paste ") && chip.text.lines().count() == 30,
                        ChipOf::Link(_) => chip.label == "@t" && &*chip.text == "@session:work/20261121_a1",
                    };
                    prop_assert!(whole);
                }
            }
            let rows = editor.rows(7);
            prop_assert!(rows.iter().all(|row| row.start <= row.end));
            prop_assert!(editor.caret_at(7).0 < rows.len());
        }
    }

    #[test]
    fn undoing_a_step_restores_text_and_caret(ops in proptest::collection::vec(op(), 0..30)) {
        let mut editor = Editor::default();
        for op in &ops {
            let before = (editor.units().to_vec(), editor.caret());
            let steps = editor.undo.len();
            editor.begin();
            run(&mut editor, op);
            let after = (editor.units().to_vec(), editor.caret());
            if editor.undo.len() > steps && !matches!(op, Op::Do(n) if *n == 19) {
                prop_assert!(editor.undo());
                prop_assert_eq!((editor.units().to_vec(), editor.caret()), before);
                prop_assert!(editor.redo());
                prop_assert_eq!((editor.units().to_vec(), editor.caret()), after);
            }
        }
        while editor.undo() {}
        prop_assert!(editor.is_empty());
    }
}
