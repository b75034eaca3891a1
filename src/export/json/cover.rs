//! `cover`: swaps, what is left, what is taken back.

use crate::export::CoverOf;
use crate::export::json::{Clock, SpanView, VERSION, views};
use crate::export::text::objection;
use crate::people::{Cause, Left, Row, WhyNot};
use crate::time::Span;

views! {
    /// `cover --format json`: who stands in for whom.
    struct CoverView {
        /// Always 1.
        version: u32,
        /// Always "cover".
        kind: &'static str,
        /// How many clashes with time off no row covers yet.
        clashes: usize,
        /// Swaps to be written, or just written.
        swaps: Vec<SwapView>,
        /// Clashes that nobody can cover.
        left: Vec<LeftView>,
        /// Whether fewer changes of hands cannot do, and what is left cannot be covered.
        proved: bool,
        /// Ids of swaps written earlier that still stand.
        kept: Vec<String>,
        /// Swaps written earlier that are taken back.
        withdrawn: Vec<WithdrawnView>,
        /// Who owes whom, when all of it is done.
        owed: Vec<OwedView>,
        /// The files that change.
        files: Vec<String>,
        /// Whether they were written.
        written: bool,
    }

    /// A swap: the turns that change hands together.
    struct SwapView {
        /// As its rows bear it.
        id: String,
        /// In order of time.
        rows: Vec<ChangeOfHandsView>,
    }

    /// A change of hands.
    struct ChangeOfHandsView {
        /// The seat: `search`, `search.secondary`.
        seat: String,
        /// Who holds it then.
        person: String,
        /// Instead of whom.
        instead_of: String,
        /// "away", "return", "makes-room" or, by `balance`, "balance".
        cause: &'static str,
        /// Why they are away, in the file's words.
        note: Option<String>,
        /// When; each is a row of the file.
        spans: Vec<SpanView>,
        /// How long these are together.
        seconds: i64,
    }

    /// A clash that stays.
    struct LeftView {
        /// The seat.
        seat: String,
        /// Who is on call and away.
        person: String,
        /// Why they are away, in the file's words.
        note: Option<String>,
        /// When.
        spans: Vec<SpanView>,
        /// The row of somebody's own that puts them there, and covers what a machine writes: file and line.
        written: Option<String>,
        /// Who could be asked, and why they cannot.
        asked: Vec<AskedView>,
    }

    /// Why somebody cannot stand in.
    struct AskedView {
        /// Who.
        person: String,
        /// What speaks against it; empty, they could, but then more would be left.
        objections: Vec<String>,
    }

    /// A swap that is taken back.
    struct WithdrawnView {
        /// As its rows bore it.
        id: String,
        /// "needless", or "broken": somebody in it cannot do it any more.
        why: &'static str,
    }

    /// A favour.
    struct OwedView {
        /// Who owes,
        debtor: String,
        /// whom,
        creditor: String,
        /// how long.
        seconds: i64,
    }
}

/// The view of a cover.
pub fn cover(found: &CoverOf<'_>) -> CoverView {
    let CoverOf { org, cover, .. } = found;
    let key = |it| org.person(it).key.clone();
    CoverView {
        version: VERSION,
        kind: "cover",
        clashes: cover.clashes,
        swaps: cover
            .swaps
            .iter()
            .map(|it| SwapView { id: it.id.clone(), rows: it.rows.iter().map(|it| row(found, it)).collect() })
            .collect(),
        left: cover.left.iter().map(|it| left(found, it)).collect(),
        proved: cover.proved,
        kept: cover.kept.iter().cloned().collect(),
        withdrawn: cover
            .withdrawn
            .iter()
            .map(|it| WithdrawnView { id: it.id.clone(), why: if it.needless { "needless" } else { "broken" } })
            .collect(),
        owed: cover
            .owed
            .iter()
            .map(|it| OwedView { debtor: key(it.debtor), creditor: key(it.creditor), seconds: it.seconds })
            .collect(),
        files: found.files.clone(),
        written: found.written,
    }
}

fn spans(found: &CoverOf<'_>, spans: &[Span]) -> Vec<SpanView> {
    let clock = Clock(found.reader);
    spans.iter().map(|it| SpanView { from: clock.at(it.start()), until: clock.at(it.end()) }).collect()
}

fn row(found: &CoverOf<'_>, row: &Row) -> ChangeOfHandsView {
    let (cause, note) = match &row.cause {
        Cause::Away { note } => ("away", note.clone()),
        Cause::InReturn => ("return", None),
        Cause::MakesRoom => ("makes-room", None),
        Cause::Balance => ("balance", None),
    };
    ChangeOfHandsView {
        seat: found.org.seat_name(row.seat),
        person: found.org.person(row.person).key.clone(),
        instead_of: found.org.person(row.instead_of).key.clone(),
        cause,
        note,
        spans: spans(found, &row.spans),
        seconds: row.spans.iter().map(|it| it.seconds()).sum(),
    }
}

fn left(found: &CoverOf<'_>, left: &Left) -> LeftView {
    let (written, asked) = match &left.why {
        WhyNot::Written(source) => (Some(source.to_string()), Vec::new()),
        WhyNot::Nobody(people) => (None, people.clone()),
    };
    let objections = |all: &[_]| all.iter().map(|it| objection(found.org, it, &found.reader.zone)).collect();
    LeftView {
        seat: found.org.seat_name(left.seat),
        person: found.org.person(left.person).key.clone(),
        note: left.note.clone(),
        spans: spans(found, &left.spans),
        written,
        asked: asked
            .iter()
            .map(|(person, all)| AskedView {
                person: found.org.person(*person).key.clone(),
                objections: objections(all),
            })
            .collect(),
    }
}
