use super::*;
use crate::base::ids::{MessageId, ToolId};
use crate::base::text::Untrusted;
use crate::model::tool::ToolCall;
use crate::ui::state::lines::LineCache;
use crate::ui::state::titles::Titles;
use proptest::prelude::*;

const ID: MessageId = MessageId(1);

fn message(parts: Vec<Part>) -> Message {
    Message { parts, ..Message::text(ID, Role::Assistant, "", MessageState::Streaming) }
}

fn text(text: &str) -> Message {
    message(vec![Part::Text(text.into())])
}

fn call(n: usize) -> ToolCall {
    ToolCall {
        id: ToolId::new(&format!("call_{n}")),
        name: "terminal".into(),
        context: "ls".into(),
        args: Untrusted::default(),
        state: ToolState::Running,
        started: Tick(1_000),
        millis: None,
        output: Untrusted::default(),
        output_len: 0,
        diff: None,
    }
}

fn fill(cache: &mut LineCache, message: &Message, look: Look, now: Tick) -> Vec<Line<'static>> {
    let theme = Theme::ansi();
    let paper = Paper {
        accent: Style::new(),
        theme: &theme,
        key: Some("alt-o"),
        colours: true,
        titles: &Titles::default(),
        now,
    };
    cache.fill(ID, look, now, &Sheet { message, look, paper });
    cache.get(ID).to_vec()
}

/// What a turn does to its message.
#[derive(Clone, Debug)]
enum Op {
    Say(String),
    Think(String),
    Call,
    /// The nth of the calls that run ends with so many lines.
    Return(usize, usize),
    Note,
    Wait(u64),
    End,
}

fn op() -> impl Strategy<Value = Op> {
    let piece = || "[a-c `#*\n-]{0,6}|```|\n\n|漢";
    prop_oneof![
        4 => piece().prop_map(Op::Say),
        3 => piece().prop_map(Op::Think),
        2 => Just(Op::Call),
        2 => (0..3usize, 0..20usize).prop_map(|(n, lines)| Op::Return(n, lines)),
        1 => Just(Op::Note),
        1 => (0..3_000u64).prop_map(Op::Wait),
        1 => Just(Op::End),
    ]
}

/// Does `op` as the world does, and tells the cache what the mirror would.
fn happen(op: Op, message: &mut Message, cache: &mut LineCache, now: &mut Tick) {
    if !matches!(op, Op::Wait(_)) && message.state == MessageState::Done {
        return;
    }
    let last = message.parts.len().saturating_sub(1);
    let ends_thought = !matches!(op, Op::Think(_) | Op::Return(..) | Op::Wait(_));
    if let (true, Some(Part::Reasoning { ended, .. })) = (ends_thought, message.parts.last_mut())
        && ended.is_none()
    {
        *ended = Some(*now);
        cache.changed(ID, last);
    }
    match (op, message.parts.last_mut()) {
        (Op::Say(more), Some(Part::Text(text)))
        | (Op::Think(more), Some(Part::Reasoning { text, ended: None, .. })) => {
            text.push_str(&more);
            cache.grown(ID, last);
        }
        (Op::Say(more), _) => push(message, cache, Part::Text(more.into())),
        (Op::Think(more), _) => {
            push(message, cache, Part::Reasoning { text: more.into(), started: *now, ended: None });
        }
        (Op::Call, _) => push(message, cache, Part::Tool(Box::new(call(last)))),
        (Op::Note, _) => push(message, cache, Part::Note { level: Level::Info, text: "a note".into() }),
        (Op::Return(n, lines), _) => {
            let running = message.parts.iter_mut().enumerate().filter_map(|(at, part)| match part {
                Part::Tool(call) if call.state == ToolState::Running => Some((at, call)),
                _ => None,
            });
            if let Some((at, call)) = running.take(n + 1).last() {
                call.state = ToolState::Done;
                call.output = "line\n".repeat(lines).into();
                cache.changed(ID, at);
            }
        }
        (Op::Wait(ms), _) => *now = now.plus(ms),
        (Op::End, _) => {
            message.state = MessageState::Done;
            cache.ended(ID);
        }
    }
}

fn push(message: &mut Message, cache: &mut LineCache, part: Part) {
    message.parts.push(part);
    cache.ended(ID);
}

proptest! {
    /// However a message comes about, its rows are those of the message laid out at once.
    #[test]
    fn a_message_under_way_is_laid_out_as_the_whole(
        ops in proptest::collection::vec(op(), 1..40), unfolded: bool, width in 8..40u16,
    ) {
        let look = Look { width, unfolded, chosen: false };
        let (mut cache, mut now) = (LineCache::default(), Tick(5_000));
        let mut message = message(Vec::new());
        for op in ops {
            happen(op, &mut message, &mut cache, &mut now);
            let rows = fill(&mut cache, &message, look, now);
            prop_assert_eq!(rows, fill(&mut LineCache::default(), &message, look, now));
        }
    }
}

/// A thought that began amid a second of the hub counts its own.
#[test]
fn a_clock_turns_when_its_own_second_is_over() {
    let thinks = Part::Reasoning { text: "hm".into(), started: Tick(5_400), ended: None };
    let message = message(vec![thinks]);
    let look = Look { width: 40, unfolded: false, chosen: false };
    let mut cache = LineCache::default();
    fill(&mut cache, &message, look, Tick(6_000));
    let rows = fill(&mut cache, &message, look, Tick(6_400));
    assert!(rows.iter().any(|row| row.to_string().contains("0:01")), "{rows:?}");
}

