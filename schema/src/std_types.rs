//! Shapes of the types of `std`, as serde writes them.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize, Saturating, Wrapping,
};
use std::rc::Rc;
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize,
};
use std::sync::{Arc, Mutex, RwLock};

use crate::{Schema, Shape};

macro_rules! shapes {
    ($($shape:expr => $($of:ty),+;)+) => {
        $($(impl Schema for $of {
            const SHAPE: &'static Shape<'static> = &$shape;
        })+)+
    };
}

shapes! {
    Shape::Unit => ();
    Shape::Bool => bool, AtomicBool;
    Shape::Char => char;
    Shape::Text => String, str, std::path::PathBuf, std::path::Path;
    Shape::Float { bits: 32 } => f32;
    Shape::Float { bits: 64 } => f64;
}

macro_rules! integers {
    ($($of:ty: $bits:literal $signed:literal $nonzero:literal,)+) => {
        $(impl Schema for $of {
            const SHAPE: &'static Shape<'static> = &Shape::Integer { bits: $bits, signed: $signed, nonzero: $nonzero };
        })+
    };
}

integers! {
    i8: 8 true false, i16: 16 true false, i32: 32 true false, i64: 64 true false, i128: 128 true false,
    u8: 8 false false, u16: 16 false false, u32: 32 false false, u64: 64 false false, u128: 128 false false,
    isize: 64 true false, usize: 64 false false,
    NonZeroI8: 8 true true, NonZeroI16: 16 true true, NonZeroI32: 32 true true, NonZeroI64: 64 true true,
    NonZeroI128: 128 true true,
    NonZeroU8: 8 false true, NonZeroU16: 16 false true, NonZeroU32: 32 false true, NonZeroU64: 64 false true,
    NonZeroU128: 128 false true, NonZeroIsize: 64 true true, NonZeroUsize: 64 false true,
    AtomicI8: 8 true false, AtomicI16: 16 true false, AtomicI32: 32 true false, AtomicI64: 64 true false,
    AtomicIsize: 64 true false,
    AtomicU8: 8 false false, AtomicU16: 16 false false, AtomicU32: 32 false false, AtomicU64: 64 false false,
    AtomicUsize: 64 false false,
}

macro_rules! transparent {
    ($($of:ty),+ $(,)?) => {
        $(impl<T: Schema + ?Sized> Schema for $of {
            const SHAPE: &'static Shape<'static> = T::SHAPE;
        })+
    };
}

transparent!(
    &T,
    &mut T,
    Box<T>,
    Rc<T>,
    Arc<T>,
    Cell<T>,
    RefCell<T>,
    Mutex<T>,
    RwLock<T>,
);

macro_rules! wrappers {
    ($($of:ty),+ $(,)?) => {
        $(impl<T: Schema> Schema for $of {
            const SHAPE: &'static Shape<'static> = T::SHAPE;
        })+
    };
}

wrappers!(Wrapping<T>, Saturating<T>, Reverse<T>);

impl<T: ?Sized> Schema for PhantomData<T> {
    const SHAPE: &'static Shape<'static> = &Shape::Unit;
}

impl<T: Schema + ToOwned + ?Sized> Schema for Cow<'_, T> {
    const SHAPE: &'static Shape<'static> = T::SHAPE;
}

impl<T: Schema> Schema for Option<T> {
    const SHAPE: &'static Shape<'static> = &Shape::Optional(T::SHAPE);
}

macro_rules! lists {
    ($($of:ty),+ $(,)?) => {
        $(impl<T: Schema> Schema for $of {
            const SHAPE: &'static Shape<'static> = &Shape::List(T::SHAPE);
        })+
    };
}

lists!([T], Vec<T>, VecDeque<T>, LinkedList<T>);

macro_rules! sets {
    ($($of:ty),+ $(,)?) => {
        $(impl<T: Schema> Schema for $of {
            const SHAPE: &'static Shape<'static> = &Shape::Set(T::SHAPE);
        })+
    };
}

sets!(BTreeSet<T>, BinaryHeap<T>);

impl<T: Schema, S> Schema for HashSet<T, S> {
    const SHAPE: &'static Shape<'static> = &Shape::Set(T::SHAPE);
}

impl<T: Schema, const N: usize> Schema for [T; N] {
    const SHAPE: &'static Shape<'static> = &Shape::Array(T::SHAPE, N);
}

impl<K: Schema, V: Schema> Schema for BTreeMap<K, V> {
    const SHAPE: &'static Shape<'static> = &Shape::Map(K::SHAPE, V::SHAPE);
}

impl<K: Schema, V: Schema, S> Schema for HashMap<K, V, S> {
    const SHAPE: &'static Shape<'static> = &Shape::Map(K::SHAPE, V::SHAPE);
}

macro_rules! tuples {
    ($(($($item:ident),+))+) => {
        $(impl<$($item: Schema),+> Schema for ($($item,)+) {
            const SHAPE: &'static Shape<'static> = &Shape::Tuple(&[$($item::SHAPE),+]);
        })+
    };
}

tuples! {
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
    (A, B, C, D, E, F, G, H, I)
    (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K)
    (A, B, C, D, E, F, G, H, I, J, K, L)
    (A, B, C, D, E, F, G, H, I, J, K, L, M)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P)
}
