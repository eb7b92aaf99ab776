use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
#[annals(lock = "released")]
struct AccountClosed {
    account_id: String,
    reason: Reason,
}

#[derive(Schema, Serialize, Deserialize)]
enum Reason {
    Request,
}

fn main() {}
