use clap::Args;
use serde_json::{Value, json};

use super::output::{Format, Output};
use super::{DONE, FAILED};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::{Definition, Mode};

/// Follow the projections until the program is told to stop, by Ctrl-C or SIGTERM.
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
        say(app, output)?;
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
fn say(app: &App, output: &mut Output<'_>) -> Result<(), Error> {
    let followers = app.declared()?.followers();
    let followed = followers.filter(|(definition, _)| definition.mode != Mode::Live);
    match output.format {
        Format::Json => {
            let projections: Vec<_> = followed.map(document).collect();
            output.json(&json!({"command": "serve", "projections": projections}));
        }
        Format::Text | Format::Github => {
            let lines: Vec<_> = followed.map(line).collect();
            if lines.is_empty() {
                output.line("running: the app declares no projection to follow");
            }
            for line in lines {
                output.line(line);
            }
        }
    }
    output.flush();
    Ok(())
}

fn line((definition, _): (&Definition, &str)) -> String {
    let Definition {
        name,
        version,
        partitions,
        ..
    } = definition;
    let partitions = match partitions {
        1 => String::new(),
        several => format!(", in {several} partitions"),
    };
    format!("following {name} v{version}{partitions}")
}

fn document((definition, mode): (&Definition, &str)) -> Value {
    json!({
        "projection": &*definition.name,
        "version": definition.version,
        "mode": mode,
        "partitions": definition.partitions,
    })
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
