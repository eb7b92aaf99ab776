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
    #[aggregate(name = "account", events(Opened), commands(Open), snapshot(every = 1))]
    struct Account {
        balance: Money<i64>,
    }

    #[derive(Command, Clone, Serialize, Deserialize)]
    #[command("open")]
    struct Open;

    #[aggregate]
    impl Account {
        fn opened(&mut self, event: Opened) {
            self.balance.amount = event.cents;
        }

        fn open(&self, _: Open) -> Result<[Opened; 2], String> {
            Ok([Opened { cents: 1 }, Opened { cents: 2 }])
        }
    }

    #[derive(ReadModel)]
    struct Balance {
        #[key]
        account: String,
        #[column(json)]
        money: Option<Vec<i64>>,
    }

    #[projection(name = "balances", exhaustive(Account))]
    impl Balance {
        fn opened(row: Option<Self>, Opened { cents }: &Opened, cx: &Recorded) -> Self {
            let account = cx.stream().to_string();
            let mut money = row.and_then(|row| row.money).unwrap_or_default();
            money.push(*cents);
            Balance {
                account,
                money: Some(money),
            }
        }
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event("welcome")]
    struct Welcome;

    #[process("welcome")]
    impl Welcome {
        #[key(cents)]
        fn opened(Opened { cents }: &Opened, out: &mut Out<Self>) -> Self {
            out.to::<Account>(cents.to_string()).send(Open);
            Welcome
        }

        fn refused(&mut self, refused: &Rejected<Account, Open>) {
            let _ = refused.reason();
        }
    }

    struct Mailer;

    #[projection("mail")]
    impl Mailer {
        async fn opened(&self, _: &Opened) -> Result<(), String> {
            Ok(())
        }
    }

    let app = annals::App::new("sqlite::memory:").handler(Mailer);
    assert!(format!("{app:?}").contains("mail v1"));
    assert_eq!(Balance::HANDLERS.len(), 1);
    assert_eq!(Welcome::INPUTS.len(), 2);
    let answer = Account::default().open(Open);
    assert_eq!(answer.map(|events| events[1].cents), Ok(2));
    assert!(Opened::PAST.is_some());
}
