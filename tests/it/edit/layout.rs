//! How files are written does not matter, and stays as it is.

use dogwatch::config::Files;
use dogwatch::edit::{self, At, End, Ending, Moment, Place, Which, Wish};
use dogwatch::org::{Holder, Org, Seat, SeatId};
use dogwatch::time::{Instant, parse_instant};
use proptest::prelude::*;

use super::{folder, sound};
use crate::oracle::generate::Random;

const PEOPLE: &str = "ana bo cy dee";

fn files(web: &str) -> Files {
    let people: String = PEOPLE
        .split(' ')
        .map(|it| format!("[{it}]\nname = \"{}\"\nzone = \"Europe/Dublin\"\n", it.to_uppercase()))
        .collect();
    [
        ("org.toml", "zone = \"Europe/Dublin\"\n".to_owned()),
        ("people.toml", people),
        ("services.toml", String::new()),
        ("escalation.toml", "routes = [{ page = \"web\" }]\n".to_owned()),
        ("web.toml", web.to_owned()),
    ]
    .into_iter()
    .collect()
}

/// It is Tuesday, 3 February 2026, 12:00 in Dublin.
fn now() -> Instant {
    parse_instant("2026-02-03T12:00:00Z", &dogwatch::time::Zone::utc()).unwrap()
}

fn web(org: &Org) -> SeatId {
    org.seat_named("web").unwrap()
}

fn after(text: &str, wish: impl Fn(&Org) -> Wish) -> String {
    let files = files(text);
    let org = sound(&files);
    let mut edit =
        edit::edit(&files, &org, &wish(&org), now(), &org.zone).unwrap_or_else(|it| panic!("{it} {:?}", it.hints));
    assert_eq!(edit.files.len(), 1);
    edit.files.remove(0).after
}

fn join(who: &'static str) -> impl Fn(&Org) -> Wish {
    move |org| Wish::Join {
        person: org.person_named(who).unwrap().id,
        seat: web(org),
        layers: Vec::new(),
        place: Place::Last,
        at: At::NextHandoff,
    }
}

fn leave(who: &'static str, at: At) -> impl Fn(&Org) -> Wish {
    move |org| Wish::Leave {
        person: org.person_named(who).unwrap().id,
        rotation: web(org).rotation,
        seat: None,
        layers: Vec::new(),
        at,
    }
}

fn stand_in(org: &Org) -> Wish {
    Wish::Override {
        holder: Holder::Person(org.person_named("cy").unwrap().id),
        instead_of: None,
        seat: web(org),
        from: Moment::Day("2026-02-10".parse().unwrap()),
        end: End::Until(Moment::Local("2026-02-11T09:00:00".parse().unwrap())),
        reason: Some("a \"school\" concert".to_owned()),
        correction: false,
    }
}

const TABLES: &str = r#"# Web
[[layers]]   # the order
people  = [  # who
  "ana",     # leads
  "bo",
]
from    = 2026-01-05  # a Monday
handoff = { every = "week", on = "Mon", at = "10:00" } # weekly

# below
[pagerduty]
family = "layers"
"#;

#[test]
fn a_layer_in_lines_goes_on_as_another() {
    let expected = r#"# Web
[[layers]]   # the order
people  = [  # who
  "ana",     # leads
  "bo",
]
from    = 2026-01-05  # a Monday
until   = 2026-02-09
handoff = { every = "week", on = "Mon", at = "10:00" } # weekly

[[layers]]
people  = [  # who
  "ana",     # leads
  "cy",
  "bo",
]
first   = "bo"
from    = 2026-02-09
handoff = { every = "week", on = "Mon", at = "10:00" }

# below
[pagerduty]
family = "layers"
"#;
    assert_eq!(after(TABLES, join("cy")), expected);
    // As other programs write lines, and with a mark before the first.
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(after(&windows(TABLES), join("cy")), windows(expected));
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(after(&crlf(TABLES), join("cy")), crlf(expected));
}

