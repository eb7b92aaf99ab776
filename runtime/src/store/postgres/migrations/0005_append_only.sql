-- Rows of events are added and never changed, whoever is connected. The trigger is run once for a statement, and never for
-- one that inserts.

create function {schema}.refuse_change() returns trigger language plpgsql as $refuse$
begin
    raise exception 'events are added and never changed: % on %.% is refused',
            lower(tg_op), quote_ident(tg_table_schema), quote_ident(tg_table_name)
        using errcode = 'restrict_violation',
              hint = format('Where an event has to be changed all the same, its owner does so in one transaction: '
                  || 'begin; alter table %1$I.%2$I disable trigger %3$I; ..; alter table %1$I.%2$I enable trigger %3$I; commit;',
                  tg_table_schema, tg_table_name, tg_name);
end
$refuse$;

create trigger append_only before update or delete or truncate on {schema}.events
    for each statement execute function {schema}.refuse_change();
