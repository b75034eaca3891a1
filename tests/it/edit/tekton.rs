//! Three and a half years of a real rota, change by change: which edits make each revision of the next.
//!
//! For each pair of neighbouring revisions the older one becomes a rotation: the plain order of its weekdays that explains
//! most, and an override for every day that it does not. Edits are looked for by a small reckoning on lists of days, which
//! knows nothing of Dogwatch; then `edit` makes them, and its calendar must be the newer revision, day by day.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, Weekday};
use dogwatch::calendar::holding;
use dogwatch::config::Files;
use dogwatch::edit::{self, At, End, Moment, Place, Which, Wish};
use dogwatch::org::{Holder, Org};
use dogwatch::time::Instant;

use super::sound;

/// The longest order that is looked for, in places.
const LONGEST: usize = 20;
/// A change of the order is taken for one if it explains at least so many days.
const LEAST: usize = 4;

struct Revision {
    committed: NaiveDate,
    /// Empty is nobody.
    days: BTreeMap<NaiveDate, String>,
}

fn revisions() -> Vec<Revision> {
    let text = include_str!("../../../examples/tekton-build-captain/data/revisions.csv");
    let mut revisions: Vec<Revision> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [number, committed, day, user] = cells[..] else { panic!("{line}") };
        if number.parse::<usize>().unwrap() > revisions.len() {
            let committed = committed[..10].parse().unwrap();
            revisions.push(Revision { committed, days: BTreeMap::new() });
        }
        let last = revisions.last_mut().unwrap();
        last.days.insert(day.parse().unwrap(), user.trim().to_owned());
    }
    revisions
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// A rota by hand: an order that may change, and what is written over it.
#[derive(Clone)]
struct Rota {
    /// Weekdays in order, and who has each by the order.
    days: Vec<NaiveDate>,
    base: Vec<String>,
    /// The order from each of these days on, whose turn it is first.
    order: Vec<String>,
    over: BTreeMap<NaiveDate, String>,
}

impl Rota {
    /// The order of most weekdays, as few places as will do; the rest is written over it.
    fn of(days: &BTreeMap<NaiveDate, String>, from: NaiveDate) -> Rota {
        let weekdays: Vec<NaiveDate> = days.keys().copied().filter(|it| from <= *it && is_weekday(*it)).collect();
        let users: Vec<&str> = weekdays.iter().map(|it| days[it].as_str()).collect();
        let fits = |order: &[String]| {
            users.iter().enumerate().filter(|(at, it)| order[at % order.len()] == **it).count() as i64
        };
        let candidates = (1..=LONGEST.min(users.len())).map(|count| {
            let most = |place: usize| {
                let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
                users
                    .iter()
                    .skip(place)
                    .step_by(count)
                    .filter(|it| !it.is_empty())
                    .for_each(|it| *counts.entry(it).or_default() += 1);
                counts
                    .into_iter()
                    .max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)))
                    .map_or("@nobody", |it| it.0)
                    .to_owned()
            };
            (0..count).map(most).collect::<Vec<_>>()
        });
        let order = candidates.max_by_key(|it| (fits(it) - 2 * it.len() as i64, std::cmp::Reverse(it.len()))).unwrap();
        let base: Vec<String> = order.iter().cycle().take(users.len()).cloned().collect();
        let by_order: BTreeMap<NaiveDate, &String> = weekdays.iter().copied().zip(&base).collect();
        let differs = |(day, user): (&NaiveDate, &String)| {
            let plain = by_order.get(day).map_or("", |it| it.as_str()).replace("@nobody", "");
            (from <= *day && plain != *user).then(|| (*day, user.clone()))
        };
        let over = days.iter().filter_map(differs).collect();
        Rota { days: weekdays, base, order, over }
    }

    fn on(&self, day: NaiveDate) -> &str {
        let plain = || self.days.binary_search(&day).map_or("", |at| &self.base[at]);
        self.over.get(&day).map_or_else(plain, String::as_str).trim_start_matches("@nobody")
    }

    /// Another order from a day on.
    fn reorder(&self, at: usize, order: &[String]) -> Rota {
        let mut rota = self.clone();
        rota.base.truncate(at);
        rota.base.extend(order.iter().cycle().take(self.days.len() - at).cloned());
        rota.order = order.to_vec();
        rota
    }

    /// The order as it stands on a day.
    fn order_at(&self, at: usize) -> Vec<String> {
        let mut order = self.order.clone();
        // The order runs from wherever it last changed; it is found where the next turns say.
        for _ in 0..order.len() {
            if (0..order.len().min(self.base.len() - at)).all(|it| self.base[at + it] == order[it]) {
                return order;
            }
            order.rotate_left(1);
        }
        order
    }

    fn leave(&self, at: usize, who: &str) -> Option<Rota> {
        let order: Vec<String> = self.order_at(at).into_iter().filter(|it| it != who).collect();
        (order.len() < self.order.len() && order.iter().any(|it| it != "@nobody")).then(|| self.reorder(at, &order))
    }

    fn join(&self, at: usize, who: &str) -> Option<Rota> {
        let mut order = self.order_at(at);
        if order.iter().any(|it| it == who) {
            return None;
        }
        order.insert(0, who.to_owned());
        Some(self.reorder(at, &order))
    }

    fn wrong(&self, wanted: &BTreeMap<NaiveDate, String>) -> Vec<NaiveDate> {
        wanted.iter().filter(|(day, user)| self.on(**day) != **user).map(|(day, _)| *day).collect()
    }
}

