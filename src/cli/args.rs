//! The command line.

pub mod stored;

use super::{status::format::Format, version};
use crate::{
    base::ids::{ProfileName, StoredId},
    config::{
        settings::{Colors, Preset},
        value::Value as _,
    },
    logging,
};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use std::{ffi::OsString, path::PathBuf};

macro_rules! examples {
    ($more:literal) => {
        concat!(
            "Examples:\n  hermux                     a draft in the profile you use; no set-up needed\n  \
             hermux attach              what was left running, from any terminal\n  \
             hermux stop                end what runs when every terminal is closed\n  \
             hermux --profile work      begin in the profile \"work\"\n  \
             hermux --session work/ID   begin with a stored session\n  \
             hermux demo                three made-up profiles; needs no Hermes\n  \
             hermux doctor              what is there, what is missing, how to mend it",
            $more
        )
    };
}

/// One terminal for every Hermes agent you run.
#[derive(Debug, Parser)]
#[command(
    name = "hermux",
    version = crate::base::VERSION,
    long_version = version::long(),
    max_term_width = 80,
    after_help = examples!(""),
    after_long_help = examples!(
        "\n\nEnvironment:\n  \
         HERMES_HOME      the Hermes home, as for hermes itself\n  \
         HERMUX_LOG       what to log, as --log\n  \
         NO_COLOR         any value: no colours, unless --color says otherwise\n\n\
         Exit codes:\n  \
         0  done                           5  a provider refused the credentials\n  \
         1  failed                         6  the session waits for a person\n  \
         2  wrong usage, or no terminal    7  the time given is over\n  \
         3  wrong config file              8  whether it arrived is not known\n  \
         4  no backend or hub to be had    128 + n  ended by signal n\n\
         `hermux doctor` ends with 0 when all is well, 1 on warnings, 2 on faults."
    )
)]
pub struct Cli {
    #[command(flatten)]
    pub start: Start,
    /// What to log, as in `info,hermux::supervisor=debug`
    ///
    /// Never what is said in a session. `hermux logs` says where the files are. [default: warnings and milestones]
    #[arg(long, global = true, value_name = "FILTER", env = logging::FILTER, hide_env = true, value_parser = filter)]
    pub log: Option<String>,
    /// The config file [default: ~/.config/hermux/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How many colours to use [default: the config's, then what the terminal says]
    #[arg(long, global = true, value_name = "WHICH", value_parser = PossibleValuesParser::new(Colors::words()))]
    pub color: Option<String>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Args)]
pub struct Start {
    #[command(flatten)]
    pub place: Place,
    /// The profile to begin in [default: the one Hermes itself would use]
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// Open this stored session
    #[arg(long, value_name = "PROFILE/ID", conflicts_with = "profile", value_parser = session)]
    pub session: Option<(ProfileName, StoredId)>,
    /// Hub and terminal in one process: what runs ends with the terminal
    #[arg(long)]
    pub solo: bool,
}

/// Which Hermes.
#[derive(Debug, Args)]
pub struct Place {
    #[arg(
        long,
        value_name = "DIR",
        help = "The Hermes home to serve [default: $HERMES_HOME, then ~/.hermes]"
    )]
    pub home: Option<PathBuf>,
    /// The hermes program [default: the config's, then the one on PATH]
    #[arg(long, value_name = "PATH")]
    pub hermes: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the hub that runs; start none
    Attach(Attach),
    /// Choose a session, for a popup: it opens in the terminal this is called from
    Pick(Pick),
    /// Run the hub in the foreground, without a terminal's screen
    Server(Server),
    /// End the hub, or one profile's backend
    Stop(Stop),
    /// Try hermux with three made-up profiles; needs no Hermes
    Demo(Demo),
    /// Show, check or begin the config file
    #[command(subcommand)]
    Config(Config),
    /// Print the keys as they are set, and which of them do not arrive here
    Keys(Keys),
    /// How the hub, its profiles and their sessions stand
    Status(Status),
    /// Look at everything that hermux needs, and say how to mend it
    Doctor(Doctor),
    /// The newest stored sessions
    Ls(stored::Ls),
    /// Find what was said in stored sessions
    Search(stored::Search),
    /// Print a stored session
    Show(stored::Show),
    /// Every profile and how many sessions it has
    Profiles(stored::Profiles),
    /// Say where the log files are, or show the end of the newest
    Logs(Logs),
    /// Stands between the hub and one backend
    #[command(hide = true, disable_help_flag = true)]
    Guard(Rest),
    /// The made-up agent of the demo
    #[command(hide = true, disable_help_flag = true)]
    DemoBackend(Rest),
}

#[derive(Debug, Args)]
#[command(after_help = "In tmux, a key that opens it over the pane in front:\n\
    bind-key h display-popup -E -w 80% -h 60% 'hermux pick'\n\
    It opens the choice in the hermux of that pane, else in the one used last.")]
