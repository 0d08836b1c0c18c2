//! The lists and totals of stored sessions, row for row against what the real Hermes answers over its own endpoints.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_history -- --ignored`.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use common::home::Home;
use common::model::Model;
use common::{patience, seconds};
use hermux::{
    base::{ids::ProfileName, text::Untrusted},
    history,
    model::listing::StoredRow,
};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Stdio},
};

const TOKEN: &str = "token";
const PROFILES: [&str; 3] = ["default", "work", "more"];

/// A real backend over the home; killed when it goes.
struct Backend {
    child: Child,
    port: u16,
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Backend {
    #[expect(clippy::disallowed_methods, reason = "starts Hermes as a person would, without hermux")]
    fn start(home: &Home) -> Self {
        let hermes =
            std::env::var_os("HERMUX_TEST_HERMES").expect("HERMUX_TEST_HERMES names the hermes program");
        let mut child = std::process::Command::new(hermes)
            .args(["--profile", "default", "serve", "--isolated", "--host", "127.0.0.1", "--port", "0"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(home.env())
            .env("HERMES_HOME", home.hermes())
            .env("HERMES_DASHBOARD_SESSION_TOKEN", TOKEN)
            .current_dir(home.work())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready =
            lines.find_map(|line| line.ok()?.strip_prefix("HERMES_BACKEND_READY port=").map(str::to_owned));
        let port = ready.expect("the ready line").trim().parse().unwrap();
        // Nobody else reads what it prints.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(patience(seconds(30)))).unwrap();
        let length = body.len();
        let port = self.port;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nX-Hermes-Session-Token: {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        let (head, body) = said.split_once("\r\n\r\n").expect("a whole answer");
        assert!(head.contains(" 200 "), "{path}: {said}");
        serde_json::from_str(body).unwrap()
    }
}

fn place(home: &Home, profile: &str) -> PathBuf {
    if profile == "default" { home.hermes() } else { home.hermes().join("profiles").join(profile) }
}

fn shown(row: &StoredRow) -> Value {
    let lineage = (row.lineage.as_str() != row.id.as_str()).then(|| row.lineage.as_str());
    json!({
        "profile": row.profile.as_str(),
        "id": row.id.as_str(),
        "lineage": lineage,
        "title": row.title.as_ref().map(Untrusted::raw),
        "preview": row.preview.raw(),
        "last_active": row.last_active.0,
        "started": row.started.0,
        "ended": row.ended,
        "archived": row.archived,
        "messages": row.messages,
        "source": row.source.raw(),
        "model": row.model.as_ref().map(Untrusted::raw),
        "cwd": row.cwd.as_ref().map(Untrusted::raw),
    })
}

fn hermes(row: &Value, profile: &str) -> Value {
    let ms = |key: &str| (row[key].as_f64().unwrap() * 1000.0).round() as u64;
    json!({
        "profile": profile,
        "id": row["id"],
        "lineage": row.get("_lineage_root_id").filter(|root| **root != row["id"]),
        "title": row["title"],
        "preview": row["preview"],
        "last_active": ms("last_active"),
        "started": ms("started_at"),
        "ended": !row["ended_at"].is_null(),
        "archived": row["archived"],
        "messages": row["message_count"],
        "source": row["source"],
        "model": row["model"],
        "cwd": row["cwd"],
    })
}

/// What hermux lists of a profile, of those that are archived, those that are not, or both.
fn listed(home: &Home, profile: &str, archived: &str) -> Vec<Value> {
    let at = place(home, profile);
    let wanted = |is: bool| archived == "include" || is == (archived == "only");
    let entries = history::scan(&at).unwrap().entries.into_iter().filter(|entry| wanted(entry.archived));
    let of: Vec<_> = entries.map(|entry| (entry.id, entry.lineage)).collect();
    let rows = history::rows(&at, &ProfileName::new(profile).unwrap(), &of).unwrap();
    rows.iter().map(shown).collect()
}

/// C01, C10, C19, C22, C23, C25. Branched, compressed, archived, delegated and plain sessions of three profiles, as Hermes itself
/// lists them while it runs: every column, in its order, with its totals; and again after it wrote.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn live_lists_are_what_hermes_lists() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    for (n, profile) in PROFILES.iter().enumerate() {
        let at = place(&home, profile);
        std::fs::create_dir_all(&at).unwrap();
        if !at.join("config.yaml").exists() {
            std::fs::copy(home.hermes().join("config.yaml"), at.join("config.yaml")).unwrap();
        }
        let db = Connection::open(at.join("state.db")).unwrap();
        db.execute_batch(include_str!("fixtures/state/state.sql")).unwrap();
        // Each profile's own: ids stay equal on purpose, titles and times do not.
        db.execute(
            "UPDATE sessions SET started_at = started_at + ?1, title = title || ' of ' || ?2",
            (100 * i64::try_from(n).unwrap(), profile),
        )
        .unwrap();
    }
    let backend = Backend::start(&home);
    let compare = |when: &str| {
        let mut counts = Vec::new();
        for profile in PROFILES {
            for archived in ["exclude", "only", "include"] {
                let path = format!(
                    "/api/sessions?profile={profile}&order=recent&limit=500&min_messages=1&archived={archived}"
                );
                let answer = backend.ask("GET", &path, "");
                let rows = answer["sessions"].as_array().unwrap();
                let hermes: Vec<Value> = rows.iter().map(|row| hermes(row, profile)).collect();
                let ours = listed(&home, profile, archived);
                assert!(ours.len() > 5, "{when}: {profile} {archived}");
                assert_eq!(ours, hermes, "{when}: {profile} {archived}");
                assert_eq!(answer["total"], ours.len(), "{when}: {profile} {archived}");
            }
            counts.push(history::count(&place(&home, profile)).unwrap().listed);
        }
        let path = "/api/profiles/sessions?profile=all&order=recent&limit=500&min_messages=1";
        let merged = backend.ask("GET", path, "");
        for (profile, count) in PROFILES.iter().zip(counts) {
            let rows = merged["sessions"].as_array().unwrap().iter().filter(|row| row["profile"] == *profile);
            let hermes: Vec<Value> = rows.map(|row| hermes(row, profile)).collect();
            let mut ours = listed(&home, profile, "exclude");
            // Merged lists are put in order anew by the time that is shown.
            ours.sort_by_key(|row| std::cmp::Reverse(row["last_active"].as_u64()));
            let order =
                |rows: &[Value]| rows.iter().map(|row| row["last_active"].clone()).collect::<Vec<_>>();
            assert_eq!(order(&ours), order(&hermes), "{when}: {profile} of all");
            assert!(ours.iter().all(|row| hermes.contains(row)), "{when}: {profile} of all");
            assert_eq!(merged["profile_totals"][profile], count, "{when}: {profile}");
        }
    };
    compare("as found");
    let root = "20231201_four_0";
    backend.ask("PATCH", &format!("/api/sessions/{root}"), r#"{"archived": true, "profile": "work"}"#);
    backend.ask("PATCH", "/api/sessions/20231201_clock", r#"{"title": "Anew", "profile": "more"}"#);
    backend.ask("DELETE", "/api/sessions/20231201_tie_b", "");
    compare("after writes");
    let work = listed(&home, "work", "only");
    assert!(work.iter().any(|row| row["lineage"] == root && row["archived"] == true));
}
