//! What is done to the rows and their seals afterwards is refused, or found: in the database, in an export, and beside a checkpoint
//! that was kept elsewhere.

use quell::domain::seal::Tampering;
use quell::store::seals::verify::VerifyScope;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::{AT_ONCE, assert_whole, broken, ground, seal_all, verified, write};
use crate::operator::Shell;

#[tokio::test]
async fn nobody_changes_or_deletes_a_row_of_the_audit_without_taking_its_trigger_away() {
    let (database, store, tenant) = ground().await;
    let mut connection = database.connect().await;
    write(&mut connection, tenant, "note", "there").await;
    seal_all(&store, tenant).await;
    store
        .audit_checkpoint(tenant, AT_ONCE)
        .await
        .expect("the database is up");
    for table in ["transitions", "seals", "seal_checkpoints"] {
        for sql in [
            format!("UPDATE quell.{table} SET tenant_id = tenant_id"),
            format!("DELETE FROM quell.{table}"),
            format!("TRUNCATE quell.{table}"),
        ] {
            let error = connection.execute(AssertSqlSafe(sql.clone())).await;
            let error = error.expect_err("rows are only added").to_string();
            assert!(error.contains("are only added"), "{sql}: {error}");
        }
    }
    let error = connection.execute("DELETE FROM quell.seal_heads").await;
    assert!(error.is_err());
}

#[tokio::test]
async fn whatever_is_done_to_the_rows_or_their_seals_is_found() {
    let (database, store, tenant) = ground().await;
    let mut connection = database.connect().await;
    for n in 1..=20 {
        write(&mut connection, tenant, "note", &format!("row {n}")).await;
    }
    seal_all(&store, tenant).await;
    store
        .audit_checkpoint(tenant, AT_ONCE)
        .await
        .expect("the database is up");
    for n in 21..=30 {
        write(&mut connection, tenant, "stop", &format!("row {n}")).await;
    }
    seal_all(&store, tenant).await;
    assert_whole(&store, &mut connection, 30).await;
    let end = verified(&store).await.chains.remove(0);
    store.close().await;
    connection.close().await.expect("it is idle");
    for case in broken::CASES {
        let copy = database.copy().await;
        let mut connection = copy.connect().await;
        let sql = format!("SET session_replication_role = replica; {}", case.breaks);
        let done = connection.execute(AssertSqlSafe(sql)).await;
        let done = done.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(done.rows_affected() > 0, "{}: nothing was broken", case.name);
        connection.close().await.expect("it is idle");
        let store = super::store(&copy.url);
        let found = verified(&store).await;
        let found: Vec<(Tampering, Option<i64>)> = found
            .chains
            .into_iter()
            .flat_map(|chain| chain.findings)
            .map(|finding| (finding.what, finding.seq))
            .collect();
        assert_eq!(found, case.found, "{}", case.name);
        // And from outside, by what was written down when the chain ended where it did.
        let scope = VerifyScope {
            findings: 100,
            checkpoints: vec![(tenant, end.seq, end.hash)],
            ..VerifyScope::default()
        };
        let found = store
            .audit_verify(&scope, |_, _| {})
            .await
            .expect("the database is up");
        assert!(!found.holds(), "{}", case.name);
        store.close().await;
    }
}

#[tokio::test]
async fn a_chain_that_was_rewritten_as_a_whole_is_found_by_a_checkpoint_from_outside_alone() {
    let (database, store, tenant) = ground().await;
    let mut connection = database.connect().await;
    for n in 1..=10 {
        write(&mut connection, tenant, "note", &format!("row {n}")).await;
    }
    seal_all(&store, tenant).await;
    let kept = store
        .audit_checkpoint(tenant, AT_ONCE)
        .await
        .expect("the database is up");
    let kept = kept.expect("it was due");
    // The owner changes a row, throws every seal away, and lets the daemon seal anew.
    connection
        .execute(
            "SET session_replication_role = replica; UPDATE quell.transitions SET by = 'nobody' WHERE reason = 'row 4';
             DELETE FROM quell.seals; DELETE FROM quell.seal_checkpoints; DELETE FROM quell.seal_heads;
             SET session_replication_role = origin",
        )
        .await
        .expect("the test owns its database");
    seal_all(&store, tenant).await;
    assert!(verified(&store).await.holds(), "from inside all is well");
    let shell = Shell::new(&database.url);
    let given = format!("{}:{}", kept.seq, kept.hash);
    let (code, out, _) = shell.run(&["audit", "verify", "--checkpoint", &given]).await;
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("the given checkpoint 10 has another seal than the chain"),
        "{out}"
    );
    let (code, out, said) = shell
        .run(&["audit", "verify", "--checkpoint", &format!("nobody/{given}")])
        .await;
    assert_eq!(code, Some(3), "{out}{said}");
}

#[tokio::test]
async fn an_export_is_verified_without_the_database() {
    let (database, store, tenant) = ground().await;
    let mut connection = database.connect().await;
    for n in 1..=12 {
        write(&mut connection, tenant, "note", &format!("row {n}, \"quoted\"")).await;
    }
    seal_all(&store, tenant).await;
    let shell = Shell::new(&database.url);
    let (code, out, said) = shell.run(&["audit", "export"]).await;
    assert_eq!(
        (code, out.lines().count(), said.as_str()),
        (Some(0), 12, ""),
        "{out}"
    );
    let file = |text: &str| {
        std::fs::write(shell.directory().join("rows.ndjson"), text).expect("the directory is ours")
    };
    file(&out);
    let verify = ["audit", "verify", "--file", "rows.ndjson"];
    let (code, said, _) = shell.run(&verify).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with("ground: 12 seals hold, the last is 12:"),
        "{said}"
    );
    let lines: Vec<&str> = out.lines().collect();
    let forged = |lines: &[&str]| lines.join("\n") + "\n";
    let swapped = [&lines[..3], &[lines[4], lines[3]], &lines[5..]].concat();
    for (name, text) in [
        ("flip", out.replace("row 5, ", "row 6, ")),
        ("flip in JSON", out.replacen("1.50", "1.51", 1)),
        ("delete", forged(&[&lines[..3], &lines[4..]].concat())),
        ("reorder", forged(&swapped)),
    ] {
        file(&text);
        let (code, said, _) = shell.run(&verify).await;
        assert_eq!(code, Some(1), "{name}: {said}");
    }
    // What is cut off at the end shows only beside a checkpoint.
    file(&forged(&lines[..10]));
    let (code, said, _) = shell.run(&verify).await;
    assert_eq!(code, Some(0), "{said}");
    let end = verified(&store).await.chains.remove(0);
    let given = format!("{}:{}", end.seq, end.hash);
    let (code, said, _) = shell
        .run(&[&verify[..], &["--checkpoint", &given]].concat())
        .await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the file ends at 10, and the given checkpoint says 12"),
        "{said}"
    );
    // A checkpoint that nothing can be held against is not held.
    file(&forged(&lines[3..]));
    for kept in [format!("2:{}", end.hash), format!("nobody/{given}")] {
        let (code, out, said) = shell.run(&[&verify[..], &["--checkpoint", &kept]].concat()).await;
        assert_eq!(code, Some(3), "{out}");
        assert!(said.contains("nothing can be held against it"), "{said}");
    }
    let (code, csv, _) = shell
        .run(&["audit", "export", "-o", "csv", "--since", "1h"])
        .await;
    assert_eq!((code, csv.lines().count()), (Some(0), 13), "{csv}");
    let (code, none, _) = shell.run(&["audit", "export", "--until", "1h"]).await;
    assert_eq!((code, none.as_str()), (Some(0), ""));
}
