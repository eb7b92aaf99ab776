//! Enums, by every way to tell their variants apart.

use super::corpus;

corpus! {
    external: {
        enum T { Unit, Newtype(u8), Tuple(u8, String), Struct { a: u8, b: Option<bool> }, Empty {}, Nothing() }
    }
    internal: {
        #[serde(tag = "kind")]
        enum T { Unit, Newtype(Inner), Struct { a: u8 }, Map(std::collections::BTreeMap<String, u8>), Nothing(()), None(Empty) }
        struct Inner { b: u8 }
        struct Empty;
    }
    adjacent: {
        #[serde(tag = "t", content = "c")]
        enum T { Unit, Newtype(u8), Option(Option<u8>), Tuple(u8, u8), Struct { a: u8 }, Nothing(()) }
    }
    untagged: {
        #[serde(untagged)]
        enum T { Struct { a: u8, b: u8 }, Other { a: u8 }, Number(u8), Text(String), List(Vec<u8>), Unit }
    }
    one_variant_without_tag: {
        #[serde(tag = "kind")]
        enum T { A { a: u8 }, #[serde(untagged)] B { b: u8 } }
    }
    one_external_variant_without_tag: {
        enum T { A, B(u8), #[serde(untagged)] C(u8), #[serde(untagged)] D { d: bool } }
    }
    other: {
        #[serde(tag = "kind")]
        enum T { A { a: u8 }, #[serde(other)] Unknown }
    }
    other_external: {
        enum T { A, B, #[serde(other)] Unknown }
    }
    refuses_unknown_fields: {
        #[serde(deny_unknown_fields)]
        enum T { A { a: u8, b: Option<u8> }, B(u8), C(Inner), D }
        struct Inner { a: u8 }
    }
    refuses_unknown_fields_beside_tag: {
        #[serde(tag = "kind", deny_unknown_fields)]
        enum T { A { a: u8 }, B }
    }
    refuses_unknown_fields_adjacent: {
        #[serde(tag = "t", content = "c", deny_unknown_fields)]
        enum T { A { a: u8 }, B, C(u8) }
    }
    skipped_variant: {
        enum T { A, #[serde(skip)] B(fn()), C(u8) }
    }
    skipped_content: {
        enum T { A(#[serde(skip)] u8), B(u8, #[serde(skip)] u8), C { a: u8, #[serde(skip)] b: u8 } }
    }
    enum_in_an_enum: {
        #[serde(tag = "outer")]
        enum T { A(Inner), B { inner: Inner } }
        #[serde(tag = "inner")]
        enum Inner { X { x: u8 }, Y }
    }
    external_enum_beside_a_tag: {
        #[serde(tag = "outer")]
        enum T { A(Inner) }
        enum Inner { X(u8), Y { y: u8 } }
    }
    generic = T<u8, Vec<String>>: {
        enum T<A, B> { A(A), B(B), Both { a: A, b: B } }
    }
    newtype_of_an_option: {
        enum T { A(Option<u8>), B(Inner) }
        struct Inner(Option<u8>);
    }
    numbered: {
        #[repr(u8)]
        enum T { A = 1, B = 2 }
    }
    one_variant: {
        enum T { Only { a: Option<Box<T>> } }
    }
}
