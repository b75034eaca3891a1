//! Readiness, drills, reports and swaps: by hand, by the minute, and as people use them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use chrono::{Datelike, TimeZone, Timelike, Weekday};
use dogwatch::calendar::{holders, shifts};
use dogwatch::check;
use dogwatch::config::{self, Files};
use dogwatch::org::{Org, PersonId, Seat};
use dogwatch::people::{self, Counting, Effort, Objection, Request, WhyNot, balance};
use dogwatch::time::{Instant, Span, Zone, parse_instant};
use tempfile::TempDir;

fn org(files: &[(&str, &str)]) -> Org {
    let files: Files = files.iter().copied().collect();
    let (org, diagnostics) = config::read(&files);
    let told = config::render(&diagnostics, &files, false);
    org.unwrap_or_else(|| panic!("{told}"))
}

fn dublin(text: &str) -> Instant {
    parse_instant(text, &Zone::named("Europe/Dublin").unwrap()).unwrap()
}

fn span(from: &str, until: &str) -> Span {
    Span::new(dublin(from), dublin(until)).unwrap()
}

const STAGED: &str = "zone = 'Europe/Dublin'\n[limits]\nmin-people = false\nmax-share = false\nanswer-within = false\n\
    [[stages]]\nname = 'secondary'\nneeds = { trained = ['101'] }\n\
    [[stages]]\nname = 'primary'\nneeds = { trained = ['101', '201'] }\n";

/// Ana may sit anywhere, Bo in the second seat, Newt nowhere.
const PEOPLE: &str = "[ana]\nname = 'Ana'\nzone = 'Europe/Dublin'\ntrained = ['101', '201']\n\
    [bo]\nname = 'Bo'\nzone = 'Europe/Dublin'\ntrained = ['101']\n\
    [newt]\nname = 'Newt'\nzone = 'Europe/Dublin'\n";

/// By which path, what web.toml and assigned/web.toml say, and what is found: seat, person and where it is written.
type Path<'a> = (&'a str, String, String, &'a [(&'a str, &'a str, &'a str)]);

#[test]
fn who_is_not_ready_is_found_in_every_seat_and_by_every_path() {
    let layer = weekly;
    let two = format!("[[layers]]\n{}[[secondary.layers]]\n{}", layer("'ana'"), layer("'ana'"));
    let row = |person: &str, seat: &str| {
        format!("[[overrides]]\nperson = '{person}'\nseat = '{seat}'\nfrom = 2026-02-03\nuntil = 2026-02-04\n")
    };
    let cases: &[Path<'_>] = &[
        ("all are ready", two.clone(), String::new(), &[]),
        (
            "a layer, primary",
            format!("[[layers]]\n{}", layer("'ana', 'newt'")),
            String::new(),
            &[("web", "newt", "web.toml:1")],
        ),
        (
            "a layer, primary, of who may only be secondary",
            format!("[[layers]]\n{}", layer("'bo'")),
            String::new(),
            &[("web", "bo", "web.toml:1")],
        ),
        (
            "a layer, secondary",
            format!("[[layers]]\n{}[[secondary.layers]]\n{}", layer("'ana'"), layer("'bo', 'newt'")),
            String::new(),
            &[("web.secondary", "newt", "web.toml:5")],
        ),
        (
            "a seat that follows",
            format!("[[layers]]\n{}[secondary]\nfollow = 1\n", layer("'ana', 'newt'")),
            String::new(),
            &[("web", "newt", "web.toml:1"), ("web.secondary", "newt", "web.toml:1")],
        ),
        (
            "an override, primary",
            two.clone() + &row("newt", "primary"),
            String::new(),
            &[("web", "newt", "web.toml:9")],
        ),
        (
            "an override, secondary",
            two.clone() + &row("newt", "secondary"),
            String::new(),
            &[("web.secondary", "newt", "web.toml:9")],
        ),
        ("an assigned row, primary", two.clone(), row("bo", "primary"), &[("web", "bo", "assigned/web.toml:1")]),
        ("an assigned row, secondary, ready", two.clone(), row("bo", "secondary"), &[]),
        (
            "an assigned row, secondary",
            two.clone(),
            row("newt", "secondary"),
            &[("web.secondary", "newt", "assigned/web.toml:1")],
        ),
    ];
    for (path, web, assigned, expected) in cases {
        let org =
            org(&[("org.toml", STAGED), ("people.toml", PEOPLE), ("web.toml", web), ("assigned/web.toml", assigned)]);
        let found = check::findings(&org, span("2026-02-02T12:00", "2026-05-03"), &org.zone).unwrap();
        let found: Vec<(String, &str, String)> = found
            .iter()
            .filter(|it| it.rule == "not-ready")
            .map(|it| {
                let person = org.person(it.people[0]).key.as_str();
                (org.seat_name(it.seats[0]), person, it.source.to_string())
            })
            .collect();
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(seat, who, at)| (seat.as_str(), *who, at.as_str())).collect();
        assert_eq!(found, *expected, "{path}");
    }
}

fn weekly(people: &str) -> String {
    format!("people = [{people}]\nfrom = 2026-01-05\nhandoff = {{ every = 'week', on = 'Mon', at = '10:00' }}\n")
}

