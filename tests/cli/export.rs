//! `schema export`: what other programs are told is what is stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use annals::prelude::*;
use annals::schema::{self, Bump, Facts, Shape};
use roas_asyncapi::v3_0::Document;
use roas_asyncapi::validation::Validate;
use serde_json::{Value, json};

use crate::apps;
use crate::run::Folder;

#[derive(Schema, Serialize, Deserialize)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(Schema, Serialize, Deserialize)]
enum External {
    Nothing,
    #[serde(alias = "Uno")]
    One(u8),
    Two(i16, String),
    Named {
        a: bool,
    },
}

#[derive(Schema, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Internal {
    Nothing,
    Named {
        a: bool,
    },
    Inner(Plain),
    #[serde(other)]
    Else,
}

#[derive(Schema, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value")]
enum Adjacent {
    Nothing,
    One(Option<u8>),
}

#[derive(Schema, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Text(String),
}

#[derive(Schema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    a: f64,
}

#[derive(Schema, Serialize, Deserialize)]
struct Plain {
    #[serde(alias = "bee")]
    b: char,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<i64>,
}

#[derive(Schema, Serialize, Deserialize)]
struct Flat {
    own: u8,
    #[serde(flatten)]
    plain: Plain,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "all:of/it", meaning = "everything at once")]
struct Everything {
    tree: Tree,
    external: Vec<External>,
    internal: Internal,
    adjacent: Adjacent,
    untagged: Untagged,
    closed: Closed,
    flat: Flat,
    pair: (u32, Option<String>),
    bytes: [u8; 3],
    by_number: HashMap<i32, BTreeSet<String>>,
    id: uuid::Uuid,
    at: chrono::DateTime<chrono::Utc>,
    big: u128,
    none: (),
}

fn folder_and_app() -> (Folder, annals::App) {
    let folder = Folder::new();
    let app = folder.app(apps::second().event::<Everything>());
    (folder, app)
}

/// The documents of the app, by their files.
fn documents() -> BTreeMap<String, Value> {
    let (_folder, app) = folder_and_app();
    let documents = schema::export(&app).expect("exported");
    let named = documents.into_iter().map(|document| {
        let file = document.file.to_string_lossy().into_owned();
        (file, document.content)
    });
    named.collect()
}

const FILE: &str = "events/all%3aof%2fit.v1.json";

#[track_caller]
fn fits(schema: &Value, payload: &Value) -> bool {
    let validator = jsonschema::draft202012::new(schema).expect("a schema");
    validator.is_valid(payload)
}

#[test]
fn samples_fit_the_schema_and_spoiled_ones_do_not() {
    let schema = &documents()[FILE];
    let meta = jsonschema::draft202012::meta::validate(schema);
    assert!(meta.is_ok(), "{meta:?}");
    let (_folder, app) = folder_and_app();
    let story = schema::show(&app, "all:of/it").expect("shown");
    let payloads = &story.versions[0].payloads;
    assert!(payloads.len() > 5, "{payloads:?}");
    for payload in payloads {
        let validator = jsonschema::draft202012::new(schema).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(payload)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{payload}");
    }
    let whole = payloads.last().expect("a payload");
    let spoiled: [(&str, Value); 14] = [
        ("/tree/children", json!([{"name": 1, "children": []}])),
        ("/tree/children", json!([{"name": "a"}])),
        ("/external", json!(["Something"])),
        ("/external", json!([{"One": 256}])),
        ("/external", json!([{"Two": [1]}])),
        ("/internal", json!({"a": true})),
        ("/adjacent", json!({"kind": "Other"})),
        ("/untagged", json!(true)),
        ("/closed", json!({"a": 1.0, "b": 2})),
        ("/flat", json!({"own": 1})),
        ("/pair", json!([1, null, 2])),
        ("/bytes", json!([1, 2])),
        ("/by_number", json!({"x": []})),
        ("/id", json!(7)),
    ];
    assert!(fits(schema, whole));
    for (place, value) in spoiled {
        let mut payload = whole.clone();
        *payload.pointer_mut(place).expect("a place") = value.clone();
        assert!(!fits(schema, &payload), "{place}: {value}");
    }
    let mut other_names = whole.clone();
    other_names["flat"] = json!({"own": 1, "bee": "b", "more": [1]});
    other_names["external"] = json!([{"Uno": 1}, "Nothing"]);
    other_names["internal"] = json!({"kind": "of which nothing is known"});
    assert!(fits(schema, &other_names));
}

