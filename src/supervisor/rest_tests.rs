use super::*;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

#[derive(Default)]
struct Owner {
    foreign: AtomicBool,
}

impl Control for Owner {
    fn identity(&self) -> Option<(i32, u64)> {
        None
    }
    fn listens(&self, _port: u16) -> bool {
        !self.foreign.load(Ordering::SeqCst)
    }
    fn ask(&self) {}
    fn kill(&self) {}
}

/// A server that says `answer` to every request and keeps what it heard.
struct Server {
    door: Door,
    owner: Arc<Owner>,
    heard: Arc<Mutex<Vec<String>>>,
    at_once: Arc<AtomicUsize>,
}

async fn server(answer: &'static [u8]) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let owner = Arc::new(Owner::default());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (said, at_once) = (heard.clone(), Arc::new(AtomicUsize::new(0)));
    let most = at_once.clone();
    let now = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (said, now, most) = (said.clone(), now.clone(), most.clone());
            tokio::spawn(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let (mut text, mut some) = (Vec::new(), [0; 4096]);
                while !text.ends_with(b"}") {
                    let read = stream.read(&mut some).await.unwrap_or(0);
                    if read == 0 {
                        break;
                    }
                    text.extend_from_slice(&some[..read]);
                }
                said.lock().unwrap().push(String::from_utf8_lossy(&text).into_owned());
                // It may have hung up.
                let _ = stream.write_all(answer).await;
                now.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    let token = Arc::new(Secret::new("t0ken".to_owned()));
    Server { door: Door::new(port, token, owner.clone()), owner, heard, at_once }
}

fn request() -> Request {
    Request { method: "PATCH", path: "/api/sessions/a%2Fb".into(), body: r#"{"title":"x"}"#.into() }
}

async fn ask(server: &Server) -> Result<Response, RestError> {
    tokio::time::timeout(Duration::from_secs(20), server.door.ask(request())).await.unwrap()
}

#[tokio::test]
async fn a_request_says_who_asks_and_what_and_nothing_else() {
    let server = server(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"ok\":true}").await;
    let answer = ask(&server).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, br#"{"ok":true}"#.as_slice()));
    let heard = server.heard.lock().unwrap().join("").to_lowercase();
    let mut lines: Vec<&str> = heard.lines().collect();
    assert_eq!(lines.remove(0), "patch /api/sessions/a%2fb http/1.1");
    lines.retain(|line| !line.starts_with("host: 127.0.0.1:"));
    lines.sort_unstable();
    let want = [
        "",
        "connection: close",
        "content-length: 13",
        "content-type: application/json",
        "x-hermes-session-token: t0ken",
        r#"{"title":"x"}"#,
    ];
    assert_eq!(lines, want, "no origin, no other secret");
}

#[tokio::test]
async fn the_token_goes_to_nobody_but_the_backend() {
    let server = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    server.owner.foreign.store(true, Ordering::SeqCst);
    assert_eq!(ask(&server).await, Err(RestError::NotOurs));
    assert!(server.heard.lock().unwrap().is_empty());
    assert!(!format!("{:?}", server.door).contains("t0ken"));
}

#[tokio::test]
async fn a_hostile_answer_is_a_lost_one() {
    for answer in [
        b"".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 99999 \r\n\r\n",
        b"\0\0\0\0",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let server = server(answer).await;
        let said = ask(&server).await;
        assert!(matches!(said, Err(RestError::Lost(_))), "{}: {said:?}", String::from_utf8_lossy(answer));
    }
    let long: &'static [u8] = {
        let mut long = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        long.resize(MAX_ANSWER + 1_000, b' ');
        long.leak()
    };
    assert_eq!(ask(&server(long).await).await, Err(RestError::TooLong));
    let elsewhere = b"HTTP/1.1 307 \r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let server = server(elsewhere).await;
    assert_eq!(ask(&server).await.unwrap().status, 307, "a redirect is not followed");
    assert_eq!(server.heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn only_a_few_requests_are_under_way_at_a_time() {
    let server = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let all = (0..40).map(|_| server.door.ask(request()));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.unwrap().status, 200);
    }
    assert_eq!(server.heard.lock().unwrap().len(), 40);
    assert!(server.at_once.load(Ordering::SeqCst) <= AT_ONCE + 1, "one may not have seen its end yet");
}
