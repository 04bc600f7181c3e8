//! A fresh, migrated database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

use super::server::{Server, TEMPLATE};

/// A database of one test's own, dropped with this value.
pub struct TestDatabase {
    server: &'static Server,
    name: String,
    /// Its connection URL.
    pub url: String,
}

impl TestDatabase {
    /// Copies the migrated template.
    pub async fn new() -> Self {
        Self::copy_of(TEMPLATE).await
    }

    /// One without a table.
    pub async fn empty() -> Self {
        Self::copy_of("template0").await
    }

    /// Another one with the same rows. Nobody may be connected to this one.
    pub async fn copy(&self) -> Self {
        Self::copy_of(&self.name).await
    }

    async fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = Server::shared().await;
        let name = format!(
            "quell_it_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template}");
        server
            .execute(copy)
            .await
            .expect("nobody is connected to the template");
        Self {
            server,
            url: server.url(&name),
            name,
        }
    }

    /// Keeps a backup of it as it is now. Nobody may be connected.
    pub async fn back_up(&self) {
        let sql = format!("CREATE DATABASE {0}_backup TEMPLATE {0}", self.name);
        self.server.execute(sql).await.expect("nobody is connected");
    }

    /// Replaces it by its backup.
    pub async fn restore(&self) {
        for sql in [
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
            format!("ALTER DATABASE {0}_backup RENAME TO {0}", self.name),
        ] {
            self.server.execute(sql).await.expect("the backup is there");
        }
    }

    /// Takes all of it away, as before a dump is restored.
    pub async fn empty_out(&self) {
        for sql in [
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
            format!("CREATE DATABASE {} TEMPLATE template0", self.name),
        ] {
            self.server.execute(sql).await.expect("the tests' role made it");
        }
    }

    /// A plain connection, for looking at rows behind the store's back.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url)
            .await
            .expect("the database accepts a connection")
    }
}

impl Drop for TestDatabase {
    /// A server takes some MiB for each database, so it goes at once, on a thread of its own: this may run inside a
    /// runtime or while panicking.
    fn drop(&mut self) {
        let server = self.server;
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime.map(|runtime| runtime.block_on(server.execute(sql))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => eprintln!("a test's database was left behind: {error}"),
                Err(error) => eprintln!("a test's database was left behind: {error}"),
            }
        });
        drop(dropping.join());
    }
}
