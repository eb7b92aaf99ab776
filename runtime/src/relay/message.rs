//! An event as a broker is given it.

use std::fmt;

use chrono::SecondsFormat;
use serde_json::Value;

use crate::event::{Recorded, RecordedEvent};
use crate::stream::{Position, StreamId, Version};

/// A stored event that is to be published.
#[derive(Clone, PartialEq)]
pub struct Message {
    event: RecordedEvent,
}

impl Message {
    pub(super) fn of(event: &RecordedEvent) -> Self {
        Message {
            event: event.clone(),
        }
    }

    /// What a duplicate is known by: the event's own id and its position, like `0198...-4711`. It is the same whenever this
    /// event of this store is published.
    ///
    /// An event's id alone would not do: a caller may give one id to events of several streams or tenants.
    #[must_use]
    pub fn id(&self) -> String {
        let recorded = self.recorded();
        format!("{}-{}", recorded.event_id(), recorded.position())
    }

    /// The tenant to which the stream belongs; the empty name where a store has no tenants.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.recorded().tenant()
    }

    /// The stream to which the event belongs.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        self.recorded().stream()
    }

    /// The event's place in its stream: who sees none twice and none missing has seen the whole stream.
    #[must_use]
    pub fn version(&self) -> Version {
        self.recorded().version()
    }

    /// The event's place in the order of all events.
    #[must_use]
    pub fn position(&self) -> Position {
        self.recorded().position()
    }

    /// The name under which the event is stored.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.recorded().event_type()
    }

    /// The version of the event's shape in which it is stored.
    #[must_use]
    pub fn schema_version(&self) -> u32 {
        self.recorded().schema_version()
    }

    /// Where, when and by whom the event was recorded.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        self.event.recorded()
    }

    /// The stored JSON.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.event.payload()
    }

    /// What a broker carries beside the payload, by name: `Annals-Event-Id`, `Annals-Type`, `Annals-Schema-Version`,
    /// `Annals-Stream`, `Annals-Version`, `Annals-Position`, `Annals-Recorded-At` and `Annals-Occurred-At`; `Annals-Tenant`,
    /// `Annals-Correlation`, `Annals-Causation` and `Annals-Actor` where there is one; and `traceparent` and `tracestate` where the
    /// event's metadata has text of that name.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let recorded = self.recorded();
        let metadata = recorded.metadata();
        let time =
            |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut headers = vec![
            (EVENT_ID, recorded.event_id().to_string()),
            ("Annals-Type", self.event_type().to_owned()),
            ("Annals-Schema-Version", self.schema_version().to_string()),
            ("Annals-Stream", self.stream().to_string()),
            ("Annals-Version", self.version().to_string()),
            ("Annals-Position", self.position().to_string()),
            ("Annals-Recorded-At", time(recorded.recorded_at())),
            ("Annals-Occurred-At", time(recorded.occurred_at())),
        ];
        let traced = |name| metadata.get(name).and_then(Value::as_str);
        let optional = [
            (
                "Annals-Tenant",
                Some(self.tenant()).filter(|name| !name.is_empty()),
            ),
            (CORRELATION, metadata.correlation()),
            ("Annals-Causation", metadata.causation()),
            (ACTOR, metadata.actor()),
            (TRACEPARENT, traced(TRACEPARENT)),
            (TRACESTATE, traced(TRACESTATE)),
        ];
        let known = optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.to_owned())));
        headers.extend(known);
        headers
    }
}

/// The headers of messages that become metadata of events, and the other way round.
pub(crate) const EVENT_ID: &str = "Annals-Event-Id";
pub(crate) const CORRELATION: &str = "Annals-Correlation";
pub(crate) const ACTOR: &str = "Annals-Actor";

/// Those of <https://www.w3.org/TR/trace-context/>.
pub(crate) const TRACEPARENT: &str = "traceparent";
pub(crate) const TRACESTATE: &str = "tracestate";

/// Without the payload: what is debugged ends in logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("recorded", self.recorded())
            .finish_non_exhaustive()
    }
}
