//! Everything that moves by itself: the spinner, and when it turns. Nothing else on the screen may (UX-43); what counts seconds
//! is no motion.

use crate::base::clock::Tick;
use crate::ui::theme::Theme;

/// Milliseconds a spinner's frame stays: 8 a second.
const SPIN_MS: u64 = 125;
const SPINNER: [&str; 8] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"];
/// Stands where the spinner would turn.
pub(super) const STILL: &str = "▸";

/// The mark of what works, now: one cell.
pub(super) fn spinner(theme: &Theme, now: Tick) -> &'static str {
    if theme.still {
        return STILL;
    }
    SPINNER.get((now.0 / SPIN_MS) as usize % SPINNER.len()).copied().unwrap_or(STILL)
}

/// When the spinner turns next, if it does.
pub(super) fn turns(theme: &Theme, now: Tick) -> Option<Tick> {
    (!theme.still).then(|| Tick((now.0 / SPIN_MS + 1) * SPIN_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-43.
    #[test]
    fn with_reduced_motion_nothing_turns_and_nothing_wakes_for_it() {
        let mut theme = Theme::ansi();
        assert_ne!(spinner(&theme, Tick(0)), spinner(&theme, Tick(SPIN_MS)));
        assert_eq!(turns(&theme, Tick(130)), Some(Tick(250)));
        theme.still = true;
        assert_eq!(spinner(&theme, Tick(0)), spinner(&theme, Tick(SPIN_MS)));
        assert_eq!(turns(&theme, Tick(130)), None);
    }

    /// UX-43: no other file of the terminal has frames of an animation, or rests on the time in steps below a second.
    #[test]
    fn all_motion_is_in_this_file() {
        fn scan(dir: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    scan(&path, found);
                    continue;
                }
                if path.ends_with("view/motion.rs") || path.extension().is_none_or(|end| end != "rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let frames = text
                    .chars()
                    .filter(|c| matches!(c, '\u{2801}'..='\u{28ff}' | '◜' | '◝' | '◟' | '◞'))
                    .count();
                if frames > 1 || text.contains("SPIN") {
                    found.push(format!("{}: {frames} frames", path.display()));
                }
            }
        }
        let mut found = Vec::new();
        scan(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ui")), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
