//! One fact, read.

use super::path::{self, Step};
use super::words::Words;
use crate::{Shape, Skip};

/// What is said of one place.
pub(super) struct Fact {
    pub(super) nullable: bool,
    /// Whether it may be absent where it may be null.
    pub(super) optional: bool,
    pub(super) form: Form,
    pub(super) default: bool,
    pub(super) omitted: bool,
    pub(super) skip: Skip,
    pub(super) other: bool,
    pub(super) sample: String,
}

pub(super) enum Form {
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
    pub(super) fn read(what: &str) -> Option<Self> {
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
