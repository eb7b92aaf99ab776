//! Looks through a value for floating point numbers that JSON cannot hold.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize, Serializer};

/// # Errors
/// The path and the kind of the first number that is not finite.
pub(super) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), (String, String)> {
    match value.serialize(Finite) {
        Ok(()) => Ok(()),
        // What else a value refuses, it refuses of the real serializer too, which then says it better.
        Err(Found { number: None, .. }) => Ok(()),
        Err(Found {
            path,
            number: Some(number),
        }) => {
            let path = path.into_iter().rev().collect::<Vec<_>>().join(".");
            Err((
                path,
                format!("{number} cannot be stored: JSON has no such number"),
            ))
        }
    }
}

#[derive(Clone, Copy)]
struct Finite;

#[derive(Debug)]
struct Found {
    /// Innermost first: it grows on the way out.
    path: Vec<String>,
    number: Option<f64>,
}

impl Found {
    fn within(mut self, part: impl Into<String>) -> Self {
        self.path.push(part.into());
        self
    }
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number that is not finite")
    }
}

impl std::error::Error for Found {}

impl ser::Error for Found {
    fn custom<T: Display>(_: T) -> Self {
        Found {
            path: Vec::new(),
            number: None,
        }
    }
}

macro_rules! harmless {
    ($($name:ident($($of:ty)?))+) => {
        $(fn $name(self $(, _: $of)?) -> Result<(), Found> {
            Ok(())
        })+
    };
}

impl Serializer for Finite {
    type Ok = ();
    type Error = Found;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    harmless! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8]) serialize_none()
        serialize_unit() serialize_unit_struct(&'static str)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Found> {
        self.serialize_f64(f64::from(number))
    }

    fn serialize_f64(self, number: f64) -> Result<(), Found> {
        if number.is_finite() {
            Ok(())
        } else {
            Err(Found {
                path: Vec::new(),
                number: Some(number),
            })
        }
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Found> {
        value.serialize(self).map_err(|found| found.within(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Found> {
        Ok(Items(0))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Found> {
        Ok(Items(0))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Found> {
        Ok(Items(0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Items, Found> {
        Ok(Items(0))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, Found> {
        Ok(Entries(0))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members, Found> {
        Ok(Members)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members, Found> {
        Ok(Members)
    }
}

/// Values by position.
struct Items(usize);

impl Items {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        let position = self.0;
        self.0 += 1;
        value
            .serialize(Finite)
            .map_err(|found| found.within(position.to_string()))
    }
}

macro_rules! items {
    ($($of:ident $item:ident)+) => {
        $(impl ser::$of for Items {
            type Ok = ();
            type Error = Found;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
                self.item(value)
            }

            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        })+
    };
}

items! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// Keys and values; the path names an entry by its position.
struct Entries(usize);

impl ser::SerializeMap for Entries {
    type Ok = ();
    type Error = Found;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Found> {
        key.serialize(Finite)
            .map_err(|found| found.within(format!("key {}", self.0)))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        let position = self.0;
        self.0 += 1;
        value
            .serialize(Finite)
            .map_err(|found| found.within(format!("entry {position}")))
    }

    fn end(self) -> Result<(), Found> {
        Ok(())
    }
}

/// Values by name.
struct Members;

macro_rules! members {
    ($($of:ident)+) => {
        $(impl ser::$of for Members {
            type Ok = ();
            type Error = Found;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Found> {
                value.serialize(Finite).map_err(|found| found.within(name))
            }

            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        })+
    };
}

members!(SerializeStruct SerializeStructVariant);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::check;

    #[derive(serde::Serialize)]
    struct Rates {
        name: &'static str,
        by_year: Vec<Option<f64>>,
    }

    #[test]
    fn a_nan_is_named_by_its_path() {
        let rates = Rates {
            name: "prime",
            by_year: vec![Some(1.5), None, Some(f64::NAN)],
        };
        let (path, reason) = check(&rates).expect_err("a NaN");
        assert_eq!(path, "by_year.2");
        assert_eq!(reason, "NaN cannot be stored: JSON has no such number");
    }

    #[test]
    fn infinities_are_found_in_maps() {
        let map = BTreeMap::from([("a", 1.0), ("b", f64::NEG_INFINITY)]);
        assert_eq!(check(&map).expect_err("an infinity").0, "entry 1");
    }

    #[test]
    fn finite_numbers_pass() {
        let rates = Rates {
            name: "prime",
            by_year: vec![Some(f64::MAX), Some(f64::MIN_POSITIVE), None],
        };
        assert_eq!(check(&rates), Ok(()));
        assert_eq!(rates.name, "prime");
    }
}
