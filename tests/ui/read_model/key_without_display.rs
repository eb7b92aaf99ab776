use annals::prelude::*;

struct AccountId(u64);

#[derive(ReadModel)]
struct Balance {
    #[key]
    #[column(text)]
    account: AccountId,
    cents: i64,
}

fn main() {}
