//! What annals needs of a connection, whatever the defaults of the database and of the role are: that a commit is answered
//! when it is safe, that nobody waits for ever, and that a lost race is seen as one.
//!
//! For `synchronous_commit`, `remote_apply` is more than `on`, and stays.

use std::time::Duration;

/// For all transactions of a connection; the parameter is the lock timeout.
pub(super) const SESSION: &str = "
select set_config('lock_timeout', $1, false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('synchronous_commit', case current_setting('synchronous_commit')
                                        when 'remote_apply' then 'remote_apply' else 'on' end, false)
";

/// For the transaction at hand, which may be on a connection of the caller's; the parameter is the lock timeout, for where
/// the caller has set none.
pub(super) const TRANSACTION: &str = "
select set_config('lock_timeout', case current_setting('lock_timeout')
                                  when '0' then $1 else current_setting('lock_timeout') end, true),
       set_config('synchronous_commit', case current_setting('synchronous_commit')
                                        when 'remote_apply' then 'remote_apply' else 'on' end, true)
";

/// A time in the form of PostgreSQL's settings.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}
