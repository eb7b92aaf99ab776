-- Rows of events are added and never changed. Where one has to be changed all the same: drop the trigger, change the row and
-- make the trigger again in one transaction.

create trigger annals_events_no_update before update on annals_events begin
    select raise(abort, 'events are added and never changed: an update of annals_events is refused. Where an event has to be changed all the same, drop the trigger annals_events_no_update and make it again in one transaction');
end;

create trigger annals_events_no_delete before delete on annals_events begin
    select raise(abort, 'events are added and never changed: a delete from annals_events is refused. Where an event has to be removed all the same, drop the trigger annals_events_no_delete and make it again in one transaction');
end;
