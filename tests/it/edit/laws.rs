//! What holds of every edit, whatever the organisation.
//!
//! Calendars are compared here by asking who holds a seat at an instant, which is arithmetic in the library and knows
//! nothing of the painted shifts that `edit` compares; the order of people is counted by hand.
//!
//! `DOGWATCH_EDIT=30 cargo test --release edit::laws -- --nocapture` looks at each of the next 30 handoffs of every
//! layer, and at 30 random organisations in each of eight zones, and prints how many edits that was: one joins and one
//! leaves at each handoff, in turn. With `DOGWATCH_EDIT_ALL=1` everybody does, everywhere.

use std::collections::BTreeMap;

use dogwatch::calendar::{Why, holders};
use dogwatch::config::Files;
use dogwatch::edit::{self, At, Difference, Edit, End, Moment, Place, Refusal, Which, Wish};
use dogwatch::org::{Holder, Layer, Org, PersonId, Rotation, Seat, SeatId, SecondaryCalendar};
use dogwatch::time::{Instant, Span, parse_instant};

use super::{effort, folder, sound};
use crate::oracle::clock::ZONES;
use crate::oracle::generate::Random;
use crate::oracle::random_files;

/// The layers that a seat has of its own.
fn own_layers(rotation: &Rotation, seat: Seat) -> &[Layer] {
    match (seat, rotation.secondary.as_ref().map(|it| &it.calendar)) {
        (Seat::Primary, _) => &rotation.layers,
        (Seat::Secondary, Some(SecondaryCalendar::Layers(layers))) => layers,
        (Seat::Secondary, _) => &[],
    }
}

fn instant(unix: i64) -> Instant {
    Instant::from_unix(unix)
}

/// Every instant at which anything of a rotation can change hands: handoffs, ends of layers and overrides, and, where
/// hours are kept, every quarter of an hour would be: the edges of its hours.
fn edges(org: &Org, rotation: &Rotation, span: Span, out: &mut Vec<Instant>) {
    for seat in [Seat::Primary, Seat::Secondary] {
        for layer in own_layers(rotation, seat) {
            let Some(life) = layer.span().and_then(|it| it.intersection(span)) else { continue };
            out.extend([life.start(), life.end()]);
            out.extend(layer.handoffs.turns(life).unwrap().iter().map(|it| it.span.start()));
            if !layer.hours.is_always() {
                out.extend(layer.hours.within(life).iter().flat_map(|it| [it.start(), it.end()]));
            }
        }
    }
    out.extend(org.rotation(rotation.id).overrides.iter().flat_map(|it| [it.span.start(), it.span.end()]));
}

/// Stretches between edges, of which each is held by the same people throughout.
fn stretches(before: &Org, after: &Org, rotation: &Rotation, span: Span) -> Vec<Span> {
    let mut instants = vec![span.start(), span.end()];
    edges(before, rotation, span, &mut instants);
    edges(after, after.rotation(rotation.id), span, &mut instants);
    instants.retain(|it| span.start() <= *it && *it <= span.end());
    instants.sort_unstable();
    instants.dedup();
    instants.windows(2).filter_map(|it| Span::new(it[0], it[1])).collect()
}

fn held(org: &Org, seat: SeatId, at: Instant) -> Vec<Holder> {
    let mut held: Vec<Holder> = holders(org, seat, at).unwrap().into_iter().map(|(it, _)| it).collect();
    held.sort_unstable();
    held.dedup();
    held
}

/// What two calendars differ in, by asking for the middle of every stretch.
type Asked = Vec<(SeatId, Span, Vec<Holder>, Vec<Holder>)>;

fn ask(before: &Org, after: &Org, rotation: &Rotation, span: Span) -> Asked {
    let mut asked: Asked = Vec::new();
    let stretches = stretches(before, after, rotation, span);
    for seat in before.seats().filter(|it| it.rotation == rotation.id) {
        for stretch in &stretches {
            let middle = instant(stretch.start().unix().midpoint(stretch.end().unix()));
            let (old, new) = (held(before, seat, middle), held(after, seat, middle));
            if old == new {
                continue;
            }
            match asked.last_mut() {
                Some((of, last, o, n)) if *of == seat && last.end() == stretch.start() && *o == old && *n == new => {
                    *last = Span::new(last.start(), stretch.end()).unwrap();
                }
                _ => asked.push((seat, *stretch, old, new)),
            }
        }
    }
    asked
}

