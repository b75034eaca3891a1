//! Which card stands in which column, and in which order: with few crossings.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// An arrow between two cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub from: usize,
    pub to: usize,
    /// Its end lies at least so many columns further: none, if it only holds for some alerts.
    pub apart: usize,
}

/// Cards, and the places where arrows pass between them, in columns.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// From left to right, each from top to bottom.
    pub columns: Vec<Vec<Item>>,
    /// Of every link, the items it goes through, from the card it leaves to the card it enters.
    pub ways: Vec<Vec<Item>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Card(usize),
    /// Where a link passes a column.
    Pass {
        link: usize,
        column: usize,
    },
}

/// How often the columns are gone through in each direction.
const SWEEPS: usize = 12;

/// For each card the group of cards among which links go round in circles; a card alone has a group of its own.
pub(super) fn circles(cards: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let nodes: Vec<_> = (0..cards).map(|_| graph.add_node(())).collect();
    for link in links {
        graph.add_edge(nodes[link.from], nodes[link.to], ());
    }
    let mut circles: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|it| it.into_iter().map(petgraph::graph::NodeIndex::index).collect())
        .collect();
    circles.iter_mut().for_each(|it: &mut Vec<usize>| it.sort_unstable());
    circles.retain(|it| it.len() > 1);
    circles.sort_unstable();
    circles
}

/// The column of every card: as far left as its links allow. Links go round in no circle.
pub(super) fn columns_of(cards: usize, links: &[Link], least: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut next: Vec<Vec<&Link>> = vec![Vec::new(); cards];
    let mut waits = vec![0_usize; cards];
    for link in links {
        next[link.from].push(link);
        waits[link.to] += 1;
    }
    let mut column: Vec<usize> = (0..cards).map(least).collect();
    let mut open: Vec<usize> = (0..cards).filter(|it| waits[*it] == 0).collect();
    while let Some(card) = open.pop() {
        for link in &next[card] {
            column[link.to] = column[link.to].max(column[card] + link.apart);
            waits[link.to] -= 1;
            if waits[link.to] == 0 {
                open.push(link.to);
            }
        }
    }
    column
}

impl Columns {
    /// Cards in their columns in the order of their ranks, links through all columns between.
    pub fn new(column: &[usize], rank: &[(usize, usize)], links: &[Link]) -> Columns {
        let mut columns = vec![Vec::new(); column.iter().max().map_or(0, |it| it + 1)];
        let mut cards: Vec<usize> = (0..column.len()).collect();
        cards.sort_by_key(|it| rank[*it]);
        for card in cards {
            columns[column[card]].push(Item::Card(card));
        }
        let mut ways = Vec::new();
        for (index, link) in links.iter().enumerate() {
            let mut way = vec![Item::Card(link.from)];
            for (between, items) in columns.iter_mut().enumerate().take(column[link.to]).skip(column[link.from] + 1) {
                let pass = Item::Pass { link: index, column: between };
                items.push(pass);
                way.push(pass);
            }
            way.push(Item::Card(link.to));
            ways.push(way);
        }
        Columns { columns, ways }
    }

    pub fn items(&self) -> usize {
        self.columns.iter().map(Vec::len).sum()
    }

    /// Puts every column into an order with few crossings: each item near the middle of its neighbours, then
    /// neighbours change places as long as that helps.
    pub fn untangle(&mut self) {
        let mut best = (self.tangle(), self.columns.clone());
        let near = self.neighbours();
        let count = self.columns.len();
        for sweep in 0..SWEEPS {
            let mut places = self.places();
            for step in 1..count {
                let (column, side) = if sweep % 2 == 0 { (step, 0) } else { (count - 1 - step, 1) };
                let middle = |item: &Item, place: usize| -> (u64, usize) {
                    let sides = &near[item];
                    let mut of: Vec<usize> = sides[side].iter().map(|it| places[it]).collect();
                    // Cards in one column that are joined want to be together.
                    of.extend(sides[2].iter().map(|_| place));
                    let middle = match of.len() {
                        0 => place as u64 * 1000,
                        length => of.iter().sum::<usize>() as u64 * 1000 / length as u64,
                    };
                    (middle, place)
                };
                let mut keyed: Vec<((u64, usize), Item)> =
                    self.columns[column].iter().enumerate().map(|(place, it)| (middle(it, place), *it)).collect();
                keyed.sort_unstable();
                self.columns[column] = keyed.into_iter().map(|(_, it)| it).collect();
                places.extend(self.columns[column].iter().enumerate().map(|(place, it)| (*it, place)));
            }
            self.swap(&near);
            let tangle = self.tangle();
            if tangle < best.0 {
                best = (tangle, self.columns.clone());
            }
        }
        self.columns = best.1;
    }

    /// How often links cross, and how far those within a column reach.
    fn tangle(&self) -> usize {
        let places = self.places();
        let mut between: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        let mut reach = 0;
        let columns = self.column_of();
        for way in &self.ways {
            for step in way.windows(2) {
                let (from, to) = (places[&step[0]], places[&step[1]]);
                match columns[&step[0]] == columns[&step[1]] {
                    true => reach += from.abs_diff(to) - 1,
                    false => between.entry(columns[&step[0]]).or_default().push((from, to)),
                }
            }
        }
        reach + between.into_values().map(crossings).sum::<usize>()
    }

