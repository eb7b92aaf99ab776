-- What is kept of projections beside the tables that they fill, which lie in this schema too under names like
-- `balances_v2`. All of it belongs to all tenants.

-- One row for each version of a projection.
create table {schema}.projections (
    name          text        not null,            -- `balances`
    version       integer     not null,
    fingerprint   text        not null,            -- of the columns and of the code that fills them
    mode          text        not null,            -- `following` or `inline`
    status        text        not null,            -- `building`, `following`, `paused` or `retired`
    is_current    boolean     not null default false, -- whether the view for people shows it
    partitions    integer     not null,
    effects_after bigint      not null,            -- handlers that act on the world outside leave out events up to here
    created_at    timestamptz not null default clock_timestamp(),
    primary key (name, version)
);

-- One row for each part of a projection's keys, which one worker at a time keeps up to date.
create table {schema}.partitions (
    projection   text        not null,
    version      integer     not null,
    partition    integer     not null,             -- from 0
    checkpoint   bigint      not null,             -- every event up to here is in the rows, or parked
    owner        text,                             -- the worker that has the lease; null where none has
    leased_until timestamptz,                      -- when the lease runs out, or was given back
    stopped_why  text,                             -- why nobody can go on with it; null where somebody can
    stopped_at   bigint,                           -- the position of the event that stopped it
    updated_at   timestamptz not null default clock_timestamp(), -- when the checkpoint moved last
    primary key (projection, version, partition)
) with (fillfactor = 50);                          -- room for the next versions of a row on the same page

-- Who is there to share the work.
create table {schema}.workers (
    worker     text        primary key,
    serves     text[]      not null,               -- the versions that it can follow with, like `balances_v2`
    seen_until timestamptz not null                -- after this it is gone, unless it is heard of again
) with (fillfactor = 50);

-- Events that could not be handled, and those of the same key that wait behind them.
create table {schema}.parked (
    projection text        not null,
    version    integer     not null,
    tenant     text        not null default '',
    key        text        not null,               -- of the row, or whatever else the event is about
    position   bigint      not null,               -- of the event
    partition  integer     not null,
    event_id   uuid        not null,
    stream     text        not null,
    event_type text        not null,
    error      text,                               -- null where it waits behind another
    attempts   integer     not null,
    parked_at  timestamptz not null default clock_timestamp(),
    primary key (projection, version, tenant, key, position)
);

-- How far a projection that runs within appends has come with each stream.
create table {schema}.inline_heads (
    projection     text    not null,
    version        integer not null,
    tenant         text    not null default '',
    stream         text    not null,
    stream_version bigint  not null,               -- of the last event in the rows
    primary key (projection, version, tenant, stream)
) with (fillfactor = 80);
