//! Everything inside a function.

#[test]
fn it_compiles() {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "opened", version = 1)]
    struct OpenedV1;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "opened", version = 2, upcast = |OpenedV1: OpenedV1| Opened { cents: 0 })]
    struct Opened {
        cents: i64,
    }

    #[derive(Schema, Serialize, Deserialize, Default)]
    struct Money<T> {
        amount: T,
    }

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "account", events(Opened), snapshot(every = 1))]
    struct Account {
        balance: Money<i64>,
    }

    #[derive(Clone)]
    struct Open;

    #[aggregate]
    impl Account {
        fn opened(&mut self, event: Opened) {
            self.balance.amount = event.cents;
        }

        fn open(&self, _: Open) -> Result<[Opened; 2], std::convert::Infallible> {
            Ok([Opened { cents: 1 }, Opened { cents: 2 }])
        }
    }

    let answer = Account::default().open(Open);
    assert_eq!(answer.map(|events| events[1].cents), Ok(2));
    assert!(Opened::PAST.is_some());
}
