use serde_json::{Map, Value};

use super::{At, Extent, Stop, together, values};
use crate::compare::place::Step;
use crate::{Field, Fields, Shape, Skip};

/// What the fields of a struct or of a variant are stored as.
pub(super) fn of<'a>(fields: &Fields<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    match fields {
        Fields::Unit => Ok(vec![Value::Null]),
        Fields::Newtype(field) | Fields::Transparent(field) => values::of(field.shape, at),
        Fields::Tuple(fields) => {
            let stored = fields.iter().filter(|field| field.is_stored()).enumerate();
            let items: Result<Vec<_>, _> = stored
                .map(|(i, field)| values::of(field.shape, at.and(Step::Index(i))))
                .collect();
            Ok(together(&items?).into_iter().map(Value::from).collect())
        }
        Fields::Named(fields) => named(fields, at),
    }
}

fn named<'a>(fields: &[Field<'a>], at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    let stored = fields.iter().filter(|field| field.is_stored());
    let entries: Result<Vec<_>, _> = stored.map(|field| self::field(field, at)).collect();
    let objects = together(&entries?).into_iter().map(|entries| {
        let mut object = Map::new();
        for (name, value) in entries.into_iter().flatten() {
            // A key of a flattened map does not stand in the way of a field.
            object.entry(name).or_insert(value);
        }
        object.into()
    });
    Ok(objects.collect())
}

/// The entries that stand for a field.
fn field<'a>(field: &Field<'a>, at: At<'a, '_>) -> Result<Vec<Map<String, Value>>, Stop> {
    let may_be_absent = field.default || field.shape.may_be_absent();
    let is_absent = match (at.extent, field.skip) {
        // It is stored, whether it is read or not.
        (_, Skip::Read) => false,
        (Extent::Smallest, _) | (_, Skip::Write) => may_be_absent,
        (Extent::Fullest | Extent::Each, _) => false,
    };
    if field.flatten {
        return flattened(field.shape, at.and(Step::Rest(0)));
    }
    if is_absent {
        return Ok(vec![Map::new()]);
    }
    let values = values::of(field.shape, at.and(Step::Field(field.name)))?;
    let entry = |value| Map::from_iter([(field.name.to_owned(), value)]);
    Ok(values.into_iter().map(entry).collect())
}

/// What is flattened has no value of its own: its entries stand among those of the outer struct.
fn flattened<'a>(shape: &Shape<'a>, at: At<'a, '_>) -> Result<Vec<Map<String, Value>>, Stop> {
    if matches!(shape, Shape::Any) {
        return Ok(vec![Map::new()]);
    }
    let values = values::of(shape, at)?.into_iter();
    let objects =
        values.map(|value| entries(value).ok_or_else(|| at.stop("has no names, and is flattened")));
    objects.collect()
}

/// A value as entries of an object, in which serde can put a tag or other fields.
pub(super) fn entries(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(entries) => Some(entries),
        Value::Null => Some(Map::new()),
        // The name of a variant that has no content.
        Value::String(name) => Some(Map::from_iter([(name, Value::Null)])),
        _ => None,
    }
}
