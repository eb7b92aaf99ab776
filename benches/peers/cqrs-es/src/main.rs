//! cqrs-es with postgres-es, as its book shows them.

mod books;
mod domain;
mod projection;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("cqrs-es 0.5, postgres-es 0.5"),
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
    match request.text("workload") {
        "W1" => commands(Books::new(pool), request).await,
        "W2" => batches(Books::new(pool), request).await,
        "W3" => {
            let books = Books::new(pool);
            let of = books.clone();
            loads(
                books,
                request,
                Some(move || of.clone().load_with_snapshot()),
            )
            .await;
        }
        "W4" => projection::replay(pool, request).await?,
        "W5" => projection::rebuild(pool, request).await?,
        "W6" => hot_stream(Books::new(pool), request).await,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
