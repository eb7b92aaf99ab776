//! States that a program keeps between commands: no other program's writes make them wrong.

use annals::{AsOf, CommandError, Root, Version};
use annals_tests::domain::{Account, Deposit, Look, Refusal, Withdraw, account, deposits};
use annals_tests::{Database, contract};
use tokio::task::JoinSet;

use crate::{WRITERS, all, two_stores, whole};

contract![
    a_refusal_is_never_given_on_a_state_of_before,
    an_acceptance_is_never_given_on_a_state_of_before,
    what_others_stored_is_in_the_next_state,
    an_answer_that_stores_nothing_tells_the_version_of_now,
    a_history_that_was_replaced_by_one_of_the_same_length_is_noticed,
    a_history_that_was_replaced_is_noticed_among_many,
    a_key_that_others_used_is_found,
    commands_of_two_programs_on_one_stream_all_take_effect,
    nothing_follows_from_what_was_not_stored,
    commands_of_one_program_never_conflict_where_no_state_is_kept,
];

/// The account of two programs.
async fn two_roots(database: &Database) -> [Root<Account>; 2] {
    two_stores(database).await.map(|store| store.aggregate("1"))
}

async fn balance(root: &Root<Account>) -> i64 {
    root.load().await.expect("loads").balance
}

async fn a_refusal_is_never_given_on_a_state_of_before(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    mine.execute(Deposit(5)).await.expect("stored");
    theirs.execute(Deposit(5)).await.expect("stored");
    // Of five only, this would be refused.
    mine.execute(Withdraw(10)).await.expect("ten are there");
    assert_eq!(balance(&mine).await, 0);
}

async fn an_acceptance_is_never_given_on_a_state_of_before(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    mine.execute(Deposit(5)).await.expect("stored");
    theirs.execute(Withdraw(5)).await.expect("stored");
    let refused = mine.execute(Withdraw(5)).await;
    assert!(
        matches!(
            refused,
            Err(CommandError::Rejected(Refusal::Insufficient { missing: 5 }))
        ),
        "{refused:?}"
    );
    assert_eq!(balance(&mine).await, 0);
}

async fn what_others_stored_is_in_the_next_state(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    for (round, cents) in (0..20).zip(1_i64..) {
        let root = if round % 3 == 0 { &theirs } else { &mine };
        let receipt = root.execute(Deposit(cents)).await;
        assert_eq!(receipt.expect("stored").version().get(), round + 1);
    }
    assert_eq!(balance(&mine).await, (1..=20).sum::<i64>());
    whole(database).await;
}

async fn an_answer_that_stores_nothing_tells_the_version_of_now(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    mine.execute(Deposit(5)).await.expect("stored");
    theirs.execute(Deposit(5)).await.expect("stored");
    let looked = mine.execute(Look).await.expect("accepted");
    assert_eq!(looked.version().get(), 2);
}

/// As after a restore from a backup, or a failover to a server that lacked the last commits.
async fn a_history_that_was_replaced_by_one_of_the_same_length_is_noticed(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    mine.execute(Deposit(5)).await.expect("stored");
    mine.execute(Deposit(50)).await.expect("stored");
    for table in ["{events}", "{streams}"] {
        database.edit(&format!("DELETE FROM {table}")).await;
    }
    theirs.execute(Deposit(5)).await.expect("stored");
    theirs.execute(Deposit(6)).await.expect("stored");
    let refused = mine.execute(Withdraw(50)).await;
    assert!(
        matches!(
            refused,
            Err(CommandError::Rejected(Refusal::Insufficient {
                missing: 39
            }))
        ),
        "{refused:?}"
    );
    let store = database.store().await;
    assert_eq!(deposits(&store, &account("1")).await, [5, 6]);
}

