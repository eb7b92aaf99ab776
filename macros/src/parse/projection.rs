use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ItemImpl;

use super::keyed::{self, Words};
use super::settings::{Settings as Keys, flag, list, number, path_value, text_value};
use crate::diag::Mistakes;
use crate::model::default_crate;
use crate::model::projection::{Projection, Settings};
use crate::text::text;
use crate::words::PROJECTION;

const ROWS: Words = Words {
    names: "says of which row the event is",
    key: "#[key(event.account)]",
    several: "; `#[keys([a, b])]` names several rows",
};

/// The impl block under `#[projection]`; `None` where it is something else.
pub(crate) fn projection(
    arguments: TokenStream,
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Projection> {
    let mut block: ItemImpl = match syn::parse2(input.clone()) {
        Ok(block) => block,
        Err(error) => {
            refuse(input, error, mistakes);
            return None;
        }
    };
    let of = text(block.self_ty.to_token_stream());
    let (krate, settings) = settings(arguments, &of, mistakes);
    let (methods, strays) = keyed::take(&mut block, &ROWS, &of, mistakes);
    Some(Projection {
        krate: krate.unwrap_or_else(default_crate),
        source: block.to_token_stream(),
        target: *block.self_ty,
        of,
        settings,
        methods,
        strays,
        of_trait: block.trait_.map(|(path, _)| path),
        generics: block.generics.params.to_token_stream(),
    })
}

fn settings(
    arguments: TokenStream,
    of: &str,
    mistakes: &mut Mistakes,
) -> (Option<syn::Path>, Settings) {
    let mut keys = Keys::new(&PROJECTION, of);
    let mut krate = None;
    let mut settings = Settings::default();
    keys.inside(arguments, mistakes, |ident, key, input, _| {
        match key {
            "name" => settings.name = Some(text_value(input)?),
            "version" => settings.version = Some(number(input)?),
            "partitions" => settings.partitions = Some((ident.clone(), number(input)?)),
            "inline" => settings.inline = Some(flag(ident, input)?),
            "live" => settings.live = Some(flag(ident, input)?),
            "ignore" => settings.ignore = list(input)?,
            "exhaustive" => settings.exhaustive = list(input)?,
            _ => krate = Some(path_value(input)?),
        }
        Ok(())
    });
    settings.garbled = keys.garbled;
    (krate, settings)
}

fn refuse(input: TokenStream, error: syn::Error, mistakes: &mut Mistakes) {
    let Ok(item) = syn::parse2::<syn::Item>(input) else {
        mistakes.syntax(error);
        return;
    };
    match item {
        syn::Item::Struct(syn::ItemStruct { ident, .. })
        | syn::Item::Enum(syn::ItemEnum { ident, .. }) => mistakes.at(
            &ident,
            format!(
                "`#[projection(..)]` belongs on an impl block, found it on the type `{ident}`\nhelp: write `#[derive(ReadModel)]` here, and `#[projection(..)] impl {ident} {{ .. }}` below"
            ),
        ),
        item => mistakes.at(
            item,
            "`#[projection(..)]` belongs on an impl block of a read model\nhelp: write `#[projection(\"balances\")] impl Balance { .. }`",
        ),
    }
}
