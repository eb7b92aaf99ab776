//! An operator is killed in the middle of what it does: a build, a switch, a rebuild. Another one does it again.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    if let Some(rollout) = &mut field.rollout {
        rollout.hurry();
    }
    field.roll_on().await?;
    wait(random, 5, 200).await;
    if field.kill_operator().await? {
        Ok(())
    } else {
        Err("no operator is at work".into())
    }
}
