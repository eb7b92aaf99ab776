//! The commands: of the schema lock, on crates of a few lines, and of the store, on both databases.

mod against;
mod apps;
mod check;
mod declarations;
mod diff;
mod doctor;
mod doctor_postgres;
mod event;
mod export;
mod fixture;
mod follow;
mod lock;
mod outbox;
mod process;
mod projection;
mod read_models;
mod releases;
mod run;
mod samples;
mod show;
mod stats;
mod stored;
mod stream;
mod trace;
mod transfer;
