//! Where a comparison stands: the path, and the types that enclose it on both sides.

use crate::name::push_name;
use crate::text::{Text, same};

/// One step of a path into what is stored.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Field(&'a str),
    Variant(&'a str),
    /// A variant without a tag, by its number among them.
    Untagged(usize),
    Item,
    Index(usize),
    Key,
    Value,
    /// What is flattened and has no names of its own, by its number.
    Rest(usize),
}

/// Adds a step to the text of a path.
pub(crate) const fn push_step(text: &mut Text, step: &Step<'_>) {
    match step {
        Step::Field(name) => {
            if !text.is_empty() {
                text.push(".");
            }
            push_name(text, name);
        }
        Step::Variant(name) => {
            text.push("::");
            push_name(text, name);
        }
        Step::Untagged(number) => {
            text.push("::(");
            text.push_number(*number as u64);
            text.push(")");
        }
        Step::Item => text.push("[]"),
        Step::Index(number) => {
            text.push("[");
            text.push_number(*number as u64);
            text.push("]");
        }
        Step::Key => text.push("{key}"),
        Step::Value => text.push("{}"),
        Step::Rest(0) => text.push("{..}"),
        Step::Rest(number) => {
            text.push("{..");
            text.push_number(*number as u64);
            text.push("}");
        }
    }
}

/// How deep paths and enclosing types are kept; deeper ones are cut, and compared all the same.
pub(crate) const DEPTH: usize = 32;

/// The types that enclose a place, each with the length of the path at which it begins.
#[derive(Clone, Copy)]
pub(crate) struct Scopes<'a> {
    names: [(&'a str, usize); DEPTH],
    length: usize,
}

impl<'a> Scopes<'a> {
    pub(crate) const NONE: Self = Scopes {
        names: [("", 0); DEPTH],
        length: 0,
    };

    pub(crate) const fn enter(&mut self, name: &'a str, depth: usize) {
        if name.is_empty() {
            return;
        }
        if self.length < DEPTH {
            self.names[self.length] = (name, depth);
            self.length += 1;
        }
    }

    /// Whether further types cannot be told.
    pub(crate) const fn is_full(&self) -> bool {
        self.length == DEPTH
    }

    /// The length of the path at which the nearest type of this name begins.
    pub(crate) const fn depth_of(&self, name: &str) -> Option<usize> {
        let mut i = self.length;
        while i > 0 {
            i -= 1;
            if same(self.names[i].0, name) {
                return Some(self.names[i].1);
            }
        }
        None
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    steps: [Step<'a>; DEPTH],
    length: usize,
}

impl<'a> Path<'a> {
    pub(crate) const ROOT: Self = Path {
        steps: [Step::Item; DEPTH],
        length: 0,
    };

    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    pub(crate) const fn and(mut self, step: Step<'a>) -> Self {
        if self.length < DEPTH {
            self.steps[self.length] = step;
        }
        self.length += 1;
        self
    }

    /// The first steps of the path as text; `.` for none.
    pub(crate) const fn text(&self, steps: usize) -> Text {
        let mut text = Text::new();
        let mut i = 0;
        while i < steps && i < self.length && i < DEPTH {
            push_step(&mut text, &self.steps[i]);
            i += 1;
        }
        if text.is_empty() {
            text.push(".");
        }
        text
    }
}

/// A place on both sides.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: Path<'a>,
    pub(super) from: Scopes<'a>,
    pub(super) to: Scopes<'a>,
}

impl<'a> Place<'a> {
    pub(super) const ROOT: Self = Place {
        path: Path::ROOT,
        from: Scopes::NONE,
        to: Scopes::NONE,
    };

    pub(super) const fn and(mut self, step: Step<'a>) -> Self {
        self.path = self.path.and(step);
        self
    }
}
