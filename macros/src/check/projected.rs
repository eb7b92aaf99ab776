//! What the methods of projections of both kinds, and of processes, have in common.

use std::iter::Peekable;

use quote::ToTokens;
use syn::{FnArg, Pat, PatType, Safety, Signature, Type};

use crate::diag::Mistakes;
use crate::model::block::{last_segment, message};
use crate::model::projection::Method;
use crate::text::shown;

/// The parameters without the receiver.
pub(super) fn parameters(sig: &Signature) -> Peekable<impl Iterator<Item = &PatType>> {
    let typed = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    typed.peekable()
}

/// Whether it is a method of safe Rust for one type, in a block under `attribute`.
pub(super) fn plain(method: &Method, of: &str, attribute: &str, mistakes: &mut Mistakes) -> bool {
    let sig = &method.written.sig;
    let name = &sig.ident;
    let away = format!("help: move it into an `impl {of} {{ .. }}` block without `{attribute}`");
    let mut plain = true;
    let mut refuse = |tokens: proc_macro2::TokenStream, message: String| {
        plain = false;
        mistakes.at(tokens, message);
    };
    if let Safety::Unsafe(token) = &sig.safety {
        refuse(
            token.to_token_stream(),
            format!("method `{name}` of `{of}` is `unsafe`, but it is called by safe code\n{away}"),
        );
    }
    if let Some(abi) = &sig.abi {
        refuse(
            abi.to_token_stream(),
            format!("method `{name}` of `{of}` is `extern`, expected a plain method\n{away}"),
        );
    }
    if !sig.generics.params.is_empty() {
        refuse(
            sig.generics.params.to_token_stream(),
            format!(
                "method `{name}` of `{of}` is generic, but one method handles one event\nhelp: write its type out, with one method for each"
            ),
        );
    }
    plain
}

/// The event that a method with a mistake was meant to handle.
pub(super) fn taken(method: &Method) -> Option<Type> {
    let sig = &method.written.sig;
    let events = parameters(sig).map(|parameter| message(&parameter.ty));
    let mut events = events.filter(|event| event.by_reference && sig.generics.params.is_empty());
    let event = events.next()?.ty;
    matches!(event, Type::Path(_)).then_some(event)
}

/// What the method calls the event, and its type.
pub(super) fn event<'a>(
    method: &'a Method,
    parameter: Option<&'a PatType>,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<(&'a Pat, Type)> {
    let name = &method.written.sig.ident;
    let Some(parameter) = parameter else {
        mistakes.at(
            name,
            format!("method `{name}` of `{of}` takes no event\nhelp: write `event: &AccountOpened` with the event that it handles, or move it into an `impl {of} {{ .. }}` block without `#[projection]`"),
        );
        return None;
    };
    let event = message(&parameter.ty);
    if event.by_reference && !matches!(event.ty, Type::Reference(_) | Type::ImplTrait(_)) {
        return Some((&parameter.pat, event.ty));
    }
    let bare = bare(&parameter.ty);
    let help = match bare {
        Type::Path(_) => format!("write `&{}`", shown(bare)),
        _ => "write `event: &AccountOpened` with the event that it handles".to_owned(),
    };
    mistakes.at(
        &parameter.ty,
        format!(
            "method `{name}` of `{of}` takes `{}`, expected an event by `&`\nhelp: {help}",
            shown(&parameter.ty)
        ),
    );
    None
}

/// The type without its references.
pub(super) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => bare(&reference.elem),
        ty => ty,
    }
}

/// What the method calls the circumstances, if it asks for them; `None` where it takes something else.
pub(super) fn circumstances<'a>(
    method: &'a Method,
    parameter: Option<&'a PatType>,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<Option<&'a Pat>> {
    let name = &method.written.sig.ident;
    let Some(parameter) = parameter else {
        return Some(None);
    };
    let named =
        |ty: &Type, word: &str| last_segment(bare(ty)).is_some_and(|segment| segment.ident == word);
    let ty = &parameter.ty;
    if named(ty, "Recorded") && message(ty).by_reference {
        return Some(Some(&parameter.pat));
    }
    let found = shown(ty);
    let message = if named(ty, "Tx") {
        format!(
            "method `{name}` of `{of}` changes a row, and takes `{found}`: rows depend on events alone\nhelp: take it out; a method that writes by itself is an `async fn` with `&self`"
        )
    } else if named(ty, "Context") {
        format!(
            "method `{name}` of `{of}` handles an event, which was recorded, and takes `{found}`\nexpected `&Recorded`\nhelp: write `cx: &Recorded`, or take it out"
        )
    } else {
        format!(
            "method `{name}` of `{of}` takes a further parameter of type `{found}`\nexpected `&Recorded`\nhelp: write `cx: &Recorded`, or take it out"
        )
    };
    mistakes.at(ty, message);
    None
}

pub(super) fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Option")
}

pub(super) fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}
