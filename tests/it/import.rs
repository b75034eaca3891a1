//! Files of other programs that are cut, bent or full of what ours cannot hold, and the whole of what is told.
//!
//! Each file in `tests/cases/import/` is one: a sentence, a section `-- alertmanager.yml --` or `-- state.json --`, perhaps
//! `-- map.toml --`, and what is expected: the mistakes, or what was read and is not held. `(crlf)` and `(bom)` after a
//! name write it so.
//!
//! `DOGWATCH_BLESS=1 cargo test import` writes what is said now into the cases; read it before you keep it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dogwatch::config::{self, Diagnostic, Files, Severity};
use dogwatch::escalation::run_tests;
use dogwatch::export::text;
use dogwatch::import::{Imported, Layout, ReceiverMap, alertmanager, terraform};
use dogwatch::time::{Zone, parse_instant};
use regex::Regex;

use crate::sections::sections;

const EXPECTED: &str = "-- expected --\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rendered(diagnostics: &[Diagnostic], name: &str, text: &str) -> String {
    let files: Files = [(name, text)].into_iter().collect();
    config::render(diagnostics, &files, false)
}

/// What one case says: mistakes, or what the files do not hold.
fn told(head: &str) -> (String, Vec<Diagnostic>) {
    let mut map = ReceiverMap::empty();
    let mut map_text = String::new();
    let mut out = String::new();
    let mut all = Vec::new();
    for section in sections(head) {
        let (name, mut text) = (section.name.as_str(), section.text);
        match section.how.as_deref() {
            Some("crlf") => text = text.replace('\n', "\r\n"),
            Some("bom") => text.insert(0, '\u{feff}'),
            None => {}
            Some(how) => panic!("no such way to write a file: {how}"),
        }
        let (imported, mistakes) = match name {
            "map.toml" => {
                match ReceiverMap::parse(name, &text) {
                    Ok(read) => map = read,
                    Err(mistakes) => return (rendered(&mistakes, name, &text), mistakes),
                }
                map_text = text;
                continue;
            }
            "alertmanager.yml" => alertmanager::read(name, &text, &map, &Layout::default()),
            "state.json" => terraform::read(name, &text, &Layout::default()),
            other => panic!("no such section: {other}"),
        };
        let files: Files = [(name, text.as_str()), ("map.toml", map_text.as_str())].into_iter().collect();
        out.push_str(&config::render(&mistakes, &files, false));
        if let Some(imported) = &imported {
            assert_sound(imported);
            out.push_str(&anstream::adapter::strip_str(&text::import_report(name, imported)).to_string());
        }
        assert_eq!(imported.is_none(), mistakes.iter().any(|it| it.severity == Severity::Error));
        all.extend(mistakes);
    }
    (out, all)
}

/// What is written can be read again, without mistakes. A map may name rotations that are not there.
fn assert_sound(imported: &Imported) {
    let mut files: Files = imported.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    if files.text("org.toml").is_none() {
        files.insert("org.toml", "zone = \"UTC\"".to_owned());
    }
    let (_, diagnostics) = config::read(&files);
    let wrong: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error && it.code != "unknown-rotation" && it.code != "unknown-person")
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{:#?}", imported.files);
}

