//! From a keystroke to what it finds, and from a question to a page, among 50,000 sessions of 12 profiles: the whole way through a hub
//! in this process, from the command to the answer. Drawing is not in it.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "what is measured here is real time")]

#[path = "../tests/browse/mod.rs"]
mod browse;

use browse::Browse;
use hermux::{
    base::ids::ProfileName,
    model::listing::{Cursor, Filter, Sort},
    proto::{Answer, Command},
};
use rusqlite::{Connection, params};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

const PROFILES: usize = 12;
const WORDS: [&str; 24] = [
    "fix", "the", "parser", "deploy", "release", "notes", "draft", "review", "failing", "test", "database",
    "index", "palette", "search", "rename", "profile", "colour", "memory", "budget", "import", "invoice",
    "garden", "travel", "recipe",
];

fn main() {
    let measuring = std::env::args().any(|arg| arg == "--bench");
    let sessions = if measuring { 50_000 } else { 600 };
    let root = tempfile::tempdir().unwrap();
    for profile in 0..PROFILES {
        let home = match profile {
            0 => root.path().to_owned(),
            n => root.path().join(format!("profiles/p{n}")),
        };
        fill(&home, profile, sessions / PROFILES);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("{sessions} sessions of {PROFILES} profiles");
    runtime.block_on(measure(root.path(), if measuring { 20 } else { 1 }));
}

/// A home of so many sessions, two messages each; every tenth has no title.
fn fill(home: &Path, profile: usize, sessions: usize) {
    fs::create_dir_all(home).unwrap();
    let mut db = Connection::open(home.join("state.db")).unwrap();
    db.execute_batch("PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;").unwrap();
    db.execute_batch(include_str!("../tests/fixtures/state/state.sql")).unwrap();
    let all = db.transaction().unwrap();
    for n in 0..sessions {
        let seed = n * 31 + profile * 7;
        let word = |k: usize| WORDS[(seed / (k * k + 1) + k * 5) % WORDS.len()];
        let title = format!("{} {} {} {} {n}", word(0), word(1), word(2), word(3));
        let id = format!("20261121_{profile:02}{n:06}_0badcafe");
        let at = 1_700_000_000 + i64::try_from(n).unwrap() * 997;
        all.prepare_cached(
            "INSERT INTO sessions (id, source, started_at, title, message_count, model, cwd) VALUES (?1, 'tui', ?2, ?3, 2, 'model', ?4)",
        )
        .unwrap()
        .execute(params![id, at, (!n.is_multiple_of(10)).then_some(&title), format!("/home/person/work/{}", word(4))])
        .unwrap();
        for role in ["user", "assistant"] {
            all.prepare_cached(
                "INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, ?2, ?3, ?4)",
            )
            .unwrap()
            .execute(params![id, role, title, at])
            .unwrap();
        }
    }
    all.commit().unwrap();
}

async fn measure(root: &Path, rounds: usize) {
    let mut browse = Browse::new(root).await;
    let (took, _) = found(&mut browse, "").await;
    println!("cold, the first find of all profiles: {took:.1?}");
    // The names of sessions without a title are read after that.
    while browse.world.profiles.iter().any(|profile| profile.listing == 0) {
        browse.take().await;
    }
    for (what, typed) in [
        ("typing \"release notes\"", prefixes("release notes")),
        ("deleting it", prefixes("release notes").into_iter().rev().collect()),
        ("single letters", "etaoinsr".chars().map(String::from).collect()),
        ("two letters, none of them near", ["rx", "pq", "zv", "e9"].map(String::from).to_vec()),
    ] {
        let mut all = Vec::new();
        for _ in 0..rounds {
            for query in &typed {
                all.push(found(&mut browse, query).await.0);
            }
        }
        tell(what, all);
    }
    let profile = ProfileName::default_profile();
    for sort in [Sort::Recent, Sort::Created, Sort::Title, Sort::Messages] {
        let (first, mut after) = page(&mut browse, &profile, sort, None).await;
        let mut next = Vec::new();
        for _ in 0..rounds {
            let Some(from) = after else { break };
            let (took, on) = page(&mut browse, &profile, sort, Some(from)).await;
            next.push(took);
            after = on;
        }
        println!("{sort:?}: first page of 50 from a warm index {first:.1?}");
        tell("  the next ones", next);
    }
    assert_eq!(browse.launched(), 0);
    browse.close().await;
}

fn prefixes(text: &str) -> Vec<String> {
    (1..=text.len()).map(|end| text[..end].to_owned()).collect()
}

async fn found(browse: &mut Browse, query: &str) -> (Duration, usize) {
    let begun = Instant::now();
    let answer = browse.ask(Command::Find { query: query.into(), profile: None }).await;
    let took = begun.elapsed();
    match answer {
        Ok(Answer::Found { rows, .. }) => (took, rows.len()),
        other => panic!("{other:?}"),
    }
}

async fn page(
    browse: &mut Browse,
    profile: &ProfileName,
    sort: Sort,
    after: Option<Cursor>,
) -> (Duration, Option<Cursor>) {
    let begun = Instant::now();
    let command =
        Command::Page { profile: profile.clone(), sort, filter: Filter::default(), after, limit: 50 };
    let Ok(Answer::Page(page)) = browse.ask(command).await else { panic!("no page") };
    (begun.elapsed(), page.next)
}

fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 100).or(took.last()).copied().unwrap_or_default();
    println!("{what}: median {:.1?}, p99 {:.1?}, longest {:.1?} of {}", at(50), at(99), at(100), took.len());
}
