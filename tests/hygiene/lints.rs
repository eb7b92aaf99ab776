//! Under every lint that a strict crate may deny.

#![deny(
    warnings,
    missing_docs,
    unused,
    unreachable_pub,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_lifetimes,
    unused_qualifications,
    variant_size_differences,
    clippy::all,
    clippy::pedantic
)]
#![forbid(unsafe_code, elided_lifetimes_in_paths)]

use annals::prelude::*;

/// An amount.
#[derive(Schema, Serialize, Deserialize, Clone, Copy, Default, PartialEq)]
pub struct Money<T> {
    /// How much.
    pub amount: T,
}

/// Opened.
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "account.opened", version = 1)]
pub struct AccountOpenedV1 {
    /// By whom.
    pub owner: String,
}

/// Opened.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = |old: AccountOpenedV1| AccountOpened { owner: old.owner, padding: [0; 32] })]
pub struct AccountOpened {
    /// By whom.
    pub owner: String,
    /// To be large.
    pub padding: [u64; 32],
}

/// Closed.
#[derive(Event, Serialize, Deserialize)]
#[event("account.closed")]
pub struct AccountClosed;

/// An account.
#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(
    name = "account",
    events(AccountOpened, AccountClosed),
    commands(Close),
    snapshot(every = 10)
)]
pub struct Account {
    owner: Option<String>,
    balance: Money<i64>,
}

/// Closes it.
#[derive(Command, Clone, Serialize, Deserialize)]
#[command("account.close")]
pub struct Close;

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = Some(event.owner);
        self.balance = Money::default();
    }

    fn closed(&mut self, _: AccountClosed) {
        self.owner = None;
    }

    fn close(&self, _: Close) -> Result<AccountClosed, String> {
        Ok(AccountClosed)
    }
}

/// A balance.
#[derive(ReadModel)]
pub struct Balance {
    #[key]
    account: String,
    #[key]
    #[column(text)]
    branch: u8,
    #[column(json)]
    tags: Option<Vec<String>>,
}

#[projection(name = "balances", exhaustive(Account), ignore(Moved))]
impl Balance {
    #[key((event.owner.clone(), cx.stream().to_string()))]
    fn opened(event: &AccountOpened, cx: &Recorded) -> Result<Self, String> {
        Ok(Balance {
            account: cx.stream().to_string(),
            branch: 1,
            tags: Some(vec![event.owner.clone()]),
        })
    }

    #[keys([(String::new(), cx.stream().to_string())])]
    fn closed(self, AccountClosed: &AccountClosed, cx: &Recorded) -> Option<Self> {
        (cx.stream().to_string() == self.account).then_some(self)
    }
}

/// Moved.
#[derive(Event, Serialize, Deserialize)]
#[event("account.moved")]
pub struct Moved;

/// Closes accounts.
#[derive(Event, Serialize, Deserialize)]
#[event("closing.stepped")]
pub struct Closing {
    steps: u32,
}

/// Late.
#[derive(Event, Serialize, Deserialize)]
#[event("closing.late")]
pub struct Late;

#[process(name = "closing", partitions = 4)]
impl Closing {
    #[key(cx.stream().id())]
    fn opened(_: &AccountOpened, _: &Recorded, out: &mut Out<Self>) -> Result<Self, String> {
        let account = out.id().to_owned();
        out.to::<Account>(account).send(Close);
        out.after(std::time::Duration::from_secs(1), Late);
        Ok(Closing { steps: 0 })
    }

    #[key(cx.stream().id())]
    fn closed(&mut self, AccountClosed: &AccountClosed, out: &mut Out<Self>) {
        out.finish();
    }

    #[key("moved")]
    fn moved(state: Option<Self>, _: &Moved) -> Self {
        state.unwrap_or(Closing { steps: 0 })
    }

    fn refused(&mut self, refused: &Rejected<Account, Close>) -> Result<(), String> {
        Err(refused.reason().clone())
    }

    fn late(&mut self, _: &Timer<Late>) {
        self.steps += 1;
    }
}

/// Sends mail.
#[derive(Debug)]
pub struct Mailer;

#[projection("mail")]
impl Mailer {
    #[effect]
    async fn opened(&self, event: &AccountOpened) -> Result<(), String> {
        Err(event.owner.clone())
    }

    #[key(cx.stream())]
    async fn closed(&self, _: &AccountClosed, cx: &Recorded, tx: &mut Tx) -> Result<(), String> {
        let _ = tx;
        std::future::ready(()).await;
        Err(cx.stream().to_string())
    }
}
