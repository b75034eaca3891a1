//! Every rule of `check`: a file that breaks it, and one that just does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dogwatch::check::{self, Finding, Level};
use dogwatch::config::{self, Files, Severity};
use dogwatch::export::text;
use dogwatch::org::Org;
use dogwatch::time::{Instant, Span, Zone, parse_instant};

use crate::sections::sections;

const ORG: &str = "zone = 'Europe/Dublin'\nholidays = { ie = [2026-03-17, 2026-05-04] }\n";

/// Ten people, `a` to `j`, all in Dublin; what follows a letter goes into that person's table.
fn people(more: &[(char, &str)]) -> String {
    let extra = |key: char| more.iter().find(|(it, _)| *it == key).map_or("", |(_, text)| text);
    ('a'..='j').map(|it| format!("[{it}]\nname = '{it}'\nzone = 'Europe/Dublin'\n{}\n", extra(it))).collect()
}

/// What one rule finds in files, as messages with their places, over 90 days from Monday 2026-02-02, 12:00.
fn rule(name: &str, files: &[(&str, String)]) -> Vec<String> {
    let mut all: Vec<(String, String)> = vec![("org.toml".into(), ORG.into()), ("people.toml".into(), people(&[]))];
    for (name, text) in files {
        all.retain(|(it, _)| it != name);
        all.push(((*name).to_owned(), text.clone()));
    }
    let files: Files = all.into_iter().collect();
    let (org, mut diagnostics) = config::read(&files);
    diagnostics.retain(|it| it.severity == Severity::Error);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    let zone = Zone::named("Europe/Dublin").unwrap();
    let at = |text| parse_instant(text, &zone).unwrap();
    let horizon = Span::new(at("2026-02-02T12:00"), at("2026-05-03T12:00")).unwrap();
    let findings = check::findings(&org.unwrap(), horizon, &zone).unwrap();
    let found = findings.iter().filter(|it| it.rule == name);
    found.map(|it| format!("{} ({})", it.message, it.source)).collect()
}

/// Letters who take turns of a week, from Monday 2026-01-05, 10:00.
fn weekly(letters: &str) -> String {
    let people: Vec<String> = letters.chars().map(|it| format!("'{it}'")).collect();
    let handoff = "{ every = 'week', on = 'Mon', at = '10:00' }";
    format!("[[layers]]\npeople = [{}]\nfrom = 2026-01-05\nhandoff = {handoff}\n", people.join(", "))
}

fn found(layers: &str) -> Vec<String> {
    rule("starvation", &[("web.toml", layers.to_owned())])
}

#[test]
fn gap() {
    let promise = |layers: &str| [("web.toml", format!("coverage = ['24x7']\n{layers}"))];
    let ends = weekly("abcd").replace("handoff =", "until = 2026-04-27\nhandoff =");
    let message = "web is held by nobody from Mon 2026-04-27 10:00 IST to Sun 2026-05-03 12:00 IST (web.toml:1)";
    assert_eq!(rule("gap", &promise(&ends)), [message]);
    let ends_later = ends.replace("2026-04-27", "2026-05-04");
    assert_eq!(rule("gap", &promise(&ends_later)), [""; 0]);
    // By day only: twelve hours missing each night, ninety nights.
    let by_day = weekly("abcd").replace("handoff =", "hours = ['Mon-Sun 08:00-20:00']\nhandoff =");
    let message = "web is held by nobody from Mon 2026-02-02 20:00 GMT to Tue 2026-02-03 08:00 GMT, \
                   the first of 90 times, 1079 h in all (web.toml:1)";
    assert_eq!(rule("gap", &promise(&by_day)), [message], "one night has an hour less");
    // The second half past one of that night is written with its offset.
    let autumn = ends.replace("2026-04-27", "2026-10-25T01:30:00Z");
    let files: Files = [
        ("org.toml".to_owned(), ORG.to_owned()),
        ("people.toml".to_owned(), people(&[])),
        ("web.toml".to_owned(), format!("coverage = ['24x7']\n{autumn}")),
    ]
    .into_iter()
    .collect();
    let org = config::read(&files).0.unwrap();
    let at = |text| parse_instant(text, &org.zone).unwrap();
    let findings = check::findings(&org, Span::new(at("2026-10-01"), at("2026-10-26")).unwrap(), &org.zone).unwrap();
    let cure = "somebody holds these hours, or they are not promised; in web.toml:\n[[overrides]]\nperson = \"…\"\n\
                from   = 2026-10-25T01:30:00Z\nuntil  = 2026-10-26T00:00:00";
    assert_eq!(findings.iter().find(|it| it.rule == "gap").unwrap().cure, cure);
    // Vacant on purpose is no gap.
    let vacant = format!("{ends}[[overrides]]\nperson = '@nobody'\nfrom = 2026-04-27\nuntil = 2027-01-01\n");
    assert_eq!(rule("gap", &promise(&vacant)), [""; 0]);
}

