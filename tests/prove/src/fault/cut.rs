//! Connections break after a few bytes more: in the middle of an answer, or of a question.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let wire = field.wire.as_ref().ok_or("no wire of our own")?;
    wire.cut(random);
    wait(random, 20, 200).await;
    Ok(())
}
