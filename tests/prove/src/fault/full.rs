//! The disk has no room: nothing can be written, until there is room again. A server that could not write its log has ended
//! itself, and is started again.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let disk = field.disk.as_ref().ok_or("no disk of our own")?;
    let is_full = tokio::task::block_in_place(|| disk.fill());
    wait(random, 200, 800).await;
    if !disk.free() {
        return Err("the disk stays full".into());
    }
    field.see_to_server();
    if is_full {
        Ok(())
    } else {
        Err("the disk could not be made full".into())
    }
}
