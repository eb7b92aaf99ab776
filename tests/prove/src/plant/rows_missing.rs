//! Rows are missing in the version of a read model that is shown, as if it were shown before it was built.

use crate::raw::Raw;
use crate::stored::has_version;

pub(super) async fn meanwhile(raw: &mut Raw) -> Result<(), sqlx::Error> {
    for version in [1, 2] {
        if has_version(raw, version).await? {
            let sql = format!("delete from {{model}}accounts_v{version} where version % 2 = 0");
            raw.sql(&sql).await?;
        }
    }
    Ok(())
}
