use syn::{ReturnType, Type};

use super::signature::{applies, decides, parameter, parameters, plain, receiver, two_types};
use crate::diag::Mistakes;
use crate::model::block::{Block, Excused, Handler, Handlers, Method, Role, last_segment, message};
use crate::text::shown;

/// What is wrong with an impl block, and what its methods are for.
pub(crate) fn block<'a>(block: &'a Block, mistakes: &mut Mistakes) -> Handlers<'a> {
    let mut handlers = Handlers {
        good: Vec::new(),
        excused: Vec::new(),
    };
    whole(block, mistakes);
    if block.of_trait.is_some() || !block.generics.is_empty() {
        return handlers;
    }
    for method in &block.methods {
        match handler(method, &block.name, mistakes) {
            Some(handler) if !duplicate(&handler, &handlers.good, &block.name, mistakes) => {
                handlers.good.push(handler);
            }
            Some(_) => {}
            None => handlers.excused.extend(excused(method)),
        }
    }
    handlers
}

fn whole(block: &Block, mistakes: &mut Mistakes) {
    let name = &block.name;
    if let Some(of_trait) = &block.of_trait {
        mistakes.at(
            of_trait,
            format!("`#[aggregate]` expects an `impl {name}` block, found the implementation of a trait\nhelp: take out `#[aggregate]` here; its methods go into `#[aggregate] impl {name} {{ .. }}`"),
        );
    }
    if !block.generics.is_empty() {
        mistakes.at(
            &block.generics,
            "`#[aggregate]` on a generic impl block, but an aggregate is one type\nhelp: write `#[aggregate] impl Account { .. }` with the name of an aggregate",
        );
    }
    for (item, what) in &block.strays {
        mistakes.at(
            item,
            format!("a {what} does not belong in an `#[aggregate]` block, which holds methods that apply or decide\nhelp: move it into an `impl {name} {{ .. }}` block without `#[aggregate]`"),
        );
    }
}

/// What a method with a mistake was meant to handle.
fn excused(method: &Method) -> Option<Excused> {
    let message = match message(parameter(method, 0)?).ty {
        Type::Reference(reference) => *reference.elem,
        ty => ty,
    };
    let of_a_name = matches!(message, Type::Path(_)) && method.sig.generics.params.is_empty();
    let parts = match &method.sig.output {
        ReturnType::Type(_, ty) => last_segment(ty).and_then(two_types),
        ReturnType::Default => None,
    };
    of_a_name.then_some(Excused {
        message,
        error: parts.map(|(_, error)| error),
    })
}

fn handler<'a>(method: &'a Method, of: &str, mistakes: &mut Mistakes) -> Option<Handler<'a>> {
    let plain = plain(method, of, mistakes);
    let mutable = receiver(method, of, mistakes)?;
    let parameters = parameters(method, mutable, of, mistakes);
    let role = if mutable {
        applies(method, of, mistakes).then_some(Role::Apply)
    } else {
        decides(method, of, mistakes).map(|answer| Role::Decide(Box::new(answer)))
    };
    let (message, context) = parameters?;
    let role = role?;
    plain.then_some(Handler {
        method,
        role,
        message,
        context,
    })
}

/// Methods under different `#[cfg]`s may handle the same message, since one of them is not there.
fn duplicate(
    handler: &Handler<'_>,
    earlier: &[Handler<'_>],
    of: &str,
    mistakes: &mut Mistakes,
) -> bool {
    let applies = matches!(handler.role, Role::Apply);
    let same = |other: &&Handler<'_>| {
        matches!(other.role, Role::Apply) == applies
            && other.message.ty == handler.message.ty
            && other.method.cfgs == handler.method.cfgs
    };
    let Some(first) = earlier.iter().find(same) else {
        return false;
    };
    let ty = &handler.message.ty;
    let (verb, noun) = if applies {
        ("apply event", "change all that it changes")
    } else {
        ("decide on command", "take the whole decision")
    };
    mistakes.at(
        ty,
        format!(
            "methods `{}` and `{}` of `{of}` both {verb} `{}`\nhelp: take out one of them, and let the other {noun}",
            first.method.sig.ident,
            handler.method.sig.ident,
            shown(ty)
        ),
    );
    true
}
