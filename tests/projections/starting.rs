//! What a program has to agree on with the database before it follows.

use annals::{App, Error, ErrorKind};
use annals_tests::domain::{Account, Deposited, Opened};
use annals_tests::{Database, contract, options};
use futures_util::future::join_all;

use crate::models::{Activity, Balance, Owner};
use crate::stored::{add, app, started};

contract![
    two_projections_of_one_name_are_refused,
    a_projection_that_is_added_twice_is_one,
    changed_handlers_are_refused,
    a_changed_column_is_refused,
    a_new_column_is_refused,
    changed_partitions_are_refused,
    a_changed_mode_is_refused,
    another_version_is_refused,
    a_table_that_is_gone_is_told,
    a_table_of_somebody_else_is_left_alone,
    many_start_on_a_fresh_store_at_once,
];

/// Releases of one projection.
macro_rules! release {
    ($name:ident, [$($setting:tt)*], { $($column:tt)* }, $value:expr) => {
        mod $name {
            use annals::prelude::*;
            use annals_tests::domain::Deposited;

            #[derive(ReadModel, Debug, Clone, PartialEq)]
            pub(super) struct Sum {
                #[key]
                id: String,
                $($column)*
            }

            #[projection($($setting)*)]
            impl Sum {
                fn deposited(row: Option<Self>, event: &Deposited, cx: &Recorded) -> Self {
                    let value = $value;
                    value(row, event, cx.stream().id().to_owned())
                }
            }
        }
    };
}

release!(first, [name = "sums", partitions = 2], { cents: i64, }, |row: Option<Self>, event: &Deposited, id| Sum { id, cents: row.map_or(0, |row| row.cents) + event.cents });
release!(other_rules, [name = "sums", partitions = 2], { cents: i64, }, |_: Option<Self>, event: &Deposited, id| Sum { id, cents: event.cents });
release!(other_column, [name = "sums", partitions = 2], { cents: Option<i64>, }, |_: Option<Self>, event: &Deposited, id| Sum { id, cents: Some(event.cents) });
release!(new_column, [name = "sums", partitions = 2], { cents: i64, events: u32, }, |_: Option<Self>, event: &Deposited, id| Sum { id, cents: event.cents, events: 1 });
release!(other_partitions, [name = "sums", partitions = 3], { cents: i64, }, |row: Option<Self>, event: &Deposited, id| Sum { id, cents: row.map_or(0, |row| row.cents) + event.cents });
release!(other_mode, [name = "sums", inline], { cents: i64, }, |row: Option<Self>, event: &Deposited, id| Sum { id, cents: row.map_or(0, |row| row.cents) + event.cents });
release!(next, [name = "sums", version = 2, partitions = 2], { cents: i64, }, |_: Option<Self>, event: &Deposited, id| Sum { id, cents: event.cents });
release!(alone, [name = "sums"], { cents: i64, }, |row: Option<Self>, event: &Deposited, id| Sum { id, cents: row.map_or(0, |row| row.cents) + event.cents });
release!(alone_inline, [name = "sums", inline], { cents: i64, }, |row: Option<Self>, event: &Deposited, id| Sum { id, cents: row.map_or(0, |row| row.cents) + event.cents });

async fn accounts(database: &Database) -> App {
    app(database).await.aggregate::<Account>()
}

/// Starts the first release and then another one, which is refused.
async fn refused<P: annals::Projection, Q: annals::Projection>(database: &Database) -> Error {
    started(accounts(database).await.projection::<P>())
        .await
        .stop()
        .await;
    let other = accounts(database).await.projection::<Q>().start().await;
    let error = other.expect_err("it is another one");
    assert_eq!(error.kind(), ErrorKind::ReadModel);
    // The first one still is what the database has.
    started(accounts(database).await.projection::<P>())
        .await
        .stop()
        .await;
    error
}

const BUMP: &str =
    "make it `version = 2` and run `migrate run`, which builds the new rows beside the old ones";

async fn two_projections_of_one_name_are_refused(database: &Database) {
    let both = accounts(database)
        .await
        .projection::<first::Sum>()
        .projection::<other_rules::Sum>();
    let error = both.open().await.expect_err("two of one name");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let module = module_path!();
    assert_eq!(
        error.to_string(),
        format!(
            "projection or process `sums` is declared by two types: `{module}::first::Sum` and `{module}::other_rules::Sum`"
        )
    );
    assert!(error.hint().expect("a cure").contains("another name"));
}

async fn a_projection_that_is_added_twice_is_one(database: &Database) {
    let twice = accounts(database)
        .await
        .projection::<first::Sum>()
        .projection::<first::Sum>();
    started(twice).await.stop().await;
    assert_eq!(
        database.number("select count(*) from {partitions}").await,
        2
    );
}

