//! Appends many groups, of which some may name the same streams.

use std::collections::HashSet;

use tracing::Instrument;

use super::Backend;
use crate::append::{Group, Receipt};
use crate::error::Error;
use crate::stream::StreamId;
use crate::telemetry;

/// Appends the groups in waves in which no two name the same stream, so that each wave can be one statement. Groups that
/// were found unfit keep their error. The answers are in the order of the groups.
pub(super) async fn append(
    backend: &Backend,
    tenant: &str,
    groups: Vec<Result<Group, Error>>,
) -> Vec<Result<Receipt, Error>> {
    let mut answers = Vec::with_capacity(groups.len());
    let mut wave = Vec::new();
    for group in groups {
        match group {
            Ok(group) if fits(&wave, &group) => wave.push(group),
            Ok(group) => {
                answers.extend(run(backend, tenant, &mut wave).await);
                wave.push(group);
            }
            Err(error) => {
                answers.extend(run(backend, tenant, &mut wave).await);
                answers.push(Err(error));
            }
        }
    }
    answers.extend(run(backend, tenant, &mut wave).await);
    answers
}

fn fits(wave: &[Group], group: &Group) -> bool {
    let taken: HashSet<&StreamId> = wave
        .iter()
        .flat_map(|group| &group.heads)
        .map(|head| &head.stream)
        .collect();
    group.heads.iter().all(|head| !taken.contains(&head.stream))
}

async fn run(
    backend: &Backend,
    tenant: &str,
    wave: &mut Vec<Group>,
) -> Vec<Result<Receipt, Error>> {
    let wave = std::mem::take(wave);
    if wave.iter().all(|group| group.heads.is_empty()) {
        return wave
            .iter()
            .map(|_| {
                Ok(Receipt {
                    streams: Vec::new(),
                    repeated: false,
                })
            })
            .collect();
    }
    let span = tracing::debug_span!("append", groups = wave.len());
    let answers = backend.append(tenant, &wave).instrument(span).await;
    telemetry::appended(&answers);
    answers
}
