//! What is published, and how it is told.

use annals::relay::Relay;
use annals::{App, Append, Expected, Metadata, NewEvent};
use annals_tests::domain::{Account, Deposit, Deposited, Ledger, Open, account, deposited};
use annals_tests::nats::NatsServer;
use annals_tests::{Database, contract, relays};
use uuid::Uuid;

use crate::broker::{stored, until};

contract![
    a_message_tells_all_about_the_event,
    a_relay_publishes_what_it_chooses_from_where_it_begins,
    one_id_of_two_events_is_no_duplicate,
    a_relay_has_a_name_of_its_own,
];

async fn a_message_tells_all_about_the_event(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let metadata = Metadata::new()
        .with_correlation("talk\r\nNats-Msg-Id: 1")
        .with_causation("cause")
        .with_actor("jörg")
        .with("traceparent", trace);
    let event = NewEvent::of(&Deposited { cents: 5 }).metadata(metadata);
    let of_tenant = store.tenant("acme");
    let append = Append::to(&account("1.2"), Expected::NoStream, [event]);
    of_tenant.append(append).await.expect("it is stored");
    let running = relays::app(store.clone(), &nats.url()).start().await;
    let running = running.expect("it starts");
    let url = nats.url();
    let messages = until(|| stored(&url), |messages| messages.len() == 1).await;
    running.stop().await;

    let event = &of_tenant
        .stream(&account("1.2"))
        .all()
        .await
        .expect("it is read")[0];
    let recorded = event.recorded();
    let message = &messages[0];
    assert_eq!(message.subject, "annals.account.money.deposited");
    assert_eq!(message.payload.as_bytes(), event.payload());
    let id = recorded.event_id();
    assert_eq!(
        message.header("Nats-Msg-Id"),
        format!("{id}-{}", recorded.position())
    );
    assert_eq!(message.header("Annals-Event-Id"), id.to_string());
    assert_eq!(message.header("Annals-Tenant"), "acme");
    assert_eq!(message.header("Annals-Stream"), "account-1.2");
    assert_eq!(message.header("Annals-Type"), "money.deposited");
    assert_eq!(message.header("Annals-Schema-Version"), "1");
    assert_eq!(message.header("Annals-Version"), "1");
    assert_eq!(
        message.header("Annals-Correlation"),
        "talk%0D%0ANats-Msg-Id: 1"
    );
    assert_eq!(message.header("Annals-Causation"), "cause");
    assert_eq!(message.header("Annals-Actor"), "jörg");
    assert_eq!(message.header("traceparent"), trace);
}

async fn a_relay_publishes_what_it_chooses_from_where_it_begins(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let root = store.aggregate::<Account>("1");
    root.execute(Open("before")).await.expect("it is stored");
    root.execute(Deposit(1)).await.expect("it is stored");
    let app = || {
        let relay = Relay::new("later", relays::nats(&nats.url()));
        let relay = relay
            .event::<Deposited>()
            .categories(["account"])
            .from_now();
        App::new(store.clone()).aggregate::<Account>().relay(relay)
    };
    app().start().await.expect("it starts").stop().await;
    root.execute(Deposit(2)).await.expect("it is stored");
    store
        .aggregate::<Account>("2")
        .execute(Open("after"))
        .await
        .expect("it is stored");
    let ledger = store.aggregate::<Ledger>("3");
    ledger.execute(Deposit(3)).await.expect("it is stored");
    root.execute(Deposit(4)).await.expect("it is stored");
    // It begins where it was first started, and not where it is started again.
    let running = app().start().await.expect("it starts");
    let url = nats.url();
    let messages = until(|| stored(&url), |messages| messages.len() >= 2).await;
    running.stop().await;
    let versions: Vec<_> = messages.iter().map(|message| message.place()).collect();
    assert_eq!(
        versions,
        [("account-1".to_owned(), 3), ("account-1".to_owned(), 4)]
    );
}

async fn one_id_of_two_events_is_no_duplicate(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let id = Uuid::now_v7();
    for stream in ["1", "2"] {
        let append = Append::to(&account(stream), Expected::NoStream, [deposited(1).id(id)]);
        store.append(append).await.expect("it is stored");
    }
    let running = relays::app(store, &nats.url())
        .start()
        .await
        .expect("it starts");
    let url = nats.url();
    until(|| stored(&url), |messages| messages.len() == 2).await;
    running.stop().await;
}

async fn a_relay_has_a_name_of_its_own(database: &Database) {
    let store = database.store().await;
    let relay = |name: &str| Relay::new(name, relays::nats("nats://127.0.0.1:1"));
    let twice = App::new(store.clone())
        .relay(relay("one"))
        .relay(relay("one"));
    let error = twice.start().await.expect_err("two have one name");
    assert!(
        error
            .to_string()
            .contains("relay `one` has the name of another"),
        "{error}"
    );
    let beside = annals_tests::tallies::app(store.clone()).relay(relay("walks"));
    let error = beside.start().await.expect_err("two have one name");
    assert!(
        error.to_string().contains("relay `walks` has the name of"),
        "{error}"
    );
    let first = annals_tests::tallies::app(store.clone()).start().await;
    first.expect("it starts").stop().await;
    let error = App::new(store).relay(relay("walks")).start().await;
    let error = error.expect_err("a projection has the name");
    assert!(error.to_string().contains("which is following"), "{error}");
}
