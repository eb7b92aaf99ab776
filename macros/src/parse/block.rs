use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{ImplItem, ImplItemFn, ItemImpl};

use super::settings::{Settings, path_value};
use crate::diag::Mistakes;
use crate::model::block::{Block, Method};
use crate::model::default_crate;
use crate::text::text;
use crate::words::BLOCK;

/// The impl block under `#[aggregate]`; `None` where it is something else.
pub(crate) fn block(
    arguments: TokenStream,
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Block> {
    let block: ItemImpl = match syn::parse2(input.clone()) {
        Ok(block) => block,
        Err(error) => {
            refuse(input, error, mistakes);
            return None;
        }
    };
    let name = text(block.self_ty.to_token_stream());
    let mut krate = None;
    Settings::new(&BLOCK, &name).inside(arguments, mistakes, |_, _, input, _| {
        krate = Some(path_value(input)?);
        Ok(())
    });
    let (mut methods, mut strays) = (Vec::new(), Vec::new());
    for item in block.items {
        match item {
            ImplItem::Fn(method) => methods.push(self::method(method)),
            item => strays.push(stray(item)),
        }
    }
    Some(Block {
        krate: krate.unwrap_or_else(default_crate),
        target: *block.self_ty,
        name,
        source: input,
        methods,
        strays,
        of_trait: block.trait_.map(|(path, _)| path),
        generics: block.generics.params.to_token_stream(),
    })
}

/// An item that is no method, and what it is called.
pub(super) fn stray(item: ImplItem) -> (TokenStream, &'static str) {
    match item {
        ImplItem::Const(item) => (item.ident.into_token_stream(), "constant"),
        ImplItem::Type(item) => (item.ident.into_token_stream(), "type"),
        ImplItem::Macro(item) => (item.mac.path.into_token_stream(), "macro call"),
        item => (item.into_token_stream(), "item"),
    }
}

pub(super) fn method(mut method: ImplItemFn) -> Method {
    method.attrs.retain(|attr| !attr.path().is_ident("doc"));
    let is_cfg = |attr: &&syn::Attribute| attr.path().is_ident("cfg");
    Method {
        cfgs: method.attrs.iter().filter(is_cfg).cloned().collect(),
        tokens: method.to_token_stream(),
        sig: method.sig,
    }
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
                "`#[aggregate(..)]` on `{ident}` is missing the derive that reads it\nhelp: write `#[derive(Aggregate, Default)]` above `#[aggregate(..)]`"
            ),
        ),
        item => mistakes.at(
            item,
            "`#[aggregate]` belongs on an impl block of an aggregate, or on the aggregate itself\nhelp: write `#[aggregate] impl Account { .. }`",
        ),
    }
}
