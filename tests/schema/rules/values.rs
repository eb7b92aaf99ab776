//! Values of other forms.

use super::pairs;

pairs! {
    number_widened:
        { pub struct T { a: u32 } } => { pub struct T { a: u64 } }
        [("NUMBER_WIDENED", "a", "u32", "u64")] ;
    number_widened_to_signed:
        { pub struct T { a: u32 } } => { pub struct T { a: i64 } }
        [("NUMBER_WIDENED", "a", "u32", "i64")] ;
    zero_allowed:
        { pub struct T { a: std::num::NonZeroU8 } } => { pub struct T { a: u8 } }
        [("NUMBER_WIDENED", "a", "nonzero u8", "u8")] ;
    whole_number_to_float:
        { pub struct T { a: i32 } } => { pub struct T { a: f64 } }
        [("NUMBER_WIDENED", "a", "i32", "f64")] ;
    number_narrowed:
        { pub struct T { a: u64 } } => { pub struct T { a: u32 } }
        [("NUMBER_NO_NARROW", "a", "u64", "u32")] ;
    zero_refused:
        { pub struct T { a: i8 } } => { pub struct T { a: std::num::NonZeroI8 } }
        [("NUMBER_NO_NARROW", "a", "i8", "nonzero i8")] But::Stored(r#"{"a": 0}"#);
    float_narrowed:
        { pub struct T { a: f64 } } => { pub struct T { a: f32 } }
        [("NUMBER_NO_NARROW", "a", "f64", "f32")] ;
    sign_changed:
        { pub struct T { balance: i64 } } => { pub struct T { balance: u64 } }
        [("NUMBER_NO_CHANGE", "balance", "i64", "u64")] ;
    large_number_to_float:
        { pub struct T { a: i64 } } => { pub struct T { a: f64 } }
        [("NUMBER_NO_CHANGE", "a", "i64", "f64")] ;
    number_to_text:
        { pub struct T { a: u8 } } => { pub struct T { a: String } }
        [("TYPE_NO_CHANGE", "a", "u8", "text")] ;
    text_to_number:
        { pub struct T { a: Vec<String> } } => { pub struct T { a: Vec<u8> } }
        [("TYPE_NO_CHANGE", "a[]", "text", "u8")] ;
    option_of_another_form:
        { pub struct T { a: Option<String> } } => { pub struct T { a: u8 } }
        [("TYPE_NO_CHANGE", "a", "optional text", "u8")] ;
    one_to_many:
        { pub struct T { a: u8 } } => { pub struct T { a: Vec<u8> } }
        [("TYPE_NO_CHANGE", "a", "u8", "list")] ;
    tuple_longer:
        { pub struct T(u8, u8); } => { pub struct T(u8, u8, u8); }
        [("TYPE_NO_CHANGE", ".", "tuple", "tuple")] ;
    item_of_a_tuple:
        { pub struct T(u8, u8); } => { pub struct T(u8, String); }
        [("TYPE_NO_CHANGE", "[1]", "u8", "text")] ;
    array_longer:
        { pub struct T { a: [u8; 2] } } => { pub struct T { a: [u8; 3] } }
        [("TYPE_NO_CHANGE", "a", "array of 2", "array of 3")] ;
    format_changed:
        { pub struct T { a: chrono::NaiveDate } } => { pub struct T { a: chrono::DateTime<chrono::Utc> } }
        [("TYPE_NO_CHANGE", "a", "format date", "format date-time")] ;
    key_changed:
        { pub struct T { a: std::collections::BTreeMap<String, u8> } } => { pub struct T { a: std::collections::BTreeMap<u8, u8> } }
        [("TYPE_NO_CHANGE", "a{key}", "text", "u8")] But::ReadsForward("numbers are keys as text");
    value_of_a_map:
        { pub struct T { a: std::collections::BTreeMap<String, u16> } } => { pub struct T { a: std::collections::BTreeMap<String, u8> } }
        [("NUMBER_NO_NARROW", "a{}", "u16", "u8")] ;
    char_to_text:
        { pub struct T { a: char } } => { pub struct T { a: String } }
        [("TYPE_WIDENED", "a", "char", "text")] ;
    text_to_char:
        { pub struct T { a: String } } => { pub struct T { a: char } }
        [("TYPE_NO_NARROW", "a", "text", "char")] ;
    set_to_list:
        { pub struct T { a: std::collections::BTreeSet<u8> } } => { pub struct T { a: Vec<u8> } }
        [("TYPE_WIDENED", "a", "set", "list")] But::ReadsForward("no sample says one thing twice");
    list_to_array:
        { pub struct T { a: Vec<u8> } } => { pub struct T { a: [u8; 2] } }
        [("TYPE_NO_NARROW", "a", "list", "array of 2")] ;
    array_to_list:
        { pub struct T { a: [u8; 2] } } => { pub struct T { a: Vec<u8> } }
        [("TYPE_WIDENED", "a", "array of 2", "list")] ;
    to_any:
        { pub struct T { a: u8 } } => { pub struct T { a: serde_json::Value } }
        [("TYPE_WIDENED", "a", "u8", "any")] ;
    from_any:
        { pub struct T { a: serde_json::Value } } => { pub struct T { a: u8 } }
        [("TYPE_NO_NARROW", "a", "any", "u8")] ;
    stored_by_functions:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(with = "crate::rules::values::as_text")] #[schema(as = "text", sample = "\"1\"")] a: u8 } }
        [("TYPE_NO_CHANGE", "a", "u8", "text")] ;
    nested_in_itself:
        { pub struct T { a: u8, next: Option<Box<T>> } } => { pub struct T { a: u16, next: Option<Box<T>> } }
        [("NUMBER_WIDENED", "a", "u8", "u16")] ;
    itself_no_more:
        { pub struct T { next: Vec<T> } } => { pub struct T { next: Vec<Inner> } pub struct Inner { next: Vec<u8> } }
        [("TYPE_NO_CHANGE", "next[]", "as .", "struct")] ;
}

pub(crate) mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(number: &u8, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
