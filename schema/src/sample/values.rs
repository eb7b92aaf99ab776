use serde_json::{Map, Number, Value};

use super::{At, Extent, ITEMS, Scope, Stop, enums, fields, together};
use crate::compare::place::Step;
use crate::{Fields, Format, Shape, Struct};

/// Values of a shape: one for each alternative, or a single one.
pub(super) fn of<'a>(shape: &Shape<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    let at = at.deeper()?;
    Ok(match shape {
        Shape::Unit | Shape::Unseen => vec![Value::Null],
        Shape::Any => choose(at.extent, Value::Null, Value::from("anything")),
        Shape::Bool => choose(at.extent, false.into(), true.into()),
        Shape::Char => choose(at.extent, "a".into(), "ß".into()),
        Shape::Text => choose(at.extent, "".into(), "text".into()),
        Shape::Float { bits } => {
            // More digits than a narrower float could keep.
            let full = if *bits > 32 { 0.123_456_789_012_3 } else { 1.5 };
            choose(at.extent, 0.0.into(), full.into())
        }
        Shape::Integer {
            bits,
            signed,
            nonzero,
        } => choose(
            at.extent,
            lowest(*bits, *signed, *nonzero),
            highest(*bits, *signed),
        ),
        Shape::Optional(inner) => optional(inner, at)?,
        Shape::List(item) | Shape::Set(item) => list(item, at)?,
        Shape::Array(item, length) => array(item, *length, at)?,
        Shape::Map(key, value) => map(key, value, at)?,
        Shape::Tuple(items) => {
            let items = items.iter().enumerate();
            let items: Result<Vec<_>, _> = items
                .map(|(i, item)| of(item, at.and(Step::Index(i))))
                .collect();
            together(&items?).into_iter().map(Value::from).collect()
        }
        Shape::Struct(inner) => structure(shape, inner, at)?,
        Shape::Enum(inner) => {
            let scope = Scope {
                name: inner.name,
                shape,
                outer: at.scope,
            };
            enums::of(inner, within(at, &scope))?
        }
        Shape::Format(format) => vec![sample(format, &at)?],
        Shape::Ref(name) => again(name, at)?,
    })
}

fn choose(extent: Extent, small: Value, full: Value) -> Vec<Value> {
    match extent {
        Extent::Smallest => vec![small],
        Extent::Fullest => vec![full],
        Extent::Each => vec![small, full],
    }
}

/// `serde_json` holds whole numbers of 64 bits.
fn lowest(bits: u16, signed: bool, nonzero: bool) -> Value {
    match (signed, bits) {
        (false, _) => Number::from(u64::from(nonzero)),
        (true, bits) => Number::from(i64::MIN >> (64 - bits.clamp(1, 64))),
    }
    .into()
}

fn highest(bits: u16, signed: bool) -> Value {
    let bits = u32::from(bits.clamp(1, 64));
    match signed {
        // One bit is the sign.
        true if bits < 64 => Number::from(i64::MAX >> (64 - bits)),
        true => Number::from(i64::MAX),
        false => Number::from(u64::MAX >> (64 - bits)),
    }
    .into()
}

fn optional<'a>(inner: &Shape<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    if at.extent == Extent::Smallest {
        return Ok(vec![Value::Null]);
    }
    let mut values = match of(inner, at) {
        Ok(values) => values,
        Err(stop) if stop.is_endless => Vec::new(),
        Err(stop) => return Err(stop),
    };
    if at.extent == Extent::Each || values.is_empty() {
        values.push(Value::Null);
    }
    Ok(values)
}

fn list<'a>(item: &Shape<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    if at.extent == Extent::Smallest {
        return Ok(vec![Value::Array(Vec::new())]);
    }
    match of(item, at.and(Step::Item)) {
        Ok(items) => Ok(items.into_iter().map(|item| vec![item].into()).collect()),
        Err(stop) if stop.is_endless => Ok(vec![Value::Array(Vec::new())]),
        Err(stop) => Err(stop),
    }
}

fn array<'a>(item: &Shape<'a>, length: usize, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    if length == 0 {
        return Ok(vec![Value::Array(Vec::new())]);
    }
    let items = of(item, at.and(Step::Item))?;
    let size: usize = items.iter().map(size).sum();
    if size.saturating_mul(length) > ITEMS {
        return Err(at.stop("is too long for a sample"));
    }
    let repeat = |item: Value| Value::Array(vec![item; length]);
    Ok(items.into_iter().map(repeat).collect())
}

/// How many values there are in it, itself among them.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(entries) => entries.values().map(size).sum(),
        _ => 0,
    }
}

fn map<'a>(key: &Shape<'a>, value: &Shape<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    if at.extent == Extent::Smallest {
        return Ok(vec![Map::new().into()]);
    }
    let place = at.and(Step::Key);
    let (keys, values) = match (of(key, place), of(value, at.and(Step::Value))) {
        (Ok(keys), Ok(values)) => (keys, values),
        (Err(stop), _) | (_, Err(stop)) if stop.is_endless => return Ok(vec![Map::new().into()]),
        (Err(stop), _) | (_, Err(stop)) => return Err(stop),
    };
    let mut maps = Vec::new();
    for pair in together(&[keys, values]) {
        let [key, value] = pair.as_slice() else {
            continue;
        };
        let key = as_key(key).ok_or_else(|| place.stop("is no key that JSON can have"))?;
        maps.push(Map::from_iter([(key, value.clone())]).into());
    }
    Ok(maps)
}

fn as_key(key: &Value) -> Option<String> {
    match key {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(key.to_string()),
        _ => None,
    }
}

fn structure<'a>(
    shape: &Shape<'a>,
    inner: &Struct<'a>,
    at: At<'a, '_>,
) -> Result<Vec<Value>, Stop> {
    let scope = Scope {
        name: inner.name,
        shape,
        outer: at.scope,
    };
    let mut made = fields::of(&inner.fields, within(at, &scope))?;
    if let Some((tag, value)) = inner.tag {
        for made in &mut made {
            if matches!(inner.fields, Fields::Unit) {
                *made = Map::new().into();
            }
            if let Value::Object(entries) = made {
                entries.insert(tag.to_owned(), value.into());
            }
        }
    }
    Ok(made)
}

fn within<'a, 's>(mut at: At<'a, 's>, scope: &'s Scope<'a, 's>) -> At<'a, 's> {
    if !scope.name.is_empty() {
        at.scope = Some(scope);
    }
    at
}

fn sample(format: &Format<'_>, at: &At<'_, '_>) -> Result<Value, Stop> {
    if format.sample.is_empty() {
        return Err(at.stop(&format!(
            "is of format `{}`, of which no sample is known\nhelp: add `sample = \"..\"` to its `#[schema(as = \"{}\")]`, with the JSON of one value",
            format.name, format.name
        )));
    }
    serde_json::from_str(format.sample)
        .map_err(|error| at.stop(&format!("has a sample that is no JSON: {error}")))
}

/// The enclosing type once more, and then as small as can be.
fn again<'a>(name: &str, mut at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    let mut scope = at.scope;
    while let Some(of) = scope
        && of.name != name
    {
        scope = of.outer;
    }
    let Some(scope) = scope else {
        return Err(at.stop(&format!(
            "is as `{name}`, which is not around it: no sample can be made"
        )));
    };
    if at.extent == Extent::Smallest {
        return Err(at.endless());
    }
    if at.repeats == 0 {
        at.extent = Extent::Smallest;
    }
    at.repeats = 0;
    at.scope = scope.outer;
    of(scope.shape, at)
}
