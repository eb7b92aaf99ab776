//! A run of many orders, and what it came to.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use annals::prelude::*;
use annals::process::operate::{self, Instances, Standing};
use orders::{Books, Failure, Load, OrderStatus, Provider};

/// How many of the slowest orders are shown, and how many faults.
const SHOWN: usize = 3;

/// How often it is looked whether all orders have ended, and for how long.
const PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(600);

/// Places the orders, waits for their ends, and says what they came to. Answers whether the books add up.
pub async fn run(url: &str, load: Load, out: &mut dyn Write) -> Result<bool, Failure> {
    // A SQLite file gets its tables when it is opened; a PostgreSQL database, when somebody says so.
    if url.starts_with("postgres") {
        Store::migrate(url).await?;
    }
    let began = Instant::now();
    let running = orders::app(url).start().await?;
    let store = running.store().clone();
    let provider = Provider::new(store.clone());
    let work = async {
        load.prepare(&store).await?;
        load.place(&store).await?;
        all_ended(&store).await
    };
    tokio::select! {
        done = work => done?,
        failed = provider.run() => failed?,
    }
    let took = began.elapsed();
    let end = store.frontier().await?;
    let rows = store.read_model::<OrderStatus>().after_position(end);
    let mut rows = rows.rows().await?.collect().await?;
    let books = Books::read(&store).await?;
    running.stop().await;
    store.close().await;

    writeln!(out, "{} orders in {:.1} s", rows.len(), took.as_secs_f64())?;
    let mut counts = BTreeMap::<_, usize>::new();
    for ending in books.endings.values() {
        *counts.entry(ending).or_default() += 1;
    }
    for (ending, count) in counts {
        writeln!(out, "   {ending:<20} {count:>6}")?;
    }
    writeln!(out, "The slowest")?;
    rows.sort_by_key(|row| row.placed_at - row.since);
    for row in rows.iter().take(SHOWN) {
        let millis = (row.since - row.placed_at).num_milliseconds();
        let why = row.reason.as_deref().unwrap_or("shipped");
        writeln!(out, "   {:<20} {millis:>6} ms, {why}", row.order)?;
    }
    let [received, free, left] = books.stock;
    writeln!(out, "Stock, in pieces")?;
    writeln!(out, "   came in {received} = free {free} + shipped {left}")?;
    let [paid_in, free, earned] = books.money;
    writeln!(out, "Money")?;
    writeln!(
        out,
        "   paid in {paid_in} = in wallets {free} + earned {earned}"
    )?;
    for fault in books.faults.iter().take(SHOWN) {
        writeln!(out, "wrong: {fault}")?;
    }
    let faults = books.faults.len();
    let is_right = faults == 0 && books.endings.len() == rows.len();
    match is_right {
        true => writeln!(out, "Every order has one end, and the books add up.")?,
        false => writeln!(out, "The books do not add up: {faults} faults.")?,
    }
    Ok(is_right)
}

/// Waits until no order is on its way, and nothing that one of them asked for.
async fn all_ended(store: &Store) -> Result<(), Failure> {
    let app = orders::app(store.clone());
    let deadline = Instant::now() + PATIENCE;
    let end = store.frontier().await?;
    loop {
        let listed = operate::list(&app, &Instances::default(), u32::MAX).await?;
        let waits = listed
            .iter()
            .filter(|of| of.standing == Standing::Running || of.pending > 0)
            .count();
        let placed = store.read_model::<OrderStatus>().after_position(end);
        let placed = placed.rows().await?.collect().await?.len();
        if waits == 0 && listed.len() == placed {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format_args!(
                "{waits} of {placed} orders are still on their way"
            )));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
