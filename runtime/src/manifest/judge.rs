//! The rules: what a program may know and store, given what others stored.

use annals_schema::{Bump, Facts};

use super::Older;
use super::difference::{Difference, Form, differences};
use super::known::Known;
use super::refusal::{Problem, Wrong, lines, refusal};
use crate::error::{Error, ErrorKind};
use crate::store::row::SchemaRow;

/// A program that is to be judged.
pub(super) struct Judge {
    pub(super) known: Vec<Known>,
    pub(super) older: Older,
    /// Whether it writes, or reads alone.
    pub(super) writes: bool,
}

/// What is to be kept of a program that goes with the database.
pub(super) struct Judged {
    pub(super) fresh: Vec<SchemaRow>,
    /// What older releases could not read, a line for each change.
    pub(super) accepted: Vec<String>,
}

/// One form in which a version was stored.
struct Stored<'a> {
    form: Form<'a>,
    facts: Facts,
    row: &'a SchemaRow,
}

impl Judge {
    /// # Errors
    /// Where the program would misread what is stored, or be misread; or where the rows are damaged.
    pub(super) fn judge(&self, rows: &[SchemaRow]) -> Result<Judged, Error> {
        let memory = Bump::new();
        let mut judged = Judged {
            fresh: Vec::new(),
            accepted: Vec::new(),
        };
        let mut problems = Vec::new();
        for known in &self.known {
            let stored = forms(rows, known.event_type, known.version, &memory)?;
            match stored.iter().position(|stored| known.is(stored)) {
                Some(own) => problems.extend(known.is_outdated(&stored[own..])),
                None => self.judge_new(known, &stored, &mut judged, &mut problems)?,
            }
            for alias in &known.aliases {
                let stored = forms(rows, alias, known.version, &memory)?;
                problems.extend(known.cannot_read(alias, &stored));
            }
        }
        if problems.is_empty() {
            Ok(judged)
        } else {
            Err(refusal(&problems))
        }
    }

    /// Judges a form in which no release has stored the version yet.
    fn judge_new(
        &self,
        known: &Known,
        stored: &[Stored<'_>],
        judged: &mut Judged,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Error> {
        if let Some(problem) = known.cannot_read(known.event_type, stored) {
            problems.push(problem);
            return Ok(());
        }
        if !self.writes {
            return Ok(());
        }
        let too_new = known.cannot_be_read(stored);
        let older_gone = match (too_new, self.older) {
            (None, _) => false,
            (Some(problem), Older::MayRun) => {
                problems.push(problem);
                return Ok(());
            }
            (Some(problem), Older::AreGone) => {
                let Known {
                    event_type,
                    version,
                    ..
                } = known;
                let lines = lines(&problem.differences).into_iter();
                let lines =
                    lines.map(|line| format!("event `{event_type}` version {version}: {line}"));
                judged.accepted.extend(lines);
                true
            }
        };
        judged.fresh.push(known.row(stored, older_gone)?);
        Ok(())
    }
}

impl Known {
    fn form(&self) -> Form<'static> {
        Form {
            meaning: self.meaning,
            shape: self.shape,
        }
    }

    fn is(&self, stored: &Stored<'_>) -> bool {
        self.meaning == stored.form.meaning
            && (self.facts == stored.facts
                || differences(self.form(), stored.form).is_empty()
                    && differences(stored.form, self.form()).is_empty())
    }

    /// Which of the stored forms it would misread.
    fn cannot_read(&self, event_type: &str, stored: &[Stored<'_>]) -> Option<Problem> {
        let all = stored.iter();
        let all = all.flat_map(|stored| differences(stored.form, self.form()));
        self.problem(
            event_type,
            Wrong::Unreadable,
            all.filter(|difference| !difference.rule.backward),
        )
    }

    /// Which of the releases that may run would misread it.
    fn cannot_be_read(&self, stored: &[Stored<'_>]) -> Option<Problem> {
        let gone = stored.iter().rposition(|stored| stored.row.older_gone);
        let running = stored.get(gone.unwrap_or(0)..).unwrap_or_default().iter();
        let all = running.flat_map(|stored| differences(stored.form, self.form()));
        self.problem(
            self.event_type,
            Wrong::TooNew,
            all.filter(|difference| !difference.rule.forward),
        )
    }

    /// Which of the newer forms it would misread: its own comes first, the others amended it.
    fn is_outdated(&self, own_and_newer: &[Stored<'_>]) -> Option<Problem> {
        let newer = own_and_newer.iter().skip(1);
        let all = newer.flat_map(|newer| differences(self.form(), newer.form));
        self.problem(
            self.event_type,
            Wrong::TooOld,
            all.filter(|difference| !difference.rule.forward),
        )
    }

    fn problem(
        &self,
        event_type: &str,
        wrong: Wrong,
        differences: impl Iterator<Item = Difference>,
    ) -> Option<Problem> {
        let differences: Vec<_> = differences.collect();
        (!differences.is_empty()).then(|| Problem {
            event_type: event_type.to_owned(),
            version: self.version,
            wrong,
            differences,
        })
    }

    /// The row of a form that comes after those that are stored.
    fn row(&self, stored: &[Stored<'_>], older_gone: bool) -> Result<SchemaRow, Error> {
        let shape = serde_json::to_string(&self.facts).map_err(|error| {
            let Known {
                event_type,
                version,
                ..
            } = self;
            Error::new(
                ErrorKind::Schema,
                format!(
                    "the shape of event `{event_type}` version {version} cannot be kept: {error}"
                ),
            )
        })?;
        Ok(SchemaRow {
            event_type: self.event_type.to_owned(),
            schema_version: self.version.into(),
            amendment: stored.last().map_or(0, |last| last.row.amendment + 1),
            meaning: self.meaning.to_owned(),
            shape,
            older_gone,
        })
    }
}

/// The forms in which a version was stored, in the order in which they came.
fn forms<'a>(
    rows: &'a [SchemaRow],
    event_type: &str,
    version: u32,
    memory: &'a Bump,
) -> Result<Vec<Stored<'a>>, Error> {
    rows.iter()
        .filter(|row| row.event_type == event_type && row.schema_version == i64::from(version))
        .map(|row| {
            let facts: Facts = serde_json::from_str(&row.shape)
                .map_err(|error| damaged(row, &error.to_string()))?;
            let shape = facts.shape(memory);
            let shape = shape.map_err(|flaw| damaged(row, &flaw.to_string()))?;
            let form = Form {
                meaning: &row.meaning,
                shape,
            };
            Ok(Stored { form, facts, row })
        })
        .collect()
}

fn damaged(row: &SchemaRow, what: &str) -> Error {
    let SchemaRow {
        event_type,
        schema_version,
        amendment,
        ..
    } = row;
    Error::new(
        ErrorKind::Corrupt,
        format!(
            "the shape that the table `schemas` holds of event `{event_type}` version {schema_version}, amendment \
             {amendment}, cannot be understood: {what}"
        ),
    )
    .with_hint(
        "restore the row from a backup, or find out who edited it; where a newer release of annals wrote it, use that one",
    )
}
