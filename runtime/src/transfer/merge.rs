//! Several streams in the order of their positions.

use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::row::{LoadRequest, Loaded};
use crate::store::{Store, StreamReader};
use crate::stream::{StreamId, Version};

/// The next event of each stream, with the reader of what follows it.
pub(super) struct Merge(Vec<(RecordedEvent, StreamReader)>);

impl Merge {
    /// # Errors
    /// Where one of the streams does not exist, or the database fails.
    pub(super) async fn of(store: &Store, names: &[String]) -> Result<Self, Error> {
        let mut names = names.to_vec();
        names.sort_unstable();
        names.dedup();
        let mut readers = Vec::with_capacity(names.len());
        for name in &names {
            let mut reader = store.stream(&find(store, name).await?);
            if let Some(event) = reader.next().await? {
                readers.push((event, reader));
            }
        }
        Ok(Merge(readers))
    }

    /// # Errors
    /// Where a stream has a hole, or the database fails.
    pub(super) async fn next(&mut self) -> Result<Option<RecordedEvent>, Error> {
        let position = |(event, _): &(RecordedEvent, StreamReader)| event.recorded().position();
        let lowest = (0..self.0.len()).min_by_key(|&at| position(&self.0[at]));
        let Some(at) = lowest else {
            return Ok(None);
        };
        let (event, mut reader) = self.0.swap_remove(at);
        if let Some(next) = reader.next().await? {
            self.0.push((next, reader));
        }
        Ok(Some(event))
    }
}

/// The stream of this name: where the name of its aggregate ends, its row alone knows.
async fn find(store: &Store, name: &str) -> Result<StreamId, Error> {
    let (category, id) = name.split_once('-').unwrap_or((name, ""));
    let asked = StreamId::new(category, id);
    let request = LoadRequest {
        tenant: store.checked(&asked)?,
        stream: &asked,
        fingerprint: None,
        key: None,
        up_to: Some(Version::new(0)),
        recorded_until: None,
        facts_alone: true,
    };
    let mut found = None;
    store
        .inner
        .backend
        .load(None, request, &mut |item| {
            if let Loaded::Head(head) = item
                && let Some(aggregate) = head.aggregate.filter(|_| head.version > 0)
            {
                let id = name
                    .strip_prefix(aggregate)
                    .and_then(|rest| rest.strip_prefix('-'));
                found = id.map(|id| StreamId::new(aggregate, id));
            }
            Ok(())
        })
        .await?;
    found.ok_or_else(|| {
        Error::new(ErrorKind::Name, format!("there is no stream `{name}`"))
            .with_hint("name a stream by its aggregate and its id, like `account-123`")
    })
}
