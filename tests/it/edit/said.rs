//! What the command says: done, shown only, refused.

use std::path::Path;
use std::process::Command;

use super::folder;

/// It is Tuesday, 8 December 2026, 10:00 in San Francisco.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-12-08T18:00:00Z", "edit"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn reference() -> tempfile::TempDir {
    let scene = tempfile::tempdir().unwrap();
    let files = folder("rotations");
    for name in files.names() {
        let path = scene.path().join("rotations").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, files.text(name).unwrap()).unwrap();
    }
    scene
}

const SWAP: &[&str] = &["swap", "imani", "jin", "search", "--turn", "2027-01-04", "--horizon", "1d"];

const SWAPPED: &str = "\
Jin Park holds search for Imani Walker from Mon 2027-01-04 07:00 PST to Mon 2027-01-11 07:00 PST
Imani Walker holds search for Jin Park from Mon 2026-12-21 07:00 PST to Mon 2026-12-28 07:00 PST

Who holds what, until Tue 2027-01-12 07:00 PST
  search
    Mon 2026-12-21 07:00 PST to Mon 2026-12-28 07:00 PST  168 h  Imani Walker instead of Jin Park
    Mon 2027-01-04 07:00 PST to Mon 2027-01-11 07:00 PST  168 h  Jin Park instead of Imani Walker
";

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let scene = reference();
    let path = scene.path().join("rotations/search.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    let (_, stdout, stderr) = run(scene.path(), &[SWAP, &["--dry-run"]].concat());
    assert_eq!(stderr, "");
    assert!(stdout.starts_with(SWAPPED), "{stdout}");
    let diff = "\
--- a/rotations/search.toml
+++ b/rotations/search.toml
@@ -29,3 +29,17 @@
 from    = 2026-11-16T10:00:00
 until   = 2026-12-14T10:00:00
 reason  = \"joins in February\"
+
+[[overrides]]
+person = \"jin\"
+for    = \"imani\"
+from   = 2027-01-04T10:00:00
+until  = 2027-01-11T10:00:00
+reason = \"swapped for the turn of 2026-12-21\"
+
+[[overrides]]
+person = \"imani\"
+for    = \"jin\"
+from   = 2026-12-21T10:00:00
+until  = 2026-12-28T10:00:00
+reason = \"swapped for the turn of 2027-01-04\"
";
    assert!(stdout.ends_with(diff), "{stdout}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn an_edit_is_written_where_a_link_leads_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = reference();
    let (link, file) = (scene.path().join("rotations/search.toml"), scene.path().join("search.real"));
    std::fs::rename(&link, &file).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let before = std::fs::read_to_string(&file).unwrap();
    let (_, stdout, stderr) = run(scene.path(), SWAP);
    assert!(stdout.starts_with(SWAPPED), "{stdout}");
    assert_eq!(stderr, "wrote rotations/search.toml\n");
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(before.trim_end()) && after.len() > before.len(), "{after}");
    let left: Vec<_> =
        std::fs::read_dir(scene.path().join("rotations")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|it| !it.to_string_lossy().starts_with('.')), "no draft is left: {left:?}");
}

#[test]
fn whoever_is_not_ready_for_it_is_told_before_and_after() {
    let scene = reference();
    let away: &[&str] = &["override", "gita", "search", "--from", "2026-12-12", "--through", "2026-12-13", "-n"];
    let (status, stdout, _) = run(scene.path(), away);
    assert_eq!(status, 0, "{stdout}");
    // Kofi's evening class: he is away while he would stand in.
    let away: &[&str] = &["override", "kofi", "search", "--from", "2026-12-15", "--through", "2026-12-15", "-n"];
    let (status, stdout, _) = run(scene.path(), away);
    assert_eq!(status, 1, "{stdout}");
    let found = "\
What `check` finds anew
  time-off: Kofi Mensah holds search from Tue 2026-12-15 15:00 PST to Tue 2026-12-15 18:00 PST, and is away (Evening class, without the weeks on call)
";
    assert!(stdout.contains(found), "{stdout}");
}

