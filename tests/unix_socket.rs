//! The socket between terminal and hub: who may reach it, where it stands, and what ends one connection but never the hub.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{patience, seconds};
use hermux::base::ids::{AskId, SecretHandle, SessionId};
use hermux::base::secret::Secret;
use hermux::hub::accept::accept;
use hermux::proto::update::Goodbye;
use hermux::proto::{Answer, CONTRACT, Command, ToHub, Update};
use hermux::transport::port::{Frame, HubPort, TerminalPort};
use hermux::transport::unix::{Listener, connect};
use rustix::fs::Mode;
use std::future::Future;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A private directory and the path of a socket in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run/1-2.sock");
    (dir, path)
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(patience(seconds(5)), future).await.unwrap_or_else(|_| panic!("never: {what}"))
}

async fn pair(listener: &Listener, path: &Path) -> (TerminalPort, HubPort) {
    let (terminal, hub) =
        within("a connection", async { tokio::join!(connect(path), listener.accept()) }).await;
    (terminal.unwrap(), hub.unwrap())
}

fn message(message: ToHub) -> Frame {
    Frame::Message(Box::new(message))
}

fn hello() -> ToHub {
    ToHub::Hello { contract: CONTRACT, terminal: None }
}

async fn assert_works(terminal: &TerminalPort, hub: &mut HubPort) {
    terminal.to_hub.send(message(hello())).await.unwrap();
    let got = within("the hello", hub.from_terminal.recv()).await;
    assert!(matches!(got, Some(Frame::Message(got)) if *got == hello()));
}

/// SEC-34: whatever the umask of the person's shell.
#[tokio::test]
async fn the_socket_and_its_directory_are_private_from_the_first_moment() {
    for umask in [0o000, 0o027, 0o077] {
        let (_dir, path) = place();
        let before = rustix::process::umask(Mode::from_raw_mode(umask));
        let listener = Listener::bind(&path);
        rustix::process::umask(before);
        let listener = listener.unwrap();
        let run = path.parent().unwrap();
        assert_eq!(run.metadata().unwrap().mode() & 0o7777, 0o700, "with umask {umask:o}");
        let files: Vec<_> = std::fs::read_dir(run).unwrap().map(|file| file.unwrap()).collect();
        assert_eq!(files.len(), 1, "with umask {umask:o}: {files:?}");
        let meta = files[0].metadata().unwrap();
        assert!(meta.file_type().is_socket());
        assert_eq!(meta.mode() & 0o7777, 0o600, "with umask {umask:o}");
        let (terminal, mut hub) = pair(&listener, &path).await;
        assert_works(&terminal, &mut hub).await;
    }
}

/// SEC-34.
#[tokio::test]
async fn a_directory_that_others_may_write_holds_no_socket() {
    let (_dir, path) = place();
    let run = path.parent().unwrap();
    std::fs::create_dir(run).unwrap();
    std::fs::set_permissions(run, PermissionsExt::from_mode(0o777)).unwrap();
    assert!(Listener::bind(&path).is_err());
    assert_eq!(std::fs::read_dir(run).unwrap().count(), 0);
}

