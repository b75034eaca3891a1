//! A fair calendar of an organisation: its turns become a model, the model's answer becomes rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::shifts;
use crate::org::{Org, PersonId, RotationId, SeatId};
use crate::people::balance::bound::low;
use crate::people::balance::cramped::cramped;
use crate::people::balance::solve::calendar;
use crate::people::balance::turns::{Asked, Burden, Ledger, Turn, asked, in_hours, turns};
use crate::people::balance::{Effort, Solved, Window};
use crate::people::{Cause, Objection, Readiness, Row, Swap, with_rows, without};
use crate::time::{Exhausted, Instant, Span, union};

/// What is to be balanced.
#[derive(Debug, Clone)]
pub struct Request {
    /// Of which rotations; others stay as they are, and are not counted.
    pub rotations: BTreeSet<RotationId>,
    /// The horizon: turns that start in it may change hands.
    pub span: Span,
    /// From when on what was held and owed is carried over; not after the horizon's start.
    pub since: Instant,
    /// What starts before that is published, and stays.
    pub begin: Instant,
    /// How long to look.
    pub effort: Effort,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Who takes part, in order.
    pub shares: Vec<Share>,
    /// How many turns are not published.
    pub open: usize,
    /// Rows to be written; each is a change of hands by itself.
    pub rows: Vec<Row>,
    /// Rows of an earlier balance that stay.
    pub kept: usize,
    /// Rows of an earlier balance that are taken out, by their place among the rotation's overrides.
    pub withdrawn: BTreeMap<RotationId, BTreeSet<usize>>,
    /// Turns that nobody can hold; they stay whose they are.
    pub stuck: Vec<Stuck>,
    /// Whether there is an answer.
    pub outcome: Outcome,
}

/// Whether there is a calendar, and how good it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// There is.
    Found {
        /// What all that somebody holds too much or too little costs, in weighted hours: as things are now,
        before: f64,
        /// as it will be,
        after: f64,
        /// and below which no calendar can be.
        bound: f64,
        /// Whether there is no better one.
        proved: bool,
        /// Whether `max-share` is kept, as far as the plain turns keep it; if no calendar that keeps it was found, some hold more,
        /// by as few turns as one was found with.
        share_kept: bool,
    },
    /// There is none, or none was found.
    None {
        /// Turns next to each other that nobody can hold without a clash among them; empty, that is not known.
        cramped: Vec<(SeatId, Span)>,
    },
}

/// One person's part.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Whose.
    pub person: PersonId,
    /// What they owe since then and over the horizon.
    pub owed: Burden,
    /// What they held before the horizon.
    pub carried: Burden,
    /// What they hold in the horizon as things are now,
    pub before: Burden,
    /// and as it will be.
    pub after: Burden,
}

impl Share {
    /// Weighted hours held beyond what is owed, now and then.
    pub fn beyond(&self) -> [f64; 2] {
        [self.before, self.after].map(|it| self.carried.weighted + it.weighted - self.owed.weighted)
    }
}

/// A turn that nobody can hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuck {
    /// In which seat.
    pub seat: SeatId,
    /// From its start to its end.
    pub span: Span,
    /// Whose it is.
    pub holder: PersonId,
    /// What speaks against each who takes turns there.
    pub asked: Vec<(PersonId, Vec<Objection>)>,
}

/// By how many turns a limit of shares is gone beyond, step by step, before it is given up.
const MORE_TURNS: [Option<i64>; 4] = [Some(1), Some(2), Some(4), None];

/// How often people may turn out to need their turns.
const MOST_ROUNDS: usize = 12;

