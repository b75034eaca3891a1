//! Proposals, what they cost, and whether the past speaks for them.

use std::collections::BTreeSet;

use chrono::{Datelike, Months};

use crate::history::History;
use crate::org::{Limits, Org, Weights};
use crate::split::chance::{Affinity, ByChance};
use crate::split::clocks::{Clocks, minutes};
use crate::split::division::{Division, Part, agreement, float};
use crate::split::evidence::{Evidence, Numbers};
use crate::split::model::{MONTH, Model, Score, Terms};
use crate::split::search::search;
use crate::split::today::{Standing, value_of};
use crate::time::{CIVIL_WEEK, Instant, Span, Window, Zone, intersect};

/// More values than these are no services.
const MOST_VALUES: usize = 2_000;
/// Up to how many rotations every number of them is tried.
const EVERY_NUMBER: usize = 16;
/// Which part of the episodes proposals are made from, about; the rest is what they are held to.
const TRAINED: f64 = 2.0 / 3.0;
/// Which part of the best one's saving is as good as all of it.
const ENOUGH: f64 = 0.95;
/// How many months it takes to hold anything to later ones.
const LEAST_MONTHS: usize = 3;

/// What is divided, and how.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// On whose clock months are.
    pub zone: Zone,
    /// The organisation that stands; absent, the teams of the history stand.
    pub org: Option<&'a Org>,
    /// A division that was written: another organisation.
    pub written: Option<&'a Org>,
    /// When people sleep.
    pub sleep: Vec<Window>,
    /// What an hour weighs.
    pub weights: Weights,
    /// What a division must hold.
    pub limits: Limits,
    /// The tag whose values are divided; absent, `service` if episodes carry it, else the first they carry.
    pub tag: Option<String>,
    /// How many rotations; absent, every number is tried.
    pub into: Option<usize>,
    /// From how many months proposals are made; absent, about two thirds of the episodes.
    pub train: Option<usize>,
    /// How many moves are tried for each number of rotations.
    pub effort: u64,
    /// Minutes for each expected year in which somebody meets something fewer than three times.
    pub price: f64,
}

/// What a history says about dividing.
#[derive(Debug, Clone)]
pub struct Split {
    /// Which tag's values are divided.
    pub tag: String,
    /// On whose clock.
    pub zone: Zone,
    /// Keys of people, in alphabetical order.
    pub people: Vec<String>,
    /// Values of the tag, in alphabetical order.
    pub things: Vec<String>,
    /// The months that proposals are made from.
    pub first: Stretch,
    /// The months that they are held to; `None` if there are too few.
    pub last: Option<Stretch>,
    /// Best first, *do not split* among them.
    pub candidates: Vec<Candidate>,
    /// No division costs less over the months that proposals are made from.
    pub bound: f64,
    /// Which of them is recommended.
    pub recommended: usize,
    /// Why.
    pub verdict: Verdict,
    /// How far the best proposal agrees with what the last months alone would propose: people, services.
    pub agreement: Option<(f64, f64)>,
    /// Values that no rotation is paged for.
    pub elsewhere: usize,
}

/// Some months.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// From when until when.
    pub span: Span,
    /// How many months that are.
    pub months: f64,
    /// Episodes whose value is divided.
    pub episodes: usize,
    /// What divisions cost then.
    pub model: Model,
    /// Who finished what then.
    affinity: Affinity,
}

/// Where a division comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Do not split.
    Today,
    /// It was written.
    Written,
    /// It was found.
    Proposed,
}

/// A division, and what it comes to.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it comes from.
    pub origin: Origin,
    /// Who is with whom.
    pub division: Division,
    /// What each part is called.
    pub names: Vec<String>,
    /// Which part of today's division each part carries on.
    pub keeps: Vec<Option<usize>>,
    /// What each part comes to, over all months.
    pub parts: Vec<Facts>,
    /// What it costs over the months that proposals are made from.
    pub first: Score,
    /// What it costs over the months that it is held to.
    pub last: Option<Score>,
    /// How many other divisions of the same shape are borne out by the last months as well as this.
    pub by_chance: Option<ByChance>,
    /// Which limits it breaks.
    pub breaches: Vec<Breach>,
    /// Who changes their rotation: the person, and the part they come to.
    pub moves: Vec<(usize, Option<usize>)>,
}

