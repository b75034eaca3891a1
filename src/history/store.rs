//! Past episodes, in little room: names are numbers, a step takes four bytes or eight.

use crate::config::StepKind;
use crate::history::ids::{Id, Ids, MOST_DIGITS, MOST_PREFIXES};
use crate::history::names::{Names, Table, same};
use crate::org::{Org, Person, Rotation, Tags, harmless, is_unseen};
use crate::time::Instant;

/// Past episodes.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Teams by number, in alphabetical order.
    pub teams: Vec<String>,
    /// People by number, in alphabetical order.
    pub people: Vec<String>,
    /// Keys of tags by number, in alphabetical order.
    pub tag_keys: Vec<String>,
    /// Values of tags by number, in alphabetical order.
    pub tag_values: Vec<String>,
    /// What episodes carry: pairs of key and value, by number.
    pub tag_sets: Vec<Vec<(u32, u32)>>,
    /// What steps are: each once.
    pub(super) actors: Vec<Actor>,
    /// Beginnings of ids that end in digits.
    pub(super) prefixes: Vec<String>,
    /// Other ids.
    pub(super) texts: Vec<String>,
    pub(super) batches: Vec<Batch>,
}

/// What a step is: what happened, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Actor {
    /// What happened.
    pub kind: StepKind,
    /// Which team, by number.
    pub team: Option<u32>,
    /// Which person, by number.
    pub person: Option<u32>,
}

/// An actor in little room, to be looked up for each of many steps: as [`actor_key`] has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doer(u64);

impl From<&Actor> for Doer {
    fn from(actor: &Actor) -> Doer {
        Doer(actor_key(actor))
    }
}

impl Doer {
    #[inline(always)]
    pub fn is(self, kind: StepKind) -> bool {
        self.0 >> 60 == kind as u64
    }

    /// Its team, or [`NOBODY`].
    #[inline(always)]
    pub fn team(self) -> u32 {
        self.thirty_bits(30)
    }

    /// Its person, or [`NOBODY`].
    #[inline(always)]
    pub fn person(self) -> u32 {
        self.thirty_bits(0)
    }

    #[allow(clippy::cast_possible_truncation, reason = "thirty bits of it are wanted")]
    #[inline(always)]
    fn thirty_bits(self, shift: u32) -> u32 {
        (self.0 >> shift) as u32 & NOBODY
    }
}

/// Which of the teams that had an episode a history can tell apart. A list of incidents often holds one of them only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The first and the last.
    FirstAndLast,
    /// Only who was paged: no later step names a team.
    First,
    /// Only who had it in the end: no step but `resolved` names a team.
    Last,
    /// No step names a team.
    Nothing,
}

/// One past escalation.
#[derive(Debug, Clone, Copy)]
pub struct Episode<'a> {
    history: &'a History,
    batch: &'a Batch,
    /// Which of its batch.
    place: usize,
    opened: u32,
    /// Its tags, by number.
    pub tags: u32,
    words: &'a [u32],
    times: &'a [u32],
}

/// Something that happened in an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When, in seconds since 1970.
    pub at: u32,
    /// What.
    pub actor: Actor,
}

/// Some episodes.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pub ids: Ids,
    pub opened: Vec<u32>,
    pub tags: Vec<u32>,
    /// A word a step, and one for an episode without any: see [`LAST`], [`AT_OPENING`] and [`NO_STEP`].
    pub words: Vec<u32>,
    /// The time of each step that is not at the opening.
    pub times: Vec<u32>,
}

/// This word ends its episode.
pub(super) const LAST: u32 = 1 << 31;
/// This step is when its episode opened: its time is not written.
pub(super) const AT_OPENING: u32 = 1 << 30;
/// Not a step.
pub(super) const NO_STEP: u32 = (1 << 30) - 1;

impl Batch {
    /// Begins an episode; its steps follow, then [`end`](Self::end).
    #[inline(always)]
    pub fn begin(&mut self, id: u64, opened: u32, tags: u32) -> usize {
        self.ids.push(id);
        self.opened.push(opened);
        self.tags.push(tags);
        self.words.len()
    }

    #[inline(always)]
    pub fn step(&mut self, opened: u32, at: u32, actor: u32) {
        if at == opened {
            self.words.push(actor | AT_OPENING);
        } else {
            self.words.push(actor);
            self.times.push(at);
        }
    }

