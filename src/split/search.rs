//! Looking for a good division: a start by likeness, moves by a seeded temper, then every move there is.

use crate::split::chance::Dice;
use crate::split::division::{Division, Part, float};
use crate::split::model::Model;

/// How often it starts again for each number of rotations.
const STARTS: u64 = 3;

/// How many tries of the descent stand beside each move: it ends by itself long before that, unless there are hundreds of people
/// and few moves were asked for.
const TRIES_A_MOVE: u64 = 10_000;

/// Up to how many services it begins with those that are alike.
const MOST_ALIKE: usize = 400;

/// The best division that was found into so many parts, after so many moves; `None` if there are too few people or
/// services. Says after each start how many moves were made.
pub fn search(model: &Model, parts: usize, effort: u64, mut moved: impl FnMut(u64)) -> Option<Division> {
    if parts == 0 || parts > model.things() || parts * model.least() > model.to_place() {
        return None;
    }
    let mut best: Option<(f64, State)> = None;
    for start in 0..STARTS {
        let mut dice = Dice::new(0x0D06_3A7C_u64 + start * 0x1000 + parts as u64);
        let mut state = match start {
            0 if model.things() <= MOST_ALIKE => State::alike(model, parts),
            _ => State::by_chance(model, parts, &mut dice),
        };
        if parts > 1 {
            let moves = effort / STARTS;
            state.temper(model, moves, &mut dice);
            state.descend(model, moves.saturating_mul(TRIES_A_MOVE));
        }
        let total = state.total();
        if best.as_ref().is_none_or(|(least, _)| total < least - 1e-9) {
            best = Some((total, state));
        }
        moved(effort / STARTS);
    }
    best.map(|(_, it)| Division { parts: it.parts }.in_order())
}

/// Parts, each with what it costs.
#[derive(Clone)]
struct State {
    parts: Vec<Part>,
    costs: Vec<f64>,
}

/// From one part to another; a swap if both are named.
#[derive(Clone, Copy)]
struct Move {
    from: usize,
    to: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// By their places within the parts.
    Person {
        place: usize,
        back: Option<usize>,
    },
    Thing {
        place: usize,
        back: Option<usize>,
    },
}

impl State {
    fn new(model: &Model, parts: Vec<Part>) -> State {
        let costs = parts.iter().map(|it| model.cost(it)).collect();
        State { parts, costs }
    }

    /// Services that the same people can handle together, and people where they can handle most.
    fn alike(model: &Model, count: usize) -> State {
        let rows: Vec<Vec<f64>> = (0..model.things()).map(|thing| centred(model, thing)).collect();
        let groups = grouped(&rows, count);
        let mut parts: Vec<Part> = groups.into_iter().map(|things| Part { people: Vec::new(), things }).collect();
        let fitness = |person: usize, part: &Part| {
            part.things.iter().map(|it| rows[*it][person]).sum::<f64>() / float(part.things.len())
        };
        // Whoever is far better somewhere than elsewhere chooses first; then small parts take whom it costs least.
        for person in 0..model.to_place() {
            let best = (0..count).max_by(|a, b| fitness(person, &parts[*a]).total_cmp(&fitness(person, &parts[*b])));
            parts[best.unwrap_or(0)].people.push(person);
        }
        while let Some(small) = (0..count).find(|it| parts[*it].people.len() < model.least()) {
            let mut cheapest: Option<(f64, usize, usize)> = None;
            for (from, part) in parts.iter().enumerate().filter(|(_, it)| it.people.len() > model.least()) {
                for (place, person) in part.people.iter().enumerate() {
                    let regret = fitness(*person, part) - fitness(*person, &parts[small]);
                    if cheapest.is_none_or(|it| regret < it.0) {
                        cheapest = Some((regret, from, place));
                    }
                }
            }
            let Some((_, from, place)) = cheapest else { break };
            let person = parts[from].people.remove(place);
            parts[small].people.push(person);
        }
        State::new(model, parts)
    }

    fn by_chance(model: &Model, count: usize, dice: &mut Dice) -> State {
        let mut parts = vec![Part::default(); count];
        let (mut people, mut things): (Vec<usize>, Vec<usize>) =
            ((0..model.to_place()).collect(), (0..model.things()).collect());
        dice.shuffle(&mut people);
        dice.shuffle(&mut things);
        for (turn, person) in people.into_iter().enumerate() {
            parts[turn % count].people.push(person);
        }
        for (turn, thing) in things.into_iter().enumerate() {
            let part = if turn < count { turn } else { dice.below(count) };
            parts[part].things.push(thing);
        }
        State::new(model, parts)
    }

    fn total(&self) -> f64 {
        self.costs.iter().sum()
    }

