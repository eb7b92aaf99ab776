//! How events are changed by hand all the same.

/// The statements before and after a change of events by hand, in the transaction that they begin and end.
#[must_use]
pub const fn without_append_only(is_postgres: bool) -> (&'static str, &'static str) {
    if is_postgres {
        (
            "BEGIN; ALTER TABLE {events} DISABLE TRIGGER append_only",
            "ALTER TABLE {events} ENABLE TRIGGER append_only; COMMIT",
        )
    } else {
        (
            "BEGIN IMMEDIATE; DROP TRIGGER annals_events_no_update; DROP TRIGGER annals_events_no_delete",
            concat!(
                include_str!("../../runtime/src/store/sqlite/migrations/0005_append_only.sql"),
                "COMMIT"
            ),
        )
    }
}
