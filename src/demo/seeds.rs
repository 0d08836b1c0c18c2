//! The past sessions of a demo home, as data.

/// A finished session of `profile`.
#[derive(Debug)]
pub(super) struct PastSession {
    pub(super) profile: &'static str,
    pub(super) title: &'static str,
    /// How long ago its last message was.
    pub(super) minutes_ago: f64,
    pub(super) turns: &'static [PastTurn],
}

/// One prompt and its answer, with at most one tool call between.
#[derive(Debug)]
pub(super) struct PastTurn {
    pub(super) user: &'static str,
    /// Name, arguments and result, both JSON text.
    pub(super) tool: Option<(&'static str, &'static str, &'static str)>,
    pub(super) reply: &'static str,
}

const fn turn(user: &'static str, reply: &'static str) -> PastTurn {
    PastTurn { user, tool: None, reply }
}

const fn looked(
    user: &'static str,
    tool: (&'static str, &'static str, &'static str),
    reply: &'static str,
) -> PastTurn {
    PastTurn { user, tool: Some(tool), reply }
}

const fn past(
    profile: &'static str,
    title: &'static str,
    minutes_ago: f64,
    turns: &'static [PastTurn],
) -> PastSession {
    PastSession { profile, title, minutes_ago, turns }
}

const HOUR: f64 = 60.0;
const DAY: f64 = 24.0 * HOUR;

/// Every past session of every profile.
pub(super) const PAST: &[PastSession] = &[
    past(
        "default",
        "Weekend trip to the coast",
        38.0,
        &[
            turn(
                "Two days by the sea with the train, no car. Ideas?",
                "Pick a town with the station near the water:\n\n- **Day 1**: arrive before noon, harbour walk, ferry to the island and back\n- **Day 2**: cliff path in the morning (about 9 km, flat), late train home\n\nPack for wind. Shall I look at train times for Saturday?",
            ),
            turn(
                "Yes, leaving around eight.",
                "There are two that fit: 07:52 (one change, 2 h 40) and 08:21 (direct, 2 h 55). The direct one is worth the fifteen minutes.",
            ),
        ],
    ),
    past(
        "default",
        "Tidy the downloads folder",
        3.0 * HOUR,
        &[looked(
            "What eats the space in my downloads?",
            (
                "terminal",
                r#"{"command":"du -sh ~/Downloads/* | sort -h | tail -4"}"#,
                r#"{"output":"310M\tscan-2024.zip\n1.2G\tconference-talks\n2.8G\tubuntu.iso\n4.1G\told-phone-backup","exit_code":0,"error":null}"#,
            ),
            "Four items make up 8.4 of 9.1 GB. `old-phone-backup` (4.1 GB) is the oldest, and `ubuntu.iso` can be fetched again any time. I have deleted nothing.",
        )],
    ),
    past(
        "default",
        "Sourdough that does not collapse",
        DAY + 2.0 * HOUR,
        &[
            turn(
                "My loaf spreads flat in the oven. Why?",
                "Most often the dough is **over-proofed**. Three checks, cheapest first:\n\n1. Poke it: if the dent stays, bake sooner.\n2. Shape tighter, and let it rest seam side up.\n3. Drop the water from 75 % to 70 % for one bake and compare.",
            ),
            turn(
                "The dent stays. So bake sooner?",
                "Yes: shorten the last rise by a third and put it in the fridge for the final hour. It scores better cold, too.",
            ),
        ],
    ),
    past(
        "default",
        "Regex for order numbers",
        3.0 * DAY,
        &[turn(
            "A regex for order numbers like AB-2024-00317, please. Year from 2015 on.",
            "```\n^[A-Z]{2}-20(1[5-9]|[2-9]\\d)-\\d{5}$\n```\n\nIt takes 2015 to 2099. Say so if lower-case prefixes should pass as well.",
        )],
    ),
    past(
        "default",
        "Explain compound interest to a ten-year-old",
        6.0 * DAY,
        &[turn(
            "Explain compound interest to a ten-year-old, in five sentences.",
            "You put 10 coins in a jar, and each year the jar gives you 1 coin for every 10 inside. After a year you have 11 coins. Next year the jar counts all 11, not only your first 10. So the gift itself earns a gift. Wait long enough, and most coins in the jar are gifts.",
        )],
    ),
    past(
        "work",
        "Flaky checkout test",
        12.0,
        &[
            looked(
                "test_checkout_total fails about one time in ten on CI. Have a look?",
                (
                    "terminal",
                    r#"{"command":"pytest tests/test_checkout.py -q --count 20"}"#,
                    r#"{"output":"F...................\n1 failed, 19 passed in 14.02s","exit_code":1,"error":null}"#,
                ),
                "Reproduced: 1 of 20. The test adds items from a `set`, and the rounding depends on their order.\n\nFix: sum in cents before converting, in `cart.total()`. The test then needs no change.",
            ),
            turn(
                "Do it in cents. And add a test for the order.",
                "Done in `cart.py`, with `test_total_does_not_depend_on_item_order` beside it. 200 runs, no failure.",
            ),
        ],
    ),
    past(
        "work",
        "Release notes for 2.8",
        2.0 * HOUR,
        &[turn(
            "Draft release notes for 2.8 from the merged pull requests.",
            "**2.8**\n\n- Exports run in the background; you get a mail when they are ready\n- Search finds parts of words\n- Fixed: the date picker jumped a day west of Greenwich\n\nI left out four internal refactorings. Shall I list the people who contributed?",
        )],
    ),
    past(
        "work",
        "Slow dashboard query",
        7.0 * HOUR,
        &[looked(
            "The orders dashboard takes nine seconds. What is it doing?",
            (
                "terminal",
                r#"{"command":"psql -c 'EXPLAIN ANALYZE SELECT ...'"}"#,
                r#"{"output":"Seq Scan on orders  (actual time=0.02..8714.55 rows=1204)","exit_code":0,"error":null}"#,
            ),
            "A sequential scan of `orders` takes 8.7 of the 9 seconds: the filter is on `lower(email)`, and the index is on `email`.\n\n```sql\nCREATE INDEX CONCURRENTLY orders_email_lower ON orders (lower(email));\n```",
        )],
    ),
    past(
        "work",
        "On-call handover",
        DAY,
        &[turn(
            "Summarise last night's alerts for the handover.",
            "Three alerts, one that matters:\n\n1. **02:14** disk on `db-2` at 91 %: log rotation was off, now on, 63 %\n2. 03:40 a latency blip, recovered in 4 minutes\n3. 05:02 certificate warning: 19 days left, renewal is automatic\n\nWatch `db-2` until noon.",
        )],
    ),
    past(
        "work",
        "Rename the billing module",
        4.0 * DAY,
        &[turn(
            "How risky is it to rename billing to invoicing?",
            "The imports are easy: 41 files, all in this repository. The risk is outside: two dashboards and the nightly job name `billing.*` as text. I would keep an alias for one release.",
        )],
    ),
    past(
        "research",
        "Three papers on sparse attention",
        55.0,
        &[
            turn(
                "Compare the three sparse attention papers in my notes.",
                "| | pattern | cost | weak at |\n|---|---|---|---|\n| A | sliding window | linear | far references |\n| B | window + global tokens | linear | choosing the globals |\n| C | learned blocks | n log n | short texts |\n\nB is the usual baseline; C only pays above 16 k tokens.",
            ),
            turn(
                "Which one should I reproduce first?",
                "B. Its code is complete, one GPU is enough, and its ablation tells you within a day whether your data has long references at all.",
            ),
        ],
    ),
    past(
        "research",
        "Clean the survey data",
        5.0 * HOUR,
        &[looked(
            "How many rows of survey.csv are usable?",
            (
                "terminal",
                r#"{"command":"python3 check.py survey.csv"}"#,
                r#"{"output":"rows 1840\nduplicates 22\nmissing age 131\nspeeders (<60 s) 47","exit_code":0,"error":null}"#,
            ),
            "1,640 of 1,840 rows remain after dropping duplicates (22), missing ages (131) and answers under a minute (47). The speeders answer the same option throughout, so dropping them is safe.",
        )],
    ),
    past(
        "research",
        "Outline for the grant proposal",
        DAY + 5.0 * HOUR,
        &[turn(
            "A one-page outline for the soil moisture proposal.",
            "1. **Need**: the forecasts miss flash droughts\n2. **Idea**: cheap sensors and a model that knows its own doubt\n3. **Plan**: 40 sites, two seasons, open data\n4. **Risk**: sensors drift; we calibrate monthly\n5. **Cost**: two people, one van\n\nReviewers will ask about 4 first.",
        )],
    ),
    past(
        "research",
        "What does this p-value mean",
        2.0 * DAY,
        &[turn(
            "p = 0.049, n = 38. Can I say it works?",
            "Say it *may* work. With 38 people the interval runs from almost nothing to a large effect. Report the interval, and call the study a pilot.",
        )],
    ),
    past(
        "research",
        "Translate the abstract",
        8.0 * DAY,
        &[turn(
            "Put the abstract into plain English, 80 words.",
            "We asked whether city trees cool the streets beside them. For two summers we measured 120 streets at noon and at midnight. Shaded streets were 2.1 degrees cooler by day, but no different at night. Old trees did most of the work: one large crown did as much as six young ones. Cities that want cooler streets soon should keep the trees they have.",
        )],
    ),
];
