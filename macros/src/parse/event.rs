use syn::{DeriveInput, LitInt};

use super::item::item;
use super::settings::{Settings, list, text_value, value};
use crate::diag::Mistakes;
use crate::model::event::{Event, Version};
use crate::words::EVENT;

pub(super) fn event(input: DeriveInput, mistakes: &mut Mistakes) -> Event {
    let owner = input.ident.to_string();
    let mut settings = Settings::new(&EVENT, &owner);
    let (mut name, mut version, mut upcast, mut upcast_json) = (None, None, None, None);
    let mut aliases = Vec::new();
    settings.read(&input.attrs, mistakes, |_, key, input, _| {
        match key {
            "name" => name = Some(text_value(input)?),
            "version" => version = Some(number(input)?),
            "upcast" => upcast = Some(value(input)?),
            "upcast_json" => upcast_json = Some(value(input)?),
            _ => aliases = list(input)?,
        }
        Ok(())
    });
    let Settings { place, garbled, .. } = settings;
    Event {
        item: item(input, mistakes),
        attribute: place,
        name,
        version,
        upcast,
        upcast_json,
        aliases,
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
