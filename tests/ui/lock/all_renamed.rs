use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
#[annals(lock = "released")]
#[serde(rename_all = "camelCase")]
struct AccountClosed {
    account_id: String,
    reason: Reason,
}

#[derive(Schema, Serialize, Deserialize)]
enum Reason {
    Request,
    Fraud { report: u32 },
}

fn main() {}