    #[inline(always)]
    pub fn end(&mut self, begun: usize) {
        if self.words.len() == begun {
            self.words.push(NO_STEP);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= LAST;
        }
    }

    /// All of it, in no more room than it needs; the own room stays for the next.
    pub fn taken(&mut self) -> Batch {
        let all = self.clone();
        self.ids.clear();
        self.opened.clear();
        self.tags.clear();
        self.words.clear();
        self.times.clear();
        all
    }

    pub fn shrink(&mut self) {
        self.ids.shrink_to_fit();
        self.opened.shrink_to_fit();
        self.tags.shrink_to_fit();
        self.words.shrink_to_fit();
        self.times.shrink_to_fit();
    }

    /// Gives numbers of one reader the meaning that they have for all; ids keep theirs.
    pub fn renumber(&mut self, tags: &[u32], actors: &[u32]) {
        for it in &mut self.tags {
            *it = tags[*it as usize];
        }
        for word in &mut self.words {
            let actor = *word & NO_STEP;
            if actor != NO_STEP {
                *word = (*word & !NO_STEP) | actors[actor as usize];
            }
        }
    }
}

impl History {
    /// How many episodes there are.
    pub fn len(&self) -> usize {
        self.batches.iter().map(|it| it.ids.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.batches.iter().all(|it| it.ids.is_empty())
    }

    /// How many steps there are in all.
    pub fn steps(&self) -> usize {
        let words: usize = self.batches.iter().map(|it| it.words.len()).sum();
        let none: usize = self.batches.iter().flat_map(|it| &it.words).filter(|it| *it & NO_STEP == NO_STEP).count();
        words - none
    }

    /// Which teams it can tell.
    pub fn told(&self) -> Told {
        let (mut first, mut last) = (false, false);
        for step in self.episodes().flat_map(|it| it.steps()).filter(|it| it.actor.team.is_some()) {
            first |= step.actor.kind != StepKind::Resolved;
            last |= step.actor.kind != StepKind::Paged;
            if first && last {
                return Told::FirstAndLast;
            }
        }
        match (first, last) {
            (true, _) => Told::First,
            (false, true) => Told::Last,
            (false, false) => Told::Nothing,
        }
    }

    /// All episodes, in the order in which they were read.
    pub fn episodes(&self) -> impl Iterator<Item = Episode<'_>> {
        self.batches.iter().flat_map(|it| self.of_batch(it))
    }

    #[inline(always)]
    pub(super) fn of_batch<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = Episode<'a>> {
        let (mut words, mut times) = (batch.words.as_slice(), batch.times.as_slice());
        batch.opened.iter().zip(&batch.tags).enumerate().map(move |(place, (opened, tags))| {
            let mut count = 0;
            let mut dated = 0;
            loop {
                let word = words[count];
                count += 1;
                dated += usize::from(is_dated(word));
                if word & LAST != 0 {
                    break;
                }
            }
            let (own_words, own_times) = (&words[..count], &times[..dated]);
            (words, times) = (&words[count..], &times[dated..]);
            Episode { history: self, batch, place, opened: *opened, tags: *tags, words: own_words, times: own_times }
        })
    }

    /// Gives people and teams whom an organisation knows their names there, so that somebody who is called by key, address
    /// and name is one person, and a team that is a rotation is called as it is. The order stays alphabetical.
    pub fn known_to(&mut self, org: &Org) {
        let person = |name: &String| known_person(org, name).map_or_else(|| name.clone(), |it| it.key.clone());
        let team = |name: &String| known_rotation(org, name).map_or_else(|| name.clone(), |it| it.key.clone());
        let (people, person_numbers) = renamed(&self.people, person);
        let (teams, team_numbers) = renamed(&self.teams, team);
        self.people = people;
        self.teams = teams;
        for actor in &mut self.actors {
            actor.person = actor.person.map(|it| person_numbers[it as usize]);
            actor.team = actor.team.map(|it| team_numbers[it as usize]);
        }
    }

    /// Gives everybody and everything a name that may be shown, as [`harmless`] makes it: who sends alerts, and who may call
    /// themselves something in another program, could steer a terminal or turn a page around. It is one letter for one, so
    /// globs match what they did before; ids stay as they are.
    pub fn made_harmless(mut self) -> History {
        let all = [&self.teams, &self.people, &self.tag_keys, &self.tag_values];
        if !all.into_iter().flatten().any(|it| it.contains(is_unseen)) {
            return self;
        }
        let clean = |names: &[String]| renamed(names, |it| harmless(it));
        let (people, person) = clean(&self.people);
        let (teams, team) = clean(&self.teams);
        let (tag_keys, key) = clean(&self.tag_keys);
        let (tag_values, value) = clean(&self.tag_values);
        for actor in &mut self.actors {
            actor.person = actor.person.map(|it| person[it as usize]);
            actor.team = actor.team.map(|it| team[it as usize]);
        }
        for set in &mut self.tag_sets {
            for pair in set.iter_mut() {
                *pair = (key[pair.0 as usize], value[pair.1 as usize]);
            }
            set.sort_unstable();
            set.dedup_by_key(|it| it.0);
        }
        History { teams, people, tag_keys, tag_values, ..self }
    }

    /// An id as it was written.
    pub(super) fn id(&self, packed: u64) -> String {
        match Id::unpack(packed) {
            Id::Text(text) => self.texts[text as usize].clone(),
            Id::Numbered { prefix, digits, number } => {
                let prefix = &self.prefixes[prefix as usize];
                format!("{prefix}{number:0digits$}", digits = digits as usize)
            }
        }
    }

    /// All actors, in the order of their numbers.
    pub(super) fn doers(&self) -> Vec<Doer> {
        self.actors.iter().map(Doer::from).collect()
    }

    /// The tags of a set.
    pub fn tags(&self, set: u32) -> Tags {
        let pairs = self.tag_sets[set as usize].iter();
        pairs
            .map(|(key, value)| (self.tag_keys[*key as usize].clone(), self.tag_values[*value as usize].clone()))
            .collect()
    }
}

