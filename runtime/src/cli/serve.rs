use clap::Args;
use serde_json::{Value, json};

use super::output::{Format, Output};
use super::{DONE, FAILED};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::process::operate::at_work;
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
    let declared = app.declared()?;
    let at_work = match declared.processes.is_empty() {
        true => Vec::new(),
        false => at_work(store).await?,
    };
    let processes = declared.processes.iter().map(|of| {
        let definition = &of.definition;
        let mut at_work = at_work.iter();
        let at_work = at_work.find(|(name, _)| **name == *definition.name);
        (
            definition,
            at_work.map_or(definition.version, |(_, version)| *version),
        )
    });
    let followed = declared
        .projections
        .iter()
        .map(|declared| &declared.definition)
        .filter(|definition| definition.mode != Mode::Live);
    match output.format {
        Format::Json => {
            let projections: Vec<_> = followed.map(document).collect();
            let processes: Vec<_> = processes.map(process_document).collect();
            output.json(&json!({
                "command": "serve", "projections": projections, "processes": processes,
            }));
        }
        Format::Text | Format::Github => {
            let lines: Vec<_> = followed
                .map(line)
                .chain(processes.map(process_line))
                .collect();
            if lines.is_empty() {
                output.line("running: the app declares no projection to follow, and no process");
            }
            for line in lines {
                output.line(line);
            }
        }
    }
    output.flush();
    Ok(())
}

fn line(definition: &Definition) -> String {
    let Definition { name, version, .. } = definition;
    format!("following {name} v{version}{}", partitions(definition))
}

/// A process, and its version that is at work in the database.
fn process_line((definition, at_work): (&Definition, u32)) -> String {
    let Definition { name, version, .. } = definition;
    match at_work > *version {
        true => format!("leaving process {name} to v{at_work}, which is newer than v{version}"),
        false => format!(
            "running process {name} v{version}{}",
            partitions(definition)
        ),
    }
}

fn partitions(definition: &Definition) -> String {
    match definition.partitions {
        1 => String::new(),
        several => format!(", in {several} partitions"),
    }
}

fn process_document((definition, at_work): (&Definition, u32)) -> Value {
    json!({
        "process": &*definition.name,
        "version": definition.version,
        "at_work": at_work,
        "partitions": definition.partitions,
    })
}

fn document(definition: &Definition) -> Value {
    json!({
        "projection": &*definition.name,
        "version": definition.version,
        "mode": definition.mode.word(),
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
