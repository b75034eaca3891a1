//! The program as people use it: exit status, stdout and stderr of whole runs.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A folder with `rotations/`, in which commands run.
struct Scene {
    folder: TempDir,
}

/// Four people, two rotations, a way from one to the other.
const SMALL: &[(&str, &str)] = &[
    ("org.toml", "zone = \"Europe/Dublin\"\nholidays = { ie = [2026-03-17] }\n"),
    (
        "people.toml",
        r#"
[ana]
name    = "Ana Souza"
email   = "ana@example.com"
phone   = "+55 11 5550 0100"
zone    = "America/Sao_Paulo"
[bo]
name    = "Bo Lindqvist"
email   = "bo@example.com"
zone    = "Europe/Stockholm"
aliases = ["lindqvist"]
[cy]
name    = "Cy Tanaka"
chat    = "@cy"
zone    = "Asia/Tokyo"
[vera]
name    = "Vera Lund"
phone   = "+353 1 555 0101"
zone    = "Europe/Dublin"
"#,
    ),
    ("services.toml", "[shop]\ntags = { tier = \"core\" }\n[ledger]\n[newsletter]\n"),
    (
        "web.toml",
        r#"
name     = "Web"
coverage = ["24x7"]
[[layers]]
people  = ["ana", "bo"]
from    = 2026-01-05
handoff = { every = "week", on = "Mon", at = "10:00" }
[secondary]
follow  = 1
[[overrides]]
person  = "cy"
for     = "ana"
from    = 2026-02-04T09:00:00
until   = 2026-02-05T09:00:00
reason  = "school concert"
"#,
    ),
    (
        "books.toml",
        r#"
name     = "Books"
coverage = ["Mon-Fri 09:00-17:00"]
[[layers]]
people  = ["bo", "cy"]
from    = 2026-01-05
handoff = { every = "week", on = "Mon", at = "09:00" }
hours   = ["Mon-Fri 09:00-17:00"]
"#,
    ),
    (
        "escalation.toml",
        r##"
repeat = { times = 2, after = "15m" }
routes = [
  { when = { service = ["ledger", "books-*"] }, page = "books" },
  { when = { service = ["newsletter"] }, notify = "#newsletter", label = "mail is never urgent" },
  { page = "web" },
]
escalations = [
  { from = "books",         after = "10m", to = "web" },
  { from = "web",           after = "5m",  to = "web.secondary" },
  { from = "web.secondary", after = "15m", to = "@vera" },
]
[[tests]]
tags   = { service = "ledger" }
expect = ["books", "web", "web.secondary", "@vera"]
"##,
    ),
];

impl Scene {
    fn empty() -> Scene {
        Scene { folder: tempfile::tempdir().unwrap() }
    }

    fn small() -> Scene {
        Scene::empty().with(SMALL)
    }

    fn with(self, files: &[(&str, &str)]) -> Scene {
        for (name, text) in files {
            let path = self.folder.path().join("rotations").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        self
    }

    /// What a run prints, and how it ends. It is Tuesday, 3 February 2026, 12:00 in Dublin.
    fn run(&self, arguments: &str) -> String {
        run(self.folder.path(), arguments)
    }
}

fn run(folder: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-02-03T12:00:00Z"])
        .args(arguments.split_whitespace().map(|it| it.replace('~', " ")))
        .current_dir(folder)
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let folder = folder.to_str().unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let status = output.status.code().expect("the program ends by itself");
    let mut shown = format!("exit status {status}\n");
    for (name, stream) in [("stdout", stdout), ("stderr", stderr)] {
        if !stream.is_empty() {
            shown.push_str(&format!("--- {name}\n{}\n", stream.replace(folder, "FOLDER").trim_end()));
        }
    }
    shown
}

#[test]
fn a_service_is_answered_with_its_ladder() {
    insta::assert_snapshot!(Scene::small().run("who shop"), @"");
}

#[test]
fn an_override_takes_the_seat_and_says_why() {
    insta::assert_snapshot!(Scene::small().run("who shop --at 2026-02-04T12:00"), @"");
}

#[test]
fn an_empty_seat_takes_no_time() {
    insta::assert_snapshot!(Scene::small().run("who ledger --at 2026-02-07T12:00"), @"");
}

#[test]
fn a_route_that_only_informs_pages_nobody() {
    insta::assert_snapshot!(Scene::small().run("who newsletter"), @"");
}

#[test]
fn only_a_tag_is_only_that_tag_with_a_hint() {
    insta::assert_snapshot!(Scene::small().run("who service=shop severity=critical"), @"");
}

#[test]
fn an_unknown_service_gets_the_nearest_name() {
    insta::assert_snapshot!(Scene::small().run("who shopp"), @"");
}

#[test]
fn nothing_near_gets_a_way_on() {
    insta::assert_snapshot!(Scene::small().run("who kubernetes"), @"");
}

#[test]
fn a_rotation_is_asked_for_by_name() {
    insta::assert_snapshot!(Scene::small().run("who web --at 2026-02-10T12:00"), @"");
}

#[test]
fn a_person_is_asked_for_by_alias() {
    insta::assert_snapshot!(Scene::small().run("who @lindqvist"), @"");
}

#[test]
fn what_is_expected_and_found_says_nothing_more() {
    let scene = Scene::small();
    let found = scene.run("who shop --expect web,web.secondary,@vera");
    assert!(found.starts_with("exit status 0\n"), "{found}");
    let other = scene.run("who shop --expect web,@vera");
    assert!(other.starts_with("exit status 1\n"), "{other}");
    assert!(other.ends_with("expected  web,@vera\nfound     web,web.secondary,@vera\n"), "{other}");
}

const DEAD_END: &[(&str, &str)] = &[("escalation.toml", "routes = [{ page = \"books\" }]\n")];

#[test]
fn a_dead_end_says_so() {
    insta::assert_snapshot!(Scene::small().with(DEAD_END).run("who ledger --at 2026-02-07T12:00"), @"");
}

#[test]
fn a_last_seat_from_which_nothing_leads_on_says_so() {
    insta::assert_snapshot!(Scene::small().with(DEAD_END).run("who ledger"), @"");
}

#[test]
fn a_question_asked_twice_in_one_is_refused() {
    insta::assert_snapshot!(Scene::small().run("who shop ledger"), @"");
}

#[test]
fn now_shows_everybody_and_gaps_first() {
    insta::assert_snapshot!(Scene::small().run("now"), @"");
}

#[test]
fn now_in_another_zone() {
    insta::assert_snapshot!(Scene::small().run("now --zone Asia/Tokyo"), @"");
}

#[test]
fn show_draws_a_line_a_seat() {
    insta::assert_snapshot!(Scene::small().run("show --from 2026-02-01"), @"");
}

#[test]
fn show_by_person_counts_hours() {
    insta::assert_snapshot!(Scene::small().run("show --by person --from 2026-02-01"), @"");
}

#[test]
fn show_by_day_lists_times() {
    insta::assert_snapshot!(Scene::small().run("show --by day --from 2026-02-03 --until 2026-02-06"), @"");
}

#[test]
fn show_as_a_table() {
    insta::assert_snapshot!(Scene::small().run("show web --format table --from 2026-02-01"), @"");
}

#[test]
fn show_as_json() {
    insta::assert_snapshot!(Scene::small().run("show web.secondary --format json --from 2026-02-02T10:00 --until 2026-02-09T10:00"), @"");
}

#[test]
fn show_of_a_span_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("show --from 2026-02-03 --until 2026-02-01"), @"");
}