impl<'a> Episode<'a> {
    /// Its id, as written.
    pub fn id(&self) -> String {
        self.batch.ids.get(self.place).map(|it| self.history.id(it)).unwrap_or_default()
    }

    /// When it opened, in seconds since 1970.
    pub fn opened(&self) -> u32 {
        self.opened
    }

    /// When it opened.
    pub fn opened_at(&self) -> Instant {
        Instant::from_unix(i64::from(self.opened))
    }

    /// What happened, in order.
    #[inline]
    pub fn steps(&self) -> impl Iterator<Item = Step> + use<'a> {
        let episode = *self;
        let mut times = self.times.iter();
        self.words.iter().filter(|it| **it & NO_STEP != NO_STEP).map(move |word| Step {
            at: episode.time(*word, &mut times),
            actor: episode.history.actors[(word & NO_STEP) as usize],
        })
    }

    /// When the step of a word was; `times` are those of this word and of later ones.
    #[inline(always)]
    fn time(&self, word: u32, times: &mut std::slice::Iter<'_, u32>) -> u32 {
        if word & AT_OPENING != 0 { self.opened } else { *times.next().unwrap_or(&self.opened) }
    }

    /// When each step was, and what stands for its actor in a table of them all.
    #[inline(always)]
    pub(super) fn each_step<T: Copy>(&self, actors: &[T], mut each: impl FnMut(u32, T)) {
        let mut times = self.times.iter();
        for word in self.words {
            let actor = word & NO_STEP;
            if actor == NO_STEP {
                continue;
            }
            each(self.time(*word, &mut times), actors[actor as usize]);
        }
    }
}

/// The names in order, and where each old one has gone.
pub(super) fn renamed(names: &[String], name: impl Fn(&String) -> String) -> (Vec<String>, Vec<u32>) {
    let all: Vec<String> = names.iter().map(name).collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let place = |it: &String| sorted.binary_search(it).expect("it is one of them");
    let places = all.iter().map(|it| u32::try_from(place(it)).expect("numbers are small")).collect();
    (sorted, places)
}

/// Somebody of the organisation: by key or alias, e-mail address, or name.
pub(super) fn known_person<'a>(org: &'a Org, name: &str) -> Option<&'a Person> {
    let same = |it: &&Person| it.name == name || it.email.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(name));
    org.person_named(name).or_else(|| org.people.iter().find(same))
}

