//! `edit`: what changes, in people and hours.

use crate::edit::{Account, Change, unified};
use crate::export::json::check::{FindingView, finding};
use crate::export::json::{Clock, SpanView, VERSION, views};
use crate::export::{EditOf, Reader};
use crate::org::{Org, SeatId};
use crate::time::Span;

views! {
    /// `edit --format json`: what an edit changes.
    struct EditView {
        /// Always 1.
        version: u32,
        /// Always "edit".
        kind: &'static str,
        /// On whose clock times are.
        zone: &'static str,
        /// Whether the files were written.
        written: bool,
        /// What was done, a sentence each.
        done: Vec<String>,
        /// What one should know besides.
        notes: Vec<String>,
        /// The files that change.
        files: Vec<EditedFileView>,
        /// Over what the calendars were compared and checked.
        span: SpanView,
        /// Stretches that others hold than before, by seat.
        changes: Vec<EditChangeView>,
        /// Everybody for whom something changes: who must be told.
        people: Vec<EditPersonView>,
        /// What `check` finds then, and did not find before.
        found: Vec<FindingView>,
        /// What `check` found before, and does not find then.
        mended: Vec<FindingView>,
    }

    /// A file that changes.
    struct EditedFileView {
        /// Its name.
        file: String,
        /// A unified diff.
        diff: String,
    }

    /// A stretch of a seat that others hold than before.
    struct EditChangeView {
        /// The seat: `search`, `search.secondary`.
        seat: String,
        /// Its start belongs to it,
        from: String,
        /// its end does not.
        until: String,
        /// How long it is.
        seconds: i64,
        /// Keys of who held it; "@nobody", if it was vacant on purpose.
        before: Vec<String>,
        /// Keys of who holds it.
        after: Vec<String>,
    }

    /// Somebody for whom something changes.
    struct EditPersonView {
        /// Their key.
        person: String,
        /// As people say it.
        name: String,
        /// To be written to.
        email: Option<String>,
        /// What they held of the seats that change, over the span.
        before_seconds: i64,
        /// What they hold of them.
        after_seconds: i64,
        /// When they next took over, before.
        next_before: Option<String>,
        /// When they next take over.
        next_after: Option<String>,
        /// What they hold that they did not.
        gains: Vec<EditStretchView>,
        /// What they no longer hold.
        loses: Vec<EditStretchView>,
    }

    /// A stretch of a seat.
    struct EditStretchView {
        /// The seat.
        seat: String,
        /// Its start belongs to it,
        from: String,
        /// its end does not.
        until: String,
    }
}

/// The view of an edit.
pub fn edit(edit: &EditOf<'_>, reader: &Reader) -> EditView {
    let org = edit.before;
    let clock = Clock(reader);
    let findings =
        |of: &[crate::check::Finding], org: &Org| of.iter().map(|it| finding(it, org, &reader.zone)).collect();
    EditView {
        version: VERSION,
        kind: "edit",
        zone: reader.zone.name(),
        written: !edit.dry_run,
        done: edit.edit.done.clone(),
        notes: edit.edit.notes.clone(),
        files: edit
            .names
            .iter()
            .zip(&edit.edit.files)
            .map(|(name, it)| EditedFileView { file: name.clone(), diff: unified(name, &it.before, &it.after) })
            .collect(),
        span: SpanView { from: clock.at(edit.difference.span.start()), until: clock.at(edit.difference.span.end()) },
        changes: edit.difference.changes.iter().map(|it| change(org, it, &clock)).collect(),
        people: edit.difference.accounts.iter().map(|it| person(org, it, &clock)).collect(),
        found: findings(&edit.found, &edit.edit.org),
        mended: findings(&edit.mended, org),
    }
}

fn change(org: &Org, change: &Change, clock: &Clock<'_>) -> EditChangeView {
    let keys = |of: &[crate::org::Holder]| of.iter().map(|it| org.holder_name(*it).to_owned()).collect();
    EditChangeView {
        seat: org.seat_name(change.seat),
        from: clock.at(change.span.start()),
        until: clock.at(change.span.end()),
        seconds: change.span.seconds(),
        before: keys(&change.before),
        after: keys(&change.after),
    }
}

fn person(org: &Org, account: &Account, clock: &Clock<'_>) -> EditPersonView {
    let person = org.person(account.person);
    let stretch = |(seat, span): &(SeatId, Span)| EditStretchView {
        seat: org.seat_name(*seat),
        from: clock.at(span.start()),
        until: clock.at(span.end()),
    };
    let [next_before, next_after] = account.next.map(|it| it.map(|it| clock.at(it)));
    EditPersonView {
        person: person.key.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        before_seconds: account.before,
        after_seconds: account.after,
        next_before,
        next_after,
        gains: account.gains.iter().map(stretch).collect(),
        loses: account.loses.iter().map(stretch).collect(),
    }
}
