//! Below which cost no calendar can be, whatever the days: by counting alone.
//!
//! Leave, rest and order are forgotten. What stays is how much of each measure everybody holds, and that it adds up. Each measure by
//! itself is a resource shared at a convex price: units go, one by one, to whom the next costs least, and that is optimal. Where amounts
//! differ from clock to clock, only the number of slots is shared, at the best that so many slots could be for their holder.
//! Then measures are taken together: with the price of the last unit taken off (Lagrange), only few shares lie within what
//! the best known calendar leaves, and a dynamic programme goes through all sums of those.

use std::collections::{BTreeMap, BTreeSet};

use crate::people::balance::model::{Amount, Measure, Model};

/// Sums that the dynamic programme may keep at once.
const MOST_SUMS: usize = 8_000_000;
/// Steps that it may take.
const MOST_STEPS: usize = 400_000_000;

/// A cost that no calendar is below: each measure by itself. Windows and pairs have no part in it.
pub(super) fn low(model: &Model) -> i64 {
    wishes(model) + model.measures.iter().map(|it| alone(model, it).0).sum::<i64>()
}

/// The same with measures taken together. `known` is the cost of a calendar: the answer is never above it.
pub(super) fn bound(model: &Model, low: i64, known: i64) -> i64 {
    let wishes = wishes(model);
    let joint = jointly(model, known - wishes).map_or(low, |it| it + wishes);
    joint.max(low).min(known)
}

fn wishes(model: &Model) -> i64 {
    (0..model.slots()).map(|slot| model.may[slot].iter().map(|it| model.wish(slot, *it)).min().unwrap_or(0)).sum()
}

/// The least that one measure can cost, and the price of its last unit (0 where amounts differ).
fn alone(model: &Model, measure: &Measure) -> (i64, i64) {
    let counted = by_count(model, measure);
    let same: Option<Vec<i64>> = measure
        .amounts
        .iter()
        .map(|it| match it {
            Amount::Same(amount) => Some(*amount),
            Amount::Each(_) => None,
        })
        .collect();
    let Some(same) = same else { return (counted, 0) };
    let unit = same.iter().copied().fold(0, divisor);
    if unit == 0 {
        return (counted, 0);
    }
    let units = same.iter().sum::<i64>() / unit;
    if units > 2_000_000 {
        return (counted, 0);
    }
    let cost = |person: usize, held: i64| measure.cost(person, held * unit);
    let mut held = vec![0_i64; model.people];
    let next = |person: usize, held: i64| (cost(person, held + 1) - cost(person, held), person);
    let mut queue: BTreeSet<(i64, usize)> = (0..model.people).map(|it| next(it, 0)).collect();
    let mut price = 0;
    for _ in 0..units {
        let Some((step, person)) = queue.pop_first() else { break };
        price = step;
        held[person] += 1;
        queue.insert(next(person, held[person]));
    }
    let total: i64 = held.iter().enumerate().map(|(person, held)| cost(person, *held)).sum();
    (total.max(counted), price)
}

fn divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { divisor(other, one % other) }
}

