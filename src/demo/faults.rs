//! What the demo backend can be told to do wrong, for tests.
//!
//! Each fault is one flag and off by default. What counts frames counts those written to sockets.

use super::options::{UsageError, millis, number};
use std::time::Duration;

/// When the process ends, without a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Before the ready line.
    BeforeReady,
    /// Right after the ready line.
    AfterReady,
    /// When a prompt is submitted, before the answer.
    Submit,
    /// After some words of an answer.
    MidStream,
    /// After this many frames.
    Frames(u64),
}

/// How the ready line comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ready {
    #[default]
    Sound,
    /// On standard error in place of standard output.
    Stderr,
    /// In two writes, with a pause between.
    Split,
    Never,
    Twice,
    /// It names a port that nobody listens on.
    WrongPort,
}

/// A frame that no client can like; sent at the start of every turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Garbage {
    InvalidJson,
    WrongTypes,
    UnknownEvent,
    /// A text of this many MiB.
    Huge(usize),
    /// Arrays in arrays, 100 000 deep.
    Deep,
    Binary,
}

/// All faults of one launch.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Faults {
    pub(super) exit_at: Option<Point>,
    pub(super) exit_code: i32,
    /// Each socket stops reading after this many requests.
    pub(super) stop_reading_after: Option<u64>,
    /// Each socket is dropped, without a close frame, after this many frames.
    pub(super) drop_after: Option<u64>,
    pub(super) garbage: Vec<Garbage>,
    pub(super) ready: Ready,
    pub(super) ready_delay: Duration,
    /// Bytes of noise on each of standard output and standard error, after the ready line.
    pub(super) noise: u64,
    /// A child in a session of its own that ignores TERM, HUP and INT.
    pub(super) stubborn_child: bool,
    /// TERM and INT are ignored.
    pub(super) ignore_term: bool,
    /// The profile that the backend says it is.
    pub(super) report_profile: Option<String>,
    /// No inference provider is configured.
    pub(super) no_provider: bool,
    /// A pause before each frame.
    pub(super) frame_delay: Duration,
}

impl Faults {
    /// Takes one flag; false when it is not a fault's.
    pub(super) fn read<'a>(
        &mut self,
        arg: &str,
        value: &mut impl FnMut() -> Result<&'a str, UsageError>,
    ) -> Result<bool, UsageError> {
        match arg {
            "--exit-at" => self.exit_at = Some(point(value()?)?),
            "--exit-code" => self.exit_code = number(arg, value()?)?,
            "--stop-reading-after" => self.stop_reading_after = Some(number(arg, value()?)?),
            "--drop-after" => self.drop_after = Some(number(arg, value()?)?),
            "--garbage" => self.garbage.push(garbage(value()?)?),
            "--ready" => self.ready = ready(value()?)?,
            "--ready-delay" => self.ready_delay = millis(arg, value()?)?,
            "--noise" => self.noise = number(arg, value()?)?,
            "--stubborn-child" => self.stubborn_child = true,
            "--ignore-term" => self.ignore_term = true,
            "--report-profile" => self.report_profile = Some(value()?.to_owned()),
            "--no-provider" => self.no_provider = true,
            "--frame-delay" => self.frame_delay = millis(arg, value()?)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Ends the process if the moment is the one asked for.
    pub(super) fn at(&self, point: Point) {
        let due = match (self.exit_at, point) {
            (Some(Point::Frames(at)), Point::Frames(now)) => now >= at,
            (at, now) => at == Some(now),
        };
        if due {
            std::process::exit(self.exit_code);
        }
    }
}

fn point(text: &str) -> Result<Point, UsageError> {
    Ok(match text {
        "before-ready" => Point::BeforeReady,
        "after-ready" => Point::AfterReady,
        "submit" => Point::Submit,
        "mid-stream" => Point::MidStream,
        _ => match text.strip_prefix("frames:") {
            Some(count) => Point::Frames(number("--exit-at", count)?),
            None => return Err(choice("--exit-at", text)),
        },
    })
}

fn ready(text: &str) -> Result<Ready, UsageError> {
    Ok(match text {
        "sound" => Ready::Sound,
        "stderr" => Ready::Stderr,
        "split" => Ready::Split,
        "never" => Ready::Never,
        "twice" => Ready::Twice,
        "wrong-port" => Ready::WrongPort,
        _ => return Err(choice("--ready", text)),
    })
}

fn garbage(text: &str) -> Result<Garbage, UsageError> {
    Ok(match text {
        "invalid-json" => Garbage::InvalidJson,
        "wrong-types" => Garbage::WrongTypes,
        "unknown-event" => Garbage::UnknownEvent,
        "huge" => Garbage::Huge(1),
        "deep" => Garbage::Deep,
        "binary" => Garbage::Binary,
        _ => match text.strip_prefix("huge:") {
            Some(size) => Garbage::Huge(number("--garbage", size)?),
            None => return Err(choice("--garbage", text)),
        },
    })
}

fn choice(arg: &str, text: &str) -> UsageError {
    UsageError(format!("argument {arg}: invalid choice: '{text}'"))
}
