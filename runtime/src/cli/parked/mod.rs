//! `parked ..`: one file for each command.

mod discard;
mod list;
mod retry;
mod show;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

pub(super) use list::{document, line};

#[derive(Debug, Subcommand)]
pub(super) enum Parked {
    List(list::List),
    Show(show::Show),
    Retry(retry::Retry),
    Discard(discard::Discard),
}

impl Parked {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Parked::List(command) => command.run(app, output).await,
            Parked::Show(command) => command.run(app, output).await,
            Parked::Retry(command) => command.run(app, output).await,
            Parked::Discard(command) => command.run(app, output).await,
        }
    }
}
