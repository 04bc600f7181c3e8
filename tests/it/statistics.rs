//! What Postgres knows of tables that have just grown.

use crate::support::ground::{Ground, playbook};

#[tokio::test]
async fn a_table_that_has_grown_is_analysed_once_and_found_through_its_key() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground
        .execute(
            "ALTER TABLE quell.devices SET (autovacuum_enabled = false);
             INSERT INTO quell.devices (tenant_id, device_id)
             SELECT t.id, lpad(n::text, 40, '0') FROM quell.tenants t, generate_series(1, 3000) AS n"
                .to_owned(),
        )
        .await;
    let store = ground.store.clone();
    let grown = store.analyse_grown().await.expect("Postgres is up");
    assert!(grown.contains(&"devices".to_owned()), "{grown:?}");
    let again = store.analyse_grown().await.expect("Postgres is up");
    assert!(!again.contains(&"devices".to_owned()), "{again:?}");
    let plan = ground
        .words("EXPLAIN SELECT 1 FROM quell.devices WHERE tenant_id = 1 AND device_id = 'x'".to_owned())
        .await;
    assert!(plan[0].contains("devices_pkey"), "{plan:#?}");
    ground.close().await;
}