#[derive(Clone, Debug)]
enum Change {
    Leave(String),
    Join(String),
}

/// Changes of an order, each with its day.
type Dated = Vec<(NaiveDate, Change)>;

/// Who comes and goes when, so that most is explained.
fn changes_of_order(rota: &mut Rota, wanted: &BTreeMap<NaiveDate, String>) -> Dated {
    let mut found: Dated = Vec::new();
    for _ in 0..8 {
        let wrong = rota.wrong(wanted);
        // One after the other: a change of an order that has changed later on would be another question.
        let last = found.last().map(|it| it.0);
        let mut best: Option<(usize, Rota, Dated)> = None;
        for day in wrong.iter().filter(|it| is_weekday(**it) && last <= Some(**it)).take(8) {
            let at = rota.days.binary_search(day).unwrap();
            let everybody: BTreeSet<&String> = wanted.values().filter(|it| !it.is_empty()).collect();
            let here: BTreeSet<&String> = rota.order.iter().filter(|it| **it != "@nobody").collect();
            let mut tries: Vec<(Rota, Vec<Change>)> = Vec::new();
            let joins = |rota: &Rota| -> Vec<(Rota, Change)> {
                let one = |who: &&String| Some((rota.join(at, who)?, Change::Join((*who).clone())));
                everybody.iter().filter_map(one).collect()
            };
            tries.extend(joins(rota).into_iter().map(|(rota, change)| (rota, vec![change])));
            for who in here {
                let Some(left) = rota.leave(at, who) else { continue };
                let gone = Change::Leave(who.clone());
                // Somebody takes somebody's place.
                tries.extend(joins(&left).into_iter().map(|(rota, change)| (rota, vec![gone.clone(), change])));
                tries.push((left, vec![gone]));
            }
            for (rota, changes) in tries {
                // Every change has its price.
                let cost = rota.wrong(wanted).len() + LEAST * changes.len();
                if cost < wrong.len() && best.as_ref().is_none_or(|it| cost < it.0) {
                    best = Some((cost, rota, changes.into_iter().map(|it| (*day, it)).collect()));
                }
            }
        }
        let Some((_, better, changes)) = best else { break };
        *rota = better;
        found.extend(changes);
    }
    found
}

