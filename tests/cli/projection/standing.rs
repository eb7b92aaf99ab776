//! `projection list` and `projection status`

use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{app, command, deposits, first, follow, second};

contract![
    what_is_declared_and_what_is_stored_is_listed,
    how_far_they_have_come_is_shown,
    what_is_parked_is_found,
    what_stopped_is_found_and_goes_on,
    who_follows_is_shown,
    a_wrong_name_is_answered_with_the_known_ones,
];

async fn what_is_declared_and_what_is_stored_is_listed(database: &Database) {
    let ran = command::<first::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v1: missing, following\n", "");
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let ran = command::<first::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v1: following, current\n", "");
    let ran = command::<second::Balance>(database, &["projection", "list"]).await;
    ran.is(
        0,
        "balances v1: following, current, not declared\nbalances v2: missing, following\n",
        "",
    );
    let list = ["projection", "list", "--format", "json"];
    let ran = command::<second::Balance>(database, &list).await;
    assert_eq!(
        ran.json(),
        json!({"command": "list", "projections": [
            {
                "projection": "balances", "version": 1, "mode": "following", "status": "following", "current": true,
                "declared": false, "partitions": 1,
            },
            {
                "projection": "balances", "version": 2, "mode": "following", "status": "missing", "current": false,
                "declared": true, "partitions": 0,
            },
        ]})
    );
}

async fn how_far_they_have_come_is_shown(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    deposits(database, "2", &[5, 6]).await;
    let ran = command::<first::Balance>(database, &["projection", "status"]).await;
    ran.is(
        0,
        "balances v1: following, current\n  partition 0: at position 2, 3 behind, nobody follows\n",
        "",
    );
    let status = ["projection", "status", "balances", "--format", "json"];
    let ran = command::<first::Balance>(database, &status).await;
    let mut json = ran.json();
    let of = &mut json["projections"][0];
    let at = of["partitions"][0]["updated_at"].take();
    assert!(at.is_string(), "{at}");
    assert_eq!(of["parked"], 0);
    assert_eq!(
        of["partitions"],
        json!([{
            "partition": 0, "checkpoint": 2, "lag": 3, "worker": null, "leased_until": null, "stopped": null,
            "updated_at": null,
        }])
    );
}

async fn what_is_parked_is_found(database: &Database) {
    let receipt = deposits(database, "1", &[5, 13, 7]).await;
    follow::<first::Balance>(database, &receipt).await;
    let ran = command::<first::Balance>(database, &["projection", "status"]).await;
    ran.is(
        1,
        "balances v1: following, current\n  partition 0: at position 4, 0 behind, nobody follows\n  \
         parked: 2; see `parked list balances`\n",
        "",
    );
}

async fn what_stopped_is_found_and_goes_on(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let payload = match database.is_postgres() {
        true => "'{\"cents\": \"?\"}'::json",
        false => "'{\"cents\": \"?\"}'",
    };
    deposits(database, "2", &[6]).await;
    let edit = format!("update {{events}} set payload = {payload} where position = 4");
    assert_eq!(database.edit(&edit).await, 1);
    let running = app::<first::Balance>(database)
        .start()
        .await
        .expect("it starts");
    let status = ["projection", "status"];
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        while command::<first::Balance>(database, &status).await.code == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it stops");
    running.stop().await;
    let ran = command::<first::Balance>(database, &status).await;
    assert_eq!(ran.code, 1);
    let said = ran.out;
    assert!(
        said.contains("at position 3, 1 behind, nobody follows\n    stopped before position 4:\n"),
        "{said}"
    );
    assert!(
        said.contains("      event 2 of stream `account-2` (position 4)"),
        "{said}"
    );
    assert!(
        said.ends_with("  help: mend what it says, then run `projection resume balances`\n"),
        "{said}"
    );
    let json =
        command::<first::Balance>(database, &["projection", "status", "--format", "json"]).await;
    assert_eq!(
        json.json()["projections"][0]["partitions"][0]["stopped"]["position"],
        4
    );
    // Not forgotten by a pause.
    let ran = command::<first::Balance>(database, &["projection", "pause", "balances"]).await;
    ran.is(0, "balances v1 is paused\n", "");
    assert_eq!(command::<first::Balance>(database, &status).await.code, 1);
    let mend = edit.replace("\"?\"", "6");
    assert_eq!(database.edit(&mend).await, 1);
    let ran = command::<first::Balance>(database, &["projection", "resume", "balances"]).await;
    ran.is(0, "balances v1 goes on\n", "");
    let receipt = deposits(database, "3", &[7]).await;
    follow::<first::Balance>(database, &receipt).await;
    assert_eq!(command::<first::Balance>(database, &status).await.code, 0);
}

async fn who_follows_is_shown(database: &Database) {
    let running = app::<first::Balance>(database)
        .start()
        .await
        .expect("it starts");
    let receipt = deposits(database, "1", &[5]).await;
    let rows = running
        .store()
        .read_model::<first::Balance>()
        .after(&receipt);
    rows.wait().await.expect("it follows");
    let ran =
        command::<first::Balance>(database, &["projection", "status", "--format", "json"]).await;
    let json = ran.json();
    let of = &json["projections"][0]["partitions"][0];
    let process = format!("{}-", std::process::id());
    let worker = of["worker"].as_str().expect("a worker");
    assert!(worker.starts_with(&process), "{worker}");
    assert!(of["leased_until"].is_string(), "{of}");
    running.stop().await;
}

async fn a_wrong_name_is_answered_with_the_known_ones(database: &Database) {
    let ran = command::<first::Balance>(database, &["projection", "status", "balance"]).await;
    ran.is(
        2,
        "",
        "error: neither the program nor the database knows a projection `balance`\n\
         help: they know `balances`\n",
    );
    for command_of in [
        &["projection", "pause", "balance"][..],
        &["projection", "drop", "balance", "--version", "1", "--yes"],
    ] {
        let ran = command::<first::Balance>(database, command_of).await;
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.messages.contains("`balance`"), "{ran:?}");
    }
}
