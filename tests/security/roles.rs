//! The roles that `migrate roles` prints, given to users of a real server.

use std::time::Duration;

use annals::migrate::Run;
use annals::prelude::*;
use annals::{Append, ErrorKind, Expected, NewEvent, StoreOptions};
use annals_tests::domain::{Deposit, Ledger, Opened, Ticked, Withdraw};
use annals_tests::options;

use crate::bank::{Bank, OF_THE_OWNER, bank};
use crate::models::{self, Balance, Bell, Porter, Richer, Sum};

#[tokio::test]
async fn a_reader_reads_and_writes_nothing() {
    let bank = bank().await;
    let receipt = bank.deposits("writes", "1", &[5, 6]).await;
    let app = bank.app("projects").projection::<Balance>();
    let running = app.start().await.expect("it starts");
    let rows = running.store().read_model::<Balance>().after(&receipt);
    rows.wait().await.expect("it follows");
    running.stop().await;

    let app = models::app(&bank.url("reads"), options().read_only()).projection::<Balance>();
    let store = app.open().await.expect("it opens");
    assert_eq!(
        store
            .aggregate::<Ledger>("1")
            .load()
            .await
            .expect("loads")
            .balance,
        11
    );
    assert_eq!(
        store
            .stream(&StreamId::new("ledger", "1"))
            .all()
            .await
            .expect("read")
            .len(),
        3
    );
    assert_eq!(store.feed().read().await.expect("read").events().len(), 3);
    let row = store.read_model::<Balance>().get("1").await.expect("read");
    assert_eq!(row.map(|row| row.cents), Some(11));
    store.close().await;
    assert_eq!(
        bank.says("reads", "select * from annals.balances").await,
        None
    );

    let store = bank.url("reads");
    let store = options().connect(&store).await.expect("it opens");
    let append = Append::to(
        &StreamId::new("ledger", "1"),
        Expected::Any,
        [NewEvent::of(&Ticked(1))],
    );
    assert_eq!(
        store.append(append).await.expect_err("denied").kind(),
        ErrorKind::Denied
    );
    store.close().await;
    let more = [
        "insert into annals.events select * from annals.events",
        "insert into annals.schemas select * from annals.schemas",
        "delete from annals.snapshots",
        "delete from annals.balances_v1",
        "update annals.partitions set checkpoint = 0",
        "select nextval('annals.event_position')",
        "create table annals.mine (n int)",
    ];
    for sql in OF_THE_OWNER.iter().chain(&more) {
        Bank::denied(bank.says("reads", sql).await, sql);
    }
}

#[tokio::test]
async fn a_writer_appends_and_changes_nothing() {
    let bank = bank().await;
    // Whose app declares projections, which others follow.
    let store = bank.app("writes").projection::<Balance>().open().await;
    store.expect("it opens").close().await;
    assert_eq!(bank.admin.number("SELECT count(*) FROM {schemas}").await, 1);
    bank.deposits("writes", "1", &[5, 6, 7]).await;
    let store = bank.app("writes").open().await.expect("it opens");
    let root = store.aggregate::<Ledger>("1");
    let refused = root.execute(Withdraw(99)).key("r").await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(root.load().await.expect("loads").balance, 18);
    store.close().await;
    assert_eq!(
        bank.admin.number("SELECT count(*) FROM {snapshots}").await,
        1
    );
    assert_eq!(
        bank.admin.number("SELECT count(*) FROM {commands}").await,
        4
    );
    let more = [
        "create table annals.mine (n int)",
        "update annals.partitions set checkpoint = 0",
        "insert into annals.workers values ('me', '{}', now())",
        "update annals.schemas set shape = '{}'",
        "update annals.commands set refusal = null",
        "drop table annals.snapshots",
        "alter sequence annals.event_position restart",
    ];
    for sql in OF_THE_OWNER.iter().chain(&more) {
        Bank::denied(bank.says("writes", sql).await, sql);
    }
}

#[tokio::test]
async fn a_projector_follows_and_migrates_and_appends_nothing() {
    let bank = bank().await;
    let receipt = bank.deposits("writes", "1", &[5, 6]).await;
    let app = bank.app("projects").projection::<Balance>();
    let running = app.start().await.expect("it starts");
    let row = running
        .store()
        .read_model::<Balance>()
        .after(&receipt)
        .get("1")
        .await;
    assert_eq!(row.expect("read").map(|row| row.cents), Some(11));
    let append = Append::to(
        &StreamId::new("ledger", "1"),
        Expected::Any,
        [NewEvent::of(&Ticked(1))],
    );
    let error = running.store().append(append).await.expect_err("denied");
    assert_eq!(error.kind(), ErrorKind::Denied);
    running.stop().await;

    let next = bank.app("projects").projection::<Richer>();
    annals::migrate::run(&next, Run::new(), &mut |_| {})
        .await
        .expect("migrated");
    let running = next.start().await.expect("it starts");
    let row = running
        .store()
        .read_model::<Richer>()
        .after(&receipt)
        .get("1")
        .await;
    assert_eq!(
        row.expect("read").map(|row| (row.cents, row.deposits)),
        Some((11, 2))
    );
    running.stop().await;
    annals::migrate::drop_version(&next, "balances", 1)
        .await
        .expect("dropped");
    // Whoever reads sees the tables that came later, too.
    assert_eq!(
        bank.says("reads", "select deposits from annals.balances")
            .await,
        None
    );
    for sql in OF_THE_OWNER {
        Bank::denied(bank.says("projects", sql).await, sql);
    }
}

