use clap::Args;
use serde_json::{Value, json};

use super::output::{Format, Output};
use super::{DONE, FAILED};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::process::{self, operate::at_work};
use crate::projection::{Definition, Mode};
use crate::store::Store;

/// Follow the projections and run the processes until the program is told to stop, by Ctrl-C or SIGTERM.
///
/// Several processes may do so at once: they share the work. One that is told to stop finishes what it is handling, and gives
/// its share to the others. Told so a second time, it ends at once, and others take over when its leases have run out.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  it was told to stop, and finished what it was handling
  2  it could not start, or was told to stop a second time")]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        // Before anybody hears that it runs: a signal that comes early is not missed.
        let mut signals = Signals::listen()?;
        let running = app.start().await?;
        say(app, running.store(), output).await?;
        signals.next().await;
        output.message("stopping: what is being handled is finished first");
        let store = running.store().clone();
        let code = tokio::select! {
            () = running.stop() => DONE,
            () = signals.next() => FAILED,
        };
        if code == DONE {
            store.close().await;
        }
        Ok(code)
    }
}

/// Says what is followed, at once: whoever started it waits for that.
async fn say(app: &App, store: &Store, output: &mut Output<'_>) -> Result<(), Error> {
    let at_work = at_work(store).await?;
    let followers = app.declared()?.followers();
    let followed = followers
        .filter(|(definition, _)| definition.mode != Mode::Live)
        .map(|(definition, mode)| Followed {
            definition,
            mode,
            left_to: match mode {
                process::MODE => newer(definition, &at_work),
                _ => None,
            },
        });
    match output.format {
        Format::Json => {
            let projections: Vec<_> = followed.map(|of| of.document()).collect();
            output.json(&json!({"command": "serve", "projections": projections}));
        }
        Format::Text | Format::Github => {
            let lines: Vec<_> = followed.map(|of| of.line()).collect();
            if lines.is_empty() {
                output.line("running: the app declares nothing to follow");
            }
            for line in lines {
                output.line(line);
            }
        }
    }
    output.flush();
    Ok(())
}

/// The version of a process that is at work, where it is newer than the declared one.
fn newer(definition: &Definition, at_work: &[(String, u32)]) -> Option<u32> {
    let mut at_work = at_work.iter();
    let (_, version) = at_work.find(|(name, _)| **name == *definition.name)?;
    Some(*version).filter(|version| *version > definition.version)
}

struct Followed<'a> {
    definition: &'a Definition,
    mode: &'static str,
    /// The version that does the work of this one.
    left_to: Option<u32>,
}

impl Followed<'_> {
    fn line(&self) -> String {
        let Definition {
            name,
            version,
            partitions,
            ..
        } = self.definition;
        let partitions = match partitions {
            1 => String::new(),
            several => format!(", in {several} partitions"),
        };
        match (self.mode, self.left_to) {
            (process::MODE, None) => format!("running process {name} v{version}{partitions}"),
            (_, None) => format!("following {name} v{version}{partitions}"),
            (_, Some(newer)) => {
                format!("leaving process {name} to v{newer}, which is newer than v{version}")
            }
        }
    }

    fn document(&self) -> Value {
        json!({
            "projection": &*self.definition.name,
            "version": self.definition.version,
            "mode": self.mode,
            "partitions": self.definition.partitions,
            "left_to": self.left_to,
        })
    }
}

/// What tells the program to stop.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt()).map_err(deaf)?,
            terminate: signal(SignalKind::terminate()).map_err(deaf)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What tells the program to stop.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> Result<Self, Error> {
        tokio::signal::windows::ctrl_c().map(Signals).map_err(deaf)
    }

    async fn next(&mut self) {
        drop(self.0.recv().await);
    }
}

fn deaf(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Closed,
        "the program cannot listen to what tells it to stop",
    )
    .with_source(error)
}
