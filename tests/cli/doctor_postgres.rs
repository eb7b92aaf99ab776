//! `doctor`, on servers of its own.

use std::time::Duration;

use annals::{App, Append, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::{Cluster, Database, Setup};
use serde_json::Value;

use crate::doctor::{findings, wrong};
use crate::run::run;
use crate::stored::stored;

struct Served {
    // Kept: it stops with the value.
    cluster: Cluster,
    database: Database,
}

async fn served(cluster: Cluster) -> Served {
    let database = Database::at(cluster.url("postgres"));
    Store::migrate(database.url()).await.expect("migrated");
    Served { cluster, database }
}

impl Served {
    fn app(&self) -> App {
        App::new(self.database.url())
    }

    async fn find(&self, check: &str) -> Vec<Value> {
        wrong(&self.app(), check).await
    }
}

#[tokio::test]
async fn a_server_as_it_should_be_has_no_finding() {
    let setup = Setup::default()
        .set("fsync", "on")
        .set("full_page_writes", "on");
    let served = served(setup.start()).await;
    let ran = run(&served.app(), &["doctor", "--format", "json"]).await;
    let findings = findings(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    for finding in findings {
        assert_eq!(finding["level"], "ok", "{finding}");
    }
    let ran = run(&served.app(), &["doctor"]).await;
    assert_eq!(
        (ran.code, ran.messages.as_str()),
        (0, "errors: 0, warnings: 0\n")
    );
}

#[tokio::test]
async fn settings_that_lose_events_are_found() {
    let setup = Setup::default().set("synchronous_commit", "off");
    let served = served(setup.start()).await;
    let found = served.find("settings").await;
    let found: Vec<_> = found
        .iter()
        .map(|finding| (&finding["details"]["setting"], &finding["level"]))
        .map(|(setting, level)| (setting.as_str(), level.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Some("fsync"), Some("error")),
            (Some("full_page_writes"), Some("warning")),
        ]
    );
}

#[tokio::test]
async fn a_sequence_that_lags_or_caches_is_found_and_healed() {
    let served = served(Cluster::start_new()).await;
    stored(&served.database).await;
    let by_hand =
        "SELECT setval('annals.event_position', 1); ALTER SEQUENCE annals.event_position CACHE 20";
    served.database.sql(by_hand).await;
    let found = served.find("sequence").await;
    assert_eq!(found.len(), 2, "{found:#?}");
    for finding in found {
        assert_eq!(finding["level"], "error");
        served
            .database
            .sql(finding["cure"].as_str().expect("SQL"))
            .await;
    }
    assert!(served.find("sequence").await.is_empty());
    let store = served.database.store().await;
    let append = Append::to(&account("1"), Expected::Exists, [deposited(1)]);
    let receipt = store.append(append).await.expect("stored");
    assert_eq!(receipt.streams()[0].positions()[0].get(), 4);
}

#[tokio::test]
async fn an_index_that_was_not_finished_is_found() {
    let served = served(Cluster::start_new()).await;
    let by_hand = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'annals.events_position'::regclass";
    served.database.sql(by_hand).await;
    let found = served.find("indexes").await;
    assert_eq!(found[0]["details"]["index"], "events_position");
    served
        .database
        .sql(found[0]["cure"].as_str().expect("SQL"))
        .await;
    assert!(served.find("indexes").await.is_empty());
}

#[tokio::test]
async fn dead_rows_are_found() {
    let served = served(Setup::default().set("autovacuum", "off").start()).await;
    let by_hand = "
        INSERT INTO annals.commands (tenant, stream, key, last_version)
        SELECT '', 'account-1', n, 1 FROM generate_series(1, 20000) n;
        DELETE FROM annals.commands;
        SELECT pg_stat_force_next_flush()";
    served.database.sql(by_hand).await;
    let found = served.find("tables").await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["details"]["table"], "commands");
    assert_eq!(found[0]["level"], "warning");
}

#[tokio::test]
async fn who_may_look_at_nothing_is_told_so() {
    let served = served(Cluster::start_new()).await;
    served.database.sql("CREATE ROLE stranger LOGIN").await;
    let url = served.database.url().replacen("postgres@", "stranger@", 1);
    let ran = run(&App::new(url), &["doctor", "--format", "json"]).await;
    let found = findings(&ran);
    assert_eq!(found[0]["check"], "connection", "{ran:?}");
    assert!(
        found[0]["cure"].as_str().expect("text").contains("grant"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn a_standby_is_looked_at() {
    let served = served(Cluster::start_new()).await;
    stored(&served.database).await;
    let standby = served.cluster.standby();
    let database = Database::at(standby.url("postgres"));
    let migrated = async {
        // It has caught up once its tables are those of the primary.
        while App::new(database.url())
            .options(Store::options().read_only())
            .open()
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), migrated).await;
    waited.expect("it catches up");
    let app = App::new(database.url());
    let found = wrong(&app, "server").await;
    assert!(
        found[0]["what"]
            .as_str()
            .expect("text")
            .contains("a standby")
    );
    for check in ["frontier", "streams", "sequence"] {
        assert!(wrong(&app, check).await.is_empty(), "{check}");
    }
}

/// Ten seconds are waited for: that somebody stores events is no finding before.
#[tokio::test]
async fn who_holds_up_the_feed_is_named() {
    let served = served(Cluster::start_new()).await;
    let store = stored(&served.database).await;
    let open = async |id: &str| {
        let mut tx = store.begin().await.expect("a transaction");
        let append = Append::to(&account(id), Expected::NoStream, [deposited(1)]);
        store.append_in(&mut tx, append).await.expect("stored");
        tx
    };
    let mut tx = open("3").await;
    let prepare = "PREPARE TRANSACTION 'transfer 7'";
    let connection = tx.as_postgres().expect("PostgreSQL");
    sqlx::raw_sql(prepare)
        .execute(connection)
        .await
        .expect("prepared");
    drop(tx);
    let mut tx = open("4").await;
    let connection = tx.as_postgres().expect("PostgreSQL");
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await
        .expect("a session");
    // Higher than what is held.
    let append = Append::to(&account("5"), Expected::NoStream, [deposited(1)]);
    store.append(append).await.expect("stored");
    assert!(served.find("frontier").await.is_empty(), "they are young");

    let found = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let found = served.find("frontier").await;
            if found.len() == 3 {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let found = found.await.expect("they grow old");
    let [reach, prepared, session] = &found[..] else {
        panic!("{found:#?}")
    };
    // The three events from before can be read.
    let details = |finding: &Value, name: &str| finding["details"][name].clone();
    assert_eq!(details(reach, "last"), 6);
    assert_eq!(details(reach, "frontier"), 3);
    assert_eq!(details(reach, "behind"), 3);
    assert!(details(reach, "seconds").as_i64().expect("a number") >= 10);
    assert_eq!(details(prepared, "gid"), "transfer 7");
    assert_eq!(
        prepared["cure"],
        "commit prepared 'transfer 7'; or: rollback prepared 'transfer 7';"
    );
    assert_eq!(details(session, "session"), pid);
    assert_eq!(details(session, "user"), "postgres");
    assert_eq!(details(session, "state"), "idle in transaction");
    let cure = session["cure"].as_str().expect("text");
    assert!(
        cure.contains(&format!("pg_terminate_backend({pid})")),
        "{cure}"
    );

    tx.commit().await.expect("committed");
    served.database.sql("ROLLBACK PREPARED 'transfer 7'").await;
    assert!(served.find("frontier").await.is_empty());
}
