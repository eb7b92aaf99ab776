//! A snapshot says that it is the state after the last event, and is that of an older one.

use crate::raw::Raw;

pub(super) async fn meanwhile(raw: &mut Raw) -> Result<(), sqlx::Error> {
    let sql = "update {snapshots} as s set \
               version = (select version from {streams} h where h.tenant = s.tenant and h.stream = s.stream), \
               event_id = (select e.event_id from {events} e join {streams} h on h.tenant = e.tenant and h.stream = e.stream \
                           and h.version = e.version where e.tenant = s.tenant and e.stream = s.stream) \
               where exists (select 1 from {streams} h where h.tenant = s.tenant and h.stream = s.stream \
                             and h.version > s.version)";
    raw.sql(sql).await.map(|_| ())
}
