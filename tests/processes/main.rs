//! Processes take each step once, whoever takes it: every test here runs on PostgreSQL and on SQLite.

mod delivered;
mod held;
mod lamps;
mod starting;
mod steps;
mod timers;
mod versions;
mod whole;
