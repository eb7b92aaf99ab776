//! What has changed between two locks.

use std::collections::BTreeMap;
use std::path::Path;

use annals_schema::lock::{Lock, LockedAggregate, LockedEvent, LockedVersion};
use annals_schema::lock::{aggregate_file, event_file};
use annals_schema::{Bump, Facts, Rule, Shape, changes};

use super::difference::{Difference, Subject};
use super::read_models;
use crate::error::{Error, ErrorKind};

/// The names under which events were stored, each with the name under which its event is stored now.
pub(super) type Names = BTreeMap<String, String>;

/// The names of the events of several locks, since an aggregate may read those of other crates.
pub(super) fn names<'a>(locks: impl IntoIterator<Item = &'a Lock>) -> Names {
    let events = locks.into_iter().flat_map(|lock| lock.events.values());
    let names = events.flat_map(|event| {
        let aliases = event.aliases.iter();
        aliases.map(|alias| (alias.clone(), event.name.clone()))
    });
    names.collect()
}

/// The differences that lead from one lock of a folder to another, events first, then aggregates, then read models, by
/// name and version.
///
/// # Errors
/// Where facts of a lock cannot be understood.
pub(super) fn compare(
    folder: &Path,
    before: &Lock,
    after: &Lock,
    names: &Names,
) -> Result<Vec<Difference>, Error> {
    let mut all = Found {
        folder,
        differences: Vec::new(),
    };
    for was in before.events.values() {
        all.event(was, after)?;
    }
    for is in after.events.values() {
        all.news_of(is, before);
    }
    for was in before.aggregates.values() {
        all.aggregate(was, after.aggregates.get(&was.name), names);
    }
    for is in after.aggregates.values() {
        all.newly_read(is, before.aggregates.get(&is.name), names);
    }
    all.differences
        .extend(read_models::compare(folder, before, after));
    all.differences.sort_by_cached_key(|one| rank(&one.subject));
    Ok(all.differences)
}

fn rank(subject: &Subject) -> (u8, String, u32) {
    match subject {
        Subject::Event { name } => (0, name.clone(), 0),
        Subject::Version { event, version } => (0, event.clone(), *version),
        Subject::Aggregate { name } => (1, name.clone(), 0),
        Subject::ReadModel { name } => (2, name.clone(), 0),
    }
}

/// The event that reads what was stored under a name.
fn reader<'a>(lock: &'a Lock, name: &str) -> Option<&'a LockedEvent> {
    let by_alias = |event: &&LockedEvent| event.aliases.contains(name);
    let events = &lock.events;
    events.get(name).or_else(|| events.values().find(by_alias))
}

fn is_called(event: &LockedEvent, name: &str) -> bool {
    event.name == name || event.aliases.contains(name)
}

struct Found<'a> {
    folder: &'a Path,
    differences: Vec<Difference>,
}

