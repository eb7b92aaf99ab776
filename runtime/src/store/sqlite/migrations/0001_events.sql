-- Streams, events and what is kept beside them.

-- One row for each stream.
create table annals_streams (
    tenant      text    not null default '',
    stream      text    not null,                  -- `account-123`
    aggregate   text    not null,                  -- `account`
    version     integer not null,                  -- of its last event
    recorded_at text    not null,                  -- of its last event
    archived    integer not null default 0,
    primary key (tenant, stream)
) strict, without rowid;

create index annals_streams_aggregate on annals_streams (tenant, aggregate, stream);

-- The facts. Rows are added and never changed.
create table annals_events (
    position       integer primary key autoincrement, -- place in the order of all events; never given out twice
    tenant         text    not null default '',
    stream         text    not null,
    version        integer not null,               -- place in the stream, from 1, without holes
    event_id       text    not null,
    event_type     text    not null,               -- `money.withdrawn`
    schema_version integer not null,               -- version of the event's shape
    payload        text    not null,
    metadata       text,                           -- `$actor`, `$causation` and the caller's own entries
    correlation    text,
    recorded_at    text    not null,               -- the clock of the store
    occurred_at    text    not null,               -- as the caller said
    unique (tenant, stream, version)
) strict;

create index annals_events_correlation on annals_events (tenant, correlation) where correlation is not null;

-- States that spare reading the events before them, one for each code that made any; removing any of them is safe.
create table annals_snapshots (
    tenant      text    not null default '',
    stream      text    not null,
    version     integer not null,
    event_id    text    not null,                  -- of the last event in the state
    fingerprint text    not null,                  -- of the code that made the state
    state       text    not null,
    taken_at    text    not null,
    primary key (tenant, stream, fingerprint)
) strict, without rowid;

-- What became of each command that was sent with a key.
create table annals_commands (
    tenant        text    not null default '',
    stream        text    not null,
    key           text    not null,
    first_version integer,                         -- of its first event; null where it stored none
    last_version  integer not null,                -- of the stream after it
    refusal       text,                            -- why it was refused; null where it was not
    recorded_at   text    not null,
    primary key (tenant, stream, key)
) strict, without rowid;
