//! Figures with a peer beside them, as ratios: both sides take turns in one run, and medians are compared.
//!
//! `cargo bench --bench figures` prints the table that BENCHMARKS.md explains. Nothing is written, and nothing here
//! fails for being slow; it fails if the two sides do not give the same answers.
//! `cargo bench --bench figures -- check` makes only the figures of that name; `-- write DIR` writes the large organisation that
//! is checked there, to look at it by hand.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Clock};

use chrono::{Days, NaiveDate, NaiveTime, TimeZone as _};
use dogwatch::calendar;
use dogwatch::config::{self, Files};
use dogwatch::escalation::{Index, Matched, matching};
use dogwatch::history::fit::replay;
use dogwatch::history::{Source, load};
use dogwatch::org::{Org, Tags};
use dogwatch::time::{Instant, Span, parse_instant};
use rrule::RRuleSet;

#[path = "figures/big.rs"]
mod big;

/// How often each side has its turn.
const ROUNDS: usize = 15;
/// How often each process is started.
const STARTS: usize = 200;
/// How often the large organisation is checked.
const CHECKS: usize = 5;
/// Zones of all kinds: both hemispheres, half an hour's jump, two hours' jump, midnight skipped, no jump at all.
const ZONES: [&str; 10] = [
    "America/New_York",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Los_Angeles",
    "Australia/Melbourne",
    "Africa/Cairo",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Tokyo",
];
/// A Monday: the first handoff of every layer here.
const START: &str = "2026-01-05";

