//! The methods of a process.

use quote::ToTokens;
use syn::{FnArg, GenericArgument, Pat, PatType, PathArguments, ReceiverKind, ReturnType, Type};

use super::projected::{self, bare, is_option, is_unit};
use crate::diag::Mistakes;
use crate::model::block::{last_segment, message};
use crate::model::process::{Handler, Input, Process, Role, Step};
use crate::model::projection::Method;
use crate::text::shown;

/// What the method reacts to, and how, by its signature.
pub(super) fn handler<'a>(
    method: &'a Method,
    of: &Process,
    mistakes: &mut Mistakes,
) -> Option<Handler<'a>> {
    let owner = of.of.as_str();
    let sig = &method.written.sig;
    let mut is_right = projected::plain(method, owner, "#[process]", mistakes);
    is_right &= synchronous(method, owner, mistakes);
    let mut parameters = projected::parameters(sig);
    let either = match sig.inputs.first() {
        Some(FnArg::Typed(_)) => parameters.next_if(|first| is_option(&first.ty)).is_some(),
        _ => false,
    };
    let first = parameters.next();
    let (pattern, input) = input(method, first, owner, mistakes)?;
    is_right &= named(method, &input, owner, mistakes);
    let step = step(method, either, &input, owner, mistakes);
    let rest = rest(method, parameters, &input, owner, mistakes);
    is_right &= step.is_none_or(|step| answers(method, step, owner, mistakes));
    let (step, (cx, out)) = (step?, rest?);
    let role = match &input {
        Input::Event(event) => Role::Event {
            event: event.clone(),
            step,
            pattern,
            cx,
        },
        Input::Rejected(..) | Input::Timer(_) => Role::Own(&first?.ty),
    };
    (is_right && !method.garbled).then_some(Handler {
        method,
        role,
        input,
        out,
    })
}

/// What a method with a mistake was meant to react to.
pub(super) fn taken(method: &Method) -> Option<Input> {
    let sig = &method.written.sig;
    if !sig.generics.params.is_empty() {
        return None;
    }
    let mut parameters = projected::parameters(sig);
    let parameter = parameters.find(|parameter| !is_option(&parameter.ty))?;
    let ty = bare(&parameter.ty);
    match of_type(ty) {
        Some(input) => input,
        None => (matches!(ty, Type::Path(_)) && !is_fixed(ty)).then(|| Input::Event(ty.clone())),
    }
}

fn synchronous(method: &Method, of: &str, mistakes: &mut Mistakes) -> bool {
    let Some(token) = &method.written.sig.asyncness else {
        return true;
    };
    mistakes.at(
        token,
        format!(
            "method `{}` of `{of}` is `async`, but a step depends on nothing outside\nhelp: take out `async`; what is to be done outside is the work of a projection's `async fn`, or of a command",
            method.written.sig.ident
        ),
    );
    false
}

/// What the method calls what it reacts to, and what that is.
fn input<'a>(
    method: &'a Method,
    parameter: Option<&'a PatType>,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<(&'a Pat, Input)> {
    let name = &method.written.sig.ident;
    let expected = "expected `event: &OrderPlaced`, `refused: &Rejected<Payment, ChargePayment>` or `timer: &Timer<PaymentTimeout>`";
    let Some(parameter) = parameter else {
        mistakes.at(
            name,
            format!("method `{name}` of `{of}` takes nothing to react to\n{expected}\nhelp: write one of them, or move it into an `impl {of} {{ .. }}` block without `#[process]`"),
        );
        return None;
    };
    let taken = message(&parameter.ty);
    let is_plain =
        taken.by_reference && !matches!(taken.ty, Type::Reference(_) | Type::ImplTrait(_));
    if is_plain && !is_fixed(&taken.ty) {
        return match of_type(&taken.ty) {
            Some(Some(input)) => Some((&parameter.pat, input)),
            Some(None) => {
                incomplete(method, &taken.ty, of, mistakes);
                None
            }
            None => Some((&parameter.pat, Input::Event(taken.ty))),
        };
    }
    let found = bare(&parameter.ty);
    let help = match found {
        Type::Path(_) if !is_fixed(found) => format!("write `&{}`", shown(found)),
        _ => "write one of them first".to_owned(),
    };
    mistakes.at(
        &parameter.ty,
        format!(
            "method `{name}` of `{of}` takes `{}` first\n{expected}\nhelp: {help}",
            shown(&parameter.ty)
        ),
    );
    None
}

/// Whether it is what a method may take besides, or in other blocks.
fn is_fixed(ty: &Type) -> bool {
    ["Recorded", "Context", "Out", "Tx"]
        .iter()
        .any(|word| is_called(ty, word))
}

