//! The one transaction in which a version takes the place of another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::finish::finish;
use super::standing::lowest;
use crate::error::{Error, ErrorKind};
use crate::projection::Engine;
use crate::store::projections::{Build, BuildChange, Held, PartId, Status, Table};
use crate::store::{Store, Tx};

/// One version takes the place of another.
pub(super) struct Switch<'a> {
    pub(super) store: &'a Store,
    pub(super) target: &'a Build,
    pub(super) current: Option<&'a Build>,
    pub(super) engine: Option<&'a Arc<dyn Engine>>,
    pub(super) table: Option<Table>,
    pub(super) has_effects: bool,
}

impl Switch<'_> {
    /// Switches, or answers in what way the version is behind.
    pub(super) async fn run(&self) -> Result<Option<Error>, Error> {
        let backend = &self.store.inner.backend;
        let name = &self.target.name;
        let mut tx = backend.begin().await?;
        let shown_now = backend.lock_build(&mut tx, name).await?;
        if shown_now != self.current.map(|current| current.version) {
            tx.rollback().await?;
            return Ok(Some(self.overtaken()));
        }
        // In one order, by version, whichever takes the other's place: workers that sign off hold partitions of both.
        let current = self.current.unwrap_or(self.target);
        let both = [self.target, current].map(|build| (build.version, build));
        let mut held = BTreeMap::new();
        for (version, build) in BTreeMap::from(both) {
            held.insert(version, self.hold(&mut tx, build).await?);
        }
        let old = &held[&current.version];
        let mut own = held[&self.target.version].clone();
        let Some(needed) = self.needed(&own, old) else {
            tx.rollback().await?;
            return Ok(Some(self.uneven(old)));
        };
        if let Some(engine) = self.engine
            && behind(&own, &needed).is_some()
            && finish(self.store, engine, &mut tx, &needed).await?
        {
            own.clone_from(&needed);
        }
        if let Some((at, needed)) = behind(&own, &needed) {
            tx.rollback().await?;
            return Ok(Some(self.behind(at, needed)));
        }
        if let Some(table) = &self.table {
            backend.point_view(&mut tx, name, table).await?;
        }
        // What the one before has done about events is not done again, and what it has not done is left to this one.
        let effects_after = self.has_effects.then_some(lowest(&needed));
        backend
            .change_build(&mut tx, name, self.target.version, shown(effects_after))
            .await?;
        if let Some(current) = self.current {
            let hidden = BuildChange {
                is_current: Some(false),
                status: self.has_effects.then_some(Status::Retired),
                ..BuildChange::default()
            };
            backend
                .change_build(&mut tx, name, current.version, hidden)
                .await?;
        }
        tx.commit().await?;
        Ok(None)
    }

    /// Holds all partitions of a version, and answers where they stand.
    async fn hold(&self, tx: &mut Tx, build: &Build) -> Result<Vec<i64>, Error> {
        let mut checkpoints = Vec::new();
        for partition in 0..build.partitions {
            let part = PartId {
                projection: build.name.as_str().into(),
                version: build.version,
                partition,
            };
            let held: Option<Held> = self.store.inner.backend.lock_partition(tx, &part).await?;
            checkpoints.push(held.map_or(0, |held| held.checkpoint));
        }
        Ok(checkpoints)
    }

    /// Where each partition has to stand so that it can take over; `None` where that cannot be said now.
    ///
    /// Rows have to be no older than those before, and effects have to begin where they ended: partition by partition, since some
    /// may be ahead of others, and a key is in the same one in both versions where they have the same number of them. Where they
    /// have not, a row can come from any of those before, and an effect from none that is known.
    fn needed(&self, own: &[i64], old: &[i64]) -> Option<Vec<i64>> {
        if own.len() == old.len() {
            return Some(old.to_vec());
        }
        let highest = old.iter().max().copied().unwrap_or_default();
        let is_even = old.iter().all(|at| *at == highest);
        (is_even || !self.has_effects).then(|| vec![highest; own.len()])
    }

    fn overtaken(&self) -> Error {
        let name = &self.target.name;
        Error::new(
            ErrorKind::Conflict,
            format!("another program shows other versions of projection `{name}` all the time"),
        )
        .with_hint("end one of the two, and try again")
    }

    fn uneven(&self, old: &[i64]) -> Error {
        let Build { name, version, .. } = self.current.unwrap_or(self.target);
        Error::new(
            ErrorKind::Behind,
            format!(
                "a partition of projection `{name}` version {version} has come to position {}, and another one to position {}: with \
                 another number of partitions, what it does about the events in between would be done twice, or not at all",
                lowest(old),
                old.iter().max().copied().unwrap_or_default(),
            ),
        )
        .with_hint(format!(
            "see with `projection status` what holds it up; start a release that declares version {version}, and try again"
        ))
    }

    fn behind(&self, own: i64, old: i64) -> Error {
        let Build { name, version, .. } = self.target;
        Error::new(
            ErrorKind::Behind,
            format!(
                "version {version} of projection `{name}` has come to position {own}, and the current one to position {old}"
            ),
        )
        .with_hint(format!(
            "run this from a release that declares version {version} of `{name}`, which brings it up to date, or start one"
        ))
    }
}

/// Where a partition stands that is behind, and where it has to stand.
fn behind(own: &[i64], needed: &[i64]) -> Option<(i64, i64)> {
    let mut both = own.iter().copied().zip(needed.iter().copied());
    both.find(|(own, needed)| own < needed)
}

/// What changes when a version is built and shown.
fn shown(effects_after: Option<i64>) -> BuildChange<'static> {
    BuildChange {
        status: Some(Status::Following),
        is_current: Some(true),
        effects_after,
        ..BuildChange::default()
    }
}
