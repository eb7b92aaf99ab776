//! Every kind of column, and the tables as people find them with SQL.

use annals::StreamId;
use annals::prelude::*;
use annals_tests::{Database, contract};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::stored::{add, app, rows, started};

contract![
    every_kind_comes_back_as_it_was,
    nulls_come_back_as_none,
    the_table_and_the_view_are_read_with_sql,
    indexed_columns_have_an_index,
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Extra {
    note: String,
    #[serde(default)]
    more: Option<Box<Extra>>,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Everything {
    #[key]
    id: Uuid,
    open: bool,
    tiny: i8,
    small: u16,
    middle: i32,
    #[index]
    large: i64,
    share: f64,
    half: f32,
    #[index]
    owner: String,
    at: DateTime<Utc>,
    day: NaiveDate,
    raw: Vec<u8>,
    position: Position,
    version: Version,
    #[column(text)]
    address: std::net::IpAddr,
    #[column(json, name = "extra_data")]
    extra: Extra,
    any: serde_json::Value,
    r#type: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("everything.seen")]
struct Seen {
    /// Whether the values are the greatest or the least ones.
    greatest: bool,
}

fn everything(id: Uuid, greatest: bool, cx: &Recorded) -> Everything {
    let text = "'\"\\{}, NULL \t\u{1f600}é";
    Everything {
        id,
        open: greatest,
        tiny: if greatest { i8::MAX } else { i8::MIN },
        small: if greatest { u16::MAX } else { 0 },
        middle: if greatest { i32::MAX } else { i32::MIN },
        large: if greatest { i64::MAX } else { i64::MIN },
        share: if greatest { f64::MAX } else { 0.1 + 0.2 },
        half: if greatest { f32::MAX } else { 0.1 },
        owner: if greatest { text } else { "" }.to_owned(),
        at: if greatest {
            DateTime::from_timestamp_micros(253_402_300_799_999_999).expect("in time")
        } else {
            DateTime::from_timestamp_micros(-62_135_596_800_000_000).expect("in time")
        },
        day: NaiveDate::from_ymd_opt(if greatest { 9999 } else { 1 }, 2, 28).expect("a day"),
        raw: if greatest {
            (0..=255).collect()
        } else {
            vec![]
        },
        position: cx.position(),
        version: cx.version(),
        address: if greatest { "::1" } else { "10.0.0.1" }
            .parse()
            .expect("an address"),
        extra: Extra {
            note: text.to_owned(),
            more: greatest.then(|| {
                Box::new(Extra {
                    note: String::new(),
                    more: None,
                })
            }),
        },
        any: if greatest {
            serde_json::json!({"a": [1, -2, 2.5, null, true], "b": text})
        } else {
            serde_json::Value::Null
        },
        r#type: "t".to_owned(),
    }
}

#[projection("everything")]
impl Everything {
    fn seen(event: &Seen, cx: &Recorded) -> Self {
        let id = cx.stream().id().parse().expect("a uuid");
        everything(id, event.greatest, cx)
    }
}

async fn seen(database: &Database) -> (annals::Running, Receipt) {
    let app = app(database)
        .await
        .event::<Seen>()
        .projection::<Everything>();
    let running = started(app).await;
    let mut receipt = None;
    for (id, greatest) in [(1, false), (2, true)] {
        let stream = StreamId::new("thing", Uuid::from_u128(id).to_string());
        receipt = Some(add(running.store(), &stream, &Seen { greatest }).await);
    }
    (running, receipt.expect("stored"))
}

async fn every_kind_comes_back_as_it_was(database: &Database) {
    let (running, receipt) = seen(database).await;
    let store = running.store();
    let found = rows::<Everything>(store, &receipt).await;
    let mut expected = store.live::<Everything>().rows().await.expect("folded");
    expected.sort_by_key(|row| row.id);
    assert_eq!(found.len(), 2);
    assert_eq!(found, expected);
    running.stop().await;
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Nothing {
    #[key]
    id: i64,
    open: Option<bool>,
    cents: Option<i64>,
    share: Option<f64>,
    owner: Option<String>,
    uuid: Option<Uuid>,
    at: Option<DateTime<Utc>>,
    day: Option<NaiveDate>,
    raw: Option<Vec<u8>>,
    position: Option<Position>,
    #[column(text)]
    address: Option<std::net::IpAddr>,
    #[column(json)]
    extra: Option<Extra>,
}

#[projection("absences")]
impl Nothing {
    fn seen(event: &Seen, cx: &Recorded) -> Self {
        let nothing = Nothing {
            id: cx.stream().id().parse().expect("a number"),
            open: None,
            cents: None,
            share: None,
            owner: None,
            uuid: None,
            at: None,
            day: None,
            raw: None,
            position: None,
            address: None,
            extra: None,
        };
        if !event.greatest {
            return nothing;
        }
        let some = everything(Uuid::from_u128(7), true, cx);
        Nothing {
            open: Some(some.open),
            cents: Some(some.large),
            share: Some(some.share),
            owner: Some(some.owner),
            uuid: Some(some.id),
            at: Some(some.at),
            day: Some(some.day),
            raw: Some(some.raw),
            position: Some(some.position),
            address: Some(some.address),
            extra: Some(some.extra),
            ..nothing
        }
    }
}

async fn nulls_come_back_as_none(database: &Database) {
    let app = app(database).await.event::<Seen>().projection::<Nothing>();
    let running = started(app).await;
    let store = running.store();
    add(
        store,
        &StreamId::new("thing", "1"),
        &Seen { greatest: false },
    )
    .await;
    let receipt = add(
        store,
        &StreamId::new("thing", "2"),
        &Seen { greatest: true },
    )
    .await;
    let found = rows::<Nothing>(store, &receipt).await;
    let mut expected = store.live::<Nothing>().rows().await.expect("folded");
    expected.sort_by_key(|row| row.id);
    assert_eq!(found, expected);
    assert_eq!(found[0].owner, None);
    assert!(found[1].extra.is_some());
    let is_null = "select count(*) from {absences} where owner is null and extra is null and address is null and \
                   at is null and raw is null";
    assert_eq!(database.number(&view(database, is_null)).await, 1);
    running.stop().await;
}

/// In PostgreSQL views lie in the schema of the store.
fn view(database: &Database, sql: &str) -> String {
    let schema = if database.is_postgres() {
        "annals."
    } else {
        ""
    };
    sql.replace('{', schema).replace('}', "")
}

async fn the_table_and_the_view_are_read_with_sql(database: &Database) {
    let (running, receipt) = seen(database).await;
    rows::<Everything>(running.store(), &receipt).await;
    assert_eq!(
        running.store().read_model::<Everything>().table(),
        "everything_v1"
    );
    for name in ["everything", "everything_v1"] {
        let sql = view(
            database,
            "select count(*) from {NAME} where tenant = '' and open",
        )
        .replace("NAME", name);
        assert_eq!(database.number(&sql).await, 1);
        let sql = view(database, "select owner from {NAME} where large > 0").replace("NAME", name);
        assert_eq!(database.text(&sql).await, "'\"\\{}, NULL \t\u{1f600}é");
        let sql = view(
            database,
            "select extra_data ->> 'note' from {NAME} where address = '::1'",
        )
        .replace("NAME", name);
        assert_eq!(database.text(&sql).await, "'\"\\{}, NULL \t\u{1f600}é");
    }
    let kinds = if database.is_postgres() {
        database
            .text(
                "select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) \
                 from information_schema.columns where table_schema = 'annals' and table_name = 'everything_v1'",
            )
            .await
    } else {
        database
            .text("select group_concat(name || ' ' || lower(type), ', ') from pragma_table_info('everything_v1')")
            .await
    };
    let expected = if database.is_postgres() {
        "tenant text, id uuid, open boolean, tiny bigint, small bigint, middle bigint, large bigint, \
         share double precision, half double precision, owner text, at timestamp with time zone, day date, raw bytea, \
         position bigint, version bigint, address text, extra_data jsonb, any jsonb, type text"
    } else {
        "tenant text, id text, open integer, tiny integer, small integer, middle integer, large integer, share real, \
         half real, owner text, at text, day text, raw blob, position integer, version integer, address text, \
         extra_data text, any text, type text"
    };
    assert_eq!(kinds, expected);
    running.stop().await;
}

async fn indexed_columns_have_an_index(database: &Database) {
    let (running, _) = seen(database).await;
    let indexes = if database.is_postgres() {
        "select count(*) from pg_indexes where schemaname = 'annals' and tablename = 'everything_v1' \
         and (indexdef like '%(tenant, large)' or indexdef like '%(tenant, owner)')"
    } else {
        "select count(*) from sqlite_master where type = 'index' and tbl_name = 'everything_v1' and \
         (sql like '%tenant%large%' or sql like '%tenant%owner%')"
    };
    assert_eq!(database.number(indexes).await, 2);
    running.stop().await;
}
