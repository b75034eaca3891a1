//! `answers`: what a rotation or a person is paged for.

use std::collections::BTreeMap;

use crate::escalation::{Duty, DutyOf};
use crate::export::Reader;
use crate::export::json::who::{RouteView, route};
use crate::export::json::{VERSION, views};
use crate::org::Org;
use crate::time::{Instant, rfc3339};

views! {
    /// `answers --format json`: what a rotation or a person is paged for.
    struct AnswersView {
        /// Always 1.
        version: u32,
        /// Always "answers".
        kind: &'static str,
        /// When the alerts open; the hours of routes count.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// "search" or "@ana".
        of: String,
        /// The seats by which they are reached.
        seats: Vec<String>,
        /// In the order of the routes, then of time.
        reaches: Vec<ReachView>,
    }

    /// One route that leads there.
    struct ReachView {
        /// The route.
        route: RouteView,
        /// Which rung, from 1.
        rung: usize,
        /// When, if everybody before was paged and did not answer.
        after_seconds: u64,
        /// Where it leads.
        node: String,
        /// What the escalations on the way ask of the tags.
        when: Vec<String>,
        /// The services of the file whose alerts take this route.
        services: Vec<TakerView>,
    }

    /// A service whose alerts take a route.
    struct TakerView {
        /// Its name.
        service: String,
        /// What its alerts must carry besides the tags of the file.
        with: BTreeMap<String, String>,
    }
}

/// The view of what somebody is paged for.
pub fn answers(org: &Org, duty: &Duty<'_>, at: Instant, reader: &Reader) -> AnswersView {
    AnswersView {
        version: VERSION,
        kind: "answers",
        at: rfc3339(at, &reader.zone),
        zone: reader.zone.name(),
        of: match duty.of {
            DutyOf::Rotation(rotation) => rotation.key.clone(),
            DutyOf::Person(person) => format!("@{}", person.key),
        },
        seats: duty.seats.iter().map(|it| org.seat_name(*it)).collect(),
        reaches: duty
            .reaches
            .iter()
            .map(|it| ReachView {
                route: route(&it.route),
                rung: it.rung,
                after_seconds: it.after.as_secs(),
                node: org.node_name(it.node),
                when: it.when.iter().map(ToString::to_string).collect(),
                services: it
                    .services
                    .iter()
                    .map(|it| TakerView { service: it.service.key.clone(), with: it.with.clone() })
                    .collect(),
            })
            .collect(),
    }
}
