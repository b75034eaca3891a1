//! A value that a tag may have, given which conditions must hold of it and which must not.

use std::collections::{BTreeSet, VecDeque};

use crate::org::{Condition, Pattern};

/// A condition, and whether it must hold.
pub type Literal<'a> = (&'a Condition, bool);

/// What came of looking for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This is one. The empty string is a tag that is missing.
    Is(String),
    /// There is none.
    None,
    /// Regular expressions, or too many patterns, stand in the way of knowing.
    Unclear,
}

/// How many patterns are followed together.
const MOST_PATTERNS: usize = 64;
/// How many states of all patterns together are looked at for one value.
const MOST_STATES: usize = 1_000;
/// How long a pattern may be: its places are the bits of a number.
const LONGEST: usize = 127;

/// How much is looked at before it counts as unclear, over the whole of a proof.
#[derive(Debug)]
pub struct Effort {
    /// Alerts.
    pub alerts: u32,
    /// States of patterns that are followed together.
    pub states: u32,
}

impl Default for Effort {
    /// A few seconds at the worst.
    fn default() -> Effort {
        Effort { alerts: 20_000, states: 100_000 }
    }
}

/// A value for a tag of which all `literals` speak.
pub fn value(literals: &[Literal<'_>], effort: &mut Effort) -> Value {
    let fits = |value: &str| literals.iter().all(|(it, holds)| it.any.iter().any(|it| it.matches(value)) == *holds);
    // Where only words will do, there is no other value to look for.
    let words = literals.iter().filter(|(_, holds)| *holds).find_map(|(it, _)| {
        let words: Option<Vec<&str>> = it.any.iter().map(Pattern::word).collect();
        words
    });
    if let Some(words) = words {
        return words.into_iter().find(|it| fits(it)).map_or(Value::None, |it| Value::Is(it.to_owned()));
    }
    let filler = filler(literals);
    let asked = literals.iter().filter(|(_, holds)| *holds).flat_map(|(it, _)| &it.any);
    let samples = asked.filter_map(glob_of).map(|it| it.replace('*', "").replace('?', &filler.to_string()));
    // A missing tag is the simplest of all, then a word, then what no pattern knows.
    let simple = [String::new()].into_iter().chain(samples).chain([filler.to_string()]);
    if let Some(found) = simple.into_iter().find(|it| fits(it)) {
        return Value::Is(found);
    }
    let regexes = literals.iter().any(|(it, _)| it.any.iter().any(|it| glob_of(it).is_none()));
    let plain: Vec<Literal<'_>> =
        literals.iter().filter(|(it, _)| it.any.iter().all(|it| glob_of(it).is_some())).copied().collect();
    match search(&plain, filler, effort) {
        Value::Is(found) if fits(&found) => Value::Is(found),
        Value::Is(_) if regexes => Value::Unclear,
        found => found,
    }
}

/// The text of a word or a glob; `None` for a regular expression.
fn glob_of(pattern: &Pattern) -> Option<String> {
    Some(pattern.to_string()).filter(|it| !it.starts_with('/'))
}

/// A character that stands in no pattern.
fn filler(literals: &[Literal<'_>]) -> char {
    let used: BTreeSet<char> =
        literals.iter().flat_map(|(it, _)| &it.any).flat_map(|it| it.to_string().chars().collect::<Vec<_>>()).collect();
    ('a'..='z').rev().chain('0'..='9').chain('\u{e000}'..='\u{f8ff}').find(|it| !used.contains(it)).unwrap_or('x')
}

/// Follows all patterns together, character by character: the shortest value for which just those match that must.
fn search(literals: &[Literal<'_>], filler: char, effort: &mut Effort) -> Value {
    let texts: Vec<Vec<char>> =
        literals.iter().flat_map(|(it, _)| &it.any).filter_map(glob_of).map(|it| it.chars().collect()).collect();
    if texts.len() > MOST_PATTERNS || texts.iter().any(|it| it.len() > LONGEST) {
        return Value::Unclear;
    }
    let mut letters: BTreeSet<char> = texts.iter().flatten().copied().filter(|it| !['*', '?'].contains(it)).collect();
    letters.insert(filler);
    let accepts = |state: &[u128]| {
        let mut matched = state.iter().zip(&texts).map(|(places, text)| places >> text.len() & 1 == 1);
        literals.iter().all(|(it, holds)| matched.by_ref().take(it.any.len()).fold(false, |any, it| any | it) == *holds)
    };
    let start: Vec<u128> = texts.iter().map(|text| reach(text, 1)).collect();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut open = VecDeque::from([(start, String::new())]);
    while let Some((state, value)) = open.pop_front() {
        if accepts(&state) {
            return Value::Is(value);
        }
        if seen.len() > MOST_STATES || effort.states == 0 {
            return Value::Unclear;
        }
        effort.states -= 1;
        for letter in &letters {
            let next: Vec<u128> = state.iter().zip(&texts).map(|(places, text)| step(text, *places, *letter)).collect();
            if seen.insert(next.clone()) {
                let mut value = value.clone();
                value.push(*letter);
                open.push_back((next, value));
            }
        }
    }
    Value::None
}

/// The places of a glob from which the rest is still to be matched, after one more character.
fn step(text: &[char], places: u128, letter: char) -> u128 {
    let mut next = 0;
    for (place, it) in text.iter().enumerate().filter(|(place, _)| places >> place & 1 == 1) {
        match it {
            '*' => next |= 1 << place,
            '?' => next |= 1 << (place + 1),
            it if *it == letter => next |= 1 << (place + 1),
            _ => {}
        }
    }
    reach(text, next)
}

/// A star may stand for nothing.
fn reach(text: &[char], mut places: u128) -> u128 {
    for (place, _) in text.iter().enumerate().filter(|(_, it)| **it == '*') {
        if places >> place & 1 == 1 {
            places |= 1 << (place + 1);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(patterns: &[&str]) -> Condition {
        let any = patterns.iter().map(|it| Pattern::parse(it).unwrap()).collect();
        Condition { tag: "x".to_owned(), any }
    }

    #[track_caller]
    fn check(must: &[&[&str]], must_not: &[&[&str]], expected: Value) {
        let must: Vec<Condition> = must.iter().map(|it| condition(it)).collect();
        let must_not: Vec<Condition> = must_not.iter().map(|it| condition(it)).collect();
        let literals: Vec<Literal<'_>> =
            must.iter().map(|it| (it, true)).chain(must_not.iter().map(|it| (it, false))).collect();
        assert_eq!(value(&literals, &mut Effort::default()), expected);
    }

    fn is(value: &str) -> Value {
        Value::Is(value.to_owned())
    }

    #[test]
    fn words_and_globs_are_decided() {
        check(&[], &[], is(""));
        check(&[], &[&[""]], is("z"));
        check(&[&["a", "b"]], &[&["a"]], is("b"));
        check(&[&["a", "b"]], &[&["?"]], Value::None);
        check(&[&["db-*"]], &[], is("db-"));
        check(&[&["db-*"], &["*-main"]], &[], is("db-main"));
        check(&[&["db-*"], &["*-main"]], &[&["db-*-main"]], is("db-main"));
        check(&[&["db-*"], &["*-main"]], &[&["db-main"]], is("db--main"));
        check(&[&["a*"], &["*b"]], &[&["a*b"]], Value::None);
        check(&[&["?*"]], &[&["?"], &["??*"]], Value::None);
        check(&[&["*"]], &[&["", "?*"]], Value::None);
        check(&[&["a*", "b?"]], &[&["a*"], &["bz"]], is("by"));
    }

    #[test]
    fn regular_expressions_are_tried_and_else_unclear() {
        check(&[&["/a.*/"]], &[], Value::Unclear);
        check(&[&["/a.*/"], &["ab"]], &[], is("ab"));
        check(&[&["ab*"]], &[&["/a.*/"]], Value::Unclear);
        check(&[&["/.*/"], &["a*"]], &[], is("a"));
        check(&[&["/a.*/"], &["a*"], &["b*"]], &[], Value::None);
    }
}
