//! The write side of the README's first example, with one `use` of annals.

use std::fmt;
use std::ops::{AddAssign, SubAssign};

use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
struct Money {
    cents: i64,
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.cents -= other.cents;
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.cents += other.cents;
    }
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_current)]
struct AccountOpened {
    owner: String,
    email: Option<String>,
    balance: Money,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "money.deposited")]
struct MoneyDeposited {
    amount: Money,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("money.withdrawn")]
struct MoneyWithdrawn {
    amount: Money,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    owner: String,
    initial_balance: i64,
}

impl AccountOpenedV1 {
    fn into_current(self) -> AccountOpened {
        AccountOpened {
            owner: self.owner,
            email: None,
            balance: Money {
                cents: self.initial_balance,
            },
        }
    }
}

#[derive(Event, Serialize, Deserialize)]
#[event("pinged")]
struct Pinged;

#[derive(Event, Serialize, Deserialize)]
#[event("money.moved")]
struct MoneyMoved {
    amounts: Vec<Money>,
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(
    name = "account",
    events(AccountOpened, MoneyDeposited, MoneyWithdrawn),
    reads(|_: Pinged| (), Self::moved),
    snapshot(every = 100),
)]
struct Account {
    owner: String,
    email: Option<String>,
    balance: Money,
}

impl Account {
    fn moved(old: MoneyMoved) -> Vec<MoneyDeposited> {
        old.amounts
            .into_iter()
            .map(|amount| MoneyDeposited { amount })
            .collect()
    }
}

#[derive(Clone)]
struct Withdraw {
    amount: Money,
}

#[derive(Clone)]
struct Transfer {
    amount: Money,
}

#[derive(Debug, PartialEq)]
enum BankError {
    InsufficientFunds,
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not enough")
    }
}

type Answer<T> = Result<T, BankError>;
type BankResult<T> = Answer<T>;

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened, cx: &Recorded) {
        self.owner = format!("{} at {}", event.owner, cx.stream());
        self.email = event.email;
        self.balance = event.balance;
    }

    fn deposited(&mut self, event: &MoneyDeposited) {
        self.balance += event.amount;
    }

    /// Takes money out.
    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.balance -= event.amount;
    }

    fn withdraw(&self, command: Withdraw) -> Result<MoneyWithdrawn, BankError> {
        if self.balance < command.amount {
            return Err(BankError::InsufficientFunds);
        }
        Ok(MoneyWithdrawn {
            amount: command.amount,
        })
    }

    fn transfer(
        &self,
        command: &Transfer,
        cx: &Context,
    ) -> BankResult<(MoneyWithdrawn, MoneyDeposited)> {
        let _ = cx.now();
        let withdrawn = MoneyWithdrawn {
            amount: command.amount,
        };
        let deposited = MoneyDeposited {
            amount: command.amount,
        };
        Ok((withdrawn, deposited))
    }
}

#[test]
fn the_example_is_what_it_says() {
    assert_eq!(Account::NAME, "account");
    assert_eq!(AccountOpened::NAME, "account.opened");
    assert_eq!((AccountOpened::VERSION, AccountOpenedV1::VERSION), (2, 1));
    assert_eq!(MoneyWithdrawn::VERSION, 1);
    assert_eq!(
        AccountOpened::SHAPE.to_string(),
        ".: struct\nbalance: struct\nbalance.cents: i64\nemail: optional text\nowner: text"
    );
    let withdrawn = AccountEvent::from(MoneyWithdrawn {
        amount: Money { cents: 7 },
    });
    assert_eq!(
        format!("{withdrawn:?}"),
        "MoneyWithdrawn { amount: Money { cents: 7 } }"
    );
    let account = Account {
        balance: Money { cents: 5 },
        ..Account::default()
    };
    let command = Withdraw {
        amount: Money { cents: 7 },
    };
    assert_eq!(account.withdraw(command), Err(BankError::InsufficientFunds));
}
