//! What a careful program does by itself, without a framework: one statement for each load and each append, a version that is
//! unique within a stream, payloads decoded from the bytes in which they came, and a pool that does not ask a connection how
//! it is before using it.

mod books;
mod projection;
mod replay;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), sqlx::Error> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("sqlx 0.9"),
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn run(request: &Request) -> Result<(), sqlx::Error> {
    let books = Books::open(request.database(), request.connections()).await?;
    match (request.text("workload"), request.text("variant")) {
        ("W1", _) => commands(books, request).await,
        ("W2", _) => batches(books, request).await,
        ("W3", _) => {
            let of = books.clone();
            loads(
                books,
                request,
                Some(move || of.clone().load_with_snapshot()),
            )
            .await;
        }
        ("W4", "whole") => replay::whole(&books, request).await?,
        ("W4", "paged") => replay::paged(&books, request).await?,
        ("W4", _) => replay::streamed(&books, request).await?,
        ("W5", "one-by-one") => projection::one_by_one(&books, request).await?,
        ("W5", _) => projection::batched(&books, request).await?,
        ("W6", _) => hot_stream(books, request).await,
        (workload, variant) => panic!("{workload} {variant} is no workload of this system"),
    }
    Ok(())
}
