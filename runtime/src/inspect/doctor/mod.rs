//! Looks for what is wrong with a store. What the databases can tell is looked for in their folders, one file a check; here
//! is what takes the program to tell.

mod events;
mod processes;
mod release;

use crate::app::App;
use crate::error::Error;
use crate::event::Lineage;
use crate::store::Store;
use crate::store::finding::{self, Check, Finding, Severity};

/// In the order in which they are reported.
const CHECKS: &[Check<Opened>] = &[
    Check {
        name: "release",
        needs_tables: true,
        run: |opened| Box::pin(release::check(opened)),
    },
    Check {
        name: "events",
        needs_tables: true,
        run: |opened| Box::pin(events::check(opened)),
    },
    Check {
        name: "processes",
        needs_tables: true,
        run: |opened| Box::pin(processes::check(opened)),
    },
];

/// A store that could be opened, and what the program knows.
struct Opened {
    store: Store,
    lineages: Vec<&'static Lineage>,
}

/// What was found out about the health of a store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checkup {
    /// What each check has found, in the order of the checks: at least one finding for each that was made.
    pub findings: Vec<Finding>,
}

impl Checkup {
    /// The worst of all findings.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let all = self.findings.iter().map(|finding| finding.severity);
        all.max().unwrap_or(Severity::Ok)
    }
}

/// Looks for what is wrong with the store of an app, and with the database it is in. Only reads, and reads a bounded part
/// of a store of any size.
///
/// It also answers where the store cannot be opened: where the database cannot be reached or refuses, and where its tables
/// are missing or those of another release. What can be looked at then is looked at.
///
/// # Errors
/// Where the app contradicts itself.
pub async fn doctor(app: &App) -> Result<Checkup, Error> {
    app.declared()?;
    let mut findings = match app.examine().await {
        Ok(findings) => findings,
        Err(error) => vec![Finding {
            check: "connection",
            severity: Severity::Error,
            ..Finding::failed(&error)
        }],
    };
    if let Ok(store) = app.open_to_look().await {
        let mut opened = Opened {
            store,
            lineages: app.lineages().collect(),
        };
        findings.extend(finding::run(&mut opened, CHECKS, true).await);
    }
    Ok(Checkup { findings })
}
