//! What became of commands with keys is deleted, so that the next one with the same key is decided on once more.

use crate::raw::Raw;

pub(super) async fn meanwhile(raw: &mut Raw) -> Result<(), sqlx::Error> {
    raw.sql("delete from {commands} where key like 'shared%'")
        .await
        .map(|_| ())
}
