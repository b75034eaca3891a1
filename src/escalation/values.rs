//! Whether a tag can have a value that some conditions take and others do not, and which.
//!
//! Words are tried, and what a glob or a regular expression looks like. If that is not enough, one automaton a condition
//! reads the same letters, all of them at once, until all say that the value is as it should be. That is exact; it is
//! also bounded, and a bound that is reached is said. A value is one line of text: `.` stands for whatever is in it.

use std::collections::{BTreeMap, VecDeque};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::org::{Pattern, Shape};

/// So many states of all automata together are looked at.
const MOST_STATES: usize = 10_000;
/// What an automaton may take, in bytes.
const MOST_ROOM: usize = 1 << 21;

/// What may still be done, for all routes of a file together. When automata may read no more, words and what is plain
/// to see can still be tried.
#[derive(Debug)]
pub(super) struct Effort {
    tries: usize,
    states: usize,
}

impl Effort {
    /// For one file: about a second at the most.
    pub(super) fn of_a_file() -> Effort {
        Effort { tries: 1_000_000, states: 400_000 }
    }

    /// Whether so many tries were left.
    fn tries(&mut self, count: usize) -> bool {
        let enough = self.tries >= count;
        self.tries = self.tries.saturating_sub(count);
        enough
    }

    /// Whether so many states were left.
    fn states(&mut self, count: usize) -> bool {
        let enough = self.states >= count;
        self.states = self.states.saturating_sub(count);
        enough
    }
}

/// A condition on a tag that holds, or that does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact<'a> {
    pub tag: &'a str,
    pub any: &'a [Pattern],
    pub holds: bool,
}

impl Fact<'_> {
    pub(super) fn agrees(&self, value: &str) -> bool {
        self.any.iter().any(|it| it.matches(value)) == self.holds
    }

    fn words(&self) -> Option<Vec<&str>> {
        self.any.iter().map(Pattern::word).collect()
    }
}

/// What was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Search<T> {
    Found(T),
    /// There is none.
    None,
    /// A bound was reached.
    Unknown,
}

impl<T> Search<T> {
    /// Whether it is known that there is none.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Search::None)
    }
}

/// A value with which all the facts agree: none at all (the empty one) if that will do, else a short one.
pub(super) fn value(facts: &[Fact<'_>], effort: &mut Effort) -> Search<String> {
    if !effort.tries(1) {
        return Search::Unknown;
    }
    let agreed = |value: &str| facts.iter().all(|it| it.agrees(value));
    if agreed("") {
        return Search::Found(String::new());
    }
    let asked = || facts.iter().filter(|it| it.holds);
    if let Some(words) = asked().find_map(Fact::words) {
        if !effort.tries(words.len() * facts.len() / 100) {
            return Search::Unknown;
        }
        return match words.into_iter().find(|it| agreed(it)) {
            Some(word) => Search::Found(word.to_owned()),
            None => Search::None,
        };
    }
    let expressions = || asked().flat_map(|it| it.any).filter(|it| matches!(it.shape(), Shape::Regex(_)));
    if !effort.tries(10 * expressions().count()) {
        return Search::Unknown;
    }
    if let Some(value) = asked().flat_map(|it| it.any).flat_map(examples).find(|it| agreed(it)) {
        return Search::Found(value);
    }
    match read_together(facts, effort) {
        // The automata and the patterns say the same; should they ever not, nothing is claimed.
        Search::Found(value) if !agreed(&value) => Search::Unknown,
        found => found,
    }
}

/// A few short values that a pattern may match; whether it does, is for it to say.
fn examples(pattern: &Pattern) -> Vec<String> {
    match pattern.shape() {
        Shape::Word(text) => vec![text.to_owned()],
        Shape::Glob(text) => ["", "x"].map(|run| text.replace('*', run).replace('?', "x")).into(),
        Shape::Regex(regex) => {
            let Ok(hir) = regex_syntax::parse(regex) else { return Vec::new() };
            [0, 1].into_iter().filter_map(|more| String::from_utf8(example(&hir, more)?).ok()).collect()
        }
    }
}

/// What an expression looks like, with so many repetitions more than needed; nothing, if it is long.
fn example(hir: &Hir, more: u32) -> Option<Vec<u8>> {
    const LONGEST: usize = 2_000;
    let text = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Vec::new(),
        HirKind::Literal(it) => it.0.to_vec(),
        HirKind::Class(Class::Unicode(class)) => {
            let nice =
                class.iter().find_map(|it| (it.start()..=it.end()).take(128).find(|it| it.is_ascii_alphanumeric()));
            nice.or_else(|| Some(class.iter().next()?.start()))?.to_string().into_bytes()
        }
        HirKind::Class(Class::Bytes(class)) => vec![class.iter().next()?.start()],
        HirKind::Capture(it) => example(&it.sub, more)?,
        HirKind::Alternation(all) => example(if more == 0 { all.first()? } else { all.last()? }, more)?,
        HirKind::Concat(all) => {
            let mut text = Vec::new();
            for part in all {
                text.extend(example(part, more)?);
            }
            text
        }
        HirKind::Repetition(it) => {
            let times = it.min.saturating_add(more).min(it.max.unwrap_or(u32::MAX));
            if times == 0 {
                return Some(Vec::new());
            }
            let once = example(&it.sub, more)?;
            if once.len().saturating_mul(times as usize) > LONGEST {
                return None;
            }
            once.repeat(times as usize)
        }
    };
    (text.len() <= LONGEST).then_some(text)
}

