//! For a terminal.

mod answers;
mod balance;
mod columns;
mod cover;
mod edit;
mod findings;
pub(in crate::export) mod fit;
mod graph;
mod import;
mod now;
mod pagerduty;
mod past;
mod ready;
mod replay;
mod report;
mod routing_tests;
mod show;
mod split;
mod timeline;
mod who;

pub use answers::answers;
pub use balance::balance;
pub(in crate::export) use balance::{during, header, sentences, share};
pub use cover::cover;
pub(in crate::export) use cover::{because, left_line, objection, sentence, why_not};
pub use edit::edit;
pub(in crate::export) use edit::{holders, hours, next_turn};
pub(in crate::export) use findings::counted;
pub use findings::findings;
pub use fit::{count, fit, losses};
pub(in crate::export) use fit::{finding_sentences, long, percent, says_something, steadiness_sentence, then_sentence};
pub use graph::graph;
pub use import::{import_report, imported};
pub use now::now;
pub use pagerduty::{applied, on_clock, plan, verified};
pub(in crate::export) use pagerduty::{grouped, named, span};
pub use past::{episode, past};
pub use ready::{drills, page, ready};
pub use replay::replay;
pub use report::report;
pub use routing_tests::tests;
pub use show::{agenda, table, timeline_by_person, timeline_by_rotation};
pub(in crate::export) use split::{
    breach_sentence, chance, minutes as whole_minutes, people, split_sentences, title, what_is_divided,
};
pub use split::{path, split};
pub use who::who;

use std::time::Duration;

use anstyle::{AnsiColor, Effects, Style};

use crate::org::{Org, PersonId};
use crate::time::{Instant, Zone};

/// The few styles there are.
const STRONG: Style = Style::new().effects(Effects::BOLD);
const FAINT: Style = Style::new().effects(Effects::DIMMED);
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
const HINT: Style = AnsiColor::Cyan.on_default();

fn styled(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// Minutes as people count them on a ladder: `0 min`, `15 min`, `1 min 30 s`.
pub(crate) fn minutes(after: Duration) -> String {
    let seconds = after.as_secs();
    match seconds % 60 {
        0 => format!("{} min", seconds / 60),
        rest => format!("{} min {rest} s", seconds / 60),
    }
}

/// `Ana Souza, Bo Li and Cy`.
pub(crate) fn names(org: &Org, people: &[PersonId]) -> String {
    let names: Vec<&str> = people.iter().map(|it| org.person(*it).name.as_str()).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// An instant near another, as short as is clear: `10:00`, `Tue 10:00`, `Mon 21 Aug 10:00`, `Mon 2018-01-08 10:00`.
pub(crate) fn moment(at: Instant, near: Instant, zone: &Zone) -> String {
    let (day, near_day) = (zone.day(at), zone.day(near));
    let away = (day - near_day).num_days();
    let format = match away {
        0 => "%H:%M",
        -6..=6 => "%a %H:%M",
        -300..=300 => "%a %-d %b %H:%M",
        _ => "%a %Y-%m-%d %H:%M",
    };
    zone.civil(at).format(format).to_string()
}