    /// Makes moves by chance: always those that help, and others the more seldom the later it is.
    fn temper(&mut self, model: &Model, moves: u64, dice: &mut Dice) {
        let mut best = (self.total(), self.clone());
        let warm = (self.total() / float(model.to_place() + model.things())).max(1e-6);
        let mut now = best.0;
        for count in 0..moves {
            #[allow(clippy::cast_precision_loss, reason = "moves are counted in millions")]
            let heat = warm * 0.001_f64.powf(count as f64 / moves as f64);
            let Some(step) = self.any_move(model, dice) else { continue };
            let (change, before) = self.make(model, step);
            if change <= 0.0 || dice.unit() < (-change / heat).exp() {
                now += change;
                if now < best.0 - 1e-9 {
                    best = (now, self.clone());
                }
            } else {
                self.take_back(step, before);
            }
        }
        *self = best.1;
        // What was added up may have drifted by a hair.
        self.costs = self.parts.iter().map(|it| model.cost(it)).collect();
    }

    /// Makes every move that helps, until none does or so many were tried.
    fn descend(&mut self, model: &Model, tries: u64) {
        let mut tries = tries;
        let rounds = 50;
        for _ in 0..rounds {
            let mut helped = false;
            for from in 0..self.parts.len() {
                for to in (0..self.parts.len()).filter(|it| *it != from) {
                    helped |= self.descend_between(model, from, to, &mut tries);
                }
            }
            if !helped || tries == 0 {
                return;
            }
        }
    }

    fn descend_between(&mut self, model: &Model, from: usize, to: usize, tries: &mut u64) -> bool {
        let mut helped = false;
        let kinds = [true, false];
        for people in kinds {
            let mut place = 0;
            while place < self.members(from, people).len() {
                let backs = (0..self.members(to, people).len()).map(Some).filter(|_| from < to);
                let backs: Vec<Option<usize>> = std::iter::once(None).chain(backs).collect();
                for back in backs {
                    let kind = match people {
                        true => Kind::Person { place, back },
                        false => Kind::Thing { place, back },
                    };
                    let step = Move { from, to, kind };
                    if !self.allowed(model, step) {
                        continue;
                    }
                    let Some(left) = tries.checked_sub(1) else { return helped };
                    *tries = left;
                    let (change, before) = self.make(model, step);
                    if change < -1e-9 {
                        helped = true;
                        break;
                    }
                    self.take_back(step, before);
                }
                place += 1;
            }
        }
        helped
    }

    fn members(&self, part: usize, people: bool) -> &[usize] {
        if people { &self.parts[part].people } else { &self.parts[part].things }
    }

    fn any_move(&self, model: &Model, dice: &mut Dice) -> Option<Move> {
        let from = dice.below(self.parts.len());
        let to = (from + 1 + dice.below(self.parts.len() - 1)) % self.parts.len();
        let people = dice.below(model.to_place() + model.things()) < model.to_place();
        let swap = dice.below(2) == 0;
        let place = dice.below(self.members(from, people).len());
        let back = swap.then(|| dice.below(self.members(to, people).len()));
        let kind = if people { Kind::Person { place, back } } else { Kind::Thing { place, back } };
        let step = Move { from, to, kind };
        self.allowed(model, step).then_some(step)
    }

    fn allowed(&self, model: &Model, step: Move) -> bool {
        match step.kind {
            Kind::Person { back: None, .. } => self.parts[step.from].people.len() > model.least(),
            Kind::Thing { back: None, .. } => self.parts[step.from].things.len() > 1,
            _ => true,
        }
    }

    /// Gives by how much the total changes, and what both parts cost before.
    fn make(&mut self, model: &Model, step: Move) -> (f64, [f64; 2]) {
        self.shift(step);
        let before = [self.costs[step.from], self.costs[step.to]];
        for part in [step.from, step.to] {
            self.costs[part] = model.cost(&self.parts[part]);
        }
        (self.costs[step.from] + self.costs[step.to] - (before[0] + before[1]), before)
    }

    fn take_back(&mut self, step: Move, before: [f64; 2]) {
        // What moved on stands at the end there; a swap is its own opposite.
        let Move { from, to, kind } = step;
        let last = |members: &[usize]| members.len() - 1;
        let (people, place, back) = match kind {
            Kind::Person { place, back } => (true, place, back),
            Kind::Thing { place, back } => (false, place, back),
        };
        if back.is_some() {
            self.shift(step);
        } else {
            let end = last(self.members(to, people));
            let (source, target) = self.two(from, to, people);
            let it = target.remove(end);
            source.push(it);
            // `swap_remove` had put the last in its place.
            let end = source.len() - 1;
            source.swap(place, end);
        }
        [self.costs[from], self.costs[to]] = before;
    }

