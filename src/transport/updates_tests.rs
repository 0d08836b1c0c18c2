use super::*;
use crate::{
    base::ids::{AskId, MessageId, SessionId},
    model::patch::BodyChange,
    proto::{Answer, update::Goodbye},
};

fn append(text: &str) -> Patch {
    let change = BodyChange::Append { message: MessageId(1), part: 0, at: 7, text: text.to_owned() };
    Patch::Body { session: SessionId(1), change }
}

fn patches(seq: u64, texts: &[&str]) -> Outgoing {
    Outgoing::Patches { seq, list: texts.iter().map(|text| Shared::new(append(text))).collect() }
}

fn output(bytes: usize) -> Update {
    let text = "x".repeat(bytes).as_str().into();
    Update::Answer { ask: AskId(1), answer: Answer::Output { text, warning: None } }
}

#[test]
fn shared_patches_are_encoded_as_the_update_that_they_stand_for() {
    for texts in [&[][..], &["a"], &["a", "\"\n\u{7}漢", "c"]] {
        let whole = Update::Patches { seq: 9, list: texts.iter().map(|text| append(text)).collect() };
        assert_eq!(patches(9, texts).json().unwrap(), codec::encode(&whole).unwrap());
        assert_eq!(patches(9, texts).into_update(), whole);
    }
}

#[test]
fn a_patch_for_many_is_encoded_once() {
    let shared = Shared::new(append("text"));
    let first = shared.json().unwrap().as_ptr();
    let (one, _one) = Updates::to_socket();
    let (other, _other) = Updates::to_socket();
    for (seq, updates) in [(1, &one), (2, &other)] {
        updates.try_send(Outgoing::Patches { seq, list: vec![Arc::clone(&shared)] }).unwrap();
    }
    assert_eq!(shared.json().unwrap().as_ptr(), first);
}

#[tokio::test]
async fn what_is_not_read_is_bounded_in_bytes_and_there_is_room_when_all_was_read() {
    let (updates, mut queue) = Updates::to_socket();
    let mut sent = 0;
    let full = loop {
        match updates.try_send(output(100_000)) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, NotSent::Full(Outgoing::Update(_))), "{full:?}");
    assert_eq!(sent, UNREAD as usize / 100_100, "four mebibytes of them");
    let mut room = Box::pin(updates.clone().room());
    for left in (0..sent).rev() {
        assert!(futures_util::poll!(&mut room).is_pending(), "{left} to read");
        drop(queue.recv().await);
    }
    room.await.unwrap().send(output(1));
    assert!(matches!(queue.recv().await, Some(Queued::Snapshot(_))));
}

/// A terminal that is not told takes the hub for dead and starts another.
#[tokio::test]
async fn a_terminal_that_does_not_keep_up_is_told_goodbye() {
    let (updates, mut queue) = Updates::to_socket();
    let mut sent = 0;
    while updates.try_send(output(100_000)).is_ok() {
        sent += 1;
    }
    let mut room = Box::pin(updates.clone().room());
    assert!(futures_util::poll!(&mut room).is_pending());
    updates.try_send(Update::Goodbye(Goodbye::Ending)).unwrap();
    for _ in 0..sent {
        assert!(matches!(queue.recv().await, Some(Queued::Encoded { .. })));
    }
    assert!(matches!(queue.recv().await, Some(Queued::Last(_))));
}

#[tokio::test]
async fn what_is_longer_than_the_bound_goes_alone() {
    let (updates, mut queue) = Updates::to_socket();
    updates.try_send(output(UNREAD as usize + 1)).unwrap();
    assert!(matches!(updates.try_send(output(1)), Err(NotSent::Full(_))));
    drop(queue.recv().await);
    updates.try_send(output(1)).unwrap();
}

#[tokio::test]
async fn a_goodbye_is_the_last() {
    let (updates, mut queue) = Updates::to_socket();
    updates.try_send(output(1)).unwrap();
    updates.try_send(Update::Goodbye(Goodbye::Ending)).unwrap();
    assert!(matches!(queue.recv().await, Some(Queued::Encoded { .. })));
    assert!(matches!(queue.recv().await, Some(Queued::Last(_))));
    drop(queue);
    assert!(updates.clone().room().await.is_none() && updates.is_closed());
    assert!(matches!(updates.try_send(output(1)), Err(NotSent::Closed)));
}
