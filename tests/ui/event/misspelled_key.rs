use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", vesion = 2)]
struct AccountOpened {
    owner: String,
}

fn main() {}
