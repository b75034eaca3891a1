//! A small organisation as plain data, and the files that say the same.

use std::fmt::Write as _;

use super::clock::{Clock, Day, Minute, ZONES, Zone, civil, date, time};

#[derive(Clone, Debug)]
pub struct Organisation {
    pub zone: Zone,
    pub people: usize,
    pub holidays: Vec<(&'static str, Vec<Day>)>,
    pub rotations: Vec<Rotation>,
}

/// An index into [`NAMES`].
pub type Person = usize;

pub const NAMES: [&str; 5] = ["ana", "bo", "cleo", "dara", "emil"];
pub const ROTATIONS: [&str; 2] = ["storage-ops", "app-ops"];

#[derive(Clone, Debug)]
pub struct Rotation {
    pub zone: Zone,
    pub coverage: Option<Vec<Hours>>,
    pub layers: Vec<Layer>,
    pub secondary: Option<Secondary>,
    pub overrides: Vec<Override>,
}

#[derive(Clone, Debug)]
pub struct Secondary {
    pub turns: SecondaryTurns,
    pub coverage: Option<Vec<Hours>>,
}

#[derive(Clone, Debug)]
pub enum SecondaryTurns {
    Follow(usize),
    Layers(Vec<Layer>),
}

#[derive(Clone, Debug)]
pub struct Layer {
    pub zone: Option<Zone>,
    pub hours: Option<Vec<Hours>>,
    /// `None` is `@nobody`.
    pub people: Vec<Option<Person>>,
    pub together: bool,
    pub first: Option<Person>,
    pub from: Bound,
    pub until: Option<Bound>,
    pub cadence: Cadence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Day(Day),
    /// On the clock of the place where it stands.
    Local(Day, i64),
    /// Written with an offset of so many minutes.
    Offset(Minute, i64),
}

#[derive(Clone, Debug)]
pub enum Cadence {
    Hours { every: i64, at: i64 },
    Days { every: i64, at: Vec<i64> },
    Weeks { every: i64, on: Vec<i64>, at: Vec<i64> },
    Months { every: i64, on: MonthDay, at: Vec<i64> },
    Rule { rule: Rule, at: i64 },
}

#[derive(Clone, Copy, Debug)]
pub enum MonthDay {
    Day(i64),
    Last,
}

#[derive(Clone, Debug)]
pub enum Rule {
    /// `FREQ=HOURLY;INTERVAL=…`
    Hourly(i64),
    /// `FREQ=DAILY;INTERVAL=…`
    Daily(i64),
    /// `FREQ=DAILY;BYHOUR=…`
    ByHour(Vec<i64>),
    /// `FREQ=DAILY;BYHOUR=…;BYMINUTE=0,30`
    ByHalfHour(Vec<i64>),
    /// `FREQ=WEEKLY;INTERVAL=…;BYDAY=…`
    Weekly(i64, Vec<i64>),
    /// `FREQ=MONTHLY;BYMONTHDAY=…`; negative ones count from the end.
    ByMonthDay(Vec<i64>),
    /// `FREQ=MONTHLY;INTERVAL=…;BYDAY=1MO`; negative ones count from the end.
    NthWeekday { every: i64, nth: i64, weekday: i64 },
    /// `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`
    LastWorkday,
    /// `FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1`
    Quarterly,
}

#[derive(Clone, Debug)]
pub enum Hours {
    Always,
    /// On each of these days; an end that is not after the start is on the next day.
    Daily {
        days: Vec<(i64, i64)>,
        start: i64,
        end: i64,
    },
    /// `Fri 18:00-Mon 09:00`
    Across {
        from: i64,
        start: i64,
        to: i64,
        end: i64,
    },
    Holidays {
        calendar: usize,
        named: bool,
        times: Option<(i64, i64)>,
    },
}

#[derive(Clone, Debug)]
pub struct Override {
    pub person: Option<Person>,
    pub whom: Option<Person>,
    pub secondary: bool,
    pub from: Bound,
    pub end: End,
}

#[derive(Clone, Copy, Debug)]
pub enum End {
    Until(Bound),
    Through(Day),
}

impl Rotation {
    pub fn has_together(&self, secondary: bool) -> bool {
        match &self.secondary {
            Some(Secondary { turns: SecondaryTurns::Layers(layers), .. }) if secondary => layers,
            _ => &self.layers,
        }
        .iter()
        .any(|it| it.together)
    }
}

impl Bound {
    /// Where a bare date is 00:00.
    pub fn resolve(self, clock: &Clock) -> Minute {
        match self {
            Bound::Day(day) => clock.resolve(day, 0),
            Bound::Local(day, time) => clock.resolve(day, time),
            Bound::Offset(at, _) => at,
        }
    }

