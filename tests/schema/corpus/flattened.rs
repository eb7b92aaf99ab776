//! What is flattened stands among the fields of the outer struct.

use std::collections::BTreeMap;

use super::corpus;

corpus! {
    of_a_struct: {
        struct T { a: u8, #[serde(flatten)] inner: Inner, z: u8 }
        struct Inner { b: Option<u8>, #[serde(rename = "x", alias = "y")] c: u8 }
    }
    of_structs_in_each_other: {
        struct T { a: u8, #[serde(flatten)] one: One, #[serde(flatten)] more: Wrapped }
        struct One { b: u8, #[serde(flatten)] two: Box<Two> }
        struct Two { c: u8 }
        struct Wrapped(Three);
        struct Three { d: u8 }
    }
    of_a_map: {
        struct T { a: u8, #[serde(flatten)] rest: BTreeMap<String, u8> }
    }
    of_any: {
        struct T { a: u8, #[serde(flatten)] rest: serde_json::Map<String, serde_json::Value> }
    }
    of_a_value: {
        struct T { a: u8, #[serde(flatten)] rest: serde_json::Value }
    }
    of_an_external_enum: {
        struct T { a: u8, #[serde(flatten)] of: Of }
        enum Of { X(u8), Y { b: u8 }, Z }
    }
    of_an_internal_enum: {
        struct T { a: u8, #[serde(flatten)] of: Of }
        #[serde(tag = "kind")]
        enum Of { X { b: u8 }, Y }
    }
    of_an_adjacent_enum: {
        struct T { a: u8, #[serde(flatten)] of: Of }
        #[serde(tag = "kind", content = "of")]
        enum Of { X { b: u8 }, Y, Z(u8) }
    }
    of_an_untagged_enum: {
        struct T { a: u8, #[serde(flatten)] of: Of }
        #[serde(untagged)]
        enum Of { X { b: u8 }, Y { c: u8 } }
    }
    of_an_option: {
        struct T { a: u8, #[serde(flatten)] inner: Option<Inner> }
        struct Inner { b: u8 }
    }
    of_two_enums: {
        struct T { #[serde(flatten)] one: One, #[serde(flatten)] two: Two }
        #[serde(tag = "one")]
        enum One { A, B { b: u8 } }
        #[serde(tag = "two")]
        enum Two { C, D { d: u8 } }
    }
    of_nothing: {
        struct T { a: u8, #[serde(flatten)] none: (), #[serde(flatten)] unit: Unit }
        struct Unit;
    }
    of_a_tagged_struct: {
        struct T { a: u8, #[serde(flatten)] inner: Inner }
        #[serde(tag = "type")]
        struct Inner { b: u8 }
    }
    of_a_struct_that_holds_itself: {
        struct T { a: u8, #[serde(flatten)] inner: Inner }
        struct Inner { b: u8, next: Option<Box<Inner>> }
    }
    of_a_generic_page = T<Item>: {
        struct T<A> { #[serde(flatten)] item: A, next: Option<Box<T<A>>> }
        struct Item { b: u8 }
    }
    in_a_variant: {
        enum T { A { a: u8, #[serde(flatten)] inner: Inner }, B }
        struct Inner { b: u8 }
    }
}