/// A limit that is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Breach {
    /// This part has fewer people than `min-people`.
    MinPeople {
        /// Which part.
        part: usize,
    },
    /// Its people hold more of the time than `max-share`.
    MaxShare {
        /// Which part.
        part: usize,
    },
}

/// What a part of a division comes to, over all months.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Weeks from one turn of a week to the next.
    pub weeks_between: f64,
    /// In a turn of a week.
    pub pages: f64,
    /// Those that find somebody asleep.
    pub pages_in_sleep: f64,
    /// From 0 to 1.
    pub right_first_time: f64,
    /// How often somebody meets each of its services in a year, on average.
    pub repetitions: f64,
    /// Pairs of a person and a service that are met fewer than three times in a year, as expected.
    pub seldom: f64,
    /// Hours of a week in which all its people sleep.
    pub uncovered: f64,
}

/// Why something is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It costs less over the last months too, and not by chance.
    Split,
    /// Nothing costs less over the last months.
    Dearer,
    /// It costs less, but the last months bear out divisions by chance as well.
    ByChance,
    /// It costs less, but there are too few divisions of its shape to tell it from chance.
    TooSmall,
    /// Too few months to tell.
    TooShort,
    /// What costs less breaks a limit.
    Limits,
}

/// How far the work has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Moves that were tried.
    pub moves: u64,
    /// Of how many.
    pub of: u64,
}

/// Why nothing can be divided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// No episode carries the tag.
    #[error("there is nothing to divide: no episode carries a tag")]
    Nothing,
    /// Nobody is known among whom it could be divided.
    #[error("there is nobody among whom `{tag}` could be divided")]
    Nobody {
        /// Which tag.
        tag: String,
    },
    /// The tag tells single episodes apart, or nearly.
    #[error("the tag `{tag}` has {values} values: more than {MOST_VALUES} are not divided")]
    TooMany {
        /// Which tag.
        tag: String,
        /// How many.
        values: usize,
    },
    /// There are too few people.
    #[error("{people} people cannot be divided into {into}: each rotation has at least {least} (`min-people`)")]
    TooFewPeople {
        /// How many rotations are wanted.
        into: usize,
        /// How many people there are.
        people: usize,
        /// How many each rotation has at least.
        least: usize,
    },
    /// There are too few values.
    #[error("{values} values of `{tag}` cannot be divided into {into}: each rotation is paged for at least one")]
    TooFewValues {
        /// How many rotations are wanted.
        into: usize,
        /// Which tag.
        tag: String,
        /// How many values there are.
        values: usize,
    },
}

impl SplitError {
    /// What helps.
    pub fn hint(&self) -> String {
        match self {
            SplitError::Nothing | SplitError::TooMany { .. } => {
                "it takes a tag that says what is broken, such as `service`: `--tag` names it".to_owned()
            }
            SplitError::Nobody { .. } => {
                "it takes people in rotations: `-C DIR` names the folder that holds `rotations/`, or episodes name \
                                         who was paged and for which team"
                    .to_owned()
            }
            SplitError::TooFewPeople { into, people, least } if least > &1 && people >= into => {
                let most = people / into;
                let lower = format!("lower `min-people` in org.toml to {most} or less");
                match people / least {
                    0 | 1 => lower,
                    fits => format!("`--into {fits}` is the most there can be; else {lower}"),
                }
            }
            SplitError::TooFewPeople { people, least, .. } => {
                format!("`--into {}` is the most there can be", people / least)
            }
            SplitError::TooFewValues { values, .. } => {
                format!("`--into {values}` is the most there can be; `--tag` names a tag with more values")
            }
        }
    }
}

/// Divides.
///
/// # Errors
///
/// [`SplitError`] if there is nothing to divide, or far too much.
pub fn split(history: &History, settings: &Settings<'_>, progress: impl FnMut(Progress)) -> Result<Split, SplitError> {
    let (tag, key) = tag(history, settings).ok_or(SplitError::Nothing)?;
    let value_of = value_of(history, key);
    let values = value_of.iter().flatten().collect::<BTreeSet<_>>().len();
    if values > MOST_VALUES {
        return Err(SplitError::TooMany { tag, values });
    }
    if values == 0 {
        return Err(SplitError::Nothing);
    }
    let nobody = SplitError::Nobody { tag: tag.clone() };
    let scene = Scene::new(history, settings, tag, &value_of).ok_or(nobody)?;
    scene.can(settings)?;
    Ok(scene.split(settings, progress))
}