/// SEC-33.
#[tokio::test]
async fn another_user_is_turned_away_even_where_the_modes_let_them_in() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not tested here: only root can be another user");
        return;
    }
    let (dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    for (file, mode) in [(dir.path(), 0o755), (path.parent().unwrap(), 0o755), (&*path, 0o666)] {
        std::fs::set_permissions(file, PermissionsExt::from_mode(mode)).unwrap();
    }
    let (stop, (ports_in, mut ports)) = (CancellationToken::new(), mpsc::channel(4));
    let accepting = tokio::spawn(accept(listener, ports_in, stop.clone()));
    let there = path.clone();
    let heard = tokio::task::spawn_blocking(move || {
        // This thread alone becomes somebody else; it ends with the test.
        std::thread::spawn(move || {
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(65534)).unwrap();
            let mut stream = UnixStream::connect(there).unwrap();
            // It may be turned away before it said anything.
            let _ = stream.write_all(b"\x0d\0\0\0\0{\"Hello\":null}");
            let mut heard = Vec::new();
            let _ = stream.read_to_end(&mut heard);
            heard
        })
        .join()
        .unwrap()
    });
    assert_eq!(within("its end", heard).await.unwrap(), b"", "it is told nothing");
    // The same socket still serves its owner; the stranger never came through.
    let terminal = connect(&path).await.unwrap();
    let mut hub = within("a port", ports.recv()).await.unwrap();
    assert_works(&terminal, &mut hub).await;
    assert!(ports.try_recv().is_err());
    stop.cancel();
    within("the loop's end", accepting).await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_of_a_dead_hub_is_replaced_and_a_foreign_one_is_not_removed() {
    let (_dir, path) = place();
    let first = Listener::bind(&path).unwrap();
    // As a hub that was killed leaves it, even in the middle of making it.
    std::fs::write(path.with_file_name(".1-2.sock"), "").unwrap();
    let second = Listener::bind(&path).unwrap();
    drop(first);
    let (terminal, mut hub) = pair(&second, &path).await;
    assert_works(&terminal, &mut hub).await;
    drop(second);
    assert!(!path.exists());
    assert_eq!(connect(&path).await.unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_path_too_long_for_an_address_is_reached_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d".repeat(60)).join("e".repeat(60)).join("run/1-2.sock");
    assert!(path.as_os_str().len() > 108);
    let listener = Listener::bind(&path).unwrap();
    assert!(path.metadata().unwrap().file_type().is_socket());
    let (terminal, mut hub) = pair(&listener, &path).await;
    assert_works(&terminal, &mut hub).await;
}

/// SEC-33, REL-28.
#[tokio::test]
async fn what_does_not_fit_ends_that_connection_alone() {
    let (_dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    let (good, mut good_hub) = pair(&listener, &path).await;
    let frame = |len: u32, kind: u8, content: &[u8]| [&len.to_le_bytes()[..], &[kind], content].concat();
    for (bytes, what) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "another protocol"),
        (frame(2 << 20, 0, b""), "a frame that is too long"),
        (frame(3, 9, b"abc"), "a frame of no kind"),
        (frame(5, 0, b"hello"), "a message that is no JSON"),
        (frame(15, 0, b"{\"Conquer\":null}"), "a message of no contract"),
        (frame(9, 2, b"12345678\xff"), "a secret that is no text"),
        (b"\x01\0".to_vec(), "half a header"),
        (frame(10, 0, b"half"), "half a frame"),
    ] {
        let mut stream = UnixStream::connect(&path).unwrap();
        let mut hub = within(what, listener.accept()).await.unwrap();
        stream.write_all(&bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(within(what, hub.from_terminal.recv()).await.is_none(), "{what}");
        assert_works(&good, &mut good_hub).await;
    }
}

/// I12: and in the order in which they were sent.
#[tokio::test]
async fn a_secret_arrives_ahead_of_the_command_that_names_it() {
    let (_dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    let (terminal, mut hub) = pair(&listener, &path).await;
    let secret = Secret::new("correct horse".to_owned());
    terminal.to_hub.send(Frame::Secret { handle: SecretHandle(5), secret }).await.unwrap();
    terminal.to_hub.send(message(hello())).await.unwrap();
    let first = within("the secret", hub.from_terminal.recv()).await.unwrap();
    let Frame::Secret { handle: SecretHandle(5), secret } = first else { panic!("{first:?} came first") };
    assert_eq!(secret.expose(), "correct horse");
    let second = within("the command", hub.from_terminal.recv()).await;
    assert!(matches!(second, Some(Frame::Message(_))));
}

/// Everything that a terminal says before it leaves has been taken when its updates end.
#[tokio::test]
async fn a_terminal_that_leaves_knows_when_all_was_taken() {
    let (_dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    let (terminal, hub) = pair(&listener, &path).await;
    let hub = tokio::spawn(async move {
        let HubPort { mut from_terminal, updates: _updates } = hub;
        let mut taken = 0;
        while let Some(Frame::Message(message)) = from_terminal.recv().await {
            taken += 1;
            if *message == ToHub::Bye {
                break;
            }
        }
        taken
    });
    let TerminalPort { to_hub, mut updates } = terminal;
    for n in 0..500 {
        let command = Command::Rename { session: SessionId(n), title: "x".repeat(20_000) };
        to_hub.send(message(ToHub::Command { ask: AskId(n), command })).await.unwrap();
    }
    to_hub.send(message(ToHub::Bye)).await.unwrap();
    drop(to_hub);
    assert!(within("the end", updates.recv()).await.is_none());
    assert_eq!(hub.await.unwrap(), 501);
}

/// A terminal that is not told takes the hub for dead and starts another.
#[tokio::test]
async fn a_goodbye_is_written_before_the_connection_ends() {
    let (_dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    let (mut terminal, hub) = pair(&listener, &path).await;
    // More than the socket holds, so that it is not there yet when the port is let go.
    for n in 0..80 {
        let text = "y".repeat(50_000).as_str().into();
        let answer = Answer::Output { text, warning: None };
        hub.updates.try_send(Update::Answer { ask: AskId(n), answer }).unwrap();
    }
    hub.updates.try_send(Update::Goodbye(Goodbye::Full(64))).unwrap();
    drop(hub);
    let mut last = None;
    while let Some(update) = within("an update", terminal.updates.recv()).await {
        last = Some(update);
    }
    assert_eq!(last, Some(Update::Goodbye(Goodbye::Full(64))));
}

/// The peer's end is seen by both directions of both sides.
#[tokio::test]
async fn a_side_that_is_gone_is_noticed() {
    let (_dir, path) = place();
    let listener = Listener::bind(&path).unwrap();
    let (mut terminal, hub) = pair(&listener, &path).await;
    drop(hub);
    assert!(within("the hub's end", terminal.updates.recv()).await.is_none());
    within("the hub's end", terminal.to_hub.closed()).await;
    let (terminal, mut hub) = pair(&listener, &path).await;
    drop(terminal);
    assert!(within("the terminal's end", hub.from_terminal.recv()).await.is_none());
}
