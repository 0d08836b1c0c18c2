//! What it takes to list, page and search fifty thousand stored sessions with a million messages, of twelve profiles.
//!
//! The databases are made once, with the schema and the indexes of Hermes, and kept in the directory for caches; a quick run makes
//! small ones. The index in the hub's memory is not measured here: only what it reads.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

mod rig;

use hermux::{
    base::ids::{LineageRoot, ProfileName, StoredId},
    history::{self, Scan},
    model::listing::Hit,
};
use rusqlite::Connection;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

const PROFILES: usize = 12;
const PAGE: usize = 50;
/// Threads that read at once, as in the hub.
const AT_ONCE: usize = 4;
/// One message in so many has the rare word: at most a thousand of a million.
const RARE: usize = 1_100;

struct Size {
    sessions: usize,
    messages: usize,
    /// Messages more, all of one session of the first profile.
    long: usize,
}

fn main() {
    let (size, rounds) = if rig::measuring() {
        (Size { sessions: 50_000, messages: 1_000_000, long: 100_000 }, 20)
    } else {
        (Size { sessions: 240, messages: 2_400, long: 200 }, 1)
    };
    let scratch = tempfile::tempdir().unwrap();
    let root = if rig::measuring() { kept() } else { scratch.path().to_owned() };
    let homes: Vec<PathBuf> = (0..PROFILES).map(|n| root.join(format!("p{n}"))).collect();
    for (n, home) in homes.iter().enumerate() {
        if !home.join("whole").exists() {
            make(home, n, &size);
        }
    }
    let bytes: u64 = homes.iter().map(|home| fs::metadata(home.join("state.db")).unwrap().len()).sum();
    println!("{} profiles, {} MB of state.db.", homes.len(), bytes / 1_000_000);
    println!("  {:<58} {:>9} {:>9}", "", "median", "worst");

    let mut scans = Vec::new();
    row("every profile scanned, four at a time", rounds, || scans = scan(&homes));
    let sessions: usize = scans.iter().map(|scan| scan.entries.len()).sum();
    let profile = ProfileName::default_profile();
    let page = |at: usize| {
        let of: Vec<(StoredId, LineageRoot)> =
            scans[1].entries.iter().skip(at).take(PAGE).map(|e| (e.id.clone(), e.lineage.clone())).collect();
        assert!(!history::rows(&homes[1], &profile, &of).unwrap().is_empty());
    };
    row("one profile scanned", rounds, || drop(history::scan(&homes[1]).unwrap()));
    row("the rows of the first page", rounds, || page(0));
    row("the rows of a later page", rounds, || page(scans[1].entries.len() / 2));
    let long = StoredId::new("long").unwrap();
    row("the end of the longest session", rounds, || {
        drop(history::load(&homes[0], &profile, &long).unwrap());
    });
    row("both ends of the longest session", rounds, || {
        drop(history::peek(&homes[0], &profile, &long).unwrap());
    });
    for (what, text) in [
        ("a rare word", "quixotic "),
        ("a common word", "lorem "),
        ("two words that never meet", "odd even "),
    ] {
        row(&format!("the first hits of {what}, of one profile"), rounds, || {
            first(&homes[1], text, 1);
        });
    }
    row("50 hits of a rare word, of all profiles", rounds, || {
        assert!(everywhere(&homes, "quixotic ") >= 50.min(size.messages / RARE));
    });
    row("50 hits of a common word, of all profiles", rounds, || {
        assert!(everywhere(&homes, "lorem ") >= 50);
    });
    row("the first hits of a part of a word, by its texts", rounds, || {
        first(&homes[1], "-> lor", 1);
    });
    println!("  {sessions} rows; at its peak this process took {} MB.", peak());
}

/// Every profile's rows, on as many threads as the hub has.
fn scan(homes: &[PathBuf]) -> Vec<Scan> {
    let parts: Vec<Vec<(usize, Scan)>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|n| {
                let mine = move || homes.iter().enumerate().skip(n).step_by(AT_ONCE);
                scope.spawn(move || mine().map(|(n, home)| (n, history::scan(home).unwrap())).collect())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all: Vec<(usize, Scan)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, scan)| scan).collect()
}

/// Searches until so many hits are there.
fn first(home: &Path, text: &str, hits: usize) -> usize {
    let stop = Arc::new(AtomicBool::new(false));
    let mut found = 0;
    let mut emit = |piece: Vec<Hit>| {
        found += piece.len();
        stop.store(found >= hits, Ordering::Relaxed);
    };
    history::search(home, &ProfileName::default_profile(), text, 1_000, &stop, &mut emit).unwrap();
    found
}

