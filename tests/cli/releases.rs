//! The same events in one release after another.

/// The first one.
pub(crate) mod first {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("account.opened")]
    pub(crate) struct Opened {
        pub(crate) owner: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event("money.withdrawn")]
    pub(crate) struct Withdrawn {
        pub(crate) cents: i64,
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Opened, Withdrawn), snapshot(every = 10))]
    pub(crate) struct Account {
        balance: i64,
    }

    #[aggregate]
    impl Account {
        fn opened(&mut self, _: Opened) {}
        fn withdrawn(&mut self, event: Withdrawn) {
            self.balance -= event.cents;
        }
    }
}

/// A field more, which may be absent; another state.
pub(crate) mod amended {
    use super::first::Withdrawn;
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("account.opened")]
    pub(crate) struct Opened {
        pub(crate) owner: String,
        pub(crate) email: Option<String>,
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Opened, Withdrawn), snapshot(every = 10))]
    pub(crate) struct Account {
        balance: i64,
        owner: String,
    }

    #[aggregate]
    impl Account {
        fn opened(&mut self, event: Opened) {
            self.owner = event.email.unwrap_or(event.owner);
        }
        fn withdrawn(&mut self, event: Withdrawn) {
            self.balance -= event.cents;
        }
    }
}

/// A second version.
pub(crate) mod second {
    use super::first::Withdrawn;
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "account.opened", version = 2, upcast = OpenedV1::now)]
    pub(crate) struct Opened {
        pub(crate) owners: Vec<String>,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event("account.opened")]
    pub(crate) struct OpenedV1 {
        pub(crate) owner: String,
    }

    impl OpenedV1 {
        fn now(self) -> Opened {
            Opened {
                owners: vec![self.owner],
            }
        }
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Opened, Withdrawn), snapshot(every = 10))]
    pub(crate) struct Account {
        balance: i64,
    }

    #[aggregate]
    impl Account {
        fn opened(&mut self, _: Opened) {}
        fn withdrawn(&mut self, event: Withdrawn) {
            self.balance -= event.cents;
        }
    }
}

/// Another name.
pub(crate) mod renamed {
    use super::first::Withdrawn;
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "account.created", aliases("account.opened"))]
    pub(crate) struct Created {
        pub(crate) owner: String,
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Created, Withdrawn), snapshot(every = 10))]
    pub(crate) struct Account {
        balance: i64,
    }

    #[aggregate]
    impl Account {
        fn created(&mut self, _: Created) {}
        fn withdrawn(&mut self, event: Withdrawn) {
            self.balance -= event.cents;
        }
    }
}

/// An event that cannot read what was stored, and one that is gone.
pub(crate) mod broken {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("money.withdrawn")]
    pub(crate) struct Withdrawn {
        pub(crate) cents: u64,
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Withdrawn), snapshot(every = 10))]
    pub(crate) struct Account {
        balance: i64,
    }

    #[aggregate]
    impl Account {
        fn withdrawn(&mut self, _: Withdrawn) {}
    }
}

/// A second version that reads the first over JSON, without a type of it.
pub(crate) mod over_json {
    use annals::RawEvent;
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "account.opened", version = 2, upcast_json = now)]
    pub(crate) struct Opened {
        pub(crate) owners: Vec<String>,
    }

    fn now(old: RawEvent<'_>) -> Result<Opened, serde_json::Error> {
        #[derive(Deserialize)]
        struct Old {
            owner: String,
        }
        let Old { owner } = old.json()?;
        Ok(Opened {
            owners: vec![owner],
        })
    }
}