fn main() {
    if !std::env::args().any(|it| it == "--bench") {
        println!("figures are made by `cargo bench`");
        return;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    if let [write, folder] = words.as_slice()
        && write == "write"
    {
        return big::write(folder.as_ref(), &ZONES).expect("the folder can be written");
    }
    type Section = (&'static str, fn());
    let sections: [Section; 7] = [
        ("handoffs", handoffs),
        ("shifts", final_shifts),
        ("far", far_questions),
        ("routing", routing),
        ("process", whole_process),
        ("check", checking),
        ("replay", replaying),
    ];
    for (name, section) in sections {
        if words.is_empty() || words.iter().any(|it| it == name) {
            section();
        }
    }
}

/// (a) The handoffs of a hundred rotations over a year, against the `rrule` crate and against `chrono-tz`.
fn handoffs() {
    let rotations: Vec<Plain> = (0..100).map(Plain::number).collect();
    let org = organisation(rotations.iter().map(|it| it.toml()));
    let year = span(&org, START, "2027-01-05");
    let layers: Vec<_> = org.rotations.iter().map(|it| &it.layers[0].handoffs).collect();
    let rules: Vec<RRuleSet> = rotations.iter().map(Plain::rule).collect();

    let ours = || layers.iter().map(|it| black_box(it.turns(year).expect("no rule")).len()).sum::<usize>();
    let by_rrule = || {
        let occurrences = |it: &RRuleSet| {
            let within = it.into_iter().map(|at| at.timestamp()).take_while(|at| *at < year.end().unix());
            black_box(within.collect::<Vec<i64>>()).len()
        };
        rules.iter().map(occurrences).sum::<usize>()
    };
    let by_chrono = || rotations.iter().map(|it| black_box(it.by_chrono_tz(year)).len()).sum::<usize>();

    for ((layer, rule), rotation) in layers.iter().zip(&rules).zip(&rotations) {
        let starts: Vec<i64> = layer.turns(year).expect("no rule").iter().map(|it| it.span.start().unix()).collect();
        let theirs = rule.into_iter().map(|at| at.timestamp()).take_while(|at| *at < year.end().unix());
        assert_eq!(theirs.collect::<Vec<_>>(), starts, "the rrule crate hands over as we do in {}", rotation.zone);
        assert_eq!(rotation.by_chrono_tz(year), starts, "chrono-tz hands over as we do in {}", rotation.zone);
    }
    let count = ours();
    let [ours, by_rrule, by_chrono] = medians([(&ours, 50), (&by_rrule, 1), (&by_chrono, 5)]);
    let each = |total: f64| total / count as f64;
    section(&format!("100 rotations over a year: {count} shifts, ns a shift"));
    row("handoffs", each(ours), "rrule crate", each(by_rrule), Some(AtLeast(30.0)));
    row("", each(ours), "chrono-tz", each(by_chrono), None);
}

/// (b) What finally holds, with the reason for each shift, against the handoffs of (a).
fn final_shifts() {
    let plain = organisation((0..100).map(|it| Plain::number(it).toml()));
    let year = span(&plain, START, "2027-01-05");
    let layers = || plain.rotations.iter().map(|it| &it.layers[0].handoffs);
    let handoffs = || layers().map(|it| black_box(it.turns(year).expect("no rule")).len()).sum::<usize>();

    let org = organisation((0..999).map(covered));
    let years = span(&org, START, "2031-01-05");
    let shifts = || {
        let of_seat = |seat| black_box(calendar::shifts(&org, seat, years).expect("no rule")).len();
        org.seats().map(of_seat).sum::<usize>()
    };
    let [ours, bare] = medians([(&shifts, 1), (&handoffs, 50)]);
    section(&format!("999 rotations over 5 years: {} final shifts, ns a shift", shifts()));
    row("final shifts", ours / shifts() as f64, "handoffs", bare / handoffs() as f64, Some(AtMost(12.0)));
}

/// (c) Who holds a seat in ten years, against next week, and against the `rrule` crate stepping there.
fn far_questions() {
    let dailies: Vec<Plain> = (0..300).map(Plain::number).filter(|it| it.kind == Kind::Daily).collect();
    let plain = organisation(dailies.iter().map(|it| it.toml()));
    let rules: Vec<RRuleSet> = dailies.iter().map(Plain::rule).collect();
    let next_week = questions(&plain, "2026-01-12");
    let in_ten_years = questions(&plain, "2036-01-12");
    let ask = |org: &Org, instants: &[Instant]| {
        let seats = || org.seats();
        let holders = |at: &Instant, seat| black_box(calendar::holders(org, seat, *at).expect("no rule")).len();
        instants.iter().map(|at| seats().map(|seat| holders(at, seat)).sum::<usize>()).sum::<usize>()
    };
    let asked = (dailies.len() * next_week.len()) as f64;
    let far = *in_ten_years.first().expect("there are questions");
    let stepping = || {
        let reach = |it: &RRuleSet| it.into_iter().take_while(|at| at.timestamp() <= far.unix()).count();
        rules.iter().map(|it| black_box(reach(it))).sum::<usize>()
    };
    let near = || ask(&plain, &next_week);
    let later = || ask(&plain, &in_ten_years);
    let [near_time, later_time, stepping] = medians([(&near, 20), (&later, 20), (&stepping, 1)]);
    let (near_each, later_each) = (near_time / asked, later_time / asked);
    section("Who holds a seat at an instant, ns a question");
    row("in ten years, daily", later_each, "rrule crate", stepping / rules.len() as f64, Some(AtLeast(2000.0)));
    row("in ten years, daily", later_each, "next week", near_each, Some(AtMost(1.5)));

    let full = organisation((0..100).map(covered));
    let next_week = questions(&full, "2026-01-12");
    let in_ten_years = questions(&full, "2036-01-12");
    let asked = (full.rotations.len() * next_week.len()) as f64;
    let near = || ask(&full, &next_week);
    let later = || ask(&full, &in_ten_years);
    let [near, later] = medians([(&near, 20), (&later, 20)]);
    row("in ten years, three layers", later / asked, "next week", near / asked, Some(AtMost(1.5)));
}

/// (d) The routes that an alert takes, by the index and by the plain walk over the same routes.
fn routing() {
    section("The routes of an alert, ns an alert");
    for regexes in [false, true] {
        let what = if regexes { "a tenth regexes" } else { "words" };
        let mut tenth = None;
        for count in [10_usize, 100, 1000, 10_000] {
            let org = routes(count, regexes);
            let begin = Clock::now();
            let index = Index::new(&org);
            let built = begin.elapsed();
            let alerts = alerts(count, regexes);
            let at = org.zone.resolve("2026-03-03T12:00:00".parse().expect("a time"));
            let mut hits = 0;
            for tags in &alerts {
                let id = |it: &Matched<'_>| it.route().id;
                let found: Vec<_> = index.matching(tags, at).iter().map(id).collect();
                assert_eq!(found, matching(&org, tags, at).iter().map(id).collect::<Vec<_>>(), "{tags:?}");
                hits += usize::from(found.iter().any(|it| it.0 as usize != count));
            }
            let by_index = || alerts.iter().map(|it| black_box(index.matching(it, at)).len()).sum();
            let by_walk = || alerts.iter().map(|it| black_box(matching(&org, it, at)).len()).sum();
            let runs = if count > 100 { 1 } else { 50 };
            let [index_time, walk_time] = medians([(&by_index, 50), (&by_walk, runs)]);
            let (ours, walk) = (index_time / alerts.len() as f64, walk_time / alerts.len() as f64);
            let target = match count {
                10 => Some(AtLeast(1.0)),
                10_000 => Some(AtLeast(300.0)),
                _ => None,
            };
            row(&format!("{count} routes, {what}"), ours, "plain walk", walk, target);
            let few = *tenth.get_or_insert(ours);
            if count == 10_000 {
                row("the same", ours, "10 routes", few, Some(AtMost(5.0)));
                println!("    built in {:.1} ms; {hits} of {} alerts hit", built.as_secs_f64() * 1e3, alerts.len());
            }
        }
    }
}

/// The name of a service: `search-api-0417`.
fn service(number: usize) -> String {
    let kinds = ["search-api", "mysql", "vitess-messages", "calls-media", "web", "kafka-events", "build-worker"];
    format!("{}-{number:04}", kinds[number % kinds.len()])
}

/// That many rows, the last of which takes everything; each asks for one to three services of its own. A tenth are
/// regular expressions: a third of those begin with the name, a third end with it, a third have it in between.
fn routes(count: usize, regexes: bool) -> Org {
    let mut text = String::from("routes = [\n");
    for number in 0..count - 1 {
        let regex = [
            format!("/{}(-canary|-[a-z]+)?/", service(3 * number)),
            format!("/(eu|us)-[0-9]+-{}/", service(3 * number)),
            format!("/.*-{}-.*/", service(3 * number)),
        ];
        let patterns: Vec<String> = match regexes && number % 10 == 7 {
            true => vec![format!("'{}'", regex[number / 10 % 3])],
            false => (0..=number % 3).map(|it| format!("'{}'", service(3 * number + it))).collect(),
        };
        let _ = writeln!(text, "  {{ when = {{ service = [{}] }}, page = 'r000' }},", patterns.join(", "));
    }
    text += "  { page = 'r000' },\n]\n";
    organisation_with([covered(0)].into_iter(), Some(text))
}

/// Alerts of five tags. Four of five name a service that a row asks for (of those that ask by regular expression, one
/// in four has its name only in the middle, which a third of them take); the fifth one that none does.
fn alerts(count: usize, regexes: bool) -> Vec<Tags> {
    let mut state = 1_u64;
    let mut random = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % end
    };
    let alert = |_| {
        let row = random(count - 1);
        let name = service(3 * row + random(1 + row % 3));
        let name = match (random(20), regexes && row % 10 == 7) {
            (0..4, _) => format!("unheard-of-{row:04}"),
            (_, false) => name,
            (4..8, true) => format!("spare-{}-east", service(3 * row)),
            (_, true) => match row / 10 % 3 {
                0 => format!("{}-canary", service(3 * row)),
                1 => format!("eu-{}-{}", random(9), service(3 * row)),
                _ => format!("spare-{}-east", service(3 * row)),
            },
        };
        let tags = [
            ("alertname", "ErrorBudgetBurn".to_owned()),
            ("env", ["prod", "staging"][random(2)].to_owned()),
            ("host", format!("host-{:05}.example.com", random(20_000))),
            ("service", name),
            ("severity", ["critical", "warning", "info"][random(3)].to_owned()),
        ];
        tags.into_iter().map(|(tag, value)| (tag.to_owned(), value)).collect()
    };
    (0..500).map(alert).collect()
}

/// (e) A whole command, against a process that does nothing.
fn whole_process() {
    let program = env!("CARGO_BIN_EXE_dogwatch");
    let reference = concat!(env!("CARGO_MANIFEST_DIR"));
    let now = "2026-11-23T12:00:00Z";
    let command = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut commands = [
        command(&["true"]),
        command(&[program, "--version"]),
        command(&[program, "-C", reference, "--now", now, "who", "search-api"]),
        command(&[program, "-C", reference, "--now", now, "now"]),
    ];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..STARTS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let begin = Clock::now();
            let status = command.status().expect("the program starts");
            times.push(begin.elapsed());
            assert!(status.success(), "{command:?} ended with {status}");
        }
    }
    let [nothing, version, who, now] = times.map(|it| median(it) / 1e6);
    section("A whole process beyond one that does nothing, ms");
    row("dogwatch --version", version - nothing, "true", nothing, None);
    row("dogwatch who search-api", who - nothing, "true", nothing, Some(Below(5.0)));
    row("dogwatch now", now - nothing, "true", nothing, None);
}