/// Searches every profile until fifty hits are there.
fn everywhere(homes: &[PathBuf], text: &str) -> usize {
    let stop = Arc::new(AtomicBool::new(false));
    let found = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..AT_ONCE {
            let (stop, found) = (&stop, &found);
            scope.spawn(move || {
                for home in homes.iter().skip(n).step_by(AT_ONCE) {
                    let mut emit = |piece: Vec<Hit>| {
                        let all = found.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
                        stop.store(all >= 50, Ordering::Relaxed);
                    };
                    let profile = ProfileName::default_profile();
                    history::search(home, &profile, text, 1_000, stop, &mut emit).unwrap();
                }
            });
        }
    });
    found.into_inner()
}

/// Times something and prints it.
fn row(what: &str, rounds: usize, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let ms = |at: usize| times[at].as_secs_f64() * 1e3;
    println!("  {what:<58} {:>6.1} ms {:>6.1} ms", ms(times.len() / 2), ms(times.len() - 1));
}

/// Where the databases are kept between runs.
fn kept() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache");
    cache.unwrap_or_else(home).join("hermux-bench/history-1")
}

/// The most memory that this process had, in MB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kb.unwrap_or(0) / 1_000
}

/// One profile's database, as Hermes would have written it.
fn make(home: &Path, n: usize, size: &Size) {
    let _ = fs::remove_dir_all(home);
    fs::create_dir_all(home).unwrap();
    let schema = include_str!("../tests/fixtures/state/state.sql");
    let rows = schema.find("INSERT INTO sessions").unwrap();
    let mut db = Connection::open(home.join("state.db")).unwrap();
    db.execute_batch(&format!("PRAGMA synchronous=OFF; {}COMMIT;", &schema[..rows])).unwrap();
    let mut seed = n as u64 + 1;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let write = db.transaction().unwrap();
    {
        let mut session = write
            .prepare(
                "INSERT INTO sessions (id, source, model, system_prompt, parent_session_id, started_at, ended_at, end_reason, message_count, cwd, title, archived)
                 VALUES (?1, 'tui', 'model', ?2, ?3, ?4, ?5, ?6, 20, ?7, ?8, ?9)",
            )
            .unwrap();
        let mut message = write
            .prepare("INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, ?2, ?3, ?4)")
            .unwrap();
        let prompt = "You are an agent, and these are your instructions. ".repeat(100);
        let sessions = size.sessions / PROFILES;
        let mut ids: Vec<String> = Vec::new();
        for k in 0..sessions {
            let id = format!("20260101_{k:06}_{:06x}", random(1 << 24));
            let started = 1_760_000_000.0 + (k * 600) as f64;
            // One in ten goes on in another row, one in twenty is archived.
            let (parent, compressed) = match k % 10 {
                1 => (ids.last().cloned(), false),
                0 => (None, k + 1 < sessions),
                _ => (None, false),
            };
            let title = format!("Session {k} of {n} about {}", random(5_000));
            let end = compressed.then_some("compression");
            let cwd = format!("/home/user/work/{}", random(40));
            session
                .execute(rusqlite::params![
                    id,
                    prompt,
                    parent,
                    started,
                    end.map(|_| started + 500.0),
                    end,
                    cwd,
                    title,
                    k % 20 == 5
                ])
                .unwrap();
            ids.push(id);
        }
        let mut say = |id: &str, k: usize| {
            let role = if k.is_multiple_of(2) { "user" } else { "assistant" };
            let mut text = String::from(if k.is_multiple_of(2) { "even" } else { "odd" });
            for _ in 0..24 {
                // Writing into a string does not fail.
                let _ = write!(text, " w{}", random(20_000).min(random(20_000)));
            }
            if k.is_multiple_of(3) {
                text += " lorem";
            }
            if k % RARE == 7 {
                text += " quixotic";
            }
            message.execute(rusqlite::params![id, role, text, 1_760_000_000.0 + (k * 30) as f64]).unwrap();
        };
        if n == 0 {
            session
                .execute(rusqlite::params![
                    "long",
                    prompt,
                    None::<String>,
                    1_760_000_000.0,
                    None::<f64>,
                    None::<String>,
                    "/",
                    "Long",
                    false
                ])
                .unwrap();
            (0..size.long).for_each(|k| say("long", k));
        }
        for k in 0..size.messages / PROFILES {
            say(&ids[k * sessions * PROFILES / size.messages % sessions], k);
        }
    }
    write.commit().unwrap();
    db.close().unwrap();
    fs::write(home.join("whole"), "").unwrap();
}
