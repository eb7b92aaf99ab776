//! The macros where the crate has another name, and where it is re-exported by one of the user's own.

mod framework {
    pub(crate) use renamed_annals::*;
}

use renamed_annals::prelude::*;

/// Money.
#[derive(Schema, Serialize, Deserialize, Default)]
#[annals(crate = ::renamed_annals)]
pub struct Money(i64, Option<Box<Money>>);

/// Opened.
#[derive(Event, Serialize, Deserialize)]
#[event("opened")]
#[annals(crate = crate::framework)]
pub struct OpenedV1;

/// Opened.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "opened", version = 2, upcast = |_: OpenedV1| Opened(Money::default()))]
#[annals(crate = ::renamed_annals)]
pub struct Opened(Money);

/// Pinged.
#[derive(Event, Serialize, Deserialize)]
#[event("pinged")]
#[annals(crate = renamed_annals)]
pub struct Pinged;

/// An account.
#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(events(Opened), commands(Open), reads(|_: Pinged| ()), snapshot(every = 5))]
#[annals(crate = crate::framework)]
pub struct Account {
    balance: Money,
}

/// Opens it.
#[derive(Command, Clone, Serialize, Deserialize)]
#[command("open")]
#[annals(crate = crate::framework)]
pub struct Open;

type OpenResult<T> = Result<T, String>;

#[aggregate(crate = ::renamed_annals)]
impl Account {
    fn opened(&mut self, event: Opened, _: &Recorded) {
        self.balance = event.0;
    }

    fn open(&self, _: Open) -> OpenResult<Opened> {
        Ok(Opened(Money::default()))
    }
}

/// A balance.
#[derive(ReadModel)]
#[annals(crate = crate::framework)]
pub struct Balance {
    #[key]
    account: String,
    #[column(json)]
    money: Option<Money>,
}

#[projection(name = "balances", exhaustive(Account), ignore(Pinged), crate = crate::framework)]
impl Balance {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().to_string(),
            money: None,
        }
    }
}

/// Welcomes owners.
#[derive(Event, Serialize, Deserialize)]
#[event("welcome")]
#[annals(crate = ::renamed_annals)]
pub struct Welcome;

#[process(name = "welcome", crate = crate::framework)]
impl Welcome {
    #[key(cx.stream().id())]
    fn opened(_: &Opened, out: &mut Out<Self>) -> Self {
        out.to::<Account>("one").send(Open);
        out.after(std::time::Duration::from_secs(1), Pinged);
        Welcome
    }

    fn refused(&mut self, _: &Rejected<Account, Open>) {}

    fn pinged(&mut self, _: &Timer<Pinged>) {}
}

/// Sends mail.
pub struct Mailer;

#[projection(name = "mail", crate = ::renamed_annals)]
impl Mailer {
    async fn opened(&self, _: &Opened, _: &mut Tx) -> Result<(), String> {
        Ok(())
    }
}
