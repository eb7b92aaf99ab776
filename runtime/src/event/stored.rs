use serde::Serialize;
use serde::de::DeserializeOwned;

/// What serde can write and read back: both bounds as one, so that their absence is one error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored: serde does not know how to write it and read it back",
    label = "`Serialize` or `Deserialize` is missing here",
    note = "add both to its derives: `#[derive(Serialize, Deserialize)]`"
)]
pub trait Stored: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Stored for T {}
