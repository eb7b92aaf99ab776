//! The releases as apps. None of them is ever connected.

use annals::App;

use crate::releases::{amended, broken, first, over_json, renamed, second};

fn app() -> App {
    App::new("postgres://nobody@localhost:1/nothing")
}

pub(crate) fn empty() -> App {
    app()
}

pub(crate) fn first() -> App {
    app().aggregate::<first::Account>()
}

pub(crate) fn amended() -> App {
    app().aggregate::<amended::Account>()
}

pub(crate) fn second() -> App {
    app().aggregate::<second::Account>()
}

pub(crate) fn renamed() -> App {
    app().aggregate::<renamed::Account>()
}

pub(crate) fn broken() -> App {
    app().aggregate::<broken::Account>()
}

/// Without the aggregate: two events.
pub(crate) fn events() -> App {
    app().event::<first::Opened>().event::<first::Withdrawn>()
}

pub(crate) fn over_json() -> App {
    app().event::<over_json::Opened>()
}
