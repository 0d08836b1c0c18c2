//! The `hermux` program.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    hermux::base::sys::process::name_process();
    hermux::cli::run(hermux::cli::args::Cli::parse())
}