#[test]
fn nobody_at_once() {
    // Nobody at night, which is ninety times twelve hours less one in March.
    let by_day = weekly("abcd").replace("handoff =", "hours = ['Mon-Sun 08:00-20:00']\nhandoff =");
    let files = |escalation: &str| [("web.toml", by_day.clone()), ("escalation.toml", escalation.to_owned())];
    let night = "from Mon 2026-02-02 20:00 GMT to Tue 2026-02-03 08:00 GMT, the first of 90 times, 1079 h in all";
    let found = |escalation: &str| rule("nobody-at-once", &files(escalation));
    let message =
        |of: &str| [format!("the ladder from web pages nobody if an alert opens {night}{of} (escalation.toml:1)")];
    let sometimes = "escalations = [{ from = 'web', after = '5m', to = '@a', when = { cause = 'db' } }]";
    assert_eq!(found("routes = [{ page = 'web' }]"), message(""));
    assert_eq!(found(&format!("routes = [{{ page = 'web' }}]\n{sometimes}")), message(""), "whatever has no cause");
    // The only alerts that come this way are those for which somebody follows.
    let others = |first: &str| format!("routes = [{first}, {{ page = '@b' }}]\n{sometimes}");
    assert_eq!(found(&others("{ when = { cause = 'db' }, page = 'web' }")), [""; 0]);
    let message_with = |tags: &str| message(&format!(", such as one that carries {tags}"));
    assert_eq!(found(&others("{ when = { cause = 'd*' }, page = 'web' }")), message_with("cause=d"));
    // Those that a route above takes do not come.
    let above = "{ when = { cause = 'd' }, notify = '#d' }, { when = { cause = 'd*' }, page = 'web' }";
    assert_eq!(
        found(&others(above)),
        [format!(
            "the ladder from web pages nobody if an alert opens {night}, such as one that carries cause=dd (escalation.toml:1)"
        )]
    );
    let above = "{ when = { cause = 'd' }, notify = '#d' }, { when = { cause = 'd' }, page = 'web' }";
    assert_eq!(found(&others(above)), [""; 0], "nothing comes");
    // Nor do those that a finer route takes.
    let finer = |when: &str| {
        others(&format!("{{ when = {{ cause = 'd*' }}, page = 'web', routes = [{{ {when} page = '@c' }}] }}"))
    };
    assert_eq!(found(&finer("when = { cause = 'd' },")), message_with("cause=dd"));
    assert_eq!(found(&finer("")), [""; 0]);
    // By the hours of the routes: by night the upper route takes all.
    let hours = "{ hours = ['Mon-Sun 20:00-08:00'], page = '@b' }, { page = 'web' }";
    assert_eq!(found(&format!("routes = [{hours}]")), [""; 0]);
    let hours = hours.replace("08:00'", "07:59'");
    let minute = "from Tue 2026-02-03 07:59 GMT to Tue 2026-02-03 08:00 GMT, the first of 90 times, 1.5 h in all";
    assert_eq!(
        found(&format!("routes = [{hours}]")),
        [format!("the ladder from web pages nobody if an alert opens {minute} (escalation.toml:1)")]
    );
}

