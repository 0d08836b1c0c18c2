//! The scenes as data: what the agent does, step by step. Nothing here waits or sends; `turn` plays it.

use super::replies;
use super::scenes;
use super::seed::Seed;
use super::tools::{Danger, Tool};

/// How a step before this one ended, for the words that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Denied,
    /// Nobody answered in time.
    Expired,
    /// An empty answer.
    Skipped,
}

/// One step of a scene.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Milliseconds of nothing, as a model takes before its first word.
    Pause(u64),
    /// Thinking aloud.
    Reason(String),
    /// Words of the answer. `{answer}` stands for what the person answered last.
    Say(String),
    /// Words that are said only after this outcome.
    SayIf(Outcome, String),
    /// Tagged lines: how many, and how many a second (0: as fast as can be).
    Stream {
        tag: String,
        lines: u64,
        rate: u64,
    },
    /// So many words, as fast as can be.
    Flood(u64),
    /// So many mebibytes of numbered lines, as fast as can be.
    Bulk(u64),
    Call(Tool),
    /// The session gets another title.
    Rename(String),
    /// The context is compressed and the stored session changes.
    Rotate,
    /// The provider fails: what Hermes says of its tries, each after so many milliseconds, and of the failure.
    Fail {
        retries: Vec<(u64, String)>,
        error: String,
    },
    /// The prompt is refused before a model sees it.
    Refuse(String),
    /// The process ends here.
    Crash,
    /// Silence, until an interrupt.
    Hang,
}

/// The scene for a prompt: the `/demo` scenes by name, else a greeting or an answer.
pub(super) fn scene(seed: u64, profile: &str, text: &str, first: bool, number: u64) -> Vec<Step> {
    if let Some(steps) = scenes::told(text) {
        return steps;
    }
    let mut words = text.split_whitespace();
    if words.next() == Some("/demo") {
        let name = words.next().unwrap_or("help");
        let rest: Vec<&str> = words.collect();
        return named(seed, name, &rest, number)
            .unwrap_or_else(|| vec![say(format!("There is no scene `{name}`. {}", replies::hints()))]);
    }
    if first {
        return vec![Step::Pause(350), say(replies::greeting(profile))];
    }
    let reply = replies::answer(seed, profile, text);
    let mut steps = vec![Step::Pause(400)];
    steps.extend(reply.reasoning.map(|aloud| Step::Reason(aloud.to_owned())));
    steps.push(say(reply.text));
    steps
}

pub(super) fn say(text: impl Into<String>) -> Step {
    Step::Say(text.into())
}

fn when(outcome: Outcome, text: &str) -> Step {
    Step::SayIf(outcome, text.to_owned())
}

pub(super) fn command(command: &str, output: &str, exit_code: i64, millis: u64) -> Tool {
    Tool::Terminal {
        command: command.into(),
        output: output.into(),
        exit_code,
        millis,
        danger: None,
        sudo: false,
    }
}

