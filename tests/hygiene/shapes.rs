//! What the derives say about what is stored.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use annals::prelude::*;

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
#[schema(as = "text")]
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
    for (shape, text) in [
        (
            <Page<u8>>::SHAPE,
            "struct<rename_all = \"camelCase\"> {items: [u8], next_page<default, rename = \"next\">: optional ref Page, }",
        ),
        (
            Tree::SHAPE,
            "enum<tag = \"kind\", rename_all = \"snake_case\"> {Leaf unit, Node {left: ref Tree, right: ref Tree, }, \
             Bush<rename = \"many\"> (0: map {text: ref Tree}, ), }",
        ),
        (
            Declared::SHAPE,
            "struct {at: declared \"date\", cents<with = \"as_text\">: declared \"text\", }",
        ),
        (Name::SHAPE, "declared \"text\""),
        (Moved::SHAPE, "enum {To (0: u8, 1: i8, ), Away unit, }"),
    ] {
        assert_eq!(shape.to_string(), text);
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
    let stored: Vec<_> = fields.iter().map(|field| field.stored).collect();
    assert_eq!(stored, [false, false, true, false]);
    assert!(!Partly::SHAPE.is_whole());
    assert!(Partly::default().cache.is_empty());
}
