//! The operators' commands: what they have in common. Each reads, or acts, through Postgres with the daemon's own
//! configuration, so it works while no daemon runs. Answers go to standard output, everything else to standard error.

pub mod actions;
pub mod budget;
pub mod caps;
pub mod devices;
pub mod extend;
mod fold;
pub mod isolate;
pub mod release;
mod release_many;
pub mod restrict;
mod restricted;
pub mod status;
pub mod stop;
pub mod table;

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::app;
use crate::cli::exit::Exit;
use crate::cli::form;
use crate::cli::terminal;
use crate::cli::watch::Sheet;
use crate::config::{Config, Tenant};
use crate::desk::find::none_called;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::tenant::TenantId;
use crate::store::views::DeviceView;
use crate::store::{Gate, MigrationState, Store};
use table::Paint;

pub use crate::cli::form::Output;

/// Where the configuration is looked for when none is named.
const PLACES: [&str; 2] = ["quell.yaml", "/etc/quell/quell.yaml"];

/// Postgres must have answered within this.
const REACH: Duration = Duration::from_secs(3);

/// What every operator's command takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which tenant of the configuration [default: the first]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// An open way to one tenant's rows.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) tenant: Tenant,
    pub(super) id: TenantId,
    output: Output,
    /// Where answers go while a look is repeated.
    sheet: Option<Sheet>,
}

impl Session {
    /// Finds and reads the configuration, and makes sure within three seconds that Postgres answers and fits.
    pub(super) async fn open(common: &Common) -> anyhow::Result<Self> {
        let (config, path) = configuration(common.config.as_deref())?;
        // What was mistyped is said before Postgres is waited for.
        let tenant = tenant_of(&config, common.tenant.as_deref())?.clone();
        let store = reach(&config, &path).await?;
        let id = store.tenant_find(&tenant.name).await?.with_context(|| {
            format!(
                "the database knows no tenant `{}`: no daemon has run with it yet",
                tenant.name
            )
        })?;
        Ok(Self {
            config,
            store,
            tenant,
            id,
            output: common.output,
            sheet: None,
        })
    }

    /// From now on answers are collected instead of printed.
    pub(super) fn collect(&mut self, sheet: Sheet) {
        self.sheet = Some(sheet);
    }

    /// Where they are collected.
    pub(super) fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }

    /// Says something beside the answer: on standard error, or on the screen.
    pub(super) fn remark(&self, text: &str) {
        match &self.sheet {
            Some(sheet) => sheet.remark(&format!("{}\n", text.trim_end())),
            None => eprintln!("{}", text.trim_end()),
        }
    }

    /// Says that the answer is no, and why.
    pub(super) fn no(&self, why: &str) -> ExitCode {
        self.remark(why);
        Exit::No.into()
    }

    /// What a look at a tenant that is stopped begins with.
    pub(super) async fn banner(&self) -> anyhow::Result<impl FnOnce(Paint) -> String + use<>> {
        let stops = self.store.stops(Some(self.id), None).await?;
        let now = self.store.now().await?;
        Ok(move |paint| stop::banner(&stops, now, paint))
    }

    /// What an operator sees and does with it.
    pub(super) fn desk(&self) -> Desk {
        app::desk_of(&self.config, &self.tenant, self.store.clone(), self.id)
    }

    /// Says why the desk did nothing, with the exit code for that.
    pub(super) async fn refuse(&self, error: DeskError) -> anyhow::Result<ExitCode> {
        if let DeskError::SeveralDevices { wanted, candidates } = &error {
            let now = self.store.now().await?;
            return Ok(nothing_done(&not_one(wanted, candidates, now)));
        }
        refuse(error)
    }

    pub(super) fn gate(&self) -> Gate {
        app::gate_of(&self.config, &self.tenant)
    }

    /// Prints the answer in the form that was asked for.
    pub(super) fn answer(
        &self,
        json: &impl Serialize,
        table: impl FnOnce(Paint) -> String,
    ) -> anyhow::Result<()> {
        match &self.sheet {
            Some(sheet) => sheet.add(self.output, json, table),
            None => answer(self.output, json, table),
        }
    }
}

/// Finds and reads the configuration, and makes sure within three seconds that Postgres answers and fits.
pub(super) async fn connect(config: Option<&Path>) -> anyhow::Result<(Config, Store)> {
    let (config, path) = configuration(config)?;
    let store = reach(&config, &path).await?;
    Ok((config, store))
}

/// The configuration that is named, or the one that is found, and where it is.
pub(super) fn configuration(config: Option<&Path>) -> anyhow::Result<(Config, PathBuf)> {
    let path = match config {
        Some(path) => path.to_owned(),
        None => default_config()?,
    };
    Ok((Config::load(&path)?.config, path))
}

/// Makes sure within three seconds that Postgres answers and fits.
async fn reach(config: &Config, path: &Path) -> anyhow::Result<Store> {
    let store = app::store(config)?;
    if let Err(error) = store.reach(REACH).await {
        let error = anyhow::Error::from(error);
        let cause = error.root_cause().to_string();
        anyhow::bail!("{error}: {cause}; the address is from `{}`", path.display());
    }
    match store.migration_state().await? {
        MigrationState::Current => Ok(store),
        MigrationState::Behind => Err(app::MigrationError::Behind.into()),
        MigrationState::Ahead => Err(app::MigrationError::Ahead.into()),
    }
}

