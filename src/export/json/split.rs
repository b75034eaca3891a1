//! `split`: divisions, and what each costs.

use crate::export::SplitOf;
use crate::export::json::{VERSION, views};
use crate::split::{BY_CHANCE, Breach, Candidate, Origin, Path, Score, Split, Stretch, Verdict};
use crate::time::{Zone, rfc3339};

views! {
    /// `split --format json`: ways to divide people and services.
    struct SplitView {
        /// Always 1.
        version: u32,
        /// Always "split".
        kind: &'static str,
        /// On whose clock months are.
        zone: &'static str,
        /// The tag whose values are divided.
        tag: String,
        /// How many people are divided.
        people: u64,
        /// The values that are divided.
        values: Vec<String>,
        /// How many values no rotation is paged for.
        elsewhere: u64,
        /// The months that proposals are made from.
        first: StretchView,
        /// The months that they are held to; nothing if there are too few.
        last: Option<StretchView>,
        /// No division costs less over the first months.
        bound: f64,
        /// Which of the divisions is recommended, from 0.
        recommended: u64,
        /// "split", "dearer", "by-chance", "too-short", "too-small" or "limits".
        verdict: &'static str,
        /// How many divisions by chance each was held against, unless there are no more of its shape.
        by_chance_of: u64,
        /// How far the last months alone would divide as the best proposal does.
        agreement: Option<AgreementView>,
        /// Best first, *do not split* among them.
        divisions: Vec<DivisionView>,
        /// What `--write` wrote.
        written: Option<PathView>,
    }

    /// Some months.
    struct StretchView {
        /// When they begin.
        from: String,
        /// When they end.
        until: String,
        /// How many.
        months: f64,
        /// Episodes whose value is divided.
        episodes: u64,
    }

    /// Adjusted Rand indices: 1 is the same, about 0 is chance.
    struct AgreementView {
        /// Of people.
        people: f64,
        /// Of values.
        values: f64,
    }

    /// Weighted person-minutes a month.
    struct ScoreView {
        /// All of it.
        total: f64,
        /// Lost to a wrong first page.
        lost: f64,
        /// Load beyond a fair share.
        beyond: f64,
        /// The price of what is met fewer than three times a year.
        seldom: f64,
    }

    /// A division.
    struct DivisionView {
        /// "today", "written" or "proposed".
        origin: &'static str,
        /// Over the first months.
        first: ScoreView,
        /// Over the last months.
        last: Option<ScoreView>,
        /// How many others of the same shape the last months bear out as well.
        by_chance: Option<u64>,
        /// Of how many: all there are, or as many as were drawn.
        by_chance_of: Option<u64>,
        /// Its rotations.
        rotations: Vec<DividedView>,
        /// Limits of org.toml that it breaks.
        breaches: Vec<BreachView>,
        /// How many people come to another rotation.
        moves: u64,
        /// Who; nothing with `--aggregate`.
        who_moves: Vec<MoveView>,
    }

    /// A rotation of a division.
    struct DividedView {
        /// What it is called.
        name: String,
        /// Which rotation of today it carries on.
        keeps: Option<String>,
        /// How many people.
        size: u64,
        /// Their keys; nothing with `--aggregate`.
        people: Vec<String>,
        /// What it is paged for.
        values: Vec<String>,
        /// Weeks from one turn of a week to the next.
        weeks_between: f64,
        /// Pages in a turn of a week.
        pages: f64,
        /// Those that find somebody asleep.
        pages_in_sleep: f64,
        /// From 0 to 1.
        right_first_time: f64,
        /// How often somebody meets each of its values in a year, on average.
        repetitions: f64,
        /// Pairs of a person and a value that are met fewer than three times a year, as expected.
        seldom: f64,
        /// Hours of a week in which all its people sleep.
        uncovered: f64,
    }

    /// A limit that is broken.
    struct BreachView {
        /// "min-people" or "max-share".
        limit: &'static str,
        /// By which rotation.
        rotation: String,
    }

    /// Somebody comes to another rotation.
    struct MoveView {
        /// Their key.
        person: String,
        /// Which; nothing if to none.
        to: Option<String>,
    }

    /// The way from the old files to the new.
    struct PathView {
        /// The files.
        files: Vec<String>,
        /// What happens when, in order.
        steps: Vec<StepOnTheWayView>,
        /// What somebody should look at by hand.
        notes: Vec<String>,
    }

    /// Something that happens on the way.
    struct StepOnTheWayView {
        /// When.
        at: String,
        /// In which rotation.
        rotation: String,
        /// What.
        what: String,
    }
}