/// (e) A large organisation proven over 90 days, against `amtool check-config` of the same routes, which looks at
/// nobody's calendar.
fn checking() {
    let folder = tempfile::tempdir().expect("a folder for the organisation");
    big::write(folder.path(), &ZONES).expect("the organisation can be written");
    let mut check = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
    check.arg("-C").arg(folder.path()).args(["--now", "2026-11-23T12:00:00Z", "check", "--horizon", "90d"]);
    let mut amtool = Command::new("amtool");
    amtool.arg("check-config").arg(folder.path().join("alertmanager.yml"));
    section(&format!("{} rotation files and {} routes, a whole process, ms", big::ROTATIONS, big::ROUTES));
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..CHECKS {
        for (command, times) in [&mut check, &mut amtool].into_iter().zip(&mut times) {
            let begin = Clock::now();
            match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
                Ok(status) => assert!(status.success(), "{command:?} ended with {status}"),
                Err(_) => return println!("  amtool is not installed: Debian's package is prometheus-alertmanager"),
            }
            times.push(begin.elapsed());
        }
    }
    let [ours, theirs] = times.map(|it| median(it) / 1e6);
    row("check --horizon 90d", ours, "amtool", theirs, Some(Below(2000.0)));
}

/// (f) Past episodes through a hundred rotations and a thousand routes, once they are read; beside the plain walk for each.
fn replaying() {
    const EPISODES: usize = 1_000_000;
    let kinds = ["search-api", "mysql", "vitess-messages", "calls-media", "web", "kafka-events", "build-worker"];
    let mut text = String::from("routes = [\n");
    for number in 0..999 {
        let hours = match number % 10 {
            4 => "hours = ['Mon-Fri 09:00-17:00'], ",
            7 => "hours = ['Mon-Fri 08:30-18:00', 'Sat 10:00-14:00'], ",
            _ => "",
        };
        let (service, rotation) = (format!("{}-{:04}", kinds[number % 7], number / 2), number % 100);
        let _ = writeln!(text, "  {{ when = {{ service = ['{service}'] }}, {hours}page = 'r{rotation:03}' }},");
    }
    text += "  { page = 'r000' },\n]\n";
    let org = organisation_with((0..100).map(|it| Plain::number(it).toml()), Some(text));

    let mut state = 1_u64;
    let mut random = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % end
    };
    let mut csv = String::from("id,opened,service,severity,first,last,lasted\n");
    for id in 0..EPISODES {
        let number = random(999);
        let (opened, severity) = (1_767_225_600 + random(365 * 86_400), ["critical", "high", "low"][random(3)]);
        let (first, last) = (random(100), number % 100);
        let service = format!("{}-{:04}", kinds[number % 7], number / 2);
        let _ = writeln!(csv, "{id},{opened},{service},{severity},r{first:03},r{last:03},900");
    }
    let mapping = "id = 'id'\nopened = { column = 'opened', format = '%s' }\npaged = { team = 'first' }\n\
                   resolved = { after = 'lasted', team = 'last' }\ntags = { service = 'service', severity = 'severity' }\n";
    let files: Files = [("mapping.toml", mapping.to_owned())].into_iter().collect();
    let (mapping, diagnostics) = config::mapping(&files, "mapping.toml", None);
    let mapping = mapping.unwrap_or_else(|| panic!("mistakes: {diagnostics:#?}"));
    let source = Source { name: "past.csv".to_owned(), bytes: Box::new(csv.as_bytes()) };
    let history = load(vec![source], Some(&mapping), 2).expect("it is CSV").history;
    assert_eq!(history.len(), EPISODES);

    let some: Vec<(Tags, Instant)> =
        history.episodes().step_by(EPISODES / 2_000).map(|it| (history.tags(it.tags), it.opened_at())).collect();
    let by_walk = || some.iter().map(|(tags, at)| black_box(matching(&org, tags, *at)).len()).sum();
    let with = |workers| black_box(replay(&org, &history, workers)).expect("no rule").to.len();
    let (by_one, by_two) = (|| with(1), || with(2));
    let [one, two, walk] = medians([(&by_one, 1), (&by_two, 1), (&by_walk, 1)]);
    let walk_each = walk / some.len() as f64;
    section("A million episodes through 100 rotations and 1,000 routes, ns an episode");
    for (what, time) in [("one worker", one), ("two workers", two)] {
        let each = time / EPISODES as f64;
        row(what, each, "plain walk", walk_each, None);
        println!("    {:.1} million episodes a second (target: at least 2)", 1e3 / each);
    }
}

