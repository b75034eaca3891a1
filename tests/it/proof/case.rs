//! A small organisation whose ladders, limits and time off are drawn so that they break often, and its files.

use std::fmt::Write as _;

use crate::oracle::clock::{DAY, Minute, YEAR, ZONES, Zone, civil};
use crate::oracle::generate::{self, Random};
use crate::oracle::model::{self, Hours, NAMES, Organisation, Person, ROTATIONS};

/// What the oracle of the calendar knows nothing of.
pub struct Case {
    pub organisation: Organisation,
    pub routes: Vec<Route>,
    pub edges: Vec<Edge>,
    /// How often again, after how many minutes.
    pub repeat: Option<(i64, i64)>,
    pub limits: Limits,
    /// By person.
    pub off: Vec<Vec<(Minute, Minute)>>,
    pub start: Minute,
    pub days: i64,
}

pub struct Limits {
    /// In minutes, as all others.
    pub answer_within: Option<i64>,
    pub min_rest: Option<i64>,
    /// Of a week, in percent.
    pub max_share: Option<i64>,
    pub both_allowed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Which rotation, and whether its secondary seat.
    Seat(usize, bool),
    Person(Person),
    Nobody,
}

pub struct Route {
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
    pub hours: Option<(Vec<Hours>, Zone)>,
    /// `None` notifies.
    pub page: Option<Place>,
    pub goes_on: bool,
    pub routes: Vec<Route>,
}

pub struct Edge {
    pub from: (usize, bool),
    pub after: i64,
    pub to: Place,
    pub when: Vec<Condition>,
}

/// A tag, and patterns of which any matches.
pub type Condition = (&'static str, Vec<&'static str>);

pub const TAGS: [&str; 2] = ["x", "y"];
const PATTERNS: [&str; 9] = ["", "a", "b", "ab", "a*", "*b", "?*", "*", "??"];

impl Case {
    pub fn of(zone: Zone, seed: u64) -> Case {
        let mut organisation = generate::organisation(zone, seed);
        let random = &mut Random::new(seed << 8 ^ zone as u64 ^ 0x0c0_ffee);
        // Two rotations more often than the oracle has them.
        let mut other = generate::organisation(zone, seed ^ 0x5eed_0000);
        if organisation.rotations.len() == 1 && organisation.holidays.len() == other.holidays.len() {
            organisation.people = organisation.people.max(other.people);
            organisation.rotations.extend(other.rotations.pop());
        }
        let mut seats = Vec::new();
        for (nth, rotation) in organisation.rotations.iter().enumerate() {
            seats.push((nth, false));
            seats.extend(rotation.secondary.is_some().then_some((nth, true)));
        }
        for nth in (1..seats.len()).rev() {
            seats.swap(nth, random.index(nth + 1));
        }
        let people = organisation.people;
        let mut edges: Vec<Edge> = Vec::new();
        for (nth, from) in seats.iter().enumerate() {
            for to in &seats[nth + 1..] {
                if random.chance(60) {
                    edges.push(edge(random, *from, Place::Seat(to.0, to.1)));
                }
            }
            if random.chance(45) {
                let person = random.index(people);
                edges.push(edge(random, *from, Place::Person(person)));
            }
            if random.chance(15) {
                edges.push(edge(random, *from, Place::Nobody));
            }
        }
        let mut routes: Vec<Route> = (0..random.below(4)).map(|_| route(random, &organisation, &seats, 0)).collect();
        let page = Some(place(random, &seats, people));
        routes.push(Route {
            when: Vec::new(),
            unless: Vec::new(),
            hours: None,
            page,
            goes_on: false,
            routes: Vec::new(),
        });
        let start = random.between(YEAR.start + 4 * DAY, YEAR.end - 30 * DAY);
        // Often about a jump of the clock.
        let jumps: Vec<Minute> = crate::oracle::clock::Clock::of(zone)
            .jumps
            .iter()
            .map(|it| it.0 * DAY)
            .filter(|it| YEAR.start + 20 * DAY < *it && *it < YEAR.end - 40 * DAY)
            .collect();
        let start = match jumps.is_empty() || random.chance(40) {
            true => start,
            false => random.pick(&jumps) - random.between(0, 7 * DAY),
        };
        let days = random.pick(&[1, 3, 8, 8, 9]);
        let off = (0..people)
            .map(|_| {
                let spans = random.pick(&[0, 0, 1, 2]);
                (0..spans)
                    .map(|_| {
                        let from = start + random.between(-2 * DAY, days * DAY);
                        (from, from + random.between(1, 3 * DAY))
                    })
                    .collect()
            })
            .collect();
        let limits = Limits {
            answer_within: random.chance(90).then(|| random.pick(&[0, 1, 5, 9, 10, 15, 20, 30, 45])),
            min_rest: random.chance(85).then(|| random.pick(&[1, 60, 8 * 60, 11 * 60, 16 * 60, 40 * 60])),
            max_share: random.chance(80).then(|| random.between(5, 95)),
            both_allowed: organisation.rotations.len() == 2 && random.chance(15),
        };
        let repeat = random.chance(50).then(|| (random.between(1, 3), random.pick(&[0, 1, 5, 10, 15])));
        Case { organisation, routes, edges, repeat, limits, off, start, days }
    }