#[test]
fn answers_for_a_rotation() {
    insta::assert_snapshot!(Scene::small().run("answers web"), @"");
}

#[test]
fn answers_for_a_person() {
    insta::assert_snapshot!(Scene::small().run("answers @cy"), @"");
}

#[test]
fn tests_pass() {
    insta::assert_snapshot!(Scene::small().run("test"), @"");
}

#[test]
fn tests_fail_with_both_ladders() {
    let wrong = "routes = [{ page = \"web\" }]\n[[tests]]\nname = \"the shop\"\ntags = { service = \"shop\" }\nexpect = [\"books\"]\n";
    insta::assert_snapshot!(Scene::small().with(&[("escalation.toml", wrong)]).run("test"), @"");
}

#[test]
fn check_finds_nothing() {
    insta::assert_snapshot!(Scene::small().run("check"), @"");
}

#[test]
fn mistakes_in_two_files_are_told_at_once_and_nothing_is_answered() {
    let broken = &[
        ("org.toml", "zone = \"Europe/Dubli\"\n"),
        (
            "books.toml",
            "[[layers]]\npeople = [\"cyy\"]\nfrom = 2026-01-06\nhandoff = { every = \"week\", on = \"Mon\", at = \"09:00\" }\n",
        ),
    ];
    insta::assert_snapshot!(Scene::small().with(broken).run("who shop"), @"");
}

#[test]
fn there_is_nothing_here() {
    insta::assert_snapshot!(Scene::empty().run("now"), @"");
}

#[test]
fn init_writes_an_organisation_that_answers_and_is_clean() {
    let scene = Scene::empty();
    insta::assert_snapshot!(scene.run("init --zone Europe/Dublin"), @"");
    insta::assert_snapshot!(scene.run("check"), @"");
    insta::assert_snapshot!(scene.run("test"), @"");
    insta::assert_snapshot!(scene.run("who shop"), @"");
    insta::assert_snapshot!(scene.run("init"), @"");
}

#[test]
fn a_time_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("who shop --at yesterday"), @"");
}

#[test]
fn a_zone_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("now --zone Europe/Dubln"), @"");
}

#[test]
fn a_format_that_the_command_has_not() {
    insta::assert_snapshot!(Scene::small().run("who shop --format table"), @"");
}

#[test]
fn a_rotation_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("show wbe"), @"");
}

#[test]
fn schemas_are_listed() {
    insta::assert_snapshot!(Scene::empty().run("schema"), @"");
}

#[test]
fn the_help_fits_a_screen() {
    insta::assert_snapshot!(Scene::empty().run("--help"), @"");
}

#[test]
fn help_of_who() {
    insta::assert_snapshot!(Scene::empty().run("who --help"), @"");
}

#[test]
fn the_arguments_are_sound() {
    dogwatch::cli::command().debug_assert();
}
