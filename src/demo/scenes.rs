//! The scenes that show one thing each at its fullest: Markdown, reasoning, todo lists, child agents, errors. Data only;
//! the shorter ones are in `script`.

use super::delegation::Child;
use super::script::{Step, command, say};
use super::tools::{Task, Tool};

/// Kinds of errors a turn can end with, for `/demo error`.
pub(super) const ERRORS: [&str; 7] = ["provider", "auth", "rate", "credit", "network", "cut", "refused"];

/// What the agent says when something that ran beside the turns has ended.
pub(super) fn told(text: &str) -> Option<Vec<Step>> {
    let said = if text.starts_with("[ASYNC DELEGATION ") {
        "The subagents are back. Two of three found what they looked for; the one for the changelog could not read its file, \
         so I leave that part out and say so in the notes."
    } else if text.starts_with("[IMPORTANT: Background process ") {
        "The build in the background is done, without a warning. You did not have to wait for it."
    } else {
        return None;
    };
    Some(vec![Step::Pause(300), say(said)])
}

pub(super) fn markdown() -> Vec<Step> {
    vec![Step::Pause(300), say(MARKDOWN)]
}

pub(super) fn reason() -> Vec<Step> {
    vec![
        Step::Pause(300),
        Step::Reason(
            "The question is how many cakes are needed for thirty people.\n\nA cake of 26 cm gives twelve pieces. Not everybody \
             takes cake, some take two: call it one piece each. 30 / 12 is 2.5, so three cakes, and six pieces are left for \
             the people who help to clean up.\n\nWait: four of them do not eat gluten. One of the three should be without \
             flour then, and that one is cut first, with a clean knife."
                .into(),
        ),
        say(
            "**Three cakes.** Thirty people, one piece each, twelve pieces a cake: that leaves six pieces.\n\nMake one of them \
             without flour, for the four guests who need that, and cut it first.",
        ),
        Step::Call(command("python3 -c 'print(3 * 12 - 30)'", "6", 0, 300)),
        Step::Reason("Six, as I thought. No need to change anything.".into()),
        say("Checked: 3 × 12 − 30 = 6."),
    ]
}

pub(super) fn todo() -> Vec<Step> {
    let all: [(&str, &str); 5] = [
        ("1", "Read the bug report"),
        ("2", "Write a test that fails"),
        ("3", "Find where the total is rounded twice"),
        ("4", "Round once, at the end"),
        ("5", "Run all tests"),
    ];
    let stands = |at: usize, now: usize| match at.cmp(&now) {
        std::cmp::Ordering::Less => "completed",
        std::cmp::Ordering::Equal => "in_progress",
        std::cmp::Ordering::Greater => "pending",
    };
    let list: Vec<Task> =
        all.iter().enumerate().map(|(at, (id, content))| (*id, *content, stands(at, 0))).collect();
    let works = [
        command("cat reports/142.md", "The total is one cent too low for three items at 0.335.", 0, 900),
        command(
            "cargo test --quiet cart::three_thirds",
            "0 passed; 1 failed: left 1.00, right 1.01",
            101,
            1_300,
        ),
        command("grep -rn round src", "src/cart.rs:41: price.round()\nsrc/cart.rs:58: total.round()", 0, 700),
        Tool::WriteFile { path: "cart.rs".into(), content: "let total = prices.sum().round();\n".into() },
        command("cargo test --quiet", "running 61 tests\n61 passed", 0, 1_700),
    ];
    let mut steps = vec![
        Step::Pause(300),
        say("Five steps; I keep a list, so that you can see where I am."),
        Step::Call(Tool::Todo { todos: list, merge: false }),
    ];
    for (at, work) in works.into_iter().enumerate() {
        steps.push(Step::Call(work));
        let changed = all.iter().enumerate().filter(|(of, _)| *of == at || *of == at + 1);
        let todos = changed.map(|(of, (id, content))| (*id, *content, stands(of, at + 1))).collect();
        steps.push(Step::Call(Tool::Todo { todos, merge: true }));
    }
    steps.push(say(
        "Done: it rounded each price and then the sum. Now it rounds once, and all 61 tests pass.",
    ));
    steps
}

pub(super) fn subagents() -> Vec<Step> {
    let child = |goal, tools, status, summary| Child { goal, tools, status, summary, own: None };
    let tasks = vec![
        Child {
            own: Some(Box::new(child(
                "Check the three sources that the survey cites most",
                vec![("web_search", "sources", 2_400)],
                "completed",
                "All three say what the survey says they do.",
            ))),
            ..child(
                "Survey how other tools store their sessions",
                vec![
                    ("web_search", "session storage terminal tools", 1_800),
                    ("web_extract", "https://example.com/sqlite-in-practice", 2_200),
                ],
                "completed",
                "Nine of eleven use SQLite with write-ahead logging; two keep one JSON file a session.",
            )
        },
        child(
            "Collect every change since the last release from the changelog",
            vec![("read_file", "CHANGELOG.md", 1_500)],
            "failed",
            "CHANGELOG.md: no such file in this workspace",
        ),
        child(
            "Measure how long the listing takes with 10,000 sessions",
            vec![
                ("terminal", "cargo bench --bench listing", 3_500),
                ("terminal", "grep mean target/criterion/listing.json", 900),
            ],
            "completed",
            "4.1 ms for the first page of 50; the count is what takes the time.",
        ),
    ];
    vec![
        Step::Pause(300),
        say("Three questions that do not need each other: I give each to a subagent."),
        Step::Call(Tool::Delegate { tasks }),
        say("They are at work. We can go on meanwhile; I will be told when the last one is back."),
    ]
}

