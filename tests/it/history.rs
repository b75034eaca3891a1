//! The past: a real incident log against the figures that were published with it, and files as hostile as they come.

use std::io::Read;
use std::path::PathBuf;

use dogwatch::config::{self, Files, Mapping};
use dogwatch::history::fit::{Fit, Settings, Share, Spread, Within, fit};
use dogwatch::history::{LoadError, Loaded, Source, load};
use dogwatch::time::{Window, Zone};

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/uci-servicenow-incidents").join(name)
}

#[track_caller]
fn mapping(text: &str) -> Mapping {
    let files: Files = [("mapping.toml", text)].into_iter().collect();
    let (mapping, diagnostics) = config::mapping(&files, "mapping.toml", None);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    mapping.unwrap()
}

fn read(bytes: impl Read + Send, mapping: Option<&Mapping>, readers: usize) -> Result<Loaded, LoadError> {
    load(vec![Source { name: "file.csv".to_owned(), bytes: Box::new(bytes) }], mapping, readers)
}

fn looked_at(loaded: &Loaded, workers: usize) -> Fit {
    let windows = |text: &str| vec![Window::parse(text).unwrap()];
    let settings = Settings {
        zone: Zone::utc(),
        org: None,
        working_hours: windows("Mon-Fri 08:00-18:00"),
        sleep: windows("Mon-Sun 22:00-07:00"),
        tag: None,
        workers,
    };
    fit(&loaded.history, &settings).unwrap().unwrap()
}

/// The reference numbers of the data set, each counted by its publisher's readers in another language.
#[test]
fn a_real_incident_log_has_its_published_figures() {
    let mapping = mapping(&std::fs::read_to_string(example("mapping.toml")).unwrap());
    let file = std::fs::File::open(example("incident_event_log.csv.gz")).unwrap();
    let loaded = read(file, Some(&mapping), 2).unwrap();
    assert_eq!((loaded.rows, loaded.losses.rows()), (141_712, 0));
    let fit = looked_at(&loaded, 2);
    assert_eq!((fit.episodes, fit.teams, fit.people), (24_918, 78, 234));
    assert_eq!(fit.touched, [373, 14_970, 6_416, 2_136, 755, 200, 51, 13, 4]);
    assert_eq!(fit.several.count, 9_575);
    assert_eq!((fit.hand_offs.total, fit.hand_offs.classes), (19_087, [15_343, 7_332, 2_243]));
    assert_eq!(fit.hand_offs.edges, 1_060);
    assert_eq!((fit.ping_pong.episodes.count, fit.ping_pong.times), (2_216, 3_675));
    let worst = fit.ping_pong.pairs[0];
    let team = |it: u32| loaded.history.teams[it as usize].as_str();
    assert_eq!((team(worst.from), team(worst.to), worst.count), ("Group 20", "Group 70", 645));
    assert_eq!((fit.right.count, fit.right.of), (16_223, 24_545));
    let days = fit.resolved.classes.map(|it| f64::from(it.0.unwrap().median) / (24.0 * 3_600.0));
    assert_eq!(days.map(|it| format!("{it:.2}")), ["0.05", "2.21", "8.78"]);
    let people = fit.load_totals();
    assert_eq!(people.most, 3_161);
    assert_eq!(format!("{:.3}", people.top_ten.value().unwrap()), "0.370");
    // 39 is the mean of the two in the middle; ours is the lower of the two.
    let mut each: Vec<u64> = fit.loads.iter().map(|it| it.episodes).collect();
    each.sort_unstable();
    assert_eq!((each[116] + each[117], u64::from(people.a_person.median)), (78, each[116]));
    let opened: u64 = fit.hours.iter().flatten().sum();
    let at_work: u64 = fit.hours[..5].iter().flat_map(|it| &it[8..18]).sum();
    assert_eq!(format!("{:.3}", (opened - at_work) as f64 / opened as f64), "0.173");
    assert_eq!(loaded.history.episodes().next().unwrap().id(), "INC0000045");
}

