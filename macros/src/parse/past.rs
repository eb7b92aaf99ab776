use annals_schema::lock::Lock as Files;
use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{LitInt, LitStr, Token, Type, Visibility};

use super::lock;
use super::settings::{Settings, path_value, value};
use crate::diag::Mistakes;
use crate::model::past::Past;
use crate::model::{Number, default_crate};
use crate::words::PAST;

/// `"account.opened", 1 => pub AccountOpenedV1 { balance: Money }, upcast = ..`
pub(crate) fn past(input: TokenStream, mistakes: &mut Mistakes) -> Option<Past> {
    match head.parse2(input) {
        Ok((head, rest)) => Some(finish(head, rest, mistakes)),
        Err(error) => {
            mistakes.at_span(
                error.span(),
                format!(
                    "{error}\nhelp: write `annals::past!(\"account.opened\", 1 => AccountOpenedV1);`"
                ),
            );
            None
        }
    }
}

struct Head {
    event: LitStr,
    version: Number,
    vis: Visibility,
    ident: Ident,
    types: Vec<(LitStr, Type)>,
}

fn head(input: ParseStream<'_>) -> syn::Result<(Head, TokenStream)> {
    let event = input.parse()?;
    input.parse::<Token![,]>()?;
    let number: LitInt = input.parse()?;
    input.parse::<Token![=>]>()?;
    let mut head = Head {
        event,
        version: Number {
            number: number.base10_parse()?,
            span: number.span(),
        },
        vis: input.parse()?,
        ident: input.parse()?,
        types: Vec::new(),
    };
    if input.peek(syn::token::Brace) {
        let inside;
        syn::braced!(inside in input);
        let types = inside.parse_terminated(Named::parse, Token![,])?;
        head.types = types.into_iter().map(|of| (of.path, of.ty)).collect();
    }
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok((head, input.parse()?))
}

/// `balance: Money`, or `"lines[].price": Money`
struct Named {
    path: LitStr,
    ty: Type,
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = if input.peek(LitStr) {
            input.parse()?
        } else {
            let field: Ident = input.call(syn::ext::IdentExt::parse_any)?;
            LitStr::new(&field.to_string(), field.span())
        };
        input.parse::<Token![:]>()?;
        Ok(Named {
            path,
            ty: input.parse()?,
        })
    }
}

fn finish(head: Head, rest: TokenStream, mistakes: &mut Mistakes) -> Past {
    let owner = head.ident.to_string();
    let (mut krate, mut folder) = (None, None);
    let (mut upcast, mut upcast_json) = (None, None);
    Settings::new(&PAST, &owner).inside(rest, mistakes, |_, key, input, _| {
        match key {
            "upcast" => upcast = Some(value(input)?),
            "upcast_json" => upcast_json = Some(value(input)?),
            "lock" => folder = Some(value(input)?),
            _ => krate = Some(path_value(input)?),
        }
        Ok(())
    });
    let name = head.event.value();
    let lock = lock::read(folder.as_ref(), |files| Files::event(files, &name, &[]));
    Past {
        krate: krate.unwrap_or_else(default_crate),
        folder,
        event: head.event,
        version: head.version,
        vis: head.vis,
        ident: head.ident,
        types: head.types,
        upcast,
        upcast_json,
        lock,
    }
}
