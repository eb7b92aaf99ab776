//! Calls of the programs.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use peers_protocol::SERVER;
use serde::Deserialize;

/// A line that a program printed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Figure {
    pub(crate) workload: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    pub(crate) rss_growth_mib: f64,
    pub(crate) p50_ms: Option<f64>,
    pub(crate) p99_ms: Option<f64>,
    pub(crate) client_us: Option<f64>,
    pub(crate) server_us: Option<f64>,
    pub(crate) conflicts: Option<u64>,
    pub(crate) remark: Option<String>,
}

/// How long a call may take before it is given up.
const LONGEST: Duration = Duration::from_secs(300);
/// How often an unfinished call is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program to its end, and answers what it printed.
pub(crate) fn call(program: &Path, args: &[String]) -> Result<String, String> {
    run(Command::new(program).args(args), program)
}

/// As [`call`], and the program can find out how long the server worked for it.
pub(crate) fn measure(program: &Path, args: &[String], server: i32) -> Result<String, String> {
    let mut command = Command::new(program);
    run(command.args(args).env(SERVER, server.to_string()), program)
}

fn run(command: &mut Command, program: &Path) -> Result<String, String> {
    let mut child = command
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let out = thread::spawn(move || text(out));
    let err = thread::spawn(move || text(err));
    let ended = wait(&mut child);
    let (out, err) = (out.join(), err.join().unwrap_or_default());
    match ended? {
        true => Ok(out.unwrap_or_default()),
        false => {
            eprintln!("{command:?}\n{err}");
            // Without what a panic adds to its message.
            let is_noise = |line: &&str| {
                line.trim().is_empty() || line.starts_with("note:") || line.starts_with("thread ")
            };
            let lines = err.lines().filter(|line| !is_noise(line));
            let mut told: Vec<&str> = lines.collect();
            // What each of many callers has to say.
            told.dedup();
            Err(format!(
                "failed: {}",
                told.join(" ").chars().take(300).collect::<String>()
            ))
        }
    }
}

/// The figures in what a program printed.
pub(crate) fn figures(printed: &str) -> Result<Vec<Figure>, String> {
    let lines = printed.lines().filter(|line| line.starts_with('{'));
    let figures = lines.map(|line| {
        serde_json::from_str(line).map_err(|error| format!("{error} in the line {line}"))
    });
    figures.collect()
}

fn wait(child: &mut Child) -> Result<bool, String> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if begun.elapsed() < LONGEST => thread::sleep(LOOK),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("gave no answer within {} s", LONGEST.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn text(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read until an error is all there is to show.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
