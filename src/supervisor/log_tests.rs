use super::*;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

fn secret() -> Arc<Secret> {
    Arc::new(Secret::new("t0ken".into()))
}

/// FLT-18
#[test]
fn a_ready_line_is_found_on_a_boundary_and_nothing_else_is() {
    for (line, port) in [
        ("HERMES_BACKEND_READY port=40961", Some(40961)),
        ("HERMES_DASHBOARD_READY port=1", Some(1)),
        ("INFO:  HERMES_BACKEND_READY port=7 (pid 3)", Some(7)),
        ("HERMES_BACKEND_READY port=0", None),
        ("HERMES_BACKEND_READY port=65536", None),
        ("HERMES_BACKEND_READY port=+7", None),
        ("HERMES_BACKEND_READY port=7x", None),
        ("HERMES_BACKEND_READY", None),
        ("XHERMES_BACKEND_READY port=7", None),
        ("HERMES_BACKEND_READYport=7", None),
        ("HERMES_BACKEND_READY\u{a0}port=7", None),
    ] {
        assert_eq!(ready_port(line), port, "{line}");
    }
    assert_eq!(ready_file_port(b"{\"port\":9}"), Some(9));
    for bad in [&b"{\"port\":0}"[..], b"{\"port\":99999}", b"", b"{\"po"] {
        assert_eq!(ready_file_port(bad), None);
    }
}

/// FLT-18: split in two writes, twice.
#[tokio::test]
async fn the_first_whole_ready_line_counts() {
    let (mut write, read) = tokio::io::duplex(64);
    let (port, seen) = watch::channel(None);
    let reader = tokio::spawn(drain(read, Arc::default(), secret(), port));
    write.write_all(b"noise\nHERMES_BACKEND_READY po").await.unwrap();
    write.write_all(b"rt=41\r\nHERMES_BACKEND_READY port=42\n").await.unwrap();
    drop(write);
    reader.await.unwrap();
    assert_eq!(*seen.borrow(), Some(41));
}

/// FLT-19: 10 MB never block the writer, and 1 MiB is kept.
#[tokio::test]
async fn noise_is_read_for_ever_and_kept_within_bounds() {
    let (mut write, read) = tokio::io::duplex(64 * 1024);
    let log = Arc::new(Log::default());
    let reader = tokio::spawn(drain(read, log.clone(), secret(), watch::channel(None).0));
    let writer = async {
        for n in 0..10_000 {
            write.write_all(format!("{n:>1000}\n").as_bytes()).await.unwrap();
        }
        write.write_all(&[b'x'; 10_000]).await.unwrap();
        write.write_all(&vec![b'\n'; 100_000]).await.unwrap();
        write.write_all(b"\xff end").await.unwrap();
        drop(write);
    };
    tokio::time::timeout(Duration::from_secs(30), writer).await.expect("the writer is never held up");
    reader.await.unwrap();
    let kept = log.lock();
    assert!(kept.bytes + kept.lines.len() * size_of::<String>() <= KEPT);
    assert_eq!(kept.bytes, kept.lines.iter().map(String::len).sum::<usize>());
    drop(kept);
    assert_eq!(log.last().raw(), "\u{fffd} end");
}

/// SEC-30
#[tokio::test]
async fn a_token_that_the_backend_prints_is_not_kept() {
    let log = Arc::new(Log::default());
    drain(&b"a\nurl ?token=t0ken&x\n"[..], log.clone(), secret(), watch::channel(None).0).await;
    assert_eq!(log.tail(1)[0].raw(), "url ?token=***&x");
    assert_eq!(log.tail(50).len(), 2);
}
