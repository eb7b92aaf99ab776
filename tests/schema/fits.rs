//! Whether JSON is what serde writes by a shape: nothing is missing, and nothing is there that the shape does not tell of.

use annals::schema::{Enum, Field, Fields, Shape, Skip, Struct, Tagging, Variant};
use serde_json::{Map, Value};

type Scopes<'a> = Vec<(&'a str, &'a Shape<'a>)>;

pub(crate) fn fits(shape: &Shape<'_>, value: &Value) -> Result<(), String> {
    whole(shape, value, &mut Vec::new())
}

fn whole<'a>(shape: &'a Shape<'a>, value: &Value, scopes: &mut Scopes<'a>) -> Result<(), String> {
    let refuse = || Err(format!("{value} is no {shape:.0?}"));
    match (shape, value) {
        (Shape::Any, _) | (Shape::Unit, Value::Null) | (Shape::Bool, Value::Bool(_)) => Ok(()),
        (Shape::Text, Value::String(_)) => Ok(()),
        (Shape::Char, Value::String(text)) if text.chars().count() == 1 => Ok(()),
        (Shape::Float { .. }, Value::Number(number)) if number.is_f64() => Ok(()),
        (
            Shape::Integer {
                bits,
                signed,
                nonzero,
            },
            Value::Number(number),
        ) => {
            let number: i128 = number
                .to_string()
                .parse()
                .map_err(|_| format!("{number} is not whole"))?;
            let unsigned = u32::from(*bits) - u32::from(*signed);
            let high = i128::MAX >> (127 - unsigned.min(127));
            let low = if *signed { -high - 1 } else { 0 };
            match (low..=high).contains(&number) && !(*nonzero && number == 0) {
                true => Ok(()),
                false => refuse(),
            }
        }
        (Shape::Optional(_), Value::Null) => Ok(()),
        (Shape::Optional(inner), value) => whole(inner, value, scopes),
        (Shape::List(item) | Shape::Set(item), Value::Array(items)) => items
            .iter()
            .try_for_each(|value| whole(item, value, scopes)),
        (Shape::Array(item, length), Value::Array(items)) if items.len() == *length => items
            .iter()
            .try_for_each(|value| whole(item, value, scopes)),
        (Shape::Map(key, item), Value::Object(entries)) => pairs(key, item, entries, scopes),
        (Shape::Tuple(shapes), Value::Array(items)) if shapes.len() == items.len() => shapes
            .iter()
            .zip(items)
            .try_for_each(|(shape, value)| whole(shape, value, scopes)),
        (Shape::Struct(of), value) => {
            scopes.push((of.name, shape));
            let outcome = structure(of, value, scopes);
            scopes.pop();
            outcome
        }
        (Shape::Enum(of), value) => {
            scopes.push((of.name, shape));
            let outcome = variants(of, value, scopes);
            scopes.pop();
            outcome
        }
        (Shape::Ref(name), value) => {
            within(name, scopes, |shape, scopes| whole(shape, value, scopes))
        }
        (Shape::Format(format), value) => {
            match (
                Shape::of_word(format.name, ""),
                serde_json::from_str(format.sample),
            ) {
                (Shape::Format(_), Ok(sample)) if kind(&sample) == kind(value) => Ok(()),
                (Shape::Format(_), _) => refuse(),
                (plain, _) => {
                    let plain: &'static Shape<'static> = Box::leak(Box::new(as_static(&plain)));
                    whole(plain, value, &mut Vec::new())
                }
            }
        }
        _ => refuse(),
    }
}

