-- Roles with as few rights on schema {schema} as their work needs. To be run by a superuser after each migration of the tables
-- of annals; running it again changes nothing.
--
-- A program connects as a user of its own, who is given a role:
--     create role bank_app login password '..' in role {writer};
-- A user who makes read models, or the tables of annals, acts as the role, so that all that is made belongs to it:
--     create role bank_worker login password '..' in role {projector};
--     alter role bank_worker set role to {projector};
begin;

do $roles$
declare
    wanted text;
begin
    foreach wanted in array array['{reader}', '{writer}', '{projector}', '{owner}'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    end loop;
end
$roles$;

-- The owner migrates, and may lift what keeps events from being changed. Tables and views of read models belong to who fills
-- them.
alter schema {schema} owner to {owner};
alter function {schema}.refuse_change() owner to {owner};
do $owners$
declare
    found record;
begin
    for found in
        select c.oid::regclass as name, c.relkind as kind,
               case when c.relname in ('event_position', 'streams', 'events', 'snapshots', 'commands', 'schemas', 'projections',
                                       'partitions', 'workers', 'parked', 'inline_heads', 'instances', 'timers', 'deliveries',
                                       'migrations')
                    then '{owner}' else '{projector}' end as wanted
        from pg_class c
        where c.relnamespace = '{schema}'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
    loop
        execute format('alter %s %s owner to %I',
                       case found.kind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, found.name, found.wanted);
    end loop;
end
$owners$;

-- All read.
grant usage on schema {schema} to {reader}, {writer}, {projector};
grant select on all tables in schema {schema} to {reader}, {writer}, {projector};
grant select on all sequences in schema {schema} to {reader}, {writer}, {projector};
alter default privileges for role {owner} in schema {schema} grant select on tables to {reader}, {writer}, {projector};
alter default privileges for role {projector} in schema {schema} grant select on tables to {reader}, {writer};

-- The writer appends, sends commands and takes snapshots.
grant usage on sequence {schema}.event_position to {writer};
grant insert on {schema}.events, {schema}.commands, {schema}.schemas to {writer};
grant insert, update on {schema}.streams to {writer};
grant insert, update, delete on {schema}.snapshots to {writer};

-- The projector follows the feed, makes the tables of read models and fills them. A program that runs processes or inline
-- projections appends as well: its user is in both roles.
grant create on schema {schema} to {projector};
grant insert on {schema}.schemas to {projector};
grant insert, update, delete on {schema}.projections, {schema}.partitions, {schema}.workers, {schema}.parked,
    {schema}.inline_heads, {schema}.instances, {schema}.timers, {schema}.deliveries to {projector};

commit;
