//! Orders on annals: a process brings each of them to its one end, whatever fails and whoever is killed.

#![allow(
    unreachable_pub,
    reason = "a program has no readers outside, and plain `pub` is easier to read"
)]

mod cli;
mod report;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use orders::{Failure, Load};

use cli::{Cli, Command};

/// The books do not add up.
const OFF: u8 = 1;
/// The command line or the store is at fault. The same that clap uses.
const FAILED: u8 = 2;

/// Where commands of annals look.
const STORE: &str = "sqlite://orders.db";

/// How long orders wait for a worker that was killed.
const LEASE: Duration = Duration::from_secs(2);

/// Enough for a provider that answers at all.
const PAY_WITHIN_MS: u32 = 1500;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::stdout();
    let outcome = run(cli, &mut out).await;
    outcome.unwrap_or_else(|failure| {
        failure.report(&mut io::stderr());
        ExitCode::from(FAILED)
    })
}

async fn run(cli: Cli, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let (orders, seed) = match cli.command {
        None => (1000, 1),
        Some(Command::Run { orders, seed }) => (orders, seed),
        Some(Command::Annals(arguments)) => {
            let arguments = std::iter::once("orders".into()).chain(arguments);
            let (mut out, mut messages) = (io::stdout(), io::stderr());
            let app = orders::app(cli.store.as_deref().unwrap_or(STORE)).lease(LEASE);
            let code = annals::cli::run_with(&app, arguments, &mut out, &mut messages).await;
            return Ok(ExitCode::from(code));
        }
    };
    let load = Load {
        orders,
        seed,
        pay_within_ms: PAY_WITHIN_MS,
    };
    let folder = tempfile::tempdir()?;
    let url = match cli.store {
        Some(url) => url,
        None => format!("sqlite://{}", folder.path().join("orders.db").display()),
    };
    let is_right = report::run(&url, load, out).await?;
    Ok(ExitCode::from(if is_right { 0 } else { OFF }))
}
