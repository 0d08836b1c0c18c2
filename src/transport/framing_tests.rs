use super::*;
use futures_util::FutureExt;
use proptest::prelude::*;

const BOUND: usize = 3 * MAX_FRAME;

/// Reads all that is in `bytes`, which never has to be waited for.
fn read_all(mut bytes: &[u8], most: usize) -> (Vec<Received>, Result<(), Malformed>) {
    let mut all = Vec::new();
    loop {
        match read(&mut bytes, most).now_or_never().expect("nothing to wait for") {
            Ok(Some(received)) => all.push(received),
            Ok(None) => return (all, Ok(())),
            Err(error) => return (all, Err(error)),
        }
    }
}

fn written(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, message).now_or_never().unwrap().unwrap();
    bytes
}

fn written_secret(handle: u64, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let secret = Secret::new(text.to_owned());
    write_secret(&mut bytes, SecretHandle(handle), &secret).now_or_never().unwrap().unwrap();
    bytes
}

fn frame(len: usize, kind: u8, content: &[u8]) -> Vec<u8> {
    [&header(len, kind)[..], content].concat()
}

#[test]
fn a_message_of_any_length_arrives_whole() {
    for len in [0, 1, MAX_FRAME - 1, MAX_FRAME, MAX_FRAME + 1, 2 * MAX_FRAME, BOUND] {
        let message: Vec<u8> = (0..len).map(|i| i as u8).collect();
        let (all, end) = read_all(&[written(&message), written(b"next")].concat(), BOUND);
        assert!(end.is_ok(), "{len}: {end:?}");
        let [Received::Message(first), Received::Message(second)] = &all[..] else {
            panic!("{len}: {} came", all.len())
        };
        assert!(*first == message && second == b"next", "{len}");
    }
}

/// SEC-33.
#[test]
fn no_frame_is_longer_than_a_mebibyte_and_no_message_than_its_bound() {
    let longest = written(&vec![b'x'; 3 * MAX_FRAME + 7]);
    let mut rest = &longest[..];
    while let Some((head, after)) = rest.split_first_chunk::<HEADER>() {
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        assert!(len <= MAX_FRAME);
        rest = &after[len..];
    }
    assert!(matches!(read_all(&longest, BOUND).1, Err(Malformed::Message(BOUND))));
    for kind in [LAST, MORE, SECRET, 77] {
        let lie = frame(MAX_FRAME + 1, kind, b"x");
        assert!(matches!(read_all(&lie, BOUND).1, Err(Malformed::Frame(_))), "{kind}");
    }
}

/// SEC-33.
#[test]
fn what_is_no_frame_is_told_from_what_is() {
    for (bytes, what) in [
        (frame(1, 3, b"x"), "an unknown kind"),
        (frame(0, MORE, b""), "a piece of nothing"),
        (frame(7, SECRET, b"1234567"), "a secret without a handle"),
        (frame(9, SECRET, b"12345678\xff"), "a secret that is no text"),
        (
            frame(HANDLE + MAX_SECRET + 1, SECRET, &vec![b'x'; HANDLE + MAX_SECRET + 1]),
            "a secret that is a document",
        ),
        ([frame(1, MORE, b"x"), written_secret(1, "s")].concat(), "a secret within a message"),
    ] {
        let (all, end) = read_all(&bytes, BOUND);
        assert!(all.is_empty() && end.is_err(), "{what}: {all:?} {end:?}");
    }
}

#[test]
fn a_connection_cut_anywhere_gives_whole_messages_and_then_its_end() {
    let parts = [written(b"{\"a\":1}"), written_secret(9, "pass"), written(b""), written(b"tail")];
    let bytes = parts.concat();
    let ends: Vec<usize> = (0..=parts.len()).map(|n| parts[..n].iter().map(Vec::len).sum()).collect();
    for cut in 0..=bytes.len() {
        let (all, end) = read_all(&bytes[..cut], BOUND);
        assert_eq!(all.len(), ends.iter().filter(|end| (1..=cut).contains(*end)).count(), "cut at {cut}");
        if ends.contains(&cut) {
            assert!(end.is_ok(), "cut at {cut}");
        } else {
            assert!(matches!(end, Err(Malformed::Half)), "cut at {cut}");
        }
    }
    let pieces = written(&vec![b'x'; MAX_FRAME + 1]);
    assert!(
        matches!(read_all(&pieces[..HEADER + MAX_FRAME], BOUND).1, Err(Malformed::Half)),
        "between two pieces"
    );
}

/// I12.
#[test]
fn a_secret_arrives_under_its_handle_and_nothing_says_what_it_is() {
    let (all, end) = read_all(&written_secret(77, "hunter2"), BOUND);
    assert!(end.is_ok());
    let [Received::Secret { handle, secret }] = &all[..] else { panic!("{all:?}") };
    assert_eq!((*handle, secret.expose()), (SecretHandle(77), "hunter2"));
    assert!(!format!("{all:?}").contains("hunter2"));
    let mut broken = written_secret(77, "hunter2");
    broken.push(LAST);
    *broken.last_mut().unwrap() = 0xff;
    broken[HEADER + HANDLE] = 0xff;
    let said = format!("{:?}", read_all(&broken, BOUND).1);
    assert!(!said.contains("unter2"), "{said}");
    let long = Secret::new("x".repeat(MAX_SECRET + 1));
    assert!(write_secret(&mut Vec::new(), SecretHandle(1), &long).now_or_never().unwrap().is_err());
}

proptest! {
    /// SEC-33: nothing a peer can say costs more than it sent.
    #[test]
    fn random_bytes_never_panic_and_never_give_more_than_came(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            // Headers that are nearly right, or nothing would ever get past the first.
            prop::collection::vec((0_u32..40, 0_u8..4, prop::collection::vec(any::<u8>(), 0..40)), 0..12).prop_map(|frames| {
                frames.into_iter().flat_map(|(len, kind, content)| frame(len as usize, kind, &content)).collect()
            }),
        ],
    ) {
        let (all, _) = read_all(&bytes, 100);
        let given: usize = all.iter().map(|received| match received {
            Received::Message(message) => { assert!(message.len() <= 100); message.len() + HEADER }
            Received::Secret { secret, .. } => secret.expose().len() + HEADER + HANDLE,
        }).sum();
        prop_assert!(given <= bytes.len());
    }

    #[test]
    fn what_is_written_is_read(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8)) {
        let bytes: Vec<u8> = messages.iter().flat_map(|message| written(message)).collect();
        let (all, end) = read_all(&bytes, BOUND);
        prop_assert!(end.is_ok());
        let read: Vec<_> = all.into_iter().map(|received| match received {
            Received::Message(message) => message,
            Received::Secret { .. } => panic!("no secret was sent"),
        }).collect();
        prop_assert_eq!(read, messages);
    }
}
