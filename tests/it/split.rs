//! Dividing people and services: the score against a plain reading of docs/split.md, the search against every division there is, and
//! what it finds where something is hidden, and where nothing is.

use std::collections::BTreeMap;

use chrono::{Datelike, Timelike};
use dogwatch::config::{self, Files};
use dogwatch::history::{History, Source, load};
use dogwatch::org::Org;
use dogwatch::split::{ByChance, Division, Origin, Part, Settings, Split, Verdict, agreement, search, split};
use dogwatch::time::{Instant, Zone, rfc3339};

/// A dice of this test's own.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn chance(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }
}

/// An episode before it is written down: instant, service, and who had it from which minute on.
struct Told {
    opened: i64,
    service: String,
    people: Vec<(String, i64)>,
    resolved: i64,
}

fn history(told: &[Told]) -> History {
    let at = |unix: i64| rfc3339(Instant::new(unix).unwrap(), &Zone::utc());
    let mut lines = String::new();
    for (number, it) in told.iter().enumerate() {
        let steps: Vec<String> = it
            .people
            .iter()
            .enumerate()
            .map(|(place, (person, minute))| {
                let kind = if place == 0 { "paged" } else { "reassigned" };
                format!(r#"{{"at":"{}","kind":"{kind}","person":"{person}"}}"#, at(it.opened + minute * 60))
            })
            .chain([format!(
                r#"{{"at":"{}","kind":"resolved","person":"{}"}}"#,
                at(it.opened + it.resolved * 60),
                it.people.last().unwrap().0
            )])
            .collect();
        lines.push_str(&format!(
            r#"{{"id":"E{number}","opened":"{}","tags":{{"service":"{}"}},"steps":[{}]}}"#,
            at(it.opened),
            it.service,
            steps.join(",")
        ));
        lines.push('\n');
    }
    let bytes = Box::new(std::io::Cursor::new(lines.into_bytes()));
    load(vec![Source { name: "lines".to_owned(), bytes }], None, 1).unwrap().history
}

#[track_caller]
fn org(files: &[(&str, String)]) -> Org {
    let files: Files = files.iter().map(|(name, text)| (*name, text.clone())).collect();
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    org.unwrap()
}

/// Rotations by name with their people, and which services each is paged for; the last takes everything.
fn org_of(rotations: &[(&str, Vec<String>, &str)], settings: &str, zones: &[&str]) -> Org {
    let mut files =
        vec![("org.toml", format!("zone = \"Europe/Dublin\"\nholidays = {{ ie = [2026-03-17] }}\n{settings}"))];
    let people: std::collections::BTreeSet<&String> = rotations.iter().flat_map(|it| &it.1).collect();
    let mut text = String::new();
    for (number, key) in people.iter().enumerate() {
        let region = if number % 2 == 0 { "region = \"ie\"\n" } else { "" };
        text.push_str(&format!("[{key}]\nname = \"{key}\"\nzone = \"{}\"\n{region}", zones[number % zones.len()]));
    }
    files.push(("people.toml", text));
    let mut routes = String::from("routes = [\n");
    let names: Vec<String> = rotations.iter().map(|it| format!("{}.toml", it.0)).collect();
    for ((name, people, services), file) in rotations.iter().zip(&names) {
        let layer = format!(
            "[[layers]]\npeople = {people:?}\nfrom = 2025-12-29\nhandoff = {{ every = \"week\", on = \"Mon\", at = \"10:00\" }}\n"
        );
        files.push((file, format!("name = \"{name}\"\ncoverage = [\"24x7\"]\n{layer}\n[secondary]\nfollow = 1\n")));
        let services: Vec<&str> = services.split_whitespace().collect();
        if !services.is_empty() {
            routes.push_str(&format!("  {{ when = {{ service = {services:?} }}, page = \"{name}\" }},\n"));
        }
    }
    routes.push_str(&format!("  {{ page = \"{}\" }},\n]\n", rotations.last().unwrap().0));
    files.push(("escalation.toml", routes));
    org(&files)
}

fn settings(org: &Org) -> Settings<'_> {
    Settings {
        zone: org.zone.clone(),
        org: Some(org),
        written: None,
        sleep: org.sleep.clone(),
        weights: org.weights,
        limits: org.limits.clone(),
        tag: None,
        into: None,
        train: None,
        effort: 1_500,
        price: 120.0,
    }
}

