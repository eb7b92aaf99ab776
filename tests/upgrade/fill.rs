//! What each release stored that its tables had room for.

use std::time::Duration;

use annals::prelude::*;
use annals::process::operate::{self, Instances};
use annals::{Append, Error, Expected, NewEvent};
use annals_tests::domain::{Deposit, Ledger, Opened, Withdraw, ledger};
use annals_tests::options;

use crate::domain::{Balance, NoteV1, Sent, app};

/// Fills a store at an address whose tables are there.
pub(crate) async fn fill(url: &str) -> Result<(), Error> {
    let app = app(url, options());
    let running = app.start().await?;
    let store = running.store().clone();
    let opened = || {
        NewEvent::of(&Opened {
            owner: "ada".to_owned(),
        })
    };
    for (store, id) in [(&store, "1"), (&store, "2"), (&store.tenant("acme"), "1")] {
        let append = Append::to(&ledger(id), Expected::NoStream, [opened()]);
        store.append(append).await?;
    }
    let root = store.aggregate::<Ledger>("1");
    for (n, cents) in [5, 6, 7, 8].into_iter().enumerate() {
        let command = root.execute(Deposit(cents)).key(format!("deposit-{n}"));
        command.actor("ada").await.expect("stored");
    }
    root.execute(Withdraw(99))
        .key("too-much")
        .await
        .expect_err("refused");
    let acme = store.tenant("acme");
    acme.aggregate::<Ledger>("1")
        .execute(Deposit(40))
        .await
        .expect("stored");
    // Which the projection cannot handle.
    let unlucky = store.aggregate::<Ledger>("2");
    let receipt = unlucky.execute(Deposit(13)).await.expect("stored");
    let notes = StreamId::new("notes", "1");
    let text = "as it was".to_owned();
    let note = NoteV1 { text };
    store
        .append(Append::to(&notes, Expected::Any, [NewEvent::of(&note)]))
        .await?;
    let parcel = StreamId::new("parcel", "7");
    for _ in 0..2 {
        store
            .append(Append::to(&parcel, Expected::Any, [NewEvent::of(&Sent {})]))
            .await?;
    }
    // A key of which an event is parked says so.
    let waited = store.read_model::<Balance>().after(&receipt).wait().await;
    assert!(waited.is_ok() || waited.is_err_and(|error| error.to_string().contains("bad luck")));
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let instances = operate::list(&app, &Instances::default(), 10).await?;
        // Two parcels and the refusal of the second stamp.
        if instances.iter().any(|instance| instance.steps == 3) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{instances:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    Ok(())
}
