//! What a declaration must keep of what was released. Names and attributes are compared here; types, which tokens do not
//! show, by the constants that the expansion holds.

mod message;
mod names;
mod renamed;

use annals_schema::lock::{LockedEvent, LockedVersion};
use annals_schema::{Bump, Change, changes};

use crate::diag::Mistakes;
use crate::model::event::Event;
use crate::model::lock::{Locked, old_version};

/// What is wrong with an event or a command, as far as its lock can tell.
pub(super) fn event(event: &Event, mistakes: &mut Mistakes) {
    let Some(name) = &event.name else {
        return;
    };
    match &event.lock.found {
        Err(flaw) => mistakes.at(name, flaw),
        Ok(None) => {}
        Ok(Some((_, found))) => {
            if event.version() >= found.newest() {
                aliases(event, found, mistakes);
            }
            reach(event, found, mistakes);
            if let (Some(locked), Some(version)) = (event.locked(), event.released()) {
                meaning(event, &locked, version, mistakes);
                shape(event, &locked, version, mistakes);
            }
        }
    }
}

/// What was stored under another name has to be found.
fn aliases(event: &Event, found: &LockedEvent, mistakes: &mut Mistakes) {
    let name = event
        .name
        .as_ref()
        .map(syn::LitStr::value)
        .unwrap_or_default();
    let noun = event.noun;
    let known: Vec<String> = event.aliases.iter().map(syn::LitStr::value).collect();
    let names = found.aliases.iter().chain([&found.name]);
    for alias in names.filter(|alias| **alias != name && !known.contains(alias)) {
        mistakes.at(
            &event.name,
            format!(
                "{noun} `{name}` was also stored as `{alias}`, which is read no more\nhelp: add `aliases(\"{alias}\")`"
            ),
        );
    }
}

/// Every locked version has to lead here.
fn reach(event: &Event, found: &LockedEvent, mistakes: &mut Mistakes) {
    let version = event.version();
    let Some((below, _)) = found.versions.range(..version).next_back() else {
        return;
    };
    if event.upcast.is_some() || event.upcast_json.is_some() || event.garbled {
        return;
    }
    let name = found.name.as_str();
    let noun = event.noun;
    let ident = &event.item.ident;
    let old = old_version(&ident.to_string(), version - 1);
    let number = version - 1;
    let message = format!(
        "version {below} of {noun} `{name}` is locked, but no step leads from it to version {version}\nhelp: add `upcast = |old: {old}| {ident} {{ .. }}`, and below it, if the old version has no type yet: `annals::past!(\"{name}\", {number} => {old});`"
    );
    match &event.version {
        Some(version) => mistakes.at_span(version.span, message),
        None => mistakes.at(&event.name, message),
    }
}

fn meaning(event: &Event, locked: &Locked<'_>, version: &LockedVersion, mistakes: &mut Mistakes) {
    let now = event
        .meaning
        .as_ref()
        .map(syn::LitStr::value)
        .unwrap_or_default();
    if now == version.meaning {
        return;
    }
    let shown = |meaning: &str| match meaning {
        "" => "nothing".to_owned(),
        meaning => format!("{meaning:?}"),
    };
    let message = message::changed(
        locked,
        "meaning",
        ("meaning", &shown(&version.meaning)),
        ("meaning", &shown(&now)),
        "take the old `meaning` back",
    );
    match &event.meaning {
        Some(meaning) => mistakes.at(meaning, message),
        None => mistakes.at(&event.name, message),
    }
}

fn shape(event: &Event, locked: &Locked<'_>, version: &LockedVersion, mistakes: &mut Mistakes) {
    let memory = Bump::new();
    let was = match version.shape.shape(&memory) {
        Ok(shape) => shape,
        Err(flaw) => {
            let found = format!("{} says of version {}: {flaw}", locked.file, locked.version);
            let help = "take the file back from version control: it was written by `schema lock`";
            mistakes.at(&event.name, format!("{found}\nhelp: {help}"));
            return;
        }
    };
    let stored = &event.item.stored;
    if stored.declared.is_some() || stored.serde.stands_for().is_some() {
        return;
    }
    if renamed::all(event, locked, was, mistakes) {
        return;
    }
    let is = names::of(stored, was, &memory);
    for change in changes(names::comparable(stored, was, &memory), is) {
        if !change.rule.backward {
            report(event, locked, &change, mistakes);
        }
    }
}

fn report(event: &Event, locked: &Locked<'_>, change: &Change, mistakes: &mut Mistakes) {
    let shown = |what: &str| match what {
        "" => "nothing".to_owned(),
        what => what.to_owned(),
    };
    let (from, to) = (shown(change.from.as_str()), shown(change.to.as_str()));
    let was = (change.path.as_str(), from.as_str());
    let is = (change.path_now(), to.as_str());
    let message = message::changed(locked, "shape", was, is, change.cure().as_str());
    mistakes.at(names::place(&event.item, change), message);
}
