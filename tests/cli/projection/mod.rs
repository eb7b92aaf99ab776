//! `projection ..`, `parked ..`, `migrate ..` and `serve`.

mod confirmed;
mod migrated;
mod models;
mod operated;
mod parked;
mod printed;
mod served;
mod standing;
