//! What is kept of a message that is no command.

use annals_macros::Schema;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Incoming;
use crate::append::{Append, Expected, NewEvent};
use crate::error::Error;
use crate::event::Event;
use crate::metadata::Metadata;
use crate::projection::kept;
use crate::store::Store;
use crate::stream::StreamId;

/// A message of which an inbox could make no command, in stream `inbox-<inbox>`.
#[derive(Debug, Clone, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[annals(crate = crate)]
#[non_exhaustive]
pub struct Unusable {
    /// Where the message was sent to.
    pub subject: String,
    /// What it is known by.
    pub message_id: String,
    /// Why there is no command in it.
    pub error: String,
    /// What was sent, where that is text.
    pub text: Option<String>,
    /// What was sent, in base64 where it is not.
    pub base64: Option<String>,
    /// How many bytes were sent: more than are kept here, where the store takes no more in an event.
    pub bytes: u64,
}

#[diagnostic::do_not_recommend]
impl Event for Unusable {
    const NAME: &'static str = "annals.unusable";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "Unusable";
}

impl Unusable {
    fn of(message: &Incoming, error: String, at_most: usize) -> Self {
        let payload = message.payload();
        let (mut text, mut base64) = (None, None);
        match std::str::from_utf8(payload) {
            Ok(whole) if whole.len() <= at_most && !whole.contains('\0') => {
                text = Some(whole.to_owned());
            }
            _ => base64 = Some(STANDARD.encode(&payload[..payload.len().min(at_most)])),
        }
        Unusable {
            subject: kept(message.subject().to_owned()),
            message_id: kept(message.id().to_owned()),
            error: kept(error),
            text,
            base64,
            bytes: payload.len() as u64,
        }
    }
}

/// Records a message, unless it is recorded already.
///
/// # Errors
/// Where the database fails.
pub(super) async fn record(
    store: &Store,
    inbox: &str,
    message: &Incoming,
    error: String,
) -> Result<(), Error> {
    // Escaped as JSON, a text takes up to six times its length; the rest of the event is short.
    let at_most = store.inner.limits.payload_bytes / 8;
    let unusable = Unusable::of(message, error, at_most);
    let metadata = Metadata::new().with_causation(unusable.message_id.clone());
    let event = NewEvent::of(&unusable).metadata(metadata);
    let stream = StreamId::new("inbox", inbox);
    let append = Append::to(&stream, Expected::Any, [event]);
    match store.append_keyed(append, key_of(message.id())).await {
        // Nothing else is expected of the stream: the key is there, and the event with it.
        Err(error) if error.is_conflict() && error.conflict().is_none() => Ok(()),
        done => done.map(drop),
    }
}

/// A key for a message of whatever id.
fn key_of(id: &str) -> String {
    let digest = Sha256::digest(id);
    format!("unusable/{}", STANDARD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::{Incoming, Unusable};

    #[test]
    fn what_was_sent_is_kept_as_far_as_there_is_room() {
        let of = |payload: &[u8]| {
            let unusable = Unusable::of(&Incoming::new("1", "a", payload), String::new(), 4);
            (unusable.text, unusable.base64, unusable.bytes)
        };
        assert_eq!(of(b"text"), (Some("text".into()), None, 4));
        assert_eq!(of(b"\xff\x00"), (None, Some("/wA=".into()), 2));
        assert_eq!(of(b"a\0"), (None, Some("YQA=".into()), 2));
        assert_eq!(of(b"longer"), (None, Some("bG9uZw==".into()), 6));
    }
}
