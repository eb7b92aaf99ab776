//! `schema ..`: one file for each command.

mod accept;
mod check;
mod diff;
mod export;
mod lock;
mod show;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Schema {
    Accept(accept::Accept),
    Lock(lock::Lock),
    Check(check::Check),
    Diff(diff::Diff),
    Show(show::Show),
    Export(export::Export),
}

impl Schema {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Schema::Accept(command) => command.run(app, output).await,
            Schema::Lock(command) => command.run(app, output),
            Schema::Check(command) => command.run(app, output),
            Schema::Diff(command) => command.run(app, output),
            Schema::Show(command) => command.run(app, output),
            Schema::Export(command) => command.run(app, output),
        }
    }
}
