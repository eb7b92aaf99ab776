//! The workloads, and what each of them asks a program for.

use crate::sizes::{
    BATCH, BATCH_CALLERS, CALLERS, CONNECTIONS, HOT_CALLERS, LENGTH, LONG, RATE, RATE_CALLERS,
    SHORT, SNAPSHOT_AT, Sizes, WARM_UP,
};

pub(crate) const WORKLOADS: &[&str] = &["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"];

/// What is stored before a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dataset {
    /// A part of the name of its database.
    pub(crate) name: &'static str,
    /// What the program is asked for.
    pub(crate) args: Vec<String>,
}

/// One call of a program in each round.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) workload: &'static str,
    pub(crate) dataset: Dataset,
    /// Whether it changes the database, so that each round needs a copy.
    pub(crate) writes: bool,
    pub(crate) args: Vec<String>,
}

/// All calls of a workload.
pub(crate) fn cells(workload: &'static str, sizes: &Sizes) -> Vec<Cell> {
    let cell = |dataset: Dataset, writes, own: &[(&str, usize)], figure: &str| Cell {
        workload,
        dataset,
        writes,
        args: args(
            &[
                ("connections", CONNECTIONS),
                ("warm_up", WARM_UP),
                ("limit", sizes.limit),
            ],
            own,
            figure,
        ),
    };
    let replayed = |accounts| [("accounts", accounts), ("length", LENGTH)];
    let many = replayed(sizes.many_accounts);
    match workload {
        "W1" => CALLERS
            .iter()
            .zip(sizes.commands)
            .map(|(callers, calls)| {
                let own = [("callers", *callers), ("calls", calls), ("length", SHORT)];
                cell(short(sizes), true, &own, "W1")
            })
            .collect(),
        "W2" => BATCH_CALLERS
            .iter()
            .map(|callers| {
                let own = [
                    ("callers", *callers),
                    ("calls", sizes.batches),
                    ("batch", BATCH),
                ];
                cell(empty(), true, &own, "W2")
            })
            .collect(),
        "W3" => {
            let own = [
                ("long", LONG),
                ("loads", sizes.loads),
                ("snapshot_loads", sizes.snapshot_loads),
            ];
            vec![cell(short(sizes), false, &own, "W3")]
        }
        "W4" => vec![cell(
            replay("many", sizes.many_accounts),
            false,
            &many,
            "W4",
        )],
        "W5" => {
            let fewer = replayed(sizes.fewer_accounts);
            vec![
                cell(
                    replay("fewer", sizes.fewer_accounts),
                    true,
                    &fewer,
                    "W5-fewer",
                ),
                cell(replay("many", sizes.many_accounts), true, &many, "W5-many"),
            ]
        }
        "W6" => {
            let own = [
                ("callers", HOT_CALLERS),
                ("calls", sizes.hot_commands),
                ("length", SHORT),
            ];
            vec![cell(short(sizes), true, &own, "W6")]
        }
        "W7" => vec![
            cell(
                replay("many", sizes.many_accounts),
                false,
                &many,
                "W7-current",
            ),
            cell(mixed(sizes.many_accounts), false, &many, "W7-mixed"),
        ],
        "W8" => {
            let own = [
                ("rate", RATE),
                ("seconds", sizes.seconds),
                ("callers", RATE_CALLERS),
            ];
            vec![cell(empty(), true, &own, "W8")]
        }
        other => panic!("{other} is no workload"),
    }
}

/// What a figure of a program is, in the words of the table.
pub(crate) fn title(figure: &str, sizes: &Sizes) -> String {
    let events = |accounts: usize| accounts * LENGTH;
    match figure.split('-').collect::<Vec<_>>()[..] {
        ["W1", temperature, callers] => {
            format!("command on short streams, {temperature}, callers: {callers}")
        }
        ["W2", callers] => format!("append of {BATCH} events, callers: {callers}"),
        ["W3", "events"] => format!("load of {LONG} events"),
        ["W3", "snapshot"] => format!("load of {LONG} events, snapshot at {SNAPSHOT_AT}"),
        ["W4"] => format!("replay of {} events in memory", events(sizes.many_accounts)),
        ["W5", "fewer"] => format!("table built from {} events", events(sizes.fewer_accounts)),
        ["W5", "many"] => format!("table built from {} events", events(sizes.many_accounts)),
        ["W6"] => format!("{HOT_CALLERS} callers on one stream"),
        ["W7", "current"] => "replay, all events of the current version".to_owned(),
        ["W7", "share"] => "what old events leave of the speed".to_owned(),
        ["W7", "mixed"] => "replay, half of the events two upcasts away".to_owned(),
        ["W8"] => format!("from commit to visible row, at {RATE} events/s"),
        _ => figure.to_owned(),
    }
}

fn short(sizes: &Sizes) -> Dataset {
    let own = [
        ("accounts", sizes.short_accounts()),
        ("length", SHORT),
        ("long", LONG),
        ("snapshot_at", SNAPSHOT_AT),
    ];
    dataset("short", "short", &own)
}

fn replay(name: &'static str, accounts: usize) -> Dataset {
    dataset(
        name,
        "replay",
        &[("accounts", accounts), ("length", LENGTH)],
    )
}

fn mixed(accounts: usize) -> Dataset {
    dataset(
        "mixed",
        "mixed",
        &[("accounts", accounts), ("length", LENGTH)],
    )
}

fn empty() -> Dataset {
    dataset("empty", "empty", &[])
}

fn dataset(name: &'static str, kind: &str, own: &[(&str, usize)]) -> Dataset {
    let mut args = args(&[("connections", CONNECTIONS)], own, name);
    args.push(format!("dataset={kind}"));
    Dataset { name, args }
}

fn args(all: &[(&str, usize)], own: &[(&str, usize)], figure: &str) -> Vec<String> {
    let numbers = all.iter().chain(own);
    let mut args: Vec<String> = numbers
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    args.push(format!("figure={figure}"));
    args
}
