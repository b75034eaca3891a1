//! `history` and what `fit` makes of it, as people use them: the store, exports as other programs write them, what only
//! one team is known of, who was on call then; and files that are no store.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use dogwatch::config::{self, Files, Mapping};
use dogwatch::history::{History, Source, load};
use dogwatch::store::{Incident, LogEntry, Shift, Store, What};
use dogwatch::time::{Span, Zone};
use tempfile::TempDir;

fn run(folder: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-02-03T12:00:00Z"])
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("DOGWATCH_ZONE")
        .env_remove("PAGERDUTY_TOKEN")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let mut shown = format!("exit status {}\n", output.status.code().expect("the program ends by itself"));
    for (name, stream) in [("stdout", text(output.stdout)), ("stderr", text(output.stderr))] {
        if !stream.is_empty() {
            let stream = stream.replace(folder.to_str().unwrap(), "FOLDER");
            shown.push_str(&format!("--- {name}\n{}\n", stream.trim_end()));
        }
    }
    shown
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

const LINES: &str = r#"{"id": "Q1", "opened": "2026-01-05T03:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-05T03:00:00Z", "kind": "paged", "team": "web", "person": "ana"}, {"at": "2026-01-05T03:41:00Z", "kind": "reassigned", "team": "books", "person": "bo"}, {"at": "2026-01-05T04:00:00Z", "kind": "resolved"}]}
{"id": "Q2", "opened": "2026-01-06T10:00:00Z", "steps": [{"at": "2026-01-06T10:00:00Z", "kind": "paged", "team": "books"}]}
{"id": "Q4", "opened": "2026-02-30T10:00:00Z"}
"#;

#[test]
fn files_are_loaded_once_however_often() {
    let scene = folder(&[("past.jsonl", LINES)]);
    insta::assert_snapshot!(run(scene.path(), "history load past.jsonl"), @"
    exit status 1
    --- stdout
    2 episodes: 2 new
    Not used: 1 of 3 rows
      1  not a time of the format
           past.jsonl:3  2026-02-30T10:00:00Z
    --- stderr
    made history.db: it names people, so only you may read it; keep it out of git
    ");
    // The same file, changed: an episode went, another is different.
    let changed = LINES.lines().take(1).collect::<String>().replace("\"bo\"", "\"cy\"");
    std::fs::write(scene.path().join("past.jsonl"), changed).unwrap();
    insta::assert_snapshot!(run(scene.path(), "history load past.jsonl"), @"
    exit status 0
    --- stdout
    1 episode: 1 changed, 1 gone
    ");
    std::fs::write(scene.path().join("more.jsonl"), LINES).unwrap();
    run(scene.path(), "history load more.jsonl");
    insta::assert_snapshot!(run(scene.path(), "history show"), @"
    exit status 0
    --- stdout
    past.jsonl  loaded Tue 2026-02-03 12:00 UTC
      0 episodes  none of them from here any more

    more.jsonl  loaded Tue 2026-02-03 12:00 UTC
      2 episodes  Mon 2026-01-05 03:00 UTC to Tue 2026-01-06 10:00 UTC
      Not used: 1 of 3 rows
        1  not a time of the format
             more.jsonl:3  2026-02-30T10:00:00Z
    ");
    insta::assert_snapshot!(run(scene.path(), "history show Q1"), @"
    exit status 0
    --- stdout
    Q1  opened Mon 2026-01-05 03:00 UTC
      service=ledger
      +0 s     Mon 2026-01-05 03:00 UTC  paged       web    ana
      +41 min  Mon 2026-01-05 03:41 UTC  reassigned  books  bo
      +1 h     Mon 2026-01-05 04:00 UTC  resolved
    ");
    insta::assert_snapshot!(run(scene.path(), "history show Q"), @"
    exit status 2
    --- stderr
    error: there is no episode `Q`
      help: there are Q1, Q2
    ");
    // What the store says is what the file says, and what was not used is not forgotten.
    let (of_store, of_file) = (run(scene.path(), "fit"), run(scene.path(), "fit more.jsonl"));
    // The store has read one row more: that of the file that brought nothing.
    assert_eq!(of_store.replace("1 of 4 rows", "1 of 3 rows"), of_file);
}

#[test]
fn what_is_no_store_is_told_and_left_as_it_is() {
    let scene =
        folder(&[("past.jsonl", LINES), ("text.db", "id,opened\n1,2\n"), ("rotations/org.toml", "zone = \"UTC\"\n")]);
    let path = |name: &str| scene.path().join(name);
    run(scene.path(), "history load past.jsonl --store whole.db");
    let whole = std::fs::read(path("whole.db")).unwrap();
    let other = rusqlite::Connection::open(path("other.db")).unwrap();
    other.execute_batch("CREATE TABLE bookmarks (id INTEGER)").unwrap();
    drop(other);
    let newer = rusqlite::Connection::open(path("newer.db")).unwrap();
    newer.execute_batch("PRAGMA application_id = 0x446f6777; PRAGMA user_version = 7; CREATE TABLE x (y)").unwrap();
    drop(newer);
    std::fs::write(path("empty.db"), "").unwrap();
    // Bytes in the middle of it are others.
    let mut bent = whole.clone();
    bent[4_096..].fill(0xa5);
    std::fs::write(path("bent.db"), &bent).unwrap();
    std::fs::write(path("cut.db"), &whole[..whole.len() / 3]).unwrap();
    let shown = |name: &str| {
        let before = std::fs::read(path(name)).ok();
        let all = ["history show --store", "fit --store"].map(|it| run(scene.path(), &format!("{it} {name}")));
        assert!(all.iter().all(|it| it.starts_with("exit status 2")), "{name}: {all:?}");
        assert_eq!(std::fs::read(path(name)).ok(), before, "{name} is as it was");
        all[0].lines().skip(2).collect::<Vec<_>>().join("\n")
    };
    let names = ["text.db", "other.db", "newer.db", "empty.db", "bent.db", "cut.db", "rotations", "missing.db"];
    insta::assert_snapshot!(names.map(shown).join("\n"), @"
    error: `text.db` is no store of past episodes: it is no SQLite database
      help: `--store FILE` names another; what is there is left as it is
    error: `other.db` is no store of past episodes: it is the database of another program
      help: `--store FILE` names another; what is there is left as it is
    error: `newer.db` was written by a newer Dogwatch: its form is 7, this one knows 1
      help: update Dogwatch, or pull into another file with `--store FILE`
    error: `empty.db` is no store of past episodes: it is empty
      help: `--store FILE` names another; what is there is left as it is
    error: `bent.db` is damaged: database disk image is malformed
      help: move it away and pull or load again; `sqlite3 FILE .recover` may save what is in it
    error: `cut.db` is damaged: database disk image is malformed
      help: move it away and pull or load again; `sqlite3 FILE .recover` may save what is in it
    error: `rotations` is no store of past episodes: it is a folder
      help: `--store FILE` names another; what is there is left as it is
    error: there is no store of past episodes at `missing.db`
      help: `dogwatch history pull` or `dogwatch history load FILE…` make one; `--store FILE` says where
    ");
    let written = run(scene.path(), "history load past.jsonl --store text.db");
    assert!(written.starts_with("exit status 2\n--- stderr\nerror: `text.db` is no store"), "{written}");
    #[cfg(unix)]
    {
        let written = run(scene.path(), "history load past.jsonl --store /dev/null");
        assert!(written.contains("`/dev/null` is no store of past episodes: it is no ordinary file"), "{written}");
    }
    insta::assert_snapshot!(run(scene.path(), "fit"), @"
    exit status 2
    --- stderr
    error: no file of past episodes is named, and there is no store at `history.db`
      help: name files: `dogwatch fit incidents.csv --mapping servicenow-updates`
      help: or fill the store: `dogwatch history pull`, `dogwatch history load FILE…`
    ");
    insta::assert_snapshot!(run(scene.path(), "history pull"), @"
    exit status 2
    --- stderr
    error: no token for PagerDuty
      help: set PAGERDUTY_TOKEN, or name a file with `--token-file`; for a rehearsal it is PAGERDUTY_TOKEN=rehearsal
    ");
    assert!(!path("history.db").exists(), "nothing is made before it is needed");
}

fn built_in(name: &str) -> Mapping {
    let files: Files = [(name, config::known_mapping(name).unwrap())].into_iter().collect();
    let (mapping, diagnostics) = config::mapping(&files, name, Some(&Zone::named("Europe/Dublin").unwrap()));
    assert_eq!(config::render(&diagnostics, &files, false), "");
    mapping.unwrap()
}

/// Each episode in a line.
fn episodes(history: &History) -> Vec<String> {
    let name = |names: &[String], it: Option<u32>| it.map_or("-".to_owned(), |it| names[it as usize].clone());
    let lines = history.episodes().map(|it| {
        let steps = it.steps().map(|step| {
            let (team, person) = (name(&history.teams, step.actor.team), name(&history.people, step.actor.person));
            format!("+{} {} {team}/{person}", step.at - it.opened(), step.actor.kind.word())
        });
        let tags: Vec<String> = history.tags(it.tags).into_iter().map(|(key, it)| format!("{key}={it}")).collect();
        format!("{} {} {}: {}", it.id(), it.opened_at(), tags.join(" "), steps.collect::<Vec<_>>().join(", "))
    });
    lines.collect()
}

/// Files as the programs write them, by the columns that they have.
#[test]
fn exports_are_read_by_the_mappings_that_are_built_in() {
    let read = |name: &str| {
        let path = format!("{}/tests/cases/exports/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        let source = Source { name: name.to_owned(), bytes: Box::new(std::fs::File::open(path).unwrap()) };
        let loaded = load(vec![source], Some(&built_in(name)), 2).unwrap();
        assert!(loaded.losses.is_empty(), "{name}: {:?}", loaded.losses);
        episodes(&loaded.history)
    };
    assert_eq!(
        read("pagerduty-incidents"),
        [
            "Q1GTT1AB 2026-03-03T15:00:00Z service=Search API urgency=high: +0 paged Search escalation/-, \
             +120 acknowledged -/Ana Souza, +120 acknowledged -/Bo Lindqvist, +4200 resolved -/Bo Lindqvist",
            "Q2GTT1AB 2026-03-04T01:00:00Z service=Disks urgency=low: +0 paged Storage escalation/-",
        ]
    );
    assert_eq!(
        read("pagerduty-analytics"),
        [
            "Q1GTT1AB 2026-03-03T15:00:00Z priority=P1 service=Search API urgency=high: +0 paged Search/-, \
             +120 acknowledged -/-, +4200 resolved -/Bo Lindqvist",
            "Q2GTT1AB 2026-03-04T01:00:00Z service=Disks urgency=low: ",
        ]
    );
    assert_eq!(
        read("opsgenie"),
        ["1791 2026-03-03T15:00:00Z entity=search-1 priority=P1 source=zabbix: \
             +0 paged 4513b7ea-3b91-438f-b7e4-e3e54af9147c/-, +15 acknowledged -/ana@example.com, \
             +60 resolved -/bo@example.com",]
    );
    // On the clock of Dublin, which jumps on 29 March from 01:00 to 02:00: 01:30 is the moment of the jump.
    assert_eq!(
        read("servicenow"),
        [
            "INC0010001 2026-03-03T15:00:00Z category=Software priority=2 - High service=Search API: \
             +4200 resolved Search/Bo Lindqvist",
            "INC0010002 2026-03-29T01:00:00Z category=Hardware priority=3 - Moderate: ",
        ]
    );
    assert_eq!(
        read("servicenow-updates"),
        ["INC0010001 2026-03-03T15:00:00Z category=Software priority=2 - High service=Search API: \
             +0 paged Service Desk/-, +1800 reassigned Search/-, +2400 acknowledged Search/Bo Lindqvist, \
             +4200 resolved Search/Bo Lindqvist",]
    );
}

#[test]
fn what_is_not_in_an_export_is_not_told() {
    let scene = folder(&[]);
    let cases = format!("{}/tests/cases/exports", env!("CARGO_MANIFEST_DIR"));
    let fit = |name: &str, format: &str| {
        let zone = if name.starts_with("servicenow") { "--times-in Europe/Dublin" } else { "" };
        run(scene.path(), &format!("fit {cases}/{name}.csv --mapping {name} {zone} --format {format}"))
    };
    let last =
        "Whether the right team was paged first cannot be said: only the team that had an episode in the end is known.";
    let first = "Whether the right team was paged first cannot be said: only the team that was paged is known, not who had \
                 the episode in the end.";
    for (name, words) in [("servicenow", last), ("pagerduty-incidents", first), ("pagerduty-analytics", first)] {
        let (text, page) = (fit(name, "text"), fit(name, "html"));
        assert!(text.contains(words) && page.contains(words), "{name}: {text}");
        for shown in [text, page] {
            for nonsense in ["0.0 % went first", "touched more than one", "hand-off", "Wrong first", "Who had it first"]
            {
                assert!(!shown.contains(nonsense), "{name}: {nonsense}: {shown}");
            }
        }
        let json = fit(name, "json");
        let json: serde_json::Value = serde_json::from_str(json.split_once("--- stdout\n").unwrap().1).unwrap();
        assert_eq!(json["teams_told"], if words == last { "last" } else { "first" });
        let nothing = serde_json::json!({ "count": 0, "of": 0, "share": null, "low": null, "high": null });
        for figure in ["right_first_time", "several_teams", "lost_known"] {
            assert_eq!(json[figure], nothing, "{name}: {figure}");
        }
        assert_eq!((&json["matrix"], &json["misroutes"]), (&serde_json::json!([]), &serde_json::json!([])));
    }
    assert!(fit("servicenow-updates", "text").contains("100.0 % of the episodes touched more than one team: 1 of 1"));
}

const WEB: &str = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
const PEOPLE: &str =
    "[ana]\nname = \"Ana\"\nzone = \"UTC\"\n[bo]\nname = \"Bo\"\nzone = \"UTC\"\n[cy]\nname = \"Cy\"\nzone = \"UTC\"\n";

fn git(folder: &Path, arguments: &str, at: &str) -> bool {
    Command::new("git")
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("GIT_COMMITTER_DATE", at)
        .env("GIT_AUTHOR_DATE", at)
        .output()
        .is_ok_and(|it| it.status.success())
}

/// Until 12 January Cy was in Bo's place, as git knows and the files do not.
#[test]
fn who_was_on_call_then_is_from_the_files_of_that_day() {
    let step = |id: u32, day: u32| {
        format!(
            "{{\"id\": \"Q{id}\", \"opened\": \"2026-01-{day:02}T12:00:00Z\", \"steps\": [{{\"at\": \"2026-01-{day:02}T12:00:00Z\", \"kind\": \"paged\", \"team\": \"web\"}}]}}\n"
        )
    };
    // Ana's week; Cy's by git, Bo's by the files; Bo's by both; and before there was anything.
    let lines = [step(1, 6), step(2, 13), step(3, 27), step(4, 2)].concat();
    let escalation = "routes = [{ page = \"web\" }]\n";
    let scene = folder(&[
        ("past.jsonl", &lines),
        ("rotations/org.toml", "zone = \"UTC\"\n"),
        ("rotations/people.toml", PEOPLE),
        ("rotations/escalation.toml", escalation),
        ("rotations/web.toml", &WEB.replace("bo", "cy")),
    ]);
    let told = |text: &str| {
        let line = text.lines().find(|it| it.starts_with("Of ")).unwrap_or_default().to_owned();
        let called = |name: &str| text.lines().any(|it| it.starts_with(&format!("{name} ")));
        (line, [called("ana"), called("bo"), called("cy")])
    };
    std::fs::write(scene.path().join("rotations/web.toml"), WEB).unwrap();
    assert_eq!(
        told(&run(scene.path(), "fit past.jsonl")),
        (
            "Of 4 pages that named a rotation and no person, who was on call then is from: the files as they stand (3), \
             for 1 no one person is known. Not from git: the files are in no repository."
                .to_owned(),
            [true, true, false]
        )
    );
    std::fs::write(scene.path().join("rotations/web.toml"), WEB.replace("bo", "cy")).unwrap();
    let commits = git(scene.path(), "init -q", "")
        && git(scene.path(), "add rotations", "")
        && git(scene.path(), "commit -q -m one", "2026-01-05T00:00:00Z");
    if !commits {
        // Without git there is nothing to ask.
        return;
    }
    std::fs::write(scene.path().join("rotations/web.toml"), WEB).unwrap();
    assert!(git(scene.path(), "commit -q -a -m two", "2026-01-20T00:00:00Z"));
    assert_eq!(
        told(&run(scene.path(), "fit past.jsonl")),
        (
            "Of 4 pages that named a rotation and no person, who was on call then is from: the revision in git of that \
             day (3), for 1 no one person is known."
                .to_owned(),
            [true, true, true]
        )
    );
}

#[test]
fn fit_says_which_organisation_it_took_and_writes_to_a_file() {
    let scene = folder(&[
        ("past.jsonl", LINES),
        ("ours/rotations/org.toml", "zone = \"UTC\"\n"),
        ("ours/rotations/people.toml", PEOPLE),
        ("ours/rotations/web.toml", WEB),
        ("ours/rotations/escalation.toml", "routes = [{ page = \"web\" }]\n"),
    ]);
    let shown = run(scene.path(), "fit past.jsonl -C ours");
    assert!(shown.contains("\nread with the organisation in ours/rotations/: 1 rotation, 3 people\n"), "{shown}");
    assert!(!run(scene.path(), "fit past.jsonl").contains("organisation in"));
    let quiet = run(scene.path(), "fit past.jsonl -C ours --format html -o fit.html");
    assert_eq!(quiet, "exit status 1\n");
    let page = std::fs::read_to_string(scene.path().join("fit.html")).unwrap();
    assert!(page.contains("with the organisation in ours/rotations/"));
}

/// Noise in every position, times of every shape, other encodings: counted, and what is whole is used.
#[test]
fn hostile_files_are_loaded_as_far_as_they_go() {
    let times = [
        "2026-03-03T15:00:00Z",
        "2026-03-03 15:00",
        "03/04/26",
        "1772550000",
        "1772550000000",
        "2026-W10-2",
        "0000-00-00 00:00:00",
        "9999-12-31T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "24:00",
        "-1",
        "1e9",
        "NaN",
        "２０２６-03-03",
        "2026-03-03T15:00:60Z",
        "2026-03-03T25:00:00Z",
        "Tue, 3 Mar 2026 15:00:00 GMT",
        "\u{202e}2026",
        "",
    ];
    let mut lines: String = times
        .iter()
        .enumerate()
        .map(|(id, it)| format!("{{\"id\": \"T{id}\", \"opened\": {}}}\n", serde_json::json!(it)))
        .collect();
    lines += &format!("{{\"id\": \"{}\", \"opened\": \"2026-03-03T15:00:00Z\"}}\n", "x".repeat(2 << 20));
    lines += &format!("{{\"id\": \"D\", \"opened\": {}1{}}}\n", "[".repeat(10_000), "]".repeat(10_000));
    let scene = folder(&[("past.jsonl", &lines)]);
    insta::assert_snapshot!(run(scene.path(), "history load past.jsonl"), @r#"
    exit status 1
    --- stdout
    1 episode: 1 new
    Not used: 20 of 21 rows
      1   longer than 1 MiB
            past.jsonl:20
      18  not a time of the format
            past.jsonl:2  2026-03-03 15:00
            past.jsonl:3  03/04/26
            past.jsonl:4  1772550000
      1   not an episode in JSON
            past.jsonl:21  invalid type: sequence, expected a string at line 1 column 22
    --- stderr
    made history.db: it names people, so only you may read it; keep it out of git
    "#);
    let mut noise = Vec::from(LINES.as_bytes());
    let mut seed: u64 = 7;
    for _ in 0..200_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        noise.push((seed >> 56) as u8);
    }
    std::fs::write(scene.path().join("noise.jsonl"), noise).unwrap();
    let shown = run(scene.path(), "history load noise.jsonl");
    assert!(shown.starts_with("exit status 1\n--- stdout\n2 episodes: 2 new\nNot used: "), "{shown}");
    assert!(shown.chars().all(|it| it == '\n' || !it.is_control()), "nothing steers a terminal");
}

/// Whatever bytes a store has become: it is told, or read as far as it goes.
#[test]
fn a_bent_store_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let at = |text: &str| dogwatch::time::parse_instant(text, &Zone::utc()).unwrap();
    let opened = at("2026-01-05T03:00:00Z");
    {
        let mut store = Store::open_or_make(&path).unwrap();
        let source = Source { name: "past.jsonl".to_owned(), bytes: Box::new(LINES.as_bytes()) };
        let loaded = load(vec![source], None, 1).unwrap();
        store.keep(&["past.jsonl".to_owned()], &loaded, opened).unwrap();
        let incident = |number: i64| Incident {
            id: format!("P{number}"),
            number,
            title: "slow".to_owned(),
            opened,
            service: "Search".to_owned(),
            policy: "E".to_owned(),
            team: None,
            urgency: "high".to_owned(),
        };
        store.keep_incidents(&(0..40).map(incident).collect::<Vec<_>>()).unwrap();
        let entry = |number: i64| LogEntry {
            id: format!("L{number}"),
            incident: format!("P{}", number % 40),
            at: opened,
            kind: ["assign", "acknowledge", "resolve"][usize::try_from(number % 3).unwrap()].to_owned(),
            by: Some("U".to_owned()),
            users: vec!["U".to_owned()],
        };
        store.keep_log(&(0..200).map(entry).collect::<Vec<_>>()).unwrap();
        let span = Span::new(opened, at("2026-02-05T03:00:00Z")).unwrap();
        store.keep_shifts("S", span, &[Shift { span, user: "U".to_owned() }]).unwrap();
        store.note_pulled(What::Shifts, span).unwrap();
    }
    let whole = std::fs::read(&path).unwrap();
    let mut seed: u64 = 5;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let (mut refused, mut read) = (0, 0);
    for round in 0..150 {
        let mut bent = whole.clone();
        for _ in 0..=round % 7 {
            // Past the head, which says whose it is.
            let place = 100 + next(bent.len() - 100);
            bent[place] = u8::try_from(next(256)).unwrap();
        }
        if round % 10 == 0 {
            bent.truncate(100 + next(bent.len() - 100));
        }
        std::fs::write(&path, &bent).unwrap();
        let found = Store::open(&path).and_then(|store| {
            store.overview()?;
            store.losses()?;
            let mut bytes = Vec::new();
            // Where it breaks off is told by whoever reads.
            let _ = store.episodes(BTreeMap::new())?.text().read_to_end(&mut bytes);
            Ok(())
        });
        match found {
            Ok(()) => read += 1,
            Err(error) => {
                assert!(error.to_string().contains("history.db"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 10 && read > 10, "{refused} refused, {read} read");
}

/// Two teams of four people with two services each, for five months, in which whoever has the service is paged or is not.
fn months(mark: [&str; 3]) -> String {
    let [one, two, three] = mark;
    let mut lines = String::new();
    for number in 0..150_u32 {
        let day = 1 + number % 28;
        let at = |minute: u32| format!("2025-{:02}-{day:02}T10:{minute:02}:00Z", 1 + number / 30);
        let (team, other) = (number % 2, (number + number % 5 / 4) % 2);
        let person = format!("p{one}{}{two}", team * 4 + number / 2 % 4);
        let resolver = format!("p{one}{}{two}", other * 4 + number / 2 % 4);
        let service = format!("s{three}{}", other * 2 + number % 4 / 2);
        lines += &format!(
            "{{\"id\": \"E{one}{number}\", \"opened\": \"{}\", \"tags\": {{\"service\": \"{service}\", \"k{two}\": \"v{one}\"}}, \"steps\": [\
             {{\"at\": \"{}\", \"kind\": \"paged\", \"team\": \"t{two}{team}\", \"person\": \"{person}\"}}, \
             {{\"at\": \"{}\", \"kind\": \"resolved\", \"team\": \"t{two}{other}\", \"person\": \"{resolver}\"}}]}}\n",
            at(0),
            at(1),
            at(30)
        );
    }
    lines + &format!("{{\"x{one}\": 1}}\n")
}

/// What would turn a line around, or is not seen, is U+FFFD wherever it is shown, and nothing else differs from a history in which
/// it is that. In the store it is what it was.
#[test]
fn names_that_would_turn_a_page_around_are_shown_harmless() {
    let hostile = folder(&[("past.jsonl", &months(["\u{202e}", "\u{200b}", "\u{2066}"]))]);
    let marked = folder(&[("past.jsonl", &months(["\u{fffd}"; 3]))]);
    let both = |arguments: &str| [&hostile, &marked].map(|it| run(it.path(), arguments));
    for arguments in [
        "fit past.jsonl",
        "fit past.jsonl --format html",
        "fit past.jsonl --format json",
        "split past.jsonl --into 2 --effort 300",
        "split past.jsonl --into 2 --effort 300 --format html",
        "history load past.jsonl",
        "history show",
        "fit",
        "split --into 2 --effort 300",
    ] {
        let [hostile, marked] = both(arguments);
        assert!(!hostile.starts_with("exit status 2") && hostile.contains('\u{fffd}'), "{arguments}: {hostile}");
        assert_eq!(hostile, marked, "{arguments}");
    }
    let [one, other] = [(&hostile, "E\u{202e}7"), (&marked, "E\u{fffd}7")].map(|(scene, id)| {
        let of = |format: &str| run(scene.path(), &format!("history show {id} --format {format}"));
        (of("text"), of("json"))
    });
    assert_eq!(one.0, other.0);
    assert_eq!(
        one.1,
        other
            .1
            .replace("E\u{fffd}", "E\u{202e}")
            .replace("k\u{fffd}", "k\u{200b}")
            .replace("v\u{fffd}", "v\u{202e}")
            .replace("s\u{fffd}", "s\u{2066}")
            .replace("t\u{fffd}", "t\u{200b}")
            .replace("p\u{fffd}", "p\u{202e}")
            .replace('\u{fffd}', "\u{200b}")
    );
}

#[test]
fn a_split_of_nothing_says_what_is_wrong_with_the_rows() {
    let bad = LINES.lines().next_back().unwrap();
    let nobody = r#"{"id": "Q2", "opened": "2026-01-06T10:00:00Z", "tags": {"service": "ledger"}, "steps": [{"at": "2026-01-06T10:00:00Z", "kind": "paged", "team": "books"}]}"#;
    let untagged = LINES.lines().nth(1).unwrap();
    let scene =
        folder(&[("bad.jsonl", bad), ("empty.jsonl", "\n"), ("nobody.jsonl", nobody), ("untagged.jsonl", untagged)]);
    insta::assert_snapshot!(run(scene.path(), "split bad.jsonl"), @"
    exit status 2
    --- stdout
    Not used: 1 of 1 rows
      1  not a time of the format
           bad.jsonl:1  2026-02-30T10:00:00Z
    --- stderr
    error: there are no episodes in it
      help: each row that was not used is counted above
    ");
    insta::assert_snapshot!(run(scene.path(), "split nobody.jsonl"), @"
    exit status 2
    --- stderr
    error: there is nobody among whom `service` could be divided
      help: it takes people in rotations: `-C DIR` names the folder that holds `rotations/`, or episodes name who was paged and for which team
    ");
    insta::assert_snapshot!(run(scene.path(), "split untagged.jsonl"), @"
    exit status 2
    --- stderr
    error: there is nothing to divide: no episode carries a tag
      help: it takes a tag that says what is broken, such as `service`: `--tag` names it
    ");
}

#[test]
fn a_store_that_lacks_a_table_is_damaged() {
    let scene = folder(&[("past.jsonl", LINES)]);
    run(scene.path(), "history load past.jsonl");
    let store = rusqlite::Connection::open(scene.path().join("history.db")).unwrap();
    store.execute_batch("PRAGMA foreign_keys = OFF; DROP TABLE episodes").unwrap();
    drop(store);
    for command in ["fit", "history show", "history show Q1", "history load past.jsonl"] {
        let shown = run(scene.path(), command);
        let wanted = "exit status 2\n--- stderr\nerror: `history.db` is damaged: no such table: episodes\n  help: move it away and pull or load again; `sqlite3 FILE .recover` may save what is in it\n";
        assert_eq!(shown, wanted, "{command}");
    }
}

#[test]
fn what_is_packed_and_what_follows_it() {
    let packed = |text: &str| {
        let mut bytes = Vec::new();
        flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast()).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let (one, two) = LINES.lines().next().zip(LINES.lines().nth(1)).unwrap();
    // The last line of a packed text need not end.
    let (one, two) = (packed(&format!("{one}\n")), packed(two));
    let scene = folder(&[]);
    let shown = |name: &str, bytes: &[u8]| {
        std::fs::write(scene.path().join(name), bytes).unwrap();
        run(scene.path(), &format!("history load {name} --store {name}.db")).replace(name, "FILE")
    };
    let whole = "exit status 0\n--- stdout\n2 episodes: 2 new\n--- stderr\nmade FILE.db: it names people, so only you may read it; keep it out of git\n";
    assert_eq!(shown("two.gz", &[&one[..], &two].concat()), whole);
    assert_eq!(shown("padded.gz", &[&one[..], &two, &[0; 70_000]].concat()), whole);
    assert_eq!(shown("padded-between.gz", &[&one[..], &[0; 512], &two].concat()), whole);
    let left = "exit status 1\n--- stdout\n2 episodes: 2 new\nNot used: 0 of 2 rows\n  FILE was not read to its end: what follows its packed text is not gzip, and was left out\n--- stderr\nmade FILE.db: it names people, so only you may read it; keep it out of git\n";
    assert_eq!(shown("garbage.gz", &[&one[..], &two, b"garbage"].concat()), left);
    assert_eq!(shown("long-garbage.gz", &[&one[..], &two, &[b'x'; 100_000][..]].concat()), left);
    let none = "exit status 2\n--- stderr\nerror: could not read `FILE`: it begins with zero bytes, as no text does\n  help: is it the right file? CSV, JSON lines, or either of them packed by gzip\n";
    assert_eq!(shown("nil", &[0; 4_096]), none);
    assert_eq!(shown("one-nil", &[0]), none);
    assert_eq!(shown("nil-first", b"\0\0{\"id\": 1}\n"), none);
}
