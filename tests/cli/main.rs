//! The schema lock as functions and as commands, on crates of a few lines.

mod against;
mod apps;
mod check;
mod declarations;
mod diff;
mod export;
mod fixture;
mod lock;
mod releases;
mod run;
mod samples;
mod show;
mod transfer;
