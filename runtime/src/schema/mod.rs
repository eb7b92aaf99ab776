//! The schema lock as functions: what is declared, what is locked, and what lies between the two. Beside them stands all of
//! the crate `annals-schema`.
//!
//! Every function takes an [`App`](crate::App) and looks at what was added to it, so a program that reads an event or an
//! aggregate of a crate has to add it: what the lock holds and the app lacks is taken for deleted. The command line
//! (`schema lock`, `schema check`, ..; see [`cli`](crate::cli)) prints what these functions answer.
//!
//! # Whose lock it is
//!
//! An event belongs to the lock of the crate in which it is declared. The lock of a dependency (a crate below
//! `registry/src` or `git/checkouts` of cargo, or a vendored one) is read and never written: its drafts are locked in its
//! own repository.
//!
//! # What an amendment keeps
//!
//! When a locked version gets a field more that may be absent, or the like, the newest shape takes the place of the
//! locked one. Nothing that earlier releases stored is lost by that, because the newest shape says all of it that a later
//! change could break. For each rule that lets an amendment pass ([`Rule::backward`]):
//!
//! | rule | what of the old shape matters later, and where the new one says it |
//! |---|---|
//! | `FIELD_ADDED_OPTIONAL`, `FIELD_ADDED_TO_CLOSED`, `FIELD_NOW_OPTIONAL`, `FIELD_NOW_OMITTED`, `FIELD_NOW_OMITTED_WHERE_REQUIRED` | that the field may be absent: it is `optional` or `default`, and taking that away is `FIELD_NOW_REQUIRED` |
//! | `FIELD_NOW_ALWAYS_STORED` | that it was absent now and then: it is still `optional` or `default` |
//! | `FIELD_READ_AGAIN` | what was stored unread: the field keeps its form, or `TYPE_NO_CHANGE` and its kin tell |
//! | `FIELD_RENAMED_WITH_ALIAS`, `FIELD_ALIAS_ADDED`, `VARIANT_RENAMED_WITH_ALIAS`, `VARIANT_ALIAS_ADDED` | the old name: it is an alias, and taking that away is `.._ALIAS_NO_DELETE` |
//! | `NULL_ADDED`, `NUMBER_WIDENED`, `TYPE_WIDENED` | the narrower form: the wider one takes it in, and going back is judged as a change from the wider one |
//! | `VARIANT_ADDED`, `VARIANT_ADDED_BESIDE_OTHER`, `VARIANT_OTHER_ADDED` | all variants of before: each is still listed, and taking one away is `VARIANT_NO_DELETE` |
//! | `UNKNOWN_FIELDS_REFUSED`, `UNKNOWN_FIELDS_PASSED_OVER` | every field that was ever stored: none can be taken away in place (`FIELD_NO_DELETE`) |
//! | `EVENT_ALIAS_ADDED`, `EVENT_RENAMED_WITH_ALIAS` | the old name: the file records it as an alias, and `EVENT_ALIAS_NO_DELETE` guards it |
//! | `EVENT_ADDED`, `VERSION_ADDED`, `AGGREGATE_EVENT_ADDED` | nothing: they only add |
//! | `STATE_CHANGED` | nothing: snapshots are made anew from the events |
//! | `READ_MODEL_ADDED`, `READ_MODEL_VERSION_ADDED`, `READ_MODEL_REMOVED` | nothing: rows are built anew from the events, and the database keeps what it built of each version |

mod against;
mod baseline;
mod compare;
mod declare;
mod difference;
mod documents;
mod folder;
mod lines;
mod near;
mod payloads;
mod pending;
mod read_models;
mod story;
mod write;

/// What the functions stand on: shapes, rules, facts, samples and the files of the lock.
pub use annals_schema::*;

pub use against::{Comparison, check_against};
pub use baseline::Baseline;
pub use difference::{Difference, Stage, Subject};
pub use documents::{Document, export};
pub use lines::{ChangedFile, diff};
pub use payloads::{SampleFailure, Samples, samples};
pub use pending::{Finding, Pending, PendingFolder, check};
pub use story::{EventStory, VersionStory, show};
pub use write::{Locked, LockedFolder, lock};
