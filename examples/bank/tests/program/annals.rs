//! The commands of annals come through.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::bank::{Bank, ended};

fn imported() -> Bank {
    let bank = Bank::with_sample();
    bank.out("import account.asc trans.asc");
    bank
}

#[test]
fn the_store_is_looked_at() {
    let bank = imported();
    let shown = bank.out("stream show account-3");
    assert!(
        shown.starts_with("account-3\n  aggregate: account\n  version: 8\n"),
        "{shown}"
    );
    let shown = bank.out("event show account-3@1");
    assert!(
        shown.contains("  type: account.opened v2 (AccountOpened)\n"),
        "{shown}"
    );
    let counted = bank.out("stats");
    assert!(counted.starts_with("events: 40\n"), "{counted}");
    let examined = bank.run("doctor");
    assert_eq!(
        (examined.code, examined.err.as_str()),
        (Some(0), "errors: 0, warnings: 0\n"),
        "{examined:?}"
    );
    bank.out("--store sqlite://bank.db schema check");
}

#[test]
fn an_address_that_leads_nowhere_makes_no_store() {
    let bank = Bank::new();
    for command in ["stream show account-1", "event show 1", "trace x", "stats"] {
        assert_eq!(bank.run(command).code, Some(2), "{command}");
    }
    assert_eq!(bank.run("doctor").code, Some(1));
    assert!(!bank.path("bank.db").exists());
}

/// Ended with the value, so that a test that fails leaves nothing behind.
struct Following(Option<Child>);

impl Drop for Following {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
        }
    }
}

#[test]
fn following_ends_with_an_interruption() {
    let bank = imported();
    let mut child = bank.start("stream events account-3 --follow");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut following = Following(Some(child));
    let (sent, lines) = mpsc::channel();
    thread::spawn(move || out.lines().try_for_each(|line| sent.send(line)));
    let patience = Duration::from_secs(60);
    for version in 1..=8 {
        let line = lines.recv_timeout(patience).expect("a line").expect("text");
        assert!(line.starts_with(&format!("{version}  ")), "{line}");
    }
    let id = following.0.as_ref().map_or(0, Child::id);
    let interrupt = Command::new("kill")
        .args(["-INT", &id.to_string()])
        .status();
    assert!(interrupt.expect("kill runs").success());
    let nothing = lines.recv_timeout(patience).map(Result::ok);
    assert_eq!(nothing, Err(RecvTimeoutError::Disconnected), "it ends");
    let ended = ended(following.0.take().expect("the program"));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}
