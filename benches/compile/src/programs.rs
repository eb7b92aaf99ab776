//! The two programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use annals_schema::Facts;
use annals_schema::lock::{Lock, LockedAggregate, LockedEvent, LockedVersion};

const AGGREGATES: usize = 10;
const EVENTS_OF_EACH: usize = 10;

/// A program with its own target folder, so that its dependencies are built once.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) folder: PathBuf,
}

impl Program {
    /// Structs with serde's derives.
    pub(crate) fn plain(within: &Path) -> io::Result<Self> {
        let mut source = String::from("use serde::{Deserialize, Serialize};\n");
        let derives = "#[derive(Serialize, Deserialize)]";
        structs(&mut source, derives, |_, _| derives.to_owned());
        source.push_str("fn main() {\n    let bytes = std::fs::read(\"events\").unwrap();\n");
        for (aggregate, event) in all() {
            let _ = writeln!(
                source,
                "    let event: Event{aggregate}x{event} = serde_json::from_slice(&bytes).unwrap();\n    \
                 std::fs::write(\"event\", serde_json::to_vec(&event).unwrap()).unwrap();"
            );
        }
        source.push_str("}\n");
        let dependencies =
            "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
        Self::write("serde", within, dependencies, &source)
    }

    /// The same structs as locked events of aggregates.
    pub(crate) fn annals(within: &Path, runtime: &Path) -> io::Result<Self> {
        let mut source = String::from("use annals::prelude::*;\n");
        structs(
            &mut source,
            "#[derive(Schema, Serialize, Deserialize)]",
            |aggregate, event| {
                format!(
                    "#[derive(Event, Serialize, Deserialize)]\n#[event(\"{}\")]",
                    name(aggregate, event)
                )
            },
        );
        for aggregate in 0..AGGREGATES {
            let events: Vec<_> = (0..EVENTS_OF_EACH)
                .map(|event| format!("Event{aggregate}x{event}"))
                .collect();
            let _ = writeln!(
                source,
                "#[derive(Aggregate, Default)]\n#[aggregate(name = \"aggregate{aggregate}\", events({}))]\n\
                 struct Aggregate{aggregate} {{ total: i64 }}\n\
                 #[aggregate]\nimpl Aggregate{aggregate} {{",
                events.join(", ")
            );
            for (i, event) in events.iter().enumerate() {
                let _ = writeln!(
                    source,
                    "    fn apply{i}(&mut self, event: {event}) {{ self.total += event.number; }}"
                );
            }
            source.push_str("}\n");
        }
        source.push_str(
            "#[tokio::main]\nasync fn main() {\n    let store = Store::connect(\"sqlite::memory:\").await.unwrap();\n    \
             let bytes = std::fs::read(\"events\").unwrap();\n    let to = StreamId::new(\"a\", 1);\n",
        );
        for aggregate in 0..AGGREGATES {
            let _ = writeln!(
                source,
                "    println!(\"{{}}\", store.aggregate::<Aggregate{aggregate}>(\"1\").load().await.unwrap().total);"
            );
        }
        source.push_str("    let mut events = Vec::new();\n");
        for (aggregate, event) in all() {
            let _ = writeln!(
                source,
                "    let event: Event{aggregate}x{event} = serde_json::from_slice(&bytes).unwrap();\n    \
                 events.push(NewEvent::of(&event));"
            );
        }
        source.push_str(
            "    store.append(Append::to(&to, Expected::Any, events)).await.unwrap();\n}\n",
        );
        let dependencies = format!(
            "annals = {{ path = {runtime:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
             serde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n"
        );
        let program = Self::write("annals", within, &dependencies, &source)?;
        lock()
            .write(&program.folder.join("annals"))
            .map_err(io::Error::other)?;
        Ok(program)
    }

    fn write(
        name: &'static str,
        within: &Path,
        dependencies: &str,
        source: &str,
    ) -> io::Result<Self> {
        let folder = within.join(name);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}-program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), source)?;
        Ok(Program { name, folder })
    }
}

fn all() -> impl Iterator<Item = (usize, usize)> {
    (0..AGGREGATES).flat_map(|aggregate| (0..EVENTS_OF_EACH).map(move |event| (aggregate, event)))
}

fn name(aggregate: usize, event: usize) -> String {
    format!("aggregate{aggregate}.event{event}")
}

/// The fields of every event: their types, and what the lock says of them. No floating point: the domains that annals is
/// for count in whole numbers.
const FIELDS: [(&str, &str, &str); 8] = [
    ("number", "i64", "i64"),
    ("count", "u32", "u32"),
    ("is_open", "bool", "bool"),
    ("limit", "Option<u64>", "optional u64"),
    ("owner", "String", "text"),
    ("email", "Option<String>", "optional text"),
    ("tags", "Vec<String>", "list"),
    ("price", "Money", "struct"),
];

fn structs(source: &mut String, of_values: &str, of_event: impl Fn(usize, usize) -> String) {
    let _ = writeln!(
        source,
        "{of_values}\nstruct Money {{ cents: i64, currency: String }}"
    );
    for (aggregate, event) in all() {
        let _ = writeln!(
            source,
            "{}\nstruct Event{aggregate}x{event} {{",
            of_event(aggregate, event)
        );
        for (field, ty, _) in FIELDS {
            let _ = writeln!(source, "    {field}: {ty},");
        }
        source.push_str("}\n");
    }
}

fn lock() -> Lock {
    let mut facts = vec![(".".to_owned(), "struct".to_owned())];
    facts.extend(FIELDS.map(|(field, _, what)| (field.to_owned(), what.to_owned())));
    for (path, what) in [
        ("tags[]", "text"),
        ("price.cents", "i64"),
        ("price.currency", "text"),
    ] {
        facts.push((path.to_owned(), what.to_owned()));
    }
    let version = LockedVersion {
        meaning: String::new(),
        shape: Facts::kept(facts),
    };
    let events = all().map(|(aggregate, event)| LockedEvent {
        name: name(aggregate, event),
        aliases: BTreeSet::new(),
        versions: BTreeMap::from([(1, version.clone())]),
    });
    let aggregates = (0..AGGREGATES).map(|aggregate| LockedAggregate {
        name: format!("aggregate{aggregate}"),
        events: (0..EVENTS_OF_EACH)
            .map(|event| name(aggregate, event))
            .collect(),
        state: None,
    });
    Lock {
        events: events.map(|event| (event.name.clone(), event)).collect(),
        aggregates: aggregates.map(|of| (of.name.clone(), of)).collect(),
        ..Lock::default()
    }
}
