use syn::ext::IdentExt;

use super::function::function;
use super::lock;
use super::shape::{stored, union};
use super::{names, numbers};
use crate::diag::Mistakes;
use crate::model::event::{Event, Noun};
use crate::names::snake_case;

/// What is wrong with an event or a command.
pub(crate) fn event(event: &Event, mistakes: &mut Mistakes) {
    let name = event.item.ident.to_string();
    union(&event.item, event.noun.derive(), mistakes);
    generics(event, &name, mistakes);
    self::name(event, &name, mistakes);
    aliases(event, &name, mistakes);
    version(event, &name, mistakes);
    upcasts(event, &name, mistakes);
    whole(event, &name, mistakes);
    stored(&event.item, &name, mistakes);
    lock::event(event, mistakes);
}

fn generics(event: &Event, name: &str, mistakes: &mut Mistakes) {
    let noun = event.noun;
    let params = &event.item.generics.params;
    if !params.is_empty() {
        mistakes.at(
            params,
            format!(
                "{noun} `{name}` is generic, but one stored name stands for one type\nhelp: write the types out, with one {noun} for each"
            ),
        );
    }
}

fn name(event: &Event, owner: &str, mistakes: &mut Mistakes) {
    let noun = event.noun;
    if let Some(name) = &event.name {
        names::name(name, &format!("{noun} `{owner}`"), "name", mistakes);
        return;
    }
    // A key that could not be read may well have been the name.
    if event.garbled {
        return;
    }
    let snake = suggestion(&event.item.ident.unraw().to_string());
    match event.attribute {
        None => mistakes.at(
            &event.item.ident,
            format!(
                "{noun} `{owner}` is missing the name under which it is stored\nhelp: write `#[{noun}(\"{snake}\")]` under the derive"
            ),
        ),
        Some(attribute) => mistakes.at_span(
            attribute,
            format!(
                "{noun} `{owner}` is missing the name under which it is stored\nhelp: add `name = \"{snake}\"`"
            ),
        ),
    }
}

/// A name to begin with. Versions of an event share one, so that a version in the type's name is left out.
fn suggestion(ident: &str) -> String {
    let snake = snake_case(ident);
    match snake.rsplit_once("_v") {
        Some((bare, version)) if version.parse::<u32>().is_ok() => bare.to_owned(),
        _ => snake,
    }
}

/// Aliases name what was stored in the past, by whatever rules: only what can never match is refused.
fn aliases(event: &Event, owner: &str, mistakes: &mut Mistakes) {
    let noun = event.noun;
    for (i, alias) in event.aliases.iter().enumerate() {
        let text = alias.value();
        if text.is_empty() {
            mistakes.at(
                alias,
                format!("an alias of {noun} `{owner}` is empty\nhelp: take it out"),
            );
        } else if event.name.as_ref().is_some_and(|name| name.value() == text) {
            mistakes.at(
                alias,
                format!(
                    "alias `{text}` of {noun} `{owner}` is its name already\nhelp: take it out"
                ),
            );
        } else if event.aliases[..i]
            .iter()
            .any(|earlier| earlier.value() == text)
        {
            mistakes.at(
                alias,
                format!("duplicate alias `{text}` of {noun} `{owner}`\nhelp: take it out"),
            );
        }
    }
}

fn version(event: &Event, name: &str, mistakes: &mut Mistakes) {
    if let Some(version) = &event.version {
        numbers::version(&format!("{} `{name}`", event.noun), version, mistakes);
    }
}

fn upcasts(event: &Event, name: &str, mistakes: &mut Mistakes) {
    let of = format!("{} `{name}`", event.noun);
    if let (Some(_), Some(json)) = (&event.upcast, &event.upcast_json) {
        mistakes.at(
            json,
            format!("`upcast` cannot be combined with `upcast_json` on {of}\nhelp: keep `upcast` where the version below has a type, and `upcast_json` where it has none"),
        );
        return;
    }
    for (key, step) in [
        ("upcast", &event.upcast),
        ("upcast_json", &event.upcast_json),
    ] {
        let Some(step) = step else {
            continue;
        };
        if event.version() == 1 && !event.garbled {
            mistakes.at(
                step,
                format!("{of} is version 1, and below that is nothing to upcast from\nhelp: add `version = 2`, or take out `{key}`"),
            );
        }
        if key == "upcast" {
            function(step, key, &of, mistakes);
        }
    }
}

/// What serde leaves out is lost for ever.
fn whole(event: &Event, name: &str, mistakes: &mut Mistakes) {
    let noun = event.noun;
    let stored = match noun {
        Noun::Event => "a fact is stored whole",
        Noun::Command => "a command is stored whole",
    };
    for field in event.item.stored.fields() {
        if let Some(skip) = field.serde.skipped() {
            mistakes.at(
                skip,
                format!(
                    "field `{}` of {noun} `{name}` is left out by serde's `{skip}`, but {stored}\nhelp: take out `{skip}`, or the field",
                    field.name
                ),
            );
        }
    }
    for variant in event.item.stored.variants() {
        if let Some(skip) = variant.serde.skipped() {
            mistakes.at(
                skip,
                format!(
                    "variant `{}` of {noun} `{name}` is left out by serde's `{skip}`, but {stored}\nhelp: take out `{skip}`, or the variant",
                    variant.name
                ),
            );
        }
    }
}
