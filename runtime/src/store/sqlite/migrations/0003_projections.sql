-- What is kept of projections beside the tables that they fill, which lie in this file too under names like
-- `balances_v2`. All of it belongs to all tenants.

-- One row for each version of a projection.
create table annals_projections (
    name          text    not null,                -- `balances`
    version       integer not null,
    fingerprint   text    not null,                -- of the columns and of the code that fills them
    mode          text    not null,                -- `following` or `inline`
    status        text    not null,                -- `building`, `following`, `paused` or `retired`
    is_current    integer not null default 0,      -- whether the view for people shows it
    partitions    integer not null,
    effects_after integer not null,                -- handlers that act on the world outside leave out events up to here
    created_at    text    not null,
    primary key (name, version)
) strict, without rowid;

-- One row for each part of a projection's keys, which one worker at a time keeps up to date.
create table annals_partitions (
    projection   text    not null,
    version      integer not null,
    partition    integer not null,                 -- from 0
    checkpoint   integer not null,                 -- every event up to here is in the rows, or parked
    owner        text,                             -- the worker that has the lease; null where none has
    leased_until text,                             -- when the lease runs out, or was given back
    stopped_why  text,                             -- why nobody can go on with it; null where somebody can
    stopped_at   integer,                          -- the position of the event that stopped it
    updated_at   text    not null,                 -- when the checkpoint moved last
    primary key (projection, version, partition)
) strict, without rowid;

-- Who is there to share the work.
create table annals_workers (
    worker     text primary key not null,
    serves     text not null,                      -- JSON: the versions that it can follow with, like `balances_v2`
    seen_until text not null                       -- after this it is gone, unless it is heard of again
) strict, without rowid;

-- Events that could not be handled, and those of the same key that wait behind them.
create table annals_parked (
    projection text    not null,
    version    integer not null,
    tenant     text    not null default '',
    key        text    not null,                   -- of the row, or whatever else the event is about
    position   integer not null,                   -- of the event
    partition  integer not null,
    event_id   text    not null,
    stream     text    not null,
    event_type text    not null,
    error      text,                               -- null where it waits behind another
    attempts   integer not null,
    parked_at  text    not null,
    primary key (projection, version, tenant, key, position)
) strict, without rowid;

-- How far a projection that runs within appends has come with each stream.
create table annals_inline_heads (
    projection     text    not null,
    version        integer not null,
    tenant         text    not null default '',
    stream         text    not null,
    stream_version integer not null,               -- of the last event in the rows
    primary key (projection, version, tenant, stream)
) strict, without rowid;
