//! Somebody else holds the right to write to the file, some of the time for longer than annals waits for it.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;
use crate::raw::Raw;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let mut raw = Raw::open(&field.url).await?;
    raw.sql("begin immediate").await?;
    let longest = if random.percent(20) { 5000 } else { 1000 };
    wait(random, 200, longest).await;
    raw.sql("rollback").await?;
    raw.close().await;
    Ok(())
}
