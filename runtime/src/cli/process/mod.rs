//! `process ..`: one file for each command.

mod cancel;
mod list;
mod retry;
mod show;

use clap::{Args, Subcommand};

use super::output::Output;
use super::text::plain;
use crate::app::App;
use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(super) enum Process {
    List(list::List),
    Show(show::Show),
    Retry(retry::Retry),
    Cancel(cancel::Cancel),
}

impl Process {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Process::List(command) => command.run(app, output).await,
            Process::Show(command) => command.run(app, output).await,
            Process::Retry(command) => command.run(app, output).await,
            Process::Cancel(command) => command.run(app, output).await,
        }
    }
}

/// Names an instance.
#[derive(Debug, Args)]
struct Instance {
    /// The process.
    process: String,

    /// The id of the instance, as `process list` prints it.
    id: String,

    /// The tenant to which it belongs, where it belongs to one.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,
}

/// As a line begins.
impl std::fmt::Display for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&name(&self.process, &self.tenant, &self.id))
    }
}

/// Process, id, and the tenant where there is one.
pub(super) fn name(process: &str, tenant: &str, id: &str) -> String {
    let name = format!("{process}  {}", plain(id));
    match tenant {
        "" => name,
        tenant => format!("{name}  tenant {}", plain(tenant)),
    }
}
