//! From facts to a shape.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;

use super::Flaw;
use super::path::{self, Step};
use super::words::Words;
use crate::{Enum, Field, Fields, Format, Shape, Skip, Struct, Tagging, Variant};

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

/// What is said of one place.
struct Fact {
    nullable: bool,
    /// Whether it may be absent where it may be null.
    optional: bool,
    form: Form,
    default: bool,
    omitted: bool,
    skip: Skip,
    other: bool,
    sample: String,
}

enum Form {
    Plain(String),
    List,
    Set,
    Array(usize),
    Map,
    Tuple,
    Struct {
        tag: Option<(String, String)>,
        closed: bool,
    },
    Enum {
        tag: Option<String>,
        content: Option<String>,
        untagged: bool,
        closed: bool,
    },
    Format(String),
    As(Vec<Step>),
    Outer(String),
    Variant,
    Alias(String),
}

impl Fact {
    fn read(what: &str) -> Option<Self> {
        let mut words = Words::new(what);
        let optional = words.eat_word("optional");
        let nullable = optional || words.eat_word("nullable");
        let mut fact = Fact {
            nullable,
            optional,
            form: form(&mut words)?,
            default: false,
            omitted: false,
            skip: Skip::No,
            other: false,
            sample: String::new(),
        };
        while words.eat(", ") {
            if words.eat("sample ") {
                fact.sample = words.rest().to_owned();
            } else if words.eat_word("default") {
                fact.default = true;
            } else if words.eat_word("omitted") {
                fact.omitted = true;
            } else if words.eat_word("not stored") {
                fact.skip = Skip::Write;
            } else if words.eat_word("not read") {
                fact.skip = Skip::Read;
            } else if words.eat_word("other") {
                fact.other = true;
            } else {
                return None;
            }
        }
        words.is_over().then_some(fact)
    }
}

fn form(words: &mut Words<'_>) -> Option<Form> {
    for plain in Shape::PLAIN_WORDS {
        if words.eat_word(plain) {
            return Some(Form::Plain((*plain).to_owned()));
        }
    }
    Some(if words.eat_word("list") {
        Form::List
    } else if words.eat_word("set") {
        Form::Set
    } else if words.eat("array of ") {
        Form::Array(words.number()?)
    } else if words.eat_word("map") {
        Form::Map
    } else if words.eat_word("tuple") {
        Form::Tuple
    } else if words.eat_word("struct") {
        let tag = match words.eat(", tag ") {
            true => {
                let name = words.name()?;
                words.expect(" = ")?;
                Some((name, words.name()?))
            }
            false => None,
        };
        Form::Struct {
            tag,
            closed: words.eat(", closed"),
        }
    } else if words.eat_word("untagged enum") {
        Form::Enum {
            tag: None,
            content: None,
            untagged: true,
            closed: words.eat(", closed"),
        }
    } else if words.eat_word("enum") {
        let tag = words.eat(", tag ").then(|| words.name());
        let content = words.eat(", content ").then(|| words.name());
        Form::Enum {
            tag: flat(tag)?,
            content: flat(content)?,
            untagged: false,
            closed: words.eat(", closed"),
        }
    } else if words.eat("format ") {
        Form::Format(words.name()?)
    } else if words.eat("as outer ") {
        Form::Outer(words.name()?)
    } else if words.eat("as ") {
        Form::As(path::read(words)?)
    } else if words.eat_word("variant") {
        Form::Variant
    } else if words.eat("alias of ") {
        Form::Alias(words.name()?)
    } else {
        return None;
    })
}

/// `None` where a name was announced and did not come.
fn flat(name: Option<Option<String>>) -> Option<Option<String>> {
    match name {
        Some(None) => None,
        Some(name) => Some(name),
        None => Some(None),
    }
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
