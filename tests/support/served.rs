//! A program with a projection, for tests that tell it to stop: the address of its store is in `STORE`.

use std::process::ExitCode;

use annals::App;
use annals::prelude::*;
use annals_tests::domain::{Account, Deposited, Ledger, Opened};

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[index]
    cents: i64,
}

#[projection("balances")]
impl Balance {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            cents: 0,
        }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let store = std::env::var("STORE").expect("the address of a store");
    let app = App::new(store)
        .aggregate::<Account>()
        .aggregate::<Ledger>()
        .projection::<Balance>();
    annals::cli::run(app).await
}
