//! The schemas accept what the program reads and writes, and refuse what it refuses.

use std::path::{Path, PathBuf};
use std::process::Command;

use dogwatch::config::Files;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join(format!("schemas/{name}.schema.json"))).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn accepts(schema: &jsonschema::Validator, document: &Value, what: &str) {
    let errors: Vec<String> = schema.iter_errors(document).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

/// As editors see a TOML document: dates are texts.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(it) => json!(it),
        toml::Value::Integer(it) => json!(it),
        toml::Value::Float(it) => json!(it),
        toml::Value::Boolean(it) => json!(it),
        toml::Value::Datetime(it) => json!(it.to_string()),
        toml::Value::Array(it) => it.iter().map(as_json).collect(),
        toml::Value::Table(it) => it.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
    }
}

fn schema_of(file: &str) -> &str {
    match file {
        "org.toml" => "org",
        "people.toml" => "people",
        "services.toml" => "services",
        "escalation.toml" => "escalation",
        _ if file.starts_with("assigned/") => "assigned",
        _ => "rotation",
    }
}

#[test]
fn every_file_of_every_example_is_accepted() {
    let folders = [
        "rotations",
        "examples/before-the-split/rotations",
        "examples/the-2017-split/rotations",
        "examples/two-people/rotations",
        "examples/business-hours/rotations",
        "examples/time-off/rotations",
        "examples/follow-the-sun/rotations",
        "examples/gitlab-alert-routing/rotations",
        "examples/ministry-of-justice/rotations",
    ];
    for folder in folders {
        let files = Files::load(&root().join(folder)).unwrap();
        for name in files.names().filter(|it| it.ends_with(".toml")) {
            let document: toml::Table = files.text(name).unwrap().parse().unwrap();
            accepts(&schema(schema_of(name)), &as_json(&toml::Value::Table(document)), &format!("{folder}/{name}"));
        }
    }
}

#[test]
fn every_mapping_is_accepted() {
    let mut paths = vec![root().join("examples/uci-servicenow-incidents/mapping.toml")];
    paths.extend(std::fs::read_dir(root().join("examples/mappings")).unwrap().map(|it| it.unwrap().path()));
    assert!(paths.len() >= 6, "{paths:?}");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let document: toml::Table = text.parse().unwrap();
        accepts(&schema("mapping"), &as_json(&toml::Value::Table(document)), &path.display().to_string());
        let named = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
        assert!(path.parent().unwrap().join(named).is_file(), "{}: {named} is not there", path.display());
    }
}

#[test]
fn a_key_that_the_program_refuses_is_refused() {
    let wrong = json!({ "layers": [], "rotatoin": 1 });
    let errors: Vec<String> = schema("rotation").iter_errors(&wrong).map(|it| it.to_string()).collect();
    assert_eq!(errors, ["Additional properties are not allowed ('rotatoin' was unexpected)"]);
}

fn answer(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--format", "json", "--now", "2017-08-15T03:00:00Z", "-C"])
        .arg(folder)
        .args(arguments)
        .current_dir(root())
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn every_answer_in_json_is_accepted() {
    let cases: &[(&str, &[&str])] = &[
        ("who", &["who", "search-api"]),
        ("who", &["who", "service=mysql-main", "severity=critical"]),
        ("who", &["who", "service=no-such-service"]),
        ("who", &["who", "build-release", "--at", "2017-08-20T03:00:00Z"]),
        ("who", &["who", "@vera"]),
        ("now", &["now"]),
        ("show", &["show"]),
        ("show", &["show", "--by", "person", "--from", "2017-06-01", "--until", "2017-12-01"]),
        ("answers", &["answers", "@vera"]),
        ("answers", &["answers", "search"]),
        ("graph", &["graph", "--people"]),
        ("graph", &["graph", "web-client", "cause=api", "--only"]),
        ("graph", &["graph", "service=newsletter"]),
        ("test", &["test"]),
        ("check", &["check"]),
        ("cover", &["cover"]),
        ("cover", &["cover", "storage-ops", "--until", "2017-12-01"]),
        ("balance", &["balance", "search", "--until", "2017-12-01", "--effort", "500"]),
        ("ready", &["ready"]),
        ("ready", &["ready", "gita"]),
        ("drills", &["drills"]),
        ("report", &["report", "hours"]),
        ("report", &["report", "load", "@kofi", "--from", "2017-07-01"]),
        (
            "import",
            &["import", "alertmanager", "examples/import/alertmanager.yml", "--map", "examples/import/receivers.toml"],
        ),
        ("import", &["import", "terraform", "examples/import/state.json"]),
        ("route", &["route", "tests/cases/alerts.jsonl"]),
        ("fit", &["fit", "tests/cases/episodes.jsonl"]),
        ("fit", &["fit", "tests/cases/episodes.jsonl", "--aggregate"]),
        ("split", &["split", "examples/the-2017-split/episodes.jsonl.gz", "--into", "4", "--effort", "300"]),
    ];
    for (name, arguments) in cases {
        let document = answer(&root(), arguments);
        assert_eq!(document["version"], 1);
        assert_eq!(document["kind"], *name);
        accepts(&schema(name), &document, &arguments.join(" "));
    }
    let starving = answer(&root().join("examples/ministry-of-justice/revision-2025-03-11"), &["check"]);
    assert_eq!(starving["findings"][1]["rule"], "starvation");
    accepts(&schema("check"), &starving, "check with findings");
    // Mistakes are an answer too.
    let broken = tempfile::tempdir().unwrap();
    std::fs::create_dir(broken.path().join("rotations")).unwrap();
    std::fs::write(broken.path().join("rotations/org.toml"), "zone = 'Mars/Olympus'").unwrap();
    let document = answer(broken.path(), &["check"]);
    accepts(&schema("check"), &document, "check of a broken file");
    assert_eq!(document["mistakes"][0]["code"], "unknown-zone");
}
