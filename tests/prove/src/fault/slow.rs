//! Some commits take their time, so that positions are committed in another order than they were taken.

use super::{Failure, wait};
use crate::field::Field;
use crate::random::Random;
use crate::raw::Raw;

const MAKE: &str = "
create or replace function prove_slow() returns trigger language plpgsql as $$ begin
    if random() < 0.1 then perform pg_sleep(random() * 0.2); end if; return null;
end $$;
create constraint trigger prove_slow after insert on {events} deferrable initially deferred
for each row execute function prove_slow()";

const REMOVE: &str = "drop trigger if exists prove_slow on {events}";

pub(super) async fn strike(field: &mut Field, random: &mut Random) -> Result<(), Failure> {
    let mut raw = Raw::open(&field.url).await?;
    raw.sql(MAKE).await?;
    wait(random, 300, 1500).await;
    raw.sql(REMOVE).await?;
    raw.close().await;
    Ok(())
}