#[test]
fn what_cannot_be_told_is_said() {
    let by_day = weekly("abcd").replace("handoff =", "hours = ['Mon-Sun 08:00-20:00']\nhandoff =");
    let files = |escalation: String| [("web.toml", by_day.clone()), ("escalation.toml", escalation)];
    let route =
        |cause: &str| format!("routes = [{{ when = {{ cause = {cause} }}, page = 'web' }}, {{ page = '@b' }}]\n");
    let escalations = "escalations = [{ from = 'web', after = '5m', to = '@a', when = { cause = 'db' } }]\n";
    // By day it is one person, by night nobody.
    let undecided = "undecided: the ladder from web pages too few if an alert opens from Mon 2026-02-02 12:00 GMT to \
                     Sun 2026-05-03 12:00 IST, and it could not be told whether one can come that way then \
                     (escalation.toml:1)";
    assert_eq!(rule("nobody-at-once", &files(route("'/x+/'") + escalations)), [undecided]);
    assert_eq!(rule("nobody-at-once", &files(route("['/x+/', 'xx']") + escalations)).len(), 1);
    assert_eq!(
        rule("nobody-at-once", &files(route("['/db|d+b/']").replace("page = 'web'", "page = '@c'") + escalations)),
        [""; 0]
    );
    // Nine tags, five hundred and twelve ladders.
    let nine: Vec<String> = ('a'..='i')
        .map(|it| format!("{{ from = 'web', after = '5m', to = '@{it}', when = {{ {it} = '1' }} }}"))
        .collect();
    let many = format!("routes = [{{ page = 'web' }}]\nescalations = [{}]\n", nine.join(", "));
    let undecided = "undecided: the escalations after web ask for so much that not every ladder was looked at \
                     (escalation.toml:1)";
    let found = rule("nobody-at-once", &files(many));
    assert_eq!(found.last().unwrap(), undecided);
}

#[test]
fn answer_within_reads_seats_when_their_rungs_fire() {
    // A week each: on Monday at 10:00 b follows a, and so on. The second rung is the same seat's second.
    let follow = "[secondary]\nfollow = 1\n";
    let ladder = "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '15m', to = 'web.secondary' }]\n";
    let files = |more: &str| [("web.toml", weekly("ab") + follow), ("escalation.toml", format!("{more}{ladder}"))];
    // Who opens at 09:45 or later meets a, and 15 minutes later a again, who has become the second.
    let message = "the ladder from web pages only a within 30m if an alert opens from Mon 2026-02-09 09:45 GMT to \
                   Mon 2026-02-09 10:00 GMT, the first of 12 times, 3 h in all (escalation.toml:1)";
    assert_eq!(rule("answer-within", &files("")), [message]);
    // Climbed again at once, b holds the first seat by then: the rung that was empty took no time.
    assert_eq!(rule("answer-within", &files("repeat = { times = 1, after = '16m' }\n")), [""; 0]);
    // An opening just before the horizon ends is climbed beyond it: Sunday, 3 May, 12:00, is before no handoff.
    let noon = files("")
        .map(|(name, text)| (name, text.replace("10:00", "12:00").replace("'Mon'", "'Sun'").replace("01-05", "01-04")));
    let found = rule("answer-within", &noon);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("the first of 13 times, 3.25 h in all"), "{found:?}");
}

#[test]
fn dead_end() {
    let files = |escalations: &str| {
        let escalation = format!("routes = [{{ page = 'web' }}]\nescalations = [{escalations}]\n");
        [("web.toml", weekly("abcd")), ("app.toml", weekly("efgh")), ("escalation.toml", escalation)]
    };
    let message = "a route pages web, and nobody follows (escalation.toml:1)";
    assert_eq!(rule("dead-end", &files("")), [message]);
    let on = "{ from = 'web', after = '5m', to = 'app' }";
    let message = "the way web → app ends there, and nobody follows (escalation.toml:2)";
    assert_eq!(rule("dead-end", &files(on)), [message]);
    assert_eq!(rule("dead-end", &files(&format!("{on}, {{ from = 'app', after = '5m', to = '@a' }}"))), [""; 0]);
    assert_eq!(rule("dead-end", &files(&format!("{on}, {{ from = 'app', after = '5m', to = '@nobody' }}"))), [""; 0]);
    // A person earlier on the ladder is not its end.
    let person_first = format!("{{ from = 'web', after = '1m', to = '@a' }}, {on}");
    assert_eq!(rule("dead-end", &files(&person_first)), [message]);
    // A way that only some alerts take is walked as well.
    let sometimes =
        "{ from = 'web', after = '5m', to = '@a' }, { from = 'web', after = '9m', to = 'app', when = { x = '1' } }";
    assert_eq!(rule("dead-end", &files(sometimes)), [message]);
}