/// A rotation of one layer.
struct Plain {
    kind: Kind,
    zone: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Weekly,
    Daily,
    Thirds,
}

impl Plain {
    fn number(number: usize) -> Plain {
        let kind = [Kind::Weekly, Kind::Daily, Kind::Thirds][number % 3];
        Plain { kind, zone: ZONES[number % ZONES.len()] }
    }

    fn times(&self) -> &'static [u32] {
        match self.kind {
            Kind::Weekly => &[10],
            Kind::Daily => &[9],
            Kind::Thirds => &[6, 14, 22],
        }
    }

    fn toml(&self) -> String {
        let handoff = match self.kind {
            Kind::Weekly => "every = 'week', on = 'Mon', at = '10:00'",
            Kind::Daily => "every = 'day', at = '09:00'",
            Kind::Thirds => "every = 'day', at = ['06:00', '14:00', '22:00']",
        };
        format!("zone = '{}'\n{}", self.zone, layer("", handoff))
    }

    fn rule(&self) -> RRuleSet {
        let (hour, rule) = match self.kind {
            Kind::Weekly => (10, "FREQ=WEEKLY;BYDAY=MO"),
            Kind::Daily => (9, "FREQ=DAILY"),
            Kind::Thirds => (6, "FREQ=DAILY;BYHOUR=6,14,22;BYMINUTE=0;BYSECOND=0"),
        };
        let start = START.replace('-', "");
        let text = format!("DTSTART;TZID={}:{start}T{hour:02}0000\nRRULE:{rule}", self.zone);
        text.parse().expect("the rule is sound")
    }

    fn by_chrono_tz(&self, year: Span) -> Vec<i64> {
        let zone: chrono_tz::Tz = self.zone.parse().expect("the zone is known");
        let mut day: NaiveDate = START.parse().expect("a date");
        let step = Days::new(if self.kind == Kind::Weekly { 7 } else { 1 });
        let mut handoffs = Vec::new();
        loop {
            for hour in self.times() {
                let civil = day.and_time(NaiveTime::from_hms_opt(*hour, 0, 0).expect("an hour"));
                let at = zone.from_local_datetime(&civil).earliest().expect("no clock skips this hour").timestamp();
                if at >= year.end().unix() {
                    return handoffs;
                }
                handoffs.push(at);
            }
            day = day + step;
        }
    }
}

