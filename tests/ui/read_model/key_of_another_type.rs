use annals::prelude::*;

struct AccountId(u64);

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: AccountId,
    cents: i64,
}

fn main() {}
