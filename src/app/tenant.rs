//! One tenant's loops, put together from the configuration and started once Postgres answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::reload::{Reloader, Target};
use crate::app::status::StatusLine;
use crate::app::terms::{desks_of, gate_of, heartbeat_of, pacing_of, safety_of};
use crate::app::{AFTER_GIVING_WAY, MigrationError, migrations, sources, tell};
use crate::config::{Config, Tenant, environment};
use crate::defender::Client;
use crate::domain::budget::BudgetScope;
use crate::domain::lookup::Lookup;
use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::intake::Reader;
use crate::lifecycle::Tasks;
use crate::limiter::{Pacer, PacerOptions, SecondGuard, SourceRate};
use crate::store::Store;
use crate::store::inventory::SweepTerms;
use crate::telemetry::{Metrics, Repeats};
use crate::worker::active_set::{self, InForce};
use crate::worker::intake::watch::Watch;
use crate::worker::inventory::Sweeper;
use crate::worker::lease::Replica;
use crate::worker::pulse::Pulses;
use crate::worker::wake::Wakes;
use crate::worker::{self, Context};
use crate::{web, worker::record::Pauses};

/// Everything that the start needs.
pub(super) struct Start {
    pub(super) config: Arc<Config>,
    pub(super) store: Store,
    pub(super) clients: BTreeMap<String, Arc<Client>>,
    pub(super) tasks: Tasks,
    /// Whether the loops get on.
    pub(super) pulses: Pulses,
    /// How each source of the configuration goes, in its order.
    pub(super) states: Vec<SourceState>,
}

impl Start {
    /// Answers probes, waits for Postgres, checks the migrations, starts every loop, opens the web surface, and ends with the soft stop.
    pub(super) async fn run(
        self,
        migrate: bool,
        (listener, socket): (TcpListener, Option<UnixListener>),
        (metrics, repeats): (Metrics, Repeats),
        (token, operator_token): (Option<SecretString>, Option<SecretString>),
        tls: Option<Arc<web::Tls>>,
    ) -> anyhow::Result<()> {
        let stop = self.tasks.soft();
        let watched = self.pulses.clone();
        let stuck = web::Stuck::by(move || watched.stuck());
        let door = web::Door::closed(stuck.clone());
        self.listen(&door, (listener, socket), tls);
        let Some(tenants) = self.prepare(migrate, stop.clone()).await? else {
            return Ok(());
        };
        let Some((first, _)) = tenants.first() else {
            anyhow::bail!("the configuration names no tenant")
        };
        let targets: Vec<Target> = tenants
            .iter()
            .map(|(id, tenant)| Target {
                id: *id,
                name: tenant.name.clone(),
                in_force: Arc::default(),
            })
            .collect();
        let mut reloader = Reloader::new(&self.config, &host(), self.store.clone(), targets.clone());
        let (started, look) = tokio::join!(reloader.start(&stop), web::Look::at(&self.store));
        started?;
        // One is worked on, one may wait.
        let (reload, requests) = mpsc::channel(1);
        let mut options = web::Options::new(*first);
        options.reload = Some(reload);
        options.reader = Reader::new(self.config.device_id_rule());
        options.body_limit = self.config.http.max_body_bytes;
        options.token = token;
        options.operator_token = operator_token;
        options.access = super::access::access(&self.config)?;
        options.stop_file.clone_from(&self.config.stop_file);
        options.stuck = stuck;
        options.look = Some(look);
        options.trust = self.config.http.trust;
        options
            .trusted_proxies
            .clone_from(&self.config.http.trusted_proxies);
        options.rate = self
            .config
            .http
            .rate
            .map(|rate| self.config.scaled_windows(&[rate]))
            .map(|rate| SourceRate::new(&rate))
            .transpose()?;
        // One for each tenant; what comes to the listener's own source is the first one's.
        let stored: Vec<Arc<Notify>> = tenants.iter().map(|_| Arc::default()).collect();
        options.stored.clone_from(&stored[0]);
        options.desks = desks_of(&self.config, &tenants, &self.store);
        options.sources = sources::webhooks(&self.config, &tenants, &stored, &self.states)?;
        let rendered = metrics.clone();
        let router = web::router(web::Web::new(options, self.store.clone(), move || {
            rendered.render()
        }));
        let replica = Replica {
            id: Uuid::now_v7(),
            host: host(),
        };
        let ids: Vec<TenantId> = tenants.iter().map(|(id, _)| *id).collect();
        let watch = Watch {
            store: self.store.clone(),
            replica: replica.clone(),
            sources: sources::watched(&self.config, &ids, &self.states),
        };
        self.tasks.spawn("sources", watch.run(stop.clone()));
        let stops = worker::stops::Stops {
            store: self.store.clone(),
            tenants: tenants
                .iter()
                .map(|(id, tenant)| (*id, tenant.name.clone()))
                .collect(),
            file: self.config.stop_file.clone(),
        };
        self.tasks.spawn("stops", stops.run(stop.clone()));
        self.tasks
            .spawn("vitals", worker::vitals::run(self.store.clone(), stop.clone()));
        let statistics = worker::statistics::run(self.store.clone(), stop.clone());
        self.tasks.spawn("statistics", statistics);
        let keeper = worker::retention::Keeper {
            store: self.store.clone(),
            retention: self
                .config
                .retention
                .prune
                .then(|| super::retention(&self.config)),
        };
        self.tasks.spawn("retention", keeper.run(stop.clone()));
        let tally = worker::tally::Tally {
            store: self.store.clone(),
        };
        self.tasks.spawn("tally", tally.run(stop.clone()));
        let mut bells = Vec::new();
        let mut line = StatusLine::default();
        for (place, ((id, tenant), target)) in tenants.into_iter().zip(targets).enumerate() {
            bells.push((
                id,
                self.start(
                    (place, id),
                    tenant,
                    target.in_force,
                    Arc::clone(&stored[place]),
                    (&replica, &mut line),
                )?,
            ));
        }
        tell::start(&self.config, &self.store, &ids, &self.tasks);
        let stable_for = safety_of(&self.config).stable_for;
        let woken = bells.iter().map(|(_, wakes)| Arc::clone(wakes)).collect();
        self.tasks.spawn(
            "clock",
            worker::clock::run(self.store.clone(), stable_for, woken, stop.clone()),
        );
        self.tasks.spawn(
            "wakes",
            worker::wake::run(self.store.clone(), bells, stop.clone()),
        );
        // What is taken from here on is stored, and those who work on it are there.
        door.open(router);
        // Said before the reloader can speak of a reload: else it would seem to be the end of that.
        self.tasks.ready();
        self.tasks
            .spawn("reload", reloader.run(self.tasks.clone(), requests));
        self.look_after(line, &metrics, &repeats, &stop).await;
        Ok(())
    }

