//! Payloads at random, of any shape.

use annals::schema::{Fields, Shape, Struct, sample};
use serde_json::{Map, Value};

/// Mixes samples at random: each list, option, map and field is made anew from the shapes inside.
pub(crate) fn random(shape: &Shape<'_>, choices: &[u8]) -> Value {
    let mut choices = choices.iter().copied().cycle();
    let whole = sample::every_variant(shape).expect("samples");
    let pick = usize::from(choices.next().unwrap_or(0)) % (whole.len() + 2);
    match pick.checked_sub(2) {
        Some(at) => whole[at].clone(),
        None => inside(shape, &mut choices).unwrap_or_else(|| whole[0].clone()),
    }
}

fn inside(shape: &Shape<'_>, choices: &mut dyn Iterator<Item = u8>) -> Option<Value> {
    let mut choose = |of: usize| usize::from(choices.next().unwrap_or(0)) % of;
    Some(match shape {
        Shape::Text => "aä\"\\ \n€😀"[..[0, 1, 3, 4, 5][choose(5)]].into(),
        Shape::Integer {
            bits,
            nonzero: false,
            ..
        } if *bits >= 8 => choose(128).into(),
        Shape::List(item) => {
            let length = choose(4);
            let items: Option<Vec<Value>> = (0..length).map(|_| inside(item, choices)).collect();
            items?.into()
        }
        Shape::Optional(_) if choose(2) == 0 => Value::Null,
        Shape::Optional(inner) => inside(inner, choices)?,
        Shape::Struct(Struct {
            fields: Fields::Newtype(field) | Fields::Transparent(field),
            tag: None,
            ..
        }) => inside(field.shape, choices)?,
        Shape::Struct(Struct {
            fields: Fields::Named(fields),
            tag: None,
            ..
        }) if fields.iter().all(|field| !field.flatten) => {
            let mut object = Map::new();
            for field in *fields {
                if matches!(field.skip, annals::schema::Skip::Both) {
                    continue;
                }
                let is_absent =
                    field.may_be_absent() && choices.next().unwrap_or(0).is_multiple_of(3);
                if !is_absent {
                    object.insert(field.name.to_owned(), inside(field.shape, choices)?);
                }
            }
            object.into()
        }
        Shape::Ref(_) => return None,
        other => {
            let samples = sample::every_variant(other).ok()?;
            samples[choose(samples.len())].clone()
        }
    })
}
