//! What a program knows.

use annals_schema::{Facts, Shape};

use crate::error::{Error, ErrorKind};
use crate::event::Lineage;

/// A released version of an event.
pub(super) struct Known {
    /// The name under which this version is stored.
    pub(super) event_type: &'static str,
    pub(super) version: u32,
    /// Further names under which it may have been stored.
    pub(super) aliases: Vec<&'static str>,
    pub(super) meaning: &'static str,
    pub(super) shape: &'static Shape<'static>,
    pub(super) facts: Facts,
    type_name: &'static str,
}

/// Every version of every lineage that is no draft, once.
///
/// # Errors
/// Where two of them are for one version and differ, or one has a shape that cannot be kept.
pub(super) fn known(
    lineages: impl IntoIterator<Item = &'static Lineage>,
) -> Result<Vec<Known>, Error> {
    let mut all: Vec<Known> = Vec::new();
    for newest in lineages {
        let versions = newest.versions();
        for version in versions.filter(|version| version.release.is_locked) {
            let one = of(version, newest)?;
            let mut others = all.iter();
            match others
                .find(|other| (other.event_type, other.version) == (one.event_type, one.version))
            {
                Some(other) if other.facts == one.facts && other.meaning == one.meaning => {}
                Some(other) => return Err(twice(other, &one)),
                None => all.push(one),
            }
        }
    }
    Ok(all)
}

fn of(version: &Lineage, newest: &Lineage) -> Result<Known, Error> {
    let facts = Facts::of(version.shape).map_err(|flaw| {
        Error::new(
            ErrorKind::Schema,
            format!(
                "the shape of event `{}` version {} (`{}`) cannot be kept: {flaw}",
                version.name, version.version, version.type_name
            ),
        )
        .with_hint("declare what lies so deep as one value: `#[schema(as = \"json\")]`")
    })?;
    let mut aliases = Vec::new();
    for name in [newest.name, version.name]
        .iter()
        .chain(newest.aliases)
        .chain(version.aliases)
    {
        if *name != version.name && !aliases.contains(name) {
            aliases.push(*name);
        }
    }
    Ok(Known {
        event_type: version.name,
        version: version.version,
        aliases,
        meaning: version.meaning,
        shape: version.shape,
        facts,
        type_name: version.type_name,
    })
}

fn twice(one: &Known, other: &Known) -> Error {
    Error::new(
        ErrorKind::Schema,
        format!(
            "event `{}` version {} has two types that are stored differently: `{}` and `{}`",
            one.event_type, one.version, one.type_name, other.type_name
        ),
    )
    .with_hint("use one type for both, or give one of them another name or version")
}
