//! Whether what a type stores is still what was locked: the part of the check that only the types of fields can tell.
//!
//! Everything here runs in the compiler. What it has to say is a panic at the field.

use annals_schema::text::Text;
use annals_schema::{Change, Field, Fields, Part, Shape, Struct, Within, change};

/// A locked version of an event or a command, as messages speak of it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    /// What it is: `event` or `command`.
    pub noun: &'static str,
    /// Its stored name.
    pub event: &'static str,
    /// The version.
    pub version: u32,
    /// The file, from the folder in which `Cargo.toml` lies.
    pub file: &'static str,
    /// How the help goes on after the cure: what to do where the change is meant.
    pub bump: &'static str,
    /// The name of its type as the lock has it.
    pub name: &'static str,
    /// The name of its type.
    pub name_now: &'static str,
}

impl Locked {
    const fn part(&self, within: Within<'static>) -> Part<'static> {
        Part {
            from: self.name,
            to: self.name_now,
            within,
        }
    }
}

/// The field of this number of a struct.
#[doc(hidden)]
#[must_use]
pub const fn field_of(shape: &Shape<'static>, number: usize) -> &'static Field<'static> {
    match shape {
        Shape::Struct(of) => nth(&of.fields, number),
        _ => &Field::PLAIN,
    }
}

/// The field of this number of the variant of that number.
#[doc(hidden)]
#[must_use]
pub const fn field_of_variant(
    shape: &Shape<'static>,
    variant: usize,
    number: usize,
) -> &'static Field<'static> {
    match shape {
        Shape::Enum(of) => nth(&of.variants[variant].fields, number),
        _ => &Field::PLAIN,
    }
}

const fn nth(fields: &Fields<'static>, number: usize) -> &'static Field<'static> {
    match fields {
        Fields::Named(fields) | Fields::Tuple(fields) => &fields[number],
        Fields::Newtype(field) | Fields::Transparent(field) => field,
        Fields::Unit => &Field::PLAIN,
    }
}

/// Stops the compiler where a field does not read what was stored in it.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_field(
    of: &Locked,
    within: Within<'static>,
    locked: &Field<'static>,
    now: &Field<'static>,
) {
    let part = of.part(within);
    let mut broken = Broken::new();
    let mut number = 0;
    while let Some(change) = part.change_of_field(locked, now, number) {
        broken.take(of, &change);
        number += 1;
    }
    broken.panic(of);
}

/// Stops the compiler where a field that is not locked has to be there.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_optional(of: &Locked, within: Within<'static>, now: &Field<'static>) {
    let lacking = Shape::Struct(Struct::new("", Fields::Named(&[])));
    let fields: &[Field<'_>] = std::slice::from_ref(now);
    let having = Shape::Struct(Struct::new("", Fields::Named(fields)));
    require_part(of, within, &lacking, &having);
}

/// Stops the compiler where flattened fields do not read what was stored beside the others.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_flattened(of: &Locked, locked: &[Field<'static>], now: &[Field<'static>]) {
    let locked = Shape::Struct(Struct::new("", Fields::Named(locked)));
    let now = Shape::Struct(Struct::new("", Fields::Named(now)));
    require_part(of, Within::Struct, &locked, &now);
}

/// Stops the compiler where a whole type does not read what was stored.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require(of: &Locked, locked: &Shape<'_>, now: &Shape<'_>) {
    let mut broken = Broken::new();
    let mut number = 0;
    while let Some(change) = change(locked, now, number) {
        broken.take(of, &change);
        number += 1;
    }
    broken.panic(of);
}

/// Stops the compiler where a part of a type does not read what was stored.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_part<'a>(
    of: &Locked,
    within: Within<'static>,
    locked: &Shape<'a>,
    now: &Shape<'a>,
) {
    let part: Part<'a> = of.part(within);
    let mut broken = Broken::new();
    let mut number = 0;
    while let Some(change) = part.change(locked, now, number) {
        broken.take(of, &change);
        number += 1;
    }
    broken.panic(of);
}

/// Stops the compiler where a variant does not read what was stored with it.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_content(
    of: &Locked,
    within: Within<'static>,
    locked: &Shape<'static>,
    shape: &Shape<'static>,
    variant: usize,
) {
    let Shape::Enum(now) = shape else {
        return;
    };
    if let Some(now) = now.content(variant) {
        require_part(of, within, locked, &now);
    }
}

/// The changes that old data does not survive.
struct Broken {
    lines: Text,
    cure: Text,
}

impl Broken {
    const fn new() -> Self {
        Broken {
            lines: Text::new(),
            cure: Text::new(),
        }
    }

    const fn take(&mut self, of: &Locked, change: &Change) {
        if change.rule.backward {
            return;
        }
        if self.cure.is_empty() {
            self.cure = change.cure();
        }
        self.place(of.file, 0);
        self.what(change.path.as_str(), change.from.as_str());
        self.place("in this source:", of.file.len() + 1);
        self.what(change.path_now(), change.to.as_str());
    }

    const fn place(&mut self, place: &str, width: usize) {
        self.lines.push("\n");
        self.lines.push(place);
        if width == 0 {
            self.lines.push(":");
        }
        let mut i = place.len();
        while i < width {
            self.lines.push(" ");
            i += 1;
        }
        self.lines.push(" ");
    }

    const fn what(&mut self, path: &str, what: &str) {
        self.lines.push(path);
        self.lines.push(": ");
        self.lines
            .push(if what.is_empty() { "nothing" } else { what });
    }

    #[track_caller]
    const fn panic(&self, of: &Locked) {
        if self.lines.is_empty() {
            return;
        }
        let message = Text::new()
            .and(of.noun)
            .and(" `")
            .and(of.event)
            .and("` version ")
            .number(of.version)
            .and(" is locked, but its shape changed here")
            .and(self.lines.as_str())
            .and("\nhelp: ")
            .and(self.cure.as_str())
            .and(of.bump);
        panic!("{}", message.as_str());
    }
}
