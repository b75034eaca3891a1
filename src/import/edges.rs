//! Escalation policies as edges that are said once.
//!
//! A policy of PagerDuty's is a list by itself; an edge of ours holds wherever its seat is met. Where the policies agree –
//! one that comes to a seat goes on as the policy that begins there – edges need no condition, and what follows from
//! others is left out. Where they part ways, the edges ask for their services.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::import::toml_files::{list, quote};
use crate::import::{Note, Weight, brief};
use crate::pagerduty::desired::conditional_key;

/// Of so many edges all selections are tried, to find the one that a mark speaks of.
const MOST_TRIED: usize = 12;

/// A policy as a ladder.
pub struct Ladder {
    /// The policy's.
    pub name: String,
    /// What our mark calls it, if it has one.
    pub key: Option<String>,
    /// A seat or `@person`; absent, the policy pages nobody.
    pub entry: Option<String>,
    /// Minutes from the entry, and where to.
    pub rungs: Vec<(u32, String)>,
}

impl Ladder {
    fn seat(&self) -> Option<&str> {
        self.entry.as_deref().filter(|it| !it.starts_with('@'))
    }

    fn minute(&self, node: &str) -> Option<u32> {
        self.rungs.iter().find(|(_, it)| it == node).map(|it| it.0)
    }
}

struct Graph<'a> {
    ladders: &'a [Ladder],
    /// Of each seat the ladder that begins there, for all who come by.
    base: BTreeMap<&'a str, usize>,
    /// Seats from which edges ask for services.
    parted: BTreeSet<&'a str>,
}

/// The table `escalations`; nothing, if there are none. `services` are those of each ladder, `routed` the ladders that
/// a router leads to.
pub fn write(
    ladders: &[Ladder],
    services: &[Vec<String>],
    routed: &BTreeSet<usize>,
    lines: &[Option<usize>],
    notes: &mut Vec<Note>,
) -> String {
    let mut told = |code, index: usize, what: String, instead: &str| {
        notes.push(Note { weight: Weight::Attention, code, line: lines[index], what, instead: instead.to_owned() });
    };
    let is_used = |index: usize| !services[index].is_empty() || routed.contains(&index);
    let graph = Graph::of(ladders, services, &is_used);
    let mut out = String::new();
    let mut onward: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut written: BTreeSet<(String, u32, String, String)> = BTreeSet::new();
    for (index, ladder) in ladders.iter().enumerate() {
        let Some(entry) = ladder.seat() else { continue };
        let own = graph.base.get(entry) == Some(&index);
        let asks = graph.parted.contains(entry);
        let rungs = graph.rungs(index);
        if rungs.is_empty() {
            continue;
        }
        if (asks || !own) && services[index].is_empty() {
            let what = format!("no service has policy `{}`, which begins where another leads", brief(&ladder.name));
            told("unused-policy", index, what, "its escalations are left out");
            continue;
        }
        if (asks || !own) && routed.contains(&index) {
            let what = format!(
                "rules of the router lead to policy `{}`, and another one begins there too",
                brief(&ladder.name)
            );
            told(
                "parted",
                index,
                what,
                "its escalations ask for its services: what the router leads there stays at the first rung",
            );
        }
        let conditional: Vec<bool> = match ladder.key.as_deref().filter(|it| it.contains('+')) {
            Some(key) => {
                let found = marked(key, entry, &rungs, asks || !own);
                if found.is_none() {
                    let what = format!("policy `{}` has conditions that its rules do not show", brief(&ladder.name));
                    told("conditions", index, what, "its services are asked for instead, and `plan` makes it anew");
                }
                found.unwrap_or_else(|| vec![true; rungs.len()])
            }
            None => vec![asks || !own; rungs.len()],
        };
        let when = format!(", when = {{ service = {} }}", list(&services[index]));
        for ((after, to), conditional) in rungs.into_iter().zip(conditional) {
            if reaches(&onward, &to, entry) {
                let what = format!(
                    "policy `{}` leads from `{entry}` to `{to}`, and another policy the other way",
                    brief(&ladder.name)
                );
                told("circle", index, what, "this rung is left out: ours never lead in a circle");
                continue;
            }
            let when = if conditional && !services[index].is_empty() { when.as_str() } else { "" };
            if written.insert((entry.to_owned(), after, to.clone(), when.to_owned())) {
                onward.entry(entry.to_owned()).or_default().insert(to.clone());
                let (from, to) = (quote(entry), quote(&to));
                let _ = writeln!(out, "  {{ from = {from}, after = \"{after}m\", to = {to}{when} }},");
            }
        }
    }
    if out.is_empty() { out } else { format!("escalations = [\n{out}]\n") }
}

