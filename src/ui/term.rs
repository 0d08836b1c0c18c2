//! The terminal's modes: entered once, left on every way out.
//!
//! What leaves them is armed before anything is entered, and runs on return, on error, on a panic of any thread, and on
//! the signals of a crash (UX-30). A watchdog without any part in reading or drawing ends the program when its terminal
//! is gone (UX-31). Which bytes mean what on input is not known here.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, isatty, tcgetattr, tcgetwinsize, tcsetattr, ttyname};

use super::events::{Decoder, Input, Reply};
use crate::base::clock::Clock;
use crate::base::sys;
use crate::model::terminal::{Multiplexer, TerminalInfo};

/// Title saved, alternate screen, paste and focus reports, no cursor. What a terminal takes for wider than it is laid out for
/// must not run on into the next row, or scroll the last one: no wrapping.
const ENTER: &[u8] = b"\x1b[22;2t\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[?25l\x1b[2J";
/// Whether frames can be held back, whether keys can be told apart better, and last what everyone answers.
const ASK: &[u8] = b"\x1b[?2026$p\x1b[?u\x1b[c";
/// What the background is. Ended by BEL, which the oldest of those that answer understand.
const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x07";
/// The reverse of all that may be on, whatever was.
const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l\x1b[23;2t";
/// Buttons, the wheel, and motion while a button is down; never motion alone (UX-13).
const MOUSE_ON: &[u8] = b"\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l";
/// The least of the extended keyboard protocol: ambiguous keys become distinct. Pushed only when answered.
const KITTY_PUSH: &[u8] = b"\x1b[>1u";
const KITTY_POP: &[u8] = b"\x1b[<1u";
/// How long the program has to end by itself once its terminal is gone, in milliseconds.
const GRACE_MS: u64 = 1_500;
/// How long answers are waited for by who asks and does not enter, in milliseconds: a slow line takes some hundred.
const ANSWER_MS: u64 = 600;

/// What a terminal says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// It answered at all.
    pub any: bool,
    /// It can hold back drawing until a frame is whole.
    pub synchronized: bool,
    /// It speaks the extended keyboard protocol.
    pub kitty: bool,
}

/// The terminal of this process.
#[derive(Debug)]
pub struct Term {
    tty: OwnedFd,
}

/// No terminal to run on.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    #[error(
        "hermux needs a terminal to draw on, and there is none here. Start it in one; `hermux doctor` needs none"
    )]
    NoTerminal,
    #[error("the terminal could not be set up: {0}")]
    Setup(#[from] io::Error),
}

impl Term {
    /// Standard input where it is a terminal, else the controlling one.
    pub fn open() -> Result<Self, TermError> {
        let stdin = rustix::stdio::stdin();
        let tty = if isatty(stdin) {
            stdin.try_clone_to_owned()?
        } else {
            let file = std::fs::File::options().read(true).write(true).open("/dev/tty");
            file.map_err(|_| TermError::NoTerminal)?.into()
        };
        Ok(Self { tty })
    }

    /// Enters: raw mode, the alternate screen, reports. Undone when the guard is dropped, or by whatever ends the
    /// program earlier.
    pub fn enter(&self) -> Result<Entered, TermError> {
        sys::arm_restore(self.tty.as_fd(), LEAVE.to_vec())?;
        restore_on_panic();
        let entered = Entered(());
        let mut modes = tcgetattr(&self.tty).map_err(io::Error::from)?;
        modes.make_raw();
        tcsetattr(&self.tty, OptionalActions::Now, &modes).map_err(io::Error::from)?;
        Ok(entered)
    }

    /// Asks what it can do, and waits a moment for the answers. For programs that do not enter.
    pub fn ask(&self) -> io::Result<Answers> {
        let before = tcgetattr(&self.tty)?;
        let mut modes = before.clone();
        modes.make_raw();
        tcsetattr(&self.tty, OptionalActions::Now, &modes)?;
        let answers = self.answers();
        tcsetattr(&self.tty, OptionalActions::Now, &before)?;
        answers
    }

