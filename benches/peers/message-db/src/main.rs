//! message-db: functions in the database, called by statements. Its package for databases has to lie in the folder that the
//! environment variable `MESSAGE_DB` names: it is no crate.

mod books;
mod replay;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => {
            seed::folder()?;
            println!("message-db, the functions in MESSAGE_DB");
        }
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn open(url: &str, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .connect_with(options.options([("search_path", "message_store,public")]))
        .await
}

async fn run(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let pool = open(request.database(), request.connections()).await?;
    let books = Books { pool: pool.clone() };
    match (request.text("workload"), request.text("variant")) {
        ("W1", _) => commands(books, request).await,
        ("W2", _) => batches(books, request).await,
        ("W3", _) => {
            loads(
                books,
                request,
                None::<fn() -> std::future::Ready<(usize, i64)>>,
            )
            .await
        }
        ("W4", "large-batches") => replay::replay(&pool, 10_000, request).await?,
        ("W4", _) => replay::replay(&pool, 1_000, request).await?,
        ("W5", _) => replay::rebuild(&pool, request).await?,
        ("W6", _) => hot_stream(books, request).await,
        (workload, _) => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
