//! What `plan` shows, as a whole: to people on a terminal, and in a pull request.

use std::process::Command;

use dogwatch::rehearsal::{Clock, Faults, Rehearsal, Switches, server};
use dogwatch::time::Instant;

use crate::pagerduty::world::{World, org};

const FILES: [(&str, &str); 4] = [
    (
        "org.toml",
        "zone = 'Europe/Dublin'\n[pagerduty]\nfamily = 'layers'\n",
    ),
    (
        "people.toml",
        "[ana]\nname = 'Ana'\nemail = 'ana@example.com'\nzone = 'Europe/Dublin'\n[bo]\nname = 'Bo'\nemail = 'bo@example.com'\nzone = 'Europe/Dublin'\n[cy]\nname = 'Cy'\nemail = 'cy@example.com'\nzone = 'Europe/Dublin'\n",
    ),
    ("escalation.toml", "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = '@cy' }]\n"),
    ("services.toml", "[shop]\npagerduty = 'Shop'\n"),
];

const WEB: &str = "name = 'Web'\ncoverage = ['24x7']\n[[layers]]\npeople = ['bo', 'ana']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n";

const NOW: &str = "2026-01-28T12:00:00Z";

/// What `plan` prints when Ana leaves in the middle of her week, `web` has the rotation's text, in a format.
fn plan(format: &str) -> String {
    let before: Vec<(&str, &str)> = FILES.into_iter().chain([("web.toml", WEB)]).collect();
    let world = World::of(&org(&before), NOW);
    world.sync(&org(&before));
    let account = world.rehearsal.borrow().account().clone();
    let now = world.now();
    let switches = Switches { rate_limit: None, ..Switches::default() };
    let rehearsal = Rehearsal::new(account, switches, Faults::default(), Clock::standing(now));
    let server = server::spawn(rehearsal, || Instant::MIN, 0, None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rotations = folder.path().join("rotations");
    std::fs::create_dir(&rotations).unwrap();
    for (name, text) in FILES {
        std::fs::write(rotations.join(name), text).unwrap();
    }
    std::fs::write(rotations.join("web.toml"), WEB.replace("['bo', 'ana']", "['cy', 'bo']")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", NOW, "--format", format, "plan", "--horizon", "14d", "--base-url", &server.url()])
        .current_dir(folder.path())
        .env("PAGERDUTY_TOKEN", "rehearsal")
        .env("NO_COLOR", "1")
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    server.stop().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_plan_on_a_terminal() {
    assert_eq!(plan("text"), "");
}

#[test]
fn a_plan_in_a_pull_request() {
    assert_eq!(plan("markdown"), "");
}