async fn changed_handlers_are_refused(database: &Database) {
    let error = refused::<first::Sum, other_rules::Sum>(database).await;
    assert_eq!(
        error.to_string(),
        "projection `sums` version 1 is not the one that the database has: its handlers changed, so that its rows may be \
         other ones"
    );
    assert_eq!(
        error.hint(),
        Some(
            format!(
                "{BUMP}; where the rows stay the same, run `projection accept sums`; where they may be gone for a while, \
                 run `projection rebuild sums`"
            )
            .as_str()
        )
    );
}

async fn a_changed_column_is_refused(database: &Database) {
    let error = refused::<first::Sum, other_column::Sum>(database).await;
    let kind = if database.is_postgres() {
        "bigint"
    } else {
        "integer"
    };
    assert_eq!(
        error.to_string(),
        format!(
            "projection `sums` version 1 is not the one that the database has: table `sums_v1` has column `cents` as \
             `{kind} not null`, and it is declared as `{kind}`"
        )
    );
    assert_eq!(error.hint(), Some(BUMP));
}

async fn a_new_column_is_refused(database: &Database) {
    let error = refused::<first::Sum, new_column::Sum>(database).await;
    assert!(
        error
            .to_string()
            .ends_with("table `sums_v1` lacks column `events`"),
        "{error}"
    );
    assert_eq!(error.hint(), Some(BUMP));
    started(accounts(database).await.projection::<first::Sum>())
        .await
        .stop()
        .await;
}

async fn changed_partitions_are_refused(database: &Database) {
    let error = refused::<first::Sum, other_partitions::Sum>(database).await;
    assert!(
        error
            .to_string()
            .ends_with("it has 2 partitions, and 3 are declared"),
        "{error}"
    );
    assert_eq!(error.hint(), Some(BUMP));
}

async fn a_changed_mode_is_refused(database: &Database) {
    let error = refused::<first::Sum, other_mode::Sum>(database).await;
    assert!(
        error
            .to_string()
            .ends_with("it has 2 partitions, and 1 are declared"),
        "{error}"
    );
    database.sql("delete from {projections}").await;
    database.sql("delete from {partitions}").await;
    let error = refused::<alone::Sum, alone_inline::Sum>(database).await;
    assert!(
        error
            .to_string()
            .ends_with("it is following, and declared to be inline"),
        "{error}"
    );
    assert_eq!(error.hint(), Some(BUMP));
}

async fn another_version_is_refused(database: &Database) {
    let error = refused::<first::Sum, next::Sum>(database).await;
    assert_eq!(
        error.to_string(),
        "projection `sums` is declared as version 2, which is not built yet: the database has version 1"
    );
    assert!(
        error
            .hint()
            .expect("a cure")
            .starts_with("run `migrate run`")
    );
}

async fn a_table_that_is_gone_is_told(database: &Database) {
    started(accounts(database).await.projection::<first::Sum>())
        .await
        .stop()
        .await;
    let view = if database.is_postgres() {
        "annals.sums"
    } else {
        "sums"
    };
    database
        .sql(&format!("drop view {view}; drop table {view}_v1"))
        .await;
    let other = accounts(database)
        .await
        .projection::<first::Sum>()
        .start()
        .await;
    let error = other.expect_err("its table is gone");
    assert!(
        error.to_string().ends_with("table `sums_v1` is missing"),
        "{error}"
    );
}

async fn a_table_of_somebody_else_is_left_alone(database: &Database) {
    let app = accounts(database).await;
    app.open().await.expect("it opens");
    let table = if database.is_postgres() {
        "annals.sums"
    } else {
        "sums"
    };
    let sql = format!("create table {table} (mine text); insert into {table} values ('precious')");
    database.sql(&sql).await;
    let error = app.projection::<first::Sum>().start().await;
    let error = error.expect_err("the name is taken");
    assert_eq!(error.kind(), ErrorKind::ReadModel);
    assert!(error.to_string().contains("`sums`"), "{error}");
    assert_eq!(
        database.text(&format!("select mine from {table}")).await,
        "precious"
    );
    // Nothing is half made.
    assert_eq!(
        database.number("select count(*) from {projections}").await,
        0
    );
}

async fn many_start_on_a_fresh_store_at_once(database: &Database) {
    let starts = (0..6).map(|_| async {
        let app = App::new(database.url())
            .options(options())
            .aggregate::<Account>();
        let app = app
            .projection::<Balance>()
            .projection::<Activity>()
            .projection::<Owner>()
            .projection::<first::Sum>()
            .lease(crate::models::LEASE);
        app.start().await.expect("it starts")
    });
    let all = join_all(starts).await;
    assert_eq!(
        database.number("select count(*) from {partitions}").await,
        8
    );
    let current = "select count(*) from {projections} where is_current and status = 'following'";
    assert_eq!(database.number(current).await, 4);
    let store = all[0].store();
    let stream = &annals_tests::domain::account("1");
    let owner = "ada".to_owned();
    add(store, stream, &Opened { owner }).await;
    let receipt = add(store, stream, &Deposited { cents: 5 }).await;
    let row = store.read_model::<Balance>().after(&receipt).get("1").await;
    assert_eq!(row.expect("readable").map(|row| row.cents), Some(5));
    for running in all {
        running.stop().await;
    }
}
