use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{DeriveInput, LitInt, LitStr};

use super::item::item;
use super::lock;
use super::settings::{Settings, list, text_value, value};
use crate::diag::Mistakes;
use crate::model::aggregate::{Aggregate, Every, Snapshot};
use crate::names::snake_case;
use crate::words::{AGGREGATE, SNAPSHOT};

pub(super) fn aggregate(input: DeriveInput, mistakes: &mut Mistakes) -> Aggregate {
    let owner = input.ident.to_string();
    let mut settings = Settings::new(&AGGREGATE, &owner);
    let (mut name, mut events_key, mut id, mut snapshot) = (None, None, None, None);
    let (mut events, mut commands, mut reads) = (Vec::new(), Vec::new(), Vec::new());
    settings.read(&input.attrs, mistakes, |ident, key, input, mistakes| {
        match key {
            "name" => name = Some(text_value(input)?),
            "events" => {
                events_key = Some(ident.clone());
                events = list(input)?;
            }
            "commands" => commands = list(input)?,
            "reads" => reads = list(input)?,
            "id" => id = Some(value(input)?),
            _ => snapshot = Some(read_snapshot(ident, input, &owner, mistakes)?),
        }
        Ok(())
    });
    let Settings { place, garbled, .. } = settings;
    let item = item(input, mistakes);
    let name_of = name.as_ref().map_or_else(
        || snake_case(&item.ident.unraw().to_string()),
        LitStr::value,
    );
    Aggregate {
        lock: lock::aggregate(&item, &name_of),
        item,
        attribute: place,
        name,
        events_key,
        events,
        commands,
        reads,
        id,
        snapshot,
        garbled,
    }
}

/// `snapshot(every = 100, logic = 1)`
fn read_snapshot(
    key: &Ident,
    input: ParseStream<'_>,
    owner: &str,
    mistakes: &mut Mistakes,
) -> syn::Result<Snapshot> {
    let inside;
    syn::parenthesized!(inside in input);
    let tokens: TokenStream = inside.parse()?;
    let mut settings = Settings::new(&SNAPSHOT, owner);
    let (mut every, mut when, mut logic) = (None, None, None);
    settings.inside(tokens, mistakes, |_, key, input, _| {
        match key {
            "every" => {
                let literal: LitInt = value(input)?;
                every = Some(Every {
                    events: literal.base10_parse()?,
                    span: literal.span(),
                });
            }
            "when" => when = Some(value(input)?),
            _ => logic = Some(value::<LitInt>(input)?.base10_parse()?),
        }
        Ok(())
    });
    Ok(Snapshot {
        key: key.clone(),
        every,
        when,
        logic,
        garbled: settings.garbled,
    })
}
