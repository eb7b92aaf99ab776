//! A worker is killed in whatever it is doing, and another one goes on in its place.

use super::Failure;
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let worker = usize::try_from(random.below(field.workers.len() as u64))?;
    field.workers[worker].kill_and_replace().await?;
    Ok(())
}
