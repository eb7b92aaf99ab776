//! The methods of a projection that writes by itself.

use syn::{FnArg, PatType, ReceiverKind, ReturnType, Type};

use super::projected;
use crate::diag::Mistakes;
use crate::model::block::last_segment;
use crate::model::projection::{Handler, Method, Projection, Role};
use crate::text::shown;

/// What the method handles.
pub(super) fn handler<'a>(
    method: &'a Method,
    of: &Projection,
    mistakes: &mut Mistakes,
) -> Option<Handler<'a>> {
    let owner = &of.of;
    let sig = &method.written.sig;
    let plain = projected::plain(method, owner, "#[projection]", mistakes);
    let received = receiver(method, owner, mistakes);
    let named = rows(method, owner, mistakes);
    let mut parameters = projected::parameters(sig);
    let event = projected::event(method, parameters.next(), owner, mistakes);
    let is_tx = |next: &&PatType| is_transaction(&next.ty);
    let circumstances = match parameters.next_if(|next| !is_tx(next)) {
        None => Some(None),
        second => projected::circumstances(method, second, owner, mistakes),
    };
    let tx = match circumstances {
        None => None,
        Some(_) => transaction(method, &mut parameters, owner, mistakes),
    };
    // Without a receiver it is not known what was meant.
    let answered = !received || answers(method, owner, mistakes);
    match (event, circumstances, tx) {
        (Some((pattern, event)), Some(cx), Some(tx))
            if plain && received && named && answered && !method.garbled =>
        {
            Some(Handler {
                method,
                role: Role::Write,
                event,
                pattern,
                cx,
                tx,
            })
        }
        _ => None,
    }
}

fn receiver(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let sig = &method.written.sig;
    let name = &sig.ident;
    match sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => match &receiver.kind {
            ReceiverKind::Reference(_, None, None) if sig.asyncness.is_some() => true,
            ReceiverKind::Reference(_, None, None) => {
                mistakes.at(
                    name,
                    format!("method `{name}` of `{of}` takes `&self`, so that it writes by itself, but is not `async`\nhelp: write `async fn {name}`"),
                );
                false
            }
            _ => {
                mistakes.at(
                    receiver,
                    format!(
                        "method `{name}` of `{of}` takes `{}`, but many events are handled at once\nhelp: write `&self`",
                        shown(receiver)
                    ),
                );
                false
            }
        },
        _ => {
            mistakes.at(
                name,
                format!("function `{name}` of `{of}` is `async`, so that it writes by itself, but takes no `self`\nhelp: write `&self` first; a function that makes a row is not `async`"),
            );
            false
        }
    }
}

/// Events of one key are handled in their order, so that there cannot be several.
fn rows(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let Some(rows) = method.rows.as_ref().filter(|rows| rows.several()) else {
        return true;
    };
    mistakes.at(
        &rows.attribute,
        format!(
            "`#[keys(..)]` on method `{}` of `{of}`, which writes by itself, and is about one thing\nhelp: write `#[key(..)]` with what the event is about",
            method.written.sig.ident
        ),
    );
    false
}

/// Whether the transaction is asked for.
fn transaction<'a>(
    method: &Method,
    parameters: &mut impl Iterator<Item = &'a PatType>,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<bool> {
    let name = &method.written.sig.ident;
    let Some(found) = parameters.next() else {
        return Some(false);
    };
    let shown = shown(&found.ty);
    if !is_transaction(&found.ty) {
        mistakes.at(
            &found.ty,
            format!("method `{name}` of `{of}` takes `{shown}` after the circumstances\nexpected `&mut Tx`\nhelp: write `tx: &mut Tx`, or take it out"),
        );
        return None;
    }
    if !matches!(&*found.ty, Type::Reference(reference) if reference.mutability.is_some()) {
        mistakes.at(
            &found.ty,
            format!("method `{name}` of `{of}` takes the transaction as `{shown}`\nhelp: write `tx: &mut Tx`"),
        );
        return None;
    }
    if let Some(after) = parameters.next() {
        mistakes.at(
            &after.ty,
            format!("method `{name}` of `{of}` takes `{}` after the transaction, which comes last\nhelp: write `event: &Event, cx: &Recorded, tx: &mut Tx`", crate::text::shown(&after.ty)),
        );
        return None;
    }
    Some(true)
}

fn is_transaction(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_transaction(&reference.elem),
        ty => last_segment(ty).is_some_and(|segment| segment.ident == "Tx"),
    }
}

fn answers(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let name = &method.written.sig.ident;
    let help = "help: write `-> Result<(), Error>` with an error that has `Display`";
    let ReturnType::Type(_, ty) = &method.written.sig.output else {
        mistakes.at(
            name,
            format!("method `{name}` of `{of}` writes by itself, which can fail, but returns nothing\n{help}"),
        );
        return false;
    };
    if last_segment(ty).is_some_and(|segment| segment.ident.to_string().ends_with("Result")) {
        return true;
    }
    mistakes.at(
        ty,
        format!(
            "method `{name}` of `{of}` writes by itself, which can fail, but returns `{}`\nexpected a `Result`, or an alias whose name ends in it\n{help}",
            shown(ty)
        ),
    );
    false
}
