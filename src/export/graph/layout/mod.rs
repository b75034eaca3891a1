//! Where everything stands in a picture of a graph.
//!
//! Columns from left to right: routes, the seats that they page first, and onward by the escalations that always hold,
//! so that an alert climbs to the right. A rotation's two seats are one card, as long as nothing leads from one of
//! them round to the other over somebody else's. Lines leave cards on the right, wait for as long as their label says,
//! and then curve into the card where they end; what holds only for some alerts may end within the same column.

mod order;
mod place;

use std::collections::BTreeMap;

use crate::calendar::State;
use crate::escalation::{ArrowKind, Chair, Graph, Place, Vertex, WayIn};
use crate::export::graph::letters::{cut, width};
use crate::export::graph::{Shown, few, held, label, route, rungs, title};
use crate::export::text::names;
use crate::org::{Seat, harmless};
use order::{Columns, Item, Link, circles, columns_of};

/// How many cards, and places where lines pass between them, a picture has at most.
const MOST_ITEMS: usize = 10_000;
/// How many columns it has at most.
const MOST_COLUMNS: usize = 200;

/// Around everything.
const MARGIN: i32 = 24;
/// Between a card's edge and its text.
const PAD: i32 = 12;
/// Above the first line of a cell, and below its last.
const PAD_ABOVE: i32 = 8;
/// Between two lines that leave a card.
const SLOT: i32 = 18;
/// The narrowest card, the widest, and the widest of routes.
const NARROWEST: i32 = 132;
const WIDEST: i32 = 248;
const WIDEST_ROUTES: i32 = 280;
/// How many lines a route takes at most.
const MOST_LINES: usize = 3;
/// The longest label.
const LONGEST_LABEL: i32 = 190;
/// Lines of people who take turns, at most.
const MOST_ROSTER: usize = 4;
/// How often heights are improved.
const SWEEPS: usize = 24;

/// A picture, in pixels.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Of all of it, without head and foot.
    pub width: i32,
    /// Of all of it, without head and foot.
    pub height: i32,
    /// In the order of their first vertices.
    pub cards: Vec<Card>,
    /// In the order of their arrows; what leads from a seat to the other on the same card has none.
    pub wires: Vec<Wire>,
}

/// A box.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Its size.
    pub width: i32,
    /// Its size.
    pub height: i32,
    /// One below the other. Never empty.
    pub cells: Vec<Cell>,
}

/// A vertex on a card.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which.
    pub vertex: usize,
    /// Its upper edge.
    pub y: i32,
    /// How high it is.
    pub height: i32,
    /// What is written there.
    pub texts: Vec<Text>,
}

/// A line of text.
#[derive(Debug, Clone)]
pub struct Text {
    /// Where it begins, or, if it stands on the right, ends.
    pub x: i32,
    /// Its base line.
    pub y: i32,
    /// What fits.
    pub text: String,
    /// All of it, if it was cut.
    pub full: Option<String>,
    /// How it looks.
    pub look: Look,
    /// Whether it ends at `x`.
    pub on_the_right: bool,
    /// Whether it is of what the answer goes through.
    pub lit: bool,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The name of a card.
    Title,
    /// As any.
    Plain,
    /// Less important.
    Faint,
    /// Nobody is there who should be.
    Bad,
    /// When the answer gets here.
    Rung,
}

impl Look {
    /// The size of its letters in pixels, and whether they are bold.
    pub fn letters(self) -> (f64, bool) {
        match self {
            Look::Title => (13.0, true),
            Look::Plain | Look::Bad => (12.0, false),
            Look::Faint => (11.0, false),
            Look::Rung => (11.0, true),
        }
    }
}

/// A line from card to card.
#[derive(Debug, Clone)]
pub struct Wire {
    /// Which arrow.
    pub arrow: usize,
    /// Where it begins: at the right edge of a card.
    pub start: (i32, i32),
    /// Its pieces, one after the other.
    pub pieces: Vec<Piece>,
    /// Its label.
    pub label: Option<Text>,
}