#[test]
fn layers_within_an_array_go_on_within_it() {
    let lines = r#"layers = [
  { people = ["ana", "bo"], from = 2026-01-05, handoff = { every = "week", on = "Mon", at = "10:00" } }, # from the start
]
"#;
    let expected = r#"layers = [
  { people = ["ana", "bo"], from = 2026-01-05, until = 2026-02-09, handoff = { every = "week", on = "Mon", at = "10:00" } }, # from the start
  { people = ["ana", "cy", "bo"], first = "bo", from = 2026-02-09, handoff = { every = "week", on = "Mon", at = "10:00" } },
]
"#;
    assert_eq!(after(lines, join("cy")), expected);
    let one = r#"layers = [{ people = ["ana", "bo"], from = 2026-01-05, until = 2026-06-01, handoff = { every = "week", on = "Mon", at = "10:00" } }]"#;
    let expected = r#"layers = [{ people = ["ana", "bo"], from = 2026-01-05, until = 2026-02-09, handoff = { every = "week", on = "Mon", at = "10:00" } }, { people = ["bo"], from = 2026-02-09, until = 2026-06-01, handoff = { every = "week", on = "Mon", at = "10:00" } }]"#;
    assert_eq!(after(one, leave("ana", At::NextHandoff)), expected);
    assert_eq!(
        after(lines, stand_in),
        format!(
            "{lines}\n[[overrides]]\nperson = \"cy\"\nfrom   = 2026-02-10\nuntil  = 2026-02-11T09:00:00\nreason = 'a \"school\" concert'\n"
        )
    );
}

#[test]
fn a_handoff_in_a_table_of_its_own_is_copied_as_a_value() {
    let text = "  [[layers]]\n  people = ['ana', 'bo', 'cy']\n  from = 2026-01-05\n  [layers.handoff]\n  every = 'week' # weekly\n  on = 'Mon'\n  at = '10:00'\n[[layers]]\nhours = ['Sat 10:00-12:00']\npeople = ['dee', 'cy']\nfrom = 2026-01-05\nhandoff.every = 'week'\nhandoff.on = 'Mon'\nhandoff.at = '10:00'\n";
    let wish = |org: &Org| match leave("cy", At::Day("2026-02-16".parse().unwrap()))(org) {
        Wish::Leave { person, rotation, seat, at, .. } => {
            Wish::Leave { person, rotation, seat, layers: vec![0, 1], at }
        }
        other => other,
    };
    let expected = "  [[layers]]\n  people = ['ana', 'bo', 'cy']\n  from = 2026-01-05\n  until = 2026-02-16\n  [layers.handoff]\n  every = 'week' # weekly\n  on = 'Mon'\n  at = '10:00'\n\n  [[layers]]\n  people = ['ana', 'bo']\n  from = 2026-02-16\n  handoff = { every = 'week', on = 'Mon', at = '10:00' }\n[[layers]]\nhours = ['Sat 10:00-12:00']\npeople = ['dee', 'cy']\nfrom = 2026-01-05\nuntil = 2026-02-16\nhandoff.every = 'week'\nhandoff.on = 'Mon'\nhandoff.at = '10:00'\n\n[[layers]]\nhours = ['Sat 10:00-12:00']\npeople = ['dee']\nfrom = 2026-02-16\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n";
    assert_eq!(after(text, wish), expected);
}

#[test]
fn a_layer_that_has_not_begun_is_simply_changed() {
    let text = "[[layers]]\npeople  = [\"ana\", \"bo\"]\nfirst   = \"bo\"     # it is her turn\nfrom    = 2026-03-02\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    let expected = text.replace("[\"ana\", \"bo\"]", "[\"ana\", \"cy\", \"bo\"]");
    assert_eq!(after(text, join("cy")), expected);
    let expected =
        text.replace("[\"ana\", \"bo\"]", "[\"ana\"]").replace("first   = \"bo\"     # it is her turn\n", "");
    assert_eq!(after(text, leave("bo", At::NextHandoff)), expected);
}

