use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::schema;

/// Checks that everything the app declares is locked as it is: the test that keeps a draft, or a change that nobody locked,
/// out of a release.
///
/// ```no_run
/// # let app = annals::App::new("sqlite::memory:");
/// annals::testing::check_lock(&app)?;
/// # Ok::<(), annals::Error>(())
/// ```
///
/// # Errors
/// Where something is a draft, an amendment or breaking: all of it, one difference a line. Also those of
/// [`schema::check`].
pub fn check_lock(app: &App) -> Result<(), Error> {
    let pending = schema::check(app)?;
    let lines: Vec<_> = pending
        .findings()
        .map(|finding| format!("\n  {finding}"))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the schema lock does not hold what the program declares:{}",
        lines.concat()
    );
    Err(Error::new(ErrorKind::Lock, message))
}

/// Checks that the program reads everything that is locked: payloads are made of every locked version, and read through
/// serde and the whole chain of upcasts, by every aggregate that reads the event. See [`schema::samples`].
///
/// ```no_run
/// # let app = annals::App::new("sqlite::memory:");
/// annals::testing::check_samples(&app)?;
/// # Ok::<(), annals::Error>(())
/// ```
///
/// # Errors
/// Where a payload cannot be made or read: all of them, each with the payload and a cure. Also those of
/// [`schema::samples`].
pub fn check_samples(app: &App) -> Result<(), Error> {
    schema::samples(app)?.into_result()
}