/// The rotation as a file.
fn files(rota: &Rota, people: &BTreeSet<String>) -> Files {
    let tables: String = people
        .iter()
        .map(|it| format!("[{it}]\nname = \"{it}\"\nemail = \"{it}@example.com\"\nzone = \"UTC\"\n"))
        .collect();
    let order: Vec<String> = rota.order.iter().map(|it| format!("\"{it}\"")).collect();
    let mut text = format!(
        "[[layers]]\nhours = [\"Mon-Fri 00:00-24:00\"]\npeople = [{}]   # in the order of the rota\nfrom = {}\nhandoff = {{ every = \"week\", on = [\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"], at = \"00:00\" }}\n",
        order.join(", "),
        rota.days[0]
    );
    for (day, user) in &rota.over {
        let user = if user.is_empty() { "@nobody" } else { user };
        write!(text, "\n[[overrides]]\nperson = \"{user}\"\nfrom = {day}\nthrough = {day}\n").unwrap();
    }
    [
        ("org.toml".to_owned(), "zone = \"UTC\"\n".to_owned()),
        ("people.toml".to_owned(), tables),
        ("services.toml".to_owned(), String::new()),
        ("escalation.toml".to_owned(), "routes = [{ page = \"captain\" }]\n".to_owned()),
        ("captain.toml".to_owned(), text),
    ]
    .into_iter()
    .collect()
}

/// Who has a day, at noon.
fn captain(org: &Org, day: NaiveDate) -> String {
    let noon = Instant::from_unix(day.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp());
    let seat = org.seat_named("captain").unwrap();
    let holders: Vec<&str> = holding(org, seat, noon).unwrap().iter().map(|it| org.holder_name(it.holder)).collect();
    holders.first().unwrap_or(&"").trim_start_matches("@nobody").to_owned()
}

/// Makes an edit as somebody would have on the day before.
fn make(files: &mut Files, wish: &Wish, now: Instant) {
    let org = sound(files);
    let edit =
        edit::edit(files, &org, wish, now, &org.zone).unwrap_or_else(|it| panic!("{wish:?}: {it} {:?}", it.hints));
    for file in edit.files {
        files.insert(&file.name, file.after);
    }
}

#[derive(Default)]
struct Counts {
    changed: usize,
    joins: usize,
    leaves: usize,
    swaps: usize,
    overrides: usize,
    vacancies: usize,
}

/// One pair: from the older revision to the newer by edits, and what it took.
fn explain(old: &Revision, new: &Revision) -> (Counts, usize, usize) {
    let from = new.committed;
    let overlap: BTreeMap<NaiveDate, String> = new
        .days
        .iter()
        .filter(|(day, _)| from <= **day && old.days.contains_key(day))
        .map(|(day, it)| (*day, it.clone()))
        .collect();
    let ahead: BTreeMap<NaiveDate, String> =
        new.days.iter().filter(|(day, _)| from <= **day).map(|(day, it)| (*day, it.clone())).collect();
    let weekdays = ahead.keys().filter(|it| is_weekday(**it)).count();
    let plain = weekdays - Rota::of(&ahead, from).over.keys().filter(|it| is_weekday(**it)).count();
    let mut counts = Counts::default();
    if overlap.keys().filter(|it| is_weekday(**it)).count() < 2 {
        return (counts, plain, weekdays);
    }
    let before: BTreeMap<NaiveDate, String> =
        old.days.iter().filter(|(day, _)| overlap.contains_key(day)).map(|(day, it)| (*day, it.clone())).collect();
    let start = Rota::of(&before, from);
    let people: BTreeSet<String> =
        old.days.values().chain(new.days.values()).filter(|it| !it.is_empty()).cloned().collect();
    let mut files = files(&start, &people);
    let org = sound(&files);
    for (day, user) in &before {
        assert_eq!(captain(&org, *day), *user, "{day}: the older revision, as files");
    }
    counts.changed = overlap.iter().filter(|(day, user)| before[day] != **user).count();

    let mut rota = start.clone();
    let now = Instant::from_unix(from.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp() - 3600);
    let seat = org.seat_named("captain").unwrap();
    let person = |name: &str| org.person_named(name).unwrap().id;
    for (day, change) in changes_of_order(&mut rota, &overlap) {
        let at = At::Day(day);
        let wish = match &change {
            Change::Join(who) => {
                counts.joins += 1;
                Wish::Join { person: person(who), seat, layers: Vec::new(), place: Place::First, at }
            }
            Change::Leave(who) => {
                counts.leaves += 1;
                Wish::Leave { person: person(who), rotation: seat.rotation, seat: None, layers: Vec::new(), at }
            }
        };
        make(&mut files, &wish, now);
    }
    let after = sound(&files);
    for day in overlap.keys() {
        assert_eq!(captain(&after, *day), rota.on(*day), "{day}: the order goes on as it does by hand");
    }
    let mut left = rota.wrong(&overlap);
    while let Some(day) = left.first().copied() {
        left.remove(0);
        let (is, wanted) = (rota.on(day).to_owned(), overlap[&day].clone());
        let back = left.iter().position(|it| rota.on(*it) == wanted && overlap[it] == is);
        match back.filter(|_| !is.is_empty() && !wanted.is_empty()) {
            Some(at) => {
                let other = left.remove(at);
                counts.swaps += 1;
                let (one, two) = ((person(&is), Which::Day(day)), (person(&wanted), Which::Day(other)));
                make(&mut files, &Wish::Swap { one, other: two, seat, reason: None }, now);
                rota.over.extend([(day, wanted), (other, is)]);
            }
            None => {
                *if wanted.is_empty() { &mut counts.vacancies } else { &mut counts.overrides } += 1;
                let holder = if wanted.is_empty() { Holder::Nobody } else { Holder::Person(person(&wanted)) };
                let wish = Wish::Override {
                    holder,
                    instead_of: None,
                    seat,
                    from: Moment::Day(day),
                    end: End::Through(day),
                    reason: None,
                    correction: false,
                };
                make(&mut files, &wish, now);
                rota.over.insert(day, wanted);
            }
        }
    }
    let org = sound(&files);
    for (day, user) in &overlap {
        assert_eq!(captain(&org, *day), *user, "{day}: the newer revision, by edits");
    }
    (counts, plain, weekdays)
}

