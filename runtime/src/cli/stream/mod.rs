//! `stream ..`: one file for each command.

mod events;
mod show;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Stream {
    Show(show::Show),
    Events(events::Events),
}

impl Stream {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Stream::Show(command) => command.run(app, output).await,
            Stream::Events(command) => command.run(app, output).await,
        }
    }
}