/// Proposes a fair calendar.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn balance(org: &Org, request: &Request, progress: &mut dyn FnMut(u64, i64, i64)) -> Result<Balance, Exhausted> {
    let own = own(org, request);
    let plain = without(org, &own);
    let turns = turns(&plain, request)?;
    let now: Vec<PersonId> = current(org, &turns)?;
    let mut pinned = BTreeSet::new();
    let mut rounds = 0;
    let (asked, solved, holders, share_kept) = loop {
        let mut share_kept = true;
        let mut asked = asked(&plain, request, &turns, &now, &pinned)?;
        let start: Vec<usize> = turns.iter().map(|it| it.holder.0 as usize).collect();
        let low = low(&asked.model);
        let mut found = calendar(&asked.model, &start, request.effort, low, progress);
        // A limit of shares, four people, twelve weeks: whoever is away once leaves no other order at all.
        for more in MORE_TURNS {
            if found.is_some() || asked.model.windows.is_empty() {
                break;
            }
            widen(&mut asked.model.windows, more);
            share_kept = false;
            found = calendar(&asked.model, &start, request.effort, low, progress);
        }
        let mut solved = found.unwrap_or_else(|| Solved::Nothing { cramped: cramped(&asked.model) });
        let standing: Vec<usize> = now.iter().map(|it| it.0 as usize).collect();
        if let Solved::Calendar { holders, cost, .. } = &mut solved {
            // What stands and is as good stays.
            let stands = asked.model.wrongs(&standing) == 0 && asked.model.cost(&standing) <= *cost;
            if stands {
                *cost = asked.model.cost(&standing);
                holders.clone_from(&standing);
            }
        }
        let Solved::Calendar { holders, .. } = &solved else { break (asked, solved, now.clone(), share_kept) };
        let holders: Vec<PersonId> =
            holders.iter().map(|it| PersonId(u32::try_from(*it).unwrap_or(u32::MAX))).collect();
        let painted = with_rows(&plain, &swaps(rows(&turns, &holders)));
        let needing = needing(&plain, &painted, request, &turns, &holders)?;
        rounds += 1;
        if needing.is_subset(&pinned) || rounds > MOST_ROUNDS {
            break (asked, solved, holders, share_kept);
        }
        pinned.extend(needing);
    };
    let mut balance = told(org, request, &turns, &asked, &solved, [&now, &holders], &own);
    if let Outcome::Found { share_kept: kept, .. } = &mut balance.outcome {
        *kept = share_kept;
    }
    Ok(balance)
}

/// Lets everybody hold so many turns more; without a number, any. What says nothing any more goes.
fn widen(windows: &mut Vec<Window>, turns: Option<i64>) {
    let Some(turns) = turns else { return windows.clear() };
    for window in windows.iter_mut() {
        window.most += turns * window.slots.iter().map(|(_, count)| *count).max().unwrap_or(0);
    }
    windows.retain(|it| it.most < it.slots.iter().map(|(_, count)| *count).sum());
}

/// Rows that an earlier balance wrote and that are not published: in the machine's file, of no swap, and beneath nothing else.
fn own(org: &Org, request: &Request) -> BTreeSet<(RotationId, usize)> {
    let mut own = BTreeSet::new();
    for rotation in org.rotations.iter().filter(|it| request.rotations.contains(&it.id)) {
        let mine = |index: usize| index < rotation.assigned && rotation.overrides[index].swap.is_none();
        for (index, row) in rotation.overrides.iter().enumerate().filter(|(index, _)| mine(*index)) {
            let ahead = request.begin <= row.span.start() && row.span.start() < request.span.end();
            let touched = rotation
                .overrides
                .iter()
                .enumerate()
                .any(|(other, it)| !mine(other) && it.seat == row.seat && it.span.intersection(row.span).is_some());
            if ahead && !touched && row.instead_of.is_some() {
                own.insert((rotation.id, index));
            }
        }
    }
    own
}

/// Who holds each turn with all rows that are there.
fn current(org: &Org, turns: &[Turn]) -> Result<Vec<PersonId>, Exhausted> {
    let mut now = Vec::with_capacity(turns.len());
    for turn in turns {
        let found = if turn.open { shifts(org, turn.seat, turn.spans[0])?.into_iter().next() } else { None };
        now.push(found.and_then(|it| it.holder.person()).unwrap_or(turn.holder));
    }
    Ok(now)
}

/// Changes of hands against the plain turns.
fn rows(turns: &[Turn], holders: &[PersonId]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, turn) in turns.iter().enumerate().filter(|(index, it)| holders[*index] != it.holder) {
        // One row over several days, if nothing that is or comes to be the giver's lies between.
        let hull = Span::new(turn.start(), turn.end());
        let theirs = |it: usize| turns[it].holder == turn.holder || holders[it] == turn.holder;
        let alone = |hull: &Span| {
            let mut others = (0..turns.len()).filter(|it| *it != index && turns[*it].seat == turn.seat && theirs(*it));
            !others.any(|it| turns[it].spans.iter().any(|it| it.intersection(*hull).is_some()))
        };
        let spans = hull.filter(alone).map_or_else(|| turn.spans.clone(), |it| vec![it]);
        rows.push(Row {
            seat: turn.seat,
            spans,
            person: holders[index],
            instead_of: turn.holder,
            cause: Cause::Balance,
        });
    }
    rows
}

/// Rows as `rewrite` takes them: each by itself.
pub fn swaps(rows: Vec<Row>) -> Vec<Swap> {
    rows.into_iter().map(|it| Swap { id: String::new(), rows: vec![it] }).collect()
}