/// A plain value, which borrows nothing.
fn as_static(plain: &Shape<'_>) -> Shape<'static> {
    match plain {
        Shape::Integer {
            bits,
            signed,
            nonzero,
        } => Shape::Integer {
            bits: *bits,
            signed: *signed,
            nonzero: *nonzero,
        },
        Shape::Float { bits } => Shape::Float { bits: *bits },
        Shape::Text => Shape::Text,
        Shape::Bool => Shape::Bool,
        Shape::Char => Shape::Char,
        _ => Shape::Any,
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

fn within<'a>(
    name: &str,
    scopes: &mut Scopes<'a>,
    check: impl FnOnce(&'a Shape<'a>, &mut Scopes<'a>) -> Result<(), String>,
) -> Result<(), String> {
    let at = scopes.iter().rposition(|(of, _)| *of == name);
    let at = at.ok_or_else(|| format!("{name} is nowhere around"))?;
    let inner = scopes.split_off(at);
    let outcome = check(inner[0].1, scopes);
    scopes.extend(inner);
    outcome
}

fn pairs<'a>(
    key: &'a Shape<'a>,
    item: &'a Shape<'a>,
    entries: &Map<String, Value>,
    scopes: &mut Scopes<'a>,
) -> Result<(), String> {
    entries.iter().try_for_each(|(name, value)| {
        let plain: Value = serde_json::from_str(name).unwrap_or(Value::Null);
        whole(key, &Value::from(name.as_str()), scopes).or_else(|_| whole(key, &plain, scopes))?;
        whole(item, value, scopes)
    })
}

fn structure<'a>(of: &'a Struct<'a>, value: &Value, scopes: &mut Scopes<'a>) -> Result<(), String> {
    if matches!(of.fields, Fields::Named(_)) || of.tag.is_some() {
        return object(value, |entries| {
            if let Some((tag, expected)) = of.tag {
                let found = entries.remove(tag);
                if found != Some(expected.into()) {
                    return Err(format!("the tag {tag} is {found:?}"));
                }
            }
            take_fields(&of.fields, entries, scopes)
        });
    }
    content(&of.fields, value, scopes)
}

/// An object of which nothing may be left.
fn object(
    value: &Value,
    take: impl FnOnce(&mut Map<String, Value>) -> Result<(), String>,
) -> Result<(), String> {
    let mut entries = value
        .as_object()
        .ok_or_else(|| format!("{value} is no object"))?
        .clone();
    take(&mut entries)?;
    match entries.is_empty() {
        true => Ok(()),
        false => Err(format!("nothing tells of {}", Value::from(entries))),
    }
}

fn content<'a>(
    fields: &'a Fields<'a>,
    value: &Value,
    scopes: &mut Scopes<'a>,
) -> Result<(), String> {
    match (fields, value) {
        (Fields::Unit, Value::Null) => Ok(()),
        (Fields::Newtype(field) | Fields::Transparent(field), value) => {
            whole(field.shape, value, scopes)
        }
        (Fields::Tuple(fields), Value::Array(items)) => {
            let stored: Vec<_> = fields
                .iter()
                .filter(|field| field.skip != Skip::Both)
                .collect();
            if stored.len() != items.len() {
                return Err(format!("{value} has not {} items", stored.len()));
            }
            stored
                .iter()
                .zip(items)
                .try_for_each(|(field, value)| whole(field.shape, value, scopes))
        }
        (Fields::Named(_), value) => object(value, |entries| take_fields(fields, entries, scopes)),
        _ => Err(format!("{value} is not {fields:?}")),
    }
}