fn named(seed: u64, name: &str, args: &[&str], number: u64) -> Option<Vec<Step>> {
    let count = |at: usize, other: u64, most: u64| {
        args.get(at).and_then(|word| word.parse().ok()).unwrap_or(other).min(most)
    };
    Some(match name {
        "help" => vec![Step::Pause(150), say(replies::hints())],
        "stream" => {
            let tag = args.get(2).map_or_else(|| format!("S{number}"), |&tag| tag.to_owned());
            // A million lines are enough for any test, and end some day.
            vec![
                Step::Pause(150),
                Step::Stream { tag, lines: count(0, 40, 1_000_000), rate: count(1, 8, 100_000) },
            ]
        }
        "flood" => vec![Step::Pause(150), Step::Flood(count(0, 5_000, 1_000_000))],
        // A turn's end repeats all of its text in one frame, which has a bound.
        "bulk" => vec![Step::Pause(150), Step::Bulk(count(0, 4, 20))],
        "markdown" => scenes::markdown(),
        "reason" => scenes::reason(),
        "todo" => scenes::todo(),
        "subagents" => scenes::subagents(),
        "background" => scenes::background(),
        "title" => scenes::title(),
        "rotate" => scenes::rotate(),
        "error" => {
            let kind = args.first().copied().unwrap_or("provider");
            scenes::error(kind).unwrap_or_else(|| {
                vec![say(format!("There is no error `{kind}`. There are: {}.", scenes::ERRORS.join(", ")))]
            })
        }
        "tool" => tool(seed),
        "edit" => edit(),
        "approval" => approval(count(0, 1, 20)),
        "clarify" => clarify(args.first() == Some(&"open")),
        "sudo" => sudo(),
        "secret" => secret(),
        "crash" => vec![
            Step::Pause(200),
            say(
                "I will now fall over, in the middle of this sentence. What you have read so far stays, and the backend ",
            ),
            Step::Crash,
        ],
        "hang" => vec![
            Step::Pause(200),
            say("Going quiet now. Interrupt me when you have seen enough."),
            Step::Hang,
        ],
        _ => return None,
    })
}

fn tool(seed: u64) -> Vec<Step> {
    let passed = 40 + Seed::of(seed, &["tool"]).below(60);
    vec![
        Step::Pause(300),
        Step::Reason("First see what is there, then run the checks.".into()),
        say("Let me look at the project first."),
        Step::Call(command(
            "git status --short; ls src",
            " \u{1b}[31mM\u{1b}[0m src/cart.rs\n\u{1b}[1mcart.rs\u{1b}[0m\nlib.rs\nprice.rs",
            0,
            500,
        )),
        say("One file is changed. Now the tests."),
        Step::Call(command("cargo test", &test_run(passed), 101, 1_600)),
        say(format!(
            "{} of {passed} pass. The one that fails is `cart::rounds_half_up`: the change in `src/cart.rs` rounds \
             before it adds. I would sum first and round once.",
            passed - 1
        )),
    ]
}

/// What a run of tests prints on a terminal, colours and all.
fn test_run(tests: u64) -> String {
    let tag = |colour, word| format!("\u{1b}[{colour}m{word}\u{1b}[0m");
    let mut lines =
        vec![format!("{} test [unoptimized] in 0.9s", tag("1;32", "    Finished")), String::new()];
    lines.push(format!("running {tests} tests"));
    lines.extend((1..tests).map(|n| format!("test price::case_{n:02} ... {}", tag("32", "ok"))));
    lines.extend([
        format!("test cart::rounds_half_up ... {}", tag("31", "FAILED")),
        String::new(),
        "---- cart::rounds_half_up ----".to_owned(),
        "assertion failed: left 1.00, right 1.01".to_owned(),
        format!("test result: {}. {} passed; 1 failed", tag("31", "FAILED"), tests - 1),
    ]);
    lines.join("\n")
}

fn edit() -> Vec<Step> {
    let before = "# Packing list\n\n- passport\n- charger\n- two shirts\n- rain jacket\n- book\n";
    vec![
        Step::Pause(300),
        say("I will write a packing list."),
        Step::Call(Tool::WriteFile { path: "packing.md".into(), content: before.into() }),
        say("Two shirts will not do for a week."),
        Step::Call(Tool::Patch {
            path: "packing.md".into(),
            old: "- two shirts\n".into(),
            new: "- five shirts\n- socks\n".into(),
        }),
        Step::Call(Tool::ReadFile { path: "packing.md".into() }),
        say("Done: `packing.md` is in this profile's workspace. Its diffs stand above."),
    ]
}

