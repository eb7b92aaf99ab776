//! What the derives say about what is stored.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use annals::Shape;
use annals::prelude::*;
use annals::schema::Facts;

#[derive(Schema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    items: Vec<T>,
    #[serde(default, rename = "next")]
    next_page: Option<Box<Page<T>>>,
}

#[derive(Schema, Serialize, Deserialize)]
#[serde(tag = "kind")]
#[serde(rename_all = "snake_case")]
enum Tree {
    Leaf,
    Node {
        left: Box<Self>,
        right: Box<Tree>,
    },
    #[serde(rename = "many")]
    Bush(BTreeMap<String, Tree>),
}

#[derive(Schema, Serialize, Deserialize, Default)]
struct Partly {
    #[serde(skip)]
    cache: Vec<fn()>,
    #[serde(skip)]
    marker: PhantomData<fn()>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    count: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Schema, Serialize, Deserialize)]
struct Declared {
    #[schema(as = "date")]
    at: Foreign,
    #[serde(with = "as_text")]
    #[schema(as = "text")]
    cents: i64,
}

#[derive(Serialize, Deserialize)]
struct Foreign;

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(cents: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(cents)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[derive(Schema, Serialize, Deserialize, Clone)]
#[serde(from = "String", into = "String")]
struct Name(String);

impl From<String> for Name {
    fn from(name: String) -> Self {
        Name(name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[derive(Event, Serialize, Deserialize)]
#[event("moved")]
enum Moved {
    To(u8, i8),
    Away,
}

#[test]
fn shapes() {
    let cases: [(&Shape<'_>, &[&str]); 5] = [
        (
            <Page<u8>>::SHAPE,
            &[
                ".: struct",
                "items: list",
                "items[]: u8",
                "next: optional as ., default",
            ],
        ),
        (
            Tree::SHAPE,
            &[
                ".: enum, tag kind",
                "::leaf: struct",
                "::many: map",
                "::many{key}: text",
                "::many{}: as .",
                "::node: struct",
                "::node.left: as .",
                "::node.right: as .",
            ],
        ),
        (
            Declared::SHAPE,
            &[".: struct", "at: format date", "cents: text"],
        ),
        (Name::SHAPE, &[".: text"]),
        (
            Moved::SHAPE,
            &[
                ".: enum",
                "::Away: variant",
                "::To: tuple",
                "::To[0]: u8",
                "::To[1]: i8",
            ],
        ),
    ];
    for (shape, lines) in cases {
        let facts = Facts::of(shape).expect("facts");
        let printed: Vec<_> = facts
            .iter()
            .map(|(path, what)| format!("{path}: {what}"))
            .collect();
        assert_eq!(printed, lines);
        assert!(shape.is_whole());
    }
}

#[test]
fn what_is_left_out_is_told() {
    let annals::Shape::Struct(of) = Partly::SHAPE else {
        panic!("a struct");
    };
    let annals::schema::Fields::Named(fields) = of.fields else {
        panic!("named fields");
    };
    let whole: Vec<_> = fields.iter().map(|field| field.whole).collect();
    assert_eq!(whole, [false, false, true, false]);
    assert!(!Partly::SHAPE.is_whole());
    assert!(Partly::default().cache.is_empty());
}