impl Wire {
    /// Where it ends: at the left edge of a card, or, within a column, at the right one.
    pub fn end(&self) -> (i32, i32) {
        self.pieces.last().map_or(self.start, |it| match it {
            Piece::Straight(to) | Piece::Curve(_, _, to) => *to,
        })
    }
}

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Straight on.
    Straight((i32, i32)),
    /// Bent towards two points.
    Curve((i32, i32), (i32, i32), (i32, i32)),
}

/// Nobody could read a picture of that size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too much for one picture: {items} boxes and lines between them, in {columns} columns")]
pub struct TooLarge {
    /// Boxes, and places where lines pass between them.
    pub items: usize,
    /// Columns.
    pub columns: usize,
}

/// Lays a graph out.
///
/// # Errors
///
/// [`TooLarge`] if nobody could read the picture.
pub fn layout(graph: &Graph<'_>, shown: &Shown<'_>) -> Result<Layout, TooLarge> {
    let deck = Deck::of(graph);
    let columns = deck.columns()?;
    let mut draft = Draft::new(graph, shown, &deck, &columns);
    draft.heights();
    draft.close_ranks();
    Ok(draft.finish())
}

/// Which vertices stand on which card, and what links cards.
struct Deck {
    /// The vertices of each card.
    cards: Vec<Vec<usize>>,
    /// For each vertex its card and the cell there; some have none.
    of: BTreeMap<usize, (usize, usize)>,
    /// Arrows between cards.
    links: Vec<Link>,
    /// Which arrow a link is.
    arrows: Vec<usize>,
    /// Cards of routes, which stand just before what they lead to.
    routes: Vec<bool>,
}

impl Deck {
    fn of(graph: &Graph<'_>) -> Deck {
        let mut apart: Vec<bool> = vec![false; graph.vertices.len()];
        loop {
            let deck = Deck::dealt(graph, &apart);
            let circles = circles(deck.cards.len(), &deck.links);
            if circles.is_empty() {
                return deck;
            }
            // Single seats go round in no circle, so in each there is a card to be cut in two.
            for vertex in circles.iter().flatten().flat_map(|it| &deck.cards[*it]) {
                apart[*vertex] = true;
            }
        }
    }

    fn dealt(graph: &Graph<'_>, apart: &[bool]) -> Deck {
        let mut led_to = vec![false; graph.vertices.len()];
        for arrow in graph.arrows.iter().filter(|it| !matches!(it.kind, ArrowKind::Turns { .. })) {
            led_to[arrow.to] = true;
        }
        let mut deck =
            Deck { cards: Vec::new(), of: BTreeMap::new(), links: Vec::new(), arrows: Vec::new(), routes: Vec::new() };
        let mut primaries = BTreeMap::new();
        for (index, vertex) in graph.vertices.iter().enumerate() {
            let new = deck.cards.len();
            let card = match &vertex.place {
                // Who takes turns is written on the seat's card.
                Place::Person(_) if !led_to[index] => continue,
                Place::Seat(chair) if !apart[index] => match chair.seat.seat {
                    Seat::Primary => *primaries.entry(chair.seat.rotation).or_insert(new),
                    Seat::Secondary => primaries.get(&chair.seat.rotation).copied().unwrap_or(new),
                },
                _ => new,
            };
            if card == new {
                deck.cards.push(Vec::new());
                deck.routes.push(matches!(vertex.place, Place::Routes(_)));
            }
            deck.of.insert(index, (card, deck.cards[card].len()));
            deck.cards[card].push(index);
        }
        for (index, arrow) in graph.arrows.iter().enumerate() {
            let (Some((from, _)), Some((to, _))) = (deck.of.get(&arrow.from), deck.of.get(&arrow.to)) else { continue };
            let apart = match arrow.kind {
                ArrowKind::Escalation(_, edge) => usize::from(edge.when.is_empty()),
                ArrowKind::Route => 1,
                ArrowKind::Turns { .. } => continue,
            };
            if from != to {
                deck.links.push(Link { from: *from, to: *to, apart });
                deck.arrows.push(index);
            }
        }
        deck
    }

