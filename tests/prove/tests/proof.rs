//! A run without a bug finds nothing, and each bug that is planted is found.

#[path = "proof/given.rs"]
mod given;

use std::process::{Command, Output};

fn prove(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_prove"))
        .args(arguments)
        .output()
        .expect("it runs")
}

fn told(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{}\n{out}{error}", output.status)
}

/// The numbers of the last line: operations, faults, guarantees and violations.
fn numbers(output: &Output) -> [u64; 4] {
    let out = String::from_utf8_lossy(&output.stdout);
    let last = out.lines().last().unwrap_or_default();
    let number = |part: Option<&str>, name: &str| {
        let value = part.and_then(|part| part.strip_prefix(name));
        let value = value.and_then(|value| value.parse().ok());
        value.unwrap_or_else(|| panic!("{last:?}: no {name}\n{}", told(output)))
    };
    let mut parts = last.split(' ');
    ["operations=", "faults=", "guarantees=", "violations="].map(|name| number(parts.next(), name))
}

fn a_clean_run(store: &str) {
    let output = prove(&["--store", store, "--seconds", "10", "--seed", "11"]);
    let [operations, faults, guarantees, violations] = numbers(&output);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(violations, 0, "{}", told(&output));
    // Each part of the random work was done, and each guarantee held against something.
    let told_of = told(&output);
    let (_, parts) = told_of.split_once("## Operations").expect("a report");
    for part in [
        "history of a stream",
        "row of the inline read model",
        "row of the view",
        "version 2 built",
    ] {
        assert!(parts.contains(part), "no {part}: {told_of}");
    }
    assert!(
        !parts.contains("| 0 | 0 |"),
        "a guarantee was held against nothing: {told_of}"
    );
    assert!(
        operations > 100 && faults > 2 && guarantees > 20,
        "{}",
        told(&output)
    );
}

#[test]
fn a_clean_run_breaks_nothing_in_sqlite() {
    a_clean_run("sqlite");
}

#[test]
fn a_clean_run_breaks_nothing_in_postgresql() {
    a_clean_run("postgres");
}

/// The server is lost at half time, and a standby takes over. Answers how many acknowledged calls it lost.
fn lost_in_a_failover(arguments: &[&str], code: i32) -> u64 {
    let call = [
        "--store",
        "postgres",
        "--seconds",
        "4",
        "--seed",
        "7",
        "--failover",
    ];
    let output = prove(&[&call[..], arguments].concat());
    let [operations, .., violations] = numbers(&output);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert_eq!(violations > 0, code == 1, "{told}");
    assert!(operations > 100, "{told}");
    assert!(
        told.contains("server lost, and its standby in its place"),
        "{told}"
    );
    assert_eq!(
        told.contains("broken: an acknowledged event is stored"),
        code == 1,
        "{told}"
    );
    let lost = told.split_once("The failover lost ");
    let lost = lost.and_then(|(_, lost)| lost.split(' ').next()?.parse().ok());
    lost.unwrap_or_else(|| panic!("nothing is said of what was lost: {told}"))
}

#[test]
fn a_failover_to_a_synchronous_standby_loses_nothing() {
    assert_eq!(lost_in_a_failover(&["synchronous"], 0), 0);
}

#[test]
fn a_failover_to_an_asynchronous_standby_loses_the_end_alone() {
    assert!(lost_in_a_failover(&["asynchronous"], 0) > 0);
}

/// What is lost is noticed where nothing may be.
#[test]
fn a_standby_that_is_behind_is_found() {
    let planted = ["synchronous", "--plant", "standby-behind"];
    assert!(lost_in_a_failover(&planted, 1) > 0);
}

