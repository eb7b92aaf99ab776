//! `migrate ..`: one file for each command.

mod plan;
mod print;
mod progress;
mod roles;
mod run;

use clap::Subcommand;

pub(super) use progress::Bar;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    Plan(plan::Plan),
    Run(run::Run),
    Print(print::Print),
    Roles(roles::Roles),
}

impl Migrate {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Migrate::Plan(command) => command.run(app, output).await,
            Migrate::Run(command) => command.run(app, output).await,
            Migrate::Print(command) => command.run(app, output),
            Migrate::Roles(command) => command.run(app, output),
        }
    }
}
