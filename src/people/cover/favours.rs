//! Who stood in for whom, and what is given back for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Why, shifts};
use crate::org::{Org, PersonId, SeatId};
use crate::people::Owed;
use crate::people::cover::search::Problem;
use crate::time::Exhausted;

/// What a change of clocks makes of two weeks is no debt.
const TRIFLE: i64 = 2 * 3600;

/// Seconds that people stood in for each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    /// Whom, by whom.
    stood_in: BTreeMap<(PersonId, PersonId), i64>,
}

impl Ledger {
    /// As all rows that `cover` ever wrote have it, by what they finally hold.
    pub fn of(org: &Org) -> Result<Ledger, Exhausted> {
        let mut ledger = Ledger::default();
        for rotation in &org.rotations {
            for (index, row) in (0..).zip(&rotation.overrides) {
                let (Some(_), Some(by), Some(of)) = (&row.swap, row.holder.person(), row.instead_of) else { continue };
                let seat = SeatId { rotation: rotation.id, seat: row.seat };
                let held = shifts(org, seat, row.span)?;
                let held = held.iter().filter(|it| it.why == Why::Override { index });
                ledger.stands_in(by, of, held.map(|it| it.span.seconds()).sum());
            }
        }
        Ok(ledger)
    }

    pub fn stands_in(&mut self, by: PersonId, of: PersonId, seconds: i64) {
        *self.stood_in.entry((of, by)).or_default() += seconds;
    }

    /// What one owes another; below zero, the other way round.
    pub fn owes(&self, debtor: PersonId, creditor: PersonId) -> i64 {
        let stood_in = |of, by| self.stood_in.get(&(of, by)).copied().unwrap_or(0);
        stood_in(debtor, creditor) - stood_in(creditor, debtor)
    }

    /// All that is owed.
    pub fn owed(&self) -> Vec<Owed> {
        let pairs: BTreeSet<(PersonId, PersonId)> =
            self.stood_in.keys().flat_map(|(of, by)| [(*of, *by), (*by, *of)]).collect();
        let owed = pairs.into_iter().map(|(debtor, creditor)| {
            let seconds = self.owes(debtor, creditor);
            Owed { debtor, creditor, seconds }
        });
        owed.filter(|it| it.seconds > TRIFLE).collect()
    }
}

/// For each change that leaves somebody in debt: a turn of who stood in that the other can take, about as long, and the
/// nearest in time. What is taken so, and for which change.
pub(super) fn returns(
    problem: &Problem<'_>,
    holders: &mut [PersonId],
    given_up: &BTreeSet<usize>,
    changes: &[usize],
    ledger: &mut Ledger,
) -> Vec<(usize, usize)> {
    let slots = problem.slots;
    let mut taken = Vec::new();
    for &change in changes {
        let (debtor, creditor) = (slots[change].holder, holders[change]);
        let seconds = slots[change].seconds();
        if 2 * ledger.owes(debtor, creditor) < seconds {
            continue;
        }
        let fits = |it: &usize| {
            let slot = &slots[*it];
            let own =
                slot.holder == creditor && holders[*it] == creditor && slot.fixed.is_none() && slot.away.is_empty();
            let as_long = seconds <= 2 * slot.seconds() && 2 * slot.seconds() <= 3 * seconds;
            own && as_long && problem.able[*it].contains(&debtor) && !given_up.contains(it)
        };
        let mut fitting: Vec<usize> = (0..slots.len()).filter(fits).collect();
        let apart = |it: usize| slots[it].start().seconds_since(slots[change].start()).abs();
        // The same seat, later rather than sooner, about as long, and soon.
        let sooner = |it: usize| slots[it].start() < slots[change].start();
        fitting.sort_by_key(|it| {
            (
                slots[*it].seat != slots[change].seat,
                sooner(*it),
                10 * (slots[*it].seconds() - seconds).abs() / seconds,
                apart(*it),
                *it,
            )
        });
        let before = [debtor, creditor].map(|it| problem.broken(holders, it));
        for slot in fitting {
            holders[slot] = debtor;
            let after = [debtor, creditor].map(|it| problem.broken(holders, it));
            let harmless = before.iter().zip(&after).all(|(before, after)| after.iter().all(|it| before.contains(it)));
            if harmless {
                ledger.stands_in(debtor, creditor, slots[slot].seconds());
                taken.push((slot, change));
                break;
            }
            holders[slot] = creditor;
        }
    }
    taken
}
