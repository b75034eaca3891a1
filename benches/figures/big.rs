//! A large organisation from a seed, as Dogwatch's files and as the same routes for Alertmanager.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How many rotation files there are.
pub const ROTATIONS: usize = 1_000;
/// How many routes.
pub const ROUTES: usize = 10_000;
/// How many of the rotations stand behind all others.
const GENERALISTS: usize = 20;
/// People of a rotation; nobody sits in two.
const PEOPLE: usize = 6;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % bound as u64) as usize
    }
}

/// Writes `rotations/` and `alertmanager.yml` into a folder.
pub fn write(folder: &Path, zones: &[&str]) -> std::io::Result<()> {
    let rotations = folder.join("rotations");
    fs::create_dir_all(&rotations)?;
    let random = &mut Random(2017);
    fs::write(rotations.join("org.toml"), "zone = \"Etc/UTC\"\n\n[limits]\nmin-rest = \"8h\"\n")?;
    fs::write(rotations.join("people.toml"), people(zones, random))?;
    fs::write(rotations.join("services.toml"), "[svc-0]\ntags = { tier = \"core\" }\n")?;
    for number in 0..ROTATIONS {
        fs::write(rotations.join(format!("{}.toml", key(number))), rotation(number, zones, random))?;
    }
    let routes: Vec<Route> = (0..ROUTES - 1).map(|it| Route::number(it, random)).collect();
    fs::write(rotations.join("escalation.toml"), escalation(&routes))?;
    fs::write(folder.join("alertmanager.yml"), alertmanager(&routes))
}

fn key(rotation: usize) -> String {
    format!("team-{rotation:04}")
}

fn people(zones: &[&str], random: &mut Random) -> String {
    let mut text = "[boss]\nname = \"Boss\"\nzone = \"Europe/Dublin\"\n".to_owned();
    for person in 0..ROTATIONS * PEOPLE {
        let zone = zones[random.below(zones.len())];
        let _ = write!(
            text,
            "[p{person}]\nname = \"Person {person}\"\nemail = \"p{person}@example.com\"\nzone = \"{zone}\"\n"
        );
        if random.below(10) == 0 {
            let day = 1 + random.below(20);
            let _ = writeln!(text, "off = [{{ from = 2027-06-{day:02}, through = 2027-06-{:02} }}]", day + 5);
        }
    }
    text
}

fn rotation(number: usize, zones: &[&str], random: &mut Random) -> String {
    let zone = |more: usize| zones[(number + more) % zones.len()];
    let first = number * PEOPLE;
    let list = |people: std::ops::Range<usize>| people.map(|it| format!("\"p{it}\"")).collect::<Vec<_>>().join(", ");
    let mut text = format!("name = \"Team {number}\"\nzone = \"{}\"\ncoverage = [\"24x7\"]\n", zone(0));
    let handoff = ["every = \"week\", on = \"Mon\", at = \"10:00\"", "every = \"day\", at = \"09:00\""][number % 2];
    let half = if number.is_multiple_of(3) { PEOPLE / 2 } else { PEOPLE };
    let _ = write!(
        text,
        "\n[[layers]]\npeople = [{}]\nfrom = 2026-01-05\nhandoff = {{ {handoff} }}\n",
        list(first..first + half)
    );
    if half < PEOPLE {
        let _ = write!(
            text,
            "\n[[layers]]\nzone = \"{}\"\nhours = [\"Mon-Fri 09:00-17:00\"]\npeople = [{}]\nfrom = 2026-01-05\n\
             handoff = {{ every = \"week\", on = \"Mon\", at = \"09:00\" }}\n",
            zone(1),
            list(first + half..first + PEOPLE)
        );
    }
    text += "\n[secondary]\nfollow = 1\ncoverage = [\"24x7\"]\n";
    // An exception in the horizon, by somebody who takes no turns.
    let day = 1 + random.below(27);
    let _ = write!(
        text,
        "\n[[overrides]]\nperson = \"boss\"\nseat = \"secondary\"\nfrom = 2026-12-{day:02}T18:00:00\nuntil = 2026-12-{day:02}T20:00:00\n"
    );
    text
}

/// One row: patterns on `service`, and sometimes a severity.
struct Route {
    rotation: usize,
    services: Vec<String>,
    severity: Option<&'static str>,
}

impl Route {
    fn number(number: usize, random: &mut Random) -> Route {
        let services = match number % 10 {
            0 => vec![format!("glob-{number}-*")],
            1 => vec![format!("svc-{number}"), format!("svc-{number}-replica")],
            _ => vec![format!("svc-{number}")],
        };
        let severity = (random.below(4) == 0).then_some("critical");
        Route { rotation: number % ROTATIONS, services, severity }
    }
}

fn escalation(routes: &[Route]) -> String {
    let mut text = "repeat = { times = 2, after = \"15m\" }\nroutes = [\n".to_owned();
    for route in routes {
        let services: Vec<String> = route.services.iter().map(|it| format!("\"{it}\"")).collect();
        let severity = route.severity.map_or(String::new(), |it| format!(", severity = [\"{it}\"]"));
        let services = services.join(", ");
        let page = key(route.rotation);
        let _ = writeln!(text, "  {{ when = {{ service = [{services}]{severity} }}, page = \"{page}\" }},");
    }
    let _ = writeln!(text, "  {{ page = \"{}\" }},\n]\nescalations = [", key(0));
    for number in 0..ROTATIONS {
        let key = key(number);
        let _ = writeln!(text, "  {{ from = \"{key}\", after = \"5m\", to = \"{key}.secondary\" }},");
        let next = match number < GENERALISTS {
            true => "@boss".to_owned(),
            false => self::key(number % GENERALISTS),
        };
        let _ = writeln!(text, "  {{ from = \"{key}\", after = \"15m\", to = \"{next}\" }},");
        if number.is_multiple_of(7) && number >= GENERALISTS {
            let other = self::key((number + 1) % GENERALISTS);
            let _ = writeln!(
                text,
                "  {{ from = \"{key}\", after = \"10m\", to = \"{other}\", when = {{ cause = [\"db\"] }} }},"
            );
        }
    }
    text + "]\n"
}

fn alertmanager(routes: &[Route]) -> String {
    let mut text = format!("route:\n  receiver: {}\n  routes:\n", key(0));
    for route in routes {
        let pattern: Vec<String> = route.services.iter().map(|it| it.replace('*', ".*")).collect();
        let matcher = match route.services.as_slice() {
            [word] if !word.contains('*') => format!("service=\"{word}\""),
            _ => format!("service=~\"{}\"", pattern.join("|")),
        };
        let _ = write!(text, "  - receiver: {}\n    matchers: ['{matcher}'", key(route.rotation));
        if let Some(severity) = route.severity {
            let _ = write!(text, ", 'severity=\"{severity}\"'");
        }
        text += "]\n";
    }
    text += "receivers:\n";
    for number in 0..ROTATIONS {
        let _ = writeln!(text, "- name: {}", key(number));
    }
    text
}
