//! One running backend process: its pipes drained, its port awaited, its note kept while it runs, its remains ended.

use super::failure::{Failure, LOG_LINES};
use super::launch::{Control, Launcher, Order};
use super::log::{self, Log};
use super::owner::{self, Note, Owner};
use crate::base::ids::ProfileName;
use crate::base::secret::Secret;
use crate::base::sys::{files, process};
use futures_util::future::BoxFuture;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long the pipes may go on after the guard's end: whoever holds them then has escaped, and its words are not waited for.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// A process from its start until it, and everything below it, is gone.
pub(super) struct Child {
    pub(super) token: Arc<Secret>,
    pub(super) control: Arc<dyn Control>,
    pub(super) log: Arc<Log>,
    /// The port it announced on a pipe.
    pub(super) port: watch::Receiver<Option<u16>>,
    /// Resolves to the guard's exit code when nothing is left of it.
    pub(super) exit: BoxFuture<'static, Option<i32>>,
    ready_file: PathBuf,
    mark: String,
}

impl Child {
    /// Starts a backend with a fresh token. The pipes are read from before the process begins to write.
    pub(super) fn start(
        launcher: &dyn Launcher,
        profile: &ProfileName,
        runtime: &Path,
    ) -> Result<Self, Failure> {
        let system = |error: std::io::Error| Failure::System(error.to_string());
        files::private_dir(runtime).map_err(system)?;
        let token = Arc::new(Secret::new(files::random_hex(32).map_err(system)?));
        let mark = files::random_hex(16).map_err(system)?;
        let ready_file = runtime.join(format!("{mark}.ready"));
        let running =
            launcher.launch(&Order { profile, token: &token, mark: &mark, ready_file: &ready_file })?;
        let log = Arc::new(Log::default());
        let (announce, port) = watch::channel(None);
        let mut readers = JoinSet::new();
        for pipe in running.pipes {
            readers.spawn(log::drain(pipe, log.clone(), token.clone(), announce.clone()));
        }
        let exit = gone(running.exit, readers, mark.clone(), ready_file.clone());
        Ok(Self { token, control: running.control, log, port, exit: Box::pin(exit), ready_file, mark })
    }

    /// The port it announced, on a pipe or in the ready file.
    pub(super) fn announced(&self) -> Option<u16> {
        let said = *self.port.borrow();
        said.or_else(|| log::ready_file_port(&std::fs::read(&self.ready_file).ok()?))
    }

    /// Writes down what a later hermux needs to end this process, should this one be unable to.
    pub(super) fn note(&self, owner: &Owner, port: Option<u16>) {
        let (Some((pid, start)), Ok(boot)) = (self.control.identity(), process::boot_id()) else { return };
        if let Err(error) = owner.note(&Note { pid, start, boot, mark: self.mark.clone(), port }) {
            tracing::warn!(%error, "a backend's process could not be noted");
        }
    }

    /// Kills the guard and whatever carries the mark; [`Child::exit`] then tells the end.
    pub(super) fn kill(&self) {
        self.control.kill();
    }

    /// What its end means.
    pub(super) fn failure(&self, code: Option<i32>, ready: bool, program: &str) -> Failure {
        Failure::of_exit(code, ready, program, &self.log.tail(LOG_LINES))
    }
}

/// Waits for the guard's end, ends what is left although it should not be, and hears the last words.
async fn gone(
    exit: BoxFuture<'static, Option<i32>>,
    mut readers: JoinSet<()>,
    mark: String,
    ready_file: PathBuf,
) -> Option<i32> {
    let code = exit.await;
    let swept = tokio::task::spawn_blocking(move || {
        // Only a backend that got ready wrote it.
        let _ = std::fs::remove_file(ready_file);
        owner::end_marked(&mark)
    });
    if let Ok(left @ 1..) = swept.await {
        tracing::warn!(left, "ended processes that a guard left behind");
    }
    let _ = tokio::time::timeout(LAST_WORDS, async { while readers.join_next().await.is_some() {} }).await;
    code
}
