//! The enum is as visible as its aggregate.

use annals::prelude::*;

mod inner {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("opened")]
    pub(crate) struct Opened;

    #[derive(Aggregate, Default)]
    #[aggregate(events(Opened))]
    pub(crate) struct Account;

    #[aggregate]
    impl Account {
        fn opened(&mut self, _: Opened) {}
    }

    mod secret {
        use annals::prelude::*;

        #[derive(Event, Serialize, Deserialize)]
        #[event("told")]
        pub(super) struct Told;
    }

    #[derive(Aggregate, Default)]
    #[aggregate(events(secret::Told))]
    struct Diary;

    #[aggregate]
    impl Diary {
        fn told(&mut self, _: secret::Told) {}
    }

    pub(crate) fn diary() -> &'static str {
        DiaryEvent::Told(secret::Told).name()
    }
    use annals::EventSet as _;
}

#[test]
fn the_enum_is_reachable() {
    let event: inner::AccountEvent = inner::Opened.into();
    let inner::AccountEvent::Opened(_) = event;
    assert_eq!(inner::Account::NAME, "account");
    assert_eq!(inner::diary(), "told");
}
