//! What is stored, as it lies there.

use serde::Deserialize;

use crate::domain::State;

/// What matters of a payload, of whatever type and version.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Shape")]
pub(crate) struct Payload {
    pub(crate) mark: String,
    pub(crate) amount: i64,
    /// The state on which it was decided.
    pub(crate) seen: Option<State>,
    /// Whether it is of the shape of version 2.
    pub(crate) is_in_hundredths: bool,
}

#[derive(Deserialize)]
struct Shape {
    mark: String,
    amount: Option<i64>,
    hundredths: Option<i64>,
    seen: Option<State>,
}

impl TryFrom<Shape> for Payload {
    type Error = &'static str;

    fn try_from(shape: Shape) -> Result<Self, Self::Error> {
        let amount = match (shape.amount, shape.hundredths) {
            (Some(amount), None) => amount,
            (None, Some(hundredths)) if hundredths % 100 == 0 => hundredths / 100,
            _ => return Err("neither an amount nor hundredths"),
        };
        Ok(Payload {
            mark: shape.mark,
            amount,
            seen: shape.seen,
            is_in_hundredths: shape.hundredths.is_some(),
        })
    }
}
