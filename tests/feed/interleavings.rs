//! Something happens to writers between every two steps that a reader takes on the wire, and the reader reads on.

use std::collections::{HashMap, HashSet};

use annals::{Error, Position, Store, Tx};
use annals_tests::proxy::Proxy;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::planted::Planted;
use crate::{Served, committed, in_time, open, positions, served};

/// A read takes six steps at most: three statements, each bound and run. Before them a connection can be prepared, and a
/// planted reader begins and ends a transaction.
const STEPS: u32 = 10;

/// As many as that where events are handed on one by one: in a transaction, in which the aggregates are asked for, too.
const STEPS_OF_EACH: u32 = 14;

/// What writers do before a read, in the middle of it, and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Course {
    /// One takes a position before the read, and commits in its middle.
    CommitsInTheMiddle,
    /// One takes a position in the middle of the read and commits after it; another commits a higher one.
    BeginsInTheMiddle,
    /// Both.
    CommitsAndBegins,
    /// One takes a position before the read, is prepared in its middle, and committed after it.
    IsPreparedInTheMiddle,
    /// One takes a position before the read and rolls back in its middle, where another one begins.
    RollsBackInTheMiddle,
    /// One takes a position before the read and commits after it; another one ends in its middle.
    StaysOpen,
}

const COURSES: [Course; 6] = [
    Course::CommitsInTheMiddle,
    Course::BeginsInTheMiddle,
    Course::CommitsAndBegins,
    Course::IsPreparedInTheMiddle,
    Course::RollsBackInTheMiddle,
    Course::StaysOpen,
];

/// Writers, the events of which were or will be committed, and the transactions still open.
struct Writers {
    store: Store,
    events: Vec<u64>,
    open: Vec<Tx>,
    prepared: Option<String>,
}

impl Writers {
    async fn commit(&mut self) {
        self.events.push(committed(&self.store).await);
    }

    async fn begin(&mut self) {
        let (tx, position) = open(&self.store).await;
        self.events.push(position);
        self.open.push(tx);
    }

    async fn end_first(&mut self) {
        let tx = self.open.remove(0);
        tx.commit().await.expect("committed");
    }

    async fn before(&mut self, course: Course) {
        match course {
            Course::BeginsInTheMiddle => self.commit().await,
            Course::StaysOpen => {
                self.begin().await;
                self.begin().await;
                self.commit().await;
            }
            Course::RollsBackInTheMiddle => {
                self.begin().await;
                self.events.pop();
                self.commit().await;
            }
            _ => {
                self.begin().await;
                self.commit().await;
            }
        }
    }

    async fn amid(&mut self, course: Course) {
        match course {
            Course::CommitsInTheMiddle => self.end_first().await,
            Course::BeginsInTheMiddle => {
                self.begin().await;
                self.commit().await;
            }
            Course::CommitsAndBegins => {
                self.begin().await;
                self.commit().await;
                self.end_first().await;
            }
            Course::IsPreparedInTheMiddle => {
                let id = annals_tests::databases::unique();
                let mut tx = self.open.remove(0);
                let connection = tx.as_postgres().expect("PostgreSQL");
                crate::prepared::prepare(connection, &id).await;
                self.prepared = Some(id);
                self.commit().await;
            }
            Course::RollsBackInTheMiddle => {
                self.begin().await;
                self.commit().await;
                let tx = self.open.remove(0);
                tx.rollback().await.expect("rolled back");
            }
            Course::StaysOpen => {
                let tx = self.open.remove(1);
                tx.commit().await.expect("committed");
            }
        }
    }

    async fn after(&mut self, served: &Served) {
        while !self.open.is_empty() {
            self.end_first().await;
        }
        if let Some(id) = self.prepared.take() {
            served
                .database
                .sql(&format!("COMMIT PREPARED '{id}'"))
                .await;
        }
    }
}

/// Who reads, through the wire.
enum Reader {
    Feed(Store),
    Each(Store),
    Planted(Planted, PgConnection),
}

