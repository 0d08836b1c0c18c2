//! What is said to the hub, in order. When the hub has no room it waits here, and the terminal keeps drawing.

use std::collections::VecDeque;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::transport::port::Frame;

/// A person's commands on their way. Its length is bounded by what a hand can do while the hub is stalled.
pub(super) struct Outbox {
    to_hub: Sender<Frame>,
    waiting: VecDeque<Frame>,
}

impl Outbox {
    pub(super) fn new(to_hub: Sender<Frame>) -> Self {
        Self { to_hub, waiting: VecDeque::new() }
    }

    /// Says `frame`, now or as soon as there is room.
    pub(super) fn tell(&mut self, frame: Frame) {
        self.waiting.push_back(frame);
        self.flush();
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Waits until there is room, or until there will never be.
    pub(super) async fn room(&self) {
        // The permit is given back at once; whoever is woken by it takes the place.
        drop(self.to_hub.reserve().await);
    }

    /// Hands over what the hub has room for.
    pub(super) fn flush(&mut self) {
        while let Some(frame) = self.waiting.pop_front() {
            match self.to_hub.try_send(frame) {
                Ok(()) => {}
                Err(TrySendError::Full(frame)) => {
                    self.waiting.push_front(frame);
                    return;
                }
                // Nobody listens any more; the loop learns of it from its updates.
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
    }
}
