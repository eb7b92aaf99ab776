//! Brings the commands of a partition's instances to their aggregates, and records what becomes of them.
//!
//! A command is decided on under a key that is its own, in a transaction of the aggregate's. What came of it is recorded in the
//! stream of the instance, in the transaction that forgets the delivery. Between the two anything may happen: the command is
//! then delivered again, and gets the same answer.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::commands::Commands;
use super::{Accepted, Refused};
use crate::aggregate::{Delivered, Delivery, Undelivered};
use crate::append::{Append, Expected, NewEvent};
use crate::error::{Error, ErrorKind};
use crate::event::Recorded;
use crate::metadata::Metadata;
use crate::projection::{Doing, kept};
use crate::store::Store;
use crate::store::processes::DueDelivery;
use crate::store::projections::PartId;
use crate::stream::StreamId;
use crate::telemetry;

/// How many commands are looked at together, and how many are on the way at once.
const BATCH: (u32, usize) = (64, 8);

/// How often a command is tried before it is parked.
const ATTEMPTS: u32 = 8;

/// The pause after the first attempt, and the longest. Each is four times as long as the one before.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(60));

/// How soon others' work is noticed: commands that an operator lets be tried again, for example.
const POLL: Duration = Duration::from_secs(1);

/// Delivers the commands of one partition.
pub(super) struct Deliverer {
    pub(super) store: Store,
    pub(super) part: PartId,
    pub(super) commands: Arc<Commands>,
    /// How often commands may have been sent.
    pub(super) sent: watch::Receiver<u64>,
}

impl Deliverer {
    /// Delivers until it is told to stop; what is on the way then arrives.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.round(&stop).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(part = ?self.part, %error, "commands cannot be delivered; trying again");
                    POLL
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                // The engine that tells is held by whoever runs this.
                Ok(()) = self.sent.changed() => {}
            }
        }
    }

    /// Delivers what is due. Answers how long there is nothing to do.
    async fn round(&mut self, stop: &CancellationToken) -> Result<Duration, Error> {
        let backend = &self.store.inner.backend;
        loop {
            self.sent.mark_unchanged();
            let due = backend.due_deliveries(&self.part, BATCH.0).await?;
            if stop.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            if due.is_empty() {
                let due_in = backend.delivery_due_in(&self.part).await?;
                return Ok(due_in.unwrap_or(POLL).min(POLL));
            }
            let this = &*self;
            let all: Vec<Doing<'_, ()>> = due
                .iter()
                .map(|due| Box::pin(this.deliver(due)) as Doing<'_, ()>)
                .collect();
            let mut delivering = stream::iter(all).buffer_unordered(BATCH.1);
            while let Some(done) = delivering.next().await {
                done?;
            }
        }
    }

    async fn deliver(&self, due: &DueDelivery) -> Result<(), Error> {
        let process = &*self.part.projection;
        let command = due.content.recorded();
        let undelivered = match self.try_deliver(due).await {
            Ok(delivered) => match self.record(due, delivered).await {
                Err(error) if error.kind() == ErrorKind::Unstorable => Undelivered::Failed(error),
                done => return done,
            },
            Err(undelivered) => undelivered,
        };
        let (error, may_help) = match undelivered {
            Undelivered::Misfit(misfit) => {
                let error = Error::undecodable(command, misfit);
                let is_newer = error.kind() == ErrorKind::NewerEvent;
                (error, is_newer)
            }
            Undelivered::Failed(error) => {
                let may_help = error.is_retryable() || error.kind() == ErrorKind::Declaration;
                (error, may_help)
            }
        };
        let attempts = due.attempts.saturating_add(1);
        let pause = (may_help && attempts < ATTEMPTS).then(|| pause_after(attempts));
        match pause {
            Some(_) => {
                tracing::debug!(process, %error, attempts, "a command cannot be delivered; trying again");
                telemetry::delivery_retried(process);
            }
            None => {
                let command = command.event_type();
                tracing::error!(process, command, target = due.target, %error, attempts, "a command cannot be delivered and is parked");
                telemetry::delivery_parked(process);
            }
        }
        let backend = &self.store.inner.backend;
        let why = match error.hint() {
            Some(hint) => format!("{error}\nhelp: {hint}"),
            None => error.to_string(),
        };
        backend
            .fail_delivery(process, &due.place, attempts, &kept(why), pause)
            .await
    }

    async fn try_deliver(&self, due: &DueDelivery) -> Result<Delivered, Undelivered> {
        let command = due.content.recorded();
        let name = command.event_type();
        let stream = StreamId::of_name(&due.target, &due.aggregate);
        let (Some(deliver), Some(stream)) = (self.commands.find(&due.aggregate, name), stream)
        else {
            return Err(Undelivered::Failed(unknown(due)));
        };
        let store = self.store.tenant(&due.place.tenant);
        let metadata = what_follows(command);
        let key = format!("process:{}", command.event_id());
        let delivery = Delivery {
            store: &store,
            stream: &stream,
            key: &key,
            version: command.schema_version(),
            payload: due.content.payload(),
            metadata,
        };
        deliver.deliver(delivery).await
    }

    /// Records what came of a command, and forgets the delivery.
    async fn record(&self, due: &DueDelivery, delivered: Delivered) -> Result<(), Error> {
        let process = &*self.part.projection;
        let command = due.content.recorded();
        let (outcome, event) = match delivered {
            Delivered::Accepted(receipt) => (
                "accepted",
                NewEvent::of(&Accepted {
                    command_id: command.event_id(),
                    version: receipt.version().get(),
                }),
            ),
            Delivered::Refused(refusal) => (
                "refused",
                NewEvent::of(&Refused {
                    command_id: command.event_id(),
                    command_version: command.version().get(),
                    command: command.event_type().to_owned(),
                    aggregate: due.aggregate.clone(),
                    stream: due.target.clone(),
                    refusal,
                }),
            ),
        };
        let event = event.metadata(what_follows(command));
        let append = Append::to(command.stream(), Expected::Any, [event]);
        let store = self.store.tenant(&due.place.tenant);
        let backend = &store.inner.backend;
        let mut tx = backend.begin().await?;
        // Another worker was faster, or an operator ended the instance.
        if !backend.end_delivery(&mut tx, process, &due.place).await? {
            return tx.rollback().await;
        }
        store.append_in(&mut tx, append).await?;
        tx.commit().await?;
        telemetry::delivered(process, outcome);
        Ok(())
    }
}

/// The metadata of what follows from a command.
pub(super) fn what_follows(command: &Recorded) -> Metadata {
    let metadata = Metadata::new().with_causation(command.event_id().to_string());
    let metadata = match command.metadata().correlation() {
        Some(correlation) => metadata.with_correlation(correlation),
        None => metadata,
    };
    match command.metadata().actor() {
        Some(actor) => metadata.with_actor(actor),
        None => metadata,
    }
}

fn unknown(due: &DueDelivery) -> Error {
    let name = due.content.recorded().event_type();
    Error::new(
        ErrorKind::Declaration,
        format!(
            "command `{name}` cannot be delivered to `{}`: no aggregate `{}` of this program takes it",
            due.target, due.aggregate
        ),
    )
    .with_hint("add the aggregate to the app: `.aggregate::<..>()`, and the command to its `commands(..)`")
}

fn pause_after(attempts: u32) -> Duration {
    let pause = PAUSES
        .0
        .saturating_mul(4_u32.saturating_pow(attempts.saturating_sub(1).min(8)));
    pause.min(PAUSES.1)
}
