//! Profiles at a real terminal, with the demo's backends and a `hermes` that makes and deletes directories: the mouse's bytes, the person's
//! editor, what is on disk afterwards.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use common::home::Home;
use common::person::Person;
use common::pty::{Launch, Screen};
use common::{seconds, until};

/// The profiles `default`, `work` and `research`, and a `hermes` that deletes and makes profiles.
fn home() -> Home {
    let home = Home::new().with_demo("--pace 20");
    fs::create_dir_all(home.hermes().join("profiles/research")).unwrap();
    let demo = fs::read_to_string(home.stand_in()).unwrap();
    let of_profiles = "#!/bin/sh
case \"$4 $3\" in
'delete profile') exec rm -r \"$HERMES_HOME/profiles/$5\" ;;
'create profile') exec mkdir \"$HERMES_HOME/profiles/$5\" ;;
esac";
    fs::write(home.stand_in(), demo.replacen("#!/bin/sh", of_profiles, 1)).unwrap();
    home
}

fn launch(home: &Home) -> Launch {
    home.hermux().arg("--hermes").arg(home.stand_in()).size(120, 36)
}

/// Where a word of the strip stands, in columns from 1.
fn column(screen: &Screen, word: &str) -> Option<usize> {
    let rows = screen.rows();
    let row = rows.last()?;
    Some(row[..row.find(word)?].chars().count() + 1)
}

fn is_before(screen: &Screen, one: &str, other: &str) -> bool {
    column(screen, one).zip(column(screen, other)).is_some_and(|(one, other)| one < other)
}

/// M12, E03, E04, E14, E15, E17, E24, K11: what the mouse did is there for a new terminal, and the colour is in the profile's own file.
#[test]
fn a_dragged_and_recoloured_profile_is_so_for_a_new_terminal() {
    let home = home();
    let one = Person::at(launch(&home).start());
    one.wait_for("all profiles", |s| is_before(s, "research", "work"));
    let from = column(&one.screen(), "research").unwrap();
    let to = column(&one.screen(), "work").unwrap();
    one.keys(format!("\x1b[<0;{from};36M"));
    one.keys(format!("\x1b[<32;{to};30M"));
    one.wait_for("it is carried", |s| s.rows().last().unwrap().contains('↔'));
    one.keys(format!("\x1b[<0;{to};36m"));
    one.wait_for("another order", |s| {
        is_before(s, "work", "research") && !s.rows().last().unwrap().contains('↔')
    });
    let two = Person::at(launch(&home).start());
    two.wait_for("the order there", |s| is_before(s, "work", "research"));

    let at = column(&one.screen(), "work").unwrap();
    one.keys(format!("\x1b[<0;{at};36M"));
    one.wait_text("■■ auto");
    one.keys(format!("\x1b[<0;{at};36m"));
    one.keys("\x1b[B\x1b[B\r");
    one.wait_for("the popup is gone", |s| !s.has("■■ auto"));
    let meta = home.hermes().join("profiles/work/profile-meta.json");
    until("the colour is in the profile's own file", || {
        fs::read_to_string(&meta).is_ok_and(|text| text.to_lowercase().contains("#94dd4b"))
    });
    one.keys("\x18d");
    two.keys("\x18d");
    assert_eq!(one.wait_end(seconds(5)).exit_code(), 0);
    assert_eq!(two.wait_end(seconds(5)).exit_code(), 0);
    home.stop_hub();
}

/// UX-09, UX-30: the editor has the terminal whole and gives it back, what it wrote is handed on, and the file it had was private and is gone.
#[test]
fn a_soul_is_written_in_the_persons_editor() {
    let home = home();
    let soul = home.hermes().join("profiles/work/SOUL.md");
    fs::write(&soul, "Be brief.\n").unwrap();
    let editor = home.path().join("an editor");
    let script = "#!/bin/sh\nstat -c %a \"$2\" >\"${0}.mode\"; stty -a >\"${0}.tty\"\necho EDITING \"$1\"\nread line\necho \"$line\" >>\"$2\"\n";
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let person = Person::at(launch(&home).env("VISUAL", format!("'{}' --wait", editor.display())).start());
    person.wait_for("all profiles", |s| column(s, "work").is_some());
    person.keys("\x18O\x1b[C\x1b[Cs");
    person.wait_text("EDITING --wait");
    person.keys("Say please.\n");
    person.wait_for("hermux is back", |s| s.has("Write to"));
    person.wait_text("SOUL.md of work is ");
    assert_eq!(fs::read_to_string(home.path().join("an editor.mode")).unwrap().trim(), "600");
    let tty = fs::read_to_string(home.path().join("an editor.tty")).unwrap();
    assert!(tty.contains(" icanon") && tty.contains(" echo "), "the terminal is not as it was: {tty}");
    let left = walk(&home.path().join("run"));
    assert!(!left.iter().any(|name| name.starts_with("edit-")), "{left:?}");
    person.keys("\x18d");
    assert_eq!(person.wait_end(seconds(5)).exit_code(), 0);
    assert_eq!(person.modes_changed(), None);
    home.stop_hub();
}

fn walk(dir: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        names.push(entry.file_name().to_string_lossy().into_owned());
        names.extend(walk(&entry.path()));
    }
    names
}

/// M10, E19, F01, F03, K05, K07: a new profile is switched to, and the active one that is deleted gives way to `default`.
#[test]
fn a_profile_is_made_and_the_active_one_deleted() {
    let home = home();
    let person = Person::at(launch(&home).start());
    person.wait_for("all profiles", |s| column(s, "work").is_some());
    person.keys("\x18O+");
    person.wait_text("New profile");
    person.keys("work");
    person.wait_text("there is a profile \"work\" already");
    person.keys("-2\r");
    person.wait_text("Write to work-2");
    assert!(home.hermes().join("profiles/work-2").is_dir());
    person.keys("\x18OD");
    person.wait_text("Delete work-2?");
    person.keys("\r");
    person.wait_for("Enter alone does no harm", |s| !s.has("Delete work-2?"));
    assert!(home.hermes().join("profiles/work-2").is_dir());
    person.keys("D");
    person.wait_text("Delete work-2?");
    person.keys("d");
    person.wait_text("Write to default");
    person.wait_for("it is gone from the strip", |s| column(s, "work-2").is_none());
    assert!(!home.hermes().join("profiles/work-2").exists());
    person.keys("\x18d");
    assert_eq!(person.wait_end(seconds(5)).exit_code(), 0);
    home.stop_hub();
}
