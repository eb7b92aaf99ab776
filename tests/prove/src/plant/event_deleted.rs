//! Somebody deletes an event.

use crate::raw::Raw;

pub(super) async fn meanwhile(raw: &mut Raw) -> Result<(), sqlx::Error> {
    let sql = "delete from {events} where position = (select max(position) - 20 from {events})";
    raw.edit(sql).await.map(|_| ())
}
