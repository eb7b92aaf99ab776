//! esrs: by optimistic loads, and (as the variant `locked`) by loads under a lock, both as documented.

mod books;
mod domain;
mod projection;
mod seed;

use esrs::store::postgres::{PgStore, PgStoreBuilder};
use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::books::Books;
use crate::domain::Account;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("esrs 0.18"),
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn open(url: &str, connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .connect(url)
        .await
}

async fn store(pool: &PgPool) -> Result<PgStore<Account>, Box<dyn std::error::Error>> {
    Ok(PgStoreBuilder::new(pool.clone()).try_build().await?)
}

async fn run(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let is_locked = request.text("variant") == "locked";
    // A load under a lock holds one connection for the lock, and needs another.
    let connections = request.connections() * if is_locked { 2 } else { 1 };
    let pool = open(request.database(), connections).await?;
    let books = Books::new(store(&pool).await?, is_locked);
    match request.text("workload") {
        "W1" => commands(books, request).await,
        "W2" => batches(books, request).await,
        "W3" => {
            // It has no snapshots.
            loads(
                books,
                request,
                None::<fn() -> std::future::Ready<(usize, i64)>>,
            )
            .await;
        }
        "W4" => projection::replay(&store(&pool).await?, &pool, request).await?,
        "W5" => projection::rebuild(&pool, request).await?,
        "W6" => hot_stream(books, request).await,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
