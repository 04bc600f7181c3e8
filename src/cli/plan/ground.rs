//! What a plan stands on: the installation's rules and budget, from the configuration or its defaults, and the two sets.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::app::playbook_files::{self, PlaybookFiles};
use crate::cli::operator::{Common, Session};
use crate::cli::reading;
use crate::config::{Config, Tenant};
use crate::domain::decision::Rules;
use crate::domain::demand::Rate;
use crate::domain::device::DeviceIdRule;
use crate::intake::Reader;
use crate::playbook::{PlaybookSet, SourceFile};

/// What a plan stands on.
pub(super) struct Ground {
    /// An open way to the database, when one is needed.
    pub(super) session: Option<Session>,
    config: Config,
    tenant: Tenant,
    is_configured: bool,
}

/// A configuration in which nothing is said: its defaults are those of every installation.
const NOTHING_SAID: &str = "database: {url: postgres://localhost/quell}\nplaybooks: {path: playbooks}\ntenants:\n  \
    - name: default\n    credential:\n      client_secret: {directory_id: 00000000-0000-0000-0000-000000000000, client_id: \
    00000000-0000-0000-0000-000000000000, secret_file: ./secret}\n";

impl Ground {
    /// Finds the configuration, and opens the database if it is needed.
    pub(super) async fn find(common: &Common, needs_database: bool) -> anyhow::Result<Self> {
        if needs_database {
            let session = Session::open(common).await?;
            return Ok(Self {
                config: session.config.clone(),
                tenant: session.tenant.clone(),
                session: Some(session),
                is_configured: true,
            });
        }
        let configured = common.configuration()?;
        let is_configured = configured.is_some();
        let config = match configured {
            Some(config) => config,
            None => Config::parse("defaults", NOTHING_SAID, Path::new("."), None)
                .map(|loaded| loaded.config)
                .map_err(|errors| anyhow::anyhow!("{}", errors.render(false)))
                .context("the defaults are not a configuration")?,
        };
        let tenant = common.tenant(&config)?.clone();
        Ok(Self {
            session: None,
            config,
            tenant,
            is_configured,
        })
    }

    /// What to say about the configuration.
    pub(super) fn note(&self) -> Option<String> {
        (!self.is_configured).then(|| {
            "no configuration: the defaults of every key hold, also of `never` and `caps`".to_owned()
        })
    }

    /// The rules over all playbooks.
    pub(super) fn rules(&self) -> Rules {
        self.config.rules()
    }

    /// How many times faster than real time the installation runs.
    pub(super) fn time_scale(&self) -> u32 {
        self.config.time_scale
    }

    /// The rule for device ids.
    pub(super) fn device_id_rule(&self) -> DeviceIdRule {
        self.config.device_id_rule()
    }

    /// How the records of a file are read: as this source of the configuration reads.
    pub(super) fn reader(&self, source: Option<&str>) -> anyhow::Result<Reader> {
        reading::reader(self.is_configured.then_some(&self.config), source)
    }

    /// The tenant's name.
    pub(super) fn tenant_name(&self) -> &str {
        &self.tenant.name
    }

    /// What holds calls back.
    pub(super) fn rate(&self) -> Rate {
        let gate = crate::app::gate_of(&self.config, &self.tenant);
        let pacing = crate::app::pacing_of(&self.config, &self.tenant);
        Rate {
            windows: gate.actions,
            pace: pacing.pace,
            unpaced_releases: usize::try_from(pacing.unpaced_releases).unwrap_or(usize::MAX),
            release_window: pacing.release_window,
            validity: self.config.scaled(self.config.validity),
        }
    }

    /// The longest window in which devices are counted.
    pub(super) fn longest_window(&self, sets: &Sets) -> Duration {
        let limits = [&sets.old, &sets.new].into_iter().flat_map(|set| set.playbooks());
        let limits = limits.flat_map(|playbook| playbook.limits.iter().map(|limit| limit.per));
        let caps = self.rules().caps.into_iter().map(|cap| cap.per);
        limits.chain(caps).max().unwrap_or_default()
    }
}

/// What the edited set is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Against {
    /// The active set.
    Active,
    /// No playbook at all.
    Nothing,
    /// The playbooks of a folder, or one file.
    Path(PathBuf),
}

impl FromStr for Against {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "active" => Self::Active,
            "nothing" => Self::Nothing,
            path => Self::Path(PathBuf::from(path)),
        })
    }
}

