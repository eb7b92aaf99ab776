//! Whether this program could be started here.

use super::Opened;
use crate::error::{Error, ErrorKind};
use crate::manifest;
use crate::store::finding::Finding;

pub(super) async fn check(opened: &mut Opened) -> Result<Vec<Finding>, Error> {
    let lineages = opened.lineages.iter().copied();
    match manifest::compare(&opened.store, lineages).await {
        Ok(0) => Ok(vec![Finding::ok(
            "this program goes with all that releases stored here",
        )]),
        Ok(fresh) => Ok(vec![
            Finding::ok(format!(
                "this program goes with all that releases stored here, and brings {fresh} forms of events that are new"
            ))
            .with("new", fresh),
        ]),
        Err(error) if error.kind() == ErrorKind::Schema => Ok(vec![Finding::failed(&error)]),
        Err(error) => Err(error),
    }
}