/// Slots that are something of the measure are shared by number; so many are, for their holder, between the least and the
/// most that so many could be.
fn by_count(model: &Model, measure: &Measure) -> i64 {
    let is_some = |slot: &usize| (0..model.people).any(|person| measure.amounts[*slot].of(person) != 0);
    let slots: Vec<usize> = (0..model.slots()).filter(is_some).collect();
    let mut least = vec![0_i64; slots.len() + 1];
    least[1..].fill(i64::MAX);
    for person in 0..model.people {
        let own = slots.iter().filter(|it| model.may[**it].contains(&person));
        let mut amounts: Vec<i64> = own.clone().map(|it| measure.amounts[*it].of(person)).collect();
        let fixed: Vec<i64> =
            own.filter(|it| model.may[**it].len() == 1).map(|it| measure.amounts[*it].of(person)).collect();
        let fixed = (fixed.len(), fixed.iter().sum::<i64>());
        amounts.sort_unstable();
        let (mut low, mut high) = (0, 0);
        let mut costs = Vec::with_capacity(amounts.len() + 1);
        for count in 0..=amounts.len() {
            if count > 0 {
                low += amounts[count - 1];
                high += amounts[amounts.len() - count];
            }
            let low = low.max(fixed.1);
            let wanted = (measure.owed[person] - measure.scale * measure.carried[person]).div_euclid(measure.scale);
            let near = [low, high, wanted.clamp(low, high.max(low)), (wanted + 1).clamp(low, high.max(low))];
            let cost = near.iter().map(|it| measure.cost(person, *it)).min().unwrap_or(0);
            costs.push(if count < fixed.0 { i64::MAX } else { cost });
        }
        let mut after = vec![i64::MAX; least.len()];
        for (before, so_far) in least.iter().enumerate().filter(|(_, it)| **it < i64::MAX) {
            for (count, cost) in costs.iter().enumerate().filter(|(_, it)| **it < i64::MAX) {
                if let Some(sum) = after.get_mut(before + count) {
                    *sum = (*sum).min(so_far + cost);
                }
            }
        }
        least = after;
    }
    let last = least[slots.len()];
    // Nobody can hold all of it: there is no calendar, and nothing to say about its cost.
    if last == i64::MAX { 0 } else { last }
}

