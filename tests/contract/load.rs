//! Loading an aggregate, and its state as it was.

use annals::testing::ManualClock;
use annals::{Append, AsOf, Expected, Store, Version};
use annals_tests::domain::{Account, Deposit, Opened, account, deposited, exact};
use annals_tests::{Database, contract};
use chrono::{DateTime, TimeDelta, Utc};

contract![
    an_aggregate_that_does_not_exist_is_its_default,
    a_state_is_the_fold_of_its_events,
    a_loaded_aggregate_knows_its_version,
    a_load_sees_what_another_store_stored,
    typed_events_are_read_in_order,
    as_of_a_version,
    as_of_a_version_beyond_the_stream_is_the_last_state,
    as_of_a_time_of_recording,
    as_of_a_time_of_occurrence,
    as_of_a_time_before_the_first_event_is_the_default,
    an_event_that_says_no_time_occurred_when_it_was_recorded,
    times_are_kept_to_the_microsecond,
    a_long_stream_is_folded_whole,
];

fn noon() -> DateTime<Utc> {
    "2024-05-01T12:00:00Z".parse().expect("a time")
}

async fn with_three_deposits(database: &Database) -> Store {
    let store = database.store().await;
    for (version, cents) in [1, 10, 100].into_iter().enumerate() {
        store
            .append(Append::to(
                &account("1"),
                exact(version as u64),
                [deposited(cents)],
            ))
            .await
            .expect("stored");
    }
    store
}

async fn recorded_at(store: &Store) -> Vec<DateTime<Utc>> {
    let events = store.stream(&account("1")).all().await.expect("readable");
    events
        .iter()
        .map(|it| it.recorded().recorded_at())
        .collect()
}

async fn balance(store: &Store, as_of: AsOf) -> i64 {
    store
        .aggregate::<Account>("1")
        .state_at(as_of)
        .await
        .expect("a state")
        .balance
}

async fn an_aggregate_that_does_not_exist_is_its_default(database: &Database) {
    let store = database.store().await;
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!(loaded.version(), Version::new(0));
    assert_eq!(loaded.into_state(), Account::default());
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
}

async fn a_state_is_the_fold_of_its_events(database: &Database) {
    let store = database.store().await;
    let events = [
        annals::NewEvent::of(&Opened {
            owner: "Ann".into(),
        }),
        deposited(5),
        annals::NewEvent::of(&annals_tests::domain::Withdrawn { cents: 2 }),
    ];
    store
        .append(Append::to(&account("1"), Expected::NoStream, events))
        .await
        .expect("stored");
    let expected = Account {
        owner: "Ann".into(),
        balance: 3,
        events: 3,
    };
    let root = store.aggregate::<Account>("1");
    assert_eq!(root.load().await.expect("loads").into_state(), expected);
    assert_eq!(*root.load().await.expect("loads a second time"), expected);
}

async fn a_loaded_aggregate_knows_its_version(database: &Database) {
    let store = with_three_deposits(database).await;
    let root = store.aggregate::<Account>("1");
    assert_eq!(root.stream(), &account("1"));
    let loaded = root.load().await.expect("loads");
    assert_eq!(loaded.version(), Version::new(3));
    assert_eq!(loaded.balance, 111);
}

async fn a_load_sees_what_another_store_stored(database: &Database) {
    let store = with_three_deposits(database).await;
    let root = store.aggregate::<Account>("1");
    assert_eq!(root.load().await.expect("loads").balance, 111);
    database
        .store()
        .await
        .append(Append::to(&account("1"), exact(3), [deposited(1_000)]))
        .await
        .expect("stored");
    let loaded = root.load().await.expect("loads");
    assert_eq!((loaded.version(), loaded.balance), (Version::new(4), 1_111));
}

async fn typed_events_are_read_in_order(database: &Database) {
    let store = with_three_deposits(database).await;
    let root = store.aggregate::<Account>("1");
    let mut events = root.events();
    let mut state = Account::default();
    let mut versions = Vec::new();
    while let Some((event, recorded)) = events.next().await.expect("readable") {
        versions.push(recorded.version().get());
        annals::Aggregate::evolve(&mut state, event, &recorded);
    }
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(state.balance, 111);
}

