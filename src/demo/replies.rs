//! What the scripted agent says: three personas, a greeting, short useful answers. Data and choice only, no timing.

use super::seed::Seed;

/// One answer to plain text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// What the model thinks aloud first; often nothing.
    pub(super) reasoning: Option<&'static str>,
    pub(super) text: String,
}

/// What can be tried, for the greeting, the help and the completions: scene, arguments, what it shows.
pub(super) const SCENES: [(&str, &str, &str); 20] = [
    ("stream", "40 8", "streams forty lines, eight a second"),
    ("tool", "", "runs commands and reads their output"),
    ("edit", "", "writes a file, then changes it"),
    ("todo", "", "works through a todo list"),
    ("subagents", "", "sends three subagents to work; one fails"),
    ("approval", "", "asks before a risky command"),
    ("clarify", "", "asks you a question (`clarify open`: without choices)"),
    ("sudo", "", "asks for a password (any word will do)"),
    ("secret", "", "asks for a key that a skill needs"),
    ("markdown", "", "shows headings, lists, a table, quotes, code"),
    ("reason", "", "thinks aloud before it answers"),
    ("background", "", "starts a build that ends after the turn"),
    ("title", "", "gives this session other names"),
    ("rotate", "", "compresses the context into a new stored session"),
    ("flood", "5000", "says five thousand words at once"),
    ("bulk", "4", "says four megabytes at once"),
    ("error", "provider", "fails (or: auth, rate, credit, network, cut, refused)"),
    ("hang", "", "goes silent, for you to interrupt"),
    ("crash", "", "lets the backend die and come back"),
    ("help", "", "shows this list"),
];

/// The scenes of the greeting: the first ones to try.
const FIRST: [&str; 7] = ["stream", "tool", "edit", "todo", "subagents", "approval", "clarify"];

/// The persona of a profile, as its `SOUL.md` has it.
pub(super) fn soul(profile: &str) -> String {
    let line = match profile {
        "work" => "You are the engineer's second pair of eyes: exact, brief, tests first.",
        "research" => "You are a careful reader: sources before claims, doubts said plainly.",
        _ => "You are a calm helper for everyday things: short answers, one good suggestion.",
    };
    format!("# {profile}\n\n{line}\n")
}

/// The first answer of a session.
pub(super) fn greeting(profile: &str) -> String {
    let hello = match profile {
        "work" => "Hello from work, where I play an engineer's second pair of eyes.",
        "research" => "Hello from research, where I play a careful reader of papers.",
        _ => "Hello! Here I play a helper for everyday things.",
    };
    let other = if profile == "default" { "work" } else { "default" };
    format!(
        "{hello} I follow a script, without a model or a network, but every event you see is the real thing.\n\n\
         Try one of these:\n\n{}\n- `/demo help` lists all of them\n\n\
         Then start one, switch to the {other} profile and start another: both keep running.",
        list(|name| FIRST.contains(&name))
    )
}

/// The title of a session that begins with `text`.
pub(super) fn title(text: &str) -> String {
    if let Some(scene) = text.strip_prefix("/demo") {
        return format!("Demo: {}", scene.split_whitespace().next().unwrap_or("help"));
    }
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    let line: String = words.join(" ").chars().take(48).collect();
    let line = line.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let mut chars = line.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "New session".into(),
    }
}

/// All scenes but the list itself.
pub(super) fn hints() -> String {
    format!("Try one of these:\n\n{}", list(|name| name != "help"))
}

fn list(shown: impl Fn(&str) -> bool) -> String {
    let lines: Vec<String> = SCENES
        .iter()
        .filter(|(name, ..)| shown(name))
        .map(|(name, arguments, shows)| {
            let gap = if arguments.is_empty() { "" } else { " " };
            format!("- `/demo {name}{gap}{arguments}` {shows}")
        })
        .collect();
    lines.join("\n")
}

/// An answer to plain `text`, the same for the same seed, profile and text.
pub(super) fn answer(seed: u64, profile: &str, text: &str) -> Reply {
    let mut seed = Seed::of(seed, &[profile, text]);
    let lower = text.to_lowercase();
    let has = |words: &[&str]| lower.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    let (reasoning, pool): (Option<&'static str>, &[&str]) = if has(&["thanks", "thank", "danke", "merci"]) {
        (None, THANKS)
    } else if has(&["hello", "hi", "hey", "hallo", "moin"]) {
        (None, HELLOS)
    } else if has(&["test", "tests", "bug", "error", "fails", "failing", "crash", "debug"]) {
        (Some("Reproduce first, then narrow it down. A failing case is worth more than a theory."), BUGS)
    } else if has(&["plan", "trip", "week", "todo", "schedule", "organise", "organize"]) {
        (Some("They want steps, not an essay. Three steps, the first one small."), PLANS)
    } else if has(&[
        "mail",
        "email",
        "letter",
        "write",
        "draft",
        "notes",
        "summary",
        "summarise",
        "summarize",
    ]) {
        (Some("Tone: friendly and short. Lead with the request."), DRAFTS)
    } else if has(&["code", "rust", "python", "function", "sql", "regex", "script"]) {
        (Some("A small example says more than a description."), CODE)
    } else if lower.trim_end().ends_with('?') {
        (Some("Answer first, then the one thing that would change it."), QUESTIONS)
    } else {
        (None, OTHERS)
    };
    let reasoning = reasoning.filter(|_| seed.below(3) > 0);
    let chosen = seed.pick(pool);
    let short: String = text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
    Reply { reasoning, text: chosen.replace("{topic}", &short.replace('`', "'")) }
}

