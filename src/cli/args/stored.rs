//! The arguments of the subcommands that read what is stored.

use super::Place;
use crate::base::ids::ProfileName;
use clap::Args;

/// Rows or hits, unless told otherwise.
const USUAL: usize = 20;

/// Which of what is stored.
#[derive(Debug, Args)]
pub struct Which {
    /// This profile alone
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// At most so many, the newest first
    #[arg(long, short = 'n', value_name = "N", default_value_t = USUAL, value_parser = limit)]
    pub limit: usize,
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux ls                      the newest sessions of all profiles\n  \
                        hermux ls --profile work -n 5  five of one profile\n  \
                        hermux ls --json | jq .        for programs\n\n\
                        Reads what is stored, and starts nothing. A profile that cannot be read is\n\
                        named on standard error; the others are listed, and it ends with 1.")]
pub struct Ls {
    #[command(flatten)]
    pub which: Which,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux search 'login page'       messages that hold both words\n  \
                        hermux search --profile work x   in one profile\n\n\
                        Reads what is stored, and starts nothing. Found nothing: no line, and 0.")]
pub struct Search {
    /// Words that a message must hold
    #[arg(value_name = "TEXT", required = true, num_args = 1..)]
    pub text: Vec<String>,
    #[command(flatten)]
    pub which: Which,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux show work/20261121_030012_7e329a | less\n  \
                        hermux show @session:work/20261121_030012_7e329a\n  \
                        hermux show 20261121_030012_7e329a --json\n\n\
                        An id without a profile, or that its profile does not have, is looked for in\n\
                        all of them. Reads what is stored, and starts nothing.")]
pub struct Show {
    /// The session, as `hermux ls` names it, as a link, or its id alone
    #[arg(value_name = "PROFILE/ID")]
    pub session: String,
    /// Its profile
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "How many sessions each has, and where it is kept. Starts nothing.")]
pub struct Profiles {
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write a number from 1".to_owned()),
        Ok(limit) => Ok(limit),
    }
}
