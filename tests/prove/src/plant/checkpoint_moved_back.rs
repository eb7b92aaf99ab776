//! A trigger undoes what keeps two workers from handling the same events: the checkpoint, which moves in the transaction
//! that writes the rows. Now and then it stays where it was, and whoever has the lease next handles the page again.

use crate::raw::Raw;

pub(super) async fn before(raw: &mut Raw) -> Result<(), sqlx::Error> {
    let sql = match raw {
        Raw::Postgres(_) => {
            "create function prove_move_back() returns trigger language plpgsql as $$ begin \
             if new.checkpoint > old.checkpoint and random() < 0.05 then new.checkpoint := old.checkpoint; end if; \
             return new; end $$; \
             create trigger prove_move_back before update on {partitions} for each row execute function prove_move_back()"
        }
        Raw::Sqlite(_) => {
            "create trigger prove_move_back after update of checkpoint on {partitions} \
             when new.checkpoint > old.checkpoint and abs(random()) % 20 = 0 begin \
             update {partitions} set checkpoint = old.checkpoint where projection = old.projection \
             and version = old.version and partition = old.partition; end"
        }
    };
    raw.sql(sql).await.map(|_| ())
}

pub(super) async fn after(raw: &mut Raw) -> Result<(), sqlx::Error> {
    let sql = match raw {
        Raw::Postgres(_) => "drop trigger prove_move_back on {partitions}",
        Raw::Sqlite(_) => "drop trigger prove_move_back",
    };
    raw.sql(sql).await.map(|_| ())
}
