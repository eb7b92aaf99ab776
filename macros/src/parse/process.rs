use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ItemImpl;

use super::keyed::{self, Words};
use super::settings::{Settings, number, path_value, text_value};
use crate::diag::Mistakes;
use crate::model::default_crate;
use crate::model::process::Process;
use crate::text::text;
use crate::words::PROCESS;

const INSTANCES: Words = Words {
    names: "says which instance the event concerns",
    key: "#[key(event.order)]",
    several: "",
};

/// The impl block under `#[process]`; `None` where it is something else.
pub(crate) fn process(
    arguments: TokenStream,
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Process> {
    let mut block: ItemImpl = match syn::parse2(input.clone()) {
        Ok(block) => block,
        Err(error) => {
            refuse(input, error, mistakes);
            return None;
        }
    };
    let of = text(block.self_ty.to_token_stream());
    let (mut krate, mut name) = (None, None);
    let (mut version, mut partitions) = (None, None);
    let mut settings = Settings::new(&PROCESS, &of);
    settings.inside(arguments, mistakes, |_, key, input, _| {
        match key {
            "name" => name = Some(text_value(input)?),
            "version" => version = Some(number(input)?),
            "partitions" => partitions = Some(number(input)?),
            _ => krate = Some(path_value(input)?),
        }
        Ok(())
    });
    let garbled = settings.garbled;
    let (methods, strays) = keyed::take(&mut block, &INSTANCES, &of, mistakes);
    Some(Process {
        krate: krate.unwrap_or_else(default_crate),
        source: block.to_token_stream(),
        target: *block.self_ty,
        of,
        name,
        version,
        partitions,
        garbled,
        methods,
        strays,
        of_trait: block.trait_.map(|(path, _)| path),
        generics: block.generics.params.to_token_stream(),
    })
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
                "`#[process(..)]` belongs on an impl block, found it on the type `{ident}`\nhelp: write `#[derive(Event)]` here, since its states are stored, and `#[process(..)] impl {ident} {{ .. }}` below"
            ),
        ),
        item => mistakes.at(
            item,
            "`#[process(..)]` belongs on an impl block of the state of a process\nhelp: write `#[process(\"order-fulfilment\")] impl Fulfilment { .. }`",
        ),
    }
}
