//! A worker stands still for longer than its leases last, so that others take over what it was about to do; then it goes on
//! as if nothing had been.

use super::{Failure, wait};
use crate::field::Field;
use crate::models::LEASE;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let worker = usize::try_from(random.below(field.workers.len() as u64))?;
    field.workers[worker].freeze()?;
    let lease = u64::try_from(LEASE.as_millis())?;
    wait(random, lease + lease / 5, 2 * lease).await;
    field.workers[worker].thaw()?;
    Ok(())
}
