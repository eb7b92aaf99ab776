CREATE SCHEMA annals;
CREATE FUNCTION annals.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
    raise exception 'events are added and never changed: % on %.% is refused',
            lower(tg_op), quote_ident(tg_table_schema), quote_ident(tg_table_name)
        using errcode = 'restrict_violation',
              hint = format('Where an event has to be changed all the same, its owner does so in one transaction: '
                  || 'begin; alter table %1$I.%2$I disable trigger %3$I; ..; alter table %1$I.%2$I enable trigger %3$I; commit;',
                  tg_table_schema, tg_table_name, tg_name);
end
$_$;
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
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stream text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    first_version bigint,
    last_version bigint NOT NULL,
    refusal json,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.deliveries (
    process text NOT NULL COLLATE pg_catalog."C",
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    instance text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    partition integer NOT NULL,
    command_id uuid NOT NULL,
    command text NOT NULL COLLATE pg_catalog."C",
    aggregate text NOT NULL COLLATE pg_catalog."C",
    target text NOT NULL COLLATE pg_catalog."C",
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
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stream text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL COLLATE pg_catalog."C",
    schema_version integer NOT NULL,
    payload json NOT NULL,
    metadata json,
    correlation text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL
);
CREATE TABLE annals.inline_heads (
    projection text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stream text NOT NULL COLLATE pg_catalog."C",
    stream_version bigint NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE annals.instances (
    process text NOT NULL COLLATE pg_catalog."C",
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
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
    projection text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    partition integer NOT NULL,
    event_id uuid NOT NULL,
    stream text NOT NULL COLLATE pg_catalog."C",
    event_type text NOT NULL COLLATE pg_catalog."C",
    error text,
    attempts integer NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.partitions (
    projection text NOT NULL COLLATE pg_catalog."C",
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
    name text NOT NULL COLLATE pg_catalog."C",
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
    event_type text NOT NULL COLLATE pg_catalog."C",
    schema_version integer NOT NULL,
    amendment integer NOT NULL,
    meaning text DEFAULT ''::text NOT NULL,
    shape json NOT NULL,
    older_gone boolean DEFAULT false NOT NULL,
    first_seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.snapshots (
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stream text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    state json NOT NULL,
    taken_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE annals.streams (
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stream text NOT NULL COLLATE pg_catalog."C",
    aggregate text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    archived boolean DEFAULT false NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE annals.timers (
    process text NOT NULL COLLATE pg_catalog."C",
    tenant text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    instance text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    partition integer NOT NULL,
    version bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    error text
);
CREATE TABLE annals.workers (
    worker text NOT NULL COLLATE pg_catalog."C",
    serves text[] NOT NULL,
    seen_until timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
INSERT INTO annals.balances_v1 VALUES ('', '2', 0);
INSERT INTO annals.balances_v1 VALUES ('', '1', 26);
INSERT INTO annals.balances_v1 VALUES ('acme', '1', 40);
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-0', 2, 2, NULL, '2026-11-26 07:37:14.442372+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-1', 3, 3, NULL, '2026-11-26 07:37:14.447224+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-2', 4, 4, NULL, '2026-11-26 07:37:14.452816+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'deposit-3', 5, 5, NULL, '2026-11-26 07:37:14.455106+00');
INSERT INTO annals.commands VALUES ('', 'ledger-1', 'too-much', NULL, 5, '{"Insufficient":{"missing":73}}', '2026-11-26 07:37:14.471236+00');
INSERT INTO annals.commands VALUES ('', 'parcel-7', 'process:01a216c9-8201-719a-9748-96a48a9c32e6', 3, 3, NULL, '2026-11-26 07:37:14.52283+00');
INSERT INTO annals.commands VALUES ('', 'parcel-7', 'process:01a216c9-8201-719a-9748-96a77c82a010', NULL, 3, '"it is stamped"', '2026-11-26 07:37:14.534529+00');
INSERT INTO annals.events VALUES (1, '', 'ledger-1', 1, '01a216c9-81bd-75d2-b04a-176fe953c3ee', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-26 07:37:14.430603+00', '2026-11-26 07:37:14.430603+00');
INSERT INTO annals.events VALUES (2, '', 'ledger-2', 1, '01a216c9-81bf-71ac-8f69-b3d4b76c1aaa', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-26 07:37:14.432314+00', '2026-11-26 07:37:14.432314+00');
INSERT INTO annals.events VALUES (3, 'acme', 'ledger-1', 1, '01a216c9-81c0-77b7-975a-e52ef284e872', 'account.opened', 1, '{"owner":"ada"}', NULL, NULL, '2026-11-26 07:37:14.432874+00', '2026-11-26 07:37:14.432874+00');
INSERT INTO annals.events VALUES (4, '', 'ledger-1', 2, '01a216c9-81c4-74e3-a148-6f8d156481f1', 'money.deposited', 1, '{"cents":5}', '{"$actor":"ada"}', NULL, '2026-11-26 07:37:14.442217+00', '2026-11-26 07:37:14.442217+00');
INSERT INTO annals.events VALUES (5, '', 'ledger-1', 3, '01a216c9-81ca-770a-a0ef-00853fafc60b', 'money.deposited', 1, '{"cents":6}', '{"$actor":"ada"}', NULL, '2026-11-26 07:37:14.447144+00', '2026-11-26 07:37:14.447144+00');
INSERT INTO annals.events VALUES (6, '', 'ledger-1', 4, '01a216c9-81d2-756e-b1ac-a626f13060a4', 'money.deposited', 1, '{"cents":7}', '{"$actor":"ada"}', NULL, '2026-11-26 07:37:14.452738+00', '2026-11-26 07:37:14.452738+00');
INSERT INTO annals.events VALUES (7, '', 'ledger-1', 5, '01a216c9-81d5-770c-83b7-9788e24d92cc', 'money.deposited', 1, '{"cents":8}', '{"$actor":"ada"}', NULL, '2026-11-26 07:37:14.455034+00', '2026-11-26 07:37:14.455034+00');
INSERT INTO annals.events VALUES (8, 'acme', 'ledger-1', 2, '01a216c9-81e9-7474-b75c-2487437c7885', 'money.deposited', 1, '{"cents":40}', NULL, NULL, '2026-11-26 07:37:14.474859+00', '2026-11-26 07:37:14.474859+00');
INSERT INTO annals.events VALUES (9, '', 'ledger-2', 2, '01a216c9-81ed-7660-9171-b53e788b0579', 'money.deposited', 1, '{"cents":13}', NULL, NULL, '2026-11-26 07:37:14.478426+00', '2026-11-26 07:37:14.478426+00');
INSERT INTO annals.events VALUES (10, '', 'notes-1', 1, '01a216c9-81ef-7331-ab06-e6e1ac934bfd', 'note.taken', 1, '{"text":"as it was"}', NULL, NULL, '2026-11-26 07:37:14.481188+00', '2026-11-26 07:37:14.481188+00');
INSERT INTO annals.events VALUES (11, '', 'parcel-7', 1, '01a216c9-81f2-7736-b5ae-120e14e830a4', 'parcel.sent', 1, '{}', NULL, NULL, '2026-11-26 07:37:14.484006+00', '2026-11-26 07:37:14.484006+00');
INSERT INTO annals.events VALUES (12, '', 'parcel-7', 2, '01a216c9-81f5-75b3-9e4a-1f79b21e2b05', 'parcel.sent', 1, '{}', NULL, NULL, '2026-11-26 07:37:14.485714+00', '2026-11-26 07:37:14.485714+00');
INSERT INTO annals.events VALUES (13, '', 'courier-7', 1, '01a216c9-8201-719a-9748-96a39b840718', 'courier_state', 1, '{"sent":1,"refused":0}', '{"$causation":"01a216c9-81f2-7736-b5ae-120e14e830a4","$process":{"input":"parcel.sent","from":"parcel-7"}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (14, '', 'courier-7', 2, '01a216c9-8201-719a-9748-96a48a9c32e6', 'parcel.stamp', 1, '{}', '{"$causation":"01a216c9-81f2-7736-b5ae-120e14e830a4","$process":{"to":"parcel-7"}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (15, '', 'courier-7', 3, '01a216c9-8201-719a-9748-96a5e6e60c2f', 'courier.late', 1, '{}', '{"$causation":"01a216c9-81f2-7736-b5ae-120e14e830a4","$process":{"after_ms":5000000000000}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (16, '', 'courier-7', 4, '01a216c9-8201-719a-9748-96a67ea15d5c', 'courier_state', 1, '{"sent":2,"refused":0}', '{"$causation":"01a216c9-81f5-75b3-9e4a-1f79b21e2b05","$process":{"input":"parcel.sent","from":"parcel-7"}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (17, '', 'courier-7', 5, '01a216c9-8201-719a-9748-96a77c82a010', 'parcel.stamp', 1, '{}', '{"$causation":"01a216c9-81f5-75b3-9e4a-1f79b21e2b05","$process":{"to":"parcel-7"}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (18, '', 'courier-7', 6, '01a216c9-8201-719a-9748-96a85153b2ae', 'courier.late', 1, '{}', '{"$causation":"01a216c9-81f5-75b3-9e4a-1f79b21e2b05","$process":{"after_ms":5000000000000}}', 'courier-7', '2026-11-26 07:37:14.504816+00', '2026-11-26 07:37:14.504816+00');
INSERT INTO annals.events VALUES (19, '', 'parcel-7', 3, '01a216c9-8214-7539-baa4-f04d465a5f51', 'parcel.stamped', 1, '{}', '{"$causation":"01a216c9-8201-719a-9748-96a48a9c32e6"}', 'courier-7', '2026-11-26 07:37:14.522651+00', '2026-11-26 07:37:14.522651+00');
INSERT INTO annals.events VALUES (20, '', 'courier-7', 7, '01a216c9-821b-7386-a8ce-80112cead030', 'annals.accepted', 1, '{"command_id":"01a216c9-8201-719a-9748-96a48a9c32e6","version":3}', '{"$causation":"01a216c9-8201-719a-9748-96a48a9c32e6"}', 'courier-7', '2026-11-26 07:37:14.531761+00', '2026-11-26 07:37:14.531761+00');
INSERT INTO annals.events VALUES (21, '', 'courier-7', 8, '01a216c9-8226-722e-a939-bbabb04d61ae', 'annals.refused', 1, '{"command_id":"01a216c9-8201-719a-9748-96a77c82a010","command_version":5,"command":"parcel.stamp","aggregate":"parcel","stream":"parcel-7","refusal":"\"it is stamped\""}', '{"$causation":"01a216c9-8201-719a-9748-96a77c82a010"}', 'courier-7', '2026-11-26 07:37:14.540716+00', '2026-11-26 07:37:14.540716+00');
INSERT INTO annals.events VALUES (22, '', 'courier-7', 9, '01a216c9-8235-71b5-a2dd-664467b2b505', 'courier_state', 1, '{"sent":2,"refused":1}', '{"$causation":"01a216c9-8226-722e-a939-bbabb04d61ae","$process":{"input":"parcel.stamp refused","from":"courier-7"}}', 'courier-7', '2026-11-26 07:37:14.553953+00', '2026-11-26 07:37:14.553953+00');
INSERT INTO annals.instances VALUES ('courier', '', '7', 0, 'running', 9, 3, '2026-11-26 07:37:14.508057+00', '2026-11-26 07:37:14.554867+00');
INSERT INTO annals.migrations VALUES (1, '0001_events', '2026-11-26 07:37:14.375589+00');
INSERT INTO annals.migrations VALUES (2, '0002_schemas', '2026-11-26 07:37:14.376748+00');
INSERT INTO annals.migrations VALUES (3, '0003_projections', '2026-11-26 07:37:14.380556+00');
INSERT INTO annals.migrations VALUES (4, '0004_processes', '2026-11-26 07:37:14.383982+00');
INSERT INTO annals.migrations VALUES (5, '0005_append_only', '2026-11-26 07:37:14.385757+00');
INSERT INTO annals.migrations VALUES (6, '0006_names', '2026-11-26 07:37:14.397669+00');
INSERT INTO annals.parked VALUES ('balances', 1, '', '2', 9, 0, '01a216c9-81ed-7660-9171-b53e788b0579', 'ledger-2', 'money.deposited', '13 cents are bad luck', 1, '2026-11-26 07:37:14.50151+00');
INSERT INTO annals.partitions VALUES ('balances', 1, 0, 12, NULL, '2026-11-26 07:37:14.568772+00', NULL, NULL, '2026-11-26 07:37:14.503476+00');
INSERT INTO annals.partitions VALUES ('courier', 1, 0, 21, NULL, '2026-11-26 07:37:14.568786+00', NULL, NULL, '2026-11-26 07:37:14.555175+00');
INSERT INTO annals.partitions VALUES ('courier', 1, 1, 21, NULL, '2026-11-26 07:37:14.568791+00', NULL, NULL, '2026-11-26 07:37:14.548978+00');
INSERT INTO annals.projections VALUES ('balances', 1, 'cdeb850e4981e56876128f2502f36dfbd15a725fe0032a59d765930ee2e9e17f', 'following', 'following', true, 1, 0, '2026-11-26 07:37:14.4191+00');
INSERT INTO annals.projections VALUES ('courier', 1, 'c9fa10f4ebb8715a3f58e18b071626b847f681da8903361746daaa8e76168e67', 'process', 'following', true, 2, 0, '2026-11-26 07:37:14.428335+00');
INSERT INTO annals.schemas VALUES ('clock.ticked', 1, 0, '', '{".":"u8"}', false, '2026-11-26 07:37:14.416021+00');
INSERT INTO annals.schemas VALUES ('annals.accepted', 1, 0, '', '{".":"struct","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","version":"u64"}', false, '2026-11-26 07:37:14.416281+00');
INSERT INTO annals.schemas VALUES ('annals.refused', 1, 0, '', '{".":"struct","aggregate":"text","command":"text","command_id":"format uuid, sample \"0191d8a0-0000-7000-8000-000000000000\"","command_version":"u64","refusal":"text","stream":"text"}', false, '2026-11-26 07:37:14.416414+00');
INSERT INTO annals.schemas VALUES ('annals.cancelled', 1, 0, '', '{".":"struct","why":"text"}', false, '2026-11-26 07:37:14.41654+00');
INSERT INTO annals.snapshots VALUES ('', 'ledger-1', 3, '01a216c9-81ca-770a-a0ef-00853fafc60b', '5c387a0ceabb5528d37cea7fb60f82f0e6c44df4bf1973886dd0231e3adb03a3', '{"balance":11,"entries":[5,6]}', '2026-11-26 07:37:14.453728+00');
INSERT INTO annals.streams VALUES ('', 'ledger-1', 'ledger', 5, '2026-11-26 07:37:14.455034+00', false);
INSERT INTO annals.streams VALUES ('acme', 'ledger-1', 'ledger', 2, '2026-11-26 07:37:14.474859+00', false);
INSERT INTO annals.streams VALUES ('', 'ledger-2', 'ledger', 2, '2026-11-26 07:37:14.478426+00', false);
INSERT INTO annals.streams VALUES ('', 'notes-1', 'notes', 1, '2026-11-26 07:37:14.481188+00', false);
INSERT INTO annals.streams VALUES ('', 'parcel-7', 'parcel', 3, '2026-11-26 07:37:14.522651+00', false);
INSERT INTO annals.streams VALUES ('', 'courier-7', 'courier', 9, '2026-11-26 07:37:14.553953+00', false);
INSERT INTO annals.timers VALUES ('courier', '', '7', 'courier.late', 0, 6, '2185-05-06 16:30:34.504816+00', NULL);
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
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON annals.events FOR EACH STATEMENT EXECUTE FUNCTION annals.refuse_change();
