//! Calls that change nothing.

use annals::{AsOf, Root, Store, Version};
use chrono::DateTime;

use super::Shared;
use super::append::stream_of;
use super::client::{Memory, failed};
use crate::aggregates::Folded;
use crate::domain::State;
use crate::history::{Answer, Op};
use crate::payload::Payload;
use crate::plant::Plant;

/// A row is asked for with what the client was told last.
pub(super) fn about_receipt(op: Op, memory: &Memory) -> Op {
    let Op::Row { stream, version } = op else {
        return op;
    };
    let first = memory
        .receipt
        .as_ref()
        .and_then(|receipt| receipt.streams().first());
    match first {
        Some(first) => Op::Row {
            stream: first.stream().to_string(),
            version: first.version().get().cast_signed(),
        },
        None => Op::Row {
            stream,
            version: version.min(0),
        },
    }
}

pub(super) async fn load<A: Folded>(
    shared: &Shared,
    root: &Root<A>,
    stream: &str,
    memory: &mut Memory,
) -> Answer {
    if shared.has(Plant::StaleLoad)
        && let Some(answer) = memory.loaded.get(stream)
    {
        return answer.clone();
    }
    match root.load().await {
        Ok(loaded) => {
            let answer = Answer::State {
                version: Some(loaded.version().get().cast_signed()),
                state: loaded.state().state(),
            };
            if shared.has(Plant::StaleLoad) {
                memory.loaded.insert(stream.to_owned(), answer.clone());
            }
            answer
        }
        Err(error) => failed(&error),
    }
}

pub(super) async fn past<A: Folded>(root: &Root<A>, version: i64) -> Answer {
    let version = Version::new(version.unsigned_abs());
    then(root, AsOf::version(version)).await
}

pub(super) async fn at<A: Folded>(root: &Root<A>, time: i64) -> Answer {
    let time = DateTime::from_timestamp_micros(time).unwrap_or_default();
    then(root, AsOf::time(time)).await
}

async fn then<A: Folded>(root: &Root<A>, as_of: AsOf) -> Answer {
    match root.state_at(as_of).await {
        Ok(state) => Answer::State {
            version: None,
            state: state.state(),
        },
        Err(error) => failed(&error),
    }
}

pub(super) async fn read(store: &Store, stream: &str, from: i64) -> Answer {
    let from = Version::new(from.unsigned_abs());
    let events = store
        .stream(&stream_of(stream))
        .from(from)
        .limit(20)
        .all()
        .await;
    let events = match events {
        Ok(events) => events,
        Err(error) => return failed(&error),
    };
    let mut read = Vec::with_capacity(events.len());
    for event in events {
        match event.json::<Payload>() {
            Ok(payload) => {
                let version = event.recorded().version().get().cast_signed();
                read.push((version, payload.mark, payload.amount));
            }
            Err(error) => return failed(&error),
        }
    }
    Answer::Events { events: read }
}

/// Every event by the type of its aggregate, folded here.
pub(super) async fn history<A: Folded>(root: &Root<A>) -> Answer {
    let (mut version, mut state) = (0, State::default());
    let mut events = root.events();
    loop {
        match events.next().await {
            Ok(Some((event, recorded))) => {
                let (mark, amount) = A::read(event);
                state = state.after(&mark, amount);
                version = recorded.version().get().cast_signed();
            }
            Ok(None) => {
                return Answer::State {
                    version: Some(version),
                    state,
                };
            }
            Err(error) => return failed(&error),
        }
    }
}
