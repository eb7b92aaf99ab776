//! Methods that say by an attribute what an event concerns: those of projections and of processes.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr, ImplItem, ImplItemFn, ItemImpl, Meta};

use super::block;
use crate::diag::Mistakes;
use crate::model::projection::{Method, Rows};
use crate::text::shown;

/// The attributes of methods that are read here, and that no compiler knows.
const OWN: [&str; 3] = ["key", "keys", "effect"];

/// How messages speak of the attributes.
pub(super) struct Words {
    /// What `#[key]` does.
    pub(super) names: &'static str,
    /// An example of it.
    pub(super) key: &'static str,
    /// What else there is for several.
    pub(super) several: &'static str,
}

/// Takes the methods out of a block, and the attributes that are read here away from those that stay.
pub(super) fn take(
    block: &mut ItemImpl,
    words: &Words,
    of: &str,
    mistakes: &mut Mistakes,
) -> (Vec<Method>, Vec<(TokenStream, &'static str)>) {
    let (mut methods, mut strays) = (Vec::new(), Vec::new());
    for item in &mut block.items {
        match item.clone() {
            ImplItem::Fn(method) => methods.push(self::method(method, words, of, mistakes)),
            item => strays.push(block::stray(item)),
        }
        if let ImplItem::Fn(method) = item {
            method.attrs.retain(|attribute| !is_own(attribute));
        }
    }
    (methods, strays)
}

fn is_own(attribute: &Attribute) -> bool {
    OWN.iter().any(|own| attribute.path().is_ident(own))
}

fn method(method: ImplItemFn, words: &Words, of: &str, mistakes: &mut Mistakes) -> Method {
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
                    "method `{name}` of `{of}` has more than one `#[{ident}]`\nhelp: keep one of them{}",
                    words.several
                ),
            );
        } else if ident == "effect" {
            effect = Some(self::effect(attribute, ident, mistakes));
        } else {
            rows = self::rows(attribute, ident, words, (&name, of), mistakes);
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
    words: &Words,
    (name, of): (&str, &str),
    mistakes: &mut Mistakes,
) -> Option<Rows> {
    let example = match ident == "keys" {
        true => "#[keys([&event.from, &event.to])]",
        false => words.key,
    };
    let expression = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => list.parse_args::<Expr>(),
        _ => {
            mistakes.at(
                ident,
                format!(
                    "`#[{ident}]` of method `{name}` of `{of}` {}, in parentheses\nhelp: write `{example}`",
                    words.names
                ),
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