const SMALL: &str = r#"
id       = "id"
opened   = { column = "opened", format = "%Y-%m-%d %H:%M", zone = "Europe/Dublin" }
paged    = { team = "first", person = "who" }
resolved = { at = { column = "closed", format = "%Y-%m-%d %H:%M", zone = "Europe/Dublin" }, team = "last" }
missing  = ["-"]
"#;

/// Reasons with counts, then where files broke off.
fn losses(bytes: &[u8]) -> (Vec<(String, u64)>, Vec<String>) {
    let loaded = read(bytes, Some(&mapping(SMALL)), 2).unwrap();
    let kinds = loaded.losses.kinds.iter().map(|(loss, count, shown)| {
        assert!(!shown.is_empty() && shown.len() <= 3);
        (loss.to_string(), *count)
    });
    (kinds.collect(), loaded.losses.cut_short.iter().map(|(_, reason)| reason.clone()).collect())
}

const HEAD: &str = "id,opened,first,who,closed,last\n";

#[test]
fn each_row_that_is_wrong_is_counted_by_its_reason() {
    let mut file = Vec::from(HEAD);
    file.extend_from_slice(b"1,2026-02-03 10:00,a,ana,2026-02-03 11:00,b\n");
    file.extend_from_slice(b"2,2026-02-30 10:00,a,ana,-,b\n");
    file.extend_from_slice(b"3,-,a,ana,-,b\n");
    file.extend_from_slice(b"4,2026-02-03 10:00,a,ana,-\n");
    file.extend_from_slice(b"-,2026-02-03 10:00,a,ana,-,b\n");
    file.extend_from_slice(b"6,2026-02-03 10:00,a,J\xf6rg,-,b\n");
    file.extend_from_slice(b"7,2026-02-03 10:00,a,\x1b[31mred,-,b\n");
    file.extend_from_slice(b"8,2026-02-03 10:00,\0,ana,-,b\n");
    file.extend_from_slice(b"1,2026-02-03 10:00,a,ana,-,b\n");
    file.extend_from_slice(format!("9,2026-02-03 10:00,{},ana,-,b\n", "x".repeat(2_000)).as_bytes());
    file.extend_from_slice(b"10,1969-02-03 10:00,a,ana,-,b\n");
    file.extend_from_slice(b"11,2026-02-03 10:00,a,ana,-,\"b\n");
    let expected = [
        ("more or fewer cells than the first line", 1),
        ("a quote is not closed", 1),
        ("no id", 1),
        ("no time", 1),
        ("not a time of the format", 2),
        ("not UTF-8", 1),
        ("control characters in a name", 2),
        ("a name longer than 1,000 bytes", 1),
        ("an id that was there before", 1),
    ];
    assert_eq!(losses(&file), (expected.map(|(reason, count)| (reason.to_owned(), count)).into(), vec![]));
}

#[test]
fn what_was_read_does_not_depend_on_how_many_read() {
    let mapping = mapping(SMALL);
    let mut file = String::from(HEAD);
    for number in 0..60_000_u64 {
        let (first, last) = (number * 7 % 23, number * number % 19);
        file += &format!(
            "E{:04},2026-{:02}-{:02} {:02}:30,team {first},\"p, {}\",2026-12-31 10:{:02},team {last}\r\n",
            number * 48_271 % 65_537,
            number % 12 + 1,
            number % 28 + 1,
            number % 24,
            number % 41,
            number % 60
        );
    }
    assert!(file.len() > 3 << 20, "several chunks are wanted");
    let one = read(file.as_bytes(), Some(&mapping), 1).unwrap();
    let four = read(file.as_bytes(), Some(&mapping), 4).unwrap();
    assert_eq!((one.rows, &one.losses), (60_000, &four.losses));
    assert_eq!((&one.history.teams, &one.history.people), (&four.history.teams, &four.history.people));
    let ids = |it: &Loaded| it.history.episodes().map(|it| it.id()).collect::<Vec<_>>();
    assert_eq!(ids(&one), ids(&four));
    assert_eq!(format!("{:?}", looked_at(&one, 1)), format!("{:?}", looked_at(&four, 3)));
}

