//! Whether events are kept from being changed.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// The migration that made the trigger.
const SINCE: i64 = 5;

/// When it is run: `O` or `A` where it is for whoever is connected.
const TRIGGER: &str = "
select tgenabled::text from pg_trigger where tgrelid = '{schema}.events'::regclass and tgname = 'append_only'
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    if patient.last < Some(SINCE) {
        return Ok(Vec::new());
    }
    let schema = patient.schema.clone();
    let enabled: Option<String> = sqlx::query_scalar(patient.spelled(TRIGGER))
        .fetch_optional(&mut patient.connection)
        .await
        .map_err(during(DOING))?;
    let finding = match enabled.as_deref() {
        Some("O" | "A") => Finding::ok("trigger `append_only` keeps events from being changed"),
        Some(_) => Finding::error(
            "trigger `append_only` is disabled: events can be changed and deleted",
            format!("alter table {schema}.events enable trigger append_only;"),
        ),
        None => Finding::error(
            "trigger `append_only` is missing: events can be changed and deleted",
            format!(
                "create trigger append_only before update or delete or truncate on {schema}.events for each statement \
                 execute function {schema}.refuse_change();"
            ),
        ),
    };
    Ok(vec![finding.with("trigger", "append_only")])
}
