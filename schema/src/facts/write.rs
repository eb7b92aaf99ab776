use super::{Flaw, describe};
use crate::compare::nth_untagged;
use crate::compare::place::{Path, Scopes, Step};
use crate::name::push_name;
use crate::named::Named;
use crate::text::Text;
use crate::view::{Items, View, content, is_untagged};
use crate::{Enum, Field, Fields, Shape, Struct};

/// Deep enough for whatever people write; the comparison keeps paths of two steps more.
const DEPTH: usize = 30;

pub(super) fn write(shape: &Shape<'_>) -> Result<Vec<(String, String)>, Flaw> {
    let mut facts = Vec::new();
    let at = At {
        path: Path::ROOT,
        scopes: Scopes::NONE,
    };
    at.value(&mut facts, shape)?;
    inside(&mut facts, at, shape)?;
    Ok(facts)
}

#[derive(Clone, Copy)]
struct At<'a> {
    path: Path<'a>,
    scopes: Scopes<'a>,
}

impl<'a> At<'a> {
    fn and(mut self, step: Step<'a>) -> Self {
        self.path = self.path.and(step);
        self
    }

    fn text(&self) -> String {
        self.path.text(self.path.len()).to_string()
    }

    fn flaw(&self, reason: &str) -> Flaw {
        Flaw {
            path: self.text(),
            reason: reason.to_owned(),
        }
    }

    /// Takes down what is stored here.
    fn say(&self, facts: &mut List, what: Text, shape: &Shape<'_>) -> Result<(), Flaw> {
        let path = self.path.text(self.path.len());
        if path.is_cut() || what.is_cut() {
            return Err(self.flaw("has names that are too long for a lock"));
        }
        facts.push((path.to_string(), sampled(what, shape)));
        Ok(())
    }

    fn value(&self, facts: &mut List, shape: &Shape<'a>) -> Result<(), Flaw> {
        self.say(
            facts,
            describe::value(shape, &self.path, self.scopes),
            shape,
        )
    }

    fn field(&self, facts: &mut List, field: &Field<'a>) -> Result<(), Flaw> {
        self.say(
            facts,
            describe::field(field, &self.path, self.scopes),
            field.shape,
        )
    }
}

/// The text with the sample at its end.
fn sampled(text: Text, shape: &Shape<'_>) -> String {
    match sample(shape) {
        "" => text.to_string(),
        sample => format!("{text}, sample {sample}"),
    }
}

/// The sample of a format, whatever it is wrapped in.
fn sample<'a>(shape: &Shape<'a>) -> &'a str {
    match shape {
        Shape::Optional(inner) => sample(inner),
        Shape::Struct(Struct {
            fields: Fields::Newtype(field) | Fields::Transparent(field),
            ..
        }) => sample(field.shape),
        Shape::Format(format) => format.sample,
        _ => "",
    }
}

type List = Vec<(String, String)>;

fn inside<'a>(facts: &mut List, mut at: At<'a>, shape: &Shape<'a>) -> Result<(), Flaw> {
    if at.path.len() > DEPTH {
        return Err(at.flaw(&format!("is nested deeper than {DEPTH} levels")));
    }
    let view = View::of(shape, at.scopes, at.path.len());
    at.scopes = view.scopes;
    if at.scopes.is_full() {
        return Err(at.flaw(&format!("lies within more than {DEPTH} types")));
    }
    match view.core {
        Shape::List(item) | Shape::Set(item) | Shape::Array(item, _) => {
            value(facts, at.and(Step::Item), item)
        }
        Shape::Map(key, item) => {
            value(facts, at.and(Step::Key), key)?;
            value(facts, at.and(Step::Value), item)
        }
        Shape::Enum(of) => variants(facts, at, of),
        core => {
            if let Some(of) = Named::of(core) {
                return fields(facts, at, of);
            }
            let Some(items) = Items::of(core) else {
                return Ok(());
            };
            (0..items.len()).try_for_each(|i| value(facts, at.and(Step::Index(i)), items.at(i)))
        }
    }
}

fn value<'a>(facts: &mut List, at: At<'a>, shape: &Shape<'a>) -> Result<(), Flaw> {
    at.value(facts, shape)?;
    inside(facts, at, shape)
}

fn fields<'a>(facts: &mut List, at: At<'a>, of: Named<'a>) -> Result<(), Flaw> {
    let fields = (0..).map_while(|number| of.field(number));
    let mut entries: Vec<(&str, &Field<'_>)> = Vec::new();
    for field in fields {
        entries.push((field.name, field));
        entries.extend(field.aliases.iter().map(|alias| (*alias, field)));
    }
    entries.sort_by_key(|(name, field)| (*name, *name != field.name));
    entries.dedup_by_key(|(name, _)| *name);
    for (name, field) in entries {
        let at = at.and(Step::Field(name));
        if name == field.name {
            at.field(facts, field)?;
            inside(facts, at, field.shape)?;
        } else {
            at.say(facts, alias_of(field.name), &Shape::Unit)?;
        }
    }
    for (number, field) in (0..).map_while(|number| Some((number, of.rest(number)?))) {
        let at = at.and(Step::Rest(number));
        at.field(facts, field)?;
        inside(facts, at, field.shape)?;
    }
    Ok(())
}

fn variants<'a>(facts: &mut List, at: At<'a>, of: &Enum<'a>) -> Result<(), Flaw> {
    let mut entries = Vec::new();
    for variant in of.variants {
        if !variant.skipped && !is_untagged(variant, of.tagging) {
            entries.push((variant.name, variant));
            entries.extend(variant.aliases.iter().map(|alias| (*alias, variant)));
        }
    }
    entries.sort_by_key(|(name, variant)| (*name, *name != variant.name));
    entries.dedup_by_key(|(name, _)| *name);
    for (name, variant) in entries {
        let at = at.and(Step::Variant(name));
        if name == variant.name {
            self::variant(facts, at, variant, of)?;
        } else {
            at.say(facts, alias_of(variant.name), &Shape::Unit)?;
        }
    }
    for number in 0.. {
        let Some(variant) = nth_untagged(of, number) else {
            break;
        };
        self::variant(facts, at.and(Step::Untagged(number)), variant, of)?;
    }
    Ok(())
}

fn variant<'a>(
    facts: &mut List,
    at: At<'a>,
    variant: &crate::Variant<'a>,
    of: &Enum<'a>,
) -> Result<(), Flaw> {
    let text = describe::variant(variant, of, &at.path, at.scopes);
    let Some(content) = content(variant, of.tagging, of.closed) else {
        return at.say(facts, text, &Shape::Unit);
    };
    at.say(facts, text, &content)?;
    inside(facts, at, &content)
}

fn alias_of(name: &str) -> Text {
    let mut text = Text::new().and("alias of ");
    push_name(&mut text, name);
    text
}
