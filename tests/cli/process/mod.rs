//! `process ..` and `timers ..`, and what other commands say of processes.

mod cancelled;
mod elsewhere;
mod listed;
mod models;
mod retried;
mod served;
mod shown;
mod timers;