#[test]
fn unreachable_rotation() {
    let files = |escalation: &str| {
        [("web.toml", weekly("abcd")), ("app.toml", weekly("efgh")), ("escalation.toml", escalation.to_owned())]
    };
    let message = "nothing pages app: no route and no escalation leads there (app.toml:1)";
    assert_eq!(rule("unreachable-rotation", &files("routes = [{ page = 'web' }]")), [message]);
    let on =
        "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = 'app', when = { x = '1' } }]";
    assert_eq!(rule("unreachable-rotation", &files(on)), [""; 0]);
    assert_eq!(rule("unreachable-rotation", &[("web.toml", weekly("abcd"))]), [""; 0], "no routes at all");
}

#[test]
fn time_off() {
    // a has the week from 2 February, b that from the 9th.
    let files = |off: &str| [("web.toml", weekly("abcd")), ("people.toml", people(&[('b', off)]))];
    let clash = "off = [{ from = 2026-02-08, through = 2026-02-09, note = 'skiing' }]";
    let message = "b holds web from Mon 2026-02-09 10:00 GMT to Tue 2026-02-10 00:00 GMT, and is away (skiing) \
                   (people.toml:5)";
    assert_eq!(rule("time-off", &files(clash)), [message]);
    assert_eq!(rule("time-off", &files("off = [{ from = 2026-02-08, until = 2026-02-09T10:00:00 }]")), [""; 0]);
    let covered = weekly("abcd") + "[[overrides]]\nperson = 'c'\nfor = 'b'\nfrom = 2026-02-09\nuntil = 2026-02-10\n";
    let files = [("web.toml", covered), ("people.toml", people(&[('b', clash)]))];
    assert_eq!(rule("time-off", &files), [""; 0]);
    // Who stands in is away, in the other seat.
    let second = "[secondary]\nfollow = 1\n[[overrides]]\nperson = 'b'\nseat = 'secondary'\nfrom = 2026-02-17\nuntil = 2026-02-18\n";
    let off = "off = [{ from = 2026-02-17, through = 2026-02-17 }]";
    let files = [("web.toml", weekly("abcd") + second), ("people.toml", people(&[('b', off)]))];
    let message =
        "b holds web.secondary from Tue 2026-02-17 00:00 GMT to Wed 2026-02-18 00:00 GMT, and is away (people.toml:5)";
    assert_eq!(rule("time-off", &files), [message]);
    // Everybody of a layer at once, and whom a ladder names.
    let together = weekly("ab").replace("handoff =", "together = true\nhandoff =");
    let ladder = "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = '@j' }]\n";
    let off = "off = [{ from = 2026-04-30, through = 2026-05-01 }]";
    let files = [
        ("web.toml", together),
        ("people.toml", people(&[('b', off), ('j', off)])),
        ("escalation.toml", ladder.to_owned()),
    ];
    let span = "from Thu 2026-04-30 00:00 IST to Sat 2026-05-02 00:00 IST";
    let expected = [
        format!("b holds web {span}, and is away (people.toml:5)"),
        format!("j stands on a ladder, after web, and is away {span} (escalation.toml:2)"),
    ];
    assert_eq!(rule("time-off", &files), expected);
}