/// A seat of the rotation `web`, and how people take turns there; in a second seat of its own, beside nobody.
type SeatOf = (&'static str, fn(&str) -> String);

const PRIMARY: SeatOf = ("web", |people| format!("[[layers]]\n{}", weekly(people)));
const SECONDARY: SeatOf =
    ("web.secondary", |people| format!("[[layers]]\n{}[[secondary.layers]]\n{}", weekly("'@nobody'"), weekly(people)));
const FOLLOWS: SeatOf = ("web.secondary", |people| format!("[[layers]]\n{}[secondary]\nfollow = 1\n", weekly(people)));

/// Ana is away in the week of 9 February, the sixth. Whoever takes turns: who stands in; or else who is asked, and is not ready.
#[test]
fn who_is_not_ready_is_refused_in_every_seat_by_cover() {
    let away = "off = [{ from = 2026-02-10, through = 2026-02-11 }]\n[bo]";
    let people = PEOPLE.replace("[bo]", away);
    let cases: [(SeatOf, &str, &[&str], &[&str]); 6] = [
        (PRIMARY, "'bo', 'newt', 'ana'", &[], &["bo", "newt"]),
        (SECONDARY, "'newt', 'ana'", &[], &["newt"]),
        (SECONDARY, "'bo', 'newt', 'ana'", &["bo"], &[]),
        (FOLLOWS, "'ana', 'newt'", &[], &["newt"]),
        (FOLLOWS, "'ana', 'bo', 'newt'", &["bo"], &[]),
        // Bo has the first seat of that week.
        (FOLLOWS, "'ana', 'newt', 'bo'", &[], &["newt"]),
    ];
    for ((seat, web), turns, stands_in, refused) in cases {
        let org = org(&[("org.toml", STAGED), ("people.toml", &people), ("web.toml", &web(turns))]);
        let rotations = org.rotations.iter().map(|it| it.id).collect();
        let span = span("2026-02-02T12:00", "2026-02-16");
        let request = Request { rotations, span, now: span.start(), effort: Effort::default() };
        let found = people::cover(&org, &request).unwrap();
        let key = |it: PersonId| org.person(it).key.as_str();
        let rows: Vec<(String, &str)> = found
            .swaps
            .iter()
            .flat_map(|it| &it.rows)
            .filter(|it| it.instead_of == org.person_named("ana").unwrap().id)
            .map(|it| (org.seat_name(it.seat), key(it.person)))
            .collect();
        let expected: Vec<(String, &str)> = stands_in.iter().map(|it| (seat.to_owned(), *it)).collect();
        assert_eq!((found.proved, rows), (true, expected), "{seat} {turns}");
        let not_ready = |(person, objections): &(PersonId, Vec<Objection>)| {
            matches!(objections.as_slice(), [Objection::NotReady(_), ..]).then(|| key(*person))
        };
        let left: Vec<(String, Vec<&str>)> = found
            .left
            .iter()
            .map(|it| {
                let WhyNot::Nobody(asked) = &it.why else { panic!("{seat} {turns}: {it:?}") };
                (org.seat_name(it.seat), asked.iter().filter_map(not_ready).collect())
            })
            .collect();
        let expected: Vec<(String, Vec<&str>)> = match refused {
            [] => Vec::new(),
            all => vec![(seat.to_owned(), all.to_vec())],
        };
        assert_eq!(left, expected, "{seat} {turns}");
    }
}

/// Who holds a seat from 16 February on, once turns are balanced.
type Held<'a> = &'a [(&'a str, &'a [&'a str])];

/// A seat, whoever takes turns there, who holds which seat then, and of which turns nobody is ready or free.
#[test]
fn who_is_not_ready_is_refused_in_every_seat_by_balance() {
    let cases: [(SeatOf, &str, Held<'_>, Held<'_>); 6] = [
        (PRIMARY, "'ana', 'bo', 'newt'", &[("web", &["ana"])], &[]),
        (SECONDARY, "'bo', 'newt'", &[("web.secondary", &["bo"])], &[]),
        (FOLLOWS, "'ana', 'bo', 'newt'", &[("web", &["ana"]), ("web.secondary", &["bo"])], &[]),
        // What nobody may hold stays whose it is, and is said.
        (PRIMARY, "'bo', 'newt'", &[("web", &["bo", "newt"])], &[("web", &["bo", "newt"])]),
        (SECONDARY, "'newt'", &[("web.secondary", &["newt"])], &[("web.secondary", &["newt"])]),
        // In every other week Bo has the first seat already.
        (
            FOLLOWS,
            "'bo', 'newt'",
            &[("web", &["bo", "newt"]), ("web.secondary", &["bo", "newt"])],
            &[("web", &["bo", "newt"]), ("web.secondary", &["newt"])],
        ),
    ];
    for ((_, web), turns, held, stuck) in cases {
        let org = org(&[("org.toml", STAGED), ("people.toml", PEOPLE), ("web.toml", &web(turns))]);
        let key = |it: PersonId| org.person(it).key.clone();
        let request = balance::Request {
            rotations: org.rotations.iter().map(|it| it.id).collect(),
            span: span("2026-02-02T12:00", "2026-05-03"),
            since: dublin("2026-02-02T12:00"),
            begin: dublin("2026-02-16"),
            effort: balance::Effort { moves: 5_000, seed: 1 },
        };
        let found = balance::balance(&org, &request, &mut |_, _, _| {}).unwrap();
        assert!(matches!(found.outcome, balance::Outcome::Found { .. }), "{turns}: {found:#?}");
        let after = people::with_rows(&org, &balance::swaps(found.rows.clone()));
        let expected = |all: Held<'_>| -> BTreeMap<String, BTreeSet<String>> {
            all.iter()
                .map(|(seat, who)| ((*seat).to_owned(), who.iter().map(|it| (*it).to_owned()).collect()))
                .collect()
        };
        let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for seat in after.seats() {
            for shift in shifts(&after, seat, span("2026-02-16T10:00", "2026-05-03")).unwrap() {
                if let Some(person) = shift.holder.person() {
                    holds.entry(after.seat_name(seat)).or_default().insert(key(person));
                }
            }
        }
        assert_eq!(holds, expected(held), "{turns}");
        let mut stays: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for it in &found.stuck {
            let lacks = |it: &&(PersonId, Vec<Objection>)| !it.1.is_empty();
            assert_eq!(it.asked.iter().filter(lacks).count(), it.asked.len(), "{turns}: {it:?}");
            stays.entry(org.seat_name(it.seat)).or_default().insert(key(it.holder));
        }
        assert_eq!(stays, expected(stuck), "{turns}");
    }
}

#[test]
fn turns_count_for_who_held_half_of_them() {
    let org = org(&[
        ("org.toml", "zone = 'Europe/Dublin'"),
        ("people.toml", PEOPLE),
        (
            "web.toml",
            "[[layers]]\npeople = ['ana', 'bo']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n\
             [[overrides]]\nperson = 'newt'\nfor = 'ana'\nfrom = 2026-01-05T10:00:00\nuntil = 2026-01-08T21:59:59\n\
             [[overrides]]\nperson = 'newt'\nfor = 'bo'\nfrom = 2026-01-12T10:00:00\nuntil = 2026-01-15T22:00:00\n\
             [[shadows]]\nperson = 'newt'\nwith = 'ana'\nfrom = 2026-01-19T10:00:00\nuntil = 2026-01-26T10:00:00\n\
             [[shadows]]\nperson = 'newt'\nfrom = 2026-01-26T10:00:00\nuntil = 2026-01-28\n",
        ),
    ]);
    // Weeks of Ana, Bo, Ana, Bo. Newt has a second less than half of the first, and exactly half of the second; shadows all of
    // the third, and too little of the fourth, which is not over at first.
    let done = |key: &str, until: &str| {
        let until = dublin(until);
        let readiness = people::Readiness::with_turns(&org, until, None).unwrap();
        readiness.done(org.person_named(key).unwrap().id, until)
    };
    assert_eq!(["ana", "bo", "newt"].map(|it| done(it, "2026-02-02T09:59")), [[0, 0, 2], [0, 0, 1], [1, 0, 1]]);
    assert_eq!(["ana", "bo", "newt"].map(|it| done(it, "2026-02-02T10:00")), [[0, 0, 2], [0, 0, 2], [1, 0, 1]]);
}

/// People where clocks are strange, and what kind each minute is, said by a clock of another library.
#[test]
fn hours_agree_with_a_count_by_the_minute() {
    let org = org(&[
        (
            "org.toml",
            "zone = 'Europe/Dublin'\nworking-hours = 'Mon-Fri 09:00-18:00'\nsleep = 'Mon-Sun 22:00-07:00'\n\
             holidays = { ie = ['2026-03-30'], us = ['2026-03-27'] }\n",
        ),
        (
            "people.toml",
            "[ana]\nname = 'Ana'\nzone = 'America/New_York'\nregion = 'us'\n\
             [bo]\nname = 'Bo'\nzone = 'Europe/Dublin'\nregion = 'ie'\n\
             [cy]\nname = 'Cy'\nzone = 'Australia/Lord_Howe'\n",
        ),
        (
            "web.toml",
            "[[layers]]\npeople = ['ana', 'bo', 'cy']\nfrom = 2026-03-23\nhandoff = { every = 'day', at = '01:30' }\n\
             [secondary]\nfollow = 1\n\
             [[overrides]]\nperson = 'cy'\nfrom = 2026-03-28T22:10:00\nuntil = 2026-03-29T05:35:00\n",
        ),
    ]);
    // Clocks go forward in Dublin on 29 March, back by half an hour on Lord Howe on 5 April.
    let span = span("2026-03-27T09:00", "2026-04-06T17:00");
    let mut minutes: BTreeMap<(String, Seat), [i64; 5]> = BTreeMap::new();
    let mut at = span.start();
    while at < span.end() {
        for seat in org.seats() {
            for (holder, _) in holders(&org, seat, at).unwrap() {
                let person = org.person(holder.person().unwrap());
                let zone: chrono_tz::Tz = person.zone.name().parse().unwrap();
                let local = zone.timestamp_opt(at.unix(), 0).unwrap();
                let minute = local.hour() * 60 + local.minute();
                let holiday = match person.region.as_deref() {
                    Some("us") => (local.month(), local.day()) == (3, 27),
                    Some("ie") => (local.month(), local.day()) == (3, 30),
                    _ => false,
                };
                let kind = match local.weekday() {
                    _ if holiday => 4,
                    Weekday::Sat | Weekday::Sun => 3,
                    _ if !(7 * 60..22 * 60).contains(&minute) => 2,
                    _ if (9 * 60..18 * 60).contains(&minute) => 0,
                    _ => 1,
                };
                minutes.entry((person.key.clone(), seat.seat)).or_default()[kind] += 1;
            }
        }
        at = at + std::time::Duration::from_secs(60);
    }
    let seats: Vec<_> = org.seats().collect();
    let mut counted: BTreeMap<(String, Seat), [i64; 5]> = BTreeMap::new();
    for line in people::report(&org, &seats, span, &org.zone, Counting::EverySeat).unwrap() {
        let sums = counted.entry((org.person(line.person).key.clone(), line.seat.seat)).or_default();
        for (sum, seconds) in sums.iter_mut().zip(line.hours.seconds) {
            assert_eq!(seconds % 60, 0);
            *sum += seconds / 60;
        }
    }
    assert_eq!(counted, minutes);
    assert_eq!(minutes.len(), 6, "three people in two seats");
}

/// A folder with `rotations/`, in which commands run. It is Monday, 2 March 2026, 12:00 in Dublin.
struct Scene(TempDir);

impl Scene {
    fn with(files: &[(&str, &str)]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| scene.write(name, text));
        scene
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join("rotations").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join("rotations").join(name)).unwrap()
    }

    fn run(&self, arguments: &str) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
            .args(["--now", "2026-03-02T12:00:00Z"])
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("DOGWATCH_ZONE")
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        format!("[{}]\n{}{}", output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    fn git(&self, arguments: &[&str]) {
        let about = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(about).args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A turn from 16 March on is every other one: six of 168 h until 7 June, ninety days after the first handoff to come.
#[test]
fn who_is_not_ready_is_found_in_every_seat_by_edit() {
    let web = format!("[[layers]]\n{}[secondary]\n[[secondary.layers]]\n{}", weekly("'ana'"), weekly("'bo'"));
    let scene = Scene::with(&[("org.toml", STAGED), ("people.toml", PEOPLE), ("web.toml", &web)]);
    let joined = "Mon 2026-03-16 10:00 GMT to Mon 2026-03-23 10:00 GMT, the first of 6 times, 1008 h in all";
    let stands_in = "Tue 2026-03-10 00:00 GMT to Wed 2026-03-11 00:00 GMT";
    let days = "--from 2026-03-10 --until 2026-03-11";
    for (edit, seat, when, lacks) in [
        ("join newt web".to_owned(), "web", joined, "`primary` there is missing training 101, training 201"),
        ("join newt web.secondary".to_owned(), "web.secondary", joined, "`secondary` there is missing training 101"),
        (
            format!("override newt web {days}"),
            "web",
            stands_in,
            "`primary` there is missing training 101, training 201",
        ),
        (
            format!("override newt web.secondary {days}"),
            "web.secondary",
            stands_in,
            "`secondary` there is missing training 101",
        ),
    ] {
        let said = scene.run(&format!("edit {edit} --dry-run"));
        assert!(said.starts_with("[1]\n"), "{edit}: {said}");
        let (_, found) = said.split_once("\nWhat `check` finds anew\n").unwrap_or_else(|| panic!("{edit}: {said}"));
        let (found, _) = found.split_once("\n\n").unwrap();
        let expected = format!("  not-ready: Newt holds {seat} from {when}, and stands at no stage yet: for {lacks}");
        assert_eq!(found, expected, "{edit}");
    }
}

/// Four people, weeks from Monday to Monday; Bo is away in his own week, from 9 March.
const WEB: &str = "[[layers]]\npeople  = [\"ana\", \"bo\", \"cleo\", \"dara\"]\nfrom    = 2026-01-05\n\
    handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";

fn crew(off: &str) -> String {
    ["ana", "bo", "cleo", "dara"]
        .iter()
        .map(|it| {
            let off = if *it == "bo" { off } else { "" };
            let name = it[..1].to_uppercase() + &it[1..];
            format!("[{it}]\nname = \"{name}\"\nzone = \"Europe/Dublin\"\n{off}\n")
        })
        .collect()
}

const SKIING: &str = "off = [{ from = 2026-03-09, until = 2026-03-17, note = \"skiing\" }]\n";

#[test]
fn a_swap_is_proposed_written_kept_and_taken_back() {
    let scene =
        Scene::with(&[("org.toml", "zone = \"Europe/Dublin\"\n"), ("people.toml", &crew(SKIING)), ("web.toml", WEB)]);
    // Ana has the week of 2 March, Bo that of 9 March, Cleo and Dara the two after it. Bo gives his to who carries least, and
    // takes a week of theirs.
    let proposed = scene.run("cover --until 2026-05-04");
    insta::assert_snapshot!(proposed, @r#"
    [1]
    Who stands in
      web-2026-03-09-bo
        web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 10:00 GMT  Dara for Bo, who is away (skiing)
        web  Mon 2026-03-23 10:00 GMT to Mon 2026-03-30 10:00 IST  Bo for Dara, in return

    1 clash with time off: 1 covered by 1 swap, and fewer changes cannot do
    nothing is written yet: `dogwatch cover --write` changes rotations/assigned/web.toml
    "#);
    assert!(!scene.0.path().join("rotations/assigned").exists(), "nothing is written unasked");
    let written = scene.run("cover --until 2026-05-04 --write");
    assert!(written.starts_with("[0]\n") && written.contains("wrote rotations/assigned/web.toml"), "{written}");
    insta::assert_snapshot!(scene.read("assigned/web.toml"), @r#"
    # Written by `dogwatch cover` and `dogwatch balance`. The rows of one swap bear the same word; what is owed is counted from them.

    [[overrides]]
    person = "dara"
    for    = "bo"
    from   = 2026-03-09T10:00:00
    until  = 2026-03-16T10:00:00
    reason = "Bo is away: skiing"
    swap   = "web-2026-03-09-bo"

    [[overrides]]
    person = "bo"
    for    = "dara"
    from   = 2026-03-23T10:00:00
    until  = 2026-03-30T10:00:00
    reason = "Bo in return"
    swap   = "web-2026-03-09-bo"
    "#);
    let text = scene.read("assigned/web.toml");
    insta::assert_snapshot!(scene.run("cover --until 2026-05-04"), @r#"
    [0]
    nobody is on call while away; 1 swap written earlier still stands
    "#);
    assert_eq!(scene.run("check --horizon 60d").matches("time-off").count(), 0);
    // Bo does not ski.
    scene.write("people.toml", &crew(""));
    insta::assert_snapshot!(scene.run("cover --until 2026-05-04 --write"), @r#"
    [0]
    Taken back
      web-2026-03-09-bo  no longer needed
        web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 10:00 GMT  Dara
        web  Mon 2026-03-23 10:00 GMT to Mon 2026-03-30 10:00 IST  Bo

    nobody is on call while away
    wrote rotations/assigned/web.toml
    "#);
    let head = text.split("\n[[overrides]]").next().unwrap();
    assert_eq!(scene.read("assigned/web.toml"), head);
    // And written again, it is the same file.
    scene.write("people.toml", &crew(SKIING));
    scene.run("cover --until 2026-05-04 --write");
    assert_eq!(scene.read("assigned/web.toml"), text);
}

#[test]
fn what_has_begun_stays_and_is_owed() {
    let begun = "[[overrides]]\nperson = \"ana\"\nfor    = \"bo\"\nfrom   = 2026-02-09T10:00:00\nuntil  = 2026-02-16T10:00:00\n\
        swap   = \"web-2026-02-09-bo\"\n\n# Not ours.\n[[overrides]]\nperson = \"dara\"\nfor    = \"cleo\"\nfrom   = 2026-03-16T12:00:00\n\
        until  = 2026-03-16T13:00:00\n";
    // Ana stood in for Bo in February, and is away herself in the week of 30 March.
    let people =
        crew("").replace("name = \"Ana\"\n", "name = \"Ana\"\noff = [{ from = 2026-03-30, until = 2026-04-07 }]\n");
    let scene = Scene::with(&[
        ("org.toml", "zone = \"Europe/Dublin\"\n"),
        ("people.toml", &people),
        ("web.toml", WEB),
        ("assigned/web.toml", begun),
    ]);
    // So Bo stands in for her, and takes nothing in return.
    insta::assert_snapshot!(scene.run("cover --until 2026-05-04 --write"), @r#"
    [0]
    Who stands in
      web-2026-03-30-ana
        web  Mon 2026-03-30 10:00 IST to Mon 2026-04-06 10:00 IST  Bo for Ana, who is away

    1 clash with time off: 1 covered by 1 swap, and fewer changes cannot do
    wrote rotations/assigned/web.toml
    "#);
    let text = scene.read("assigned/web.toml");
    assert!(text.starts_with(begun), "{text}");
    insta::assert_snapshot!(&text[begun.len()..], @r#"

    [[overrides]]
    person = "bo"
    for    = "ana"
    from   = 2026-03-30T10:00:00
    until  = 2026-04-06T10:00:00
    reason = "Ana is away"
    swap   = "web-2026-03-30-ana"
    "#);
}

#[test]
fn a_part_of_a_turn_is_covered_with_as_much_as_makes_a_rest() {
    let off = "off = [{ from = 2026-03-11T14:00:00, until = 2026-03-11T16:00:00, note = \"dentist\" }]\n";
    let scene =
        Scene::with(&[("org.toml", "zone = \"Europe/Dublin\"\n"), ("people.toml", &crew(off)), ("web.toml", WEB)]);
    insta::assert_snapshot!(scene.run("cover --until 2026-04-01"), @r#"
    [1]
    Who stands in
      web-2026-03-11-bo
        web  Wed 2026-03-11 14:00 GMT to Thu 2026-03-12 01:00 GMT  Dara for Bo, who is away (dentist)

    Owed, when all this is done
      Bo owes Dara  11 h

    1 clash with time off: 1 covered by 1 swap, and fewer changes cannot do
    nothing is written yet: `dogwatch cover --write` changes rotations/assigned/web.toml
    "#);
}

#[test]
fn where_nobody_can_stand_in_each_is_told_why() {
    let people = "[ana]\nname = \"Ana\"\nzone = \"Europe/Dublin\"\noff = [{ from = 2026-03-10, through = 2026-03-12, note = \"moving\" }]\n\
        [bo]\nname = \"Bo\"\nzone = \"Europe/Dublin\"\noff = [{ from = 2026-03-09, through = 2026-03-15, note = \"skiing\" }]\n";
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    let scene = Scene::with(&[("org.toml", "zone = \"Europe/Dublin\"\n"), ("people.toml", people), ("web.toml", web)]);
    insta::assert_snapshot!(scene.run("cover --until 2026-04-01"), @r#"
    [1]
    Nobody stands in
      web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 00:00 GMT  Bo is away (skiing)
        Ana: is away (moving)

    1 clash with time off: none can be covered, 1 left
    "#);
    insta::assert_snapshot!(scene.run("cover --until 2026-04-01 --format markdown"), @r#"
    [1]
    ## dogwatch cover

    1 clash with time off: none can be covered, 1 left.

    **Nobody stands in**

    - web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 00:00 GMT  Bo is away (skiing)
      - Ana: is away (moving)
    "#);
    // A row of somebody's own is theirs to change.
    let row = "[[overrides]]\nperson = \"ana\"\nfrom = 2026-03-10T10:00:00\nuntil = 2026-03-11T10:00:00\n";
    scene.write("web.toml", &format!("{web}{row}"));
    insta::assert_snapshot!(scene.run("cover --until 2026-04-01"), @r#"
    [1]
    Nobody stands in
      web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 00:00 GMT  Bo is away (skiing)
        Ana: is away (moving)
      web  Tue 2026-03-10 10:00 GMT to Wed 2026-03-11 10:00 GMT  Ana is away (moving)
        rotations/web.toml:5 puts them there, and covers what a machine writes: change that row

    2 clashes with time off: none can be covered, 2 left
    "#);
}

/// Ana and Bo by turns, from Monday to Monday; an hour weighs an hour. Bo is away in his week from 23 March.
fn two_by_turns(off: &str, rotations: &[(&str, &str)]) -> Scene {
    let org = "zone = \"UTC\"\n[limits]\nmin-people = false\nmax-share = false\nanswer-within = false\n\
        [weights]\nnight = 1.0\nweekend = 1.0\nholiday = 1.0\n";
    let people = format!("[ana]\nname = \"Ana\"\nzone = \"UTC\"\n[bo]\nname = \"Bo\"\nzone = \"UTC\"\n{off}");
    let scene = Scene::with(&[("org.toml", org), ("people.toml", &people)]);
    for (name, more) in rotations {
        let layer = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"00:00\" }\n";
        scene.write(name, &format!("{layer}{more}"));
    }
    scene
}

const BO_AWAY: &str = "off = [{ from = 2026-03-23, through = 2026-03-29, note = \"skiing\" }]\n";

/// From 5 January to 13 April there are fourteen weeks, 2352 h: 1176 each. Until now Ana has had four of them and half of 2 March, Bo
/// four; to come are 156 h and two weeks for Ana, three for Bo. A week has 45 h of night and 48 of weekend; what is left of the first, 38
/// and 48. All is even; Ana takes the week in which Bo is away, and gives him hers of 30 March. A change costs 4; one of them must be.
#[test]
fn a_fair_calendar_is_proposed_written_kept_and_taken_back() {
    let scene = two_by_turns(BO_AWAY, &[("web.toml", "")]);
    let balance = "balance --until 2026-04-13 --effort 2000";
    insta::assert_snapshot!(scene.run(balance), @r#"
    [1]
    weighted hours beyond what is owed: now from 0 to 0; then from 0 to 0
    2 of 3 turns that are not published change hands anew
    what is uneven, in hours, nights, weekends, holidays and changes, costs 0 weighted hours now, 8 then; no calendar costs less than 4

    Hours of each
           owed  held before  now  then  beyond now  then  nights  then  weekends  then  holidays  then
      Ana  1176          684  492   492           0     0     128   128       144   144         0     0
      Bo   1176          672  504   504           0     0     135   135       144   144         0     0

    Who takes whose turn
      web  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC  Ana for Bo
      web  Mon 2026-03-30 00:00 UTC to Mon 2026-04-06 00:00 UTC  Bo for Ana

    nothing is written yet: `dogwatch balance --write` changes rotations/assigned/web.toml
    "#);
    assert!(!scene.0.path().join("rotations/assigned").exists(), "nothing is written unasked");
    let written = scene.run(&format!("{balance} --write"));
    assert!(written.starts_with("[0]\n") && written.ends_with("\nwrote rotations/assigned/web.toml\n"), "{written}");
    insta::assert_snapshot!(scene.read("assigned/web.toml"), @r#"
    # Written by `dogwatch cover` and `dogwatch balance`. The rows of one swap bear the same word; what is owed is counted from them.

    [[overrides]]
    person = "ana"
    for    = "bo"
    from   = 2026-03-23T00:00:00
    until  = 2026-03-30T00:00:00
    reason = "a fair share"

    [[overrides]]
    person = "bo"
    for    = "ana"
    from   = 2026-03-30T00:00:00
    until  = 2026-04-06T00:00:00
    reason = "a fair share"
    "#);
    assert_eq!(scene.run("check --horizon 60d").matches("time-off").count(), 0);
    insta::assert_snapshot!(scene.run(balance), @r#"
    [0]
    what stands is as fair as can be found: from 0 to 0
    0 of 3 turns that are not published change hands anew; 2 changes written earlier stand
    what is uneven, in hours, nights, weekends, holidays and changes, costs 8 weighted hours now, 8 then; no calendar costs less than 4

    Hours of each
           owed  held before  now  then  beyond now  then  nights  then  weekends  then  holidays  then
      Ana  1176          684  492   492           0     0     128   128       144   144         0     0
      Bo   1176          672  504   504           0     0     135   135       144   144         0     0

    nothing is to be written
    "#);
    // Bo does not ski.
    scene.write("people.toml", "[ana]\nname = \"Ana\"\nzone = \"UTC\"\n[bo]\nname = \"Bo\"\nzone = \"UTC\"\n");
    insta::assert_snapshot!(scene.run(&format!("{balance} --write")), @r#"
    [0]
    weighted hours beyond what is owed: now from 0 to 0; then from 0 to 0
    0 of 3 turns that are not published change hands anew; 2 changes written earlier are taken back
    what is uneven, in hours, nights, weekends, holidays and changes, costs 8 weighted hours now, 0 then; no calendar costs less

    Hours of each
           owed  held before  now  then  beyond now  then  nights  then  weekends  then  holidays  then
      Ana  1176          684  492   492           0     0     128   128       144   144         0     0
      Bo   1176          672  504   504           0     0     135   135       144   144         0     0

    wrote rotations/assigned/web.toml
    "#);
    assert_eq!(scene.read("assigned/web.toml").matches("[[overrides]]").count(), 0);
}

/// Two people in two seats: while Bo is away Ana has the one that is hers, and nobody the other.
#[test]
fn a_turn_that_nobody_can_hold_stays_and_each_is_told_why() {
    let scene = two_by_turns(BO_AWAY, &[("web.toml", "[secondary]\nfollow = 1\n")]);
    let balance = "balance --until 2026-04-13 --effort 2000";
    insta::assert_snapshot!(scene.run(balance), @r#"
    [1]
    what stands is as fair as can be found: from 0 to 0
    0 of 6 turns that are not published change hands anew
    what is uneven, in hours, nights, weekends, holidays and changes, costs 0 weighted hours now, 0 then; no calendar costs less

    Hours of each
           owed  held before  now  then  beyond now  then  nights  then  weekends  then  holidays  then
      Ana  2352         1356  996   996           0     0     263   263       288   288         0     0
      Bo   2352         1356  996   996           0     0     263   263       288   288         0     0

    Nobody can hold these whole; they stay
      web  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC  Bo
        Ana: holds the other seat of it then
        Bo: is away (skiing)
      `dogwatch cover` finds who stands in for a part of a turn

    nothing is to be written
    "#);
    insta::assert_snapshot!(scene.run(&format!("{balance} --format markdown")), @r#"
    [1]
    ## dogwatch balance

    - what stands is as fair as can be found: from 0 to 0
    - 0 of 6 turns that are not published change hands anew
    - what is uneven, in hours, nights, weekends, holidays and changes, costs 0 weighted hours now, 0 then; no calendar costs less

    |  | owed | held before | now | then | beyond now | then | nights | then | weekends | then | holidays | then |
    |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
    | Ana | 2352 | 1356 | 996 | 996 | 0 | 0 | 263 | 263 | 288 | 288 | 0 | 0 |
    | Bo | 2352 | 1356 | 996 | 996 | 0 | 0 | 263 | 263 | 288 | 288 | 0 | 0 |

    **Nobody can hold these whole; they stay**

    - `web`  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC  Bo
      - Ana: holds the other seat of it then
      - Bo: is away (skiing)
    "#);
}

/// Three primary seats, and two people who may hold one each.
#[test]
fn where_there_is_no_calendar_the_turns_are_named_that_cannot_be_held() {
    let scene = two_by_turns("", &[("books.toml", ""), ("shop.toml", ""), ("web.toml", "")]);
    insta::assert_snapshot!(scene.run("balance --until 2026-04-13 --effort 2000"), @r#"
    [1]
    there is no calendar without a clash: nobody can hold these turns together
      books  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC
      shop  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC
      web  Mon 2026-03-23 00:00 UTC to Mon 2026-03-30 00:00 UTC

    Hours of each
           owed  held before   now  then  beyond now  then  nights  then  weekends  then  holidays  then
      Ana  3528         2052  1476  1476           0     0     384   384       432   432         0     0
      Bo   3528         2016  1512  1512           0     0     405   405       432   432         0     0

    nothing is to be written
    "#);
}

#[test]
fn what_cannot_be_balanced_is_refused() {
    let scene = two_by_turns("", &[("web.toml", "")]);
    for (arguments, expected) in [
        ("balance wbe", "error: no such rotation: `wbe`\n  help: did you mean `web`?\n"),
        (
            "balance --until 2026-03-01",
            "error: the horizon ends before it begins\n  help: `--until` comes after `--from`, or after now\n",
        ),
        (
            "balance --until 2029-03-06",
            "error: the horizon is longer than three years\n  help: `--until` comes at most three years after `--from`, or after now\n",
        ),
        (
            "balance --freeze 0d",
            "error: not a time: `0d`\n  help: 2026-03-03T15:00:00Z; or on the reader's clock '2026-03-03 15:00', 2026-03-03, 15:00\n",
        ),
        ("balance --format csv", "error: this command has no format `csv`\n  help: it has text, json, markdown\n"),
    ] {
        assert_eq!(scene.run(arguments), format!("[2]\n{expected}"), "{arguments}");
    }
}

const PAID: &str = "zone = \"Europe/Dublin\"\nholidays = { ie = [2026-02-02] }\n[pay]\ncurrency = \"EUR\"\n\
    hour = { evening = \"1.25\", night = \"2.50\", weekend = 3, holiday = \"10\" }\nday = { weekday = \"5.00\" }\nsecondary-percent = 50\n";

#[test]
fn hours_load_and_pay() {
    let people = "[ana]\nname = \"=Ana\"\nzone = \"Europe/Dublin\"\nregion = \"ie\"\n[bo]\nname = \"Bo\"\nzone = \"Europe/Dublin\"\n";
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"00:00\" }\n\
        [secondary]\nfollow = 1\n";
    let scene = Scene::with(&[("org.toml", PAID), ("people.toml", people), ("web.toml", web)]);
    // Ana has the weeks of 2 and 16 February. A week: 45 h of work, 30 h of evening (07–09 and 18–22 on five days), 45 h of night,
    // 48 h of weekend; of Ana's first, Monday is a holiday: 9 h, 6 h and 9 h less, 24 h more.
    insta::assert_snapshot!(scene.run("report hours"), @r#"
    [0]
    Hours on call from Sun 2026-02-01 00:00 GMT to Sun 2026-03-01 00:00 GMT

    PERSON    HOURS  WORKING  EVENING  NIGHT  WEEKEND  HOLIDAY
    =Ana        672      171      114    171      192       24
    Bo          672      180      120    180      192        0
    together   1344      351      234    351      384       24
    "#);
    // Pay for a primary week: 30 × 1.25 + 45 × 2.50 + 48 × 3 + 5 × 5 = 319.00; Ana's first: 24 × 1.25 + 36 × 2.50 + 48 × 3 + 24 × 10 +
    // 4 × 5 = 524.00. Secondary weeks: half of that; Bo's with Ana's holiday is no holiday to him.
    insta::assert_snapshot!(scene.run("report pay --format csv"), @r#"
    [0]
    month,person,name,email,rotation,seat,hours,working,evening,night,weekend,holiday,weighted_hours,weekdays,weekend_days,holidays,pay,currency
    2026-02,ana,'=Ana,,web,primary,336,81,54,81,96,24,531.00,9,4,1,843.00,EUR
    2026-02,ana,'=Ana,,web,secondary,336,90,60,90,96,0,492.00,10,4,0,319.00,EUR
    2026-02,bo,Bo,,web,primary,336,90,60,90,96,0,492.00,10,4,0,638.00,EUR
    2026-02,bo,Bo,,web,secondary,336,90,60,90,96,0,492.00,10,4,0,319.00,EUR
    "#);
    insta::assert_snapshot!(scene.run("report load --by rotation"), @r#"
    [0]
    Load in weighted hours from Sun 2026-02-01 00:00 GMT to Sun 2026-03-01 00:00 GMT

    ROTATION       WEIGHTED    SHARE  HOURS  NIGHT  WEEKEND  HOLIDAY
    web              1023.0   51.0 %    672    171      192       24
    web.secondary     984.0   49.0 %    672    180      192        0
    together         2007.0  100.0 %   1344    351      384       24
    "#);
    let no_pay = Scene::with(&[
        ("org.toml", "zone = \"UTC\"\n"),
        ("people.toml", &people.replace("region", "chat")),
        ("web.toml", web),
    ]);
    insta::assert_snapshot!(no_pay.run("report pay"), @r#"
    [2]
    error: org.toml says nothing about pay
      help: [pay]
    currency = "EUR"
    hour = { evening = "4.00", night = "8.00", weekend = "6.00", holiday = "12.00" }
    "#);
}

#[test]
fn what_a_change_would_cost() {
    let people = "[ana]\nname = \"Ana\"\nzone = \"Europe/Dublin\"\nregion = \"ie\"\n[bo]\nname = \"Bo\"\nzone = \"Europe/Dublin\"\n";
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"00:00\" }\n";
    let scene = Scene::with(&[("org.toml", PAID), ("people.toml", people), ("web.toml", web)]);
    scene.git(&["init", "-q", "-b", "main"]);
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "as it is"]);
    // Bo takes Ana's Saturday, 7 February: 24 h at 3.00.
    let row = "[[overrides]]\nperson = \"bo\"\nfor = \"ana\"\nfrom = 2026-02-07\nuntil = 2026-02-08\n";
    scene.write("web.toml", &format!("{web}{row}"));
    insta::assert_snapshot!(scene.run("report pay --against main --from 2026-02-01 --until 2026-03-01"), @r#"
    [0]
    Pay from Sun 2026-02-01 00:00 GMT to Sun 2026-03-01 00:00 GMT

    PERSON     BEFORE    AFTER  CHANGE
    Ana        843.00   771.00  -72.00
    Bo         638.00   710.00  +72.00
    together  1481.00  1481.00    0.00
    "#);
    insta::assert_snapshot!(scene.run("report hours --against HEAD --from 2026-02-01 --until 2026-03-01 --format csv"), @r#"
    [0]
    person,name,before,after,change
    ana,Ana,336,312,-24
    bo,Bo,336,360,24
    "#);
    // Without a span: thirteen weeks from now, by the clock. Ana's are the weeks of 2 March (156 h are left), 16 and 30 March, 13 and 27
    // April, 11 and 25 May; Bo's those between, one of which has 167 h, and twelve hours on 1 June.
    let row = "[[overrides]]\nperson = \"bo\"\nfor = \"ana\"\nfrom = 2026-03-07\nuntil = 2026-03-08\n";
    scene.write("web.toml", &format!("{web}{row}"));
    insta::assert_snapshot!(scene.run("report hours --against main"), @r#"
    [0]
    Hours on call from Mon 2026-03-02 12:00 GMT to Mon 2026-06-01 12:00 IST

    PERSON    BEFORE  AFTER  CHANGE
    Ana         1164   1140     -24
    Bo          1019   1043     +24
    together    2183   2183       0
    "#);
    insta::assert_snapshot!(scene.run("report hours --against no-such-branch"), @r#"
    [2]
    error: there is no revision `no-such-branch`
      help: a branch, a tag or a commit: `--against main`, `--against HEAD~1`
    "#);
    insta::assert_snapshot!(scene.run("report hours --against=--version"), @r#"
    [2]
    error: there is no revision `--version`
      help: a branch, a tag or a commit: `--against main`, `--against HEAD~1`
    "#);
}

/// Ana has the weeks of 2 and 16 February but for a Saturday; Bo has that, his own two, and Sunday the 1st.
#[test]
fn the_heaviest_load_comes_first_and_people_of_one_name_are_two() {
    let org = "zone = \"Europe/Dublin\"\n[weights]\nnight = 1.0\nweekend = 1.0\nholiday = 1.0\n";
    let people = "[ana]\nname = \"Ana\"\nzone = \"Europe/Dublin\"\n[bo]\nname = \"Bo\"\nzone = \"Europe/Dublin\"\n";
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"00:00\" }\n\
        [[overrides]]\nperson = \"bo\"\nfor = \"ana\"\nfrom = 2026-02-07\nuntil = 2026-02-08\n";
    let scene = Scene::with(&[("org.toml", org), ("people.toml", people), ("web.toml", web)]);
    insta::assert_snapshot!(scene.run("report load"), @r#"
    [0]
    Load in weighted hours from Sun 2026-02-01 00:00 GMT to Sun 2026-03-01 00:00 GMT

    PERSON    WEIGHTED    SHARE  HOURS  NIGHT  WEEKEND  HOLIDAY
    Bo           360.0   53.6 %    360     90      120        0
    Ana          312.0   46.4 %    312     90       72        0
    together     672.0  100.0 %    672    180      192        0
    "#);
    scene.write("people.toml", &people.replace("Bo", "Ana"));
    insta::assert_snapshot!(scene.run("report load"), @r#"
    [0]
    Load in weighted hours from Sun 2026-02-01 00:00 GMT to Sun 2026-03-01 00:00 GMT

    PERSON    WEIGHTED    SHARE  HOURS  NIGHT  WEEKEND  HOLIDAY
    Ana          360.0   53.6 %    360     90      120        0
    Ana          312.0   46.4 %    312     90       72        0
    together     672.0  100.0 %    672    180      192        0
    "#);
}

const APPRENTICES: &str = "zone = \"Europe/Dublin\"\n[[stages]]\nname = \"shadow\"\nneeds = { trained = [\"101\"] }\n\
    [[stages]]\nname = \"secondary\"\nneeds = { shadowed-turns = 2, drills = [\"failover\"] }\n\
    [[stages]]\nname = \"primary\"\nneeds = { secondary-turns = 2, handled = { any = 2 } }\n";

fn apprentices() -> Scene {
    let people = "[ana]\nname = \"Ana\"\nzone = \"Europe/Dublin\"\ntrained = [\"101\"]\ndrills = [{ name = \"failover\", on = 2026-01-20 }, { name = \"region-loss\", on = 2026-02-11 }]\n\
        [bo]\nname = \"Bo\"\nzone = \"America/New_York\"\ntrained = [\"101\"]\ndrills = [{ name = \"failover\", on = 2026-01-20 }]\n\
        [newt]\nname = \"Newt\"\nzone = \"Europe/Dublin\"\ntrained = [\"101\"]\n";
    let web = "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n\
        [secondary]\nfollow = 1\n\
        [[shadows]]\nperson = \"newt\"\nfrom = 2026-02-16T10:00:00\nuntil = 2026-02-23T10:00:00\n\
        [[shadows]]\nperson = \"newt\"\nwith = \"ana\"\nfrom = 2026-05-11T10:00:00\nuntil = 2026-05-18T10:00:00\n";
    let step = |id: &str, tag: &str, person: &str, kind: &str| {
        format!(
            "{{\"id\":\"{id}\",\"opened\":\"2026-02-10T03:00:00Z\",\"tags\":{{\"service\":\"{tag}\"}},\"steps\":[{{\"at\":\"2026-02-10T03:00:00Z\",\"kind\":\"paged\",\"team\":\"web\",\"person\":\"bo\"}},{{\"at\":\"2026-02-10T03:05:00Z\",\"kind\":\"{kind}\",\"team\":\"web\",\"person\":\"{person}\"}}]}}\n"
        )
    };
    let scene = Scene::with(&[("org.toml", APPRENTICES), ("people.toml", people), ("web.toml", web)]);
    let lines = step("1", "shop", "ana", "acknowledged")
        + &step("2", "shop", "ana", "resolved")
        + &step("3", "ledger", "bo", "resolved");
    fs::write(scene.0.path().join("past.jsonl"), lines).unwrap();
    scene
}

#[test]
fn where_people_stand_and_what_is_next() {
    let scene = apprentices();
    insta::assert_snapshot!(scene.run("ready"), @r#"
    [0]
    PERSON  STAGE    TURNS      NOT READY FOR  NEXT       MISSING
    Ana     primary  4 + 4 + 0
    Bo      primary  4 + 4 + 0
    Newt    shadow   0 + 0 + 1                 secondary  the drill failover, 1 more shadowed turn (1 of 2)
    turns: primary + secondary + shadowed, those that are over

    without `--history FILE`, what stages ask to have been handled is taken as met
    "#);
    insta::assert_snapshot!(scene.run("ready newt"), @r#"
    [0]
    Newt (@newt)
      takes turns in  no seat
      turns done      0 primary, 0 secondary, 1 shadowed
      training        101
      drills          none
      stands at       shadow

    Next
      secondary  the drill failover, 1 more shadowed turn (1 of 2)
      primary    2 more secondary turns (0 of 2)

    Turns to shadow
      web  Mon 2026-03-09 10:00 GMT to Mon 2026-03-16 10:00 GMT  with Bo

    without `--history FILE`, what stages ask to have been handled is taken as met
    "#);
    insta::assert_snapshot!(scene.run("ready @ana --history past.jsonl"), @r#"
    [0]
    Ana (@ana)
      takes turns in    web, web.secondary
      turns done        4 primary, 4 secondary, 0 shadowed
      on call next      web, now, until Mon 2026-03-09 10:00 GMT
      training          101
      drills            failover on 2026-01-20, region-loss on 2026-02-11
      episodes handled  2: shop 2
      stands at         primary
    "#);
    insta::assert_snapshot!(scene.run("ready wbe"), @r#"
    [2]
    error: no such rotation or person: `wbe`
      help: did you mean `web`?
    "#);
}

#[test]
fn what_to_practise() {
    let scene = apprentices();
    insta::assert_snapshot!(scene.run("drills"), @r#"
    [0]
    SEAT  PERSON  FAILURE      WHEN                      WHY
    web   Bo      region-loss  Mon 2026-03-09 09:00 EDT  others have practised it
    web   Newt    failover     Mon 2026-05-11 10:00 IST  a stage asks for it
    "#);
    insta::assert_snapshot!(scene.run("drills @bo"), @r#"
    [0]
    SEAT  PERSON  FAILURE      WHEN                      WHY
    web   Bo      region-loss  Mon 2026-03-09 09:00 EDT  others have practised it
    "#);
    assert_eq!(scene.run("drills bo"), scene.run("drills @bo"));
    insta::assert_snapshot!(scene.run("drills @bob"), @r#"
    [2]
    error: no such person: `@bob`
      help: did you mean `@bo`?
    "#);
    insta::assert_snapshot!(scene.run("drills web --history past.jsonl"), @r#"
    [0]
    SEAT  PERSON  FAILURE   WHEN                      WHY
    web   Bo      shop      Mon 2026-03-09 09:00 EDT  the rotation met it 2 times
    web   Ana     ledger    Mon 2026-03-16 10:00 GMT  the rotation met it once
    web   Newt    failover  Mon 2026-05-11 10:00 IST  a stage asks for it
    "#);
}
