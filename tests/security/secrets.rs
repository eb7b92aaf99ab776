//! What a payload holds is told in no error and in no trace, whatever fails.

use std::fmt::{Debug, Display};
use std::time::Duration;

use annals::migrate::Run;
use annals::prelude::*;
use annals::{App, Append, CommandError, Error, ErrorKind, Expected, NewEvent};
use annals_tests::{Database, contract, options};

use crate::cards::{Card, Holder, Issue, Issued, Moved, SECRET};
use crate::traces::{nothing_is_traced, traces};

contract![
    an_event_that_does_not_fit_keeps_its_secret,
    an_append_that_fails_keeps_its_secret,
    a_projection_that_fails_keeps_its_secret,
    what_succeeds_keeps_its_secret,
];

#[track_caller]
fn keeps(error: &(impl Debug + Display)) {
    for told in [
        format!("{error}"),
        format!("{error:?}"),
        format!("{error:#?}"),
    ] {
        assert!(!told.contains(SECRET), "{told}");
    }
}

fn stream(id: &str) -> StreamId {
    StreamId::new("card", id)
}

fn issued() -> NewEvent {
    NewEvent::of(&Issued {
        digits: SECRET.to_owned(),
    })
}

fn app(database: &Database) -> App {
    App::new(database.url())
        .options(options())
        .aggregate::<Card>()
        .projection::<Holder>()
}

async fn stored(store: &Store, id: &str) {
    let moved = NewEvent::of(&Moved {
        to: SECRET.to_owned(),
    });
    let append = Append::to(&stream(id), Expected::NoStream, [issued(), moved]);
    store.append(append).await.expect("stored");
}

async fn an_event_that_does_not_fit_keeps_its_secret(database: &Database) {
    traces();
    let store = database.store().await;
    let json = if database.is_postgres() { "::json" } else { "" };
    // A value of another type, a name of another kind, JSON that ends early, and what an upcast refuses.
    for (n, (payload, version)) in [
        (format!("{{\"digits\": [\"{SECRET}\"]}}"), 1),
        (format!("\"{SECRET}\""), 1),
        (format!("{{\"{SECRET}\": 1}}"), 1),
        (format!("{{\"to\": \"{SECRET}\"}}"), 2),
        (format!("{{\"to\": {{\"digits\": \"{SECRET}\"}}}}"), 2),
    ]
    .into_iter()
    .enumerate()
    {
        let id = n.to_string();
        stored(&store, &id).await;
        let schema = if version == 2 {
            "schema_version = 1,"
        } else {
            ""
        };
        // Told in two parts, since what is run by hand is traced as it is written.
        let payload = payload.replace(SECRET, &SECRET.replace("qz", "q' || 'z"));
        let sql = format!(
            "update {{events}} set {schema} payload = ('{payload}'){json} where stream = 'card-{id}' and version = {version}"
        );
        assert_eq!(database.edit(&sql).await, 1);
        let root = store.aggregate::<Card>(&id);
        let error = root.load().await.err().expect("it does not fit");
        assert_eq!(error.kind(), ErrorKind::Misfit, "{error:?}");
        keeps(&error);
        let result = root.execute(Issue(SECRET.to_owned())).await;
        let Err(CommandError::Store(error)) = result else {
            panic!("{id}: it is refused")
        };
        keeps(&error);
        let events = store.stream(&stream(&id)).all().await.expect("read");
        for event in &events {
            assert!(!format!("{event:?}").contains(SECRET));
            let told = event.decode::<Issued>().err();
            told.iter().for_each(keeps);
            let told = event.json::<u8>().expect_err("no number");
            keeps(&told);
        }
        // The projection stops before it, and says why.
        let error = match app(database).start().await {
            Err(error) => error,
            Ok(running) => {
                let rows = running
                    .store()
                    .read_model::<Holder>()
                    .timeout(Duration::from_secs(20));
                let error = match store.frontier().await {
                    Ok(position) => rows.after_position(position).wait().await,
                    Err(error) => Err(error),
                };
                running.stop().await;
                error.expect_err("it stops")
            }
        };
        keeps(&error);
    }
    nothing_is_traced("a projection stops");
}

async fn an_append_that_fails_keeps_its_secret(database: &Database) {
    traces();
    let store = database.store().await;
    let failed = |appended: Result<Receipt, Error>| keeps(&appended.expect_err("it fails"));
    let append = Append::to(&stream("1"), Expected::Exists, [issued()]);
    assert!(!format!("{append:?}").contains(SECRET));
    failed(store.append(append).await);
    // Too large, and a draft.
    let small = database.open(options().payload_limit(4)).await;
    failed(
        small
            .append(Append::to(&stream("1"), Expected::Any, [issued()]))
            .await,
    );
    let strict = database.open(options().drafts(false)).await;
    failed(
        strict
            .append(Append::to(&stream("1"), Expected::Any, [issued()]))
            .await,
    );
    // Refused by the database, with the values in what it says of them.
    let refuse = match database.is_postgres() {
        true => "alter table {events} add constraint short check (length(payload::text) < 4)".to_owned(),
        false => "create trigger short before insert on annals_events begin select raise(abort, 'too long'); end".to_owned(),
    };
    database.sql(&refuse).await;
    failed(
        store
            .append(Append::to(&stream("1"), Expected::Any, [issued()]))
            .await,
    );
    let root = store.aggregate::<Card>("1");
    let Err(CommandError::Store(error)) = root.execute(Issue(SECRET.to_owned())).await else {
        panic!("it fails")
    };
    keeps(&error);
    nothing_is_traced("append");
}

async fn a_projection_that_fails_keeps_its_secret(database: &Database) {
    traces();
    let store = database.store().await;
    let running = app(database).start().await.expect("it starts");
    let table = if database.is_postgres() {
        "annals.holders_v1"
    } else {
        "holders_v1"
    };
    let refuse = match database.is_postgres() {
        true => format!("alter table {table} add constraint short check (length(digits) < 4)"),
        false => format!(
            "create trigger no before insert on {table} begin select raise(abort, 'too long'); end"
        ),
    };
    database.sql(&refuse).await;
    let append = Append::to(&stream("1"), Expected::NoStream, [issued()]);
    let receipt = store.append(append).await.expect("stored");
    let waited = running
        .store()
        .read_model::<Holder>()
        .after(&receipt)
        .wait()
        .await;
    waited.iter().for_each(|()| ());
    waited.err().iter().for_each(keeps);
    running.stop().await;
    let parked = database
        .text("select error from {parked} where error is not null")
        .await;
    assert!(!parked.contains(SECRET), "{parked}");
    nothing_is_traced("an event cannot be handled and is parked");
}

async fn what_succeeds_keeps_its_secret(database: &Database) {
    traces();
    let store = database.store().await;
    let root = store.aggregate::<Card>("1");
    root.execute(Issue(SECRET.to_owned()))
        .key("k")
        .await
        .expect("stored");
    let loaded = database.store().await;
    loaded.aggregate::<Card>("1").load().await.expect("loads");
    annals::migrate::run(&app(database), Run::new(), &mut |_| {})
        .await
        .expect("built");
    let running = app(database).start().await.expect("it starts");
    let row = running
        .store()
        .read_model::<Holder>()
        .get("1")
        .await
        .expect("read");
    assert_eq!(row.map(|row| row.digits).as_deref(), Some(SECRET));
    running.stop().await;
    nothing_is_traced("holders");
}