/// A delta costs the last line of what streams, and nothing of what stands before it.
#[test]
fn a_delta_costs_its_last_line() {
    let look = Look { width: 40, unfolded: true, chosen: false };
    let many = "line\n".repeat(10_000) + "end";
    let theme = Theme::ansi();
    let paper = Paper {
        accent: Style::new(),
        theme: &theme,
        key: None,
        colours: true,
        titles: &Titles::default(),
        now: Tick(0),
    };
    let thought = Part::Reasoning { text: many.as_str().into(), started: Tick(0), ended: None };
    for (message, rows) in [(text(&many), 10_001), (message(vec![thought]), 10_002)] {
        let mut laid = Laid::default();
        Sheet { message: &message, look, paper }.parts(&mut laid, 0);
        let stream = laid.stream.unwrap();
        let bytes = match stream.text {
            Growing::Markdown(flow) => flow.bytes(),
            Growing::Plain(bytes) => bytes,
        };
        assert!(bytes > 49_000 && rows - stream.rows < 1_000, "{bytes} of 50003, {} of {rows}", stream.rows);
    }
}

/// What finished before is not laid out again when a call ends behind it.
#[test]
fn a_call_that_ends_costs_the_parts_from_it_on() {
    struct Counted(std::cell::RefCell<Vec<usize>>);
    impl Lay for Counted {
        fn parts(&self, laid: &mut Laid, from: usize) {
            self.0.borrow_mut().push(from);
            for part in from..3 {
                laid.starts.push(laid.rows.len());
                laid.rows.push(Line::raw(part.to_string()));
            }
            laid.starts.push(laid.rows.len());
        }
        fn grow(&self, _: &mut Vec<Line<'static>>, _: &mut Stream) {}
        fn live(&self, part: usize) -> Line<'static> {
            Line::raw(part.to_string())
        }
    }
    let look = Look { width: 40, unfolded: true, chosen: false };
    let (mut cache, lay) = (LineCache::default(), Counted(Vec::new().into()));
    for part in [0, 1, 2] {
        cache.fill(ID, look, Tick(0), &lay);
        cache.changed(ID, part);
    }
    cache.fill(ID, look, Tick(0), &lay);
    cache.fill(ID, look, Tick(1), &lay);
    assert_eq!(*lay.0.borrow(), [0, 0, 1, 2], "and nothing when only time passed");
}

/// SEC-10: whatever a text opens and does not close, its rows stay behind the gutter and within the width.
#[test]
fn markdown_stays_behind_the_gutter() {
    let hostile = [
        "```\n╭─ ! Approval ─╮\n│ y  allow     │\n╰──────────────╯",
        "> > > > > > > > > > > > > > > > > > > deep\n▌ you said this",
        "- - - - - - - - - - - - - - - - - - - deep\n┃ chosen",
        "| a | b |\n|---|---|\n| ` | ``` |\n```\n| c |",
        "~~~\n```\n</code>\n~~~~\n\u{1b}[2J\u{1b}[H\u{9b}1;1H",
        "[x](\n```\n<!--\n**\n1. \n\t\t- ",
    ];
    for width in [8, 20, 40, 120] {
        let look = Look { width, unfolded: false, chosen: false };
        for source in hostile {
            let rows = fill(&mut LineCache::default(), &text(source), look, Tick(0));
            for row in rows.iter().skip(1) {
                assert_eq!(row.spans[0].content, "  ", "{source:?}");
                let cells: usize = row.spans.iter().map(|span| text::width::of(&span.content)).sum();
                assert!(cells < usize::from(width), "{cells} of {width}: {row:?}");
            }
        }
    }
}

/// The rows of a long text are not made again when its message ends, nor when something follows it.
#[test]
fn what_a_stream_laid_out_is_kept_when_it_ends() {
    struct Grows<'a>(Sheet<'a>, std::cell::RefCell<Vec<usize>>);
    impl Lay for Grows<'_> {
        fn parts(&self, laid: &mut Laid, from: usize) {
            self.1.borrow_mut().push(from);
            self.0.parts(laid, from);
        }
        fn grow(&self, rows: &mut Vec<Line<'static>>, stream: &mut Stream) {
            self.0.grow(rows, stream);
        }
        fn live(&self, part: usize) -> Line<'static> {
            self.0.live(part)
        }
    }
    let look = Look { width: 40, unfolded: false, chosen: false };
    let theme = Theme::ansi();
    let paper = Paper {
        accent: Style::new(),
        theme: &theme,
        key: None,
        colours: true,
        titles: &Titles::default(),
        now: Tick(0),
    };
    let mut cache = LineCache::default();
    let mut message = text("a\n\nb");
    cache.fill(ID, look, Tick(0), &Sheet { message: &message, look, paper });
    message.state = MessageState::Done;
    cache.ended(ID);
    let lay = Grows(Sheet { message: &message, look, paper }, Vec::new().into());
    cache.fill(ID, look, Tick(0), &lay);
    assert_eq!(*lay.1.borrow(), [1], "only what follows the text");
    assert_eq!(cache.get(ID), fill(&mut LineCache::default(), &message, look, Tick(0)));
}
