//! Roles with as few rights as their work needs.

use super::open::{checked_schema, quoted};
use crate::error::{Error, ErrorKind};
use crate::store::options::StoreOptions;

const ROLES: &str = include_str!("roles.sql");

/// The longest name that PostgreSQL keeps whole.
const LONGEST: usize = 63;

/// The SQL that makes the roles, for those whose administrator runs it.
pub(crate) fn print_roles(options: &StoreOptions) -> Result<String, Error> {
    let schema = checked_schema(&options.schema)?;
    let mut sql = ROLES.replace("{schema}", &quoted(schema));
    for role in ["reader", "writer", "projector", "owner"] {
        let name = format!("{schema}_{role}");
        if name.len() > LONGEST {
            return Err(Error::new(
                ErrorKind::Name,
                format!("the name of schema {schema:?} is too long to make a role `{name}` of it"),
            )
            .with_hint("take a schema whose name has up to 53 letters"));
        }
        sql = sql.replace(&format!("{{{role}}}"), &name);
    }
    Ok(sql)
}