    fn answers(&self) -> io::Result<Answers> {
        let clock = Clock::start();
        let (mut decoder, mut inputs, mut answers) = (Decoder::default(), Vec::new(), Answers::default());
        rustix::io::write(&self.tty, ASK)?;
        decoder.expect_answers(false, clock.now());
        while let Some(left) = ANSWER_MS.checked_sub(clock.now().0) {
            let wait = Timespec { tv_sec: 0, tv_nsec: i64::try_from(left).unwrap_or(0) * 1_000_000 };
            let mut bytes = [0; 1024];
            match poll(&mut [PollFd::new(&self.tty, PollFlags::IN)], Some(&wait)) {
                Ok(0) => break,
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let count = rustix::io::read(&self.tty, &mut bytes)?;
            decoder.feed(bytes.get(..count).unwrap_or_default(), clock.now(), &mut inputs);
            for input in inputs.drain(..) {
                let Input::Reply(reply) = input else { continue };
                answers.any = true;
                match reply {
                    Reply::SynchronizedOutput(can) => answers.synchronized = can,
                    Reply::KittyKeyboard => answers.kitty = true,
                    // It was not asked for.
                    Reply::Background(_) => {}
                    Reply::Last => return Ok(answers),
                }
            }
            if count == 0 {
                break;
            }
        }
        Ok(answers)
    }

    /// Another handle on it, to read or to write.
    pub fn handle(&self) -> io::Result<OwnedFd> {
        self.tty.try_clone()
    }

    /// Columns and rows; a terminal that does not say is taken for a common one.
    pub fn size(&self) -> (u16, u16) {
        match tcgetwinsize(&self.tty) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            _ => (80, 24),
        }
    }

    /// What the hub and other terminals are told of it.
    pub fn info(&self, multiplexer: Option<Multiplexer>) -> TerminalInfo {
        let tty = ttyname(&self.tty, Vec::new()).ok().and_then(|name| name.into_string().ok());
        TerminalInfo { pid: std::process::id(), tty, multiplexer, size: self.size() }
    }

    /// Ends the process soon after its terminal is gone, however busy or stuck the rest of it is.
    pub fn watch_hangup(&self) -> io::Result<()> {
        let tty = self.tty.try_clone()?;
        std::thread::Builder::new().name("hermux-hangup".into()).spawn(move || {
            if matches!(sys::wait_hangup(tty.as_fd(), None), Ok(true)) {
                let until = Duration::from_millis(GRACE_MS);
                // Nobody unparks this thread, but waking early is allowed: wait the rest.
                let clock = crate::base::clock::Clock::start();
                while clock.now().0 < GRACE_MS {
                    std::thread::park_timeout(until);
                }
                std::process::exit(128 + 1);
            }
        })?;
        Ok(())
    }
}

/// Bytes that enter, and that ask what the terminal can do; also for its `background`, where that matters.
pub fn entering(mouse: bool, background: bool) -> Vec<u8> {
    let mouse = if mouse { MOUSE_ON } else { b"" };
    [ENTER, mouse, if background { ASK_BACKGROUND } else { b"" }, ASK].concat()
}

/// Bytes that enter again, after the terminal was somebody else's; what it can do is known.
pub fn reentering(mouse: bool, kitty: bool) -> Vec<u8> {
    let mouse = if mouse { MOUSE_ON } else { b"" };
    [ENTER, mouse, if kitty { extend_keyboard() } else { b"" }].concat()
}

/// Whether a terminal of this `TERM` has scroll regions. All that show hermux at all do; one without a name is not trusted.
pub fn scrolls(term: Option<&str>) -> bool {
    !matches!(term.unwrap_or_default(), "" | "dumb" | "unknown")
}

/// Bytes that take the mouse or give it back.
pub fn mouse(on: bool) -> &'static [u8] {
    if on { MOUSE_ON } else { MOUSE_OFF }
}

/// Bytes that set the window's title. `title` is what the view made: one line of drawable text.
pub fn titled(title: &str) -> String {
    format!("\x1b]2;{title}\x07")
}

/// The terminal speaks the extended keyboard protocol: bytes that turn it on. Leaving turns it off again.
pub fn extend_keyboard() -> &'static [u8] {
    sys::restore_first(KITTY_POP);
    KITTY_PUSH
}

/// The terminal is ours while this lives.
#[derive(Debug)]
pub struct Entered(());

impl Drop for Entered {
    fn drop(&mut self) {
        sys::restore_terminal();
    }
}

/// A panic of any thread restores the terminal, is told on the normal screen, and ends the program: what would go on
/// would draw over the message.
fn restore_on_panic() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            sys::restore_terminal();
            before(info);
            std::process::exit(101);
        }));
    });
}
