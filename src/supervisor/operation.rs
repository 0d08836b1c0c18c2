//! Has the program make, rename or delete a profile: `hermes profile …`, without a shell, under a guard like a backend, so that nothing
//! is left of it whatever it does; for a bounded time, with a bounded part of what it says (DECISIONS 10, 20).

use crate::base::{ids::ProfileName, text::Untrusted};
use crate::model::fleet::Operation;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// A copy of everything that a profile has may be gigabytes.
const COPY: Duration = Duration::from_secs(600);
/// Hermes takes a second; before it deletes it waits up to 10 s for other programs of the profile to end.
const USUAL: Duration = Duration::from_secs(60);
/// How long a guard may take to end what did not end in time.
const END: Duration = Duration::from_secs(4);
/// Bytes of each stream that are kept; what is beyond is read and forgotten, so that nobody waits for a full pipe.
const KEPT: usize = 16 * 1024;
/// The most characters of its words that are passed on.
const WORDS: usize = 400;

/// What stands after the program's own words. The profile is always named: the sticky one may be the one that is deleted, and Hermes
/// would write into it while it goes.
pub(super) fn words(operation: &Operation) -> Vec<OsString> {
    let mut words: Vec<String> = ["--profile", ProfileName::DEFAULT, "profile"].map(str::to_owned).to_vec();
    let mut add = |list: &[&str]| words.extend(list.iter().map(|word| (*word).to_owned()));
    match operation {
        Operation::Create(new) => {
            add(&["create", new.name.as_str(), "--no-alias"]);
            if let Some(source) = &new.clone {
                add(&["--clone-from", source.as_str()]);
                add(if new.clone_all { &["--clone-all"] } else { &[] });
            }
            if !new.description.is_empty() {
                // One word: it may begin with a dash.
                add(&[&format!("--description={}", new.description)]);
            }
        }
        Operation::Rename { profile, to } => add(&["rename", profile.as_str(), to.as_str()]),
        Operation::Delete(profile) => add(&["delete", profile.as_str(), "-y"]),
    }
    words.into_iter().map(OsString::from).collect()
}

/// What takes back the command of the new name that Hermes makes at every rename, where there was none of the old one; and where that
/// one would be.
pub(super) fn no_alias(operation: &Operation, home: &OsStr) -> Option<Vec<OsString>> {
    let Operation::Rename { profile, to } = operation else { return None };
    if Path::new(home).join(".local/bin").join(profile.as_str()).exists() {
        return None;
    }
    let words = ["--profile", ProfileName::DEFAULT, "profile", "alias", to.as_str(), "--remove"];
    Some(words.map(OsString::from).to_vec())
}

/// How long it may take.
pub(super) fn patience(operation: &Operation) -> Duration {
    match operation {
        Operation::Create(new) if new.clone_all => COPY,
        _ => USUAL,
    }
}

/// Runs what `guard` guards to its end. An error is what it said, or why it could not be run or waited for.
pub(super) async fn run(mut guard: Command, patience: Duration) -> Result<(), Untrusted> {
    let system = |error: std::io::Error| Untrusted::from(error.to_string());
    let mut child = guard.spawn().map_err(system)?;
    // The guard ends, and ends the program, when this is dropped.
    let line = child.stdin.take();
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let all = async {
        let (out, err, status) = tokio::join!(said(out), said(err), child.wait());
        status.map(|status| (status, out, err))
    };
    match tokio::time::timeout(patience, all).await {
        Ok(Ok((status, out, err))) => outcome(status, &out, &err),
        Ok(Err(error)) => Err(system(error)),
        Err(_) => {
            drop(line);
            // It ends by itself, and is not waited for longer than it may take.
            let _ = tokio::time::timeout(END, child.wait()).await;
            Err(format!("it did not finish within {} s and was ended", patience.as_secs()).into())
        }
    }
}

async fn said(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut pipe) = pipe else { return String::new() };
    let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        let more = chunk.get(..count).unwrap_or_default();
        kept.extend(more.iter().take(KEPT.saturating_sub(kept.len())));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn outcome(status: ExitStatus, out: &str, err: &str) -> Result<(), Untrusted> {
    if status.success() {
        return Ok(());
    }
    let lines = || err.lines().chain(out.lines()).map(str::trim).filter(|line| !line.is_empty());
    // Hermes says it on one line, on either stream; a traceback ends with what happened.
    let told = lines().find_map(|line| line.strip_prefix("Error: ")).or_else(|| {
        let of = |text: &'static str| move |line: &&str| line.contains(text);
        lines().find(of("error:")).or_else(|| err.lines().map(str::trim).rfind(|line| !line.is_empty()))
    });
    let told = told.or_else(|| lines().next_back());
    Err(match told {
        Some(line) => line.chars().take(WORDS).collect::<String>().into(),
        None => format!("it ended with {status} and said nothing").into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fleet::NewProfile;

    fn name(name: &str) -> ProfileName {
        ProfileName::new(name).unwrap()
    }

    fn line(operation: &Operation) -> String {
        let words = words(operation);
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join("|")
    }

    /// E19, SEC-35: names are checked types, and a text is one word whatever it holds.
    #[test]
    fn each_thing_is_a_word_of_its_own_and_nothing_is_left_to_be_asked() {
        let new = |clone: Option<&str>, clone_all| NewProfile {
            name: name("new"),
            clone: clone.map(name),
            clone_all,
            description: "-y; $(x) \"q\"".to_owned(),
            soul: None,
        };
        let create = |new: NewProfile| line(&Operation::Create(Box::new(new)));
        assert_eq!(
            create(new(None, true)),
            "--profile|default|profile|create|new|--no-alias|--description=-y; $(x) \"q\""
        );
        assert!(create(new(Some("work"), false)).contains("|--no-alias|--clone-from|work|--desc"));
        assert!(create(new(Some("work"), true)).contains("|--clone-from|work|--clone-all|--desc"));
        assert_eq!(
            line(&Operation::Rename { profile: name("a"), to: name("b") }),
            "--profile|default|profile|rename|a|b"
        );
        assert_eq!(line(&Operation::Delete(name("a"))), "--profile|default|profile|delete|a|-y");
    }

    async fn told(script: &str, patience: Duration) -> Result<(), Untrusted> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        run(command, patience).await
    }

    #[tokio::test]
    async fn a_refusal_is_told_in_the_programs_own_words_and_no_flood_holds_it_up() {
        let told = |script: &'static str| async { told(script, USUAL).await.map_err(Untrusted::into_raw) };
        assert_eq!(told("exit 0").await, Ok(()));
        assert_eq!(
            told("echo; echo \"Error: Profile 'a' already exists at /x\"; exit 1").await,
            Err("Profile 'a' already exists at /x".to_owned())
        );
        assert_eq!(
            told("echo Traceback >&2; echo 'RuntimeError: Could not remove' >&2; echo done; exit 1").await,
            Err("RuntimeError: Could not remove".to_owned())
        );
        assert_eq!(
            told("yes flood | head -c 3000000; echo 'hermes: error: no such thing' >&2; exit 2").await,
            Err("hermes: error: no such thing".to_owned())
        );
        assert!(told("exit 3").await.is_err_and(|words| words.contains("said nothing")));
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_ended() {
        // It ends when its standard input does, as a guard.
        let words = told("cat >/dev/null", Duration::from_millis(50)).await.unwrap_err();
        assert!(words.raw().contains("was ended"), "{words:?}");
    }
}
