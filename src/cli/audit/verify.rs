//! `quell audit verify`: whether every row of the audit is the one that was sealed, in the database or in an export.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::named;
use super::record::Record;
use crate::cli::operator::table::{Paint, Tone, plain};
use crate::cli::operator::{self, Output};
use crate::cli::progress::Progress;
use crate::cli::since::Since;
use crate::clock::Monotonic;
use crate::desk::words::ago;
use crate::domain::seal::{ChainFinding, ChainWalk, Seal, Tampering};
use crate::store::seals::verify::{Verified, VerifiedChain, VerifyScope, per_second};

/// Walk the chain of seals again, and tell every row that was changed, deleted, inserted or moved
///
/// Exit code 0: all is as it was sealed. 1: it is not; what is wrong is printed. 3: it could not be found out.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only the chain of this tenant [default: all of the database]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Only from the last checkpoint before that on: a span such as 24h, or a time [default: from the beginning]
    #[arg(long, value_name = "SPAN|TIME", conflicts_with = "file")]
    since: Option<Since>,
    /// A checkpoint that was kept elsewhere, as the log has it: the chain must still have that seal. May be given again
    #[arg(long, value_name = "[TENANT/]SEQ:HASH")]
    checkpoint: Vec<KeptCheckpoint>,
    /// Verify an export (NDJSON) instead of the database, which is not asked; no configuration is needed then
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Findings shown of each tenant, at most; they are counted all the same
    #[arg(long, value_name = "N", default_value_t = 50)]
    show: usize,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// A checkpoint as a person gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptCheckpoint {
    tenant: Option<String>,
    seq: i64,
    seal: Seal,
}

impl FromStr for KeptCheckpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (tenant, rest) = match text.split_once('/') {
            Some((tenant, rest)) => (Some(tenant.to_owned()), rest),
            None => (None, text),
        };
        let (seq, seal) = rest
            .split_once(':')
            .ok_or("expected a number and a seal, such as `1200:9f86…`, as the log has them")?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0);
        Ok(Self {
            tenant,
            seq: seq.ok_or("the number of a seal is a whole number from 1 on")?,
            seal: seal.parse()?,
        })
    }
}

/// The answer as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    held: bool,
    #[serde(flatten)]
    verified: &'a Verified,
    seconds: f64,
    rows_per_second: f64,
}

/// Verifies and prints the answer: exit code 0 when all is as it was sealed, 1 when it is not.
///
/// # Errors
/// The configuration cannot be used, Postgres is away, or the file cannot be read.
pub(super) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let began = Monotonic::now();
    let verified = match &args.file {
        Some(file) => of_file(file, &args)?,
        None => of_database(&args).await?,
    };
    let took = began.elapsed();
    let rows = verified.chains.iter().map(|chain| chain.rows).sum();
    let answer = Answer {
        held: verified.holds(),
        verified: &verified,
        seconds: took.as_secs_f64(),
        rows_per_second: per_second(rows, took).round(),
    };
    operator::answer(args.output, &answer, |paint| page(&verified, rows, took, paint))?;
    Ok(if verified.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn of_database(args: &Args) -> anyhow::Result<Verified> {
    let (_, store) = operator::connect(args.config.as_deref()).await?;
    let now = store.now().await?;
    let tenants = store.tenants().await?;
    let tenant = args
        .tenant
        .as_deref()
        .map(|name| named(&tenants, name))
        .transpose()?;
    let mut checkpoints = Vec::new();
    for kept in &args.checkpoint {
        let its = match (&kept.tenant, tenant, tenants.as_slice()) {
            (Some(name), Some(only), _) if named(&tenants, name)? != only => anyhow::bail!(
                "the checkpoint `{name}/{}:…` is of another tenant than `--tenant` says: nothing would be held against it",
                kept.seq
            ),
            (Some(name), ..) => named(&tenants, name)?,
            (None, Some(tenant), _) => tenant,
            (None, None, [(tenant, _)]) => *tenant,
            _ => anyhow::bail!(
                "there are several tenants, and each has a chain: say `--checkpoint TENANT/{}:…` or `--tenant`",
                kept.seq
            ),
        };
        checkpoints.push((its, kept.seq, kept.seal));
    }
    let scope = VerifyScope {
        tenant,
        since: args.since.map(|since| since.time(now)).transpose()?,
        checkpoints,
        findings: args.show,
    };
    let mut progress = Progress::on_stderr();
    let verified = store
        .audit_verify(&scope, |done, total| progress.show("verifying", done, total))
        .await?;
    progress.clear();
    Ok(verified)
}

/// Verifies an export, each tenant's rows by themselves.
fn of_file(path: &Path, args: &Args) -> anyhow::Result<Verified> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("`{name}` cannot be read"))?;
    let mut chains: Vec<(VerifiedChain, ChainWalk)> = Vec::new();
    // Where each chain of the file begins.
    let mut begins: Vec<(String, i64)> = Vec::new();
    let mut last = Timestamp::UNIX_EPOCH;
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("`{name}` cannot be read"))?;
        let record: Record = serde_json::from_str(&line)
            .with_context(|| format!("line {} of `{name}` is no row of an export", number + 1))?;
        let (tenant, previous) = (record.tenant.clone(), record.previous);
        if args.tenant.as_ref().is_some_and(|only| *only != tenant) {
            continue;
        }
        let link = record.link()?;
        let at = match chains.iter().position(|(chain, _)| chain.tenant == tenant) {
            Some(at) => at,
            None => {
                chains.push((empty(&tenant), ChainWalk::after(link.seq - 1, previous)));
                begins.push((tenant.clone(), link.seq));
                chains.len() - 1
            }
        };
        let (chain, walk) = &mut chains[at];
        let found = if link.seq <= walk.end().0 {
            Some(finding(
                Tampering::Changed,
                link.seq,
                "is not behind the row before it".to_owned(),
            ))
        } else {
            walk.step(&link)
        };
        chain.rows += 1;
        (chain.seq, chain.hash) = walk.end();
        for kept in args
            .checkpoint
            .iter()
            .filter(|kept| kept.seq == link.seq && kept.is_of(&tenant))
        {
            if kept.seal != link.seal {
                let told = format!("the given checkpoint {} has another seal than the row", kept.seq);
                take(
                    chain,
                    finding(Tampering::CheckpointDiffers, link.seq, told),
                    args.show,
                );
            }
        }
        if let Some(found) = found {
            take(chain, found, args.show);
        }
        if let Some(at) = link
            .entry
            .and_then(|entry| Timestamp::from_microsecond(entry.at_micros).ok())
        {
            last = last.max(at);
        }
    }
    anyhow::ensure!(!chains.is_empty(), "`{name}` has no row");
    for kept in &args.checkpoint {
        let mut its = begins.iter().filter(|(tenant, _)| kept.is_of(tenant));
        anyhow::ensure!(
            its.any(|(_, first)| *first <= kept.seq),
            "`{name}` begins behind the checkpoint {}, or has no row of its tenant: nothing can be held against it",
            kept.seq
        );
        for (chain, _) in chains
            .iter_mut()
            .filter(|(chain, _)| kept.is_of(&chain.tenant) && kept.seq > chain.seq)
        {
            let told = format!(
                "the file ends at {}, and the given checkpoint says {}",
                chain.seq, kept.seq
            );
            take(chain, finding(Tampering::CutOff, kept.seq, told), args.show);
        }
    }
    Ok(Verified {
        at: last,
        chains: chains.into_iter().map(|(chain, _)| chain).collect(),
        strangers: Vec::new(),
    })
}

