use super::function::function;
use super::names;
use super::shape::{stored, union};
use crate::diag::Mistakes;
use crate::model::aggregate::{Aggregate, Snapshot, variant};
use crate::names::snake_case;
use crate::text::shown;

/// What is wrong with an aggregate.
pub(crate) fn aggregate(aggregate: &Aggregate, mistakes: &mut Mistakes) {
    let name = aggregate.item.ident.to_string();
    union(&aggregate.item, "Aggregate", mistakes);
    generics(aggregate, &name, mistakes);
    self::name(aggregate, &name, mistakes);
    missing_events(aggregate, &name, mistakes);
    twice(aggregate, &name, mistakes);
    commanded_twice(aggregate, &name, mistakes);
    for read in &aggregate.reads {
        function(read, "reads", &format!("aggregate `{name}`"), mistakes);
    }
    if let Err(flaw) = &aggregate.lock.found {
        mistakes.at(&aggregate.item.ident, flaw);
    }
    if let Some(snapshot) = &aggregate.snapshot {
        self::snapshot(snapshot, &name, mistakes);
        whole(aggregate, &name, mistakes);
        stored(&aggregate.item, &name, mistakes);
    }
}

fn generics(aggregate: &Aggregate, name: &str, mistakes: &mut Mistakes) {
    let params = &aggregate.item.generics.params;
    if !params.is_empty() {
        mistakes.at(
            params,
            format!(
                "aggregate `{name}` is generic, but the name of its streams stands for one type\nhelp: write the types out, with one aggregate for each"
            ),
        );
    }
}

fn name(aggregate: &Aggregate, owner: &str, mistakes: &mut Mistakes) {
    let Some(name) = &aggregate.name else {
        return;
    };
    let text = name.value();
    let bare = text.trim_matches('-');
    if bare != text && !bare.is_empty() {
        mistakes.at(
            name,
            format!(
                "the name of aggregate `{owner}` begins or ends with `-`, which parts it from the id in `{bare}-123`\nhelp: write `name = \"{bare}\"`"
            ),
        );
    } else if bare.is_empty() && !text.is_empty() {
        let snake = snake_case(owner);
        mistakes.at(
            name,
            format!("the name of aggregate `{owner}` is nothing but `-`\nhelp: write `name = \"{snake}\"`"),
        );
    } else {
        names::name(name, &format!("aggregate `{owner}`"), "name", mistakes);
    }
}

fn missing_events(aggregate: &Aggregate, name: &str, mistakes: &mut Mistakes) {
    // Parentheses that could not be read may well have held events.
    if !aggregate.events.is_empty() || aggregate.garbled {
        return;
    }
    let message = format!("aggregate `{name}` is missing its events");
    let help = "events(AccountOpened, MoneyDeposited)";
    match (&aggregate.events_key, aggregate.attribute) {
        (Some(key), _) => mistakes.at(key, format!("{message}\nhelp: write `{help}`")),
        (None, Some(attribute)) => {
            mistakes.at_span(attribute, format!("{message}\nhelp: add `{help}`"));
        }
        (None, None) => mistakes.at(
            &aggregate.item.ident,
            format!("{message}\nhelp: write `#[aggregate({help})]` under the derive"),
        ),
    }
}

/// A variant is named after its event, so that no two of them can share a name.
fn twice(aggregate: &Aggregate, name: &str, mistakes: &mut Mistakes) {
    for (i, event) in aggregate.events.iter().enumerate() {
        let earlier = &aggregate.events[..i];
        let ident = variant(event);
        if earlier.contains(event) {
            let event_name = shown(event);
            mistakes.at(
                event,
                format!("duplicate event `{event_name}` in `events(..)` of aggregate `{name}`\nhelp: take it out"),
            );
        } else if earlier.iter().any(|other| variant(other) == ident) {
            mistakes.at(
                event,
                format!(
                    "aggregate `{name}` lists two events called `{ident}`, after which its variants are named\nhelp: import one of them under another name: `use {} as Other{ident};`",
                    shown(event)
                ),
            );
        }
    }
}

fn commanded_twice(aggregate: &Aggregate, name: &str, mistakes: &mut Mistakes) {
    for (i, command) in aggregate.commands.iter().enumerate() {
        if aggregate.commands[..i].contains(command) {
            let shown = shown(command);
            mistakes.at(
                command,
                format!("duplicate command `{shown}` in `commands(..)` of aggregate `{name}`\nhelp: take it out"),
            );
        }
    }
}

fn snapshot(snapshot: &Snapshot, name: &str, mistakes: &mut Mistakes) {
    match (&snapshot.every, &snapshot.when) {
        (Some(_), Some(when)) => mistakes.at(
            when,
            format!("`every` cannot be combined with `when` in `snapshot(..)` of aggregate `{name}`\nhelp: keep one of them; `when` can count events, too"),
        ),
        (None, None) if !snapshot.garbled => mistakes.at(
            &snapshot.key,
            format!("`snapshot(..)` of aggregate `{name}` is missing when to take one\nhelp: write `snapshot(every = 100)`"),
        ),
        (Some(every), None) if every.events == 0 => mistakes.at_span(
            every.span,
            format!("a snapshot of aggregate `{name}` every 0 events, expected 1 or more\nhelp: write `every = 100`, or take out `snapshot(..)`"),
        ),
        _ => {}
    }
}

/// A snapshot stands for the whole state.
fn whole(aggregate: &Aggregate, name: &str, mistakes: &mut Mistakes) {
    for field in aggregate.item.stored.fields() {
        if let Some(skip) = field.serde.skipped().or(field.serde.skip_if.as_ref()) {
            mistakes.at(
                skip,
                format!(
                    "aggregate `{name}` has snapshots, but serde's `{skip}` would lose its field `{}`\nhelp: take out `{skip}`, or `snapshot(..)`",
                    field.name
                ),
            );
        }
    }
}
