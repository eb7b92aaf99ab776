use std::any::{TypeId, type_name};
use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Column, EventHandler, Mode, Projection};
use crate::event::{Event, Lineage};
use crate::process::{On, Process, Refused};
use crate::store::projections::{NewBuild, PartId, Status, Table};

/// What is declared of a projection.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: Arc<str>,
    pub(crate) version: u32,
    pub(crate) mode: Mode,
    pub(crate) partitions: u32,
    /// The columns of its table; `None` for a projection that writes by itself.
    pub(crate) columns: Option<&'static [Column]>,
    /// The folder of the schema lock that holds the columns; empty where there are none, or they were written by hand.
    pub(crate) folder: &'static str,
    /// Of the columns and the tokens of the handlers: what tells that they have changed.
    pub(crate) fingerprint: String,
    pub(crate) handled: Vec<Handled>,
    /// The type's path in Rust.
    pub(crate) type_path: &'static str,
}

/// An event that is handled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handled {
    pub(crate) lineage: &'static Lineage,
    pub(crate) event: TypeId,
    /// Whether it is left out while the past is handled again.
    pub(crate) is_effect: bool,
    logic: Option<&'static str>,
}

impl Definition {
    pub(crate) fn of_rows<P: Projection>() -> Self {
        let handled = P::HANDLERS.iter().map(|handler| Handled {
            lineage: handler.lineage,
            event: (handler.event)(),
            is_effect: false,
            logic: handler.logic,
        });
        let handled: Vec<_> = handled.collect();
        Definition {
            name: P::NAME.into(),
            version: P::VERSION,
            mode: P::MODE,
            partitions: P::PARTITIONS,
            columns: Some(P::COLUMNS),
            folder: P::LOCK,
            fingerprint: fingerprint(P::COLUMNS, &handled),
            handled,
            type_path: type_name::<P>(),
        }
    }

    pub(crate) fn of_handler<H: EventHandler>() -> Self {
        let handled = H::HANDLERS.iter().map(|handler| Handled {
            lineage: handler.lineage,
            event: (handler.event)(),
            is_effect: handler.is_effect,
            logic: handler.logic,
        });
        let handled: Vec<_> = handled.collect();
        Definition {
            name: H::NAME.into(),
            version: H::VERSION,
            mode: Mode::Following,
            partitions: H::PARTITIONS,
            columns: None,
            folder: "",
            fingerprint: fingerprint(&[], &handled),
            handled,
            type_path: type_name::<H>(),
        }
    }

    pub(crate) fn of_process<P: Process>() -> Self {
        let events = P::INPUTS.iter().filter_map(|input| match &input.0 {
            On::Event { lineage, event, .. } => Some(Handled {
                lineage,
                event: event(),
                is_effect: false,
                logic: None,
            }),
            On::Rejected { .. } | On::Timer { .. } => None,
        });
        let refusals = Handled {
            lineage: Refused::LINEAGE,
            event: TypeId::of::<Refused>(),
            is_effect: false,
            logic: None,
        };
        let handled: Vec<_> = events.chain([refusals]).collect();
        Definition {
            name: P::PROCESS.into(),
            version: P::PROCESS_VERSION,
            mode: Mode::Following,
            partitions: P::PARTITIONS,
            columns: None,
            folder: "",
            // Methods may change as they like, since what they once decided is kept. What they react to may not.
            fingerprint: fingerprint(&[], &handled),
            handled,
            type_path: type_name::<P>(),
        }
    }

    /// A relay writes nothing, so that all it has is its place in the feed.
    pub(crate) fn of_relay(name: &str) -> Self {
        Definition {
            name: name.into(),
            version: 1,
            mode: Mode::Following,
            partitions: 1,
            columns: None,
            folder: "",
            fingerprint: fingerprint(&[], &[]),
            handled: Vec::new(),
            type_path: "",
        }
    }

    /// A row for it among those that are kept track of, from the first event on.
    pub(crate) fn new_build<'a>(&'a self, mode: &'a str, status: Status) -> NewBuild<'a> {
        NewBuild {
            name: &self.name,
            version: self.version,
            fingerprint: &self.fingerprint,
            mode,
            status,
            partitions: self.partitions,
            checkpoint: 0,
            effects_after: 0,
        }
    }

    /// Its table; `None` where it writes by itself, or keeps no rows.
    pub(crate) fn table(&self) -> Option<Table> {
        let columns = self.columns.filter(|_| self.mode != Mode::Live)?;
        Some(Table {
            name: table_name(&self.name, self.version),
            columns,
        })
    }

    /// Its partitions.
    pub(crate) fn parts(&self) -> impl Iterator<Item = PartId> + '_ {
        (0..self.partitions).map(|partition| PartId {
            projection: Arc::clone(&self.name),
            version: self.version,
            partition,
        })
    }

    pub(crate) fn has_effects(&self) -> bool {
        self.handled.iter().any(|handled| handled.is_effect)
    }
}

/// The table of one version of a projection.
pub(crate) fn table_name(projection: &str, version: u32) -> String {
    format!("{projection}_v{version}")
}

impl Mode {
    /// As it is kept and shown.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Mode::Following => "following",
            Mode::Inline => "inline",
            Mode::Live => "live",
        }
    }
}

/// A change of it means that the rows may be other ones. What a function does that a handler calls, no token shows.
fn fingerprint(columns: &[Column], handled: &[Handled]) -> String {
    let mut text = String::from("annals projection 1\n");
    for column in columns {
        let _ = writeln!(text, "column {column:?}");
    }
    let mut events: Vec<_> = handled.iter().collect();
    events.sort_by_key(|handled| handled.lineage.name);
    for handled in events {
        let Handled { lineage, logic, .. } = handled;
        let _ = writeln!(text, "event {} by {logic:?}", lineage.name);
    }
    let digest = Sha256::digest(text);
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
