//! Routing at scale: the index against the plain walk, the analysis of routes against every alert that there can be.
//!
//! What is made comes from a seed, and a failure says which. For a longer run,
//!
//! ```text
//! DOGWATCH_ROUTING_TREES=20000 cargo test --release --test it -- routing
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dogwatch::check;
use dogwatch::config::{self, Files};
use dogwatch::escalation::{Index, Judged, Matched, Replaying, Subject, Verdict, Way, ask, judge, matching};
use dogwatch::org::{Org, Route, Tags};
use dogwatch::time::{Instant, Span, Zone, parse_instant};

/// How many trees each property is held against.
fn trees(default: u64) -> u64 {
    std::env::var("DOGWATCH_ROUTING_TREES").map_or(default, |it| it.parse().unwrap())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((it ^ (it >> 31)) % end as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const TAGS: [&str; 4] = ["service", "team", "env", "cause"];
const WORDS: [&str; 14] =
    ["a", "b", "ab", "ba", "abb", "bab", "svc-a", "svc-b", "svc-ab", "a-db", "b-db", "é", "aé", ""];
const GLOBS: [&str; 12] = ["a*", "*b", "a?b", "?*", "*", "svc-*", "*-db", "*-*", "?b?", "*é", "svc-?", "*b*a*"];
const REGEXES: [&str; 14] = [
    "/a|b/",
    "/a+b*/",
    "/svc-[ab]+/",
    "/.*b/",
    "/(a|b){2,3}/",
    "/[^a]*/",
    "/.+/",
    "/(svc|b)-.*/",
    "/.*-db/",
    "/|a/",
    r"/\w+/",
    r"/a\b.*/",
    "/(?i)AB+/",
    "/[^-]*-[^-]*/",
];

/// A pattern; the more seldom a word, the more often `odd`.
fn pattern(random: &mut Random, odd: usize) -> &'static str {
    match random.below(10) {
        it if it >= odd => random.of(&WORDS),
        it if it % 2 == 0 => random.of(&GLOBS),
        _ => random.of(&REGEXES),
    }
}

fn table(random: &mut Random, odd: usize, tags: usize) -> String {
    let mut asked: Vec<&str> = (0..1 + random.below(2)).map(|_| TAGS[random.below(tags)]).collect();
    asked.sort_unstable();
    asked.dedup();
    let condition = |tag: &str, random: &mut Random| {
        let patterns: Vec<String> = (0..1 + random.below(3)).map(|_| format!("'{}'", pattern(random, odd))).collect();
        format!("{tag} = [{}]", patterns.join(", "))
    };
    let conditions: Vec<String> = asked.iter().map(|it| condition(it, random)).collect();
    format!("{{ {} }}", conditions.join(", "))
}

/// What random trees are made of.
#[derive(Clone, Copy)]
struct Kind {
    /// How many tags are compared.
    tags: usize,
    /// At most so many siblings.
    wide: usize,
    /// Whether some routes keep hours.
    hours: bool,
}

/// Rows of routes, in the inline form.
fn rows(random: &mut Random, kind: Kind, depth: usize) -> String {
    let odd = random.below(9);
    let mut out = String::from("[\n");
    for _ in 0..random.below(if depth == 0 { kind.wide } else { 6 }) {
        let mut keys = Vec::new();
        if depth == 0 {
            keys.push("page = 'app'".to_owned());
        }
        match random.below(8) {
            0 => {}
            1 => {
                let (one, two) = (table(random, odd, kind.tags), table(random, odd, kind.tags));
                keys.push(format!("when = [{one}, {two}]"));
            }
            _ => keys.push(format!("when = {}", table(random, odd, kind.tags))),
        }
        if random.one_in(4) {
            keys.push(format!("unless = {}", table(random, odd, kind.tags)));
        }
        if random.one_in(3) {
            keys.push("continue = true".to_owned());
        }
        if kind.hours && random.one_in(4) {
            keys.push(format!("hours = ['{}']", random.of(&["Mon-Fri 09:00-17:00", "Mon-Sun 17:00-09:00", "24x7"])));
        }
        if depth < 3 && random.one_in(4) {
            keys.push(format!("routes = {}", rows(random, kind, depth + 1)));
        }
        let _ = writeln!(out, "{{ {} }},", keys.join(", "));
    }
    if depth == 0 {
        out.push_str("{ page = 'app' },\n");
    }
    out + "]"
}

fn organisation(routes: &str) -> Org {
    let files: Files = [
        ("org.toml", "zone = 'Etc/UTC'"),
        ("people.toml", "[p]\nname = 'P'\nzone = 'Etc/UTC'"),
        (
            "app.toml",
            "[[layers]]\npeople = ['p']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }",
        ),
        ("escalation.toml", &format!("routes = {routes}\n")),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect();
    let (org, diagnostics) = config::read(&files);
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, &files, false)))
}

