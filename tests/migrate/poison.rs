//! Events that cannot be handled, and events that cannot be read.

use annals::migrate::{self, Action, Outcome, Run};
use annals::projection::parked;
use annals::{App, Append, ErrorKind, Expected, NewEvent, Store, StreamId};
use annals_tests::domain::{Opened, account};
use annals_tests::releases::{app, deposit, first, open, second};
use annals_tests::{Database, contract};

contract![
    what_cannot_be_handled_is_parked_and_counted,
    a_row_that_no_database_keeps_is_parked,
    a_row_that_the_database_refuses_is_parked,
    what_cannot_be_read_ends_the_build_until_somebody_can,
];

mod fussy {
    use annals::prelude::*;
    use annals_tests::domain::{Deposited, Opened};

    #[derive(ReadModel, Debug)]
    pub(super) struct Balance {
        #[key]
        pub(super) account: String,
        pub(super) cents: i64,
    }

    #[projection(name = "balances", version = 2)]
    impl Balance {
        fn opened(_: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) -> Result<(), String> {
            match event.cents {
                666 => Err("666 is not counted".to_owned()),
                667 => panic!("667 is not counted either"),
                cents => {
                    self.cents += cents;
                    Ok(())
                }
            }
        }
    }
}

async fn run(app: &App) -> Outcome {
    let outcomes = migrate::run(app, Run::new(), &mut |_| {}).await;
    outcomes.expect("it is built").remove(0)
}

async fn what_cannot_be_handled_is_parked_and_counted(database: &Database) {
    let store = database.store().await;
    for (account, cents) in [("1", 1), ("2", 666), ("3", 667)] {
        open(&store, account, cents).await.expect("stored");
        deposit(&store, account, 10).await.expect("stored");
    }
    let app = app::<fussy::Balance>(store.clone());
    let built = run(&app).await;
    assert_eq!(
        (built.parked, built.rows, built.is_shown),
        (4, Some(3), true)
    );
    let parked = parked::list(&app, None, 100).await.expect("listed");
    let told: Vec<_> = parked
        .iter()
        .map(|one| (one.key.as_str(), one.position.get(), one.error.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("2", 5, true),
            ("2", 6, false),
            ("3", 8, true),
            ("3", 9, false)
        ]
    );
    let rows = store
        .read_model::<fussy::Balance>()
        .rows()
        .await
        .expect("readable");
    let rows = rows.collect().await.expect("readable");
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.account.as_str(), row.cents))
        .collect();
    assert_eq!(rows, [("1", 11), ("2", 0), ("3", 0)]);
}

async fn a_row_that_no_database_keeps_is_parked(database: &Database) {
    let store = database.store().await;
    let owner = "a\0b".to_owned();
    let append = Append::to(
        &account("1"),
        Expected::Any,
        [NewEvent::of(&Opened { owner })],
    );
    store.append(append).await.expect("stored");
    open(&store, "2", 5).await.expect("stored");
    let built = run(&app::<second::Balance>(store)).await;
    assert_eq!((built.parked, built.rows), (1, Some(1)));
}

async fn a_row_that_the_database_refuses_is_parked(database: &Database) {
    let store = database.store().await;
    let old = app::<first::Balance>(store.clone()).start().await;
    old.expect("it starts").stop().await;
    let new = app::<second::Balance>(store.clone());
    let built = migrate::run(&new, Run::new().without_switch(), &mut |_| {}).await;
    built.expect("built from nothing");
    let fence = match database.is_postgres() {
        true => "alter table annals.balances_v2 add check (cents <> 666)",
        false => {
            "create trigger fence before insert on balances_v2 when new.cents = 666
             begin select raise(abort, 'not 666'); end"
        }
    };
    database.sql(fence).await;
    open(&store, "1", 666).await.expect("stored");
    open(&store, "2", 5).await.expect("stored");
    let built = run(&new).await;
    assert_eq!((built.parked, built.rows), (2, Some(1)));
}

/// One event, as two releases read it.
macro_rules! tills {
    ($($module:ident reads $cents:literal),+) => {
        $(mod $module {
            use annals::prelude::*;

            #[derive(Event, Serialize, Deserialize)]
            #[event("till.counted")]
            pub(super) struct Counted {
                #[serde(deserialize_with = $cents)]
                #[schema(as = "integer")]
                pub(super) cents: i64,
            }

            #[derive(ReadModel, Debug, PartialEq)]
            pub(super) struct Till {
                #[key]
                pub(super) id: String,
                pub(super) cents: i64,
            }

            #[projection("tills")]
            impl Till {
                fn counted(row: Option<Self>, event: &Counted, cx: &Recorded) -> Self {
                    Till {
                        id: cx.stream().id().to_owned(),
                        cents: row.map_or(0, |row| row.cents) + event.cents,
                    }
                }
            }
        })+
    };
}

tills![strict reads "super::integer", lenient reads "super::integer_or_text"];

fn integer<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}

fn integer_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| serde::de::Error::custom("neither a number nor the text of one"))
}

async fn count(store: &Store, cents: i64) {
    let stream = StreamId::new("till", "1");
    let append = Append::to(
        &stream,
        Expected::Any,
        [NewEvent::of(&strict::Counted { cents })],
    );
    store.append(append).await.expect("stored");
}

async fn what_cannot_be_read_ends_the_build_until_somebody_can(database: &Database) {
    let store = database.store().await;
    for cents in 1..=4 {
        count(&store, cents).await;
    }
    database
        .edit("update {events} set payload = '{\"cents\": \"3\"}' where position = 3")
        .await;
    let old = App::new(store.clone())
        .event::<strict::Counted>()
        .projection::<strict::Till>();
    for _ in 0..2 {
        let error = migrate::run(&old, Run::new(), &mut |_| {}).await;
        let error = error.expect_err("one cannot be read");
        assert_eq!(error.kind(), ErrorKind::Misfit);
        for part in ["position 3", "till-1", "till.counted"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        let step = migrate::plan(&old).await.expect("a plan").steps.remove(0);
        assert_eq!((step.current, step.action), (None, Action::GoOn(2)));
    }
    let new = App::new(store.clone())
        .event::<lenient::Counted>()
        .projection::<lenient::Till>();
    let built = run(&new).await;
    assert_eq!((built.events, built.rows), (2, Some(1)));
    let till = store.read_model::<lenient::Till>().get("1").await;
    assert_eq!(till.expect("readable").map(|till| till.cents), Some(10));
}
