//! One client: it calls, is answered, and calls again.

use std::sync::Arc;
use std::time::Duration;

use annals::{Error, ErrorKind, Receipt};

use super::{Shared, append, command, look, row};
use crate::aggregates::{Ledger, Purse, Till};
use crate::history::{Answer, Kept, Op};
use crate::plan::{Known, plan};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a client carries from call to call.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) known: Known,
    /// What it was told last that is stored.
    pub(super) receipt: Option<Receipt>,
    /// For a client that should ask again, and does not.
    pub(super) loaded: std::collections::HashMap<String, Answer>,
}

pub(super) async fn run(shared: Arc<Shared>, number: usize, done: u64) {
    let client = format!("w{}c{number}", shared.settings.worker);
    let mut memory = Memory::default();
    // One that was killed may have been at any of the next numbers, too.
    let mut number = done.next_multiple_of(50);
    while !shared.is_stopped() {
        number += 1;
        let op = plan(shared.settings.seed, &client, number, &memory.known);
        let op = look::about_receipt(op, &memory);
        shared.log.call(&client, number, &op);
        let mark = format!("{client}.{number}");
        let called = call(&shared, &mark, &op, &mut memory);
        let answer = match tokio::time::timeout(PATIENCE, called).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unknown {
                why: format!("no answer in {PATIENCE:?}"),
            },
        };
        learn(&op, &answer, &mut memory);
        shared.log.answer(&client, number, &answer);
        if let Answer::Unknown { .. } = answer {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn call(shared: &Shared, mark: &str, op: &Op, memory: &mut Memory) -> Answer {
    let store = &shared.store;
    match op {
        Op::Append { to, in_tx, again } => {
            append::append(shared, mark, to, *in_tx, *again, memory).await
        }
        Op::Command { stream, .. }
        | Op::Load { stream }
        | Op::Past { stream, .. }
        | Op::At { stream, .. }
        | Op::History { stream } => match stream.split_once('-') {
            Some(("till", _)) => of_aggregate::<Till>(shared, mark, op, memory).await,
            Some(("purse", _)) => of_aggregate::<Purse>(shared, mark, op, memory).await,
            _ => of_aggregate::<Ledger>(shared, mark, op, memory).await,
        },
        Op::Read { stream, from } => look::read(store, stream, *from).await,
        Op::Row { stream, version } => row::row(store, stream, *version, memory).await,
        Op::Inline { stream } => row::inline(store, stream).await,
        Op::Moment { stream } => row::moment(store, stream).await,
        Op::View { stream } => row::view(store, stream).await,
        Op::Operate(_) => refused("clients do not operate"),
    }
}

async fn of_aggregate<A: crate::aggregates::Folded>(
    shared: &Shared,
    mark: &str,
    op: &Op,
    memory: &mut Memory,
) -> Answer {
    let (Op::Command { stream, .. }
    | Op::Load { stream }
    | Op::Past { stream, .. }
    | Op::History { stream }
    | Op::At { stream, .. }) = op
    else {
        return refused("no call to an aggregate");
    };
    let root = shared.store.aggregate::<A>(id_of(stream).to_owned());
    match op {
        Op::Command { amounts, key, .. } => {
            command::execute(&root, mark, amounts, key.as_deref(), memory).await
        }
        Op::Load { stream } => look::load(shared, &root, stream, memory).await,
        Op::Past { version, .. } => look::past(&root, *version).await,
        Op::At { time, .. } => look::at(&root, *time).await,
        Op::History { .. } => look::history(&root).await,
        _ => refused("no call to an aggregate"),
    }
}

/// What the next calls of the client may go by.
fn learn(op: &Op, answer: &Answer, memory: &mut Memory) {
    match answer {
        Answer::Stored { streams, .. } => {
            for kept in streams {
                let (version, at) = (kept.version, kept.recorded_at);
                memory.known.saw(&kept.stream, version, at);
            }
        }
        Answer::State {
            version: Some(version),
            ..
        } => {
            for stream in op.streams() {
                memory.known.saw(stream, *version, None);
            }
        }
        Answer::Rejected { seen, .. } => {
            for stream in op.streams() {
                memory.known.saw(stream, seen.events, None);
            }
        }
        _ => {}
    }
}

/// The part of a stream's name that tells one instance from another.
pub(super) fn id_of(stream: &str) -> &str {
    stream.split_once('-').map_or(stream, |(_, id)| id)
}

pub(super) fn refused(why: &str) -> Answer {
    Answer::Refused {
        why: why.to_owned(),
    }
}

/// What an error says: that nothing was stored, unless the connection was lost.
pub(crate) fn failed(error: &Error) -> Answer {
    let why = format!("{:?}: {error}", error.kind());
    if error.kind() == ErrorKind::Unreachable {
        Answer::Unknown { why }
    } else {
        Answer::Refused { why }
    }
}

/// What a receipt says.
pub(super) fn stored(receipt: &Receipt) -> Answer {
    let streams = receipt.streams().iter().map(|stream| Kept {
        stream: stream.stream().to_string(),
        version: stream.version().get().cast_signed(),
        positions: stream
            .positions()
            .iter()
            .map(|position| position.get().cast_signed())
            .collect(),
        recorded_at: stream.recorded_at().map(|at| at.timestamp_micros()),
    });
    Answer::Stored {
        streams: streams.collect(),
        repeated: receipt.is_repeated(),
        again: None,
    }
}
