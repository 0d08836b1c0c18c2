//! What a crash of hermux leaves: a report that quotes nothing. A process of its own, since a panic hook is the whole process'.

use std::os::unix::fs::PermissionsExt;

/// SEC-37: versions and the way there, never what was worked on; a bounded number; private.
#[test]
fn a_crash_leaves_a_report_that_quotes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("log");
    hermux::base::sys::files::private_dir(&dir).unwrap();
    hermux::logging::report_panics(&dir);
    for n in 0..7 {
        let thread = std::thread::Builder::new().name(format!("thread-{n}"));
        thread.spawn(move || panic!("canary-4711 {n}")).unwrap().join().unwrap_err();
    }
    let reports = hermux::logging::reports(&dir);
    let text = std::fs::read_to_string(reports.last().unwrap()).unwrap();
    assert!(text.starts_with(&format!("hermux {}", env!("CARGO_PKG_VERSION"))), "{text}");
    for part in ["\nsystem: ", "\nthread: thread-", "\nat: tests/panic_report.rs:", "report_panics"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("canary-4711"));
    assert_eq!(reports.last().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(reports.len() <= 5, "{reports:?}");
    let _ = std::panic::take_hook();
}
