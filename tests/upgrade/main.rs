//! Databases of every earlier release, as they were dumped: opened by today's program they lose nothing and go on.

mod domain;
mod fixture;
mod opened;
