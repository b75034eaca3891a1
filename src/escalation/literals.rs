//! Letters that a value must hold for a glob or a regular expression to match it.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

use crate::org::{Pattern, Shape};

/// Letters fewer than that stand in most values.
const LEAST: usize = 2;
/// So many alternatives of one pattern are told apart.
const MOST: usize = 64;

/// Routes by letters that a value must hold.
#[derive(Debug)]
pub(super) struct Literals {
    automaton: AhoCorasick,
    /// For each of the automaton's patterns.
    nodes: Vec<Vec<u32>>,
}

impl Literals {
    /// Adds the routes whose letters stand in the value.
    pub(super) fn find(&self, value: &str, found: &mut Vec<u32>) {
        for it in self.automaton.find_overlapping_iter(value) {
            found.extend(&self.nodes[it.pattern().as_usize()]);
        }
    }
}

/// Keeps routes by the rarest letters of their patterns; gives as well those whose patterns have none.
pub(super) fn literals(patterns: &[(&Pattern, u32)]) -> (Option<Literals>, Vec<u32>) {
    let choices: Vec<(Vec<Choice>, u32)> = patterns.iter().map(|(it, node)| (choices(it), *node)).collect();
    let mut common: BTreeMap<&[u8], usize> = BTreeMap::new();
    for literal in choices.iter().flat_map(|(it, _)| it).flatten() {
        *common.entry(literal).or_default() += 1;
    }
    let mut kept: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
    let mut loose = Vec::new();
    for (choices, node) in &choices {
        let rows = |it: &&Choice| it.iter().map(|literal| common[literal.as_slice()]).sum::<usize>();
        let shortest = |it: &&Choice| it.iter().map(Vec::len).min().unwrap_or(0);
        match choices.iter().min_by_key(|it| (rows(it), usize::MAX - shortest(it))) {
            Some(choice) => choice.iter().for_each(|it| kept.entry(it).or_default().push(*node)),
            None => loose.push(*node),
        }
    }
    loose.sort_unstable();
    loose.dedup();
    if kept.is_empty() {
        return (None, loose);
    }
    match AhoCorasick::new(kept.keys()) {
        Ok(automaton) => (Some(Literals { automaton, nodes: kept.into_values().collect() }), loose),
        // Too many letters for it: whatever they are, trying all is right.
        Err(_) => (None, patterns.iter().map(|(_, node)| *node).collect()),
    }
}

/// Of these, any must stand in a value.
type Choice = Vec<Vec<u8>>;

/// Each of them holds for whatever the pattern matches.
fn choices(pattern: &Pattern) -> Vec<Choice> {
    let mut choices: Vec<Choice> = match pattern.shape() {
        Shape::Word(word) => vec![vec![word.into()]],
        Shape::Glob(glob) => glob.split(['*', '?']).map(|it| vec![it.into()]).collect(),
        Shape::Regex(regex) => match regex_syntax::parse(regex) {
            Ok(hir) => {
                let mut choices = inner(&hir);
                choices.extend([ExtractKind::Prefix, ExtractKind::Suffix].into_iter().filter_map(|it| ends(&hir, it)));
                choices
            }
            Err(_) => Vec::new(),
        },
    };
    choices.retain(|it| !it.is_empty() && it.iter().all(|literal| literal.len() >= LEAST));
    choices
}

/// What all that it matches begins or ends with.
fn ends(hir: &Hir, kind: ExtractKind) -> Option<Choice> {
    let found = Extractor::new().kind(kind).limit_total(MOST).extract(hir);
    Some(found.literals()?.iter().map(|it| it.as_bytes().to_vec()).collect())
}

/// What stands in all that it matches, as written.
fn inner(hir: &Hir) -> Vec<Choice> {
    let mut found = Vec::new();
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Literal(it) => found.push(vec![it.0.to_vec()]),
            HirKind::Capture(it) => open.push(&it.sub),
            HirKind::Repetition(it) if it.min > 0 => open.push(&it.sub),
            HirKind::Concat(all) => open.extend(all),
            HirKind::Alternation(_)
            | HirKind::Repetition(_)
            | HirKind::Class(_)
            | HirKind::Look(_)
            | HirKind::Empty => {}
        }
    }
    found
}
