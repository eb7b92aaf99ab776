//! Projections that write by themselves, in the transaction in which the checkpoint moves.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use annals::prelude::*;
use annals::projection::parked;
use annals::{App, Running, StreamId, Tx};
use annals_tests::{Database, contract, options};
use sqlx::AssertSqlSafe;

use crate::stored::{add, app, started, until};

contract![
    what_is_written_is_written_once,
    what_fails_is_tried_again_and_then_parked,
    what_fails_for_a_while_is_handled,
    what_one_event_is_read_as_is_handled_whole,
    effects_are_for_what_comes_later,
    partitions_are_handled_side_by_side,
];

#[derive(Event, Serialize, Deserialize, Clone)]
#[event("parcel.sent")]
struct Sent {
    to: String,
}

#[derive(Event, Serialize, Deserialize, Clone)]
#[event("parcel.lost")]
struct Lost {}

/// Writes a line for each parcel.
#[derive(Clone, Default)]
struct Book {
    /// Whether it is well: ill, it fails at parcels to some.
    is_well: Arc<AtomicBool>,
    attempts: Arc<AtomicU32>,
    /// The letters that were sent, which no database takes back.
    letters: Arc<Mutex<Vec<String>>>,
}

impl Book {
    fn recovers(&self) {
        self.is_well.store(true, Ordering::SeqCst);
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::SeqCst)
    }
}

async fn write(tx: &mut Tx, line: &str) -> Result<(), sqlx::Error> {
    let sql = format!("insert into lines (line) values ('{line}')");
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    if let Some(connection) = tx.as_postgres() {
        sql.execute(connection).await?;
    } else if let Some(connection) = tx.as_sqlite() {
        sql.execute(connection).await?;
    }
    Ok(())
}

