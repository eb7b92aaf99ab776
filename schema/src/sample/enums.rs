use serde_json::{Map, Value};

use super::fields::entries;
use super::{At, Extent, Stop, fields};
use crate::compare::place::Step;
use crate::view::is_untagged;
use crate::{Enum, Fields, Tagging, Variant};

/// What an enum is stored as.
pub(super) fn of<'a>(of: &Enum<'a>, at: At<'a, '_>) -> Result<Vec<Value>, Stop> {
    let mut made = Vec::new();
    let mut stopped = None;
    let mut untagged = 0;
    for variant in of.variants.iter().filter(|variant| !variant.skipped) {
        let step = match is_untagged(variant, of.tagging) {
            true => Step::Untagged(untagged),
            false => Step::Variant(variant.name),
        };
        untagged += usize::from(is_untagged(variant, of.tagging));
        match self::variant(variant, of.tagging, at.and(step)) {
            Ok(values) => made.extend(values),
            Err(stop) if stop.is_endless || at.extent != Extent::Each => {
                stopped.get_or_insert(stop);
            }
            Err(stop) => return Err(stop),
        }
    }
    let length = |value: &Value| value.to_string().len();
    let one = match at.extent {
        Extent::Each if !made.is_empty() => return Ok(made),
        // The first one where several are equally long: its order is that of the source.
        Extent::Fullest => made.into_iter().rev().max_by_key(length),
        _ => made.into_iter().min_by_key(length),
    };
    match (one, stopped) {
        (Some(value), _) => Ok(vec![value]),
        (None, Some(stop)) => Err(stop),
        (None, None) => Err(at.endless()),
    }
}

fn variant<'a>(
    variant: &Variant<'a>,
    tagging: Tagging<'a>,
    at: At<'a, '_>,
) -> Result<Vec<Value>, Stop> {
    let contents = fields::of(&variant.fields, at)?;
    if is_untagged(variant, tagging) {
        return Ok(contents);
    }
    let has_content = !matches!(variant.fields, Fields::Unit);
    let tagged = |content: Value| {
        let name = Value::from(variant.name);
        let object: Map<_, _> = match tagging {
            Tagging::External if has_content => {
                [(variant.name.to_owned(), content)].into_iter().collect()
            }
            Tagging::External => return Ok(name),
            Tagging::Adjacent { tag, content: key } => {
                let content = has_content.then(|| (key.to_owned(), content));
                [(tag.to_owned(), name)]
                    .into_iter()
                    .chain(content)
                    .collect()
            }
            Tagging::Internal { tag } => {
                let inside = entries(content);
                let mut inside =
                    inside.ok_or_else(|| at.stop("has no names, and is stored beside a tag"))?;
                inside.insert(tag.to_owned(), name);
                inside
            }
            Tagging::Untagged => return Ok(content),
        };
        Ok(object.into())
    };
    contents.into_iter().map(tagged).collect()
}