/// Each episode with its steps.
fn shown(loaded: &Loaded) -> Vec<String> {
    let history = &loaded.history;
    let name = |names: &[String], it: Option<u32>| it.map_or("-".to_owned(), |it| names[it as usize].clone());
    let episodes = history.episodes().map(|it| {
        let steps = it.steps().map(|step| {
            let (team, person) = (name(&history.teams, step.actor.team), name(&history.people, step.actor.person));
            format!("+{} {} {team} {person}", (step.at - it.opened()) / 60, step.actor.kind.word())
        });
        format!("{} {:?}: {}", it.id(), history.tags(it.tags), steps.collect::<Vec<_>>().join(", "))
    });
    episodes.collect()
}

/// Of several in one cell, nobody is taken for whom the next cell does not name.
#[test]
fn a_step_without_a_column_of_people_is_nobodys() {
    let mapping = mapping(
        r#"
        id           = "id"
        opened       = { column = "opened", format = "%+" }
        paged        = { person = "who", between = "," }
        acknowledged = { at = { column = "taken", format = "%+" } }
        "#,
    );
    let file = "id,opened,who,taken\n7,2026-03-03T15:00:00Z,\"bo, cy\",2026-03-03T15:05:00Z\n";
    let loaded = read(file.as_bytes(), Some(&mapping), 1).unwrap();
    assert_eq!(shown(&loaded), ["7 {}: +0 paged - bo, +0 paged - cy, +5 acknowledged - -"]);
}

#[test]
fn updates_become_the_steps_that_they_say() {
    let mapping = mapping(
        r#"
        zone    = "UTC"
        id      = "id"
        at      = { column = "at", format = "%H:%M %d.%m.%y" }
        team    = "team"
        person  = "person"
        tags    = { service = "service" }
        teams   = { "L2" = "search" }
        step    = { column = "state", acknowledged = ["Taken"], resolved = ["Done", "Closed"] }
        order   = "n"
        "#,
    );
    let file = "n,id,at,team,person,service,state\n\
        2,A,10:20 03.02.26,L2,bo,search-api,Taken\n\
        1,A,10:00 03.02.26,calls,,,New\n\
        1,B,11:00 03.02.26,calls,,x,New\n\
        3,A,10:30 03.02.26,,,search-ui,Taken\n\
        4,A,10:40 03.02.26,L2,cy,,Taken\n\
        5,A,10:50 03.02.26,L2,cy,,Done\n\
        6,A,10:55 03.02.26,L2,cy,,Closed\n";
    let loaded = read(file.as_bytes(), Some(&mapping), 2).unwrap();
    assert_eq!(
        shown(&loaded),
        [
            "A {\"service\": \"search-api\"}: +0 paged calls -, +20 acknowledged search bo, +40 acknowledged search cy, \
             +50 resolved search cy",
            "B {\"service\": \"x\"}: +0 paged calls -",
        ]
    );
}

#[test]
fn json_lines_are_read_without_a_mapping() {
    let file = concat!(
        r#"{"id": "Q1", "opened": "2026-03-03T15:00:00Z", "tags": {"service": "search-api"}, "steps": [{"at": "2026-03-03T15:00:00Z", "kind": "paged", "team": "calls", "person": "ana"}, {"at": "2026-03-03T16:20:00+01:00", "kind": "reassigned", "team": "search"}]}"#,
        "\n{\"id\": \"Q2\", \"opened\": \"2026-03-03T15:00:00Z\"}\n{\"id\": \"Q3\", \"opened\": \"yesterday\"}\n{\"id\": 4}\n[[[[\n"
    );
    let loaded = read(file.as_bytes(), None, 2).unwrap();
    let reasons: Vec<(String, u64)> = loaded.losses.kinds.iter().map(|it| (it.0.to_string(), it.1)).collect();
    let expected = [("not a time of the format".to_owned(), 1), ("not an episode in JSON".to_owned(), 2)];
    assert_eq!((loaded.rows, reasons.as_slice()), (5, expected.as_slice()));
    let fit = looked_at(&loaded, 2);
    assert_eq!((fit.episodes, fit.touched.as_slice(), fit.lost.0.unwrap().median), (2, [1, 0, 1].as_slice(), 1_200));
}

