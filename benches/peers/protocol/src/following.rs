//! W8: how long it takes until what was committed is to be seen in a table that follows.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio_postgres::NoTls;

use crate::{Figure, Meter, Request, call};

/// How often the table is looked at: the figures are no finer than that.
const LOOK: Duration = Duration::from_millis(1);

/// How far behind the highest place a row is still looked for: those of several workers come in no order.
const BEHIND: i64 = 500;

/// After which time a row that has not come will not come.
const LONGEST: Duration = Duration::from_secs(60);

/// Has events appended at a steady rate, and watches a table.
///
/// `append` stores the event with a number. `rows` is a statement that answers, of each row with a place above `$1`, its place
/// as a `bigint` and the number of its event as text.
pub async fn follow<F, Answer>(
    request: &Request,
    rows: &str,
    append: F,
) -> Result<(), Box<dyn Error>>
where
    F: Fn(usize) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = ()> + Send + 'static,
{
    let (rate, seconds) = (request.count("rate"), request.count("seconds"));
    let events = rate * seconds;
    // What the first event waits for is not what is measured.
    append(events).await;
    look(request.database(), rows, 1).await?;

    let meter = Meter::start();
    let committed = Arc::new(Mutex::new(vec![None; events]));
    let looking = look(request.database(), rows, events + 1);
    let (append, commits, begun) = (Arc::new(append), Arc::clone(&committed), Instant::now());
    let writing = call(request.count("callers"), events, move |number| {
        let (append, commits) = (Arc::clone(&append), Arc::clone(&commits));
        async move {
            let due = begun + Duration::from_secs(1) * number as u32 / rate as u32;
            tokio::time::sleep_until(due.into()).await;
            append(number).await;
            let now = Instant::now();
            commits.lock().expect("no panic")[number] = Some(now);
            0
        }
    });
    let (_, seen) = tokio::join!(writing, looking);
    let measured = meter.stop();
    let (seen, committed) = (seen?, committed.lock().expect("no panic"));
    let mut lags: Vec<Duration> = Vec::with_capacity(events);
    for (number, committed) in committed.iter().enumerate() {
        let (Some(seen), Some(committed)) = (seen.get(&number), committed) else {
            return Err(format!("event {number} was not seen").into());
        };
        // It can be seen before its writer is told.
        lags.push(seen.saturating_duration_since(*committed));
    }
    lags.sort_unstable();
    let median = lags[lags.len() / 2].as_secs_f64() * 1000.0;
    Figure::new("W8", median, "ms", &measured)
        .latencies(lags)
        .print();
    Ok(())
}

/// Looks until there are so many rows; answers when each was seen first, by the number of its event.
async fn look(
    url: &str,
    rows: &str,
    count: usize,
) -> Result<HashMap<usize, Instant>, Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let statement = client.prepare(rows).await?;
    let (mut highest, mut seen, begun) = (0_i64, HashMap::new(), Instant::now());
    while seen.len() < count {
        let found = client.query(&statement, &[&(highest - BEHIND)]).await?;
        let now = Instant::now();
        for row in &found {
            highest = highest.max(row.get(0));
            seen.entry(row.get::<_, &str>(1).parse()?).or_insert(now);
        }
        if begun.elapsed() > LONGEST {
            return Err(format!("{} of {count} rows came", seen.len()).into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(seen)
}
