//! Every rule of `check`: a file that breaks it, and one that just does not.

use dogwatch::check;
use dogwatch::config::{self, Files};
use dogwatch::time::{Zone, parse_instant};

/// The rules that find something in a rotation with these layers, as `rule: message`, on Monday 2026-02-02.
fn found(layers: &str) -> Vec<String> {
    let person = |key: char| format!("[{key}]\nname = '{key}'\nzone = 'Europe/Dublin'\n");
    let people: String = ('a'..='h').map(person).collect();
    let files: Files = [
        ("org.toml", "zone = 'Europe/Dublin'\nholidays = { ie = [2026-03-17, 2026-05-04] }\n".to_owned()),
        ("people.toml", people),
        ("web.toml", layers.to_owned()),
    ]
    .into_iter()
    .collect();
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    let now = parse_instant("2026-02-02T12:00:00Z", &Zone::utc()).unwrap();
    let findings = check::findings(&org.unwrap(), now).unwrap();
    findings.iter().map(|it| format!("{}: {} ({})", it.rule, it.message, it.source)).collect()
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
    let message = "starvation: 2 of 7 in web are never on call: \
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
    let message = "starvation: 1 of 2 in web are never on call: \
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
