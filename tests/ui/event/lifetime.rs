use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened<'a> {
    owner: &'a str,
}

fn main() {}