/// The difference that is printed is the difference that there is, hours included.
fn is_told(before: &Org, after: &Org, rotation: &Rotation, span: Span, told: &Difference, what: &str) -> Asked {
    let asked = ask(before, after, rotation, span);
    let listed: Asked = told.changes.iter().map(|it| (it.seat, it.span, it.before.clone(), it.after.clone())).collect();
    assert_eq!(listed, asked, "{what}");
    let mut sums: BTreeMap<PersonId, i64> = BTreeMap::new();
    for (_, span, old, new) in &asked {
        for (list, others, sign) in [(old, new, -1), (new, old, 1)] {
            for person in list.iter().filter(|it| !others.contains(it)).filter_map(|it| it.person()) {
                *sums.entry(person).or_default() += sign * span.seconds();
            }
        }
    }
    let told: BTreeMap<PersonId, i64> = told.accounts.iter().map(|it| (it.person, it.after - it.before)).collect();
    assert_eq!(told, sums, "{what}");
    asked
}

/// Nothing that was said before an instant is taken back.
fn past_stays(asked: &Asked, from: Instant, what: &str) {
    for (_, span, ..) in asked {
        assert!(from <= span.start(), "{what}: {span} changed, before {from}");
    }
}

/// Only lines of the rows that change differ, and only one file does: all lines but those of the keys that may change are
/// there, in their order, and what is new are lines of a layer.
fn bytes_stay(edit: &Edit, what: &str) {
    let [file] = edit.files.as_slice() else { panic!("{what}: {} files", edit.files.len()) };
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let stays = |line: &&str| !["people", "first", "until"].contains(&key(line).as_str());
    let mut after = file.after.split_inclusive('\n').filter(stays);
    for line in file.before.split_inclusive('\n').filter(stays) {
        loop {
            let new = after.next().unwrap_or_else(|| panic!("{what}: a line is gone: {line}\n{}", file.after));
            if new == line {
                break;
            }
            let known = ["", "from", "handoff", "hours", "zone", "together"];
            let key = key(new);
            assert!(key.starts_with("[[") || known.contains(&key.as_str()), "{what}: a new line: {new}");
        }
    }
    let comments = |text: &str| text.lines().filter(|it| it.contains('#')).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(comments(&file.before), comments(&file.after), "{what}");
}

/// Whose turns a layer has from an instant on, counted by hand.
fn order(layer: &Layer, from: Instant, count: u64) -> Vec<Holder> {
    let places = layer.places.len() as u64;
    let first = match layer.handoffs.turn(from.max(layer.handoffs.start())).unwrap() {
        Some(turn) => turn.number,
        None => return Vec::new(),
    };
    let end = layer.until.unwrap_or(Instant::MAX);
    let mut holders = Vec::new();
    let mut at = from.max(layer.handoffs.start());
    for number in first..first + count {
        if end <= at {
            break;
        }
        holders.push(layer.places[((number + u64::from(layer.first)) % places) as usize]);
        match layer.handoffs.turn(at).unwrap() {
            Some(turn) if turn.span.end() < Instant::MAX => at = turn.span.end(),
            _ => break,
        }
    }
    holders
}

/// The order goes on: without whoever came or went, the turns after are those before, in their order, from the same one
/// on.
///
/// `named` is the layer that was named: those that it goes on from or goes on as are one order with it.
fn order_goes_on(
    before: &[Layer],
    after: &[Layer],
    named: usize,
    from: Instant,
    person: PersonId,
    joins: bool,
    what: &str,
) -> bool {
    let me = Holder::Person(person);
    let mut index = 0;
    let mut changed = 0;
    let mut pairs: Vec<(usize, &Layer, &Layer)> = Vec::new();
    for (place, old) in before.iter().enumerate() {
        let new = &after[index];
        index += 1;
        let begun = old.handoffs.start() < from;
        if old.places == new.places && old.until == new.until {
            pairs.push((place, old, new));
            continue;
        }
        changed += 1;
        let new = match begun {
            false => new,
            true => {
                assert_eq!(
                    (&old.places, old.first, old.handoffs.start()),
                    (&new.places, new.first, new.handoffs.start())
                );
                assert_eq!(new.until, Some(from), "{what}: the old layer ends when the new one begins");
                let new = &after[index];
                index += 1;
                assert_eq!(new.handoffs.start(), from, "{what}");
                new
            }
        };
        pairs.push((place, old, new));
        assert_eq!((old.until, &old.hours, old.together), (new.until, &new.hours, new.together), "{what}");
        assert_eq!(old.handoffs.zone(), new.handoffs.zone(), "{what}");
        let people = |layer: &Layer| layer.people().into_iter().filter(|it| *it != person).collect::<Vec<_>>();
        let count = 3 * old.places.len() as u64 + 3;
        let (mut was, mut is) = (order(old, from, count), order(new, from, count));
        if old.together {
            let sorted = |mut people: Vec<PersonId>| {
                people.sort_unstable();
                people
            };
            assert_eq!(sorted(people(old)), sorted(people(new)), "{what}");
            continue;
        }
        if joins {
            assert!(is.len() < count as usize || is.contains(&me), "{what}");
            for round in is.windows(new.places.len()) {
                assert_eq!(round.iter().filter(|it| **it == me).count(), 1, "{what}: a turn a round");
            }
            is.retain(|it| *it != me);
        } else {
            assert!(!is.contains(&me), "{what}");
            was.retain(|it| *it != me);
        }
        let common = was.len().min(is.len());
        assert!(common > 0 || was.is_empty() || is.is_empty());
        // Who is first in a layer that goes on from another is seen across the seam, below.
        if !chained(before, old) || old.handoffs.start() < from {
            assert_eq!(was[..common], is[..common], "{what}");
        }
    }
    assert_eq!(index, after.len(), "{what}: nothing else is written");
    assert!(changed > 0, "{what}");
    across_the_seams(before, pairs, named, from, me, what)
}