#[test]
fn a_schema_says_what_it_is_of() {
    let documents = documents();
    let schema = &documents[FILE];
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["$id"], "urn:annals:event:all%3Aof%2Fit:v1");
    assert_eq!(schema["title"], "all:of/it v1");
    assert_eq!(schema["description"], "everything at once");
    assert_eq!(
        documents["events/account.opened.v1.json"],
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:annals:event:account.opened:v1",
            "title": "account.opened v1",
            "type": "object",
            "properties": {"owner": {"type": "string"}},
            "required": ["owner"],
        })
    );
}

#[test]
fn the_fact_form_and_the_constant_form_give_one_schema() {
    let memory = Bump::new();
    let constant: &Shape<'_> = Everything::SHAPE;
    let facts = Facts::of(constant).expect("facts");
    let kept = facts.shape(&memory).expect("a shape");
    let payloads = [
        schema::sample::smallest(kept),
        schema::sample::fullest(constant),
    ];
    for shape in [constant, kept] {
        let schema = schema::export::json_schema("x", 1, "", shape);
        for payload in &payloads {
            assert!(
                fits(&schema, payload.as_ref().expect("a sample")),
                "{schema:#}"
            );
        }
    }
}

#[test]
fn the_asyncapi_document_holds_together() {
    let document = &documents()["asyncapi.json"];
    let parsed: Document =
        serde_json::from_value(document.clone()).expect("an AsyncAPI 3.0 document");
    parsed.validate(Default::default()).expect("valid");
    assert_eq!(document["asyncapi"], "3.0.0");
    let channel = &document["channels"]["account"];
    assert_eq!(channel["address"], "account-{id}");
    let messages: Vec<_> = channel["messages"]
        .as_object()
        .expect("messages")
        .keys()
        .collect();
    assert_eq!(
        messages,
        [
            "account.opened.v1",
            "account.opened.v2",
            "money.withdrawn.v1"
        ]
    );
    let free: Vec<_> = document["channels"]["_events"]["messages"]
        .as_object()
        .expect("messages")
        .keys()
        .collect();
    assert_eq!(free, ["all_3a_of_2f_it.v1"]);
    assert_eq!(
        document["operations"]["append_account"],
        json!({"action": "send", "channel": {"$ref": "#/channels/account"}})
    );
    let message = &document["components"]["messages"]["account.opened.v1"];
    assert_eq!(
        (&message["name"], &message["title"]),
        (&json!("account.opened"), &json!("account.opened v1"))
    );
    assert_eq!(
        message["payload"]["schema"],
        documents()["events/account.opened.v1.json"]
    );
    // Every reference leads somewhere.
    let mut places = vec![document];
    while let Some(value) = places.pop() {
        match value {
            Value::Array(items) => places.extend(items),
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                    && !reference.starts_with("#/$defs/")
                {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                places.extend(members.values());
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_documents_are_printed_or_written() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let printed = folder.run(apps::first(), &["schema", "export"]).await;
    let files: Vec<String> = printed
        .json()
        .as_object()
        .expect("files")
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        files,
        [
            "asyncapi.json",
            "events/account.opened.v1.json",
            "events/money.withdrawn.v1.json"
        ]
    );
    let out = folder.root().join("api");
    let out = out.to_str().expect("text");
    let written = folder
        .run(apps::first(), &["schema", "export", "--out", out])
        .await;
    written.is(
        0,
        "wrote ROOT/api/events/account.opened.v1.json\n\
         wrote ROOT/api/events/money.withdrawn.v1.json\n\
         wrote ROOT/api/asyncapi.json\n",
        "",
    );
    for (file, content) in printed.json().as_object().expect("files") {
        let text = std::fs::read_to_string(folder.root().join("api").join(file)).expect("written");
        assert_eq!(
            serde_json::from_str::<Value>(&text).expect("JSON"),
            *content,
            "{file}"
        );
    }
    let taken = folder.root().join("api/asyncapi.json");
    let failed = folder
        .run(
            apps::first(),
            &["schema", "export", "--out", taken.to_str().expect("text")],
        )
        .await;
    assert_eq!((failed.code, failed.out.as_str()), (2, ""));
    assert!(
        failed.messages.contains("cannot be written")
            && failed.messages.contains("help: name a folder"),
        "{failed:?}"
    );
}