fn approval(count: u64) -> Vec<Step> {
    let mut steps = vec![Step::Pause(300)];
    for at in 1..=count {
        let directory = if at == 1 { "old-builds".to_owned() } else { format!("old-builds-{at}") };
        steps.push(say(format!("`{directory}` can go. I will ask before I delete it.")));
        steps.push(Step::Call(Tool::Terminal {
            command: format!("rm -rf ./{directory}"),
            output: String::new(),
            exit_code: 0,
            millis: 250,
            danger: Some(Danger { class: "recursive delete", removes: directory }),
            sudo: false,
        }));
    }
    steps.extend([
        when(
            Outcome::Done,
            "Deleted, with your consent. With \"session\" the next one like it would not ask again.",
        ),
        when(Outcome::Denied, "Not deleted, as you say. I leave it alone and wait for you."),
        when(Outcome::Expired, "Nobody answered in time, so I did not delete it. Silence is not consent."),
    ]);
    steps
}

fn clarify(open: bool) -> Vec<Step> {
    let choices = ["By train", "By car", "Not at all this year"].map(str::to_owned).to_vec();
    let question = if open { "What shall I call the project?" } else { "How do you want to travel?" };
    vec![
        Step::Pause(300),
        say("One question before I go on."),
        Step::Call(Tool::Clarify { question: question.into(), choices: (!open).then_some(choices) }),
        when(Outcome::Done, "{answer}: good. Then that is settled, and I can plan around it."),
        when(Outcome::Skipped, "No answer, so I decide nothing for you. Ask again whenever you like."),
        when(Outcome::Expired, "No answer, so I decide nothing for you. Ask again whenever you like."),
    ]
}

fn sudo() -> Vec<Step> {
    vec![
        Step::Pause(300),
        say("The service log is only readable by root, so this needs your password."),
        Step::Call(Tool::Terminal {
            command: "sudo tail -n 3 /var/log/service.log".into(),
            output: "09:12 started\n09:12 listening\n09:40 reloaded".into(),
            exit_code: 0,
            millis: 400,
            danger: None,
            sudo: true,
        }),
        when(
            Outcome::Done,
            "The service started at 09:12 and reloaded once. (No command ran: this is the demo, and your word was thrown away.)",
        ),
        when(Outcome::Skipped, "Without a password I cannot read that log. Nothing else needs it."),
        when(Outcome::Expired, "The password prompt ran out, so I went on without it."),
    ]
}

fn secret() -> Vec<Step> {
    vec![
        Step::Pause(300),
        say("The weather desk needs a key. I will ask for it."),
        Step::Call(Tool::SkillView),
        when(Outcome::Done, "Thank you, the skill is ready. (The demo has thrown your key away.)"),
        when(Outcome::Skipped, "Skipped. The skill stays off until it has a key."),
        when(Outcome::Expired, "Nobody answered, so the skill stays off."),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Step, scene};
    use crate::demo::replies::SCENES;

    #[test]
    fn every_scene_that_is_offered_exists() {
        for (name, arguments, _) in SCENES {
            let steps = scene(1, "default", &format!("/demo {name} {arguments}"), true, 1);
            let refused = matches!(&steps[..], [Step::Say(text)] if text.starts_with("There is no scene"));
            assert!(!refused, "{name}");
        }
        let steps = scene(1, "default", "/demo nope", true, 1);
        assert!(matches!(&steps[..], [Step::Say(text)] if text.starts_with("There is no scene `nope`")));
    }

    #[test]
    fn a_stream_has_the_tag_of_its_session_or_the_one_asked_for() {
        let stream = |text| scene(1, "work", text, false, 3).pop();
        let tagged = |tag: &str, lines, rate| Some(Step::Stream { tag: tag.into(), lines, rate });
        assert_eq!(stream("/demo stream"), tagged("S3", 40, 8));
        assert_eq!(stream("/demo stream 100 25 W7"), tagged("W7", 100, 25));
    }

    #[test]
    fn the_first_plain_prompt_is_greeted_and_later_ones_answered() {
        let text = |first| format!("{:?}", scene(1, "work", "what now?", first, 1));
        assert!(text(true).contains("/demo approval"));
        assert_ne!(text(true), text(false));
    }
}
