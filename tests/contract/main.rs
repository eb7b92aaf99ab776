//! What a store of annals does, whichever database it is on: every test here runs on PostgreSQL and on SQLite.

mod append;
mod append_only;
mod commands;
mod context;
mod damage;
mod decoding;
mod drafts;
mod feed;
mod feed_filters;
mod feed_refusals;
mod follow;
mod groups;
mod history;
mod idempotence;
mod keys;
mod load;
mod manifest;
mod metadata;
mod names;
mod read;
mod refusals;
mod releases;
mod snapshots;
mod tenants;
mod transactions;
mod upcasts;
