//! Appends many groups, of which some may name the same streams.

use std::collections::HashSet;

use tracing::Instrument;

use super::Backend;
use crate::append::{Group, Receipt};
use crate::error::Error;
use crate::telemetry;

/// Appends the groups in waves in which no two name the same stream, so that each wave can be one statement. Groups that
/// were found unfit keep their error. The answers are in the order of the groups.
pub(super) async fn append(
    backend: &Backend,
    tenant: &str,
    groups: Vec<Result<Group, Error>>,
) -> Vec<Result<Receipt, Error>> {
    let mut answers = Vec::with_capacity(groups.len());
    let mut wave = Wave::default();
    for group in groups {
        match group {
            Ok(group) => {
                if !wave.takes(&group) {
                    answers.extend(std::mem::take(&mut wave).run(backend, tenant).await);
                }
                wave.add(group);
            }
            Err(error) => {
                answers.extend(std::mem::take(&mut wave).run(backend, tenant).await);
                answers.push(Err(error));
            }
        }
    }
    answers.extend(wave.run(backend, tenant).await);
    answers
}

/// Groups of which no two name the same stream.
#[derive(Default)]
struct Wave {
    groups: Vec<Group>,
    /// By their whole names: two aggregates can make one name.
    streams: HashSet<String>,
}

impl Wave {
    fn takes(&self, group: &Group) -> bool {
        let mut heads = group.heads.iter();
        heads.all(|head| !self.streams.contains(head.stream.as_str()))
    }

    fn add(&mut self, group: Group) {
        self.streams
            .extend(group.heads.iter().map(|head| head.stream.to_string()));
        self.groups.push(group);
    }

    async fn run(self, backend: &Backend, tenant: &str) -> Vec<Result<Receipt, Error>> {
        // An append of nothing has nothing to ask the database.
        if self.streams.is_empty() {
            return self
                .groups
                .iter()
                .map(|_| Ok(Receipt::of_nothing()))
                .collect();
        }
        let span = tracing::debug_span!("append", groups = self.groups.len());
        let answers = backend.append(tenant, &self.groups).instrument(span).await;
        telemetry::appended(&answers);
        answers
    }
}