#[test]
fn both_primaries() {
    let files = |app: &str, limits: &str| {
        [("web.toml", weekly("abcd")), ("app.toml", weekly(app)), ("org.toml", format!("{ORG}{limits}"))]
    };
    // Turn 5, from 9 February, is b's in web; among `efbg` turn 6 is b's, from the 16th.
    assert_eq!(rule("both-primaries", &files("efbg", "")), [""; 0]);
    let message = "b holds app and web at once from Mon 2026-02-09 10:00 GMT to Mon 2026-02-16 10:00 GMT, \
                   the first of 3 times, 504 h in all (web.toml:1)";
    assert_eq!(rule("both-primaries", &files("ebfg", "")), [message]);
    let allowed = "[limits]\nboth-allowed = [['web', 'app']]\n";
    assert_eq!(rule("both-primaries", &files("ebfg", allowed)), [""; 0]);
}

#[test]
fn both_seats() {
    let follow = |places: u32| [("web.toml", format!("{}[secondary]\nfollow = {places}\n", weekly("abcd")))];
    assert_eq!(rule("both-seats", &follow(1)), [""; 0]);
    assert_eq!(rule("both-seats", &follow(3)), [""; 0]);
    let message = "a holds both seats of web from Mon 2026-02-02 12:00 GMT to Mon 2026-02-09 10:00 GMT, \
                   the first of 13 times, 2159 h in all (web.toml:1)";
    assert_eq!(rule("both-seats", &follow(4)), [message], "ninety days, less the hour in March");
    // An override is not copied to the other seat.
    let swap = "[[overrides]]\nperson = 'b'\nfor = 'a'\nfrom = 2026-02-03\nuntil = 2026-02-04\n";
    let files = [("web.toml", format!("{}[secondary]\nfollow = 1\n{swap}", weekly("abcd")))];
    let message = "b holds both seats of web from Tue 2026-02-03 00:00 GMT to Wed 2026-02-04 00:00 GMT (web.toml:1)";
    assert_eq!(rule("both-seats", &files), [message]);
}

#[test]
fn min_rest() {
    let daily = |until: &str| {
        let hours = format!("hours = ['Mon-Sun 08:00-{until}']\nhandoff = {{ every = 'day', at = '08:00' }}\n");
        [("web.toml", format!("[[layers]]\npeople = ['a']\nfrom = 2026-01-05\n{hours}"))]
    };
    // From 20:00 to 08:00, but for the night in March that has an hour less.
    assert_eq!(rule("min-rest", &daily("20:00")), [""; 0]);
    let message = "a has 10 h of rest before web at Sun 2026-03-29 08:00 IST, less than 11h (web.toml:1)";
    assert_eq!(rule("min-rest", &daily("21:00")), [message]);
    // Shifts that touch are one.
    assert_eq!(rule("min-rest", &[("web.toml", weekly("aab"))]), [""; 0]);
}

#[test]
fn max_share() {
    // Twelve weeks: three people have four each, a third; four have three each, a quarter.
    let files = |letters: &str| [("web.toml", weekly(letters))];
    let found = rule("max-share", &files("abc"));
    let message =
        "a is primary for 33.3 % of the 12 weeks from Mon 2026-02-02 12:00 GMT, more than 30.0 % (web.toml:1)";
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], message);
    assert_eq!(rule("max-share", &files("abcd")), [""; 0]);
    let off = format!("{ORG}[limits]\nmax-share = false\n");
    assert_eq!(rule("max-share", &[("web.toml", weekly("abc")), ("org.toml", off)]), [""; 0]);
}

#[test]
fn min_people() {
    let files = |letters: &str| [("web.toml", weekly(letters))];
    let message = "web has 3 people in its primary seat, fewer than 4 (web.toml:1)";
    assert_eq!(rule("min-people", &files("abca")), [message]);
    assert_eq!(rule("min-people", &files("abcd")), [""; 0]);
    // Who covers counts as well.
    let covering = weekly("efgh").replace("handoff =", "hours = ['Sat,Sun 00:00-24:00']\nhandoff =");
    assert_eq!(rule("min-people", &[("web.toml", weekly("ab") + &covering)]), [""; 0]);
    let off = format!("{ORG}[limits]\nmin-people = 3\n");
    assert_eq!(rule("min-people", &[("web.toml", weekly("abc")), ("org.toml", off)]), [""; 0]);
}

