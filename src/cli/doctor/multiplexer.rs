//! tmux, zellij, screen: what of their settings matters to hermux, and the command that mends it.

use super::report::Report;
use crate::config::settings::Preset;
use std::process::Stdio;
use std::time::Duration;

const AREA: &str = "multiplexer";
/// tmux answers at once, or not at all.
const PATIENCE: Duration = Duration::from_secs(2);
/// Milliseconds of tmux' `escape-time` that a person does not notice.
const ESCAPE_MS: u64 = 50;

/// Looks at the one that hermux runs in. `preset`: the keys that hermux has, where they are known.
pub(super) async fn look(report: &mut Report, preset: Option<Preset>) {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if has("TMUX") {
        for (option, judge) in TMUX {
            match tmux(option).await {
                Some(value) => say(report, option, &value, judge(&value)),
                None => {
                    report.warn(AREA, option, "tmux did not say", &format!("ask it: tmux show -gv {option}"));
                }
            }
        }
    }
    if has("ZELLIJ") {
        if preset == Some(Preset::Noncolliding) {
            report.ok(AREA, "zellij", "the keys of hermux are out of its way");
        } else {
            let says = "zellij's usual keys take Ctrl-P, Alt with letters and others before hermux sees them";
            let mend = "in the config of hermux: [keys] preset = \"noncolliding\"\nor lock zellij: Ctrl-G";
            report.warn(AREA, "zellij", says, mend);
        }
    }
    if has("STY") && !has("TMUX") {
        report.ok(AREA, "screen", "Ctrl-A is its own key: Ctrl-A a gives it to hermux");
    }
    if !has("TMUX") && !has("ZELLIJ") && !has("STY") {
        report.ok(AREA, "none", "hermux talks to the terminal itself");
    }
}

fn say(report: &mut Report, option: &str, value: &str, judged: Option<(&str, &str)>) {
    match judged {
        None => report.ok(AREA, option, value),
        Some((why, mend)) => report.warn(AREA, option, &format!("{value}: {why}"), mend),
    }
}

/// What is wrong with a value, and the command that mends it.
type Judge = fn(&str) -> Option<(&'static str, &'static str)>;

/// The options that matter.
const TMUX: [(&str, Judge); 5] = [
    ("set-clipboard", |value| {
        (value == "off")
            .then_some(("what is copied in hermux stays in tmux", "tmux set -s set-clipboard external"))
    }),
    // hermux asks tmux itself to copy, and rings the bell: it needs no way past tmux.
    ("allow-passthrough", |_| None),
    ("focus-events", |value| {
        (value != "on")
            .then_some(("hermux cannot tell whether you look at it", "tmux set -s focus-events on"))
    }),
    ("escape-time", |value| {
        let slow = value.parse::<u64>().is_ok_and(|ms| ms > ESCAPE_MS);
        slow.then_some(("milliseconds after Esc until it counts", "tmux set -s escape-time 20"))
    }),
    ("default-terminal", |value| {
        let known =
            ["tmux", "screen"].iter().any(|name| value.starts_with(name)) && value.ends_with("256color");
        (!known).then_some(("tmux promises what it cannot do", "tmux set -s default-terminal tmux-256color"))
    }),
];

async fn tmux(option: &str) -> Option<String> {
    let asked = tokio::process::Command::new("tmux")
        .args(["show", "-gv", option])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
    let value = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_hurts_is_warned_of() {
        let judge = |option: &str, value: &str| {
            let judge = TMUX.iter().find(|(name, _)| *name == option).map(|(_, judge)| judge).unwrap();
            judge(value).is_some()
        };
        for (option, fine, bad) in [
            ("set-clipboard", "external", "off"),
            ("focus-events", "on", "off"),
            ("escape-time", "20", "500"),
            ("default-terminal", "tmux-256color", "xterm-256color"),
        ] {
            assert!(!judge(option, fine), "{option} {fine}");
            assert!(judge(option, bad), "{option} {bad}");
        }
        assert!(!judge("default-terminal", "screen-256color") && !judge("allow-passthrough", "off"));
    }
}