    fn shift(&mut self, step: Move) {
        let (people, place, back) = match step.kind {
            Kind::Person { place, back } => (true, place, back),
            Kind::Thing { place, back } => (false, place, back),
        };
        let (source, target) = self.two(step.from, step.to, people);
        match back {
            Some(back) => std::mem::swap(&mut source[place], &mut target[back]),
            None => {
                let it = source.swap_remove(place);
                target.push(it);
            }
        }
    }

    fn two(&mut self, from: usize, to: usize, people: bool) -> (&mut Vec<usize>, &mut Vec<usize>) {
        let [source, target] = self.parts.get_disjoint_mut([from, to]).expect("two different parts");
        if people { (&mut source.people, &mut target.people) } else { (&mut source.things, &mut target.things) }
    }
}

/// Rows in so many groups: the two that are likest on average become one, again and again.
fn grouped(rows: &[Vec<f64>], count: usize) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = (0..rows.len()).map(|it| vec![it]).collect();
    let mut likeness: Vec<Vec<f64>> = rows.iter().map(|a| rows.iter().map(|b| dot(a, b)).collect()).collect();
    while groups.len() > count {
        let mut nearest = (f64::NEG_INFINITY, 0, 1);
        for one in 0..groups.len() {
            for other in one + 1..groups.len() {
                let near = likeness[one][other] / float(groups[one].len() * groups[other].len());
                if near > nearest.0 {
                    nearest = (near, one, other);
                }
            }
        }
        let (_, one, other) = nearest;
        let taken = groups.remove(other);
        groups[one].extend(taken);
        let added = likeness.remove(other);
        likeness[one].iter_mut().zip(added).for_each(|(it, more)| *it += more);
        for row in &mut likeness {
            let more = row.remove(other);
            row[one] += more;
        }
    }
    groups
}

/// How much more or less than others each person can handle something; of length 1.
fn centred(model: &Model, thing: usize) -> Vec<f64> {
    let row: Vec<f64> = (0..model.to_place()).map(|it| model.able(it, thing)).collect();
    let mean = row.iter().sum::<f64>() / float(row.len().max(1));
    let row: Vec<f64> = row.iter().map(|it| it - mean).collect();
    let length = dot(&row, &row).sqrt();
    row.iter().map(|it| if length > 0.0 { it / length } else { 0.0 }).collect()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::{Limits, Weights};
    use crate::split::clocks::Clocks;
    use crate::split::evidence::Evidence;
    use crate::split::model::Terms;
    use crate::time::{Instant, Span, Zone};

    /// Two services and four people; the first two always finish what is of the first service, the others of the second.
    fn model() -> Model {
        let at = |hours: i64| Instant::from_unix(1_767_225_600 + hours * 3_600);
        let evidence = Evidence {
            span: Span::new(at(0), at(24 * 60)).unwrap(),
            people: 4,
            opened: vec![(0..100).map(|it| at(it * 10)).collect(); 2],
            touched: vec![50; 8],
            had_last: vec![50, 50, 0, 0, 0, 0, 50, 50],
            wrong: vec![(10, 300.0); 2],
        };
        let weights = Weights::default();
        let limits = Limits { min_people: Some(1), max_share: None, ..Limits::default() };
        let people: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        let clocks = Clocks::new(&people, &[], &Zone::utc(), &[], &weights);
        Model::new(&evidence, 4, &clocks, &Terms { weights: &weights, limits: &limits, price: 0.0 })
    }

    fn parts(of: &[(&[usize], usize)]) -> Vec<Part> {
        of.iter().map(|(people, thing)| Part { people: people.to_vec(), things: vec![*thing] }).collect()
    }

    #[test]
    fn a_descent_makes_no_more_tries_than_it_may() {
        let model = model();
        let crossed = parts(&[(&[0, 2], 0), (&[1, 3], 1)]);
        let descended = |tries: u64| {
            let mut state = State::new(&model, crossed.clone());
            state.descend(&model, tries);
            Division { parts: state.parts }.in_order()
        };
        assert_eq!(descended(0), Division { parts: crossed.clone() }.in_order());
        assert_eq!(descended(u64::MAX), Division { parts: parts(&[(&[0, 1], 0), (&[2, 3], 1)]) }.in_order());
    }

    #[test]
    fn what_is_taken_back_leaves_nothing_behind() {
        let model = model();
        let mut state = State::new(&model, parts(&[(&[0, 2], 0), (&[1, 3], 1)]));
        let before = (state.parts.clone(), state.costs.clone());
        let mut dice = Dice::new(7);
        for _ in 0..200 {
            let Some(step) = state.any_move(&model, &mut dice) else { continue };
            let (_, costs) = state.make(&model, step);
            state.take_back(step, costs);
            assert_eq!((state.parts.clone(), state.costs.clone()), before);
        }
    }
}
