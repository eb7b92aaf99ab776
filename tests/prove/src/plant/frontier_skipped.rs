//! A follower that reads all positions above its checkpoint, and takes the highest for the next one: it skips those that
//! were taken before and are committed later.

use crate::raw::Raw;
use crate::stored::digest_of;

/// Position and digest of what is to be seen after a position.
pub(crate) async fn up_to_the_highest(
    url: &str,
    after: i64,
) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    let mut raw = Raw::open(url).await?;
    let rows: Vec<(i64, String, i64, String, String)> = raw
        .rows(&format!(
            "select position, stream, version, cast(event_id as text), cast(payload as text) from {{events}} \
             where position > {after} order by position"
        ))
        .await?;
    raw.close().await;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(position, stream, version, event_id, payload)| {
            let digest = digest_of(&stream, version, &event_id, payload.as_bytes());
            (position, digest)
        })
        .collect())
}
