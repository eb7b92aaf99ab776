//! Among types, traits and macros of the user's own that are called like those of `std`.

#![allow(dead_code, unused_macros)]

use annals::{Aggregate, Event, Schema, aggregate};
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
#[aggregate(events(Planted), snapshot(every = 3))]
struct Garden {
    trees: ::std::vec::Vec<Tree>,
}

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

#[test]
fn it_compiles() {
    assert_eq!(<Garden as Aggregate>::NAME, "garden");
    assert!(<Garden as Aggregate>::SNAPSHOTS.is_some());
}
