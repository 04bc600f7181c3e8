//! `quell check-config`: says everything that is wrong with a configuration, without starting or calling anything.
//!
//! Reads the file and the secrets that it names, and connects to nothing; so the systemd unit runs it before each start.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use jiff::SignedDuration;

use super::operator::{paint, table::Paint};
use super::output;
use crate::app;
use crate::clock;
use crate::config::{Config, ConfigError, CredentialKind, Loaded, ReachError, SecretError};
use crate::defender::Client;
use crate::yaml::Diagnostics;

/// Check a configuration without starting anything
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/quell/quell.yaml")]
    pub config: PathBuf,
    /// Do not look at the files that hold secrets: for checking a configuration elsewhere than where it runs
    #[arg(long)]
    pub without_secrets: bool,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How to print what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Excerpts with carets
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

/// Runs the command: exit code 1 when the configuration cannot be used.
///
/// # Errors
/// The file cannot be read, or standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = output::stdout();
    let color = paint(out.is_terminal()) == Paint::Coloured;
    let usable = check(args, &mut out, color)?;
    Ok(if usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether the configuration can be used where this runs.
fn check(args: &Args, out: &mut impl Write, color: bool) -> anyhow::Result<bool> {
    let (found, loaded) = match Config::load(&args.config) {
        Ok(Loaded { config, warnings }) => (warnings, Some(config)),
        Err(ConfigError::Invalid(found)) => (found, None),
        Err(error) => return Err(error.into()),
    };
    let around = loaded
        .as_ref()
        .map(|config| surroundings(config, args.without_secrets));
    let (broken, doubtful) = around.unwrap_or_default();
    let usable = loaded.is_some() && broken.is_empty();
    print(args.format, out, color, &found, &broken, &doubtful).context("cannot write to standard output")?;
    if let (Format::Human, Some(config), true) = (args.format, &loaded, usable) {
        let names: Vec<String> = config
            .tenants
            .iter()
            .map(|tenant| format!("`{}`", tenant.name))
            .collect();
        let mode = config.mode.as_str();
        writeln!(
            out,
            "{} can be used: mode {mode}, tenants {}",
            args.config.display(),
            names.join(", ")
        )
        .context("cannot write to standard output")?;
    }
    Ok(usable)
}

/// What keeps receivers from being told, as far as it shows without connecting to them.
fn judge_receivers(config: &Config, broken: &mut Vec<String>, doubtful: &mut Vec<String>) {
    for receiver in &config.receivers {
        match app::tell::receiver_of(config, receiver) {
            // A file that cannot be read has been told by its key.
            Err(error) if error.downcast_ref::<SecretError>().is_some() => {}
            Err(error) => broken.push(format!(
                "the receiver `{}` cannot be told: {error:#}",
                receiver.name
            )),
            Ok(made) => doubtful.extend(
                made.refusal()
                    .map(|why| format!("the receiver `{}` will not be told: {why}", receiver.name)),
            ),
        }
    }
}

/// What is wrong with the files that the configuration names, and what is only doubtful.
fn surroundings(config: &Config, without_secrets: bool) -> (Vec<String>, Vec<String>) {
    let mut broken = Vec::new();
    let mut doubtful = Vec::new();
    if !config.playbooks.exists() {
        broken.push(format!(
            "`playbooks.path`: `{}` is not there",
            config.playbooks.display()
        ));
    }
    let secrets = if without_secrets {
        Vec::new()
    } else {
        config.secret_files()
    };
    for (key, file) in secrets {
        match file.read() {
            Err(error) => broken.push(format!("`{key}`: {:#}", anyhow::Error::from(error))),
            Ok(_) if file.is_world_readable().unwrap_or(false) => {
                let path = file.path().display();
                doubtful.push(format!(
                    "`{key}`: everybody on this machine may read `{path}`; chmod o-r it"
                ));
            }
            Ok(_) => {}
        }
    }
    if !without_secrets {
        judge_credentials(config, &mut broken, &mut doubtful);
        judge_ways(config, &mut broken);
        broken.extend(app::judge_listener(config));
        judge_receivers(config, &mut broken, &mut doubtful);
    }
    doubtful.extend(app::doubt_listener(config));
    (broken, doubtful)
}

/// What the client says of the way to each tenant's hosts (`tls`, `proxy`), as the daemon hears it when it starts.
fn judge_ways(config: &Config, broken: &mut Vec<String>) {
    for (position, tenant) in config.tenants.iter().enumerate() {
        let made = app::client_options(config, tenant)
            .and_then(|options| Client::new(options).map_err(anyhow::Error::from));
        let Err(error) = made else { continue };
        // The file of the password has been reported with the other secrets.
        if !matches!(error.downcast_ref::<ReachError>(), Some(ReachError::Password(_))) {
            broken.push(format!("`tenants[{position}]`: {error:#}"));
        }
    }
}

/// A certificate that expires sooner than this is doubtful.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the client itself says of certificates and sign-ins, without asking anybody.
fn judge_credentials(config: &Config, broken: &mut Vec<String>, doubtful: &mut Vec<String>) {
    let now = clock::now();
    for (position, tenant) in config.tenants.iter().enumerate() {
        let Some(key) = tenant.credential.judged_by_client() else {
            continue;
        };
        let judged = tenant.credential.for_client().map_err(|error| error.to_string());
        match judged.and_then(|credential| credential.check(now)) {
            // Somebody will sign in; the daemon starts and waits.
            Err(reason) if matches!(&tenant.credential.kind, CredentialKind::Delegated { sign_in_file, .. } if !sign_in_file.exists()) => {
                doubtful.push(format!("`tenants[{position}].credential.{key}`: {reason}"));
            }
            Err(reason) => broken.push(format!("`tenants[{position}].credential.{key}`: {reason}")),
            Ok(Some(until)) if until.duration_since(now) < SOON => doubtful.push(format!(
                "`tenants[{position}].credential.{key}`: the certificate expires at {until:.0}: put a new one in its place in time"
            )),
            Ok(_) => {}
        }
    }
}

fn print(
    format: Format,
    out: &mut impl Write,
    color: bool,
    found: &Diagnostics,
    broken: &[String],
    doubtful: &[String],
) -> io::Result<()> {
    let lines = doubtful
        .iter()
        .map(|line| ("warning", line))
        .chain(broken.iter().map(|line| ("error", line)));
    match format {
        Format::Human => {
            write!(out, "{}", found.render(color))?;
            lines
                .into_iter()
                .try_for_each(|(severity, line)| writeln!(out, "{severity}: {line}\n"))
        }
        Format::Json => {
            write!(out, "{}", found.json_lines())?;
            lines.into_iter().try_for_each(|(severity, message)| {
                writeln!(
                    out,
                    "{}",
                    serde_json::json!({"severity": severity, "message": message})
                )
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    fn checked(config: &Path, without_secrets: bool, format: Format) -> (bool, String) {
        let args = Args {
            config: config.to_path_buf(),
            without_secrets,
            format,
        };
        let mut out = Vec::new();
        let usable = check(&args, &mut out, false).expect("the file can be read");
        (usable, String::from_utf8(out).expect("text is printed"))
    }

    /// A directory with the shipped example, its playbooks and the secrets it names.
    fn installed() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let config = root.path().join("config");
        fs::create_dir_all(&config).expect("a directory can be made");
        fs::create_dir_all(root.path().join("playbooks")).expect("a directory can be made");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/quell.example.yaml");
        fs::copy(example, config.join("quell.yaml")).expect("the example is shipped");
        for (name, secret) in [
            ("database-url", "postgres://q:hunter2@db/quell\n"),
            ("contoso-client-secret", "hunter2\n"),
        ] {
            fs::write(config.join(name), secret).expect("a file can be written");
            fs::set_permissions(config.join(name), fs::Permissions::from_mode(0o600))
                .expect("the file is ours");
        }
        root
    }

    #[test]
    fn an_installation_that_is_complete_can_be_used() {
        let root = installed();
        let (usable, said) = checked(&root.path().join("config/quell.yaml"), false, Format::Human);
        assert!(
            usable && said.contains("mode enforce, tenants `contoso`"),
            "{said}"
        );
        assert!(!said.contains("hunter2") && !said.contains("warning"), "{said}");
    }

    #[test]
    fn a_missing_secret_and_a_readable_one_are_told_by_their_keys() {
        let root = installed();
        let config = root.path().join("config");
        fs::remove_file(config.join("contoso-client-secret")).expect("the file is there");
        fs::set_permissions(config.join("database-url"), fs::Permissions::from_mode(0o644))
            .expect("the file is ours");
        let (usable, said) = checked(&config.join("quell.yaml"), false, Format::Human);
        assert!(!usable, "{said}");
        assert!(
            said.contains("error: `tenants[0].credential.client_secret.secret_file`"),
            "{said}"
        );
        assert!(said.contains("warning: `database.url_file`"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        let (usable, said) = checked(&config.join("quell.yaml"), true, Format::Human);
        assert!(usable, "without its secrets there is nothing wrong: {said}");
    }

    #[test]
    fn what_is_wrong_is_told_to_programs_too() {
        let root = installed();
        let path = root.path().join("config/quell.yaml");
        fs::write(&path, "mode: enforced\n").expect("the file can be written");
        let (usable, said) = checked(&path, false, Format::Json);
        assert!(!usable);
        let codes: Vec<String> = said
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("one JSON object a line"))
            .map(|line| line["code"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert!(
            codes.contains(&"E313".to_owned()) && codes.contains(&"E312".to_owned()),
            "{said}"
        );
    }

    #[test]
    fn a_certificate_without_its_key_breaks_and_a_user_who_is_not_signed_in_yet_does_not() {
        let root = installed();
        let path = root.path().join("config/quell.yaml");
        let example = fs::read_to_string(&path).expect("it was copied");
        let start = example
            .find("      client_secret:")
            .expect("the example has a secret");
        let end = example
            .find("    # What Defender's rate limits")
            .expect("the budget follows");
        let with = |credential: &str| {
            let text = format!("{}{credential}{}", &example[..start], &example[end..]);
            fs::write(&path, text).expect("the file can be written");
            checked(&path, false, Format::Human)
        };
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/credentials");
        let certificate = |key: &str| {
            format!(
                "      certificate: {{directory_id: d, client_id: c, certificate_file: {0}/certificate.pem, key_file: {0}/{key}}}\n",
                data.display()
            )
        };
        let (usable, said) = with(&certificate("key.pem"));
        assert!(usable, "{said}");
        let (usable, said) = with(&certificate("other-key.pem"));
        assert!(
            !usable && said.contains("error: `tenants[0].credential.certificate`: the private key"),
            "{said}"
        );
        let user = format!(
            "      delegated: {{directory_id: d, client_id: c, sign_in_file: {}/sign-in}}\n",
            root.path().display()
        );
        let (usable, said) = with(&user);
        assert!(
            usable
                && said
                    .contains("warning: `tenants[0].credential.delegated.sign_in_file`: nobody is signed in"),
            "{said}"
        );
        fs::write(root.path().join("sign-in"), "{}").expect("the file can be written");
        let (usable, said) = with(&user);
        assert!(
            !usable && said.contains("error: `tenants[0].credential.delegated.sign_in_file`"),
            "{said}"
        );
    }

    #[test]
    fn what_the_way_to_a_tenant_needs_is_looked_at_before_the_daemon_does() {
        let root = installed();
        let config = root.path().join("config");
        let path = config.join("quell.yaml");
        let with = |way: &str, without_secrets: bool| {
            let text = format!(
                "database: {{url_file: database-url}}\nplaybooks: {{path: ../playbooks}}\ntenants:\n  - name: contoso\n    {way}\n    \
                 credential: {{client_secret: {{directory_id: d, client_id: c, secret_file: contoso-client-secret}}}}\n"
            );
            fs::write(&path, text).expect("the file can be written");
            checked(&path, without_secrets, Format::Human)
        };
        let proxy = "proxy: {url: 'http://proxy.example:3128', user: ann, password_file: proxy-password}";
        let (usable, said) = with(proxy, false);
        assert!(
            !usable && said.contains("error: `tenants[0].proxy.password_file`"),
            "{said}"
        );
        assert_eq!(said.matches("error:").count(), 1, "{said}");
        assert!(with(proxy, true).0, "the secrets may lie elsewhere");
        let authority = "tls: {ca_file: own-ca.pem}";
        let (usable, said) = with(authority, false);
        assert!(
            !usable && said.contains("error: `tenants[0]`") && said.contains("own-ca.pem"),
            "{said}"
        );
        fs::write(config.join("own-ca.pem"), "no certificate\n").expect("a file can be written");
        let (usable, said) = with(authority, false);
        assert!(!usable && said.contains("own-ca.pem"), "{said}");
    }

    #[test]
    fn secrets_of_sources_are_judged_as_the_listener_judges_them() {
        let root = installed();
        let config = root.path().join("config");
        let path = config.join("quell.yaml");
        let with = |http: &str, sources: &str| {
            let text = format!(
                "database: {{url_file: database-url}}\nplaybooks: {{path: ../playbooks}}\nhttp: {http}\nsources: {sources}\ntenants:\n  \
                 - name: contoso\n    credential: {{client_secret: {{directory_id: d, client_id: c, secret_file: contoso-client-secret}}}}\n"
            );
            fs::write(&path, text).expect("the file can be written");
            checked(&path, false, Format::Human)
        };
        let secret = |text: &str| {
            fs::write(config.join("key"), text).expect("a file can be written");
            fs::set_permissions(config.join("key"), fs::Permissions::from_mode(0o600)).expect("it is ours");
        };
        let standard = "[{name: soar, webhook: {standard_webhooks: {secret_files: [key]}}}]";
        secret("whsec_no base64");
        let (usable, said) = with("{}", standard);
        assert!(
            !usable && said.contains("error: `sources[0].webhook`: the secret in"),
            "{said}"
        );
        assert!(!said.contains("no base64\n"), "{said}");
        let hmac = "[{name: soar, webhook: {hmac: {secret_files: [key]}}}]";
        secret("short");
        for key in ["token_file", "operator_token_file"] {
            let (usable, said) = with(&format!("{{{key}: key}}"), "[]");
            assert!(
                !usable
                    && said.contains(&format!("error: `http.{key}`"))
                    && said.contains("could be guessed"),
                "{said}"
            );
        }
        let (usable, said) = with("{}", hmac);
        assert!(!usable && said.contains("could be guessed"), "{said}");
        secret("a secret that is long enough");
        assert!(with("{}", hmac).0);
        let named = "[{name: soar, webhook: {hmac: {secret_files: [key], header: \"a header\"}}}]";
        assert!(!with("{}", named).0, "no header is called that");
        let both = "[{name: soar, webhook: {bearer: {token_files: [key]}}}, {name: siem, webhook: {bearer: {token_files: [key]}}}]";
        let (usable, said) = with("{listen: \"0.0.0.0:8740\", token_file: key}", both);
        assert!(usable, "{said}");
        assert!(
            said.contains("everybody on the way reads") && said.contains("`soar` has the same secret"),
            "{said}"
        );
        let tls = "{tls: {certificate_file: none.pem, key_file: none.pem}}";
        let (usable, said) = with(tls, hmac);
        assert!(!usable && said.contains("`http.tls`"), "{said}");
    }
}
