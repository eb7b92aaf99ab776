//! `projection ..`: one file for each command.

mod accept;
mod drop;
mod list;
mod pause;
mod promote;
mod rebuild;
mod resume;
mod rollback;
mod status;

use clap::Subcommand;

use super::output::Output;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Projection {
    List(list::List),
    Status(status::Status),
    Rebuild(rebuild::Rebuild),
    Promote(promote::Promote),
    Rollback(rollback::Rollback),
    Pause(pause::Pause),
    Resume(resume::Resume),
    Accept(accept::Accept),
    Drop(drop::Drop),
}

impl Projection {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Projection::List(command) => command.run(app, output).await,
            Projection::Status(command) => command.run(app, output).await,
            Projection::Rebuild(command) => command.run(app, output).await,
            Projection::Promote(command) => command.run(app, output).await,
            Projection::Rollback(command) => command.run(app, output).await,
            Projection::Pause(command) => command.run(app, output).await,
            Projection::Resume(command) => command.run(app, output).await,
            Projection::Accept(command) => command.run(app, output).await,
            Projection::Drop(command) => command.run(app, output).await,
        }
    }
}
