//! Cards, whose digits are nobody's business.

use annals::RawEvent;
use annals::prelude::*;

/// What must not be told. Nothing else has such letters.
pub(crate) const SECRET: &str = "4111qzx7";

/// The events of cards, of which two are read in other ways than they are written.
#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("card.issued")]
pub(crate) struct Issued {
    pub(crate) digits: String,
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event(name = "card.moved", version = 2, upcast_json = Moved::read)]
pub(crate) struct Moved {
    pub(crate) to: String,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only decoded")]
struct OldMoved {
    to: u32,
}

impl Moved {
    fn read(old: RawEvent<'_>) -> Result<Self, serde_json::Error> {
        let told = format!("{old:?}");
        assert!(!told.contains(SECRET), "{told}");
        old.json::<OldMoved>().map(|_| Moved { to: String::new() })
    }
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(name = "card", events(Issued, Moved), snapshot(every = 1))]
pub(crate) struct Card {
    pub(crate) digits: String,
}

#[derive(Clone)]
pub(crate) struct Issue(pub(crate) String);

#[aggregate]
impl Card {
    fn issued(&mut self, event: Issued) {
        self.digits = event.digits;
    }

    fn moved(&mut self, _: Moved) {}

    fn issue(&self, command: Issue) -> Result<Issued, String> {
        Ok(Issued { digits: command.0 })
    }
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Holder {
    #[key]
    card: String,
    pub(crate) digits: String,
}

#[projection("holders")]
impl Holder {
    fn issued(event: &Issued, cx: &Recorded) -> Self {
        let (card, digits) = (cx.stream().id().to_owned(), event.digits.clone());
        Holder { card, digits }
    }

    fn moved(&mut self, event: &Moved) {
        self.digits.clone_from(&event.to);
    }
}
