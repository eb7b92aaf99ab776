use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::json;

use super::Instance;
use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::output::{Format, Output};
use crate::cli::text::plain;
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::process::operate::{self, GivenUp};

/// End an instance: nothing that happens later concerns it, its timers are gone, and what waits for an operator is
/// given up.
///
/// Commands that are on the way are delivered all the same. Of an instance that runs no more, only what waits for an
/// operator is given up.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  done
  2  there is no such instance, it runs no more and nothing of it waits, it was not confirmed, or the command failed")]
pub(in crate::cli) struct Cancel {
    #[command(flatten)]
    instance: Instance,

    /// Why, in a few words that are kept with the instance.
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: String,

    #[command(flatten)]
    confirm: Confirm,
}

impl Cancel {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Instance {
            process,
            id,
            tenant,
        } = &self.instance;
        let of_tenant = match &**tenant {
            "" => String::new(),
            tenant => format!(" of tenant `{}`", plain(tenant)),
        };
        let question = format!(
            "End instance `{}`{of_tenant} of process `{process}` for good?",
            plain(id)
        );
        if !self.confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        let given_up = operate::cancel(app, process, tenant, id, &self.reason).await?;
        let GivenUp {
            commands, events, ..
        } = given_up;
        match output.format {
            Format::Json => output.json(&json!({
                "command": "process cancel", "process": process, "tenant": tenant, "id": id,
                "commands": commands, "events": events,
            })),
            Format::Text | Format::Github => output.line(format_args!(
                "{}: ended; commands given up: {commands}, events: {events}",
                self.instance
            )),
        }
        Ok(DONE)
    }
}
