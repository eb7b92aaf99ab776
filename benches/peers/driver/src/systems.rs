//! What is measured.

/// What a system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What all of this is about.
    Annals,
    /// What annals is held against: no library, and what the database can do at most.
    Limit,
    /// A library for the same purpose.
    Peer,
}

/// A system with a program of its own.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    /// The workspace of the program, below the folder of the driver's.
    pub(crate) workspace: &'static str,
    pub(crate) kind: Kind,
    /// Whose tables it reads, where it has none of its own.
    pub(crate) tables_of: Option<&'static str>,
    /// Which workloads it has, each in which variants; that with an empty name has the name of the system.
    pub(crate) runs: &'static [(&'static str, &'static [&'static str])],
    /// Why it has no others.
    pub(crate) blanks: &'static [(&'static str, &'static str)],
}

const PLAIN: &[&str] = &[""];

pub(crate) const SYSTEMS: &[System] = &[
    System {
        name: "annals",
        package: "peers-annals",
        workspace: ".",
        kind: Kind::Annals,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", &["", "halves", "live", "paged"]),
            ("W5", PLAIN),
            ("W6", PLAIN),
            ("W7", PLAIN),
            ("W8", &["", "same-process"]),
        ],
        blanks: &[],
    },
    System {
        name: "handwritten",
        package: "peers-handwritten",
        workspace: ".",
        kind: Kind::Limit,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", &["", "whole", "paged"]),
            ("W5", &["", "one-by-one"]),
            ("W6", PLAIN),
        ],
        blanks: &[("W7", "has no upcasts"), ("W8", "has no followers")],
    },
    System {
        name: "copy",
        package: "peers-copy",
        workspace: ".",
        kind: Kind::Limit,
        tables_of: Some("handwritten"),
        runs: &[("W4", &["ordered", "unordered"])],
        blanks: &[],
    },
    System {
        name: "cqrs-es",
        package: "peers-cqrs-es",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W5", PLAIN),
            ("W6", PLAIN),
        ],
        blanks: &[
            ("W7", "measured of annals alone"),
            ("W8", "its queries are run by the writer, before the answer"),
        ],
    },
    System {
        name: "esrs",
        package: "peers-esrs",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", &["", "locked"]),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W5", PLAIN),
            ("W6", &["", "locked"]),
        ],
        blanks: &[
            ("W3", "has no snapshots: the load with one is blank"),
            ("W7", "measured of annals alone"),
            (
                "W8",
                "its handlers are run by the writer, before the answer",
            ),
        ],
    },
    System {
        name: "disintegrate",
        package: "peers-disintegrate",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W5", PLAIN),
            ("W6", PLAIN),
        ],
        blanks: &[
            ("W7", "measured of annals alone"),
            ("W8", "not part of this benchmark; its listener is in W5"),
        ],
    },
    System {
        name: "es-entity",
        package: "peers-es-entity",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W6", PLAIN),
        ],
        blanks: &[
            ("W5", "has no projections"),
            ("W7", "measured of annals alone"),
            ("W8", "has no projections"),
        ],
    },
    System {
        name: "eventually",
        package: "peers-eventually",
        workspace: "eventually",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W5", PLAIN),
            ("W6", PLAIN),
        ],
        blanks: &[
            ("W3", "has no snapshots: the load with one is blank"),
            ("W7", "measured of annals alone"),
            (
                "W8",
                "not part of this benchmark; its subscription is in W5",
            ),
        ],
    },
    System {
        name: "evento",
        package: "peers-evento",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", PLAIN),
            ("W5", PLAIN),
            ("W6", PLAIN),
            ("W8", &["", "same-process"]),
        ],
        blanks: &[("W7", "measured of annals alone")],
    },
    System {
        name: "message-db",
        package: "peers-message-db",
        workspace: ".",
        kind: Kind::Peer,
        tables_of: None,
        runs: &[
            ("W1", PLAIN),
            ("W2", PLAIN),
            ("W3", PLAIN),
            ("W4", &["", "large-batches"]),
            ("W5", PLAIN),
            ("W6", PLAIN),
        ],
        blanks: &[
            ("W3", "has no snapshots: the load with one is blank"),
            ("W7", "measured of annals alone"),
            ("W8", "has no consumers: they are part of its clients"),
        ],
    },
];
