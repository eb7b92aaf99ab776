use clap::Args;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::schema::{self, EventStory, VersionStory};

/// Print all there is to know of an event: its versions, the chain that leads from one to the next, what is stored, and
/// samples of it.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 no event is called so, or the command failed.")]
pub(in crate::cli) struct Show {
    /// The name under which it is stored, or was stored once.
    event: String,
}

impl Show {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let story = schema::show(app, &self.event)?;
        match output.format {
            Format::Json => output.json(&document(&story)),
            Format::Text | Format::Github => print(&story, output),
        }
        Ok(DONE)
    }
}

fn stage(version: &VersionStory) -> &'static str {
    version.stage.map_or("locked", schema::Stage::word)
}

fn print(story: &EventStory, output: &mut Output<'_>) {
    output.line(&story.name);
    output.line(format_args!("  lock: {}", story.file.display()));
    let several = [
        ("stored before as", &story.aliases),
        ("read by", &story.aggregates),
    ];
    for (what, names) in several {
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            output.line(format_args!("  {what}: {}", names.join(", ")));
        }
    }
    for version in &story.versions {
        let of_type = version.type_name.map(|name| format!(" {name}"));
        let step = match version.step {
            "" => String::new(),
            step => format!(", from below by `{step}`"),
        };
        let (number, stage) = (version.version, stage(version));
        output.line(format_args!(
            "version {number} ({stage}){}{step}",
            of_type.unwrap_or_default()
        ));
        if !version.meaning.is_empty() {
            output.line(format_args!("  meaning: {}", version.meaning));
        }
        for (path, what) in version.shape.iter() {
            output.line(format_args!("  {path}: {what}"));
        }
        for payload in &version.payloads {
            output.line(format_args!("  sample {payload}"));
        }
        if !version.without_payloads.is_empty() {
            output.line(format_args!("  no sample: {}", version.without_payloads));
        }
    }
}

fn document(story: &EventStory) -> Value {
    let versions: Vec<_> = story.versions.iter().map(version).collect();
    json!({
        "command": "show",
        "event": story.name,
        "aliases": story.aliases,
        "aggregates": story.aggregates,
        "file": story.file,
        "versions": versions,
    })
}

fn version(of: &VersionStory) -> Value {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let facts = of.shape.iter();
    let shape: Map<_, _> = facts
        .map(|(path, what)| (path.to_owned(), json!(what)))
        .collect();
    json!({
        "version": of.version,
        "stage": stage(of),
        "type": of.type_name,
        "upcast": said(of.step),
        "meaning": said(&of.meaning),
        "shape": shape,
        "samples": of.payloads,
        "without_samples": said(&of.without_payloads),
    })
}
