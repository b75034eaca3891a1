//! `fit`: what past episodes say.

use crate::export::FitOf;
use crate::export::json::{VERSION, views};
use crate::history::fit::{Drift, Duration, Fit, Hop, Minutes, Part, ReplayedTo, Share, Spread};
use crate::history::{Told, Witness};
use crate::org::Org;
use crate::time::rfc3339;

views! {
    /// `fit --format json`: what past episodes say.
    struct FitView {
        /// Always 1.
        version: u32,
        /// Always "fit".
        kind: &'static str,
        /// On whose clock months and hours of the week are.
        zone: &'static str,
        /// When the first episode opened.
        from: String,
        /// When the last episode opened.
        to: String,
        /// Where the files of the organisation are with which it was read; nothing without one.
        organisation: Option<String>,
        /// Who was on call where a step paged a rotation and named nobody; nothing without an organisation.
        on_call_then: Option<ThenView>,
        /// Rows or lines that were read.
        rows: u64,
        /// What of them was not used.
        losses: Vec<LossView>,
        /// Files that were not read to their end.
        cut_short: Vec<CutShortView>,
        /// Episodes.
        episodes: u64,
        /// Different teams.
        teams: u64,
        /// Different people.
        people: u64,
        /// Episodes by how many different teams had them: none, one, two and so on.
        by_teams_touched: Vec<u64>,
        /// Which teams the history tells: "first-and-last", or, when nothing can be said about hand-offs, "first", "last"
        /// or "nothing".
        teams_told: &'static str,
        /// Touched by more than one team.
        several_teams: ShareView,
        /// First and last team are the same, of those with a known team.
        right_first_time: ShareView,
        /// From person to person, where no second team had it.
        within_team: WithinView,
        /// From team to team.
        hand_offs: HandOffsView,
        /// From A to B and back to A.
        ping_pong: PingPongView,
        /// From opening to the first acknowledgement.
        acknowledge: MinutesView,
        /// From opening to the last resolution.
        resolve: MinutesView,
        /// From opening to when the last team first had it, where the first team was another.
        lost: Option<SpreadView>,
        /// Of how many of those episodes it is known.
        lost_known: ShareView,
        /// Episodes with a time before their opening.
        backwards: u64,
        /// By team.
        by_team: Vec<TeamView>,
        /// First and last team, and how many episodes.
        matrix: Vec<HopView>,
        /// The 40 ways to another last team by which most time was lost.
        misroutes: Vec<MisrouteView>,
        /// By month of opening.
        months: Vec<MonthView>,
        /// Whether months differ by more than chance would have it.
        steadiness: Vec<SteadinessView>,
        /// Openings by weekday, Monday first, and hour.
        hours: Vec<[u64; 24]>,
        /// What people carried: by person, or, with `--aggregate`, over all of them.
        load: LoadView,
        /// Who meets what; nothing if episodes carry no tags.
        repetition: Option<RepetitionView>,
        /// The same history through the routes as they stand; nothing without an organisation.
        replay: Option<ReplayView>,
    }

    /// Episodes with a person that no second team had.
    struct WithinView {
        /// The first person had it last; of nothing if only who was paged is known, or only who resolved.
        right_first_time: ShareView,
        /// From opening to when the last person first had it, where the first was another.
        lost: Option<SpreadView>,
        /// Of how many of those episodes it is known.
        lost_known: ShareView,
    }

    /// Steps that paged a rotation and named nobody, by what says who was on call then.
    struct ThenView {
        /// PagerDuty's schedules, rendered when they were pulled.
        rendered: u64,
        /// The files as they were in git on that day.
        revisions: u64,
        /// The files as they stand.
        files: u64,
        /// Nobody held it, or several did.
        unknown: u64,
        /// Why git was not asked.
        no_revisions: Option<String>,
    }

    /// Rows that were not used.
    struct LossView {
        /// Why: "time", "cells" and so on.
        reason: &'static str,
        /// How many.
        rows: u64,
        /// The first few.
        examples: Vec<LostRowView>,
    }

    /// A row that was not used.
    struct LostRowView {
        /// The file.
        file: String,
        /// The line on which it begins, from 1; 0 if unknown.
        line: u64,
        /// What is wrong, in its own words.
        text: String,
    }

    /// A file that was not read to its end.
    struct CutShortView {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    }

    /// So many of so many.
    struct ShareView {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
        /// As a number from 0 to 1; nothing of nothing.
        share: Option<f64>,
        /// Wilson's interval of 95 %.
        low: Option<f64>,
        /// Its upper end.
        high: Option<f64>,
    }

    /// How long something took, in seconds.
    struct SpreadView {
        /// Over how many episodes.
        count: u64,
        /// Half took no longer.
        median: u32,
        /// The interval of 95 % of the median, by ranks; nothing for fewer than six.
        low: Option<u32>,
        /// Its upper end.
        high: Option<u32>,
        /// Nine of ten took no longer.
        ninety: u32,
    }

    /// How long something took, by what kind of episode it was.
    struct MinutesView {
        /// All.
        all: Option<SpreadView>,
        /// Right first time.
        right: Option<SpreadView>,
        /// Wrong first.
        wrong: Option<SpreadView>,
        /// Without a hand-off.
        none: Option<SpreadView>,
        /// With one or two hand-offs.
        few: Option<SpreadView>,
        /// With three or more.
        many: Option<SpreadView>,
    }

    /// Hand-offs from team to team.
    struct HandOffsView {
        /// All.
        total: u64,
        /// Episodes without one.
        none: u64,
        /// Episodes with one or two.
        few: u64,
        /// Episodes with three or more.
        many: u64,
        /// Different pairs of a giving and a taking team.
        edges: u64,
        /// Those pairs.
        hops: Vec<HopView>,
    }

    /// From one team to another.
    struct HopView {
        /// This team.
        from: String,
        /// That team.
        to: String,
        /// How often.
        count: u64,
    }

    /// From A to B and back to A.
    struct PingPongView {
        /// Episodes in which it happened.
        episodes: ShareView,
        /// How often it happened.
        times: u64,
        /// Between which two teams, the most often first.
        pairs: Vec<HopView>,
    }

    /// A team.
    struct TeamView {
        /// Its name.
        team: String,
        /// Episodes that it had at all.
        had: u64,
        /// Of those that it had first, those that it had last as well.
        right_first_time: ShareView,
        /// Episodes that it had last.
        last: u64,
        /// To acknowledge those; for the 40 teams with the most.
        acknowledge: Option<SpreadView>,
        /// To resolve those; for the 40 teams with the most.
        resolve: Option<SpreadView>,
    }

    /// One team first, another last.
    struct MisrouteView {
        /// Had it first.
        first: String,
        /// Had it last.
        last: String,
        /// How often.
        episodes: u64,
        /// Of how many it is known how long it took.
        known: u64,
        /// All that time.
        lost_seconds: u64,
        /// Each time.
        lost: Option<SpreadView>,
    }

    /// A month.
    struct MonthView {
        /// "2026-03".
        month: String,
        /// Opened in it.
        episodes: u64,
        /// Right first time.
        right_first_time: ShareView,
        /// Touched by several teams.
        several_teams: ShareView,
        /// Hand-offs.
        hand_offs: u64,
        /// To acknowledge.
        acknowledge: Option<SpreadView>,
        /// To resolve.
        resolve: Option<SpreadView>,
        /// Lost.
        lost: Option<SpreadView>,
    }

    /// Whether a figure is the same from month to month.
    struct SteadinessView {
        /// "right-first-time", "several-teams", "acknowledge", "resolve" or "lost".
        figure: &'static str,
        /// Months with episodes enough to say something.
        months: u64,
        /// "steady", "moves" or "too-few".
        verdict: &'static str,
        /// Of what moves, the month where it was lowest.
        low: Option<String>,
        /// And the month where it was highest.
        high: Option<String>,
    }

    /// What people carried.
    struct LoadView {
        /// How many have a clock of their own; the others have the reader's.
        own_clocks: u64,
        /// By what people did at that hour: worked, neither, slept.
        working: u64,
        /// Neither worked nor slept.
        evening: u64,
        /// Slept.
        sleeping: u64,
        /// Episodes of a person.
        a_person: SpreadView,
        /// Of the one with the most.
        most: u64,
        /// The share of the ten with the most, of all people's episodes together.
        top_ten: ShareView,
        /// By person; nothing with `--aggregate`.
        people: Option<Vec<PersonView>>,
    }

    /// A person.
    struct PersonView {
        /// As the history names them.
        person: String,
        /// Their key in the organisation.
        key: Option<String>,
        /// Episodes that brought them in.
        episodes: u64,
        /// Those in which they were the only one.
        alone: u64,
        /// In their working hours.
        working: u64,
        /// In neither.
        evening: u64,
        /// In their sleep.
        sleeping: u64,
    }

    /// Who meets what, by the values of a tag.
    struct RepetitionView {
        /// Which tag.
        tag: String,
        /// From when on an episode is of the last year.
        last_year_from: String,
        /// From how many episodes in the last year on somebody meets a value often.
        often_from: u64,
        /// By value, the most episodes first.
        values: Vec<ValueView>,
        /// Person and value; nothing with `--aggregate`. Who is not there never met it.
        met: Option<Vec<MetView>>,
    }

    /// A value of the tag.
    struct ValueView {
        /// Which.
        value: String,
        /// Episodes.
        episodes: u64,
        /// People who meet it often.
        often: u64,
        /// People who met it, but not often in the last year.
        rusty: u64,
        /// People who could carry it alone.
        alone: u64,
    }

    /// How often a person met a value.
    struct MetView {
        /// Who.
        person: String,
        /// What.
        value: String,
        /// Episodes.
        episodes: u64,
        /// Those of the last year.
        last_year: u64,
        /// Those of the last year in which they were the only one.
        alone: u64,
        /// The last time.
        last: String,
        /// "often" or "rusty".
        state: &'static str,
    }

    /// The same history through the routes as they stand.
    struct ReplayView {
        /// Where first pages would go, the most first.
        to: Vec<ReplayedView>,
        /// Episodes that only the last route takes.
        last_row: u64,
        /// Routes that take nothing, by their place in the file.
        unused_routes: Vec<u32>,
        /// Right first time then, of those whose last team is a rotation.
        right_first_time: ShareView,
        /// The same episodes, as they went.
        right_before: ShareView,
        /// Last teams that are no rotation.
        strangers: Vec<StrangerView>,
    }

    /// Where first pages would go.
    struct ReplayedView {
        /// "search", "@vera", or nothing if nobody is paged.
        to: Option<String>,
        /// "rotation", "person", "channel" or "nowhere".
        kind: &'static str,
        /// How many.
        episodes: u64,
    }

    /// A team that is no rotation.
    struct StrangerView {
        /// Its name.
        team: String,
        /// Episodes that it had last.
        episodes: u64,
    }
}