/// One episode: the minutes after its opening, what happened, the team and the person.
fn line(id: &str, steps: &[(u32, &str, &str, &str)]) -> String {
    let step = |(minute, kind, team, person): &(u32, &str, &str, &str)| {
        let name = |key: &str, it: &str| if it.is_empty() { String::new() } else { format!(r#", "{key}": "{it}""#) };
        let (team, person) = (name("team", team), name("person", person));
        format!(r#"{{"at": "2026-03-03T15:{minute:02}:00Z", "kind": "{kind}"{team}{person}}}"#)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    format!("{{\"id\": \"{id}\", \"opened\": \"2026-03-03T15:00:00Z\", \"steps\": [{}]}}\n", steps.join(", "))
}

#[test]
fn within_a_team_the_first_person_is_compared_with_the_last() {
    let ana_to_bo = [(0, "paged", "calls", "ana"), (10, "reassigned", "calls", "bo"), (30, "resolved", "", "bo")];
    let stays = [
        line(
            "stays with one",
            &[(0, "paged", "calls", "ana"), (2, "acknowledged", "", "ana"), (9, "resolved", "", "ana")],
        ),
        line("is passed on", &ana_to_bo),
        line("is resolved by who never had it", &[(0, "paged", "calls", "ana"), (20, "resolved", "calls", "bo")]),
        line("comes back", &[(0, "paged", "calls", "ana"), (5, "added", "", "cy"), (9, "reassigned", "calls", "ana")]),
        line("is passed on twice", &[(0, "paged", "", "cy"), (7, "escalated", "", "ana"), (25, "escalated", "", "bo")]),
        line("names nobody", &[(0, "paged", "calls", ""), (4, "resolved", "calls", "")]),
    ];
    // Five name somebody; in two of them the first had it last. Of the other three, it took 600 s and 1,500 s, and of the
    // one whose last person only resolved it, nobody knows.
    let within = Within {
        right: Share { count: 2, of: 5 },
        lost: Some(Spread { count: 2, median: 600, interval: None, ninety: 1_500 }),
        lost_known: Share { count: 2, of: 3 },
    };
    let found = |text: &str, workers: usize| looked_at(&read(text.as_bytes(), None, 1).unwrap(), workers);
    assert_eq!(found(&stays.concat(), 1).within, within);
    // Whatever a second team had does not count.
    let leaves = line("leaves", &[(0, "paged", "calls", "ana"), (3, "reassigned", "search", "bo")]);
    let fit = found(&[leaves.as_str(), &stays.concat()].concat(), 2);
    assert_eq!((fit.within, fit.several), (within, Share { count: 1, of: 7 }));
}

#[test]
fn who_had_it_within_a_team_is_not_said_where_one_kind_of_step_names_people() {
    let none = Within { right: Share::default(), lost: None, lost_known: Share::default() };
    for kind in ["paged", "resolved"] {
        let text = line("Q1", &[(0, kind, "calls", "ana"), (5, kind, "calls", "bo")]);
        assert_eq!(looked_at(&read(text.as_bytes(), None, 1).unwrap(), 1).within, none, "{kind}");
    }
}

/// Packed by gzip, level 1.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    let mut out = Vec::new();
    packer.read_to_end(&mut out).unwrap();
    out
}

#[test]
fn hostile_files_are_counted_and_end() {
    let good = format!("{HEAD}1,2026-02-03 10:00,a,ana,2026-02-03 11:00,b\n");
    // A quote that is never closed, then three megabytes of rows.
    let mut open = format!("{good}2,2026-02-03 10:00,\"a,ana,-,b\n");
    (3..80_000).for_each(|number| open += &format!("{number},2026-02-03 10:00,a,ana,-,bbbbbbbbb\n"));
    let (kinds, _) = losses(open.as_bytes());
    assert_eq!(kinds[0].0, "longer than 1 MiB");
    assert!(kinds[0].1 < 5, "{kinds:?}");
    // A cell of ten megabytes.
    let large = format!("{good}2,2026-02-03 10:00,{},ana,-,b\n3,2026-02-03 10:00,a,ana,-,b\n", "y".repeat(10 << 20));
    assert_eq!(losses(large.as_bytes()), (vec![("longer than 1 MiB".to_owned(), 1)], vec![]));
    let loaded = read(large.as_bytes(), Some(&mapping(SMALL)), 2).unwrap();
    assert_eq!((loaded.rows, loaded.history.len()), (3, 2));
    // Packed, cut short; and sixty megabytes of nothing in sixty kilobytes.
    let rows: String =
        (0..20_000).map(|it| format!("{it},2026-02-03 10:00,a,ana,-,{}\n", it * 7_919 % 1_009)).collect();
    let whole = packed(format!("{HEAD}{rows}").as_bytes());
    let (kinds, cut) = losses(&whole[..whole.len() - 200]);
    assert_eq!((kinds, cut.len()), (vec![], 1));
    let mut bomb = Vec::from(good.as_bytes());
    bomb.resize(60 << 20, b'0');
    assert_eq!(losses(&packed(&bomb)).0, [("longer than 1 MiB".to_owned(), 1)]);
    // Other encodings.
    let error = |bytes: &[u8]| read(bytes, Some(&mapping(SMALL)), 2).unwrap_err().to_string();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(error(&utf16), "could not read `file.csv`: it is UTF-16 text, not UTF-8");
    assert_eq!(
        error(&[b"\xff\xfe".as_slice(), &utf16].concat()),
        "could not read `file.csv`: it is UTF-16 text, not UTF-8"
    );
    assert_eq!(losses(&[b"\xef\xbb\xbf", good.as_bytes()].concat()), (vec![], vec![]));
    assert_eq!(error(b""), "`file.csv`: the file is empty");
    assert_eq!(error(b"id,opened\n1,2\n"), "`file.csv`: there is no column `first`");
    // Noise, seeded.
    let mut seed: u64 = 11;
    let noise: Vec<u8> = (0..2 << 20)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        })
        .collect();
    let (kinds, _) = losses(&[good.as_bytes(), &noise].concat());
    assert!(kinds.iter().map(|it| it.1).sum::<u64>() > 100, "{kinds:?}");
    let lines = read(&[b"{\n".as_slice(), &noise].concat()[..], None, 2).unwrap();
    assert!(lines.losses.rows() > 1_000);
    assert!(lines.history.is_empty());
}

#[test]
fn mistakes_in_a_mapping_are_told_at_once() {
    let text = "id = 'number'\nat = { column = 'at', format = '%d/%m/%Y %H:%M' }\ntaem = 'x'\npaged = { team = 'y' }\n\
                opened = { column = 'o', format = '%H:%M', zone = 'UTC' }\nresolved = { team = 'z' }\n";
    let files: Files = [("ours.toml", text)].into_iter().collect();
    let (mapping, diagnostics) = config::mapping(&files, "ours.toml", None);
    assert!(mapping.is_none());
    insta::assert_snapshot!(config::render(&diagnostics, &files, false), @r#"
    error[time-without-zone]: a time without an offset needs a zone
     --> ours.toml:2:32
      |
    2 | at = { column = 'at', format = '%d/%m/%Y %H:%M' }
      |                                ^^^^^^^^^^^^^^^^
      |
      = help: zone = "Europe/Dublin" beside it, or once at the top of the file for all times
      = help: or `--times-in ZONE` when loading

    error[unknown-key]: a mapping has no key `taem`
     --> ours.toml:3:1
      |
    3 | taem = 'x'
      | ^^^^
      |
      = help: did you mean `team`?

    error[two-layouts]: `at` says that a row is one update, and `paged` that it is a whole episode
     --> ours.toml:4:9
      |
    4 | paged = { team = 'y' }
      |         ^^^^^^^^^^^^^^
      |
      = help: leave `paged` out: the first team of an episode was paged first

    error[bad-format]: this format says no whole date: `%H:%M`
     --> ours.toml:5:35
      |
    5 | opened = { column = 'o', format = '%H:%M', zone = 'UTC' }
      |                                   ^^^^^^^
      |
      = help: such as "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%+" for RFC 3339, "%s" for seconds since 1970

    error[no-time]: `resolved` does not say when
     --> ours.toml:6:12
      |
    6 | resolved = { team = 'z' }
      |            ^^^^^^^^^^^^^^
      |
      = help: at = { column = …, format = … }, or after = a column of seconds
    "#);
}