/// The tag that is divided by, and its number.
fn tag(history: &History, settings: &Settings<'_>) -> Option<(String, u32)> {
    let wanted = settings.tag.as_ref().or_else(|| history.tag_keys.iter().find(|it| *it == "service"));
    let tag = wanted.or(history.tag_keys.first())?;
    let key = history.tag_keys.iter().position(|it| it == tag)?;
    Some((tag.clone(), u32::try_from(key).ok()?))
}

/// What is known before anything is searched.
struct Scene {
    tag: String,
    people: Vec<String>,
    /// Values of the tag, by number of the history, and by name.
    things: Vec<String>,
    today: (Division, Vec<String>),
    written: Option<(Division, Vec<String>)>,
    all: Model,
    first: Stretch,
    last: Option<Stretch>,
    sleep: Vec<Vec<Span>>,
    week: Span,
    clock_of: Vec<usize>,
    elsewhere: usize,
}

impl Scene {
    fn new(history: &History, settings: &Settings<'_>, tag: String, value_of: &[Option<u32>]) -> Option<Scene> {
        let openings = history.episodes().filter(|it| value_of[it.tags as usize].is_some()).map(|it| it.opened());
        let mut openings: Vec<u32> = openings.collect();
        openings.sort_unstable();
        let (begin, end) = (instant(*openings.first()?), instant(openings.last()?.saturating_add(1)));
        let whole = Span::new(begin, end)?;
        let boundary = boundary(&openings, settings);
        let spans = match boundary.and_then(|at| Some((Span::new(begin, at)?, Span::new(at, end)?))) {
            Some((first, last)) => (first, Some(last)),
            None => (whole, None),
        };
        let last_opening = instant(*openings.last()?);
        let standing = match settings.org {
            Some(org) => Standing::of_org(org, history, value_of, Some(last_opening)),
            None => Standing::of_teams(history, value_of, spans.0),
        };
        let written = settings.written.map(|org| Standing::of_org(org, history, value_of, None));
        let mut people: Vec<String> = standing.rotations.iter().flat_map(|it| it.people.clone()).collect();
        people.sort_unstable();
        people.dedup();
        let mut values: Vec<u32> = standing.rotations.iter().flat_map(|it| it.values.clone()).collect();
        values.sort_unstable();
        let all_values = value_of.iter().flatten().collect::<BTreeSet<_>>().len();
        if people.is_empty() || values.is_empty() {
            return None;
        }
        // People who are only in the written division stand after those for whom places are looked for.
        let placed = people.len();
        let also = written.iter().flat_map(|it| &it.rotations).flat_map(|it| &it.people);
        let mut also: Vec<String> = also.filter(|it| people.binary_search(it).is_err()).cloned().collect();
        also.sort_unstable();
        also.dedup();
        people.extend(also);
        let numbers = Numbers {
            person: history.people.iter().map(|it| people.iter().position(|other| other == it)).collect(),
            thing: value_of.iter().map(|it| it.and_then(|it| values.binary_search(&it).ok())).collect(),
            people: people.len(),
            things: values.len(),
        };
        let orgs: Vec<&Org> = settings.org.into_iter().chain(settings.written).collect();
        let clocks = Clocks::new(&people, &orgs, &settings.zone, &settings.sleep, &settings.weights);
        let today = standing.division(&people, &values);
        let strata = |of: Vec<Option<usize>>| match settings.org {
            Some(_) => of.into_iter().map(|it| it.map_or(0, |it| it + 1)).collect(),
            None => vec![0; of.len()],
        };
        let of_people = strata(today.0.of_people(people.len()));
        let of_things = strata(today.0.of_things(values.len()));
        let stretch = |span: Span| {
            let evidence = Evidence::of(history, &numbers, span);
            let episodes = evidence.opened.iter().map(Vec::len).sum();
            let terms = Terms { weights: &settings.weights, limits: &settings.limits, price: settings.price };
            let model = Model::new(&evidence, placed, &clocks, &terms);
            let affinity = Affinity::new(&evidence.had_last, of_people.clone(), of_things.clone());
            Stretch { span, months: minutes(&[span]) / MONTH, episodes, model, affinity }
        };
        let week = Span::new(end, Instant::from_unix(end.unix() + CIVIL_WEEK))?;
        let written = written.map(|it| it.division(&people, &values));
        Some(Scene {
            tag,
            things: values.iter().map(|it| history.tag_values[*it as usize].clone()).collect(),
            today,
            written,
            all: stretch(whole).model,
            first: stretch(spans.0),
            last: spans.1.map(stretch),
            sleep: clocks.all.iter().map(|it| it.sleeping(week)).collect(),
            week,
            clock_of: clocks.of.clone(),
            elsewhere: all_values - values.len(),
            people,
        })
    }

