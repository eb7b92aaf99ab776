//! A process of clients, followers and projections on one store. It is started by the one that proves, told by its standard
//! input what to do, and killed.

mod append;
mod client;
mod command;
mod follower;
mod look;
mod projector;
mod row;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use annals::{Error, Running, Store};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Skewed;
use crate::history::Log;
use crate::models;
use crate::plant::{self, Plant};

pub(crate) use append::append_once;
pub(crate) use client::failed;
pub(crate) use follower::Kind;
pub(crate) use projector::TABLES;

/// What a worker is started with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) seed: u64,
    pub(crate) worker: usize,
    pub(crate) clients: usize,
    /// Which release of the program it is, 1 or 2.
    pub(crate) release: u32,
    pub(crate) folder: PathBuf,
    pub(crate) plant: Option<Plant>,
}

/// What all that goes on in a worker shares.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) log: Log,
    stop: AtomicBool,
    /// Up to which position is to be followed; 0 as long as nobody knows.
    drain: watch::Sender<i64>,
}

impl Shared {
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    pub(crate) fn has(&self, plant: Plant) -> bool {
        self.settings.plant == Some(plant)
    }
}

/// Runs a worker until it is told to end.
pub(crate) async fn run(settings: Settings) -> io::Result<()> {
    let clock = Skewed::default();
    let calls = settings
        .folder
        .join(format!("calls-{}.ndjson", settings.worker));
    let done = crate::history::last_call(&calls);
    let log = Log::open(&calls)?;
    let store = open(&settings, &clock).await;
    plant::at_start(&settings);
    let running = start(&store, &settings).await;
    let shared = Arc::new(Shared {
        log,
        store,
        stop: AtomicBool::new(false),
        drain: watch::Sender::new(0),
        settings,
    });
    let mut clients = JoinSet::new();
    for number in 0..shared.settings.clients {
        clients.spawn(client::run(Arc::clone(&shared), number, done));
    }
    let mut followers = JoinSet::new();
    for kind in Kind::ALL {
        followers.spawn(follower::run(Arc::clone(&shared), kind));
    }
    followers.spawn(projector::run(Arc::clone(&shared)));
    listen(&shared, &clock, &mut clients, &mut followers).await?;
    running.stop().await;
    shared.store.close().await;
    Ok(())
}

/// Does what it is told, until it is told to end or nobody is there who could tell.
async fn listen(
    shared: &Shared,
    clock: &Skewed,
    clients: &mut JoinSet<()>,
    followers: &mut JoinSet<()>,
) -> io::Result<()> {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let (word, number) = order.split_once(' ').unwrap_or((&order, "0"));
        let number: i64 = number.parse().unwrap_or_default();
        match word {
            "clock" => clock.set(number),
            "stop" => {
                shared.stop.store(true, Ordering::SeqCst);
                while clients.join_next().await.is_some() {}
                tell("stopped")?;
            }
            "drain" => {
                shared.drain.send_replace(number);
                while followers.join_next().await.is_some() {}
                tell("drained")?;
            }
            _ => break,
        }
    }
    Ok(())
}

fn tell(what: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{what}")?;
    out.flush()
}

/// Opens the store, which may be down for a while.
async fn open(settings: &Settings, clock: &Skewed) -> Store {
    loop {
        let mut options = Store::options()
            .drafts(true)
            .lock_timeout(Duration::from_secs(4))
            .max_connections(12)
            .command_attempts(50)
            .clock(clock.clone());
        // Half of the workers hear of each other.
        if settings.worker % 2 == 1 {
            options = options.notify();
        }
        match options.connect(&settings.url).await {
            Ok(store) => return store,
            Err(error) => wait(&error).await,
        }
    }
}

async fn start(store: &Store, settings: &Settings) -> Running {
    // Half of the workers have the bug.
    let plant = settings.plant.filter(|_| settings.worker.is_multiple_of(2));
    loop {
        let app = models::app(store.clone(), settings.release, plant);
        match app.start().await {
            Ok(running) => return running,
            Err(error) => wait(&error).await,
        }
    }
}

/// After an error that comes of a fault there is nothing to do but to try again a little later.
async fn wait(_: &Error) {
    tokio::time::sleep(Duration::from_millis(50)).await;
}
