use annals::prelude::*;

struct AccountId(u64);

#[derive(ReadModel)]
struct Balance {
    #[key]
    bank: String,
    #[key]
    account: AccountId,
}

fn main() {}
