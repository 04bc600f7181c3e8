//! The command line: one file a subcommand, each a struct of arguments and a `run`.

mod account;
pub mod approvals;
pub mod audit;
mod batch;
pub mod check;
pub mod check_config;
pub mod cluster;
pub mod completion;
mod daemon;
pub mod db;
pub mod demo;
mod diff;
pub mod doctor;
#[cfg(test)]
mod documented;
mod drill;
pub mod events;
mod examples;
mod exit;
pub mod explain;
pub mod explain_code;
pub mod facts;
pub mod fmt;
mod form;
pub mod health;
pub mod junit;
pub mod login;
pub mod man;
pub mod notifications;
pub mod operator;
mod output;
mod overview;
pub mod plan;
pub mod playbooks;
mod practice;
pub mod probe;
mod progress;
mod reading;
mod reads;
mod reasons;
#[cfg(test)]
pub(crate) mod reference;
pub mod reload;
pub mod run;
mod scenario;
pub mod schema;
pub mod send;
mod simulate;
mod since;
mod sure;
mod terminal;
pub mod test;
pub mod tokens;
mod twins;
pub mod version;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// Takes alert events, evaluates playbooks, and contains devices through Microsoft Defender for Endpoint.
#[derive(Debug, Parser)]
#[command(name = "quell", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon
    Run(run::Args),
    /// Look after the database
    #[command(subcommand)]
    Db(db::Command),
    /// Show what is contained, what waits, what needs a person, and whether the daemon lives
    Status(operator::status::Args),
    /// Show devices: restricted ones, ones that should be, and ones that somebody is asked about
    Devices(operator::devices::Args),
    /// Show actions, the newest first: what was, is and will be called at Defender
    Actions(operator::actions::Args),
    /// End every containment on a device or of a selection, and decline what is asked about it
    Release(Box<operator::release::Args>),
    /// Give a containment a later end
    Extend(operator::extend::Args),
    /// Restrict a device by hand, for a time
    Restrict(operator::restrict::Args),
    /// Isolate a device from the network by hand, for a time
    Isolate(operator::isolate::Args),
    Stop(operator::stop::StopArgs),
    Resume(operator::stop::ResumeArgs),
    /// See what people are asked, and answer it
    #[command(subcommand)]
    Approvals(approvals::Command),
    /// Show both windows of the budget: what is used, what is kept for critical calls, and when the queue may have left
    Budget(operator::budget::Args),
    /// Show the caps of the installation with their use, or lift one for a while
    Caps(operator::caps::Args),
    /// See, make and revoke the tokens of operators and programs
    #[command(subcommand)]
    Tokens(tokens::Command),
    /// Check every invariant that the database can show
    Audit(audit::Args),
    /// Explain why quell did or did not act, from what was recorded or for a file of events
    Explain(Box<explain::Args>),
    /// See, compare and change the playbooks in force
    #[command(subcommand)]
    Playbooks(playbooks::Command),
    /// See what arrived and what was made of it; have what could not be used read again
    #[command(subcommand)]
    Events(events::Command),
    /// Let the running daemon read its playbook files again, and say what changed
    Reload(reload::Args),
    /// Ask the daemon of this machine whether it lives, or is ready for events
    Health(health::Args),
    /// See the messages to receivers, send one again, try a receiver out
    #[command(subcommand)]
    Notifications(notifications::Command),
    /// Send a file of alerts to a running daemon
    Send(send::SendArgs),
    /// Check everything that must be right before and while quell runs, and say what to do where it is not
    Doctor(doctor::Args),
    /// Ask a live tenant what the API's documentation leaves open; dry unless told to go
    Probe(Box<probe::Args>),
    /// Check playbooks and their tests without running anything
    Check(check::Args),
    /// Check a configuration without starting anything
    CheckConfig(check_config::Args),
    /// Sign a user in whose rights Quell uses, by a code that is entered in any browser
    Login(login::Args),
    /// Say what a diagnostic code means, with an example
    ExplainCode(explain_code::Args),
    /// List the facts that playbooks may test
    Facts(facts::Args),
    /// Write playbooks and their tests in canonical style
    Fmt(fmt::Args),
    /// Run the tests beside the playbooks
    Test(test::Args),
    /// Show what edited playbooks would have done with past events
    Plan(Box<plan::Args>),
    /// Print the JSON Schema of playbooks, their tests or the configuration, for editors
    Schema(schema::Args),
    /// Run the whole of it against a simulated Defender, with nothing configured
    Demo(demo::Args),
    /// Rehearse an incident with your own playbooks and configuration, against a simulated Defender
    Drill(Box<drill::Args>),
    /// Run a Defender to practise against
    Simulate(Box<simulate::Args>),
    /// Print what a shell needs to complete commands and options
    Completion(completion::Args),
    /// Print a manual page, or write one for each command into a folder
    Man(man::Args),
    /// Say which version this is, what it was built with, and which migrations it carries
    Version(version::Args),
}

/// The commands as they are parsed, documented and completed: with their examples and the variables of the environment.
fn command() -> clap::Command {
    twins::give(reasons::give(examples::give(Cli::command())))
}

/// Runs the command line and gives the process's exit code.
pub fn main() -> ExitCode {
    let parsed = Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit());
    let Some(command) = parsed.command else {
        return overview::run().unwrap_or_else(|error| exit::told(&error));
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match command {
            Command::Run(args) => run::run(args).await,
            Command::Db(command) => db::run(command).await,
            Command::Status(args) => operator::status::run(args).await,
            Command::Devices(args) => operator::devices::run(args).await,
            Command::Actions(args) => operator::actions::run(args).await,
            Command::Release(args) => operator::release::run(*args).await,
            Command::Extend(args) => operator::extend::run(args).await,
            Command::Restrict(args) => operator::restrict::run(args).await,
            Command::Isolate(args) => operator::isolate::run(args).await,
            Command::Stop(args) => operator::stop::stop(args).await,
            Command::Resume(args) => operator::stop::resume(args).await,
            Command::Approvals(command) => approvals::run(command).await,
            Command::Budget(args) => operator::budget::run(args).await,
            Command::Caps(args) => operator::caps::run(args).await,
            Command::Tokens(command) => tokens::run(command).await,
            Command::Audit(args) => audit::run(args).await,
            Command::Explain(args) => explain::run(*args).await,
            Command::Playbooks(command) => playbooks::run(command).await,
            Command::Events(command) => events::run(command).await,
            Command::Reload(args) => reload::run(args).await,
            Command::Health(args) => health::run(args).await,
            Command::Notifications(command) => notifications::run(command).await,
            Command::Send(args) => send::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Probe(args) => probe::run(*args).await,
            Command::Check(args) => check::run(&args),
            Command::CheckConfig(args) => check_config::run(&args),
            Command::Login(args) => login::run(args).await,
            Command::ExplainCode(args) => explain_code::run(&args),
            Command::Facts(args) => facts::run(&args),
            Command::Fmt(args) => fmt::run(&args),
            Command::Test(args) => test::run(&args),
            Command::Plan(args) => plan::run(*args).await,
            Command::Schema(args) => schema::run(&args),
            Command::Demo(args) => demo::run(args).await,
            Command::Drill(args) => drill::run(*args).await,
            Command::Simulate(args) => simulate::run(*args).await,
            Command::Completion(args) => completion::run(&args),
            Command::Man(args) => man::run(&args),
            Command::Version(args) => version::run(&args),
        }
    });
    // Nothing of ours is left running; a blocked helper thread must not hold up the exit.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|error| exit::told(&error))
}