/// Which of these edges the mark of a policy speaks of.
fn marked(key: &str, entry: &str, rungs: &[(u32, String)], all: bool) -> Option<Vec<bool>> {
    let is = |chosen: &[bool]| {
        let edges = rungs.iter().zip(chosen).filter(|it| *it.1);
        let edges = edges.map(|((after, to), _)| (entry.to_owned(), u64::from(*after) * 60, to.clone()));
        conditional_key(entry, edges.collect()) == key
    };
    let whole = vec![true; rungs.len()];
    if is(&whole) {
        return Some(whole);
    }
    if all || rungs.len() > MOST_TRIED {
        return None;
    }
    let selections = (1..1u32 << rungs.len()).map(|bits| (0..rungs.len()).map(|it| bits >> it & 1 == 1).collect());
    selections.into_iter().find(|it: &Vec<bool>| is(it))
}

impl<'a> Graph<'a> {
    fn of(ladders: &'a [Ladder], services: &[Vec<String>], is_used: &impl Fn(usize) -> bool) -> Graph<'a> {
        let mut base: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, ladder) in ladders.iter().enumerate() {
            let Some(entry) = ladder.seat() else { continue };
            let plain = |index: usize| ladders[index].key.as_ref().is_none_or(|it| !it.contains('+'));
            let rank = |index: usize| (is_used(index), plain(index), services[index].len());
            match base.get(entry) {
                Some(known) if rank(*known) >= rank(index) => {}
                _ => drop(base.insert(entry, index)),
            }
        }
        let mut graph = Graph { ladders, base, parted: BTreeSet::new() };
        // What nobody uses bends to what somebody does.
        for (index, ladder) in ladders.iter().enumerate().filter(|(index, _)| !is_used(*index)) {
            let clashes = |graph: &Graph<'_>| {
                let others = graph.base.iter().filter(|it| *it.1 != index);
                let met = others.clone().any(|(seat, _)| !graph.agrees(ladder, seat));
                met || ladder.seat().is_some_and(|seat| {
                    graph.base.get(seat) == Some(&index)
                        && ladders.iter().enumerate().any(|(it, other)| is_used(it) && !graph.agrees(other, seat))
                })
            };
            if clashes(&graph)
                && let Some(seat) = ladder.seat().filter(|it| graph.base.get(it) == Some(&index))
            {
                graph.base.remove(seat);
            }
        }
        loop {
            let used = || ladders.iter().enumerate().filter(|(it, _)| is_used(*it)).map(|it| it.1);
            let seats = graph.base.keys().copied().filter(|it| !graph.parted.contains(it));
            let parts: Vec<&str> = seats.filter(|seat| used().any(|it| !graph.agrees(it, seat))).collect();
            if parts.is_empty() {
                return graph;
            }
            graph.parted.extend(parts);
        }
    }

    /// Whether a ladder that comes to a seat goes on as the one that begins there.
    fn agrees(&self, ladder: &Ladder, seat: &str) -> bool {
        let Some(base) = self.base.get(seat).map(|it| &self.ladders[*it]) else { return true };
        let entry = ladder.entry.as_deref();
        let met = if entry == Some(seat) { Some(0) } else { ladder.minute(seat) };
        let Some(met) = met.filter(|_| !std::ptr::eq(base, ladder)) else { return true };
        base.rungs.iter().filter(|(_, to)| to != "@nobody").all(|(after, to)| {
            entry == Some(to.as_str()) || ladder.minute(to).is_some_and(|it| it <= met.saturating_add(*after))
        })
    }

    /// The rungs of a ladder that do not follow from others.
    fn rungs(&self, index: usize) -> Vec<(u32, String)> {
        let ladder = &self.ladders[index];
        let entry = ladder.seat().unwrap_or_default();
        let follows = |(at, to): &&(u32, String)| {
            let through = |seat: &str, met: u32| {
                let base = self.base.get(seat).filter(|it| **it != index && !self.parted.contains(seat));
                let after = base.and_then(|it| self.ladders[*it].minute(to));
                seat != to && after.is_some_and(|it| (it > 0 || seat == entry) && met.saturating_add(it) == *at)
            };
            through(entry, 0) || ladder.rungs.iter().any(|(met, seat)| through(seat, *met))
        };
        ladder.rungs.iter().filter(|it| !follows(it)).cloned().collect()
    }
}

/// Whether one can go from one place to another.
fn reaches(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut stack = vec![from];
    while let Some(it) = stack.pop() {
        if it == to {
            return true;
        }
        if seen.insert(it) {
            stack.extend(graph.get(it).into_iter().flatten().map(String::as_str));
        }
    }
    false
}