/// The group of each.
type Groups = Vec<Option<usize>>;

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|it| format!("{prefix}{it:02}")).collect()
}

/// A small organisation and four months of it: everything on quarters of an hour.
fn small(seed: u64) -> (Org, Vec<Told>) {
    let mut dice = Dice(seed);
    let people = names("p", 5 + dice.below(2));
    let services = names("s", 3 + dice.below(2));
    let least = 1 + dice.below(2);
    let share = ["false", "{ of = 0.30, over = \"12 weeks\" }", "{ of = 0.60, over = \"12 weeks\" }"][dice.below(3)];
    let settings = format!(
        "sleep = \"Mon-Sun 23:00-06:30\"\n[limits]\nmin-people = {least}\nmax-share = {share}\n[weights]\nnight = 2.5\nholiday = 3.5\npage = 2.0\n"
    );
    let org =
        org_of(&[("one", people.clone(), "")], &settings, &["Europe/Dublin", "Asia/Kathmandu", "America/New_York"]);
    let begin = 1_767_225_600; // 2026-01-01
    let told = (0..40 + dice.below(80)).map(|number| {
        let opened = begin + i64::try_from(dice.below(115 * 96)).unwrap() * 900 + i64::from(number == 0);
        let mut minute = 0;
        let mut had = vec![(people[dice.below(people.len())].clone(), 0)];
        while dice.chance(40) {
            minute += 5 + i64::try_from(dice.below(300)).unwrap();
            had.push((people[dice.below(people.len())].clone(), minute));
        }
        Told { opened, service: services[dice.below(services.len())].clone(), people: had, resolved: minute + 20 }
    });
    let told = told.collect();
    (org, told)
}

