//! The documents tell the truth: every command in them is run, every example organisation is sound.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dogwatch::config::{self, Files};
use dogwatch::escalation::{TestResult, run_tests};
use dogwatch::time::{Zone, parse_instant};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of the repository: those at its top, and all in `docs/`.
fn documents() -> Vec<String> {
    let mut found: Vec<String> =
        ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "examples/the-2017-split/README.md"]
            .map(str::to_owned)
            .into();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            found.push(format!("docs/{name}"));
        }
    }
    found.sort();
    found
}

/// The `console` blocks of a document: commands with what they print.
fn scenes(document: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut scenes: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), scenes.last_mut()) {
                (Some(command), _) => scenes.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => {
                    output.push_str(line);
                    output.push('\n');
                }
                (None, None) => panic!("{document}: a block begins without a command: {line}"),
            },
        }
    }
    scenes
}

/// Runs `dogwatch …` of a document in the repository; what else there is, is not for tests.
fn run(command: &str) -> Option<String> {
    let words = shell_words(command);
    let arguments = words.strip_prefix(&["dogwatch".to_owned()])?;
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(arguments)
        .current_dir(root())
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    Some(String::from_utf8(output.stdout).unwrap() + &talk)
}

/// Words between blanks; quotes keep blanks together.
fn shell_words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for it in command.chars() {
        match (it, quote) {
            ('\'' | '"', None) => quote = Some(it),
            (it, Some(open)) if it == open => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().unwrap().push(it),
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

#[test]
fn every_command_in_the_documents_prints_what_they_say() {
    let mut seen = 0;
    for document in documents() {
        for (command, expected) in scenes(&document) {
            let Some(found) = run(&command) else { continue };
            if expected.is_empty() {
                continue;
            }
            seen += 1;
            let trimmed =
                |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned();
            assert_eq!(trimmed(&found), trimmed(&expected), "{document}: {command}");
        }
    }
    assert!(seen >= 3, "only {seen} commands were found in the documents");
}

#[test]
fn every_command_of_the_pipelines_to_copy_is_clean_here() {
    let mut seen = 0;
    for name in ["github-actions.yml", "gitlab-ci.yml"] {
        let text = fs::read_to_string(root().join("examples/ci").join(name)).unwrap();
        let commands = text.lines().filter_map(|line| line.find("dogwatch ").map(|at| &line[at..]));
        for command in commands.filter(|it| it.starts_with("dogwatch check") || it.starts_with("dogwatch test")) {
            let command = command.split(['|', '>', '\\']).next().unwrap();
            let words = shell_words(command);
            let mut program = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
            // A pipeline asks about today; what is said here must not depend on it.
            program.args(["--now", "2026-11-24"]).args(&words[1..]).current_dir(root()).env_remove("DOGWATCH_ZONE");
            let output = program.output().unwrap();
            assert!(output.status.success(), "{name}: {command}: {}", String::from_utf8_lossy(&output.stdout));
            seen += 1;
        }
    }
    assert_eq!(seen, 4);
}

fn examples() -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.ends_with("rotations") {
                    found.push(path);
                } else {
                    collect(&path, found);
                }
            }
        }
    }
    let mut found = vec![root().join("rotations")];
    collect(&root().join("examples"), &mut found);
    found.sort();
    found
}

#[test]
fn every_example_is_without_mistakes_and_passes_its_routing_tests() {
    let examples = examples();
    assert!(examples.len() >= 7, "{examples:?}");
    let now = parse_instant("2026-11-23T12:00:00Z", &Zone::utc()).unwrap();
    for folder in examples {
        let files = Files::load(&folder).unwrap();
        let (org, diagnostics) = config::read(&files);
        assert_eq!(config::render(&diagnostics, &files, false), "");
        let results = run_tests(org.as_ref().unwrap(), now).unwrap();
        let failed: Vec<&TestResult<'_>> = results.iter().filter(|it| !it.passed()).collect();
        assert!(failed.is_empty(), "{}: {failed:#?}", folder.display());
    }
}

#[test]
fn every_file_names_a_schema_that_is_there() {
    let mut seen = 0;
    for folder in examples() {
        for name in Files::load(&folder).unwrap().names().filter(|it| it.ends_with(".toml")) {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).unwrap();
            let schema = text.lines().next().unwrap().strip_prefix("#:schema ");
            let schema = schema.unwrap_or_else(|| panic!("{}: the first line names no schema", path.display()));
            let target = path.parent().unwrap().join(schema);
            assert!(target.is_file(), "{}: {schema} is not there", path.display());
            seen += 1;
        }
    }
    assert!(seen > 40);
}
