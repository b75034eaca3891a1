//! What the escalations' `when` may come to.

use crate::escalation::{Edges, Step};
use crate::org::{Condition, Entry};

use super::value::{Effort, Literal, Value, value};

/// How many outcomes of one way in are told apart.
const MOST_OUTCOMES: usize = 256;

/// A ladder that some alerts climb from a way in.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// Its places.
    pub steps: Vec<Step>,
    /// Which alerts: those for which all of one of these lists hold. Never empty; an empty list is every alert.
    pub when: Vec<Vec<Literal<'a>>>,
}

/// All ladders from a way in; and whether there are so many that they are not all here.
///
/// The walk is made with nothing known of the alert. Where it asks of a condition for the first time, it is made
/// twice, with the condition holding and not holding; so what a walk never asks is never told apart. What no value of
/// a tag can fulfil is left out.
pub fn outcomes<'a>(edges: &Edges<'a>, entry: Entry, effort: &mut Effort) -> (Vec<Outcome<'a>>, bool) {
    let mut outcomes: Vec<Outcome<'a>> = Vec::new();
    let mut open: Vec<Vec<Literal<'a>>> = vec![Vec::new()];
    let mut leaves = 0;
    while let Some(known) = open.pop() {
        let mut asked: Option<&'a Condition> = None;
        let steps = edges.walk(entry, |edge| {
            edge.when.iter().all(|condition| match known.iter().find(|(it, _)| same(it, condition)) {
                Some((_, holds)) => *holds,
                None => {
                    asked.get_or_insert(condition);
                    false
                }
            })
        });
        let Some(condition) = asked else {
            leaves += 1;
            if leaves > MOST_OUTCOMES {
                return (outcomes, true);
            }
            match outcomes.iter_mut().find(|it| places(&it.steps).eq(places(&steps))) {
                Some(outcome) => outcome.when.push(known),
                None => outcomes.push(Outcome { steps, when: vec![known] }),
            }
            continue;
        };
        for holds in [true, false] {
            let mut known = known.clone();
            known.push((condition, holds));
            let of_tag: Vec<Literal<'_>> = known.iter().filter(|(it, _)| it.tag == condition.tag).copied().collect();
            if value(&of_tag, effort) != Value::None {
                open.push(known);
            }
        }
    }
    (outcomes, false)
}

fn places(steps: &[Step]) -> impl Iterator<Item = (std::time::Duration, crate::org::Node)> {
    steps.iter().map(|it| (it.after, it.node))
}

fn same(left: &Condition, right: &Condition) -> bool {
    let texts = |it: &Condition| it.any.iter().map(ToString::to_string).collect::<Vec<_>>();
    std::ptr::eq(left, right) || left.tag == right.tag && texts(left) == texts(right)
}
