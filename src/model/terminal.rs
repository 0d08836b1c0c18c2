//! The terminals that are attached to a hub, as it knows them and they know each other: who writes in a draft, which one lies
//! in which pane of a multiplexer. What a terminal shows is its own business and not here.

use crate::base::{
    ids::ClientId,
    text::{self, width},
};
use serde::{Deserialize, Serialize};

/// The longest text that is kept of a terminal's, in bytes: a path of the system's, and more than any real one has.
const LONGEST: usize = 4_096;
/// Cells of a terminal's name.
const NAME: usize = 24;

/// What a terminal says of itself when it attaches. Untrusted like any text, though only the hub's own user can attach.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TerminalInfo {
    pub pid: u32,
    /// Its device, such as `/dev/pts/3`; `None` when it is not known.
    pub tty: Option<String>,
    pub multiplexer: Option<Multiplexer>,
    /// Columns and rows when it attached.
    pub size: (u16, u16),
}

/// The place within tmux that a terminal runs in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Multiplexer {
    /// The socket of its server.
    pub server: String,
    /// The pane's id, such as `%4`.
    pub pane: String,
}

/// A terminal that is attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    pub id: ClientId,
    pub info: TerminalInfo,
}

impl TerminalInfo {
    /// Without texts that no terminal has.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.tty.take_if(|tty| tty.len() > LONGEST);
        self.multiplexer.take_if(|at| at.server.len() > LONGEST || at.pane.len() > LONGEST);
        self
    }

    /// A short drawable name: `pts/3`, else the process.
    pub fn name(&self) -> String {
        let tty = self.tty.as_deref().map(|tty| tty.strip_prefix("/dev/").unwrap_or(tty));
        let name = tty.map(|tty| text::label(tty, NAME)).filter(|name| width::of(name) > 0);
        name.unwrap_or_else(|| format!("process {}", self.pid))
    }
}

impl Multiplexer {
    /// The pane that `TMUX` (`SOCKET,PID,SESSION`) and `TMUX_PANE` name.
    pub fn of(tmux: &str, pane: &str) -> Option<Self> {
        // The socket's path may hold a comma, what follows it does not.
        let server = tmux.rsplitn(3, ',').nth(2)?;
        let named = !server.is_empty() && !pane.is_empty();
        named.then(|| Self { server: server.to_owned(), pane: pane.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_is_named_by_the_servers_socket_and_its_own_id() {
        let at = Multiplexer::of("/tmp/tmux-0/a,b,4711,0", "%4").unwrap();
        assert_eq!((at.server.as_str(), at.pane.as_str()), ("/tmp/tmux-0/a,b", "%4"));
        assert_eq!(Multiplexer::of("/tmp/tmux-0/default,4711,0", ""), None);
        assert_eq!(Multiplexer::of("/tmp/tmux-0/default", "%4"), None);
    }

    #[test]
    fn a_terminal_is_called_by_its_device_and_that_is_inert() {
        let named = |tty: Option<&str>| {
            TerminalInfo { pid: 7, tty: tty.map(str::to_owned), ..TerminalInfo::default() }.name()
        };
        assert_eq!(named(Some("/dev/pts/3")), "pts/3");
        assert_eq!((named(None), named(Some(""))), ("process 7".into(), "process 7".into()));
        assert!(!named(Some("/dev/\u{1b}]2;x\u{7}")).contains('\u{1b}'));
        assert!(width::of(&named(Some(&"x".repeat(500)))) <= NAME);
    }
}