/// The rotation that a team's name means: its key, or its name, in small or large letters.
pub(super) fn known_rotation<'a>(org: &'a Org, team: &str) -> Option<&'a Rotation> {
    let same = |it: &&Rotation| it.key.eq_ignore_ascii_case(team) || it.name.eq_ignore_ascii_case(team);
    org.rotation_named(team).or_else(|| org.rotations.iter().find(same))
}

/// Numbers for everything that one reader meets.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub teams: Names,
    pub people: Names,
    pub tag_keys: Names,
    pub tag_values: Names,
    /// Pairs of key and value, each four bytes.
    pub tag_sets: Names,
    pub actors: Table<()>,
    pub prefixes: Names,
    pub texts: Names,
    /// By kind and team, then by kind and person, each with nobody first: the last step of theirs, and of which team.
    of_teams: [Vec<(u32, u32)>; StepKind::ALL.len()],
    of_people: [Vec<(u32, u32)>; StepKind::ALL.len()],
    /// By value: the last set of it alone, and under which key.
    lone_tags: Vec<(u32, u32)>,
}

/// No team, no person.
pub(super) const NOBODY: u32 = (1 << 30) - 1;

impl Numbers {
    /// An id; `None` if there are more than can be counted.
    pub fn id(&mut self, text: &[u8]) -> Option<u64> {
        let (prefix, digits, number) = numbered(text);
        if digits > 0 {
            let prefix = self.prefixes.intern(prefix)?;
            if prefix < MOST_PREFIXES {
                return Some(Id::Numbered { prefix, digits, number }.pack());
            }
        }
        self.texts.intern(text).map(|it| Id::Text(it).pack())
    }

    /// The same, if it is a number after what the last new id had before its own, which nearly all are.
    #[inline(always)]
    pub fn id_like_the_last(&self, text: &[u8]) -> Option<u64> {
        let (before, digits, number) = numbered(text);
        let (prefix, last) = self.prefixes.last()?;
        let like = digits > 0 && prefix < MOST_PREFIXES && same(last, before);
        if like { Some(Id::Numbered { prefix, digits, number }.pack()) } else { None }
    }

    /// A step, whoever takes it. Teams and people are numbers, or [`NOBODY`].
    #[inline(always)]
    pub fn actor(&mut self, kind: StepKind, team: u32, person: u32) -> u32 {
        // Most people act for one team; who nobody is, only the team says.
        let (list, place, key) = match person {
            NOBODY => (&mut self.of_teams[kind as usize], team, 0),
            _ => (&mut self.of_people[kind as usize], person, team),
        };
        let place = if place == NOBODY { 0 } else { place as usize + 1 };
        if let Some((team, actor)) = list.get(place)
            && *team == key
            && *actor != NO_STEP
        {
            return *actor;
        }
        let entry = self.actors.entry((kind as u64) << 60 | u64::from(team) << 30 | u64::from(person));
        let actor = u32::try_from(entry).unwrap_or(NO_STEP).min(NO_STEP);
        remember(list, place, (key, actor), NO_STEP);
        actor
    }

    /// A set of one tag.
    #[inline(always)]
    pub fn lone_tag(&mut self, key: u32, value: u32) -> Option<u32> {
        if let Some((known, set)) = self.lone_tags.get(value as usize)
            && *known == key
            && *set != NO_SET
        {
            return Some(*set);
        }
        let set = self.tag_sets.intern(&pair_bytes((key, value)))?;
        remember(&mut self.lone_tags, value as usize, (key, set), NO_SET);
        Some(set)
    }
}

/// What stands before the digits at the end of an id, how many those are, and their value.
#[inline(always)]
fn numbered(text: &[u8]) -> (&[u8], u32, u64) {
    let (before, digits, number) = few_digits(text);
    if digits < 8 {
        return (before, digits, number);
    }
    let (mut rest, mut digits, mut number, mut worth) = (before, digits, number, 100_000_000);
    while let Some((last, before)) = rest.split_last() {
        let digit = last.wrapping_sub(b'0');
        if digit > 9 || digits == MOST_DIGITS {
            break;
        }
        number += u64::from(digit) * worth;
        worth *= 10;
        digits += 1;
        rest = before;
    }
    (rest, digits, number)
}

