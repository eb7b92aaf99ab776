//! A table that follows in the background.

use annals::{App, Append, Expected, Store, StreamId};
use peers_protocol::{Account as Number, Entry, Request};

use crate::domain::{Account, Receipts, new_event};
use crate::open;

/// Events are appended by the store that is followed or by another, which stands for another process.
pub(crate) async fn follow(
    store: &Store,
    is_same: bool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let app = App::new(store.clone())
        .aggregate::<Account>()
        .projection::<Receipts>();
    let running = app.start().await?;
    let writer = match is_same {
        true => running.store().clone(),
        false => open(request).await?,
    };
    let table = running.store().read_model::<Receipts>().table();
    let rows = format!("select position, note from annals.{table} where position > $1");
    peers_protocol::follow(request, &rows, move |number| {
        let writer = writer.clone();
        async move { append(&writer, number).await }
    })
    .await?;
    running.stop().await;
    Ok(())
}

async fn append(store: &Store, number: usize) {
    let stream = StreamId::new("account", Number::short(number));
    let note = number.to_string();
    let event = new_event(Entry::Deposited { amount: 1, note });
    let append = Append::to(&stream, Expected::NoStream, [event]);
    store.append(append).await.expect("the stream is new");
}
