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

macro_rules! projection_of {
    ($name:ident = $stored:literal { $key:ident: $of:ty }, $($event:ty => $method:ident by $row:expr),+) => {
        #[derive(ReadModel)]
        struct $name {
            #[key]
            $key: $of,
            changes: i64,
        }

        #[projection(name = $stored)]
        impl $name {
            $(
                #[key($row)]
                fn $method(&mut self, _: &$event, cx: &Recorded) {
                    self.changes += i64::from(cx.version().get() > 0);
                }
            )+

            #[cfg(any())]
            fn absent(&mut self, _: &Absent) {}

            #[cfg(all())]
            #[keys([&event.owner])]
            fn opened_first(&mut self, event: &OpenedFirst) {
                self.changes += i64::from(!event.owner.is_empty());
            }
        }
    };
}

event!(OpenedFirst = "opened.first", 1, { owner: String });
projection_of!(Owner = "owners" { name: String }, Renamed => renamed by "all");

macro_rules! process_of {
    ($name:ident = $stored:literal, $event:ty => $instance:expr, $to:ty, $command:ty => $made:expr) => {
        #[derive(Command, Clone, Serialize, Deserialize)]
        #[command("rename")]
        struct Rename;

        #[derive(Aggregate, Default)]
        #[aggregate(events(Renamed), commands(Rename))]
        struct Directory;

        #[aggregate]
        impl Directory {
            fn renamed(&mut self, _: Renamed) {}

            fn rename(&self, _: $command) -> Result<(), String> {
                Err("no".to_owned())
            }
        }

        #[derive(Event, Serialize, Deserialize)]
        #[event($stored)]
        struct $name {
            is_refused: bool,
        }

        #[process(name = $stored)]
        impl $name {
            #[key($instance)]
            fn started(_: &$event, out: &mut Out<Self>) -> Self {
                out.to::<$to>("all").send($made);
                out.cancel::<Opened>();
                $name { is_refused: false }
            }

            #[cfg(any())]
            #[key($instance)]
            fn absent(&mut self, _: &Absent) {}

            fn refused(&mut self, _: &Rejected<$to, $command>) {
                self.is_refused = true;
            }

            fn due(&mut self, _: &Timer<Opened>) {}
        }
    };
}

process_of!(Renaming = "renaming", Renamed => "all", Directory, Rename => Rename);

#[test]
fn it_compiles() {
    let mut account = Account::default();
    account.renamed(Renamed {
        owner: "bo".to_owned(),
    });
    assert_eq!(account.owner, "bo");
    assert_eq!(Renamed::VERSION, Opened::VERSION + 1);
    assert_eq!(Owner::HANDLERS.len(), 2);
    assert_eq!(Renaming::INPUTS.len(), 3);
}