    /// Whether there can be so many rotations at all.
    fn can(&self, settings: &Settings<'_>) -> Result<(), SplitError> {
        let Some(into) = settings.into else { return Ok(()) };
        let (people, least, values) = (self.first.model.to_place(), self.first.model.least(), self.things.len());
        // One rotation for all stands, however few they are.
        if into > 1 && into.saturating_mul(least) > people {
            return Err(SplitError::TooFewPeople { into, people, least });
        }
        if into > values {
            return Err(SplitError::TooFewValues { into, tag: self.tag.clone(), values });
        }
        Ok(())
    }

    fn split(self, settings: &Settings<'_>, mut progress: impl FnMut(Progress)) -> Split {
        let sizes = self.sizes(settings);
        let searches = sizes.len() as u64 + u64::from(self.last.is_some());
        let of = searches * settings.effort;
        let mut moves = 0;
        let mut moved = |count: u64| {
            moves += count;
            progress(Progress { moves: moves.min(of), of });
        };
        let mut found: Vec<Division> = Vec::new();
        for size in sizes {
            found.extend(search(&self.first.model, size, settings.effort, &mut moved));
        }
        let (today, written) = (&self.today, &self.written);
        found.sort();
        found.dedup();
        found.retain(|it| *it != today.0 && written.as_ref().is_none_or(|written| *it != written.0));
        let mut candidates: Vec<Candidate> = found
            .into_iter()
            .map(|it| self.candidate(Origin::Proposed, it, None, settings))
            .chain(
                written
                    .iter()
                    .map(|(it, names)| self.candidate(Origin::Written, it.clone(), Some(names.clone()), settings)),
            )
            .chain([self.candidate(Origin::Today, today.0.clone(), Some(today.1.clone()), settings)])
            .collect();
        let rank = |it: &Candidate| it.last.unwrap_or(it.first).total();
        candidates.sort_by(|one, other| rank(one).total_cmp(&rank(other)).then(one.origin.cmp(&other.origin)));
        let (recommended, verdict) = recommended(&candidates, self.last.is_some());
        let best = candidates.iter().find(|it| it.origin == Origin::Proposed);
        let agreement = best.zip(self.last.as_ref()).and_then(|(best, last)| {
            let again = search(&last.model, best.division.parts.len(), settings.effort, &mut moved)?;
            let (people, things) = (self.people.len(), self.things.len());
            Some((
                agreement(&best.division.of_people(people), &again.of_people(people)),
                agreement(&best.division.of_things(things), &again.of_things(things)),
            ))
        });
        let divisions = || candidates.iter().map(|it| &it.division);
        let smallest = divisions().map(Division::smallest).min().unwrap_or(1);
        let placed = divisions().map(|it| it.placed(self.people.len())).min().unwrap_or(0);
        let bound = self.first.model.bound(smallest.min(self.first.model.least()), placed);
        Split {
            tag: self.tag,
            zone: settings.zone.clone(),
            people: self.people,
            things: self.things,
            first: self.first,
            last: self.last,
            candidates,
            bound,
            recommended,
            verdict,
            agreement,
            elsewhere: self.elsewhere,
        }
    }

