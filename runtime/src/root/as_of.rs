use chrono::{DateTime, Utc};

use super::fold::IsWanted;
use super::load::{Loaded, fold, request_for};
use crate::aggregate::Aggregate;
use crate::append::within_years;
use crate::error::Error;
use crate::event::Recorded;
use crate::store::Store;
use crate::stream::{StreamId, Version};

/// A moment in the past of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(Moment);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Version(Version),
    Recorded(DateTime<Utc>),
    Occurred(DateTime<Utc>),
}

impl AsOf {
    /// After the event with this version; after the last one where there are fewer.
    #[must_use]
    pub fn version(version: Version) -> Self {
        AsOf(Moment::Version(version))
    }

    /// What the store knew at this time: all that was *recorded* until then, whenever it happened.
    #[must_use]
    pub fn time(recorded_until: DateTime<Utc>) -> Self {
        AsOf(Moment::Recorded(recorded_until))
    }

    /// What is known today of how things were at this time: all that *occurred* until then, whenever it was recorded,
    /// in the order of recording.
    #[must_use]
    pub fn occurred(occurred_until: DateTime<Utc>) -> Self {
        AsOf(Moment::Occurred(occurred_until))
    }
}

pub(super) async fn state_at<A: Aggregate>(
    store: &Store,
    stream: &StreamId,
    as_of: AsOf,
) -> Result<A, Error> {
    let mut request = request_for::<A>(store, stream, None)?;
    let mut occurred_until = None;
    match as_of.0 {
        Moment::Version(version) => request.up_to = Some(version),
        Moment::Recorded(time) => request.recorded_until = Some(within_years(time)),
        Moment::Occurred(time) => {
            occurred_until = Some(time);
            // A snapshot may hold events that occurred later.
            request.fingerprint = None;
        }
    }
    let has_occurred =
        occurred_until.map(|time| move |recorded: &Recorded| recorded.occurred_at() <= time);
    let is_wanted = has_occurred.as_ref().map(|wanted| wanted as &IsWanted<'_>);
    let (loaded, _): (Loaded<A>, _) = fold(store, None, request, is_wanted).await?;
    if request.recorded_until.is_some() {
        // What was recorded later must be there too: otherwise the end of what was asked for may be missing.
        let next = Version::new(loaded.version().get() + 1);
        store.stream(stream).from(next).limit(1).next().await?;
    }
    Ok(loaded.into_state())
}
