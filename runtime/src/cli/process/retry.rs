use clap::Args;
use serde_json::json;

use super::Instance;
use crate::app::App;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::process::operate::{self, Retried};

/// Try again what waits for an operator: parked events at once and in their order, with the methods of this program;
/// parked commands and failed timers as soon as a program that serves the process comes to them.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing waits for an operator any more; commands and timers may yet fail again
  1  some events could not be handled, and stay parked with what comes after them
  2  there is no such instance, or the command failed")]
pub(in crate::cli) struct Retry {
    #[command(flatten)]
    instance: Instance,
}

impl Retry {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Instance {
            process,
            id,
            tenant,
        } = &self.instance;
        let Retried {
            scheduled, events, ..
        } = operate::retry(app, process, tenant, id).await?;
        let (handled, parked) = (events.handled, events.parked);
        match output.format {
            Format::Json => output.json(&json!({
                "command": "process retry", "process": process, "tenant": tenant, "id": id,
                "handled": handled, "parked": parked, "scheduled": scheduled,
            })),
            Format::Text | Format::Github => {
                output.line(format_args!(
                    "{}: {handled} events handled, {parked} parked still; commands and timers to be tried again: \
                     {scheduled}",
                    self.instance
                ));
            }
        }
        Ok(if parked == 0 { DONE } else { FOUND })
    }
}
