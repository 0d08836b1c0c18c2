//! `hermux keys`, under what may be around it.

mod common;

use std::fs;

use common::cli::{command, hermux, run};
use common::home::Home;
use rstest::rstest;

/// What `hermux keys` says of keys that may not arrive, in an environment.
fn remarks(home: &Home, variables: &[(&str, &str)], args: &[&str]) -> String {
    let ran = run(command(home, env!("CARGO_BIN_EXE_hermux"))
        .arg("keys")
        .args(args)
        .envs(variables.iter().copied()));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out.split_once("(!) may not").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
}

/// KEY-11.
#[rstest]
#[case("nothing", &[], &[])]
#[case("tmux", &[("TMUX", "/tmp/tmux-1000/default,1,0")], &[])]
#[case("screen", &[("STY", "1.pts-0.host")], &[])]
#[case("zellij", &[("ZELLIJ", "0")], &[])]
#[case("zellij_noncolliding", &[("ZELLIJ", "0")], &["--preset", "noncolliding"])]
#[case("gnome_in_tmux", &[("TMUX", "x"), ("GNOME_TERMINAL_SCREEN", "/org/gnome")], &[])]
#[case("apple", &[("TERM_PROGRAM", "Apple_Terminal")], &[])]
fn keys_that_do_not_arrive_are_marked(
    #[case] name: &str,
    #[case] variables: &[(&str, &str)],
    #[case] args: &[&str],
) {
    insta::assert_snapshot!(format!("keys_{name}"), remarks(&Home::new(), variables, args));
}

/// KEY-11: a leader that is taken is told, whoever set it.
#[test]
fn a_leader_that_is_taken_is_told() {
    let home = Home::new();
    let file = home.path().join("c.toml");
    fs::write(&file, "[keys]\nleader = \"ctrl-b\"\n").unwrap();
    let said = remarks(&home, &[("TMUX", "x")], &["--config", file.to_str().unwrap()]);
    assert!(said.contains("The leader Ctrl-B: tmux takes it for itself. Set another one"), "{said}");
}

/// KEY-01, KEY-11: the effective keys, as the config has them, for people and for programs.
#[test]
fn the_keys_are_those_of_the_config() {
    let home = Home::new();
    let dir = home.path().join("config/hermux");
    fs::create_dir_all(&dir).unwrap();
    fs::write(
        dir.join("config.toml"),
        "[keys]\nleader = \"f12\"\n\"tab.close\" = [\"f4\", \"leader w\"]\n\"view.redraw\" = \"\"\n",
    )
    .unwrap();
    let text = hermux(&home, &["keys"]).out;
    assert!(text.contains("\n  F4  F12 w                         Close this tab  [tab.close]\n"), "{text}");
    assert!(
        text.contains("\n  –                                 Draw the screen anew  [view.redraw]\n"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&hermux(&home, &["keys", "--json"]).out).unwrap();
    assert_eq!((json["schema"].as_u64(), json["leader"].as_str()), (Some(1), Some("f12")));
    let actions = json["actions"].as_array().unwrap();
    assert_eq!(actions.len(), hermux::ui::keymap::ACTIONS.len());
    let close = actions.iter().find(|action| action["id"] == "tab.close").unwrap();
    assert_eq!(close["keys"][1]["key"], "leader w");
    assert_eq!(close["keys"][0]["shown"], "F4");
}
