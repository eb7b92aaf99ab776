//! Without any name that the compiler brings.

#![no_implicit_prelude]

#[derive(::annals::Event, ::serde::Serialize, ::serde::Deserialize, ::std::fmt::Debug)]
#[event(name = "opened", version = 2, upcast = |old: OpenedV1| Opened { owner: old.0 })]
struct Opened {
    owner: ::std::string::String,
}

#[derive(::annals::Event, ::serde::Serialize, ::serde::Deserialize)]
#[event(name = "opened", version = 1, aliases("created"))]
struct OpenedV1(::std::string::String);

#[derive(::annals::Event, ::serde::Serialize, ::serde::Deserialize)]
#[event(name = "noted", version = 3, upcast_json = Self::from_raw)]
struct Noted(::std::string::String);

impl Noted {
    fn from_raw(old: ::annals::RawEvent<'_>) -> ::std::result::Result<Self, ::serde_json::Error> {
        old.json()
    }
}

#[derive(::annals::Event, ::serde::Serialize, ::serde::Deserialize)]
#[event("pinged")]
struct Pinged;

#[derive(
    ::annals::Aggregate, ::std::default::Default, ::serde::Serialize, ::serde::Deserialize,
)]
#[aggregate(
    events(Opened),
    reads(|_: Pinged| ()),
    id = ::std::primitive::u64,
    commands(Open),
    snapshot(when = Account::is_due, logic = 2),
)]
struct Account {
    owner: ::std::string::String,
}

impl Account {
    fn is_due(&self, progress: ::annals::SnapshotProgress) -> bool {
        progress.events_since_snapshot > 10
    }
}

#[derive(::annals::Command, ::std::clone::Clone, ::serde::Serialize, ::serde::Deserialize)]
#[command("open")]
struct Open;

#[::annals::aggregate]
impl Account {
    fn opened(&mut self, event: Opened, _: &::annals::Recorded) {
        self.owner = event.owner;
    }

    fn open(
        &self,
        _: &Open,
        _: &::annals::Context,
    ) -> ::std::result::Result<(), ::std::string::String> {
        ::std::result::Result::Ok(())
    }
}

#[derive(::annals::ReadModel)]
struct Balance {
    #[key]
    account: ::std::string::String,
    #[key]
    #[column(text)]
    branch: ::std::primitive::u8,
    #[column(json)]
    notes: ::std::vec::Vec<::std::string::String>,
    #[index]
    owner: ::std::option::Option<::std::string::String>,
}

#[::annals::projection(name = "balances", exhaustive(Account), ignore(Pinged))]
impl Balance {
    #[key((::std::string::ToString::to_string(cx.stream()), ::std::convert::From::from("1")))]
    fn opened(event: &Opened, cx: &::annals::Recorded) -> ::std::option::Option<Self> {
        ::std::option::Option::Some(Balance {
            account: ::std::string::ToString::to_string(cx.stream()),
            branch: 1,
            notes: ::std::vec::Vec::new(),
            owner: ::std::option::Option::Some(::std::clone::Clone::clone(&event.owner)),
        })
    }

    #[keys([(::std::clone::Clone::clone(&noted.0), ::std::string::String::new())])]
    fn noted(&mut self, noted: &Noted) {
        self.owner = ::std::option::Option::Some(::std::clone::Clone::clone(&noted.0));
    }
}

#[derive(::annals::Event, ::serde::Serialize, ::serde::Deserialize)]
#[event("welcome")]
struct Welcome {
    steps: ::std::primitive::u8,
}

#[::annals::process(name = "welcome", version = 2, partitions = 2)]
impl Welcome {
    #[key(opened.owner)]
    fn opened(
        state: ::std::option::Option<Self>,
        opened: &Opened,
        _: &::annals::Recorded,
        out: &mut ::annals::process::Out<Self>,
    ) -> ::std::result::Result<Self, ::std::string::String> {
        out.to::<Account>(7_u64).send(Open);
        out.after(::std::time::Duration::from_secs(1), Pinged);
        let _ = opened;
        ::std::option::Option::ok_or(state, ::std::string::String::new())
    }

    #[key(cx.stream().id())]
    fn noted(&mut self, _: &Noted) {
        self.steps += 1;
    }

    fn refused(&mut self, _: &::annals::process::Rejected<Account, Open>) {
        self.steps += 1;
    }

    fn pinged(
        &mut self,
        _: &::annals::process::Timer<Pinged>,
    ) -> ::std::result::Result<(), ::std::string::String> {
        ::std::result::Result::Ok(())
    }
}

struct Mailer;

#[::annals::projection("mail")]
impl Mailer {
    #[effect]
    #[key(1)]
    async fn opened(
        &self,
        _: &Opened,
        tx: &mut ::annals::Tx,
    ) -> ::std::result::Result<(), ::std::string::String> {
        let _ = tx.as_sqlite();
        ::std::result::Result::Ok(())
    }
}

#[::std::prelude::v1::test]
fn it_compiles() {
    let opened = Opened {
        owner: ::std::convert::From::from("ann"),
    };
    ::std::assert_eq!(
        ::std::format!(
            "{:?}",
            <AccountEvent as ::std::convert::From<_>>::from(opened)
        ),
        "Opened { owner: \"ann\" }"
    );
    ::std::assert_eq!(<Account as ::annals::Aggregate>::NAME, "account");
    ::std::assert!(<Opened as ::annals::Event>::PAST.is_some());
    ::std::assert!(<Noted as ::annals::Event>::PAST.is_some());
    ::std::assert!(Noted(::std::string::String::new()).0.is_empty());
    ::std::assert_eq!(<Balance as ::annals::Projection>::NAME, "balances");
    ::std::assert_eq!(<Mailer as ::annals::EventHandler>::NAME, "mail");
    ::std::assert_eq!(<Open as ::annals::Event>::NAME, "open");
    ::std::assert_eq!(<Welcome as ::annals::process::Process>::INPUTS.len(), 4);
}
