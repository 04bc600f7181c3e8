//! `quell version`: which program this is, for people who ask for help and for scripts that compare.

use std::process::ExitCode;

use serde::Serialize;

use crate::cli::form::Output;
use crate::cli::operator;
use crate::store;

/// Say which version this is, what it was built with, and which migrations it carries
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Which program this is.
#[derive(Debug, Serialize)]
struct Version {
    name: &'static str,
    version: &'static str,
    /// The commit, where QUELL_COMMIT was set when it was built.
    commit: Option<&'static str>,
    /// What the build has that another may leave out.
    features: Vec<&'static str>,
    /// The kind of machine that it was built for.
    target: String,
    migrations: Migrations,
}

#[derive(Debug, Serialize)]
struct Migrations {
    count: usize,
    newest: Option<i64>,
}

/// Prints it.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (count, newest) = store::migrations_carried();
    let version = Version {
        name: "quell",
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("QUELL_COMMIT"),
        features: features(),
        target: target(),
        migrations: Migrations { count, newest },
    };
    operator::answer(args.output, &version, |_| render(&version))?;
    Ok(ExitCode::SUCCESS)
}

fn render(version: &Version) -> String {
    let features = match version.features.as_slice() {
        [] => "none".to_owned(),
        features => features.join(", "),
    };
    let newest = version
        .migrations
        .newest
        .map(|newest| format!(", the newest {newest}"));
    format!(
        "quell {}\ncommit      {}\nbuilt for   {}\nfeatures    {features}\nmigrations  {}{}\n",
        version.version,
        version.commit.unwrap_or("not recorded"),
        version.target,
        version.migrations.count,
        newest.unwrap_or_default()
    )
}

fn features() -> Vec<&'static str> {
    let known = [
        ("kafka", cfg!(feature = "kafka")),
        ("nats", cfg!(feature = "nats")),
        ("otlp", cfg!(feature = "otlp")),
        ("fail-points", cfg!(feature = "fail-points")),
    ];
    known
        .into_iter()
        .filter(|(_, is_there)| *is_there)
        .map(|(name, _)| name)
        .collect()
}

/// As `rustc` names it.
fn target() -> String {
    let arch = match () {
        () if cfg!(target_arch = "x86_64") => "x86_64",
        () if cfg!(target_arch = "aarch64") => "aarch64",
        () => "other",
    };
    let system = match () {
        () if cfg!(all(target_os = "linux", target_env = "gnu")) => "unknown-linux-gnu",
        () if cfg!(all(target_os = "linux", target_env = "musl")) => "unknown-linux-musl",
        () if cfg!(target_os = "macos") => "apple-darwin",
        () => "unknown",
    };
    format!("{arch}-{system}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_names_its_build_and_its_migrations() {
        let text = render(&Version {
            name: "quell",
            version: "1.2.3",
            commit: Some("0123abc"),
            features: vec!["kafka", "nats"],
            target: "x86_64-unknown-linux-gnu".to_owned(),
            migrations: Migrations {
                count: 2,
                newest: Some(20_261_123_089_001),
            },
        });
        assert_eq!(
            text,
            "quell 1.2.3\ncommit      0123abc\nbuilt for   x86_64-unknown-linux-gnu\nfeatures    kafka, nats\n\
             migrations  2, the newest 20261123089001\n"
        );
    }

    #[test]
    fn the_migrations_of_the_program_are_those_of_the_repository() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).expect("the folder can be listed");
        let files = files
            .filter_map(Result::ok)
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "sql"));
        assert_eq!(store::migrations_carried().0, files.count());
    }
}
