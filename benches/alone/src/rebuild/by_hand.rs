//! The loop that a careful program would have: one streamed statement, each event decoded from the row in which it came.

use std::error::Error;
use std::time::{Duration, Instant};

use alone::domain::{Deposited, Opened, Withdrawn};
use alone::seed::Seed;
use futures_util::TryStreamExt;
use sqlx::{Connection, PgConnection, Row};

pub(crate) async fn read(url: &str, seed: Seed) -> Result<Duration, Box<dyn Error + Send + Sync>> {
    let mut connection = PgConnection::connect(url).await?;
    let begun = Instant::now();
    let (mut count, mut sum, mut letters) = (0, 0, 0);
    {
        let mut rows = sqlx::query(
            "select position, stream, version, event_type, schema_version, payload, recorded_at
             from annals.events order by position",
        )
        .fetch(&mut connection);
        while let Some(row) = rows.try_next().await? {
            let kind: &str = row.try_get(3)?;
            let payload = row.try_get_raw(5)?;
            let payload = payload.as_bytes()?;
            match kind {
                "account.opened" => {
                    letters += serde_json::from_slice::<Opened>(payload)?.owner.len();
                }
                "money.deposited" => {
                    let event: Deposited = serde_json::from_slice(payload)?;
                    sum += event.cents;
                    letters += event.note.len();
                }
                _ => {
                    let event: Withdrawn = serde_json::from_slice(payload)?;
                    sum -= event.cents;
                    letters += event.note.len();
                }
            }
            count += 1;
        }
    }
    let took = begun.elapsed();
    assert_eq!(
        (count, sum),
        (seed.events(), seed.total()),
        "{letters} letters"
    );
    connection.close().await?;
    Ok(took)
}
