use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("inventory.reserved")]
struct Reserved;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve;

#[derive(Aggregate, Default)]
#[aggregate(name = "in ventory", events(Reserved), commands(Reserve))]
struct Inventory;

#[aggregate]
impl Inventory {
    fn reserved(&mut self, _: Reserved) {}

    fn reserve(&self, _: Reserve) -> Result<Reserved, String> {
        Ok(Reserved)
    }
}

fn main() {}
