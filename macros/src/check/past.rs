use crate::diag::Mistakes;
use crate::model::past::Past;

/// What is wrong with bringing back an old version.
pub(crate) fn past(past: &Past, mistakes: &mut Mistakes) {
    let name = past.event.value();
    let found = match &past.lock.found {
        Err(flaw) => return mistakes.at(&past.event, flaw),
        Ok(None) => return unknown(past, &name, mistakes),
        Ok(Some((_, found))) => found,
    };
    let version = past.version.number;
    if !found.versions.contains_key(&version) {
        let known: Vec<String> = found.versions.keys().map(u32::to_string).collect();
        let message = format!(
            "version {version} of event `{name}` is not locked\nhelp: take one of those that are: {}",
            known.join(", ")
        );
        mistakes.at_span(past.version.span, message);
        return;
    }
    let facts = &found.versions[&version].shape;
    for (path, _) in &past.types {
        let wanted = path.value();
        if facts.iter().all(|(known, _)| known != wanted) {
            let known: Vec<_> = facts
                .iter()
                .map(|(known, _)| format!("`{known}`"))
                .collect();
            mistakes.at(
                path,
                format!(
                    "nothing is stored at `{wanted}` in version {version} of event `{name}`\nhelp: take one of {}",
                    known.join(", ")
                ),
            );
        }
    }
    match past.types() {
        Err(flaw) => mistakes.at(&past.event, format!(
            "the lock says of version {version} of event `{name}`: {flaw}\nhelp: take the file back from version control: it was written by `schema lock`"
        )),
        Ok(types) => {
            for (path, reason) in types.lacking {
                mistakes.at(
                    &past.ident,
                    format!(
                        "`{path}` of event `{name}` version {version} {reason}, so that no type can be made for it\nhelp: name one: `{} {{ \"{path}\": YourType }}`",
                        past.ident
                    ),
                );
            }
        }
    }
}

fn unknown(past: &Past, name: &str, mistakes: &mut Mistakes) {
    let folder = past.folder.as_ref().map(syn::LitStr::value);
    let folder = folder.as_deref().unwrap_or(annals_schema::lock::FOLDER);
    mistakes.at(
        &past.event,
        format!(
            "no event `{name}` is locked in `{folder}`\nhelp: take the name of one that `{folder}/index.json` lists"
        ),
    );
}