/// The view of what past episodes say.
pub fn fit(fit: &Fit, of: &FitOf<'_>) -> FitView {
    let losses = of.losses;
    FitView {
        version: VERSION,
        kind: "fit",
        zone: fit.zone.name(),
        from: rfc3339(fit.span.0, &fit.zone),
        to: rfc3339(fit.span.1, &fit.zone),
        organisation: of.place.map(str::to_owned),
        on_call_then: of.then.map(|it| ThenView {
            rendered: it.by(Witness::Rendered),
            revisions: it.by(Witness::Revision),
            files: it.by(Witness::Files),
            unknown: it.unknown,
            no_revisions: it.no_revisions.clone(),
        }),
        rows: of.rows,
        losses: losses
            .kinds
            .iter()
            .map(|(loss, rows, shown)| LossView {
                reason: loss.code(),
                rows: *rows,
                examples: shown
                    .iter()
                    .map(|it| LostRowView { file: it.file.clone(), line: it.line, text: it.text.clone() })
                    .collect(),
            })
            .collect(),
        cut_short: losses
            .cut_short
            .iter()
            .map(|(file, reason)| CutShortView { file: file.clone(), reason: reason.clone() })
            .collect(),
        episodes: fit.episodes,
        teams: fit.teams,
        people: fit.people,
        by_teams_touched: fit.touched.clone(),
        teams_told: match fit.told {
            Told::FirstAndLast => "first-and-last",
            Told::First => "first",
            Told::Last => "last",
            Told::Nothing => "nothing",
        },
        several_teams: share(fit.several),
        right_first_time: share(fit.right),
        within_team: WithinView {
            right_first_time: share(fit.within.right),
            lost: spread(Duration(fit.within.lost)),
            lost_known: share(fit.within.lost_known),
        },
        hand_offs: HandOffsView {
            total: fit.hand_offs.total,
            none: fit.hand_offs.classes[0],
            few: fit.hand_offs.classes[1],
            many: fit.hand_offs.classes[2],
            edges: fit.hand_offs.edges,
            hops: hops(&fit.hand_offs.hops, of),
        },
        ping_pong: PingPongView {
            episodes: share(fit.ping_pong.episodes),
            times: fit.ping_pong.times,
            pairs: hops(&fit.ping_pong.pairs, of),
        },
        acknowledge: minutes(&fit.acknowledged),
        resolve: minutes(&fit.resolved),
        lost: spread(fit.lost),
        lost_known: share(fit.lost_known),
        backwards: fit.backwards,
        by_team: by_team(fit, of),
        matrix: hops(&fit.matrix, of),
        misroutes: misroutes(fit, of),
        months: months(fit),
        steadiness: steadiness(fit),
        hours: fit.hours.clone(),
        load: load(fit, of),
        repetition: repetition(fit, of),
        replay: replay(fit, of),
    }
}

