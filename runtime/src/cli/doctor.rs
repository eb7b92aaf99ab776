use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::{DONE, FOUND};
use crate::app::App;
use crate::error::Error;
use crate::inspect::{self, Finding, Severity};

/// Look for what is wrong with the store: who holds up the feed, damaged streams, settings, migrations, indexes, and more.
///
/// Only reads, and reads a bounded part of a store of any size. Also answers where the database cannot be reached, and where
/// its tables are missing or those of another release.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing is wrong; there may be warnings
  1  something is wrong
  2  the command failed")]
pub(in crate::cli) struct Doctor {}

impl Doctor {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let checkup = inspect::doctor(app).await?;
        let worst = checkup.severity();
        if output.format == Format::Json {
            let findings = checkup.findings.iter().map(|finding| {
                json!({
                    "check": finding.check,
                    "level": finding.severity.word(),
                    "what": finding.what,
                    "cure": finding.cure,
                    "details": finding.details,
                })
            });
            output.json(&json!({
                "command": "doctor",
                "level": worst.word(),
                "findings": findings.collect::<Vec<_>>(),
            }));
        } else {
            for finding in &checkup.findings {
                print(finding, output);
            }
            let count = |severity: Severity| {
                let all = checkup.findings.iter();
                all.filter(|finding| finding.severity == severity).count()
            };
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            output.message(format_args!("errors: {errors}, warnings: {warnings}"));
        }
        Ok(match worst {
            Severity::Error => FOUND,
            Severity::Ok | Severity::Warning => DONE,
        })
    }
}

fn print(finding: &Finding, output: &mut Output<'_>) {
    let level = finding.severity.word();
    output.line(format_args!(
        "{level:<9}{}: {}",
        finding.check, finding.what
    ));
    if let Some(cure) = &finding.cure {
        output.line(format_args!("{:9}help: {cure}", ""));
    }
}
