//! Sees that a commit is answered when it is safe, whatever the default of the database or of the role is.
//!
//! `remote_apply` is more than `on`, and stays.

/// For all transactions of a connection.
pub(super) const SESSION: &str = "select set_config('synchronous_commit', \
     case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, false)";

/// For the transaction at hand.
pub(super) const TRANSACTION: &str = "select set_config('synchronous_commit', \
     case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, true)";
