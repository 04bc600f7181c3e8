//! The state machines stand twice, in Rust and in the schema. Here they are held against each other.

use quell::domain::action::{ActionEvent, ActionState, next};
use quell::domain::containment::ContainmentState;
use sqlx::{Executor, PgConnection, Row};

use crate::support::TestDatabase;

async fn allows(connection: &mut PgConnection, function: &str, from: &str, to: &str) -> bool {
    let sql = format!("SELECT quell.{function}('{from}', '{to}')");
    let row = connection
        .fetch_one(sqlx::AssertSqlSafe(sql))
        .await
        .expect("the function is there");
    row.get(0)
}

#[tokio::test]
async fn the_schema_allows_exactly_the_transitions_of_the_action_table() {
    let database = TestDatabase::new().await;
    let mut connection = database.connect().await;
    for from in ActionState::ALL {
        for to in ActionState::ALL {
            let in_rust = ActionEvent::ALL
                .into_iter()
                .any(|event| next(from, event) == Ok(to));
            let in_sql = allows(&mut connection, "action_may_become", from.as_str(), to.as_str()).await;
            assert_eq!(in_sql, in_rust, "{} to {}", from.as_str(), to.as_str());
        }
        let at_birth = allows(&mut connection, "action_may_become", "none", from.as_str()).await;
        assert_eq!(at_birth, from.may_begin(), "an action is born {}", from.as_str());
    }
}

#[tokio::test]
async fn the_schema_allows_exactly_the_transitions_of_a_containment() {
    let database = TestDatabase::new().await;
    let mut connection = database.connect().await;
    for from in ContainmentState::ALL {
        for to in ContainmentState::ALL {
            let in_sql = allows(
                &mut connection,
                "containment_may_become",
                from.as_str(),
                to.as_str(),
            )
            .await;
            assert_eq!(
                in_sql,
                from.may_become(to),
                "{} to {}",
                from.as_str(),
                to.as_str()
            );
        }
    }
}

#[tokio::test]
async fn an_illegal_change_of_state_cannot_be_committed() {
    let database = TestDatabase::new().await;
    let mut connection = database.connect().await;
    let setup = "INSERT INTO quell.tenants (name) VALUES ('t');
        INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, comment, wanted_by, state_by, state_reason)
        SELECT gen_random_uuid(), id, repeat('a', 40), 'restrict', 'queued', 3, '', 'test', 'test', 'test' FROM quell.tenants";
    connection
        .execute(setup)
        .await
        .expect("a queued action may be born");
    let error = connection
        .execute("UPDATE quell.actions SET state = 'succeeded', final_at = now()")
        .await
        .expect_err("nothing succeeds that was never sent");
    let constraint = error
        .as_database_error()
        .and_then(|error| error.constraint().map(str::to_owned));
    assert_eq!(constraint.as_deref(), Some("legal_transition"));
    let audited = connection
        .fetch_one("SELECT count(*) FROM quell.transitions WHERE to_state = 'queued'")
        .await
        .expect("the audit can be read");
    assert_eq!(audited.get::<i64, _>(0), 1);
}
