//! What cannot be stored is refused before anything is written, with the reason.

use annals::prelude::*;
use annals::{Append, CommandError, Error, ErrorKind, NewEvent, Shape, StreamId};
use annals_tests::domain::{Account, Deposit, account, deposited};
use annals_tests::{Database, contract};
use chrono::{DateTime, Utc};

contract![
    numbers_that_json_does_not_have_are_refused,
    a_refused_event_takes_its_whole_group_along,
    a_payload_above_the_limit_is_refused,
    a_payload_at_the_limit_is_stored,
    a_mebibyte_is_the_limit_where_none_is_set,
    a_nul_is_kept,
    names_that_no_stream_can_have_are_refused,
    names_that_are_unusual_are_kept,
    an_event_that_does_not_read_back_is_refused_where_that_is_asked_for,
    numbers_come_back_exactly,
    times_that_no_calendar_has_are_refused,
    an_aggregate_whose_id_is_no_name_is_refused,
    what_is_nested_too_deep_to_be_read_is_refused,
];

#[derive(Schema, Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
struct Reading {
    value: f64,
    series: Vec<Option<f32>>,
}

#[derive(Event, Serialize, Deserialize, Clone, PartialEq, Debug)]
#[event("sensor.measured")]
struct Measured {
    reading: Reading,
}

#[derive(Event, Serialize, Deserialize, Clone, PartialEq, Debug)]
#[event("note.written")]
struct Written {
    text: String,
}

fn sensor() -> StreamId {
    StreamId::new("sensor", "1")
}

fn one<E: Event>(stream: &StreamId, event: &E) -> Append {
    Append::to(stream, Expected::Any, [NewEvent::of(event)])
}

async fn refused(store: &Store, append: Append) -> Error {
    let error = store.append(append).await.expect_err("refused");
    assert!(!error.is_conflict() && !error.is_retryable(), "{error:?}");
    error
}

async fn numbers_that_json_does_not_have_are_refused(database: &Database) {
    let store = database.store().await;
    let with_value = |value| Reading {
        value,
        ..Reading::default()
    };
    let with_series = |number| Reading {
        value: 1.5,
        series: vec![Some(1.0), None, Some(number)],
    };
    for (reading, path, number) in [
        (with_value(f64::NAN), "reading.value", "NaN"),
        (with_value(f64::INFINITY), "reading.value", "inf"),
        (with_value(f64::NEG_INFINITY), "reading.value", "-inf"),
        (with_series(f32::NAN), "reading.series.2", "NaN"),
    ] {
        let error = refused(&store, one(&sensor(), &Measured { reading })).await;
        assert_eq!(error.kind(), ErrorKind::Unstorable);
        let message = error.to_string();
        for part in ["sensor.measured", "sensor-1", path, number] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
    assert_eq!(database.events().await, 0);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
}

async fn a_refused_event_takes_its_whole_group_along(database: &Database) {
    let store = database.store().await;
    let reading = Reading {
        value: f64::NAN,
        series: Vec::new(),
    };
    let group = Append::to(&account("1"), Expected::NoStream, [deposited(1)]).and(
        &sensor(),
        Expected::NoStream,
        [NewEvent::of(&Measured { reading })],
    );
    refused(&store, group).await;
    assert_eq!(database.events().await, 0);
}

async fn a_payload_above_the_limit_is_refused(database: &Database) {
    let store = database
        .open(annals_tests::options().payload_limit(100))
        .await;
    let written = Written {
        text: "x".repeat(100),
    };
    let error = refused(&store, one(&sensor(), &written)).await;
    assert_eq!(error.kind(), ErrorKind::Unstorable);
    let message = error.to_string();
    // {"text":".."}
    for part in ["note.written", "sensor-1", "111", "100"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("payload_limit"))
    );
    assert_eq!(database.events().await, 0);

    let root = store.aggregate::<Account>("1");
    let result = root.execute(annals_tests::domain::Open(LONG)).await;
    assert!(
        matches!(&result, Err(CommandError::Store(error)) if error.kind() == ErrorKind::Unstorable),
        "{result:?}"
    );
}

const LONG: &str = "a name that is so long that not even a hundred bytes are enough to hold it, let alone one \
                    that has to go into an event";

async fn a_payload_at_the_limit_is_stored(database: &Database) {
    let store = database
        .open(annals_tests::options().payload_limit(100))
        .await;
    let written = Written {
        text: "x".repeat(89),
    };
    store
        .append(one(&sensor(), &written))
        .await
        .expect("a hundred bytes");
}

