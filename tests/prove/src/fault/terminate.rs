//! The server ends some of its connections.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;
use crate::raw::Raw;

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let mut raw = Raw::open(&field.url).await?;
    for _ in 0..random.between(1, 3) {
        raw.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' \
             and usename = current_user \
             and random() < 0.3",
        )
        .await?;
        wait(random, 10, 80).await;
    }
    raw.close().await;
    Ok(())
}
