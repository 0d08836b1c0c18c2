use super::collide::Around;
use super::*;
use crate::config::source::Source;
use rstest::rstest;

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// KEY-01.
#[test]
fn the_default_keys_have_no_conflict_and_every_id_is_unique() {
    let map = Keymap::standard();
    for action in ACTIONS {
        assert_eq!(map.keys_of(action.id).len(), action.keys.len(), "{} lost a key", action.id);
    }
    let mut ids: Vec<_> = ACTIONS.iter().map(|action| action.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), ACTIONS.len());
}

/// KEY-06: no scope takes a way out for itself.
#[test]
fn no_card_list_or_dialog_shadows_a_way_out() {
    let map = Keymap::standard();
    let ways_out = ["alt-a", "alt-1", "alt-9", "alt-0", "alt-,", "alt-.", "alt-r", "alt-p", "f1"];
    let scopes = [
        &[Scope::Card, Scope::Global][..],
        &[Scope::Choice, Scope::Card, Scope::Global],
        &[Scope::Field, Scope::Text, Scope::Global],
        &[Scope::List, Scope::Text, Scope::Global],
        &[Scope::Dialog, Scope::Global],
        &[Scope::Transcript, Scope::Global],
        &[Scope::Sessions, Scope::Global],
        &[Scope::Empty, Scope::Composer, Scope::Text, Scope::Global],
        &[Scope::Composer, Scope::Text, Scope::Global],
    ];
    for scopes in scopes {
        for way in ways_out {
            let alone = map.meaning(&[Scope::Global], false, key(way));
            assert!(matches!(alone, Meaning::Intent(_)), "{way}");
            assert_eq!(map.meaning(scopes, false, key(way)), alone, "{way} in {scopes:?}");
        }
        assert_eq!(map.meaning(scopes, false, key("ctrl-x")), Meaning::Leader);
        assert_eq!(map.meaning(scopes, true, key("a")), Meaning::Intent(Intent::NextAttention));
        assert_eq!(map.meaning(scopes, true, key("q")), Meaning::Intent(Intent::Quit));
    }
}

/// KEY-02.
#[test]
fn the_palette_opens_by_three_ways() {
    let map = Keymap::standard();
    let empty = &[Scope::Empty, Scope::Composer, Scope::Text, Scope::Global];
    let open = Meaning::Intent(Intent::Palette);
    assert_eq!(map.meaning(empty, false, key("ctrl-p")), open);
    assert_eq!(map.meaning(empty, true, key("p")), open);
    assert_eq!(map.meaning(empty, false, key(":")), open);
    let written = &[Scope::Composer, Scope::Text, Scope::Global];
    assert_eq!(map.meaning(written, false, key(":")), Meaning::Intent(Intent::Type(':')));
    assert_eq!(map.meaning(empty, false, key("/")), Meaning::Intent(Intent::Type('/')));
}

/// SEC-20, ASK-03: no bare letter or digit decides anything where text is written.
#[test]
fn typing_never_means_a_decision() {
    let map = Keymap::standard();
    for scopes in [
        &[Scope::Empty, Scope::Composer, Scope::Text, Scope::Global][..],
        &[Scope::Composer, Scope::Text, Scope::Global],
        &[Scope::List, Scope::Text, Scope::Global],
    ] {
        for c in ('0'..='9').chain('a'..='z').chain('A'..='Z') {
            assert_eq!(map.meaning(scopes, false, Key::char(c)), Meaning::Intent(Intent::Type(c)));
        }
    }
}

#[test]
fn a_letter_that_means_nothing_on_a_card_does_nothing() {
    let map = Keymap::standard();
    assert_eq!(map.meaning(&[Scope::Card, Scope::Global], false, key("q")), Meaning::Nothing);
    assert_eq!(map.meaning(&[Scope::Card, Scope::Global], false, key("enter")), Meaning::Nothing);
}

/// KEY-07: nothing that anything around hermux takes, and no Alt at all; with Ctrl only the editing of a line and the ways out.
#[test]
fn the_noncolliding_preset_has_no_key_that_something_around_it_takes() {
    let map = Keymap::preset(Preset::Noncolliding);
    let mut kept = std::collections::BTreeSet::new();
    for (action, chords, _) in map.all() {
        for chord in chords.iter().filter(|chord| !chord.leader) {
            assert!(!chord.key.alt, "{} has {}", action.id, chord.key);
            if chord.key.ctrl {
                kept.insert(chord.spelled());
                let taken = Around::ALL.iter().any(|around| around.takes(chord.key));
                assert!(!taken || chord.spelled() == "ctrl-h", "{} has {}", action.id, chord.key);
            }
        }
    }
    let line = "ctrl-_ ctrl-backspace ctrl-c ctrl-d ctrl-delete ctrl-e ctrl-f ctrl-h ctrl-j ctrl-k ctrl-left ctrl-right ctrl-u \
                ctrl-w ctrl-y ctrl-z";
    assert_eq!(kept.into_iter().collect::<Vec<_>>().join(" "), line);
    assert!(Around::ALL.iter().all(|around| !around.takes(map.leader())));
}

