//! `event ..`: one file for each command.

mod show;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Event {
    Show(show::Show),
}

impl Event {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Event::Show(command) => command.run(app, output).await,
        }
    }
}
