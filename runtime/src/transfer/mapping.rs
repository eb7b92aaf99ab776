//! What becomes of a recorded event on its way.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::check::Check;
use super::fit::{Place, fit, text};
use super::tracks::Tracks;
use super::transform::Transform;
use crate::append::Limits;
use crate::error::Error;
use crate::event::{Encoded, RecordedEvent};
use crate::store::copy::Copied;
use crate::stream::StreamId;

/// What the caller asked for.
#[derive(Default)]
pub(super) struct Wishes<'a> {
    pub(super) is_unchecked: bool,
    pub(super) upcasts: bool,
    pub(super) streams: Option<Box<KeepStream<'a>>>,
    pub(super) events: Option<Box<KeepEvent<'a>>>,
    pub(super) into: Option<Box<IntoStream<'a>>>,
    pub(super) transforms: Vec<Transform<'a>>,
}

type KeepStream<'a> = dyn Fn(&StreamId) -> bool + Send + Sync + 'a;
type KeepEvent<'a> = dyn Fn(&RecordedEvent) -> bool + Send + Sync + 'a;
type IntoStream<'a> = dyn Fn(&RecordedEvent) -> StreamId + Send + Sync + 'a;

/// Maps the events of one tenant, in their order.
pub(super) struct Mapping<'m, 'a> {
    wishes: &'m Wishes<'a>,
    check: &'m Check<'m>,
    limits: Limits,
    source: Tracks,
    pub(super) target: Tracks,
}

impl<'m, 'a> Mapping<'m, 'a> {
    pub(super) fn new(wishes: &'m Wishes<'a>, check: &'m Check<'m>, limits: Limits) -> Self {
        Mapping {
            wishes,
            check,
            limits,
            source: Tracks::default(),
            target: Tracks::default(),
        }
    }

    /// Hands on what the event becomes: nothing, one event or several.
    ///
    /// # Errors
    /// Where one before it is missing in its stream, the program cannot read it, or it cannot be stored.
    pub(super) fn run(
        &mut self,
        event: &RecordedEvent,
        each: &mut (dyn FnMut(Copied) + Send),
    ) -> Result<(), Error> {
        let (recorded, wishes) = (event.recorded(), self.wishes);
        if wishes
            .streams
            .as_ref()
            .is_some_and(|keep| !keep(&recorded.stream))
        {
            return Ok(());
        }
        self.source.follow(recorded)?;
        if wishes.events.as_ref().is_some_and(|keep| !keep(event)) {
            return Ok(());
        }
        let stream = match &wishes.into {
            Some(into) => into(event),
            None => recorded.stream.clone(),
        };
        for (encoded, nth) in self.encode(event)?.into_iter().zip(0_u64..) {
            let (version, recorded_at) = self.target.next(&stream, recorded.recorded_at);
            let place = Place {
                stream: stream.clone(),
                version,
                event_id: nth_id(recorded.event_id, nth),
                recorded_at,
            };
            each(fit(place, recorded, encoded, &self.limits)?);
        }
        Ok(())
    }

    fn encode(&self, event: &RecordedEvent) -> Result<Vec<Encoded>, Error> {
        let mut transforms = self.wishes.transforms.iter();
        if let Some(transform) = transforms.find(|transform| transform.is_for(event)) {
            return Ok(transform.run(event)?.into_iter().collect());
        }
        if self.wishes.upcasts {
            match self.upcast(event) {
                Ok(Some(encoded)) => return Ok(encoded),
                Err(error) if !self.wishes.is_unchecked => return Err(error),
                Ok(None) | Err(_) => {}
            }
        }
        let recorded = event.recorded();
        Ok(vec![Encoded {
            event_type: recorded.event_type().to_owned().into(),
            schema_version: recorded.schema_version,
            is_draft: self.check.run(recorded, event.payload())?,
            payload: text(recorded, event.payload())?,
        }])
    }

    /// What the program would store in its place; `None` where it is that already, byte by byte.
    fn upcast(&self, event: &RecordedEvent) -> Result<Option<Vec<Encoded>>, Error> {
        let recorded = event.recorded();
        let kind = self
            .check
            .kind(recorded)
            .ok_or_else(|| self.check.unknown(recorded))?;
        let lineage = kind.lineage;
        let is_current =
            (lineage.name, lineage.version) == (recorded.event_type(), recorded.schema_version);
        if kind.is_itself && is_current {
            return Ok(None);
        }
        let mut rewritten = Vec::new();
        kind.rewrite(recorded.schema_version, event.payload(), &mut |encoded| {
            rewritten.push(encoded);
        })
        .map_err(|misfit| Error::undecodable(recorded, misfit))?;
        let rewritten: Result<_, _> = rewritten.into_iter().collect();
        rewritten
            .map(Some)
            .map_err(|refusal| Error::unstorable(&recorded.stream, refusal))
    }
}

/// The first event keeps the id. Further ones get ids that are the same each time, and sort beside it: the time of the id is
/// kept.
fn nth_id(id: Uuid, nth: u64) -> Uuid {
    if nth == 0 {
        return id;
    }
    let digest = Sha256::new()
        .chain_update(id.as_bytes())
        .chain_update(nth.to_be_bytes())
        .finalize();
    let mut bytes = *id.as_bytes();
    for (byte, random) in bytes.iter_mut().skip(6).zip(digest) {
        *byte = random;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