    /// Serves from now on what the door lets through: probes are answered while Postgres is waited for.
    fn listen(
        &self,
        door: &web::Door,
        (listener, socket): (TcpListener, Option<UnixListener>),
        tls: Option<Arc<web::Tls>>,
    ) {
        let (bounds, stop) = (sources::bounds(&self.config), self.tasks.soft());
        if let Some(socket) = socket {
            let served = web::serve_socket(socket, door.clone(), bounds.clone(), stop.clone());
            self.tasks.spawn("socket", served);
        }
        let served = web::serve(listener, door.clone(), bounds, tls, stop);
        self.tasks.spawn("web", served);
    }

    /// What the process does for itself until it stops: its line for systemd, and its books of metrics and of repeated log lines.
    async fn look_after(
        &self,
        mut line: StatusLine,
        metrics: &Metrics,
        repeats: &Repeats,
        stop: &CancellationToken,
    ) {
        let mut looks = 0_u32;
        loop {
            if let Some(status) = line.changed() {
                self.tasks.say(&status);
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            looks += 1;
            if looks.is_multiple_of(5) {
                metrics.upkeep();
                repeats.tell();
            }
        }
    }

    /// Waits until Postgres answers and fits; `None` when stopped before that.
    async fn prepare(
        &self,
        migrate: bool,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<Vec<(TenantId, Tenant)>>> {
        let mut said = false;
        loop {
            let error = match self.try_prepare(migrate).await {
                Ok(tenants) => return Ok(Some(tenants)),
                Err(MigrationError::Store(error)) if error.is_unavailable() => error,
                Err(error) => return Err(error.into()),
            };
            if !std::mem::replace(&mut said, true) {
                tracing::warn!(error = worker::chain(&error), "waiting for postgres");
                // It does what it can do now; a start that waited for Postgres would be given up by systemd.
                self.tasks.ready();
                self.tasks.say("waiting for postgres");
            }
            let pause = match error.gave_way() {
                true => AFTER_GIVING_WAY,
                false => Duration::from_millis(500),
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn try_prepare(&self, migrate: bool) -> Result<Vec<(TenantId, Tenant)>, MigrationError> {
        migrations(&self.store, migrate).await?;
        let mut tenants = Vec::new();
        for tenant in &self.config.tenants {
            let id = self.store.tenant_ensure(&tenant.name).await?;
            self.store.budget_ensure(id, tenant.credential.app_id()).await?;
            self.store.continues(id).await?;
            tenants.push((id, tenant.clone()));
        }
        Ok(tenants)
    }

    /// Starts one tenant's loops; returns what wakes them.
    fn start(
        &self,
        (place, id): (usize, TenantId),
        tenant: Tenant,
        in_force: Arc<InForce>,
        stored: Arc<Notify>,
        (replica, line): (&Replica, &mut StatusLine),
    ) -> anyhow::Result<Arc<Wakes>> {
        let (config, tasks) = (&self.config, &self.tasks);
        let (stop, hard) = (tasks.soft(), tasks.hard());
        let client = self
            .clients
            .get(&tenant.name)
            .cloned()
            .context("every tenant has a client")?;
        let context = Context {
            store: self.store.clone(),
            tenant: id,
            tenant_name: tenant.name.clone(),
            gate: gate_of(config, &tenant),
            time_scale: config.time_scale,
            fleet: tenant.fleet_size,
            leadership: worker::lease::Leadership::default(),
            wakes: Arc::new(Wakes::with_inbox(Arc::clone(&stored))),
            pulses: self.pulses.clone(),
        };
        let guard = SecondGuard::new(&context.gate.actions)?;
        let reads_guard = match context.gate.scope {
            BudgetScope::Shared => guard.clone(),
            BudgetScope::ActionsAndReads => SecondGuard::new(&context.gate.reads)?,
        };
        let pacing = pacing_of(config, &tenant);
        let pacer = Pacer::new(PacerOptions {
            interval: pacing.pace.interval,
            burst: pacing.pace.burst,
            unpaced_releases: pacing.unpaced_releases,
            release_window: pacing.release_window,
        })?;
        let submitter = worker::submit::Submitter {
            context: context.clone(),
            client: Arc::clone(&client),
            pacer: Arc::new(pacer),
            guard,
            concurrency: usize::try_from(config.call.concurrency).unwrap_or(16),
            pauses: Pauses {
                initial: config.scaled(Duration::from_secs(1)),
                cap: config.scaled(Duration::from_secs(60)),
                forbidden: config.scaled(Duration::from_secs(300)),
            },
            unsent: Arc::default(),
            tokens: Arc::default(),
        };
        let decider = worker::decide::Decider {
            context: context.clone(),
            rules: config.rules(),
            facts_max_age: config.scaled(config.facts.max_age),
            kinds: config.kinds.clone(),
            fleet_max_age: config.scaled(config.facts.inventory.max_age),
            facts_wait: config.scaled(config.facts.wait),
            info_wait: config.scaled(config.facts.alert_info_wait),
            in_force: Arc::clone(&in_force),
        };
        let reconciler = worker::reconcile::Reconciler {
            context: context.clone(),
            client: Arc::clone(&client),
            guard: reads_guard.clone(),
            cadence: worker::reconcile::Cadence {
                fast: config.scaled(config.reconcile.fast),
                slow: config.scaled(config.reconcile.slow),
                young_for: config.scaled(config.reconcile.young_for),
                sweep: config.scaled(config.drift.every),
                watched: config.scaled(worker::reconcile::sweep::WATCHED),
                orphans: config.scaled(config.release.orphans_after),
            },
            on_ambiguous: (config.call.ambiguous_restrict, config.call.ambiguous_release),
            last_whole: std::sync::Mutex::default(),
            sweeps: worker::reconcile::Sweeps::default(),
            sights: worker::reconcile::Sights::default(),
            drift: worker::reconcile::Drifts::new(config.drift_terms()),
        };
        if !config.facts.inventory.every.is_zero() {
            let sweeper = sweeper(config, context.clone(), Arc::clone(&client), reads_guard.clone());
            tasks.spawn("inventory", sweeper.run(stop.clone()));
        }
        for lookup in Lookup::ALL {
            if !context.gate.lookups.asks(lookup) {
                continue;
            }
            let lookups = worker::lookups::Lookups {
                context: context.clone(),
                client: Arc::clone(&client),
                guard: match lookup {
                    Lookup::AvailableActions => reads_guard.clone(),
                    Lookup::Antivirus => SecondGuard::new(&context.gate.antivirus)?,
                },
                lookup,
                backoff: config.scaled(Duration::from_secs(5)),
            };
            tasks.spawn(lookup.as_str(), lookups.run(stop.clone()));
        }
        sources::start(&sources::Shared {
            tasks,
            config,
            tenant: place,
            context: &context,
            states: &self.states,
            replica: replica.id,
            stored: &stored,
            client: &client,
            reads_guard: &reads_guard,
        })?;
        let facts = worker::facts::FactsFetcher {
            context: context.clone(),
            client,
            guard: reads_guard,
            kinds: config.kinds.clone(),
            backoff: config.scaled(Duration::from_secs(5)),
        };
        let lookout = worker::outlook::Lookout {
            context: context.clone(),
            pacing,
            every: config.scaled(Duration::from_secs(60)).max(Duration::from_secs(5)),
        };
        let teller = worker::figures::Teller {
            context: context.clone(),
            heartbeat: heartbeat_of(config),
            seen: line.follows(&tenant.name),
        };
        let overdues = worker::overdue::Overdues {
            context: context.clone(),
            after: config.scaled(config.release.overdue_after),
            every: config.scaled(Duration::from_secs(60)).max(Duration::from_secs(5)),
        };
        // The lease is given back only when the last call has been recorded.
        let called = CancellationToken::new();
        let lease_until = called.clone();
        let wakes = Arc::clone(&context.wakes);
        tasks.spawn(
            "playbooks",
            active_set::follow(context.clone(), in_force, stop.clone()),
        );
        tasks.spawn("decide", decider.run(stop.clone()));
        self.store.inbox_bound(id, config.inbox.most);
        let inbox = worker::inbox::InboxWatch {
            context: context.clone(),
            alarm_after: config.scaled(config.inbox.alarm_after),
        };
        tasks.spawn("inbox", inbox.run(stop.clone()));
        tasks.spawn("reconcile", reconciler.run(stop.clone()));
        tasks.spawn("facts", facts.run(stop.clone()));
        tasks.spawn("outlook", lookout.run(stop.clone()));
        tasks.spawn("seal", worker::seal::run(context.clone(), stop.clone()));
        tasks.spawn("figures", teller.run(stop.clone()));
        tasks.spawn("overdue", overdues.run(stop.clone()));
        tasks.spawn("expire", worker::expire::run(context.clone(), stop.clone()));
        tasks.spawn(
            "lease",
            worker::lease::run(context, replica.clone(), config.lease, stop.clone(), lease_until),
        );
        tasks.spawn("submit", async move {
            submitter.run(stop, hard).await;
            called.cancel();
        });
        Ok(wakes)
    }
}

/// What sweeps the inventory.
fn sweeper(config: &Config, context: Context, client: Arc<Client>, guard: SecondGuard) -> Sweeper {
    let inventory = &config.facts.inventory;
    let every = config.scaled(inventory.every);
    Sweeper {
        context,
        client,
        guard,
        terms: SweepTerms {
            every,
            // What Defender refuses is tried again a few times in the span, not at once.
            rest: every / 8,
            good_for: config.scaled(Duration::from_secs(3_600)),
            known_for: config.scaled(inventory.max_age),
        },
        page: inventory.page,
        device_ids: config.device_id_rule(),
        kinds: config.kinds.clone(),
        backoff: config.scaled(Duration::from_secs(5)),
    }
}

/// What this machine calls itself.
fn host() -> String {
    let named = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    named
        .or_else(|| environment::read_text("HOSTNAME"))
        .unwrap_or_else(|| "localhost".to_owned())
}