    fn columns(&self) -> Result<Columns, TooLarge> {
        let some_routes = self.routes.iter().any(|it| *it);
        let mut column = columns_of(self.cards.len(), &self.links, |it| usize::from(some_routes && !self.routes[it]));
        for link in self.links.iter().filter(|it| self.routes[it.from]) {
            column[link.from] = column[link.to] - 1;
        }
        let count = column.iter().max().map_or(0, |it| it + 1);
        let passes: usize = self.links.iter().map(|it| (column[it.to] - column[it.from]).saturating_sub(1)).sum();
        let items = self.cards.len() + passes;
        if items > MOST_ITEMS || count > MOST_COLUMNS {
            return Err(TooLarge { items, columns: count });
        }
        let mut columns = Columns::new(&column, &self.ranks(&column), &self.links);
        columns.untangle();
        debug_assert_eq!(columns.items(), items);
        Ok(columns)
    }
}

impl Deck {
    /// How wide a card of this column may be: wider, if there is nothing but routes.
    fn widest(&self, column: &[Item]) -> i32 {
        let only_routes = column.iter().all(|it| matches!(it, Item::Card(card) if self.routes[*card]));
        if only_routes { WIDEST_ROUTES } else { WIDEST }
    }

    /// In which order cards are dealt into their columns: by the first route that leads there, and those that are
    /// joined within a column together.
    fn ranks(&self, column: &[usize]) -> Vec<(usize, usize)> {
        let mut first: Vec<usize> =
            (0..self.cards.len()).map(|it| if self.routes[it] { it } else { usize::MAX }).collect();
        for link in self.links.iter().filter(|it| self.routes[it.from]) {
            first[link.to] = first[link.to].min(link.from);
        }
        let mut together = first.clone();
        let joined: Vec<&Link> = self.links.iter().filter(|it| column[it.from] == column[it.to]).collect();
        // Each round carries the least number one link further.
        for _ in 0..joined.len().min(100) {
            let before = together.clone();
            for link in &joined {
                let least = together[link.from].min(together[link.to]);
                (together[link.from], together[link.to]) = (least, least);
            }
            if together == before {
                break;
            }
        }
        for link in self.links.iter().filter(|it| self.routes[it.from]) {
            together[link.from] = together[link.to];
        }
        together.into_iter().zip(first).collect()
    }
}

/// One line on a card: what stands on the left, and on the right.
struct Row {
    left: (Look, String),
    indent: i32,
    right: Option<(Look, String)>,
    lit: bool,
}

impl Row {
    fn of(look: Look, text: impl Into<String>) -> Row {
        Row { left: (look, text.into()), indent: 0, right: None, lit: true }
    }

    fn height(&self) -> i32 {
        if self.left.0 == Look::Title { 18 } else { 16 }
    }

    fn width(&self) -> f64 {
        let right = self.right.as_ref().map_or(0.0, |it| written(it) + f64::from(PAD));
        f64::from(self.indent) + written(&self.left) + right
    }
}

fn written((look, text): &(Look, String)) -> f64 {
    let (size, bold) = look.letters();
    width(text, size, bold)
}

/// How much further in the later lines of a route begin.
const INDENT: i32 = 16;

/// A text in lines, broken between words or alternatives.
fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_inclusive([' ', '|', ',']) {
        let last = lines.len() - 1;
        if !lines[last].is_empty()
            && last + 1 < MOST_LINES
            && width(&format!("{}{word}", lines[last]), size, false) > room
        {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        lines[last].push_str(word);
    }
    lines
}

struct Draft<'d, 'a> {
    graph: &'d Graph<'a>,
    deck: &'d Deck,
    columns: &'d Columns,
    /// Of every cell of every card.
    rows: Vec<Vec<Vec<Row>>>,
    /// Of every cell of every card.
    cell_heights: Vec<Vec<i32>>,
    labels: Vec<String>,
    /// The upper edge of everything.
    y: BTreeMap<Item, f64>,
}

