PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE annals_migrations (
    number integer primary key,
    name   text not null,
    run_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
INSERT INTO annals_migrations VALUES(1,'0001_events','2026-11-26T07:37:14.648Z');
INSERT INTO annals_migrations VALUES(2,'0002_schemas','2026-11-26T07:37:14.648Z');
INSERT INTO annals_migrations VALUES(3,'0003_projections','2026-11-26T07:37:14.649Z');
INSERT INTO annals_migrations VALUES(4,'0004_processes','2026-11-26T07:37:14.649Z');
INSERT INTO annals_migrations VALUES(5,'0005_append_only','2026-11-26T07:37:14.650Z');
INSERT INTO annals_migrations VALUES(6,'0006_names','2026-11-26T07:37:14.650Z');
CREATE TABLE annals_streams (
    tenant      text    not null default '',
    stream      text    not null,                  -- `account-123`
    aggregate   text    not null,                  -- `account`
    version     integer not null,                  -- of its last event
    recorded_at text    not null,                  -- of its last event
    archived    integer not null default 0,
    primary key (tenant, stream)
) strict, without rowid;
INSERT INTO annals_streams VALUES('','courier-7','courier',9,'2026-11-26T07:37:14.732447Z',0);
INSERT INTO annals_streams VALUES('','ledger-1','ledger',5,'2026-11-26T07:37:14.687077Z',0);
INSERT INTO annals_streams VALUES('','ledger-2','ledger',2,'2026-11-26T07:37:14.696843Z',0);
INSERT INTO annals_streams VALUES('','notes-1','notes',1,'2026-11-26T07:37:14.700502Z',0);
INSERT INTO annals_streams VALUES('','parcel-7','parcel',3,'2026-11-26T07:37:14.717028Z',0);
INSERT INTO annals_streams VALUES('acme','ledger-1','ledger',2,'2026-11-26T07:37:14.695285Z',0);
CREATE TABLE annals_events (
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
INSERT INTO annals_events VALUES(1,'','ledger-1',1,'01a216c9-82a5-75fb-bfd2-0f2df18ea018','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-26T07:37:14.662275Z','2026-11-26T07:37:14.662275Z');
INSERT INTO annals_events VALUES(2,'','ledger-2',1,'01a216c9-82a7-77a1-b524-1712b4b35f25','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-26T07:37:14.664539Z','2026-11-26T07:37:14.664539Z');
INSERT INTO annals_events VALUES(3,'acme','ledger-1',1,'01a216c9-82a9-7348-ac42-0d456c8459e8','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-26T07:37:14.665875Z','2026-11-26T07:37:14.665875Z');
INSERT INTO annals_events VALUES(4,'','ledger-1',2,'01a216c9-82ac-730e-bcca-c4f140babc48','money.deposited',1,'{"cents":5}','{"$actor":"ada"}',NULL,'2026-11-26T07:37:14.674413Z','2026-11-26T07:37:14.674413Z');
INSERT INTO annals_events VALUES(5,'','ledger-1',3,'01a216c9-82b3-7623-bf71-3ddbf98a83f8','money.deposited',1,'{"cents":6}','{"$actor":"ada"}',NULL,'2026-11-26T07:37:14.679443Z','2026-11-26T07:37:14.679443Z');
INSERT INTO annals_events VALUES(6,'','ledger-1',4,'01a216c9-82b8-73c4-a0a4-65fb90ea08ea','money.deposited',1,'{"cents":7}','{"$actor":"ada"}',NULL,'2026-11-26T07:37:14.683493Z','2026-11-26T07:37:14.683493Z');
INSERT INTO annals_events VALUES(7,'','ledger-1',5,'01a216c9-82bc-76ac-be61-070e86373734','money.deposited',1,'{"cents":8}','{"$actor":"ada"}',NULL,'2026-11-26T07:37:14.687077Z','2026-11-26T07:37:14.687077Z');
INSERT INTO annals_events VALUES(8,'acme','ledger-1',2,'01a216c9-82c6-7578-a172-0f514c74d35b','money.deposited',1,'{"cents":40}',NULL,NULL,'2026-11-26T07:37:14.695285Z','2026-11-26T07:37:14.695285Z');
INSERT INTO annals_events VALUES(9,'','ledger-2',2,'01a216c9-82c8-74f2-b5fc-94d66ed7ccaf','money.deposited',1,'{"cents":13}',NULL,NULL,'2026-11-26T07:37:14.696843Z','2026-11-26T07:37:14.696843Z');
INSERT INTO annals_events VALUES(10,'','notes-1',1,'01a216c9-82c9-7276-96da-592c6dc3982d','note.taken',1,'{"text":"as it was"}',NULL,NULL,'2026-11-26T07:37:14.700502Z','2026-11-26T07:37:14.700502Z');
INSERT INTO annals_events VALUES(11,'','parcel-7',1,'01a216c9-82cd-7073-8698-a87476345d5a','parcel.sent',1,'{}',NULL,NULL,'2026-11-26T07:37:14.703578Z','2026-11-26T07:37:14.703578Z');
INSERT INTO annals_events VALUES(12,'','parcel-7',2,'01a216c9-82d0-76bb-8e57-d9146d732a75','parcel.sent',1,'{}',NULL,NULL,'2026-11-26T07:37:14.704838Z','2026-11-26T07:37:14.704838Z');
INSERT INTO annals_events VALUES(13,'','courier-7',1,'01a216c9-82d3-76c9-b64e-c2a835d3ef2f','courier_state',1,'{"sent":1,"refused":0}','{"$causation":"01a216c9-82cd-7073-8698-a87476345d5a","$process":{"input":"parcel.sent","from":"parcel-7"}}','courier-7','2026-11-26T07:37:14.708541Z','2026-11-26T07:37:14.708541Z');
INSERT INTO annals_events VALUES(14,'','courier-7',2,'01a216c9-82d4-75ed-aa75-b436773be747','parcel.stamp',1,'{}','{"$causation":"01a216c9-82cd-7073-8698-a87476345d5a","$process":{"to":"parcel-7"}}','courier-7','2026-11-26T07:37:14.708541Z','2026-11-26T07:37:14.708541Z');
INSERT INTO annals_events VALUES(15,'','courier-7',3,'01a216c9-82d4-75ed-aa75-b43709f12b08','courier.late',1,'{}','{"$causation":"01a216c9-82cd-7073-8698-a87476345d5a","$process":{"after_ms":5000000000000}}','courier-7','2026-11-26T07:37:14.708541Z','2026-11-26T07:37:14.708541Z');
INSERT INTO annals_events VALUES(16,'','parcel-7',3,'01a216c9-82dc-71bd-b6dd-4100463aff22','parcel.stamped',1,'{}','{"$causation":"01a216c9-82d4-75ed-aa75-b436773be747"}','courier-7','2026-11-26T07:37:14.717028Z','2026-11-26T07:37:14.717028Z');
INSERT INTO annals_events VALUES(17,'','courier-7',4,'01a216c9-82e1-75fc-918c-4fe4729cc0d0','courier_state',1,'{"sent":2,"refused":0}','{"$causation":"01a216c9-82d0-76bb-8e57-d9146d732a75","$process":{"input":"parcel.sent","from":"parcel-7"}}','courier-7','2026-11-26T07:37:14.721366Z','2026-11-26T07:37:14.721366Z');
INSERT INTO annals_events VALUES(18,'','courier-7',5,'01a216c9-82e1-75fc-918c-4fe57c9c3c43','parcel.stamp',1,'{}','{"$causation":"01a216c9-82d0-76bb-8e57-d9146d732a75","$process":{"to":"parcel-7"}}','courier-7','2026-11-26T07:37:14.721366Z','2026-11-26T07:37:14.721366Z');
INSERT INTO annals_events VALUES(19,'','courier-7',6,'01a216c9-82e1-75fc-918c-4fe6d5f85aca','courier.late',1,'{}','{"$causation":"01a216c9-82d0-76bb-8e57-d9146d732a75","$process":{"after_ms":5000000000000}}','courier-7','2026-11-26T07:37:14.721366Z','2026-11-26T07:37:14.721366Z');
INSERT INTO annals_events VALUES(20,'','courier-7',7,'01a216c9-82dd-7444-bdbd-7724abf459bc','annals.accepted',1,'{"command_id":"01a216c9-82d4-75ed-aa75-b436773be747","version":3}','{"$causation":"01a216c9-82d4-75ed-aa75-b436773be747"}','courier-7','2026-11-26T07:37:14.724498Z','2026-11-26T07:37:14.724498Z');
INSERT INTO annals_events VALUES(21,'','courier-7',8,'01a216c9-82e7-7556-90da-b6853d0c8b29','annals.refused',1,'{"command_id":"01a216c9-82e1-75fc-918c-4fe57c9c3c43","command_version":5,"command":"parcel.stamp","aggregate":"parcel","stream":"parcel-7","refusal":"\"it is stamped\""}','{"$causation":"01a216c9-82e1-75fc-918c-4fe57c9c3c43"}','courier-7','2026-11-26T07:37:14.728311Z','2026-11-26T07:37:14.728311Z');
INSERT INTO annals_events VALUES(22,'','courier-7',9,'01a216c9-82eb-773f-8120-ea2252336dde','courier_state',1,'{"sent":2,"refused":1}','{"$causation":"01a216c9-82e7-7556-90da-b6853d0c8b29","$process":{"input":"parcel.stamp refused","from":"courier-7"}}','courier-7','2026-11-26T07:37:14.732447Z','2026-11-26T07:37:14.732447Z');
CREATE TABLE annals_snapshots (
    tenant      text    not null default '',
    stream      text    not null,
    version     integer not null,
    event_id    text    not null,                  -- of the last event in the state
    fingerprint text    not null,                  -- of the code that made the state
    state       text    not null,
    taken_at    text    not null,
    primary key (tenant, stream, fingerprint)
) strict, without rowid;
INSERT INTO annals_snapshots VALUES('','ledger-1',3,'01a216c9-82b3-7623-bf71-3ddbf98a83f8','5c387a0ceabb5528d37cea7fb60f82f0e6c44df4bf1973886dd0231e3adb03a3','{"balance":11,"entries":[5,6]}','2026-11-26T07:37:14.680148Z');
CREATE TABLE annals_commands (
    tenant        text    not null default '',
    stream        text    not null,
    key           text    not null,
    first_version integer,                         -- of its first event; null where it stored none
    last_version  integer not null,                -- of the stream after it
    refusal       text,                            -- why it was refused; null where it was not
    recorded_at   text    not null,
    primary key (tenant, stream, key)
) strict, without rowid;
INSERT INTO annals_commands VALUES('','ledger-1','deposit-0',2,2,NULL,'2026-11-26T07:37:14.674413Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-1',3,3,NULL,'2026-11-26T07:37:14.679443Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-2',4,4,NULL,'2026-11-26T07:37:14.683493Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-3',5,5,NULL,'2026-11-26T07:37:14.687077Z');
INSERT INTO annals_commands VALUES('','ledger-1','too-much',NULL,5,'{"Insufficient":{"missing":73}}','2026-11-26T07:37:14.692501Z');
INSERT INTO annals_commands VALUES('','parcel-7','process:01a216c9-82d4-75ed-aa75-b436773be747',3,3,NULL,'2026-11-26T07:37:14.717028Z');
INSERT INTO annals_commands VALUES('','parcel-7','process:01a216c9-82e1-75fc-918c-4fe57c9c3c43',NULL,3,'"it is stamped"','2026-11-26T07:37:14.727092Z');
CREATE TABLE annals_schemas (
    event_type     text    not null,               -- `money.withdrawn`
    schema_version integer not null,               -- version of the event's shape
    amendment      integer not null,               -- 0 for the first shape of the version, 1 for the one that amended it, ..
    meaning        text    not null default '',    -- what no shape shows, in the words of its author
    shape          text    not null,               -- JSON: each place in the payload, with what is stored there
    older_gone     integer not null default 0,     -- whether it was said that no release from before it runs any more
    first_seen_at  text    not null,
    primary key (event_type, schema_version, amendment)
) strict, without rowid;
INSERT INTO annals_schemas VALUES('annals.accepted',1,0,'','{".":"struct","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","version":"u64"}',0,'2026-11-26T07:37:14.655323Z');
INSERT INTO annals_schemas VALUES('annals.cancelled',1,0,'','{".":"struct","why":"text"}',0,'2026-11-26T07:37:14.655323Z');
INSERT INTO annals_schemas VALUES('annals.refused',1,0,'','{".":"struct","aggregate":"text","command":"text","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","command_version":"u64","refusal":"text","stream":"text"}',0,'2026-11-26T07:37:14.655323Z');
INSERT INTO annals_schemas VALUES('clock.ticked',1,0,'','{".":"u8"}',0,'2026-11-26T07:37:14.655323Z');
CREATE TABLE annals_projections (
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
INSERT INTO annals_projections VALUES('balances',1,'cdeb850e4981e56876128f2502f36dfbd15a725fe0032a59d765930ee2e9e17f','following','following',1,1,0,'2026-11-26T07:37:14.657125Z');
INSERT INTO annals_projections VALUES('courier',1,'c9fa10f4ebb8715a3f58e18b071626b847f681da8903361746daaa8e76168e67','process','following',1,2,0,'2026-11-26T07:37:14.660749Z');
CREATE TABLE annals_partitions (
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
INSERT INTO annals_partitions VALUES('balances',1,0,9,NULL,'2026-11-26T07:37:14.738452Z',NULL,NULL,'2026-11-26T07:37:14.702740Z');
INSERT INTO annals_partitions VALUES('courier',1,0,21,NULL,'2026-11-26T07:37:14.738452Z',NULL,NULL,'2026-11-26T07:37:14.733227Z');
INSERT INTO annals_partitions VALUES('courier',1,1,21,NULL,'2026-11-26T07:37:14.738452Z',NULL,NULL,'2026-11-26T07:37:14.736935Z');
CREATE TABLE annals_workers (
    worker     text primary key not null,
    serves     text not null,                      -- JSON: the versions that it can follow with, like `balances_v2`
    seen_until text not null                       -- after this it is gone, unless it is heard of again
) strict, without rowid;
CREATE TABLE annals_parked (
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
INSERT INTO annals_parked VALUES('balances',1,'','2',9,0,'01a216c9-82c8-74f2-b5fc-94d66ed7ccaf','ledger-2','money.deposited','13 cents are bad luck',1,'2026-11-26T07:37:14.702548Z');
CREATE TABLE annals_inline_heads (
    projection     text    not null,
    version        integer not null,
    tenant         text    not null default '',
    stream         text    not null,
    stream_version integer not null,               -- of the last event in the rows
    primary key (projection, version, tenant, stream)
) strict, without rowid;
CREATE TABLE annals_instances (
    process       text    not null,                -- `order-fulfilment`
    tenant        text    not null default '',
    id            text    not null,                -- `17`; its stream is `order-fulfilment-17`
    partition     integer not null,
    status        text    not null,                -- `running`, `finished` or `cancelled`
    state_version integer not null,                -- place in its stream of the event that holds its state
    steps         integer not null,                -- how often it reacted to something
    started_at    text    not null,
    updated_at    text    not null,
    primary key (process, tenant, id)
) strict, without rowid;
INSERT INTO annals_instances VALUES('courier','','7',0,'running',9,3,'2026-11-26T07:37:14.710415Z','2026-11-26T07:37:14.732843Z');
CREATE TABLE annals_timers (
    process   text    not null,
    tenant    text    not null default '',
    instance  text    not null,
    name      text    not null,                    -- of the event that holds what it was set with
    partition integer not null,
    version   integer not null,                    -- place of that event in the instance's stream
    due_at    text    not null,                    -- by the clock of the store
    error     text,                                -- why the process could not react; null where it has not failed
    primary key (process, tenant, instance, name)
) strict, without rowid;
INSERT INTO annals_timers VALUES('courier','','7','courier.late',0,6,'2185-05-06T16:30:34.721366Z',NULL);
CREATE TABLE annals_deliveries (
    process    text    not null,
    tenant     text    not null default '',
    instance   text    not null,
    version    integer not null,                   -- place of the command in the instance's stream
    partition  integer not null,
    command_id text    not null,                   -- of the event that holds the command
    command    text    not null,                   -- `inventory.reserve`
    aggregate  text    not null,                   -- `inventory`
    target     text    not null,                   -- `inventory-3`
    attempts   integer not null default 0,
    error      text,                               -- why the last attempt failed
    try_at     text    not null,
    parked_at  text,                               -- since when it waits for an operator; null where it does not
    primary key (process, tenant, instance, version)
) strict, without rowid;
CREATE TABLE IF NOT EXISTS "balances_v1" ( -- annals: the rows of a projection, which are written by annals alone
    tenant text not null default '',
    "ledger" text not null,
    "cents" integer not null,
    primary key (tenant, "ledger")
) strict, without rowid;
INSERT INTO balances_v1 VALUES('','2',0);
INSERT INTO balances_v1 VALUES('','1',26);
INSERT INTO balances_v1 VALUES('acme','1',40);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('annals_events',22);
CREATE INDEX annals_streams_aggregate on annals_streams (tenant, aggregate, stream);
CREATE INDEX annals_events_correlation on annals_events (tenant, correlation) where correlation is not null;
CREATE INDEX annals_instances_updated on annals_instances (process, updated_at desc);
CREATE INDEX annals_timers_due on annals_timers (process, partition, due_at) where error is null;
CREATE INDEX annals_deliveries_due on annals_deliveries (process, partition, try_at) where parked_at is null;
CREATE INDEX annals_deliveries_order on annals_deliveries (process, tenant, instance, target, version);
CREATE TRIGGER annals_events_no_update before update on annals_events begin
    select raise(abort, 'events are added and never changed: an update of annals_events is refused. Where an event has to be changed all the same, drop the trigger annals_events_no_update and make it again in one transaction');
end;
CREATE TRIGGER annals_events_no_delete before delete on annals_events begin
    select raise(abort, 'events are added and never changed: a delete from annals_events is refused. Where an event has to be removed all the same, drop the trigger annals_events_no_delete and make it again in one transaction');
end;
CREATE INDEX "balances_v1_cents_idx" on "balances_v1" (tenant, "cents");
CREATE VIEW "balances" as /* annals: the current version of a projection */ select tenant, "ledger", "cents" from "balances_v1";
COMMIT;
