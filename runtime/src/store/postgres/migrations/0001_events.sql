-- Streams, events and what is kept beside them. `{schema}` is the schema of the store, `{payload}` is json or jsonb.
--
-- Every primary key contains the stream, so that the tables can be distributed by it and kept together. The index on
-- `position` is not unique for the same reason: positions are unique because one sequence gives them out.

create sequence {schema}.event_position as bigint cache 1;

-- One row for each stream.
create table {schema}.streams (
    tenant      text        not null default '',
    stream      text        not null,              -- `account-123`
    aggregate   text        not null,              -- `account`
    version     bigint      not null,              -- of its last event
    recorded_at timestamptz not null,              -- of its last event
    archived    boolean     not null default false,
    primary key (tenant, stream)
) with (fillfactor = 80);                          -- room for the next version of a row on the same page

create index streams_aggregate on {schema}.streams (tenant, aggregate, stream);

-- The facts. Rows are added and never changed.
create table {schema}.events (
    position       bigint      not null,           -- place in the order of all events
    tenant         text        not null default '',
    stream         text        not null,
    version        bigint      not null,           -- place in the stream, from 1, without holes
    event_id       uuid        not null,
    event_type     text        not null,           -- `money.withdrawn`
    schema_version integer     not null,           -- version of the event's shape
    payload        {payload}   not null,
    metadata       json,                           -- `$actor`, `$causation` and the caller's own entries
    correlation    text,
    recorded_at    timestamptz not null,           -- the clock of the database
    occurred_at    timestamptz not null,           -- as the caller said
    primary key (tenant, stream, version)
);

create index events_position on {schema}.events (position);
create index events_correlation on {schema}.events (tenant, correlation) where correlation is not null;

-- States that spare reading the events before them, one for each code that made any; removing any of them is safe.
create table {schema}.snapshots (
    tenant      text        not null default '',
    stream      text        not null,
    version     bigint      not null,
    event_id    uuid        not null,              -- of the last event in the state
    fingerprint text        not null,              -- of the code that made the state
    state       json        not null,
    taken_at    timestamptz not null default clock_timestamp(),
    primary key (tenant, stream, fingerprint)
);

-- What became of each command that was sent with a key.
create table {schema}.commands (
    tenant        text        not null default '',
    stream        text        not null,
    key           text        not null,
    first_version bigint,                          -- of its first event; null where it stored none
    last_version  bigint      not null,            -- of the stream after it
    refusal       json,                            -- why it was refused; null where it was not
    recorded_at   timestamptz not null default clock_timestamp(),
    primary key (tenant, stream, key)
);
