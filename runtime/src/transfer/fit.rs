//! Makes of a recorded event what goes into the tables of another store.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::append::{Limits, MetadataColumns, Row, check_name, to_micros, within_years};
use crate::error::{Error, ErrorKind};
use crate::event::{Encoded, Recorded};
use crate::json::is_too_deep;
use crate::store::copy::Copied;
use crate::stream::{StreamId, Version};

/// Where an event goes.
pub(super) struct Place {
    pub(super) stream: StreamId,
    pub(super) version: Version,
    pub(super) event_id: Uuid,
    pub(super) recorded_at: DateTime<Utc>,
}

/// # Errors
/// Where the store cannot keep it.
pub(super) fn fit(
    place: Place,
    recorded: &Recorded,
    encoded: Encoded,
    limits: &Limits,
) -> Result<Copied, Error> {
    let stream = place.stream;
    check_name(&stream)?;
    if encoded.event_type.is_empty() || encoded.event_type.contains('\0') {
        let what = format!("no event is named {:?}", encoded.event_type);
        return Err(
            Error::new(ErrorKind::Unstorable, what).with_hint("correct the type of the event")
        );
    }
    if encoded.schema_version == 0 || i32::try_from(encoded.schema_version).is_err() {
        let what = format!(
            "event `{}` for stream `{stream}` has schema version {}, which no event has",
            encoded.event_type, encoded.schema_version
        );
        return Err(Error::new(ErrorKind::Unstorable, what).with_hint("versions start at 1"));
    }
    if within_years(place.recorded_at) != place.recorded_at {
        let what = format!(
            "event `{}` for stream `{stream}` was recorded at {}, and years go from 1 to 9999",
            encoded.event_type, place.recorded_at
        );
        return Err(Error::new(ErrorKind::Unstorable, what).with_hint("correct `recorded_at`"));
    }
    if is_too_deep(&encoded.payload) {
        let what = format!(
            "event `{}` for stream `{stream}` is nested deeper than it could be read",
            encoded.event_type
        );
        return Err(Error::new(ErrorKind::Unstorable, what));
    }
    let metadata = MetadataColumns::of(&stream, recorded.metadata.clone(), limits)?;
    let row = Row::new(
        &stream,
        place.event_id,
        encoded,
        &metadata,
        Some(recorded.occurred_at),
        limits,
    )?;
    Ok(Copied {
        stream,
        version: place.version,
        recorded_at: to_micros(place.recorded_at),
        row,
    })
}

/// The text of a stored payload.
///
/// # Errors
/// Where it is no text.
pub(super) fn text(recorded: &Recorded, payload: &[u8]) -> Result<String, Error> {
    let text = std::str::from_utf8(payload).map_err(|error| {
        let what = format!("the payload of event {} is no text", recorded.version);
        Error::corrupt(&recorded.stream, what).with_source(error)
    })?;
    Ok(text.to_owned())
}
