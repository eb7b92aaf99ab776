CREATE SCHEMA annals;
CREATE TABLE annals.balances_v1 (
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    ledger text NOT NULL COLLATE pg_catalog."C",
    cents bigint NOT NULL
);
COMMENT ON TABLE annals.balances_v1 IS 'annals: the rows of a projection, which are written by annals alone';
CREATE VIEW annals.balances AS
 SELECT balances_v1.tenant,
    balances_v1.ledger,
    balances_v1.cents
   FROM annals.balances_v1;
COMMENT ON VIEW annals.balances IS 'annals: the current version of a projection';
CREATE TABLE annals.commands (
    tenant text DEFAULT ''::text NOT NULL,
    stream text NOT NULL,
    key text NOT NULL,
    first_version bigint,
    last_version bigint NOT NULL,
    refusal json,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.deliveries (
    process text NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    instance text NOT NULL,
    version bigint NOT NULL,
    partition integer NOT NULL,
    command_id uuid NOT NULL,
    command text NOT NULL,
    aggregate text NOT NULL,
    target text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    error text,
    try_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    parked_at timestamp with time zone
);
CREATE SEQUENCE annals.event_position
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE annals.events (
    "position" bigint NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    schema_version integer NOT NULL,
    payload json NOT NULL,
    metadata json,
    correlation text,
    recorded_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL
);
CREATE TABLE annals.inline_heads (
    projection text NOT NULL,
    version integer NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    stream text NOT NULL,
    stream_version bigint NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE annals.instances (
    process text NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    id text NOT NULL,
    partition integer NOT NULL,
    status text NOT NULL,
    state_version bigint NOT NULL,
    steps bigint NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE annals.migrations (
    number bigint NOT NULL,
    name text NOT NULL,
    run_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.parked (
    projection text NOT NULL,
    version integer NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    key text NOT NULL,
    "position" bigint NOT NULL,
    partition integer NOT NULL,
    event_id uuid NOT NULL,
    stream text NOT NULL,
    event_type text NOT NULL,
    error text,
    attempts integer NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.partitions (
    projection text NOT NULL,
    version integer NOT NULL,
    partition integer NOT NULL,
    checkpoint bigint NOT NULL,
    owner text,
    leased_until timestamp with time zone,
    stopped_why text,
    stopped_at bigint,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE annals.projections (
    name text NOT NULL,
    version integer NOT NULL,
    fingerprint text NOT NULL,
    mode text NOT NULL,
    status text NOT NULL,
    is_current boolean DEFAULT false NOT NULL,
    partitions integer NOT NULL,
    effects_after bigint NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.schemas (
    event_type text NOT NULL,
    schema_version integer NOT NULL,
    amendment integer NOT NULL,
    meaning text DEFAULT ''::text NOT NULL,
    shape json NOT NULL,
    older_gone boolean DEFAULT false NOT NULL,
    first_seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.snapshots (
    tenant text DEFAULT ''::text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint text NOT NULL,
    state json NOT NULL,
    taken_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.streams (
    tenant text DEFAULT ''::text NOT NULL,
    stream text NOT NULL,
    aggregate text NOT NULL,
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    archived boolean DEFAULT false NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE annals.timers (
    process text NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    instance text NOT NULL,
    name text NOT NULL,
    partition integer NOT NULL,
    version bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    error text
);
CREATE TABLE annals.workers (
    worker text NOT NULL,
    serves text[] NOT NULL,
    seen_until timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
INSERT INTO annals.balances_v1 VALUES ('', '2', 0);
INSERT INTO annals.balances_v1 VALUES ('', '1', 26);
INSERT INTO annals.balances_v1 VALUES ('acme', '1', 40);
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-0', 2, 2, NULL, '2026-11-25 21:48:40.172491+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-1', 3, 3, NULL, '2026-11-25 21:48:40.175412+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-2', 4, 4, NULL, '2026-11-25 21:48:40.177281+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-3', 5, 5, NULL, '2026-11-25 21:48:40.178425+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'too-much', NULL, 5, '{"Insufficient":{"missing":73}}', '2026-11-25 21:48:40.182251+00');
INSERT INTO annals.commands VALUES ('', 'parcel-7', 'process:01a214ae-a791-7001-9af5-368c5857e78c', 3, 3, NULL, '2026-11-25 21:48:40.238764+00');
INSERT INTO annals.commands VALUES ('', 'parcel-7', 'process:01a214ae-a791-7001-9af5-368f3efc720f', NULL, 3, '"it is stamped"', '2026-11-25 21:48:40.253789+00');
INSERT INTO annals.events VALUES (1, '', 'ledger-1', 1, '01a214ae-a754-7337-8bde-6b2894982351', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-25 21:48:40.156363+00', '2026-11-25 21:48:40.156363+00');
INSERT INTO annals.events VALUES (2, '', 'ledger-2', 1, '01a214ae-a75d-724d-881b-ffe6d038d00b', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-25 21:48:40.160807+00', '2026-11-25 21:48:40.160807+00');
INSERT INTO annals.events VALUES (3, 'acme', 'ledger-1', 1, '01a214ae-a762-771b-9a0c-cd486a2c22ab', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-25 21:48:40.165084+00', '2026-11-25 21:48:40.165084+00');
INSERT INTO annals.events VALUES (4, '', 'ledger-1', 2, '01a214ae-a76a-72ca-a44b-6bb23ae7ec73', 'money.deposited', 1, '{"cents":5}', '{"$actor":"ada"}', NULL, '2026-11-25 21:48:40.172429+00', '2026-11-25 21:48:40.172429+00');
INSERT INTO annals.events VALUES (5, '', 'ledger-1', 3, '01a214ae-a76d-71ed-8dfe-f9b8a25f5932', 'money.deposited', 1, '{"cents":6}', '{"$actor":"ada"}', NULL, '2026-11-25 21:48:40.17535+00', '2026-11-25 21:48:40.17535+00');
INSERT INTO annals.events VALUES (6, '', 'ledger-1', 4, '01a214ae-a76f-7029-b85f-3e0d444f407a', 'money.deposited', 1, '{"cents":7}', '{"$actor":"ada"}', NULL, '2026-11-25 21:48:40.177218+00', '2026-11-25 21:48:40.177218+00');
INSERT INTO annals.events VALUES (7, '', 'ledger-1', 5, '01a214ae-a771-70d3-8aa5-e65099751798', 'money.deposited', 1, '{"cents":8}', '{"$actor":"ada"}', NULL, '2026-11-25 21:48:40.17837+00', '2026-11-25 21:48:40.17837+00');
INSERT INTO annals.events VALUES (8, 'acme', 'ledger-1', 2, '01a214ae-a777-7000-9c0f-3cf5cfdd6bdc', 'money.deposited', 1, '{"cents":40}', NULL, NULL, '2026-11-25 21:48:40.184406+00', '2026-11-25 21:48:40.184406+00');
INSERT INTO annals.events VALUES (9, '', 'ledger-2', 2, '01a214ae-a77a-7183-bc8c-36307473b28b', 'money.deposited', 1, '{"cents":13}', NULL, NULL, '2026-11-25 21:48:40.18832+00', '2026-11-25 21:48:40.18832+00');
INSERT INTO annals.events VALUES (10, '', 'notes-1', 1, '01a214ae-a77c-71af-8b93-d13705edd297', 'note.taken', 1, '{"text":"as it was"}', NULL, NULL, '2026-11-25 21:48:40.189194+00', '2026-11-25 21:48:40.189194+00');
INSERT INTO annals.events VALUES (11, '', 'parcel-7', 1, '01a214ae-a77d-74df-ab2e-16cbc92d0be4', 'parcel.sent', 1, '{}', NULL, NULL, '2026-11-25 21:48:40.190952+00', '2026-11-25 21:48:40.190952+00');
INSERT INTO annals.events VALUES (12, '', 'parcel-7', 2, '01a214ae-a77f-7480-85b1-5234cd059305', 'parcel.sent', 1, '{}', NULL, NULL, '2026-11-25 21:48:40.191989+00', '2026-11-25 21:48:40.191989+00');
INSERT INTO annals.events VALUES (13, '', 'courier-7', 1, '01a214ae-a791-7001-9af5-368b0ee95c8a', 'courier_state', 1, '{"sent":1,"refused":0}', '{"$causation":"01a214ae-a77d-74df-ab2e-16cbc92d0be4","$process":{"input":"parcel.sent","from":"parcel-7"}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (14, '', 'courier-7', 2, '01a214ae-a791-7001-9af5-368c5857e78c', 'parcel.stamp', 1, '{}', '{"$causation":"01a214ae-a77d-74df-ab2e-16cbc92d0be4","$process":{"to":"parcel-7"}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (15, '', 'courier-7', 3, '01a214ae-a791-7001-9af5-368d2139d25d', 'courier.late', 1, '{}', '{"$causation":"01a214ae-a77d-74df-ab2e-16cbc92d0be4","$process":{"after_ms":5000000000000}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (16, '', 'courier-7', 4, '01a214ae-a791-7001-9af5-368ead2553b9', 'courier_state', 1, '{"sent":2,"refused":0}', '{"$causation":"01a214ae-a77f-7480-85b1-5234cd059305","$process":{"input":"parcel.sent","from":"parcel-7"}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (17, '', 'courier-7', 5, '01a214ae-a791-7001-9af5-368f3efc720f', 'parcel.stamp', 1, '{}', '{"$causation":"01a214ae-a77f-7480-85b1-5234cd059305","$process":{"to":"parcel-7"}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (18, '', 'courier-7', 6, '01a214ae-a791-7001-9af5-3690af2e3756', 'courier.late', 1, '{}', '{"$causation":"01a214ae-a77f-7480-85b1-5234cd059305","$process":{"after_ms":5000000000000}}', 'courier-7', '2026-11-25 21:48:40.217905+00', '2026-11-25 21:48:40.217905+00');
INSERT INTO annals.events VALUES (19, '', 'parcel-7', 3, '01a214ae-a7a7-771f-a488-065a0808569c', 'parcel.stamped', 1, '{}', '{"$causation":"01a214ae-a791-7001-9af5-368c5857e78c"}', 'courier-7', '2026-11-25 21:48:40.238554+00', '2026-11-25 21:48:40.238554+00');
INSERT INTO annals.events VALUES (20, '', 'courier-7', 7, '01a214ae-a7b1-77e1-8f77-143a61095307', 'annals.accepted', 1, '{"command_id":"01a214ae-a791-7001-9af5-368c5857e78c","version":3}', '{"$causation":"01a214ae-a791-7001-9af5-368c5857e78c"}', 'courier-7', '2026-11-25 21:48:40.248199+00', '2026-11-25 21:48:40.248199+00');
INSERT INTO annals.events VALUES (21, '', 'courier-7', 8, '01a214ae-a7be-7242-bb18-58e017d639e0', 'annals.refused', 1, '{"command_id":"01a214ae-a791-7001-9af5-368f3efc720f","command_version":5,"command":"parcel.stamp","aggregate":"parcel","stream":"parcel-7","refusal":"\"it is stamped\""}', '{"$causation":"01a214ae-a791-7001-9af5-368f3efc720f"}', 'courier-7', '2026-11-25 21:48:40.259976+00', '2026-11-25 21:48:40.259976+00');
INSERT INTO annals.events VALUES (22, '', 'courier-7', 9, '01a214ae-a7ce-7758-ac2f-aeae150a60f2', 'courier_state', 1, '{"sent":2,"refused":1}', '{"$causation":"01a214ae-a7be-7242-bb18-58e017d639e0","$process":{"input":"parcel.stamp refused","from":"courier-7"}}', 'courier-7', '2026-11-25 21:48:40.274864+00', '2026-11-25 21:48:40.274864+00');
INSERT INTO annals.instances VALUES ('courier', '', '7', 0, 'running', 9, 3, '2026-11-25 21:48:40.221929+00', '2026-11-25 21:48:40.276097+00');
INSERT INTO annals.migrations VALUES (1, '0001_events', '2026-11-25 21:48:40.08608+00');
INSERT INTO annals.migrations VALUES (2, '0002_schemas', '2026-11-25 21:48:40.089269+00');
INSERT INTO annals.migrations VALUES (3, '0003_projections', '2026-11-25 21:48:40.102124+00');
INSERT INTO annals.migrations VALUES (4, '0004_processes', '2026-11-25 21:48:40.113116+00');
INSERT INTO annals.parked VALUES ('balances', 1, '', '2', 9, 0, '01a214ae-a77a-7183-bc8c-36307473b28b', 'ledger-2', 'money.deposited', '13 cents are bad luck', 1, '2026-11-25 21:48:40.219402+00');
INSERT INTO annals.partitions VALUES ('balances', 1, 0, 12, NULL, '2026-11-25 21:48:40.293979+00', NULL, NULL, '2026-11-25 21:48:40.220078+00');
INSERT INTO annals.partitions VALUES ('courier', 1, 0, 21, NULL, '2026-11-25 21:48:40.293993+00', NULL, NULL, '2026-11-25 21:48:40.276324+00');
INSERT INTO annals.partitions VALUES ('courier', 1, 1, 21, NULL, '2026-11-25 21:48:40.293997+00', NULL, NULL, '2026-11-25 21:48:40.266549+00');
INSERT INTO annals.projections VALUES ('balances', 1, 'cdeb850e4981e56876128f2502f36dfbd15a725fe0032a59d765930ee2e9e17f', 'following', 'following', true, 1, 0, '2026-11-25 21:48:40.135943+00');
INSERT INTO annals.projections VALUES ('courier', 1, 'c9fa10f4ebb8715a3f58e18b071626b847f681da8903361746daaa8e76168e67', 'process', 'following', true, 2, 0, '2026-11-25 21:48:40.147733+00');
INSERT INTO annals.schemas VALUES ('clock.ticked', 1, 0, '', '{".":"u8"}', false, '2026-11-25 21:48:40.132904+00');
INSERT INTO annals.schemas VALUES ('annals.accepted', 1, 0, '', '{".":"struct","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","version":"u64"}', false, '2026-11-25 21:48:40.133195+00');
INSERT INTO annals.schemas VALUES ('annals.refused', 1, 0, '', '{".":"struct","aggregate":"text","command":"text","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","command_version":"u64","refusal":"text","stream":"text"}', false, '2026-11-25 21:48:40.133346+00');
INSERT INTO annals.schemas VALUES ('annals.cancelled', 1, 0, '', '{".":"struct","why":"text"}', false, '2026-11-25 21:48:40.133491+00');
INSERT INTO annals.snapshots VALUES ('', 'ledger-1', 3, '01a214ae-a76d-71ed-8dfe-f9b8a25f5932', '5c387a0ceabb5528d37cea7fb60f82f0e6c44df4bf1973886dd0231e3adb03a3', '{"balance":11,"entries":[5,6]}', '2026-11-25 21:48:40.178435+00');
INSERT INTO annals.streams VALUES ('', 'ledger-1', 'ledger', 5, '2026-11-25 21:48:40.17837+00', false);
INSERT INTO annals.streams VALUES ('acme', 'ledger-1', 'ledger', 2, '2026-11-25 21:48:40.184406+00', false);
INSERT INTO annals.streams VALUES ('', 'ledger-2', 'ledger', 2, '2026-11-25 21:48:40.18832+00', false);
INSERT INTO annals.streams VALUES ('', 'notes-1', 'notes', 1, '2026-11-25 21:48:40.189194+00', false);
INSERT INTO annals.streams VALUES ('', 'parcel-7', 'parcel', 3, '2026-11-25 21:48:40.238554+00', false);
INSERT INTO annals.streams VALUES ('', 'courier-7', 'courier', 9, '2026-11-25 21:48:40.274864+00', false);
INSERT INTO annals.timers VALUES ('courier', '', '7', 'courier.late', 0, 6, '2185-05-06 06:42:00.217905+00', NULL);
SELECT pg_catalog.setval('annals.event_position', 22, true);
ALTER TABLE ONLY annals.balances_v1
    ADD CONSTRAINT balances_v1_pkey PRIMARY KEY (tenant, ledger);
ALTER TABLE ONLY annals.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (tenant, stream, key);
ALTER TABLE ONLY annals.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (process, tenant, instance, version);
ALTER TABLE ONLY annals.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (tenant, stream, version);
ALTER TABLE ONLY annals.inline_heads
    ADD CONSTRAINT inline_heads_pkey PRIMARY KEY (projection, version, tenant, stream);
ALTER TABLE ONLY annals.instances
    ADD CONSTRAINT instances_pkey PRIMARY KEY (process, tenant, id);
ALTER TABLE ONLY annals.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (number);
ALTER TABLE ONLY annals.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (projection, version, tenant, key, "position");
ALTER TABLE ONLY annals.partitions
    ADD CONSTRAINT partitions_pkey PRIMARY KEY (projection, version, partition);
ALTER TABLE ONLY annals.projections
    ADD CONSTRAINT projections_pkey PRIMARY KEY (name, version);
ALTER TABLE ONLY annals.schemas
    ADD CONSTRAINT schemas_pkey PRIMARY KEY (event_type, schema_version, amendment);
ALTER TABLE ONLY annals.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (tenant, stream, fingerprint);
ALTER TABLE ONLY annals.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (tenant, stream);
ALTER TABLE ONLY annals.timers
    ADD CONSTRAINT timers_pkey PRIMARY KEY (process, tenant, instance, name);
ALTER TABLE ONLY annals.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker);
CREATE INDEX balances_v1_cents_idx ON annals.balances_v1 USING btree (tenant, cents);
CREATE INDEX deliveries_due ON annals.deliveries USING btree (process, partition, try_at) WHERE (parked_at IS NULL);
CREATE INDEX deliveries_order ON annals.deliveries USING btree (process, tenant, instance, target, version);
CREATE INDEX events_correlation ON annals.events USING btree (tenant, correlation) WHERE (correlation IS NOT NULL);
CREATE INDEX events_position ON annals.events USING btree ("position");
CREATE INDEX instances_updated ON annals.instances USING btree (process, updated_at DESC);
CREATE INDEX streams_aggregate ON annals.streams USING btree (tenant, aggregate, stream);
CREATE INDEX timers_due ON annals.timers USING btree (process, partition, due_at) WHERE (error IS NULL);