#[tokio::test]
async fn who_appends_with_an_inline_projection_is_in_two_roles() {
    let bank = bank().await;
    let opening = bank.app("writes").projection::<Sum>().open().await;
    assert_eq!(
        opening.expect_err("a table is to be made").kind(),
        ErrorKind::Denied
    );
    let store = bank
        .app("does_both")
        .projection::<Sum>()
        .open()
        .await
        .expect("it opens");
    store.close().await;
    let app = bank.app("does_both").projection::<Sum>();
    let running = app.start().await.expect("it starts");
    let opened = Opened {
        owner: "ada".to_owned(),
    };
    let stream = StreamId::new("ledger", "1");
    let append = Append::to(&stream, Expected::NoStream, [NewEvent::of(&opened)]);
    running.store().append(append).await.expect("stored");
    let root = running.store().aggregate::<Ledger>("1");
    root.execute(Deposit(5)).await.expect("stored");
    let row = running
        .store()
        .read_model::<Sum>()
        .get("1")
        .await
        .expect("read");
    assert_eq!(row.map(|row| row.cents), Some(5));
    running.stop().await;
}

#[tokio::test]
async fn who_runs_processes_is_in_two_roles() {
    let bank = bank().await;
    let app = || {
        let app = bank.app("does_both").aggregate::<Bell>();
        app.process::<Porter>()
    };
    let running = app().start().await.expect("it starts");
    let opened = Opened {
        owner: "ada".to_owned(),
    };
    let append = Append::to(
        &StreamId::new("ledger", "1"),
        Expected::NoStream,
        [NewEvent::of(&opened)],
    );
    running.store().append(append).await.expect("stored");
    let bell = running.store().aggregate::<Bell>("1");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while bell.load().await.expect("loads").rings < 2 {
        assert!(tokio::time::Instant::now() < deadline, "it does not ring");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn an_owner_migrates_and_lifts_what_keeps_events() {
    let bank = bank().await;
    bank.deposits("writes", "1", &[5]).await;
    let again = Store::migrate(&bank.url("owns"))
        .await
        .expect("nothing to do");
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(
        bank.says("owns", "delete from annals.events")
            .await
            .as_deref(),
        Some("23001")
    );
    let edit = "begin; alter table annals.events disable trigger append_only;
                delete from annals.events where version = 2;
                alter table annals.events enable trigger append_only; commit";
    assert_eq!(bank.says("owns", edit).await, None);
    assert_eq!(bank.admin.events().await, 1);
}

#[tokio::test]
async fn an_owner_makes_the_tables_in_its_schema() {
    let bank = bank().await;
    bank.admin
        .sql("create schema later authorization annals_owner")
        .await;
    let migrate = async || {
        let options = StoreOptions::default().schema("later");
        options.migrate(&bank.url("owns")).await.expect("migrated")
    };
    assert_eq!(migrate().await[0], "0001_events");
    assert_eq!(migrate().await, [""; 0]);
}

#[tokio::test]
async fn what_is_printed_can_be_run_again_and_gives_strangers_nothing() {
    let bank = bank().await;
    let receipt = bank.deposits("writes", "1", &[5]).await;
    let app = bank.app("does_both").projection::<Balance>();
    let running = app.start().await.expect("it starts");
    running
        .store()
        .read_model::<Balance>()
        .after(&receipt)
        .wait()
        .await
        .expect("it follows");
    running.stop().await;
    let read = "select * from annals.balances";
    // What a user of two roles made belongs to that user, until the roles are made again.
    Bank::denied(bank.says("reads", read).await, read);
    let sql = annals::migrate::roles(&bank.app("owns")).expect("printed");
    bank.admin.sql(&sql).await;
    assert_eq!(bank.says("reads", read).await, None);
    Bank::denied(bank.says("stranger", read).await, read);
    let opening = options().connect(&bank.url("stranger")).await;
    assert_eq!(opening.expect_err("denied").kind(), ErrorKind::Denied);
}

#[test]
fn only_postgres_has_roles_and_only_for_short_names() {
    let error = Store::options()
        .roles_sql("sqlite::memory:")
        .expect_err("a file");
    assert_eq!(error.kind(), ErrorKind::Url);
    assert!(
        error.hint().is_some_and(|hint| hint.contains("the file")),
        "{error:?}"
    );
    let long = "a".repeat(54);
    let options = Store::options().schema(long);
    let error = options
        .roles_sql("postgres://localhost")
        .expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Name);
    assert!(
        error.hint().is_some_and(|hint| hint.contains("53")),
        "{error:?}"
    );
}
