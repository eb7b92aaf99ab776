//! Holds a copy against what it was made of, each read anew.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest, Sha256};

use super::fit::{Place, fit, text};
use super::mapped::Mapped;
use super::tracks::Tracks;
use super::walk::Walk;
use crate::append::Limits;
use crate::error::{Error, ErrorKind};
use crate::event::{Encoded, RecordedEvent};
use crate::json::canonical;
use crate::store::copy::Copied;
use crate::stream::Position;

/// Limits within which everything lies that was stored once.
pub(super) const NONE: Limits = Limits {
    payload_bytes: usize::MAX,
    refuse_nul: false,
    verify_events: false,
    drafts: true,
};

/// What one side holds.
#[derive(Default)]
pub(super) struct Sum {
    hash: Sha256,
    pub(super) events: u64,
    pub(super) streams: u64,
    pub(super) by_type: BTreeMap<String, u64>,
}

impl Sum {
    /// Goes on with another tenant.
    pub(super) fn tenant(&mut self, name: &str) {
        self.hash.update(Sha256::digest(name));
    }

    pub(super) fn add(&mut self, copied: &Copied, is_jsonb: bool) {
        self.add_digest(copied, &digest(copied, is_jsonb));
    }

    fn add_digest(&mut self, copied: &Copied, digest: &[u8; 32]) {
        self.hash.update(digest);
        self.events += 1;
        self.streams += u64::from(copied.version.get() == 1);
        match self.by_type.get_mut(&*copied.row.event_type) {
            Some(count) => *count += 1,
            None => drop(self.by_type.insert(copied.row.event_type.to_string(), 1)),
        }
    }

    /// The hash over all that was added, in its order.
    pub(super) fn checksum(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// All that is kept of an event, in a form that tells where each part ends.
fn digest(copied: &Copied, is_jsonb: bool) -> [u8; 32] {
    let row = &copied.row;
    let payload = match is_jsonb {
        true => canonical(row.payload.as_bytes()),
        false => None,
    };
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    };
    part(row.event_id.as_bytes());
    part(copied.stream.category().as_bytes());
    part(copied.stream.as_str().as_bytes());
    part(&copied.version.get().to_be_bytes());
    part(row.event_type.as_bytes());
    part(&row.schema_version.to_be_bytes());
    part(payload.as_ref().unwrap_or(&row.payload).as_bytes());
    part(row.metadata.as_deref().unwrap_or_default().as_bytes());
    part(&[u8::from(row.correlation.is_some())]);
    part(row.correlation.as_deref().unwrap_or_default().as_bytes());
    part(&copied.recorded_at.timestamp_micros().to_be_bytes());
    part(&copied.occurred_at().timestamp_micros().to_be_bytes());
    hash.finalize().into()
}

/// What the target holds of the streams that were copied.
pub(super) struct Present<'t> {
    walk: Walk,
    streams: &'t Tracks,
    ready: VecDeque<RecordedEvent>,
}

impl<'t> Present<'t> {
    pub(super) fn new(walk: Walk, streams: &'t Tracks) -> Self {
        Present {
            walk,
            streams,
            ready: VecDeque::new(),
        }
    }

    async fn next(&mut self) -> Result<Option<Copied>, Error> {
        loop {
            while let Some(event) = self.ready.pop_front() {
                if self.streams.holds(event.recorded().stream()) {
                    return stored(&event).map(Some);
                }
            }
            match self.walk.next().await? {
                Some(events) => self.ready = events.into(),
                None => return Ok(None),
            }
        }
    }
}

fn stored(event: &RecordedEvent) -> Result<Copied, Error> {
    let recorded = event.recorded();
    let place = Place {
        stream: recorded.stream.clone(),
        version: recorded.version,
        event_id: recorded.event_id,
        recorded_at: recorded.recorded_at,
    };
    let encoded = Encoded {
        event_type: recorded.event_type().to_owned().into(),
        schema_version: recorded.schema_version,
        is_draft: false,
        payload: text(recorded, event.payload())?,
    };
    fit(place, recorded, encoded, &NONE)
}

/// Reads both sides to their ends, and adds up what each holds. `each` hears how far the source was read.
///
/// # Errors
/// [`ErrorKind::Difference`], which names the first one.
pub(super) async fn verify(
    mut expected: Mapped<'_, '_>,
    mut present: Present<'_>,
    is_jsonb: bool,
    (source, target): (&mut Sum, &mut Sum),
    each: &(dyn Fn(Position, u64) + Send + Sync),
) -> Result<(), Error> {
    loop {
        let (one, other) = (expected.next().await?, present.next().await?);
        let sides = (one.as_ref(), other.as_ref());
        let (Some(one), Some(other)) = sides else {
            return match sides {
                (None, None) => agree(source, target),
                sides => Err(difference(sides)),
            };
        };
        let (digest_here, digest_there) = (digest(one, is_jsonb), digest(other, is_jsonb));
        if digest_here != digest_there {
            return Err(difference(sides));
        }
        source.add_digest(one, &digest_here);
        target.add_digest(other, &digest_there);
        if source.events.is_multiple_of(u64::from(super::BATCH)) {
            each(expected.at(), source.events);
        }
    }
}

fn agree(source: &Sum, target: &Sum) -> Result<(), Error> {
    let (one, other) = (source.checksum(), target.checksum());
    if one == other && source.by_type == target.by_type && source.streams == target.streams {
        return Ok(());
    }
    Err(differs(format!(
        "the checksum of the source is {one}, and that of the copy {other}"
    )))
}

fn difference(sides: (Option<&Copied>, Option<&Copied>)) -> Error {
    let name = |copied: &Copied| {
        let Copied {
            stream,
            version,
            row,
            ..
        } = copied;
        format!("event {version} of stream `{stream}` ({})", row.event_id)
    };
    differs(match sides {
        (Some(one), Some(other)) if name(one) == name(other) => {
            format!("the copy of {} does not say the same", name(one))
        }
        (Some(one), Some(other)) => {
            format!("where {} belongs, the copy has {}", name(one), name(other))
        }
        (Some(one), None) => format!("the copy lacks {}", name(one)),
        (None, Some(other)) => format!("the copy has {} beyond what was copied", name(other)),
        (None, None) => "nothing".to_owned(),
    })
}

fn differs(what: String) -> Error {
    Error::new(ErrorKind::Difference, what).with_hint(
        "let nobody else write to these streams of the target, keep what is asked for the same in all runs, or copy into an \
         empty store",
    )
}