impl Reader {
    async fn read(&mut self, after: u64) -> (Vec<u64>, u64) {
        match self {
            Reader::Feed(store) => {
                let feed = store.feed().after(Position::new(after));
                let page = feed.read().await.expect("readable");
                (positions(&page), page.checkpoint().get())
            }
            Reader::Each(store) => {
                let feed = store.feed().after(Position::new(after));
                let mut got = Vec::new();
                let checkpoint = feed.each(|event| {
                    got.push(event.position().get());
                    Ok::<_, Error>(())
                });
                let checkpoint = checkpoint.await.expect("readable");
                (got, checkpoint.get())
            }
            Reader::Planted(planted, connection) => {
                let (rows, last) = planted.read(connection, after as i64).await;
                let rows = rows.iter().map(|row| row.unsigned_abs());
                (rows.collect(), last.unsigned_abs())
            }
        }
    }
}

/// Puts a reader through a course, held after so many of its steps, and answers what it read and what there was.
async fn run(
    served: &Served,
    proxy: &Proxy,
    mut reader: Reader,
    course: Course,
    (steps, is_primed): (u32, bool),
) -> (Vec<u64>, Vec<u64>) {
    let begin = served.store.frontier().await.expect("known").get();
    let mut writers = Writers {
        store: served.store.clone(),
        events: Vec::new(),
        open: Vec::new(),
        prepared: None,
    };
    if is_primed {
        // It knows how things were.
        reader.read(begin).await;
    }
    writers.before(course).await;
    proxy.hold_after(steps);
    let mut reading = tokio::spawn(async move {
        let read = reader.read(begin).await;
        (reader, read)
    });
    let ended = tokio::select! {
        () = proxy.held() => None,
        // It takes fewer steps than that.
        ended = &mut reading => Some(ended),
    };
    writers.amid(course).await;
    proxy.release();
    let ended = match ended {
        Some(ended) => ended,
        None => reading.await,
    };
    let (mut reader, (mut got, checkpoint)) = ended.expect("no panic");
    writers.after(served).await;
    // What a page before it held back must come, and once is enough.
    let (rest, _) = reader.read(checkpoint).await;
    got.extend(rest);
    let mut events = writers.events;
    events.sort_unstable();
    (got, events)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_happens_between_two_steps_makes_the_feed_skip() {
    let served = served().await;
    let proxy = Proxy::to(served.cluster.port()).await;
    let wire = format!(
        "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
        proxy.port()
    );
    let by_page = (0..STEPS).map(|steps| (steps, Reader::Feed as fn(Store) -> Reader));
    let one_by_one = (0..STEPS_OF_EACH).map(|steps| (steps, Reader::Each as fn(Store) -> Reader));
    let readers: Vec<_> = by_page.chain(one_by_one).collect();
    for course in COURSES {
        for (steps, reader) in readers.iter().copied() {
            for is_primed in [false, true] {
                let options = annals_tests::options().max_connections(1);
                let store = options.connect(&wire).await.expect("the store opens");
                let reader = reader(store.clone());
                let run = run(&served, &proxy, reader, course, (steps, is_primed));
                let (got, events) = in_time(run).await;
                assert_eq!(
                    got, events,
                    "{course:?}, {steps} steps, primed: {is_primed}"
                );
                store.close().await;
            }
        }
    }
}

/// Each of them loses events in this very test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_planted_readers_skip() {
    let served = served().await;
    let proxy = Proxy::to(served.cluster.port()).await;
    let wire = format!(
        "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
        proxy.port()
    );
    let mut lost = HashMap::<Planted, HashSet<(Course, u32)>>::new();
    for planted in Planted::ALL {
        for course in COURSES {
            for steps in 0..STEPS {
                let connection = PgConnection::connect(&wire).await.expect("it opens");
                let reader = Reader::Planted(planted, connection);
                let run = run(&served, &proxy, reader, course, (steps, true));
                let (got, events) = in_time(run).await;
                let got: HashSet<u64> = got.into_iter().collect();
                if events.iter().any(|event| !got.contains(event)) {
                    lost.entry(planted).or_default().insert((course, steps));
                }
            }
        }
    }
    for planted in Planted::ALL {
        assert!(
            lost.contains_key(&planted),
            "{planted:?} loses nothing: {lost:#?}"
        );
    }
    // Read by position alone, what commits late is lost wherever it is.
    let greater = &lost[&Planted::Greater];
    let late = (0..STEPS).filter(|steps| greater.contains(&(Course::StaysOpen, *steps)));
    assert_eq!(late.count() as u32, STEPS, "{greater:#?}");
}
