//! Imports the accounts of a real bank, twice, into both stores, and checks every balance that the bank recorded.
//!
//! `cargo run --release -p annals-tests --bin real-data -- <folder>`; the folder holds `account-1993.asc` and
//! `trans-1993.asc` of the PKDD'99 "Berka" data set.

#![allow(clippy::print_stdout, reason = "a report")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use annals_tests::databases::{self, Database};

/// What the data set is known to hold.
const BALANCES: &str = "reproduced 28205 of 28205 balances within 0.10 CZK (26783 exactly)\n\
                        folded 28205 of 28205 balances within 1.00 CZK\n\
                        table balances: 1139 of 1139 rows are the fold of their events, 1139 of 1139 are within 1.00 CZK \
                        of the bank's last balance\n";
const EVENTS: i64 = 29_344;
const ACCOUNTS: i64 = 1139;

/// The accounts whose row is within 1.00 CZK of the last balance that the bank recorded: in SQL, as anybody can ask for it.
const WITHIN: &str = "
select count(*) from {view} b
join {events} e on e.stream = 'account-' || b.account
where e.version = (select max(version) from {events} l where l.stream = e.stream)
  and abs(b.balance - 100 * cast(e.metadata ->> 'balance' as numeric)) <= 100
";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        println!("usage: real-data <folder with account-1993.asc and trans-1993.asc>");
        return ExitCode::from(2);
    };
    // So that no build is in the times.
    if let Err(wrong) = run(&["--version".into()]) {
        println!("the bank does not run: {wrong}");
        return ExitCode::FAILURE;
    }
    let mut failures = 0;
    for (name, database) in [
        ("SQLite", databases::sqlite().await),
        ("PostgreSQL", databases::postgres().await),
    ] {
        match check(&database, &folder).await {
            Ok(seconds) => {
                println!("{name}: {EVENTS} events in {seconds:.1} s, imported twice\n{BALANCES}");
            }
            Err(wrong) => {
                println!("{name}: {wrong}");
                failures += 1;
            }
        }
    }
    println!("{} passed, {failures} failed", 2 - failures);
    ExitCode::from(u8::from(failures > 0))
}

async fn check(database: &Database, folder: &Path) -> Result<f64, String> {
    let (accounts, transactions) = (
        folder.join("account-1993.asc"),
        folder.join("trans-1993.asc"),
    );
    let import = [
        "import".into(),
        accounts.into_os_string(),
        transactions.into_os_string(),
    ];
    let begun = Instant::now();
    bank(database, &import)?;
    let seconds = begun.elapsed().as_secs_f64();
    bank(database, &import)?;
    let events = database.events().await;
    if events != EVENTS {
        return Err(format!("{events} events are stored, expected {EVENTS}"));
    }
    let verified = bank(database, &["verify".into()])?;
    if verified != BALANCES {
        return Err(format!("expected\n{BALANCES}found\n{verified}"));
    }
    let view = match database.is_postgres() {
        true => "annals.balances",
        false => "balances",
    };
    let within = database.number(&WITHIN.replace("{view}", view)).await;
    if within != ACCOUNTS {
        return Err(format!(
            "{within} rows of `{view}` are within 1.00 CZK of the bank's last balance, expected {ACCOUNTS}"
        ));
    }
    Ok(seconds)
}

/// Runs the bank on a store.
fn bank(database: &Database, arguments: &[OsString]) -> Result<String, String> {
    let store = ["--store".into(), database.url().into()];
    run(&[&store, arguments].concat())
}

/// Runs the bank, and answers what it prints.
fn run(arguments: &[OsString]) -> Result<String, String> {
    let ran = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--release", "--package", "bank", "--"])
        .args(arguments)
        .output()
        .map_err(|error| format!("cargo does not run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ran.status.success() {
        Ok(text(&ran.stdout))
    } else {
        Err(text(&ran.stdout) + &text(&ran.stderr))
    }
}