/// The whole document; with the way, if one was written.
pub fn split(split: &Split, of: &SplitOf<'_>, written: Option<(&Path, &[String])>) -> SplitView {
    SplitView {
        version: VERSION,
        kind: "split",
        zone: split.zone.name(),
        tag: split.tag.clone(),
        people: split.first.model.to_place() as u64,
        values: split.things.clone(),
        elsewhere: split.elsewhere as u64,
        first: stretch(&split.first, &split.zone),
        last: split.last.as_ref().map(|it| stretch(it, &split.zone)),
        bound: split.bound,
        recommended: split.recommended as u64,
        verdict: match split.verdict {
            Verdict::Split => "split",
            Verdict::Dearer => "dearer",
            Verdict::ByChance => "by-chance",
            Verdict::TooShort => "too-short",
            Verdict::TooSmall => "too-small",
            Verdict::Limits => "limits",
        },
        by_chance_of: BY_CHANCE as u64,
        agreement: split.agreement.map(|(people, values)| AgreementView { people, values }),
        divisions: split.candidates.iter().map(|it| division(split, it, of)).collect(),
        written: written.map(|(path, files)| PathView {
            files: files.to_vec(),
            steps: path
                .steps
                .iter()
                .map(|it| StepOnTheWayView {
                    at: rfc3339(it.at, &split.zone),
                    rotation: it.rotation.clone(),
                    what: it.what.clone(),
                })
                .collect(),
            notes: path.notes.clone(),
        }),
    }
}

fn stretch(it: &Stretch, zone: &Zone) -> StretchView {
    StretchView {
        from: rfc3339(it.span.start(), zone),
        until: rfc3339(it.span.end(), zone),
        months: it.months,
        episodes: it.episodes as u64,
    }
}

fn score(it: Score) -> ScoreView {
    ScoreView { total: it.total(), lost: it.lost, beyond: it.beyond, seldom: it.rusty }
}

fn division(split: &Split, it: &Candidate, of: &SplitOf<'_>) -> DivisionView {
    let today = split.candidates.iter().find(|it| it.origin == Origin::Today);
    let rotations = it.division.parts.iter().zip(&it.parts).zip(it.names.iter().zip(&it.keeps));
    let rotations = rotations.map(|((part, facts), (name, keeps))| DividedView {
        name: name.clone(),
        keeps: keeps.and_then(|it| today.map(|today| today.names[it].clone())),
        size: part.people.len() as u64,
        people: match of.aggregate {
            true => Vec::new(),
            false => part.people.iter().map(|it| split.people[*it].clone()).collect(),
        },
        values: part.things.iter().map(|it| split.things[*it].clone()).collect(),
        weeks_between: facts.weeks_between,
        pages: facts.pages,
        pages_in_sleep: facts.pages_in_sleep,
        right_first_time: facts.right_first_time,
        repetitions: facts.repetitions,
        seldom: facts.seldom,
        uncovered: facts.uncovered,
    });
    let moves = it.moves.iter().filter(|_| !of.aggregate);
    DivisionView {
        origin: match it.origin {
            Origin::Today => "today",
            Origin::Written => "written",
            Origin::Proposed => "proposed",
        },
        first: score(it.first),
        last: it.last.map(score),
        by_chance: it.by_chance.map(|it| it.as_good as u64),
        by_chance_of: it.by_chance.map(|it| it.of as u64),
        rotations: rotations.collect(),
        breaches: it
            .breaches
            .iter()
            .map(|breach| match *breach {
                Breach::MinPeople { part } => BreachView { limit: "min-people", rotation: it.names[part].clone() },
                Breach::MaxShare { part } => BreachView { limit: "max-share", rotation: it.names[part].clone() },
            })
            .collect(),
        moves: it.moves.len() as u64,
        who_moves: moves
            .map(|(person, part)| MoveView {
                person: split.people[*person].clone(),
                to: part.map(|part| it.names[part].clone()),
            })
            .collect(),
    }
}
