//! Annealing over changes of hands and exchanges, with costs kept as they change.
//!
//! What may not be is dear, not impossible: a calendar that is cramped is left through ones that are wrong. Moves are
//! counted, the dice are seeded, and no library's logarithm is asked, so the answer is the same everywhere.

use crate::people::balance::model::Model;

/// A dice that falls the same way every time (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.next()) * count as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

/// Steps of which the exponential tail is made.
const STEPS: usize = 4096;

/// `−ln u` for evenly spread `u`: how much worse, in units of the temperature, a move may be.
fn tail() -> Vec<f64> {
    let mut tail = vec![0.0; STEPS];
    // ln((k + 1) / k) by its series, from u = 1 downwards.
    for place in (1..STEPS).rev() {
        let z = 1.0 / (2.0 * place as f64 + 1.0);
        let square = z * z;
        let step = 2.0 * z * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square / 9.0))));
        tail[place - 1] = tail[place] + step;
    }
    tail
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub holders: Vec<usize>,
    pub wrongs: i64,
    pub cost: i64,
    pub moves: u64,
}

pub(super) struct State<'a> {
    model: &'a Model,
    measures: usize,
    /// By slot, person and measure; people share a row where all amounts are the same for everybody.
    amounts: Vec<i64>,
    stride: usize,
    holders: Vec<usize>,
    /// By person and measure: what they hold.
    sums: Vec<i64>,
    apart: Vec<Vec<usize>>,
    windows: Vec<Vec<(usize, i64)>>,
    /// By window and person.
    counts: Vec<i64>,
    together: Vec<Vec<(usize, i64)>>,
    wishes: Vec<i64>,
    wrongs: i64,
    cost: i64,
}