/// The keys at which it fails are of different partitions, and so is the good one.
#[projection(name = "book", partitions = 8)]
impl Book {
    #[key(event.to)]
    async fn sent(&self, event: &Sent, cx: &Recorded, tx: &mut Tx) -> Result<(), String> {
        let line = format!("{} {}", event.to, cx.version().get());
        let written = write(tx, &line).await;
        written.map_err(|error| error.to_string())?;
        if self.is_well.load(Ordering::SeqCst) {
            return Ok(());
        }
        match event.to.as_str() {
            "fails" => {
                self.attempts.fetch_add(1, Ordering::SeqCst);
                Err("nobody is at home".to_owned())
            }
            "panics" => panic!("the dog bites"),
            "passes-over" => {
                let passed_over = write(tx, "'").await;
                assert!(passed_over.is_err());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    #[effect]
    async fn lost(&self, _: &Lost, cx: &Recorded) -> Result<(), String> {
        self.letters
            .lock()
            .expect("letters")
            .push(cx.stream().to_string());
        Ok(())
    }
}

fn booked(app: App, book: &Book) -> App {
    app.event::<Sent>().event::<Lost>().handler(book.clone())
}

fn parcel(id: &str) -> StreamId {
    StreamId::new("parcel", id)
}

async fn send(store: &Store, to: &str) -> Receipt {
    add(store, &parcel("1"), &Sent { to: to.to_owned() }).await
}

async fn opened(database: &Database, book: &Book) -> Running {
    let app = booked(app(database).await, book);
    database
        .sql("create table lines (line text not null)")
        .await;
    started(app).await
}

/// Every partition has come so far.
async fn come_to(database: &Database, receipt: &Receipt) {
    let position = receipt.position().expect("stored");
    let sql = format!("select count(*) from {{partitions}} where checkpoint < {position}");
    until(
        "it comes so far",
        || database.number(&sql),
        |parts| *parts == 0,
    )
    .await;
}

async fn lines(database: &Database) -> String {
    let all = if database.is_postgres() {
        "select coalesce(string_agg(line, ', ' order by line), '') from lines"
    } else {
        "select coalesce(group_concat(line, ', '), '') from (select line from lines order by line)"
    };
    database.text(all).await
}

async fn what_is_written_is_written_once(database: &Database) {
    let book = Book::default();
    let running = opened(database, &book).await;
    for to in ["ada", "bob", "ada"] {
        send(running.store(), to).await;
    }
    running.stop().await;
    let running = started(booked(app(database).await, &book)).await;
    let receipt = send(running.store(), "cyd").await;
    come_to(database, &receipt).await;
    assert_eq!(lines(database).await, "ada 1, ada 3, bob 2, cyd 4");
    running.stop().await;
}

/// PostgreSQL takes nothing more in a transaction after an error, and SQLite goes on as if there had been none.
async fn what_fails_is_tried_again_and_then_parked(database: &Database) {
    let book = Book::default();
    let running = opened(database, &book).await;
    let store = running.store();
    for to in ["good", "fails", "panics", "passes-over"] {
        send(store, to).await;
    }
    for to in ["fails", "panics", "passes-over"] {
        send(store, to).await;
    }
    let receipt = send(store, "good").await;
    come_to(database, &receipt).await;
    assert_eq!(book.attempts(), 5, "tried again");
    let other = booked(App::new(database.url()).options(options()), &book);
    let parked = parked::list(&other, Some("book"), 10).await;
    let parked = parked.expect("listed");
    let told: Vec<_> = parked
        .iter()
        .map(|one| (one.key.as_str(), one.attempts, one.error.as_deref()))
        .collect();
    let mut expected = vec![
        ("fails", 5, Some("nobody is at home")),
        ("fails", 0, None),
        ("panics", 5, Some("it panicked: the dog bites")),
        ("panics", 0, None),
    ];
    if database.is_postgres() {
        let why = "could not release a savepoint: current transaction is aborted, commands ignored until end of \
                   transaction block";
        expected.extend([("passes-over", 5, Some(why)), ("passes-over", 0, None)]);
        assert_eq!(lines(database).await, "good 1, good 8");
    } else {
        assert_eq!(
            lines(database).await,
            "good 1, good 8, passes-over 4, passes-over 7"
        );
    }
    assert_eq!(told, expected);
    // Not mended: it stays.
    let retried = parked::retry(&other, "book", Some("fails")).await;
    let retried = retried.expect("tried");
    assert_eq!((retried.handled, retried.parked), (0, 2));
    book.recovers();
    let retried = parked::retry(&other, "book", None).await.expect("tried");
    assert_eq!(retried.parked, 0);
    assert_eq!(
        lines(database).await,
        "fails 2, fails 5, good 1, good 8, panics 3, panics 6, passes-over 4, passes-over 7"
    );
    running.stop().await;
}

async fn what_fails_for_a_while_is_handled(database: &Database) {
    let book = Book::default();
    let running = opened(database, &book).await;
    let receipt = send(running.store(), "fails").await;
    let attempts = || async { book.attempts() };
    until("it is tried twice", attempts, |attempts| *attempts >= 2).await;
    book.recovers();
    come_to(database, &receipt).await;
    assert_eq!(lines(database).await, "fails 1");
    assert_eq!(database.number("select count(*) from {parked}").await, 0);
    running.stop().await;
}

/// Several that were sent at once.
#[derive(Event, Serialize, Deserialize)]
#[event("parcel.sent-many")]
struct SentMany {
    to: Vec<String>,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "parcel", events(Sent, Lost), reads(|old: SentMany| old.to.into_iter().map(|to| Sent { to }).collect::<Vec<_>>()))]
struct Parcel;

#[aggregate]
impl Parcel {
    fn sent(&mut self, _: Sent) {}

    fn lost(&mut self, _: Lost) {}
}

/// Fails at the second line of a key.
#[derive(Clone, Default)]
struct Ledger {
    barred: Arc<Mutex<bool>>,
    second: Arc<AtomicU32>,
}

#[projection("ledger")]
impl Ledger {
    async fn sent(&self, event: &Sent, tx: &mut Tx) -> Result<(), String> {
        write(tx, &event.to)
            .await
            .map_err(|error| error.to_string())?;
        if event.to == "second" {
            self.second.fetch_add(1, Ordering::SeqCst);
            if *self.barred.lock().expect("a flag") {
                return Err("one is enough".to_owned());
            }
        }
        Ok(())
    }
}

async fn what_one_event_is_read_as_is_handled_whole(database: &Database) {
    let ledger = Ledger::default();
    *ledger.barred.lock().expect("a flag") = true;
    let ledgers = |app: App| app.aggregate::<Parcel>().handler(ledger.clone());
    let app = ledgers(app(database).await);
    database
        .sql("create table lines (line text not null)")
        .await;
    let running = started(app).await;
    let to = ["first", "second"].map(str::to_owned).to_vec();
    add(running.store(), &parcel("1"), &SentMany { to }).await;
    let parked = || database.number("select count(*) from {parked}");
    until("it is parked", parked, |parked| *parked == 1).await;
    assert_eq!(lines(database).await, "");
    *ledger.barred.lock().expect("a flag") = false;
    let other = ledgers(App::new(database.url()).options(options()));
    let retried = parked::retry(&other, "ledger", None).await;
    assert_eq!(retried.expect("tried").handled, 1);
    assert_eq!(lines(database).await, "first, second");
    running.stop().await;
}

async fn effects_are_for_what_comes_later(database: &Database) {
    let store = database.store().await;
    add(&store, &parcel("before"), &Lost {}).await;
    send(&store, "ada").await;
    let book = Book::default();
    let running = opened(database, &book).await;
    let receipt = add(running.store(), &parcel("after"), &Lost {}).await;
    come_to(database, &receipt).await;
    assert_eq!(*book.letters.lock().expect("letters"), ["parcel-after"]);
    // What is no effect is done for the past, too.
    assert_eq!(lines(database).await, "ada 1");
    running.stop().await;
    let running = started(booked(app(database).await, &book)).await;
    let receipt = add(running.store(), &parcel("last"), &Lost {}).await;
    come_to(database, &receipt).await;
    let letters = book.letters.lock().expect("letters").clone();
    assert_eq!(letters, ["parcel-after", "parcel-last"]);
    running.stop().await;
}

/// A key that is tried again holds up its own partition alone, and that for a while.
async fn partitions_are_handled_side_by_side(database: &Database) {
    let book = Book::default();
    let running = opened(database, &book).await;
    send(running.store(), "fails").await;
    send(running.store(), "good").await;
    let others = || lines(database);
    until("the others are handled", others, |lines| lines == "good 2").await;
    assert!(book.attempts() < 5, "it waits no longer");
    book.recovers();
    running.stop().await;
}