#[test]
fn every_refusal_says_why_and_what_can_be_done() {
    let scene = reference();
    let cases: &[(&[&str], &str)] = &[
        (&["join", "anna", "search"], "error: no such person: `anna`\n  help: did you mean `ana`?\n"),
        (&["join", "ana", "serch"], "error: no such rotation: `serch`\n  help: did you mean `search`?\n"),
        (&["join", "search", "ana"], "error: no such person: `search`\n  help: write their table into people.toml first\n"),
        (
            &["join", "gita", "search.secondary"],
            "error: search.secondary follows the primary, and has no order of its own\n  help: whoever takes turns in search stands in both: name that\n",
        ),
        (
            &["join", "gita", "internal-tools.secondary"],
            "error: internal-tools has no secondary seat\n  help: add `[secondary]` with `follow = 1` first\n",
        ),
        (
            &["join", "gita", "storage-ops"],
            "error: Gita Krishnan takes turns in storage-ops already\n  help: `dogwatch show @gita` shows them\n",
        ),
        (
            &["join", "ana", "app-ops"],
            "error: app-ops has several layers: which does Ana Souza join?
  help: --layer 1: priya, marcus, xiomara, daniel, every week on Mon at 09:00 in America/Los_Angeles
  help: --layer 2: matilda, jarrah, linh, kenji, every week on Mon at 10:00 in Australia/Melbourne
  help: --layer 3: elsa, finn, aoife, tomasz, every week on Mon at 09:00 in Europe/Dublin\n",
        ),
        (
            &["join", "ana", "app-ops", "--layer", "4"],
            "error: app-ops has no layer 4\n  help: it has 3, counted as in the file\n",
        ),
        (
            &["join", "ana", "app-ops", "--layer", "0"],
            "error: layers are counted from 1\n  help: `--layer 1` is the first\n",
        ),
        (
            &["join", "gita", "search", "--after", "hugo"],
            "error: `hugo` is not among the people of this layer\n  help: they are ana, imani, theo, saoirse, jin\n",
        ),
        (
            &["join", "gita", "search", "--at", "2026-12-15"],
            "error: Tue 2026-12-15 is not a handoff day of this layer
  help: the handoff days around it are Mon 2026-12-14 and Mon 2026-12-21
  help: a date-time splices between two handoffs\n",
        ),
        (
            &["join", "gita", "search", "--at", "soon"],
            "error: not a time: `soon`\n  help: 2027-01-04; on the rotation's clock 2027-01-04T18:00; or 2027-01-04T18:00:00Z\n",
        ),
        (
            &["end", "search", "--layer", "1", "--at", "2026-12-15"],
            "error: Tue 2026-12-15 is not a handoff day of this layer
  help: the handoff days around it are Mon 2026-12-14 and Mon 2026-12-21
  help: a date-time ends it between two handoffs\n",
        ),
        (
            &["end", "app-ops", "--layer", "1", "--layer", "2"],
            "error: the argument '--layer <N>' cannot be used multiple times

Usage: dogwatch edit end [OPTIONS] <WHAT>

For more information, try '--help'.\n",
        ),
        (
            &["end", "@hugo", "--layer", "2"],
            "error: `--layer` is one of a rotation's, and `@hugo` is none
  help: leave `--layer` out, or name a rotation or a seat\n",
        ),
        (
            &["end", "app-ops:18", "--layer", "2"],
            "error: `--layer` is one of a rotation's, and `app-ops:18` is none
  help: leave `--layer` out, or name a rotation or a seat\n",
        ),
        (
            &["leave", "ana", "storage-ops"],
            "error: Ana Souza takes no turns in storage-ops from then on
  help: they take turns in search\n",
        ),
        (
            &["leave", "hugo", "storage-ops.secondary", "--at", "2026-12-03"],
            "error: Thu 2026-12-03 10:00 EST is past: what has been stays\n  help: the next handoff is Thu 2026-12-10 10:00 EST: `--at next-handoff`\n",
        ),
        (
            &["swap", "ana", "ana", "search"],
            "error: Ana Souza cannot swap with themselves\n  help: name two people\n",
        ),
        (
            &["swap", "ana", "hugo", "search"],
            "error: Hugo Álvarez has no turn in search to come\n  help: `dogwatch show @hugo search --format table` lists them\n",
        ),
        (
            &["override", "kofi", "storage-ops", "--for", "gita", "--from", "2026-12-15", "--until", "2026-12-16"],
            "error: Gita Krishnan does not hold storage-ops then
  help: their next turn is from Mon 2027-01-04 10:00 EST to Mon 2027-01-11 10:00 EST\n",
        ),
        (
            &["override", "kofi", "storage-ops", "--from", "2026-12-01", "--until", "2026-12-02"],
            "error: Tue 2026-12-01 00:00 EST is past: what has been stays
  help: `--from` now or later
  help: where the file was wrong about the past, `--correction` puts it right\n",
        ),
        (
            &["override", "oskar", "build-release", "--from", "2026-12-17", "--through", "2026-12-17"],
            "error: this would be a mistake in the files: this override must say for whom: everybody is on call together then
  help: add `for = \"…\"`, with one of `bruno`, `mei`, `tanisha`\n",
        ),
        (
            &["override", "kofi", "search", "--from", "2026-12-15", "--until", "2026-12-14"],
            "error: it would end at Mon 2026-12-14 00:00 EST, before it begins\n  help: `--until` is the first moment after, `--through` the last day\n",
        ),
        (
            &["override", "kofi", "search", "--from", "2026-12-15", "--until", "2026-12-15"],
            "error: it would end at Tue 2026-12-15 00:00 EST, when it begins\n  help: `--until` is the first moment after, `--through` the last day\n",
        ),
        (
            &["override", "kofi", "search", "--from", "2026-12-15", "--through", "2026-12-14"],
            "error: it would end with 2026-12-14, before it begins\n  help: `--until` is the first moment after, `--through` the last day\n",
        ),
        // On 14 March the clock of New York goes from 2:00 to 3:00.
        (
            &["override", "kofi", "search", "--from", "2027-03-14T02:15", "--until", "2027-03-14T02:45"],
            "error: the clock jumps over all of it, at Sun 2027-03-14 03:00 EDT\n  help: give it times that the clock shows\n",
        ),
        (
            &["swap", "bruno", "mei", "build-release", "--turn", "2026-12-17", "--other-turn", "2026-12-17"],
            "error: both hold build-release at Thu 2026-12-17 09:00 PST: there is nothing to swap
  help: `--turn` and `--other-turn` name turns that lie apart\n",
        ),
        (
            &["shadow", "pia", "data", "--with", "pia", "--from", "2027-02-01", "--through", "2027-02-02"],
            "error: Pia Virtanen cannot shadow themselves\n  help: leave `--with` out to learn from whoever is primary\n",
        ),
        (
            &["end", "app-ops:19"],
            "error: no row begins on line 19 of app-ops.toml
  help: rows that can end begin on 11, 18, 25, 38
  help: `dogwatch show --format csv` names the line of every shift\n",
        ),
        (
            &["end", "storage-ops:39"],
            "error: it is over by then: it ends at Mon 2017-09-11 10:00 EDT\n  help: what has been stays; there is nothing to end\n",
        ),
    ];
    for (arguments, expected) in cases {
        let (status, stdout, stderr) = run(scene.path(), arguments);
        assert_eq!((status, stdout.as_str(), stderr.as_str()), (2, "", *expected), "{arguments:?}");
    }
}

