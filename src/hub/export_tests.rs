use super::{super::staged::*, *};
use pretty_assertions::assert_eq;
use rusqlite::params;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

fn exported(home: &TempDir, id: &str, dir: &Path) -> Result<PathBuf, Refusal> {
    let stored = StoredId::new(id).unwrap();
    let path = export(home.path(), &name("work"), &stored, &dir.to_string_lossy())?;
    Ok(PathBuf::from(path.raw()))
}

fn say(db: &rusqlite::Connection, id: &str, role: &str, content: &str) {
    let insert =
        "INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, ?2, ?3, 4000000001)";
    db.execute(insert, params![id, role, content]).unwrap();
}

/// All that was said is in the file once and in its order, however many pages it takes.
#[test]
fn a_session_of_several_pages_is_exported_whole() {
    let (home, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let db = database(home.path());
    add(&db, "n1", "Many words");
    db.execute_batch("BEGIN").unwrap();
    for n in 0..450 {
        say(&db, "n1", if n % 2 == 0 { "assistant" } else { "user" }, &format!("said {n}."));
    }
    db.execute_batch("COMMIT").unwrap();
    let path = exported(&home, "n1", out.path()).unwrap();
    assert_eq!(path.file_name().unwrap(), "many-words-n1.md");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("# Many words\n\n- Profile: work\n- Session: @session:work/n1\n"), "{text}");
    assert!(text.contains("## You, 2096-10-02 07:06:40 UTC\n\nhello\n"), "{text}");
    let said: Vec<_> = text.lines().filter(|line| line.starts_with("said ")).collect();
    let all: Vec<_> = (0..450).map(|n| format!("said {n}.")).collect();
    assert_eq!(said, all);
    assert!(!text.contains("may be missing"));
}

/// No file is overwritten, nor written through a link, nor put anywhere else than asked.
#[test]
fn no_file_is_ever_overwritten() {
    let (home, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    add(&database(home.path()), "n1", "../../etc/\u{1b}[2J -rf \u{c9}t\u{e9}/");
    std::os::unix::fs::symlink("/nowhere/else", out.path().join("etc-2j-rf-\u{e9}t\u{e9}-n1.md")).unwrap();
    let names: Vec<_> = (0..2)
        .map(|_| {
            let path = exported(&home, "n1", out.path()).unwrap();
            assert_eq!(path.parent().unwrap(), out.path());
            path.file_name().unwrap().to_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["etc-2j-rf-\u{e9}t\u{e9}-n1-2.md", "etc-2j-rf-\u{e9}t\u{e9}-n1-3.md"]);
    assert!(matches!(exported(&home, "n1", Path::new("here")), Err(Refusal::NotWritten(_))));
    assert!(matches!(exported(&home, "n1", &out.path().join("gone")), Err(Refusal::NotWritten(_))));
    assert!(matches!(exported(&home, "gone", out.path()), Err(Refusal::Unreadable(_))));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 3, "what failed leaves nothing");
}

/// What a terminal would obey is spelled out, and a block of code ends where its text does.
#[test]
fn nothing_in_the_file_is_obeyed_by_a_terminal() {
    let (home, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let db = database(home.path());
    add(&db, "n1", "\u{1b}]0;owned\u{7}");
    let calls = r#"[{"id": "c1", "function": {"name": "terminal", "arguments": "{\"command\": \"ls\"}"}}]"#;
    let call = "INSERT INTO messages (session_id, role, content, timestamp, tool_calls) VALUES ('n1', 'assistant', 'a\ttab \u{1b}[31mred\u{9b}1m \u{202e}evil', 4000000002, ?1)";
    db.execute(call, [calls]).unwrap();
    let result = "INSERT INTO messages (session_id, role, content, timestamp, tool_call_id) VALUES ('n1', 'tool', '```` \n# not a heading\u{1b}c', 4000000003, 'c1')";
    db.execute(result, ()).unwrap();
    let text = fs::read_to_string(exported(&home, "n1", out.path()).unwrap()).unwrap();
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t' || c == '\u{202e}';
    assert!(!text.contains(obeyed), "{text:?}");
    assert!(text.contains("a\ttab \\u{1b}[31mred\\u{9b}1m \\u{202e}evil"), "{text}");
    assert!(text.contains("**Tool terminal**"), "{text}");
    assert!(text.contains("\n`````\n```` \n# not a heading\\u{1b}c\n`````\n"), "{text}");
}
