//! What is stored reaches the broker, and what the broker has reaches the store, whatever is killed.

mod arrive;
mod broker;
mod inbox;
mod published;
mod stop;
mod survive;