async fn a_mebibyte_is_the_limit_where_none_is_set(database: &Database) {
    let store = database.store().await;
    let of = |bytes: usize| Written {
        text: "ß".repeat((bytes - 11) / 2) + if bytes.is_multiple_of(2) { "x" } else { "" },
    };
    let largest = of(1 << 20);
    let append = one(&sensor(), &largest);
    store.append(append).await.expect("a mebibyte");
    let error = refused(&store, one(&sensor(), &of((1 << 20) + 1))).await;
    assert!(error.to_string().contains("1048577"), "{error}");
    let events = store.stream(&sensor()).all().await.expect("readable");
    assert_eq!(events[0].decode().expect("fits"), Some(largest));
}

async fn a_nul_is_kept(database: &Database) {
    let store = database.store().await;
    let written = Written {
        text: "a\0b".to_owned(),
    };
    store
        .append(one(&sensor(), &written))
        .await
        .expect("stored");
    let events = store.stream(&sensor()).all().await.expect("readable");
    assert_eq!(events[0].decode().expect("fits"), Some(written));
}

async fn names_that_no_stream_can_have_are_refused(database: &Database) {
    let store = database.store().await;
    let too_long = "x".repeat(493);
    for (stream, what) in [
        (StreamId::new("account", ""), "account-"),
        (StreamId::new("", "1"), "-1"),
        (StreamId::new("account", "a\0b"), "NUL"),
        (StreamId::new("account", &too_long), "500"),
    ] {
        for append in [
            Append::to(&stream, Expected::Any, [deposited(1)]),
            Append::to(&account("1"), Expected::Any, [deposited(1)])
                .guard(&stream, Expected::NoStream),
        ] {
            let error = refused(&store, append).await;
            assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
            assert!(error.to_string().contains(what), "{error}");
        }
        let error = store.stream(&stream).all().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
    }
    assert_eq!(database.events().await, 0);
}

async fn names_that_are_unusual_are_kept(database: &Database) {
    let store = database.store().await;
    let longest = "x".repeat(492);
    for id in ["-", " ", "a\nb", "'\"\\", "{1,2}", "NULL", "🔑", &longest] {
        let stream = account(id);
        store
            .append(Append::to(&stream, Expected::NoStream, [deposited(1)]))
            .await
            .unwrap_or_else(|error| panic!("{id:?}: {error:?}"));
        let events = store.stream(&stream).all().await.expect("readable");
        assert_eq!(events[0].recorded().stream(), &stream);
    }
}

/// Reads as one more than it was written.
#[derive(Clone, PartialEq, Debug, Default)]
struct Drifting(i64);

impl Schema for Drifting {
    const SHAPE: &'static Shape<'static> = <i64 as Schema>::SHAPE;
}

impl Serialize for Drifting {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Drifting {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(|number| Drifting(number + 1))
    }
}

#[derive(Event, Serialize, Deserialize, Clone, PartialEq, Debug)]
#[event("buoy.drifted")]
struct Drifted {
    by: Drifting,
}

async fn an_event_that_does_not_read_back_is_refused_where_that_is_asked_for(database: &Database) {
    let store = database.open(annals_tests::options().verify_events()).await;
    let error = refused(&store, one(&sensor(), &Drifted { by: Drifting(1) })).await;
    assert_eq!(error.kind(), ErrorKind::Unstorable);
    let message = error.to_string();
    assert!(message.contains("buoy.drifted"), "{message}");
    assert!(message.contains("sensor-1"), "{message}");
    assert_eq!(database.events().await, 0);
    // Others pass, and nobody else is asked.
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let trusting = database.store().await;
    trusting
        .append(one(&sensor(), &Drifted { by: Drifting(1) }))
        .await
        .expect("stored");
}

async fn numbers_come_back_exactly(database: &Database) {
    let store = database.store().await;
    let readings = [
        0.1 + 0.2,
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        -0.0,
        1.0,
        9_007_199_254_740_993.0,
    ];
    for value in readings {
        let reading = Reading {
            value,
            series: vec![Some(f32::MAX), None],
        };
        let event = Measured { reading };
        store.append(one(&sensor(), &event)).await.expect("stored");
    }
    let events = store.stream(&sensor()).all().await.expect("readable");
    for (event, value) in events.iter().zip(readings) {
        let measured = event.decode::<Measured>().expect("fits").expect("measured");
        assert_eq!(measured.reading.value.to_bits(), value.to_bits());
    }
    for cents in [i64::MIN, i64::MAX] {
        let append = Append::to(&account("1"), Expected::Any, [deposited(cents)]);
        store.append(append).await.expect("stored");
    }
    let stored = annals_tests::domain::deposits(&store, &account("1")).await;
    assert_eq!(stored, [i64::MIN, i64::MAX]);
}