/// A refusal or a timer; `Some(None)` where its types are not all there, and `None` where it is something else.
fn of_type(ty: &Type) -> Option<Option<Input>> {
    let segment = last_segment(ty)?;
    let types: Vec<Type> = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty.clone()),
                _ => None,
            });
            types.collect()
        }
        _ => Vec::new(),
    };
    if segment.ident == "Rejected" {
        return Some(match types.as_slice() {
            [aggregate, command] => Some(Input::Rejected(aggregate.clone(), command.clone())),
            _ => None,
        });
    }
    // A type called `Timer` that takes no other is the user's own event.
    if segment.ident == "Timer" && !segment.arguments.is_none() {
        return Some(match types.as_slice() {
            [timer] => Some(Input::Timer(timer.clone())),
            _ => None,
        });
    }
    None
}

fn incomplete(method: &Method, ty: &Type, of: &str, mistakes: &mut Mistakes) {
    let (lacks, example) = match is_called(ty, "Timer") {
        true => ("what it was set with is missing", "&Timer<PaymentTimeout>"),
        false => (
            "the aggregate that refused, or the command, is missing",
            "&Rejected<Payment, ChargePayment>",
        ),
    };
    mistakes.at(
        ty,
        format!(
            "method `{}` of `{of}` takes `&{}`, in which {lacks}\nhelp: write `{example}`",
            method.written.sig.ident,
            shown(ty)
        ),
    );
}

/// Whether the instance is named where it has to be, and nowhere else.
fn named(method: &Method, input: &Input, of: &str, mistakes: &mut Mistakes) -> bool {
    let name = &method.written.sig.ident;
    if let Some(effect) = &method.effect {
        mistakes.at(
            effect,
            format!("`#[effect]` on method `{name}` of `{of}`, but a step of a process has no effect on the world outside\nhelp: take it out; send a command, or write what goes outside as a projection with `async fn`"),
        );
        return false;
    }
    match (&method.rows, input) {
        (Some(key), Input::Event(_)) if key.several() => {
            mistakes.at(
                &key.attribute,
                format!("`#[keys(..)]` on method `{name}` of `{of}`, but an event concerns one instance of a process\nhelp: write `#[key(..)]`"),
            );
            false
        }
        (None, Input::Event(_)) if !method.garbled => {
            mistakes.at(
                name,
                format!("method `{name}` of `{of}` does not say which instance the event concerns: events of several streams meet in one\nhelp: write `#[key(event.order)]` above it with what they have in common, or `#[key(cx.stream().id())]` for the id of the event's own stream"),
            );
            false
        }
        (Some(key), Input::Rejected(..) | Input::Timer(_)) => {
            let what = match input {
                Input::Timer(_) => "a timer belongs to the instance that set it",
                _ => "a refusal belongs to the instance that sent the command",
            };
            mistakes.at(
                &key.attribute,
                format!(
                    "`#[{}(..)]` on method `{name}` of `{of}`, but {what}\nhelp: take it out",
                    key.attribute
                ),
            );
            false
        }
        _ => true,
    }
}

/// What the method does with the state, by the receiver.
fn step(
    method: &Method,
    either: bool,
    input: &Input,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<Step> {
    let sig = &method.written.sig;
    let name = &sig.ident;
    let (place, found) = match sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => match &receiver.kind {
            ReceiverKind::Reference(_, None, Some(_)) => return Some(Step::GoOn),
            _ => (
                receiver.to_token_stream(),
                format!("takes `{}`", shown(receiver)),
            ),
        },
        first => match input {
            Input::Event(_) if either => return Some(Step::Either),
            Input::Event(_) => return Some(Step::Begin),
            Input::Rejected(..) | Input::Timer(_) => (
                match (first, either) {
                    (Some(state), true) => state.to_token_stream(),
                    _ => name.to_token_stream(),
                },
                "takes no `&mut self`".to_owned(),
            ),
        },
    };
    let expected = match input {
        Input::Event(_) => {
            "expected no `self` to start an instance, `&mut self` to go on with one, or `state: Option<Self>` for both"
        }
        Input::Rejected(..) => {
            "expected `&mut self`: what is refused was sent by an instance, which is there"
        }
        Input::Timer(_) => "expected `&mut self`: a timer was set by an instance, which is there",
    };
    mistakes.at(
        place,
        format!("method `{name}` of `{of}` {found}\n{expected}\nhelp: write `&mut self`"),
    );
    None
}

