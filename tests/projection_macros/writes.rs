//! What becomes of methods that write by themselves.

use std::sync::Mutex;

use annals::prelude::*;
use annals::projection::{EventHandler, HandleEvent};

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct Opened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.renamed")]
struct Renamed {
    id: u32,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
struct Closed;

#[derive(Event, Serialize, Deserialize)]
#[event("account.noted")]
struct Noted;

#[derive(Default)]
struct Mailer {
    sent: Mutex<Vec<String>>,
}

impl Mailer {
    fn send(&self, text: String) {
        self.sent.lock().expect("a list").push(text);
    }
}

#[projection(name = "welcome_mail", version = 2, partitions = 8)]
impl Mailer {
    #[effect]
    async fn opened(
        &self,
        event: &Opened,
        cx: &Recorded,
        tx: &mut Tx,
    ) -> Result<(), std::num::ParseIntError> {
        let _ = tx;
        self.send(format!("{} in {}", event.owner, cx.stream()));
        event.owner.parse::<u8>().map(drop)
    }

    #[key(*id + 1)]
    async fn renamed(&self, Renamed { id }: &Renamed, _: &mut Tx) -> Result<(), String> {
        self.send(id.to_string());
        Ok(())
    }

    #[key("all")]
    async fn closed(&self, _: &Closed, _: &Recorded) -> Result<(), String> {
        self.send("closed".to_owned());
        Ok(())
    }

    async fn noted(&self, _: &Noted) -> Result<(), String> {
        Err("no".to_owned())
    }
}

#[tokio::test]
async fn methods_handle_and_name_what_the_event_is_about() {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    let stream = StreamId::new("account", "7");
    store
        .append(Append::to(&stream, Expected::Any, [NewEvent::of(&Closed)]))
        .await
        .expect("an append");
    let page = store.feed().read().await.expect("a page");
    let cx = page.events()[0].recorded();
    let mut tx = store.begin().await.expect("a transaction");
    let mailer = Mailer::default();

    assert_eq!(
        (Mailer::NAME, Mailer::VERSION, Mailer::PARTITIONS),
        ("welcome_mail", 2, 8)
    );
    assert_eq!(Mailer::HANDLERS.len(), 4);
    let effects = [
        <Mailer as HandleEvent<Opened>>::EFFECT,
        <Mailer as HandleEvent<Renamed>>::EFFECT,
    ];
    assert_eq!(effects, [true, false]);
    let logic = <Mailer as HandleEvent<Renamed>>::LOGIC.expect("tokens");
    assert!(logic.contains("* id + 1"), "{logic}");

    let opened = Opened {
        owner: "ann".to_owned(),
    };
    let renamed = Renamed { id: 5 };
    let text = |key: Result<String, _>| {
        key.map_err(|failure: annals::projection::Failure| failure.to_string())
    };
    assert_eq!(text(Mailer::key(&opened, cx)), Ok("account-7".to_owned()));
    assert_eq!(text(Mailer::key(&renamed, cx)), Ok("6".to_owned()));
    assert_eq!(text(Mailer::key(&Closed, cx)), Ok("all".to_owned()));

    let failed = mailer.handle(&opened, cx, &mut tx).await;
    let failed = failed.expect_err("no number");
    assert_eq!(failed.to_string(), "invalid digit found in string");
    mailer.handle(&renamed, cx, &mut tx).await.expect("handled");
    mailer.handle(&Closed, cx, &mut tx).await.expect("handled");
    let failed = mailer.handle(&Noted, cx, &mut tx).await;
    assert_eq!(failed.expect_err("no").to_string(), "no");
    let sent = mailer.sent.lock().expect("a list");
    assert_eq!(*sent, ["ann in account-7", "5", "closed"]);
}
