//! Shapes of the structs and enums of `std`, whose form serde itself decides on.
//!
//! Not here: `OsString`, which is stored in another form on each platform, and weak references, which are never read back.

use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};
use std::time::{Duration, SystemTime};

use crate::{Enum, Field, Fields, Format, Schema, Shape, Struct, Tagging, Variant};

/// serde reads these structs by hand, and refuses fields that it does not know.
const fn closed(name: &'static str, fields: &'static [Field<'static>]) -> Shape<'static> {
    Shape::Struct(Struct {
        closed: true,
        ..Struct::new(name, Fields::Named(fields))
    })
}

/// Part of a second. More of them are read as seconds, of which there can be too many.
const NANOS: Shape<'static> = Shape::of_word("u32", "999999999");

impl Schema for Duration {
    const SHAPE: &'static Shape<'static> = &closed(
        "Duration",
        &[Field::new("secs", u64::SHAPE), Field::new("nanos", &NANOS)],
    );
}

impl Schema for SystemTime {
    const SHAPE: &'static Shape<'static> = &closed(
        "SystemTime",
        &[
            // Not every number of seconds is a time that a computer knows.
            Field::new("secs_since_epoch", &Shape::of_word("u64", "1709209800")),
            Field::new("nanos_since_epoch", &NANOS),
        ],
    );
}

macro_rules! ranges {
    ($($of:ident $name:literal $($field:literal)+;)+) => {
        $(impl<T: Schema> Schema for $of<T> {
            const SHAPE: &'static Shape<'static> = &closed($name, &[$(Field::new($field, T::SHAPE)),+]);
        })+
    };
}

ranges! {
    Range "Range" "start" "end";
    RangeInclusive "RangeInclusive" "start" "end";
    RangeFrom "RangeFrom" "start";
    RangeTo "RangeTo" "end";
}

const fn external(name: &'static str, variants: &'static [Variant<'static>]) -> Shape<'static> {
    Shape::Enum(Enum {
        name,
        serde: "",
        tagging: Tagging::External,
        closed: false,
        variants,
    })
}

const fn variant(name: &'static str, fields: Fields<'static>) -> Variant<'static> {
    Variant {
        name,
        fields,
        ..Variant::PLAIN
    }
}

impl<T: Schema, E: Schema> Schema for Result<T, E> {
    const SHAPE: &'static Shape<'static> = &external(
        "Result",
        &[
            variant("Ok", Fields::Newtype(&Field::new("0", T::SHAPE))),
            variant("Err", Fields::Newtype(&Field::new("0", E::SHAPE))),
        ],
    );
}

impl<T: Schema> Schema for Bound<T> {
    const SHAPE: &'static Shape<'static> = &external(
        "Bound",
        &[
            variant("Unbounded", Fields::Unit),
            variant("Included", Fields::Newtype(&Field::new("0", T::SHAPE))),
            variant("Excluded", Fields::Newtype(&Field::new("0", T::SHAPE))),
        ],
    );
}

macro_rules! formats {
    ($($of:ty: $name:literal $sample:literal;)+) => {
        $(impl Schema for $of {
            const SHAPE: &'static Shape<'static> = &Shape::Format(Format { name: $name, sample: $sample });
        })+
    };
}

formats! {
    IpAddr: "ip-address" "\"127.0.0.1\"";
    Ipv4Addr: "ipv4-address" "\"127.0.0.1\"";
    Ipv6Addr: "ipv6-address" "\"::1\"";
    SocketAddr: "socket-address" "\"127.0.0.1:80\"";
    SocketAddrV4: "socket-address-v4" "\"127.0.0.1:80\"";
    SocketAddrV6: "socket-address-v6" "\"[::1]:80\"";
}

/// Bytes without the closing zero.
const C_BYTES: Shape<'static> = Shape::List(&Shape::Integer {
    bits: 8,
    signed: false,
    nonzero: true,
});

impl Schema for CString {
    const SHAPE: &'static Shape<'static> = &C_BYTES;
}

impl Schema for CStr {
    const SHAPE: &'static Shape<'static> = &C_BYTES;
}
