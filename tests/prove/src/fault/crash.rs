//! Every process of the server is killed at once. What was not written to the log by then is gone.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let server = field.server.as_ref().ok_or("no server of our own")?;
    tokio::task::block_in_place(|| server.kill());
    wait(random, 0, 300).await;
    tokio::task::block_in_place(|| server.start_again());
    field.follow_server();
    Ok(())
}
