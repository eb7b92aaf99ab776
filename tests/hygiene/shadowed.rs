//! Among types, traits and macros of the user's own that are called like those of `std`.

#![allow(dead_code, unused_macros)]

use annals::process::Process;
use annals::{
    Aggregate, Command, Event, Projection, ReadModel, Schema, aggregate, process, projection,
};
use serde::{Deserialize, Serialize};

struct Option;
struct Result;
struct String;
struct Vec;
struct Box;
struct Some;
struct None;
struct Ok;
struct Err;
trait From {}
trait Into {}
trait Debug {}
trait Default {}
trait Clone {}
trait Iterator {}
mod annals_schema {}
mod core {}
mod std {}
macro_rules! unreachable {
    () => {
        compile_error!("the user's own macro")
    };
}

#[derive(Schema, Serialize, Deserialize)]
struct Tree {
    children: ::std::vec::Vec<Tree>,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "planted", version = 1)]
struct PlantedV1(Tree);

#[derive(Event, Serialize, Deserialize)]
#[event(name = "planted", version = 2, upcast = |old: PlantedV1| Planted { tree: old.0 })]
struct Planted {
    tree: Tree,
}

#[derive(Aggregate, ::std::default::Default, Serialize, Deserialize)]
#[aggregate(events(Planted), commands(Plant), snapshot(every = 3))]
struct Garden {
    trees: ::std::vec::Vec<Tree>,
}

#[derive(Command, ::std::clone::Clone, Serialize, Deserialize)]
#[command("plant")]
struct Plant;

#[aggregate]
impl Garden {
    fn planted(&mut self, event: Planted) {
        self.trees.push(event.tree);
    }

    fn plant(&self, _: Plant) -> ::std::result::Result<Planted, ()> {
        ::std::result::Result::Err(())
    }
}

struct Tx;
struct Failure;
struct Handler;
struct ColumnOf;

#[derive(ReadModel)]
struct Bed {
    #[key]
    id: ::std::string::String,
    #[column(json)]
    trees: ::std::option::Option<::std::vec::Vec<u8>>,
    #[column(text)]
    size: ::std::option::Option<u128>,
}

#[projection("beds")]
impl Bed {
    #[key("all")]
    fn planted(&mut self, _: &Planted) -> ::std::result::Result<(), &'static str> {
        self.size = ::std::option::Option::Some(7);
        ::std::result::Result::Ok(())
    }
}

struct Out;
struct Rejected;
struct Timer;
struct Input;

#[derive(Event, Serialize, Deserialize)]
#[event("gardener")]
struct Gardener;

#[process("gardener")]
impl Gardener {
    #[key("all")]
    fn planted(_: &Planted, out: &mut annals::process::Out<Self>) -> Self {
        out.to::<Garden>("one").send(Plant);
        Gardener
    }

    fn refused(
        &mut self,
        _: &annals::process::Rejected<Garden, Plant>,
    ) -> ::std::result::Result<(), &'static str> {
        ::std::result::Result::Ok(())
    }
}

struct Letters;

#[projection("letters")]
impl Letters {
    async fn planted(
        &self,
        _: &Planted,
        _: &mut annals::Tx,
    ) -> ::std::result::Result<(), &'static str> {
        ::std::result::Result::Ok(())
    }
}

#[test]
fn it_compiles() {
    assert_eq!(<Garden as Aggregate>::NAME, "garden");
    assert!(<Garden as Aggregate>::SNAPSHOTS.is_some());
    assert_eq!(<Bed as Projection>::HANDLERS.len(), 1);
    assert_eq!(<Gardener as Process>::INPUTS.len(), 2);
}
