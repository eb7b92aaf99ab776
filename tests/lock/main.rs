//! What may be done to a released event: changes that old events survive, and refactors that leave no trace, compile. What
//! does not compile stands in `ui/lock`.

mod amended;
mod past;
mod refactored;
