//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand};

use bank::AccountNumber;

const ANNALS: &str = "\
Commands of annals, which come after `--store`; `bank projection --help` and so on tell more:
  schema                Say and lock what is stored, version by version
  stream, event, trace  Look at events
  stats, doctor         Count the store, and look for what is wrong with it
  serve                 Keep the read models up to date
  projection, parked    Look at them, and at events that they could not handle
  migrate               Build new versions of them";

/// A bank on annals. Without a command: a tour on a small sample, which needs no database and leaves nothing behind.
#[derive(Debug, Parser)]
#[command(name = "bank", version, after_help = ANNALS)]
pub struct Cli {
    /// The store: `sqlite://file.db` or `postgres://user@host/database`.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://bank.db"
    )]
    pub store: String,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import accounts and their transactions from files of the PKDD'99 "Berka" data set.
    ///
    /// Importing a file again stores nothing twice, also where the first import was interrupted. Files of later months
    /// can follow later. Exits with 2, and stores nothing, where a line cannot be read.
    Import {
        /// The accounts, like `account-1993.asc`.
        account_file: PathBuf,
        /// Their transactions, like `trans-1993.asc`.
        #[arg(required = true)]
        transaction_files: Vec<PathBuf>,
    },
    /// Replay every account, and compare its balance after each event with the one that the bank recorded.
    ///
    /// Exits with 1 where a balance is off.
    Verify,
    /// Print an account's transactions and its balance.
    Statement {
        /// The number of the account.
        account: AccountNumber,
        /// The last day of the statement; today if left out.
        #[arg(long, value_name = "YYYY-MM-DD")]
        at: Option<NaiveDate>,
    },
    /// Print every event of an account and what it changed.
    History {
        /// The number of the account.
        account: AccountNumber,
    },
    /// A command of annals, with its options.
    #[command(external_subcommand)]
    Annals(Vec<OsString>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_argument_is_the_tour() {
        let cli = Cli::try_parse_from(["bank"]).expect("no argument is needed");
        assert!(cli.command.is_none());
        assert_eq!(cli.store, "sqlite://bank.db");
    }

    #[test]
    fn the_store_can_follow_the_command() {
        let cli = Cli::try_parse_from([
            "bank",
            "statement",
            "576",
            "--at",
            "1993-06-30",
            "--store",
            "sqlite://x.db",
        ])
        .expect("a valid command line");
        assert_eq!(cli.store, "sqlite://x.db");
        assert!(matches!(
            cli.command,
            Some(Command::Statement { account: AccountNumber(576), at: Some(date) })
                if Some(date) == NaiveDate::from_ymd_opt(1993, 6, 30)
        ));
    }

    #[test]
    fn what_is_not_the_banks_is_left_to_annals() {
        let cli = Cli::try_parse_from(["bank", "schema", "check", "--against", "main"]);
        let Some(Command::Annals(arguments)) = cli.expect("a command line").command else {
            panic!("it is none of the bank's");
        };
        assert_eq!(arguments, ["schema", "check", "--against", "main"]);
    }

    #[test]
    fn an_import_needs_both_kinds_of_files() {
        assert!(Cli::try_parse_from(["bank", "import", "account.asc"]).is_err());
        assert!(Cli::try_parse_from(["bank", "import", "account.asc", "a.asc", "b.asc"]).is_ok());
    }
}