/// docs/split.md, read word by word: what a division costs over the episodes from `from` to before `until`.
fn by_the_book(
    org: &Org,
    told: &[Told],
    (from, until): (i64, i64),
    split: &Split,
    division: &Division,
    price: f64,
) -> [f64; 3] {
    let told: Vec<&Told> = told.iter().filter(|it| from <= it.opened && it.opened < until).collect();
    let months = (until - from) as f64 / 60.0 / 43_829.1;
    // Whose clock says what.
    let weight = |person: &str, unix: i64| -> (f64, bool) {
        let person = org.person_named(person).unwrap();
        let civil = person.zone.civil(Instant::new(unix).unwrap());
        let minute = civil.hour() * 60 + civil.minute();
        let sleeps = !(6 * 60 + 30..23 * 60).contains(&minute);
        let weekend = civil.weekday().num_days_from_monday() >= 5;
        let holiday = person.region.is_some() && (civil.month(), civil.day()) == (3, 17);
        let mut weight: f64 = 1.0;
        for (applies, it) in [(sleeps, 2.5), (weekend, 1.5), (holiday, 3.5)] {
            weight = if applies { weight.max(it) } else { weight };
        }
        (weight, sleeps)
    };
    let last = |it: &Told| it.people.last().unwrap().0.clone();
    let lost = |it: &Told| -> Option<f64> {
        let last = last(it);
        (it.people[0].0 != last).then(|| it.people.iter().find(|(person, _)| *person == last).unwrap().1 as f64)
    };
    let lost = |it: &Told| lost(it).map(|it| it.min(480.0));
    let all: Vec<f64> = told.iter().filter_map(|it| lost(it)).collect();
    let common = if all.is_empty() { 30.0 } else { all.iter().sum::<f64>() / all.len() as f64 };
    let duty: BTreeMap<&String, f64> = split
        .people
        .iter()
        .map(|person| {
            let quarters = (from..until).step_by(900).map(|at| {
                let seconds = (until - at).min(900) as f64;
                // Steps begin a second after a quarter: what is before the next one is of one kind but for that second.
                weight(person, at).0 * seconds / 60.0
            });
            (person, quarters.sum::<f64>() / months)
        })
        .collect();
    let mut score = [0.0; 3];
    let mut load: BTreeMap<&String, f64> = BTreeMap::new();
    for part in &division.parts {
        let n = part.people.len() as f64;
        for thing in &part.things {
            let of: Vec<&&Told> = told.iter().filter(|it| it.service == split.things[*thing]).collect();
            let times: Vec<f64> = of.iter().filter_map(|it| lost(it)).collect();
            let each = (times.iter().sum::<f64>() + 5.0 * common) / (times.len() as f64 + 5.0);
            let counts = |person: &String| {
                let touched: Vec<&&&Told> =
                    of.iter().filter(|it| it.people.iter().any(|(who, _)| who == person)).collect();
                (touched.len() as f64, touched.iter().filter(|it| last(it) == *person).count() as f64)
            };
            let shown = split.people.iter().map(counts).filter(|it| it.0 > 0.0).map(|(all, last)| last / all);
            let anybody = shown.sum::<f64>() / split.people.len() as f64;
            for person in part.people.iter().map(|it| &split.people[*it]) {
                let (touched, had_last) = counts(person);
                let able = (had_last + 2.0 * anybody) / (touched + 2.0);
                for it in &of {
                    let (weight, sleeps) = weight(person, it.opened);
                    score[0] += (1.0 - able) * each * weight / months / n;
                    *load.entry(person).or_default() += if sleeps { 3.0 } else { 2.0 } * 60.0 / months / n;
                }
            }
            let rate = of.len() as f64 / months * 12.0 / n;
            score[2] += n * (-rate).exp() * (1.0 + rate + rate * rate / 2.0) * price / 12.0;
        }
        for person in part.people.iter().map(|it| &split.people[*it]) {
            *load.entry(person).or_default() += duty[person] / n;
        }
    }
    if let Some(share) = org.limits.max_share {
        score[1] = load.iter().map(|(person, load)| (load - share.of * duty[person]).max(0.0)).sum();
    }
    score
}

/// Every division of the model into at most three parts.
fn every_division(people: usize, things: usize, least: usize) -> Vec<Division> {
    let mut all = Vec::new();
    for parts in 1..=3_usize {
        for code in 0..parts.pow(u32::try_from(people + things).unwrap()) {
            let digits: Vec<usize> =
                (0..people + things).map(|it| code / parts.pow(u32::try_from(it).unwrap()) % parts).collect();
            let division: Vec<Part> = (0..parts)
                .map(|part| Part {
                    people: (0..people).filter(|it| digits[*it] == part).collect(),
                    things: (0..things).filter(|it| digits[people + it] == part).collect(),
                })
                .collect();
            // Labels in the order of their first service: each division once.
            let sound = division.iter().all(|it| it.people.len() >= least && !it.things.is_empty());
            if sound && division.is_sorted_by(|one, other| one.things[0] < other.things[0]) {
                all.push(Division { parts: division });
            }
        }
    }
    all
}

#[test]
fn the_score_is_what_the_page_says() {
    let mut seen = [0.0; 3];
    for seed in 1..=6 {
        let (org, mut told) = small(seed);
        // The span begins on a quarter.
        told[0].opened = 1_767_225_600;
        let history = history(&told);
        let settings = settings(&org);
        let found = split(&history, &Settings { effort: 30, ..settings }, |_| {}).unwrap();
        for candidate in &found.candidates {
            for (stretch, score) in [(Some(&found.first), Some(candidate.first)), (found.last.as_ref(), candidate.last)]
            {
                let (Some(stretch), Some(score)) = (stretch, score) else { continue };
                let span = (stretch.span.start().unix(), stretch.span.end().unix());
                let expected = by_the_book(&org, &told, span, &found, &candidate.division, 120.0);
                for (place, (own, expected)) in [score.lost, score.beyond, score.rusty].iter().zip(expected).enumerate()
                {
                    assert!(
                        (own - expected).abs() < 1e-6 * expected.max(1.0),
                        "seed {seed}, term {place}: {own} for {expected}"
                    );
                    seen[place] += expected;
                }
            }
        }
    }
    assert!(seen.iter().all(|it| *it > 100.0), "each term says something: {seen:?}");
}