    /// The civil day that holds it.
    pub fn day(self, clock: &Clock) -> Day {
        match self {
            Bound::Day(day) | Bound::Local(day, _) => day,
            Bound::Offset(at, _) => clock.day(at),
        }
    }
}

impl Override {
    pub fn span(&self, clock: &Clock) -> (Minute, Minute) {
        let end = match self.end {
            End::Until(bound) => bound.resolve(clock),
            End::Through(day) => clock.resolve(day.next(), 0),
        };
        (self.from.resolve(clock), end)
    }
}

/// The files, by their paths in `rotations/`.
pub fn files(organisation: &Organisation) -> Vec<(String, String)> {
    let mut files = vec![
        ("org.toml".to_owned(), org(organisation)),
        ("people.toml".to_owned(), people(organisation)),
        ("services.toml".to_owned(), "[vitess-main]\n".to_owned()),
        ("escalation.toml".to_owned(), escalation(organisation)),
    ];
    for (name, it) in ROTATIONS.iter().zip(&organisation.rotations) {
        files.push((format!("{name}.toml"), rotation(name, it, organisation)));
    }
    files
}

fn org(organisation: &Organisation) -> String {
    let calendars: Vec<String> = organisation
        .holidays
        .iter()
        .map(|(name, days)| format!("{name} = [{}]", list(days, |it| format!("\"{}\"", date(*it)))))
        .collect();
    format!("zone     = \"{}\"\nholidays = {{ {} }}\n", ZONES[organisation.zone], calendars.join(", "))
}

fn people(organisation: &Organisation) -> String {
    let mut text = String::new();
    for name in &NAMES[..organisation.people] {
        let zone = ZONES[organisation.zone];
        writeln!(text, "[{name}]\nname  = \"{name}\"\nemail = \"{name}@example.com\"\nzone  = \"{zone}\"")
            .expect("a string can be written");
    }
    text
}

fn escalation(organisation: &Organisation) -> String {
    let names = &ROTATIONS[..organisation.rotations.len()];
    let [last, others @ ..] = names else { unreachable!("an organisation has a rotation") };
    let mut text = "routes = [\n".to_owned();
    for name in others {
        writeln!(text, "  {{ when = {{ service = [\"{name}\"] }}, page = \"{name}\" }},").expect("a string");
    }
    writeln!(text, "  {{ page = \"{last}\" }},\n]\nescalations = [").expect("a string");
    for name in names {
        writeln!(text, "  {{ from = \"{name}\", after = \"5m\", to = \"@{}\" }},", NAMES[0]).expect("a string");
    }
    text + "]\n"
}

fn rotation(name: &str, rotation: &Rotation, organisation: &Organisation) -> String {
    let mut text = format!("name = \"{name}\"\nzone = \"{}\"\n", ZONES[rotation.zone]);
    let coverage = |coverage: &Option<Vec<Hours>>| {
        coverage.as_ref().map_or(String::new(), |it| format!("coverage = [{}]\n", hours(it, organisation)))
    };
    text += &coverage(&rotation.coverage);
    for it in &rotation.layers {
        text += &layer("layers", it, organisation);
    }
    if let Some(secondary) = &rotation.secondary {
        text += "\n[secondary]\n";
        if let SecondaryTurns::Follow(places) = secondary.turns {
            text += &format!("follow = {places}\n");
        }
        text += &coverage(&secondary.coverage);
        if let SecondaryTurns::Layers(layers) = &secondary.turns {
            for it in layers {
                text += &layer("secondary.layers", it, organisation);
            }
        }
    }
    for it in &rotation.overrides {
        text += &format!("\n[[overrides]]\nperson = \"{}\"\n", place(it.person));
        if let Some(whom) = it.whom {
            text += &format!("for    = \"{}\"\n", NAMES[whom]);
        }
        if it.secondary {
            text += "seat   = \"secondary\"\n";
        }
        text += &format!("from   = {}\n", bound(it.from));
        text += &match it.end {
            End::Until(end) => format!("until  = {}\n", bound(end)),
            End::Through(day) => format!("through = {}\n", date(day)),
        };
    }
    text
}

fn layer(table: &str, layer: &Layer, organisation: &Organisation) -> String {
    let mut text = format!("\n[[{table}]]\n");
    if let Some(zone) = layer.zone {
        text += &format!("zone    = \"{}\"\n", ZONES[zone]);
    }
    if let Some(it) = &layer.hours {
        text += &format!("hours   = [{}]\n", hours(it, organisation));
    }
    text += &format!("people  = [{}]\n", list(&layer.people, |it| format!("\"{}\"", place(*it))));
    if layer.together {
        text += "together = true\n";
    }
    if let Some(first) = layer.first {
        text += &format!("first   = \"{}\"\n", NAMES[first]);
    }
    text += &format!("from    = {}\n", bound(layer.from));
    if let Some(until) = layer.until {
        text += &format!("until   = {}\n", bound(until));
    }
    text + &format!("handoff = {}\n", handoff(&layer.cadence))
}

fn handoff(cadence: &Cadence) -> String {
    let many = |every: i64, unit: &str| match every {
        1 => unit.to_owned(),
        _ => format!("{every} {unit}s"),
    };
    match cadence {
        Cadence::Hours { every, at } => format!("{{ every = \"{every} hours\", at = \"{}\" }}", time(*at)),
        Cadence::Days { every, at } => format!("{{ every = \"{}\", at = {} }}", many(*every, "day"), times(at)),
        Cadence::Weeks { every, on, at } => {
            let on = match on.as_slice() {
                [day] => format!("\"{}\"", WEEKDAYS[*day as usize]),
                days => format!("[{}]", list(days, |it| format!("\"{}\"", WEEKDAYS[*it as usize]))),
            };
            format!("{{ every = \"{}\", on = {on}, at = {} }}", many(*every, "week"), times(at))
        }
        Cadence::Months { every, on, at } => {
            let on = match on {
                MonthDay::Day(day) => day.to_string(),
                MonthDay::Last => "\"last\"".to_owned(),
            };
            format!("{{ every = \"{}\", on = {on}, at = {} }}", many(*every, "month"), times(at))
        }
        Cadence::Rule { rule, at } => format!("{{ rrule = \"{}\", at = \"{}\" }}", rrule(rule), time(*at)),
    }
}

fn rrule(rule: &Rule) -> String {
    let interval = |every: i64| if every == 1 { String::new() } else { format!(";INTERVAL={every}") };
    let number = |it: &i64| it.to_string();
    let short = |it: &i64| WEEKDAYS[*it as usize][..2].to_uppercase();
    let join = |items: &[i64], show: &dyn Fn(&i64) -> String| items.iter().map(show).collect::<Vec<_>>().join(",");
    match rule {
        Rule::Hourly(every) => format!("FREQ=HOURLY{}", interval(*every)),
        Rule::Daily(every) => format!("FREQ=DAILY{}", interval(*every)),
        Rule::ByHour(hours) => format!("FREQ=DAILY;BYHOUR={}", join(hours, &number)),
        Rule::ByHalfHour(hours) => format!("FREQ=DAILY;BYHOUR={};BYMINUTE=0,30", join(hours, &number)),
        Rule::Weekly(every, days) => format!("FREQ=WEEKLY{};BYDAY={}", interval(*every), join(days, &short)),
        Rule::ByMonthDay(days) => format!("FREQ=MONTHLY;BYMONTHDAY={}", join(days, &number)),
        Rule::NthWeekday { every, nth, weekday } => {
            format!("FREQ=MONTHLY{};BYDAY={nth}{}", interval(*every), short(weekday))
        }
        Rule::LastWorkday => "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1".to_owned(),
        Rule::Quarterly => "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1".to_owned(),
    }
}

pub fn hours(hours: &[Hours], organisation: &Organisation) -> String {
    list(hours, |it| match it {
        Hours::Always => "\"24x7\"".to_owned(),
        Hours::Daily { days, start, end } => {
            let days: Vec<String> = days
                .iter()
                .map(|(from, to)| match from == to {
                    true => WEEKDAYS[*from as usize].to_owned(),
                    false => format!("{}-{}", WEEKDAYS[*from as usize], WEEKDAYS[*to as usize]),
                })
                .collect();
            format!("\"{} {}-{}\"", days.join(","), time(*start), time(*end))
        }
        Hours::Across { from, start, to, end } => {
            let (from, to) = (WEEKDAYS[*from as usize], WEEKDAYS[*to as usize]);
            format!("\"{from} {}-{to} {}\"", time(*start), time(*end))
        }
        Hours::Holidays { calendar, named, times } => {
            let mut text = "\"holidays".to_owned();
            if *named {
                text += &format!(" {}", organisation.holidays[*calendar].0);
            }
            if let Some((start, end)) = times {
                text += &format!(" {}-{}", time(*start), time(*end));
            }
            text + "\""
        }
    })
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn times(at: &[i64]) -> String {
    match at {
        [one] => format!("\"{}\"", time(*one)),
        many => format!("[{}]", list(many, |it| format!("\"{}\"", time(*it)))),
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Day(day) => date(day),
        Bound::Local(day, time) => format!("{}:00", civil(day.0 * super::clock::DAY + time, "T")),
        Bound::Offset(at, 0) => format!("{}:00Z", civil(at, "T")),
        Bound::Offset(at, east) => {
            let sign = if east < 0 { '-' } else { '+' };
            format!("{}:00{sign}{}", civil(at + east, "T"), time(east.abs()))
        }
    }
}

fn place(person: Option<Person>) -> &'static str {
    person.map_or("@nobody", |it| NAMES[it])
}

fn list<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}
