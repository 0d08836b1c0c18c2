//! The embedded backend: a real child process that speaks Hermes' protocol with a scripted agent behind it.
//!
//! It is what `hermux demo` runs in place of `hermes serve`, and what tests run with faults switched on. It is launched
//! with the same arguments and environment, and keeps its sessions in a `state.db` of the same schema. It makes its frames
//! itself, not with `wire`, which is to read them: whatever it sends is compared with recordings of the real backend.

mod aside;
mod ask;
mod backend;
mod config;
mod delegation;
mod diff;
mod ending;
mod faults;
mod frames;
mod garbage;
mod home;
mod methods;
mod options;
mod pipes;
mod profiles;
mod replies;
mod rest;
mod scenes;
mod script;
mod seed;
mod seeds;
mod serve;
mod session;
mod state;
mod tools;
mod turn;

pub use home::{HomeError, PROFILES, prepare_home};
pub use state::StoreError;

use crate::base::ids::ProfileName;
use backend::Backend;
use options::{Environment, Options, UsageError};
use std::io::{self, Write};
use std::process::ExitCode;

/// The models of the demo's only provider; the first is the default.
const MODELS: [&str; 2] = ["demo-model", "demo-mini"];

/// The provider that every profile of the demo has.
const PROVIDER: &str = "custom";

/// What stands in the `system_prompt` column and in every full `session.info`.
const SYSTEM_PROMPT: &str = "You are a scripted stand-in for Hermes Agent. You have no model and no network.";

/// What Hermes says without a provider.
const NO_PROVIDER: &str = "No inference provider configured. Run 'hermes model' to choose a provider and model, or set an \
    API key (OPENROUTER_API_KEY, OPENAI_API_KEY, etc.) in ~/.hermes/.env.";

/// Why the backend could not start, in the words of the real one.
#[derive(Debug, thiserror::Error)]
enum Start {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error("Error: Profile '{0}' does not exist. Create it with: hermes profile create {0}")]
    NoProfile(String),
    #[error("ERROR:    {0}: error while attempting to bind on address")]
    Bind(io::Error),
    #[error("ERROR:    cannot write the ready file: {0}")]
    ReadyFile(io::Error),
    #[error("ERROR:    {0}")]
    Store(#[from] state::StoreError),
    #[error("ERROR:    {0}")]
    Io(#[from] io::Error),
}

/// Runs the backend until it is told to stop. `args` is what stands after `hermux demo-backend`; the environment is the
/// real one's. Must not be called inside an async runtime.
pub fn run(args: &[String]) -> ExitCode {
    match start(args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Without a standard error there is only the exit code to tell.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(if matches!(error, Start::Usage(_)) { 2 } else { 1 })
        }
    }
}

fn start(args: &[String]) -> Result<u8, Start> {
    let environment = Environment::read();
    if let Some(at) = args.iter().position(|word| word == "profile") {
        return match profiles::run(environment.root(), args.get(at + 1..).unwrap_or_default()) {
            Ok(()) => Ok(0),
            Err(why) => {
                let _ = writeln!(io::stdout(), "Error: {why}");
                Ok(1)
            }
        };
    }
    let mut options = Options::parse(args)?;
    if ProfileName::new(&options.profile).is_err() {
        return Err(
            UsageError(format!("argument --profile: invalid profile name: '{}'", options.profile)).into()
        );
    }
    let home = home::profile_home(environment.root(), &options.profile);
    if !home.is_dir() {
        return Err(Start::NoProfile(options.profile));
    }
    options.read_file(&home)?;
    let store = state::Store::open(&home.join("state.db"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let backend = Backend::new(options, environment, home, store);
    let code = runtime.block_on(async {
        if backend.options.faults.stubborn_child {
            pipes::stubborn_child()?;
        }
        let signals = tokio::spawn(serve::signals(backend.clone()));
        serve::serve(backend).await?;
        Ok::<u8, Start>(signals.await.map_err(io::Error::other)??)
    });
    // A task that sits in a write to a full pipe must not keep the process.
    runtime.shutdown_background();
    code
}