pub struct Pick {
    #[command(flatten)]
    pub place: Place,
    /// The terminal to open it in, as `hermux status` numbers them
    #[arg(long, value_name = "ID")]
    pub terminal: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Attach {
    #[command(flatten)]
    pub place: Place,
    /// The profile to begin in [default: what was shown last]
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// Open this stored session
    #[arg(long, value_name = "PROFILE/ID", conflicts_with = "profile", value_parser = session)]
    pub session: Option<(ProfileName, StoredId)>,
}

#[derive(Debug, Args)]
#[command(after_help = "`hermux` starts a hub by itself when none runs. It ends when no terminal is\n\
                        attached and nothing runs or waits for the time `hub.linger`, or by\n\
                        `hermux stop`.")]
pub struct Server {
    #[command(flatten)]
    pub place: Place,
    /// The profile to begin in [default: the one Hermes itself would use]
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// A terminal starts it: standard output says when it listens
    #[arg(long, hide = true)]
    pub detached: bool,
    /// The terminal that starts it
    #[arg(long, value_name = "DEVICE", hide = true)]
    pub tty: Option<String>,
    /// The backends are the demo's, with this seed
    #[arg(long, value_name = "N", hide = true)]
    pub demo: Option<u64>,
    /// A flag for the demo's backends
    #[arg(long, value_name = "FLAG", hide = true, allow_hyphen_values = true)]
    pub backend_arg: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hermux stop                  end the hub, unless something runs or waits\n  \
                        hermux stop --force          end it whatever runs\n  \
                        hermux stop --profile work   end one backend; the hub goes on\n\n\
                        Ends with 6 when something runs or waits for you, and ends nothing then."
)]
pub struct Stop {
    /// End this profile's backend alone
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// Also what runs or waits; also a hub that does not answer
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux demo                a home that is gone when you leave\n  \
                        hermux demo --home ~/demo  the same sessions again next time\n\n\
                        Say `/demo help` in it to see what it can play.")]
pub struct Demo {
    /// Keep the demo's home here [default: a throw-away directory]
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// What the made-up agents say follows from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Faults for the backends, as `hermux demo-backend` takes them
    #[arg(long, value_name = "FLAG", hide = true, allow_hyphen_values = true)]
    pub backend_arg: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct Keys {
    /// As this preset has them [default: the config's]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Preset::words()))]
    pub preset: Option<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux logs              the files, the newest first\n  \
                        hermux logs --tail 50    the last 50 lines\n\n\
                        What is said in a session is never logged.")]
pub struct Logs {
    /// Show the last N lines of the newest log
    #[arg(long, short = 'n', value_name = "N")]
    pub tail: Option<usize>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Where the config, the logs and the rest are
    Path,
    /// Every setting, its value, and where it comes from
    Show,
    /// Say everything that is wrong with a config file; exit 0 or 3
    Check {
        /// [default: the one that is read]
        file: Option<PathBuf>,
    },
    /// A config file with every setting, its meaning and its default
    Example,
}

impl Place {
    /// What was said after the subcommand, else what was said before it.
    pub(super) fn or(self, before: Self) -> Self {
        Self { home: self.home.or(before.home), hermes: self.hermes.or(before.hermes) }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux doctor                  everything\n  \
                        hermux doctor --profile work   one profile\n  \
                        hermux doctor --no-spawn       without starting a backend\n  \
                        hermux doctor --json | jq .    for programs\n\n\
                        Ends with 0 when all is well, 1 on warnings, 2 on faults. Changes nothing,\n\
                        and leaves nothing running.")]
pub struct Doctor {
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// Start no backend
    #[arg(long)]
    pub no_spawn: bool,
    /// Look at this profile alone
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hermux status              for a person\n  \
                        hermux status --json       for programs\n  \
                        hermux status --format '{waiting?{waiting}! }{working} working'\n\n\
                        In a format stand {working} {waiting} {unread} {failed} {open} {built},\n\
                        {live} {stuck} {profiles} {terminals}; of one profile {work:waiting} and so on,\n\
                        {work:state}; {waiting?TEXT} is TEXT where there are any. In tmux:\n\
                        set -g status-right '#(hermux status --format \"{waiting} waiting\")'\n\n\
                        Starts nothing. Without a hub it ends with 4, a format with an empty line and 0.")]
pub struct Status {
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// One line, with counts in braces
    #[arg(long, value_name = "TEXT", conflicts_with = "json")]
    pub format: Option<Format>,
    #[command(flatten)]
    pub place: Place,
}

/// Reads `PROFILE/ID`.
fn session(text: &str) -> Result<(ProfileName, StoredId), String> {
    let (name, id) =
        text.split_once('/').ok_or("write it as PROFILE/ID, as in work/20261121_030012_7e329a")?;
    let profile = ProfileName::new(name).map_err(|error| error.to_string())?;
    Ok((profile, StoredId::new(id).ok_or("there is no session id after the slash")?))
}

/// Checks a log filter, which is read again where logging starts.
fn filter(text: &str) -> Result<String, String> {
    logging::filter(text)
        .map_err(|error| format!("{error}; write it as in info,hermux::supervisor=debug"))?;
    Ok(text.to_owned())
}

/// Arguments handed on as they are.
#[derive(Debug, Args)]
pub struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// SEC-35, UX-40: what is no profile or no session is a usage error, before anything starts.
    #[test]
    fn names_and_ids_are_checked_with_the_command_line() {
        for bad in [
            ["--profile", "../x"],
            ["--profile", "-h"],
            ["--session", "work"],
            ["--session", "A/1"],
            ["--session", "a/"],
            ["--log", "hermux=loud"],
        ] {
            let error = Cli::try_parse_from(["hermux", bad[0], bad[1]]).expect_err(bad[1]);
            assert_eq!(error.exit_code(), 2, "{bad:?}");
        }
        let cli = Cli::try_parse_from(["hermux", "--session", "work/20261121_030012_7e329a"]).expect("valid");
        assert_eq!(cli.start.session.expect("given").0.as_str(), "work");
    }

    /// UX-41: every help that a person can ask for.
    #[test]
    fn help_fits_80_columns() {
        fn check(mut command: clap::Command, name: &str) {
            for help in
                [command.render_help(), command.render_long_help(), command.render_long_version().into()]
            {
                for line in help.to_string().lines() {
                    assert!(line.chars().count() <= 80, "{name}: {line:?}");
                }
            }
            for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
                check(sub.clone(), &format!("{name} {}", sub.get_name()));
            }
        }
        let mut command = Cli::command();
        // As the parser does: what is global is part of each.
        command.build();
        check(command, "hermux");
    }
}
