use super::*;
use std::fs::write;

fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn of(files: &[(&str, &str)]) -> Details {
    details(home(files).path(), &ProfileName::default_profile(), Ok(3))
}

/// C22, J01: what is configured is told, and which profile is the sticky one is no guess.
#[test]
fn what_the_files_say_is_told_and_what_is_missing_is_nothing() {
    let bare = of(&[]);
    assert_eq!((bare.model, bare.provider, bare.soul, bare.keys), (None, None, None, Vec::new()));
    assert!(bare.sticky && !bare.gateway && bare.description.is_empty() && bare.problems.is_empty());
    let full = of(&[
        ("config.yaml", "model:\n  default: a/b\n  provider: openrouter\nother: [1]\n"),
        ("profile.yaml", "description: ' for \u{1b}[31mwork '\ndescription_auto: false\n"),
        ("SOUL.md", "You are"),
        ("active_profile", "work\n"),
    ]);
    assert_eq!(full.model, Some("a/b".into()));
    assert_eq!(full.provider, Some("openrouter".into()));
    assert_eq!(full.description.raw(), "for \u{1b}[31mwork");
    assert_eq!((full.soul, full.sticky, full.sessions), (Some(7), false, Ok(3)));
    assert_eq!(of(&[("config.yaml", "model: m\n")]).model, Some("m".into()));
}

#[test]
fn what_cannot_be_read_is_a_reason_and_the_rest_is_told() {
    let dir = home(&[("config.yaml", "model: [\n"), ("SOUL.md", "s")]);
    std::fs::create_dir(dir.path().join("profile.yaml")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join(".env"),
        rustix::fs::FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    write(dir.path().join("gateway.pid"), "{\"pid\": -7}").unwrap();
    let told = details(dir.path(), &ProfileName::default_profile(), Err("locked".into()));
    let problems: Vec<_> =
        told.problems.iter().map(|problem| problem.raw().split(':').next().unwrap()).collect();
    assert_eq!(problems, ["profile.yaml", "config.yaml", ".env"]);
    assert_eq!((told.soul, told.gateway, told.sessions), (Some(1), false, Err("locked".into())));
    let large = "x".repeat(LARGEST as usize + 1);
    assert!(of(&[("config.yaml", &large)]).problems[0].raw().contains("larger"));
}

/// I12: names, and whether they are set; no value, nor a part of one, is anywhere in what is told.
#[test]
fn a_value_of_the_environment_never_leaves() {
    let env = "\u{feff}# SECRET0=x\nA=SECRET1\n export B = 'SECRET2' # c\nC=\nD=\"\"\nE= # only a comment\n\
        F=\"SECRET3\nSECRET4=SECRET5\n\\\"SECRET6=1\n\"\nG='SECRET7\nSECRET8==\n' \nbad name=SECRET9\n1X=SECRET\nSECRETX\nA=\nH=SECRETY";
    let dir = home(&[(".env", env)]);
    let told = details(dir.path(), &ProfileName::default_profile(), Ok(0));
    let keys: Vec<_> = told.keys.iter().map(|key| (key.name.raw(), key.set)).collect();
    assert_eq!(
        keys,
        [
            ("A", false),
            ("B", true),
            ("C", false),
            ("D", false),
            ("E", false),
            ("F", true),
            ("G", true),
            ("H", true)
        ]
    );
    let all = format!("{told:?}{}", serde_json::to_string(&told).unwrap());
    assert!(!all.contains("SECRET"), "{all}");
    // Where a value ends cannot be known, so neither can a name.
    let told = of(&[(".env", "A=1\nB=\"SECRET1\nSECRET2=x\n")]);
    assert_eq!(told.keys, []);
    assert!(!format!("{told:?}").contains("SECRET"));
}

#[test]
fn a_gateway_runs_when_its_process_does() {
    let me = std::process::id();
    let start = Proc::of(i32::try_from(me).unwrap()).unwrap().start;
    let note = |start: u64| format!("{{\"pid\": {me}, \"start_time\": {start}, \"kind\": \"x\"}}");
    assert!(of(&[("gateway.pid", &note(start))]).gateway);
    assert!(!of(&[("gateway.pid", &note(start + 1))]).gateway, "another process has its number");
    assert!(!of(&[("gateway.pid", "nonsense")]).gateway);
}
