//! What was found out about the health of a store, and how it is found out.

use std::pin::Pin;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Works, and somebody should look at it.
    Warning,
    /// Does not work, or loses what it promises.
    Error,
}

impl Severity {
    /// `ok`, `warning` or `error`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that a check has found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, with its values.
    pub what: String,
    /// What to do about it; `None` where nothing is to be done.
    pub cure: Option<String>,
    /// The values for programs, by name.
    pub details: Map<String, Value>,
}

impl Finding {
    pub(crate) fn ok(what: impl Into<String>) -> Self {
        Self::new(Severity::Ok, what)
    }

    pub(crate) fn warning(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Severity::Warning, what).with_cure(cure)
    }

    pub(crate) fn error(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Severity::Error, what).with_cure(cure)
    }

    pub(crate) fn new(severity: Severity, what: impl Into<String>) -> Self {
        Finding {
            check: "",
            severity,
            what: what.into(),
            cure: None,
            details: Map::new(),
        }
    }

    pub(crate) fn with_cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// What is wrong, where looking at it failed.
    pub(crate) fn failed(error: &Error) -> Self {
        // Who may not look has not found anything wrong.
        let severity = match error.kind() {
            ErrorKind::Denied => Severity::Warning,
            _ => Severity::Error,
        };
        let finding = Self::new(severity, error.to_string());
        match error.hint() {
            Some(hint) => finding.with_cure(hint),
            None => finding,
        }
    }
}

/// A check under way.
pub(crate) type Running<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Finding>, Error>> + Send + 'a>>;

/// One thing to look at in a `P`.
pub(crate) struct Check<P> {
    pub(crate) name: &'static str,
    /// Whether it looks into tables that a release has made.
    pub(crate) needs_tables: bool,
    pub(crate) run: for<'a> fn(&'a mut P) -> Running<'a>,
}

/// Runs the checks one after another. One that fails is a finding, and takes nothing from the others.
pub(crate) async fn run<P>(patient: &mut P, checks: &[Check<P>], has_tables: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in checks {
        if check.needs_tables && !has_tables {
            continue;
        }
        let found = (check.run)(patient).await;
        let found = found.unwrap_or_else(|error| vec![Finding::failed(&error)]);
        findings.extend(found.into_iter().map(|finding| Finding {
            check: check.name,
            ..finding
        }));
    }
    findings
}
