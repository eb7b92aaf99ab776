use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, ImplItem, ImplItemFn, ItemImpl, LitInt, Meta};

use super::block;
use super::settings::{Settings as Keys, flag, list, path_value, text_value, value};
use crate::diag::Mistakes;
use crate::model::default_crate;
use crate::model::projection::{Method, Number, Projection, Rows, Settings};
use crate::text::{shown, text};
use crate::words::PROJECTION;

/// The attributes of methods that are read here, and that no compiler knows.
const OWN: [&str; 3] = ["key", "keys", "effect"];

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
    let (mut methods, mut strays) = (Vec::new(), Vec::new());
    for item in &block.items {
        match item.clone() {
            ImplItem::Fn(method) => methods.push(self::method(method, &of, mistakes)),
            item => strays.push(block::stray(item)),
        }
    }
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            method.attrs.retain(|attribute| !is_own(attribute));
        }
    }
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

fn is_own(attribute: &Attribute) -> bool {
    OWN.iter().any(|own| attribute.path().is_ident(own))
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

fn number(input: ParseStream<'_>) -> syn::Result<Number> {
    let literal: LitInt = value(input)?;
    Ok(Number {
        number: literal.base10_parse()?,
        span: literal.span(),
    })
}

fn method(method: ImplItemFn, of: &str, mistakes: &mut Mistakes) -> Method {
    let name = method.sig.ident.to_string();
    let (mut rows, mut effect, mut garbled) = (None, None, false);
    for attribute in method.attrs.iter().filter(|attribute| is_own(attribute)) {
        let Some(ident) = attribute.path().get_ident() else {
            continue;
        };
        let twice = if ident == "effect" {
            effect.is_some()
        } else {
            rows.is_some()
        };
        if twice {
            mistakes.at(
                ident,
                format!(
                    "method `{name}` of `{of}` has more than one `#[{ident}]`\nhelp: keep one of them; `#[keys([a, b])]` names several rows"
                ),
            );
        } else if ident == "effect" {
            effect = Some(self::effect(attribute, ident, mistakes));
        } else {
            rows = self::rows(attribute, ident, &name, of, mistakes);
            garbled |= rows.is_none();
        }
    }
    Method {
        written: block::method(method),
        rows,
        effect,
        garbled,
    }
}

fn effect(attribute: &Attribute, ident: &Ident, mistakes: &mut Mistakes) -> Ident {
    if !matches!(attribute.meta, Meta::Path(_)) {
        mistakes.at(
            &attribute.meta,
            "`#[effect]` is one word\nhelp: write `#[effect]`",
        );
    }
    ident.clone()
}

/// The expression in the parentheses.
fn rows(
    attribute: &Attribute,
    ident: &Ident,
    name: &str,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<Rows> {
    let example = match ident == "keys" {
        true => "#[keys([&event.from, &event.to])]",
        false => "#[key(event.account)]",
    };
    let expression = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => list.parse_args::<Expr>(),
        _ => {
            mistakes.at(
                ident,
                format!("`#[{ident}]` of method `{name}` of `{of}` says of which row the event is, in parentheses\nhelp: write `{example}`"),
            );
            return None;
        }
    };
    match expression {
        Ok(expression) => Some(Rows {
            attribute: ident.clone(),
            expression,
        }),
        Err(error) => {
            let found = attribute
                .meta
                .require_list()
                .map(|list| shown(&list.tokens));
            mistakes.at_span(
                error.span(),
                format!(
                    "`#[{ident}(..)]` of method `{name}` of `{of}` expects an expression, found `{}`: {error}\nhelp: write `{example}`",
                    found.unwrap_or_default()
                ),
            );
            None
        }
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
                "`#[projection(..)]` belongs on an impl block, found it on the type `{ident}`\nhelp: write `#[derive(ReadModel)]` here, and `#[projection(..)] impl {ident} {{ .. }}` below"
            ),
        ),
        item => mistakes.at(
            item,
            "`#[projection(..)]` belongs on an impl block of a read model\nhelp: write `#[projection(\"balances\")] impl Balance { .. }`",
        ),
    }
}
