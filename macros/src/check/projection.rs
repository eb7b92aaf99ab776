use syn::{FnArg, ReceiverKind};

use super::numbers::{partitions, version};
use super::{projected, row, write};
use crate::diag::Mistakes;
use crate::model::projection::{Handler, Handlers, Kind, Method, Projection};
use crate::names::{snake_case, sql_flaw, sql_mended};
use crate::text::shown;

/// The longest name of a projection: a table's name adds its version.
const LONGEST: usize = 50;
/// The tables that lie beside those of projections.
const RESERVED: [&str; 14] = [
    "streams",
    "events",
    "snapshots",
    "commands",
    "schemas",
    "migrations",
    "projections",
    "partitions",
    "workers",
    "parked",
    "inline_heads",
    "timers",
    "instances",
    "deliveries",
];

/// What is wrong with a projection, and what its methods are for.
pub(crate) fn projection<'a>(of: &'a Projection, mistakes: &mut Mistakes) -> Handlers<'a> {
    let kinds: Vec<_> = of.methods.iter().map(kind).collect();
    let kind = kinds.iter().flatten().next().copied().unwrap_or(Kind::Rows);
    let mut handlers = Handlers {
        kind,
        good: Vec::new(),
        excused: Vec::new(),
    };
    name(of, mistakes);
    numbers(of, mistakes);
    whole(of, mistakes);
    modes(of, kind, mistakes);
    if of.of_trait.is_some() || !of.generics.is_empty() {
        return handlers;
    }
    mixed(of, kind, &kinds, mistakes);
    for (method, found) in of.methods.iter().zip(&kinds) {
        if found.is_some_and(|found| found != kind) {
            continue;
        }
        let checked = match kind {
            Kind::Rows => row::handler(method, of, mistakes),
            Kind::Writes => write::handler(method, of, mistakes),
        };
        match checked {
            Some(handler) if !twice(&handler, &handlers.good, &of.of, mistakes) => {
                handlers.good.push(handler);
            }
            Some(_) => {}
            None => handlers.excused.extend(projected::taken(method)),
        }
    }
    ignored(of, &handlers, mistakes);
    handlers
}

/// What a method is for; `None` where its mistake leaves it open.
fn kind(method: &Method) -> Option<Kind> {
    let sig = &method.written.sig;
    let receiver = match sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => Some(&receiver.kind),
        _ => None,
    };
    match (sig.asyncness.is_some(), receiver) {
        (true, Some(ReceiverKind::Reference(_, _, None)) | None) => Some(Kind::Writes),
        (false, Some(ReceiverKind::Reference(_, _, None))) => None,
        _ => Some(Kind::Rows),
    }
}

fn name(of: &Projection, mistakes: &mut Mistakes) {
    let owner = &of.of;
    let Some(name) = &of.settings.name else {
        // A key that could not be read may well have been the name.
        if !of.settings.garbled {
            let suggestion = sql_mended(&snake_case(owner), LONGEST);
            let suggestion = suggestion.unwrap_or_else(|| "balances".to_owned());
            mistakes.at(
                &of.target,
                format!("projection `{owner}` is missing its name\nhelp: write `#[projection(\"{suggestion}\")]`"),
            );
        }
        return;
    };
    let text = name.value();
    let flaw = match text.strip_prefix('_') {
        Some(_) => Some("begins with `_`".to_owned()),
        None => sql_flaw(&text, LONGEST),
    };
    if let Some(flaw) = flaw {
        let mended = sql_mended(&text, LONGEST).unwrap_or_else(|| "balances".to_owned());
        mistakes.at(
            name,
            format!("the name of projection `{owner}` {flaw}\nexpected lowercase letters, digits and `_`, a letter first, at most {LONGEST}\nhelp: write `name = \"{mended}\"`"),
        );
    } else if RESERVED.contains(&text.as_str()) {
        let suggestion = sql_mended(&format!("{}_{text}", snake_case(owner)), LONGEST);
        mistakes.at(
            name,
            format!(
                "the name of projection `{owner}` is that of a table which every store has: `{text}`\nhelp: write `name = \"{}\"`",
                suggestion.unwrap_or_else(|| format!("all_{text}"))
            ),
        );
    }
}

fn numbers(of: &Projection, mistakes: &mut Mistakes) {
    let what = format!("projection `{}`", of.of);
    if let Some(number) = &of.settings.version {
        version(&what, number, mistakes);
    }
    if let Some((_, number)) = &of.settings.partitions {
        partitions(&what, number, mistakes);
    }
}

