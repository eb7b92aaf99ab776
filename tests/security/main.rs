//! Who may do what, how the server is reached, and what is told to nobody.

mod bank;
mod cards;
mod models;
mod roles;
mod secrets;
mod tls;
mod traces;
