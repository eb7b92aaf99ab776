//! Read models are what their events say, however they are kept up to date: every test here runs on PostgreSQL and on SQLite.

mod as_aggregates_read;
mod columns;
mod follow;
mod handlers;
mod inline;
mod long_pages;
mod models;
mod poison;
mod races;
mod reading;
mod shapes;
mod starting;
mod stored;
mod unreadable;
