//! disintegrate with disintegrate-postgres, as its documentation shows them.

mod books;
mod domain;
mod projection;
mod replay;
mod seed;

use disintegrate::serde::json::Json;
use disintegrate_postgres::PgEventStore;
use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::books::Books;
use crate::domain::DomainEvent;

pub(crate) type Store = PgEventStore<DomainEvent, Json<DomainEvent>>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("disintegrate 4, disintegrate-postgres 4"),
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn open(options: PgConnectOptions, connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .connect_with(options)
        .await
}

async fn run(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let pool = open(request.database().parse()?, request.connections()).await?;
    // The tables are there.
    let store: Store = PgEventStore::new_uninitialized(pool.clone(), Json::default());
    match request.text("workload") {
        "W1" => commands(Books::new(&store), request).await,
        "W2" => batches(Books::new(&store), request).await,
        "W3" => {
            let with_snapshot = books::WithSnapshots::open(&store, &pool).await?;
            let with_snapshot = || with_snapshot.load();
            loads(Books::new(&store), request, Some(with_snapshot)).await;
        }
        "W4" => replay::replay(&store, request).await?,
        "W5" => projection::rebuild(store, &pool, request).await?,
        "W6" => hot_stream(Books::new(&store), request).await,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