async fn as_of_a_version(database: &Database) {
    let store = with_three_deposits(database).await;
    let mut balances = Vec::new();
    for version in 0..=3 {
        balances.push(balance(&store, AsOf::version(Version::new(version))).await);
    }
    assert_eq!(balances, [0, 1, 11, 111]);
}

async fn as_of_a_version_beyond_the_stream_is_the_last_state(database: &Database) {
    let store = with_three_deposits(database).await;
    for version in [4, 1 << 40, u64::MAX] {
        assert_eq!(
            balance(&store, AsOf::version(Version::new(version))).await,
            111
        );
    }
}

async fn as_of_a_time_of_recording(database: &Database) {
    let store = with_three_deposits(database).await;
    // Apart from each other, whatever the clock did.
    for (version, hour) in [(1, 10), (2, 11), (3, 12)] {
        let zone = if database.is_postgres() { "+00" } else { "Z" };
        let separator = if database.is_postgres() { ' ' } else { 'T' };
        database
            .edit(&format!(
                "UPDATE {{events}} SET recorded_at = '2024-05-01{separator}{hour}:00:00.000000{zone}' \
                 WHERE version = {version}"
            ))
            .await;
    }
    let times = recorded_at(&store).await;
    assert_eq!(times[2], noon());
    let micro = TimeDelta::microseconds(1);
    assert_eq!(balance(&store, AsOf::time(times[0] - micro)).await, 0);
    assert_eq!(balance(&store, AsOf::time(times[0])).await, 1);
    assert_eq!(balance(&store, AsOf::time(times[1] - micro)).await, 1);
    assert_eq!(balance(&store, AsOf::time(times[1])).await, 11);
    assert_eq!(balance(&store, AsOf::time(times[2])).await, 111);
    assert_eq!(
        balance(&store, AsOf::time(DateTime::<Utc>::MAX_UTC)).await,
        111
    );
    assert_eq!(
        balance(&store, AsOf::time(DateTime::<Utc>::MIN_UTC)).await,
        0
    );
}

/// What was heard of late belongs where it happened.
async fn as_of_a_time_of_occurrence(database: &Database) {
    let store = database.store().await;
    let hour = TimeDelta::hours(1);
    for (version, (cents, hours)) in [(1, 0), (10, 3), (100, 1)].into_iter().enumerate() {
        let event = deposited(cents).occurred_at(noon() + hour * hours);
        store
            .append(Append::to(&account("1"), exact(version as u64), [event]))
            .await
            .expect("stored");
    }
    let mut balances = Vec::new();
    for hours in -1..=3 {
        balances.push(balance(&store, AsOf::occurred(noon() + hour * hours)).await);
    }
    assert_eq!(balances, [0, 1, 101, 101, 111]);
}

async fn as_of_a_time_before_the_first_event_is_the_default(database: &Database) {
    let store = with_three_deposits(database).await;
    assert_eq!(balance(&store, AsOf::time(noon())).await, 0);
    assert_eq!(balance(&store, AsOf::occurred(noon())).await, 0);
}

async fn an_event_that_says_no_time_occurred_when_it_was_recorded(database: &Database) {
    let store = with_three_deposits(database).await;
    let events = store.stream(&account("1")).all().await.expect("readable");
    for event in events {
        let recorded = event.recorded();
        assert_eq!(recorded.occurred_at(), recorded.recorded_at());
    }
}

async fn times_are_kept_to_the_microsecond(database: &Database) {
    let store = database.store().await;
    let precise: DateTime<Utc> = "1969-07-20T20:17:40.123456Z".parse().expect("a time");
    for (version, nanos) in [0, 999].into_iter().enumerate() {
        let event = deposited(1).occurred_at(precise + TimeDelta::nanoseconds(nanos));
        store
            .append(Append::to(&account("1"), exact(version as u64), [event]))
            .await
            .expect("stored");
    }
    for event in store.stream(&account("1")).all().await.expect("readable") {
        assert_eq!(event.recorded().occurred_at(), precise);
    }
}