/// One condition, reading.
struct Reader {
    dfa: DFA,
    cache: Cache,
    holds: bool,
}

impl Reader {
    fn new(patterns: &[String], holds: bool) -> Option<Reader> {
        // Not one state is forgotten: their numbers are kept.
        let config =
            DFA::config().cache_capacity(MOST_ROOM).skip_cache_capacity_check(true).minimum_cache_clear_count(Some(0));
        let program = thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(MOST_ROOM));
        let dfa = DFA::builder().configure(config).thompson(program).build_many(patterns).ok()?;
        let cache = dfa.create_cache();
        Some(Reader { dfa, cache, holds })
    }

    fn of(fact: &Fact<'_>) -> Option<Reader> {
        let patterns: Vec<String> = fact.any.iter().map(expression).collect();
        Reader::new(&patterns, fact.holds)
    }

    fn start(&mut self) -> Option<LazyStateID> {
        self.dfa.start_state_forward(&mut self.cache, &Input::new("").anchored(Anchored::Yes)).ok()
    }

    fn next(&mut self, state: LazyStateID, byte: u8) -> Option<LazyStateID> {
        self.dfa.next_state(&mut self.cache, state, byte).ok()
    }

    fn takes(&mut self, state: LazyStateID) -> Option<bool> {
        Some(self.dfa.next_eoi_state(&mut self.cache, state).ok()?.is_match())
    }
}

fn expression(pattern: &Pattern) -> String {
    match pattern.shape() {
        Shape::Word(word) => format!("^{}$", regex_syntax::escape(word)),
        Shape::Regex(regex) => regex.to_owned(),
        Shape::Glob(glob) => {
            let mut out = String::from("^");
            for it in glob.chars() {
                match it {
                    '*' => out.push_str("(?s:.)*"),
                    '?' => out.push_str("(?s:.)"),
                    it => regex_syntax::escape_into(it.encode_utf8(&mut [0; 4]), &mut out),
                }
            }
            out + "$"
        }
    }
}

/// Breadth first, so that the value is a short one.
fn read_together(facts: &[Fact<'_>], effort: &mut Effort) -> Search<String> {
    // To build an automaton costs as much as some states of it.
    const TO_BUILD: usize = 50;
    if !effort.states(TO_BUILD * facts.len()) {
        return Search::Unknown;
    }
    // What no condition asks for must still be a line of text.
    let text = Reader::new(&["^.*$".to_owned()], true);
    let Some(mut readers) = facts.iter().map(Reader::of).chain([text]).collect::<Option<Vec<Reader>>>() else {
        return Search::Unknown;
    };
    let bytes = told_apart(&readers);
    let Some(start) = readers.iter_mut().map(Reader::start).collect::<Option<Vec<LazyStateID>>>() else {
        return Search::Unknown;
    };
    // Each state with the one before it, and the byte between them.
    let mut seen: Vec<(Vec<LazyStateID>, usize, u8)> = vec![(start.clone(), 0, 0)];
    let mut places = BTreeMap::from([(start, 0)]);
    let mut open = VecDeque::from([0]);
    while let Some(here) = open.pop_front() {
        let states = seen[here].0.clone();
        let ends = readers.iter_mut().zip(&states).map(|(reader, state)| Some(reader.takes(*state)? == reader.holds));
        match ends.collect::<Option<Vec<bool>>>() {
            None => return Search::Unknown,
            Some(ends) if ends.iter().all(|it| *it) => {
                let mut value = Vec::new();
                let mut here = here;
                while here != 0 {
                    value.push(seen[here].2);
                    here = seen[here].1;
                }
                value.reverse();
                return String::from_utf8(value).map_or(Search::Unknown, Search::Found);
            }
            Some(_) => {}
        }
        for byte in &bytes {
            let next = readers.iter_mut().zip(&states).map(|(reader, state)| reader.next(*state, *byte));
            let Some(next) = next.collect::<Option<Vec<LazyStateID>>>() else { return Search::Unknown };
            if readers.iter().zip(&next).any(|(reader, state)| reader.holds && state.is_dead()) {
                continue;
            }
            if !places.contains_key(&next) {
                if seen.len() == MOST_STATES || !effort.states(readers.len()) {
                    return Search::Unknown;
                }
                places.insert(next.clone(), seen.len());
                open.push_back(seen.len());
                seen.push((next, here, *byte));
            }
        }
    }
    Search::None
}

/// One byte of each kind that any of the readers tells from others, letters first.
fn told_apart(readers: &[Reader]) -> Vec<u8> {
    let letters = (b'a'..=b'z').chain(b'0'..=b'9').chain([b'-']);
    let mut kinds: BTreeMap<Vec<u8>, ()> = BTreeMap::new();
    let mut bytes = Vec::new();
    for byte in letters.chain(b' '..=b'~').chain(0..=u8::MAX) {
        let kind = readers.iter().map(|it| it.dfa.byte_classes().get(byte)).collect();
        if kinds.insert(kind, ()).is_none() {
            bytes.push(byte);
        }
    }
    bytes
}