#[test]
fn every_revision_of_a_real_rota_is_edits_of_the_one_before() {
    let revisions = revisions();
    let mut table = String::from(
        "| to | on | days that change | joins | leaves | swaps | overrides | vacancies | a plain order explains |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let (mut plain_all, mut weekdays_all) = (0, 0);
    for (number, pair) in revisions.windows(2).enumerate() {
        let (counts, plain, weekdays) = explain(&pair[0], &pair[1]);
        let Counts { changed, joins, leaves, swaps, overrides, vacancies } = counts;
        let share = plain * 100 / weekdays;
        writeln!(
            table,
            "| {} | {} | {changed} | {joins} | {leaves} | {swaps} | {overrides} | {vacancies} | {plain} of {weekdays} ({share} %) |",
            number + 2,
            pair[1].committed
        )
        .unwrap();
        plain_all += plain;
        weekdays_all += weekdays;
    }
    writeln!(table, "| all | | | | | | | | {plain_all} of {weekdays_all} ({} %) |", plain_all * 100 / weekdays_all)
        .unwrap();
    let document = include_str!("../../../examples/tekton-build-captain/README.md");
    assert!(document.contains(&table), "the README of the example has another table than this:\n{table}");
}

/// A day that had passed when a revision was written, and that it changed: number, day, before, after.
const CORRECTIONS: &[(usize, &str, &str, &str)] =
    &[(2, "2019-12-14", "cap-04", ""), (5, "2020-02-10", "cap-04", "cap-07")];

#[test]
fn no_day_that_had_passed_changes_but_for_two_corrections() {
    let revisions = revisions();
    let mut found = Vec::new();
    for (number, pair) in revisions.windows(2).enumerate() {
        for (day, user) in pair[1].days.range(..pair[1].committed) {
            if let Some(before) = pair[0].days.get(day).filter(|it| *it != user) {
                found.push((number + 2, day.to_string(), before.clone(), user.clone()));
            }
        }
    }
    let listed: Vec<_> =
        CORRECTIONS.iter().map(|it| (it.0, it.1.to_owned(), it.2.to_owned(), it.3.to_owned())).collect();
    assert_eq!(found, listed);
}