impl<'d, 'a> Draft<'d, 'a> {
    fn new(graph: &'d Graph<'a>, shown: &Shown<'_>, deck: &'d Deck, columns: &'d Columns) -> Draft<'d, 'a> {
        let column = columns.column_of();
        let widest = |card: usize| deck.widest(&columns.columns[column[&Item::Card(card)]]);
        let cells = |(card, cells): (usize, &Vec<usize>)| -> Vec<Vec<Row>> {
            cells.iter().map(|it| rows(graph, *it, *it != cells[0], widest(card), deck, shown)).collect()
        };
        let rows: Vec<Vec<Vec<Row>>> = deck.cards.iter().enumerate().map(cells).collect();
        let labels = deck.arrows.iter().map(|it| harmless(&label(&graph.arrows[*it]))).collect();
        let mut draft = Draft { graph, deck, columns, rows, cell_heights: Vec::new(), labels, y: BTreeMap::new() };
        let mut slots: Vec<Vec<i32>> = deck.cards.iter().map(|it| vec![0; it.len()]).collect();
        for link in 0..deck.links.len() {
            let (from, to) = draft.ends(link);
            slots[from.0][from.1] += 1;
            if column[&Item::Card(from.0)] == column[&Item::Card(to.0)] {
                slots[to.0][to.1] += 1;
            }
        }
        draft.cell_heights = slots
            .iter()
            .zip(&draft.rows)
            .map(|(slots, cells)| {
                let text = |it: &Vec<Row>| it.iter().map(Row::height).sum::<i32>() + 2 * PAD_ABOVE;
                cells.iter().zip(slots).map(|(rows, slots)| text(rows).max(slots * SLOT + 6)).collect()
            })
            .collect();
        draft
    }

    /// The card and cell that a link leaves, and those that it enters.
    fn ends(&self, link: usize) -> ((usize, usize), (usize, usize)) {
        let arrow = &self.graph.arrows[self.deck.arrows[link]];
        (self.deck.of[&arrow.from], self.deck.of[&arrow.to])
    }

    fn height(&self, item: Item) -> i32 {
        match item {
            Item::Card(card) => self.cell_heights[card].iter().sum(),
            Item::Pass { .. } => 4,
        }
    }

    /// From the upper edge of a card to the middle of a cell.
    fn middle(&self, (card, cell): (usize, usize)) -> f64 {
        let above: i32 = self.cell_heights[card][..cell].iter().sum();
        f64::from(above) + f64::from(self.cell_heights[card][cell]) / 2.0
    }

    /// Everything as near as can be to what it is joined with.
    fn heights(&mut self) {
        let column = self.columns.column_of();
        // Of every item, what it is joined with: its own height there, the other, and the other's height there.
        let mut joints: BTreeMap<Item, Vec<(f64, Item, f64)>> = BTreeMap::new();
        for (link, way) in self.columns.ways.iter().enumerate() {
            let (from, to) = self.ends(link);
            for (step, pair) in way.windows(2).enumerate() {
                if column[&pair[0]] == column[&pair[1]] {
                    continue;
                }
                let out = if step == 0 { self.middle(from) } else { 2.0 };
                let back = if step + 2 == way.len() { self.middle(to) } else { 2.0 };
                joints.entry(pair[0]).or_default().push((out, pair[1], back));
                joints.entry(pair[1]).or_default().push((back, pair[0], out));
            }
        }
        let count = self.columns.columns.len();
        let sizes: Vec<(Vec<f64>, Vec<f64>)> = self
            .columns
            .columns
            .iter()
            .map(|items| {
                (items.iter().map(|it| f64::from(self.height(*it))).collect(), items.windows(2).map(gap).collect())
            })
            .collect();
        for (column, items) in self.columns.columns.iter().enumerate() {
            let tops = place::stack(&sizes[column].0, &sizes[column].1, &vec![0.0; items.len()]);
            self.y.extend(items.iter().copied().zip(tops));
        }
        for sweep in 0..SWEEPS {
            for step in 0..count {
                let column = if sweep % 2 == 0 { count - 1 - step } else { step };
                let items = &self.columns.columns[column];
                let wanted: Vec<f64> = items
                    .iter()
                    .zip(&sizes[column].0)
                    .map(|(item, height)| {
                        let joints = joints.get(item).map(Vec::as_slice).unwrap_or_default();
                        let tops = joints.iter().map(|(own, other, at)| self.y[other] + at - own);
                        match joints.len() {
                            0 => self.y[item] + height / 2.0,
                            count => tops.sum::<f64>() / count as f64 + height / 2.0,
                        }
                    })
                    .collect();
                let tops = place::stack(&sizes[column].0, &sizes[column].1, &wanted);
                self.y.extend(items.iter().copied().zip(tops));
            }
        }
    }

