//! Somebody edits an event.

use crate::raw::Raw;

pub(super) async fn meanwhile(raw: &mut Raw) -> Result<(), sqlx::Error> {
    let sql = match raw {
        Raw::Postgres(_) => {
            "update {events} set payload = regexp_replace(payload::text, '\"(amount|hundredths)\":-?[0-9]+', '\"\\1\":777700')::json \
             where position = (select max(position) - 20 from {events})"
        }
        Raw::Sqlite(_) => {
            "update {events} set payload = json_replace(payload, '$.amount', 777700, '$.hundredths', 777700) \
             where position = (select max(position) - 20 from {events})"
        }
    };
    raw.edit(sql).await.map(|_| ())
}
