//! Appends of many callers in one statement.

mod batch;
mod chain;

use std::collections::VecDeque;
use std::sync::Arc;

use tracing::Instrument;

pub(crate) use batch::Ask;
use batch::{Answer, Batch, Merged, UnderWay};
pub(crate) use chain::{Chain, Link};

use super::Backend;
use super::lanes::{Lanes, Served, Together, Width};
use crate::append::{Appended, Group, Receipt};
use crate::error::{Error, ErrorKind};
use crate::stream::Version;
use crate::telemetry;

/// How many statements that append are under way at a time on PostgreSQL. One takes all who wait, which costs the server least
/// for each; but while one with many events runs, or is written to the disk, others need not wait for it, and where streams are
/// held by somebody, neither. Together they are fewer than the connections that a store has where nothing is said, so that who
/// holds a stream still gets one.
const POSTGRES: Width = Width {
    always: 1,
    beside_long: 3,
    beside_held: 4,
};

/// SQLite lets one transaction write at a time.
const SQLITE: Width = Width {
    always: 1,
    beside_long: 0,
    beside_held: 0,
};

/// From so many events on a statement is a long one.
const LONG: usize = 65;

/// How many events go into a statement on PostgreSQL, unless one append alone has more. What a statement costs beside its events
/// is little by then, and to store several appends of a hundred events together costs the server half as much again as one by one.
const POSTGRES_EVENTS: usize = 128;

/// The same in SQLite, where each transaction waits for the disk.
const SQLITE_EVENTS: usize = 4_000;

/// Appends what callers hand in.
pub(crate) struct Appends {
    backend: Arc<Backend>,
    under_way: UnderWay,
    most_events: usize,
}

/// An append that was handed in. What it waits for is done by nobody before it is awaited.
pub(crate) struct Pending {
    served: Served<Appends>,
    answer: Answer,
    lanes: Arc<Lanes<Appends>>,
}

impl Appends {
    pub(super) fn new(backend: Arc<Backend>) -> Arc<Lanes<Self>> {
        let (width, most_events) = if backend.is_postgres() {
            (POSTGRES, POSTGRES_EVENTS)
        } else {
            (SQLITE, SQLITE_EVENTS)
        };
        let work = Appends {
            backend,
            under_way: UnderWay::default(),
            most_events,
        };
        Lanes::new(work, width)
    }
}

impl Lanes<Appends> {
    /// Hands in an append, behind all that were handed in before.
    pub(crate) fn hand_in(self: &Arc<Self>, group: Group, link: Option<Link>) -> Pending {
        let (ask, answer) = Ask::of(group, link);
        Pending {
            served: self.ask([ask]),
            answer,
            lanes: Arc::clone(self),
        }
    }

    /// Appends for many callers. Each has its own answer, in order.
    pub(super) async fn append_all(
        self: &Arc<Self>,
        groups: Vec<Result<Group, Error>>,
    ) -> Vec<Result<Receipt, Error>> {
        let mut asks = Vec::new();
        let mut answers = Vec::with_capacity(groups.len());
        for group in groups {
            answers.push(match group {
                // An append of nothing has nothing to ask the database.
                Ok(group) if group.heads.is_empty() => Err(Ok(Receipt::of_nothing())),
                Ok(group) => {
                    let (ask, answer) = Ask::of(group, None);
                    asks.push(ask);
                    Ok(answer)
                }
                Err(error) => Err(Err(error)),
            });
        }
        self.ask(asks).done().await;
        let mut told = Vec::with_capacity(answers.len());
        for answer in answers {
            told.push(match answer {
                Ok(answer) => self.wait(heard(answer)).await,
                Err(known) => known,
            });
        }
        told
    }
}

impl Pending {
    /// What came of it.
    pub(crate) async fn answer(self) -> Result<Receipt, Error> {
        self.served.done().await;
        self.lanes.wait(heard(self.answer)).await
    }
}

async fn heard(answer: Answer) -> Result<Receipt, Error> {
    answer.await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Database,
            "an append was given up before its answer came, since the program is ending: it may be stored or not",
        )
        .with_hint("append again with the same event ids, or send the command again with its key"))
    })
}

impl Together for Appends {
    type Ask = Ask;
    type Batch = Batch;

    fn take(&self, waiting: &mut VecDeque<Ask>) -> Option<Batch> {
        self.under_way.take(waiting, self.most_events)
    }

    fn is_long(&self, batch: &Batch) -> bool {
        batch.events >= LONG
    }

    async fn serve(&self, mut batch: Batch) {
        let list = std::mem::take(&mut batch.list);
        let (groups, parts): (Vec<_>, Vec<_>) = list
            .into_iter()
            .map(|Merged { group, parts }| (group, parts))
            .unzip();
        let span = tracing::debug_span!("append", groups = groups.len());
        let answers = self.backend.append(&groups).instrument(span).await;
        telemetry::appended(&answers);
        for (parts, answer) in parts.into_iter().zip(answers) {
            let mut before = 0;
            for mut part in parts {
                let of_part = match &answer {
                    Ok(receipt) => Ok(share(receipt, before, part.events)),
                    Err(error) => Err(error.again()),
                };
                before += part.events;
                if let (Ok(receipt), Some(link)) = (&answer, &mut part.link) {
                    let last = receipt.streams.first();
                    link.stored(last.and_then(|appended| appended.recorded_at));
                }
                // Before the answer, so that who hears of a failure finds the chain broken.
                drop(part.link.take());
                // Who does not listen any more needs no answer.
                let _ = part.reply.send(of_part);
            }
        }
        // Only now may others append to the same streams.
        drop(batch);
    }
}

/// The receipt of one of several appends that were stored as one.
fn share(receipt: &Receipt, before: usize, events: usize) -> Receipt {
    let [appended] = &*receipt.streams else {
        return receipt.clone();
    };
    let first = appended.version.get() - appended.positions.len() as u64;
    Receipt {
        streams: vec![Appended {
            stream: appended.stream.clone(),
            version: Version::new(first + (before + events) as u64),
            positions: appended
                .positions
                .iter()
                .skip(before)
                .take(events)
                .copied()
                .collect(),
            recorded_at: appended.recorded_at,
        }],
        repeated: receipt.repeated,
    }
}
