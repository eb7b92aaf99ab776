use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("page.printed")]
#[annals(lock = "released")]
struct PagePrinted(u32, u8);

fn main() {}
