//! What becomes of the methods of a read model's block.

use annals::prelude::*;
use annals::projection::{Mode, Project};

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct Opened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.deposited")]
struct Deposited {
    cents: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.moved")]
struct Moved {
    from: String,
    to: String,
    cents: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.renamed")]
struct Renamed {
    account: String,
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
struct Closed;

#[derive(Event, Serialize, Deserialize)]
#[event("account.noted")]
struct Noted;

#[derive(Aggregate, Default)]
#[aggregate(events(Opened, Deposited, Closed, Noted))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: Opened) {
        self.owner = event.owner;
    }
    fn deposited(&mut self, _: Deposited) {}
    fn closed(&mut self, _: Closed) {}
    fn noted(&mut self, _: Noted) {}
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Balance {
    #[key]
    account: String,
    owner: String,
    cents: i64,
}

#[projection(
    name = "balances",
    version = 3,
    partitions = 4,
    ignore(Noted),
    exhaustive(Account)
)]
impl Balance {
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
            cents: 0,
        }
    }

    fn deposited(&mut self, event: &Deposited) -> Result<(), String> {
        if event.cents < 0 {
            return Err(format!("{} cents cannot be deposited", event.cents));
        }
        self.cents += event.cents;
        Ok(())
    }

    #[keys([&moved.from, &moved.to, &moved.from])]
    fn moved(row: Option<Self>, moved: &Moved, cx: &Recorded) -> Option<Self> {
        let mut row = row?;
        row.cents += moved.cents;
        row.owner = cx.stream().to_string();
        Some(row)
    }

    #[key(format!("{}/{}", account, cx.stream().category()))]
    fn renamed(self, Renamed { account, owner }: &Renamed) -> Self {
        Balance {
            account: account.clone(),
            owner: owner.clone(),
            ..self
        }
    }

    fn closed(self, _: &Closed) -> Option<Self> {
        None
    }
}

#[derive(ReadModel)]
struct Count {
    #[key]
    id: u64,
    #[key]
    kind: String,
}

#[projection("counts")]
impl Count {
    #[key((event.cents.unsigned_abs(), "deposit".to_owned()))]
    fn deposited(_: &Deposited) -> Option<Self> {
        None
    }
}

#[derive(ReadModel)]
struct Number {
    #[key]
    id: u64,
}

#[projection(name = "numbers", inline)]
impl Number {
    fn opened(_: &Opened) -> Result<Option<Self>, &'static str> {
        Err("no")
    }
}

#[derive(ReadModel)]
struct Lives {
    #[key]
    id: String,
}

#[projection(name = "lives", live)]
impl Lives {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        Lives {
            id: cx.stream().to_string(),
        }
    }
}

/// The circumstances of an event of this stream.
async fn recorded(category: &str, id: &str) -> Recorded {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    let stream = StreamId::new(category, id);
    store
        .append(Append::to(&stream, Expected::Any, [NewEvent::of(&Closed)]))
        .await
        .expect("an append");
    let page = store.feed().read().await.expect("a page");
    page.events()[0].recorded().clone()
}

fn balance(cents: i64) -> Balance {
    Balance {
        account: "7".to_owned(),
        owner: "ann".to_owned(),
        cents,
    }
}

fn keys<P: Project<E>, E: Event>(event: &E, cx: &Recorded) -> Result<Vec<P::Key>, String> {
    let mut rows = Vec::new();
    let named = P::keys(event, cx, &mut rows);
    named.map(|()| rows).map_err(|failure| failure.to_string())
}

#[test]
fn the_settings_are_constants() {
    assert_eq!(
        (Balance::NAME, Balance::VERSION, Balance::PARTITIONS),
        ("balances", 3, 4)
    );
    assert_eq!(Balance::MODE, Mode::Following);
    assert_eq!(Balance::HANDLERS.len(), 5);
    assert_eq!(
        (Count::NAME, Count::VERSION, Count::PARTITIONS),
        ("counts", 1, 1)
    );
    assert_eq!(Number::MODE, Mode::Inline);
    assert_eq!(Lives::MODE, Mode::Live);
}

#[test]
fn the_rules_are_kept_as_tokens() {
    let logic = <Balance as Project<Moved>>::LOGIC.expect("tokens");
    assert!(logic.starts_with("# [keys ([& moved . from"), "{logic}");
    assert!(logic.contains("row . cents += moved . cents"), "{logic}");
}

#[tokio::test]
async fn rows_are_those_of_the_stream_or_of_the_expression() {
    let cx = recorded("account", "7").await;
    let closed = keys::<Balance, _>(&Closed, &cx);
    assert_eq!(closed, Ok(vec!["7".to_owned()]));

    let moved = Moved {
        from: "1".to_owned(),
        to: "2".to_owned(),
        cents: 5,
    };
    let moved = keys::<Balance, _>(&moved, &cx);
    assert_eq!(moved, Ok(vec!["1".to_owned(), "2".to_owned()]));

    let renamed = Renamed {
        account: "9".to_owned(),
        owner: "bo".to_owned(),
    };
    let renamed = keys::<Balance, _>(&renamed, &cx);
    assert_eq!(renamed, Ok(vec!["9/account".to_owned()]));

    let counted = keys::<Count, _>(&Deposited { cents: -3 }, &cx);
    assert_eq!(counted, Ok(vec![(3, "deposit".to_owned())]));

    let opened = Opened {
        owner: String::new(),
    };
    assert_eq!(keys::<Number, _>(&opened, &cx), Ok(vec![7]));
    let cx = recorded("account", "seven").await;
    assert_eq!(
        keys::<Number, _>(&opened, &cx),
        Err("the id of stream `account-seven` is no key: invalid digit found in string".to_owned())
    );
}

#[tokio::test]
async fn a_signature_says_what_becomes_of_the_row() {
    let cx = recorded("account", "7").await;
    let opened = Opened {
        owner: "ann".to_owned(),
    };
    let row = Balance::project(None, &opened, &cx).expect("a row");
    assert_eq!(row, Some(balance(0)));
    let again = Balance::project(row, &opened, &cx).expect_err("a row is there");
    assert!(again.to_string().contains("makes a new row"), "{again}");

    let deposited = Deposited { cents: 5 };
    let row = Balance::project(Some(balance(1)), &deposited, &cx);
    assert_eq!(row, Ok(Some(balance(6))));
    let missing = Balance::project(None, &deposited, &cx).expect_err("no row");
    assert!(missing.to_string().contains("there is none"), "{missing}");
    let refused = Balance::project(Some(balance(1)), &Deposited { cents: -1 }, &cx);
    let refused = refused.expect_err("refused");
    assert_eq!(refused.to_string(), "-1 cents cannot be deposited");

    let moved = Moved {
        from: String::new(),
        to: String::new(),
        cents: 2,
    };
    assert_eq!(Balance::project(None, &moved, &cx), Ok(None));
    let row = Balance::project(Some(balance(1)), &moved, &cx);
    let row = row.expect("handled").expect("a row");
    assert_eq!((row.cents, &*row.owner), (3, "account-7"));

    let renamed = Renamed {
        account: "8".to_owned(),
        owner: "bo".to_owned(),
    };
    let row = Balance::project(Some(balance(1)), &renamed, &cx);
    let row = row.expect("handled").expect("a row");
    assert_eq!((&*row.account, &*row.owner, row.cents), ("8", "bo", 1));

    assert_eq!(Balance::project(Some(balance(1)), &Closed, &cx), Ok(None));
    let failed = Number::project(None, &opened, &cx);
    assert_eq!(
        failed.err().map(|failure| failure.to_string()),
        Some("no".to_owned())
    );
}
