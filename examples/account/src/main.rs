//! The smallest bank: an account with four events, four commands, and one event of an older release.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_current)]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.deposited")]
struct MoneyDeposited {
    amount: u64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
struct MoneyWithdrawn {
    amount: u64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
struct AccountClosed {}

// What the first release stored stays as it is, and is read as what we have today.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

impl AccountOpenedV1 {
    fn into_current(self) -> AccountOpened {
        AccountOpened { owner: self.name }
    }
}

#[derive(Aggregate, Default)]
#[aggregate(
    name = "account",
    events(AccountOpened, MoneyDeposited, MoneyWithdrawn, AccountClosed)
)]
struct Account {
    is_open: bool,
    balance: u64,
}

#[derive(Clone)]
struct Open(String);
#[derive(Clone)]
struct Deposit(u64);
#[derive(Clone)]
struct Withdraw(u64);
#[derive(Clone)]
struct Close;

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the account is already open")]
    AlreadyOpen,
    #[error("the account is not open")]
    NotOpen,
    #[error("the balance is {0}")]
    Balance(u64),
}

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {
        self.is_open = true;
    }
    fn deposited(&mut self, event: MoneyDeposited) {
        self.balance += event.amount;
    }
    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.balance -= event.amount;
    }
    fn closed(&mut self, _: AccountClosed) {
        self.is_open = false;
    }

    fn open(&self, Open(owner): Open) -> Result<AccountOpened, Refusal> {
        match self.is_open {
            false => Ok(AccountOpened { owner }),
            true => Err(Refusal::AlreadyOpen),
        }
    }
    fn deposit(&self, Deposit(amount): Deposit) -> Result<MoneyDeposited, Refusal> {
        match self.is_open {
            true => Ok(MoneyDeposited { amount }),
            false => Err(Refusal::NotOpen),
        }
    }
    fn withdraw(&self, Withdraw(amount): Withdraw) -> Result<MoneyWithdrawn, Refusal> {
        match amount <= self.balance {
            true => Ok(MoneyWithdrawn { amount }),
            false => Err(Refusal::Balance(self.balance)),
        }
    }
    fn close(&self, _: Close) -> Result<Option<AccountClosed>, Refusal> {
        match self.balance {
            0 => Ok(self.is_open.then_some(AccountClosed {})),
            balance => Err(Refusal::Balance(balance)),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::connect("sqlite::memory:").await?;
    let account = store.aggregate::<Account>("123");

    account.execute(Open("Jana Novotná".to_owned())).await?;
    account.execute(Deposit(1_000)).await?;
    account.execute(Withdraw(300)).await?;
    println!("balance: {}", account.load().await?.balance);

    // Refused, and nothing is stored.
    if let Err(refused) = account.execute(Withdraw(5_000)).await {
        println!("withdraw 5000: {refused}");
    }

    // Every past state is there.
    let then = account.state_at(AsOf::version(Version::new(2))).await?;
    println!("balance after two events: {}", then.balance);

    account.execute(Withdraw(700)).await?;
    account.execute(Close).await?;
    println!("events: {}", account.load().await?.version());
    Ok(())
}