/// All measures at once, if that is not too much: the least that shares of all of them can cost together.
fn jointly(model: &Model, known: i64) -> Option<i64> {
    let count = model.measures.len();
    // By kind of slot: how much of each measure, and how many there are.
    let mut kinds: BTreeMap<Vec<i64>, i64> = BTreeMap::new();
    for slot in 0..model.slots() {
        let row: Option<Vec<i64>> = model
            .measures
            .iter()
            .map(|it| match &it.amounts[slot] {
                Amount::Same(amount) => Some(*amount),
                Amount::Each(_) => None,
            })
            .collect();
        *kinds.entry(row?).or_default() += 1;
    }
    let total: Vec<i64> = (0..count).map(|it| kinds.iter().map(|(row, many)| row[it] * many).sum()).collect();
    let unit: Vec<i64> = (0..count).map(|it| kinds.keys().map(|row| row[it]).fold(0, divisor).max(1)).collect();
    let total: Vec<i64> = total.iter().zip(&unit).map(|(it, unit)| it / unit).collect();
    let prices: Vec<i64> = model.measures.iter().map(|it| alone(model, it).1).collect();
    // What a share costs beyond the price of its units.
    let beyond = |measure: usize, person: usize, held: i64| {
        model.measures[measure].cost(person, held * unit[measure]) - prices[measure] * held
    };
    let floor: i64 = prices.iter().zip(&total).map(|(price, units)| price * units).sum();
    let mut lowest = vec![vec![0_i64; count]; model.people];
    for (person, row) in lowest.iter_mut().enumerate() {
        for (measure, low) in row.iter_mut().enumerate() {
            *low = (0..=total[measure]).map(|held| beyond(measure, person, held)).min()?;
        }
    }
    let least: i64 = floor + lowest.iter().flatten().sum::<i64>();
    // Only what could be part of something cheaper than what is known.
    let slack = known - 1 - least;
    if slack < 0 {
        return Some(known);
    }
    // By person and measure: the shares that are within the slack.
    let mut most = vec![0_i64; count];
    let mut ranges = vec![vec![(0_i64, 0_i64); count]; model.people];
    for (person, row) in ranges.iter_mut().enumerate() {
        for (measure, range) in row.iter_mut().enumerate() {
            let within = |held: &i64| beyond(measure, person, *held) - lowest[person][measure] <= slack;
            let low = (0..=total[measure]).find(within)?;
            let high = (low..=total[measure]).take_while(within).last()?;
            *range = (low, high);
            most[measure] = most[measure].max(high);
        }
    }
    let reachable = reachable(&kinds, &unit, &most)?;
    let mut shares: Vec<Vec<(Vec<i64>, i64)>> = Vec::with_capacity(model.people);
    for (person, ranges) in ranges.iter().enumerate() {
        let within = |it: &&Vec<i64>| it.iter().zip(ranges).all(|(it, (low, high))| low <= it && it <= high);
        let cost = |it: &Vec<i64>| -> i64 {
            let parts = it.iter().enumerate();
            parts.map(|(measure, held)| beyond(measure, person, *held) - lowest[person][measure]).sum()
        };
        let own = reachable.iter().filter(within).map(|it| (it.clone(), cost(it)));
        shares.push(own.filter(|(_, cost)| *cost <= slack).collect());
    }
    // What everybody after a person costs at least, beyond what was taken off.
    let mut rest = vec![0_i64; model.people + 1];
    for person in (0..model.people).rev() {
        let Some(own) = shares[person].iter().map(|(_, cost)| *cost).min() else { return Some(known) };
        rest[person] = rest[person + 1] + own;
    }
    // From the sum of the lowest shares upwards, everybody's in turn.
    let mut sums: Vec<i64> = vec![0];
    let mut size = vec![1_usize; count];
    let mut base = vec![0_i64; count];
    let mut steps = 0_usize;
    for (person, own) in shares.iter().enumerate() {
        let low: Vec<i64> = (0..count).map(|it| own.iter().map(|(row, _)| row[it]).min().unwrap_or(0)).collect();
        let high: Vec<i64> = (0..count).map(|it| own.iter().map(|(row, _)| row[it]).max().unwrap_or(0)).collect();
        let new_size: Vec<usize> =
            (0..count).map(|it| Some(size[it] + usize::try_from(high[it] - low[it]).ok()?)).collect::<Option<_>>()?;
        let cells = new_size.iter().try_fold(1_usize, |all, it| all.checked_mul(*it))?;
        if cells > MOST_SUMS {
            return None;
        }
        let place = |at: &[i64]| {
            let along = at.iter().zip(&new_size);
            along.fold(0, |place, (it, size)| place * size + usize::try_from(*it).unwrap_or(0))
        };
        let jumps: Vec<(usize, i64)> = own
            .iter()
            .map(|(row, cost)| (place(&row.iter().zip(&low).map(|(it, low)| it - low).collect::<Vec<_>>()), *cost))
            .collect();
        let mut after: Vec<i64> = vec![i64::MAX; cells];
        let mut at = vec![0_i64; count];
        for sum in &sums {
            if *sum < i64::MAX {
                let from = place(&at);
                steps += jumps.len();
                for (jump, cost) in &jumps {
                    let cost = sum + cost;
                    if cost + rest[person + 1] <= slack {
                        let cell = &mut after[from + jump];
                        *cell = (*cell).min(cost);
                    }
                }
            }
            for axis in (0..count).rev() {
                at[axis] += 1;
                if at[axis] < i64::try_from(size[axis]).ok()? {
                    break;
                }
                at[axis] = 0;
            }
        }
        if steps > MOST_STEPS {
            return None;
        }
        base.iter_mut().zip(&low).for_each(|(base, low)| *base += low);
        (sums, size) = (after, new_size);
    }
    let mut place = 0;
    for ((total, base), size) in total.iter().zip(&base).zip(&size) {
        let Some(at) = usize::try_from(total - base).ok().filter(|it| it < size) else {
            return Some(known);
        };
        place = place * size + at;
    }
    Some(if sums[place] == i64::MAX { known } else { least + sums[place] })
}

/// What one person's slots can come to, within `most` of each measure.
fn reachable(kinds: &BTreeMap<Vec<i64>, i64>, unit: &[i64], most: &[i64]) -> Option<BTreeSet<Vec<i64>>> {
    let mut reached = BTreeSet::from([vec![0; most.len()]]);
    for (row, many) in kinds {
        let row: Vec<i64> = row.iter().zip(unit).map(|(it, unit)| it / unit).collect();
        if row.iter().all(|it| *it == 0) {
            continue;
        }
        let mut more = Vec::new();
        for from in &reached {
            let mut at = from.clone();
            for _ in 0..*many {
                at.iter_mut().zip(&row).for_each(|(at, it)| *at += it);
                if at.iter().zip(most).any(|(at, most)| at > most) {
                    break;
                }
                more.push(at.clone());
            }
        }
        reached.extend(more);
        if reached.len() > 200_000 {
            return None;
        }
    }
    Some(reached)
}