/// Search hands over on Mondays: who is to be gone from a Tuesday on has the turn that runs then.
#[test]
fn who_goes_on_a_day_without_a_handoff_goes_at_the_next() {
    let scene = reference();
    let (_, stdout, stderr) = run(scene.path(), &["end", "@ana", "--at", "2026-12-15", "--dry-run"]);
    assert_eq!(stdout.lines().next(), Some("Ana Souza leaves search at Mon 2026-12-21 07:00 PST"), "{stderr}");
}

#[test]
fn the_answer_for_programs_keeps_its_schema() {
    let scene = reference();
    let (_, stdout, _) = run(scene.path(), &["leave", "hugo", "storage-ops", "-n", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let schema =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/edit.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let errors: Vec<String> = schema.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    assert_eq!(answer["written"], false);
    assert_eq!(answer["changes"][0]["before"], serde_json::json!(["hugo"]));
    assert_eq!(answer["changes"][0]["after"], serde_json::json!(["kofi"]));
    assert_eq!(answer["changes"][0]["from"], "2026-12-14T07:00:00-08:00");
    assert_eq!(answer["changes"][0]["seconds"], 168 * 3600);
}

#[test]
fn the_answer_for_a_pull_request_is_a_table() {
    let scene = reference();
    let (_, stdout, _) = run(scene.path(), &[SWAP, &["-n", "--format", "markdown"]].concat());
    let table = "\
## On call

- Jin Park holds search for Imani Walker from Mon 2027-01-04 07:00 PST to Mon 2027-01-11 07:00 PST
- Imani Walker holds search for Jin Park from Mon 2026-12-21 07:00 PST to Mon 2026-12-28 07:00 PST

Until Tue 2027-01-12 07:00 PST:

| when | seat | hours | before | after |
|---|---|---:|---|---|
| Mon 2026-12-21 07:00 PST to Mon 2026-12-28 07:00 PST | search | 168 h | Jin Park | Imani Walker |
| Mon 2027-01-04 07:00 PST to Mon 2027-01-11 07:00 PST | search | 168 h | Imani Walker | Jin Park |
";
    assert!(stdout.starts_with(table), "{stdout}");
}

fn two_people() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/two-people")
}

/// Two people in two seats: to exchange weeks they exchange both, and the second command is said.
#[test]
fn a_swap_of_two_people_says_how_the_other_seat_is_swapped() {
    let (_, stdout, _) = run(&two_people(), &["swap", "rui", "greta", "shop", "--dry-run"]);
    let note = stdout.lines().find(|it| it.starts_with("note: ")).unwrap_or_else(|| panic!("{stdout}"));
    let (_, command) = note.split_once("`dogwatch edit ").unwrap();
    let (command, _) = command.split_once('`').unwrap();
    assert!(command.starts_with("swap rui greta shop.secondary --turn 20"), "{note}");
    let arguments: Vec<&str> = command.split(' ').chain(["--dry-run"]).collect();
    let (_, other, stderr) = run(&two_people(), &arguments);
    // The same two weeks, the other way round.
    let weeks = |text: &str| {
        let of = |line: &str| line.split_once(" from ").map(|it| it.1.to_owned());
        let mut weeks: Vec<_> = text.lines().take(2).map(of).collect();
        weeks.sort();
        weeks
    };
    assert_eq!(weeks(&stdout), weeks(&other), "{other}{stderr}");
}

/// A dry run in a small organisation of Dublin; a reader may have another clock.
fn of_small(web: &str, before: &[&str], arguments: &[&str]) -> String {
    let scene = tempfile::tempdir().unwrap();
    let people: String = ["ana", "bo", "cy", "dee"]
        .map(|it| format!("[{it}]\nname = \"{}\"\nzone = \"Europe/Dublin\"\n", it.to_uppercase()))
        .concat();
    std::fs::create_dir(scene.path().join("rotations")).unwrap();
    let org = "zone = \"Europe/Dublin\"\n[limits]\nmin-people = false\nmax-share = false\nanswer-within = false\n";
    for (name, text) in [("org", org), ("people", people.as_str()), ("web", web)] {
        std::fs::write(scene.path().join(format!("rotations/{name}.toml")), text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(before)
        .arg("edit")
        .args(arguments)
        .arg("--dry-run")
        .current_dir(scene.path())
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!("[{}]\n{}{}", output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// It is Tuesday, 3 February 2026. Thirteen turns end on 6 April: Bo would be next, and Cy is.
#[test]
fn an_order_that_did_not_go_on_before_stays_so_and_a_note_says_it() {
    let web = "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2026-01-05\nuntil = 2026-04-06\n\
        handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n\
        [[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfirst = \"cy\"\nfrom = 2026-04-06\n\
        handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    let said = of_small(web, &["--now", "2026-02-03T12:00:00Z", "--zone", "Asia/Tokyo"], &["join", "dee", "web"]);
    let head = "\
[0]
DEE joins web from Mon 2026-02-09 19:00 JST on
note: layer 2 of web begins with `cy` at Mon 2026-04-06 18:00 JST: the order did not go on there before either
";
    assert!(said.starts_with(head), "{said}");
}

/// Ana has the week of 2 February, and will have none: Bo and Cy go on by themselves from the 9th.
#[test]
fn every_time_of_an_answer_is_on_the_clock_of_the_reader() {
    let web = "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2026-02-02\n\
        handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    let before = &["--now", "2026-02-03T12:00:00Z", "--zone", "America/New_York"];
    let leave = &["leave", "ana", "web", "--horizon", "20d"];
    let changes = "\
[0]
ANA leaves web at Mon 2026-02-09 05:00 EST

Who holds what, until Sun 2026-03-01 05:00 EST
  web
    Mon 2026-02-23 05:00 EST to Sun 2026-03-01 05:00 EST  144 h  BO instead of ANA

Hours in these seats from Tue 2026-02-03 07:00 EST, and the next turn
  ANA  286 h  to  142 h  -144 h  next none; Mon 2026-02-23 05:00 EST before
  BO   168 h  to  312 h  +144 h  next Mon 2026-02-09 05:00 EST

To be told
  ANA    loses 1 stretch
  BO     gains 1 stretch

--- a/rotations/web.toml
";
    let said = of_small(web, before, leave);
    assert!(said.starts_with(changes), "{said}");
    let table = "\
[0]
## On call

- ANA leaves web at Mon 2026-02-09 05:00 EST

Until Sun 2026-03-01 05:00 EST:

| when | seat | hours | before | after |
|---|---|---:|---|---|
| Mon 2026-02-23 05:00 EST to Sun 2026-03-01 05:00 EST | web | 144 h | ANA | BO |

### To be told

| who | before | after | next turn |
|---|---:|---:|---|
| ANA | 286 h | 142 h | none; Mon 2026-02-23 05:00 EST before |
| BO | 168 h | 312 h | Mon 2026-02-09 05:00 EST |

```diff
";
    let markdown = [before, &["--format", "markdown"][..]].concat();
    let said = of_small(web, &markdown, leave);
    assert!(said.starts_with(table), "{said}");
}

/// Calendars end with the year 2199: what would come after it is no handoff.
#[test]
fn near_the_end_of_all_calendars_no_handoff_is_made_up() {
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-01\n\
        handoff = { every = \"month\", on = 1, at = \"10:00\" }\n";
    let none = "\
[2]
error: that layer of web has no such handoff before the last instant of all calendars, Wed 2200-01-01 00:00 GMT
  help: nothing need change, or it is another layer; `--at now` changes what is left
";
    let now = &["--now", "2199-12-20T12:00:00Z"];
    for arguments in [&["join", "cy", "web"][..], &["leave", "ana", "web"], &["end", "web", "--at", "after-cycle"]] {
        assert_eq!(of_small(web, now, arguments), none, "{arguments:?}");
    }
    let day = "\
[2]
error: Wed 2199-12-25 is not a handoff day of this layer
  help: the nearest handoff day is Sun 2199-12-01
  help: a date-time ends it between two handoffs
";
    assert_eq!(of_small(web, now, &["end", "web", "--at", "2199-12-25"]), day);
    // Each seat has its own handoffs, and neither has one from that day on.
    let seats = format!("{web}[[secondary.layers]]\n{}", web.trim_start_matches("[[layers]]\n").replace("ana", "cy"));
    let left = none.replace("[2]\nerror: ", "[2]\nerror: web: ");
    assert_eq!(of_small(&seats, now, &["end", "@bo", "--at", "2199-12-25"]), left);
}

#[test]
fn who_is_only_on_a_ladder_is_said_to_be_there() {
    for arguments in [&["end", "@marta"][..], &["leave", "marta", "shop"]] {
        let (code, _, stderr) = run(&two_people(), arguments);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains("`@marta` still stands on a ladder, after shop"), "{stderr}");
        assert!(!stderr.contains("LINE"), "{stderr}");
    }
}

/// Imani has the week of 1 February then, Ana not; on the 8th Noor is next, whom the later layer has after Imani.
#[test]
fn who_leaves_before_a_seam_moves_up_those_after_it() {
    let scene = reference();
    let (_, stdout, _) = run(scene.path(), &["leave", "jin", "search", "--at", "2027-01-04", "--dry-run"]);
    assert!(stdout.contains("-first   = \"imani\"\n"), "{stdout}");
    assert!(stdout.contains("+first   = \"noor\"\n"), "{stdout}");
}
