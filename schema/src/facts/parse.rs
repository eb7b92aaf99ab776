//! From facts to a shape.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;

use super::Flaw;
use super::fact::{Fact, Form};
use super::path::{self, Step};
use crate::{Enum, Field, Fields, Format, Shape, Struct, Tagging, Variant};

pub(super) fn parse<'a>(
    facts: &[(String, String)],
    memory: &'a Bump,
) -> Result<&'a Shape<'a>, Flaw> {
    let mut root = Node::default();
    let mut targets = BTreeSet::new();
    for (path, what) in facts {
        let flaw = |reason: String| Flaw {
            path: path.clone(),
            reason,
        };
        let steps = path::steps(path).ok_or_else(|| flaw("is no path".into()))?;
        let fact = Fact::read(what)
            .ok_or_else(|| flaw(format!("says {what:?}, which are no words of a lock")))?;
        if let Form::As(target) = &fact.form {
            targets.insert(target.clone());
        }
        let node = steps
            .into_iter()
            .fold(&mut root, |node, step| node.inside.entry(step).or_default());
        if node.fact.replace(fact).is_some() {
            return Err(flaw("is said twice".into()));
        }
    }
    let builder = Builder { memory, targets };
    let mut at = Vec::new();
    let shape = builder.value(&root, &mut at)?;
    Ok(memory.alloc(shape))
}

#[derive(Default)]
struct Node {
    fact: Option<Fact>,
    inside: BTreeMap<Step, Node>,
}

struct Builder<'a> {
    memory: &'a Bump,
    /// Where other places say that they are as there.
    targets: BTreeSet<Vec<Step>>,
}