/// Who is not ready for a turn any more because others took what would have made them so.
fn needing(
    plain: &Org,
    painted: &Org,
    request: &Request,
    turns: &[Turn],
    holders: &[PersonId],
) -> Result<BTreeSet<PersonId>, Exhausted> {
    if plain.stages.is_empty() {
        return Ok(BTreeSet::new());
    }
    let until = turns.last().map_or(request.span.end(), Turn::start);
    let (before, after) = (Readiness::new(plain, until, None)?, Readiness::new(painted, until, None)?);
    let ahead = turns.iter().zip(holders).filter(|(turn, _)| request.begin <= turn.start());
    let lacking = ahead.filter(|(turn, holder)| {
        let lacks = |it: &Readiness<'_>| !it.lacks(**holder, turn.seat.seat, turn.start()).is_empty();
        lacks(&after) && (turn.holder != **holder || !lacks(&before))
    });
    Ok(lacking.map(|(_, holder)| *holder).collect())
}

fn told(
    org: &Org,
    request: &Request,
    turns: &[Turn],
    asked: &Asked,
    solved: &Solved,
    [now, then]: [&[PersonId]; 2],
    own: &BTreeSet<(RotationId, usize)>,
) -> Balance {
    let ledger = Ledger::of(org);
    let mut shares: Vec<Share> = org
        .people
        .iter()
        .map(|it| Share {
            person: it.id,
            owed: asked.owed[it.id.0 as usize],
            carried: Burden::default(),
            before: Burden::default(),
            after: Burden::default(),
        })
        .collect();
    let past = Span::new(request.since, request.span.start());
    for (index, turn) in turns.iter().enumerate().filter(|(_, it)| it.counts) {
        let within = turn.within(request.span);
        let burden = ledger.burden(now[index], &within);
        shares[now[index].0 as usize].before.add(burden, 1.0);
        let burden = ledger.burden(then[index], &within);
        shares[then[index].0 as usize].after.add(burden, 1.0);
        if let Some(past) = past {
            let burden = ledger.burden(turn.holder, &turn.within(past));
            shares[turn.holder.0 as usize].carried.add(burden, 1.0);
        }
    }
    shares.retain(|it| [it.owed, it.carried, it.before, it.after].iter().any(|it| it.weighted > 0.0));
    let hull =
        |it: usize| (turns[it].seat, Span::new(turns[it].start(), turns[it].end()).unwrap_or(turns[it].spans[0]));
    let stuck = asked.stuck.iter().map(|(index, asked)| {
        let (seat, span) = hull(*index);
        Stuck { seat, span, holder: turns[*index].holder, asked: asked.clone() }
    });
    let outcome = match solved {
        Solved::Calendar { cost, bound, .. } => {
            let standing: Vec<usize> = now.iter().map(|it| it.0 as usize).collect();
            Outcome::Found {
                before: in_hours(asked.model.cost(&standing)),
                after: in_hours(*cost),
                bound: in_hours(*bound),
                proved: cost == bound,
                share_kept: true,
            }
        }
        Solved::Nothing { cramped } => Outcome::None { cramped: cramped.iter().map(|it| hull(*it)).collect() },
    };
    let mut withdrawn: BTreeMap<RotationId, BTreeSet<usize>> = BTreeMap::new();
    let mut rows = rows(turns, then);
    let mut kept = 0;
    let found = matches!(outcome, Outcome::Found { .. });
    if !found {
        rows.clear();
    }
    // What is written already, word for word, is not written again.
    for (rotation, index) in own {
        let row = &org.rotation(*rotation).overrides[*index];
        let same = |it: &Row| {
            it.seat == SeatId { rotation: *rotation, seat: row.seat }
                && Some(it.person) == row.holder.person()
                && Some(it.instead_of) == row.instead_of
        };
        let place = rows.iter().position(|it| same(it) && it.spans.contains(&row.span));
        match place {
            Some(place) => {
                rows[place].spans.retain(|it| *it != row.span);
                if rows[place].spans.is_empty() {
                    rows.remove(place);
                }
                kept += 1;
            }
            None if found => {
                withdrawn.entry(*rotation).or_default().insert(*index);
            }
            None => kept += 1,
        }
    }
    rows.iter_mut().for_each(|it| it.spans = union(std::mem::take(&mut it.spans)));
    let open = turns.iter().filter(|it| it.open).count();
    Balance { shares, open, rows, kept, withdrawn, stuck: stuck.collect(), outcome }
}
