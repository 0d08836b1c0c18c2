//! A conversation with a running hub without a screen: for subcommands that ask it one thing.

use super::place::Place;
use crate::{
    base::ids::AskId,
    proto::{
        Answer, CONTRACT, Command, Refusal, ToHub, Update,
        update::{Goodbye, Welcome},
    },
    transport::{
        port::{Frame, TerminalPort},
        unix,
    },
};
use std::io;

/// Why the hub cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("no hub runs for this Hermes home")]
    NoHub,
    #[error("the hub that runs is of another version of hermux (contract {0}, this one has {CONTRACT})")]
    WrongContract(u32),
    #[error("the hub has {0} terminals already and takes no more; close one first")]
    Full(u32),
    #[error("the hub is ending")]
    Ending,
    #[error("the hub hung up")]
    Gone,
    #[error("the hub cannot be reached: {0}")]
    Io(#[from] io::Error),
}

/// An attached terminal without a screen.
#[derive(Debug)]
pub struct Client {
    port: TerminalPort,
    /// What is, as of the moment of attaching.
    pub welcome: Box<Welcome>,
    asked: u64,
}

impl Client {
    /// Attaches to the hub of `place`.
    pub async fn attach(place: &Place) -> Result<Self, ClientError> {
        let mut port = unix::connect(&place.socket()).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ClientError::NoHub,
            _ => ClientError::Io(error),
        })?;
        say(&port, ToHub::Hello { contract: CONTRACT, terminal: None }).await?;
        loop {
            if let Update::Welcome(welcome) = hear(&mut port).await? {
                return Ok(Self { port, welcome, asked: 0 });
            }
        }
    }

    /// Asks for one thing; of an answer in pieces the first.
    pub async fn ask(&mut self, command: Command) -> Result<Result<Answer, Refusal>, ClientError> {
        self.asked += 1;
        let asked = AskId(self.asked);
        say(&self.port, ToHub::Command { ask: asked, command }).await?;
        loop {
            match hear(&mut self.port).await? {
                Update::Answer { ask, answer } if ask == asked => return Ok(Ok(answer)),
                Update::Refused { ask, reason } if ask == asked => return Ok(Err(reason)),
                _ => {}
            }
        }
    }
}

async fn say(port: &TerminalPort, message: ToHub) -> Result<(), ClientError> {
    port.to_hub.send(Frame::Message(Box::new(message))).await.map_err(|_| ClientError::Gone)
}

async fn hear(port: &mut TerminalPort) -> Result<Update, ClientError> {
    match port.updates.recv().await {
        None => Err(ClientError::Gone),
        Some(Update::Goodbye(Goodbye::WrongContract(number))) => Err(ClientError::WrongContract(number)),
        Some(Update::Goodbye(Goodbye::Full(terminals))) => Err(ClientError::Full(terminals)),
        Some(Update::Goodbye(Goodbye::Ending)) => Err(ClientError::Ending),
        Some(update) => Ok(update),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::local;

    #[tokio::test]
    async fn a_hub_that_takes_no_more_says_so() {
        let (mut port, hub) = local::connect();
        hub.updates.try_send(Update::Goodbye(Goodbye::Full(64))).unwrap();
        let told = hear(&mut port).await.unwrap_err().to_string();
        assert_eq!(told, "the hub has 64 terminals already and takes no more; close one first");
    }
}
