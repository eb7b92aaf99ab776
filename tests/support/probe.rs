//! A program that opens a store and uses it, for tests that run it as somebody with fewer rights:
//! `probe read|write <url>`. Tells as JSON what came of it. `probe cluster` starts a PostgreSQL, tells its folder, and
//! waits to be killed.

use std::io::Write;

use annals::{Append, Error, Expected, Store};
use annals_tests::domain::{account, deposited};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let told = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", url] => read(url).await,
        ["write", url] => write(url).await,
        ["cluster"] => {
            let cluster = annals_tests::Cluster::start_new();
            writeln!(std::io::stdout(), "{}", cluster.home().display()).expect("somebody listens");
            return std::future::pending().await;
        }
        _ => panic!("probe read|write <url>, probe cluster: {arguments:?}"),
    };
    let told = match told {
        Ok(events) => serde_json::json!({ "events": events }),
        Err(error) => serde_json::json!({
            "kind": format!("{:?}", error.kind()),
            "message": error.to_string(),
            "hint": error.hint(),
        }),
    };
    writeln!(std::io::stdout(), "{told}").expect("somebody listens");
}

async fn read(url: &str) -> Result<usize, Error> {
    let store = Store::options().read_only().connect(url).await?;
    let events = store.stream(&account("1")).all().await?;
    store.close().await;
    Ok(events.len())
}

async fn write(url: &str) -> Result<usize, Error> {
    let store = annals_tests::options().connect(url).await?;
    let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
    store.append(append).await?;
    let events = store.stream(&account("1")).all().await?;
    store.close().await;
    Ok(events.len())
}
