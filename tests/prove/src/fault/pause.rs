//! Every process of the server stands still for a while.

use super::{Failure, wait};
use crate::field::{Field, Server};
use crate::random::Random;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let server = field.server.as_ref().ok_or("no server of our own")?;
    let processes = server.freeze();
    wait(random, 100, 1500).await;
    Server::thaw(&processes);
    Ok(())
}
