//! A bank on annals: real accounts, imported from the bank's own books, and verified against them.

#![allow(
    unreachable_pub,
    reason = "a program has no readers outside, and plain `pub` is easier to read"
)]

mod cli;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use annals::prelude::*;
use bank::{AscFile, Books, Failure, Progress, app};
use clap::Parser;

use cli::{Cli, Command};

/// A balance is off.
const OFF: u8 = 1;
/// The input, the command line or the store is at fault. The same that clap uses.
const FAILED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::BufWriter::new(io::stdout());
    let outcome = run(cli, &mut out, &mut io::stderr()).await;
    let outcome = outcome.and_then(|code| out.flush().map(|()| code).map_err(Failure::from));
    outcome.unwrap_or_else(|failure| {
        // What was written before comes first. Should it fail, the failure is more important.
        let _ = out.flush();
        failure.report(&mut io::stderr());
        ExitCode::from(FAILED)
    })
}

async fn run(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, Failure> {
    let Some(command) = cli.command else {
        bank::tour(out, err).await?;
        return Ok(ExitCode::SUCCESS);
    };
    match command {
        Command::Import {
            account_file,
            transaction_files,
        } => import(&cli.store, &account_file, &transaction_files, out).await?,
        Command::Annals(arguments) => {
            let arguments = std::iter::once("bank".into()).chain(arguments);
            let (mut out, mut messages) = (io::stdout(), io::stderr());
            let code =
                annals::cli::run_with(&app(&*cli.store), arguments, &mut out, &mut messages).await;
            return Ok(ExitCode::from(code));
        }
        Command::Verify => {
            let store = existing(&cli.store).await?;
            if !bank::verify(&store, out, err).await? {
                return Ok(ExitCode::from(OFF));
            }
        }
        Command::Statement { account, at } => {
            let store = existing(&cli.store).await?;
            bank::statement(&store, account, at, out).await?;
        }
        Command::History { account } => {
            let store = existing(&cli.store).await?;
            bank::history(&store, account, out).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn import(
    url: &str,
    account_file: &Path,
    transaction_files: &[PathBuf],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let accounts = open(account_file)?;
    let transactions = transaction_files.iter().map(|path| open(path));
    let transactions = transactions.collect::<Result<Vec<_>, _>>()?;
    // Before the store is opened: a mistake in a file leaves no trace.
    let books = Books::read(&accounts, &transactions)?;

    // A SQLite file gets its tables when it is opened; a PostgreSQL database, when somebody says so.
    if url.starts_with("postgres") {
        Store::migrate(url).await?;
    }
    // The read models follow while it is imported.
    let running = app(url).start().await?;
    let imported = bank::import(running.store(), books, Progress::new).await;
    let caught_up = bank::caught_up(running.store()).await;
    let store = running.store().clone();
    running.stop().await;
    store.close().await;
    writeln!(out, "{}", imported?)?;
    caught_up
}

fn open(path: &Path) -> Result<AscFile, Failure> {
    AscFile::open(path)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", path.display())))
}

/// Opens a store for looking at it. A mistyped address is an error, and not a new, empty store.
async fn existing(url: &str) -> Result<Store, Failure> {
    Ok(app(url)
        .options(Store::options().read_only())
        .open()
        .await?)
}
