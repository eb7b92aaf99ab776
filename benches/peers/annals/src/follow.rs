//! How long it takes until what was committed is to be seen in a table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use annals::{App, Append, Expected, Store, StreamId};
use peers_protocol::{Account as Number, Entry, Figure, Meter, Request, call};
use tokio_postgres::NoTls;

use crate::domain::{Account, Receipts, new_event};
use crate::open;

/// How often the table is looked at: the figures are no finer than that.
const LOOK: Duration = Duration::from_millis(1);

/// How many positions behind the highest a row is still looked for.
const BEHIND: i64 = 500;

/// After which time a row that has not come will not come.
const LONGEST: Duration = Duration::from_secs(60);

/// Events are appended at a steady rate, by the store that is followed or by another, which stands for another process.
pub(crate) async fn follow(
    store: &Store,
    is_same: bool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let (rate, seconds) = (request.count("rate"), request.count("seconds"));
    let events = rate * seconds;
    let app = App::new(store.clone())
        .aggregate::<Account>()
        .projection::<Receipts>();
    let running = app.start().await?;
    let writer = match is_same {
        true => running.store().clone(),
        false => open(request).await?,
    };
    // What the first event waits for is not what is measured.
    append(&writer, events).await;
    let table = running.store().read_model::<Receipts>().table();
    let seen = look_for(request.database(), &table, 1).await?;
    assert_eq!(seen.len(), 1);

    let meter = Meter::start();
    let committed = Arc::new(Mutex::new(vec![None; events]));
    let looking = look_for(request.database(), &table, events + 1);
    let writing = {
        let (writer, committed, begun) = (writer.clone(), Arc::clone(&committed), Instant::now());
        call(request.count("callers"), events, move |number| {
            let (writer, committed) = (writer.clone(), Arc::clone(&committed));
            async move {
                let due = begun + Duration::from_secs(1) * number as u32 / rate as u32;
                tokio::time::sleep_until(due.into()).await;
                append(&writer, number).await;
                committed.lock().expect("no panic")[number] = Some(Instant::now());
                0
            }
        })
    };
    let (_, seen) = tokio::join!(writing, looking);
    let measured = meter.stop();
    let committed = committed.lock().expect("no panic");
    let mut lags = Vec::with_capacity(events);
    for (number, at) in seen? {
        if let Some(Some(committed)) = committed.get(number) {
            lags.push(at.saturating_duration_since(*committed));
        }
    }
    assert_eq!(lags.len(), events, "every event is in the table once");
    lags.sort_unstable();
    let median = lags[lags.len() / 2].as_secs_f64() * 1000.0;
    Figure::new("W8", median, "ms", &measured)
        .latencies(lags)
        .print();
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

/// Looks until there are so many rows; answers the number in each, and when it was seen.
async fn look_for(
    url: &str,
    table: &str,
    rows: usize,
) -> Result<HashMap<usize, Instant>, Box<dyn std::error::Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let statement = client
        .prepare(&format!(
            "select position, note from {table} where position > $1"
        ))
        .await?;
    let (mut highest, mut seen, begun) = (0_i64, HashMap::new(), Instant::now());
    while seen.len() < rows {
        // Rows of several workers come in no order, but not far apart.
        let found = client.query(&statement, &[&(highest - BEHIND)]).await?;
        let now = Instant::now();
        for row in &found {
            highest = highest.max(row.get(0));
            seen.entry(row.get::<_, &str>(1).parse()?).or_insert(now);
        }
        if begun.elapsed() > LONGEST {
            return Err(format!("{} of {rows} rows came", seen.len()).into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(seen)
}