    /// How many rotations are tried.
    fn sizes(&self, settings: &Settings<'_>) -> Vec<usize> {
        let most = self.things.len().min(self.first.model.to_place() / self.first.model.least());
        let mut sizes: Vec<usize> = match settings.into {
            Some(it) => vec![it],
            None => {
                let mut sizes: Vec<usize> = (1..=most.min(EVERY_NUMBER)).collect();
                // Beyond, a quarter more each time.
                while sizes.last().is_some_and(|it| *it >= EVERY_NUMBER && *it < most) {
                    let last = sizes[sizes.len() - 1];
                    sizes.push((last + last / 4).min(most));
                }
                sizes.push(self.today.0.parts.len());
                sizes
            }
        };
        sizes.retain(|it| *it >= 1 && *it <= most);
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    fn candidate(
        &self,
        origin: Origin,
        division: Division,
        names: Option<Vec<String>>,
        settings: &Settings<'_>,
    ) -> Candidate {
        let keeps = match origin {
            Origin::Today => (0..division.parts.len()).map(Some).collect(),
            _ => self.keeps(&division),
        };
        let names = names.unwrap_or_else(|| self.names(&division, &keeps));
        let of_today = self.today.0.of_people(self.people.len());
        let places = division.of_people(self.people.len());
        let moves = (0..self.people.len()).filter_map(|person| {
            let part = places[person];
            let stays = part.and_then(|it| keeps[it]) == of_today[person];
            (!stays).then_some((person, part))
        });
        let moves = moves.collect();
        let mut breaches = Vec::new();
        for (part, it) in division.parts.iter().enumerate() {
            let people = it.people.len();
            if settings.limits.min_people.is_some_and(|least| people < least as usize) {
                breaches.push(Breach::MinPeople { part });
            }
            if settings.limits.max_share.is_some_and(|share| 1.0 / float(people) > share.of) {
                breaches.push(Breach::MaxShare { part });
            }
        }
        let by_chance = self.last.as_ref().filter(|_| origin != Origin::Today && division.parts.len() > 1);
        Candidate {
            origin,
            names,
            keeps,
            parts: division.parts.iter().map(|it| self.facts(it)).collect(),
            first: self.first.model.score(&division),
            last: self.last.as_ref().map(|it| it.model.score(&division)),
            by_chance: by_chance.map(|it| it.affinity.by_chance(&division)),
            breaches,
            moves,
            division,
        }
    }

    fn facts(&self, part: &Part) -> Facts {
        let people = float(part.people.len());
        let model = &self.all;
        let rate: f64 = part.things.iter().map(|it| model.rate(*it)).sum();
        let a_week = |a_year: f64| a_year / (12.0 * MONTH) * 7.0 * 24.0 * 60.0;
        let mean = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
            let sum: f64 = part
                .things
                .iter()
                .map(|thing| part.people.iter().map(|it| of(*it, *thing)).sum::<f64>() * model.rate(*thing))
                .sum();
            if rate > 0.0 { sum / people / rate } else { 0.0 }
        };
        let mut asleep = vec![self.week];
        for person in &part.people {
            asleep = intersect(&asleep, &self.sleep[self.clock_of[*person]]);
        }
        Facts {
            weeks_between: people,
            pages: a_week(rate),
            pages_in_sleep: a_week(rate) * mean(&|person, thing| model.asleep(person, thing)),
            right_first_time: mean(&|person, thing| model.able(person, thing)),
            repetitions: rate / people / float(part.things.len()),
            seldom: model.seldom_of(part),
            uncovered: minutes(&asleep) / 60.0,
        }
    }

    /// Which part of today's each part carries on: the pairs with the most people in common first, then the most services.
    fn keeps(&self, division: &Division) -> Vec<Option<usize>> {
        let common = |one: &[usize], other: &[usize]| one.iter().filter(|it| other.contains(it)).count();
        let mut pairs: Vec<(usize, usize, usize, usize)> = Vec::new();
        for (new, part) in division.parts.iter().enumerate() {
            for (old, before) in self.today.0.parts.iter().enumerate() {
                let people = common(&part.people, &before.people);
                if people > 0 {
                    pairs.push((people, common(&part.things, &before.things), new, old));
                }
            }
        }
        pairs.sort_by(|one, other| {
            (other.0, other.1).cmp(&(one.0, one.1)).then((one.2, one.3).cmp(&(other.2, other.3)))
        });
        let mut keeps = vec![None; division.parts.len()];
        for (_, _, new, old) in pairs {
            if keeps[new].is_none() && !keeps.contains(&Some(old)) {
                keeps[new] = Some(old);
            }
        }
        keeps
    }

