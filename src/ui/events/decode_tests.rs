use super::*;
use crate::ui::events::{Mouse, MouseDeed, Reply};
use rstest::rstest;

fn key(text: &str) -> Input {
    Input::Key(Key::parse(text).unwrap())
}

/// All input of `bytes` that come at once, and whatever a long silence brings.
fn decode(bytes: &[u8]) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.feed(bytes, Tick(0), &mut out);
    decoder.expire(Tick(10_000), &mut out);
    out
}

fn table() -> Vec<(&'static [u8], Vec<Input>)> {
    vec![
        (b"a", vec![key("a")]),
        (b"A", vec![key("A")]),
        ("é漢👍".as_bytes(), vec![key("é"), key("漢"), key("👍")]),
        (b"\r", vec![key("enter")]),
        (b"\n", vec![key("ctrl-j")]),
        (b"\x7f", vec![key("backspace")]),
        (b"\x1f", vec![key("ctrl-_")]),
        (b"\x18a", vec![key("ctrl-x"), key("a")]),
        (b"\x1b", vec![key("esc")]),
        (b"\x1ba", vec![key("alt-a")]),
        (b"\x1b\r", vec![key("alt-enter")]),
        (b"\x1b\x7f", vec![key("alt-backspace")]),
        (b"\x1b[", vec![key("alt-[")]),
        (b"\x1bO", vec![key("alt-O")]),
        (b"\x1b\x1b[A", vec![key("esc"), key("up")]),
        (b"\x1b[A", vec![key("up")]),
        (b"\x1bOA", vec![key("up")]),
        (b"\x1b[1;3A", vec![key("alt-up")]),
        (b"\x1b[1;5H", vec![key("ctrl-home")]),
        (b"\x1b[5~", vec![key("pageup")]),
        (b"\x1b[3;5~", vec![key("ctrl-delete")]),
        (b"\x1bOP", vec![key("f1")]),
        (b"\x1b[[A", vec![key("f1")]),
        (b"\x1b[24~", vec![key("f12")]),
        (b"\x1b[Z", vec![key("shift-tab")]),
        (b"\x1b[13;2u", vec![key("shift-enter")]),
        (b"\x1b[97;3u", vec![key("alt-a")]),
        (b"\x1b[97;3:3u", vec![]),
        (b"\x1b[112;9u", vec![key("cmd-p")]),
        (b"\x1b[27;5;13~", vec![key("ctrl-enter")]),
        (b"\x1b[57441u", vec![]),
        (b"\x1b[<64;10;5M", vec![Input::Mouse(Mouse { deed: MouseDeed::WheelUp, column: 9, row: 4 })]),
        (b"\x1b[<0;1;1M", vec![Input::Mouse(Mouse { deed: MouseDeed::Press, column: 0, row: 0 })]),
        (b"\x1b[<0;1;1m", vec![Input::Mouse(Mouse { deed: MouseDeed::Release, column: 0, row: 0 })]),
        (b"\x1b[<2;1;1m", vec![]),
        (b"\x1b[<2;3;1M", vec![Input::Mouse(Mouse { deed: MouseDeed::RightPress, column: 2, row: 0 })]),
        (b"\x1b[<32;3;2M", vec![Input::Mouse(Mouse { deed: MouseDeed::Drag, column: 2, row: 1 })]),
        (b"\x1b[<36;3;2M", vec![Input::Mouse(Mouse { deed: MouseDeed::Drag, column: 2, row: 1 })]),
        (b"\x1b[<66;1;1M", vec![Input::Mouse(Mouse { deed: MouseDeed::WheelLeft, column: 0, row: 0 })]),
        (b"\x1b[<67;1;1M", vec![Input::Mouse(Mouse { deed: MouseDeed::WheelRight, column: 0, row: 0 })]),
        (b"\x1b[<35;1;1M", vec![]),
        (b"\x1b[I\x1b[O", vec![Input::Focus(true), Input::Focus(false)]),
        (b"\x1b[?2026;2$y", vec![Input::Reply(Reply::SynchronizedOutput(true))]),
        (b"\x1b[?2026;0$y", vec![Input::Reply(Reply::SynchronizedOutput(false))]),
        (b"\x1b[?1u", vec![Input::Reply(Reply::KittyKeyboard)]),
        (b"\x1b[?62;22c", vec![Input::Reply(Reply::Last)]),
        (b"\x1b[200~rm -rf\ry\x1b[201~", vec![Input::Paste("rm -rf\ry".into())]),
        (b"\x1b[200~\x1b[201~x", vec![Input::Paste(String::new()), key("x")]),
        (b"\x1b[200~a\x1b[20b\x1b[201~", vec![Input::Paste("a\x1b[20b".into())]),
        // Answers nobody asked for, late or malformed: consumed.
        (b"\x1b]11;rgb:0000/0000/0000\x07x", vec![Input::Reply(Reply::Background((0, 0, 0))), key("x")]),
        (b"\x1b]11;rgb:0000/0000/0000\x1b\\x", vec![Input::Reply(Reply::Background((0, 0, 0))), key("x")]),
        (b"\x1bP>|xterm(390)\x1b\\x", vec![key("x")]),
        (b"\x1b[12;40R", vec![]),
        (b"\x1b[>41;390;0c", vec![]),
        (b"\x1b[4;600;800t", vec![]),
        (b"\xff\xfea", vec![key("a")]),
        (b"\xc3a", vec![key("a")]),
    ]
}

#[test]
fn every_sequence_means_what_the_table_says() {
    for (bytes, want) in table() {
        assert_eq!(decode(bytes), want, "{:?}", String::from_utf8_lossy(bytes));
    }
}

