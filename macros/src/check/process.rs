use super::numbers::{partitions, version};
use super::reaction;
use crate::diag::Mistakes;
use crate::model::process::{Handler, Handlers, Input, Process, Role, Step};
use crate::names::{process_flaw, process_mended, snake_case};
use crate::text::shown;

/// The longest name of a process: the name of a stream adds the id of an instance.
const LONGEST: usize = 50;

/// What is wrong with a process, and what its methods are for.
pub(crate) fn process<'a>(of: &'a Process, mistakes: &mut Mistakes) -> Handlers<'a> {
    let mut handlers = Handlers {
        good: Vec::new(),
        excused: Vec::new(),
    };
    name(of, mistakes);
    let what = format!("process `{}`", of.of);
    if let Some(number) = &of.version {
        version(&what, number, mistakes);
    }
    if let Some(number) = &of.partitions {
        partitions(&what, number, mistakes);
    }
    whole(of, mistakes);
    if of.of_trait.is_some() || !of.generics.is_empty() {
        return handlers;
    }
    let mut is_open = of.methods.is_empty();
    for method in &of.methods {
        match reaction::handler(method, of, mistakes) {
            Some(handler) if !twice(&handler, &handlers.good, &of.of, mistakes) => {
                handlers.good.push(handler);
            }
            Some(_) => {}
            None => {
                // It may well have been the one that starts an instance.
                is_open = true;
                handlers.excused.extend(reaction::taken(method));
            }
        }
    }
    if !is_open {
        starts(of, &handlers, mistakes);
    }
    handlers
}

fn name(of: &Process, mistakes: &mut Mistakes) {
    let owner = &of.of;
    let suggestion = || {
        let kebab = snake_case(owner).replace('_', "-");
        process_mended(&kebab, LONGEST).unwrap_or_else(|| "order-fulfilment".to_owned())
    };
    let Some(name) = &of.name else {
        // A key that could not be read may well have been the name.
        if !of.garbled {
            mistakes.at(
                &of.target,
                format!(
                    "process `{owner}` is missing its name\nhelp: write `#[process(\"{}\")]`",
                    suggestion()
                ),
            );
        }
        return;
    };
    let text = name.value();
    if let Some(flaw) = process_flaw(&text, LONGEST) {
        let mended = process_mended(&text, LONGEST).unwrap_or_else(suggestion);
        mistakes.at(
            name,
            format!("the name of process `{owner}` {flaw}\nexpected lowercase letters, digits, `-` and `_`, a letter first, at most {LONGEST}\nhelp: write `name = \"{mended}\"`"),
        );
    }
}

fn whole(of: &Process, mistakes: &mut Mistakes) {
    let owner = &of.of;
    if let Some(of_trait) = &of.of_trait {
        mistakes.at(
            of_trait,
            format!("`#[process]` expects an `impl {owner}` block, found the implementation of a trait\nhelp: take out `#[process(..)]` here; its methods go into `#[process(..)] impl {owner} {{ .. }}`"),
        );
    }
    if !of.generics.is_empty() {
        mistakes.at(
            &of.generics,
            "`#[process]` on a generic impl block, but the state of a process is one type\nhelp: write `#[process(\"order-fulfilment\")] impl Fulfilment { .. }` with the name of the state",
        );
    }
    for (item, what) in &of.strays {
        mistakes.at(
            item,
            format!("a {what} does not belong in a `#[process]` block, which holds a method for each thing that the process reacts to\nhelp: move it into an `impl {owner} {{ .. }}` block without `#[process]`"),
        );
    }
    if of.methods.is_empty() && of.strays.is_empty() && of.of_trait.is_none() {
        mistakes.at(
            &of.target,
            format!("process `{owner}` reacts to nothing\nhelp: add a method that starts an instance, like `#[key(event.order)] fn placed(event: &OrderPlaced) -> Self {{ .. }}`"),
        );
    }
}

/// Without a method that starts an instance, there is never one.
fn starts(of: &Process, handlers: &Handlers<'_>, mistakes: &mut Mistakes) {
    let starts = |handler: &Handler<'_>| matches!(handler.role, Role::Event { step, .. } if step != Step::GoOn);
    if handlers.good.iter().any(starts) {
        return;
    }
    mistakes.at(
        &of.target,
        format!(
            "no method of process `{}` starts an instance, so that there is never one to react\nhelp: add one, like `#[key(event.order)] fn placed(event: &OrderPlaced) -> Self {{ .. }}`",
            of.of
        ),
    );
}

/// Methods under different `#[cfg]`s may react to the same, since one of them is not there.
fn twice(
    handler: &Handler<'_>,
    earlier: &[Handler<'_>],
    of: &str,
    mistakes: &mut Mistakes,
) -> bool {
    let same = |other: &&Handler<'_>| {
        other.input == handler.input && other.method.written.cfgs == handler.method.written.cfgs
    };
    let Some(first) = earlier.iter().find(same) else {
        return false;
    };
    let (place, what) = match &handler.input {
        Input::Event(event) => (event, format!("`{}`", shown(event))),
        Input::Timer(timer) => (timer, format!("timer `{}`", shown(timer))),
        Input::Rejected(aggregate, command) => (
            command,
            format!(
                "a refusal of `{}` by `{}`",
                shown(command),
                shown(aggregate)
            ),
        ),
    };
    mistakes.at(
        place,
        format!(
            "methods `{}` and `{}` of `{of}` both react to {what}\nhelp: take out one of them, and let the other do all that is to be done",
            first.method.written.sig.ident, handler.method.written.sig.ident
        ),
    );
    true
}
