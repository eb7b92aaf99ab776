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
INSERT INTO annals.migrations VALUES (1, '0001_events', '2026-11-25 21:48:40.08608+00');
INSERT INTO annals.migrations VALUES (2, '0002_schemas', '2026-11-25 21:48:40.089269+00');
INSERT INTO annals.migrations VALUES (3, '0003_projections', '2026-11-25 21:48:40.102124+00');
INSERT INTO annals.parked VALUES ('balances', 1, '', '2', 9, 0, '01a214ae-a77a-7183-bc8c-36307473b28b', 'ledger-2', 'money.deposited', '13 cents are bad luck', 1, '2026-11-25 21:48:40.219402+00');
INSERT INTO annals.partitions VALUES ('balances', 1, 0, 12, NULL, '2026-11-25 21:48:40.293979+00', NULL, NULL, '2026-11-25 21:48:40.220078+00');
INSERT INTO annals.projections VALUES ('balances', 1, 'cdeb850e4981e56876128f2502f36dfbd15a725fe0032a59d765930ee2e9e17f', 'following', 'following', true, 1, 0, '2026-11-25 21:48:40.135943+00');
INSERT INTO annals.schemas VALUES ('clock.ticked', 1, 0, '', '{".":"u8"}', false, '2026-11-25 21:48:40.132904+00');
INSERT INTO annals.snapshots VALUES ('', 'ledger-1', 3, '01a214ae-a76d-71ed-8dfe-f9b8a25f5932', '5c387a0ceabb5528d37cea7fb60f82f0e6c44df4bf1973886dd0231e3adb03a3', '{"balance":11,"entries":[5,6]}', '2026-11-25 21:48:40.178435+00');
INSERT INTO annals.streams VALUES ('', 'ledger-1', 'ledger', 5, '2026-11-25 21:48:40.17837+00', false);
INSERT INTO annals.streams VALUES ('acme', 'ledger-1', 'ledger', 2, '2026-11-25 21:48:40.184406+00', false);
INSERT INTO annals.streams VALUES ('', 'ledger-2', 'ledger', 2, '2026-11-25 21:48:40.18832+00', false);
INSERT INTO annals.streams VALUES ('', 'notes-1', 'notes', 1, '2026-11-25 21:48:40.189194+00', false);
INSERT INTO annals.streams VALUES ('', 'parcel-7', 'parcel', 2, '2026-11-25 21:48:40.191989+00', false);
SELECT pg_catalog.setval('annals.event_position', 12, true);
ALTER TABLE ONLY annals.balances_v1
    ADD CONSTRAINT balances_v1_pkey PRIMARY KEY (tenant, ledger);
ALTER TABLE ONLY annals.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (tenant, stream, key);
ALTER TABLE ONLY annals.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (tenant, stream, version);
ALTER TABLE ONLY annals.inline_heads
    ADD CONSTRAINT inline_heads_pkey PRIMARY KEY (projection, version, tenant, stream);
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
ALTER TABLE ONLY annals.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker);
CREATE INDEX balances_v1_cents_idx ON annals.balances_v1 USING btree (tenant, cents);
CREATE INDEX events_correlation ON annals.events USING btree (tenant, correlation) WHERE (correlation IS NOT NULL);
CREATE INDEX events_position ON annals.events USING btree ("position");
CREATE INDEX streams_aggregate ON annals.streams USING btree (tenant, aggregate, stream);
