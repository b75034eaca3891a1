//! Calendars to subscribe to, behind links that can be revoked.

use chrono::Days;

use crate::calendar::Bill;
use crate::export::{self, Reader};
use crate::time::{Instant, Span};
use crate::web::ask::{few_enough, person, seats};
use crate::web::response::{CALENDAR, Problem, Response};
use crate::web::secret::Feed;
use crate::web::site::Site;

/// How much of the past a feed has, and how much of what is to come, in days.
const PAST: u64 = 15;
const AHEAD: u64 = 180;

/// A feed: the same for everybody on the same day, so that its `ETag` stays as long as nobody's shifts change.
pub(super) fn answer(site: &Site, feed: &Feed, now: Instant) -> Result<Response, Problem> {
    let (org, zone) = (&site.state.org, site.zone().clone());
    let today = zone.day(now);
    let edge = |day: Option<chrono::NaiveDate>| zone.start_of_day(day.unwrap_or(today));
    let span = Span::new(
        edge(today.checked_sub_days(Days::new(PAST))).max(Instant::MIN),
        edge(today.checked_add_days(Days::new(AHEAD))),
    );
    let span = span.ok_or_else(|| Problem::bad("there is no time left after that instant"))?;
    let bill = match feed {
        Feed::Everything => Bill::new(org, &org.seats().collect::<Vec<_>>(), &[], span)?,
        Feed::Rotation(key) => Bill::new(org, &seats(org, key)?, &[], span)?,
        Feed::Person(key) => Bill::new(org, &org.seats().collect::<Vec<_>>(), &[person(org, key)?], span)?,
    };
    let bill = few_enough(bill)?;
    let reader = Reader { zone: zone.clone(), now, width: 100 };
    Ok(Response::of(CALENDAR, export::ical(&bill, &reader, None)?))
}

/// The path of a feed, with its secret part if there is one.
pub(super) fn path(site: &Site, feed: &Feed) -> String {
    let place = match feed {
        Feed::Everything => "everything.ics".to_owned(),
        Feed::Rotation(key) => format!("rotations/{}.ics", super::encoded(key)),
        Feed::Person(key) => format!("people/{}.ics", super::encoded(key)),
    };
    match &site.options.feed_key {
        Some(key) => format!("/feeds/{}/{place}", key.link(feed, &site.generations)),
        None => format!("/feeds/{place}"),
    }
}
