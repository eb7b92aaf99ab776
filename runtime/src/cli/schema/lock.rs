use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::difference;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::schema::{Locked, Pending, Stage, check};

/// Write drafts and amendments into the lock.
///
/// What is locked already stays as it is. Where something cannot be locked, because what was stored would not be read any
/// more, or a read model has other columns under the same version, nothing at all is written. Commit the folder afterwards.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 1 refused and nothing written, 2 the command failed.")]
pub(in crate::cli) struct Lock {}

impl Lock {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let pending = check(app)?;
        if pending.breaking().next().is_some() {
            refuse(&pending, output);
            return Ok(FOUND);
        }
        let locked = pending.lock()?;
        match output.format {
            Format::Json => output.json(&document(&locked, &[])),
            Format::Text | Format::Github => print(&locked, output),
        }
        Ok(DONE)
    }
}

fn refuse(pending: &Pending, output: &mut Output<'_>) {
    let findings = pending.findings();
    let breaking = findings.filter(|finding| finding.difference.stage() == Stage::Breaking);
    if output.format == Format::Json {
        let refused: Vec<_> = breaking
            .map(|finding| difference::finding(&finding))
            .collect();
        let nothing = Locked {
            folders: Vec::new(),
            left: Vec::new(),
        };
        output.json(&document(&nothing, &refused));
        return;
    }
    for finding in breaking {
        difference::print_finding(output, &finding);
    }
    let (what, cure) = pending.refusal();
    output.message(format_args!("error: nothing was locked: {what}"));
    output.message(format_args!("help: {cure}"));
}

fn document(locked: &Locked, refused: &[Value]) -> Value {
    let each = |differences: &[crate::schema::Difference]| {
        let differences = differences.iter();
        differences
            .map(|one| difference::json(one, one.rule.cure))
            .collect::<Vec<_>>()
    };
    let folders: Vec<_> = locked
        .folders
        .iter()
        .map(|of| json!({"folder": of.folder, "files": of.files, "differences": each(&of.differences)}))
        .collect();
    json!({"command": "lock", "folders": folders, "left": each(&locked.left), "refused": refused})
}

fn print(locked: &Locked, output: &mut Output<'_>) {
    for of in &locked.folders {
        output.line(of.folder.display());
        for one in &of.differences {
            let (place, values) = (one.place(), one.values());
            output.line(format_args!(
                "  {place}: {}: {values} ({})",
                one.rule.what, one.rule.name
            ));
        }
        for file in &of.files {
            output.line(format_args!("  wrote {file}"));
        }
    }
    for one in &locked.left {
        let folder = one.folder.display();
        output.message(format_args!(
            "left to its own repository: {folder}: {}: {}",
            one.place(),
            one.rule.what
        ));
    }
    match locked.folders.is_empty() {
        true => output.message("nothing to lock"),
        false => output.message("locked; commit the folder"),
    }
}