fn cases() -> Vec<(PathBuf, String, Option<String>)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("tests/cases/import")).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        match text.split_once(EXPECTED) {
            Some((head, expected)) => (path, head.to_owned(), Some(expected.to_owned())),
            None => (path, text, None),
        }
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn each_bent_file_is_told_as_it_is_written() {
    let bless = std::env::var_os("DOGWATCH_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 100, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for (path, head, expected) in cases {
        let (text, _) = told(&head);
        if bless {
            fs::write(&path, format!("{head}{EXPECTED}{}\n", text.trim_end())).unwrap();
        } else if expected.as_deref().map(str::trim_end) != Some(text.trim_end()) {
            wrong.push(format!("{}\n\nexpected:\n{}\nfound:\n{text}", path.display(), expected.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_kind_of_mistake_has_a_case_and_brings_a_cure() {
    fn collect(folder: &Path, codes: &mut Vec<String>) {
        let code = Regex::new(r#"\b(?:error|whole|unknown|wrong|note)\(\s*(?:Weight::\w+,\s*)?"([a-z-]+)""#).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            codes.extend(code.captures_iter(&text).map(|it| it[1].to_owned()));
        }
    }
    let mut codes = Vec::new();
    collect(&root().join("src/import"), &mut codes);
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 30, "only {} codes were found", codes.len());
    let mut shown = Vec::new();
    for (path, head, _) in cases() {
        let (_, diagnostics) = told(&head);
        for it in &diagnostics {
            assert!(!it.help.is_empty(), "{}: no cure for: {}", path.display(), it.message);
            assert!(!it.message.ends_with('.') && it.help.iter().all(|it| !it.ends_with('.')), "{}", path.display());
            shown.push(it.code.to_owned());
        }
        shown.extend(notes(&head));
    }
    let missing: Vec<&String> = codes.iter().filter(|it| !shown.contains(it)).collect();
    // A file that unfolds too far, and one of thousands of mistakes, are made below, not kept.
    assert_eq!(missing, ["more", "too-large"], "without a case");
}

/// The codes of the notes of a case.
fn notes(head: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for section in sections(head) {
        let imported = match section.name.as_str() {
            "alertmanager.yml" => alertmanager::read("a", &section.text, &ReceiverMap::empty(), &Layout::default()).0,
            "state.json" => terraform::read("a", &section.text, &Layout::default()).0,
            _ => None,
        };
        codes.extend(imported.into_iter().flat_map(|it| it.notes).map(|it| it.code.to_owned()));
    }
    codes
}

/// The policies of `tf-policies.txt`, whose ladders are worked out by hand from their rules.
#[test]
fn policies_become_ladders() {
    let (_, head, _) = cases().into_iter().find(|(path, _, _)| path.ends_with("tf-policies.txt")).unwrap();
    let source = sections(&head).remove(0).text;
    let imported = terraform::read("state.json", &source, &Layout::default()).0.unwrap();
    let mut files: Files = imported.files.into_iter().collect();
    let tests = r#"
        # Its third rule pages `web` again, which a ladder does once.
        [[tests]]
        tags   = { service = "shop" }
        expect = ["web", "db", "@ana"]
        # Back to `web` would be a circle.
        [[tests]]
        tags   = { service = "ledger" }
        expect = ["db", "@nobody"]
        # Two people at once, and then a schedule.
        [[tests]]
        tags   = { service = "mail" }
        expect = ["people-by-name", "db", "@nobody"]
        # Their policies page nobody, or are not there.
        [[tests]]
        tags   = { service = "void" }
        expect = ["notify:unknown-service"]
        [[tests]]
        tags   = { service = "lost" }
        expect = ["notify:unknown-service"]
    "#;
    let escalation = format!("{}{tests}", files.text("escalation.toml").unwrap());
    files.insert("escalation.toml", escalation);
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    let now = parse_instant("2026-11-24T12:00:00Z", &Zone::utc()).unwrap();
    let org = org.unwrap();
    let failed: Vec<_> =
        run_tests(&org, now).unwrap().into_iter().filter(|it| !it.passed()).map(|it| it.found).collect();
    assert_eq!(failed, [[[""; 0]; 0]; 0]);
}

/// A generator that needs no crate and always gives the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

/// Cuts, doubles, swaps and spoils a text.
fn bend(text: &str, dice: &mut Dice) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut at = || dice.roll(chars.len());
    let (a, b) = (at(), at());
    let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 400));
    let mut bent: Vec<char> = chars.clone();
    match dice.roll(8) {
        0 => bent.truncate(from),
        1 => drop(bent.drain(from..to)),
        2 => {
            let part: Vec<char> = chars[from..to].to_vec();
            let place = dice.roll(chars.len());
            bent.splice(place..place, part);
        }
        3 => bent.swap(a, b),
        _ => {
            for _ in 0..=dice.roll(4) {
                let odd = "\t\u{0}\"'[]{}:,-&*!|>%@`#\\\n \u{feff}é🙂0<~=/".chars().collect::<Vec<_>>();
                let place = dice.roll(bent.len());
                bent[place] = odd[dice.roll(odd.len())];
            }
        }
    }
    bent.into_iter().collect()
}

/// Whatever is in a file, it is read or told, and soon. `DOGWATCH_IMPORT_BENDS` asks for more.
#[test]
fn bent_files_are_read_or_told() {
    let bends: usize = std::env::var("DOGWATCH_IMPORT_BENDS").ok().and_then(|it| it.parse().ok()).unwrap_or(60);
    let example = |name: &str| fs::read_to_string(root().join("examples").join(name)).unwrap();
    let mut sources: Vec<(bool, String)> = vec![
        (true, example("gitlab-alert-routing/data/alertmanager.yml")),
        (false, example("ministry-of-justice/data/moj-pagerduty.json")),
    ];
    for (_, head, _) in cases() {
        for section in sections(&head) {
            match section.name.as_str() {
                "alertmanager.yml" => sources.push((true, section.text)),
                "state.json" => sources.push((false, section.text)),
                _ => {}
            }
        }
    }
    let mut dice = Dice(7);
    let (mut read, mut refused) = (0, 0);
    for (yaml, text) in &sources {
        // The large files are the real ones: they are bent more.
        let times = if text.len() > 5_000 { bends } else { bends / 6 };
        for _ in 0..times {
            let bent = bend(text, &mut dice);
            let begun = Instant::now();
            let (imported, mistakes) = match yaml {
                true => alertmanager::read("bent", &bent, &ReceiverMap::empty(), &Layout::default()),
                false => terraform::read("bent", &bent, &Layout::default()),
            };
            let shown = rendered(&mistakes, "bent", &bent);
            assert!(begun.elapsed() < Duration::from_secs(5), "{bent}");
            match imported {
                Some(imported) => {
                    assert_sound(&imported);
                    read += 1;
                }
                None => {
                    assert!(!shown.is_empty(), "refused without a word:\n{bent}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 20 && refused > 50, "{read} were read, {refused} refused");
}

/// The first mistake of a hostile file, and that it came soon.
#[track_caller]
fn refused(yaml: bool, text: &str) -> &'static str {
    let begun = Instant::now();
    let (imported, mistakes) = match yaml {
        true => alertmanager::read("a.yml", text, &ReceiverMap::empty(), &Layout::default()),
        false => terraform::read("a.json", text, &Layout::default()),
    };
    let shown = rendered(&mistakes, if yaml { "a.yml" } else { "a.json" }, text);
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    assert!(imported.is_none());
    assert!(shown.len() < 1 << 16, "{} bytes were told", shown.len());
    mistakes[0].code
}

#[test]
fn hostile_files_are_refused_soon() {
    let bomb = (1..40).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, it| {
        let below = format!("*a{}", it - 1);
        text + &format!("a{it}: &a{it} [{}]\n", [below.as_str(); 9].join(","))
    });
    assert_eq!(refused(true, &bomb), "too-large");
    assert_eq!(refused(true, &"[".repeat(100_000)), "bad-yaml");
    assert_eq!(refused(true, &"- ".repeat(100_000)), "too-deep");
    assert_eq!(refused(true, &"? ".repeat(50_000)), "bad-key");
    let nested: String =
        (0..2_000).map(|it| format!("{}routes:\n{}-\n", " ".repeat(2 * it), " ".repeat(2 * it))).collect();
    assert_eq!(refused(true, &format!("route:\n{nested}")), "too-deep");
    assert_eq!(refused(true, &format!("route: {}", "x".repeat(1_000_000))), "wrong-type");
    assert_eq!(refused(true, &format!("route: \"{}", "x".repeat(1_000_000))), "bad-yaml");
    assert_eq!(refused(true, "a: &a [*a]\n"), "bad-yaml");
    assert_eq!(refused(false, &"[".repeat(100_000)), "bad-json");
    assert_eq!(refused(false, &format!("{}{}", "{\"a\":".repeat(100_000), "1")), "bad-json");
    assert_eq!(refused(false, &format!("{{\"a\": \"{}", "x".repeat(1_000_000))), "bad-json");
    let many: String = (0..20_000).map(|it| format!("  - receiver: r{it}\n")).collect();
    assert_eq!(
        refused(true, &format!("receivers: [{{name: r}}]\nroute:\n  receiver: r\n  routes:\n{many}")),
        "unknown-receiver"
    );
}
