//! The `hermux` program.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    hermux::cli::run(hermux::cli::args::Cli::parse())
}
