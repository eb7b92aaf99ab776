//! Plain values, and the words for them.

use crate::text::same;
use crate::{Format, Shape};

impl<'a> Shape<'a> {
    /// The shape that a word stands for, as in `#[schema(as = "text")]`: the words of the lock for plain values, or the
    /// name of a format. The sample is JSON of one value; it may be empty.
    #[must_use]
    pub const fn of_word(word: &'a str, sample: &'a str) -> Self {
        let word = if same(word, "string") { "text" } else { word };
        match (plain(word), sample.is_empty()) {
            (Some(plain), true) => *plain,
            // A plain value with a sample of its own is written down as a format, and is the plain value all the same.
            _ => Shape::Format(Format { name: word, sample }),
        }
    }

    /// The words for plain values.
    pub(crate) const PLAIN_WORDS: &'static [&'static str] = &plain_words();

    /// The word for a plain value, which has nothing inside.
    #[must_use]
    pub(crate) const fn word(&self) -> Option<&'static str> {
        let mut i = 0;
        while i < PLAIN.len() {
            if is_plain(self, &PLAIN[i].1) {
                return Some(PLAIN[i].0);
            }
            i += 1;
        }
        None
    }
}

/// The plain value that a word stands for.
pub(crate) const fn plain(word: &str) -> Option<&'static Shape<'static>> {
    let mut i = 0;
    while i < PLAIN.len() {
        if same(word, PLAIN[i].0) {
            return Some(&PLAIN[i].1);
        }
        i += 1;
    }
    None
}

/// Whether both are plain values, and the same.
pub(crate) const fn is_plain(one: &Shape<'_>, other: &Shape<'_>) -> bool {
    match (one, other) {
        (Shape::Unit, Shape::Unit)
        | (Shape::Bool, Shape::Bool)
        | (Shape::Char, Shape::Char)
        | (Shape::Text, Shape::Text)
        | (Shape::Any, Shape::Any) => true,
        (Shape::Float { bits }, Shape::Float { bits: others }) => *bits == *others,
        (
            Shape::Integer {
                bits,
                signed,
                nonzero,
            },
            Shape::Integer {
                bits: other_bits,
                signed: other_signed,
                nonzero: other_nonzero,
            },
        ) => *bits == *other_bits && *signed == *other_signed && *nonzero == *other_nonzero,
        _ => false,
    }
}

const fn plain_words() -> [&'static str; COUNT] {
    let mut words = [""; COUNT];
    let mut i = 0;
    while i < PLAIN.len() {
        words[i] = PLAIN[i].0;
        i += 1;
    }
    words
}

const fn integer(bits: u16, signed: bool, nonzero: bool) -> Shape<'static> {
    Shape::Integer {
        bits,
        signed,
        nonzero,
    }
}

const COUNT: usize = 27;

/// The words for plain values.
static PLAIN: [(&str, Shape<'static>); COUNT] = [
    ("unit", Shape::Unit),
    ("bool", Shape::Bool),
    ("char", Shape::Char),
    ("text", Shape::Text),
    ("any", Shape::Any),
    ("f32", Shape::Float { bits: 32 }),
    ("f64", Shape::Float { bits: 64 }),
    ("i8", integer(8, true, false)),
    ("i16", integer(16, true, false)),
    ("i32", integer(32, true, false)),
    ("i64", integer(64, true, false)),
    ("i128", integer(128, true, false)),
    ("u8", integer(8, false, false)),
    ("u16", integer(16, false, false)),
    ("u32", integer(32, false, false)),
    ("u64", integer(64, false, false)),
    ("u128", integer(128, false, false)),
    ("nonzero i8", integer(8, true, true)),
    ("nonzero i16", integer(16, true, true)),
    ("nonzero i32", integer(32, true, true)),
    ("nonzero i64", integer(64, true, true)),
    ("nonzero i128", integer(128, true, true)),
    ("nonzero u8", integer(8, false, true)),
    ("nonzero u16", integer(16, false, true)),
    ("nonzero u32", integer(32, false, true)),
    ("nonzero u64", integer(64, false, true)),
    ("nonzero u128", integer(128, false, true)),
];
