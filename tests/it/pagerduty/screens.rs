//! What `plan` shows, as a whole: to people on a terminal, and in a pull request.

use std::process::Command;

use dogwatch::export::{Reader, markdown, text};
use dogwatch::rehearsal::{Clock, Faults, Rehearsal, Switches, server};
use dogwatch::time::Instant;

use crate::pagerduty::world::{World, instant, org};

const FILES: [(&str, &str); 4] = [
    ("org.toml", "zone = 'Europe/Dublin'\n[pagerduty]\nfamily = 'layers'\n"),
    (
        "people.toml",
        "[ana]\nname = 'Ana'\nemail = 'ana@example.com'\nzone = 'Europe/Dublin'\n[bo]\nname = 'Bo'\nemail = 'bo@example.com'\nzone = 'Europe/Dublin'\n[cy]\nname = 'Cy'\nemail = 'cy@example.com'\nzone = 'Europe/Dublin'\n",
    ),
    ("escalation.toml", "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = '@cy' }]\n"),
    ("services.toml", "[shop]\npagerduty = 'Shop'\n"),
];

const WEB: &str = "name = 'Web'\ncoverage = ['24x7']\n[[layers]]\npeople = ['bo', 'ana']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n";

const NOW: &str = "2026-01-28T12:00:00Z";

/// What `plan` prints, in a format, when Ana leaves in the middle of her week and Cy joins.
///
/// Weeks since 5 January: the fourth is Ana's. The fifth, from 2 February, is Bo's and becomes Cy's; the sixth is Ana's and
/// becomes Bo's.
fn plan(format: &str) -> String {
    let before: Vec<(&str, &str)> = FILES.into_iter().chain([("web.toml", WEB)]).collect();
    let world = World::of(&org(&before), "2026-01-28T11:00:00Z");
    world.sync(&org(&before));
    let account = world.rehearsal.borrow().account().clone();
    let now = instant(NOW);
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
    let wanted = "\
People and hours
  Mon 2026-02-02 10:00 GMT to Mon 2026-02-09 10:00 GMT  web: Cy instead of Bo
  Mon 2026-02-09 10:00 GMT to Wed 2026-02-11 00:00 GMT  web: Bo instead of Ana

What is done
  web  update schedule Web: Ana, Bo end at Mon 2026-02-02 10:00 GMT; Bo, Cy take turns from Mon 2026-02-02 10:00 GMT

To know
  web: Ana stays on call until Mon 2026-02-02 10:00 GMT; from then on it is as the files say
";
    assert_eq!(plan("text"), wanted);
}

#[test]
fn a_plan_in_a_pull_request() {
    let wanted = "\
## PagerDuty

| when | schedule | now | then |
|---|---|---|---|
| Mon 2026-02-02 10:00 GMT to Mon 2026-02-09 10:00 GMT | web | Bo | Cy |
| Mon 2026-02-09 10:00 GMT to Wed 2026-02-11 00:00 GMT | web | Ana | Bo |

### What is done

- **web** update schedule Web: Ana, Bo end at Mon 2026-02-02 10:00 GMT; Bo, Cy take turns from Mon 2026-02-02 10:00 GMT

### To know

- **web** Ana stays on call until Mon 2026-02-02 10:00 GMT; from then on it is as the files say
";
    assert_eq!(plan("markdown"), wanted);
}

/// Somebody whose name would turn a line around is shown as somebody with the mark of an unknown letter; nothing else differs.
#[test]
fn names_of_others_are_shown_harmless() {
    let files: Vec<(&str, &str)> = FILES.into_iter().chain([("web.toml", WEB)]).collect();
    let org = org(&files);
    let shown = |name: &str| {
        let mut theirs = org.clone();
        theirs.people[0].name = name.to_owned();
        let world = World::of(&theirs, "2026-01-28T11:00:00Z");
        let plan = world.plan(&org).unwrap();
        let reader = Reader { zone: org.zone.clone(), now: instant(NOW), width: 100 };
        let differences = &plan.changes;
        let pages = [text::plan(&plan, &reader), markdown::plan(&plan, &reader)];
        pages.join("\n") + &text::verified(&plan, differences, &reader)
    };
    let (hostile, marked) = (shown("Ana\u{202e}ZUOS\u{200b}"), shown("Ana\u{fffd}ZUOS\u{fffd}"));
    assert!(hostile.contains("Ana\u{fffd}ZUOS\u{fffd}"), "{hostile}");
    assert_eq!(hostile, marked);
}
