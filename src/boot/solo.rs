//! Hub and terminal in one process: what the terminal's end ends, and what is gone with it.

use super::{Ended, Seat, connector, hub, place::Place, present, start_up};
use crate::{
    base::{clock::Clock, sys::files::LockError},
    transport::local,
};
use anyhow::Context;
use tokio_util::sync::CancellationToken;

/// Runs both until the person leaves. Every backend has ended when it returns.
pub fn run(seat: Seat, serve: hub::Serve) -> anyhow::Result<Ended> {
    let (_logging, runtime) = start_up(&seat.paths, seat.log.as_deref())?;
    let result = runtime.block_on(attended(seat, serve));
    // Blocking reads of a stalled disk must not hold up the end.
    runtime.shutdown_background();
    result
}

async fn attended(seat: Seat, serve: hub::Serve) -> anyhow::Result<Ended> {
    let clock = Clock::start();
    let place = Place::of(&seat.paths);
    let starting = place.start().context("the start of a hub cannot be locked")?;
    let lock = place.take().map_err(|error| match error {
        LockError::Held(by) => anyhow::anyhow!(
            "a hub for this Hermes home runs already ({by}). `hermux` or `hermux attach` shows it, `hermux stop` ends it"
        ),
        LockError::Io(error) => anyhow::Error::from(error).context("the hub's lock"),
    })?;
    let hub = hub::listen(&place, serve, lock, clock)?;
    drop(starting);
    let (terminal, port) = local::connect();
    hub.ports().send(port).await.context("the hub ended before it began")?;
    let stop = CancellationToken::new();
    let hub = tokio::spawn(hub.run(stop.clone()));
    let ended = present(seat, None, clock, connector::Here(Some(terminal))).await;
    stop.cancel();
    hub.await.context("the hub failed")??;
    ended
}