impl<'a> State<'a> {
    pub fn new(model: &'a Model, holders: Vec<usize>) -> State<'a> {
        let (slots, people, measures) = (model.slots(), model.people, model.measures.len());
        let mut same = model.measures.iter().flat_map(|it| &it.amounts);
        let same = same.all(|it| matches!(it, crate::people::balance::model::Amount::Same(_)));
        let stride = if same { 0 } else { measures };
        let mut amounts = Vec::new();
        for slot in 0..slots {
            for person in 0..if same { 1 } else { people } {
                amounts.extend(model.measures.iter().map(|it| it.amounts[slot].of(person)));
            }
        }
        let mut apart = vec![Vec::new(); slots];
        for (one, other) in &model.apart {
            apart[*one].push(*other);
            apart[*other].push(*one);
        }
        let mut windows = vec![Vec::new(); slots];
        for (index, window) in model.windows.iter().enumerate() {
            for (slot, count) in &window.slots {
                windows[*slot].push((index, *count));
            }
        }
        let mut together = vec![Vec::new(); slots];
        for (one, other, cost) in &model.together {
            together[*one].push((*other, *cost));
            together[*other].push((*one, *cost));
        }
        let mut wishes = vec![0; slots * people];
        for (slot, own) in model.wishes.iter().enumerate() {
            for (person, cost) in own {
                wishes[slot * people + person] = *cost;
            }
        }
        let (wrongs, cost) = (model.wrongs(&holders), model.cost(&holders));
        let mut state = State {
            model,
            measures,
            amounts,
            stride,
            sums: vec![0; people * measures],
            apart,
            windows,
            counts: vec![0; model.windows.len() * people],
            together,
            wishes,
            wrongs,
            cost,
            holders,
        };
        for slot in 0..slots {
            let person = state.holders[slot];
            state.count(slot, person, 1);
        }
        state
    }

    fn row(&self, slot: usize, person: usize) -> &[i64] {
        let rows = if self.stride == 0 { 1 } else { self.model.people };
        let from = slot * rows * self.measures + person * self.stride;
        &self.amounts[from..from + self.measures]
    }

    fn count(&mut self, slot: usize, person: usize, sign: i64) {
        let rows = if self.stride == 0 { 1 } else { self.model.people };
        let from = slot * rows * self.measures + person * self.stride;
        for measure in 0..self.measures {
            self.sums[person * self.measures + measure] += sign * self.amounts[from + measure];
        }
        for (window, count) in &self.windows[slot] {
            self.counts[window * self.model.people + person] += sign * count;
        }
    }

    /// What giving a slot to somebody changes: in wrongs, in cost.
    fn delta(&self, slot: usize, to: usize) -> (i64, i64) {
        let people = self.model.people;
        let from = self.holders[slot];
        let (mut wrongs, mut cost) = (0, 0);
        for other in &self.apart[slot] {
            let holder = self.holders[*other];
            wrongs += i64::from(holder == to) - i64::from(holder == from);
        }
        for (window, count) in &self.windows[slot] {
            let most = self.model.windows[*window].most;
            let (gives, takes) = (self.counts[window * people + from], self.counts[window * people + to]);
            wrongs += (takes + count - most).max(0) - (takes - most).max(0);
            wrongs += (gives - count - most).max(0) - (gives - most).max(0);
        }
        for (other, price) in &self.together[slot] {
            let holder = self.holders[*other];
            cost += price * (i64::from(holder == from) - i64::from(holder == to));
        }
        cost += self.wishes[slot * people + to] - self.wishes[slot * people + from];
        let (gives, takes) = (self.row(slot, from), self.row(slot, to));
        for (index, measure) in self.model.measures.iter().enumerate() {
            if gives[index] != 0 {
                let held = self.sums[from * self.measures + index];
                cost += measure.cost(from, held - gives[index]) - measure.cost(from, held);
            }
            if takes[index] != 0 {
                let held = self.sums[to * self.measures + index];
                cost += measure.cost(to, held + takes[index]) - measure.cost(to, held);
            }
        }
        (wrongs, cost)
    }

    fn give(&mut self, slot: usize, to: usize, (wrongs, cost): (i64, i64)) {
        let from = self.holders[slot];
        self.count(slot, from, -1);
        self.holders[slot] = to;
        self.count(slot, to, 1);
        self.wrongs += wrongs;
        self.cost += cost;
    }
}

/// A move: slots that change hands at once.
type Changes = Vec<(usize, usize)>;

/// How a run goes.
pub(super) struct Settings<'a> {
    pub effort: u64,
    pub seed: u64,
    /// A cost below which nothing can be: who reaches it, stops.
    pub bound: i64,
    pub progress: &'a mut dyn FnMut(u64, i64, i64),
}

/// Looks for a calendar from one that may be wrong.
pub(super) fn search(model: &Model, start: Vec<usize>, settings: Settings<'_>) -> Found {
    let Settings { effort, seed, bound, progress } = settings;
    let mut state = State::new(model, start);
    let mut best = Found { holders: state.holders.clone(), wrongs: state.wrongs, cost: state.cost, moves: 0 };
    let mut moves_of = Moves::of(model, &state);
    if moves_of.open.is_empty() {
        return best;
    }
    let mut dice = Dice(seed);
    let tail = tail();
    // How much a move is worth, on the whole.
    let mut sizes: Vec<i64> = (0..512)
        .filter_map(|_| {
            let slot = moves_of.open[dice.below(moves_of.open.len())];
            let may = &model.may[slot];
            let cost = state.delta(slot, may[dice.below(may.len())]).1.abs();
            (cost > 0).then_some(cost)
        })
        .collect();
    sizes.sort_unstable();
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(1).max(1) as f64;
    let mut moves = 0;
    let mut dear = typical * 2.0;
    for (round, (part, hot)) in ROUNDS.into_iter().enumerate() {
        let length = ((effort as f64 * part) as u64).max(1);
        if round > 0 {
            // From the best again, less hot.
            state = State::new(model, best.holders.clone());
        }
        if best.wrongs > 0 && round > 0 {
            dear *= 4.0;
        }
        let (first, last) = (typical * hot, typical * COLD);
        let cooling = {
            // The temperature changes every so many moves; the factor is a root, by halving.
            let steps = (length / EVERY).max(1);
            root(last / first, steps)
        };
        let mut heat = first;
        for step in 0..length {
            if step % EVERY == 0 && step > 0 {
                heat *= cooling;
                if step % (EVERY * 512) == 0 {
                    progress(moves, best.wrongs, best.cost);
                }
            }
            moves += 1;
            moves_of.propose(&state, &mut dice);
            let changes = &mut moves_of.changes;
            if changes.is_empty() {
                continue;
            }
            let limit = heat * tail[dice.below(STEPS)];
            let before = (state.wrongs, state.cost);
            let count = changes.len();
            for place in 0..count {
                let (slot, to) = changes[place];
                let from = state.holders[slot];
                if from != to {
                    let delta = state.delta(slot, to);
                    let worse =
                        (state.wrongs + delta.0 - before.0) as f64 * dear + (state.cost + delta.1 - before.1) as f64;
                    if place + 1 == count && worse > limit {
                        // Undo what was done for a look.
                        for undo in (0..place).rev() {
                            let (slot, back) = changes[undo];
                            if state.holders[slot] != back {
                                let delta = state.delta(slot, back);
                                state.give(slot, back, delta);
                            }
                        }
                        break;
                    }
                    state.give(slot, to, delta);
                }
                changes[place].1 = from;
            }
            if (state.wrongs, state.cost) < (best.wrongs, best.cost) {
                best.wrongs = state.wrongs;
                best.cost = state.cost;
                best.holders.copy_from_slice(&state.holders);
                if best.wrongs == 0 && best.cost <= bound {
                    best.moves = moves;
                    return best;
                }
            }
        }
    }
    best.moves = moves;
    best
}

