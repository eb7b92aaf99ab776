//! What steps do to instances, commands and events that come late.

use annals::StreamId;
use annals::process::operate::What;
use annals_tests::{Database, contract};

use crate::lamps::{Dimmed, Lit, all, append, inputs, lamps, smoke, state, story, told};

contract![
    a_command_takes_effect_once_and_a_refusal_comes_back,
    an_event_that_concerns_no_instance_is_passed_over,
    an_instance_is_not_started_twice,
    what_fails_is_parked_with_what_comes_after_it,
    tenants_have_instances_of_their_own,
];

/// Longer than a test.
const LONG: u64 = 3_600_000;

async fn a_command_takes_effect_once_and_a_refusal_comes_back(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    append(&store, "1", &Lit { for_ms: LONG })
        .await
        .expect("lit");
    for _ in 0..2 {
        smoke(&store, "1").await.expect("smoked");
    }
    let story = told(&app, "1", |story| state(story).refusals == 1).await;
    let expected = ["lamp.lit", "lamp.smoked", "lamp.smoked", "lamp.dim refused"];
    assert_eq!(inputs(&story), expected);
    let outcomes = story.entries.iter().filter_map(|entry| match &entry.what {
        What::Accepted { version, .. } => Some(format!("accepted at {version}")),
        What::Refused { by, refusal, .. } => Some(format!("refused by {by}: {refusal}")),
        _ => None,
    });
    let outcomes: Vec<_> = outcomes.collect();
    assert_eq!(
        outcomes,
        ["accepted at 2", "refused by lamp-1: \"it is dimmed\""]
    );
    // Two commands, as often as they may have been sent: what became of each is kept.
    let kept = database.number("select count(*) from {commands}").await;
    assert_eq!(kept, 2);
    let dimmed = store.stream(&StreamId::new("lamp", "1")).all().await;
    let mut dimmed = dimmed.expect("read");
    assert_eq!(dimmed.len(), 2);
    let dimmed = dimmed.pop().expect("an event");
    let by = dimmed
        .decode::<Dimmed>()
        .expect("it reads")
        .expect("dimmed")
        .by;
    assert_eq!(by, "1");
    // All of it is one conversation.
    let correlation = dimmed.recorded().metadata().correlation();
    assert_eq!(correlation, Some("lamp-keeper-1"));
    assert!(story.pending.is_empty() && story.parked.is_empty());
    running.stop().await;
}

async fn an_event_that_concerns_no_instance_is_passed_over(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    smoke(&store, "unlit").await.expect("smoked");
    append(&store, "1", &Lit { for_ms: LONG })
        .await
        .expect("lit");
    smoke(&store, "1").await.expect("smoked");
    told(&app, "1", |story| inputs(story).len() == 2).await;
    assert_eq!(all(&app).await.len(), 1);
    running.stop().await;
}

async fn an_instance_is_not_started_twice(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    for _ in 0..2 {
        append(&store, "1", &Lit { for_ms: LONG })
            .await
            .expect("lit");
    }
    let story = told(&app, "1", |story| !story.parked.is_empty()).await;
    assert_eq!(inputs(&story), ["lamp.lit"]);
    let why = story.parked[0].error.as_deref().expect("an error");
    assert!(why.contains("there is one already"), "{why}");
    running.stop().await;
}

async fn what_fails_is_parked_with_what_comes_after_it(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    for lamp in ["1", "2"] {
        append(&store, lamp, &Lit { for_ms: LONG })
            .await
            .expect("lit");
    }
    for _ in 0..4 {
        smoke(&store, "1").await.expect("smoked");
    }
    smoke(&store, "2").await.expect("smoked");
    let story = told(&app, "1", |story| story.parked.len() == 2).await;
    assert_eq!(state(&story).smokes, 2, "a step that fails leaves nothing");
    let errors: Vec<_> = story.parked.iter().map(|of| of.error.as_deref()).collect();
    assert_eq!(errors, [Some("three smokes are too many"), None]);
    // The other one goes on, with what came before and with what comes now.
    smoke(&store, "2").await.expect("smoked");
    told(&app, "2", |story| state(story).smokes == 2).await;
    // What failed sent nothing.
    let sent = |what: &What| matches!(what, What::Sent { .. });
    let sent = story.entries.iter().filter(|entry| sent(&entry.what));
    assert_eq!(sent.count(), 2);
    running.stop().await;
}

async fn tenants_have_instances_of_their_own(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    let acme = store.tenant("acme");
    append(&store, "1", &Lit { for_ms: LONG })
        .await
        .expect("lit");
    append(&acme, "1", &Lit { for_ms: LONG })
        .await
        .expect("lit");
    smoke(&acme, "1").await.expect("smoked");
    let deadline = tokio::time::Instant::now() + crate::lamps::DEADLINE;
    loop {
        if let Some(story) = story(&app, "acme", "1").await
            && story
                .entries
                .iter()
                .any(|entry| matches!(entry.what, What::Accepted { .. }))
        {
            assert_eq!(state(&story).smokes, 1);
            break;
        }
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let mine = told(&app, "1", |_| true).await;
    assert_eq!(inputs(&mine), ["lamp.lit"]);
    let events = store.stream(&StreamId::new("lamp", "1")).all().await;
    assert_eq!(events.expect("read").len(), 1);
    running.stop().await;
}
