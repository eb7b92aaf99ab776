//! Items that come out of a `macro_rules!` macro.

use annals::prelude::*;

macro_rules! event {
    ($(#[$meta:meta])* $name:ident = $stored:literal, $version:expr, { $($field:ident: $of:ty),* $(,)? }) => {
        #[derive(Event, Serialize, Deserialize)]
        #[event(name = $stored)]
        $(#[$meta])*
        struct $name {
            $($field: $of),*
        }
    };
}

event!(Opened = "opened", 1, { owner: String, tags: Vec<String> });
event!(#[event(version = 2, upcast = |old: Opened| Renamed { owner: old.owner })] #[event(aliases("opened"))] Renamed = "renamed", 2, { owner: String });

macro_rules! account {
    ($name:ident: $($event:ty => $method:ident),+) => {
        #[derive(Aggregate, Default)]
        #[aggregate(events(Renamed))]
        struct $name {
            owner: String,
        }

        #[aggregate]
        impl $name {
            $(fn $method(&mut self, event: $event) {
                self.owner = event.owner;
            })+
        }
    };
}

account!(Account: Renamed => renamed);

#[test]
fn it_compiles() {
    let mut account = Account::default();
    account.renamed(Renamed {
        owner: "bo".to_owned(),
    });
    assert_eq!(account.owner, "bo");
    assert_eq!(Renamed::VERSION, Opened::VERSION + 1);
}