fn share(it: Share) -> ShareView {
    let (low, high) = it.interval().unzip();
    ShareView { count: it.count, of: it.of, share: it.value(), low, high }
}

fn spread(Duration(it): Duration) -> Option<SpreadView> {
    it.map(spread_view)
}

fn spread_view(it: Spread) -> SpreadView {
    let (low, high) = it.interval.unzip();
    SpreadView { count: it.count, median: it.median, low, high, ninety: it.ninety }
}

fn minutes(it: &Minutes) -> MinutesView {
    MinutesView {
        all: spread(it.all),
        right: spread(it.right),
        wrong: spread(it.wrong),
        none: spread(it.classes[0]),
        few: spread(it.classes[1]),
        many: spread(it.classes[2]),
    }
}

fn hops(hops: &[Hop], of: &FitOf<'_>) -> Vec<HopView> {
    let view = |it: &Hop| HopView { from: of.team(it.from).to_owned(), to: of.team(it.to).to_owned(), count: it.count };
    hops.iter().map(view).collect()
}

fn by_team(fit: &Fit, of: &FitOf<'_>) -> Vec<TeamView> {
    let rows = fit.by_team.iter();
    rows.map(|it| TeamView {
        team: of.team(it.team).to_owned(),
        had: it.had,
        right_first_time: share(it.right),
        last: it.last,
        acknowledge: spread(it.acknowledged),
        resolve: spread(it.resolved),
    })
    .collect()
}

