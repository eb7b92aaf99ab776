//! es-entity, as its book shows it.

mod books;
mod domain;
mod kept;
mod replay;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("es-entity 0.20"),
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn open(request: &Request) -> Result<PgPool, sqlx::Error> {
    let connections = request.connections();
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .connect(request.database())
        .await
}

async fn run(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let pool = open(request).await?;
    let books = Books::new(&pool);
    match request.text("workload") {
        "W1" => commands(books, request).await,
        "W2" => batches(books, request).await,
        "W3" => {
            let kept = kept::Keeper::new(&pool);
            loads(books, request, Some(|| kept.load())).await;
        }
        "W4" => replay::replay(&books, request).await?,
        "W6" => hot_stream(books, request).await,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