    pub fn end(&self) -> Minute {
        self.start + self.days * DAY
    }

    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = model::files(&self.organisation);
        for (name, text) in &mut files {
            match name.as_str() {
                "org.toml" => *text += &self.limits_text(),
                "people.toml" => *text = self.people_text(),
                "escalation.toml" => *text = self.escalation_text(),
                _ => {}
            }
        }
        files
    }

    fn limits_text(&self) -> String {
        let minutes = |it: Option<i64>| it.map_or("false".to_owned(), |it| format!("\"{it}m\""));
        let mut text = format!(
            "[limits]\nmin-people = false\nanswer-within = {}\nmin-rest = {}\n",
            minutes(self.limits.answer_within),
            minutes(self.limits.min_rest)
        );
        text += &match self.limits.max_share {
            None => "max-share = false\n".to_owned(),
            Some(percent) => format!("max-share = {{ of = {:.2}, over = \"1 weeks\" }}\n", percent as f64 / 100.0),
        };
        if self.limits.both_allowed {
            let _ = writeln!(text, "both-allowed = [[\"{}\", \"{}\"]]", ROTATIONS[1], ROTATIONS[0]);
        }
        text
    }

    fn people_text(&self) -> String {
        let mut text = String::new();
        for (name, off) in NAMES.iter().zip(&self.off) {
            let zone = ZONES[self.organisation.zone];
            let _ = writeln!(text, "[{name}]\nname = \"{name}\"\nzone = \"{zone}\"");
            let rows: Vec<String> = off
                .iter()
                .map(|(from, until)| {
                    format!("{{ from = {}:00Z, until = {}:00Z }}", civil(*from, "T"), civil(*until, "T"))
                })
                .collect();
            let _ = writeln!(text, "off = [{}]", rows.join(", "));
        }
        text
    }

    fn escalation_text(&self) -> String {
        let mut text = String::new();
        if let Some((times, after)) = self.repeat {
            let _ = writeln!(text, "repeat = {{ times = {times}, after = \"{after}m\" }}");
        }
        let _ = writeln!(text, "routes = [{}]", self.routes.iter().map(|it| self.route_text(it)).collect::<String>());
        let edges = self.edges.iter().map(|it| {
            let from = place_text(Place::Seat(it.from.0, it.from.1));
            let when = if it.when.is_empty() { String::new() } else { format!(", when = {}", when_text(&it.when)) };
            format!("\n  {{ from = \"{from}\", after = \"{}m\", to = \"{}\"{when} }},", it.after, place_text(it.to))
        });
        let _ = writeln!(text, "escalations = [{}]", edges.collect::<String>());
        text
    }

    fn route_text(&self, route: &Route) -> String {
        let mut keys = Vec::new();
        if !route.when.is_empty() {
            keys.push(format!("when = {}", when_text(&route.when)));
        }
        if !route.unless.is_empty() {
            keys.push(format!("unless = {}", when_text(&route.unless)));
        }
        if let Some((hours, zone)) = &route.hours {
            keys.push(format!("hours = [{}], zone = \"{}\"", model::hours(hours, &self.organisation), ZONES[*zone]));
        }
        keys.push(match route.page {
            Some(place) => format!("page = \"{}\"", place_text(place)),
            None => "notify = \"#there\"".to_owned(),
        });
        if route.goes_on {
            keys.push("continue = true".to_owned());
        }
        if !route.routes.is_empty() {
            let inner: String = route.routes.iter().map(|it| self.route_text(it)).collect();
            keys.push(format!("routes = [{inner}]"));
        }
        format!("\n  {{ {} }},", keys.join(", "))
    }
}

fn edge(random: &mut Random, from: (usize, bool), to: Place) -> Edge {
    let when = if random.chance(35) { conditions(random, 2) } else { Vec::new() };
    Edge { from, after: random.pick(&[0, 1, 5, 5, 10, 10, 15, 30]), to, when }
}

fn route(random: &mut Random, organisation: &Organisation, seats: &[(usize, bool)], depth: usize) -> Route {
    let when = if random.chance(if depth == 0 { 85 } else { 60 }) { conditions(random, 2) } else { Vec::new() };
    let unless = if random.chance(25) { conditions(random, 2) } else { Vec::new() };
    let hours = random.chance(25).then(|| (generate::hours(random, organisation), random.index(ZONES.len())));
    let page = random.chance(85).then(|| place(random, seats, organisation.people));
    let goes_on = random.chance(20);
    let finer = if depth < 2 && random.chance(45) { random.between(1, 2) } else { 0 };
    let routes = (0..finer).map(|_| route(random, organisation, seats, depth + 1)).collect();
    Route { when, unless, hours, page, goes_on, routes }
}

fn place(random: &mut Random, seats: &[(usize, bool)], people: usize) -> Place {
    if random.chance(10) {
        return Place::Person(random.index(people));
    }
    let (rotation, secondary) = random.pick(seats);
    Place::Seat(rotation, secondary)
}

fn conditions(random: &mut Random, most: i64) -> Vec<Condition> {
    (0..random.between(1, most))
        .map(|_| {
            let patterns = (0..random.pick(&[1, 1, 2])).map(|_| random.pick(&PATTERNS)).collect();
            (random.pick(&TAGS), patterns)
        })
        .collect()
}

pub fn place_text(place: Place) -> String {
    match place {
        Place::Seat(rotation, false) => ROTATIONS[rotation].to_owned(),
        Place::Seat(rotation, true) => format!("{}.secondary", ROTATIONS[rotation]),
        Place::Person(person) => format!("@{}", NAMES[person]),
        Place::Nobody => "@nobody".to_owned(),
    }
}

/// As a list of tables, so that a tag may stand twice.
fn when_text(conditions: &[Condition]) -> String {
    let table = |(tag, patterns): &Condition| {
        let patterns: Vec<String> = patterns.iter().map(|it| format!("\"{it}\"")).collect();
        format!("{{ {tag} = [{}] }}", patterns.join(", "))
    };
    format!("[{}]", conditions.iter().map(table).collect::<Vec<_>>().join(", "))
}
