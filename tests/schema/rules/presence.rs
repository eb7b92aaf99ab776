//! Whether a field has to be there, is stored and is read.

use super::pairs;

pairs! {
    now_required:
        { pub struct T { #[serde(default)] a: u8 } } => { pub struct T { a: u8 } }
        [("FIELD_NOW_REQUIRED", "a", "u8, default", "u8")] ;
    now_optional:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(default)] a: u8 } }
        [("FIELD_NOW_OPTIONAL", "a", "u8", "u8, default")] ;
    now_omitted:
        { pub struct T { a: Option<u8> } } => { pub struct T { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u8> } }
        [("FIELD_NOW_OMITTED", "a", "optional u8", "optional u8, omitted")] ;
    now_omitted_where_required:
        { pub struct T { a: Vec<u8> } } => { pub struct T { #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u8> } }
        [("FIELD_NOW_OMITTED_WHERE_REQUIRED", "a", "list", "list, default, omitted")] ;
    stored_no_more_where_required:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(default, skip_serializing)] a: u8 } }
        [("FIELD_NOW_OMITTED_WHERE_REQUIRED", "a", "u8", "u8, default, not stored")] But::LosesBackward("it is read, and cannot be seen in what is written again");
    now_always_stored:
        { pub struct T { #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u8> } } => { pub struct T { #[serde(default)] a: Vec<u8> } }
        [("FIELD_NOW_ALWAYS_STORED", "a", "list, default, omitted", "list, default")] ;
    required_and_always_stored:
        { pub struct T { #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u8> } } => { pub struct T { a: Vec<u8> } }
        [("FIELD_NOW_REQUIRED", "a", "list, default, omitted", "list")] ;
    read_no_longer:
        { pub struct T { a: u8, b: bool } } => { pub struct T { #[serde(skip_deserializing)] a: u8, b: bool } }
        [("FIELD_NO_LONGER_READ", "a", "u8", "u8, not read")] ;
    read_again:
        { pub struct T { #[serde(skip_deserializing)] a: u8 } } => { pub struct T { #[serde(default)] a: u8 } }
        [("FIELD_READ_AGAIN", "a", "u8, not read", "u8, default")] But::LosesForward("older code never read it");
    option_of_what_was_required:
        { pub struct T { a: u8 } } => { pub struct T { a: Option<u8> } }
        [("NULL_ADDED", "a", "u8", "optional u8")] ;
    option_left_out_of_what_was_required:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u8> } }
        [("NULL_ADDED", "a", "u8", "optional u8")] ;
    option_no_more:
        { pub struct T { a: Option<u8> } } => { pub struct T { a: u8 } }
        [("NULL_NO_DELETE", "a", "optional u8", "u8")] ;
    option_no_more_and_default:
        { pub struct T { a: Option<u8> } } => { pub struct T { #[serde(default)] a: u8 } }
        [("NULL_NO_DELETE", "a", "optional u8", "u8")] ;
    null_in_a_list:
        { pub struct T { a: Vec<u8> } } => { pub struct T { a: Vec<Option<u8>> } }
        [("NULL_ADDED", "a[]", "u8", "optional u8")] ;
    any_json_required:
        { pub struct T { a: Option<serde_json::Value> } } => { pub struct T { a: serde_json::Value } }
        [("FIELD_NOW_REQUIRED", "a", "optional any", "any")] ;
}
