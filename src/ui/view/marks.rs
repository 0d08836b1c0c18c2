//! Glyphs and words for how things stand: the same on every surface, never by colour alone.

use ratatui::style::Style;

use super::motion;
use crate::base::clock::Tick;
use crate::model::profile::BackendState;
use crate::model::status::Status;
use crate::ui::theme::Theme;

/// A session's mark: one cell. Only the one on the screen turns (`now`): with many at work, each turn of each would be sent.
pub(super) fn status(status: Status, theme: &Theme, now: Option<Tick>) -> (&'static str, Style) {
    match status {
        Status::NeedsDecision => ("!", theme.needs),
        Status::NeedsAnswer => ("?", theme.needs),
        Status::Uncertain => ("~", theme.warn),
        Status::Failed => ("✗", theme.bad),
        Status::Finished => ("●", theme.good),
        Status::Unread => ("•", theme.strong),
        Status::Quiet => ("◌", theme.warn),
        Status::Stopping => ("◍", theme.warn),
        Status::Working => (now.map_or(motion::STILL, |now| motion::spinner(theme, now)), theme.good),
        Status::Sending => ("↑", theme.dim),
        Status::Idle => (" ", theme.dim),
    }
}

/// A backend's mark: one cell.
pub(super) fn backend(state: &BackendState, theme: &Theme, now: Tick) -> (&'static str, Style) {
    match state {
        BackendState::Cold => ("○", theme.dim),
        BackendState::Waking { .. } => (motion::spinner(theme, now), theme.warn),
        BackendState::Live => ("●", theme.good),
        BackendState::Degraded(_) => ("◐", theme.warn),
        BackendState::Retrying { .. } => ("↻", theme.warn),
        BackendState::Stuck(_) => ("✗", theme.bad),
        BackendState::Stopping => ("◌", theme.dim),
        BackendState::Elsewhere(_) => ("⊘", theme.warn),
    }
}

/// A stretch of time as a clock shows it: `0:07`, `1:02:03`.
pub(super) fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A short stretch of time in words: `0.4s`, `12s`, `3m 20s`.
pub(super) fn took(ms: u64) -> String {
    match ms {
        0..=9_999 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        10_000..=59_999 => format!("{}s", ms / 1_000),
        _ => format!("{}m {:02}s", ms / 60_000, ms / 1_000 % 60),
    }
}

/// A size in words: `812 B`, `18 KB`, `1.2 MB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_999 => format!("{} KB", bytes.div_ceil(1_000).min(999)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
