//! One file a rule.

mod answer_within;
mod both_primaries;
mod both_seats;
mod changeover;
mod clock_change;
mod dead_end;
mod gap;
mod gone;
mod idle_shadow;
mod max_share;
mod min_people;
mod min_rest;
mod nobody_at_once;
mod not_ready;
mod nothing_pages;
mod shadowed_route;
mod starvation;
mod time_off;
mod undecided_route;
mod unreachable_rotation;
mod unreachable_route;
mod useless_override;

use super::Rule;

/// In the order in which their findings are shown: what leaves nobody on call first.
pub(super) const RULES: &[Rule] = &[
    gap::RULE,
    nothing_pages::RULE,
    nobody_at_once::RULE,
    answer_within::RULE,
    dead_end::RULE,
    unreachable_rotation::RULE,
    unreachable_route::RULE,
    shadowed_route::RULE,
    undecided_route::RULE,
    time_off::RULE,
    not_ready::RULE,
    both_primaries::RULE,
    both_seats::RULE,
    min_rest::RULE,
    max_share::RULE,
    min_people::RULE,
    starvation::RULE,
    useless_override::RULE,
    idle_shadow::RULE,
    clock_change::RULE,
    changeover::RULE,
    gone::RULE,
];
