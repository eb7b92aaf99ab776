//! `outbox ..`: one file for each command.

mod status;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    Status(status::Status),
}

impl Outbox {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Outbox::Status(command) => command.run(app, output).await,
        }
    }
}