    /// Neighbours in a column change places where that undoes crossings.
    fn swap(&mut self, near: &BTreeMap<Item, [Vec<Item>; 3]>) {
        let mut places = self.places();
        for _ in 0..8 {
            let mut better = false;
            for column in 0..self.columns.len() {
                for place in 1..self.columns[column].len() {
                    let (above, below) = (self.columns[column][place - 1], self.columns[column][place]);
                    let cost = |above: Item, below: Item, places: &BTreeMap<Item, usize>| -> usize {
                        let crossed = |side: usize| -> usize {
                            let lower: Vec<usize> = near[&below][side].iter().map(|it| places[it]).collect();
                            let upper = near[&above][side].iter().map(|it| places[it]);
                            upper.map(|it| lower.iter().filter(|lower| **lower < it).count()).sum()
                        };
                        let reach = |item: Item, at: usize| -> usize {
                            let others = near[&item][2].iter().filter(|it| **it != above && **it != below);
                            others.map(|it| places[it].abs_diff(at)).sum()
                        };
                        crossed(0) + crossed(1) + reach(above, place - 1) + reach(below, place)
                    };
                    if cost(below, above, &places) < cost(above, below, &places) {
                        self.columns[column].swap(place - 1, place);
                        places.insert(above, place);
                        places.insert(below, place - 1);
                        better = true;
                    }
                }
            }
            if !better {
                break;
            }
        }
    }

    pub fn places(&self) -> BTreeMap<Item, usize> {
        self.columns.iter().flat_map(|it| it.iter().enumerate().map(|(place, item)| (*item, place))).collect()
    }

    pub fn column_of(&self) -> BTreeMap<Item, usize> {
        self.columns.iter().enumerate().flat_map(|(column, it)| it.iter().map(move |item| (*item, column))).collect()
    }

    /// Of every item those it is joined with to its left, to its right, and in its own column.
    pub fn neighbours(&self) -> BTreeMap<Item, [Vec<Item>; 3]> {
        let columns = self.column_of();
        let mut near: BTreeMap<Item, [Vec<Item>; 3]> =
            columns.keys().map(|it| (*it, [Vec::new(), Vec::new(), Vec::new()])).collect();
        for way in &self.ways {
            for step in way.windows(2) {
                let same = columns[&step[0]] == columns[&step[1]];
                let (out, back) = if same { (2, 2) } else { (1, 0) };
                if let Some(sides) = near.get_mut(&step[0]) {
                    sides[out].push(step[1]);
                }
                if let Some(sides) = near.get_mut(&step[1]) {
                    sides[back].push(step[0]);
                }
            }
        }
        near
    }
}

/// How many pairs of lines cross, told by where they begin and end: inversions, counted with a tree of sums.
fn crossings(mut lines: Vec<(usize, usize)>) -> usize {
    lines.sort_unstable();
    let most = lines.iter().map(|it| it.1).max().unwrap_or(0) + 1;
    let mut sums = vec![0_usize; most + 1];
    let mut crossings = 0;
    for (seen, (_, to)) in lines.iter().enumerate() {
        let mut at = to + 1;
        let mut not_below = 0;
        while at > 0 {
            not_below += sums[at];
            at &= at - 1;
        }
        crossings += seen - not_below;
        let mut at = to + 1;
        while at <= most {
            sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_counted() {
        assert_eq!(crossings(vec![(0, 0), (1, 1), (2, 2)]), 0);
        assert_eq!(crossings(vec![(0, 2), (1, 1), (2, 0)]), 3);
        assert_eq!(crossings(vec![(0, 1), (0, 0), (1, 1), (1, 1)]), 0, "what begins or ends together does not cross");
        assert_eq!(crossings(vec![(0, 3), (0, 1), (1, 0), (2, 2)]), 3);
    }

    #[test]
    fn two_ladders_that_were_written_crosswise_are_untangled() {
        let link = |from, to| Link { from, to, apart: 1 };
        let links = [link(0, 3), link(1, 2)];
        let mut columns = Columns::new(&columns_of(4, &links, |_| 0), &[(0, 0); 4], &links);
        assert_eq!(columns.tangle(), 1);
        columns.untangle();
        assert_eq!(columns.tangle(), 0);
    }

    #[test]
    fn a_long_link_passes_the_columns_between() {
        let link = |from, to| Link { from, to, apart: 1 };
        let links = [link(0, 1), link(1, 2), link(0, 2)];
        let columns = Columns::new(&columns_of(3, &links, |_| 0), &[(0, 0); 3], &links);
        let pass = Item::Pass { link: 2, column: 1 };
        assert_eq!(columns.columns, [vec![Item::Card(0)], vec![Item::Card(1), pass], vec![Item::Card(2)]]);
        assert_eq!(columns.ways[2], [Item::Card(0), pass, Item::Card(2)]);
    }
}