fn at(text: &str) -> Instant {
    parse_instant(text, &Zone::utc()).unwrap()
}

fn alert(random: &mut Random, tags: usize) -> Tags {
    let mut alert = Tags::from([("unheard-of".to_owned(), "x".to_owned())]);
    for tag in &TAGS[..tags] {
        if !random.one_in(4) {
            alert.insert((*tag).to_owned(), random.of(&WORDS).to_owned());
        }
    }
    alert
}

fn ids(matched: &[Matched<'_>]) -> Vec<Vec<u32>> {
    matched.iter().map(|it| it.path.iter().map(|it| it.id.0).collect()).collect()
}

#[test]
fn the_index_answers_as_the_plain_walk_does() {
    let (day, night) = (at("2026-03-03T12:00:00Z"), at("2026-03-03T03:00:00Z"));
    let mut several = 0;
    for seed in 0..trees(80) {
        let mut random = Random(seed);
        let kind = Kind { tags: 1 + random.below(4), wide: [8, 20, 200][random.below(3)], hours: random.one_in(2) };
        let routes = rows(&mut random, kind, 0);
        let org = organisation(&routes);
        let index = Index::new(&org);
        for _ in 0..60 {
            let tags = alert(&mut random, kind.tags);
            let [by_day, by_night] = [day, night].map(|at| {
                let plain = ids(&matching(&org, &tags, at));
                assert_eq!(ids(&index.matching(&tags, at)), plain, "seed {seed}: {tags:?}\n{routes}");
                plain
            });
            several += usize::from(by_day.len() > 1);
            let by_the_hour = index.taken(&tags, day).by_the_hour || index.taken(&tags, night).by_the_hour;
            assert!(by_the_hour || by_day == by_night, "seed {seed}: {tags:?}: the hour decides, unsaid\n{routes}");
        }
    }
    assert!(several > 300, "only {several} alerts took several routes");
}

/// The routes that an alert comes to, on its way to others or not: the rules of the walk, said once more.
fn entered(routes: &[Route], tags: &Tags, at: Instant, found: &mut BTreeSet<u32>) {
    for route in routes {
        if route.matcher.holds(tags) && route.hours.as_ref().is_none_or(|it| it.contains(at)) {
            found.insert(route.id.0);
            entered(&route.routes, tags, at, found);
            if !route.goes_on {
                return;
            }
        }
    }
}

/// Values that patterns of the tests could tell from others: all short texts, and what looks like a service.
fn values(longest: usize) -> Vec<String> {
    let mut values = vec![String::new()];
    for length in 1..=longest {
        let longer = |it: &String| ["a", "b", "-", "x", "é"].map(|letter| format!("{it}{letter}"));
        let grown: Vec<String> = values.iter().filter(|it| it.chars().count() == length - 1).flat_map(longer).collect();
        values.extend(grown);
    }
    values.extend(WORDS.map(str::to_owned));
    let more = ["abab", "baab", "bbab", "abba", "svc-", "svc-x", "svc-bab", "x-db", "svc-db", "ABB", "-db", "svc-é"];
    values.extend(more.map(str::to_owned));
    values.sort();
    values.dedup();
    values
}

#[test]
fn the_analysis_agrees_with_every_alert() {
    let (day, night) = (at("2026-03-03T12:00:00Z"), at("2026-03-03T03:00:00Z"));
    let mut counts = [0; 4];
    let alerts = [1, 2].map(|tags| {
        let values = values(if tags == 1 { 3 } else { 1 });
        let second = if tags == 1 { &values[..1] } else { &values[..] };
        let pairs = values.iter().flat_map(|one| second.iter().map(move |other| (one.clone(), other.clone())));
        let alert = |(one, other)| Tags::from([("service".to_owned(), one), ("team".to_owned(), other)]);
        pairs.map(alert).collect::<Vec<Tags>>()
    });
    for seed in 0..trees(30) {
        let mut random = Random(seed);
        let kind = Kind { tags: 1 + random.below(2), wide: [8, 25][random.below(2)], hours: random.one_in(3) };
        let alerts = &alerts[kind.tags - 1];
        let routes = rows(&mut random, kind, 0);
        let org = organisation(&routes);
        let mut come: BTreeSet<u32> = BTreeSet::new();
        for tags in alerts {
            entered(&org.escalation.routes, tags, day, &mut come);
            if kind.hours {
                entered(&org.escalation.routes, tags, night, &mut come);
            }
        }
        let mut judged: BTreeSet<u32> = BTreeSet::new();
        for Judged { path, verdict } in judge(&org) {
            let id = path[path.len() - 1].id.0;
            judged.insert(id);
            let context = || format!("seed {seed}, route {id}, {verdict:?}\n{routes}");
            match &verdict {
                Verdict::Reached(tags) => {
                    counts[0] += 1;
                    let mut witness = BTreeSet::new();
                    entered(&org.escalation.routes, tags, day, &mut witness);
                    entered(&org.escalation.routes, tags, night, &mut witness);
                    // What keeps hours may hide a route at every hour together with others: that is not looked for.
                    assert!(kind.hours || witness.contains(&id), "the alert does not come there: {}", context());
                }
                Verdict::Contradiction(_) | Verdict::Closed => {
                    counts[1] += 1;
                    assert!(!come.contains(&id), "an alert comes there: {}", context());
                }
                Verdict::Shadowed(takers) => {
                    counts[2] += 1;
                    assert!(!come.contains(&id), "an alert comes there: {}", context());
                    // The proof holds by itself.
                    for tags in alerts {
                        let matches = path.iter().all(|it| it.matcher.holds(tags));
                        let taken = takers.iter().any(|it| it.matcher.holds(tags));
                        assert!(!matches || taken, "{tags:?} is not taken: {}", context());
                    }
                }
                Verdict::Undecided => counts[3] += 1,
            }
        }
        // What is not judged stands below what nothing comes to.
        assert!(come.is_subset(&judged), "seed {seed}: {come:?} {judged:?}\n{routes}");
    }
    let [reached, contradictory, shadowed, undecided] = counts;
    assert_eq!(undecided, 0);
    assert!(reached > 120 && contradictory > 3 && shadowed > 40, "{counts:?}");
}

/// What the rules about routes find in rows, one a line from line 2 on; a last row is added.
fn found(rows: &str) -> Vec<String> {
    let org = organisation(&format!("[\n{rows}\n{{ page = 'app' }} ]"));
    let horizon = Span::new(at("2026-02-02T12:00:00Z"), at("2026-02-09T12:00:00Z")).unwrap();
    let findings = check::findings(&org, horizon, &Zone::utc()).unwrap();
    let about_routes = findings.iter().filter(|it| it.rule.ends_with("-route"));
    about_routes.map(|it| format!("{} {}: {}; {}", it.source.line, it.rule, it.message, it.cure)).collect()
}

#[track_caller]
fn finds(rows: &[&str], expected: &[&str]) {
    let rows: Vec<String> = rows.iter().map(|it| format!("{{ page = 'app', {it} }},")).collect();
    assert_eq!(found(&rows.join("\n")), expected, "{rows:#?}");
}

#[test]
fn a_row_below_a_wider_one_is_shadowed() {
    let message = "3 shadowed-route: nothing comes to the route service=web-db: line 2 (service=web-*) takes all of it; \
                   move it above line 2, or take the row away";
    finds(&["when = { service = ['web-*'] }", "when = { service = ['web-db'] }"], &[message]);
    // Just not: it goes on, or it has an exception, or the names differ.
    finds(&["when = { service = ['web-*'] }, continue = true", "when = { service = ['web-db'] }"], &[]);
    finds(&["when = { service = ['web-*'] }, unless = { service = ['*-db'] }", "when = { service = ['web-db'] }"], &[]);
    finds(&["when = { service = ['web-*'] }", "when = { service = ['web-db', 'webdb'] }"], &[]);
}

#[test]
fn rows_that_take_everything_together_are_all_named() {
    let message = "5 shadowed-route: nothing comes to the route service=a|b: line 2 (service=a), \
                   line 3 (service=b, env=prod) and line 4 (not env=prod) take all of it together; \
                   move it above line 2, or take the row away";
    let rows = [
        "when = { service = ['a'] }",
        "when = { service = ['b'], env = ['prod'] }",
        "unless = { env = ['prod'] }",
        "when = { service = ['a', 'b'] }",
    ];
    finds(&rows, &[message]);
    // Without the second, b in prod is left.
    finds(&[rows[0], rows[2], rows[3]], &[]);
}

#[test]
fn regular_expressions_are_read_as_what_they_match() {
    let taken = |taker: &str, row: &str| {
        format!(
            "3 shadowed-route: nothing comes to the route service={row}: line 2 (service={taker}) takes all of it; \
             move it above line 2, or take the row away"
        )
    };
    let both = |taker: &str, row: &str| {
        [format!("when = {{ service = ['{taker}'] }}"), format!("when = {{ service = ['{row}'] }}")]
    };
    for (taker, row) in [
        ("/db[0-9]+/", "/db[1-3]/"),
        ("/db.*/", "db?"),
        ("*-*", "/[a-z]+-[a-z]+/"),
        ("/(?i)web/", "Web"),
        ("/[^a]*/", "/b+/"),
        ("??", "/é./"),
        // A value is one line.
        ("/.+/", "*-*"),
    ] {
        let [one, other] = both(taker, row);
        finds(&[&one, &other], &[&taken(taker, row)]);
    }
    // An anchored expression is no prefix, and a letter may be several bytes.
    for (taker, row) in [("/db[0-9]/", "/db[0-9]+/"), ("/[[:ascii:]]*/", "/é/"), ("/é?/", "?")] {
        let [one, other] = both(taker, row);
        finds(&[&one, &other], &[]);
    }
}

#[test]
fn the_last_row_may_be_left_over() {
    let message = "3 shadowed-route: nothing comes to the route everything: line 2 (service=*) takes all of it; \
                   the row on line 2 is the last one in truth: move it to the end";
    finds(&["when = { service = ['*'] }"], &[message]);
    finds(&["when = { service = ['?*'] }", "when = { service = [''] }"], &[]);
}

#[test]
fn a_route_that_contradicts_itself_or_its_parents_is_unreachable() {
    finds(
        &["when = [{ service = ['web-*'] }, { service = ['db-*'] }]"],
        &["2 unreachable-route: no alert can come to the route service=web-*, service=db-*: \
           service=web-* and service=db-* never hold at once; \
           for either of them, one list: when = { service = [\"web-*\", \"db-*\"] }"],
    );
    finds(
        &["when = { team = ['a'], service = ['web-1'] }, unless = { service = ['web-*'] }"],
        &["2 unreachable-route: no alert can come to the route team=a, service=web-1, not service=web-*: \
           service=web-1 and not service=web-* never hold at once; mend what it asks for, or take the row away"],
    );
    finds(
        &["when = { service = ['web-*'] }, routes = [
            { when = { service = ['db'] }, routes = [{ when = { env = ['x'] } }, { when = { env = ['y'] } }] }
        ]"],
        &["3 unreachable-route: no alert can come to the route service=web-* → service=db and the 2 below it: \
           service=web-* (line 2) and service=db never hold at once; mend what it asks for, or take the row away"],
    );
    finds(
        &["when = { service = ['/a^b/'] }"],
        &["2 unreachable-route: no alert can come to the route service=/a^b/: service=/a^b/ holds for no value; \
           mend what it asks for, or take the row away"],
    );
    // Just not: both can hold.
    finds(&["when = [{ service = ['web-*'] }, { service = ['*-db'] }]"], &[]);
}

#[test]
fn hours_take_only_what_they_always_take() {
    let day = "hours = ['Mon-Fri 09:00-17:00']";
    let wide = "when = { service = ['*'] }";
    let narrow = "when = { service = ['web'] }";
    finds(&[&format!("{wide}, {day}"), narrow], &[]);
    let message = |line| {
        format!(
            "{line} shadowed-route: nothing comes to the route service=web: line 2 (service=*) takes all of it; \
             move it above line 2, or take the row away"
        )
    };
    finds(&[&format!("{wide}, {day}"), &format!("{narrow}, {day}")], &[&message(3)]);
    let all_day = "when = { service = ['w*'] }, hours = ['24x7']";
    let taken = message(3).replace("service=*", "service=w*");
    finds(&[all_day, &format!("{narrow}, {day}")], &[&taken]);
    finds(
        &[&format!("when = {{ service = ['web'] }}, {day}, routes = [\n{{ hours = ['Sat 09:00-17:00'] }} ]")],
        &["3 unreachable-route: no alert can come to the route service=web → everything: \
           its hours have no moment in common with those of line 2; mend the hours, or take the row away"],
    );
    finds(&[&format!("when = {{ service = ['web'] }}, {day}, routes = [\n{{ hours = ['Fri 16:00-20:00'] }} ]")], &[]);
}

/// Many rows take one word each of one that names them all: that is no more to work out than for two.
#[test]
fn many_rows_take_a_row_of_many_words() {
    let row = |it: usize| format!("{{ page = 'app', when = {{ service = ['s{it}'] }} }},\n");
    let rows: String = (0..250).map(row).collect();
    let wide = |words: usize| {
        let words: Vec<String> = (0..words).map(|it| format!("'s{it}'")).collect();
        format!("{rows}{{ page = 'app', when = {{ service = [{}] }} }},", words.join(", "))
    };
    let found_of = |words| found(&wide(words)).iter().map(|it| it[..19].to_owned()).collect::<Vec<_>>();
    assert_eq!(found_of(250), ["252 shadowed-route:"]);
    assert_eq!(found_of(251), [""; 0]);
}

/// The bound is on the whole file, not on each of its rows.
#[test]
fn a_file_of_hard_rows_is_given_up_soon() {
    let row = |it: usize| {
        format!(
            "{{ page = 'app', when = {{ service = ['/[ab]*a[ab]{{{}}}/'] }}, unless = {{ service = ['/a+b*a*/', '/b*a[ab]*/'] }} }},\n",
            15 + it % 10
        )
    };
    let rows: String = (0..200).map(row).collect();
    // Nothing is left of such a row, but to see that takes the last twenty letters. The last row is plain to see.
    let org = organisation(&format!("[{rows}{{ page = 'app' }}]"));
    let undecided = judge(&org).iter().filter(|it| matches!(it.verdict, Verdict::Undecided)).count();
    assert_eq!(undecided, 200);
    assert!(matches!(judge(&org)[200].verdict, Verdict::Reached(_)));
}

/// To know where both stand takes the last twenty letters, each of which may be either.
#[test]
fn what_is_too_much_to_work_out_is_said_and_a_test_settles_it() {
    let routes = "[
        { when = { service = ['/([ab]{2})*/'] }, page = 'app' },
        { when = { service = ['/[ab]([ab]{2})*/'] }, unless = { service = ['/[ab]*bab[ab]*a[ab]{16}/'] }, page = 'app' },
        { when = { service = ['/[ab]*a[ab]{19}/'] }, page = 'app' },
        { page = 'app' },
    ]";
    let verdict = |routes: &str| match judge(&organisation(routes)).remove(2).verdict {
        Verdict::Reached(tags) => tags["service"].clone(),
        Verdict::Undecided => "undecided".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(verdict(routes), "undecided");
    let alert = "babbabbbbbbbbbbbbbbbb";
    assert_eq!(verdict(&format!("{routes}\n[[tests]]\ntags = {{ service = '{alert}' }}\nexpect = ['app']")), alert);
    let horizon = Span::new(at("2026-02-02T12:00:00Z"), at("2026-02-03T12:00:00Z")).unwrap();
    let findings = check::findings(&organisation(routes), horizon, &Zone::utc()).unwrap();
    let finding = findings.iter().find(|it| it.rule == "undecided-route").unwrap();
    assert_eq!(finding.message, "whether an alert comes to the route service=/[ab]*a[ab]{19}/ is too much to work out");
}

#[test]
fn thousands_of_rows_are_judged() {
    let row = |it: usize| format!("{{ page = 'app', when = {{ service = ['service-{it}', 'other-{}'] }} }},\n", it / 2);
    let rows: String = (0..2000).map(row).collect();
    // Each other-N stands on two rows, service-N on one: all are reached.
    assert_eq!(found(&rows), [""; 0]);
    let message = "2002 shadowed-route: nothing comes to the route service=service-7|other-9: \
                   line 9 (service=service-7|other-3) and line 20 (service=service-18|other-9) take all of it together; \
                   move it above line 9, or take the row away";
    assert_eq!(
        found(&format!("{rows}{{ page = 'app', when = {{ service = ['service-7', 'other-9'] }} }},")),
        [message]
    );
}

#[test]
fn a_replay_counts_what_single_questions_answer() {
    let turns = "people = ['p']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n";
    let escalation = "
        routes = [
            { when = { service = ['a'] }, page = 'day' },
            { when = { service = ['b*'] }, notify = '#b', continue = true },
            { when = { service = ['bb'] }, page = 'day', hours = ['Mon-Sun 06:00-20:00'] },
            { when = { service = ['b*', 'c'] }, notify = '#c', routes = [{ when = { env = ['x'] }, page = 'app' }] },
            { when = { service = ['a'], env = ['x'] }, page = 'app' },
            { page = 'day' },
        ]
        escalations = [{ from = 'day', after = '5m', to = 'app', when = { cause = ['db'] } }]";
    let files: Files = [
        ("org.toml", "zone = 'Etc/UTC'".to_owned()),
        ("people.toml", "[p]\nname = 'P'\nzone = 'Etc/UTC'".to_owned()),
        ("app.toml", format!("[[layers]]\n{turns}")),
        // By a rule, which cannot be calculated, and with a hole in it.
        (
            "day.toml",
            format!(
                "[[layers]]\nhours = ['Mon-Fri 09:00-17:00']\n{}[[overrides]]\nperson = '@nobody'\n\
                 from = 2026-03-04T10:00:00\nuntil = 2026-03-04T15:30:00\n",
                turns.replace("every = 'week', on = 'Mon'", "rrule = 'FREQ=WEEKLY;BYDAY=MO,TH'")
            ),
        ),
        ("escalation.toml", escalation.to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect();
    let org = config::read(&files).0.unwrap();
    let mut random = Random(7);
    let mut replaying = Replaying::new(&org);
    let (mut paged, mut informed, mut nobody, mut last_row) = (0, 0, 0, 0);
    let (mut fired, mut ladders, mut kinds) = ([0_u64; 7], BTreeMap::<_, u64>::new(), BTreeMap::<Tags, u64>::new());
    let week = at("2026-03-02T00:00:00Z");
    for _ in 0..2000 {
        let value = |random: &mut Random, all: &[&str]| random.of(all).to_owned();
        let tags = Tags::from([
            ("service".to_owned(), value(&mut random, &["a", "b", "bb", "c", "d", ""])),
            ("env".to_owned(), value(&mut random, &["x", "y"])),
            ("cause".to_owned(), value(&mut random, &["db", "", "dns"])),
            ("host".to_owned(), format!("host-{}", random.below(1000))),
        ]);
        let at = week + std::time::Duration::from_secs(random.below(7 * 24 * 60) as u64 * 60);
        replaying.add(&tags, at).unwrap();
        let answer = ask(&org, Subject::Tags, &tags, at).unwrap();
        let pages = answer.ways.iter().any(|it| matches!(it, Way::Page(..)));
        match (answer.pages_somebody(), pages) {
            (true, _) => paged += 1,
            (false, true) => nobody += 1,
            (false, false) => informed += 1,
        }
        let taken = matching(&org, &tags, at);
        last_row += u64::from(taken.iter().any(|it| it.route().id.0 == 7));
        taken.iter().for_each(|it| fired[it.route().id.0 as usize - 1] += 1);
        *ladders.entry(answer.expectation(&org)).or_default() += 1;
        let compared = tags.into_iter().filter(|(tag, value)| tag != "host" && !value.is_empty());
        *kinds.entry(compared.collect()).or_default() += 1;
    }
    let replay = replaying.finish();
    assert_eq!(
        (replay.alerts, replay.paged, replay.informed, replay.nobody, replay.last_row, replay.beyond),
        (2000, paged, informed, nobody, last_row, 0)
    );
    assert!([paged, informed, nobody, last_row].iter().all(|it| *it > 100), "{paged} {informed} {nobody} {last_row}");
    assert_eq!(replay.rows.iter().map(|it| it.fired).collect::<Vec<_>>(), fired);
    assert_eq!(replay.outcomes.into_iter().map(|it| (it.ladders, it.alerts)).collect::<BTreeMap<_, _>>(), ladders);
    assert_eq!(replay.kinds.into_iter().map(|it| (it.tags, it.alerts)).collect::<BTreeMap<_, _>>(), kinds);
    let idle: Vec<u32> = replay.rows.iter().filter(|it| it.is_idle()).map(|it| it.route().id.0).collect();
    assert_eq!(idle, [6], "the row on a and x stands below the one on a");
    let Some(Verdict::Shadowed(takers)) = &replay.rows[5].verdict else { panic!("{:?}", replay.rows[5].verdict) };
    assert_eq!(takers.iter().map(|it| it.id.0).collect::<Vec<_>>(), [1]);
}
