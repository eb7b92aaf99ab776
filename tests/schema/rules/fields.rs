//! Fields that come, go and are renamed.

use super::pairs;

pairs! {
    added_as_an_option:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, b: Option<u8> } }
        [("FIELD_ADDED_OPTIONAL", "b", "", "optional u8")] But::LosesForward("older code does not know the field");
    added_with_default:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, #[serde(default)] b: u8 } }
        [("FIELD_ADDED_OPTIONAL", "b", "", "u8, default")] But::LosesForward("older code does not know the field");
    added_and_required:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, b: u8 } }
        [("FIELD_ADDED_REQUIRED", "b", "", "u8")] But::LosesForward("older code does not know the field");
    added_to_a_struct_that_refuses_it:
        { #[serde(deny_unknown_fields)] pub struct T { a: u8 } } => { #[serde(deny_unknown_fields)] pub struct T { a: u8, b: Option<u8> } }
        [("FIELD_ADDED_TO_CLOSED", "b", "", "optional u8")] ;
    added_deep_inside:
        { pub struct T { lines: Vec<Line> } pub struct Line { a: u8 } } => { pub struct T { lines: Vec<Line> } pub struct Line { a: u8, b: u8 } }
        [("FIELD_ADDED_REQUIRED", "lines[].b", "", "u8")] But::LosesForward("older code does not know the field");
    removed:
        { pub struct T { a: u8, b: u8 } } => { pub struct T { a: u8 } }
        [("FIELD_NO_DELETE", "b", "u8", "")] ;
    removed_option:
        { pub struct T { a: u8, b: Option<u8> } } => { pub struct T { a: u8 } }
        [("FIELD_NO_DELETE", "b", "optional u8", "")] But::ReadsForward("an option need not be there");
    renamed:
        { pub struct T { a: u8, b: String } } => { pub struct T { a: u8, c: String } }
        [("FIELD_NO_RENAME", "c", "b", "c")] ;
    renamed_option:
        { pub struct T { a: Option<u8> } } => { pub struct T { b: Option<u8> } }
        [("FIELD_NO_RENAME", "b", "a", "b")] ;
    renamed_all:
        { pub struct T { one_two: u8 } } => { #[serde(rename_all = "camelCase")] pub struct T { one_two: u8 } }
        [("FIELD_NO_RENAME", "oneTwo", "one_two", "oneTwo")] ;
    renamed_with_alias:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(alias = "a")] b: u8 } }
        [("FIELD_RENAMED_WITH_ALIAS", "b", "a", "b")] ;
    alias_added:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(alias = "b")] a: u8 } }
        [("FIELD_ALIAS_ADDED", "b", "", "alias of a")] ;
    alias_removed:
        { pub struct T { #[serde(alias = "b")] a: u8 } } => { pub struct T { a: u8 } }
        [("FIELD_ALIAS_NO_DELETE", "b", "alias of a", "")] But::Stored(r#"{"b": 1}"#);
    refuses_unknown_fields:
        { pub struct T { a: u8 } } => { #[serde(deny_unknown_fields)] pub struct T { a: u8 } }
        [("UNKNOWN_FIELDS_REFUSED", ".", "struct", "struct, closed")] ;
    passes_over_unknown_fields:
        { #[serde(deny_unknown_fields)] pub struct T { a: u8 } } => { pub struct T { a: u8 } }
        [("UNKNOWN_FIELDS_PASSED_OVER", ".", "struct, closed", "struct")] ;
    flattened_struct_taken_out:
        { pub struct T { a: u8, #[serde(flatten)] b: B } pub struct B { c: u8 } } => { pub struct T { a: u8, b: B } pub struct B { c: u8 } }
        [("FIELD_NO_DELETE", "c", "u8", ""), ("FIELD_ADDED_REQUIRED", "b", "", "struct")] ;
    flattened_map_added:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, #[serde(flatten)] rest: std::collections::BTreeMap<String, u8> } }
        [("FIELD_ADDED_OPTIONAL", "{..}", "", "map")] But::LosesForward("older code does not know the entries");
    flattened_map_removed:
        { pub struct T { a: u8, #[serde(flatten)] rest: std::collections::BTreeMap<String, u8> } } => { pub struct T { a: u8 } }
        [("FIELD_NO_DELETE", "{..}", "map", "")] But::ReadsForward("a map may be empty");
    flattened_enum_added:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, #[serde(flatten)] of: Of } #[serde(tag = "kind")] pub enum Of { A, B { b: u8 } } }
        [("FIELD_ADDED_REQUIRED", "{..}", "", "enum, tag kind")] But::LosesForward("older code does not know the enum");
    option_that_is_flattened_requires_more:
        { pub struct T { a: u8, #[serde(flatten)] of: Option<Of> } pub struct Of { b: u8 } } => { pub struct T { a: u8, #[serde(flatten)] of: Option<Of> } pub struct Of { b: u8, c: u8 } }
        [("FIELD_ADDED_REQUIRED", "{..}.c", "", "u8")] But::LosesForward("older code does not know the field");
    tag_of_a_struct_added:
        { pub struct T { a: u8 } } => { #[serde(tag = "type")] pub struct T { a: u8 } }
        [("TAG_NO_CHANGE", ".", "struct", "struct, tag type = T")] But::ReadsBack("serde does not look at the tag of a struct");
    tag_of_a_struct_changed:
        { #[serde(tag = "type")] pub struct T { a: u8 } } => { #[serde(tag = "type", rename = "U")] pub struct T { a: u8 } }
        [("TAG_NO_CHANGE", ".", "struct, tag type = T", "struct, tag type = U")] ;
}
