use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.changed")]
enum AccountChanged {
    Renamed {
        owner: String,
        #[serde(default, skip_serializing)]
        note: String,
    },
}

fn main() {}
