//! From an alert to people: which routes it takes, and whom they page, rung by rung.

mod answer;
mod answers;
mod graph;
mod ladder;
mod matching;
mod testing;

pub use answer::{Answer, Question, Subject, Unknown, Way, ask};
pub use answers::{Duty, DutyOf, Reach, Taker, answers};
pub use graph::{Arrival, Arrow, ArrowKind, Chair, Graph, Onward, Place, Reached, Vertex, WayIn, graph, onward};
pub use ladder::{Climb, Edges, Empty, End, Ladder, Outcome, Paged, Rung, Step, Stop, Via, ladder, walk};
pub use matching::{Matched, matching};
pub use testing::{TestResult, run_tests};
