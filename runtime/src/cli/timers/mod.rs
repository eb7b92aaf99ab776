//! `timers ..`: one file for each command.

mod list;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

pub(super) use list::{document, line};

#[derive(Debug, Subcommand)]
pub(super) enum Timers {
    List(list::List),
}

impl Timers {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Timers::List(command) => command.run(app, output).await,
        }
    }
}