#[test]
fn useless_override() {
    let with = |row: &str| [("web.toml", format!("{}[[overrides]]\n{row}\n", weekly("abcd")))];
    // The week from 9 February is b's.
    assert_eq!(
        rule("useless-override", &with("person = 'd'\nfor = 'b'\nfrom = 2026-02-10\nuntil = 2026-02-11")),
        [""; 0]
    );
    let message = "the override d for c in web changes nothing \
                   from Tue 2026-02-10 00:00 GMT to Wed 2026-02-11 00:00 GMT (web.toml:5)";
    assert_eq!(
        rule("useless-override", &with("person = 'd'\nfor = 'c'\nfrom = 2026-02-10\nuntil = 2026-02-11")),
        [message]
    );
    let covered = "person = 'd'\nfrom = 2026-02-10\nuntil = 2026-02-11\n\
                   [[overrides]]\nperson = 'c'\nfrom = 2026-02-09\nuntil = 2026-02-12";
    let message = "the override d in web changes nothing \
                   from Tue 2026-02-10 00:00 GMT to Wed 2026-02-11 00:00 GMT (web.toml:5)";
    assert_eq!(rule("useless-override", &with(covered)), [message]);
}

fn weekdays(people: &str, handoff: &str) -> String {
    let people: Vec<String> = people.chars().map(|it| format!("'{it}'")).collect();
    let people = people.join(", ");
    format!(
        "[[layers]]\npeople = [{people}]\nfrom = 2026-01-05\nhandoff = {handoff}\nhours = ['Mon-Fri 09:00-17:00']\n"
    )
}

const DAILY: &str = "{ every = 'day', at = '09:00' }";
const WEEKDAYS: &str = "{ every = 'week', on = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], at = '09:00' }";

#[test]
fn starvation_of_seven_people_with_daily_turns_on_weekdays() {
    // Monday is a's: Saturday is f's, Sunday g's.
    let message = "2 of 7 in web are never on call: \
                   all their turns fall outside of the hours: f, g (web.toml:1)";
    assert_eq!(found(&weekdays("abcdefg", DAILY)), [message]);
}

#[test]
fn no_starvation_of_six_or_eight_or_with_turns_on_weekdays_only() {
    assert_eq!(found(&weekdays("abcdef", DAILY)), [""; 0]);
    assert_eq!(found(&weekdays("abcdefgh", DAILY)), [""; 0]);
    assert_eq!(found(&weekdays("abcdefg", WEEKDAYS)), [""; 0]);
}

#[test]
fn starvation_by_turns_of_half_a_day() {
    // Two people, a turn from 08:00 and one from 20:00: b only has nights, which are outside of the hours.
    let halves = "{ every = 'day', at = ['08:00', '20:00'] }";
    let message = "1 of 2 in web are never on call: \
                   all their turns fall outside of the hours: b (web.toml:1)";
    assert_eq!(found(&weekdays("ab", halves)), [message]);
    assert_eq!(found(&weekdays("abc", halves)), [""; 0]);
}

#[test]
fn no_starvation_by_holidays_which_come_when_they_come() {
    let base =
        "[[layers]]\npeople = ['a', 'b']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '09:00' }\n";
    let holidays = "[[layers]]\npeople = ['c', 'd', 'e']\nfrom = 2026-01-05\nhours = ['holidays']\n\
                    handoff = { every = 'week', on = 'Mon', at = '09:00' }\n";
    assert_eq!(found(&format!("{base}{holidays}")), [""; 0]);
}

/// One file of `tests/cases/findings/`: a sentence, the files that matter, and after `-- expected --` all that its rule finds.
struct Case {
    rule: String,
    head: String,
    expected: Option<String>,
}

const EXPECTED: &str = "-- expected --\n";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/findings")
}

impl Case {
    fn read(name: &str) -> Case {
        let text = fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (head, expected) = match text.split_once(EXPECTED) {
            Some((head, expected)) => (head.to_owned(), Some(expected.to_owned())),
            None => (text, None),
        };
        let rule = name.split('.').next().unwrap().to_owned();
        Case { rule, head, expected }
    }

