//! What a fair calendar is, in numbers: slots, who may hold them, and what an unfair one costs.

/// Slots in order of time, people, what may not be, and what is dear. Costs are whole numbers in a unit of the caller's choice, so
/// that the same calendar costs the same on every machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// How many people there are; they are numbers below that.
    pub people: usize,
    /// For each slot, who may hold it, ascending. One person alone: it is fixed. Nobody: there is no calendar.
    pub may: Vec<Vec<usize>>,
    /// Pairs of slots that one person may not both hold: rest, and what is at once.
    pub apart: Vec<(usize, usize)>,
    /// How much one person may hold of some slots.
    pub windows: Vec<Window>,
    /// Pairs that cost something if two people hold them: Saturday and Sunday.
    pub together: Vec<(usize, usize, i64)>,
    /// What is to be shared.
    pub measures: Vec<Measure>,
    /// What a slot costs in a person's hands, never below 0: wishes, and changes of what people have read already. By slot,
    /// then `(person, cost)`.
    pub wishes: Vec<Vec<(usize, i64)>>,
}

/// A stretch of slots of which nobody holds more than so much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Slots, and what each counts.
    pub slots: Vec<(usize, i64)>,
    /// The most that one person may hold.
    pub most: i64,
}

/// Something of which everybody owes a part. Costs `weight · |scale · (carried + held) − owed|` for each person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// How much of it each slot is.
    pub amounts: Vec<Amount>,
    /// What a unit of it weighs against the others.
    pub weight: i64,
    /// So that `owed` can be a whole number.
    pub scale: i64,
    /// What each person held before.
    pub carried: Vec<i64>,
    /// What each person owes, times `scale`.
    pub owed: Vec<i64>,
}

/// How much a slot is; never below 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// For everybody.
    Same(i64),
    /// On each person's own clock.
    Each(Vec<i64>),
}

impl Amount {
    /// In that person's hands.
    pub fn of(&self, person: usize) -> i64 {
        match self {
            Amount::Same(amount) => *amount,
            Amount::Each(amounts) => amounts[person],
        }
    }
}

impl Measure {
    /// What somebody's share costs.
    pub fn cost(&self, person: usize, held: i64) -> i64 {
        self.weight * (self.scale * (self.carried[person] + held) - self.owed[person]).abs()
    }
}

impl Model {
    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.may.len()
    }

    /// What a slot costs in a person's hands by itself.
    pub fn wish(&self, slot: usize, person: usize) -> i64 {
        let own = self.wishes.get(slot).and_then(|it| it.iter().find(|(who, _)| *who == person));
        own.map_or(0, |(_, cost)| *cost)
    }

    /// What a calendar costs, counted from the start.
    pub fn cost(&self, holders: &[usize]) -> i64 {
        let held = |measure: &Measure, person: usize| -> i64 {
            let own = holders.iter().enumerate().filter(|(_, it)| **it == person);
            own.map(|(slot, _)| measure.amounts[slot].of(person)).sum()
        };
        let shares = self.measures.iter().flat_map(|it| (0..self.people).map(move |person| (it, person)));
        let shares: i64 = shares.map(|(measure, person)| measure.cost(person, held(measure, person))).sum();
        let wishes: i64 = holders.iter().enumerate().map(|(slot, person)| self.wish(slot, *person)).sum();
        let parted = self.together.iter().filter(|(one, other, _)| holders[*one] != holders[*other]);
        shares + wishes + parted.map(|(_, _, cost)| cost).sum::<i64>()
    }

    /// How much in a calendar may not be: slots in wrong hands, pairs in the same, and what is too much in each window.
    pub fn wrongs(&self, holders: &[usize]) -> i64 {
        let hands = holders.iter().zip(&self.may).filter(|(person, may)| !may.contains(person)).count();
        let pairs = self.apart.iter().filter(|(one, other)| holders[*one] == holders[*other]).count();
        let over = |window: &Window, person: usize| {
            let own = window.slots.iter().filter(|(slot, _)| holders[*slot] == person);
            (own.map(|(_, count)| count).sum::<i64>() - window.most).max(0)
        };
        let windows = self.windows.iter().flat_map(|it| (0..self.people).map(move |person| over(it, person)));
        i64::try_from(hands + pairs).unwrap_or(i64::MAX) + windows.sum::<i64>()
    }
}