/// What the method calls the circumstances, and the type of its `out`, as far as it takes them.
fn rest<'a>(
    method: &'a Method,
    parameters: impl Iterator<Item = &'a PatType>,
    input: &Input,
    of: &str,
    mistakes: &mut Mistakes,
) -> Option<(Option<&'a Pat>, Option<&'a Type>)> {
    let (mut cx, mut out) = (None, None);
    for parameter in parameters {
        let ty = &*parameter.ty;
        let is_event = matches!(input, Input::Event(_));
        if is_out(ty) && out.is_none() {
            out = Some(ty);
        } else if is_event && out.is_none() && cx.is_none() && is_circumstances(ty) {
            cx = Some(&*parameter.pat);
        } else {
            further(
                method,
                ty,
                input,
                (cx.is_some(), out.is_some()),
                of,
                mistakes,
            );
            return None;
        }
    }
    Some((cx, out))
}

fn is_out(ty: &Type) -> bool {
    match ty {
        Type::Reference(of) => of.mutability.is_some() && is_called(&of.elem, "Out"),
        Type::Group(group) => is_out(&group.elem),
        _ => false,
    }
}

fn is_circumstances(ty: &Type) -> bool {
    message(ty).by_reference && is_called(bare(ty), "Recorded")
}

fn is_called(ty: &Type, word: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == word)
}

/// A parameter that the method cannot have.
fn further(
    method: &Method,
    ty: &Type,
    input: &Input,
    (cx, out): (bool, bool),
    of: &str,
    mistakes: &mut Mistakes,
) {
    let name = &method.written.sig.ident;
    let found = shown(ty);
    let takes = format!("method `{name}` of `{of}` takes `{found}`");
    let is = |word| is_called(bare(ty), word);
    let message = if is("Out") && out || is("Recorded") && cx {
        format!("{takes} twice\nhelp: take it out")
    } else if is("Out") {
        format!(
            "method `{name}` of `{of}` takes what it decides as `{found}`\nhelp: write `out: &mut Out<Self>`"
        )
    } else if is("Tx") {
        format!(
            "{takes}, but a step is its state and what `out` is asked for, and writes nothing by itself\nhelp: take it out; send a command, or write tables by a projection"
        )
    } else if is("Context") {
        match input {
            Input::Event(_) => format!(
                "{takes}, but the event was recorded\nexpected `&Recorded`\nhelp: write `cx: &Recorded`, or take it out"
            ),
            _ => {
                format!("{takes}, which is there where a command is decided on\nhelp: take it out")
            }
        }
    } else if is("Recorded") {
        match input {
            Input::Rejected(..) => format!(
                "{takes}, but a refusal knows where it was recorded\nhelp: take it out, and ask `refused.recorded()`"
            ),
            Input::Timer(_) => format!(
                "{takes}, but nothing is recorded before a timer is due\nhelp: take it out, and ask `timer.due_at()`"
            ),
            Input::Event(_) if out => format!(
                "{takes} after `out`, which comes last\nhelp: write `cx: &Recorded, out: &mut Out<Self>`"
            ),
            Input::Event(_) => format!(
                "method `{name}` of `{of}` takes the circumstances as `{found}`\nhelp: write `cx: &Recorded`"
            ),
        }
    } else {
        let expected = match input {
            Input::Event(_) => "at most `cx: &Recorded` and `out: &mut Out<Self>`",
            _ => "at most `out: &mut Out<Self>`",
        };
        format!(
            "method `{name}` of `{of}` takes a further parameter of type `{found}`\nexpected {expected}\nhelp: take it out; what a method needs to know belongs in the event or in the state"
        )
    };
    mistakes.at(ty, message);
}

/// Whether the method answers what its step asks for.
fn answers(method: &Method, step: Step, of: &str, mistakes: &mut Mistakes) -> bool {
    let sig = &method.written.sig;
    let name = &sig.ident;
    match (&sig.output, step) {
        (ReturnType::Type(_, ty), Step::GoOn) if !is_unit(ty) => {
            let is_result = last_segment(ty)
                .is_some_and(|segment| segment.ident.to_string().ends_with("Result"));
            if !is_result {
                let shown = shown(ty);
                mistakes.at(
                    ty,
                    format!("method `{name}` of `{of}` changes the state by `&mut self`, but returns `{shown}`\nexpected nothing, or `Result<(), Error>`\nhelp: take out `-> {shown}`; `out.finish()` ends an instance"),
                );
            }
            is_result
        }
        (_, Step::GoOn) => true,
        (ReturnType::Type(_, ty), _) if !is_unit(ty) => true,
        (output, _) => {
            let does = match step {
                Step::Begin => "starts an instance",
                _ => "makes a state, whether or not there was one",
            };
            let place = match output {
                ReturnType::Type(_, ty) => ty.to_token_stream(),
                ReturnType::Default => name.to_token_stream(),
            };
            let help = match step {
                Step::Begin => "write `-> Self`; to go on with an instance, take `&mut self` first",
                _ => "write `-> Self`",
            };
            mistakes.at(
                place,
                format!("method `{name}` of `{of}` {does}, but returns nothing\nhelp: {help}"),
            );
            false
        }
    }
}
