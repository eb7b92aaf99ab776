//! Variants that come, go and are told apart in other ways.

use super::pairs;

pairs! {
    added:
        { pub enum T { A } } => { pub enum T { A, B(u8) } }
        [("VARIANT_ADDED", "::B", "", "u8")] ;
    added_beside_other:
        { #[serde(tag = "kind")] pub enum T { A, #[serde(other)] Unknown } } => { #[serde(tag = "kind")] pub enum T { A, B { b: u8 }, #[serde(other)] Unknown } }
        [("VARIANT_ADDED_BESIDE_OTHER", "::B", "", "struct")] But::LosesForward("older code takes it for another");
    added_without_tag:
        { #[serde(untagged)] pub enum T { A(u8) } } => { #[serde(untagged)] pub enum T { A(u8), B(String) } }
        [("VARIANT_ADDED", "::(1)", "", "text")] ;
    removed:
        { pub enum T { A, B, C } } => { pub enum T { A } }
        [("VARIANT_NO_DELETE", "::B", "variant", ""), ("VARIANT_NO_DELETE", "::C", "variant", "")] ;
    removed_without_tag:
        { #[serde(untagged)] pub enum T { A(u8), B(String) } } => { #[serde(untagged)] pub enum T { A(u8) } }
        [("VARIANT_NO_DELETE", "::(1)", "text", "")] ;
    skipped:
        { pub enum T { A, B(u8) } } => { pub enum T { A, #[serde(skip)] B(u8) } }
        [("VARIANT_NO_DELETE", "::B", "u8", "")] ;
    renamed:
        { pub enum T { A, B(u8) } } => { pub enum T { A, C(u8) } }
        [("VARIANT_NO_RENAME", "::C", "::B", "::C")] ;
    renamed_with_alias:
        { pub enum T { A, B(u8) } } => { pub enum T { A, #[serde(alias = "B")] C(u8) } }
        [("VARIANT_RENAMED_WITH_ALIAS", "::C", "::B", "::C")] ;
    alias_added:
        { pub enum T { A } } => { pub enum T { #[serde(alias = "a")] A } }
        [("VARIANT_ALIAS_ADDED", "::a", "", "alias of A")] ;
    alias_removed:
        { pub enum T { #[serde(alias = "a")] A } } => { pub enum T { A } }
        [("VARIANT_ALIAS_NO_DELETE", "::a", "alias of A", "")] But::Stored("\"a\"");
    other_added:
        { pub enum T { A, B } } => { pub enum T { A, #[serde(other)] B } }
        [("VARIANT_OTHER_ADDED", "::B", "B", "B")] ;
    other_removed:
        { pub enum T { A, #[serde(other)] B } } => { pub enum T { A, B } }
        [("VARIANT_OTHER_NO_DELETE", "::B", "B", "B")] But::Stored("\"C\"");
    tag_changed:
        { #[serde(tag = "a")] pub enum T { A { x: u8 } } } => { #[serde(tag = "b")] pub enum T { A { x: u8 } } }
        [("TAG_NO_CHANGE", ".", "enum, tag a", "enum, tag b")] ;
    tag_taken_inside:
        { pub enum T { A { x: u8 }, B } } => { #[serde(tag = "kind")] pub enum T { A { x: u8 }, B } }
        [("TAG_NO_CHANGE", ".", "enum", "enum, tag kind")] ;
    content_moved:
        { #[serde(tag = "t", content = "c")] pub enum T { A(u8) } } => { #[serde(tag = "t", content = "d")] pub enum T { A(u8) } }
        [("TAG_NO_CHANGE", ".", "enum, tag t, content c", "enum, tag t, content d")] ;
    tag_given_up:
        { #[serde(tag = "t")] pub enum T { A { x: u8 }, B { y: u8 } } } => { #[serde(untagged)] pub enum T { A { x: u8 }, B { y: u8 } } }
        [("TAG_NO_CHANGE", ".", "enum, tag t", "untagged enum")] ;
    refuses_unknown_fields:
        { pub enum T { A { a: u8 }, B { b: u8 } } } => { #[serde(deny_unknown_fields)] pub enum T { A { a: u8 }, B { b: u8 } } }
        [("UNKNOWN_FIELDS_REFUSED", ".", "enum", "enum, closed")] ;
    passes_over_unknown_fields:
        { #[serde(deny_unknown_fields)] pub enum T { A { a: u8 }, B { b: u8 } } } => { pub enum T { A { a: u8 }, B { b: u8 } } }
        [("UNKNOWN_FIELDS_PASSED_OVER", ".", "enum, closed", "enum")] ;
    content_added:
        { pub enum T { A } } => { pub enum T { A(u8) } }
        [("TYPE_NO_CHANGE", "::A", "variant", "u8")] ;
    field_of_a_variant:
        { #[serde(tag = "t")] pub enum T { A } } => { #[serde(tag = "t")] pub enum T { A { x: Option<u8> } } }
        [("FIELD_ADDED_OPTIONAL", "::A.x", "", "optional u8")] But::LosesForward("older code does not know the field");
    field_of_a_variant_that_refuses_it:
        { #[serde(deny_unknown_fields)] pub enum T { A { a: u8 } } } => { #[serde(deny_unknown_fields)] pub enum T { A { a: u8, b: Option<u8> } } }
        [("FIELD_ADDED_TO_CLOSED", "::A.b", "", "optional u8")] ;
    field_of_a_variant_that_had_none:
        { #[serde(tag = "t", deny_unknown_fields)] pub enum T { A } } => { #[serde(tag = "t", deny_unknown_fields)] pub enum T { A { x: Option<u8> } } }
        [("UNKNOWN_FIELDS_REFUSED", "::A", "struct", "struct, closed"), ("FIELD_ADDED_OPTIONAL", "::A.x", "", "optional u8")] But::LosesForward("older code does not know the field");
}
