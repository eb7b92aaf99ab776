//! Paths, read.

use super::words::Words;
use crate::compare::place::{self, push_step};
use crate::text::Text;

/// One step of a path, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Field(String),
    Variant(String),
    Untagged(usize),
    Item,
    Index(usize),
    Key,
    Value,
    Rest(usize),
}

/// The steps of a path: `None` where it is none.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut words = Words::new(path);
    let steps = read(&mut words)?;
    words.is_over().then_some(steps)
}

/// The steps of the path with which the words begin.
pub(super) fn read(words: &mut Words<'_>) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    if words.eat(".") {
        return Some(steps);
    }
    loop {
        let step = if words.eat("::(") {
            let number = words.number()?;
            words.expect(")")?;
            Step::Untagged(number)
        } else if words.eat("::") {
            Step::Variant(words.name()?)
        } else if words.eat("[]") {
            Step::Item
        } else if words.eat("[") {
            let number = words.number()?;
            words.expect("]")?;
            Step::Index(number)
        } else if words.eat("{key}") {
            Step::Key
        } else if words.eat("{}") {
            Step::Value
        } else if words.eat("{..}") {
            Step::Rest(0)
        } else if words.eat("{..") {
            let number = words.number()?;
            words.expect("}")?;
            Step::Rest(number)
        } else if words.eat(".") && !steps.is_empty() || steps.is_empty() {
            Step::Field(words.name()?)
        } else {
            return Some(steps);
        };
        steps.push(step);
        // As many as a shape can have; the stack would not hold any number of them.
        if steps.len() > place::DEPTH {
            return None;
        }
        if words.is_over() {
            return Some(steps);
        }
    }
}

/// The path as it is written.
pub(super) fn text(steps: &[Step]) -> String {
    if steps.is_empty() {
        return ".".to_owned();
    }
    let mut text = Text::new();
    for step in steps {
        let step = match step {
            Step::Field(name) => place::Step::Field(name),
            Step::Variant(name) => place::Step::Variant(name),
            Step::Untagged(number) => place::Step::Untagged(*number),
            Step::Item => place::Step::Item,
            Step::Index(number) => place::Step::Index(*number),
            Step::Key => place::Step::Key,
            Step::Value => place::Step::Value,
            Step::Rest(number) => place::Step::Rest(*number),
        };
        push_step(&mut text, &step);
    }
    text.to_string()
}
