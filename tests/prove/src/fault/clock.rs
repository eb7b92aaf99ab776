//! The clock of annals in one worker is put forward or back: decisions see it, and SQLite stamps events and leases by it.

use super::Failure;
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    // By seconds, not by days: in SQLite a lease of a worker that is gone lasts as long as its clock was ahead.
    let milliseconds = random.between(0, 8000).cast_signed() - 4000;
    let worker = usize::try_from(random.below(field.workers.len() as u64))?;
    field.workers[worker]
        .order(&format!("clock {milliseconds}"))
        .await?;
    Ok(())
}
