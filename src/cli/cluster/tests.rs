//! The private cluster on the real binaries: start, use, take away, give back, remove.

use super::*;
use crate::config::environment;

fn start() -> Cluster {
    let options = ClusterOptions {
        bin: environment::read("PG_BIN").map(PathBuf::from),
        search_path: environment::read("PATH"),
        ..ClusterOptions::default()
    };
    Cluster::start(options).expect("Postgres binaries are installed where the tests run (scripts/setup)")
}

#[test]
fn a_cluster_starts_takes_a_database_and_leaves_nothing_behind() {
    let cluster = start();
    let directory = cluster.directory().to_path_buf();
    cluster
        .create_database("first")
        .expect("a fresh cluster takes a database");
    cluster
        .execute("first", "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        .expect("the role owns the cluster");
    cluster
        .create_database_from("second", "first")
        .expect("a database nobody uses can be copied");
    cluster
        .execute(
            "second",
            "DO $$ BEGIN IF (SELECT a FROM t) <> 1 THEN RAISE 'not copied'; END IF; END $$",
        )
        .expect("the copy has the row");
    cluster.stop().expect("the server stops");
    assert!(!directory.exists(), "{} is still there", directory.display());
}

#[test]
fn data_survive_a_server_that_is_taken_away_and_given_back() {
    let mut cluster = start();
    cluster
        .create_database("kept")
        .expect("a fresh cluster takes a database");
    cluster
        .execute("kept", "CREATE TABLE t AS SELECT 7 AS a")
        .expect("the role owns the cluster");
    cluster
        .stop_server(StopMode::Immediate)
        .expect("the server stops");
    cluster
        .execute("kept", "SELECT 1")
        .expect_err("nobody is there to answer");
    cluster.start_server().expect("the server recovers");
    cluster
        .execute(
            "kept",
            "DO $$ BEGIN IF (SELECT a FROM t) <> 7 THEN RAISE 'lost'; END IF; END $$",
        )
        .expect("a committed row outlives a crash");
    cluster.restart().expect("the server restarts");
    cluster
        .execute("kept", "SELECT 1")
        .expect("the server answers again");
}

#[test]
fn a_dropped_cluster_is_removed_and_root_never_runs_postgres() {
    let cluster = start();
    let directory = cluster.directory().to_path_buf();
    let data = std::os::unix::fs::MetadataExt::uid(
        &fs::metadata(cluster.data()).expect("the data directory is there"),
    );
    assert_ne!(data, 0, "the data directory belongs to an unprivileged account");
    drop(cluster);
    assert!(!directory.exists(), "{} is still there", directory.display());
}

#[test]
fn a_server_that_cannot_start_is_reported_with_its_log() {
    let mut cluster = start();
    cluster.stop_server(StopMode::Fast).expect("the server stops");
    fs::write(cluster.data().join("postgresql.conf"), "no_such_setting = 1\n")
        .expect("the file can be written");
    let error = cluster
        .start_server()
        .expect_err("postgres refuses an unknown setting");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn a_database_name_that_could_be_sql_is_refused() {
    for name in ["", "a b", "a;drop", "Upper", "1st", "a-b", &"x".repeat(64)] {
        assert!(
            matches!(check_name(name), Err(ClusterError::DatabaseName { .. })),
            "{name}"
        );
    }
    check_name("it_0001").expect("letters, digits and underscores make a name");
}

#[test]
fn a_parent_that_no_socket_path_can_carry_is_refused() {
    let root = tempfile::tempdir().expect("a temporary directory can be made");
    for name in ["with space", &"long".repeat(25)] {
        let parent = root.path().join(name);
        fs::create_dir(&parent).expect("a directory can be made");
        let error = layout::make_directory(&parent).expect_err("the path is unfit");
        assert!(matches!(error, ClusterError::UnfitParent { .. }), "{error}");
        assert_eq!(
            fs::read_dir(&parent).expect("the parent is readable").count(),
            0,
            "a directory was left"
        );
    }
}
