//! Read models are what their events say, however they are kept up to date: every test here runs on PostgreSQL and on SQLite.

mod columns;
mod follow;
mod handlers;
mod inline;
mod models;
mod poison;
mod races;
mod shapes;
mod stored;
mod unreadable;