fn misroutes(fit: &Fit, of: &FitOf<'_>) -> Vec<MisrouteView> {
    let rows = fit.misroutes.iter();
    rows.map(|it| MisrouteView {
        first: of.team(it.first).to_owned(),
        last: of.team(it.last).to_owned(),
        episodes: it.episodes,
        known: it.known,
        lost_seconds: it.lost_seconds,
        lost: spread(it.lost),
    })
    .collect()
}

fn months(fit: &Fit) -> Vec<MonthView> {
    let rows = fit.months.iter();
    rows.map(|it| MonthView {
        month: it.name.clone(),
        episodes: it.episodes,
        right_first_time: share(it.right),
        several_teams: share(it.several),
        hand_offs: it.hand_offs,
        acknowledge: spread(it.acknowledged),
        resolve: spread(it.resolved),
        lost: spread(it.lost),
    })
    .collect()
}

fn steadiness(fit: &Fit) -> Vec<SteadinessView> {
    let rows = fit.steadiness.iter();
    rows.map(|it| {
        let (verdict, low, high) = match it.drift {
            Drift::TooFew => ("too-few", None, None),
            Drift::Steady => ("steady", None, None),
            Drift::Moves { low, high } => ("moves", Some(low), Some(high)),
        };
        let name = |place: Option<usize>| place.map(|it| fit.months[it].name.clone());
        SteadinessView { figure: it.figure, months: it.months, verdict, low: name(low), high: name(high) }
    })
    .collect()
}