#[test]
fn a_name_that_stands_twice_begins_the_list() {
    let text = "[[layers]]\npeople  = [\"ana\", \"@nobody\", \"bo\", \"@nobody\"]\nfrom    = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    // The fifth turn, of the week of 2 February, is the first of the list again; the sixth is vacant.
    let expected = "[[layers]]\npeople  = [\"ana\", \"@nobody\", \"bo\", \"@nobody\"]\nfrom    = 2026-01-05\nuntil   = 2026-02-09\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n\n[[layers]]\npeople  = [\"@nobody\", \"bo\", \"@nobody\", \"ana\", \"cy\"]\nfrom    = 2026-02-09\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    assert_eq!(after(text, join("cy")), expected);
}

#[test]
fn in_the_middle_of_a_turn_the_next_one_takes_what_is_left() {
    let text = "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    // The fifth turn is the second of the list.
    let expected = "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2026-01-05\nuntil = 2026-02-03T12:00:00\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n\n[[layers]]\npeople = [\"ana\", \"cy\"]\nfirst = \"cy\"\nfrom = 2026-02-03T12:00:00\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    assert_eq!(after(text, leave("bo", At::Now)), expected);
    // When the round is over: the seventh turn is the list's first again.
    let expected = text.replace("handoff =", "until = 2026-02-16\nhandoff =")
        + "\n[[layers]]\npeople = [\"ana\", \"cy\"]\nfrom = 2026-02-16\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
    assert_eq!(after(text, leave("bo", At::AfterCycle)), expected);
}

#[test]
fn hours_that_are_counted_are_counted_on_from_the_new_layer() {
    // From 10:00 on 5 January every 20 hours: the 36th turn begins 700 hours on, at 14:00 on 3 February.
    let text = |until: &str| {
        format!(
            "[[layers]]\npeople = [\"ana\", \"bo\", \"cy\"]\nfrom = 2026-01-05\n{until}handoff = {{ every = \"20 hours\", at = \"10:00\" }}\n"
        )
    };
    let expected = text("until = 2026-02-03\n")
        + "\n[[layers]]\npeople = [\"ana\", \"cy\"]\nfirst = \"cy\"\nfrom = 2026-02-03\nhandoff = { every = \"20 hours\", at = \"14:00\" }\n";
    assert_eq!(after(&text(""), leave("bo", At::NextHandoff)), expected);
}

#[test]
fn rows_end_and_go_with_the_comment_above_them() {
    let text = r#"[[layers]]
people  = ["ana", "bo"]
from    = 2026-01-05
handoff = { every = "week", on = "Mon", at = "10:00" }

# runs
[[overrides]]
person  = "cy"
from    = 2026-02-02
through = 2026-02-06    # five days

# a section

# to come
[[overrides]]
person  = "dee"
from    = 2026-03-02
through = 2026-03-03

[[shadows]]
person  = "cy"
from    = 2026-02-01
until   = 2026-02-20
"#;
    let end = |line| move |org: &Org| Wish::End { what: Ending::Row(web(org).rotation, line), at: At::NextHandoff };
    let day = |line| {
        move |org: &Org| Wish::End {
            what: Ending::Row(web(org).rotation, line),
            at: At::Day("2026-02-05".parse().unwrap()),
        }
    };
    assert_eq!(
        after(text, end(7)),
        text.replace(
            "from    = 2026-02-02\nthrough = 2026-02-06    # five days\n",
            "from    = 2026-02-02\nuntil   = 2026-02-03T12:00:00\n"
        )
    );
    assert_eq!(
        after(text, end(15)),
        text.replace("# to come\n[[overrides]]\nperson  = \"dee\"\nfrom    = 2026-03-02\nthrough = 2026-03-03\n\n", "")
    );
    assert_eq!(after(text, day(20)), text.replace("until   = 2026-02-20", "until   = 2026-02-05"));
    let gone = |org: &Org| Wish::End { what: Ending::Person(org.person_named("cy").unwrap().id), at: At::Now };
    let found = after(text, gone);
    assert!(found.contains("until   = 2026-02-03T12:00:00\n\n# a section"), "{found}");
    assert!(
        found.ends_with("[[shadows]]\nperson  = \"cy\"\nfrom    = 2026-02-01\nuntil   = 2026-02-03T12:00:00\n"),
        "{found}"
    );
    let all =
        |org: &Org| Wish::End { what: Ending::Rotation(web(org).rotation), at: At::Day("2026-02-16".parse().unwrap()) };
    let expected = text
        .replace("from    = 2026-01-05\n", "from    = 2026-01-05\nuntil   = 2026-02-16\n")
        .replace("# to come\n[[overrides]]\nperson  = \"dee\"\nfrom    = 2026-03-02\nthrough = 2026-03-03\n\n", "")
        .replace("until   = 2026-02-20", "until   = 2026-02-16T10:00:00");
    assert_eq!(after(text, all), expected);
}

