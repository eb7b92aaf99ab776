//! `event show`

use annals::{App, Append, Expected, NewEvent, StreamId};
use annals_tests::{Database, contract};

use crate::releases::{broken, first, second};
use crate::run::run;
use crate::stored::{app, id, look, stored, without_times};

contract![
    an_event_is_shown_by_its_position,
    an_event_is_found_by_its_stream_and_by_its_id,
    an_event_that_is_not_there_is_named,
    an_event_of_another_tenant_is_not_found,
    an_older_version_is_shown_as_it_is_read,
    what_this_program_cannot_read_is_shown_and_found,
    what_this_program_does_not_know_is_shown,
];

async fn an_event_is_shown_by_its_position(database: &Database) {
    stored(database).await;
    let ran = look(database, &["event", "show", "2"]).await;
    ran.is(
        0,
        &format!(
            "account-1@2\n  \
             aggregate: account\n  \
             position: 2\n  \
             id: {}\n  \
             type: money.deposited v1 (Deposited)\n  \
             recorded: TIME\n  \
             occurred: TIME\n  \
             actor: alice\n  \
             correlation: request-1\n  \
             causation: {}\n  \
             metadata:\n    {{\n      \"branch\": 7\n    }}\n  \
             payload:\n    {{\n      \"cents\": 500\n    }}\n  \
             read as: money.deposited v1 (Deposited)\n",
            id(2),
            id(1)
        ),
        "",
    );
}

async fn an_event_is_found_by_its_stream_and_by_its_id(database: &Database) {
    stored(database).await;
    let by_position = look(database, &["event", "show", "3"]).await;
    for name in ["account-2@1".to_owned(), id(3).to_string()] {
        let ran = look(database, &["event", "show", &name]).await;
        assert_eq!(ran, by_position);
    }
}

async fn an_event_that_is_not_there_is_named(database: &Database) {
    stored(database).await;
    let missing = id(9).to_string();
    for (name, said) in [
        ("4", "no event has position 4".to_owned()),
        (
            "account-1@3",
            "stream `account-1` has no event 3".to_owned(),
        ),
        ("account-3@1", "no stream is called `account-3`".to_owned()),
        (&missing, format!("no event has the id {missing}")),
    ] {
        let ran = look(database, &["event", "show", name]).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(
            ran.messages.starts_with(&format!("error: {said}\nhelp: ")),
            "{ran:?}"
        );
    }
    let ran = look(database, &["event", "show", "account-1"]).await;
    assert_eq!(ran.code, 2);
    assert!(
        ran.messages.contains("\"account-1\" names no event"),
        "{ran:?}"
    );
}

async fn an_event_of_another_tenant_is_not_found(database: &Database) {
    stored(database).await;
    for name in ["1", "account-1@1", &id(1).to_string()] {
        let ran = look(database, &["event", "show", name, "--tenant", "acme"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.messages.contains("in tenant `acme`"), "{ran:?}");
    }
}

/// An account that the first release has opened.
async fn opened(database: &Database) {
    let store = database.store().await;
    let opened = first::Opened {
        owner: "alice".to_owned(),
    };
    let opened = NewEvent::of(&opened).id(id(1));
    let stream = StreamId::new("account", "1");
    let append = Append::to(&stream, Expected::NoStream, [opened]);
    store.append(append).await.expect("stored");
}

async fn an_older_version_is_shown_as_it_is_read(database: &Database) {
    opened(database).await;
    for app in [
        App::new(database.url()).aggregate::<second::Account>(),
        App::new(database.url()).event::<second::Opened>(),
    ] {
        let ran = run(&app, &["event", "show", "1"]).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        let shown = without_times(&ran.out);
        assert!(
            shown.contains("  type: account.opened v1 (OpenedV1)\n"),
            "{shown}"
        );
        assert!(
            shown.ends_with(
                "  payload:\n    {\n      \"owner\": \"alice\"\n    }\n  \
                 read as: account.opened v2 (Opened)\n    \
                 {\n      \"owners\": [\n        \"alice\"\n      ]\n    }\n"
            ),
            "{shown}"
        );
        let ran = run(&app, &["event", "show", "1", "--format", "json"]).await;
        let shown = ran.json();
        assert_eq!(shown["command"], "event show");
        assert_eq!(shown["stored_type"], "OpenedV1");
        assert_eq!(
            shown["event"]["payload"],
            serde_json::json!({"owner": "alice"})
        );
        assert_eq!(
            shown["read_as"],
            serde_json::json!([{
                "type": "Opened",
                "event_type": "account.opened",
                "schema_version": 2,
                "payload": {"owners": ["alice"]},
            }])
        );
        assert_eq!(shown["error"], serde_json::Value::Null);
    }
}

async fn what_this_program_cannot_read_is_shown_and_found(database: &Database) {
    opened(database).await;
    database
        .edit("UPDATE {events} SET payload = '{\"owner\":7}'")
        .await;
    let ran = run(&app(database), &["event", "show", "1"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    let cannot = "  cannot be read: event 1 of stream `account-1` (position 1) is `account.opened` in version 1, but its payload \
                  does not fit at `owner`";
    assert!(ran.out.contains(cannot), "{}", ran.out);
    let ran = run(&app(database), &["event", "show", "1", "--format", "json"]).await;
    let shown = ran.json();
    assert_eq!((ran.code, &shown["read_as"]), (1, &serde_json::Value::Null));
    assert!(shown["error"].is_string());
}

async fn what_this_program_does_not_know_is_shown(database: &Database) {
    opened(database).await;
    let app = App::new(database.url()).aggregate::<broken::Account>();
    let ran = run(&app, &["event", "show", "1"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("  type: account.opened v1\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .ends_with("  read as: no event of this program has this name\n"),
        "{}",
        ran.out
    );
}
