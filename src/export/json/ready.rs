//! `ready` and `drills`: where people stand, and what is next.

use crate::export::json::{Clock, SpanView, VERSION, views};
use crate::export::{DrillsOf, ReadyOf};
use crate::people::Page;

views! {
    /// `ready --format json`: where people stand.
    struct ReadyView {
        /// Always 1.
        version: u32,
        /// Always "ready".
        kind: &'static str,
        /// The names of the stages, in order.
        stages: Vec<String>,
        /// In the order of people.toml.
        people: Vec<PersonPageView>,
    }

    /// Where one person stands.
    struct PersonPageView {
        /// Who.
        person: String,
        /// The seats in which they take turns.
        seats: Vec<String>,
        /// Of these, the ones that they are not ready for.
        not_ready_for: Vec<String>,
        /// At which stage they stand; absent, at none yet.
        stage: Option<String>,
        /// Primary turns that are over.
        primary_turns: u32,
        /// Secondary turns that are over.
        secondary_turns: u32,
        /// Turns shadowed that are over.
        shadowed_turns: u32,
        /// Courses taken.
        trained: Vec<String>,
        /// Failures practised.
        drills: Vec<String>,
        /// What they have handled, by tag; absent, no history was given.
        handled: Option<Vec<HandledView>>,
        /// The stages ahead.
        ahead: Vec<StageView>,
        /// The next turns to learn beside.
        shadow: Vec<NextTurnView>,
    }

    /// Episodes handled.
    struct HandledView {
        /// With a tag of this value; "any", all.
        what: String,
        /// How many.
        count: u32,
    }

    /// A stage ahead.
    struct StageView {
        /// Its name.
        name: String,
        /// What is missing, in words.
        missing: Vec<String>,
    }

    /// A turn to learn beside.
    struct NextTurnView {
        /// The seat.
        seat: String,
        /// Who teaches.
        with: String,
        /// When.
        span: SpanView,
    }

    /// `drills --format json`: what to practise.
    struct DrillsView {
        /// Always 1.
        version: u32,
        /// Always "drills".
        kind: &'static str,
        /// One a person.
        drills: Vec<DrillView>,
    }

    /// A drill that is proposed.
    struct DrillView {
        /// For whom.
        person: String,
        /// In which seat.
        seat: String,
        /// Which failure.
        failure: String,
        /// "history", "stage" or "others".
        why: &'static str,
        /// How often the rotation met it; 0, not known.
        met: u32,
        /// When; absent, no turn has a working hour at its start.
        at: Option<String>,
    }
}

/// The view of people's pages.
pub fn ready(of: &ReadyOf<'_>) -> ReadyView {
    ReadyView {
        version: VERSION,
        kind: "ready",
        stages: of.org.stages.iter().map(|it| it.name.clone()).collect(),
        people: of.pages.iter().map(|it| page(of, it)).collect(),
    }
}

fn page(of: &ReadyOf<'_>, page: &Page) -> PersonPageView {
    let person = of.org.person(page.person);
    let [shadowed_turns, secondary_turns, primary_turns] = page.done;
    let lacks = page.seats.iter().filter(|it| !of.readiness.lacks(page.person, it.seat, of.reader.now).is_empty());
    let clock = Clock(of.reader);
    PersonPageView {
        person: person.key.clone(),
        seats: page.seats.iter().map(|it| of.org.seat_name(*it)).collect(),
        not_ready_for: lacks.map(|it| of.org.seat_name(*it)).collect(),
        stage: page.stage.map(|it| of.org.stages[it].name.clone()),
        primary_turns,
        secondary_turns,
        shadowed_turns,
        trained: person.trained.clone(),
        drills: person.drills.iter().map(|it| it.name.clone()).collect(),
        handled: of.handled.map(|handled| {
            let any = HandledView { what: "any".to_owned(), count: handled.count(page.person, "any") };
            let values = handled.values(page.person).into_iter();
            [any].into_iter().chain(values.map(|(what, count)| HandledView { what: what.to_owned(), count })).collect()
        }),
        ahead: page
            .ahead
            .iter()
            .map(|(stage, missing)| StageView {
                name: of.org.stages[*stage].name.clone(),
                missing: missing.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        shadow: page
            .shadow
            .iter()
            .map(|it| NextTurnView {
                seat: of.org.seat_name(it.seat),
                with: of.org.person(it.with).key.clone(),
                span: SpanView { from: clock.at(it.span.start()), until: clock.at(it.span.end()) },
            })
            .collect(),
    }
}

/// The view of drills.
pub fn drills(of: &DrillsOf<'_>) -> DrillsView {
    let clock = Clock(of.reader);
    let drills = of.drills.iter().map(|it| DrillView {
        person: of.org.person(it.person).key.clone(),
        seat: of.org.seat_name(it.seat),
        failure: it.failure.clone(),
        why: match (it.from_history, of.asked_for(&it.failure)) {
            (true, _) => "history",
            (false, true) => "stage",
            (false, false) => "others",
        },
        met: it.met,
        at: it.at.map(|it| clock.at(it)),
    });
    DrillsView { version: VERSION, kind: "drills", drills: drills.collect() }
}
