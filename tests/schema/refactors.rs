//! What can be rewritten in the source without a change of what is stored: no change is found, and the facts are the same.

use annals::Schema;
use annals::schema::{Facts, changes};

fn same<Old: Schema, New: Schema>() {
    for (from, to) in [(Old::SHAPE, New::SHAPE), (New::SHAPE, Old::SHAPE)] {
        let found = changes(from, to);
        assert!(found.is_empty(), "{found:?}");
    }
    let facts = |shape| Facts::of(shape).expect("facts");
    assert_eq!(facts(Old::SHAPE), facts(New::SHAPE));
}

macro_rules! refactors {
    ($($name:ident: { $($old:item)* } => { $($new:item)* })+) => {
        $(#[test]
        #[allow(dead_code, unreachable_pub, reason = "only what is stored is looked at")]
        fn $name() {
            mod old {
                $(#[derive(annals::Schema, serde::Serialize, serde::Deserialize)] $old)*
            }
            mod new {
                $(#[derive(annals::Schema, serde::Serialize, serde::Deserialize)] $new)*
            }
            same::<old::T, new::T>();
        })+
    };
}

refactors! {
    types_renamed:
        { pub struct T { a: Inner, next: Option<Box<T>> } pub struct Inner { b: u8, more: Vec<Inner> } }
        => { pub struct U { a: Other, next: Option<Box<U>> } pub struct Other { b: u8, more: Vec<Other> } #[serde(transparent)] pub struct T(U); }
    type_that_stands_for_another:
        { pub struct T { a: u64 } } => { pub struct T { a: Cents } pub struct Cents(u64); }
    newtype_made_transparent:
        { pub struct T { a: Cents } pub struct Cents(u64); } => { pub struct T { a: Cents } #[serde(transparent)] pub struct Cents { value: u64 } }
    fields_reordered:
        { pub struct T { a: u8, b: String, c: bool } } => { pub struct T { c: bool, a: u8, b: String } }
    variants_reordered:
        { pub enum T { A, B(u8), C { c: u8 } } } => { pub enum T { C { c: u8 }, A, B(u8) } }
    field_renamed_in_the_source:
        { pub struct T { a: u8 } } => { pub struct T { #[serde(rename = "a")] better: u8 } }
    names_by_a_rule:
        { pub struct T { #[serde(rename = "oneTwo")] a: u8 } } => { #[serde(rename_all = "camelCase")] pub struct T { one_two: u8 } }
    fields_moved_into_a_flattened_struct:
        { pub struct T { a: u8, b: Option<u8>, #[serde(alias = "x")] c: Vec<u8>, next: Option<Box<T>> } }
        => { pub struct T { a: u8, #[serde(flatten)] inner: Inner, next: Option<Box<T>> } pub struct Inner { #[serde(alias = "x")] c: Vec<u8>, b: Option<u8> } }
    boxed:
        { pub struct T { a: Inner, b: String } pub struct Inner { c: Vec<u8> } }
        => { pub struct T { a: Box<Inner>, b: Box<str> } pub struct Inner { c: Box<[u8]> } }
    struct_variant_made_a_struct:
        { #[serde(tag = "t")] pub enum T { A { a: u8 }, B } } => { #[serde(tag = "t")] pub enum T { A(A), B(B) } pub struct A { a: u8 } pub struct B; }
    inner_enum_named:
        { pub enum T { A { a: u8 } } } => { pub enum T { A(A) } pub struct A { a: u8 } }
    skipped_field_added:
        { pub struct T { a: u8 } } => { pub struct T { a: u8, #[serde(skip)] cache: Vec<fn()> } }
    skipped_variant_added:
        { pub enum T { A } } => { pub enum T { A, #[serde(skip)] B(fn()) } }
    variant_stored_no_more_is_still_read:
        { pub enum T { A, B } } => { pub enum T { A, #[serde(skip_serializing)] B } }
    unit_struct_for_a_unit:
        { pub struct T { a: () } } => { pub struct T { a: Unit } pub struct Unit; }
    tuple_struct_for_a_tuple:
        { pub struct T { a: (u8, bool) } } => { pub struct T { a: Pair } pub struct Pair(u8, bool); }
    generic_for_plain:
        { pub struct T { a: Page } pub struct Page { items: Vec<u8>, next: Option<Box<Page>> } }
        => { pub struct T { a: Page<u8> } pub struct Page<A> { items: Vec<A>, next: Option<Box<Page<A>>> } }
    another_crate_with_one_format:
        { pub struct T { a: chrono::DateTime<chrono::Utc> } } => { pub struct T { a: jiff::Timestamp } }
}

/// A module of another name, and another way to name a type.
#[test]
fn modules_moved() {
    mod here {
        pub(super) mod deep {
            #[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
            #[allow(dead_code, reason = "only what is stored is looked at")]
            pub(crate) struct T {
                list: Vec<Option<self::T>>,
            }
        }
    }
    type Alias = T;
    #[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
    #[allow(dead_code, reason = "only what is stored is looked at")]
    struct T {
        list: Vec<Option<T>>,
    }
    same::<here::deep::T, Alias>();
}