impl Found<'_> {
    fn event(&mut self, was: &LockedEvent, after: &Lock) -> Result<(), Error> {
        let subject = event(&was.name);
        let Some(is) = reader(after, &was.name) else {
            let versions = versions(was.versions.keys());
            self.add("EVENT_NO_DELETE", subject, &was.name, &versions, "");
            return Ok(());
        };
        if is.name != was.name {
            let rule = "EVENT_RENAMED_WITH_ALIAS";
            self.add(rule, event(&is.name), &was.name, &was.name, &is.name);
        }
        for alias in &was.aliases {
            if !is_called(is, alias) {
                self.add(
                    "EVENT_ALIAS_NO_DELETE",
                    event(&is.name),
                    &was.name,
                    alias,
                    "",
                );
            }
        }
        for (number, version) in &was.versions {
            let subject = Subject::Version {
                event: is.name.clone(),
                version: *number,
            };
            match is.versions.get(number) {
                Some(now) => self.version(subject, &was.name, version, now)?,
                None => {
                    let from = format!("version {number}");
                    self.add("VERSION_NO_DELETE", subject, &was.name, &from, "");
                }
            }
        }
        Ok(())
    }

    fn version(
        &mut self,
        subject: Subject,
        file: &str,
        was: &LockedVersion,
        is: &LockedVersion,
    ) -> Result<(), Error> {
        if was.meaning != is.meaning {
            let rule = "MEANING_NO_CHANGE";
            self.add(rule, subject.clone(), file, &was.meaning, &is.meaning);
        }
        let memory = Bump::new();
        let from = shape(self.folder, &subject, &was.shape, &memory)?;
        let to = shape(self.folder, &subject, &is.shape, &memory)?;
        for change in changes(from, to) {
            self.differences.push(Difference {
                rule: change.rule,
                subject: subject.clone(),
                path: change.path_now().to_owned(),
                from: change.was().to_owned(),
                to: change.is().to_owned(),
                folder: self.folder.to_owned(),
                file: event_file(file),
            });
        }
        Ok(())
    }

    /// What an event has that it had not before.
    fn news_of(&mut self, is: &LockedEvent, before: &Lock) {
        let was = before.events.values();
        let was: Vec<_> = was.filter(|was| is_called(is, &was.name)).collect();
        let Some(first) = was.first() else {
            let versions = versions(is.versions.keys());
            self.add("EVENT_ADDED", event(&is.name), &is.name, "", &versions);
            return;
        };
        for alias in &is.aliases {
            if !was.iter().any(|was| is_called(was, alias)) {
                self.add("EVENT_ALIAS_ADDED", event(&is.name), &first.name, "", alias);
            }
        }
        for number in is.versions.keys() {
            if was.iter().any(|was| was.versions.contains_key(number)) {
                continue;
            }
            let subject = Subject::Version {
                event: is.name.clone(),
                version: *number,
            };
            let to = format!("version {number}");
            self.add("VERSION_ADDED", subject, &first.name, "", &to);
        }
    }

    fn aggregate(&mut self, was: &LockedAggregate, is: Option<&LockedAggregate>, names: &Names) {
        for name in &was.events {
            let now = names.get(name).unwrap_or(name);
            let is_read =
                |is: &LockedAggregate| is.events.contains(name) || is.events.contains(now);
            if !is.is_some_and(is_read) {
                self.add_to_aggregate("AGGREGATE_EVENT_NO_DELETE", &was.name, name, "");
            }
        }
        let Some(is) = is else { return };
        if was.state != is.state {
            let said = |state: &Option<Facts>| match state {
                Some(state) => facts(state),
                None => String::new(),
            };
            let (from, to) = (said(&was.state), said(&is.state));
            self.add_to_aggregate("STATE_CHANGED", &was.name, &from, &to);
        }
    }

    /// The events that an aggregate did not read before.
    fn newly_read(&mut self, is: &LockedAggregate, was: Option<&LockedAggregate>, names: &Names) {
        for name in &is.events {
            let was_read = was.is_some_and(|was| {
                let mut old = was.events.iter();
                old.any(|old| old == name || names.get(old) == Some(name))
            });
            if !was_read {
                self.add_to_aggregate("AGGREGATE_EVENT_ADDED", &is.name, "", name);
            }
        }
    }

    fn add(&mut self, rule: &str, subject: Subject, file: &str, from: &str, to: &str) {
        self.push(rule, subject, event_file(file), (from, to));
    }

    fn add_to_aggregate(&mut self, rule: &str, name: &str, from: &str, to: &str) {
        let subject = Subject::Aggregate { name: name.into() };
        self.push(rule, subject, aggregate_file(name), (from, to));
    }

    fn push(&mut self, rule: &str, subject: Subject, file: String, (from, to): (&str, &str)) {
        self.differences
            .extend(Rule::named(rule).map(|rule| Difference {
                rule,
                subject,
                path: ".".to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
                folder: self.folder.to_owned(),
                file,
            }));
    }
}

fn event(name: &str) -> Subject {
    Subject::Event { name: name.into() }
}

fn versions<'a>(numbers: impl Iterator<Item = &'a u32>) -> String {
    let numbers: Vec<_> = numbers.map(u32::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("version {one}"),
        several => format!("versions {}", several.join(", ")),
    }
}

/// Facts on one line.
fn facts(facts: &Facts) -> String {
    let facts: Vec<_> = facts
        .iter()
        .map(|(path, what)| format!("{path}: {what}"))
        .collect();
    facts.join("; ")
}

/// The shape that was locked.
///
/// # Errors
/// Where its facts cannot be understood.
pub(super) fn shape<'a>(
    folder: &Path,
    subject: &Subject,
    facts: &Facts,
    memory: &'a Bump,
) -> Result<&'a Shape<'a>, Error> {
    facts.shape(memory).map_err(|flaw| {
        let folder = folder.display();
        Error::new(ErrorKind::Lock, format!("`{subject}` in the lock `{folder}`: {flaw}"))
            .with_hint("take the file back from version control: it was written by `schema lock`, and is not edited by hand")
    })
}

#[cfg(test)]
mod tests {
    use annals_schema::Rule;

    #[test]
    fn every_rule_that_is_named_here_is_in_the_table() {
        let source = include_str!("compare.rs");
        let quoted = source.split('"').skip(1).step_by(2);
        let is_rule = |word: &&str| {
            !word.is_empty()
                && word.contains('_')
                && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        };
        let mut count = 0;
        for rule in quoted.filter(is_rule) {
            assert!(Rule::named(rule).is_some(), "{rule}");
            count += 1;
        }
        assert!(count >= 11, "{count}");
    }
}
