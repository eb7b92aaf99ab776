//! The command line.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

const ANNALS: &str = "\
Commands of annals, which come after `--store`; `orders process --help` and so on tell more:
  schema                Say and lock what is stored, version by version
  stream, event, trace  Look at events
  stats, doctor         Count the store, and look for what is wrong with it
  serve                 Bring orders to their ends, and keep the read models up to date
  process, timers       Look at orders on their way
  projection, parked    Look at the read models, and at events that could not be handled
  migrate               Build new versions of them";

/// Orders on annals. Without a command: a thousand orders of which a third fails at each step, in a store that is gone
/// afterwards.
#[derive(Debug, Parser)]
#[command(name = "orders", version, after_help = ANNALS)]
pub struct Cli {
    /// The store: `sqlite://file.db` or `postgres://user@host/database`. Commands of annals look at `sqlite://orders.db`
    /// without it.
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Place orders, and see how they end.
    ///
    /// Exits with 1 where the books do not add up.
    Run {
        /// How many.
        #[arg(long, default_value_t = 1000)]
        orders: u32,
        /// What they and their failures are drawn from. With the same one, an interrupted run goes on.
        #[arg(long, default_value_t = 1)]
        seed: u64,
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
}
