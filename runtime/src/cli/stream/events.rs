use std::pin::pin;

use clap::Args;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::cli::recorded::{Document, InStream};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::inspect;
use crate::stream::Version;

/// Print the events of a stream, one in a line: version, position, time of recording, type and version of its shape, payload,
/// and who caused it, where that is known.
///
/// With `--format json` each line is one JSON object.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 no stream is called so, or the command failed.")]
pub(in crate::cli) struct Events {
    /// The whole name of the stream, like `account-123`.
    stream: String,
    /// The tenant to which it belongs, where it belongs to one.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,
    /// The lowest version to print.
    #[arg(long, value_name = "VERSION", default_value_t = 1)]
    from: u64,
    /// The highest version to print.
    #[arg(long, value_name = "VERSION")]
    to: Option<u64>,
    /// How many events to print at most.
    #[arg(long, value_name = "EVENTS")]
    limit: Option<u64>,
    /// Begin with the highest version.
    #[arg(long, conflicts_with = "follow")]
    reverse: bool,
    /// Go on with what comes, until it is interrupted (Ctrl-C), the output is closed, or `--to` or `--limit` is reached.
    #[arg(long)]
    follow: bool,
}

impl Events {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        if self.follow {
            self.follow(app, output).await?;
        } else {
            self.print_all(app, output).await?;
        }
        Ok(DONE)
    }

    async fn print_all(&self, app: &App, output: &mut Output<'_>) -> Result<(), Error> {
        let reader = inspect::events(app, &self.tenant, &self.stream).await?;
        let mut reader = reader.from(Version::new(self.from));
        if let Some(to) = self.to {
            reader = reader.to(Version::new(to));
        }
        if let Some(limit) = self.limit {
            reader = reader.limit(limit);
        }
        if self.reverse {
            reader = reader.backwards();
        }
        while !output.is_stopped()
            && let Some(event) = reader.next().await?
        {
            self.print(&event, output);
        }
        Ok(())
    }

    async fn follow(&self, app: &App, output: &mut Output<'_>) -> Result<(), Error> {
        let from = Version::new(self.from.max(1));
        let mut tail = inspect::follow(app, &self.tenant, &self.stream, from).await?;
        let mut interrupted = pin!(interrupted());
        let mut left = self.limit.unwrap_or(u64::MAX);
        let to = self.to.unwrap_or(u64::MAX);
        let mut next = from.get();
        while left > 0 && next <= to && !output.is_stopped() {
            let event = tokio::select! {
                event = tail.next() => event?,
                () = &mut interrupted => break,
            };
            next = event.recorded().version().get() + 1;
            if next - 1 > to {
                break;
            }
            left -= 1;
            self.print(&event, output);
            output.flush();
        }
        Ok(())
    }

    fn print(&self, event: &RecordedEvent, output: &mut Output<'_>) {
        match output.format {
            Format::Json => output.json_line(&Document::of(&self.tenant, event)),
            Format::Text | Format::Github => output.line(InStream(event)),
        }
    }
}

/// Ends with Ctrl-C; where that cannot be heard, it ends the program by itself.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
