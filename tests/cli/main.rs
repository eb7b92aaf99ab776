//! The commands: of the schema lock, on crates of a few lines, and of projections, on both databases.

mod against;
mod apps;
mod check;
mod declarations;
mod diff;
mod export;
mod fixture;
mod lock;
mod projection;
mod releases;
mod run;
mod samples;
mod show;
