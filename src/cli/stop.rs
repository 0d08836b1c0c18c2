//! `hermux stop`: ends the hub, or the backend of one profile, after saying what would end with it.

use super::args;
use crate::{
    base::text,
    boot::{
        client::{Client, ClientError},
        exit::Exit,
        place::Place,
    },
    config::paths::{Given, Paths},
    model::status,
    proto::{Command, Refusal, refusal::AtWork},
};
use anyhow::Context;
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

/// Cells of what a hub says of itself.
const SAYS: usize = 60;

pub(super) fn run(args: args::Stop, before: args::Place) -> anyhow::Result<ExitCode> {
    let home = args.place.or(before).home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let place = Place::of(&paths);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let what = What { profile: args.profile, force: args.force };
    match runtime.block_on(what.ask(&place)) {
        Ok(exit) => Ok(exit.into()),
        // It speaks another language, or none: a signal is understood by all.
        Err(ClientError::WrongContract(number)) => {
            what.signal(&place, &format!("is of another version (contract {number})"))
        }
        Err(ClientError::NoHub) if place.holder().is_none() => {
            say("No hub runs for this Hermes home.");
            Ok(Exit::Done.into())
        }
        Err(error @ (ClientError::NoHub | ClientError::Gone | ClientError::Full(_))) => {
            what.signal(&place, &format!("does not answer ({error})"))
        }
        Err(ClientError::Ending) => Ok(what.done(&place).into()),
        Err(error @ ClientError::Io(_)) => Err(error.into()),
    }
}

/// What is to be ended.
struct What {
    profile: Option<crate::base::ids::ProfileName>,
    force: bool,
}

impl What {
    fn command(&self, force: bool) -> Command {
        match self.profile.clone() {
            Some(profile) => Command::StopBackend { profile, force },
            None => Command::Shutdown { force },
        }
    }

    async fn ask(&self, place: &Place) -> Result<Exit, ClientError> {
        let mut client = Client::attach(place).await?;
        let mut force = self.force;
        loop {
            match client.ask(self.command(force)).await? {
                Ok(_) => return Ok(self.done(place)),
                Err(Refusal::AtWork(at_work)) if !force => {
                    tell(&at_work);
                    if !agreed() {
                        say("Nothing was ended. `hermux stop --force` ends them, too.");
                        return Ok(Exit::Waiting);
                    }
                    force = true;
                }
                Err(Refusal::Running) if !force => {
                    let world = &client.welcome.snapshot.world;
                    let ours =
                        world.sessions.values().filter(|at| Some(&at.profile) == self.profile.as_ref());
                    let busy = ours.filter(|at| status::is_working(at) || at.current_prompt().is_some());
                    tell(&busy.map(at_work).collect::<Vec<_>>());
                    if !agreed() {
                        say("Nothing was ended. With --force they end, too.");
                        return Ok(Exit::Waiting);
                    }
                    force = true;
                }
                Err(refusal) => {
                    say(&format!("The hub refused: {refusal}."));
                    return Ok(Exit::Failure);
                }
            }
        }
    }

    /// It was told to end, and agreed.
    fn done(&self, place: &Place) -> Exit {
        if let Some(profile) = &self.profile {
            say(&format!("The backend of {profile} is being stopped. The hub goes on."));
            return Exit::Done;
        }
        match place.wait_gone() {
            Ok(()) => {
                say("The hub has ended, and every backend with it.");
                Exit::Done
            }
            Err(error) => {
                say(&format!("The hub is ending; its lock cannot be looked at: {error}."));
                Exit::Failure
            }
        }
    }

    /// Ends a hub that cannot be asked what runs in it.
    fn signal(&self, place: &Place, why: &str) -> anyhow::Result<ExitCode> {
        let Some(holder) = place.holder() else { return Ok(self.done(place).into()) };
        let says = text::label(&holder.says, SAYS);
        if self.profile.is_some() {
            anyhow::bail!(
                "the hub ({says}) {why}, so one profile alone cannot be stopped; `hermux stop` ends all of it"
            );
        }
        if !self.force {
            say(&format!("The hub ({says}) {why}. What runs in it is not known, and would end with it."));
            if !agreed() {
                say("Nothing was ended. `hermux stop --force` ends it.");
                return Ok(Exit::Waiting.into());
            }
        }
        if !holder.terminate() {
            let pid = holder.pid().map_or_else(|| "its process".to_owned(), |pid| format!("process {pid}"));
            anyhow::bail!("the hub ({says}) cannot be told to end: end {pid} by hand");
        }
        place.wait_gone().context("the hub's lock")?;
        say("The hub has ended, and every backend with it.");
        Ok(Exit::Done.into())
    }
}

fn at_work(session: &crate::model::session::Session) -> AtWork {
    AtWork {
        session: session.id,
        profile: session.profile.clone(),
        name: status::name(session, SAYS),
        status: status::of(session),
    }
}

fn tell(at_work: &[AtWork]) {
    say("Something is at work, or waits for you:");
    for at in at_work {
        say(&format!("  {}  {}  ({})", at.profile, text::label(&at.name, SAYS), status::words(at.status)));
    }
}

/// Whether the person, asked on their terminal, says yes. Without one: no.
fn agreed() -> bool {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return false;
    }
    let _ = write!(io::stderr(), "End all of it? [y/N] ");
    let mut line = String::new();
    io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

/// A line for the person.
fn say(line: &str) {
    // Without a standard error there is only the exit code to tell.
    let _ = writeln!(io::stderr(), "{line}");
}
