use syn::DeriveInput;

use super::item::item;
use super::lock;
use super::settings::{Settings, list, number, text_value, value};
use crate::diag::Mistakes;
use crate::model::event::{Event, Noun};

pub(super) fn event(input: DeriveInput, noun: Noun, mistakes: &mut Mistakes) -> Event {
    let owner = input.ident.to_string();
    let mut settings = Settings::new(noun.attribute(), &owner);
    let (mut name, mut version, mut upcast, mut upcast_json) = (None, None, None, None);
    let (mut aliases, mut meaning) = (Vec::new(), None);
    settings.read(&input.attrs, mistakes, |_, key, input, _| {
        match key {
            "name" => name = Some(text_value(input)?),
            "version" => version = Some(number(input)?),
            "upcast" => upcast = Some(value(input)?),
            "upcast_json" => upcast_json = Some(value(input)?),
            "aliases" => aliases = list(input)?,
            _ => meaning = Some(text_value(input)?),
        }
        Ok(())
    });
    let Settings {
        place, mut garbled, ..
    } = settings;
    if place.is_none() {
        garbled = misnamed(&input, noun, mistakes);
    }
    let item = item(input, mistakes);
    let lock = lock::event(&item, name.as_ref(), &aliases);
    Event {
        noun,
        item,
        is_past: false,
        lock,
        attribute: place,
        name,
        version,
        upcast,
        upcast_json,
        aliases,
        meaning,
        garbled,
    }
}

/// Whether the attribute of the other noun stands there instead.
fn misnamed(input: &DeriveInput, noun: Noun, mistakes: &mut Mistakes) -> bool {
    let other = noun.other().attribute().name;
    let mut paths = input.attrs.iter().map(syn::Attribute::path);
    let Some(found) = paths.find(|path| path.is_ident(other)) else {
        return false;
    };
    let (owner, derive) = (&input.ident, noun.derive());
    let own = noun.attribute().name;
    mistakes.at(
        found,
        format!("`#[{other}(..)]` on `{owner}` does not go with `#[derive({derive})]`\nhelp: write `#[{own}(..)]`"),
    );
    true
}