fn goes_on_as(old: &Layer, next: &Layer) -> bool {
    old.until == Some(next.handoffs.start())
        && old.handoffs.zone() == next.handoffs.zone()
        && old.hours == next.hours
        && old.together == next.together
}

fn chained(layers: &[Layer], layer: &Layer) -> bool {
    layers.iter().any(|it| goes_on_as(it, layer))
}

/// Where layers go on as each other, those who are in all of them have their turns one after the other across the seams, as
/// they had. Whether there was anything to see.
fn across_the_seams(
    before: &[Layer],
    pairs: Vec<(usize, &Layer, &Layer)>,
    named: usize,
    from: Instant,
    me: Holder,
    what: &str,
) -> bool {
    let mut strand = vec![named];
    while let Some(more) = (0..before.len()).find(|it| {
        let beside = |at: &usize| goes_on_as(&before[*at], &before[*it]) || goes_on_as(&before[*it], &before[*at]);
        !strand.contains(it) && strand.iter().any(beside)
    }) {
        strand.push(more);
    }
    // Two that begin where one ends are no single order.
    let mut starts: Vec<Instant> = strand.iter().map(|it| before[*it].handoffs.start()).collect();
    starts.sort_unstable();
    starts.dedup();
    if starts.len() != strand.len() || before[named].together {
        return false;
    }
    let mut pairs: Vec<(usize, &Layer, &Layer)> =
        pairs.into_iter().filter(|it| strand.contains(&it.0) && it.1.until.is_none_or(|until| from < until)).collect();
    pairs.sort_by_key(|it| it.1.handoffs.start());
    if pairs.len() < 2 {
        return false;
    }
    let common = |it: &Holder| *it != me && pairs.iter().all(|(_, old, _)| old.places.contains(it));
    let turns = |of: fn(&(usize, &Layer, &Layer)) -> Layer| -> Vec<Holder> {
        let all = pairs.iter().flat_map(|it| {
            let layer = of(it);
            // As many turns as there are before the seam, and three rounds beyond the last one.
            let count = if layer.until.is_some() { 2_000 } else { 3 * layer.places.len() as u64 + 3 };
            order(&layer, from, count)
        });
        all.filter(common).collect()
    };
    let (was, is) = (turns(|it| it.1.clone()), turns(|it| it.2.clone()));
    let round = pairs[0].1.places.iter().filter(|it| common(it)).count();
    if round == 0 || was.len() <= round || (round..was.len()).any(|it| was[it] != was[it - round]) {
        // It did not go on there before: whoever was first still is, or, if it is they who left, another.
        return false;
    }
    let both = was.len().min(is.len());
    assert_eq!(was[..both], is[..both], "{what}: the order goes on across the seams");
    true
}

/// What was looked at.
#[derive(Default)]
struct Seen {
    joins: u64,
    leaves: u64,
    refusals: u64,
    /// Joins and leaves that had a seam ahead of them across which the order had to go on.
    seams: u64,
    /// Of refusals: a new layer could not hand over as the old one does.
    other_times: u64,
}

