use annals::prelude::*;

#[derive(Event)]
#[event("account.opened")]
union AccountOpened {
    owner: u32,
    number: i32,
}

fn main() {}
