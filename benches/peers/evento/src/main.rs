//! evento, as its README shows it.

mod books;
mod domain;
mod follow;
mod kept;
mod projection;
mod replay;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("evento 2.0.0-alpha.38"),
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

async fn run(request: &Request) -> anyhow::Result<()> {
    let pool = open(request.database(), request.connections()).await?;
    let books = Books::new(&pool);
    match request.text("workload") {
        "W1" => commands(books, request).await,
        "W2" => batches(books, request).await,
        "W3" => {
            let of = books.clone();
            loads(books, request, Some(move || kept::load(of.clone()))).await;
        }
        "W4" => replay::replay(&books, request).await?,
        "W5" => projection::rebuild(&pool, request).await?,
        "W6" => hot_stream(books, request).await,
        "W8" => follow::follow(&pool, request).await?,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