/// The two sets, as they are rehearsed.
pub(super) struct Sets {
    pub(super) old: PlaybookSet,
    pub(super) new: PlaybookSet,
    /// What the old one is, in words.
    pub(super) against: String,
    /// Playbooks taken for enforcing.
    pub(super) as_enforce: Vec<String>,
}

impl Sets {
    /// Reads and compiles both.
    pub(super) async fn read(
        ground: &Ground,
        paths: &[PathBuf],
        against: &Against,
        as_enforce: &[String],
    ) -> anyhow::Result<Self> {
        let (old_files, said) = old(ground, against).await?;
        let old = compile(&old_files, &said)?;
        let new_files = edited(ground, paths, &old_files)?;
        let new = compile(&new_files, "the edited set")?;
        let new = new
            .enforcing(as_enforce)
            .map_err(|missing| anyhow::anyhow!("the edited set holds no playbook `{missing}`"))?;
        let scale = ground.time_scale();
        let in_time = |set: PlaybookSet| if scale > 1 { set.scaled(scale) } else { set };
        Ok(Self {
            old: in_time(old),
            new: in_time(new),
            against: said,
            as_enforce: as_enforce.to_vec(),
        })
    }
}

/// The files of the set to compare with, and what it is.
async fn old(ground: &Ground, against: &Against) -> anyhow::Result<(Vec<SourceFile>, String)> {
    match against {
        Against::Nothing => Ok((Vec::new(), "nothing".to_owned())),
        Against::Path(path) => {
            let files = read(std::slice::from_ref(path))?;
            Ok((files, format!("the playbooks of `{}`", path.display())))
        }
        Against::Active => {
            let session = ground
                .session
                .as_ref()
                .context("the active set is in the database")?;
            let active = session.store.set_read(session.id).await?;
            let active = active.context("no set is active: compare with `--against nothing`, or a folder")?;
            let files = active.playbooks.into_iter().map(|playbook| SourceFile {
                name: format!("{}.yaml", playbook.playbook),
                text: playbook.text,
            });
            Ok((
                files.collect(),
                format!("the active set, version {}", active.version),
            ))
        }
    }
}

/// The files of the edited set: a folder's, or the old ones with some in the place of their namesakes.
fn edited(ground: &Ground, paths: &[PathBuf], old: &[SourceFile]) -> anyhow::Result<Vec<SourceFile>> {
    let default = match ground.is_configured {
        true => ground.config.playbooks.clone(),
        false => PathBuf::from("playbooks"),
    };
    let paths = if paths.is_empty() {
        std::slice::from_ref(&default)
    } else {
        paths
    };
    let mut files = read(paths)?;
    if paths.iter().all(|path| path.is_file()) {
        let ids: Vec<String> = files.iter().map(|file| id(&file.name).to_owned()).collect();
        let kept = old
            .iter()
            .filter(|file| !ids.iter().any(|edited| edited == id(&file.name)));
        files.extend(kept.cloned());
    }
    Ok(files)
}

/// The id that a playbook's file names.
fn id(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(name)
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<SourceFile>> {
    let found = PlaybookFiles::find(paths)?;
    if found.playbooks.is_empty() {
        let paths: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        bail!("no playbook is under {}", paths.join(", "));
    }
    let files = found.playbooks.iter().map(|path| playbook_files::read(path));
    Ok(files.collect::<Result<_, _>>()?)
}

fn compile(files: &[SourceFile], what: &str) -> anyhow::Result<PlaybookSet> {
    match PlaybookSet::compile(files) {
        Ok((set, _)) => Ok(set),
        Err(errors) => bail!("{what} cannot be used\n{}", errors.render(false).trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_configuration_the_defaults_of_every_key_hold() {
        let config = Config::parse("defaults", NOTHING_SAID, Path::new("."), None)
            .expect("the defaults are a configuration")
            .config;
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/quell.example.yaml");
        let example = Config::load(&example).expect("the example is right").config;
        assert_eq!(
            (&config.never, &config.caps, config.freshness, config.mode),
            (&example.never, &example.caps, example.freshness, example.mode)
        );
        assert_eq!(config.tenants[0].budget, example.tenants[0].budget);
    }

    #[test]
    fn what_to_compare_with_is_told_by_a_word_or_a_path() {
        for (text, expected) in [
            ("active", Against::Active),
            ("nothing", Against::Nothing),
            ("./active", Against::Path("./active".into())),
        ] {
            assert_eq!(text.parse(), Ok(expected));
        }
    }
}
