//! Differences, in each of the formats.

use serde_json::{Value, json};

use super::annotation::{self, Level};
use super::output::{Format, Output};
use crate::schema::{Difference, Finding, Stage, Subject};

/// As JSON; the cure is the one that fits the place where it was found.
pub(super) fn json(difference: &Difference, cure: &str) -> Value {
    let Difference {
        rule,
        subject,
        path,
        from,
        to,
        folder,
        file,
        ..
    } = difference;
    let (event, version, aggregate, read_model) = match subject {
        Subject::Event { name } => (Some(name), None, None, None),
        Subject::Version { event, version } => (Some(event), Some(version), None, None),
        Subject::Aggregate { name } => (None, None, Some(name), None),
        Subject::ReadModel { name } => (None, None, None, Some(name)),
    };
    json!({
        "rule": rule.name,
        "event": event,
        "version": version,
        "aggregate": aggregate,
        "read_model": read_model,
        "path": path,
        "what": rule.what,
        "from": said(from),
        "to": said(to),
        "verdict": rule.verdict(),
        "backward": rule.backward,
        "forward": rule.forward,
        "reason": rule.reason,
        "cure": said(cure),
        "folder": folder,
        "file": file,
    })
}

/// As JSON, with what it means for the next release.
pub(super) fn finding(finding: &Finding<'_>) -> Value {
    let mut value = json(finding.difference, &finding.cure());
    value["stage"] = json!(finding.difference.stage().word());
    value
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A line of what was found, as text or as an annotation.
pub(super) fn print_finding(output: &mut Output<'_>, finding: &Finding<'_>) {
    let level = match finding.difference.stage() {
        Stage::Breaking => Level::Error,
        Stage::Draft | Stage::Amendment => Level::Warning,
    };
    print(output, level, finding.difference, &finding.to_string());
}

/// A line of what has changed, as text or as an annotation.
pub(super) fn print_change(output: &mut Output<'_>, difference: &Difference) {
    let level = match (difference.rule.backward, difference.rule.forward) {
        (false, _) => Level::Error,
        (true, false) => Level::Warning,
        (true, true) => Level::Notice,
    };
    print(output, level, difference, &difference.to_string());
}

fn print(output: &mut Output<'_>, level: Level, difference: &Difference, line: &str) {
    if output.format != Format::Github {
        return output.line(line);
    }
    let file = difference.folder.join(&difference.file);
    let title = difference.rule.name;
    output.line(annotation::line(level, Some(&file), title, line));
}