fn load(fit: &Fit, of: &FitOf<'_>) -> LoadView {
    let totals = fit.load_totals();
    let at = |part: Part| totals.parts[part as usize];
    LoadView {
        own_clocks: fit.own_clocks,
        working: at(Part::Working),
        evening: at(Part::Evening),
        sleeping: at(Part::Sleeping),
        a_person: spread_view(totals.a_person),
        most: totals.most,
        top_ten: share(totals.top_ten),
        people: (!of.aggregate).then(|| {
            let rows = fit.loads.iter();
            rows.map(|it| PersonView {
                person: of.person(it.person).to_owned(),
                key: it.key.clone(),
                episodes: it.episodes,
                alone: it.alone,
                working: it.at(Part::Working),
                evening: it.at(Part::Evening),
                sleeping: it.at(Part::Sleeping),
            })
            .collect()
        }),
    }
}

fn repetition(fit: &Fit, of: &FitOf<'_>) -> Option<RepetitionView> {
    let it = fit.repetition.as_ref()?;
    let values = it.values.iter().map(|it| ValueView {
        value: of.value(it.value).to_owned(),
        episodes: it.episodes,
        often: it.often,
        rusty: it.rusty,
        alone: it.alone,
    });
    let met = it.met.iter().map(|it| MetView {
        person: of.person(it.person).to_owned(),
        value: of.value(it.value).to_owned(),
        episodes: it.episodes,
        last_year: it.last_year,
        alone: it.alone,
        last: rfc3339(it.last, &fit.zone),
        state: if it.is_often() { "often" } else { "rusty" },
    });
    Some(RepetitionView {
        tag: it.tag.clone(),
        last_year_from: rfc3339(it.year, &fit.zone),
        often_from: crate::history::fit::OFTEN,
        values: values.collect(),
        met: (!of.aggregate).then(|| met.collect()),
    })
}

fn replay(fit: &Fit, of: &FitOf<'_>) -> Option<ReplayView> {
    let it = fit.replay.as_ref()?;
    let to = |org: &Org, to: ReplayedTo| match to {
        ReplayedTo::Rotation(rotation) => (Some(org.rotation(rotation).key.clone()), "rotation"),
        ReplayedTo::Person(person) => (Some(format!("@{}", org.person(person).key)), "person"),
        ReplayedTo::Channel => (None, "channel"),
        ReplayedTo::Nowhere => (None, "nowhere"),
    };
    let org = of.org?;
    let rows = it.to.iter().map(|(at, episodes)| {
        let (to, kind) = to(org, *at);
        ReplayedView { to, kind, episodes: *episodes }
    });
    let strangers = it.strangers.iter();
    Some(ReplayView {
        to: rows.collect(),
        last_row: it.last_row,
        unused_routes: it.unused.iter().map(|it| it.0).collect(),
        right_first_time: share(it.right),
        right_before: share(it.before),
        strangers: strangers
            .map(|(team, episodes)| StrangerView { team: of.team(*team).to_owned(), episodes: *episodes })
            .collect(),
    })
}
