use serde::Serialize;
use serde_json::Value;

use super::fold::read;
use crate::aggregate::Aggregate;
use crate::error::{Error, ErrorKind};
use crate::event::{Recorded, RecordedEvent};
use crate::store::StreamReader;

/// Walks through the past of an aggregate.
#[must_use = "a history does nothing until it is asked for entries"]
pub struct History<A> {
    reader: StreamReader,
    state: A,
    before: Option<Value>,
}

/// One stored event, the state after it, and what it changed.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    event: RecordedEvent,
    state: Value,
    changes: Vec<Change>,
}

/// A place in the JSON of a state that an event changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Where, like `limits.daily` or `cards.2`; empty where the whole state changed.
    pub path: String,
    /// What was there before; `None` where there was nothing.
    pub from: Option<Value>,
    /// What is there now; `None` where there is nothing any more.
    pub to: Option<Value>,
}

impl Change {
    /// What is different in a later state.
    pub(crate) fn between(before: &Value, after: &Value) -> Vec<Change> {
        let mut changes = Vec::new();
        compare("", Some(before), Some(after), &mut changes);
        changes
    }
}

impl HistoryEntry {
    /// The stored event.
    #[must_use]
    pub fn event(&self) -> &RecordedEvent {
        &self.event
    }

    /// Where and when it was recorded.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        self.event.recorded()
    }

    /// The state after it, as JSON.
    #[must_use]
    pub fn state(&self) -> &Value {
        &self.state
    }

    /// What it changed in the state.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

impl<A: Aggregate + Serialize> History<A> {
    pub(super) fn new(reader: StreamReader) -> Self {
        History {
            reader,
            state: A::default(),
            before: None,
        }
    }

    /// The next entry; `None` after the last event.
    ///
    /// # Errors
    /// Where a stored event cannot be read, the stream is damaged, the state does not serialize, or the database fails.
    pub async fn next(&mut self) -> Result<Option<HistoryEntry>, Error> {
        let Some(event) = self.reader.next().await? else {
            return Ok(None);
        };
        let before = match self.before.take() {
            Some(before) => before,
            None => to_value(&self.state)?,
        };
        let state = &mut self.state;
        read::<A>((&event.recorded).into(), &event.payload, &mut |each| {
            state.evolve(each, &event.recorded);
        })?;
        let after = to_value(&self.state)?;
        let changes = Change::between(&before, &after);
        self.before = Some(after.clone());
        Ok(Some(HistoryEntry {
            event,
            state: after,
            changes,
        }))
    }
}

impl<A> std::fmt::Debug for History<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

fn to_value<A: Aggregate + Serialize>(state: &A) -> Result<Value, Error> {
    serde_json::to_value(state).map_err(|error| {
        Error::new(
            ErrorKind::Unstorable,
            format!("the state of aggregate `{}` is no JSON: {error}", A::NAME),
        )
    })
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let inner = |part: &str| {
        if path.is_empty() {
            part.to_owned()
        } else {
            format!("{path}.{part}")
        }
    };
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for (name, value) in before {
                compare(&inner(name), Some(value), after.get(name), changes);
            }
            for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
                compare(&inner(name), None, Some(value), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for at in 0..before.len().max(after.len()) {
                compare(
                    &inner(&at.to_string()),
                    before.get(at),
                    after.get(at),
                    changes,
                );
            }
        }
        _ => changes.push(Change {
            path: path.to_owned(),
            from: before.cloned(),
            to: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Change;

    #[test]
    fn changes_are_named_by_their_path() {
        let before = json!({"owner": "ada", "cents": 5, "cards": [1, 2], "old": true});
        let after = json!({"owner": "ada", "cents": 7, "cards": [1, 3, 4], "new": null});
        let change = |path: &str, from, to| Change {
            path: path.into(),
            from,
            to,
        };
        assert_eq!(
            Change::between(&before, &after),
            [
                change("cards.1", Some(json!(2)), Some(json!(3))),
                change("cards.2", None, Some(json!(4))),
                change("cents", Some(json!(5)), Some(json!(7))),
                change("old", Some(json!(true)), None),
                change("new", None, Some(json!(null))),
            ]
        );
    }

    #[test]
    fn nothing_changed_is_no_change() {
        let state = json!({"a": [1]});
        assert_eq!(Change::between(&state, &state), []);
    }
}
