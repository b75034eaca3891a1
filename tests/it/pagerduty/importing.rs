//! `import pagerduty` as a command.

use std::path::{Path, PathBuf};
use std::process::Command;

use dogwatch::rehearsal::{Account, Clock, Faults, Rehearsal, Switches, server};
use dogwatch::time::Instant;

use crate::pagerduty::world::instant;

const NOW: &str = "2026-02-04T12:00:00Z";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(folder: &Path, url: &str, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", NOW])
        .args(arguments)
        .current_dir(folder)
        .env("PAGERDUTY_TOKEN", "rehearsal-read-only")
        .env("DOGWATCH_PAGERDUTY", url)
        .env("NO_COLOR", "1")
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!out.contains("rehearsal-read-only") && !err.contains("rehearsal-read-only"), "the token was shown");
    (output.status.code().unwrap(), out, err)
}

#[test]
fn an_account_is_written_once_and_never_over_anything() {
    let text = std::fs::read_to_string(root().join("tests/cases/pagerduty-accounts/shifts.json")).unwrap();
    let account = Account::from_json(&text).unwrap();
    let rehearsal = Rehearsal::new(account, Switches::default(), Faults::default(), Clock::standing(instant(NOW)));
    let server = server::spawn(rehearsal, || Instant::MIN, 0, None).unwrap();
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &url, &["import", "pagerduty", "--into", "."]);
    assert_eq!(
        (code, out.as_str()),
        (
            1,
            "wrote rotations/org.toml\nwrote rotations/people.toml\nwrote rotations/services.toml\n\
             wrote rotations/days.toml\nwrote rotations/escalation.toml\n"
        ),
        "{err}"
    );
    assert!(err.starts_with("PagerDuty: 4 people, 1 schedule, 1 escalation policy, 1 service\n"), "{err}");
    let (code, _, err) = run(folder.path(), &url, &["import", "pagerduty", "--into", "."]);
    assert_eq!(
        (code, err.lines().next()),
        (2, Some("error: `rotations/org.toml` is there already, and is left alone"))
    );
    let (code, out, _) = run(folder.path(), &url, &["import", "pagerduty", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["source"], answer["written"].as_array().unwrap().len()), (1, &"pagerduty".into(), 0));
    let (code, out, err) =
        run(folder.path(), &url, &["show", "days", "--from", "2026-02-05", "--until", "2026-02-06", "--format", "csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("bo"), "{out}");
}

#[test]
fn without_an_account_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), "http://127.0.0.1:1", &["import", "pagerduty", "--into", "."]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn folders_that_were_made_go_again_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let state = root().join("examples/import/state.json");
    // A path is 4,095 bytes long at most: there is room for `rotations`, and none for what lies in it.
    let into = format!("{}x", "./".repeat(2_035));
    let (code, out, err) = run(folder.path(), "us", &["import", "terraform", state.to_str().unwrap(), "--into", &into]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("could not write"), "{}", &err[..200.min(err.len())]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