impl<'a> Builder<'a> {
    fn value(&self, node: &Node, at: &mut Vec<Step>) -> Result<Shape<'a>, Flaw> {
        let Some(fact) = &node.fact else {
            return Err(self.flaw(at, "is not said, though something inside of it is"));
        };
        let mut shape = self.form(node, fact, at)?;
        if fact.nullable {
            shape = Shape::Optional(self.memory.alloc(shape));
        }
        Ok(shape)
    }

    fn form(&self, node: &Node, fact: &Fact, at: &mut Vec<Step>) -> Result<Shape<'a>, Flaw> {
        let name = self.name(at);
        let shape = match &fact.form {
            Form::Plain(word) => Shape::of_word(self.text(word), self.text(&fact.sample)),
            Form::Format(format) => Shape::Format(Format {
                name: self.text(format),
                sample: self.text(&fact.sample),
            }),
            Form::As(target) => Shape::Ref(self.name(target)),
            Form::Outer(name) => Shape::Ref(self.text(name)),
            Form::List => Shape::List(self.child(node, &Step::Item, at)?),
            Form::Set => Shape::Set(self.child(node, &Step::Item, at)?),
            Form::Array(length) => Shape::Array(self.child(node, &Step::Item, at)?, *length),
            Form::Map => Shape::Map(
                self.child(node, &Step::Key, at)?,
                self.child(node, &Step::Value, at)?,
            ),
            Form::Tuple => self.tuple(node, at)?,
            Form::Struct { tag, closed } => {
                let tag = tag.as_ref();
                Shape::Struct(Struct {
                    tag: tag.map(|(tag, value)| (self.text(tag), self.text(value))),
                    closed: *closed,
                    ..Struct::new(name, self.fields(node, at)?)
                })
            }
            Form::Enum {
                tag,
                content,
                untagged,
                closed,
            } => Shape::Enum(Enum {
                name,
                serde: "",
                tagging: match (tag, content) {
                    (Some(tag), Some(content)) => Tagging::Adjacent {
                        tag: self.text(tag),
                        content: self.text(content),
                    },
                    (Some(tag), None) => Tagging::Internal {
                        tag: self.text(tag),
                    },
                    _ if *untagged => Tagging::Untagged,
                    _ => Tagging::External,
                },
                closed: *closed,
                variants: self.variants(node, *untagged, at)?,
            }),
            Form::Variant | Form::Alias(_) => {
                return Err(self.flaw(at, "is neither a field nor a variant"));
            }
        };
        let is_named = matches!(shape, Shape::Struct(_) | Shape::Enum(_));
        if is_named || !self.targets.contains(at) {
            return Ok(shape);
        }
        // What is not a type with a name can be meant by others as well, like the list of a newtype that holds itself.
        let field = Field::new("0", self.memory.alloc(shape));
        let fields = Fields::Transparent(self.memory.alloc(field));
        Ok(Shape::Struct(Struct::new(name, fields)))
    }

    fn child(&self, node: &Node, step: &Step, at: &mut Vec<Step>) -> Result<&'a Shape<'a>, Flaw> {
        at.push(step.clone());
        let Some(child) = node.inside.get(step) else {
            return Err(self.flaw(at, "is not said"));
        };
        let shape = self.value(child, at)?;
        at.pop();
        Ok(self.memory.alloc(shape))
    }

    fn tuple(&self, node: &Node, at: &mut Vec<Step>) -> Result<Shape<'a>, Flaw> {
        let mut items: Vec<&Shape<'a>> = Vec::new();
        for i in 0..node.inside.len() {
            items.push(self.child(node, &Step::Index(i), at)?);
        }
        Ok(Shape::Tuple(self.memory.alloc_slice_copy(&items)))
    }

    fn fields(&self, node: &Node, at: &mut Vec<Step>) -> Result<Fields<'a>, Flaw> {
        let mut fields = Vec::new();
        for (step, child) in &node.inside {
            at.push(step.clone());
            let (name, flatten) = match step {
                Step::Field(name) => (name.as_str(), false),
                Step::Rest(_) => ("", true),
                _ => return Err(self.flaw(at, "is no field, and a struct has nothing else")),
            };
            if let Some(fact) = &child.fact
                && !matches!(fact.form, Form::Alias(_))
            {
                let mut shape = self.value(child, at)?;
                if fact.nullable && !fact.optional {
                    let field = Field::new("0", self.memory.alloc(shape));
                    let newtype = Fields::Newtype(self.memory.alloc(field));
                    shape = Shape::Struct(Struct::new("", newtype));
                }
                fields.push(Field {
                    aliases: self.aliases(node, |step| matches!(step, Step::Field(_)), name),
                    default: fact.default,
                    omitted: fact.omitted,
                    flatten,
                    skip: fact.skip,
                    ..Field::new(self.text(name), self.memory.alloc(shape))
                });
            } else {
                self.check_alias(node, child, &Step::Field, at)?;
            }
            at.pop();
        }
        Ok(Fields::Named(self.memory.alloc_slice_copy(&fields)))
    }

    fn variants(
        &self,
        node: &Node,
        untagged: bool,
        at: &mut Vec<Step>,
    ) -> Result<&'a [Variant<'a>], Flaw> {
        let mut variants = Vec::new();
        for (step, child) in &node.inside {
            at.push(step.clone());
            let (name, alone) = match step {
                Step::Variant(name) => (name.as_str(), false),
                Step::Untagged(_) => ("", !untagged),
                _ => return Err(self.flaw(at, "is no variant, and an enum has nothing else")),
            };
            match child.fact.as_ref().map(|fact| (fact, &fact.form)) {
                Some((_, Form::Alias(_))) | None => {
                    self.check_alias(node, child, &Step::Variant, at)?;
                }
                Some((fact, form)) => variants.push(Variant {
                    name: self.text(name),
                    aliases: self.aliases(node, |step| matches!(step, Step::Variant(_)), name),
                    other: fact.other,
                    untagged: alone,
                    skipped: false,
                    source: "",
                    fields: if matches!(form, Form::Variant) {
                        Fields::Unit
                    } else {
                        let shape = self.value(child, at)?;
                        let field = Field::new("0", self.memory.alloc(shape));
                        Fields::Newtype(self.memory.alloc(field))
                    },
                }),
            }
            at.pop();
        }
        Ok(self.memory.alloc_slice_copy(&variants))
    }

    /// The names that are said to be aliases of this one.
    fn aliases(&self, node: &Node, is_kin: fn(&Step) -> bool, name: &str) -> &'a [&'a str] {
        let mut aliases = Vec::new();
        for (step, child) in &node.inside {
            let (Step::Field(alias) | Step::Variant(alias)) = step else {
                continue;
            };
            if let Some(Fact {
                form: Form::Alias(of),
                ..
            }) = &child.fact
                && of == name
                && is_kin(step)
            {
                aliases.push(self.text(alias));
            }
        }
        self.memory.alloc_slice_copy(&aliases)
    }

    fn check_alias(
        &self,
        node: &Node,
        child: &Node,
        step: &dyn Fn(String) -> Step,
        at: &[Step],
    ) -> Result<(), Flaw> {
        let Some(Fact {
            form: Form::Alias(of),
            ..
        }) = &child.fact
        else {
            return Err(self.flaw(at, "is not said, though something inside of it is"));
        };
        match node.inside.get(&step(of.clone())) {
            Some(_) => Ok(()),
            None => Err(self.flaw(at, &format!("is an alias of `{of}`, which is not said"))),
        }
    }

    fn flaw(&self, at: &[Step], reason: &str) -> Flaw {
        Flaw {
            path: path::text(at),
            reason: reason.to_owned(),
        }
    }

    fn name(&self, at: &[Step]) -> &'a str {
        self.memory.alloc_str(&path::text(at))
    }

    fn text(&self, text: &str) -> &'a str {
        self.memory.alloc_str(text)
    }
}