/// Every wish that comes to mind, with people and moments at random.
fn wishes(org: &Org, now: Instant, random: &mut Random) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let seats: Vec<SeatId> = org.seats().collect();
    if seats.is_empty() || org.people.is_empty() {
        return wishes;
    }
    for _ in 0..3 {
        let seat = random.pick(&seats);
        let rotation = seat.rotation;
        let mut person = || org.people[random.index(org.people.len())].id;
        let (person, other) = (person(), person());
        let day =
            "2026-02-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(random.below(700).unsigned_abs());
        let ats =
            [At::Now, At::NextHandoff, At::AfterCycle, At::Day(day), At::Local(day.and_hms_opt(2, 30, 0).unwrap())];
        let at = random.pick(&ats);
        let places = [Place::Last, Place::First, Place::After(other)];
        let layers = if random.chance(50) { Vec::new() } else { vec![random.index(3)] };
        let until = End::Through(day + chrono::Days::new(random.below(9).unsigned_abs()));
        let reason = random.chance(50).then(|| "# \"'\\ é \u{202e} ]]\u{1f}".to_owned());
        wishes.push(Wish::Join { person, seat, layers: layers.clone(), place: random.pick(&places), at });
        wishes.push(Wish::Leave { person, rotation, seat: None, layers: layers.clone(), at });
        wishes.push(Wish::Leave { person: other, rotation, seat: Some(Seat::Secondary), layers, at });
        wishes.push(Wish::Swap {
            one: (person, Which::Next),
            other: (other, Which::Day(day)),
            seat,
            reason: reason.clone(),
        });
        wishes.push(Wish::Override {
            holder: Holder::Person(person),
            instead_of: random.chance(50).then_some(other),
            seat,
            from: Moment::Day(day),
            end: until,
            reason: reason.clone(),
            correction: now < Instant::MAX,
        });
        wishes.push(Wish::Shadow { person, with: Some(other), rotation, from: Moment::Day(day), end: until, reason });
        wishes.push(Wish::End { what: Ending::Person(person), at });
        wishes.push(Wish::End { what: Ending::Rotation(rotation), at });
        wishes.push(Wish::End { what: Ending::Row(rotation, random.below(90).unsigned_abs() as u32), at });
    }
    wishes
}

/// A file's text with comments, blanks and line ends strewn in where they mean nothing.
fn strewn(text: &str, random: &mut Random) -> String {
    let newline = if random.chance(30) { "\r\n" } else { "\n" };
    let mut out = if random.chance(20) { "\u{feff}".to_owned() } else { String::new() };
    for line in text.lines() {
        if random.chance(10) {
            out.push_str(random.pick(&["# [[layers]]", "  # people = [\"x\"]", "", "\t"]));
            out.push_str(newline);
        }
        out.push_str(&if random.chance(20) {
            line.replacen(" = ", random.pick(&["=", " =\t", "  =  "]), 1)
        } else {
            line.to_owned()
        });
        if random.chance(20) && !line.contains("'''") {
            out.push_str(random.pick(&[" # until = 1", "\t#\u{202e} \"", " # ]"]));
        }
        out.push_str(newline);
    }
    out
}