/// The same of up to eight digits, all at once.
#[inline(always)]
fn few_digits(text: &[u8]) -> (&[u8], u32, u64) {
    // The last character in the highest byte; what is missing before a short text is no digit.
    let word = match (text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(word), ..) => u64::from_le_bytes(*word),
        (None, Some(first), Some(last)) => {
            let half = |it: &[u8; 4]| u64::from(u32::from_le_bytes(*it));
            half(first) << (8 * (8 - text.len())) | half(last) << 32
        }
        _ => text.iter().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56),
    };
    let value = word ^ each_byte(b'0');
    // In a byte's highest bit whether it is more than nine.
    let other = (value | ((value & each_byte(0x7f)) + each_byte(128 - 10))) & each_byte(0x80);
    let digits = other.leading_zeros() / 8;
    let value = if other == 0 { value } else { value & !(u64::MAX >> (8 * digits)) };
    // Two neighbours become one number of twice as many digits, three times over.
    let pairs = (value * 10 + (value >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let number = (fours * 10_000 + (fours >> 32)) & 0xffff_ffff;
    (&text[..text.len() - digits as usize], digits, number)
}

/// Eight bytes alike.
const fn each_byte(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const NO_SET: u32 = u32::MAX;
/// Of how many names what they did last is remembered.
const MOST_REMEMBERED: usize = 1 << 16;

#[cold]
fn remember(list: &mut Vec<(u32, u32)>, place: usize, last: (u32, u32), none: u32) {
    if place < MOST_REMEMBERED {
        if list.len() <= place {
            list.resize(place + 1, (0, none));
        }
        list[place] = last;
    }
}

/// Whether the time of a step is written.
#[inline]
pub(super) fn is_dated(word: u32) -> bool {
    word & AT_OPENING == 0 && word & NO_STEP != NO_STEP
}

/// A step as one number.
pub(super) fn actor_key(actor: &Actor) -> u64 {
    let number = |it: Option<u32>| u64::from(it.unwrap_or(NOBODY));
    (actor.kind as u64) << 60 | number(actor.team) << 30 | number(actor.person)
}

pub(super) fn actor(key: u64) -> Actor {
    let (kind, team, person) = actor_of(key);
    let known = |number: u32| (number != NOBODY).then_some(number);
    Actor { kind, team: known(team), person: known(person) }
}

fn actor_of(key: u64) -> (StepKind, u32, u32) {
    let part = |shift: u32| u32::try_from(key >> shift & u64::from(NOBODY)).expect("thirty bits");
    (StepKind::ALL[usize::try_from(key >> 60).expect("few bits")], part(30), part(0))
}

/// What readers met, put together.
pub(super) struct Merged {
    /// Its batches are still to come.
    pub history: History,
    /// What each reader's numbers have become.
    pub renumberings: Vec<Renumbering>,
}

pub(super) struct Renumbering {
    pub tags: Vec<u32>,
    pub actors: Vec<u32>,
    pub prefixes: Vec<u32>,
    pub texts: Vec<u32>,
}

impl Renumbering {
    /// Whether every id stays what it is, as where all begin alike.
    pub fn keeps_ids(&self) -> bool {
        [&self.prefixes, &self.texts].into_iter().all(|it| (0..).zip(it).all(|(before, after)| before == *after))
    }

    #[inline]
    pub fn id(&self, packed: u64) -> u64 {
        match Id::unpack(packed) {
            Id::Text(text) => Id::Text(self.texts[text as usize]).pack(),
            Id::Numbered { prefix, digits, number } => {
                Id::Numbered { prefix: self.prefixes[prefix as usize], digits, number }.pack()
            }
        }
    }
}

/// Numbers names in alphabetical order, whoever met them; teams under the name they are given.
pub(super) fn merge(readers: &[Numbers], teams: &[(String, String)]) -> Merged {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let named = |it: &[u8]| {
        let name = text(it);
        teams.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours.clone())
    };
    let (teams, team_numbers) = merged(readers.iter().map(|it| &it.teams), named);
    let (people, person_numbers) = merged(readers.iter().map(|it| &it.people), text);
    let (tag_keys, key_numbers) = merged(readers.iter().map(|it| &it.tag_keys), text);
    let (tag_values, value_numbers) = merged(readers.iter().map(|it| &it.tag_values), text);
    let (prefixes, prefix_numbers) = merged(readers.iter().map(|it| &it.prefixes), text);
    let (texts, text_numbers) = merged(readers.iter().map(|it| &it.texts), text);
    let tag_sets = readers.iter().enumerate().map(|(reader, numbers)| {
        let (key, value) = (&key_numbers[reader], &value_numbers[reader]);
        let set = |set| {
            let mut pairs: Vec<(u32, u32)> =
                pairs(set).map(|pair| (key[pair.0 as usize], value[pair.1 as usize])).collect();
            pairs.sort_unstable();
            pairs
        };
        numbers.tag_sets.iter().map(set).collect()
    });
    let (tag_sets, set_numbers) = ordered(tag_sets.collect());
    let renumber = |number: u32, numbers: &[u32]| if number == NOBODY { NOBODY } else { numbers[number as usize] };
    let actors = readers.iter().enumerate().map(|(reader, numbers)| {
        let key = |(key, _): (u64, &())| {
            let (kind, team, person) = actor_of(key);
            let team = renumber(team, &team_numbers[reader]);
            let person = renumber(person, &person_numbers[reader]);
            (kind as u64) << 60 | u64::from(team) << 30 | u64::from(person)
        };
        numbers.actors.iter().map(key).collect()
    });
    let (actors, actor_numbers) = ordered(actors.collect());
    let actors = actors.into_iter().map(actor).collect();
    let numbers = set_numbers.into_iter().zip(actor_numbers).zip(prefix_numbers.into_iter().zip(text_numbers));
    let renumberings =
        numbers.map(|((tags, actors), (prefixes, texts))| Renumbering { tags, actors, prefixes, texts }).collect();
    let history =
        History { teams, people, tag_keys, tag_values, tag_sets, actors, prefixes, texts, batches: Vec::new() };
    Merged { history, renumberings }
}

/// What all readers have, each once and in order, whoever met it first; and for each reader the place of each of its own.
fn ordered<T: Ord + Clone>(readers: Vec<Vec<T>>) -> (Vec<T>, Vec<Vec<u32>>) {
    let mut all: Vec<T> = readers.iter().flatten().cloned().collect();
    all.sort_unstable();
    all.dedup();
    let place = |it: &T| {
        let place = all.binary_search(it).expect("it is one of them");
        u32::try_from(place).expect("there are no more than before")
    };
    let places = readers.iter().map(|it| it.iter().map(place).collect()).collect();
    (all, places)
}

/// All names in order, and for each reader the place of each of its numbers.
fn merged<'a>(
    readers: impl Iterator<Item = &'a Names> + Clone,
    name: impl Fn(&[u8]) -> String,
) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut all: Vec<String> = readers.clone().flat_map(Names::iter).map(&name).collect();
    all.sort_unstable();
    all.dedup();
    let place = |it: &[u8]| {
        let place = all.binary_search(&name(it)).expect("it is one of them");
        u32::try_from(place).expect("numbers are small")
    };
    let places = readers.map(|it| it.iter().map(place).collect()).collect();
    (all, places)
}

