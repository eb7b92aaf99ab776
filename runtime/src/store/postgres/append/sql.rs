//! The one statement that appends.

use crate::append::Expected;

/// What every statement that appends stores of an event. Behind it stands where the events come from, in their order: positions
/// are given out in that order.
const STORE: &str = "insert into {schema}.events (position, tenant, stream, version, event_id, event_type, schema_version, payload,
                             metadata, correlation, recorded_at, occurred_at)
select nextval('{schema}.event_position'), tenant, stream, version, event_id, event_type, schema_version, payload,
       metadata, correlation, recorded_at, coalesce(occurred_at, recorded_at)
from";

/// A statement with the part put in that all have in common.
pub(super) fn storing(sql: &str) -> String {
    sql.replace("{store}", STORE)
}

/// The same for a statement that gives up soon where it has to wait. That is said once, before anything is looked up.
pub(super) fn storing_in_haste(sql: &str) -> String {
    storing(sql).replace(
        "{patience}",
        "(select set_config('lock_timeout', '100ms', true)) is not null",
    )
}

/// A statement that waits for streams that another transaction holds, as long as the connection allows.
pub(in crate::store::postgres) fn patient() -> String {
    storing(APPEND)
        .replace("{patience}", "true")
        .replace("{skip}", "")
}

/// A statement that passes over streams that another transaction holds, and gives up soon on one that another transaction
/// is making, which cannot be passed over.
pub(in crate::store::postgres) fn hasty() -> String {
    storing_in_haste(APPEND).replace("{skip}", "skip locked")
}

/// What is expected of a stream, as the statement takes it.
pub(super) fn expected(expected: Expected) -> i64 {
    match expected {
        Expected::Exact(version) => version.to_i64(),
        Expected::NoStream => 0,
        Expected::Any => -1,
        Expected::Exists => -2,
    }
}

/// Parameters: the heads as arrays (group, tenant, stream, aggregate, expected version, when the last event was recorded that
/// the caller has seen, number of new events), the command keys as arrays (ordinal of the head, key, number of the head's
/// events before its own, number of its own), then the events as arrays (ordinal of the head, place in the head, event id,
/// type, schema version, payload, metadata, correlation, time of occurrence). An expected version of -1 is any, of -2 one that
/// exists.
///
/// Answers one row for each head, in order.
///
/// The arrays are handed to `unnest` by way of a `select`, so that the planner cannot look at their lengths: it would
/// otherwise find each call's own plan better than one for all, and plan anew each time, which takes longer than to run.
///
/// What stands is looked up for each stream by itself (`limit 1`): a plan that was made while the tables were small, and is
/// kept, would read them to their end.
const APPEND: &str = "
with asked as materialized (
    select grp, tenant, stream, aggregate, expected, seen, added, head
    from unnest((select $1::bigint[]), (select $2::text[]), (select $3::text[]), (select $4::text[]),
                (select $5::bigint[]), (select $6::timestamptz[]), (select $7::bigint[]))
         with ordinality as a (grp, tenant, stream, aggregate, expected, seen, added, head)
    where {patience}
),
sent as materialized (
    select head, key, before, own
    from unnest((select $8::bigint[]), (select $9::text[]), (select $10::bigint[]), (select $11::bigint[]))
         as k (head, key, before, own)
),
-- Commands with these keys took effect before.
taken as materialized (
    select distinct head
    from sent k join asked a using (head)
    cross join lateral (
        select from {schema}.commands c where c.tenant = a.tenant and c.stream = a.stream and c.key = k.key
        limit 1
    ) c
),
-- Existing streams are locked in one order, so that no two appends wait for each other.
held as materialized (
    select s.*
    from (select tenant, stream from asked order by tenant, stream) a
    cross join lateral (
        select s.tenant, s.stream, s.aggregate, s.version, s.recorded_at, s.archived
        from {schema}.streams s where s.tenant = a.tenant and s.stream = a.stream
        limit 1
        for no key update {skip}
    ) s
),
judged as materialized (
    select a.*, h.version as found, h.aggregate as found_aggregate, coalesce(h.archived, false) as archived,
           h.stream is null and standing.stream is not null as busy, t.head is not null as taken,
           a.seen is not null and a.seen is distinct from h.recorded_at as is_other
    from asked a
    left join held h using (tenant, stream)
    left join lateral (
        select s.stream from {schema}.streams s where s.tenant = a.tenant and s.stream = a.stream
        limit 1
    ) standing on true
    left join taken t using (head)
),
won as materialized (
    select grp, sum(added) > 0 as writes from judged
    group by grp
    having bool_and(coalesce(
        not busy and not archived and not taken and not is_other
        and (coalesce(found, 0) = 0 or found_aggregate = aggregate)
        and case expected when -1 then true when -2 then found > 0 else coalesce(found, 0) = expected end,
        false
    ))
),
-- What a winning group writes: its events, and the place of a stream that it demands not to exist. Whoever wants to make
-- that stream finds its place taken, and waits.
winning as materialized (
    select judged.* from judged join won using (grp)
    where added > 0 or writes and found is null and expected = 0
),
created as (
    insert into {schema}.streams (tenant, stream, aggregate, version, recorded_at)
    select tenant, stream, aggregate, added, clock_timestamp() from winning where found is null
    order by tenant, stream
    on conflict do nothing
    returning tenant, stream, version, recorded_at
),
advanced as (
    update {schema}.streams s
    set version = s.version + w.added, recorded_at = greatest(clock_timestamp(), s.recorded_at),
        aggregate = w.aggregate
    from winning w
    where s.tenant = w.tenant and s.stream = w.stream and w.found is not null
    returning s.tenant, s.stream, s.version, s.recorded_at
),
moved as materialized (
    select w.head, w.tenant, w.stream, w.added, m.version, m.recorded_at
    from winning w join (select * from created union all select * from advanced) m using (tenant, stream)
),
keyed as (
    insert into {schema}.commands (tenant, stream, key, first_version, last_version)
    select m.tenant, m.stream, k.key, m.version - m.added + k.before + 1, m.version - m.added + k.before + k.own
    from sent k join moved m using (head)
    on conflict do nothing
    returning key
),
stored as (
    {store} (
        select m.tenant, m.stream, m.version - m.added + e.nth as version, e.event_id, e.event_type,
               e.schema_version, e.payload::json as payload, e.metadata::json as metadata, e.correlation,
               m.recorded_at, e.occurred_at
        from unnest((select $12::bigint[]), (select $13::bigint[]), (select $14::uuid[]), (select $15::text[]),
                    (select $16::integer[]), (select $17::text[]), (select $18::text[]), (select $19::text[]),
                    (select $20::timestamptz[]))
             as e (head, nth, event_id, event_type, schema_version, payload, metadata, correlation, occurred_at)
        join moved m using (head)
        order by e.head, e.nth
    ) ordered
    returning tenant, stream, version, position
),
placed as (
    select tenant, stream, array_agg(position order by version) as positions from stored group by tenant, stream
)
select coalesce(j.found, 0) as found, j.found_aggregate, j.archived, j.busy, j.taken, j.is_other,
       exists (select from won where won.grp = j.grp) as won,
       m.recorded_at, coalesce(p.positions, '{}') as positions,
       -- A stream or a command key that appeared while the statement ran: nothing of it may stay.
       1 / case when (select count(*) from moved) = (select count(*) from winning)
                 and (select count(*) from keyed) = (select count(*) from sent join moved using (head))
                then 1 else 0 end as whole
from judged j
left join moved m using (head)
left join placed p on p.tenant = j.tenant and p.stream = j.stream
order by j.head
";