fn layer(more: &str, handoff: &str) -> String {
    format!("[[layers]]\n{more}people = ['p0', 'p1', 'p2', 'p3', 'p4']\nfrom = {START}\nhandoff = {{ {handoff} }}\n")
}

/// A rotation of three layers, two of which cover others, and of twenty overrides.
fn covered(number: usize) -> String {
    let zone = |more: usize| ZONES[(number + more) % ZONES.len()];
    let mut text = format!("zone = '{}'\n", zone(0));
    let base = ["every = 'week', on = 'Mon', at = '10:00'", "every = 'day', at = '09:00'"][number % 2];
    text += &layer("", base);
    let days = format!("zone = '{}'\nhours = ['Mon-Fri 09:00-17:00']\n", zone(1));
    text += &layer(&days, "every = 'week', on = 'Mon', at = '09:00'");
    let evenings = format!("zone = '{}'\nhours = ['Mon-Sun 18:00-23:00']\n", zone(4));
    text += &layer(&evenings, "every = 'day', at = '18:00'");
    for index in 0..20 {
        let (year, month, day) = (2026 + index / 4, 1 + (index * 5 + number) % 12, 1 + (index * 3 + number) % 25);
        let replaced = if index % 2 == 0 { "for = 'p1'\n" } else { "" };
        let _ = write!(
            text,
            "[[overrides]]\nperson = 'p{}'\n{replaced}from = {year}-{month:02}-{day:02}T20:00:00\n\
             until = {year}-{month:02}-{:02}T08:00:00\n",
            [0, 2, 3, 4][index % 4],
            day + 1 + index % 3,
        );
    }
    text
}