    /// What is joined with nothing above it moves up, whole, as far as there is room.
    fn close_ranks(&mut self) {
        let mut part: Vec<usize> = (0..self.deck.cards.len()).collect();
        let root = |part: &[usize], mut it: usize| {
            while part[it] != it {
                it = part[it];
            }
            it
        };
        for link in &self.deck.links {
            let (from, to) = (root(&part, link.from), root(&part, link.to));
            part[from.max(to)] = from.min(to);
        }
        let part_of = |item: &Item| match item {
            Item::Card(card) => root(&part, *card),
            Item::Pass { link, .. } => root(&part, self.deck.links[*link].from),
        };
        let highest = self.y.values().copied().fold(f64::INFINITY, f64::min);
        let mut parts: BTreeMap<usize, f64> = BTreeMap::new();
        for (item, y) in &self.y {
            let top = parts.entry(part_of(item)).or_insert(*y);
            *top = top.min(*y);
        }
        let mut parts: Vec<(usize, f64)> = parts.into_iter().collect();
        parts.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (part, _) in parts {
            let mut room = f64::INFINITY;
            for items in &self.columns.columns {
                if let Some(first) = items.first().filter(|it| part_of(it) == part) {
                    room = room.min(self.y[first] - highest);
                }
                for pair in items.windows(2).filter(|it| part_of(&it[1]) == part && part_of(&it[0]) != part) {
                    let bottom = self.y[&pair[0]] + f64::from(self.height(pair[0]));
                    room = room.min(self.y[&pair[1]] - bottom - gap(pair));
                }
            }
            if room.is_finite() && room > 0.0 {
                let moved: Vec<Item> = self.y.keys().filter(|it| part_of(it) == part).copied().collect();
                for item in moved {
                    *self.y.entry(item).or_default() -= room;
                }
            }
        }
    }

    fn finish(self) -> Layout {
        let top = self.y.values().copied().fold(f64::INFINITY, f64::min);
        let y: BTreeMap<Item, i32> =
            self.y.iter().map(|(item, y)| (*item, (y - top).round() as i32 + MARGIN)).collect();
        let column = self.columns.column_of();
        let tracks = self.tracks(&y, &column);
        let card = |card: usize| {
            let column = column[&Item::Card(card)];
            self.card(card, y[&Item::Card(card)], tracks[column].x, tracks[column].width)
        };
        let cards: Vec<Card> = (0..self.deck.cards.len()).map(card).collect();
        let wires = self.wires(&cards, &y, &column, &tracks);
        let right = tracks.last().map_or(0, |it| match it.loops {
            0 => it.x + it.width,
            _ => it.x + it.width + it.labels + it.curves,
        });
        let bottom = y.iter().map(|(item, y)| y + self.height(*item)).max().unwrap_or(MARGIN);
        Layout { width: right + MARGIN, height: bottom + MARGIN, cards, wires }
    }

    /// Where columns stand, and what lies between them.
    fn tracks(&self, y: &BTreeMap<Item, i32>, column: &BTreeMap<Item, usize>) -> Vec<Track> {
        let mut tracks = vec![Track { x: 0, width: 0, labels: 0, curves: 48, loops: 0 }; self.columns.columns.len()];
        for (card, cells) in self.rows.iter().enumerate() {
            let natural = cells.iter().flatten().map(Row::width).fold(0.0, f64::max).ceil() as i32 + 2 * PAD;
            let track = &mut tracks[column[&Item::Card(card)]];
            track.width = track
                .width
                .max(natural.clamp(NARROWEST, self.deck.widest(&self.columns.columns[column[&Item::Card(card)]])));
        }
        for (link, way) in self.columns.ways.iter().enumerate() {
            let from = column[&way[0]];
            let long = (width(&self.labels[link], 11.0, false).ceil() as i32).min(LONGEST_LABEL);
            if long > 0 {
                tracks[from].labels = tracks[from].labels.max(long + 22);
            }
            for step in way.windows(2) {
                let track = &mut tracks[column[&step[0]]];
                track.curves = track.curves.max(48 + (y[&step[0]] - y[&step[1]]).abs() / 10).min(130);
            }
            if way.len() == 2 && column[&way[0]] == column[&way[1]] {
                tracks[from].loops += 1;
            }
        }
        let mut x = MARGIN;
        for track in &mut tracks {
            // Lines within a column run beside each other.
            track.curves = track.curves.max(24 + 8 * track.loops.min(12));
            track.x = x;
            x += track.width + track.labels + track.curves;
        }
        tracks
    }