#[test]
fn a_wrong_call_says_how_to_call() {
    for (arguments, what) in [
        (&[] as &[&str], "`--store` is missing"),
        (&["--store", "mysql"], "`mysql` is no store"),
        (
            &["--store", "sqlite", "--seconds", "1"],
            "`--seed` is missing",
        ),
        (
            &["--store", "sqlite", "--seconds", "x"],
            "a whole number is expected",
        ),
        (
            &[
                "--store",
                "sqlite",
                "--seconds",
                "1",
                "--seed",
                "1",
                "--plant",
                "weed",
            ],
            "there is no bug `weed`",
        ),
        (
            &[
                "--store",
                "sqlite",
                "--seconds",
                "1",
                "--seed",
                "1",
                "--plant",
                "frontier-skipped",
            ],
            "does no harm here",
        ),
        (
            &[
                "--store",
                "postgres",
                "--seconds",
                "1",
                "--seed",
                "1",
                "--plant",
                "standby-behind",
            ],
            "`--failover synchronous` is missing",
        ),
    ] {
        let output = prove(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(what), "{}", told(&output));
        assert!(told(&output).contains("--plant <bug>"), "{}", told(&output));
    }
}

/// Runs with a bug, and sees that it is found as what it is, or by what comes of it. Where a machine is slow, little is done in the
/// time in which others find it, and it has four times as long before the bug counts as missed.
fn is_found(store: &str, plant: &str, seconds: u64, guarantees: &[&str]) {
    let mut told = String::new();
    for seconds in [seconds, 4 * seconds] {
        let seconds = seconds.to_string();
        let output = prove(&[
            "--store",
            store,
            "--seconds",
            &seconds,
            "--seed",
            "5",
            "--plant",
            plant,
        ]);
        told = self::told(&output);
        let [.., violations] = numbers(&output);
        assert_eq!(violations > 0, output.status.code() == Some(1), "{told}");
        let is_broken = |guarantee: &&str| told.contains(&format!("broken: {guarantee}"));
        if guarantees.iter().any(is_broken) {
            return;
        }
    }
    panic!("{plant} does not show as {guarantees:?}: {told}");
}

/// One test for each bug and store, named after both. Where the bug is in what clients do, it shows soon; where it is done to the
/// database now and then, later.
macro_rules! plants {
    ($($plant:ident: $name:literal in $seconds:literal seconds breaks $($guarantee:literal)or+,)+) => {
        mod postgres {
            $(#[test]
            fn $plant() {
                super::is_found("postgres", $name, $seconds, &[$($guarantee),+]);
            })+

            /// In SQLite, where one transaction writes at a time, it does no harm.
            #[test]
            fn frontier_skipped() {
                let broken = "a follower was given every event";
                super::is_found("postgres", "frontier-skipped", 4, &[broken]);
            }
        }

        mod sqlite {
            $(#[test]
            fn $plant() {
                super::is_found("sqlite", $name, $seconds, &[$($guarantee),+]);
            })+
        }
    };
}

plants! {
    acknowledged_early: "acknowledged-early" in 4 seconds breaks "an acknowledged event is stored",
    checkpoint_apart: "checkpoint-apart" in 4 seconds breaks "rows that a user writes",
    checkpoint_moved_back: "checkpoint-moved-back" in 8 seconds breaks "each row of a read model",
    delivered_twice: "delivered-twice" in 2 seconds breaks "a follower was given every event",
    event_changed: "event-changed" in 4 seconds breaks "a stored event is one that a client sent",
    event_deleted: "event-deleted" in 4 seconds breaks "an acknowledged event is stored" or "a stream has each version once" or "the row of a stream says",
    inline_forgotten: "inline-forgotten" in 2 seconds breaks "a row of an inline read model is, at every moment",
    half_a_group: "half-a-group" in 2 seconds breaks "an append is stored whole or not at all",
    key_forgotten: "key-forgotten" in 4 seconds breaks "of all commands with a key one took effect",
    refusal_stored: "refusal-stored" in 2 seconds breaks "what was refused is not stored",
    rows_missing: "rows-missing" in 4 seconds breaks "the view of a read model shows",
    stale_load: "stale-load" in 2 seconds breaks "a load is the fold of the first events",
    stale_snapshot: "stale-snapshot" in 4 seconds breaks "a snapshot is the fold" or "a load is the fold" or "a command was decided",
    upcast_forgotten: "upcast-forgotten" in 2 seconds breaks "events of an old schema version",
    version_ignored: "version-ignored" in 2 seconds breaks "an append that expected a version",
}