fn organisation(rotations: impl Iterator<Item = String>) -> Org {
    organisation_with(rotations, None)
}

fn organisation_with(rotations: impl Iterator<Item = String>, escalation: Option<String>) -> Org {
    let people: String = (0..5).map(|it| format!("[p{it}]\nname = 'P{it}'\nzone = 'Etc/UTC'\n")).collect();
    let mut files = vec![("org.toml".to_owned(), "zone = 'Etc/UTC'".to_owned()), ("people.toml".to_owned(), people)];
    files.extend(rotations.enumerate().map(|(number, text)| (format!("r{number:03}.toml"), text)));
    files.extend(escalation.map(|text| ("escalation.toml".to_owned(), text)));
    let (org, diagnostics) = config::read(&files.into_iter().collect::<Files>());
    org.unwrap_or_else(|| panic!("mistakes: {diagnostics:#?}"))
}

fn span(org: &Org, from: &str, until: &str) -> Span {
    let at = |text| parse_instant(text, &org.zone).expect("an instant");
    Span::new(at(from), at(until)).expect("some time")
}

/// Instants of one week, at every time of day.
fn questions(org: &Org, from: &str) -> Vec<Instant> {
    let from = parse_instant(from, &org.zone).expect("an instant");
    (0..23).map(|it| from + Duration::from_secs(it * (7 * 3600 + 660))).collect()
}

/// Runs each a number of times, one after the other, over and over: the median time of one run, in ns.
fn medians<const N: usize>(sides: [(&dyn Fn() -> usize, u32); N]) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..ROUNDS {
        for ((side, runs), times) in sides.iter().zip(&mut times) {
            let begin = Clock::now();
            for _ in 0..*runs {
                black_box(side());
            }
            times.push(begin.elapsed() / *runs);
        }
    }
    times.map(median)
}

/// In ns.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e9
}

/// What a figure should be.
enum Target {
    /// The peer takes at least so many times as long.
    AtLeast(f64),
    /// We take at most so many times as long as the peer.
    AtMost(f64),
    /// At most that much.
    Below(f64),
}
use Target::{AtLeast, AtMost, Below};

fn section(title: &str) {
    println!("\n{title}");
}

fn row(what: &str, ours: f64, peer: &str, theirs: f64, target: Option<Target>) {
    let (ratio, words, met) = match target {
        Some(AtLeast(least)) => (theirs / ours, format!("at least {least}"), Some(theirs / ours >= least)),
        Some(AtMost(most)) => (ours / theirs, format!("at most {most}"), Some(ours / theirs <= most)),
        Some(Below(most)) => (ours / theirs, format!("at most {most} ms"), Some(ours <= most)),
        None => (theirs / ours, String::new(), None),
    };
    let met = met.map_or("", |met| if met { "met" } else { "missed" });
    println!("  {what:<28}{ours:>10.2}   {peer:<16}{theirs:>12.2}   ratio {ratio:>9.2}   {words:<14} {met}");
}