    fn card(&self, card: usize, y: i32, x: i32, width: i32) -> Card {
        let mut cells = Vec::new();
        let mut top = y;
        for (cell, rows) in self.rows[card].iter().enumerate() {
            let height = self.cell_heights[card][cell];
            let text: i32 = rows.iter().map(Row::height).sum();
            let mut base = top + (height - text) / 2;
            let mut texts = Vec::new();
            for row in rows {
                base += row.height();
                texts.extend(row_texts(row, x, base - 4, width));
            }
            cells.push(Cell { vertex: self.deck.cards[card][cell], y: top, height, texts });
            top += height;
        }
        Card { x, y, width, height: top - y, cells }
    }

    fn wires(
        &self,
        cards: &[Card],
        y: &BTreeMap<Item, i32>,
        column: &BTreeMap<Item, usize>,
        tracks: &[Track],
    ) -> Vec<Wire> {
        // What leaves a cell on the right, or comes back there, from top to bottom by where it goes.
        let mut slots: BTreeMap<(usize, usize), Vec<Slot>> = BTreeMap::new();
        let mut loops: Vec<Vec<(i32, usize)>> = vec![Vec::new(); tracks.len()];
        for (link, way) in self.columns.ways.iter().enumerate() {
            let (from, to) = self.ends(link);
            let goal = |item: Item, cell: (usize, usize)| match item {
                Item::Card(card) => middle_of(&cards[card].cells[cell.1]),
                Item::Pass { .. } => y[&item] + 2,
            };
            let (here, there) = (goal(way[0], from), goal(way[1], to));
            if column[&way[0]] != column[&way[1]] {
                slots.entry(from).or_default().push(Slot { side: Side::Across, at: there, link, out: true });
                continue;
            }
            // The nearer the other end, the further out the slot, so that lines lie within each other.
            let (out, back) = if there < here { (Side::Up, Side::Down) } else { (Side::Down, Side::Up) };
            slots.entry(from).or_default().push(Slot { side: out, at: -there, link, out: true });
            slots.entry(to).or_default().push(Slot { side: back, at: -here, link, out: false });
            loops[column[&way[0]]].push(((here - there).abs(), link));
        }
        let mut at: BTreeMap<(usize, bool), i32> = BTreeMap::new();
        for ((card, cell), mut slots) in slots {
            slots.sort_unstable();
            let count = i32::try_from(slots.len()).expect("a file has fewer rows than that");
            let mut here = middle_of(&cards[card].cells[cell]) - (count - 1) * SLOT / 2;
            for Slot { link, out, .. } in slots {
                at.insert((link, out), here);
                here += SLOT;
            }
        }
        let mut lanes: BTreeMap<usize, i32> = BTreeMap::new();
        for (column, mut loops) in loops.into_iter().enumerate() {
            loops.sort_unstable();
            for (lane, (_, link)) in loops.into_iter().enumerate() {
                let lane = 20 + 8 * i32::try_from(lane).expect("a file has fewer rows than that");
                lanes.insert(link, lane.min(tracks[column].curves - 4));
            }
        }
        let mut wires = Vec::new();
        for (link, way) in self.columns.ways.iter().enumerate() {
            let (_, to) = self.ends(link);
            let track = &tracks[column[&way[0]]];
            let start = (track.x + track.width, at[&(link, true)]);
            let mut here = start;
            let mut pieces = Vec::new();
            let straight = |here: &mut (i32, i32), x: i32, pieces: &mut Vec<Piece>| {
                if x != here.0 {
                    *here = (x, here.1);
                    pieces.push(Piece::Straight(*here));
                }
            };
            straight(&mut here, start.0 + track.labels, &mut pieces);
            if let Some(lane) = lanes.get(&link) {
                let back = (here.0, at[&(link, false)]);
                pieces.push(Piece::Curve((here.0 + lane * 4 / 3, here.1), (here.0 + lane * 4 / 3, back.1), back));
                here = back;
                straight(&mut here, start.0, &mut pieces);
            } else {
                for item in &way[1..] {
                    let track = &tracks[column[item]];
                    let end = match item {
                        Item::Card(card) => (track.x, middle_of(&cards[*card].cells[to.1])),
                        Item::Pass { .. } => (track.x, y[item] + 2),
                    };
                    let bend = i32::midpoint(here.0, end.0);
                    pieces.push(Piece::Curve((bend, here.1), (bend, end.1), end));
                    here = end;
                    if matches!(item, Item::Pass { .. }) {
                        straight(&mut here, track.x + track.width + track.labels, &mut pieces);
                    }
                }
            }
            wires.push(Wire { arrow: self.deck.arrows[link], start, pieces, label: self.label(link, start) });
        }
        wires
    }