    /// A part that carries on keeps its name; others are called after what they are paged for.
    fn names(&self, division: &Division, keeps: &[Option<usize>]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (part, keeps) in division.parts.iter().zip(keeps) {
            if let Some(old) = keeps {
                names.push(self.today.1[*old].clone());
                continue;
            }
            let wanted = self.called_after(part);
            let taken = |name: &String| {
                let reserved = ["org", "people", "services", "escalation", "nobody"].contains(&name.as_str());
                reserved || names.contains(name) || self.today.1.contains(name)
            };
            let mut all = std::iter::once(wanted.clone()).chain((2..).map(|it| format!("{wanted}-{it}")));
            names.push(all.find(|it| !taken(it)).expect("there are numbers enough"));
        }
        names
    }

    /// What the names of its services begin with, up to a dash; else the busiest of them.
    fn called_after(&self, part: &Part) -> String {
        let things: Vec<&str> = part.things.iter().map(|it| self.things[*it].as_str()).collect();
        let begin = |it: &str| it.split(['-', '_', '.', ' ']).next().unwrap_or_default().to_owned();
        let first = begin(things[0]);
        let same = things.iter().all(|it| begin(it) == first);
        let busiest =
            part.things.iter().max_by(|a, b| self.all.rate(**a).total_cmp(&self.all.rate(**b)).then(b.cmp(a)));
        let name = if same { first } else { self.things[*busiest.unwrap_or(&part.things[0])].clone() };
        let plain = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' };
        let name: String = name.chars().map(plain).collect();
        let name = name.trim_matches('-');
        if name.is_empty() { "rotation".to_owned() } else { name.to_owned() }
    }
}

/// Of those that hold their limits, cost less over the last months too and do not do so by chance: the one with the fewest
/// rotations among those that save nearly as much as the best.
fn recommended(candidates: &[Candidate], held: bool) -> (usize, Verdict) {
    let today = candidates.iter().position(|it| it.origin == Origin::Today).expect("it is always among them");
    if !held {
        return (today, Verdict::TooShort);
    }
    let mut verdict = Verdict::Dearer;
    let mut eligible: Vec<usize> = Vec::new();
    for (place, it) in candidates[..today].iter().enumerate() {
        if !it.breaches.is_empty() {
            verdict = if verdict == Verdict::Dearer { Verdict::Limits } else { verdict };
        } else if it.by_chance.is_none_or(|it| it.as_good > 0) {
            verdict = Verdict::ByChance;
        } else if it.by_chance.is_some_and(|it| !it.tells()) {
            verdict = if verdict == Verdict::ByChance { verdict } else { Verdict::TooSmall };
        } else {
            eligible.push(place);
        }
    }
    let score = |place: usize| candidates[place].last.unwrap_or_default().total();
    let Some(best) = eligible.first().map(|it| score(*it)) else { return (today, verdict) };
    let enough = score(today) - ENOUGH * (score(today) - best);
    let fewest = eligible.into_iter().filter(|it| score(*it) <= enough);
    let fewest = fewest.min_by_key(|it| (candidates[*it].division.parts.len(), *it));
    (fewest.unwrap_or(today), Verdict::Split)
}

/// Where the last months begin.
fn boundary(openings: &[u32], settings: &Settings<'_>) -> Option<Instant> {
    let (first, last) = (instant(*openings.first()?), instant(*openings.last()?));
    let mut day = settings.zone.day(first).with_day(1)?;
    let mut starts = Vec::new();
    while settings.zone.start_of_day(day) <= last {
        starts.push(settings.zone.start_of_day(day));
        day = day.checked_add_months(Months::new(1))?;
    }
    if starts.len() < LEAST_MONTHS {
        return None;
    }
    if let Some(months) = settings.train {
        return starts.get(months).copied().filter(|_| months > 0);
    }
    let before = |at: Instant| openings.partition_point(|it| i64::from(*it) < at.unix());
    let distance = |at: &Instant| (float(before(*at)) / float(openings.len()) - TRAINED).abs();
    starts[1..].iter().copied().min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

fn instant(unix: u32) -> Instant {
    Instant::from_unix(i64::from(unix))
}

impl Split {
    /// The division that stands.
    pub fn today(&self) -> &Candidate {
        let today = self.candidates.iter().find(|it| it.origin == Origin::Today);
        today.expect("it is always among them")
    }
}