pub(super) fn background() -> Vec<Step> {
    let output = vec![
        (900, "   Compiling hull v0.3.1\n".to_owned()),
        (1_500, "   Compiling sails v0.3.1\n".to_owned()),
        (1_600, "    Finished in 4.02s\n".to_owned()),
    ];
    vec![
        Step::Pause(300),
        say("That build takes a while. I start it in the background."),
        Step::Call(Tool::Background { command: "cargo build --release".into(), output }),
        say("It runs. I will be told when it is done; until then ask me anything."),
    ]
}

pub(super) fn title() -> Vec<Step> {
    vec![
        Step::Pause(300),
        say(
            "A session gets its name from its first turn, and may get another one at any time. Watch the tab:\n\n",
        ),
        Step::Pause(900),
        Step::Rename("Watch this tab".into()),
        say("Now it is called *Watch this tab*. "),
        Step::Pause(1_500),
        Step::Rename("Named twice".into()),
        say("And now *Named twice*: another client of this session could have done that."),
    ]
}

pub(super) fn rotate() -> Vec<Step> {
    vec![
        Step::Pause(400),
        Step::Rotate,
        say(
            "The context was full, so what we said before is now a summary, and this session is stored under a new id. Nothing \
             changes for you: the tab, the queue and the draft are the same.",
        ),
    ]
}

/// What `/demo error KIND` ends with; the lines are what Hermes says of its tries.
pub(super) fn error(kind: &str) -> Option<Vec<Step>> {
    let retry = |seconds: &str, at: u64| (600, format!("⏳ Retrying in {seconds}s (attempt {at}/3)..."));
    let gave_up = |why: &str| (500, format!("❌ API failed after 3 retries — {why}"));
    let failed = |retries, error: String| Step::Fail { retries, error };
    let after_all = |why: &str| {
        failed(
            vec![retry("2.6", 1), retry("5.2", 2), gave_up(why)],
            format!("API call failed after 3 retries: {why}"),
        )
    };
    let at_once = |why: &str, code: u16| {
        failed(vec![(0, format!("❌ Non-retryable error (HTTP {code}): {why}"))], why.to_owned())
    };
    let end = match kind {
        "provider" => after_all("HTTP 500: the server had an error while processing your request"),
        "auth" => at_once("HTTP 401: incorrect API key provided", 401),
        "rate" => {
            let why = "HTTP 429: rate limit reached for demo-model, try again in 20s";
            let waiting = |seconds: &str, at: u64| {
                (600, format!("⏱️ Rate limited. Waiting {seconds}s (attempt {at}/3)..."))
            };
            failed(
                vec![
                    waiting("8.0", 2),
                    waiting("16.0", 3),
                    (500, format!("❌ Rate limited after 3 retries — {why}")),
                ],
                format!("API call failed after 3 retries: {why}"),
            )
        }
        "credit" => {
            let why = "HTTP 402: insufficient credits";
            failed(
                vec![(300, format!("❌ Billing or credits exhausted — {why}"))],
                format!("Billing or credits exhausted: {why}"),
            )
        }
        "network" => after_all("Connection error."),
        "cut" => failed(
            vec![retry("2.4", 1), retry("4.8", 2), gave_up("Network connection lost.")],
            "API call failed after 3 retries: Network connection lost.\n\nThe provider's stream connection keeps dropping — this \
             often happens when generating very large tool call responses (e.g. write_file with long content). Try asking me to \
             use execute_code with Python's open() for large files, or to write in smaller sections."
                .into(),
        ),
        "refused" => Step::Refuse(
            "@ context injection refused: 405010 tokens exceeds the 50% hard limit (100000).".into(),
        ),
        _ => return None,
    };
    let mut steps = vec![Step::Pause(300)];
    if kind == "cut" {
        steps.push(say(
            "Here is the first half of what I wanted to say, and then the connection to the provider ",
        ));
    }
    steps.push(end);
    Some(steps)
}

const MARKDOWN: &str = r#"# Everything Markdown can do

A paragraph with **bold**, *italic*, ***both***, ~~struck~~, `inline code`, a [link](https://example.com/docs/reading?page=2) and a bare one: https://example.com/plain. This sentence is here so that the paragraph is long enough to wrap on most screens.

## Lists

1. First
2. Second, with things below it
   - a bullet
   - another one that is long enough to wrap on a narrow screen, and whose second line stands under the first
     - deeper still
3. Third

- [x] done
- [ ] still to do
- [ ] with `code` in it

### A table

| Plan | What it is for | Price |
|:-----|:--------------:|------:|
| Small | one person, one machine | 4 € |
| Shared | a family; 日本語 and emoji 🎉 are as wide as they are | 9 € |
| Large | everybody who has a much longer reason to want it than fits into one line of a table | 120 € |

> A quote, with **bold** in it.
>
> > And a quote inside the quote.

---

#### Code

```rust
/// The longest line, or nothing.
fn longest<'a>(lines: &[&'a str]) -> Option<&'a str> {
    lines.iter().copied().max_by_key(|line| line.len())
}
```

```python
def total(items, *, tax=0.19):
    """Cents, not floats."""
    return round(sum(i.cents for i in items) * (1 + tax))  # once
```

```json
{ "name": "hermux", "tabs": [1, 2, 3], "quiet": true, "cost": null }
```

```sh
git log --oneline --since="2 weeks ago" | grep -c fix && echo "a line that is longer than most screens are wide, to see what becomes of it"
```

```diff
- the old line
+ the new line
```

Wide characters: 漢字かな交じり文, 한국어, ｆｕｌｌ　ｗｉｄｔｈ. Emoji: 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽. Right to left: שלום. Combining: é, ñ.
"#;
