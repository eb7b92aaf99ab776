//! What becomes of a command: an event in all but its purpose.

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("inventory.reserved")]
struct Reserved {
    pieces: u32,
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(name = "inventory.reserve", version = 1)]
struct ReserveV1(u32);

#[derive(Command, Clone, Serialize, Deserialize, Debug, PartialEq)]
#[command(
    name = "inventory.reserve",
    version = 2,
    upcast = |old: ReserveV1| Self { pieces: old.0 },
    aliases("stock.reserve"),
    meaning = "pieces, not boxes",
)]
struct Reserve {
    pieces: u32,
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.release")]
struct Release;

#[derive(Aggregate, Default)]
#[aggregate(events(Reserved), commands(Reserve, Release))]
struct Inventory {
    reserved: u32,
}

#[aggregate]
impl Inventory {
    fn reserved(&mut self, event: Reserved) {
        self.reserved = event.pieces;
    }

    fn reserve(&self, command: Reserve) -> Result<Reserved, String> {
        let pieces = self.reserved + command.pieces;
        Ok(Reserved { pieces })
    }

    fn release(&self, _: &Release) -> Result<Reserved, String> {
        Ok(Reserved { pieces: 0 })
    }
}

fn is_command<C: Command>(_: &C) {}

fn is_taken_by<A: annals::Accepts<C>, C>(_: &C) {}

#[test]
fn a_command_has_what_an_event_has() {
    let reserve = Reserve { pieces: 3 };
    is_command(&reserve);
    is_command(&ReserveV1(3));
    assert_eq!((Reserve::NAME, Reserve::VERSION), ("inventory.reserve", 2));
    assert_eq!((Release::NAME, Release::VERSION), ("inventory.release", 1));
    assert_eq!(Reserve::ALIASES, ["stock.reserve"]);
    assert_eq!(Reserve::MEANING, "pieces, not boxes");
    assert_eq!(Reserve::SHAPE.to_string(), ".: struct\npieces: u32");
    assert!(Reserve::PAST.is_some() && ReserveV1::PAST.is_none());
    assert!(Reserve::EQUAL.is_some() && Release::EQUAL.is_none());
}

#[tokio::test]
async fn listed_commands_are_taken_and_executed_all_the_same() {
    let reserve = Reserve { pieces: 3 };
    is_taken_by::<Inventory, _>(&reserve);
    is_taken_by::<Inventory, _>(&Release);
    assert_eq!(Inventory::COMMANDS.len(), 2);

    let store = Store::connect("sqlite::memory:").await.expect("a store");
    let inventory = store.aggregate::<Inventory>("7");
    inventory.execute(reserve.clone()).await.expect("reserved");
    inventory.execute(reserve).await.expect("reserved");
    assert_eq!(inventory.load().await.expect("a state").reserved, 6);
    inventory.execute(Release).await.expect("released");
    assert_eq!(inventory.load().await.expect("a state").reserved, 0);
}
