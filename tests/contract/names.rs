//! Streams by name: two aggregates cannot share one, and those of an aggregate can be listed.

use annals::{Append, Error, ErrorKind, Expected, Store, StreamId};
use annals_tests::domain::{account, deposited, deposits, ledger};
use annals_tests::{Database, contract};

contract![
    two_aggregates_cannot_share_a_stream,
    one_group_cannot_name_a_stream_by_two_aggregates,
    an_aggregate_does_not_read_the_stream_of_another,
    an_archived_stream_takes_no_events,
    the_streams_of_an_aggregate_are_listed_by_name,
    a_list_of_many_streams_is_whole,
    streams_that_appear_while_listing_do_no_harm,
    a_list_is_of_one_tenant,
];

async fn new(store: &Store, stream: &StreamId) {
    let append = Append::to(stream, Expected::NoStream, [deposited(1)]);
    store.append(append).await.expect("stored");
}

/// `account-a-1` is what account `a-1` is called, and what the `account-a` with the id `1` would be.
fn twins() -> [StreamId; 2] {
    [
        StreamId::new("account", "a-1"),
        StreamId::new("account-a", "1"),
    ]
}

async fn two_aggregates_cannot_share_a_stream(database: &Database) {
    let store = database.store().await;
    let [one, other] = twins();
    assert_eq!(one.as_str(), other.as_str());
    new(&store, &one).await;
    let guard =
        Append::to(&account("2"), Expected::Any, [deposited(2)]).guard(&other, Expected::Exists);
    for append in [Append::to(&other, Expected::Any, [deposited(2)]), guard] {
        let error: Error = store.append(append).await.expect_err("it is another's");
        assert!(!error.is_conflict() && !error.is_retryable(), "{error:?}");
        let message = error.to_string();
        for part in ["account-a-1", "`account`", "`account-a`"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert!(error.hint().is_some());
    }
    assert_eq!(database.events().await, 1);
}

async fn one_group_cannot_name_a_stream_by_two_aggregates(database: &Database) {
    let store = database.store().await;
    let [one, other] = twins();
    let group = Append::to(&one, Expected::NoStream, [deposited(1)]).and(
        &other,
        Expected::NoStream,
        [deposited(2)],
    );
    let error = store
        .append(group)
        .await
        .expect_err("the same stream twice");
    assert_eq!(error.kind(), ErrorKind::Unstorable, "{error:?}");
    assert_eq!(database.events().await, 0);
    // In two groups, the first of them has it.
    let appends = twins().map(|stream| Append::to(&stream, Expected::Any, [deposited(1)]));
    let results = store.append_many(appends.into()).await;
    let won: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(won, [true, false]);
    assert_eq!(database.events().await, 1);
}

mod twin {
    use annals::prelude::*;
    use annals_tests::domain::{Deposit, Deposited};

    /// Its streams are called like some of the accounts', and its events are some of theirs.
    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account-a", events(Deposited))]
    pub(super) struct Account {
        pub(super) deposits: u64,
    }

    #[aggregate]
    impl Account {
        fn deposited(&mut self, _: Deposited) {
            self.deposits += 1;
        }

        fn deposit(&self, command: Deposit) -> Result<Deposited, std::convert::Infallible> {
            Ok(Deposited { cents: command.0 })
        }
    }
}

async fn an_aggregate_does_not_read_the_stream_of_another(database: &Database) {
    let store = database.store().await;
    let [one, _] = twins();
    new(&store, &one).await;
    let root = store.aggregate::<twin::Account>("1");
    assert_eq!(root.stream().as_str(), one.as_str());
    let first = annals::Version::new(1);
    let errors = [
        root.load()
            .await
            .map(|it| it.deposits)
            .expect_err("another's"),
        root.state_at(annals::AsOf::version(first))
            .await
            .map(|it| it.deposits)
            .expect_err("another's"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
        assert!(error.to_string().contains("`account-a`"), "{error}");
    }
    let result = root.execute(annals_tests::domain::Deposit(1)).await;
    assert!(
        matches!(&result, Err(annals::CommandError::Store(error)) if error.kind() == ErrorKind::Name),
        "{result:?}"
    );
    assert_eq!(database.events().await, 1);
}

async fn an_archived_stream_takes_no_events(database: &Database) {
    let store = database.store().await;
    new(&store, &account("1")).await;
    let archived = if database.is_postgres() { "true" } else { "1" };
    let by_hand = format!("UPDATE {{streams}} SET archived = {archived}");
    assert_eq!(database.sql(&by_hand).await, 1);
    let append = Append::to(&account("1"), Expected::Any, [deposited(2)]);
    let error = store.append(append).await.expect_err("archived");
    assert_eq!(error.kind(), ErrorKind::Archived, "{error:?}");
    assert!(!error.is_retryable() && !error.is_conflict());
    let message = error.to_string();
    assert!(
        message.contains("account-1") && message.contains("archived"),
        "{message}"
    );
    assert!(error.hint().is_some(), "{error:?}");
    assert_eq!(deposits(&store, &account("1")).await, [1]);
}

async fn listed(store: &Store, aggregate: &str) -> Vec<String> {
    let mut list = store.streams(aggregate);
    let mut ids = Vec::new();
    while let Some(stream) = list.next().await.expect("readable") {
        assert_eq!(stream.category(), aggregate);
        ids.push(stream.id().to_owned());
    }
    assert!(list.next().await.expect("readable").is_none());
    ids
}

async fn the_streams_of_an_aggregate_are_listed_by_name(database: &Database) {
    let store = database.store().await;
    assert!(listed(&store, "account").await.is_empty());
    for id in ["b", "a", "c", "a-1"] {
        new(&store, &account(id)).await;
    }
    new(&store, &ledger("x")).await;
    new(&store, &StreamId::new("account-b", "y")).await;
    assert_eq!(listed(&store, "account").await, ["a", "a-1", "b", "c"]);
    assert_eq!(listed(&store, "ledger").await, ["x"]);
    assert_eq!(listed(&store, "account-b").await, ["y"]);
    assert!(listed(&store, "acc").await.is_empty());
    assert!(listed(&store, "").await.is_empty());
}

async fn a_list_of_many_streams_is_whole(database: &Database) {
    let store = database.store().await;
    let ids: Vec<String> = (0..2_100).map(|n| format!("{n:05}")).collect();
    for some in ids.chunks(300) {
        let appends = some
            .iter()
            .map(|id| Append::to(&account(id), Expected::NoStream, [deposited(1)]))
            .collect();
        for result in store.append_many(appends).await {
            result.expect("stored");
        }
    }
    assert_eq!(listed(&store, "account").await, ids);
}

async fn streams_that_appear_while_listing_do_no_harm(database: &Database) {
    let store = database.store().await;
    let appends = (0..1_500)
        .map(|n| {
            let stream = account(&format!("{n:05}"));
            Append::to(&stream, Expected::NoStream, [deposited(1)])
        })
        .collect();
    for result in store.append_many(appends).await {
        result.expect("stored");
    }
    let mut list = store.streams("account");
    let mut seen = Vec::new();
    while let Some(stream) = list.next().await.expect("readable") {
        if seen.len() == 700 {
            new(&store, &account("00000-new")).await;
            new(&store, &account("99999-new")).await;
        }
        seen.push(stream.id().to_owned());
    }
    let old: Vec<_> = seen.iter().filter(|id| !id.ends_with("new")).collect();
    assert_eq!(old.len(), 1_500);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(seen.last().map(String::as_str), Some("99999-new"));
}

async fn a_list_is_of_one_tenant(database: &Database) {
    let store = database.store().await;
    let (acme, globex) = (store.tenant("acme"), store.tenant("globex"));
    new(&acme, &account("1")).await;
    new(&globex, &account("2")).await;
    assert_eq!(listed(&acme, "account").await, ["1"]);
    assert_eq!(listed(&globex, "account").await, ["2"]);
    assert!(listed(&store, "account").await.is_empty());
}

/// The order of a language changes with the libraries of the system, and with it what an index finds.
#[tokio::test]
async fn no_index_holds_names_in_the_order_of_a_language() {
    let database = annals_tests::postgres().await;
    database.store().await.close().await;
    let of_languages = "
        select count(*) from pg_index i
        join pg_class c on c.oid = i.indexrelid
        cross join unnest(i.indcollation) as collated
        where c.relnamespace = 'annals'::regnamespace and collated not in (0, 'pg_catalog.\"C\"'::regcollation)";
    assert_eq!(database.number(of_languages).await, 0);
}
