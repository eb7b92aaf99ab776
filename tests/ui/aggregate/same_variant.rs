use annals::prelude::*;

mod savings {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("savings.opened")]
    pub struct Opened;
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct Opened;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(Opened, savings::Opened))]
struct Account;

#[aggregate]
impl Account {
    fn opened(&mut self, _: Opened) {}
    fn savings_opened(&mut self, _: savings::Opened) {}
}

fn main() {}
