use clap::Args;
use serde_json::json;

use super::DONE;
use super::output::{Format, Output};
use super::progress::Progress;
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::transfer::{self, Replayed};

/// Copy the events into another store, and compare the two afterwards. This store is only read.
///
/// A replay that was interrupted is run again, with the same options: it goes on behind what stands. The tables of the other
/// store must be there.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 2 the command failed, or the copy is not what it was made of."
)]
pub(super) struct Replay {
    /// The address of the other store.
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    to: Option<String>,

    /// Store each event in the version that this program stores today.
    #[arg(long)]
    upcast: bool,

    /// Only streams of an aggregate; can be named several times.
    #[arg(long, value_name = "AGGREGATE")]
    only: Vec<String>,

    /// Only this tenant. Otherwise all of them.
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,

    /// Take events along that this program cannot read, as they are.
    #[arg(long)]
    unchecked: bool,

    /// Read and check everything, and store nothing. The other store is not looked at.
    #[arg(long)]
    dry_run: bool,
}

impl Replay {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let source = app.connect().await?;
        let bar = Progress::new();
        let mut replay = transfer::replay(app, &source).progress(|progress| bar.show(progress));
        for aggregate in self.only {
            replay = replay.only(aggregate);
        }
        if let Some(tenant) = self.tenant {
            replay = replay.tenant(tenant);
        }
        if self.upcast {
            replay = replay.upcast();
        }
        if self.unchecked {
            replay = replay.unchecked();
        }
        let replayed = match self.to.filter(|_| !self.dry_run) {
            None => replay.dry_run().await,
            Some(url) if app.is_at(&url) => Err(Error::new(
                ErrorKind::Declaration,
                "a store was to be copied into itself",
            )
            .with_hint("name another store with `--to`")),
            Some(url) => {
                let mut options = source.inner.options.clone();
                options.read_only = false;
                let target = options.connect(&url).await?;
                let replayed = replay.run(&target).await;
                target.close().await;
                replayed
            }
        };
        bar.finish();
        print(&replayed?, self.dry_run, output);
        Ok(DONE)
    }
}

fn print(replayed: &Replayed, is_dry: bool, output: &mut Output<'_>) {
    let Replayed {
        tenants,
        streams,
        events,
        stored,
        by_type,
        checksum,
    } = replayed;
    if output.format == Format::Json {
        output.json(&json!({
            "command": "replay", "dry_run": is_dry, "tenants": tenants, "streams": streams, "events": events,
            "stored": stored, "by_type": by_type, "checksum": checksum,
        }));
        return;
    }
    for (name, count) in by_type {
        output.line(format_args!("{name}: {count}"));
    }
    output.line(format_args!("checksum: {checksum}"));
    output.message(match is_dry {
        true => format!("would be there: {events} events of {streams} streams; nothing was stored"),
        false => format!(
            "copied and compared: {events} events of {streams} streams, {stored} of them new"
        ),
    });
}
