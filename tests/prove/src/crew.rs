//! The worker processes, as the one that proves sees them.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::worker::Settings;

/// How long a worker may take to do what it is told, when no fault is done any more.
const PATIENCE: Duration = Duration::from_secs(600);

/// A worker process.
#[derive(Debug)]
pub(crate) struct Worker {
    settings: Settings,
    child: Child,
    orders: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    pub(crate) fn start(settings: Settings) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program)
            .arg("worker")
            .arg(serde_json::to_string(&settings)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let missing = || io::Error::other("a worker without pipes");
        let orders = child.stdin.take().ok_or_else(missing)?;
        let told = child.stdout.take().ok_or_else(missing)?;
        Ok(Worker {
            settings,
            child,
            orders,
            told: BufReader::new(told).lines(),
        })
    }

    /// Kills it without a warning, and starts another in its place.
    pub(crate) async fn kill_and_replace(&mut self) -> io::Result<()> {
        self.kill().await?;
        self.replace()
    }

    pub(crate) async fn kill(&mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// Kills it, and starts another release of the program in its place.
    pub(crate) async fn become_release(&mut self, release: u32) -> io::Result<()> {
        self.settings.release = release;
        self.kill_and_replace().await
    }

    /// Starts another in the place of one that was killed.
    pub(crate) fn replace(&mut self) -> io::Result<()> {
        *self = Worker::start(self.settings.clone())?;
        Ok(())
    }

    /// Stops its clock, so to speak.
    pub(crate) fn freeze(&self) -> io::Result<()> {
        self.signal(Signal::STOP)
    }

    pub(crate) fn thaw(&self) -> io::Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("a worker has ended by itself"))?;
        kill_process(pid, signal).map_err(io::Error::from)
    }

    /// Whether it runs. One that ended by itself has found something that it cannot live with.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) async fn order(&mut self, order: &str) -> io::Result<()> {
        self.orders
            .write_all(format!("{order}\n").as_bytes())
            .await?;
        self.orders.flush().await
    }

    /// Waits until it says that it is done.
    pub(crate) async fn done(&mut self, word: &str) -> io::Result<()> {
        let line = tokio::time::timeout(PATIENCE, self.told.next_line()).await;
        match line {
            Ok(Ok(Some(line))) if line == word => Ok(()),
            Ok(Ok(line)) => Err(io::Error::other(format!(
                "worker {}: {line:?}, not {word}",
                self.settings.worker
            ))),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::Error::other(format!(
                "worker {} has not {word} within {PATIENCE:?}",
                self.settings.worker
            ))),
        }
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> io::Result<()> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended
            .map_err(|_| io::Error::other("a worker does not end"))?
            .map(|_| ())
    }
}
