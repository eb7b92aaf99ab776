//! Processes take each step once, whoever takes it: every test here runs on PostgreSQL and on SQLite.

mod lamps;
mod starting;
mod steps;
mod timers;
mod versions;