/// Joins and leaves of one layer of a seat at an instant.
#[allow(clippy::too_many_arguments, reason = "a table row")]
fn try_layer(
    files: &Files,
    org: &Org,
    seat: SeatId,
    index: usize,
    at: Instant,
    now: Instant,
    nth: usize,
    seen: &mut Seen,
) {
    // One joins and one leaves, at each handoff another; or everybody, everywhere.
    let all = std::env::var_os("DOGWATCH_EDIT_ALL").is_some();
    let rotation = org.rotation(seat.rotation);
    let layers = own_layers(rotation, seat.seat);
    let layer = &layers[index];
    let turn = layer.handoffs.turn(at.max(layer.handoffs.start())).unwrap().unwrap().span.seconds();
    let reach = (2 * layer.places.len() as i64 + 3) * turn;
    let span = Span::new(instant(now.unix() - 9 * 86_400), instant(at.unix() + reach)).unwrap();
    let stranger = org.people.iter().find(|it| !layers.iter().any(|layer| layer.people().contains(&it.id)));
    let mut wishes: Vec<(Wish, PersonId, bool)> = Vec::new();
    if let Some(stranger) = stranger {
        let person = stranger.id;
        let mut places = vec![Place::Last, Place::First];
        places.extend(layer.people().into_iter().map(Place::After));
        if !all {
            places = vec![places[nth % places.len()]];
        }
        for place in places {
            let wish = Wish::Join { person, seat, layers: vec![index], place, at: At::Instant(at) };
            wishes.push((wish, person, true));
        }
    }
    let mut leavers = layer.people();
    if !all && !leavers.is_empty() {
        leavers = vec![leavers[nth % leavers.len()]];
    }
    for person in &leavers {
        let wish = Wish::Leave {
            person: *person,
            rotation: seat.rotation,
            seat: Some(seat.seat),
            layers: vec![index],
            at: At::Instant(at),
        };
        wishes.push((wish, *person, false));
    }
    for (wish, person, joins) in wishes {
        let what = format!("{} layer {} at {at}, {wish:?}", org.seat_name(seat), index + 1);
        match edit::edit(files, org, &wish, now, &org.zone) {
            Ok(edit) => {
                *if joins { &mut seen.joins } else { &mut seen.leaves } += 1;
                let told = edit::difference(org, &edit.org, span).unwrap();
                let asked = is_told(org, &edit.org, rotation, span, &told, &what);
                past_stays(&asked, at, &what);
                let after = own_layers(edit.org.rotation(seat.rotation), seat.seat);
                seen.seams += u64::from(order_goes_on(layers, after, index, at, person, joins, &what));
                bytes_stay(&edit, &what);
            }
            Err(Refusal { message, hints }) => {
                seen.refusals += 1;
                seen.other_times += u64::from(message.contains("at other times"));
                assert!(!message.is_empty() && !hints.is_empty(), "{what}: {message}");
                // All that may be refused: that nobody would be left, that a new layer would hand over at other times.
                let known = ["nobody is left", "would hand over at other times", "is not among the people", "already"];
                assert!(known.iter().any(|it| message.contains(it)), "{what}: {message} {hints:?}");
            }
        }
    }
}

fn try_all(files: &Files, now: Instant, handoffs: usize, seen: &mut Seen) {
    let org = sound(files);
    for rotation in &org.rotations {
        for seat in [Seat::Primary, Seat::Secondary] {
            for (index, layer) in own_layers(rotation, seat).iter().enumerate() {
                let mut at = now;
                for nth in 0..handoffs {
                    let Ok(Some(turn)) = layer.handoffs.turn(at.max(layer.handoffs.start())) else { break };
                    at = if at < layer.handoffs.start() { layer.handoffs.start() } else { turn.span.end() };
                    if at >= Instant::MAX || layer.until.is_some_and(|until| until <= at) {
                        break;
                    }
                    try_layer(files, &org, SeatId { rotation: rotation.id, seat }, index, at, now, nth, seen);
                }
            }
        }
    }
}

#[test]
fn everybody_may_come_and_go_at_every_handoff_of_the_reference_organisation() {
    let files = folder("rotations");
    let now = instant(1_796_752_800); // 2026-12-08T18:00:00Z
    let handoffs = effort(1);
    let mut seen = Seen::default();
    try_all(&files, now, handoffs as usize, &mut seen);
    let Seen { joins, leaves, seams, refusals, .. } = seen;
    println!("{joins} joins and {leaves} leaves over {handoffs} handoffs, {seams} across seams; {refusals} refused");
    assert!(seams >= 2, "search has a seam: {seams}");
    assert!(seen.joins >= 15 && seen.leaves >= 15, "{} {}", seen.joins, seen.leaves);
    assert_eq!(seen.refusals, 0, "every layer of the reference organisation can go on at every handoff");
}

