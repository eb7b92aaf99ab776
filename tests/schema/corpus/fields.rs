//! Fields, by what may be absent, left out or passed over.

use super::corpus;

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

mod as_text_or_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(cents: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
        cents.map(|cents| cents.to_string()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
        let text: Option<String> = Deserialize::deserialize(from)?;
        text.map(|text| text.parse())
            .transpose()
            .map_err(serde::de::Error::custom)
    }
}

/// Stored as another type.
#[derive(Clone, Debug, annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(from = "(u8, u8)", into = "(u8, u8)")]
struct Point {
    x: u8,
    y: u8,
}

impl From<(u8, u8)> for Point {
    fn from((x, y): (u8, u8)) -> Self {
        Point { x, y }
    }
}

impl From<Point> for (u8, u8) {
    fn from(point: Point) -> Self {
        (point.x, point.y)
    }
}

/// Stored as text that is not any text.
#[derive(Clone, Debug, annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[schema(as = "text", sample = "\"a@b\"")]
struct Mail(String);

impl TryFrom<String> for Mail {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.contains('@') {
            true => Ok(Mail(text)),
            false => Err(format!("{text} is no address")),
        }
    }
}

impl From<Mail> for String {
    fn from(mail: Mail) -> Self {
        mail.0
    }
}

corpus! {
    plain: { struct T { a: u8, b: String, c: bool, d: char, e: () } }
    nothing_at_all: { struct T; }
    no_fields: { struct T {} }
    no_items: { struct T(); }
    options: { struct T { a: Option<u8>, b: Option<Option<u8>>, c: Vec<Option<u8>>, d: Box<Option<u8>> } }
    options_left_out: { struct T { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u8> } }
    defaults: { struct T { #[serde(default)] a: u8, #[serde(default = "String::new")] b: String } }
    default_of_the_whole: {
        #[serde(default)]
        #[derive(Default)]
        struct T { a: u8, b: Option<String> }
    }
    left_out: {
        struct T {
            #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u8>,
            #[serde(default, skip_serializing_if = "String::is_empty")] b: String,
        }
    }
    skipped: {
        struct T { a: u8, #[serde(skip)] b: Vec<u8>, #[serde(skip_serializing, default)] c: u8, #[serde(skip_deserializing)] d: u8 }
    }
    skipped_items: { struct T(u8, #[serde(skip)] u8, String); }
    refuses_unknown_fields: {
        #[serde(deny_unknown_fields)]
        struct T { a: u8, b: Option<u8> }
    }
    tagged: {
        #[serde(tag = "type")]
        struct T { a: u8 }
    }
    newtype: { struct T(u64); }
    newtype_of_an_option: { struct T { a: Maybe } struct Maybe(Option<u8>); }
    transparent: {
        #[serde(transparent)]
        struct T { a: Inner, marker: std::marker::PhantomData<u8> }
        struct Inner { b: u8 }
    }
    transparent_option: {
        struct T { a: Maybe }
        #[serde(transparent)]
        struct Maybe { inner: Option<u8> }
    }
    tuple_struct: { struct T(u8, Option<String>, Inner); struct Inner(u8, u8); }
    generic = T<Vec<u8>>: { struct T<A> { a: A, b: Option<A> } }
    const_generic = T<3>: { struct T<const N: usize> { a: u8 } }
    through_another_type: { struct T { at: Point, more: Vec<Point> } }
    through_a_type_that_is_not_any: { struct T { mail: Mail, more: Option<Mail>, list: Vec<Mail> } }
    by_functions: {
        struct T {
            #[serde(with = "as_text")]
            #[schema(as = "text", sample = "\"1250\"")]
            cents: i64,
            #[serde(with = "as_text_or_null")]
            #[schema(as = "optional cents, as text", sample = "\"1250\"")]
            more: Option<i64>,
            #[serde(default, with = "as_text_or_null")]
            #[schema(as = "optional cents, as text", sample = "\"1250\"")]
            most: Option<i64>,
        }
    }
    flattened_struct_left_out: {
        struct T { a: u8, #[serde(flatten, skip_serializing_if = "Option::is_none")] inner: Option<Inner> }
        struct Inner { b: u8, c: u8 }
    }
}
