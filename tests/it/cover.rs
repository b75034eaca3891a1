//! `cover` against every calendar that there could be, on random small organisations.
//!
//! `DOGWATCH_COVER_SEEDS=1000 cargo test --release --test it -- cover::` tries more of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dogwatch::calendar::shifts;
use dogwatch::check;
use dogwatch::config::{self, Files};
use dogwatch::org::{Org, PersonId, SeatId};
use dogwatch::people::{Cause, Cover, Effort, Request, cover, with_cover};
use dogwatch::time::{Instant, Span, Zone, parse_instant};

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn chance(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

fn at(text: &str) -> Instant {
    parse_instant(text, &Zone::utc()).unwrap()
}

/// A small organisation in UTC, whose leaves begin and end with turns: so that what changes hands is known. The first day
/// is Monday, 2 February 2026.
struct Small {
    text: Vec<(String, String)>,
    /// Hours of one turn.
    turn: i64,
    /// How many turns are looked at.
    turns: i64,
}

const FIRST: &str = "2026-02-02";

impl Small {
    fn of(seed: u64) -> Small {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            dice.below(2);
        }
        let people = 3 + dice.below(2) as usize;
        // Turns of a day need rest; turns of a week touch or lie days apart.
        let turn = if dice.chance(2) { 24 } else { 168 };
        let two = dice.chance(2);
        let second = !two && dice.chance(2);
        let turns = if two || second { 3 } else { 4 + dice.below(3) as i64 };
        let mut org = "zone = \"UTC\"\n[limits]\nmin-people = false\nanswer-within = false\n".to_owned();
        let rest = ["12h", "24h", "36h", "11h"][dice.below(4) as usize];
        let _ = writeln!(org, "min-rest = \"{rest}\"");
        match dice.below(3) {
            0 if turn == 168 => org.push_str("max-share = { of = 0.50, over = \"2 weeks\" }\n"),
            _ => org.push_str("max-share = false\n"),
        }
        if dice.chance(3) {
            let seat = if second && dice.chance(2) { "secondary" } else { "primary" };
            let _ = writeln!(org, "[[stages]]\nname = \"{seat}\"\nneeds = {{ trained = [\"ops\"] }}");
        }
        let names: Vec<String> = (0..people).map(|it| format!("p{it}")).collect();
        let mut table = String::new();
        for name in &names {
            let mut off = Vec::new();
            for turn_number in 0..turns {
                if dice.chance(4) {
                    let day = |number: i64| at(FIRST) + std::time::Duration::from_secs((number * turn * 3600) as u64);
                    off.push(format!("{{ from = {}, until = {} }}", day(turn_number), day(turn_number + 1)));
                }
            }
            let trained = if dice.chance(5) { "" } else { "\"ops\"" };
            let _ = writeln!(
                table,
                "[{name}]\nname = \"{name}\"\nzone = \"UTC\"\ntrained = [{trained}]\noff = [{}]",
                off.join(", ")
            );
        }
        let every = if turn == 24 {
            "every = \"day\", at = \"00:00\""
        } else {
            "every = \"week\", on = \"Mon\", at = \"00:00\""
        };
        let mut text = vec![("org.toml".to_owned(), org), ("people.toml".to_owned(), table)];
        let quoted = |from: usize| -> String {
            (0..people).map(|it| format!("\"{}\"", names[(it + from) % people])).collect::<Vec<_>>().join(", ")
        };
        let layer =
            |from| format!("[[layers]]\npeople = [{}]\nfrom = {FIRST}\nhandoff = {{ {every} }}\n", quoted(from));
        let follow = if second { "[secondary]\nfollow = 1\n" } else { "" };
        text.push(("web.toml".to_owned(), layer(0) + follow));
        if two {
            // One person more or less a round away: now and then both seats are theirs.
            let from = 1 + dice.below(people as u64 - 1) as usize;
            text.push(("books.toml".to_owned(), layer(from)));
        }
        Small { text, turn, turns }
    }

    fn org(&self) -> Org {
        let files: Files = self.text.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (org, diagnostics) = config::read(&files);
        org.unwrap_or_else(|| panic!("{diagnostics:?}\n{:?}", self.text))
    }

    fn without_leave(&self) -> Org {
        let mut org = self.org();
        org.people.iter_mut().for_each(|it| it.off.clear());
        org
    }

    fn span(&self) -> Span {
        let end = at(FIRST) + std::time::Duration::from_secs((self.turns * self.turn * 3600) as u64);
        Span::new(at(FIRST), end).unwrap()
    }

    fn request(&self, org: &Org) -> Request {
        let rotations = org.rotations.iter().map(|it| it.id).collect();
        // Everything lies ahead.
        let now = at(FIRST).before(std::time::Duration::from_secs(3600));
        Request { rotations, span: self.span(), now, effort: Effort(20_000) }
    }
}