fn whole(of: &Projection, mistakes: &mut Mistakes) {
    let owner = &of.of;
    if let Some(of_trait) = &of.of_trait {
        mistakes.at(
            of_trait,
            format!("`#[projection]` expects an `impl {owner}` block, found the implementation of a trait\nhelp: take out `#[projection(..)]` here; its methods go into `#[projection(..)] impl {owner} {{ .. }}`"),
        );
    }
    if !of.generics.is_empty() {
        mistakes.at(
            &of.generics,
            "`#[projection]` on a generic impl block, but a projection is one type\nhelp: write `#[projection(\"balances\")] impl Balance { .. }` with the name of a read model",
        );
    }
    for (item, what) in &of.strays {
        mistakes.at(
            item,
            format!("a {what} does not belong in a `#[projection]` block, which holds a method for each event\nhelp: move it into an `impl {owner} {{ .. }}` block without `#[projection]`"),
        );
    }
    if of.methods.is_empty() && of.strays.is_empty() && of.of_trait.is_none() {
        mistakes.at(
            &of.target,
            format!("projection `{owner}` handles no event\nhelp: add a method, like `fn opened(event: &AccountOpened) -> Self {{ .. }}`"),
        );
    }
}

/// What does not go with how the rows are kept up to date.
fn modes(of: &Projection, kind: Kind, mistakes: &mut Mistakes) {
    let owner = &of.of;
    let settings = &of.settings;
    let modes = [("inline", &settings.inline), ("live", &settings.live)];
    if let (Some(_), Some(live)) = (&settings.inline, &settings.live) {
        mistakes.at(
            live,
            format!("projection `{owner}` is either `inline` or `live`\nhelp: keep one of them: `inline` writes rows with the events, `live` folds them when they are asked for"),
        );
        return;
    }
    for (word, mode) in modes {
        let Some(mode) = mode else {
            continue;
        };
        if kind == Kind::Writes {
            mistakes.at(
                mode,
                format!("`{word}` on `{owner}`, whose `async fn` methods write by themselves, but it is about the rows of a read model\nhelp: take it out"),
            );
        } else if let Some((key, _)) = &settings.partitions {
            mistakes.at(
                key,
                format!("projection `{owner}` is `{word}`, so that nothing is there to be parted\nhelp: take out `partitions`"),
            );
        }
    }
    if kind == Kind::Rows && settings.inline.is_some() {
        for method in &of.methods {
            if let Some(rows) = &method.rows {
                mistakes.at(
                    &rows.attribute,
                    format!("method `{}` of `{owner}` names its rows, but projection `{owner}` is `inline`, so that each stream has its own row\nhelp: take out `#[{}(..)]`, or `inline`", method.written.sig.ident, rows.attribute),
                );
            }
        }
    }
}

/// One mistake, wherever the kinds change how often.
fn mixed(of: &Projection, kind: Kind, kinds: &[Option<Kind>], mistakes: &mut Mistakes) {
    let owner = &of.of;
    let mut all = of.methods.iter().zip(kinds);
    let Some((other, _)) = all.find(|(_, found)| found.is_some_and(|found| found != kind)) else {
        return;
    };
    let mut all = of.methods.iter().zip(kinds);
    let first = all.find(|(_, found)| **found == Some(kind));
    let first = first.map_or_else(String::new, |(first, _)| {
        first.written.sig.ident.to_string()
    });
    let other = &other.written.sig.ident;
    let (is, is_not) = match kind {
        Kind::Rows => ("changes rows", "is `async` and writes by itself"),
        Kind::Writes => ("is `async` and writes by itself", "changes rows"),
    };
    mistakes.at(
        other,
        format!("method `{first}` of `{owner}` {is}, and method `{other}` {is_not}\nhelp: move one of them into a projection of its own: `#[projection(\"..\")] impl Other {{ .. }}`"),
    );
}

/// Methods under different `#[cfg]`s may handle the same event, since one of them is not there.
fn twice(
    handler: &Handler<'_>,
    earlier: &[Handler<'_>],
    of: &str,
    mistakes: &mut Mistakes,
) -> bool {
    let same = |other: &&Handler<'_>| {
        other.event == handler.event && other.method.written.cfgs == handler.method.written.cfgs
    };
    let Some(first) = earlier.iter().find(same) else {
        return false;
    };
    mistakes.at(
        &handler.event,
        format!(
            "methods `{}` and `{}` of `{of}` both handle `{}`\nhelp: take out one of them, and let the other do all that is to be done",
            first.method.written.sig.ident,
            handler.method.written.sig.ident,
            shown(&handler.event)
        ),
    );
    true
}

fn ignored(of: &Projection, handlers: &Handlers<'_>, mistakes: &mut Mistakes) {
    let owner = &of.of;
    for (i, event) in of.settings.ignore.iter().enumerate() {
        let shown = shown(event);
        let handler = handlers.good.iter().find(|handler| handler.event == *event);
        if let Some(handler) = handler {
            mistakes.at(
                event,
                format!(
                    "projection `{owner}` ignores `{shown}`, which its method `{}` handles\nhelp: take it out of `ignore(..)`",
                    handler.method.written.sig.ident
                ),
            );
        } else if of.settings.ignore[..i].contains(event) {
            mistakes.at(
                event,
                format!("duplicate event `{shown}` in `ignore(..)` of projection `{owner}`\nhelp: take it out"),
            );
        }
    }
}