#[test]
fn everybody_may_come_and_go_in_random_organisations() {
    let seeds = effort(1);
    let mut seen = Seen::default();
    for zone in 0..ZONES.len() {
        for seed in 0..seeds {
            let mut files: Files = random_files(zone, seed).into_iter().collect();
            // Somebody who can join whatever it is.
            let people = files.text("people.toml").unwrap().to_owned();
            files.insert("people.toml", format!("{people}[zed]\nname = \"Zed\"\nzone = \"Asia/Tokyo\"\n"));
            let now = instant(1_767_225_600 + (seed as i64 * 37 + zone as i64 * 11) % 300 * 86_400 + 37_000);
            try_all(&files, now, if seeds > 3 { 5 } else { 1 }, &mut seen);
        }
    }
    let Seen { joins, leaves, refusals, other_times, .. } = seen;
    println!("{joins} joins and {leaves} leaves; {refusals} refused, {other_times} because of their cadence");
    assert!(joins >= 8 && leaves >= 8, "{joins} {leaves}");
    assert!(other_times * 10 <= joins + leaves, "{other_times} refused");
}

/// Of what changes by a swap, all is the exchange of one turn of each; all of both turns that is to come changes.
#[test]
fn after_a_swap_the_neighbours_stay() {
    let mut swaps = 0;
    let mut refused = 0;
    for zone in 0..ZONES.len() {
        for seed in 0..effort(6) {
            let files: Files = random_files(zone, seed).into_iter().collect();
            let org = sound(&files);
            let mut random = Random::new(seed * 8 + zone as u64);
            for seat in org.seats() {
                let rotation = org.rotation(seat.rotation);
                let now = instant(1_767_225_600 + random.below(300 * 24) * 3600);
                let (one, other) = (random.index(org.people.len()), random.index(org.people.len()));
                let (one, other) = (org.people[one].id, org.people[other].id);
                let wish = Wish::Swap { one: (one, Which::Next), other: (other, Which::Next), seat, reason: None };
                let what = format!("zone {zone}, seed {seed}, {}, {now}: {wish:?}", org.seat_name(seat));
                let edit = match edit::edit(&files, &org, &wish, now, &org.zone) {
                    Ok(edit) => edit,
                    Err(refusal) => {
                        refused += 1;
                        let known = ["no turn in", "swap with themselves", "nothing to swap", "stand in for"];
                        assert!(known.iter().any(|it| refusal.message.contains(it)), "{what}: {refusal}");
                        continue;
                    }
                };
                swaps += 1;
                let span =
                    Span::new(instant(now.unix() - 86_400 * 9), instant(edit.until.unix() + 86_400 * 9)).unwrap();
                let told = edit::difference(&org, &edit.org, span).unwrap();
                let asked = is_told(&org, &edit.org, rotation, span, &told, &what);
                past_stays(&asked, now, &what);
                let mut turns: BTreeMap<PersonId, Why> = BTreeMap::new();
                for (of, stretch, old, new) in &asked {
                    assert_eq!(*of, seat, "{what}");
                    let exchanged = |gives: PersonId, takes: PersonId| {
                        let place =
                            |it: &Holder| if *it == Holder::Person(gives) { Holder::Person(takes) } else { *it };
                        let mut list: Vec<Holder> = old.iter().map(place).collect();
                        list.sort_unstable();
                        list.dedup();
                        list
                    };
                    // Who gets a turn may hold the seat by another layer then.
                    let (gives, _) = [(one, other), (other, one)]
                        .into_iter()
                        .find(|(gives, takes)| {
                            old.contains(&Holder::Person(*gives)) && *new == exchanged(*gives, *takes)
                        })
                        .unwrap_or_else(|| panic!("{what}: {old:?} became {new:?}"));
                    let here = holders(&org, seat, stretch.start()).unwrap();
                    let why = here.iter().find(|(it, _)| *it == Holder::Person(gives)).expect("who gives, holds").1;
                    assert_eq!(*turns.entry(gives).or_insert(why), why, "{what}: one turn of each");
                }
                for stretch in stretches(&org, &edit.org, rotation, span) {
                    let at = stretch.start();
                    for (holder, why) in holders(&org, seat, at).unwrap() {
                        let turn = holder.person().and_then(|it| turns.get(&it));
                        if turn == Some(&why) && now <= at {
                            let others = held(&org, seat, at);
                            let changed = asked.iter().any(|it| it.1.contains(at));
                            let both = [one, other].iter().all(|it| others.contains(&Holder::Person(*it)));
                            assert!(changed || both, "{what}: {at} is of the turn");
                        }
                    }
                }
            }
        }
    }
    println!("{swaps} swaps, {refused} refused");
    assert!(swaps >= 20, "{swaps}");
}