/// KEY-07: what loses its last key is in the palette, or has a key of the same meaning.
#[test]
fn the_noncolliding_preset_leaves_a_way_to_every_action() {
    let (map, standard) = (Keymap::preset(Preset::Noncolliding), Keymap::standard());
    let lost = ACTIONS
        .iter()
        .filter(|action| map.keys_of(action.id).is_empty() && !standard.keys_of(action.id).is_empty());
    let lost: Vec<&str> = lost.map(|action| action.id).collect();
    assert_eq!(
        lost,
        [
            "view.up",
            "view.down",
            "view.redraw",
            "edit.start",
            "edit.end",
            "edit.redo",
            "transcript.half_up",
            "transcript.half_down"
        ]
    );
}

#[test]
fn every_key_is_spelled_as_it_is_read() {
    for (_, chords, _) in Keymap::standard().all() {
        for chord in chords {
            assert_eq!(parse(&chord.spelled()), Some(*chord));
        }
    }
}

fn with(file: &str) -> Result<Keymap, Vec<String>> {
    let read = Source::default().read_text(file);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    Keymap::of(&read).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// KEY-01.
#[test]
fn keys_can_be_changed_and_unbound() {
    let map = with("[keys]\n\"tab.close\" = \"f4\"\n\"tab.1\" = []\n\"tab.2\" = \"\"\n").unwrap();
    assert_eq!(map.meaning(&[Scope::Global], false, key("f4")), Meaning::Intent(Intent::CloseTab));
    assert_eq!(map.meaning(&[Scope::Global], true, key("w")), Meaning::Nothing);
    assert_eq!(map.meaning(&[Scope::Global], false, key("alt-1")), Meaning::Nothing);
    assert!(map.keys_of("tab.1").is_empty() && map.keys_of("tab.2").is_empty());
}

/// KEY-01: what a person binds takes its key from the preset's action, in the same place only.
#[test]
fn the_persons_binding_takes_the_key() {
    let map = with("[keys]\n\"tab.3\" = \"alt-a\"\nleader = \"ctrl-p\"\n").unwrap();
    assert_eq!(map.meaning(&[Scope::Global], false, key("alt-a")), Meaning::Intent(Intent::Tab(2)));
    assert_eq!(map.keys_of("session.next_attention"), ["Ctrl-P a"]);
    assert_eq!(map.meaning(&[Scope::Global], false, key("ctrl-p")), Meaning::Leader);
    assert_eq!(map.meaning(&[Scope::Global], false, key("ctrl-x")), Meaning::Nothing);
}

/// KEY-01: with their lines and the nearest right one, all of them.
#[test]
fn mistakes_in_keys_are_all_told() {
    let problems = with(
        "[keys]\nleader = \"space\"\n\"tab.clsoe\" = \"f4\"\n\"tab.2\" = [\"contrl-x\", \"alt-entr\"]\n\
         \"tab.3\" = \"f5\"\n\"tab.4\" = \"f5\"\n\"app.quit\" = \"q\"\n\"card.allow_once\" = \"enter\"\n",
    );
    assert_eq!(
        problems.unwrap_err(),
        [
            "line 2: `space` cannot be the leader: it is needed for writing and moving; use a key with ctrl or alt, or a function key",
            "line 3: there is no action `tab.clsoe`; did you mean `tab.close`?",
            "line 4: `contrl-x` of `tab.2` is not a key; write it like ctrl-x, alt-a, f1 or leader w",
            "line 4: `alt-entr` of `tab.2` is not a key; write it like ctrl-x, alt-a, f1 or leader w; did you mean `enter`?",
            "line 6: `f5` means both `tab.3` and `tab.4`",
            "line 7: `q` is typed where `app.quit` works; use it as \"leader q\", or with ctrl or alt",
            "line 8: `enter` never allows anything; give `card.allow_once` another key",
        ]
    );
}

#[rstest]
#[case("ctrl-x", "Ctrl-X")]
#[case("alt-a", "Alt-a")]
#[case("shift-tab", "Shift-Tab")]
#[case("alt-enter", "Alt-Enter")]
#[case("ctrl--", "Ctrl--")]
#[case("f12", "F12")]
#[case("N", "N")]
#[case("shift-n", "N")]
#[case("space", "Space")]
#[case("pageup", "PgUp")]
#[case("-", "-")]
fn keys_are_read_and_written(#[case] text: &str, #[case] shown: &str) {
    assert_eq!(key(text).to_string(), shown);
}

#[test]
fn what_is_no_key_is_refused() {
    for bad in ["", "ctrl-", "hyper-x", "f0", "f99", "enterr"] {
        assert_eq!(Key::parse(bad).filter(|_| bad != "ctrl-"), None, "{bad}");
    }
}

/// UX-35, KEY-01. Run with `HERMUX_BLESS=1` to write the document anew.
#[test]
fn the_document_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/KEYS.md");
    if std::env::var_os("HERMUX_BLESS").is_some() {
        std::fs::write(path, markdown()).unwrap();
    }
    pretty_assertions::assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), markdown());
}
