use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

/// SEC-34
#[test]
fn what_is_made_is_private_and_what_is_not_private_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    private_dir(&dir).unwrap();
    assert_eq!((mode(&dir), mode(&root.path().join("a"))), (0o700, 0o700));
    private_file(&dir, "f").unwrap();
    replace_private(&dir, "g", b"x").unwrap();
    assert_eq!((mode(&dir.join("f")), mode(&dir.join("g"))), (0o600, 0o600));

    std::fs::set_permissions(&dir, PermissionsExt::from_mode(0o770)).unwrap();
    assert!(private_dir(&dir).is_err(), "group may write");
    std::fs::set_permissions(&dir, PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::set_permissions(dir.join("f"), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(private_file(&dir, "f").is_err(), "others may read");

    symlink("/etc/passwd", dir.join("link")).unwrap();
    assert!(private_file(&dir, "link").is_err(), "a link is not followed");
    symlink(&dir, root.path().join("to-dir")).unwrap();
    assert!(private_dir(&root.path().join("to-dir")).is_err(), "nor a linked directory");
    rustix::fs::mkfifoat(rustix::fs::CWD, dir.join("fifo"), Mode::RUSR | Mode::WUSR).unwrap();
    assert!(private_file(&dir, "fifo").is_err(), "a pipe is no file, and does not block");
    assert!(private_file(&dir, "../x").is_err());
}

/// SEC-34
#[test]
fn a_file_is_replaced_whole_and_leaves_no_temporary() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("d");
    replace_private(&dir, "f", b"one").unwrap();
    replace_private(&dir, "f", b"two").unwrap();
    assert_eq!(std::fs::read(dir.join("f")).unwrap(), b"two");
    assert!(replace_private(&dir, "x/y", b"no").is_err());
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
}

/// REL-27
#[test]
fn a_lock_has_one_holder_and_names_it() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("d");
    let held = lock(&dir, "l", "hermux, pid 7").unwrap();
    let Err(LockError::Held(by)) = lock(&dir, "l", "other") else { panic!("two holders") };
    assert_eq!(by, "hermux, pid 7");
    drop(held);
    lock(&dir, "l", "o").unwrap();
    assert_eq!(std::fs::read(dir.join("l")).unwrap(), b"o", "nothing of the former holder's line is left");
}

/// Looking whether somebody has a lock takes a share of it for a moment.
#[test]
fn whoever_looks_at_a_lock_is_not_its_holder() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("d");
    drop(lock(&dir, "l", "former").unwrap());
    let looks = File::open(dir.join("l")).unwrap();
    looks.try_lock_shared().unwrap();
    let (about, seen) = std::sync::mpsc::channel();
    let locker = std::thread::spawn({
        let dir = dir.clone();
        move || {
            about.send(()).unwrap();
            lock(&dir, "l", "next").map(drop)
        }
    });
    seen.recv().unwrap();
    drop(looks);
    locker.join().unwrap().unwrap();
}

#[test]
fn random_digits_are_as_many_as_asked_and_differ() {
    let (a, b) = (random_hex(32).unwrap(), random_hex(32).unwrap());
    assert_eq!((a.len(), b.len()), (64, 64));
    assert_ne!(a, b);
}
