use syn::{DeriveInput, LitInt};

use super::item::item;
use super::lock;
use super::settings::{Settings, list, text_value, value};
use crate::diag::Mistakes;
use crate::model::event::{Event, Version};
use crate::words::EVENT;

pub(super) fn event(input: DeriveInput, mistakes: &mut Mistakes) -> Event {
    let owner = input.ident.to_string();
    let mut settings = Settings::new(&EVENT, &owner);
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
    let Settings { place, garbled, .. } = settings;
    let item = item(input, mistakes);
    let lock = lock::event(&item, name.as_ref(), &aliases);
    Event {
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

fn number(input: syn::parse::ParseStream<'_>) -> syn::Result<Version> {
    let literal: LitInt = value(input)?;
    Ok(Version {
        number: literal.base10_parse()?,
        span: literal.span(),
    })
}