/// How much of a file parses to the same as before, row by row: all but one kind of rows.
fn same_elsewhere(before: &str, after: &str) {
    let parse = |text: &str| text.trim_start_matches('\u{feff}').parse::<toml::Table>().unwrap();
    let (before, after) = (parse(before), parse(after));
    for (key, value) in &before {
        match key.as_str() {
            "layers" | "overrides" | "shadows" => {}
            "secondary" => {
                let rest = |value: &toml::Value| {
                    let mut table = value.as_table().unwrap().clone();
                    table.remove("layers");
                    table
                };
                assert_eq!(rest(value), rest(&after[key]));
            }
            _ => assert_eq!(Some(value), after.get(key), "{key}"),
        }
    }
    let known = ["layers", "overrides", "shadows"];
    assert!(after.keys().all(|it| before.contains_key(it) || known.contains(&it.as_str())));
}

/// Lines of comments, in order.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter(|it| it.trim_start().starts_with('#')).collect()
}

fn strew_and_edit(seed: u64) -> (usize, usize) {
    let mut random = Random::new(seed);
    let examples = [
        "rotations",
        "examples/two-people/rotations",
        "examples/business-hours/rotations",
        "examples/follow-the-sun/rotations",
    ];
    let mut files = folder(random.pick(&examples));
    let names: Vec<String> =
        files.names().map(str::to_owned).filter(|it| it.ends_with(".toml") && !it.contains('/')).collect();
    for name in names {
        let text = strewn(files.text(&name).unwrap(), &mut random);
        files.insert(&name, text);
    }
    let org = sound(&files);
    let now = now();
    let (mut made, mut refused) = (0, 0);
    for wish in wishes(&org, now, &mut random) {
        match edit::edit(&files, &org, &wish, now, &org.zone) {
            Ok(edit) => {
                made += 1;
                for file in &edit.files {
                    same_elsewhere(&file.before, &file.after);
                    let newline = |text: &str| text.matches("\r\n").count() == text.matches('\n').count();
                    assert_eq!(newline(&file.before), newline(&file.after), "{wish:?}\n{}", file.after);
                    assert_eq!(file.before.starts_with('\u{feff}'), file.after.starts_with('\u{feff}'));
                    if !matches!(wish, Wish::End { .. }) {
                        assert_eq!(comments(&file.before), comments(&file.after), "{wish:?}");
                    }
                }
            }
            Err(refusal) => {
                refused += 1;
                assert!(!refusal.message.is_empty());
            }
        }
    }
    (made, refused)
}

#[test]
fn however_a_file_is_laid_out_the_rest_of_it_stays() {
    let (mut made, mut refused) = (0, 0);
    for seed in 0..super::effort(4) {
        let (some, none) = strew_and_edit(seed);
        made += some;
        refused += none;
    }
    println!("{made} edits of strewn files, {refused} refused");
    assert!(made >= 20, "{made} of {}", made + refused);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Files that a mistake has crept into: no edit panics, and what is edited is sound.
    #[test]
    fn no_file_makes_an_edit_panic(seed in any::<u64>(), at in 0.0..1.0_f64, what in "[\\[\\]{}=,\"'#\n\ra-z0-9 -]{0,4}", cut in 0_usize..6) {
        let text = TABLES.replace("# below", "[secondary]\nfollow = 1\n[[overrides]]\nperson = 'cy'\nfrom = 2026-03-01\nthrough = 2026-03-02\n");
        let mut place = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(place) { place -= 1; }
        let mut end = (place + cut).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        let bent = format!("{}{what}{}", &text[..place], &text[end..]);
        let files = files(&bent);
        if let Some(org) = dogwatch::config::read(&files).0 {
            for wish in wishes(&org, now(), &mut Random::new(seed)) {
                if let Ok(edit) = edit::edit(&files, &org, &wish, now(), &org.zone) {
                    for file in &edit.files {
                        same_elsewhere(&file.before, &file.after);
                    }
                }
            }
        }
    }
}
