//! `config.example.toml` is what the settings say, and says what they are.

use hermux::config::settings::{Config, SETTINGS};
use hermux::config::source::{Read, Source};
use hermux::config::{example, source::Origin};
use hermux::ui::keymap::{self, ACTIONS, Keymap};

fn generated() -> String {
    format!("{}{}", example::settings(), keymap::example())
}

fn read(text: &str) -> Read {
    let read = Source::default().read_text(text);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read
}

/// UX-36. Run with `HERMUX_BLESS=1` to write the file anew.
#[test]
fn the_file_is_what_the_settings_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");
    if std::env::var_os("HERMUX_BLESS").is_some() {
        std::fs::write(path, generated()).unwrap();
    }
    pretty_assertions::assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), generated());
}

/// UX-36: as it is, it changes nothing.
#[test]
fn the_example_is_the_defaults() {
    let read = read(&generated());
    assert_eq!(read.config, Config::default());
    assert!(read.origins.is_empty(), "all of it is comments");
}

/// UX-36: with every setting taken out of its comment it is the defaults, all of them, and the default keys.
#[test]
fn every_default_in_the_example_is_the_default() {
    let bare: String = generated()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let read = read(&bare);
    for setting in SETTINGS {
        assert!(
            matches!(read.origin(setting.path), Origin::Line(_)),
            "{} is not in the example",
            setting.path
        );
    }
    assert_eq!(Config { bindings: Vec::new(), ..read.config.clone() }, Config::default());
    let (own, standard) = (Keymap::of(&read).unwrap(), Keymap::standard());
    assert_eq!(read.config.bindings.len(), ACTIONS.len());
    for action in ACTIONS {
        assert_eq!(own.keys_of(action.id), standard.keys_of(action.id), "{}", action.id);
    }
}

#[test]
fn the_example_fits_its_lines() {
    for line in generated().lines().filter(|line| line.starts_with("# ")) {
        assert!(line.chars().count() <= 120, "{line}");
    }
}