/// Takes what belongs to the fields out of an object.
fn take_fields<'a>(
    fields: &'a Fields<'a>,
    entries: &mut Map<String, Value>,
    scopes: &mut Scopes<'a>,
) -> Result<(), String> {
    let fields = match fields {
        Fields::Named(fields) => *fields,
        Fields::Unit => return Ok(()),
        Fields::Newtype(field) | Fields::Transparent(field) => {
            return take(field.shape, entries, scopes);
        }
        Fields::Tuple(_) => return Err("a tuple has no names".into()),
    };
    let (mut flat, named): (Vec<&Field<'a>>, Vec<_>) = fields.iter().partition(|of| of.flatten);
    for field in named {
        match (entries.remove(field.name), field.skip) {
            (Some(value), Skip::No | Skip::Read) => whole(field.shape, &value, scopes)?,
            (None, Skip::Write | Skip::Both) => {}
            (None, _) if field.omitted => {}
            (found, _) => return Err(format!("{} is {found:?}", field.name)),
        }
    }
    // Maps take all that is left.
    flat.sort_by_key(|field| matches!(field.shape, Shape::Map(..) | Shape::Any));
    flat.iter()
        .try_for_each(|field| take(field.shape, entries, scopes))
}

fn take<'a>(
    shape: &'a Shape<'a>,
    entries: &mut Map<String, Value>,
    scopes: &mut Scopes<'a>,
) -> Result<(), String> {
    match shape {
        Shape::Unit => Ok(()),
        Shape::Any => {
            entries.clear();
            Ok(())
        }
        Shape::Map(key, item) => pairs(key, item, &std::mem::take(entries), scopes),
        Shape::Optional(inner) => {
            let mut rest = entries.clone();
            if take(inner, &mut rest, scopes).is_ok() {
                *entries = rest;
            }
            Ok(())
        }
        Shape::Struct(of) => {
            scopes.push((of.name, shape));
            if let Some((tag, value)) = of.tag
                && entries.remove(tag) != Some(value.into())
            {
                return Err(format!("the tag {tag} is missing"));
            }
            let outcome = take_fields(&of.fields, entries, scopes);
            scopes.pop();
            outcome
        }
        Shape::Enum(of) => {
            scopes.push((of.name, shape));
            let outcome = take_variant(of, entries, scopes);
            scopes.pop();
            outcome
        }
        Shape::Ref(name) => within(name, scopes, |shape, scopes| take(shape, entries, scopes)),
        _ => Err(format!("{shape:?} has no names")),
    }
}

fn is_untagged(of: &Enum<'_>, variant: &Variant<'_>) -> bool {
    variant.untagged || of.tagging == Tagging::Untagged
}

fn take_variant<'a>(
    of: &'a Enum<'a>,
    entries: &mut Map<String, Value>,
    scopes: &mut Scopes<'a>,
) -> Result<(), String> {
    for variant in of.variants.iter().filter(|variant| !variant.skipped) {
        let mut rest = entries.clone();
        let outcome = match of.tagging {
            _ if is_untagged(of, variant) => take_fields(&variant.fields, &mut rest, scopes),
            Tagging::External => match rest.remove(variant.name) {
                Some(value) => content(&variant.fields, &value, scopes),
                None => continue,
            },
            Tagging::Internal { tag } if rest.remove(tag) == Some(variant.name.into()) => {
                take_fields(&variant.fields, &mut rest, scopes)
            }
            Tagging::Adjacent { tag, content: key }
                if rest.remove(tag) == Some(variant.name.into()) =>
            {
                match (rest.remove(key), &variant.fields) {
                    (None, Fields::Unit) => Ok(()),
                    (Some(value), fields) => content(fields, &value, scopes),
                    (None, _) => Err(format!("{key} is missing")),
                }
            }
            _ => continue,
        };
        if outcome.is_ok() {
            *entries = rest;
            return Ok(());
        }
    }
    Err(format!("no variant fits {}", Value::from(entries.clone())))
}

fn variants<'a>(of: &'a Enum<'a>, value: &Value, scopes: &mut Scopes<'a>) -> Result<(), String> {
    if let Value::String(name) = value
        && of.tagging == Tagging::External
        && of
            .variants
            .iter()
            .any(|of| of.name == name && !of.untagged && matches!(of.fields, Fields::Unit))
    {
        return Ok(());
    }
    let mut untagged = of
        .variants
        .iter()
        .filter(|variant| is_untagged(of, variant));
    if untagged.any(|variant| content(&variant.fields, value, scopes).is_ok()) {
        return Ok(());
    }
    object(value, |entries| take_variant(of, entries, scopes))
}
