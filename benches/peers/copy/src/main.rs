//! The fastest way out of a table: a binary `COPY`, decoded in the buffer in which it came. It reads the tables of the program
//! written by hand, and does nothing else that a program needs.

mod rows;

use futures_util::{StreamExt, pin_mut};
use peers_protocol::{Balances, Entry, Figure, Meter, Request, Verb};
use tokio_postgres::NoTls;

use crate::rows::Rows;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), tokio_postgres::Error> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("tokio-postgres 0.7"),
        Verb::Run => replay(&request).await?,
        verb => panic!("{verb:?}: the tables are those of the program written by hand"),
    }
    Ok(())
}

async fn replay(request: &Request) -> Result<(), tokio_postgres::Error> {
    let statement = match request.text("variant") {
        "ordered" => {
            "copy (select stream, payload from events order by position) to stdout (format binary)"
        }
        "unordered" => "copy events (stream, payload) to stdout (format binary)",
        other => panic!("variant={other} is not known"),
    };
    let (client, connection) = tokio_postgres::connect(request.database(), NoTls).await?;
    tokio::spawn(connection);
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut rows = Rows::default();
    let chunks = client.copy_out(statement).await?;
    pin_mut!(chunks);
    while let Some(chunk) = chunks.next().await {
        rows.take_in(&chunk?, |stream, payload| {
            // A `jsonb` begins with a byte for the version of its format.
            let entry: Entry = serde_json::from_slice(&payload[1..]).expect("an event");
            balances.add(stream, entry.change());
        });
    }
    let measured = meter.stop();
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}