async fn a_history_that_was_replaced_is_noticed_among_many(database: &Database) {
    let [mine, theirs] = two_stores(database).await;
    let roots: Vec<Root<Account>> = (0..16).map(|id| mine.aggregate(id.to_string())).collect();
    for root in &roots {
        root.execute(Deposit(50)).await.expect("stored");
    }
    for table in ["{events}", "{streams}"] {
        let one = format!("DELETE FROM {table} WHERE stream = 'account-9'");
        database.edit(&one).await;
    }
    let replaced = theirs.aggregate::<Account>("9");
    replaced.execute(Deposit(5)).await.expect("stored");
    let commands = roots
        .iter()
        .map(|root| root.execute(Withdraw(50)).into_future());
    let results = futures_util::future::join_all(commands).await;
    for (id, result) in results.into_iter().enumerate() {
        match (id, result) {
            (9, Err(CommandError::Rejected(Refusal::Insufficient { missing: 45 }))) => {}
            (9, other) => panic!("{other:?}"),
            (_, result) => drop(result.expect("stored")),
        }
    }
    assert_eq!(balance(&replaced).await, 5);
}

async fn a_key_that_others_used_is_found(database: &Database) {
    let [mine, theirs] = two_roots(database).await;
    mine.execute(Deposit(1)).await.expect("stored");
    let first = mine.execute(Deposit(2)).key("a").await.expect("stored");
    mine.execute(Deposit(4)).await.expect("stored");
    let again = mine.execute(Deposit(2)).key("a").await.expect("repeated");
    assert!(again.is_repeated());
    assert_eq!(again.position(), first.position());
    let elsewhere = theirs.execute(Deposit(8)).key("b").await.expect("stored");
    let again = mine.execute(Deposit(8)).key("b").await.expect("repeated");
    assert!(again.is_repeated());
    assert_eq!(again.position(), elsewhere.position());
    assert_eq!(balance(&mine).await, 15);
}

async fn commands_of_two_programs_on_one_stream_all_take_effect(database: &Database) {
    let stores = two_stores(database).await;
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = stores[writer % 2].clone();
        tasks.spawn(async move {
            let root = store.aggregate::<Account>("1");
            for _ in 0..25 {
                root.execute(Deposit(2)).await.expect("stored");
                root.execute(Withdraw(1)).await.expect("stored");
            }
        });
    }
    all(tasks).await;
    let events = 2 * 25 * WRITERS as i64;
    assert_eq!(database.events().await, events);
    assert_eq!(balance(&stores[0].aggregate("1")).await, events / 2);
    whole(database).await;
}

/// Many commands are decided one on another before the first of them is stored. Another program that gets in between makes
/// all of them decide again: none is stored that was decided on a state which never was.
async fn nothing_follows_from_what_was_not_stored(database: &Database) {
    let stores = two_stores(database).await;
    for round in 0..20 {
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let store = stores[writer % 2].clone();
            let root = store.aggregate::<Account>(round.to_string());
            tasks.spawn(async move {
                root.execute(Deposit(1)).await.expect("stored");
                for _ in 0..2 {
                    let withdrawn = root.execute(Withdraw(1)).await;
                    assert!(
                        matches!(withdrawn, Ok(_) | Err(CommandError::Rejected(_))),
                        "{withdrawn:?}"
                    );
                }
            });
        }
        all(tasks).await;
        let root = stores[0].aggregate::<Account>(round.to_string());
        let last = root.load().await.expect("loads").version();
        for version in (1..=last.get()).map(Version::new) {
            let state = root.state_at(AsOf::version(version)).await;
            let balance = state.expect("readable").balance;
            assert!(balance >= 0, "at version {version} more is out than was in");
        }
    }
    whole(database).await;
}

async fn commands_of_one_program_never_conflict_where_no_state_is_kept(database: &Database) {
    let options = annals_tests::options().warm_bytes(0).command_attempts(1);
    let store = options.connect(database.url()).await.expect("opens");
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let root = store.aggregate::<Account>("1");
        tasks.spawn(async move {
            for _ in 0..10 {
                root.execute(Deposit(1)).await.expect("stored");
            }
        });
    }
    all(tasks).await;
    assert_eq!(database.events().await, 10 * WRITERS as i64);
}
