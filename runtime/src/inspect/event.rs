use std::fmt::{self, Display};
use std::str::FromStr;

use uuid::Uuid;

use super::{CurrentEvent, not_found, open, stream_id};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::Store;
use crate::store::looks::Sought;
use crate::stream::{Position, Version};

/// Names one event. As text: a position, like `42`; a stream and a version, like `account-123@7`; or the event's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventRef {
    /// By its place in the order of all events.
    Position(Position),
    /// By its place in a stream, which is named whole.
    Version(String, Version),
    /// By its id, to which no index leads: events are read until it is found.
    Id(Uuid),
}

impl FromStr for EventRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Ok(position) = text.parse() {
            return Ok(EventRef::Position(Position::new(position)));
        }
        // An id of a stream may hold the sign.
        if let Some((stream, version)) = text.rsplit_once('@')
            && let Ok(version) = version.parse()
        {
            return Ok(EventRef::Version(stream.to_owned(), Version::new(version)));
        }
        text.parse().map(EventRef::Id).map_err(|_| {
            Error::new(ErrorKind::Name, format!("{text:?} names no event"))
                .with_hint("write a position like `42`, a stream and a version like `account-123@7`, or the id of an event")
        })
    }
}

impl Display for EventRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventRef::Position(position) => position.fmt(f),
            EventRef::Version(stream, version) => write!(f, "{stream}@{version}"),
            EventRef::Id(id) => id.fmt(f),
        }
    }
}

/// All there is to know of a stored event.
#[derive(Debug)]
#[non_exhaustive]
pub struct EventStory {
    /// The tenant; empty for the one without a name.
    pub tenant: String,
    /// The event as it is stored.
    pub event: RecordedEvent,
    /// The type in Rust of the version in which it is stored; `None` where the app has none.
    pub stored_type: Option<&'static str>,
    /// What the app reads it as, by the aggregate of its stream where that is of the app; why the app cannot read it; `None`
    /// where no event of the app is stored under this name.
    pub current: Option<Result<Vec<CurrentEvent>, Error>>,
}

/// Finds an event of a tenant, and reads it as the app would.
///
/// # Errors
/// [`ErrorKind::NotFound`] where there is no such event; otherwise where the store cannot be opened or fails.
pub async fn event(app: &App, tenant: &str, sought: &EventRef) -> Result<EventStory, Error> {
    let store = open(app, tenant).await?;
    let found = find(&store, sought).await?;
    let Some(event) = found else {
        let what = match sought {
            EventRef::Position(position) => format!("no event has position {position}"),
            EventRef::Version(stream, version) => {
                format!("stream `{stream}` has no event {version}")
            }
            EventRef::Id(id) => format!("no event has the id {id}"),
        };
        return Err(not_found(tenant, &what).with_hint(
            "look for it in the tenant that it was stored with; what an append has not stored leaves a position unused",
        ));
    };
    let recorded = event.recorded();
    let declared = app.declared()?;
    let kinds = || {
        let kinds = declared.kinds.iter();
        kinds.filter(|kind| kind.lineage.is_named(recorded.event_type()))
    };
    let category = recorded.stream().category();
    let own = kinds().find(|kind| kind.aggregate == Some(category));
    let kind = own.or_else(|| kinds().next());
    let current = kind.map(|kind| {
        kind.current(recorded.schema_version(), event.payload())
            .map_err(|misfit| Error::undecodable(recorded, misfit))
    });
    let stored_type = kind.and_then(|kind| {
        let mut versions = kind.lineage.versions();
        let version = versions.find(|version| version.version == recorded.schema_version());
        version.map(|version| version.type_name)
    });
    Ok(EventStory {
        tenant: tenant.to_owned(),
        stored_type,
        current,
        event,
    })
}

async fn find(store: &Store, sought: &EventRef) -> Result<Option<RecordedEvent>, Error> {
    let (backend, tenant) = (&store.inner.backend, store.tenant_name());
    match sought {
        EventRef::Position(position) => {
            let sought = Sought::Position(position.to_i64());
            backend.find(tenant, sought).await
        }
        EventRef::Id(id) => backend.find(tenant, Sought::Id(*id)).await,
        EventRef::Version(name, version) => {
            let stream = stream_id(store, name).await?;
            let reader = store.stream(&stream).from(*version).to(*version);
            reader.limit(1).next().await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EventRef;
    use crate::stream::{Position, Version};

    #[test]
    fn each_form_is_told_apart() {
        let parsed = |text: &str| text.parse::<EventRef>();
        assert_eq!(
            parsed("42").ok(),
            Some(EventRef::Position(Position::new(42)))
        );
        let of = |stream: &str| EventRef::Version(stream.to_owned(), Version::new(7));
        assert_eq!(parsed("account-123@7").ok(), Some(of("account-123")));
        assert_eq!(
            parsed("user-a@b.example@7").ok(),
            Some(of("user-a@b.example"))
        );
        let id = "01a2080c-a024-75eb-948b-a09df7d064e1";
        assert!(matches!(parsed(id), Ok(EventRef::Id(_))));
        for text in ["42", "account-123@7", id] {
            assert_eq!(parsed(text).expect("an event").to_string(), text);
        }
        for text in ["", "account-123", "account-123@", "-1"] {
            let error = parsed(text).expect_err(text);
            assert!(error.hint().is_some(), "{text}");
        }
    }
}
