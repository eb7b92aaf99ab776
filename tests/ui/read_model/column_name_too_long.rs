use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    cents_that_are_held_by_all_accounts_of_all_branches_together: i64,
}

fn main() {}
