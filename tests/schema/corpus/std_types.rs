//! Types of `std`, each as a field and as the whole.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::CString;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{
    NonZeroI8, NonZeroI64, NonZeroI128, NonZeroU8, NonZeroU64, NonZeroUsize, Saturating, Wrapping,
};
use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI8, AtomicI64, AtomicU8, AtomicUsize};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, SystemTime};

use super::{check, corpus};

types! {
    numbers: u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64;
    numbers_that_are_not_zero: NonZeroI8, NonZeroI64, NonZeroI128, NonZeroU8, NonZeroU64, NonZeroUsize;
    numbers_that_wrap: Wrapping<u8>, Saturating<i8>, Reverse<u16>;
    numbers_that_are_shared: AtomicBool, AtomicI8, AtomicI64, AtomicU8, AtomicUsize;
    texts: String, Box<str>, char, PathBuf, Cow<'static, str>, CString, Box<std::path::Path>;
    nothing: (), PhantomData<fn()>;
    cells: Cell<u8>, RefCell<String>, Mutex<u8>, RwLock<Option<u8>>;
    lists: Vec<u8>, Box<[u8]>, VecDeque<u8>, LinkedList<u8>, Cow<'static, [u8]>;
    sets: BTreeSet<u8>, HashSet<String>, BinaryHeap<u8>;
    arrays: [u8; 0], [u8; 1], [Option<u8>; 32];
    tuples: (u8,), (u8, String), (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, bool);
    maps: BTreeMap<String, u8>, HashMap<char, u8>, BTreeMap<String, BTreeMap<String, ()>>;
    maps_by_numbers: BTreeMap<u8, u8>, BTreeMap<i64, u8>, BTreeMap<u64, u8>, BTreeMap<bool, u8>, BTreeMap<i128, u8>;
    times: Duration, SystemTime;
    ranges: Range<u8>, RangeInclusive<i8>, RangeFrom<u8>, RangeTo<u8>, Bound<u8>;
    results: Result<u8, String>, Result<Option<u8>, Vec<u8>>;
    addresses: IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6;
}

corpus! {
    maps_by_variants: {
        struct T { of: BTreeMap<Key, u8>, more: HashMap<Id, Vec<u8>> }
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Key { A, #[serde(rename = "b c")] B }
        #[derive(PartialEq, Eq, Hash)]
        struct Id(u64);
    }
    all_in_one: {
        struct T { span: Range<Duration>, at: Option<SystemTime>, from: Result<IpAddr, String>, pair: ((), [(u8, char); 2]) }
    }
}
