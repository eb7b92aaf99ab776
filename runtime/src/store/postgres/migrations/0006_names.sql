-- Names are compared by their bytes, whatever the language of the database: it costs less, rows have one order in both databases,
-- and no update of the server's libraries can turn an index around that keeps two events from having one place in a stream.
--
-- The rows stay where they are; the indexes are made anew, and nobody reads or writes meanwhile.

alter table {schema}.streams
    alter tenant      type text collate "C",
    alter stream      type text collate "C",
    alter aggregate   type text collate "C";

alter table {schema}.events
    alter tenant      type text collate "C",
    alter stream      type text collate "C",
    alter event_type  type text collate "C",
    alter correlation type text collate "C";

alter table {schema}.snapshots
    alter tenant      type text collate "C",
    alter stream      type text collate "C",
    alter fingerprint type text collate "C";

alter table {schema}.commands
    alter tenant      type text collate "C",
    alter stream      type text collate "C",
    alter key         type text collate "C";

alter table {schema}.schemas
    alter event_type  type text collate "C";

alter table {schema}.projections
    alter name        type text collate "C";

alter table {schema}.partitions
    alter projection  type text collate "C";

alter table {schema}.workers
    alter worker      type text collate "C";

alter table {schema}.parked
    alter projection  type text collate "C",
    alter tenant      type text collate "C",
    alter key         type text collate "C",
    alter stream      type text collate "C",
    alter event_type  type text collate "C";

alter table {schema}.inline_heads
    alter projection  type text collate "C",
    alter tenant      type text collate "C",
    alter stream      type text collate "C";

alter table {schema}.instances
    alter process     type text collate "C",
    alter tenant      type text collate "C",
    alter id          type text collate "C";

alter table {schema}.timers
    alter process     type text collate "C",
    alter tenant      type text collate "C",
    alter instance    type text collate "C",
    alter name        type text collate "C";

alter table {schema}.deliveries
    alter process     type text collate "C",
    alter tenant      type text collate "C",
    alter instance    type text collate "C",
    alter command     type text collate "C",
    alter aggregate   type text collate "C",
    alter target      type text collate "C";
