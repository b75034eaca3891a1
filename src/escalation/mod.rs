//! From an alert to people: which routes it takes, and whom they page, rung by rung.

mod answer;
mod answers;
mod graph;
mod index;
mod ladder;
mod literals;
mod matching;
mod reachable;
mod replay;
mod testing;
mod values;
mod words;

pub use answer::{Answer, Question, Subject, Unknown, Way, ask};
pub use answers::{Duty, DutyOf, Reach, Taker, answers};
pub use graph::{Arrival, Arrow, ArrowKind, Chair, Graph, Onward, Place, Reached, Vertex, WayIn, graph, onward};
pub use index::{Index, Taken};
pub use ladder::{Climb, Edges, Empty, End, Ladder, Outcome, Paged, Rung, Step, Stop, Via, ladder, walk};
pub use matching::{Matched, matching};
pub use reachable::{Asked, Judged, Verdict, judge};
pub use replay::{Climbed, Example, Kind, Replay, Replaying, Row};
pub use testing::{TestResult, run_tests};