async fn times_that_no_calendar_has_are_refused(database: &Database) {
    let store = database.store().await;
    let at = |time: DateTime<Utc>| {
        let event = deposited(1).occurred_at(time);
        Append::to(&account("1"), Expected::Any, [event])
    };
    for time in ["0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
        let error = refused(&store, at(time.parse().expect("a time"))).await;
        assert_eq!(error.kind(), ErrorKind::Unstorable, "{error:?}");
        assert!(error.to_string().contains("money.deposited"), "{error}");
    }
    for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert_eq!(
            refused(&store, at(time)).await.kind(),
            ErrorKind::Unstorable
        );
        let root = store.aggregate::<Account>("1");
        let result = root.execute(Deposit(1)).occurred_at(time).await;
        assert!(result.is_err());
    }
    let edges = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"];
    for time in edges {
        let append = at(time.parse().expect("a time"));
        store.append(append).await.expect("stored");
    }
    let events = store.stream(&account("1")).all().await.expect("readable");
    let stored: Vec<_> = events
        .iter()
        .map(|it| it.recorded().occurred_at())
        .collect();
    let expected = edges.map(|time| time.parse::<DateTime<Utc>>().expect("a time"));
    assert_eq!(stored, expected);
}

async fn an_aggregate_whose_id_is_no_name_is_refused(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("");
    let error = root.load().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Name);
    let result = root.execute(Deposit(1)).await;
    assert!(
        matches!(&result, Err(CommandError::Store(error)) if error.kind() == ErrorKind::Name),
        "{result:?}"
    );
}

/// What `jsonb` cannot hold.
mod jsonb {
    use super::*;

    async fn with_jsonb() -> Database {
        let database = annals_tests::databases::empty_postgres().await;
        annals_tests::options()
            .jsonb()
            .migrate(database.url())
            .await
            .expect("the migrations run");
        database
    }

    #[tokio::test]
    async fn a_nul_is_refused() {
        let database = with_jsonb().await;
        let store = database.store().await;
        let nul = Written {
            text: "a\0b".into(),
        };
        let error = refused(&store, one(&sensor(), &nul)).await;
        assert_eq!(error.kind(), ErrorKind::Unstorable);
        let message = error.to_string();
        assert!(message.contains("note.written"), "{message}");
        assert!(message.contains("NUL"), "{message}");
        assert!(error.hint().is_some());
        let backslash = Written {
            text: r"a\u0000b".into(),
        };
        store
            .append(one(&sensor(), &backslash))
            .await
            .expect("no NUL at all");
        let events = store.stream(&sensor()).all().await.expect("readable");
        assert_eq!(events[0].decode().expect("fits"), Some(backslash));
        assert_eq!(database.events().await, 1);
    }

    #[tokio::test]
    async fn payloads_can_be_asked_by_their_content() {
        let database = with_jsonb().await;
        let store = database.store().await;
        let root = store.aggregate::<Account>("1");
        root.execute(Deposit(7)).await.expect("stored");
        let found = "SELECT count(*) FROM {events} WHERE payload @> '{\"cents\": 7}'";
        assert_eq!(database.number(found).await, 1);
        assert_eq!(root.load().await.expect("loads").balance, 7);
    }
}

#[derive(Event, Serialize, Deserialize, Debug)]
#[event("form.sent")]
struct Sent {
    answers: serde_json::Value,
}

async fn what_is_nested_too_deep_to_be_read_is_refused(database: &Database) {
    let store = database.store().await;
    let form = StreamId::new("form", "1");
    let nested =
        |depth: usize| (0..depth).fold(serde_json::Value::from(1), |inner, _| vec![inner].into());
    let error = refused(
        &store,
        one(
            &form,
            &Sent {
                answers: nested(127),
            },
        ),
    )
    .await;
    assert_eq!(error.kind(), ErrorKind::Unstorable);
    assert!(error.to_string().contains("127 levels"), "{error}");
    let metadata = annals::Metadata::new().with("trace", nested(127));
    let event = NewEvent::of(&Sent { answers: nested(1) }).metadata(metadata);
    let error = refused(&store, Append::to(&form, Expected::Any, [event])).await;
    assert!(error.to_string().contains("too deep"), "{error}");
    store
        .append(one(
            &form,
            &Sent {
                answers: nested(126),
            },
        ))
        .await
        .expect("stored");
    let stored = store.stream(&form).all().await.expect("readable");
    let sent = stored[0]
        .decode::<Sent>()
        .expect("decodes")
        .expect("of its type");
    assert_eq!(sent.answers, nested(126));
}
