use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Aggregate, EventSet};

/// What a snapshot of `A` was made by, as one number: the shape of the state all the way down, the state before the first
/// event, the tokens of every `apply`, the versions, shapes and upcasts of every event, and the logic version.
///
/// A change of any of them makes older snapshots useless, and never wrong. What a function does that an `apply` or an
/// upcast calls, no token shows: the logic version is for that.
pub(crate) fn fingerprint<A: Aggregate>() -> Option<String> {
    let snapshots = A::SNAPSHOTS?;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "annals snapshot 1\nstate {:?}\nlogic {:?}",
        snapshots.shape, snapshots.logic
    );
    // A state that cannot be written is never a snapshot.
    let initial = (snapshots.write)(&A::default()).ok();
    let _ = writeln!(text, "initial {initial:?}");
    for kind in <A::Event as EventSet>::KINDS {
        let _ = writeln!(
            text,
            "event {} {:?} as {:?}",
            kind.lineage.name, kind.lineage.aliases, kind.tokens
        );
        let mut version = Some(kind.lineage);
        while let Some(of) = version {
            let _ = writeln!(
                text,
                "version {} {:?} by {:?}",
                of.version, of.shape, of.step
            );
            version = of.below;
        }
    }
    for logic in A::LOGIC {
        let _ = writeln!(text, "apply {logic:?}");
    }
    Some(
        Sha256::digest(text)
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            }),
    )
}
