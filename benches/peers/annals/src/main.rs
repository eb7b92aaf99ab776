//! annals, by its public interface alone, as its README shows it.

mod books;
mod domain;
mod follow;
mod projection;
mod replay;
mod seed;

use annals::{Error, Store};
use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};

use crate::books::Books;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("annals (this source)"),
        Verb::Schema => {
            Store::migrate(request.database()).await?;
        }
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

/// The store as a program would open it. Drafts: the events of a benchmark are in no schema lock.
async fn open(request: &Request) -> Result<Store, Error> {
    Store::options()
        .drafts(true)
        .max_connections(request.connections())
        .connect(request.database())
        .await
}

async fn run(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let store = open(request).await?;
    let books = Books::new(&store);
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
        ("W4", "halves") => replay::halves(&store, request).await?,
        ("W4", "live") => replay::live(&store, request).await?,
        ("W4", "paged") => replay::paged(&store, request).await?,
        ("W4" | "W7", _) => replay::feed(&store, request).await?,
        ("W5", _) => projection::build(&store, request).await?,
        ("W6", _) => hot_stream(books, request).await,
        ("W8", variant) => follow::follow(&store, variant == "same-process", request).await?,
        (workload, variant) => panic!("{workload} {variant} is no workload of this system"),
    }
    store.close().await;
    Ok(())
}