/// Parts of the effort, and how hot each begins, in typical moves.
const ROUNDS: [(f64, f64); 3] = [(0.6, 1.0), (0.2, 0.15), (0.2, 0.15)];
/// How cold each ends.
const COLD: f64 = 0.004;
/// Moves at one temperature.
const EVERY: u64 = 256;

/// The `steps`th root of a number between 0 and 1, with plain arithmetic.
fn root(of: f64, steps: u64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        let (mut power, mut base, mut left) = (1.0, middle, steps);
        while left > 0 {
            if left & 1 == 1 {
                power *= base;
            }
            base *= base;
            left >>= 1;
        }
        if power < of { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// For each slot, the open ones that are as much of everything: what can be exchanged without anybody's share changing.
fn alike(model: &Model, open: &[usize]) -> Vec<Vec<usize>> {
    let mut kinds: std::collections::BTreeMap<Vec<i64>, Vec<usize>> = std::collections::BTreeMap::new();
    let row = |slot: usize| -> Vec<i64> { model.measures.iter().map(|it| it.amounts[slot].of(0)).collect() };
    for slot in open {
        kinds.entry(row(*slot)).or_default().push(*slot);
    }
    let mut alike = vec![Vec::new(); model.slots()];
    for slot in open {
        alike[*slot] = kinds[&row(*slot)].clone();
    }
    alike
}

/// What moves are made from.
struct Moves<'a> {
    model: &'a Model,
    open: Vec<usize>,
    /// Open slots that rather go with another.
    paired: Vec<usize>,
    /// By slot.
    alike: Vec<Vec<usize>>,
    /// By slot and person.
    allowed: Vec<bool>,
    changes: Changes,
}

/// Slots that one chain may change.
const LONGEST_CHAIN: usize = 10;
/// Slots over which two people exchange all that is theirs.
const LONGEST_STRETCH: usize = 40;

impl<'a> Moves<'a> {
    fn of(model: &'a Model, state: &State<'_>) -> Moves<'a> {
        let open: Vec<usize> = (0..model.slots()).filter(|it| model.may[*it].len() > 1).collect();
        let paired = open.iter().copied().filter(|it| !state.together[*it].is_empty()).collect();
        let mut allowed = vec![false; model.slots() * model.people];
        for (slot, may) in model.may.iter().enumerate() {
            may.iter().for_each(|it| allowed[slot * model.people + it] = true);
        }
        Moves { model, alike: alike(model, &open), open, paired, allowed, changes: Vec::with_capacity(64) }
    }

    fn may(&self, slot: usize, person: usize) -> bool {
        self.allowed[slot * self.model.people + person]
    }

    fn propose(&mut self, state: &State<'_>, dice: &mut Dice) {
        self.changes.clear();
        let kind = dice.below(32);
        let slot = match kind {
            24..=29 if !self.paired.is_empty() => self.paired[dice.below(self.paired.len())],
            _ => self.open[dice.below(self.open.len())],
        };
        let holder = state.holders[slot];
        let done = match kind {
            // Somebody else takes it; what of theirs speaks against that, the giver takes, and so on.
            0..=9 => {
                let may = &self.model.may[slot];
                self.chain(state, &[slot], may[dice.below(may.len())])
            }
            // Two exchange: two slots alike, two near each other, any two.
            10..=19 => {
                let other = match kind {
                    10..=13 => self.alike[slot][dice.below(self.alike[slot].len())],
                    14..=17 => (slot + dice.below(29)).saturating_sub(14).min(self.model.slots() - 1),
                    _ => self.open[dice.below(self.open.len())],
                };
                let to = state.holders[other];
                self.change(state, slot, to) && self.change(state, other, holder)
            }
            // Two exchange all that is theirs over a stretch.
            20..=23 => {
                let to = state.holders[self.open[dice.below(self.open.len())]];
                let length = 2 + dice.below(LONGEST_STRETCH);
                let end = (slot + length).min(self.model.slots());
                to != holder
                    && (slot..end).all(|it| match state.holders[it] {
                        at if at == holder => self.change(state, it, to),
                        at if at == to => self.change(state, it, holder),
                        _ => true,
                    })
            }
            // What belongs together goes together; in exchange for another such pair, or for nothing.
            24..=29 if !self.paired.is_empty() => {
                let partner = state.together[slot][0].0;
                if kind <= 26 {
                    let may = &self.model.may[slot];
                    self.chain(state, &[slot, partner], may[dice.below(may.len())])
                } else {
                    let other = self.alike[slot][dice.below(self.alike[slot].len())];
                    let second = state.together[other].first().map_or(other, |it| it.0);
                    let to = state.holders[other];
                    let apart = other != slot && other != partner;
                    apart
                        && self.change(state, slot, to)
                        && self.change(state, partner, to)
                        && self.change(state, other, holder)
                        && self.change(state, second, holder)
                }
            }
            // Three in a round.
            _ => {
                let second = self.open[dice.below(self.open.len())];
                let third = self.alike[slot][dice.below(self.alike[slot].len())];
                let (b, c) = (state.holders[second], state.holders[third]);
                second != third
                    && self.change(state, slot, b)
                    && self.change(state, second, c)
                    && self.change(state, third, holder)
            }
        };
        if !done {
            self.changes.clear();
        }
    }

    /// Notes a change, if it is one; whether it may be.
    fn change(&mut self, state: &State<'_>, slot: usize, to: usize) -> bool {
        if state.holders[slot] != to {
            if !self.may(slot, to) {
                return false;
            }
            self.changes.push((slot, to));
        }
        true
    }

    /// Slots go to somebody; what they hold and may not hold with those goes to the giver, whose slots that may not go with that
    /// go back to them: two people exchange what hangs together (a Kempe chain).
    fn chain(&mut self, state: &State<'_>, slots: &[usize], to: usize) -> bool {
        let from = state.holders[slots[0]];
        if from == to {
            return slots.iter().all(|it| self.change(state, *it, to));
        }
        if !slots.iter().all(|it| self.change(state, *it, to)) {
            return false;
        }
        let mut next = 0;
        while let Some((slot, taker)) = self.changes.get(next).copied() {
            next += 1;
            let giver = if taker == to { from } else { to };
            for &other in &state.apart[slot] {
                if state.holders[other] != taker || self.changes.iter().any(|(it, _)| *it == other) {
                    continue;
                }
                if self.changes.len() == LONGEST_CHAIN || !self.change(state, other, giver) {
                    return false;
                }
            }
        }
        true
    }
}