impl Common {
    /// The configuration that is named, or the one that is found; `None`: none is named and none is there.
    pub(super) fn configuration(&self) -> anyhow::Result<Option<Config>> {
        match self.config.clone().or_else(|| default_config().ok()) {
            Some(path) => Ok(Some(Config::load(&path)?.config)),
            None => Ok(None),
        }
    }

    /// The tenant that is named, or the first.
    pub(super) fn tenant<'c>(&self, config: &'c Config) -> anyhow::Result<&'c Tenant> {
        tenant_of(config, self.tenant.as_deref())
    }

    /// The configuration and its database, for what concerns no tenant.
    pub(super) async fn connect(&self) -> anyhow::Result<(Config, Store)> {
        connect(self.config.as_deref()).await
    }

    /// How to print the answer.
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Prints an answer in the form that was asked for.
pub(super) fn answer(
    output: Output,
    json: &impl Serialize,
    table: impl FnOnce(Paint) -> String,
) -> anyhow::Result<()> {
    print(&form::written(output, json, table, terminal::paint())?)
}

/// Colour only where it is wanted: see [`terminal`].
pub(super) fn paint(is_terminal: bool) -> Paint {
    match terminal::is_coloured(is_terminal) {
        true => Paint::Coloured,
        false => Paint::Plain,
    }
}

/// Writes to standard output. A reader that has seen enough is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

/// What the desk said: its answer, or that there is none, which is said on standard error.
pub(super) fn told<T>(said: Result<T, DeskError>) -> anyhow::Result<Result<T, ExitCode>> {
    match said {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => refuse(error).map(Err),
    }
}

/// Says on standard error why the desk did nothing, with the exit code for that.
pub(super) fn refuse(error: DeskError) -> anyhow::Result<ExitCode> {
    match error {
        DeskError::Store(error) => Err(error.into()),
        // Called wrongly: `exit` knows the code of that, as of every error.
        senseless @ DeskError::Unusable(_) => Err(senseless.into()),
        DeskError::Refused(Refused::NotAllowed | Refused::ReservedName, why) => {
            eprintln!("error: {}", table::plain(&why));
            Ok(ExitCode::from(Refused::NotAllowed.kind().exit_code()))
        }
        DeskError::Refused(refused, why) => {
            nothing_done(&why);
            Ok(ExitCode::from(refused.kind().exit_code()))
        }
        other => Ok(nothing_done(&other.to_string())),
    }
}

/// That no single device is called so, and what to do.
pub(super) fn not_one(wanted: &str, candidates: &[DeviceView], now: Timestamp) -> String {
    if candidates.is_empty() {
        return none_called(wanted);
    }
    let table = devices::render(candidates, now, Paint::Plain, "  ");
    format!(
        "`{}` fits {} devices: nothing was done; name one of them\n{table}",
        table::plain(wanted),
        candidates.len()
    )
}

/// Says on standard error why nothing was done.
pub(super) fn nothing_done(why: &str) -> ExitCode {
    eprintln!("{}", why.trim_end());
    Exit::No.into()
}

pub(super) fn default_config() -> anyhow::Result<PathBuf> {
    let found = PLACES.iter().map(PathBuf::from).find(|path| path.exists());
    found.with_context(|| {
        format!(
            "there is no configuration at `{}` or `{}`: name it with `--config FILE`",
            PLACES[0], PLACES[1]
        )
    })
}

pub(super) fn tenant_of<'a>(config: &'a Config, name: Option<&str>) -> anyhow::Result<&'a Tenant> {
    let found = match name {
        Some(name) => config.tenants.iter().find(|tenant| tenant.name == name),
        None => config.tenants.first(),
    };
    found.with_context(|| {
        let names: Vec<_> = config
            .tenants
            .iter()
            .map(|tenant| format!("`{}`", tenant.name))
            .collect();
        format!(
            "the configuration has no tenant `{}`; it has {}",
            name.unwrap_or_default(),
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit;

    #[test]
    fn what_makes_no_sense_is_wrong_usage_whoever_says_so() {
        for said in [
            refuse(DeskError::Unusable("no such order".to_owned())).map(|_| ()),
            told(Err::<(), _>(DeskError::Unusable("no such order".to_owned()))).map(|_| ()),
        ] {
            let error = said.expect_err("it is told as an error");
            assert_eq!(error.to_string(), "no such order");
            assert_eq!(exit::of(&error), Exit::Usage);
        }
    }

    #[test]
    fn a_text_that_fits_no_device_or_several_says_what_to_do() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let device = |id: &str| DeviceView {
            device: id.repeat(20),
            name: Some("web-1.corp".to_owned()),
            restriction: "free".to_owned(),
            isolation: "free".to_owned(),
            since: None,
            containments: Vec::new(),
            actions: Vec::new(),
        };
        insta::assert_snapshot!(not_one("web-1", &[device("a1"), device("b2")], now), @"
        `web-1` fits 2 devices: nothing was done; name one of them
          DEVICE        NAME        STATE  UNTIL  WHY
          a1a1a1a1a1a1  web-1.corp  free   -      -
          b2b2b2b2b2b2  web-1.corp  free   -      -
        ");
        insta::assert_snapshot!(not_one("a1b", &[], now), @"
        no device is called `a1b`; the beginning of an id needs at least 6 characters
        ");
        insta::assert_snapshot!(not_one("a1b2c3", &[], now), @"
        no device is called `a1b2c3`, nor does an id begin so: `quell devices --all` lists them
        ");
    }
}