impl KeptCheckpoint {
    fn is_of(&self, tenant: &str) -> bool {
        self.tenant.as_ref().is_none_or(|its| its == tenant)
    }
}

fn empty(tenant: &str) -> VerifiedChain {
    VerifiedChain {
        tenant: tenant.to_owned(),
        seq: 0,
        hash: Seal::BEGINNING,
        rows: 0,
        checkpoint: None,
        waiting: 0,
        waiting_since: None,
        total: 0,
        findings: Vec::new(),
    }
}

fn finding(what: Tampering, seq: i64, told: String) -> ChainFinding {
    ChainFinding {
        what,
        seq: Some(seq),
        row: None,
        told,
    }
}

fn take(chain: &mut VerifiedChain, finding: ChainFinding, most: usize) {
    chain.total += 1;
    if chain.findings.len() < most {
        chain.findings.push(finding);
    }
}

fn page(verified: &Verified, rows: u64, took: Duration, paint: Paint) -> String {
    let mut out = String::new();
    for chain in &verified.chains {
        let tenant = plain(&chain.tenant);
        let end = format!("the last is {}:{}", chain.seq, chain.hash);
        out += &match (chain.total, chain.seq) {
            (0, 0) => format!("{tenant}: nothing is sealed yet\n"),
            (0, _) => format!("{tenant}: {} seals hold, {end}\n", chain.rows),
            (total, _) => paint.tone(
                Tone::Bad,
                &format!(
                    "{tenant}: {total} things are wrong with {} seals, {end}\n",
                    chain.rows
                ),
            ),
        };
        for finding in &chain.findings {
            let seq = finding.seq.map_or_else(|| "-".to_owned(), |seq| seq.to_string());
            out += &format!("  {seq}: {}\n", plain(&finding.told));
        }
        let more = chain.total.saturating_sub(chain.findings.len() as u64);
        if more > 0 {
            out += &format!("  and {more} more: raise `--show`\n");
        }
        if let Some(checkpoint) = &chain.checkpoint {
            let at = ago(verified.at, checkpoint.at);
            out += &format!("  checkpoint {at}: {}:{}\n", checkpoint.seq, checkpoint.hash);
        }
        if let Some(since) = chain.waiting_since {
            let oldest = ago(verified.at, since);
            out += &format!(
                "  {} rows wait for their seal, the oldest was written {oldest}\n",
                chain.waiting
            );
        }
    }
    if !verified.strangers.is_empty() {
        let ids: Vec<_> = verified.strangers.iter().take(20).map(i64::to_string).collect();
        let line = format!("rows of no tenant, which nobody sealed: {}\n", ids.join(", "));
        out += &paint.tone(Tone::Bad, &line);
    }
    let (seconds, rate) = (took.as_secs_f64(), per_second(rows, took));
    out + &format!("{rows} rows in {seconds:.1} s, {rate:.0} a second\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_given_as_the_log_has_it() {
        let hash = "0a".repeat(32);
        let read = |text: String| text.parse::<KeptCheckpoint>();
        let kept = read(format!("1200:{hash}")).expect("readable");
        assert_eq!(
            (kept.tenant, kept.seq, kept.seal.to_string()),
            (None, 1_200, hash.clone())
        );
        let kept = read(format!("acme/7:{hash}")).expect("readable");
        assert_eq!((kept.tenant.as_deref(), kept.seq), (Some("acme"), 7));
        for wrong in [
            hash.clone(),
            format!("0:{hash}"),
            format!("-1:{hash}"),
            "7:0a".to_owned(),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
