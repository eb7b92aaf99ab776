use quote::ToTokens;
use syn::{FnArg, ReturnType, Safety, Type};

use crate::diag::Mistakes;
use crate::model::block::{Answer, Message, Method, last_segment, message};
use crate::text::shown;

/// The type of a parameter, counted without the receiver.
pub(super) fn parameter(method: &Method, position: usize) -> Option<&Type> {
    let mut typed = method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    });
    typed.nth(position)
}

/// Handlers are plain functions of what they are given.
pub(super) fn plain(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let sig = &method.sig;
    let name = &sig.ident;
    let away = format!("help: move it into an `impl {of} {{ .. }}` block without `#[aggregate]`");
    let mut plain = true;
    let mut refuse = |tokens: proc_macro2::TokenStream, message: String| {
        plain = false;
        mistakes.at(tokens, message);
    };
    if let Some(token) = &sig.asyncness {
        refuse(
            token.to_token_stream(),
            format!(
                "method `{name}` of `{of}` is `async`, but applying and deciding depend on nothing outside\nhelp: take out `async`; fetch what it needs before, and pass it in the command"
            ),
        );
    }
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
                "method `{name}` of `{of}` is generic, but one method handles one event or one command\nhelp: write its type out, with one method for each"
            ),
        );
    }
    plain
}

/// Whether the receiver is `&mut self`; `None` where it is neither that nor `&self`.
pub(super) fn receiver(method: &Method, of: &str, mistakes: &mut Mistakes) -> Option<bool> {
    use syn::ReceiverKind;

    let name = &method.sig.ident;
    let expected =
        "expected `&mut self` and an event, to apply it, or `&self` and a command, to decide on it";
    let Some(FnArg::Receiver(receiver)) = method.sig.inputs.first() else {
        mistakes.at(
            name,
            format!("function `{name}` of `{of}` takes no `self`\n{expected}\nhelp: move it into an `impl {of} {{ .. }}` block without `#[aggregate]`"),
        );
        return None;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, None, mutability) => Some(mutability.is_some()),
        _ => {
            mistakes.at(
                receiver,
                format!(
                    "method `{name}` of `{of}` takes `{}`\n{expected}\nhelp: write `&mut self` or `&self`",
                    shown(receiver)
                ),
            );
            None
        }
    }
}

/// The event or command, and whether the circumstances are asked for.
pub(super) fn parameters(
    method: &Method,
    mutable: bool,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<(Message, bool)> {
    let name = &method.sig.ident;
    let (what, example) = if mutable {
        ("an event to apply", "event: MoneyWithdrawn")
    } else {
        ("a command to decide on", "command: Withdraw")
    };
    let Some(first) = parameter(method, 0) else {
        let receiver = if mutable { "&mut self" } else { "&self" };
        mistakes.at(
            name,
            format!("method `{name}` of `{of}` takes `{receiver}` alone, expected {what}\nhelp: write `{receiver}, {example}`, or move it into an `impl {of} {{ .. }}` block without `#[aggregate]`"),
        );
        return None;
    };
    let message = message(first);
    if matches!(message.ty, Type::Reference(_) | Type::ImplTrait(_)) {
        let example = match &message.ty {
            Type::Reference(reference) => shown(&reference.elem),
            _ => example.to_owned(),
        };
        mistakes.at(
            first,
            format!(
                "method `{name}` of `{of}` takes `{}`, expected {what}, by value or by `&`\nhelp: write `{example}`",
                shown(first)
            ),
        );
        return None;
    }
    let context = match parameter(method, 1) {
        None => false,
        Some(second) => {
            circumstances(method, second, mutable, of, mistakes)?;
            true
        }
    };
    if let Some(third) = parameter(method, 2) {
        let cx = if mutable { "Recorded" } else { "Context" };
        mistakes.at(
            third,
            format!("method `{name}` of `{of}` takes a third parameter, expected {what} and at most `cx: &{cx}`\nhelp: take it out; what a method needs to know belongs in the event or the command"),
        );
        return None;
    }
    Some((message, context))
}

/// The second parameter: `&Recorded` where an event is applied, `&Context` where a decision is taken.
fn circumstances(
    method: &Method,
    ty: &Type,
    mutable: bool,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<()> {
    let name = &method.sig.ident;
    let (expected, other, why) = if mutable {
        (
            "Recorded",
            "Context",
            "applies an event, which was recorded",
        )
    } else {
        (
            "Context",
            "Recorded",
            "decides, before anything is recorded",
        )
    };
    let segment = match ty {
        Type::Reference(reference) if reference.mutability.is_none() => {
            last_segment(&reference.elem)
        }
        _ => None,
    };
    if segment.is_some_and(|segment| segment.ident == expected) {
        return Some(());
    }
    let found = shown(ty);
    let why = if last_segment_of_any(ty).is_some_and(|segment| segment.ident == other) {
        format!("method `{name}` of `{of}` {why}, and takes `{found}`")
    } else {
        format!("method `{name}` of `{of}` takes a second parameter of type `{found}`")
    };
    mistakes.at(
        ty,
        format!("{why}\nexpected `&{expected}`\nhelp: write `cx: &{expected}`, or take it out"),
    );
    None
}

fn last_segment_of_any(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Reference(reference) => last_segment(&reference.elem),
        ty => last_segment(ty),
    }
}

/// Whether the method returns nothing.
pub(super) fn applies(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let ReturnType::Type(_, ty) = &method.sig.output else {
        return true;
    };
    if matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()) {
        return true;
    }
    let name = &method.sig.ident;
    let shown = shown(ty);
    mistakes.at(
        ty,
        format!("method `{name}` of `{of}` takes `&mut self`, so that it applies an event, but returns `{shown}`\nexpected nothing: what was recorded cannot fail to be applied\nhelp: take out `-> {shown}`; if it decides on a command, write `&self`"),
    );
    false
}

pub(super) fn decides(method: &Method, of: &str, mistakes: &mut Mistakes) -> Option<Answer> {
    let name = &method.sig.ident;
    let help = "help: write `-> Result<Event, Error>` with the event that follows and the reason to refuse";
    let ReturnType::Type(_, ty) = &method.sig.output else {
        mistakes.at(
            name,
            format!("method `{name}` of `{of}` takes `&self`, so that it decides on a command, but returns nothing\n{help}; if it applies an event, write `&mut self`"),
        );
        return None;
    };
    let segment = last_segment(ty);
    if !segment.is_some_and(|segment| segment.ident.to_string().ends_with("Result")) {
        let shown = shown(ty);
        mistakes.at(
            ty,
            format!("method `{name}` of `{of}` decides on a command, but returns `{shown}`\nexpected a `Result`, or an alias whose name ends in it\n{help}"),
        );
        return None;
    }
    Some(Answer {
        whole: (**ty).clone(),
        parts: segment.and_then(two_types),
    })
}

pub(super) fn two_types(segment: &syn::PathSegment) -> Option<(Type, Type)> {
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    // An alias may take its arguments in whatever order: only the name `Result` says which is which.
    if segment.ident != "Result" || arguments.args.len() != 2 {
        return None;
    }
    match (&arguments.args[0], &arguments.args[1]) {
        (syn::GenericArgument::Type(events), syn::GenericArgument::Type(error)) => {
            Some((events.clone(), error.clone()))
        }
        _ => None,
    }
}
