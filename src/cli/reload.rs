//! `quell reload`: asks the running daemon to read its playbook files again, and says what came of it. Unlike a signal it brings an
//! answer; like one it changes nothing when a file is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::daemon;
use crate::cli::exit::Exit;
use crate::cli::form::Output;
use crate::cli::operator;
use crate::cli::operator::table::{Paint, Tone, plain, short};
use crate::cli::send::{is_private, read_token};

/// Let the running daemon read its playbook files again, and say what changed
///
/// Exit code 0: the files are good, and in force; 1: they are wrong, and nothing was changed; 3: the daemon could not be asked, or cannot
/// reload now; 4: it does not know the token.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration, which says where it listens [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Ask this address instead of the configuration's
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// A file with the operators' bearer token [default: the configuration's]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// What a reload answers, as far as it is shown; good or not.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Answer {
    detail: Option<String>,
    tenants: Vec<TenantSet>,
    warnings: Vec<Diagnostic>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TenantSet {
    tenant: String,
    is_changed: bool,
    version: Option<i64>,
    hash: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Diagnostic {
    code: String,
    message: String,
    file: String,
    line: usize,
    column: usize,
    help: Option<String>,
}

/// Asks for a reload.
///
/// # Errors
/// The daemon could not be asked, or cannot reload now.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = match (&args.to, &args.token_file) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => operator::configuration(args.config.as_deref()).ok(),
        (None, _) => Some(operator::configuration(args.config.as_deref())?),
    };
    let http = config.as_ref().map(|(config, _)| &config.http);
    let token = match (&args.token_file, http) {
        (Some(file), _) => Some(read_token(file)?),
        (None, Some(http)) => daemon::token(http)?,
        (None, None) => None,
    };
    let address = match (args.to, http) {
        (Some(to), _) if token.is_some() && !is_private(&to) => anyhow::bail!(
            "`{to}` would carry the token for all to read: give an `https://` address, or one of this machine"
        ),
        (Some(to), _) => to,
        (None, Some(http)) => daemon::address(http)?,
        (None, None) => anyhow::bail!("nothing says where the daemon is: name it with `--to URL`"),
    };
    let poster = daemon::poster(&address, "/-/reload", token.as_ref())?;
    let reply = poster.post("application/json", Vec::new()).await?;
    if matches!(reply.status, 401 | 403) {
        eprintln!(
            "error: {address} answered {}: {}",
            reply.status,
            daemon::words(&reply)
        );
        return Ok(Exit::NotAllowed.into());
    }
    if !matches!(reply.status, 200 | 422) {
        anyhow::bail!("{address} answered {}: {}", reply.status, daemon::words(&reply));
    }
    let whole: Value = serde_json::from_slice(&reply.body).with_context(|| {
        format!(
            "{address} answered {}, and not as a quell daemon does",
            reply.status
        )
    })?;
    let answer: Answer = serde_json::from_value(whole.clone()).with_context(|| {
        format!(
            "{address} answered {}, and not as a quell daemon does",
            reply.status
        )
    })?;
    let is_good = reply.status == 200;
    operator::answer(args.output, &whole, |paint| render(&answer, is_good, paint))?;
    Ok(if is_good { Exit::Yes } else { Exit::No }.into())
}

fn render(answer: &Answer, is_good: bool, paint: Paint) -> String {
    let mut out = String::new();
    if !is_good {
        let detail = answer.detail.as_deref().unwrap_or("the files cannot be used");
        out += &format!(
            "{}: {}\n",
            paint.tone(Tone::Bad, "nothing was changed"),
            plain(detail)
        );
    }
    for one in answer.diagnostics.iter().chain(&answer.warnings) {
        let (file, message) = (plain(&one.file), plain(&one.message));
        out += &format!(
            "{file}:{}:{}: {}: {message}\n",
            one.line,
            one.column,
            plain(&one.code)
        );
        if let Some(help) = &one.help {
            out += &format!("  help: {}\n", plain(help));
        }
    }
    for set in &answer.tenants {
        let in_force = match (&set.hash, set.version) {
            (Some(hash), Some(version)) => format!("set {}, version {version}", short(&plain(hash), 12)),
            _ => "no set".to_owned(),
        };
        let what = match (is_good, set.is_changed) {
            (true, true) => paint.tone(Tone::Good, "in force now"),
            (true, false) => "in force as before".to_owned(),
            (false, _) => "stays in force".to_owned(),
        };
        out += &format!("tenant {}: {in_force} {what}\n", plain(&set.tenant));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::reload::{Reloaded, TenantSet as Sent};

    #[test]
    fn what_the_daemon_sends_is_what_is_read() {
        let sent = Reloaded {
            tenants: vec![
                Sent {
                    tenant: "contoso".to_owned(),
                    is_changed: true,
                    version: Some(7),
                    hash: Some("0123456789abcdef".to_owned()),
                },
                Sent {
                    tenant: "fabrikam".to_owned(),
                    is_changed: false,
                    version: None,
                    hash: None,
                },
            ],
            warnings: Vec::new(),
        };
        let json = serde_json::to_string(&sent).expect("it is JSON");
        let answer: Answer = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(
            render(&answer, true, Paint::Plain),
            "tenant contoso: set 0123456789ab, version 7 in force now\ntenant fabrikam: no set in force as before\n"
        );
    }

    #[test]
    fn wrong_files_are_told_with_their_places_and_what_stays() {
        let json = r#"{"status":422,"detail":"1 error","diagnostics":[{"code":"E101","severity":"error","message":"no such key",
            "file":"a.yaml","line":3,"column":5,"help":"write \u001b[31m`when`"}],"tenants":[{"tenant":"t","is_changed":false,
            "version":2,"hash":"ab"}]}"#;
        let answer: Answer = serde_json::from_str(json).expect("it can be read");
        assert_eq!(
            render(&answer, false, Paint::Plain),
            "nothing was changed: 1 error\na.yaml:3:5: E101: no such key\n  help: write [31m`when`\ntenant t: set ab, version 2 stays in force\n"
        );
    }
}
