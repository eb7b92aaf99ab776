//! Events that go from one store to another as they were recorded: by a file ([`export`], [`import`]), or straight
//! ([`replay`]).
//!
//! # What is kept
//!
//! The id of an event, its type, the version of its shape, its payload, its metadata and correlation, and both times. The
//! payload is kept byte by byte, except in a store whose payloads are `jsonb`, which keeps what it says. An event keeps its
//! place in its stream, and gets a new position; positions are given out in the order of the source.
//!
//! Not taken along: command keys, so that a command which is repeated with its key in the new store is decided again;
//! snapshots, which are made again; and the mark of an archived stream.
//!
//! # What can be repeated
//!
//! All of it. What stands already at its place, and is the same, is passed over; where something else stands, nothing of the
//! batch is stored. So whatever was interrupted is run again, and goes on behind what stands. Two that run at the same time
//! do no harm.
//!
//! # What is checked
//!
//! Each event is read as the program would read it before it is stored: one of a type that the program does not know, of a
//! version newer than it knows, or with a payload that does not fit, is refused. `unchecked` takes such events along
//! unread. Drafts are refused where the store takes none, like in an append.

mod check;
mod export;
mod fit;
mod import;
mod lines;
mod mapped;
mod mapping;
mod merge;
mod replay;
mod tracks;
mod transform;
mod verify;
mod walk;

pub use export::{Export, Exported, export};
pub use import::{Import, Imported, import};
pub use replay::{Phase, Progress, Replay, Replayed, replay};

/// How many events are stored together where nothing was said.
const BATCH: u32 = 500;

/// How large the payloads of a batch are together, at most: the last one may go beyond.
const BATCH_BYTES: usize = 4 << 20;
