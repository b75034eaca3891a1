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
    insta::assert_snapshot!(Scene::small().run("who shop"), @"
    exit status 0
    --- stdout
    shop  Tue 2026-02-03 12:00 GMT
    tags   service=shop tier=core

    route  3 by everything   rotations/escalation.toml:6

     0 min  Ana Souza     web primary    until Wed 09:00, then Cy Tanaka
            +55 11 5550 0100   ana@example.com   Tue 09:00 -03 there
            turn 5, every week on Mon at 10:00   rotations/web.toml:4

     5 min  Bo Lindqvist  web secondary  until Mon 10:00, then Ana Souza
            bo@example.com   Tue 13:05 CET there
            turn 5, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4

    20 min  Vera Lund     by name
            +353 1 555 0101

    35 min: up again from the first rung, twice; then nobody more
    ");
}

#[test]
fn an_override_takes_the_seat_and_says_why() {
    insta::assert_snapshot!(Scene::small().run("who shop --at 2026-02-04T12:00"), @"
    exit status 0
    --- stdout
    shop  Wed 2026-02-04 12:00 GMT
    tags   service=shop tier=core

    route  3 by everything   rotations/escalation.toml:6

     0 min  Cy Tanaka     web primary    until Thu 09:00, then Ana Souza
            @cy   Wed 21:00 JST there
            override for Ana Souza: school concert   rotations/web.toml:10

     5 min  Bo Lindqvist  web secondary  until Mon 10:00, then Ana Souza
            bo@example.com   Wed 13:05 CET there
            turn 5, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4

    20 min  Vera Lund     by name
            +353 1 555 0101

    35 min: up again from the first rung, twice; then nobody more
    ");
}

#[test]
fn an_empty_seat_takes_no_time() {
    insta::assert_snapshot!(Scene::small().run("who ledger --at 2026-02-07T12:00"), @"
    exit status 0
    --- stdout
    ledger  Sat 2026-02-07 12:00 GMT
    tags   service=ledger

    route  1 by service=ledger|books-*   rotations/escalation.toml:4

     0 min  nobody: outside of its hours  books primary  takes no time; next is Cy Tanaka, Mon 09:00

     0 min  Ana Souza                     web primary    until Mon 10:00, then Bo Lindqvist
            +55 11 5550 0100   ana@example.com   Sat 09:00 -03 there
            turn 5, every week on Mon at 10:00   rotations/web.toml:4
            at 10 min if nobody had been missing before

     5 min  Bo Lindqvist                  web secondary  until Mon 10:00, then Ana Souza
            bo@example.com   Sat 13:05 CET there
            turn 5, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4
            at 15 min if nobody had been missing before

    20 min  Vera Lund                     by name
            +353 1 555 0101
            at 30 min if nobody had been missing before

    35 min: up again from the first rung, twice; then nobody more
    ");
}

#[test]
fn a_route_that_only_informs_pages_nobody() {
    insta::assert_snapshot!(Scene::small().run("who newsletter"), @r#"
    exit status 1
    --- stdout
    newsletter  Tue 2026-02-03 12:00 GMT
    tags   service=newsletter

    route  2 "mail is never urgent" by service=newsletter   rotations/escalation.toml:5
    informs #newsletter; this route pages nobody

    nobody is paged for this alert
    "#);
}

#[test]
fn only_a_tag_is_only_that_tag_with_a_hint() {
    insta::assert_snapshot!(Scene::small().run("who service=shop severity=critical"), @"
    exit status 0
    --- stdout
    an alert  Tue 2026-02-03 12:00 GMT
    tags   service=shop severity=critical
    hint   services.toml knows more of shop: tier=core; `dogwatch who shop` brings it

    route  3 by everything   rotations/escalation.toml:6

     0 min  Ana Souza     web primary    until Wed 09:00, then Cy Tanaka
            +55 11 5550 0100   ana@example.com   Tue 09:00 -03 there
            turn 5, every week on Mon at 10:00   rotations/web.toml:4

     5 min  Bo Lindqvist  web secondary  until Mon 10:00, then Ana Souza
            bo@example.com   Tue 13:05 CET there
            turn 5, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4

    20 min  Vera Lund     by name
            +353 1 555 0101

    35 min: up again from the first rung, twice; then nobody more
    ");
}

#[test]
fn an_unknown_service_gets_the_nearest_name() {
    insta::assert_snapshot!(Scene::small().run("who shopp"), @"
    exit status 2
    --- stderr
    error: no service, rotation or person is called `shopp`
      help: did you mean `shop`?
      help: an alert of a service that is in no file: `dogwatch who service=shopp`
    ");
}

#[test]
fn nothing_near_gets_a_way_on() {
    insta::assert_snapshot!(Scene::small().run("who kubernetes"), @"
    exit status 2
    --- stderr
    error: no service, rotation or person is called `kubernetes`
      help: `dogwatch now` lists the rotations
      help: an alert of a service that is in no file: `dogwatch who service=kubernetes`
    ");
}

#[test]
fn a_rotation_is_asked_for_by_name() {
    insta::assert_snapshot!(Scene::small().run("who web --at 2026-02-10T12:00"), @"
    exit status 0
    --- stdout
    Web  Tue 2026-02-10 12:00 GMT

     0 min  Bo Lindqvist  web primary    until Mon 10:00, then Ana Souza
            bo@example.com   Tue 13:00 CET there
            turn 6, every week on Mon at 10:00   rotations/web.toml:4

     5 min  Ana Souza     web secondary  until Mon 10:00, then Bo Lindqvist
            +55 11 5550 0100   ana@example.com   Tue 09:05 -03 there
            turn 6, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4

    20 min  Vera Lund     by name
            +353 1 555 0101

    35 min: up again from the first rung, twice; then nobody more
    ");
}

#[test]
fn a_rotation_whose_name_begins_another_is_found() {
    let edge = SMALL.iter().find(|(name, _)| *name == "books.toml").unwrap().1.replace("Books", "Web Edge");
    let scene = Scene::small().with(&[("web-edge.toml", &edge)]);
    for name in ["web", "web-edge", "web.secondary", "books"] {
        let found = scene.run(&format!("who {name} --expect {name}"));
        assert!(found.contains(&format!("{} ", name.split('.').next().unwrap())), "{found}");
        assert!(!found.starts_with("exit status 2"), "{found}");
    }
}

#[test]
fn a_person_is_asked_for_by_alias() {
    insta::assert_snapshot!(Scene::small().run("who @lindqvist"), @"
    exit status 0
    --- stdout
    Bo Lindqvist (@bo)  Tue 2026-02-03 12:00 GMT

     0 min  Bo Lindqvist  by name
            bo@example.com   Tue 13:00 CET there

    15 min: up again from the first rung, twice; then nobody more
    ");
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
    insta::assert_snapshot!(Scene::small().with(DEAD_END).run("who ledger --at 2026-02-07T12:00"), @"
    exit status 1
    --- stdout
    ledger  Sat 2026-02-07 12:00 GMT
    tags   service=ledger

    route  1 by everything   rotations/escalation.toml:1

     0 min  nobody: outside of its hours  books primary  takes no time; next is Cy Tanaka, Mon 09:00

    a dead end: every seat on this way is empty, and nobody is paged
    ");
}

#[test]
fn a_last_seat_from_which_nothing_leads_on_says_so() {
    insta::assert_snapshot!(Scene::small().with(DEAD_END).run("who ledger"), @r#"
    exit status 0
    --- stdout
    ledger  Tue 2026-02-03 12:00 GMT
    tags   service=ledger

    route  1 by everything   rotations/escalation.toml:1

     0 min  Bo Lindqvist  books primary  until 17:00, then nobody until Wed 09:00: Bo Lindqvist
            bo@example.com   Tue 13:00 CET there
            turn 5, every week on Mon at 09:00   rotations/books.toml:4

    then nobody more: nothing leads on from the last seat
      help  { from = "books", after = "15m", to = "@…" } in escalation.toml leads on
    "#);
}

#[test]
fn a_question_asked_twice_in_one_is_refused() {
    insta::assert_snapshot!(Scene::small().run("who shop ledger"), @"
    exit status 2
    --- stderr
    error: asked about `shop` and about `ledger`
      help: one name at a time; tags are written TAG=VALUE
    ");
}

#[test]
fn now_shows_everybody_and_gaps_first() {
    insta::assert_snapshot!(Scene::small().run("now"), @"
    exit status 0
    --- stdout
    Tue 2026-02-03 12:00 GMT

    SEAT           ON CALL       UNTIL      NEXT
    books          Bo Lindqvist  17:00      Bo Lindqvist, Wed 09:00
    web            Ana Souza     Wed 09:00  Cy Tanaka
    web.secondary  Bo Lindqvist  Mon 10:00  Ana Souza
    ");
}

#[test]
fn now_in_another_zone() {
    insta::assert_snapshot!(Scene::small().run("now --zone Asia/Tokyo"), @"
    exit status 0
    --- stdout
    Tue 2026-02-03 21:00 JST

    SEAT           ON CALL       UNTIL      NEXT
    books          Bo Lindqvist  Wed 02:00  Bo Lindqvist, Wed 18:00
    web            Ana Souza     Wed 18:00  Cy Tanaka
    web.secondary  Bo Lindqvist  Mon 19:00  Ana Souza
    ");
}

#[test]
fn show_draws_a_line_a_seat() {
    insta::assert_snapshot!(Scene::small().run("show --from 2026-02-01"), @"
    exit status 0
    --- stdout
    Sun 2026-02-01 00:00 GMT to Sun 2026-02-15 00:00 GMT  Europe/Dublin

                   Sun   Mon   Tue   Wed   Thu   Fri   Sat   Sun   Mon   Tue   Wed   Thu   Fri   Sat
                   1     2     3     4     5     6     7     8     9     10    11    12    13    14
    books                  ├a    ├a    ├a    ├a    ├a                ├b    ├b    ├b    ├b    ├b
    web            ├bo─────├ana────────╞cy═══├ana────────────────────├bo───────────────────────────────
    web.secondary  ├ana────├bo───────────────────────────────────────├ana──────────────────────────────

    a bo  b cy

    Overrides
      web  cy for ana  Wed 2026-02-04 09:00 GMT  to Thu 2026-02-05 09:00 GMT  school concert  rotations/web.toml:10
    ");
}

#[test]
fn show_by_person_counts_hours() {
    insta::assert_snapshot!(Scene::small().run("show --by person --from 2026-02-01"), @"
    exit status 0
    --- stdout
    Sun 2026-02-01 00:00 GMT to Sun 2026-02-15 00:00 GMT  Europe/Dublin

                 Sun   Mon   Tue   Wed   Thu   Fri   Sat    Sun   Mon   Tue   Wed   Thu   Fri   Sat
                 1     2     3     4     5     6     7      8     9     10    11    12    13    14
    ana   312 h  ├a──────├web────────      ├web─────────────────────├web.secondary─────────────────────
    bo    376 h  ├web────├web.secondary─────────────────────────────├web───────────────────────────────
                         ├b    ├b    ├b    ├b     ├b
    cy     64 h                      ╞web══                         ├b    ├b    ├b    ├b     ├b

    a web.secondary  b books
    ");
}

#[test]
fn show_by_day_lists_times() {
    insta::assert_snapshot!(Scene::small().run("show --by day --from 2026-02-03 --until 2026-02-06"), @"
    exit status 0
    --- stdout
    Tue 2026-02-03
      books          09:00 bo  17:00 nobody
      web            00:00 ana
      web.secondary  00:00 bo

    Wed 2026-02-04
      books          09:00 bo  17:00 nobody
      web            00:00 ana  09:00 cy
      web.secondary  00:00 bo

    Thu 2026-02-05
      books          09:00 bo  17:00 nobody
      web            00:00 cy  09:00 ana
      web.secondary  00:00 bo
    ");
}

#[test]
fn show_as_a_table() {
    insta::assert_snapshot!(Scene::small().run("show web --format table --from 2026-02-01"), @"
    exit status 0
    --- stdout
    ROTATION  SEAT       FROM                      UNTIL                     HOURS  PERSON  WHY
    web       primary    Sun 2026-02-01 00:00 GMT  Mon 2026-02-02 10:00 GMT     34  bo      turn 4    rotations/web.toml:4
    web       primary    Mon 2026-02-02 10:00 GMT  Wed 2026-02-04 09:00 GMT     47  ana     turn 5    rotations/web.toml:4
    web       primary    Wed 2026-02-04 09:00 GMT  Thu 2026-02-05 09:00 GMT     24  cy      override  rotations/web.toml:10
    web       primary    Thu 2026-02-05 09:00 GMT  Mon 2026-02-09 10:00 GMT     97  ana     turn 5    rotations/web.toml:4
    web       primary    Mon 2026-02-09 10:00 GMT  Sun 2026-02-15 00:00 GMT    134  bo      turn 6    rotations/web.toml:4
    web       secondary  Sun 2026-02-01 00:00 GMT  Mon 2026-02-02 10:00 GMT     34  ana     turn 4    rotations/web.toml:4
    web       secondary  Mon 2026-02-02 10:00 GMT  Mon 2026-02-09 10:00 GMT    168  bo      turn 5    rotations/web.toml:4
    web       secondary  Mon 2026-02-09 10:00 GMT  Sun 2026-02-15 00:00 GMT    134  ana     turn 6    rotations/web.toml:4
    ");
}

#[test]
fn show_as_json() {
    insta::assert_snapshot!(Scene::small().run("show web.secondary --format json --from 2026-02-02T10:00 --until 2026-02-09T10:00"), @r#"
    exit status 0
    --- stdout
    {
      "version": 1,
      "kind": "show",
      "from": "2026-02-02T10:00:00Z",
      "until": "2026-02-09T10:00:00Z",
      "zone": "Europe/Dublin",
      "shifts": [
        {
          "rotation": "web",
          "seat": "secondary",
          "start": "2026-02-02T10:00:00Z",
          "end": "2026-02-09T10:00:00Z",
          "person": "bo",
          "planned_start": "2026-02-02T10:00:00Z",
          "planned_end": "2026-02-09T10:00:00Z",
          "why": {
            "kind": "turn",
            "layer": 1,
            "turn": 5,
            "reason": null,
            "source": "rotations/web.toml:4"
          }
        }
      ],
      "gaps": []
    }
    "#);
}

#[test]
fn show_leaves_out_a_day_that_never_was() {
    // Samoa went from Thursday, 29 December 2011, to Saturday the 31st.
    let web = "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2011-12-26\nhandoff = { every = \"day\", at = \"00:00\" }\n";
    let scene =
        Scene::small().with(&[("org.toml", "zone = \"Pacific/Apia\"\n"), ("web.toml", web), ("escalation.toml", "")]);
    insta::assert_snapshot!(scene.run("show web --from 2011-12-28 --until 2012-01-02"), @"
    exit status 0
    --- stdout
    Wed 2011-12-28 00:00 -10 to Mon 2012-01-02 00:00 +14  Pacific/Apia

         Wed 28 Dec             Thu 29 Dec              Sat 31 Dec             Sun 1 Jan
    web  ├cy────────────────────├ana────────────────────├bo────────────────────├cy─────────────────────
    ");
}

#[test]
fn an_expectation_of_what_does_not_exist() {
    insta::assert_snapshot!(Scene::small().run("who shop --expect web,wbe.secondary"), @"
    exit status 2
    --- stderr
    error: `--expect` names `wbe.secondary`, which is no seat and no person
      help: did you mean `web.secondary`?
    ");
}

#[test]
fn the_folder_itself_instead_of_the_one_around_it() {
    insta::assert_snapshot!(Scene::small().run("-C rotations now"), @"
    exit status 2
    --- stderr
    error: there is no folder `rotations/rotations`
      help: `-C` names the folder that holds `rotations/`, not `rotations/` itself: one folder up
    ");
}

#[test]
fn a_word_that_would_steer_the_terminal() {
    insta::assert_snapshot!(Scene::small().run("who no\u{1b}]0;title\u{7}pe"), @"
    exit status 2
    --- stderr
    error: `no�]0;title�pe` holds a control character
      help: names and tags are plain text
    ");
}

#[test]
fn somebody_who_is_away_is_said_to_be() {
    let people = SMALL.iter().find(|(name, _)| *name == "people.toml").unwrap().1;
    let off = "name    = \"Ana Souza\"\noff     = [{ from = 2026-02-01, through = 2026-02-03, note = \"skiing\" }]";
    let people = people.replace("name    = \"Ana Souza\"", off);
    let scene = Scene::small().with(&[("people.toml", &people)]);
    insta::assert_snapshot!(scene.run("who web"), @"
    exit status 0
    --- stdout
    Web  Tue 2026-02-03 12:00 GMT

     0 min  Ana Souza     web primary    until Wed 09:00, then Cy Tanaka
            is away until Wed 03:00: skiing
            +55 11 5550 0100   ana@example.com   Tue 09:00 -03 there
            turn 5, every week on Mon at 10:00   rotations/web.toml:4

     5 min  Bo Lindqvist  web secondary  until Mon 10:00, then Ana Souza
            bo@example.com   Tue 13:05 CET there
            turn 5, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:4

    20 min  Vera Lund     by name
            +353 1 555 0101

    35 min: up again from the first rung, twice; then nobody more
    ");
    insta::assert_snapshot!(scene.run("now"), @"
    exit status 0
    --- stdout
    Tue 2026-02-03 12:00 GMT

    SEAT           ON CALL       UNTIL      NEXT
    books          Bo Lindqvist  17:00      Bo Lindqvist, Wed 09:00
    web            Ana Souza     Wed 09:00  Cy Tanaka                is away
    web.secondary  Bo Lindqvist  Mon 10:00  Ana Souza
    ");
}

#[test]
fn show_of_a_person_in_every_rotation() {
    insta::assert_snapshot!(Scene::small().run("show @lindqvist --format table --from 2026-02-02 --until 2026-02-16"), @"
    exit status 0
    --- stdout
    ROTATION  SEAT       FROM                      UNTIL                     HOURS  PERSON  WHY
    books     primary    Mon 2026-02-02 09:00 GMT  Mon 2026-02-02 17:00 GMT      8  bo      turn 5  rotations/books.toml:4
    books     primary    Tue 2026-02-03 09:00 GMT  Tue 2026-02-03 17:00 GMT      8  bo      turn 5  rotations/books.toml:4
    books     primary    Wed 2026-02-04 09:00 GMT  Wed 2026-02-04 17:00 GMT      8  bo      turn 5  rotations/books.toml:4
    books     primary    Thu 2026-02-05 09:00 GMT  Thu 2026-02-05 17:00 GMT      8  bo      turn 5  rotations/books.toml:4
    books     primary    Fri 2026-02-06 09:00 GMT  Fri 2026-02-06 17:00 GMT      8  bo      turn 5  rotations/books.toml:4
    web       primary    Mon 2026-02-02 00:00 GMT  Mon 2026-02-02 10:00 GMT     10  bo      turn 4  rotations/web.toml:4
    web       primary    Mon 2026-02-09 10:00 GMT  Mon 2026-02-16 00:00 GMT    158  bo      turn 6  rotations/web.toml:4
    web       secondary  Mon 2026-02-02 10:00 GMT  Mon 2026-02-09 10:00 GMT    168  bo      turn 5  rotations/web.toml:4
    ");
}

#[test]
fn show_of_a_person_in_one_rotation() {
    insta::assert_snapshot!(Scene::small().run("show books @bo --by day --from 2026-02-02 --until 2026-02-04"), @"
    exit status 0
    --- stdout
    Mon 2026-02-02
      books  09:00 bo

    Tue 2026-02-03
      books  09:00 bo
    ");
}

#[test]
fn show_of_somebody_unknown() {
    insta::assert_snapshot!(Scene::small().run("show @anna"), @"
    exit status 2
    --- stderr
    error: no such person: `@anna`
      help: did you mean `@ana`?
    ");
    insta::assert_snapshot!(Scene::small().run("show ana"), @"
    exit status 2
    --- stderr
    error: no such rotation: `ana`
      help: a person is asked for as `@ana`
    ");
}

#[test]
fn show_with_an_alarm_rings_before_each_shift() {
    insta::assert_snapshot!(Scene::small().run("show @cy web --format ics --alarm 1h30m"), @r"
    exit status 0
    --- stdout
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Dogwatch//Dogwatch//EN
    CALSCALE:GREGORIAN
    NAME:On call: Cy Tanaka
    X-WR-CALNAME:On call: Cy Tanaka
    REFRESH-INTERVAL;VALUE=DURATION:PT1H
    X-PUBLISHED-TTL:PT1H
    BEGIN:VEVENT
    UID:web.primary.20260204T090000Z.cy@dogwatch
    DTSTAMP:19700101T000000Z
    DTSTART:20260204T090000Z
    DTEND:20260205T090000Z
    SUMMARY:On call: Web
    DESCRIPTION:override for Ana Souza: school concert\nrotations/web.toml:10\n
     then Ana Souza
    CATEGORIES:Web,primary,override
    STATUS:CONFIRMED
    TRANSP:TRANSPARENT
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION:On call: Web
    TRIGGER:-PT5400S
    END:VALARM
    END:VEVENT
    END:VCALENDAR
    ");
    insta::assert_snapshot!(Scene::small().run("show @cy --alarm 1h"), @"
    exit status 2
    --- stderr
    error: only a calendar rings
      help: `--alarm` goes with `--format ics`
    ");
    insta::assert_snapshot!(Scene::small().run("show @cy --format ics --alarm 1d"), @"
    exit status 2
    --- stderr
    error: a day is not always 24 hours
      help: as in 15m, 1h or 1h30m; 24h is the day before
    ");
}

#[test]
fn show_lists_days_as_text_only() {
    insta::assert_snapshot!(Scene::small().run("show --format csv --by day"), @"
    exit status 2
    --- stderr
    error: `--by day` lists the days, which only text does
      help: without it, tables have a row a shift, and the page of `--format html` zooms by day
    ");
}

#[test]
fn show_into_a_folder_that_is_not_there() {
    insta::assert_snapshot!(Scene::small().run("show --format csv -o nowhere/a.csv"), @"
    exit status 2
    --- stderr
    error: could not write `nowhere/a.csv`: No such file or directory (os error 2)
    ");
}

#[test]
fn a_file_that_is_read_only_is_left_alone() {
    let scene = Scene::small();
    let read_only = |name: &str| {
        let path = scene.folder.path().join(name);
        let mut mode = std::fs::metadata(&path).unwrap().permissions();
        mode.set_readonly(true);
        std::fs::set_permissions(&path, mode).unwrap();
        std::fs::read(path).unwrap()
    };
    std::fs::write(scene.folder.path().join("a.csv"), "mine").unwrap();
    let mine = read_only("a.csv");
    insta::assert_snapshot!(scene.run("show --format csv -o a.csv"), @"
    exit status 2
    --- stderr
    error: could not write `a.csv`: it is read-only, and is left as it is
      help: make it writable, or name another file
    ");
    assert_eq!(std::fs::read(scene.folder.path().join("a.csv")).unwrap(), mine);
    let web = read_only("rotations/web.toml");
    insta::assert_snapshot!(scene.run("edit override cy web --from 2026-02-10 --until 2026-02-11"), @"
    exit status 2
    --- stderr
    error: could not write `rotations/web.toml`: it is read-only, and is left as it is
      help: make it writable, or name another file
      help: nothing was written
    ");
    assert_eq!(std::fs::read(scene.folder.path().join("rotations/web.toml")).unwrap(), web);
}

#[test]
fn show_of_a_time_in_which_nobody_holds_anything() {
    let shown = |format: &str| Scene::small().run(&format!("show @vera --format {format}"));
    insta::assert_snapshot!(shown("text"), @"
    exit status 0
    --- stdout
    Tue 2026-02-03 00:00 GMT to Tue 2026-02-17 00:00 GMT  Europe/Dublin

    nobody holds anything then
    ");
    insta::assert_snapshot!(shown("csv"), @"
    exit status 0
    --- stdout
    rotation,seat,kind,person,name,email,start_utc,end_utc,start,end,hours,why,source,planned_start_utc,planned_end_utc
    ");
    insta::assert_snapshot!(shown("ics"), @"
    exit status 0
    --- stdout
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Dogwatch//Dogwatch//EN
    CALSCALE:GREGORIAN
    NAME:On call: Vera Lund
    X-WR-CALNAME:On call: Vera Lund
    REFRESH-INTERVAL;VALUE=DURATION:PT1H
    X-PUBLISHED-TTL:PT1H
    END:VCALENDAR
    ");
    insta::assert_snapshot!(shown("svg").lines().find(|it| it.contains("nobody holds")).unwrap(), @r#"<text class="w-faint" x="208" y="119" font-size="12">nobody holds anything then</text>"#);
}

#[test]
fn help_of_show() {
    insta::assert_snapshot!(Scene::empty().run("show --help"), @"
    exit status 0
    --- stdout
    Calendars: who holds which seat when

    Usage: dogwatch show [OPTIONS] [ROTATION | @PERSON]...

    Arguments:
      [ROTATION | @PERSON]...  Rotations, single seats such as search.secondary, or people such as @ana;
                               absent, all. With both, what these people hold there

    Options:
          --from <INSTANT>    The first instant
          --until <INSTANT>   The first instant after
          --by <WHAT>         What a line is about; `day` only as text [default: rotation] [possible
                              values: rotation, person, day]
          --alarm <DURATION>  Only ics: remind so long before each shift, such as 1h
      -o, --output <FILE>     Write to this file, all at once, instead of to stdout
      -h, --help              Print help

    General options:
      -C <DIR>               The folder that holds `rotations/` [default: .]
          --now <INSTANT>    What is taken for now: 2026-03-03T15:00:00Z, or a date or time on the
                             reader's clock
          --zone <ZONE>      The time zone of the reader; absent, the organisation's [env:
                             DOGWATCH_ZONE]
          --format <FORMAT>  For people `text`, for programs `json` (versioned, with a schema); a
                             command's own help names others [default: text]
          --color <WHEN>     Whether to use colour [default: auto] [possible values: auto, always,
                             never]

    Draws a timeline by rotation or by person, or lists the days; `--format table` has a row a shift.

      csv    for spreadsheets: a row a shift and a row a gap
      ics    for calendars: an event a shift, the same for as long as it is planned
      svg    a timeline as a picture
      html   one page with all of it, to look at by day, week, month; works from a file, offline

    Without --from and --until: two weeks from today; ics: from 15 days ago to 180 days ahead;
    html: last week and the twelve weeks after it.

    Examples:
      dogwatch show                                    all rotations, two weeks from today
      dogwatch show search storage-ops --until 2027-01-01
      dogwatch show @ana                               what Ana holds, wherever
      dogwatch show --by person --from 2026-12-01 --until 2027-01-01
      dogwatch show search --format table --zone Europe/Dublin
      dogwatch show @ana --format ics --alarm 1h -o ana.ics
      dogwatch show --format html -o on-call.html
    ");
}

#[test]
fn show_of_a_span_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("show --from 2026-02-03 --until 2026-02-01"), @"
    exit status 2
    --- stderr
    error: the span ends before it begins
      help: `--until` is the first instant after, `--from` the first
    ");
}

#[test]
fn answers_for_a_rotation() {
    insta::assert_snapshot!(Scene::small().run("answers web"), @"
    exit status 0
    --- stdout
    Web  Tue 2026-02-03 12:00 GMT   rotations/web.toml:1

    RUNG  AFTER   AS             ROUTE                   SERVICES
    2     10 min  web            service=ledger|books-*  ledger
    3     15 min  web.secondary  service=ledger|books-*  ledger
    1     0 min   web            everything              shop
    2     5 min   web.secondary  everything              shop
    ");
}

#[test]
fn answers_for_a_person() {
    insta::assert_snapshot!(Scene::small().run("answers @cy"), @"
    exit status 0
    --- stdout
    Cy Tanaka (@cy)  Tue 2026-02-03 12:00 GMT
    takes turns in books, web

    RUNG  AFTER   AS     ROUTE                   SERVICES
    1     0 min   books  service=ledger|books-*  ledger
    2     10 min  web    service=ledger|books-*  ledger
    1     0 min   web    everything              shop
    ");
}

#[test]
fn tests_pass() {
    insta::assert_snapshot!(Scene::small().run("test"), @"
    exit status 0
    --- stdout
    1 passed
    ");
}

#[test]
fn tests_fail_with_both_ladders() {
    let wrong = "routes = [{ page = \"web\" }]\n[[tests]]\nname = \"the shop\"\ntags = { service = \"shop\" }\nexpect = [\"books\"]\n";
    insta::assert_snapshot!(Scene::small().with(&[("escalation.toml", wrong)]).run("test"), @"
    exit status 1
    --- stdout
    failed  the shop   rotations/escalation.toml:2
      tags      service=shop   Tue 2026-02-03 12:00 GMT
      expected  books
      found     web

    1 failed, 0 passed
    ");
}

#[test]
fn check_writes_markdown_for_a_pull_request() {
    insta::assert_snapshot!(Scene::small().run("check --format markdown"), @r#"
    exit status 1
    --- stdout
    ## dogwatch check

    **5 findings**

    | | where | what |
    |---|---|---|
    | `both-primaries` | [web.toml:1](rotations/web.toml#L1) | Bo Lindqvist holds books and web at once from Mon 2026-02-16 09:00 GMT to Mon 2026-02-16 10:00 GMT, the first of 6 times, 6 h in all |
    | `max-share` | [web.toml:1](rotations/web.toml#L1) | Ana Souza is primary for 50.0 % of the 12 weeks from Thu 2026-02-05 09:00 GMT, more than 30.0 % |
    | `max-share` | [books.toml:1](rotations/books.toml#L1) | Bo Lindqvist is primary for 61.6 % of the 12 weeks from Tue 2026-02-03 12:00 GMT, more than 30.0 % |
    | `min-people` | [books.toml:1](rotations/books.toml#L1) | books has 2 people in its primary seat, fewer than 4 |
    | `min-people` | [web.toml:1](rotations/web.toml#L1) | web has 2 people in its primary seat, fewer than 4 |

    <details><summary>Cures</summary>

    `both-primaries`, [web.toml:1](rotations/web.toml#L1): somebody else takes one of them, in rotations/web.toml:

    ```toml
    [[overrides]]
    person = "…"
    for    = "bo"
    from   = 2026-02-16T09:00:00
    until  = 2026-02-16T10:00:00
    # or, if it is meant, in org.toml:
    [limits]
    both-allowed = [["books", "web"]]
    ```

    `max-share`, [web.toml:1](rotations/web.toml#L1): more people in the order, or somebody else in their place; or, in org.toml:

    ```toml
    [limits]
    max-share = { of = 0.51, over = "12 weeks" }
    ```

    `max-share`, [books.toml:1](rotations/books.toml#L1): more people in the order, or somebody else in their place; or, in org.toml:

    ```toml
    [limits]
    max-share = { of = 0.62, over = "12 weeks" }
    ```

    `min-people`, [books.toml:1](rotations/books.toml#L1): more people in its layers; or, in org.toml:

    ```toml
    [limits]
    min-people = 2
    ```

    `min-people`, [web.toml:1](rotations/web.toml#L1): more people in its layers; or, in org.toml:

    ```toml
    [limits]
    min-people = 2
    ```

    </details>
    "#);
}

/// A link in a page of the repository cannot begin at the root of somebody's machine.
#[test]
fn check_links_to_files_from_where_one_stands_whatever_c_says() {
    let scene = Scene::small();
    let here = scene.run("check --format markdown");
    assert!(here.contains("[web.toml:1](rotations/web.toml#L1)"), "{here}");
    let absolute = |from: &Path, of: &Path| run(from, &format!("check --format markdown -C {}", of.display()));
    assert_eq!(absolute(scene.folder.path(), scene.folder.path()), here);
    let around = scene.folder.path().join("around");
    std::fs::create_dir(&around).unwrap();
    assert_eq!(run(&around, "check --format markdown -C .."), here);
    let inner = around.join("deep");
    std::fs::create_dir_all(inner.join("rotations")).unwrap();
    for entry in std::fs::read_dir(scene.folder.path().join("rotations")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), inner.join("rotations").join(entry.file_name())).unwrap();
    }
    assert_eq!(absolute(&around, &inner), here.replace("](rotations/", "](deep/rotations/"));
}

#[test]
fn check_finds_nothing() {
    insta::assert_snapshot!(Scene::small().run("check"), @r#"
    exit status 1
    --- stdout
    finding[both-primaries]: Bo Lindqvist holds books and web at once from Mon 2026-02-16 09:00 GMT to Mon 2026-02-16 10:00 GMT, the first of 6 times, 6 h in all
      --> rotations/web.toml:1
      help: somebody else takes one of them, in rotations/web.toml:
        [[overrides]]
        person = "…"
        for    = "bo"
        from   = 2026-02-16T09:00:00
        until  = 2026-02-16T10:00:00
        # or, if it is meant, in org.toml:
        [limits]
        both-allowed = [["books", "web"]]

    finding[max-share]: Ana Souza is primary for 50.0 % of the 12 weeks from Thu 2026-02-05 09:00 GMT, more than 30.0 %
      --> rotations/web.toml:1
      help: more people in the order, or somebody else in their place; or, in org.toml:
        [limits]
        max-share = { of = 0.51, over = "12 weeks" }

    finding[max-share]: Bo Lindqvist is primary for 61.6 % of the 12 weeks from Tue 2026-02-03 12:00 GMT, more than 30.0 %
      --> rotations/books.toml:1
      help: more people in the order, or somebody else in their place; or, in org.toml:
        [limits]
        max-share = { of = 0.62, over = "12 weeks" }

    finding[min-people]: books has 2 people in its primary seat, fewer than 4
      --> rotations/books.toml:1
      help: more people in its layers; or, in org.toml:
        [limits]
        min-people = 2

    finding[min-people]: web has 2 people in its primary seat, fewer than 4
      --> rotations/web.toml:1
      help: more people in its layers; or, in org.toml:
        [limits]
        min-people = 2

    5 findings; `dogwatch check --explain RULE` says more
    "#);
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
    insta::assert_snapshot!(Scene::small().with(broken).run("who shop"), @r#"
    exit status 2
    --- stderr
    error[unknown-person]: no such person: `cyy`
     --> rotations/books.toml:2:11
      |
    2 | people = ["cyy"]
      |           ^^^^^
      |
      = help: did you mean `cy`?

    error[not-a-handoff-day]: Tue 2026-01-06 is not a handoff day of this layer
     --> rotations/books.toml:3:8
      |
    3 | from = 2026-01-06
      |        ^^^^^^^^^^
      |
      = help: the handoff days around it are Mon 2026-01-05 and Mon 2026-01-12
      = help: or give `from` a time of day, to splice there between two handoffs

    error[unknown-zone]: no such time zone: `Europe/Dubli`
     --> rotations/org.toml:1:8
      |
    1 | zone = "Europe/Dubli"
      |        ^^^^^^^^^^^^^^
      |
      = help: did you mean `Europe/Dublin`?

    error: 3 mistakes in rotations
    "#);
}

#[test]
fn there_is_nothing_here() {
    insta::assert_snapshot!(Scene::empty().run("now"), @"
    exit status 2
    --- stderr
    error: there is no folder `rotations`
      help: `-C DIR` names the folder that holds `rotations/`
      help: `dogwatch init` writes a small organisation to begin with
    ");
}

#[test]
fn init_writes_an_organisation_that_answers_and_is_clean() {
    let scene = Scene::empty();
    insta::assert_snapshot!(scene.run("init --zone Europe/Dublin"), @"
    exit status 0
    --- stdout
    wrote a small organisation to rotations

    try: dogwatch who shop
         dogwatch show
         dogwatch check
    ");
    insta::assert_snapshot!(scene.run("check"), @"
    exit status 0
    --- stdout
    nothing found
    ");
    insta::assert_snapshot!(scene.run("test"), @"
    exit status 0
    --- stdout
    1 passed
    ");
    insta::assert_snapshot!(scene.run("who shop"), @"
    exit status 0
    --- stdout
    shop  Tue 2026-02-03 12:00 GMT
    tags   service=shop tier=core

    route  1 by service=shop|web-*   rotations/escalation.toml:4

     0 min  Bo Lindqvist  web primary    until Mon 10:00, then Cy Tanaka
            bo@example.com   Tue 13:00 CET there
            turn 2, every week on Mon at 10:00   rotations/web.toml:6

    10 min  Cy Tanaka     web secondary  until Mon 10:00, then Dee Okafor
            cy@example.com   Tue 21:10 JST there
            turn 2, every week on Mon at 10:00, follows the primary by 1 place   rotations/web.toml:6

    25 min  Dee Okafor    by name
            dee@example.com

    then nobody more
    ");
    insta::assert_snapshot!(scene.run("init"), @"
    exit status 2
    --- stderr
    error: `rotations` is there already, and is left alone
      help: `-C DIR` names another folder to begin in
    ");
}

#[test]
fn a_time_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("who shop --at yesterday"), @"
    exit status 2
    --- stderr
    error: not a time: `yesterday`
      help: 2026-03-03T15:00:00Z; or on the reader's clock '2026-03-03 15:00', 2026-03-03, 15:00
    ");
}

#[test]
fn a_zone_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("now --zone Europe/Dubln"), @"
    exit status 2
    --- stderr
    error: no such time zone: `Europe/Dubln`
      help: did you mean `Europe/Dublin`?
    ");
}

#[test]
fn a_format_that_the_command_has_not() {
    insta::assert_snapshot!(Scene::small().run("who shop --format table"), @"
    exit status 2
    --- stderr
    error: this command has no format `table`
      help: it has text, json
    ");
}

#[test]
fn a_rotation_that_is_none() {
    insta::assert_snapshot!(Scene::small().run("show wbe"), @"
    exit status 2
    --- stderr
    error: no such rotation: `wbe`
      help: did you mean `web`?
    ");
}

#[test]
fn schemas_are_listed() {
    insta::assert_snapshot!(Scene::empty().run("schema"), @"
    exit status 0
    --- stdout
    org
    people
    services
    rotation
    assigned
    escalation
    mapping
    episode
    who
    now
    show
    answers
    graph
    test
    route
    check
    edit
    cover
    balance
    ready
    drills
    report
    plan
    verify
    import
    history
    fit
    split
    rotation-list
    person-list
    ");
}

#[test]
fn the_help_fits_a_screen() {
    insta::assert_snapshot!(Scene::empty().run("--help"), @"
    exit status 0
    --- stdout
    Plans on-call rotations and routes escalations, from plain TOML files

    Usage: dogwatch [OPTIONS] <COMMAND>

    Commands:
      init         Writes a small organisation to edit, into `rotations/`
      check        Mistakes in the files, then findings, each with its cure
      now          Everybody on call, until when, and who is next; gaps first
      show         Calendars: who holds which seat when
      who          Whom to page, then whom, when, how to reach them, and why
      answers      The reverse of `who`: what a rotation or @person is paged for, and at which rung
      graph        What leads to whom: routes, seats and people as a graph, drawn or for other programs
      test         Runs the routing tests that stand in escalation.toml
      route        Sends a file of alerts through the routes: their ladders, and rows that never fire
      edit         Changes people's own files: who joins, leaves, swaps, stands in, learns; what ends
      cover        Who stands in while somebody is on call and away: the fewest swaps that keep all
                   limits
      balance      A fair calendar for a horizon: everybody holds what they owe, by weighted hours
      ready        Who may take which seat, what is missing, and which turns to shadow next
      drills       What to practise: for each person a failure not yet seen, at a working hour at the
                   start of a turn
      report       Hours held, what they weigh, and what they are paid
      plan         What it takes to make PagerDuty equal to the files; changes nothing
      apply        Makes PagerDuty equal to the files, or does exactly a saved plan; then reads it back
      verify       Reads what PagerDuty renders, and holds it against the calendar; changes nothing
      rehearse     A PagerDuty on this machine to practise on: quirks, limits, and failures by seed
      import       Makes our files from those of another program, and says line by line what they do not
                   hold
      history      The past, in a store: pulled from PagerDuty, loaded from files
      fit          What past episodes say: who was paged first and who resolved it, what it cost, who
                   carries and learns what
      split        What if a rotation became two, or eleven: divisions of people and services, what each
                   costs, and whether the past speaks for them
      serve        The web view, calendar feeds, and the same answers for programs over HTTP
      schema       JSON Schemas of the files and of the answers in JSON
      completions  A script that teaches a shell to complete dogwatch's commands and options
      man          Manual pages, made from the same words as `--help`
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    General options:
      -C <DIR>               The folder that holds `rotations/` [default: .]
          --now <INSTANT>    What is taken for now: 2026-03-03T15:00:00Z, or a date or time on the
                             reader's clock
          --zone <ZONE>      The time zone of the reader; absent, the organisation's [env:
                             DOGWATCH_ZONE]
          --format <FORMAT>  For people `text`, for programs `json` (versioned, with a schema); a
                             command's own help names others [default: text]
          --color <WHEN>     Whether to use colour [default: auto] [possible values: auto, always,
                             never]

    Exit status: 0 clean, 1 something to look at, 2 could not be done.

    Try:
      dogwatch who search-api                 whom to page for a service, and then whom
      dogwatch who service=mysql-main --at '2026-03-03 15:00'
      dogwatch now                            everybody on call
      dogwatch show search --until 2027-01-01
    ");
}

#[test]
fn help_of_who() {
    insta::assert_snapshot!(Scene::empty().run("who --help"), @"
    exit status 0
    --- stdout
    Whom to page, then whom, when, how to reach them, and why

    Usage: dogwatch who [OPTIONS] <NAME | TAG=VALUE>...

    Arguments:
      <NAME | TAG=VALUE>...  A name, tags, or both

    Options:
          --at <INSTANT>    When the alert opens; absent, now
          --expect <NODES>  The ladder that must come out, its seats and people separated by commas;
                            once for each route that matches
          --watch           Ask again every half minute, and show the answer when it changes
      -h, --help            Print help

    General options:
      -C <DIR>               The folder that holds `rotations/` [default: .]
          --now <INSTANT>    What is taken for now: 2026-03-03T15:00:00Z, or a date or time on the
                             reader's clock
          --zone <ZONE>      The time zone of the reader; absent, the organisation's [env:
                             DOGWATCH_ZONE]
          --format <FORMAT>  For people `text`, for programs `json` (versioned, with a schema); a
                             command's own help names others [default: text]
          --color <WHEN>     Whether to use colour [default: auto] [possible values: auto, always,
                             never]

    NAME is a service of services.toml, else a rotation, else @person. TAG=VALUE is what the alert
    carries; tags given beside a service replace those that the service brings.

    Examples:
      dogwatch who search-api
      dogwatch who service=mysql-main severity=critical --at 2017-08-15T03:00:00Z
      dogwatch who storage-ops
      dogwatch who @vera
      dogwatch who search-api --expect search,search.secondary,app-ops    (exit status 1 if it is not
      so)
    ");
}

#[test]
fn the_arguments_are_sound() {
    dogwatch::cli::command().debug_assert();
}

const ALERTMANAGER: &str = r#"
receivers:
- name: web-pager
  pagerduty_configs: [{ routing_key: secret }]
- name: books-pager
  pagerduty_configs: [{ routing_key: secret }]
- name: slack
route:
  receiver: web-pager
  group_by: [alertname]
  routes:
  - receiver: slack
    matchers: [severity=~"info|warning"]
    continue: true
  - receiver: books-pager
    matchers: ['service=~"ledger|books-.*"']
    mute_time_intervals: [weekend]
time_intervals: [{ name: weekend }]
"#;

impl Scene {
    fn beside(self, name: &str, text: impl AsRef<[u8]>) -> Scene {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self
    }
}

#[test]
fn an_alertmanagers_routes_are_printed() {
    let scene = Scene::empty().beside("alertmanager.yml", ALERTMANAGER).beside("map.toml", "\"*-pager\" = \"*\"\n");
    insta::assert_snapshot!(scene.run("import alertmanager alertmanager.yml --map map.toml"), @r#"
    exit status 1
    --- stdout
    #:schema ./.schemas/escalation.schema.json
    # The routes of alertmanager.yml, in their order. `notify` informs a channel and pages nobody.
    # Who is paged next, if nobody answers, is yours to say: `escalations`, below the routes.
    routes = [
      { page = "web", label = "web-pager", routes = [
        { when = { severity = ["info", "warning"] }, notify = "slack", continue = true },
        { when = { service = "/ledger|books-.*/" },  page = "books", label = "books-pager" },
      ] },
    ]
    --- stderr
    alertmanager.yml: 3 routes to 3 receivers: 2 page, 1 inform
      alertmanager.yml:9  grouping and repetition of 1 route (group_by, group_wait, group_interval, repeat_interval)
          bundling stays Alertmanager's; how often a ladder is climbed is `repeat`
      alertmanager.yml:17  this route is muted during weekend
          it holds always; `hours` on a route is the nearest, but lets alerts fall through to the next
    "#);
}

#[test]
fn without_a_map_nobody_is_paged_and_it_says_so() {
    let scene = Scene::empty().beside("alertmanager.yml", ALERTMANAGER);
    insta::assert_snapshot!(scene.run("import alertmanager alertmanager.yml --into . --zone Europe/Dublin"), @"
    exit status 1
    --- stdout
    wrote rotations/org.toml
    wrote rotations/escalation.toml
    --- stderr
    alertmanager.yml: 3 routes to 3 receivers: 0 page, 3 inform
      alertmanager.yml  2 receivers page somebody there: books-pager, web-pager
          here they inform a channel; `--map` says which rotations they are
      alertmanager.yml:9  grouping and repetition of 1 route (group_by, group_wait, group_interval, repeat_interval)
          bundling stays Alertmanager's; how often a ladder is climbed is `repeat`
      alertmanager.yml:17  this route is muted during weekend
          it holds always; `hours` on a route is the nearest, but lets alerts fall through to the next
    ");
    insta::assert_snapshot!(scene.run("who service=ledger severity=info"), @"
    exit status 1
    --- stdout
    an alert  Tue 2026-02-03 12:00 GMT
    tags   service=ledger severity=info

    Way 1 of 2
    route  2 by everything → severity=info|warning, and on to the next   rotations/escalation.toml:6
    informs slack; this route pages nobody

    Way 2 of 2
    route  3 by everything → service=/ledger|books-.*/   rotations/escalation.toml:7
    informs books-pager; this route pages nobody

    nobody is paged for this alert
    ");
    insta::assert_snapshot!(scene.run("import alertmanager alertmanager.yml --into ."), @"
    exit status 2
    --- stderr
    error: `rotations/escalation.toml` is there already, and is left alone
      help: without `--into` the files are printed: take from them what you need
      help: `--into DIR` names another folder to begin in
    ");
}

#[test]
fn routes_join_rotations_that_are_there() {
    let scene = Scene::small().beside("alertmanager.yml", ALERTMANAGER).beside("map.toml", "\"*-pager\" = \"*\"\n");
    std::fs::remove_file(scene.folder.path().join("rotations/escalation.toml")).unwrap();
    insta::assert_snapshot!(scene.run("import alertmanager alertmanager.yml --map map.toml --into ."), @"
    exit status 1
    --- stdout
    wrote rotations/escalation.toml
    --- stderr
    alertmanager.yml: 3 routes to 3 receivers: 2 page, 1 inform
      alertmanager.yml:9  grouping and repetition of 1 route (group_by, group_wait, group_interval, repeat_interval)
          bundling stays Alertmanager's; how often a ladder is climbed is `repeat`
      alertmanager.yml:17  this route is muted during weekend
          it holds always; `hours` on a route is the nearest, but lets alerts fall through to the next
    ");
    insta::assert_snapshot!(scene.run("who service=books-eu severity=info"), @r#"
    exit status 0
    --- stdout
    an alert  Tue 2026-02-03 12:00 GMT
    tags   service=books-eu severity=info

    Way 1 of 2
    route  2 by everything → severity=info|warning, and on to the next   rotations/escalation.toml:6
    informs slack; this route pages nobody

    Way 2 of 2
    route  3 "books-pager" by everything → service=/ledger|books-.*/   rotations/escalation.toml:7

     0 min  Bo Lindqvist  books primary  until 17:00, then nobody until Wed 09:00: Bo Lindqvist
            bo@example.com   Tue 13:00 CET there
            turn 5, every week on Mon at 09:00   rotations/books.toml:4

    then nobody more: nothing leads on from the last seat
      help  { from = "books", after = "15m", to = "@…" } in escalation.toml leads on
    "#);
}

#[test]
fn a_map_that_names_no_rotation_writes_nothing() {
    let scene = Scene::empty().beside("alertmanager.yml", ALERTMANAGER).beside("map.toml", "web-pager = \"wbe\"\n");
    insta::assert_snapshot!(scene.run("import alertmanager alertmanager.yml --map map.toml --into ."), @r#"
    exit status 2
    --- stderr
    error[unknown-rotation]: no such rotation: `wbe`
     --> escalation.toml:5:12
      |
    5 |   { page = "wbe", label = "web-pager", routes = [
      |            ^^^^^
      |
      = help: there are no rotations yet

    error: nothing was written: it would leave 1 mistake in rotations
      help: a rotation that the map names must have its file: write it first, or leave the receiver out of the map
    "#);
    assert!(!scene.folder.path().join("rotations").exists());
}

#[test]
fn foreign_files_that_cannot_be_read_are_told() {
    let scene = Scene::empty()
        .beside("misspelt.yml", "receivers: [{ name: ops }]\nroute: { receiver: osp }\n")
        .beside("utf-16.yml", [0xFF, 0xFE, b'r', 0])
        .beside("latin-1.yml", b"receivers:\n- name: caf\xe9\n")
        .beside("map.toml", "ops = 5\n");
    insta::assert_snapshot!(scene.run("import alertmanager misspelt.yml"), @"
    exit status 2
    --- stderr
    error[unknown-receiver]: no receiver is called `osp`
     --> misspelt.yml:2:20
      |
    2 | route: { receiver: osp }
      |                    ^^^
      |
      = help: did you mean `ops`?

    error: 1 mistake in misspelt.yml
    ");
    insta::assert_snapshot!(scene.run("import alertmanager utf-16.yml"), @"
    exit status 2
    --- stderr
    error: `utf-16.yml` is UTF-16
      help: save it as UTF-8
    ");
    insta::assert_snapshot!(scene.run("import alertmanager latin-1.yml"), @"
    exit status 2
    --- stderr
    error: line 2 of `latin-1.yml` is not UTF-8 text
      help: save it as UTF-8
    ");
    insta::assert_snapshot!(scene.run("import alertmanager nowhere.yml"), @"
    exit status 2
    --- stderr
    error: could not read `nowhere.yml`: No such file or directory (os error 2)
    ");
    insta::assert_snapshot!(scene.run("import alertmanager ."), @"
    exit status 2
    --- stderr
    error: `.` is no ordinary file
    ");
    insta::assert_snapshot!(scene.run("import alertmanager misspelt.yml --map map.toml"), @r#"
    exit status 2
    --- stderr
    error[bad-map]: a receiver becomes one target, between quotes
     --> map.toml:1:7
      |
    1 | ops = 5
      |       ^
      |
      = help: "storage-ops", "storage-ops.secondary", "@vera" or "notify:NAME"

    error: 1 mistake in map.toml
    "#);
    insta::assert_snapshot!(scene.run("import terraform misspelt.yml"), @"
    exit status 2
    --- stderr
    error[bad-json]: this is not JSON: expected value
     --> misspelt.yml:1:1
      |
    1 | receivers: [{ name: ops }]
      | ^
      |
      = help: this is what `terraform show -json` prints, as it prints it

    error: 1 mistake in misspelt.yml
    ");
}

const TERRAFORM: &str = include_str!("../../examples/import/state.json");

#[test]
fn terraforms_schedules_become_rotations() {
    let scene = Scene::empty().beside("state.json", TERRAFORM);
    insta::assert_snapshot!(scene.run("import terraform state.json"), @r#"
    exit status 0
    --- stdout
    # ---- rotations/org.toml
    #:schema ./.schemas/org.schema.json
    # One zone for readers; imported from state.json.
    zone = "Europe/Dublin"

    # ---- rotations/people.toml
    #:schema ./.schemas/people.schema.json
    # People; imported from state.json.

    [ana]
    name  = "Ana Souza"
    email = "ana@example.com"
    phone = "+55 1155500100"
    zone  = "America/Sao_Paulo"

    [bo-lindqvist]
    name  = "Bo Lindqvist"
    email = "bo.lindqvist@example.com"
    zone  = "Europe/Dublin"

    # ---- rotations/services.toml
    #:schema ./.schemas/services.schema.json
    # PagerDuty's services; imported from state.json.

    [web-shop]
    pagerduty = "Web Shop"

    # ---- rotations/web-primary.toml
    #:schema ./.schemas/rotation.schema.json
    # PagerDuty's schedule `Web Primary`; imported from state.json.
    name     = "Web Primary"
    zone     = "Europe/Dublin"
    coverage = ["24x7"]

    [[layers]]
    # Layer `Fortnights`: what is left of a turn.
    people  = ["bo-lindqvist"]
    from    = 2026-01-21T12:00:00
    until   = 2026-02-02T10:00:00
    handoff = { every = "2 weeks", on = "Mon", at = "10:00" }

    [[layers]]
    # Layer `Fortnights`, from then on.
    people  = ["ana", "bo-lindqvist"]
    from    = 2026-02-02
    handoff = { every = "2 weeks", on = "Mon", at = "10:00" }

    [[layers]]
    # Layer `Evenings`.
    people  = ["bo-lindqvist"]
    from    = 2026-01-05
    handoff = { every = "week", on = "Mon", at = "10:00" }
    hours   = ["Mon-Sun 18:00-24:00"]

    # ---- rotations/escalation.toml
    #:schema ./.schemas/escalation.schema.json
    # PagerDuty's services and policies; imported from state.json.
    repeat = { times = 2, after = "20m" }
    routes = [
      { when = { service = ["web-shop"] }, page = "web-primary", label = "Web" },
      { notify = "unknown-service" },
    ]
    escalations = [
      { from = "web-primary", after = "10m", to = "@ana" },
    ]
    --- stderr
    state.json: 2 people, 1 schedule, 1 escalation policy, 1 service
      state.json  1 person without a time zone in this file
          they are taken to be in Europe/Dublin: people.toml says when each of them sleeps
      state.json:28  pagerduty_team: 1
          nothing here stands for it
    "#);
    insta::assert_snapshot!(scene.run("import terraform state.json --into ."), @"
    exit status 0
    --- stdout
    wrote rotations/org.toml
    wrote rotations/people.toml
    wrote rotations/services.toml
    wrote rotations/web-primary.toml
    wrote rotations/escalation.toml
    --- stderr
    state.json: 2 people, 1 schedule, 1 escalation policy, 1 service
      state.json  1 person without a time zone in this file
          they are taken to be in Europe/Dublin: people.toml says when each of them sleeps
      state.json:28  pagerduty_team: 1
          nothing here stands for it
    ");
    insta::assert_snapshot!(scene.run("who web-shop"), @r#"
    exit status 0
    --- stdout
    web-shop  Tue 2026-02-03 12:00 GMT
    tags   service=web-shop

    route  1 "Web" by service=web-shop   rotations/escalation.toml:5

     0 min  Ana Souza                    web-primary primary  until 18:00, then Bo Lindqvist
            +55 1155500100   ana@example.com   Tue 09:00 -03 there
            turn 1, every 2 weeks on Mon at 10:00   rotations/web-primary.toml:14

    10 min  Ana Souza again: just paged  by name              takes no time

    10 min: up again from the first rung, twice; then nobody more
    "#);
    insta::assert_snapshot!(scene.run("check"), @r#"
    exit status 1
    --- stdout
    finding[answer-within]: the ladder from web-primary pages only Ana Souza within 30m if an alert opens from Tue 2026-02-03 12:00 GMT to Tue 2026-02-03 17:40 GMT, the first of 52 times, 847 h in all, such as one that carries service=web-shop
      --> rotations/escalation.toml:5
      help: somebody else sooner; to the escalations in rotations/escalation.toml:
        { from = "web-primary", after = "15m", to = "@…" },

    finding[min-rest]: Ana Souza has 6 h of rest before web-primary at Wed 2026-02-04 00:00 GMT, less than 11h, the first of 48 times
      --> rotations/web-primary.toml:1
      help: another order of people, or somebody else, in rotations/web-primary.toml:
        [[overrides]]
        person = "…"
        for    = "ana"
        from   = 2026-02-04T00:00:00
        until  = 2026-02-04T18:00:00
        # or, in org.toml:
        [limits]
        min-rest = "6h"

    finding[min-rest]: Bo Lindqvist has 10 h of rest before web-primary at Mon 2026-02-16 10:00 GMT, less than 11h, the first of 6 times
      --> rotations/web-primary.toml:1
      help: another order of people, or somebody else, in rotations/web-primary.toml:
        [[overrides]]
        person = "…"
        for    = "bo-lindqvist"
        from   = 2026-02-16T10:00:00
        until  = 2026-02-16T18:00:00
        # or, in org.toml:
        [limits]
        min-rest = "10h"

    finding[max-share]: Ana Souza is primary for 37.5 % of the 12 weeks from Tue 2026-02-03 12:00 GMT, more than 30.0 %
      --> rotations/web-primary.toml:1
      help: more people in the order, or somebody else in their place; or, in org.toml:
        [limits]
        max-share = { of = 0.38, over = "12 weeks" }

    finding[max-share]: Bo Lindqvist is primary for 62.5 % of the 12 weeks from Tue 2026-02-03 18:00 GMT, more than 30.0 %
      --> rotations/web-primary.toml:1
      help: more people in the order, or somebody else in their place; or, in org.toml:
        [limits]
        max-share = { of = 0.63, over = "12 weeks" }

    finding[min-people]: web-primary has 2 people in its primary seat, fewer than 4
      --> rotations/web-primary.toml:1
      help: more people in its layers; or, in org.toml:
        [limits]
        min-people = 2

    6 findings; `dogwatch check --explain RULE` says more
    "#);
}

/// Four episodes, one of which went to the wrong team first; and two lines that are none.
const EPISODES: &str = r#"
{"id": "Q1", "opened": "2026-01-05T03:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-05T03:00:00Z", "kind": "paged", "team": "web", "person": "ana"}, {"at": "2026-01-05T03:41:00Z", "kind": "reassigned", "team": "books", "person": "bo"}, {"at": "2026-01-05T04:00:00Z", "kind": "resolved"}]}
{"id": "Q2", "opened": "2026-01-06T10:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-06T10:00:00Z", "kind": "paged", "team": "books", "person": "bo@example.com"}, {"at": "2026-01-06T10:05:00Z", "kind": "acknowledged", "person": "bo@example.com"}, {"at": "2026-01-06T10:30:00Z", "kind": "resolved"}]}
{"id": "Q3", "opened": "2026-01-07T10:00:00Z", "tags": {"service": "shop"}, "steps": [{"at": "2026-01-07T10:00:00Z", "kind": "paged", "team": "Web", "person": "Ana Souza"}, {"at": "2026-01-07T10:20:00Z", "kind": "resolved", "person": "dee"}]}
{"id": "Q4", "opened": "2026-02-30T10:00:00Z"}
nonsense
"#;

#[test]
fn the_past_is_told_with_the_finding_first() {
    let scene = Scene::small();
    std::fs::write(scene.folder.path().join("past.jsonl"), EPISODES).unwrap();
    insta::assert_snapshot!(scene.run("fit past.jsonl"), @"
    exit status 1
    --- stdout
    3 episodes  Mon 2026-01-05 03:00 GMT to Wed 2026-01-07 10:00 GMT  Europe/Dublin
    read with the organisation in rotations/: 2 rotations, 4 people

    33.3 % of the episodes touched more than one team: 1 of 3, with 1 hand-off between 2 teams.
    33.3 % went first to a team that did not have them last (6.1 to 79.2 %); half of those took 41 min or more to get to the one that had.
    Most was lost from web to books: 1 time, half of them 41 min or more.
    Right first time, half were over within 20 min; wrong first, within 1 h.

    How long it took  medians with their intervals, and what nine of ten did not exceed
                      ACKNOWLEDGED  MEDIAN  95 %   90 %  RESOLVED  MEDIAN  95 %    90 %
    all                          1   5 min        5 min         3  30 min           1 h
    right first time             1   5 min        5 min         2  20 min        30 min
    wrong first                                                 1     1 h           1 h
    no hand-off                  1   5 min        5 min         2  20 min        30 min
    1 or 2 hand-offs                                            1     1 h           1 h

    Wrong first  the first team, the team that had it last, and how long that took
    FIRST  LAST     TIMES  LOST EACH  95 %  IN ALL
    web    → books      1     41 min           0 h

    Teams
    TEAM   HAD  FIRST  RIGHT THEN        95 %  LAST  ACKNOWLEDGED  RESOLVED
    books    2      1     100.0 %  20.7–100.0     2         5 min    30 min
    web      2      2      50.0 %    9.5–90.5     1                  20 min

    Month by month
    MONTH    EPISODES  RIGHT FIRST       95 %  SEVERAL  ACKNOWLEDGED  RESOLVED  95 %    LOST
    2026-01         3       66.7 %  20.8–93.9   33.3 %         5 min    30 min        41 min
    Fewer than two months have 30 episodes: whether this is stable cannot be said.

    Who was called in  2 of 3 in their own zone, the others in Europe/Dublin
    3 people; half had 2 or fewer, the most 2.
    40.0 % while working, 20.0 % in the evening or at the weekend, 40.0 % while sleeping.
    PERSON  EPISODES  ALONE  WORKING  EVENING  SLEEPING
    ana            2      0        0        1         1
    bo             2      1        1        0         1
    dee            1      0        1        0         0

    Who meets what, by service  often: 3 times or more since 2025-01-07
    SERVICE  EPISODES  OFTEN  RUSTY  NEVER  ALONE  COULD CARRY IT ALONE
    ledger          2      0      2      1      0  nobody
    shop            1      0      2      1      0  nobody

    The same history through the routes as they stand
    PAGED FIRST  EPISODES
    books               2  66.7 %
    web                 1  33.3 %
    Right first time 100.0 % (was 66.7 %), of the 3 whose last team is a rotation.
    Only the last route took 1.
    Routes that took nothing: 2.

    Not used: 2 of 5 rows
      1  not a time of the format
           past.jsonl:5  2026-02-30T10:00:00Z
      1  not an episode in JSON
           past.jsonl:6  expected ident at line 1 column 2
    ");
}

/// Of one team there is nothing to compare: what would be all right, and what would be empty, is left out.
#[test]
fn the_past_of_one_team_is_told_without_what_compares_teams() {
    let scene = Scene::empty();
    let past = r#"
{"id": "T1", "opened": "2026-01-05T10:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-05T10:00:00Z", "kind": "paged", "team": "books", "person": "ana"}, {"at": "2026-01-05T10:05:00Z", "kind": "acknowledged", "person": "ana"}, {"at": "2026-01-05T10:30:00Z", "kind": "resolved", "team": "books", "person": "ana"}]}
{"id": "T2", "opened": "2026-01-06T10:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-06T10:00:00Z", "kind": "paged", "team": "books", "person": "ana"}, {"at": "2026-01-06T10:20:00Z", "kind": "reassigned", "team": "books", "person": "bo"}, {"at": "2026-01-06T11:00:00Z", "kind": "resolved", "team": "books", "person": "bo"}]}
"#;
    std::fs::write(scene.folder.path().join("past.jsonl"), past).unwrap();
    insta::assert_snapshot!(scene.run("fit past.jsonl"), @"
    exit status 0
    --- stdout
    2 episodes  Mon 2026-01-05 10:00 UTC to Tue 2026-01-06 10:00 UTC  UTC

    50.0 % of the episodes did not end with the person who had them first (9.5 to 90.5 %): 1 of 2; half of those took 20 min or more to get to the one who had it last.
    Teams are not compared: there is only one, books.

    How long it took  medians with their intervals, and what nine of ten did not exceed
         ACKNOWLEDGED  MEDIAN  95 %   90 %  RESOLVED  MEDIAN  95 %  90 %
    all             1   5 min        5 min         2  30 min         1 h

    Month by month
    MONTH    EPISODES  ACKNOWLEDGED  RESOLVED  95 %
    2026-01         2         5 min    30 min
    Fewer than two months have 30 episodes: whether this is stable cannot be said.

    Who was called in  nobody's own zone is known: hours are those of UTC
    2 people; half had 1 or fewer, the most 2.
    100.0 % while working, 0.0 % in the evening or at the weekend, 0.0 % while sleeping.
    PERSON  EPISODES  ALONE  WORKING  EVENING  SLEEPING
    ana            2      1        2        0         0
    bo             1      0        1        0         0

    Who meets what, by service  often: 3 times or more since 2025-01-06
    SERVICE  EPISODES  OFTEN  RUSTY  NEVER  ALONE  COULD CARRY IT ALONE
    ledger          2      0      2      0      0  nobody

    No organisation is at hand: people have no clocks of their own, and nothing is said about routes.
    ");
    let page = scene.run("fit past.jsonl --format html");
    for word in ["right first time", "wrong first", "hand-off", "had it first, and"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn an_aggregate_names_nobody() {
    let scene = Scene::small();
    std::fs::write(scene.folder.path().join("past.jsonl"), EPISODES).unwrap();
    for format in ["text", "json", "html"] {
        let shown = scene.run(&format!("fit past.jsonl --aggregate --format {format}"));
        for name in ["ana", "Ana", "bo@", "Bo L", "dee"] {
            assert!(!shown.contains(&format!(" {name}")) && !shown.contains(&format!("\"{name}")), "{format}: {name}");
        }
    }
}

#[test]
fn a_page_about_the_past_asks_for_nothing_and_escapes_everything() {
    let scene = Scene::small();
    let hostile = EPISODES.replace("\"books\"", "\"</text><script>alert(1)</script>\"").replace("ledger", "<u>&\\\"'");
    std::fs::write(scene.folder.path().join("past.jsonl"), hostile).unwrap();
    let page = scene.run("fit past.jsonl --format html");
    for word in ["<script", "<u>", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt; first"), "{page}");
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn files_of_the_past_that_cannot_be_read_say_why() {
    let scene = Scene::empty();
    std::fs::write(scene.folder.path().join("past.csv"), "number;sys_updated_on\n1;2\n").unwrap();
    insta::assert_snapshot!(scene.run("fit past.csv"), @"
    exit status 2
    --- stderr
    error: `past.csv` holds no JSON lines
      help: CSV needs `--mapping`; a line of JSON begins with `{`: `dogwatch schema episode`
    ");
    insta::assert_snapshot!(scene.run("fit past.csv --mapping service-now"), @"
    exit status 2
    --- stderr
    error: could not read the mapping `service-now`: No such file or directory (os error 2)
      help: did you mean `servicenow`?
    ");
    insta::assert_snapshot!(scene.run("fit past.csv --mapping servicenow-updates"), @"
    exit status 2
    --- stderr
    error: the times of `servicenow-updates` bear no offset
      help: `--times-in Europe/Dublin`, or on whichever clock they were exported
    ");
    insta::assert_snapshot!(scene.run("fit past.csv --mapping servicenow-updates --times-in Europe/Dublin"), @r#"
    exit status 2
    --- stderr
    error: `past.csv`: there is no column `sys_updated_on`
      help: its cells seem to be separated otherwise: separator = ";" in the mapping
    "#);
    insta::assert_snapshot!(scene.run("fit missing.jsonl"), @"
    exit status 2
    --- stderr
    error: could not read `missing.jsonl`: No such file or directory (os error 2)
    ");
}