/// One turn of one seat.
#[derive(Debug, Clone, Copy)]
struct Unit {
    seat: SeatId,
    /// Hours from the first day.
    start: i64,
    end: i64,
    holder: PersonId,
}

/// What is asked of a calendar, said once more: in hours, by hand.
struct Oracle<'a> {
    org: &'a Org,
    units: Vec<Unit>,
    /// What is held before and after, which nobody may change.
    around: Vec<Unit>,
    turns: (i64, i64),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
struct Cost {
    left: usize,
    changes: usize,
}

impl<'a> Oracle<'a> {
    fn of(small: &Small, org: &'a Org) -> Oracle<'a> {
        let (mut units, mut around) = (Vec::new(), Vec::new());
        let first = at(FIRST);
        let read = Span::new(
            first.before(std::time::Duration::from_secs(1)),
            small.span().end() + std::time::Duration::from_secs(3 * 3600 * small.turn as u64),
        );
        for seat in org.seats() {
            for shift in shifts(org, seat, read.unwrap()).unwrap() {
                let hour = |it: Instant| it.seconds_since(first) / 3600;
                let holder = shift.holder.person().unwrap();
                let unit = Unit { seat, start: hour(shift.span.start()), end: hour(shift.span.end()), holder };
                match unit.start < small.turns * small.turn {
                    true => units.push(unit),
                    false => around.push(unit),
                }
            }
        }
        Oracle { org, units, around, turns: (small.turn, small.turns) }
    }

    fn away(&self, person: PersonId, unit: &Unit) -> bool {
        let first = at(FIRST);
        self.org.person(person).off.iter().any(|off| {
            let (from, until) =
                (off.span.start().seconds_since(first) / 3600, off.span.end().seconds_since(first) / 3600);
            from < unit.end && unit.start < until
        })
    }

    fn ready(&self, person: PersonId, seat: SeatId) -> bool {
        let trained = self.org.person(person).trained.iter().any(|it| it == "ops");
        let stages: Vec<&str> = self.org.stages.iter().map(|it| it.name.as_str()).collect();
        trained || !stages.contains(&seat.seat.to_string().as_str())
    }

    fn wrongs(&self, holders: &[PersonId]) -> BTreeSet<String> {
        let mut wrongs = BTreeSet::new();
        let all: Vec<Unit> = self
            .units
            .iter()
            .zip(holders)
            .map(|(it, holder)| Unit { holder: *holder, ..*it })
            .chain(self.around.iter().copied())
            .collect();
        let primary = |it: &Unit| it.seat.seat == dogwatch::org::Seat::Primary;
        for person in &self.org.people {
            let own: Vec<&Unit> = all.iter().filter(|it| it.holder == person.id).collect();
            for unit in &own {
                if !self.ready(person.id, unit.seat) {
                    wrongs.insert(format!("{} not ready {:?}", person.key, unit));
                }
                for other in &own {
                    let at_once = unit.start < other.end && other.start < unit.end && unit.seat < other.seat;
                    if at_once && (unit.seat.rotation == other.seat.rotation || (primary(unit) && primary(other))) {
                        wrongs.insert(format!(
                            "{} both {:?} {:?} {}",
                            person.key,
                            unit.seat,
                            other.seat,
                            unit.start.max(other.start)
                        ));
                    }
                }
            }
            // Which hours they are primary.
            let last = own.iter().map(|it| it.end).max().unwrap_or(0);
            let mut held = vec![false; usize::try_from(last).unwrap()];
            for unit in own.iter().filter(|it| primary(it)) {
                held[unit.start as usize..unit.end as usize].fill(true);
            }
            let rest = self.org.limits.min_rest.map_or(0, |it| it.as_secs() / 3600) as usize;
            let mut ended: Option<usize> = None;
            for hour in 0..held.len() {
                let before = hour > 0 && held[hour - 1];
                if held[hour] && !before && ended.is_some_and(|ended| hour - ended < rest) {
                    wrongs.insert(format!("{} rests {}-{hour}", person.key, ended.unwrap()));
                }
                if !held[hour] && before {
                    ended = Some(hour);
                }
            }
        }
        wrongs
    }

    /// The most hours that somebody is primary within the limit's weeks, inside of the span, if that is too many.
    fn too_much(&self, holders: &[PersonId], person: PersonId) -> usize {
        let Some(limit) = self.org.limits.max_share else { return 0 };
        let window = 168 * limit.over_weeks as usize;
        let hours = (self.turns.0 * self.turns.1) as usize;
        let mut held = vec![false; hours];
        for (unit, _) in self
            .units
            .iter()
            .zip(holders)
            .filter(|(it, holder)| **holder == person && it.seat.seat == dogwatch::org::Seat::Primary)
        {
            held[unit.start as usize..(unit.end as usize).min(hours)].fill(true);
        }
        if hours < window {
            return 0;
        }
        let most =
            (0..=hours - window).map(|from| held[from..from + window].iter().filter(|it| **it).count()).max().unwrap();
        if most as f64 > limit.of * window as f64 { most } else { 0 }
    }

    /// The best that any calendar can do.
    fn best(&self) -> Cost {
        let plain: Vec<PersonId> = self.units.iter().map(|it| it.holder).collect();
        let known = self.wrongs(&plain);
        let most: Vec<usize> = self.org.people.iter().map(|it| self.too_much(&plain, it.id)).collect();
        let people: Vec<PersonId> = self.org.people.iter().map(|it| it.id).collect();
        let mut best = Cost { left: usize::MAX, changes: usize::MAX };
        let mut places = vec![0; self.units.len()];
        loop {
            // As it is comes first, so that little is looked at closely.
            let shifted = |(place, was): (&usize, &PersonId)| {
                let at = people.iter().position(|it| it == was).unwrap();
                people[(at + place) % people.len()]
            };
            let holders: Vec<PersonId> = places.iter().zip(&plain).map(shifted).collect();
            let mut cost = Cost { left: 0, changes: 0 };
            let mut sound = true;
            for ((unit, holder), was) in self.units.iter().zip(&holders).zip(&plain) {
                cost.changes += usize::from(holder != was);
                let away = self.away(*holder, unit);
                cost.left += usize::from(away && holder == was);
                sound &= !away || holder == was;
            }
            if sound && cost < best && self.wrongs(&holders).is_subset(&known) {
                let fair = |(person, most): (&PersonId, &usize)| self.too_much(&holders, *person) <= *most;
                if people.iter().zip(&most).all(fair) {
                    best = cost;
                }
            }
            let Some(place) = places.iter().position(|it| it + 1 < people.len()) else { return best };
            places[..place].fill(0);
            places[place] += 1;
        }
    }
}

/// Turns that changed hands, without those that were given back.
fn changes(found: &Cover, turn: i64) -> usize {
    let rows = found.swaps.iter().flat_map(|it| &it.rows).filter(|it| it.cause != Cause::InReturn);
    let seconds: i64 = rows.flat_map(|it| &it.spans).map(|it| it.seconds()).sum();
    usize::try_from(seconds / 3600 / turn).unwrap()
}

/// Findings by rule, and the seconds that each is about.
fn findings(org: &Org, span: Span, rule: &str) -> i64 {
    let found = check::findings(org, span, &Zone::utc()).unwrap();
    found.iter().filter(|it| it.rule == rule).flat_map(|it| &it.spans).map(|it| it.seconds()).sum()
}

fn seeds() -> u64 {
    std::env::var("DOGWATCH_COVER_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(24)
}

#[test]
fn nothing_is_left_that_could_be_covered_and_no_fewer_changes_do() {
    let (mut clashes, mut left, mut more) = (0, 0, 0);
    for seed in 1..=seeds() {
        let small = Small::of(seed);
        let org = small.org();
        let request = small.request(&org);
        let found = cover(&org, &request).unwrap();
        let context = || format!("seed {seed}: {found:#?}\n{:?}", small.text);
        assert!(found.proved, "{}", context());
        let cost = Cost { left: found.left.len(), changes: changes(&found, small.turn) };
        assert_eq!(cost, Oracle::of(&small, &org).best(), "{}", context());
        clashes += found.clashes;
        left += cost.left;
        more += usize::from(cost.changes + cost.left > found.clashes);
        // And `check` finds on the calendar that comes of it what is left, and nothing else that is new.
        let after = with_cover(&org, &found);
        let spans = found.left.iter().flat_map(|it| &it.spans).map(|it| it.seconds()).sum::<i64>();
        assert_eq!(findings(&after, small.span(), "time-off"), spans, "{}", context());
        for rule in ["not-ready", "both-primaries", "both-seats"] {
            let [before, now] = [&org, &after].map(|it| findings(it, small.span(), rule));
            assert!(now <= before, "{rule}: {now} > {before}: {}", context());
        }
        // Asked again, nothing changes; and when nobody is away any more, all of it is taken back.
        let again = cover(&after, &request).unwrap();
        assert_eq!((again.swaps.len(), again.withdrawn.len()), (0, 0), "{}\n{again:#?}", context());
        let mut back = after.clone();
        for (person, at_home) in back.people.iter_mut().zip(small.without_leave().people) {
            person.off = at_home.off;
        }
        let back = cover(&back, &request).unwrap();
        assert_eq!(back.withdrawn.len(), found.swaps.len(), "{}", context());
        assert!(back.withdrawn.iter().all(|it| it.needless) && back.owed.is_empty(), "{}", context());
    }
    // The organisations are hard enough to say something.
    assert!(clashes > 24 && left > 2, "{clashes} clashes, {left} left, {more} with further changes");
}
