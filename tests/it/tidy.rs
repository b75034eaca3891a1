//! Rules about code, kept by code: what each module may use, and what must not be found where.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the crate, with those that it may use. `ARCHITECTURE.md` draws the same.
const MAY_USE: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("org", &["time"]),
    ("config", &["org", "time", "schemas"]),
    ("calendar", &["org", "time"]),
    ("escalation", &["calendar", "org", "time"]),
    ("alerts", &["org", "time"]),
    ("check", &["people", "escalation", "calendar", "org", "time"]),
    ("people", &["history", "config", "escalation", "calendar", "org", "time"]),
    ("edit", &["config", "calendar", "org", "time"]),
    ("history", &["config", "escalation", "calendar", "org", "time"]),
    ("store", &["history", "time"]),
    ("split", &["import", "config", "history", "escalation", "calendar", "org", "time"]),
    ("import", &["pagerduty", "config", "org", "time"]),
    (
        "export",
        &[
            "people",
            "edit",
            "pagerduty",
            "alerts",
            "import",
            "check",
            "store",
            "config",
            "split",
            "history",
            "escalation",
            "calendar",
            "org",
            "time",
        ],
    ),
    ("pagerduty", &["store", "escalation", "calendar", "org", "time"]),
    ("rehearsal", &["time"]),
    ("web", &["export", "alerts", "people", "check", "config", "escalation", "calendar", "org", "time", "schemas"]),
    (
        "cli",
        &[
            "edit",
            "web",
            "rehearsal",
            "people",
            "pagerduty",
            "export",
            "alerts",
            "import",
            "check",
            "store",
            "config",
            "split",
            "history",
            "escalation",
            "calendar",
            "org",
            "time",
            "schemas",
        ],
    ),
    ("schemas", &[]),
];

/// A text, and the files in which alone it may stand. A folder ends in `/`.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("chrono_tz", &["src/time/"]),
    ("jiff", &["src/time/"]),
    ("rrule::", &["src/time/"]),
    ("saphyr", &["src/import/yaml.rs"]),
    // What is rewritten keeps the comments of whoever wrote it.
    ("toml_edit", &["src/edit/", "src/people/cover/assigned.rs", "src/split/path.rs"]),
    ("86_400", &["src/time/"]),
    ("86400", &["src/time/"]),
    ("24 * 3600", &["src/time/"]),
    ("Utc::now", &[]),
    ("Local::now", &[]),
    ("SystemTime", &["src/main.rs"]),
    ("std::env", &["src/main.rs"]),
    ("std::fs", &["src/config/files.rs", "src/store/open.rs", "src/cli/"]),
    ("rusqlite", &["src/store/"]),
    ("println!", &[]),
    ("process::exit", &[]),
    ("std::net", &["src/rehearsal/server.rs", "src/web/server.rs"]),
    ("HashMap", &[]),
    ("HashSet", &[]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
    ("anyhow", &[]),
];

/// Where nothing is serialised.
const WITHOUT_SERDE: &[&str] = &["src/time/", "src/org/", "src/calendar/", "src/escalation/"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src`, by its path, without its tests and its comments.
fn sources() -> BTreeMap<String, String> {
    fn collect(folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                files.insert(name, code.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(&root().join("src"), &mut files);
    assert!(files.len() > 40, "only {} files were found", files.len());
    files
}

fn module(path: &str) -> &str {
    path.trim_start_matches("src/").split(['/', '.']).next().unwrap()
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module(&path);
        if ["main", "lib"].contains(&module) {
            continue;
        }
        let (_, allowed) = MAY_USE.iter().find(|(it, _)| *it == module).expect("every module stands in the table");
        for (at, _) in text.match_indices("crate::") {
            let used: String = text[at + 7..].chars().take_while(|it| it.is_ascii_lowercase() || *it == '_').collect();
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{path} uses {used}"));
            }
        }
    }
    wrong.dedup();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_must_be_absent_is_absent() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (word, places) in ONLY_IN {
            let allowed = places.iter().any(|it| path == *it || (it.ends_with('/') && path.starts_with(it)));
            if !allowed && text.contains(word) {
                wrong.push(format!("{path} says {word}"));
            }
        }
        if WITHOUT_SERDE.iter().any(|it| path.starts_with(it)) && text.contains("serde") {
            wrong.push(format!("{path} says serde"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_module_stands_in_the_architecture() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let missing: Vec<&str> =
        MAY_USE.iter().map(|(module, _)| *module).filter(|it| !text.contains(&format!("`{it}"))).collect();
    assert_eq!(missing, [""; 0]);
}
