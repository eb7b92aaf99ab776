//! eventually with eventually-postgres, as their documentation shows them. They run on tokio 0.2, and have conflicts told by text.

mod books;
mod domain;
mod replay;
mod seed;

use peers_protocol::{Request, Verb, batches, commands, hot_stream, loads};

use crate::books::Books;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(core_threads = 2)]
async fn main() -> Result<(), Failure> {
    let request = Request::from_args();
    match request.verb {
        Verb::Version => println!("eventually 0.4, eventually-postgres 0.2"),
        Verb::Schema => seed::schema(request.database()).await?,
        Verb::Seed => seed::seed(&request).await?,
        Verb::Run => run(&request).await?,
    }
    Ok(())
}

async fn run(request: &Request) -> Result<(), Failure> {
    let url = request.database();
    let books = Books::open(url, request.connections()).await?;
    match request.text("workload") {
        "W1" => commands(books, request).await,
        "W2" => batches(books, request).await,
        "W3" => {
            loads(
                books,
                request,
                None::<fn() -> std::future::Ready<(usize, i64)>>,
            )
            .await
        }
        "W4" => replay::replay(url, request).await?,
        "W5" => replay::rebuild(url, request).await?,
        "W6" => hot_stream(books, request).await,
        workload => panic!("{workload} is no workload of this system"),
    }
    Ok(())
}
