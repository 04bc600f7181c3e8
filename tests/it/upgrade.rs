//! Upgrades: a database of each version that was released is brought to the newest migration, and nothing of it is lost.
//!
//! `tests/data/dumps` has a dump for each, made by `scripts/keep-dump` with the daemon of that version: a row in every table, an action
//! under way, an event that nobody has decided. `mixed` has versions that meet: a daemon and a database that do not fit.

mod mixed;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use quell::store::{Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::operator::Shell;
use crate::support::TestDatabase;

/// The columns (`table.column`) that migrations have taken away since, each with the number of its migration behind it: what is given up is
/// written down twice.
const GIVEN_UP: &[&str] = &[];

/// The dumps, the oldest first: the number of their newest migration, and the text.
fn dumps() -> Vec<(String, String)> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/dumps");
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("the dumps are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let number = path
                .file_stem()
                .expect("it has a name")
                .to_string_lossy()
                .into_owned();
            (number, std::fs::read_to_string(&path).expect("a dump is text"))
        })
        .collect()
}

/// A database as that version left it.
async fn restored(dump: &str) -> TestDatabase {
    let database = TestDatabase::empty().await;
    let mut connection = database.connect().await;
    connection
        .execute(AssertSqlSafe(dump.to_owned()))
        .await
        .expect("a dump can be restored");
    connection.close().await.expect("it is idle");
    database
}

/// As whoever migrates.
fn owner(database: &TestDatabase) -> Store {
    Store::new(&StoreOptions {
        url: database.url.clone().into(),
        max_connections: 2,
        validity: Duration::from_secs(3_600),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    })
    .expect("the URL is ours")
}

/// The names of the columns of each table.
type Columns = BTreeMap<String, Vec<String>>;

/// Every table of the schema with its columns; partitions count as their table.
async fn columns(connection: &mut PgConnection) -> Columns {
    let rows = connection
        .fetch_all(
            "SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE n.nspname = 'quell' AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY 1",
        )
        .await
        .expect("the catalogue can be read");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The rows of one table as text, in these columns.
async fn rows(connection: &mut PgConnection, table: &str, columns: &[String]) -> Vec<String> {
    let columns = columns.join(r#"", r.""#);
    let sql = format!(r#"SELECT ROW(r."{columns}")::text FROM quell."{table}" r ORDER BY 1"#);
    let rows = connection
        .fetch_all(AssertSqlSafe(sql))
        .await
        .expect("a table can be read");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Those of `before` that are not in `after`; both are sorted, and may have a row more than once.
fn lost(before: &[String], after: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for row in after {
        *left.entry(row).or_default() += 1;
    }
    let is_lost = |row: &&String| match left.get_mut(row.as_str()) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    };
    before.iter().filter(is_lost).cloned().collect()
}

/// A shell whose configuration names the dumps' tenant.
fn shell(url: &str) -> Shell {
    let shell = Shell::new(url);
    let file = shell.directory().join("quell.yaml");
    let config = std::fs::read_to_string(&file).expect("it was written");
    std::fs::write(file, config.replace("name: ground", "name: practice")).expect("the directory is ours");
    shell
}

/// These commands say of it what they say of a database that was always new.
async fn is_sound(number: &str, database: &TestDatabase, commands: &[&[&str]]) {
    let shell = shell(&database.url);
    for command in commands {
        let (code, out, said) = shell.run(command).await;
        assert_eq!(code, Some(0), "{number}: {command:?}: {out}{said}");
    }
}

#[tokio::test]
async fn a_database_of_each_version_is_migrated_without_losing_a_row() {
    let dumps = dumps();
    assert!(dumps.len() > 1, "there are dumps of more than one version");
    let device = format!("{:040x}", 0xd000_0000_0001_u64);
    // All of them on what has the longest way behind it.
    let mut commands = vec![
        &["audit"][..],
        &["audit", "verify"],
        &["status"],
        &["devices"],
        &["actions"],
        &["approvals", "list"],
        &["playbooks", "list"],
        &["events", "dead", "list"],
        &["caps"],
    ];
    let explain = ["explain", "--device", &device];
    commands.push(&explain);
    for (number, dump) in dumps {
        let database = restored(&dump).await;
        let mut connection = database.connect().await;
        let mut tables = columns(&mut connection).await;
        for (table, columns) in &mut tables {
            columns.retain(|column| !GIVEN_UP.contains(&format!("{table}.{column}").as_str()));
        }
        tables.retain(|_, columns| !columns.is_empty());
        let mut before = BTreeMap::new();
        for (table, columns) in &tables {
            let its = rows(&mut connection, table, columns).await;
            assert!(!its.is_empty(), "the dump of {number} has no row in {table}");
            before.insert(table, its);
        }
        let store = owner(&database);
        store
            .migrate()
            .await
            .unwrap_or_else(|error| panic!("{number}: {error:?}"));
        store.migrate().await.expect("nothing is left to do");
        store.close().await;
        let now = columns(&mut connection).await;
        for (table, columns) in &tables {
            let its = now
                .get(table)
                .unwrap_or_else(|| panic!("{number}: the table {table} is gone"));
            for column in columns {
                assert!(its.contains(column), "{number}: {table}.{column} is gone");
            }
            let after = rows(&mut connection, table, columns).await;
            let lost = lost(&before[table], &after);
            assert!(lost.is_empty(), "{number}: {table} lost or changed {lost:#?}");
        }
        connection.close().await.expect("it is idle");
        is_sound(&number, &database, &commands).await;
        commands.truncate(2);
    }
}

#[test]
fn a_row_that_was_there_twice_and_is_there_once_is_lost() {
    let rows = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    assert_eq!(lost(&rows("aab"), &rows("abc")), ["a"]);
    assert_eq!(lost(&rows("ab"), &rows("aabb")), [""; 0]);
}
