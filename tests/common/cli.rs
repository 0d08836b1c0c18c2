//! Runs of the real binary without a terminal: what it wrote and how it ended.

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::home::Home;

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code, or 128 and the number of the signal that ended it.
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A command in `home`, with nothing in its environment but what makes that the person's home.
#[expect(clippy::disallowed_methods, reason = "the program under test")]
pub fn command(home: &Home, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(home.env())
        .current_dir(home.work())
        .stdin(Stdio::null());
    command
}

/// Runs the real binary to its end.
pub fn hermux(home: &Home, args: &[&str]) -> Ran {
    run(command(home, env!("CARGO_BIN_EXE_hermux")).args(args))
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    let code = output.status.code().or(output.status.signal().map(|signal| 128 + signal));
    Ran { code: code.expect("it ended"), out: text(output.stdout), err: text(output.stderr) }
}