    /// Everything that is found in its files and those of `base`, from Monday 2026-02-02, 12:00.
    fn findings(&self, base: &Case) -> Vec<Finding> {
        let files = |it: &Case| sections(&it.head).into_iter().map(|it| (it.name, it.text)).collect::<BTreeMap<_, _>>();
        let mut all = files(base);
        all.extend(files(self));
        let files: Files = all.into_iter().collect();
        let (org, mut diagnostics) = config::read(&files);
        diagnostics.retain(|it| it.severity == Severity::Error);
        assert_eq!(config::render(&diagnostics, &files, false), "", "{}", self.rule);
        let zone = Zone::named("Europe/Dublin").unwrap();
        let at = |text| parse_instant(text, &zone).unwrap();
        let horizon = Span::new(at("2026-02-02T12:00"), at("2026-05-03T12:00")).unwrap();
        check::findings(&org.unwrap(), horizon, &zone).unwrap()
    }

    /// Those of its own rule, as a terminal without colour shows them.
    fn told(&self, base: &Case) -> String {
        let mut findings = self.findings(base);
        findings.retain(|it| it.rule == self.rule);
        anstream::adapter::strip_str(&text::findings(&findings)).to_string()
    }
}

#[test]
fn every_rule_has_a_file_that_breaks_it_and_one_that_just_does_not() {
    let bless = std::env::var_os("DOGWATCH_BLESS").is_some();
    let base = Case::read("base.txt");
    assert_eq!(base.findings(&base), [], "nothing is wrong with base.txt");
    let mut seen = vec!["base.txt".to_owned()];
    let mut wrong = Vec::new();
    for (rule, _) in check::rules() {
        let [breaks, holds] = ["breaks", "holds"].map(|it| format!("{rule}.{it}.txt"));
        let (broken, held) = (Case::read(&breaks), Case::read(&holds));
        for (name, case) in [(&breaks, &broken), (&holds, &held)] {
            let told = case.told(&base);
            if bless {
                fs::write(folder().join(name), format!("{}{EXPECTED}{}\n", case.head, told.trim_end())).unwrap();
            } else if case.expected.as_deref().map(str::trim_end) != Some(told.trim_end()) {
                wrong.push(format!("{name}:\n{told}"));
            }
        }
        assert_ne!(broken.told(&base), "nothing found\n", "{breaks} breaks nothing");
        assert_eq!(held.told(&base), "nothing found\n", "{holds} breaks its rule");
        // Only what makes the difference differs.
        let (left, right): (Vec<&str>, Vec<&str>) = (broken.head.lines().collect(), held.head.lines().collect());
        let differing = left.iter().zip(&right).filter(|(left, right)| left != right).count();
        assert!(left.len() == right.len() && differing == 1, "{rule}: the two files differ in one line");
        seen.extend([breaks, holds]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut there: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    seen.sort();
    assert_eq!(there, seen, "every file belongs to a rule");
}

/// Rules whose cure is a decision, and cannot be pasted.
const DECISIONS: [&str; 7] =
    ["changeover", "gone", "shadowed-route", "starvation", "undecided-route", "unreachable-route", "useless-override"];

#[test]
fn every_cure_that_can_be_pasted_cures() {
    let base = Case::read("base.txt");
    for (rule, _) in check::rules().filter(|(rule, _)| !DECISIONS.contains(rule)) {
        let case = Case::read(&format!("{rule}.breaks.txt"));
        let all = case.findings(&base);
        let found = all.iter().find(|it| it.rule == rule).unwrap();
        let (_, blocks) =
            found.cure.split_once('\n').unwrap_or_else(|| panic!("{rule}: nothing to paste: {}", found.cure));
        let mut blocks: Vec<String> = blocks.split("\n# ").map(str::to_owned).collect();
        // After a comment comes what stands below it.
        blocks[1..].iter_mut().for_each(|it| *it = it.split_once('\n').unwrap().1.to_owned());
        for block in blocks {
            let cured = Case { head: pasted(&case, &base, &block), ..Case::read(&format!("{rule}.breaks.txt")) };
            let again: Vec<String> = cured.findings(&base).into_iter().map(|it| it.message).collect();
            assert!(!again.contains(&found.message), "{rule} is not cured by\n{block}\nin\n{}", cured.head);
        }
    }
}

/// The files of a case with what a cure says put where it says.
fn pasted(case: &Case, base: &Case, block: &str) -> String {
    let block = block.replace('…', "hugo");
    let text = |name: &str| {
        let of = |it: &Case| sections(&it.head).into_iter().find(|it| it.name == name).map(|it| it.text);
        of(case).or_else(|| of(base)).unwrap()
    };
    let rows = |name: &str, key: &str| text(name).replace(&format!("{key} = [\n"), &format!("{key} = [\n  {block}\n"));
    let (name, text) = match block.split([' ', '\n']).next().unwrap() {
        "[[overrides]]" => ("web.toml", text("web.toml") + "\n" + &block + "\n"),
        "[limits]" => {
            let org = text("org.toml");
            ("org.toml", org.split("[limits]").next().unwrap().to_owned() + &block + "\n")
        }
        "{" if block.starts_with("{ from") => ("escalation.toml", rows("escalation.toml", "escalations")),
        "{" => ("escalation.toml", rows("escalation.toml", "routes")),
        // Lines that replace those of the same keys, from the end: the row at fault is the last one.
        _ => {
            let mut lines: Vec<String> = text("web.toml").lines().map(str::to_owned).collect();
            for new in block.lines() {
                let key = new.split('=').next().unwrap().trim();
                let old = lines.iter_mut().rev().find(|it| it.split('=').next().unwrap().trim() == key).unwrap();
                new.clone_into(old);
            }
            ("web.toml", lines.join("\n") + "\n")
        }
    };
    // A file that is given twice is the later one.
    format!("{}\n-- {name} --\n{text}", case.head)
}

#[test]
fn every_page_is_of_one_form() {
    for (rule, line) in check::rules() {
        let page = check::explain(rule).unwrap();
        assert!(line.starts_with(&format!("{rule}: ")) && !line.ends_with('.'), "{rule}: its first line names it");
        assert!(page.lines().nth(1) == Some("") && page.ends_with('\n'), "{rule}: an empty line follows");
        assert!(page.contains("\n\nCure: "), "{rule}: a cure");
        assert!(page.lines().all(|it| it.len() <= 132), "{rule}: lines that fit");
    }
}

/// The rules that find something in the reference organisation, in the ninety days from an instant.
fn broken_rules(org: &Org, now: Instant) -> Vec<&'static str> {
    let end = org.zone.civil(now).checked_add_days(chrono::Days::new(90)).unwrap();
    let horizon = Span::new(now, org.zone.resolve(end)).unwrap();
    let findings = check::findings(org, horizon, &org.zone).unwrap();
    findings.iter().filter(|it| it.level == Level::Finding).map(|it| it.rule).collect()
}

#[test]
fn nothing_is_wrong_with_the_reference_organisation() {
    let files = Files::load(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rotations")).unwrap();
    let org = config::read(&files).0.unwrap();
    // From the first week in which all have begun: when they split, in summer, at each clock change, and years later.
    for day in [
        "2017-06-12",
        "2017-08-07",
        "2017-09-01",
        "2017-10-01",
        "2017-11-04",
        "2018-03-10",
        "2018-03-31",
        "2019-01-01",
        "2025-12-31",
        "2026-03-07",
        "2026-07-01",
        "2026-10-24",
        "2026-11-24",
        "2027-01-28",
        "2030-02-28",
    ] {
        let now = parse_instant(day, &org.zone).unwrap();
        assert_eq!(broken_rules(&org, now), [""; 0], "on {day}");
    }
    // And today: the design says so, and it is the one test that asks the clock.
    let today = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let today = Instant::from_unix(i64::try_from(today.as_secs()).unwrap());
    assert_eq!(broken_rules(&org, today), [""; 0], "today, {today}");
}
