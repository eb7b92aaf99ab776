PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE annals_migrations (
    number integer primary key,
    name   text not null,
    run_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
INSERT INTO annals_migrations VALUES(1,'0001_events','2026-11-25T21:48:40.382Z');
INSERT INTO annals_migrations VALUES(2,'0002_schemas','2026-11-25T21:48:40.383Z');
INSERT INTO annals_migrations VALUES(3,'0003_projections','2026-11-25T21:48:40.383Z');
CREATE TABLE annals_streams (
    tenant      text    not null default '',
    stream      text    not null,                  -- `account-123`
    aggregate   text    not null,                  -- `account`
    version     integer not null,                  -- of its last event
    recorded_at text    not null,                  -- of its last event
    archived    integer not null default 0,
    primary key (tenant, stream)
) strict, without rowid;
INSERT INTO annals_streams VALUES('','ledger-1','ledger',5,'2026-11-25T21:48:40.418997Z',0);
INSERT INTO annals_streams VALUES('','ledger-2','ledger',2,'2026-11-25T21:48:40.428275Z',0);
INSERT INTO annals_streams VALUES('','notes-1','notes',1,'2026-11-25T21:48:40.429023Z',0);
INSERT INTO annals_streams VALUES('','parcel-7','parcel',2,'2026-11-25T21:48:40.432487Z',0);
INSERT INTO annals_streams VALUES('acme','ledger-1','ledger',2,'2026-11-25T21:48:40.424647Z',0);
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
INSERT INTO annals_events VALUES(1,'','ledger-1',1,'01a214ae-a84d-7436-8e7f-055725ef6ea7','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-25T21:48:40.397614Z','2026-11-25T21:48:40.397614Z');
INSERT INTO annals_events VALUES(2,'','ledger-2',1,'01a214ae-a84e-7255-b640-655d51c2be38','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-25T21:48:40.399622Z','2026-11-25T21:48:40.399622Z');
INSERT INTO annals_events VALUES(3,'acme','ledger-1',1,'01a214ae-a850-71a2-95bd-7a2319fd9a49','account.opened',1,'{"owner":"ada"}',NULL,NULL,'2026-11-25T21:48:40.400756Z','2026-11-25T21:48:40.400756Z');
INSERT INTO annals_events VALUES(4,'','ledger-1',2,'01a214ae-a853-77de-9b7e-7a013c4bb6f4','money.deposited',1,'{"cents":5}','{"$actor":"ada"}',NULL,'2026-11-25T21:48:40.407732Z','2026-11-25T21:48:40.407732Z');
INSERT INTO annals_events VALUES(5,'','ledger-1',3,'01a214ae-a859-725a-9179-136b5f207418','money.deposited',1,'{"cents":6}','{"$actor":"ada"}',NULL,'2026-11-25T21:48:40.410625Z','2026-11-25T21:48:40.410625Z');
INSERT INTO annals_events VALUES(6,'','ledger-1',4,'01a214ae-a85b-7445-870f-11b1bf0a5773','money.deposited',1,'{"cents":7}','{"$actor":"ada"}',NULL,'2026-11-25T21:48:40.415437Z','2026-11-25T21:48:40.415437Z');
INSERT INTO annals_events VALUES(7,'','ledger-1',5,'01a214ae-a85f-71a6-aa1b-fb7497eab5c1','money.deposited',1,'{"cents":8}','{"$actor":"ada"}',NULL,'2026-11-25T21:48:40.418997Z','2026-11-25T21:48:40.418997Z');
INSERT INTO annals_events VALUES(8,'acme','ledger-1',2,'01a214ae-a867-732e-b251-d98589ec965a','money.deposited',1,'{"cents":40}',NULL,NULL,'2026-11-25T21:48:40.424647Z','2026-11-25T21:48:40.424647Z');
INSERT INTO annals_events VALUES(9,'','ledger-2',2,'01a214ae-a86a-732a-a4f5-37da5935343c','money.deposited',1,'{"cents":13}',NULL,NULL,'2026-11-25T21:48:40.428275Z','2026-11-25T21:48:40.428275Z');
INSERT INTO annals_events VALUES(10,'','notes-1',1,'01a214ae-a86c-72a1-8e9f-4252491591c6','note.taken',1,'{"text":"as it was"}',NULL,NULL,'2026-11-25T21:48:40.429023Z','2026-11-25T21:48:40.429023Z');
INSERT INTO annals_events VALUES(11,'','parcel-7',1,'01a214ae-a86d-75f3-8e48-5214a27af49d','parcel.sent',1,'{}',NULL,NULL,'2026-11-25T21:48:40.431633Z','2026-11-25T21:48:40.431633Z');
INSERT INTO annals_events VALUES(12,'','parcel-7',2,'01a214ae-a870-70a3-8820-f6c6d40b7428','parcel.sent',1,'{}',NULL,NULL,'2026-11-25T21:48:40.432487Z','2026-11-25T21:48:40.432487Z');
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
INSERT INTO annals_snapshots VALUES('','ledger-1',3,'01a214ae-a859-725a-9179-136b5f207418','5c387a0ceabb5528d37cea7fb60f82f0e6c44df4bf1973886dd0231e3adb03a3','{"balance":11,"entries":[5,6]}','2026-11-25T21:48:40.411620Z');
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
INSERT INTO annals_commands VALUES('','ledger-1','deposit-0',2,2,NULL,'2026-11-25T21:48:40.407732Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-1',3,3,NULL,'2026-11-25T21:48:40.410625Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-2',4,4,NULL,'2026-11-25T21:48:40.415437Z');
INSERT INTO annals_commands VALUES('','ledger-1','deposit-3',5,5,NULL,'2026-11-25T21:48:40.418997Z');
INSERT INTO annals_commands VALUES('','ledger-1','too-much',NULL,5,'{"Insufficient":{"missing":73}}','2026-11-25T21:48:40.422113Z');
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
INSERT INTO annals_schemas VALUES('clock.ticked',1,0,'','{".":"u8"}',0,'2026-11-25T21:48:40.391192Z');
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
INSERT INTO annals_projections VALUES('balances',1,'cdeb850e4981e56876128f2502f36dfbd15a725fe0032a59d765930ee2e9e17f','following','following',1,1,0,'2026-11-25T21:48:40.392805Z');
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
INSERT INTO annals_partitions VALUES('balances',1,0,9,NULL,'2026-11-25T21:48:40.468896Z',NULL,NULL,'2026-11-25T21:48:40.430802Z');
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
INSERT INTO annals_parked VALUES('balances',1,'','2',9,0,'01a214ae-a86a-732a-a4f5-37da5935343c','ledger-2','money.deposited','13 cents are bad luck',1,'2026-11-25T21:48:40.430576Z');
CREATE TABLE annals_inline_heads (
    projection     text    not null,
    version        integer not null,
    tenant         text    not null default '',
    stream         text    not null,
    stream_version integer not null,               -- of the last event in the rows
    primary key (projection, version, tenant, stream)
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
INSERT INTO sqlite_sequence VALUES('annals_events',12);
CREATE INDEX annals_streams_aggregate on annals_streams (tenant, aggregate, stream);
CREATE INDEX annals_events_correlation on annals_events (tenant, correlation) where correlation is not null;
CREATE INDEX "balances_v1_cents_idx" on "balances_v1" (tenant, "cents");
CREATE VIEW "balances" as /* annals: the current version of a projection */ select tenant, "ledger", "cents" from "balances_v1";
COMMIT;
