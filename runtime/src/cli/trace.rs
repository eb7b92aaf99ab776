use clap::Args;
use serde::Serialize;

use super::DONE;
use super::output::{Format, Output};
use super::recorded::{Document, Fact};
use super::text::{plain, time};
use crate::app::App;
use crate::error::Error;
use crate::inspect::{self, Traced};

/// Print all events with a correlation, over all streams, in the order of their positions. An event whose causation is the
/// id of one before it is indented below that.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 2 no event has the correlation, or the command failed."
)]
pub(in crate::cli) struct Trace {
    /// The correlation, as it was stored.
    correlation: String,
    /// The tenant to which the events belong, where they belong to one.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,
}

impl Trace {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let trace = inspect::trace(app, &self.tenant, &self.correlation).await?;
        match output.format {
            Format::Json => output.document(&Shown {
                command: "trace",
                tenant: &self.tenant,
                correlation: &self.correlation,
                events: trace
                    .iter()
                    .map(|traced| Step {
                        depth: traced.depth,
                        cause: traced.cause.map(|position| position.get()),
                        event: Document::of(&self.tenant, &traced.event),
                    })
                    .collect(),
            }),
            Format::Text | Format::Github => {
                trace.iter().for_each(|traced| print(traced, output));
            }
        }
        Ok(DONE)
    }
}

fn print(traced: &Traced, output: &mut Output<'_>) {
    let recorded = traced.event.recorded();
    output.line(format_args!(
        "{}  {}  {:indent$}{}@{}  {}",
        recorded.position(),
        time(recorded.recorded_at()),
        "",
        plain(recorded.stream().as_str()),
        recorded.version(),
        Fact(&traced.event),
        // Wider than any screen helps nobody.
        indent = 2 * traced.depth.min(40),
    ));
}

#[derive(Serialize)]
struct Shown<'a> {
    command: &'static str,
    tenant: &'a str,
    correlation: &'a str,
    events: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    depth: usize,
    cause: Option<u64>,
    event: Document<'a>,
}
