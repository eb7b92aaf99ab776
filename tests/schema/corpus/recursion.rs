//! Types that hold themselves.

use std::collections::BTreeMap;

use super::corpus;

corpus! {
    list: { struct T { a: u8, next: Option<Box<T>> } }
    tree: {
        enum T { Leaf(u8), Node { left: Box<T>, right: Box<T> } }
    }
    tree_beside_a_tag: {
        #[serde(tag = "kind")]
        enum T { Leaf, Node { left: Box<Self>, right: Box<T> }, Bush(BTreeMap<String, T>) }
    }
    untagged_tree: {
        #[serde(untagged)]
        enum T { Leaf(u8), Node(Vec<T>) }
    }
    newtype: { struct T(Vec<T>); }
    newtype_of_a_map: { struct T(BTreeMap<String, T>); }
    newtype_within: {
        struct T { a: Forest, b: Option<Forest> }
        struct Forest(Vec<Forest>);
    }
    transparent: {
        #[serde(transparent)]
        struct T { inner: Vec<T> }
    }
    tuple: { struct T(u8, Option<Box<T>>); }
    one_in_another: {
        struct T { inner: Option<Inner>, again: Vec<T> }
        struct Inner { own: Option<Box<Inner>> }
    }
    through_a_generic: {
        struct T { a: Page<Box<T>> }
        struct Page<A> { items: Vec<A>, next: Option<Box<Page<A>>> }
    }
    arrays: { struct T { pair: Option<Box<[T; 2]>> } }
}
