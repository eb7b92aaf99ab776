-- What is kept of processes beside the streams of their instances, from which all of it follows.

-- Where each instance stands.
create table {schema}.instances (
    process       text        not null,            -- `order-fulfilment`
    tenant        text        not null default '',
    id            text        not null,            -- `17`; its stream is `order-fulfilment-17`
    partition     integer     not null,
    status        text        not null,            -- `running`, `finished` or `cancelled`
    state_version bigint      not null,            -- place in its stream of the event that holds its state
    steps         bigint      not null,            -- how often it reacted to something
    started_at    timestamptz not null default clock_timestamp(),
    updated_at    timestamptz not null default clock_timestamp(),
    primary key (process, tenant, id)
) with (fillfactor = 80);                          -- room for the next version of a row on the same page

create index instances_updated on {schema}.instances (process, updated_at desc);

-- When instances want to be told the time.
create table {schema}.timers (
    process   text        not null,
    tenant    text        not null default '',
    instance  text        not null,
    name      text        not null,                -- of the event that holds what it was set with
    partition integer     not null,
    version   bigint      not null,                -- place of that event in the instance's stream
    due_at    timestamptz not null,                -- by the clock of the database
    error     text,                                -- why the process could not react; null where it has not failed
    primary key (process, tenant, instance, name)
);

create index timers_due on {schema}.timers (process, partition, due_at) where error is null;

-- Commands of instances that were not accepted or refused yet.
create table {schema}.deliveries (
    process    text        not null,
    tenant     text        not null default '',
    instance   text        not null,
    version    bigint      not null,               -- place of the command in the instance's stream
    partition  integer     not null,
    command_id uuid        not null,               -- of the event that holds the command
    command    text        not null,               -- `inventory.reserve`
    aggregate  text        not null,               -- `inventory`
    target     text        not null,               -- `inventory-3`
    attempts   integer     not null default 0,
    error      text,                               -- why the last attempt failed
    try_at     timestamptz not null default clock_timestamp(),
    parked_at  timestamptz,                        -- since when it waits for an operator; null where it does not
    primary key (process, tenant, instance, version)
);

create index deliveries_due on {schema}.deliveries (process, partition, try_at) where parked_at is null;
-- What an instance sent to one aggregate is delivered in its order.
create index deliveries_order on {schema}.deliveries (process, tenant, instance, target, version);
