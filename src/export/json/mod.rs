//! For programs: one view type a contract, each with a schema in `schemas/`.
//!
//! Every document carries `version`, which changes when a field goes or changes its meaning, and `kind`. Instants
//! are RFC 3339 on the reader's clock; lengths of time are in seconds.

mod answers;
mod balance;
mod check;
mod cover;
mod directory;
mod edit;
mod fit;
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
mod who;

pub use answers::{AnswersView, ReachView, TakerView, answers};
pub use balance::{BalanceView, BurdenView, ShareView, StuckView, TakenView, balance};
pub use check::{CheckView, FindingView, MistakeView, SpanView, check};
pub use cover::{AskedView, ChangeOfHandsView, CoverView, LeftView, OwedView, SwapView, WithdrawnView, cover};
pub(crate) use directory::people_of;
pub use directory::{PersonListView, PersonView, RotationListView, RotationView, person_list, rotation_list};
pub use edit::{EditChangeView, EditPersonView, EditStretchView, EditView, EditedFileView, edit};
pub use fit::{FitView, fit};
pub use graph::{
    GraphEdgeView, GraphNodeView, GraphRouteView, GraphRoutesView, GraphRungView, GraphSeatView, GraphView, graph,
};
pub use import::{ImportNoteView, ImportView, ImportedFileView, import};
pub use now::{NowView, SeatView, now};
pub use pagerduty::{ChangeView, NoteView, PlanView, StepView, VerifyView, plan, verify};
pub use past::{PastLoadView, PastLossView, PastSpanView, PastView, PulledView, SeenView, past};
pub use ready::{
    DrillView, DrillsView, HandledView, NextTurnView, PersonPageView, ReadyView, StageView, drills, ready,
};
pub use replay::{ClimbedView, ExampleView, KindView, ReplayView, RowView, UnreadView, VerdictView, replay};
pub use report::{ReportChangeView, ReportLineView, ReportView, report};
pub use routing_tests::{TestResultView, TestView, tests};
pub use show::{GapView, ShiftView, ShowView, show};
pub use split::{
    AgreementView, BreachView, DividedView, DivisionView, MoveView, PathView, ScoreView, SplitView, StepOnTheWayView,
    StretchView, split,
};
pub use who::{ClimbView, EndView, PagedView, RouteView, RungView, StopView, SubjectView, WayView, WhoView, who};

use serde::Serialize;

use crate::calendar::Why;
use crate::export::Reader;
use crate::org::{Org, PersonId, SeatId};
use crate::time::{Instant, rfc3339};

/// The version of all documents.
pub const VERSION: u32 = 1;

/// Declares view types: plain data, serialised as it stands.
macro_rules! views {
    ($( $(#[$meta:meta])* struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $ty:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, serde::Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
        pub struct $name { $( $(#[$field_meta])* pub $field: $ty, )* }
    )* };
}
use views;

views! {
    /// Who is next, and from when.
    struct NextView {
        /// Their keys.
        people: Vec<String>,
        /// From when.
        at: String,
    }

    /// Why a shift is so.
    struct WhyView {
        /// "turn" or "override".
        kind: &'static str,
        /// Which layer of the seat, from 1; later ones cover earlier ones.
        layer: Option<u32>,
        /// Which turn of the layer, from 1.
        turn: Option<u64>,
        /// Why, in the file's words.
        reason: Option<String>,
        /// File and line.
        source: String,
    }
}

/// How instants are written.
struct Clock<'a>(&'a Reader);

impl Clock<'_> {
    fn at(&self, at: Instant) -> String {
        rfc3339(at, &self.0.zone)
    }
}

/// A document as text, indented, with a newline at its end.
pub fn print(view: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(view).expect("a view is plain data");
    text + "\n"
}

fn keys(org: &Org, people: &[PersonId]) -> Vec<String> {
    people.iter().map(|it| org.person(*it).key.clone()).collect()
}

fn next(org: &Org, (people, at): (Vec<PersonId>, Instant), clock: &Clock<'_>) -> NextView {
    NextView { people: keys(org, &people), at: clock.at(at) }
}

fn why(org: &Org, seat: SeatId, why: Why) -> WhyView {
    let source = why.source(org, seat).map(ToString::to_string).unwrap_or_default();
    match why {
        Why::Turn { layer, number } => {
            WhyView { kind: "turn", layer: Some(layer + 1), turn: Some(number + 1), reason: None, source }
        }
        Why::Override { index } => {
            let reason = org.rotation(seat.rotation).overrides[index as usize].reason.clone();
            WhyView { kind: "override", layer: None, turn: None, reason, source }
        }
    }
}
