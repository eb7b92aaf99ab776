//! A run without a bug finds nothing, and each bug that is planted is found.

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
    let output = prove(&["--store", store, "--seconds", "6", "--seed", "11"]);
    let [operations, faults, guarantees, violations] = numbers(&output);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(violations, 0, "{}", told(&output));
    assert!(
        operations > 100 && faults > 2 && guarantees > 15,
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

/// The server is lost at half time, and a standby takes over.
fn a_failover(how: &str) {
    let call = ["--store", "postgres", "--seconds", "8", "--seed", "7"];
    let output = prove(&[&call[..], &["--failover", how]].concat());
    let [operations, .., violations] = numbers(&output);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(violations, 0, "{told}");
    assert!(operations > 100, "{told}");
    assert!(
        told.contains("server lost, and its standby in its place"),
        "{told}"
    );
}

#[test]
fn a_failover_to_a_synchronous_standby_loses_nothing() {
    a_failover("synchronous");
}

#[test]
fn a_failover_to_an_asynchronous_standby_loses_the_end_alone() {
    a_failover("asynchronous");
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
    ] {
        let output = prove(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(what), "{}", told(&output));
        assert!(told(&output).contains("--plant <bug>"), "{}", told(&output));
    }
}

/// Runs with a bug, and sees that it is found as what it is, or by what comes of it.
fn is_found(store: &str, plant: &str, guarantees: &[&str]) {
    let output = prove(&[
        "--store",
        store,
        "--seconds",
        "4",
        "--seed",
        "5",
        "--plant",
        plant,
    ]);
    let [.., violations] = numbers(&output);
    assert_eq!(output.status.code(), Some(1), "{plant}: {}", told(&output));
    assert!(violations > 0, "{}", told(&output));
    let told = told(&output);
    let is_broken = |guarantee: &&str| told.contains(&format!("broken: {guarantee}"));
    assert!(
        guarantees.iter().any(is_broken),
        "{plant} does not show as {guarantees:?}: {told}"
    );
}

/// One test for each bug and store, named after both.
macro_rules! plants {
    ($($plant:ident: $name:literal breaks $($guarantee:literal)or+,)+) => {
        mod postgres {
            $(#[test]
            fn $plant() {
                super::is_found("postgres", $name, &[$($guarantee),+]);
            })+

            /// In SQLite, where one transaction writes at a time, it does no harm.
            #[test]
            fn frontier_skipped() {
                let broken = "a follower was given every event";
                super::is_found("postgres", "frontier-skipped", &[broken]);
            }
        }

        mod sqlite {
            $(#[test]
            fn $plant() {
                super::is_found("sqlite", $name, &[$($guarantee),+]);
            })+
        }
    };
}

plants! {
    acknowledged_early: "acknowledged-early" breaks "an acknowledged event is stored",
    checkpoint_apart: "checkpoint-apart" breaks "rows that a user writes",
    checkpoint_moved_back: "checkpoint-moved-back" breaks "each row of a read model",
    delivered_twice: "delivered-twice" breaks "a follower was given every event",
    event_changed: "event-changed" breaks "a stored event is one that a client sent",
    event_deleted: "event-deleted" breaks "an acknowledged event is stored" or "a stream has each version once" or "the row of a stream says",
    half_a_group: "half-a-group" breaks "an append is stored whole or not at all",
    key_forgotten: "key-forgotten" breaks "of all commands with a key one took effect",
    refusal_stored: "refusal-stored" breaks "what was refused is not stored",
    stale_load: "stale-load" breaks "a load is the fold of the first events",
    stale_snapshot: "stale-snapshot" breaks "a snapshot is the fold" or "a load is the fold" or "a command was decided",
    version_ignored: "version-ignored" breaks "an append that expected a version",
}