/// An override changes what it says, where it says it, and nothing else.
#[test]
fn after_an_override_the_neighbours_stay() {
    let mut made = 0;
    for zone in 0..ZONES.len() {
        for seed in 0..effort(4) {
            let files: Files = random_files(zone, seed).into_iter().collect();
            let org = sound(&files);
            let mut random = Random::new(seed * 8 + zone as u64);
            for seat in org.seats() {
                let rotation = org.rotation(seat.rotation);
                let now = instant(1_767_225_600 + random.below(300 * 24) * 3600);
                let from = instant(now.unix() + random.below(20 * 24) * 3600);
                let until = instant(from.unix() + 3600 + random.below(9 * 24) * 3600);
                let mut person = || org.people[random.index(org.people.len())].id;
                let (holder, whom) = (Holder::Person(person()), person());
                let instead_of = (seed % 3 > 0).then_some(whom);
                let wish = Wish::Override {
                    holder,
                    instead_of,
                    seat,
                    from: Moment::Instant(from),
                    end: End::Until(Moment::Instant(until)),
                    reason: Some("\"quoted\", # and 'odd'".to_owned()),
                    correction: false,
                };
                let what = format!("zone {zone}, seed {seed}, {}: {wish:?}", org.seat_name(seat));
                let edit = match edit::edit(&files, &org, &wish, now, &org.zone) {
                    Ok(edit) => edit,
                    Err(refusal) => {
                        let known = ["does not hold", "already", "stand in for themselves", "must say for whom"];
                        assert!(known.iter().any(|it| refusal.message.contains(it)), "{what}: {refusal}");
                        continue;
                    }
                };
                made += 1;
                let span = Span::new(instant(from.unix() - 86_400 * 9), instant(until.unix() + 86_400 * 9)).unwrap();
                let told = edit::difference(&org, &edit.org, span).unwrap();
                let asked = is_told(&org, &edit.org, rotation, span, &told, &what);
                for stretch in stretches(&org, &edit.org, rotation, span) {
                    let at = stretch.start();
                    let before = held(&org, seat, at);
                    let within = from <= at && at < until;
                    let mut expected = match instead_of {
                        None if within => vec![holder],
                        Some(whom) if within && before.contains(&Holder::Person(whom)) => {
                            before.iter().map(|it| if *it == Holder::Person(whom) { holder } else { *it }).collect()
                        }
                        _ => before.clone(),
                    };
                    expected.sort_unstable();
                    expected.dedup();
                    let found = asked.iter().find(|it| it.1.contains(at) && it.0 == seat).map_or(&before, |it| &it.3);
                    assert_eq!(*found, expected, "{what}: at {at}");
                }
                assert!(asked.iter().all(|it| it.0 == seat), "{what}");
                let [file] = edit.files.as_slice() else { panic!("{what}") };
                assert!(file.after.contains(file.before.trim_end()), "{what}: rows come after all others");
            }
        }
    }
    println!("{made} overrides");
    assert!(made >= 20, "{made}");
}

#[test]
fn what_has_begun_is_not_changed_by_a_date_of_the_past() {
    let files = folder("rotations");
    let org = sound(&files);
    let now = parse_instant("2026-12-08T18:00:00Z", &org.zone).unwrap();
    let rotation = org.rotation_named("storage-ops").unwrap().id;
    let person = org.person_named("hugo").unwrap().id;
    for at in
        [At::Day("2026-12-07".parse().unwrap()), At::Instant(now), At::Local("2026-12-08T13:00:00".parse().unwrap())]
    {
        let seat = Some(Seat::Primary);
        let refusal =
            edit::edit(&files, &org, &Wish::Leave { person, rotation, seat, layers: Vec::new(), at }, now, &org.zone);
        let refusal = refusal.unwrap_err();
        assert!(refusal.message.ends_with("is past: what has been stays"), "{refusal}");
        assert_eq!(refusal.hints, ["the next handoff is Mon 2026-12-14 10:00 EST: `--at next-handoff`"]);
    }
}