pub(super) fn pair_bytes((key, value): (u32, u32)) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&key.to_le_bytes());
    bytes[4..].copy_from_slice(&value.to_le_bytes());
    bytes
}

pub(super) fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let number = |it: &[u8]| it.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    bytes.as_chunks::<8>().0.iter().map(move |it| (number(&it[..4]), number(&it[4..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of all lengths, with other characters in all places: what is counted digit by digit.
    #[test]
    fn the_digits_at_the_end_of_an_id_are_its_number() {
        let mut texts: Vec<Vec<u8>> = vec![b"INC0004711".to_vec(), b"2026-03".to_vec(), b"P9".to_vec(), "é1".into()];
        for length in 0..20 {
            let digits: Vec<u8> = (0..length).map(|it| b"90817263545"[it % 11]).collect();
            texts.push(digits.clone());
            for place in 0..length {
                for other in [b'/', b':', b'a', b' ', 0, 0xb0, 0xff] {
                    let mut text = digits.clone();
                    text[place] = other;
                    texts.push(text);
                }
            }
        }
        for text in &texts {
            let digits = text.iter().rev().take(12).take_while(|it| it.is_ascii_digit()).count();
            let (before, end) = text.split_at(text.len() - digits);
            let number = end.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
            assert_eq!(numbered(text), (before, u32::try_from(digits).unwrap(), number), "{text:?}");
        }
    }
}
