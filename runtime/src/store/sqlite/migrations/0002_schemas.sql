-- What the events were written with: every shape that a release stored a version of an event in. Rows are added and never
-- changed. It belongs to all tenants.

create table annals_schemas (
    event_type     text    not null,               -- `money.withdrawn`
    schema_version integer not null,               -- version of the event's shape
    amendment      integer not null,               -- 0 for the first shape of the version, 1 for the one that amended it, ..
    meaning        text    not null default '',    -- what no shape shows, in the words of its author
    shape          text    not null,               -- JSON: each place in the payload, with what is stored there
    older_gone     integer not null default 0,     -- whether it was said that no release from before it runs any more
    first_seen_at  text    not null,
    primary key (event_type, schema_version, amendment)
) strict, without rowid;
