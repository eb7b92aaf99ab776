use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[column(jsonb)]
    extra: Vec<String>,
}

fn main() {}
