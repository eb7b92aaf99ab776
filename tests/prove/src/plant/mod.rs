//! Bugs that are planted, so that it shows whether they are found. Each breaks one guarantee, and none of them is in annals.

mod acknowledged_early;
mod checkpoint_moved_back;
mod event_changed;
mod event_deleted;
mod frontier_skipped;
mod half_a_group;
mod key_forgotten;
mod refusal_stored;
mod rows_missing;
mod stale_snapshot;
mod upcast_forgotten;
mod version_ignored;

pub(crate) use acknowledged_early::acknowledged_early;
pub(crate) use frontier_skipped::up_to_the_highest;
pub(crate) use upcast_forgotten::hundredths_in_one;

use serde::{Deserialize, Serialize};

use crate::history::{Answer, Expects, Wanted};
use crate::raw::Raw;
use crate::worker::{Settings, Shared};

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Plant {
    /// A client says that something is stored before it is committed.
    AcknowledgedEarly,
    /// The checkpoint of a projection is moved in a transaction of its own.
    CheckpointApart,
    /// What keeps two workers from handling the same events, the checkpoint of a projection, is undone.
    CheckpointMovedBack,
    /// A follower is given a page twice.
    DeliveredTwice,
    /// The amount of an event is changed.
    EventChanged,
    /// An event is deleted.
    EventDeleted,
    /// A follower reads up to the highest position.
    FrontierSkipped,
    /// An append to several streams is several appends.
    HalfAGroup,
    /// A program appends that does not know of the inline projection.
    InlineForgotten,
    /// What became of a command with a key is forgotten.
    KeyForgotten,
    /// What is told to be refused is stored.
    RefusalStored,
    /// Rows are missing in the version of a read model that is shown, as if it were not built yet.
    RowsMissing,
    /// A client answers loads from what it loaded before.
    StaleLoad,
    /// An old state lies in the table of snapshots as if it were that of the last event.
    StaleSnapshot,
    /// A standby is to be synchronous, and is behind.
    StandbyBehind,
    /// A program reads what the first release wrote as if the second had.
    UpcastForgotten,
    /// A client appends without looking at the version.
    VersionIgnored,
}

impl Plant {
    pub(crate) const ALL: [Plant; 17] = [
        Plant::AcknowledgedEarly,
        Plant::CheckpointApart,
        Plant::CheckpointMovedBack,
        Plant::DeliveredTwice,
        Plant::EventChanged,
        Plant::EventDeleted,
        Plant::FrontierSkipped,
        Plant::HalfAGroup,
        Plant::InlineForgotten,
        Plant::KeyForgotten,
        Plant::RefusalStored,
        Plant::RowsMissing,
        Plant::StaleLoad,
        Plant::StaleSnapshot,
        Plant::StandbyBehind,
        Plant::UpcastForgotten,
        Plant::VersionIgnored,
    ];

    /// What it is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Plant::AcknowledgedEarly => "acknowledged-early",
            Plant::CheckpointApart => "checkpoint-apart",
            Plant::CheckpointMovedBack => "checkpoint-moved-back",
            Plant::DeliveredTwice => "delivered-twice",
            Plant::EventChanged => "event-changed",
            Plant::EventDeleted => "event-deleted",
            Plant::FrontierSkipped => "frontier-skipped",
            Plant::HalfAGroup => "half-a-group",
            Plant::InlineForgotten => "inline-forgotten",
            Plant::KeyForgotten => "key-forgotten",
            Plant::RefusalStored => "refusal-stored",
            Plant::RowsMissing => "rows-missing",
            Plant::StaleLoad => "stale-load",
            Plant::StaleSnapshot => "stale-snapshot",
            Plant::StandbyBehind => "standby-behind",
            Plant::UpcastForgotten => "upcast-forgotten",
            Plant::VersionIgnored => "version-ignored",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Plant::ALL.into_iter().find(|plant| plant.name() == name)
    }

    /// Why it does no harm in SQLite, where it does none.
    pub(crate) fn harmless_in_sqlite(self) -> Option<&'static str> {
        (self == Plant::FrontierSkipped).then_some(
            "SQLite has one writer at a time, so that no position appears below one that is there already",
        )
    }
}

/// What a worker begins with.
pub(crate) fn at_start(settings: &Settings) {
    if settings.plant == Some(Plant::UpcastForgotten) && settings.worker == 0 {
        upcast_forgotten::forget();
    }
}

/// What a client does in place of an append, where the bug is in there.
pub(crate) async fn instead_of_append(
    plant: Plant,
    shared: &Shared,
    mark: &str,
    to: &[Wanted],
) -> Option<Answer> {
    match plant {
        Plant::VersionIgnored => version_ignored::append(shared, mark, to).await,
        Plant::HalfAGroup => half_a_group::append(shared, mark, to).await,
        Plant::RefusalStored => refusal_stored::append(shared, mark, to).await,
        _ => None,
    }
}

/// What is done to the database once, before anybody works on it.
pub(crate) async fn before(plant: Plant, raw: &mut Raw) -> Result<(), sqlx::Error> {
    match plant {
        Plant::CheckpointMovedBack => checkpoint_moved_back::before(raw).await,
        _ => Ok(()),
    }
}

/// What is done to the database now and then, while all work on it.
pub(crate) async fn meanwhile(plant: Plant, raw: &mut Raw) -> Result<(), sqlx::Error> {
    match plant {
        Plant::EventChanged => event_changed::meanwhile(raw).await,
        Plant::EventDeleted => event_deleted::meanwhile(raw).await,
        Plant::KeyForgotten => key_forgotten::meanwhile(raw).await,
        Plant::RowsMissing => rows_missing::meanwhile(raw).await,
        Plant::StaleSnapshot => stale_snapshot::meanwhile(raw).await,
        _ => Ok(()),
    }
}

/// What is undone when all have stopped, so that they come to an end.
pub(crate) async fn after(plant: Plant, raw: &mut Raw) -> Result<(), sqlx::Error> {
    match plant {
        Plant::CheckpointMovedBack => checkpoint_moved_back::after(raw).await,
        _ => Ok(()),
    }
}

/// The same without an expectation.
fn in_any_state(to: &[Wanted]) -> Vec<Wanted> {
    let any = to.iter().map(|wanted| Wanted {
        expects: Expects::Any,
        ..wanted.clone()
    });
    any.collect()
}
