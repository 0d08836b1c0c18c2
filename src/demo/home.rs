//! Makes a Hermes home with three profiles and a few past sessions each, for `hermux demo`.
//!
//! The rows are written by the same [`Store`] that the running backend uses. Texts and ages come from the seed and from
//! now, so a first look shows recent, believable work.

use super::config::Config;
use super::seed::Seed;
use super::seeds::{PAST, PastSession};
use super::session::tokens;
use super::state::{Head, Row, Store, StoreError};
use crate::base::clock::{Clock, WallMs};
use std::path::{Path, PathBuf};

/// The profiles of the demo, in the order Hermes lists them.
pub const PROFILES: [&str; 3] = ["default", "research", "work"];

/// The home could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A directory or file could not be written.
    #[error("cannot write the demo's home: {0}")]
    Io(#[from] std::io::Error),
    /// The sessions could not be written.
    #[error("cannot write the demo's sessions: {0}")]
    Store(#[from] StoreError),
}

/// Where `profile` lives under the home `root`.
pub(super) fn profile_home(root: &Path, profile: &str) -> PathBuf {
    if profile == "default" { root.to_owned() } else { root.join("profiles").join(profile) }
}

/// The directory the scenes write their files to.
pub(super) fn workspace(profile_home: &Path) -> PathBuf {
    profile_home.join("workspace")
}

/// Makes `dir` a home with the profiles `default`, `work` and `research`. What is there already stays as it is, so a home
/// that was kept can be used again.
pub fn prepare_home(dir: &Path, seed: u64) -> Result<(), HomeError> {
    let now = now();
    for profile in PROFILES {
        let home = profile_home(dir, profile);
        std::fs::create_dir_all(workspace(&home))?;
        let config = Config::path(&home);
        if !config.exists() {
            Config::default().save(&home)?;
            std::fs::write(home.join("SOUL.md"), super::replies::soul(profile))?;
        }
        let database = home.join("state.db");
        if database.exists() {
            continue;
        }
        let store = Store::open(&database)?;
        let mut seed = Seed::of(seed, &["home", profile]);
        for past in PAST.iter().filter(|past| past.profile == profile) {
            write_past(&store, past, &workspace(&home), now, &mut seed)?;
        }
    }
    Ok(())
}

/// Writes one past session: closed, titled, its last message `past.minutes_ago`.
fn write_past(
    store: &Store,
    past: &PastSession,
    cwd: &Path,
    now: f64,
    seed: &mut Seed,
) -> Result<(), StoreError> {
    let end = now - past.minutes_ago * 60.0 - seed.below(50) as f64;
    // A turn took about a minute and a half.
    let mut at = end - past.turns.len() as f64 * 95.0;
    let id = format!("{}_{}", stamp(at), seed.hex(6));
    store.create(
        &Head {
            id: id.clone(),
            source: "tui".into(),
            model: super::MODELS[0].into(),
            cwd: cwd.display().to_string(),
            started_at: at,
            ..Head::default()
        },
        None,
    )?;
    for turn in past.turns {
        store.append(&id, &Row::new("user", turn.user), at)?;
        if let Some((name, args, result)) = turn.tool {
            let call = format!("call_{}", seed.hex(12));
            let calls = serde_json::json!([{
                "id": call, "type": "function", "function": { "name": name, "arguments": args },
            }]);
            let ask = Row {
                tool_calls: Some(calls.to_string()),
                finish_reason: Some("tool_calls".into()),
                ..Row::new("assistant", "Let me look.")
            };
            store.append(&id, &ask, at + 6.0)?;
            let answer =
                Row { tool_call_id: Some(call), tool_name: Some(name.into()), ..Row::new("tool", result) };
            store.append(&id, &answer, at + 8.0)?;
        }
        let reply = Row { finish_reason: Some("stop".into()), ..Row::new("assistant", turn.reply) };
        at += 30.0 + seed.below(60) as f64;
        store.append(&id, &reply, at)?;
        store.add_usage(&id, 1_400 + tokens(seed.below(3_600) as usize), tokens(turn.reply.len()))?;
        at += 4.0;
    }
    let title = store.free_title(past.title)?;
    store.set_title(&id, &title)?;
    store.end(&id, "tui_close", at)
}

/// Now, in seconds since 1970, as Hermes stores it.
pub(super) fn now() -> f64 {
    Clock::wall().0 as f64 / 1000.0
}

/// `at` (seconds since 1970, UTC) as people write it: `2026-11-21` and `03:01:01`.
pub(super) fn date_and_time(at: f64) -> (String, String) {
    let utc = WallMs((at * 1_000.0) as u64).utc();
    utc.split_once(' ').map(|(date, time)| (date.to_owned(), time.to_owned())).unwrap_or_default()
}

/// `YYYYMMDD_HHMMSS` of `at` (seconds since 1970, UTC): the first part of a stored id.
pub(super) fn stamp(at: f64) -> String {
    let (date, time) = date_and_time(at);
    format!("{}_{}", date.replace('-', ""), time.replace(':', ""))
}

#[cfg(test)]
mod tests {
    use super::{PROFILES, now, prepare_home, profile_home, stamp};
    use crate::demo::state::Store;

    #[test]
    fn stamps_are_civil_dates() {
        assert_eq!(stamp(0.0), "19700101_000000");
        assert_eq!(stamp(951_782_400.9), "20000229_000000");
        assert_eq!(stamp(1_795_230_061.0), "20261121_030101");
        assert_eq!(super::date_and_time(1_795_230_061.0), ("2026-11-21".into(), "03:01:01".into()));
    }

    #[test]
    fn every_profile_has_recent_sessions_and_the_same_for_the_same_seed() {
        let list = |seed| {
            let dir = tempfile::tempdir().unwrap();
            prepare_home(dir.path(), seed).unwrap();
            let mut all = Vec::new();
            for profile in PROFILES {
                let store = Store::open(&profile_home(dir.path(), profile).join("state.db")).unwrap();
                let heads = store.list(50).unwrap();
                assert!(heads.len() >= 4, "{profile} has {} sessions", heads.len());
                for head in &heads {
                    assert!(head.started_at < now() && now() - head.started_at < 14.0 * 86_400.0);
                    assert!(head.message_count >= 2 && !head.preview.is_empty());
                }
                all.extend(heads.into_iter().map(|head| {
                    let suffix = head.id.get(15..).map(str::to_owned);
                    (head.title, suffix)
                }));
            }
            all
        };
        assert_eq!(list(3), list(3));
        assert_ne!(list(3), list(4));
    }

    #[test]
    fn a_kept_home_keeps_its_sessions() {
        let dir = tempfile::tempdir().unwrap();
        prepare_home(dir.path(), 1).unwrap();
        let store = Store::open(&dir.path().join("state.db")).unwrap();
        let first = store.list(1).unwrap().remove(0);
        store.delete(&first.id).unwrap();
        prepare_home(dir.path(), 1).unwrap();
        assert_eq!(store.find(&first.id).unwrap(), None);
    }
}