#[test]
fn nothing_is_cheaper_than_what_is_found_or_than_the_bound() {
    for seed in 1..=5 {
        let (org, told) = small(seed);
        let found = split(&history(&told), &settings(&org), |_| {}).unwrap();
        let model = &found.first.model;
        let all = every_division(model.people(), model.things(), model.least());
        let best = all.iter().map(|it| model.score(it).total()).fold(f64::INFINITY, f64::min);
        let own = (1..=3).filter_map(|parts| search(model, parts, 2_000, |_| {}));
        let own = own.map(|it| model.score(&it).total()).fold(f64::INFINITY, f64::min);
        assert!((own - best).abs() < 1e-6, "seed {seed}: found {own}, there is {best}, of {} divisions", all.len());
        let bound = model.bound(model.least(), model.people());
        assert!(bound <= best + 1e-6 && bound > 0.3 * best, "seed {seed}: bound {bound}, best {best}");
        let candidates = found.candidates.iter().map(|it| it.first.total());
        assert!(found.bound <= candidates.fold(f64::INFINITY, f64::min) + 1e-6);
    }
}

/// Four hidden teams in one rotation of 24. Of a hundred episodes that are handed on, `noise` go to anybody; at 100 nobody is
/// better at anything than anybody else.
fn hidden(seed: u64, noise: usize) -> (Org, Vec<Told>, Groups, Groups) {
    let mut dice = Dice(seed);
    let people = names("p", 24);
    let services = names("s", 12);
    // By number, not by block: the order of the names says nothing.
    let team_of = |person: usize| [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 0, 1][person];
    let serves = |service: usize| service % 4;
    let org = org_of(&[("one", people.clone(), "")], "", &["Europe/Dublin"]);
    let begin = 1_767_607_200; // Monday 2026-01-05 10:00
    let mut told = Vec::new();
    for _ in 0..2_400 {
        let opened = begin + i64::try_from(dice.below(52 * 7 * 24 * 60)).unwrap() * 60;
        let service = dice.below(12);
        let first = usize::try_from((opened - begin) / (7 * 24 * 3_600)).unwrap() % 24;
        let knows = if dice.chance(noise) { dice.chance(40) } else { team_of(first) == serves(service) };
        let mut had = vec![(people[first].clone(), 0)];
        if !dice.chance(if knows { 92 } else { 12 }) {
            let anybody = dice.chance(noise);
            let others: Vec<usize> =
                (0..24).filter(|it| *it != first && (anybody || team_of(*it) == serves(service))).collect();
            let minute = 15 + i64::try_from(dice.below(40)).unwrap();
            had.push((people[others[dice.below(others.len())]].clone(), minute));
        }
        let resolved = had.last().unwrap().1 + 25;
        told.push(Told { opened, service: services[service].clone(), people: had, resolved });
    }
    (org, told, (0..24).map(|it| Some(team_of(it))).collect(), (0..12).map(|it| Some(serves(it))).collect())
}

#[test]
fn hidden_teams_are_found_and_less_so_the_more_noise_there_is() {
    let mut agreements = Vec::new();
    for noise in [5, 40, 75] {
        let (org, told, people, services) = hidden(7, noise);
        let found = split(&history(&told), &settings(&org), |_| {}).unwrap();
        let chosen = &found.candidates[found.recommended];
        assert_eq!((found.verdict, chosen.origin), (Verdict::Split, Origin::Proposed), "noise {noise}");
        assert_eq!(chosen.by_chance, Some(ByChance { as_good: 0, of: 999 }));
        let people = agreement(&chosen.division.of_people(24), &people);
        let services = agreement(&chosen.division.of_things(12), &services);
        agreements.push((people, services));
    }
    assert!(agreements[0].0 >= 0.9 && agreements[0].1 >= 0.9, "{agreements:?}");
    assert!(agreements[1].0 >= 0.9, "{agreements:?}");
    assert!(agreements[2].0 > 0.2 && agreements[2].0 < agreements[1].0, "{agreements:?}");
}