    fn label(&self, link: usize, start: (i32, i32)) -> Option<Text> {
        let text = &self.labels[link];
        if text.is_empty() {
            return None;
        }
        let fits = cut(text, 11.0, false, f64::from(LONGEST_LABEL));
        let full = (fits != *text).then(|| text.clone());
        let lit = self.graph.arrows[self.deck.arrows[link]].lit;
        let (x, y) = (start.0 + 10, start.1 + 4);
        Some(Text { x, y, text: fits, full, look: Look::Faint, on_the_right: false, lit })
    }
}

/// Where a line leaves the right edge of a cell or comes back there, in order from top to bottom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    side: Side,
    at: i32,
    link: usize,
    out: bool,
}

/// Where the other end of a line lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// Above, in the same column.
    Up,
    /// In a later column.
    Across,
    /// Below, in the same column.
    Down,
}

/// How much air there is at least between two neighbours in a column.
fn gap(pair: &[Item]) -> f64 {
    match (pair[0], pair[1]) {
        (Item::Card(_), Item::Card(_)) => 16.0,
        (Item::Pass { .. }, Item::Pass { .. }) => 8.0,
        _ => 12.0,
    }
}

#[derive(Clone, Copy)]
struct Track {
    x: i32,
    width: i32,
    /// How far lines run straight on after the column, for their labels.
    labels: i32,
    /// How far they curve after that.
    curves: i32,
    /// How many lines end in the column in which they begin.
    loops: i32,
}

fn middle_of(cell: &Cell) -> i32 {
    cell.y + cell.height / 2
}

fn row_texts(row: &Row, x: i32, y: i32, card: i32) -> Vec<Text> {
    let room = f64::from(card - 2 * PAD);
    let text = |(look, text): &(Look, String), x: i32, room: f64, on_the_right: bool| {
        let (size, bold) = look.letters();
        let fits = cut(text, size, bold, room);
        let full = (fits != *text).then(|| text.clone());
        Text { x, y, text: fits, full, look: *look, on_the_right, lit: row.lit }
    };
    let right = row.right.as_ref().map(|it| text(it, x + card - PAD, room * 0.6, true));
    let taken = right.as_ref().map_or(0.0, |it| written(&(it.look, it.text.clone())) + f64::from(PAD));
    let left = text(&row.left, x + PAD + row.indent, room - taken - f64::from(row.indent), false);
    [Some(left), right].into_iter().flatten().collect()
}

