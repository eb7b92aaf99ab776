use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::slots::Slots;
use super::steps::{Place, Scope, Steps, key_name, key_text};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::projection::bulk::Verify;
use crate::projection::routes::Routes;
use crate::projection::{Projection, RowKey, Value};
use crate::store::projections::Row;

/// A second fold of all events, and what is left of it to be found in the table.
pub(super) struct VerifyRows<P: Projection> {
    routes: Routes,
    rows: Slots<P>,
    /// Of these an event could not be handled: what their rows are is no matter of the events alone.
    parked: HashSet<Place<P::Key>>,
    expected: Option<HashMap<Place<P::Key>, Vec<Value>>>,
}

impl<P: Projection> VerifyRows<P> {
    pub(super) fn new(routes: &Routes) -> Self {
        VerifyRows {
            routes: routes.clone(),
            rows: Slots::new(),
            parked: HashSet::new(),
            expected: None,
        }
    }

    fn expected(&mut self) -> &mut HashMap<Place<P::Key>, Vec<Value>> {
        let (rows, parked) = (&mut self.rows, &self.parked);
        self.expected.get_or_insert_with(|| {
            let rows = std::mem::replace(rows, Slots::new()).into_rows();
            rows.filter(|(place, _)| !parked.contains(place))
                .filter_map(|(place, row)| Some((place, row.to_values().ok()?)))
                .collect()
        })
    }
}

impl<P: Projection> Verify for VerifyRows<P> {
    fn fold(&mut self, events: &[RecordedEvent]) -> Result<(), Error> {
        let steps = Steps::<P>::of(&self.routes, events, Scope::ALL);
        for step in &steps.list {
            let place = &steps.keys[step.key];
            if self.parked.contains(place) {
                continue;
            }
            let slot = self.rows.slot(place);
            let cx = events[step.at].recorded();
            let changed = self.rows.change(slot, step.handler, steps.event(step), cx);
            if changed.is_err() {
                self.parked.insert(place.clone());
            }
        }
        match steps.halt {
            Some(halt) => Err(halt.into_error()),
            None => Ok(()),
        }
    }

    fn compare(&mut self, row: &Row) -> Option<String> {
        let found = match P::from_values(row.values.clone()) {
            Ok(found) => found,
            Err(misfilled) => return Some(format!("a row does not fit: {misfilled}")),
        };
        let place = Place {
            tenant: Arc::clone(&row.tenant),
            key: found.key(),
        };
        if self.parked.contains(&place) {
            return None;
        }
        let Some(expected) = self.expected().remove(&place) else {
            return Some(format!("row {} is there, and should not be", shown(&place)));
        };
        let columns = P::COLUMNS.iter().zip(expected.iter().zip(&row.values));
        let mut different =
            columns.filter(|(column, (expected, found))| !is_same(column.kind, expected, found));
        let (column, (expected, found)) = different.next()?;
        Some(format!(
            "row {} has {} in column `{}`, and the events say {}",
            shown(&place),
            key_text(std::slice::from_ref(found)),
            column.name,
            key_text(std::slice::from_ref(expected)),
        ))
    }

    fn missing(&mut self) -> Option<String> {
        let expected = self.expected();
        let place = expected.keys().next()?;
        Some(format!(
            "{} rows are missing, like {}",
            expected.len(),
            shown(place)
        ))
    }
}

/// JSON may be laid out by the database in its own way.
fn is_same(kind: crate::projection::ColumnKind, one: &Value, other: &Value) -> bool {
    match (kind, one, other) {
        (crate::projection::ColumnKind::Json, Value::Json(one), Value::Json(other)) => {
            let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).ok();
            one == other || value(one) == value(other)
        }
        _ => one == other,
    }
}

fn shown<K: RowKey>(place: &Place<K>) -> String {
    let key = key_name(&place.key);
    match &*place.tenant {
        "" => format!("`{key}`"),
        tenant => format!("`{key}` of tenant `{tenant}`"),
    }
}
