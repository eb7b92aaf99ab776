use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Default)]
struct Account {
    owner: String,
}

#[derive(Clone)]
struct Open {
    owner: String,
}

#[aggregate]
impl Account {
    fn open(&self, command: Open) -> Result<AccountOpened, String> {
        if self.owner.is_empty() {
            Ok(AccountOpened { owner: command.owner })
        } else {
            Err("open already".to_owned())
        }
    }
}

fn main() {}