/// What a vertex says on its card; `below` if it is the second seat on it.
fn rows(graph: &Graph<'_>, index: usize, below: bool, room: i32, deck: &Deck, shown: &Shown<'_>) -> Vec<Row> {
    let vertex = &graph.vertices[index];
    let mut rows = match &vertex.place {
        Place::Routes(routes) => {
            let (few, rest) = few(routes, shown.most_routes);
            let room = f64::from(room - 2 * PAD - INDENT);
            let rows_of = |it: &WayIn<'_>| -> Vec<Row> {
                let lines = wrapped(&harmless(&route(it)), Look::Plain.letters().0, room).into_iter().enumerate();
                let indent = |line: usize| if line == 0 { 0 } else { INDENT };
                lines
                    .map(|(line, text)| Row { lit: it.lit, indent: indent(line), ..Row::of(Look::Plain, text) })
                    .collect()
            };
            let mut rows: Vec<Row> = few.into_iter().flat_map(rows_of).collect();
            match rest {
                0 => {}
                rest if rows.is_empty() => rows.push(Row::of(Look::Plain, format!("{rest} routes"))),
                rest => rows.push(Row::of(Look::Faint, format!("… and {rest} more"))),
            }
            rows
        }
        Place::Seat(chair) => seat(graph, index, chair, below, deck, shown),
        Place::Channel(_) => vec![Row::of(Look::Title, title(shown.org, vertex)), Row::of(Look::Faint, "pages nobody")],
        Place::Person(person) => {
            let key = format!("@{}", shown.org.person(*person).key);
            vec![Row::of(Look::Title, title(shown.org, vertex)), Row::of(Look::Faint, key)]
        }
        Place::Nobody => vec![Row::of(Look::Title, "nobody"), Row::of(Look::Faint, "the line ends here")],
    };
    if let Some(first) = rows.first_mut() {
        let rungs = rungs(&vertex.rungs);
        first.right = (!rungs.is_empty()).then_some((Look::Rung, rungs));
    }
    for row in &mut rows {
        row.left.1 = harmless(&row.left.1);
        row.lit &= vertex.lit;
    }
    rows
}

fn seat(graph: &Graph<'_>, index: usize, chair: &Chair, below: bool, deck: &Deck, shown: &Shown<'_>) -> Vec<Row> {
    // What leads here from the other seat on the card.
    let card = deck.of[&index].0;
    let inside = graph.arrows.iter().filter(|it| it.to == index && it.from != index);
    let inside = inside.filter(|it| deck.of.get(&it.from).is_some_and(|it| it.0 == card));
    let inside: Vec<String> = inside.map(label).filter(|it| !it.is_empty()).collect();
    let mut rows = Vec::new();
    if below {
        rows.push(Row::of(
            Look::Faint,
            match inside.as_slice() {
                [] => "secondary".to_owned(),
                _ => format!("↓ {} · secondary", inside.join(", ")),
            },
        ));
    } else {
        rows.push(Row::of(Look::Title, title(shown.org, &graph.vertices[index])));
        if !inside.is_empty() {
            rows.push(Row::of(Look::Faint, format!("↑ {}", inside.join(", "))));
        }
    }
    let look = match chair.outlook.state {
        State::Held(_) => Look::Plain,
        State::Gap => Look::Bad,
        State::Vacant(_) | State::Off | State::NotBegun => Look::Faint,
    };
    rows.push(Row::of(look, held(chair, shown)));
    rows.extend(roster(graph, index, chair, shown).into_iter().map(|it| Row::of(Look::Faint, it)));
    rows
}

/// Who takes turns, if the graph says: as many lines as they need, but not more than a card can bear.
fn roster(graph: &Graph<'_>, index: usize, chair: &Chair, shown: &Shown<'_>) -> Vec<String> {
    let turns = graph.arrows.iter().any(|it| it.from == index && matches!(it.kind, ArrowKind::Turns { .. }));
    // The second seat of a rotation mostly has the people of the first.
    let other = |it: &&Vertex<'_>| match &it.place {
        Place::Seat(other) => {
            other.seat.rotation == chair.seat.rotation
                && other.seat.seat == Seat::Primary
                && chair.seat.seat == Seat::Secondary
                && other.turns == chair.turns
        }
        _ => false,
    };
    if !turns || graph.vertices.iter().any(|it| other(&it)) {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    for person in &chair.turns {
        let name = names(shown.org, &[*person]);
        match lines.last_mut() {
            Some(line) if width(&format!("{line}, {name}"), 11.0, false) <= f64::from(WIDEST - 2 * PAD - 8) => {
                line.push_str(", ");
                line.push_str(&name);
            }
            Some(line) => {
                line.push(',');
                lines.push(name);
            }
            None => lines.push(name),
        }
    }
    if lines.len() > MOST_ROSTER {
        lines.truncate(MOST_ROSTER - 1);
        let shown: usize = lines.iter().map(|it| it.matches(',').count()).sum();
        lines.push(format!("and {} more", chair.turns.len().saturating_sub(shown)));
    }
    lines
}
