//! `quell audit export`: the sealed rows, for an archive, an auditor or another tool. They are written as they are read, so an
//! export of any length takes no more memory than a page.

use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::named;
use super::record::{COLUMNS, Record};
use crate::cli::operator;
use crate::cli::since::Since;
use crate::domain::tenant::TenantId;
use crate::store::Store;

/// Write the sealed rows out, in the order of their chain
///
/// NDJSON can be verified without the database: `quell audit verify --file FILE`. Exit code 0: all of it is written. 1: rows are
/// missing. 3: it could not be written.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only the rows of this tenant [default: all of the database]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// From the first row of that time on: a span such as 24h, or a time [default: from the beginning]
    #[arg(long, value_name = "SPAN|TIME")]
    since: Option<Since>,
    /// To the last row before that: a span such as 1h, or a time [default: to the end]
    #[arg(long, value_name = "SPAN|TIME")]
    until: Option<Since>,
    /// The form
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// One JSON object a line, which can be verified
    #[default]
    Ndjson,
    /// A table with a head, for people
    Csv,
}

/// Writes the rows to standard output.
///
/// # Errors
/// The configuration cannot be used, Postgres is away, or nothing can be written.
pub(super) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (_, store) = operator::connect(args.config.as_deref()).await?;
    let tenants = store.tenants().await?;
    let tenants = match &args.tenant {
        Some(name) => vec![(named(&tenants, name)?, name.clone())],
        None => tenants,
    };
    match written(&args, &store, &tenants).await {
        Ok(missing) if missing.is_empty() => Ok(ExitCode::SUCCESS),
        Ok(missing) => {
            let (first, more) = (&missing[0], missing.len() - 1);
            eprintln!(
                "the row of seal {first} and {more} more are missing: `quell audit verify` says what is wrong"
            );
            Ok(ExitCode::FAILURE)
        }
        // A reader that has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
    }
}

/// Writes; returns the seals whose rows are gone.
async fn written(args: &Args, store: &Store, tenants: &[(TenantId, String)]) -> anyhow::Result<Vec<i64>> {
    let now = store.now().await?;
    let since = args.since.map(|since| since.time(now)).transpose()?;
    let until = args.until.map(|until| until.end(now)).transpose()?;
    let mut out = BufWriter::new(io::stdout());
    let mut missing = Vec::new();
    if args.output == Form::Csv {
        out.write_all(COLUMNS.as_bytes())
            .context("cannot write to standard output")?;
    }
    for (tenant, name) in tenants {
        let mut export = store.audit_export(*tenant, since, until).await?;
        let mut previous = export.seal_before().await?;
        loop {
            let links = export.next().await?;
            if links.is_empty() {
                break;
            }
            for link in links {
                let (seq, seal) = (link.seq, link.seal);
                match previous
                    .map(|previous| Record::of(name, previous, link))
                    .transpose()?
                    .flatten()
                {
                    Some(record) => {
                        let line = match args.output {
                            Form::Ndjson => serde_json::to_string(&record)? + "\n",
                            Form::Csv => record.csv(),
                        };
                        out.write_all(line.as_bytes())
                            .context("cannot write to standard output")?;
                    }
                    None => missing.push(seq),
                }
                previous = Some(seal);
            }
        }
    }
    out.flush().context("cannot write to standard output")?;
    Ok(missing)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
