//! 3 mistakes

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened), cache = 10)]
struct Account {
    owner: String,
}

#[derive(Clone)]
struct Open {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }

    fn open(self, command: Open) -> Result<AccountOpened, String> {
        Ok(AccountOpened { owner: command.owner })
    }
}

fn handled<A: Handle<C, Error = String>, C>() {}

fn main() {
    handled::<Account, Open>();
}