#[test]
fn where_nothing_is_hidden_nothing_is_split() {
    for seed in [1, 2] {
        let (org, told, ..) = hidden(seed, 100);
        let found = split(&history(&told), &settings(&org), |_| {}).unwrap();
        assert_eq!(found.candidates[found.recommended].origin, Origin::Today, "seed {seed}");
        assert!(matches!(found.verdict, Verdict::ByChance | Verdict::Dearer), "seed {seed}: {:?}", found.verdict);
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    let (org, told, ..) = hidden(7, 40);
    let history = history(&told);
    let asked = Settings { effort: 300, into: Some(4), ..settings(&org) };
    let divisions = |it: &Split| it.candidates.iter().map(|it| it.division.clone()).collect::<Vec<_>>();
    let (one, other) = (split(&history, &asked, |_| {}).unwrap(), split(&history, &asked, |_| {}).unwrap());
    assert_eq!(divisions(&one), divisions(&other));
    assert_eq!(one.candidates[0].first, other.candidates[0].first);
}

/// The example's year, divided into the eleven of the reference organisation.
fn example() -> (Files, Org, Split, History) {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("examples/the-2017-split");
    let files = Files::load(&folder.join("rotations")).unwrap();
    let org = config::read(&files).0.unwrap();
    let file = std::fs::File::open(folder.join("episodes.jsonl.gz")).unwrap();
    let loaded = load(vec![Source { name: "episodes".to_owned(), bytes: Box::new(file) }], None, 1).unwrap();
    assert!(loaded.losses.is_empty());
    let mut history = loaded.history;
    history.known_to(&org);
    let found = split(&history, &Settings { into: Some(11), effort: 3_000, ..settings(&org) }, |_| {}).unwrap();
    (files, org, found, history)
}

#[test]
fn the_example_is_divided_as_the_reference_organisation_is() {
    let (_, _, found, _) = example();
    let reference = Files::load(&std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rotations")).unwrap();
    let reference = config::read(&reference).0.unwrap();
    let best = found.candidates.iter().find(|it| it.origin == Origin::Proposed).unwrap();
    // Who is in which rotation there; those who command have none, nor have who came later.
    let there: Vec<Option<usize>> = found
        .people
        .iter()
        .map(|key| {
            let person = reference.person_named(key)?.id;
            let takes_turns = |it: &dogwatch::org::Rotation| it.layers.iter().any(|it| it.people().contains(&person));
            reference.rotations.iter().position(|it| it.key != "incident-command" && takes_turns(it))
        })
        .collect();
    assert_eq!(there.iter().flatten().count(), 56);
    assert_eq!(agreement(&best.division.of_people(58), &there), 1.0);
}

/// Whatever is asked at whatever instant, somebody is on call; before the first new rotation begins every alert climbs as it did,
/// and after the last has begun the first page goes where the division says.
#[test]
fn on_the_way_to_the_new_files_somebody_is_always_on_call() {
    let (files, org, found, _) = example();
    let best = found.candidates.iter().find(|it| it.origin == Origin::Proposed).unwrap();
    let at = |text: &str| dogwatch::time::parse_instant(text, &org.zone).unwrap();
    let way = dogwatch::split::path(&files, &org, &found, best, at("2017-06-05")).unwrap();
    let new: Files = way.files.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    let (new, diagnostics) = config::read(&new);
    assert_eq!(diagnostics.len(), 0);
    let new = new.unwrap();
    assert_eq!((way.steps.len(), way.done), (11, at("2017-06-06 10:00")));
    let paged = |org: &Org, service: &str, at: Instant| {
        let tags = [("service".to_owned(), service.to_owned())].into_iter().collect();
        let answer = dogwatch::escalation::ask(org, dogwatch::escalation::Subject::Tags, &tags, at).unwrap();
        let mut paged = Vec::new();
        for way in &answer.ways {
            let dogwatch::escalation::Way::Page(_, ladder) = way else { continue };
            for rung in ladder.climbs.iter().flat_map(|it| &it.rungs) {
                paged.extend(rung.people().into_iter().map(|it| (rung.after, org.person(it).key.clone())));
            }
        }
        paged
    };
    let mut seen = 0;
    let hours = |from: &str, until: &str, step: usize| (at(from).unix()..at(until).unix()).step_by(step * 3_600);
    // A climb that begins in the last hours before is repeated after.
    for unix in hours("2017-05-22 09:30", "2017-06-05 06:00", 17) {
        let at = Instant::new(unix).unwrap();
        for service in &found.things {
            assert_eq!(paged(&new, service, at), paged(&org, service, at), "{service} at {at:?}");
        }
        seen += 1;
    }
    for unix in hours("2017-06-05 09:59", "2017-06-08", 3) {
        let at = Instant::new(unix).unwrap();
        for service in &found.things {
            let rungs = paged(&new, service, at);
            assert!(rungs.len() >= 3 && rungs[0].0.is_zero(), "{service} at {at:?}: {rungs:?}");
        }
        seen += 1;
    }
    for unix in hours("2017-06-06 10:00", "2017-08-06", 61) {
        let at = Instant::new(unix).unwrap();
        for part in &best.division.parts {
            for thing in &part.things {
                let rungs = paged(&new, &found.things[*thing], at);
                let first = found.people.iter().position(|it| *it == rungs[0].1).unwrap();
                assert!(part.people.contains(&first), "{} at {at:?}: {rungs:?}", found.things[*thing]);
            }
        }
        seen += 1;
    }
    assert!(seen > 60);
    // What is promised is held, and nobody is found wanting by `check`.
    let span = dogwatch::time::Span::new(at("2017-05-22"), at("2017-10-01")).unwrap();
    for seat in new.seats() {
        assert_eq!(dogwatch::calendar::gaps(&new, seat, span).unwrap(), []);
    }
    let findings = dogwatch::check::findings(&new, span, &new.zone).unwrap();
    assert_eq!(findings.iter().map(|it| it.message.clone()).collect::<Vec<_>>(), [""; 0]);
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const EXAMPLE: [&str; 6] =
    ["-C", "examples/the-2017-split", "--now", "2017-05-01", "split", "examples/the-2017-split/episodes.jsonl.gz"];

#[test]
fn with_aggregate_nobody_is_named_in_any_format() {
    let (_, org, ..) = example();
    for format in ["text", "json", "html"] {
        let asked = [&EXAMPLE[..], &["--into", "11", "--effort", "300", "--aggregate", "--format", format]].concat();
        let (status, answer, talk) = run(&asked);
        assert_eq!((status, talk.as_str()), (0, ""));
        let words: std::collections::BTreeSet<&str> =
            answer.split(|it: char| !it.is_alphanumeric() && it != '-').collect();
        let named: Vec<&str> = org.people.iter().map(|it| it.key.as_str()).filter(|it| words.contains(it)).collect();
        assert_eq!(named, [""; 0], "{format}");
    }
}

#[test]
fn what_cannot_be_done_is_told_with_a_cure() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    std::fs::create_dir(folder.path().join("rotations")).unwrap();
    std::fs::write(folder.path().join("rotations/mine.txt"), "mine").unwrap();
    let told = |more: &[&str]| {
        let (status, answer, talk) = run(&[&EXAMPLE[..], &["--effort", "30"], more].concat());
        assert_eq!((status, answer.as_str()), (2, ""));
        talk.replace(into, "FOLDER")
    };
    assert_eq!(
        told(&["--into", "11", "--write", into]),
        "error: `FOLDER/rotations` is there already, and is left alone\n  help: name a folder that is new or empty\n"
    );
    assert_eq!(
        told(&["--tag", "servise"]),
        "error: no episode carries the tag `servise`\n  help: did you mean `service`?\n"
    );
    assert_eq!(told(&["--into", "1", "--write", into]), "error: nobody would be left in `operations`\n");
    assert_eq!(told(&["--price=-3"]), "error: a price is a number of minutes, 0 or more\n");
    assert_eq!(
        told(&["--division", "nowhere"]),
        "error: there is no folder `nowhere/rotations`\n  help: `--division` names the folder that holds `rotations/`, as `-C` does\n"
    );
}

/// Eight people in two teams of four, with two services each, and nothing of the other team's is finished.
fn eight() -> (Org, Vec<Told>) {
    let mut dice = Dice(3);
    let people = names("p", 8);
    let org = org_of(&[("web", people.clone(), "")], "[limits]\nmin-people = 4\n", &["Europe/Dublin"]);
    let told = (0..200).map(|number| {
        let opened = 1_767_607_200 + i64::from(number) * 50 * 3_600;
        let service = dice.below(4);
        let first = usize::try_from(number / 4).unwrap() % 8;
        let mut had = vec![(people[first].clone(), 0)];
        if (first < 4) != (service < 2) {
            had.push((people[dice.below(4) + if service < 2 { 0 } else { 4 }].clone(), 30));
        }
        Told { opened, service: format!("s{service}"), people: had, resolved: 60 }
    });
    let told = told.collect();
    (org, told)
}

/// C(8,4) · C(4,2) / 2 = 210 divisions have this shape: what is held against is the 209 others.
#[test]
fn a_small_division_is_recommended_where_it_is_clean() {
    let (org, told) = eight();
    let history = history(&told);
    let found = split(&history, &settings(&org), |_| {}).unwrap();
    let chosen = &found.candidates[found.recommended];
    assert_eq!((found.verdict, chosen.origin), (Verdict::Split, Origin::Proposed));
    assert_eq!(chosen.by_chance, Some(ByChance { as_good: 0, of: 209 }));
    let people: Vec<Vec<usize>> = chosen.division.parts.iter().map(|it| it.people.clone()).collect();
    assert_eq!(people, [[0, 1, 2, 3], [4, 5, 6, 7]]);
    // Two people each out of four, and one service: 6 · 2 / 2 = 6, five others, which say too little.
    let told: Vec<Told> = told
        .into_iter()
        .filter(|it| ["s0", "s2"].contains(&it.service.as_str()))
        .map(|mut it| {
            it.people.iter_mut().for_each(|(person, _)| {
                let number: usize = person[1..].parse().unwrap();
                *person = format!("p{:02}", number / 2);
            });
            it
        })
        .collect();
    let org =
        org_of(&[("web", names("p", 4), "")], "[limits]\nmin-people = 2\nmax-share = false\n", &["Europe/Dublin"]);
    let found = split(&self::history(&told), &settings(&org), |_| {}).unwrap();
    assert_eq!(found.verdict, Verdict::TooSmall);
    assert_eq!(found.candidates[0].by_chance, Some(ByChance { as_good: 0, of: 5 }));
}

#[test]
fn what_cannot_be_divided_so_often_is_told_why() {
    let (org, told) = eight();
    let history = history(&told);
    let told = |into: usize| {
        let error = split(&history, &Settings { into: Some(into), ..settings(&org) }, |_| {}).unwrap_err();
        format!("{error}; {}", error.hint())
    };
    assert_eq!(
        told(3),
        "8 people cannot be divided into 3: each rotation has at least 4 (`min-people`); `--into 2` is the most there can be; else lower `min-people` in org.toml to 2 or less"
    );
    let loose = org_of(&[("web", names("p", 8), "")], "[limits]\nmin-people = 1\n", &["Europe/Dublin"]);
    let error = split(&history, &Settings { into: Some(5), ..settings(&loose) }, |_| {}).unwrap_err();
    assert_eq!(
        format!("{error}; {}", error.hint()),
        "4 values of `service` cannot be divided into 5: each rotation is paged for at least one; `--into 4` is the most there can be; `--tag` names a tag with more values"
    );
}
