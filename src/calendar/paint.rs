//! Laying one coat of shifts over another.

use crate::calendar::{Shift, Why};
use crate::org::{Holder, Override};
use crate::time::{Span, subtract, union};

/// `coat` over `base`: what of the base the coat leaves free, and the coat. Both are in order of their start; within
/// each, shifts overlap only where they have the same span, as those of a `together` layer do, or pieces of it.
pub(super) fn cover(base: Vec<Shift>, coat: Vec<Shift>) -> Vec<Shift> {
    if base.is_empty() {
        return coat;
    }
    if coat.is_empty() {
        return base;
    }
    merged(&uncovered(&base, coat.iter().map(|it| it.span)), &coat)
}

/// Two lists in order of their start as one. Of shifts that start together, those of the first list go first.
fn merged(first: &[Shift], second: &[Shift]) -> Vec<Shift> {
    let mut out = Vec::with_capacity(first.len() + second.len());
    let mut rest = first;
    for shift in second {
        let (before, after) = rest.split_at(rest.iter().take_while(|it| it.span.start() <= shift.span.start()).count());
        out.extend_from_slice(before);
        out.push(*shift);
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

/// What of `base` none of `holes` touches, in order of its start. Both are in order.
fn uncovered(base: &[Shift], holes: impl ExactSizeIterator<Item = Span>) -> Vec<Shift> {
    let mut out = Vec::with_capacity(base.len() + holes.len());
    let mut holes = holes.peekable();
    let mut near: Vec<Span> = Vec::new();
    for shift in base {
        // A base shift starts no earlier than the one before, so a hole that ended then is done with.
        near.retain(|it| it.end() > shift.span.start());
        while let Some(hole) = holes.next_if(|it| it.start() < shift.span.end()) {
            if hole.end() > shift.span.start() {
                near.push(hole);
            }
        }
        let mut start = shift.span.start();
        for hole in &near {
            if hole.start() >= shift.span.end() {
                break;
            }
            out.extend(Span::new(start, hole.start()).map(|span| Shift { span, ..*shift }));
            start = start.max(hole.end());
        }
        out.extend(Span::new(start, shift.span.end()).map(|span| Shift { span, ..*shift }));
    }
    // Pieces of shifts that overlap came one shift after the other.
    out.sort_by_key(|it| it.span.start());
    out
}

/// Overrides over a timeline: each later one sees what the earlier ones left. Each comes with its number and its
/// span, cut to what was asked for.
pub(super) fn overrides(timeline: Vec<Shift>, overrides: &[(u32, &Override, Span)]) -> Vec<Shift> {
    if overrides.is_empty() {
        return timeline;
    }
    // Only what lies under an override is worked on, a stretch of overlapping ones at a time; shifts stay whole.
    let stretches = union(overrides.iter().map(|(.., span)| *span).collect());
    let mut out = Vec::with_capacity(timeline.len() + 2 * overrides.len());
    let mut base = timeline.into_iter().peekable();
    let mut near: Vec<Shift> = Vec::new();
    for stretch in stretches {
        near.extend(std::iter::from_fn(|| base.next_if(|it| it.span.start() < stretch.end())));
        out.extend(near.extract_if(.., |it| it.span.end() <= stretch.start()));
        near.sort_by_key(|it| it.span.start());
        for (index, row, span) in overrides.iter().filter(|(.., it)| it.intersection(stretch).is_some()) {
            near = lay(near, row, *index, *span);
        }
    }
    out.extend(near);
    out.extend(base);
    out.sort_by_key(|it| it.span.start());
    out
}

/// One override over a timeline.
fn lay(timeline: Vec<Shift>, row: &Override, index: u32, span: Span) -> Vec<Shift> {
    let shift = |span| Shift { span, planned: row.span, holder: row.holder, why: Why::Override { index } };
    let Some(person) = row.instead_of.map(Holder::Person) else {
        return cover(timeline, vec![shift(span)]);
    };
    let (theirs, mut others): (Vec<Shift>, Vec<Shift>) = timeline.into_iter().partition(|it| it.holder == person);
    let taken: Vec<Span> = union(theirs.iter().filter_map(|it| it.span.intersection(span)).collect());
    // Whoever stands in and holds the seat anyway, as on a `together` layer, holds it once. Nobody stands in only
    // where nobody else is left.
    let holds = |it: &&Shift| row.holder == Holder::Nobody || it.holder == row.holder;
    let held = union(others.iter().filter(holds).map(|it| it.span).collect());
    others.extend(uncovered(&theirs, taken.iter().copied()));
    others.extend(subtract(&taken, &held).into_iter().map(shift));
    others.sort_by_key(|it| it.span.start());
    others
}

/// The same for one instant.
pub(super) fn override_at(held: &mut Vec<(Holder, Why)>, row: &Override, why: Why) {
    let Some(person) = row.instead_of.map(Holder::Person) else {
        *held = vec![(row.holder, why)];
        return;
    };
    let before = held.len();
    held.retain(|(holder, _)| *holder != person);
    let there = match row.holder {
        Holder::Nobody => !held.is_empty(),
        holder => held.iter().any(|(it, _)| *it == holder),
    };
    if held.len() < before && !there {
        held.push((row.holder, why));
    }
}