async fn a_long_stream_is_folded_whole(database: &Database) {
    let store = database.store().await;
    let events = (1..=2_345).map(deposited);
    store
        .append(Append::to(&account("1"), Expected::NoStream, events))
        .await
        .expect("stored");
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!(loaded.version(), Version::new(2_345));
    assert_eq!(loaded.balance, 2_345 * 2_346 / 2);
    assert_eq!(
        balance(&store, AsOf::version(Version::new(2_000))).await,
        2_001_000
    );
}

/// The clock of a machine steps back; the times of a stream do not.
mod clock {
    use super::*;

    #[tokio::test]
    async fn recorded_times_never_go_back_in_sqlite() {
        let database = annals_tests::sqlite().await;
        let clock = ManualClock::at(noon());
        let store = database
            .open(annals_tests::options().clock(clock.clone()))
            .await;
        let root = store.aggregate::<Account>("1");
        for step in [0, -60, 30, 31, -600, 40] {
            clock.set(noon() + TimeDelta::seconds(step));
            root.execute(Deposit(1)).await.expect("stored");
        }
        let seconds: Vec<i64> = recorded_at(&store)
            .await
            .iter()
            .map(|time| (*time - noon()).num_seconds())
            .collect();
        assert_eq!(seconds, [0, 0, 30, 31, 31, 40]);
    }

    #[tokio::test]
    async fn recorded_times_never_go_back_in_postgresql() {
        let database = annals_tests::postgres().await;
        let store = with_three_deposits(&database).await;
        let future = "2200-01-01T00:00:00.25Z";
        database
            .sql(&format!("UPDATE {{streams}} SET recorded_at = '{future}'"))
            .await;
        // By each of the statements that append.
        let one = Append::to(&account("1"), exact(3), [deposited(1)]);
        let receipt = store.append(one).await.expect("stored");
        let times = recorded_at(&store).await;
        assert_eq!(receipt.streams()[0].recorded_at(), times.last().copied());
        let group = Append::to(&account("1"), exact(4), [deposited(1)]);
        let group = group.and(&account("2"), Expected::NoStream, [deposited(1)]);
        store.append(group).await.expect("stored");
        let any = Append::to(&account("1"), Expected::Any, [deposited(1)]);
        store.append(any).await.expect("stored");
        let root = store.aggregate::<Account>("1");
        root.execute(Deposit(1)).key("a").await.expect("stored");
        root.execute(Deposit(1)).await.expect("stored");
        let mut tx = store.begin().await.expect("begun");
        let last = Append::to(&account("1"), exact(8), [deposited(1)]);
        store.append_in(&mut tx, last).await.expect("stored");
        tx.commit().await.expect("committed");
        // Together with others: first with one event in each stream, then with a new stream.
        let again = |id: &str, version| Append::to(&account(id), exact(version), [deposited(1)]);
        let new = Append::to(&account("3"), Expected::NoStream, [deposited(1)]);
        for together in [
            vec![again("1", 9), again("2", 1)],
            vec![again("1", 10), again("2", 2), new],
        ] {
            for stored in store.append_many(together).await {
                stored.expect("stored");
            }
        }

        let times = recorded_at(&store).await;
        assert_eq!(times.len(), 11);
        assert!(times[3] >= future.parse::<DateTime<Utc>>().expect("a time"));
        assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{times:?}");
    }

    #[tokio::test]
    async fn recorded_times_are_those_of_the_database() {
        let database = annals_tests::postgres().await;
        // A clock of the program that is wrong by years does not matter.
        let store = database
            .open(annals_tests::options().clock(ManualClock::at(noon())))
            .await;
        let one = Append::to(&account("1"), Expected::NoStream, [deposited(1)]);
        store.append(one).await.expect("stored");
        let group = Append::to(&account("1"), exact(1), [deposited(1)]);
        let group = group.and(&account("2"), Expected::NoStream, [deposited(1)]);
        store.append(group).await.expect("stored");
        let root = store.aggregate::<Account>("1");
        root.execute(Deposit(1)).key("a").await.expect("stored");
        let age = "SELECT CAST(max(abs(extract(epoch FROM clock_timestamp() - recorded_at))) AS bigint) FROM {events}";
        assert!(database.number(age).await < 600);
    }
}
