use super::*;
use crate::{
    base::ids::{ProfileName, SendRef, SessionId},
    proto::CONTRACT,
    transport::{local, port::HubPort},
};
use tokio::task::JoinHandle;

/// Hands out what a test puts in; an empty queue is a hub that cannot be started.
struct Queue(VecDeque<TerminalPort>);

impl Reach for Queue {
    async fn reach(&mut self, say: Say) -> Result<TerminalPort, Unreached> {
        say.link(HubLink::Connecting).await;
        self.0.pop_front().ok_or(Unreached::Down { why: "none left".into(), log: None })
    }
}

/// A terminal, and the hubs that it will reach one after the other.
fn rig(hubs: usize) -> (HubLine, VecDeque<HubPort>, JoinHandle<()>) {
    let (ports, hubs): (VecDeque<_>, VecDeque<_>) = (0..hubs).map(|_| local::connect()).unzip();
    let (line, keep) = line(Clock::start(), Queue(ports));
    (line, hubs, tokio::spawn(keep))
}

fn hello() -> Frame {
    Frame::Message(Box::new(ToHub::Hello { contract: CONTRACT, terminal: None }))
}

fn command(ask: u64, command: Command) -> Frame {
    Frame::Message(Box::new(ToHub::Command { ask: AskId(ask), command }))
}

fn wake(ask: u64) -> Frame {
    command(ask, Command::Wake { profile: ProfileName::default_profile() })
}

fn send(ask: u64) -> Frame {
    command(ask, Command::Send { session: SessionId(1), text: "hi".into(), reference: SendRef(1) })
}

fn refused(ask: u64) -> FromHub {
    FromHub::Update(Update::Refused { ask: AskId(ask), reason: Refusal::NoHub })
}

async fn next(line: &mut HubLine) -> FromHub {
    line.from_hub.recv().await.expect("something more")
}

async fn up(line: &mut HubLine) {
    assert_eq!(next(line).await, FromHub::Link(HubLink::Connecting));
    assert_eq!(next(line).await, FromHub::Link(HubLink::Up));
}

async fn down(line: &mut HubLine) -> HubLink {
    match next(line).await {
        FromHub::Link(how) => how,
        FromHub::Update(update) => panic!("{update:?}"),
    }
}

async fn heard(hub: &mut HubPort) -> ToHub {
    match hub.from_terminal.recv().await.expect("something more") {
        Frame::Message(message) => *message,
        Frame::Secret { .. } => panic!("a secret"),
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_before_the_hello() {
    let (mut line, mut hubs, _keep) = rig(1);
    up(&mut line).await;
    line.to_hub.send(wake(1)).await.unwrap();
    line.to_hub.send(hello()).await.unwrap();
    line.to_hub.send(wake(2)).await.unwrap();
    assert_eq!(next(&mut line).await, refused(1));
    let hub = &mut hubs[0];
    assert!(matches!(heard(hub).await, ToHub::Hello { .. }));
    assert!(matches!(heard(hub).await, ToHub::Command { ask: AskId(2), .. }));
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_hub_did_not_answer_is_refused_but_for_texts_whose_fate_is_open() {
    let (mut line, mut hubs, _keep) = rig(2);
    up(&mut line).await;
    for frame in [hello(), wake(1), send(2), wake(3)] {
        line.to_hub.send(frame).await.unwrap();
    }
    let mut hub = hubs.pop_front().unwrap();
    for _ in 0..4 {
        heard(&mut hub).await;
    }
    let answer = Update::Answer { ask: AskId(1), answer: crate::proto::Answer::Done };
    hub.updates.try_send(answer.clone()).unwrap();
    drop(hub);
    assert_eq!(next(&mut line).await, FromHub::Update(answer));
    assert_eq!(next(&mut line).await, refused(3));
    assert!(matches!(down(&mut line).await, HubLink::Lost { .. }));
    up(&mut line).await;
    line.to_hub.send(hello()).await.unwrap();
    assert!(matches!(heard(&mut hubs[0]).await, ToHub::Hello { .. }));
}

#[tokio::test(start_paused = true)]
async fn while_there_is_no_hub_everything_is_refused_at_once() {
    let (mut line, hubs, _keep) = rig(1);
    up(&mut line).await;
    drop(hubs);
    assert!(matches!(down(&mut line).await, HubLink::Lost { .. }));
    assert_eq!(down(&mut line).await, HubLink::Connecting);
    assert_eq!(down(&mut line).await, HubLink::Down { why: "none left".into(), log: None });
    for frame in [hello(), wake(1), send(2)] {
        line.to_hub.send(frame).await.unwrap();
    }
    assert_eq!(next(&mut line).await, refused(1));
    assert_eq!(next(&mut line).await, refused(2));
}

#[tokio::test(start_paused = true)]
async fn a_third_loss_in_a_minute_is_the_last_try_until_the_person_wants_another() {
    let (mut line, mut hubs, _keep) = rig(4);
    let begun = Clock::start();
    for loss in 1..=3 {
        up(&mut line).await;
        drop(hubs.pop_front());
        match (loss, down(&mut line).await) {
            (1 | 2, HubLink::Lost { .. }) => {}
            (3, HubLink::Down { why, .. }) => assert!(why.contains("3 times"), "{why}"),
            (_, other) => panic!("{loss}: {other:?}"),
        }
    }
    assert!(begun.now().0 < WITHIN);
    line.again.notify_one();
    up(&mut line).await;
}

#[test]
fn losses_that_are_far_apart_are_accidents() {
    let mut losses = Losses::default();
    for minute in 0..5 {
        let now = Tick(minute * WITHIN);
        assert_eq!(losses.next(now), Some(now));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_said_goodbye_is_not_sought_again() {
    let (mut line, mut hubs, keep) = rig(2);
    up(&mut line).await;
    let hub = hubs.pop_front().unwrap();
    hub.updates.try_send(Update::Goodbye(Goodbye::Ending)).unwrap();
    drop(hub);
    assert_eq!(next(&mut line).await, FromHub::Update(Update::Goodbye(Goodbye::Ending)));
    assert_eq!(line.from_hub.recv().await, None);
    keep.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_hub_of_another_contract_is_told_and_waited_for() {
    let (mut line, mut hubs, _keep) = rig(2);
    up(&mut line).await;
    let hub = hubs.pop_front().unwrap();
    hub.updates.try_send(Update::Goodbye(Goodbye::WrongContract(7))).unwrap();
    drop(hub);
    assert_eq!(down(&mut line).await, HubLink::WrongContract(7));
    line.again.notify_one();
    up(&mut line).await;
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_leaves_says_its_last_words() {
    let (mut line, mut hubs, keep) = rig(1);
    up(&mut line).await;
    line.to_hub.send(hello()).await.unwrap();
    line.to_hub.send(wake(1)).await.unwrap();
    drop(line);
    let mut hub = hubs.pop_front().unwrap();
    assert!(matches!(heard(&mut hub).await, ToHub::Hello { .. }));
    assert!(matches!(heard(&mut hub).await, ToHub::Command { .. }));
    assert_eq!(heard(&mut hub).await, ToHub::Bye);
    assert!(hub.from_terminal.recv().await.is_none());
    drop(hub);
    keep.await.unwrap();
}
