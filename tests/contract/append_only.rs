//! Events are added and never changed, whoever is connected.

use annals::{Append, Expected};
use annals_tests::databases::Hand;
use annals_tests::domain::{account, deposited};
use annals_tests::{Database, contract};
use sqlx::AssertSqlSafe;

contract![
    no_statement_by_hand_changes_events,
    an_owner_changes_events_in_the_documented_way,
];

async fn stored(database: &Database) {
    let store = database.store().await;
    let append = Append::to(&account("1"), Expected::NoStream, (1..=3).map(deposited));
    store.append(append).await.expect("stored");
    store.close().await;
}

/// What the database says to a statement, which it refuses: the message and the hint.
async fn refused(database: &Database, sql: &str) -> String {
    let (on_postgres, in_sqlite) = (
        sql.replace("{events}", "annals.events"),
        sql.replace("{events}", "annals_events"),
    );
    match database.connection().await {
        Hand::Postgres(mut it) => {
            let done = sqlx::raw_sql(AssertSqlSafe(on_postgres))
                .execute(&mut it)
                .await;
            let error = done
                .expect_err("refused")
                .into_database_error()
                .expect("said by the server");
            let error = error.downcast::<sqlx::postgres::PgDatabaseError>();
            assert_eq!(error.code(), "23001", "a restriction is violated");
            format!("{} {}", error.message(), error.hint().expect("a hint"))
        }
        Hand::Sqlite(mut it) => {
            let done = sqlx::raw_sql(AssertSqlSafe(in_sqlite))
                .execute(&mut it)
                .await;
            done.expect_err("refused").to_string()
        }
    }
}

async fn no_statement_by_hand_changes_events(database: &Database) {
    stored(database).await;
    let mut statements = vec![
        (
            "update {events} set payload = '{}' where version = 2",
            "an update of annals_events",
            "update on annals.events",
        ),
        (
            "delete from {events} where version = 3",
            "a delete from annals_events",
            "delete on annals.events",
        ),
        (
            "delete from {events}",
            "a delete from annals_events",
            "delete on annals.events",
        ),
    ];
    if database.is_postgres() {
        statements.push(("truncate {events}", "", "truncate on annals.events"));
    }
    for (statement, in_sqlite, on_postgres) in statements {
        let said = refused(database, statement).await;
        let (what, cure) = match database.is_postgres() {
            true => (
                on_postgres,
                "begin; alter table annals.events disable trigger append_only; ..; alter table annals.events enable trigger \
                 append_only; commit;",
            ),
            false => (in_sqlite, "and make it again in one transaction"),
        };
        for part in ["events are added and never changed", what, cure] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert_eq!(database.events().await, 3);
    assert_eq!(
        database
            .number("SELECT count(*) FROM {events} WHERE cast(payload AS text) LIKE '%cents%'")
            .await,
        3
    );
}

async fn an_owner_changes_events_in_the_documented_way(database: &Database) {
    stored(database).await;
    assert_eq!(
        database
            .edit("DELETE FROM {events} WHERE version = 3")
            .await,
        1
    );
    assert_eq!(database.events().await, 2);
    // Which lifts it for the one transaction alone.
    refused(database, "delete from {events}").await;
}

/// SQLite does not ask the triggers about rows that another one takes the place of.
#[tokio::test]
async fn a_row_that_takes_the_place_of_another_is_not_stopped_in_sqlite() {
    let database = annals_tests::sqlite().await;
    stored(&database).await;
    let replace = "insert or replace into {events} select * from {events} where version = 2";
    assert_eq!(database.sql(replace).await, 1);
    assert_eq!(database.events().await, 3);
}
