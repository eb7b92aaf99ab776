//! The methods of a read model's projection.

use quote::ToTokens;
use syn::{FnArg, ReceiverKind, ReturnType};

use super::projected::{self, is_option, is_unit};
use crate::diag::Mistakes;
use crate::model::block::last_segment;
use crate::model::projection::{Handler, Method, Projection, Role};
use crate::text::shown;

/// How a row changes, by the method's signature.
pub(super) fn handler<'a>(
    method: &'a Method,
    of: &Projection,
    mistakes: &mut Mistakes,
) -> Option<Handler<'a>> {
    let owner = &of.of;
    let sig = &method.written.sig;
    let name = &sig.ident;
    let mut plain = projected::plain(method, owner, "#[projection]", mistakes);
    if let Some(token) = &sig.asyncness {
        plain = false;
        mistakes.at(
            token,
            format!("method `{name}` of `{owner}` changes a row, but is `async`: rows depend on events alone\nhelp: take out `async`; a method that writes by itself takes `&self`"),
        );
    }
    if let Some(effect) = &method.effect {
        plain = false;
        mistakes.at(
            effect,
            format!("`#[effect]` on method `{name}` of `{owner}`, which changes a row: it has no effect on the world outside\nhelp: take it out; it belongs on an `async fn` that sends or calls something"),
        );
    }
    let mut parameters = projected::parameters(sig);
    let role = role(method, of, &mut parameters, mistakes);
    let event = projected::event(method, parameters.next(), owner, mistakes);
    let circumstances = projected::circumstances(method, parameters.next(), owner, mistakes);
    if let (Some(Some(_)), Some(third)) = (circumstances, parameters.next()) {
        plain = false;
        mistakes.at(
            &third.ty,
            format!("method `{name}` of `{owner}` takes a parameter after the circumstances, expected the event and at most `cx: &Recorded`\nhelp: take it out; what a method needs to know belongs in the event"),
        );
    }
    let answers = role.is_none_or(|role| answers(method, role, of, mistakes));
    match (role, event, circumstances) {
        (Some(role), Some((pattern, event)), Some(cx)) if plain && answers && !method.garbled => {
            Some(Handler {
                method,
                role,
                event,
                pattern,
                cx,
                tx: false,
            })
        }
        _ => None,
    }
}

/// The role by the receiver; the parameter of a row is taken out of the others.
fn role<'a>(
    method: &'a Method,
    of: &Projection,
    parameters: &mut std::iter::Peekable<impl Iterator<Item = &'a syn::PatType>>,
    mistakes: &mut Mistakes,
) -> Option<Role> {
    let owner = &of.of;
    let name = &method.written.sig.ident;
    let Some(FnArg::Receiver(receiver)) = method.written.sig.inputs.first() else {
        let row = parameters.next_if(|first| is_option(&first.ty));
        return Some(match row {
            Some(_) => Role::Upsert,
            None => Role::Insert,
        });
    };
    match &receiver.kind {
        ReceiverKind::Value => Some(Role::Replace),
        ReceiverKind::Reference(_, None, Some(_)) => Some(Role::Update),
        _ => {
            mistakes.at(
                receiver,
                format!(
                    "method `{name}` of `{owner}` takes `{}`\nexpected no `self` to make a row, `&mut self` to change one, or `self` to replace or delete one\nhelp: write `&mut self`; a method that writes by itself is an `async fn`",
                    shown(receiver)
                ),
            );
            None
        }
    }
}

/// Whether the method answers what its role asks for.
fn answers(method: &Method, role: Role, of: &Projection, mistakes: &mut Mistakes) -> bool {
    let owner = &of.of;
    let name = &method.written.sig.ident;
    let ty = match &method.written.sig.output {
        ReturnType::Type(_, ty) if !is_unit(ty) => ty,
        _ if role == Role::Update => return true,
        output => {
            let (does, help) = match role {
                Role::Insert => (
                    "makes a row",
                    "write `-> Self`; to change a row, take `&mut self` first",
                ),
                Role::Upsert => (
                    "makes a row of one that may be there",
                    "write `-> Option<Self>`",
                ),
                _ => (
                    "takes the row as `self`",
                    "write `-> Option<Self>`, with `None` to delete it; to change it, take `&mut self`",
                ),
            };
            let place = match output {
                ReturnType::Type(_, ty) => ty.to_token_stream(),
                ReturnType::Default => name.to_token_stream(),
            };
            mistakes.at(
                place,
                format!("method `{name}` of `{owner}` {does}, but returns nothing\nhelp: {help}"),
            );
            return false;
        }
    };
    let is_result =
        last_segment(ty).is_some_and(|segment| segment.ident.to_string().ends_with("Result"));
    if role == Role::Update && !is_result {
        let shown = shown(ty);
        mistakes.at(
            ty,
            format!("method `{name}` of `{owner}` changes a row by `&mut self`, but returns `{shown}`\nexpected nothing, or `Result<(), Error>`\nhelp: take out `-> {shown}`; to replace or delete the row, take `self`"),
        );
        return false;
    }
    true
}
