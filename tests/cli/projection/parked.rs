//! `parked list`, `show`, `retry` and `discard`

use std::time::Duration;

use annals::App;
use annals_tests::domain::Account;
use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{Mails, command, deposits, first, follow, mended, number};
use crate::run::run;

contract![
    what_is_parked_is_listed,
    all_of_a_parked_event_is_shown,
    mended_handlers_handle_it,
    what_fails_again_stays_parked,
    what_is_given_up_is_left_out,
    what_fails_behind_a_mended_one_stays_parked,
];

/// Four events, of which the third cannot be handled, and the fourth waits.
async fn stumbled(database: &Database) {
    let receipt = deposits(database, "1", &[5, 13, 7]).await;
    follow::<first::Balance>(database, &receipt).await;
}

async fn what_is_parked_is_listed(database: &Database) {
    let ran = command::<first::Balance>(database, &["parked", "list"]).await;
    ran.is(0, "", "nothing is parked\n");
    stumbled(database).await;
    let ran = command::<first::Balance>(database, &["parked", "list"]).await;
    ran.is(
        0,
        "balances v1  position 3  key 1  money.deposited of account-1: 13 cents are bad luck\n\
         balances v1  position 4  key 1  money.deposited of account-1: waits behind another of its key\n",
        "",
    );
    let limited = ["parked", "list", "balances", "--limit", "1"];
    let ran = command::<first::Balance>(database, &limited).await;
    ran.is(
        0,
        "balances v1  position 3  key 1  money.deposited of account-1: 13 cents are bad luck\n",
        "there are more: raise `--limit`\n",
    );
    let ran = command::<first::Balance>(database, &["parked", "list", "others"]).await;
    ran.is(0, "", "nothing is parked\n");
    let list = ["parked", "list", "--limit", "1", "--format", "json"];
    let mut json = command::<first::Balance>(database, &list).await.json();
    assert!(json["parked"][0]["parked_at"].take().is_string());
    assert_eq!(
        json,
        json!({"command": "list", "complete": false, "parked": [{
            "projection": "balances", "version": 1, "tenant": "", "key": "1", "position": 3, "stream": "account-1",
            "event_type": "money.deposited", "error": "13 cents are bad luck", "attempts": 1, "parked_at": null,
        }]})
    );
}

async fn all_of_a_parked_event_is_shown(database: &Database) {
    stumbled(database).await;
    let show = ["parked", "show", "balances", "3"];
    let ran = command::<first::Balance>(database, &show).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    let told: Vec<_> = ran
        .out
        .lines()
        .filter(|line| !line.contains("T") || line.contains("why"))
        .collect();
    assert_eq!(
        told[..4],
        [
            "balances v1 at position 3",
            "  key: 1",
            "  why: 13 cents are bad luck",
            "  attempts: 1"
        ]
    );
    assert!(
        told[4].starts_with("  event: money.deposited v1, account-1@3, "),
        "{told:?}"
    );
    assert_eq!(
        told[5..],
        ["  payload:", "    {", "      \"cents\": 13", "    }"]
    );
    let show = ["parked", "show", "balances", "3", "--format", "json"];
    let json = command::<first::Balance>(database, &show).await.json();
    assert_eq!(json["command"], "show");
    assert_eq!(json["parked"][0]["error"], "13 cents are bad luck");
    assert_eq!(json["parked"][0]["event"]["payload"], json!({"cents": 13}));
    assert_eq!(json["parked"][0]["event"]["version"], 3);
    let ran = command::<first::Balance>(database, &["parked", "show", "balances", "2"]).await;
    ran.is(
        2,
        "",
        "error: projection `balances` has no event parked at position 2\nhelp: see `parked list`\n",
    );
}

async fn mended_handlers_handle_it(database: &Database) {
    stumbled(database).await;
    let receipt = deposits(database, "2", &[13]).await;
    follow::<first::Balance>(database, &receipt).await;
    let of_one = ["parked", "retry", "balances", "--key", "2"];
    let ran = command::<mended::Balance>(database, &of_one).await;
    ran.is(0, "balances: 1 handled, 0 parked still\n", "");
    let sum = "select cast(sum(cents) as bigint) from {balances}";
    assert_eq!(number(database, sum).await, 18);
    let retry = ["parked", "retry", "balances", "--format", "json"];
    let ran = command::<mended::Balance>(database, &retry).await;
    assert_eq!(
        (ran.code, ran.json()),
        (
            0,
            json!({"command": "retry", "projection": "balances", "handled": 2, "parked": 0})
        )
    );
    assert_eq!(number(database, sum).await, 38);
    let ran = command::<mended::Balance>(database, &["parked", "list"]).await;
    ran.is(0, "", "nothing is parked\n");
}

async fn what_fails_again_stays_parked(database: &Database) {
    stumbled(database).await;
    let ran = command::<first::Balance>(database, &["parked", "retry", "balances"]).await;
    ran.is(1, "balances: 0 handled, 2 parked still\n", "");
    let list = ["parked", "list", "--format", "json"];
    let json = command::<first::Balance>(database, &list).await.json();
    assert_eq!(json["parked"][0]["attempts"], 2);
    assert_eq!(json["parked"][0]["error"], "13 cents are bad luck");
    assert_eq!(json["parked"][1]["error"], json!(null));
    assert_eq!(number(database, "select cents from {balances}").await, 5);
}

async fn what_is_given_up_is_left_out(database: &Database) {
    stumbled(database).await;
    let discard = ["parked", "discard", "balances", "3", "--key", "2", "--yes"];
    let ran = command::<first::Balance>(database, &discard).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    let discard = ["parked", "discard", "balances", "3", "--yes"];
    let ran = command::<first::Balance>(database, &discard).await;
    ran.is(
        0,
        "balances: position 3 is given up, for 1 key\n",
        "what waited behind it goes on with `parked retry balances`\n",
    );
    let ran = command::<first::Balance>(database, &["parked", "retry", "balances"]).await;
    ran.is(0, "balances: 1 handled, 0 parked still\n", "");
    assert_eq!(number(database, "select cents from {balances}").await, 12);
}

async fn what_fails_behind_a_mended_one_stays_parked(database: &Database) {
    let app = |bad| {
        let app = App::new(database.url()).aggregate::<Account>();
        app.handler(Mails { bad })
    };
    deposits(database, "1", &[13, 14, 5]).await;
    let running = app(&[13, 14]).start().await.expect("it starts");
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        let list = ["parked", "list"];
        while run(&app(&[]), &list).await.out.lines().count() < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.expect("they are parked");
    running.stop().await;
    let retry = ["parked", "retry", "mails"];
    let ran = run(&app(&[14]), &retry).await;
    ran.is(1, "mails: 1 handled, 2 parked still\n", "");
    let list = run(&app(&[14]), &["parked", "list"]).await;
    list.is(
        0,
        "mails v1  position 3  key account-1  money.deposited of account-1: no mail is sent for 14 cents\n\
         mails v1  position 4  key account-1  money.deposited of account-1: waits behind another of its key\n",
        "",
    );
    let ran = run(&app(&[]), &retry).await;
    ran.is(0, "mails: 2 handled, 0 parked still\n", "");
}