const THANKS: &[&str] = &[
    "You are welcome. Shall I keep this session for later, or start fresh next time?",
    "Glad it helped. `/demo tool` shows me doing some work, if you have a minute.",
];
const HELLOS: &[&str] = &[
    "Hello again. Ask something, or try `/demo edit` to watch a file change.",
    "Hi! I am listening. `/demo approval` asks for your consent before a risky command; that one is worth a look.",
];
const BUGS: &[&str] = &[
    "Let us pin it down:\n\n1. **Reproduce** it with the smallest input that fails\n2. **Bisect**: which change brought it?\n3. **Write the test** that fails, then fix until it passes\n\nWhat does the first error line say?",
    "Two usual suspects: state that one test leaves for the next, and time. Run the failing test alone, twenty times. If it always passes alone, it is the first; if it fails now and then, it is the second.",
];
const PLANS: &[&str] = &[
    "A plan you can start today:\n\n1. **Ten minutes**: write down what *done* looks like\n2. **This week**: the one part that everything else waits for\n3. **Then**: the rest, in order of regret if skipped\n\nWhich part would you rather not do? That is usually number 2.",
    "I would split it in three: what must happen, what would be nice, what can be dropped without anybody noticing. The third list is the useful one.",
];
const DRAFTS: &[&str] = &[
    "A first draft:\n\n> Hi,\n>\n> quick one: could you look at this by Thursday? Ten minutes are enough, and one line back is fine.\n>\n> Thank you!\n\nIt asks for one thing and says by when. Warmer, or shorter?",
    "Start with the sentence you would say aloud, then stop when it is said. Give me the three facts, and I will put them in order.",
];
const CODE: &[&str] = &[
    "A small shape to start from:\n\n```rust\nfn longest<'a>(lines: &[&'a str]) -> Option<&'a str> {\n    lines.iter().copied().max_by_key(|line| line.len())\n}\n```\n\nIt borrows, allocates nothing, and says *none* when there is nothing.",
    "Keep the parsing at the edge and plain types inside: then the middle can be tested without files.\n\n```python\ndef total(items):\n    return sum(item.cents for item in items)\n```\n\nCents, not floats: that spares you the rounding.",
];
const QUESTIONS: &[&str] = &[
    "In short: yes, if you can undo it; otherwise try it small first.\n\nWhat would change my answer is how many people would notice a mistake.",
    "It depends on one thing: how often it happens. Daily: make it automatic. Monthly: write it down. Yearly: do it by hand.",
    "Good question. A real model would now think about *{topic}* in earnest; I can only show you how it would look. `/demo help` lists what I play well.",
];
const OTHERS: &[&str] = &[
    "Noted: *{topic}*. I am a script, so I cannot take it further, but I can show you the rest of the house: `/demo help`.",
    "Understood. With a real model behind me this is where the work would start. `/demo tool` and `/demo edit` show what that looks like.",
    "I have *{topic}*. Say it as a question and I will give you an opinion; say `/demo stream 60 20` and I will give you a lot of text.",
];

#[cfg(test)]
mod tests {
    use super::{answer, greeting, hints};

    #[test]
    fn the_same_words_get_the_same_answer_and_other_words_vary() {
        assert_eq!(answer(1, "work", "is it late?"), answer(1, "work", "is it late?"));
        let answers: std::collections::BTreeSet<_> =
            (0..40).map(|n| answer(1, "work", &format!("tell me about number {n}")).text).collect();
        assert!(answers.len() > 2, "{answers:?}");
    }

    #[test]
    fn a_greeting_says_what_can_be_tried_and_profiles_differ() {
        assert!(greeting("work").contains("/demo approval"));
        assert_ne!(greeting("work"), greeting("research"));
        assert!(hints().lines().count() >= 10);
    }

    #[test]
    fn a_short_word_inside_another_word_is_not_a_greeting() {
        assert!(!answer(1, "default", "something odd").text.contains("Hello again"));
    }
}
