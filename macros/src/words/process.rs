//! The words of processes.

use super::{Attribute, CRATE, PARTITIONS, VERSION, key};

pub(crate) static PROCESS: Attribute = Attribute {
    name: "process",
    keys: &[
        key("name", "a string", "name = \"order-fulfilment\""),
        VERSION,
        PARTITIONS,
        CRATE,
    ],
    short: Some("name"),
    home: "`#[process(..)]` of an impl block",
};