/// FLT-42, KEY-08: cut anywhere, the second part up to 40 ms later.
#[test]
fn a_sequence_cut_anywhere_means_the_same() {
    for (bytes, want) in table() {
        for cut in 0..=bytes.len() {
            for delay in [0, 1, 40] {
                let mut decoder = Decoder::default();
                let mut out = Vec::new();
                decoder.feed(&bytes[..cut], Tick(0), &mut out);
                decoder.feed(&bytes[cut..], Tick(delay), &mut out);
                decoder.expire(Tick(10_000), &mut out);
                assert_eq!(out, want, "{:?} cut at {cut}, {delay} ms", String::from_utf8_lossy(bytes));
            }
        }
    }
}

/// KEY-08.
#[rstest]
#[case(49, &["alt-a"])]
#[case(50, &["esc", "a"])]
fn an_escape_waits_fifty_milliseconds_for_its_key(#[case] delay: u64, #[case] want: &[&str]) {
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.feed(b"\x1b", Tick(0), &mut out);
    assert_eq!(decoder.deadline(), Some(Tick(50)));
    decoder.feed(b"a", Tick(delay), &mut out);
    assert_eq!(out, want.iter().map(|k| key(k)).collect::<Vec<_>>());
    assert_eq!(decoder.deadline(), None);
}

/// SEC-03, ASK-82: a slow answer is never typed.
#[test]
fn a_late_answer_of_the_terminal_is_never_text() {
    for cut in 0..b"\x1b[?2026;2$y".len() {
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        decoder.expect_answers(true, Tick(0));
        decoder.feed(&b"\x1b[?2026;2$y"[..cut], Tick(100), &mut out);
        decoder.feed(&b"\x1b[?2026;2$y"[cut..], Tick(500), &mut out);
        assert_eq!(out, [Input::Reply(Reply::SynchronizedOutput(true))], "cut at {cut}");
    }
}

/// UX-20: the answer on the background comes late, cut anywhere, before the last one or after it.
#[test]
fn a_late_background_is_never_text() {
    for answer in [&b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"[..], b"\x1b]11;rgb:ffff/ffff/ffff\x07"] {
        for cut in 0..=answer.len() {
            for (first, then) in [(10, 20), (10, 509), (2_900, 3_399), (140, 2_000), (9_000, 9_049)] {
                for after_the_last in [false, true] {
                    // A lone escape is a key again once the terminal has answered all, or never will.
                    if cut == 1 && then - first >= 50 && after_the_last
                        || ((1..3).contains(&cut) || first >= 3_000) && then - first > 500
                    {
                        continue;
                    }
                    let mut decoder = Decoder::default();
                    let mut out = Vec::new();
                    decoder.expect_answers(true, Tick(0));
                    if after_the_last {
                        decoder.feed(b"\x1b[?62;22c", Tick(5), &mut out);
                        assert_eq!(out.pop(), Some(Input::Reply(Reply::Last)));
                    }
                    decoder.feed(&answer[..cut], Tick(first), &mut out);
                    decoder.feed(&answer[cut..], Tick(then), &mut out);
                    decoder.feed(b"k", Tick(then + 5), &mut out);
                    let rest = out.split_off(out.len() - 1);
                    let told = Input::Reply(Reply::Background((255, 255, 255)));
                    assert_eq!((out, rest), (vec![told], vec![key("k")]), "cut at {cut}, {first}..{then}");
                }
            }
        }
    }
}

/// KEY-08: the window is as long as is set.
#[test]
fn an_escape_waits_as_long_as_is_set() {
    let mut decoder = Decoder { escape_ms: 120, ..Decoder::default() };
    let mut out = Vec::new();
    decoder.feed(b"\x1b", Tick(0), &mut out);
    decoder.feed(b"a", Tick(119), &mut out);
    assert_eq!(out, [key("alt-a")]);
    out.clear();
    decoder.feed(b"\x1b", Tick(1_000), &mut out);
    decoder.feed(b"a", Tick(1_120), &mut out);
    assert_eq!(out, [key("esc"), key("a")]);
}

/// FLT-41.
#[test]
fn a_large_paste_is_one_piece_and_a_paste_without_end_is_delivered() {
    let big = "0123456789abcdef\n".repeat(600_000);
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    for chunk in format!("\x1b[200~{big}\x1b[201~").as_bytes().chunks(65_536) {
        decoder.feed(chunk, Tick(0), &mut out);
    }
    assert!(out == [Input::Paste(big)]);
    out.clear();
    decoder.feed(b"\x1b[200~half\x1b[20", Tick(0), &mut out);
    decoder.expire(Tick(999), &mut out);
    assert!(out.is_empty());
    decoder.expire(Tick(1_000), &mut out);
    assert_eq!(out, [Input::Paste("half\x1b[20".into())]);
}

proptest::proptest! {
    /// Random bytes neither panic nor get stuck, and every printable key survives the noise's end.
    #[test]
    fn noise_is_survived(noise in proptest::collection::vec(proptest::num::u8::ANY, 0..200), cut in 0..200usize) {
        let cut = cut.min(noise.len());
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        decoder.feed(&noise[..cut], Tick(0), &mut out);
        decoder.feed(&noise[cut..], Tick(60), &mut out);
        decoder.expire(Tick(10_000), &mut out);
        proptest::prop_assert_eq!(decoder.deadline(), None);
        out.clear();
        decoder.feed(b"k", Tick(20_000), &mut out);
        proptest::prop_assert_eq!(out, vec![key("k")]);
    }
}
