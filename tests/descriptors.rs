//! A hub that has no descriptors left. Alone in its process, whose limit it takes away.

mod common;

use common::{patience, seconds};
use hermux::hub::accept::accept;
use hermux::transport::unix::Listener;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::os::unix::net::UnixStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// REL-28.
#[tokio::test]
async fn terminals_that_come_when_there_is_no_descriptor_are_taken_in_when_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run/1-2.sock");
    let listener = Listener::bind(&path).unwrap();
    let _waiting = [UnixStream::connect(&path).unwrap(), UnixStream::connect(&path).unwrap()];
    let before = getrlimit(Resource::Nofile);
    let mut none = before;
    none.current = Some(3);
    setrlimit(Resource::Nofile, none).unwrap();
    let refused = listener.accept().await;
    let (stop, (ports_in, mut ports)) = (CancellationToken::new(), mpsc::channel(4));
    let accepting = tokio::spawn(accept(listener, ports_in, stop.clone()));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let meanwhile = ports.try_recv();
    setrlimit(Resource::Nofile, before).unwrap();
    assert_eq!(refused.unwrap_err().raw_os_error(), Some(rustix::io::Errno::MFILE.raw_os_error()));
    assert!(meanwhile.is_err());
    for _ in 0..2 {
        tokio::time::timeout(patience(seconds(5)), ports.recv()).await.unwrap().unwrap();
    }
    stop.cancel();
    accepting.await.unwrap();
}
