//! The files as typed: one struct a kind of row, every key with its documentation.
//!
//! What is written here is what an editor shows: `schemas/` is generated from it.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
#[cfg(test)]
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::config::decode::{
    At, Decode, Every, Kept, Kind, Named, Needed, OnDay, OneOrMany, OrOff, Reader, Rows, TagValue, WeekCount, When,
    falls,
};
use crate::config::diagnostic::did_you_mean;
#[cfg(test)]
use crate::config::schema::{Definitions, Property};
use crate::org::Pattern;
use crate::time::{Recurrence, Window, Zone};

/// Declares kinds of rows: fields, keys and documentation, from which decoding and the JSON Schema follow.
///
/// A row is read if none of its fields is wrong; [`Kept`] and [`Needed`] fields never are.
macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])*
        struct $name:ident = $what:literal $(like $example:literal)? $(in $around:ident)? {
            $( $(#[doc = $field_doc:literal])* $key:literal $field:ident: $ty:ty, )*
        }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $ty, )*
        }

        impl $name {
            /// As it is called in a message, and its keys.
            pub const KIND: Kind = Kind { what: $what, keys: &[$($key),*], around: &[$(&$around::KIND)?] };
        }

        impl Decode for $name {
            const EXAMPLE: &'static str = concat!("", $($example)?);

            fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
                let table = reader.table(value, $what, Self::EXAMPLE)?;
                $( let $field = reader.field(table, $key, value.span(), &Self::KIND); )*
                reader.unknown_keys(table, &Self::KIND);
                Some($name { $( $field: $field?, )* })
            }

            #[cfg(test)]
            fn schema(definitions: &mut Definitions) -> Value {
                definitions.object(stringify!($name), concat!($($doc),*), |definitions| vec![$(
                    Property {
                        key: $key,
                        description: concat!($($field_doc),*),
                        required: <$ty as Decode>::absent().is_none(),
                        schema: <$ty as Decode>::schema(definitions),
                    },
                )*])
            }
        }
    )* };
}

rows! {
    /// What holds for the whole organisation.
    struct OrgFile = "`org.toml`" {
        /// The time zone of readers, and of what has no zone of its own, by its IANA name.
        "zone" zone: Needed<Zone>,
        /// Holiday calendars by name: a list of dates, or the path of an iCalendar file.
        "holidays" holidays: Kept<Holidays>,
        /// When people work, each in their own zone.
        "working-hours" working_hours: Kept<OneOrMany<Window>>,
        /// When people sleep, each in their own zone.
        "sleep" sleep: Kept<OneOrMany<Window>>,
        /// What is a finding when broken. Each has a default; `false` switches it off.
        "limits" limits: Kept<LimitsTable>,
        /// What an hour on call weighs; an ordinary hour weighs 1.
        "weights" weights: Kept<WeightsTable>,
        /// The apprenticeship, in order; a person stands at the last stage whose needs are all met.
        "stages" stages: Rows<StageRow>,
        /// What being on call is paid; absent, nothing is said about it.
        "pay" pay: Kept<At<PayTable>>,
        /// How PagerDuty is to hold it all.
        "pagerduty" pagerduty: Kept<PagerDutyTable>,
    }

    /// What being on call is paid: by the hour, by the day, or both. Amounts are whole numbers, or texts such as "12.50".
    struct PayTable = "`[pay]`" in OrgFile {
        /// The currency, as it is to be shown: "EUR".
        "currency" currency: Needed<String>,
        /// For an hour, by what kind of hour it is on the person's own clock.
        "hour" hour: Kept<HourRatesTable>,
        /// For each day of the person's own calendar on which they hold a seat, by what kind of day it is.
        "day" day: Kept<DayRatesTable>,
        /// What part of that the secondary seat is paid, in per cent. Default 100.
        "secondary-percent" secondary_percent: Kept<At<u32>>,
    }

    /// What an hour is paid. A kind that is left out is paid nothing.
    struct HourRatesTable = "`hour`" like "{ evening = \"4.00\", night = \"8.00\" }" in PayTable {
        /// An hour of work: within `working-hours`.
        "working" working: Option<Rate>,
        /// An hour of a working day outside of work and sleep.
        "evening" evening: Option<Rate>,
        /// An hour of sleep of a working day.
        "night" night: Option<Rate>,
        /// An hour of a Saturday or Sunday.
        "weekend" weekend: Option<Rate>,
        /// An hour of a public holiday in the person's region.
        "holiday" holiday: Option<Rate>,
    }

    /// What a day is paid. A kind that is left out is paid nothing.
    struct DayRatesTable = "`day`" like "{ weekday = \"20.00\", weekend = \"40.00\" }" in PayTable {
        /// Monday to Friday.
        "weekday" weekday: Option<Rate>,
        /// Saturday and Sunday.
        "weekend" weekend: Option<Rate>,
        /// A public holiday in the person's region.
        "holiday" holiday: Option<Rate>,
    }

    /// What is a finding when broken. `false` switches one off.
    struct LimitsTable = "`[limits]`" in OrgFile {
        /// The least people in a rotation's primary seat. Default 4.
        "min-people" min_people: Kept<OrOff<At<u32>>>,
        /// The most of the time that one person may hold primary seats. Default 0.30 over 12 weeks.
        "max-share" max_share: Kept<OrOff<ShareTable>>,
        /// The least time from the end of a primary shift to the start of the next. Default 11h.
        "min-rest" min_rest: Kept<OrOff<Duration>>,
        /// By when two different people must have been paged. Default 30m.
        "answer-within" answer_within: Kept<OrOff<Duration>>,
        /// Pairs of rotations whose primary seats one person may hold at once.
        "both-allowed" both_allowed: Kept<Pairs>,
    }

    /// A part of the time.
    struct ShareTable = "a share" like "{ of = 0.3, over = \"12 weeks\" }" {
        /// From 0 to 1.
        "of" of: At<f64>,
        /// Over how long: "12 weeks".
        "over" over: WeekCount,
    }

    /// What an hour on call weighs in load, fairness and split.
    struct WeightsTable = "`[weights]`" in OrgFile {
        /// An hour of sleep. Default 2.0.
        "night" night: Option<f64>,
        /// An hour of the weekend. Default 1.5.
        "weekend" weekend: Option<f64>,
        /// An hour of a holiday. Default 3.0.
        "holiday" holiday: Option<f64>,
        /// The hours that one page is worth. Default 1.0.
        "page" page: Option<f64>,
        /// The hours that one page during sleep is worth. Default 3.0.
        "page-in-sleep" page_in_sleep: Option<f64>,
    }

    /// A stage of the apprenticeship.
    struct StageRow = "a stage" in OrgFile {
        /// Its name, such as "shadow", "secondary" or "primary".
        "name" name: At<String>,
        /// What one must have done to stand here.
        "needs" needs: Option<NeedsTable>,
    }

    /// What a stage asks for.
    struct NeedsTable = "`needs`" like "{ trained = [\"incident-101\"] }" {
        /// Courses taken.
        "trained" trained: Option<Vec<String>>,
        /// Failures practised.
        "drills" drills: Option<Vec<String>>,
        /// Turns shadowed.
        "shadowed-turns" shadowed_turns: Option<u32>,
        /// Turns in a secondary seat.
        "secondary-turns" secondary_turns: Option<u32>,
        /// Turns in a primary seat.
        "primary-turns" primary_turns: Option<u32>,
        /// Past escalations handled, by the service they were about; `any` counts all.
        "handled" handled: Option<Named<u32>>,
    }

    /// How PagerDuty is to hold the organisation.
    struct PagerDutyTable = "`[pagerduty]`" in OrgFile {
        /// The family of schedules: "layers" or "shifts". Default "layers".
        "family" family: Option<FamilyName>,
        /// The orchestration whose router carries the routes; absent, routers are left alone.
        "orchestration" orchestration: Option<String>,
        /// Tag to the path of PagerDuty's event field.
        "tags" tags: Option<Named<String>>,
    }

    /// A person.
    struct PersonTable = "a person" like "a header `[ana]`, with `name` and `zone` below it" {
        /// As people say it.
        "name" name: Needed<String>,
        /// How PagerDuty knows the person.
        "email" email: Kept<At<String>>,
        /// To be called at.
        "phone" phone: Kept<String>,
        /// To be written to.
        "chat" chat: Kept<String>,
        /// Where the person sleeps, by its IANA name.
        "zone" zone: Needed<Zone>,
        /// Which of the organisation's holiday calendars is theirs.
        "region" region: Kept<At<String>>,
        /// Other names to ask for the person by.
        "aliases" aliases: Rows<String>,
        /// When the person is away.
        "off" off: Rows<OffRow>,
        /// Courses taken.
        "trained" trained: Kept<Vec<String>>,
        /// Failures practised.
        "drills" drills: Kept<Vec<DrillRow>>,
    }

    /// Time off: dates, or a calendar.
    struct OffRow = "time off" like "{ from = 2026-03-16, through = 2026-03-20 }" {
        /// The first moment; a date is its midnight in the person's zone.
        "from" from: Option<At<When>>,
        /// The first moment after.
        "until" until: Option<At<When>>,
        /// The last day.
        "through" through: Option<At<NaiveDate>>,
        /// Why.
        "note" note: Option<String>,
        /// The path of an iCalendar file, instead of dates.
        "calendar" calendar: Option<At<String>>,
    }

    /// A failure that was practised.
    struct DrillRow = "a drill" like "{ name = \"failover\", on = 2026-02-10 }" {
        /// Which failure.
        "name" name: String,
        /// When.
        "on" on: NaiveDate,
    }

    /// A service.
    struct ServiceTable = "a service" like "a header `[search-api]`, with `tags` below it" {
        /// What its alerts carry besides `service`.
        "tags" tags: Kept<Named<At<TagValue>>>,
        /// The existing PagerDuty service that should use our policy; absent, none.
        "pagerduty" pagerduty: Option<String>,
    }

    /// A rotation: a team's on-call duty.
    struct RotationFile = "a rotation" {
        /// As people say it; absent, the stem of the file.
        "name" name: Kept<String>,
        /// The time zone in which this file's civil times are read; absent, the organisation's.
        "zone" zone: Kept<Zone>,
        /// The promise that `check` holds the primary seat to.
        "coverage" coverage: Rows<Window>,
        /// Who takes turns; a later layer covers earlier ones.
        "layers" layers: Rows<LayerRow>,
        /// The second seat.
        "secondary" secondary: Kept<At<SecondaryTable>>,
        /// Dated exceptions; a later one covers earlier ones.
        "overrides" overrides: Rows<OverrideRow>,
        /// Who learns; a shadow is never paged.
        "shadows" shadows: Rows<ShadowRow>,
        /// How PagerDuty is to hold this rotation.
        "pagerduty" pagerduty: Kept<RotationPagerDutyTable>,
    }

    /// What a machine assigned: rows of the same kind as a rotation's `[[overrides]]`.
    struct AssignedFile = "an assigned file" {
        /// Dated exceptions, covered by the rotation's own.
        "overrides" overrides: Rows<AssignedRow>,
    }

    /// A dated exception that a machine wrote: an override, and which swap it belongs to.
    struct AssignedRow = "an assigned override" in AssignedFile {
        /// Who holds the seat then; "@nobody" for nobody.
        "person" person: At<String>,
        /// Only where this person would hold it; absent, whoever and whatever.
        "for" instead_of: Option<At<String>>,
        /// "primary" or "secondary". Default "primary".
        "seat" seat: Option<At<SeatName>>,
        /// The first moment; a date is its midnight in the rotation's zone.
        "from" from: At<When>,
        /// The first moment after.
        "until" until: Option<At<When>>,
        /// The last day.
        "through" through: Option<At<NaiveDate>>,
        /// Why.
        "reason" reason: Option<String>,
        /// Written by `dogwatch cover`: the rows of one swap bear the same word. Whom `for` names owes these hours to
        /// `person`, until a row the other way round gives them back.
        "swap" swap: Option<String>,
    }

    /// How PagerDuty is to hold a rotation.
    struct RotationPagerDutyTable = "`[pagerduty]`" in RotationFile {
        /// The family of schedules: "layers" or "shifts"; absent, as the organisation says.
        "family" family: Option<FamilyName>,
    }

    /// People who take turns at a cadence.
    struct LayerRow = "a layer" in RotationFile {
        /// In order; "@nobody" keeps a place vacant.
        "people" people: Needed<At<Vec<At<String>>>>,
        /// The first handoff: a handoff day, or a date-time for a splice between two handoffs.
        "from" from: At<When>,
        /// The end: that day's handoff, or a date-time.
        "until" until: Option<At<When>>,
        /// How often and when it hands over.
        "handoff" handoff: Needed<At<HandoffTable>>,
        /// The time zone of this layer; absent, the rotation's.
        "zone" zone: Kept<Zone>,
        /// When its turns hold; absent, always.
        "hours" hours: Kept<At<Vec<At<Window>>>>,
        /// Everybody at once.
        "together" together: Kept<bool>,
        /// Who takes the first turn; absent, the first of `people`.
        "first" first: Kept<At<String>>,
    }

    /// A cadence: `every`, with `on` and `at`; or an `rrule`, with `at`.
    struct HandoffTable = "a handoff" like "{ every = \"week\", on = \"Mon\", at = \"10:00\" }" {
        /// "12 hours", "day", "3 days", "week", "2 weeks", "month".
        "every" every: Option<At<Every>>,
        /// A weekday, a list of them, a day of the month from 1 to 28, or "last".
        "on" on: Option<At<OneOrMany<At<OnDay>>>>,
        /// A time of day, or a list of them.
        "at" at: At<OneOrMany<NaiveTime>>,
        /// A recurrence rule without DTSTART, COUNT and UNTIL.
        "rrule" rrule: Option<At<Recurrence>>,
    }

    /// The second seat of a rotation: `follow`, or layers of its own.
    struct SecondaryTable = "`[secondary]`" in RotationFile {
        /// The primary's layers, with their people turned by so many places.
        "follow" follow: Option<At<u32>>,
        /// The promise that `check` holds this seat to.
        "coverage" coverage: Rows<Window>,
        /// Who takes turns; a later layer covers earlier ones.
        "layers" layers: Option<Vec<Kept<At<LayerRow>>>>,
    }

    /// A dated exception.
    struct OverrideRow = "an override" in RotationFile {
        /// Who holds the seat then; "@nobody" for nobody.
        "person" person: At<String>,
        /// Only where this person would hold it; absent, whoever and whatever.
        "for" instead_of: Option<At<String>>,
        /// "primary" or "secondary". Default "primary".
        "seat" seat: Option<At<SeatName>>,
        /// The first moment; a date is its midnight in the rotation's zone.
        "from" from: At<When>,
        /// The first moment after.
        "until" until: Option<At<When>>,
        /// The last day.
        "through" through: Option<At<NaiveDate>>,
        /// Why.
        "reason" reason: Option<String>,
    }

    /// Somebody learns.
    struct ShadowRow = "a shadow" in RotationFile {
        /// Who learns.
        "person" person: At<String>,
        /// From whom; absent, from whoever is primary.
        "with" with: Option<At<String>>,
        /// The first moment; a date is its midnight in the rotation's zone.
        "from" from: At<When>,
        /// The first moment after.
        "until" until: Option<At<When>>,
        /// The last day.
        "through" through: Option<At<NaiveDate>>,
        /// Why.
        "reason" reason: Option<String>,
    }

    /// Routes in, escalations onward, and their tests.
    struct EscalationFile = "`escalation.toml`" {
        /// From the last rung back to the first, if nobody answers.
        "repeat" repeat: Kept<RepeatTable>,
        /// First match wins; the last row matches everything.
        "routes" routes: Kept<At<Vec<Kept<At<RouteRow>>>>>,
        /// Said once, for every route that passes through.
        "escalations" escalations: Rows<EdgeRow>,
        /// Routing tests.
        "tests" tests: Rows<TestRow>,
    }

    /// How often a ladder is climbed again.
    struct RepeatTable = "`repeat`" like "{ times = 2, after = \"15m\" }" in EscalationFile {
        /// Climbs after the first.
        "times" times: At<u32>,
        /// From the last rung to the first of the next climb.
        "after" after: Duration,
    }

    /// A route: which alerts go where.
    struct RouteRow = "a route" like "{ page = \"app-ops\" }" in EscalationFile {
        /// Tags that must match: each by any of its values. A list of such tables: all of them.
        "when" when: Kept<At<OneOrMany<At<Named<OneOrMany<Pattern>>>>>>,
        /// Tags of which none may match.
        "unless" unless: Kept<At<OneOrMany<At<Named<OneOrMany<Pattern>>>>>>,
        /// Whom to page: "storage-ops", "storage-ops.secondary" or "@vera".
        "page" page: Option<At<String>>,
        /// A channel to inform instead; nobody is paged.
        "notify" notify: Option<At<String>>,
        /// Try the following siblings as well.
        "continue" goes_on: Option<bool>,
        /// Only then.
        "hours" hours: Option<At<Vec<At<Window>>>>,
        /// The time zone of `hours`; absent, the organisation's.
        "zone" zone: Option<At<Zone>>,
        /// A name for people.
        "label" label: Option<String>,
        /// Finer routes; if none of them matches, this one does.
        "routes" routes: Rows<RouteRow>,
    }

    /// An edge onward.
    struct EdgeRow = "an escalation" like "{ from = \"app-ops\", after = \"15m\", to = \"@vera\" }" in EscalationFile {
        /// A seat: "storage-ops" or "storage-ops.secondary".
        "from" from: At<String>,
        /// How long after it was paged.
        "after" after: Needed<Duration>,
        /// A seat, "@person", or "@nobody" to say that the line ends.
        "to" to: At<String>,
        /// Only for alerts with these tags.
        "when" when: Kept<At<OneOrMany<At<Named<OneOrMany<Pattern>>>>>>,
    }

    /// A routing test.
    struct TestRow = "a test" in EscalationFile {
        /// A name for people.
        "name" name: Option<String>,
        /// What the alert carries.
        "tags" tags: Named<TagValue>,
        /// When it opens; absent, when the test runs.
        "at" at: Option<At<When>>,
        /// The ladder's seats and people in order; a list of lists if several routes match.
        "expect" expect: At<ExpectValue>,
    }

    /// How the columns of a CSV file make episodes.
    struct MappingFile = "a mapping" {
        /// The column of the episode's id.
        "id" id: Needed<At<String>>,
        /// When the row was written; a mapping with it says that each row is one update of an episode, and a mapping
        /// without it that each row is one whole episode.
        "at" at: Kept<At<TimeTable>>,
        /// The column of the team that holds the episode at this row.
        "team" team: Kept<At<String>>,
        /// The column of the person who holds the episode at this row.
        "person" person: Kept<At<String>>,
        /// Tag to column.
        "tags" tags: Kept<Named<At<String>>>,
        /// What teams are called here, by what the file calls them: so that they are the rotations of the organisation.
        "teams" teams: Kept<Named<String>>,
        /// What stands in a cell that is empty, besides nothing.
        "missing" missing: Kept<Vec<TagValue>>,
        /// When the episode opened; absent, with its first row.
        "opened" opened: Kept<At<TimeTable>>,
        /// The column that says what happened, and which of its values say what.
        "step" step: Kept<At<StepTable>>,
        /// A column of whole numbers by which the rows of an episode are put in order; absent, they stand in the order of
        /// the file.
        "order" order: Kept<At<String>>,
        /// Who was paged first, where a row is a whole episode.
        "paged" paged: Kept<At<MomentTable>>,
        /// Who acknowledged it and when, where a row is a whole episode.
        "acknowledged" acknowledged: Kept<At<MomentTable>>,
        /// Who resolved it and when. Where a row is an update, the last row of the episode counts.
        "resolved" resolved: Kept<At<MomentTable>>,
        /// The zone of all times here that bear no offset and have no zone of their own.
        "zone" zone: Kept<Zone>,
        /// What stands between two cells. Default ",".
        "separator" separator: Kept<At<String>>,
    }

    /// A column of times.
    struct TimeTable = "a time" like "{ column = \"opened_at\", format = \"%d/%m/%Y %H:%M\", zone = \"Europe/Dublin\" }" in MappingFile {
        /// The column.
        "column" column: At<String>,
        /// How they are written, in the manner of strftime; "%+" is RFC 3339.
        "format" format: At<String>,
        /// The zone of times that bear no offset.
        "zone" zone: Option<At<Zone>>,
    }

    /// Something that happened once to an episode.
    struct MomentTable = "a step" like "{ at = { column = \"ack_at\", format = \"%+\" }, person = \"responder\" }" in MappingFile {
        /// When.
        "at" at: Option<At<TimeTable>>,
        /// A column of seconds from its opening, instead of `at`.
        "after" after: Option<At<String>>,
        /// What `after` counts: "seconds" or "milliseconds". Default "seconds".
        "unit" unit: Option<UnitName>,
        /// The column of the team.
        "team" team: Option<At<String>>,
        /// The column of the person.
        "person" person: Option<At<String>>,
        /// What stands between several people in one cell; absent, there is one.
        "between" between: Option<At<String>>,
    }

    /// The column that says what happened: which of its values say what. Rows with another value are changes of team or
    /// person.
    struct StepTable = "`step`" like "{ column = \"state\", resolved = [\"Resolved\", \"Closed\"] }" in MappingFile {
        /// The column.
        "column" column: At<String>,
        /// Somebody is called in.
        "paged" paged: Option<OneOrMany<TagValue>>,
        /// Somebody has taken it.
        "acknowledged" acknowledged: Option<OneOrMany<TagValue>>,
        /// It goes to somebody else.
        "reassigned" reassigned: Option<OneOrMany<TagValue>>,
        /// Somebody joins.
        "added" added: Option<OneOrMany<TagValue>>,
        /// Nobody answered, and somebody else is paged.
        "escalated" escalated: Option<OneOrMany<TagValue>>,
        /// It is over.
        "resolved" resolved: Option<OneOrMany<TagValue>>,
    }
}

impl AssignedRow {
    /// The same as somebody would write it.
    pub fn as_override(&self) -> OverrideRow {
        let AssignedRow { person, instead_of, seat, from, until, through, reason, swap: _ } = self.clone();
        OverrideRow { person, instead_of, seat, from, until, through, reason }
    }
}

/// An amount of money for an hour or a day, exact to four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(pub crate::org::Rate);

impl Decode for Rate {
    const EXAMPLE: &'static str = "\"12.50\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(_) => u32::decode(value, reader)?.to_string(),
            DeValue::Float(number) => {
                let message = "an amount of money is a text: numbers with a point are not exact";
                let diagnostic = reader.error("bad-amount", value.span(), message);
                reader.report(diagnostic.help(format!("write it between quotes: \"{}\"", number.as_str())));
                return None;
            }
            _ => return String::decode(value, reader).and(None),
        };
        let rate = crate::org::Rate::parse(&text);
        if rate.is_none() {
            let diagnostic = reader.error("bad-amount", value.span(), format!("not an amount of money: `{text}`"));
            reader.report(
                diagnostic.help("from 0 to 1,000,000 with up to four decimals and without its currency: \"12.50\""),
            );
        }
        rate.map(Rate)
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "anyOf": [
            { "type": "string", "pattern": "^[0-9]{1,7}(\\.[0-9]{1,4})?$" },
            { "type": "integer", "minimum": 0, "maximum": 1_000_000 },
        ] })
    }
}

/// Pairs of rotations.
#[derive(Debug, Clone)]
pub struct Pairs(pub Vec<At<Vec<At<String>>>>);

impl Decode for Pairs {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        if let DeValue::Array(items) = value.get_ref()
            && items.iter().any(|it| matches!(it.get_ref(), DeValue::String(_)))
        {
            let diagnostic = reader.error("bad-pair", value.span(), "`both-allowed` is a list of pairs of rotations");
            reader.report(diagnostic.help("each pair has brackets of its own: [[\"app-ops\", \"incident-command\"]]"));
            return None;
        }
        Vec::decode(value, reader).map(Pairs)
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        <Vec<Vec<String>> as Decode>::schema(definitions)
    }
}

/// Holiday calendars by name.
#[derive(Debug, Clone)]
pub struct Holidays(pub Vec<(At<String>, HolidaySource)>);

impl Decode for Holidays {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let table = reader.table(value, "a table", "{ us = [\"2026-12-25\"] }")?;
        let mut calendars = Vec::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if OrgFile::KIND.keys.contains(&name) {
                let message = format!("`{name}` is no name for a holiday calendar");
                let diagnostic = reader.error("unknown-key", key.span(), message);
                reader.report(diagnostic.help(falls(name, OrgFile::KIND.what)));
                continue;
            }
            let key = At { value: name.to_owned(), span: key.span() };
            calendars.extend(HolidaySource::decode(value, reader).map(|it| (key, it)));
        }
        Some(Holidays(calendars))
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        Named::<HolidaySource>::schema(definitions)
    }
}

/// Dates, or the path of an iCalendar file.
#[derive(Debug, Clone)]
pub enum HolidaySource {
    Days(Vec<At<When>>),
    Calendar(At<String>),
}

impl Decode for HolidaySource {
    const EXAMPLE: &'static str = "[\"2026-12-25\"]";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        match value.get_ref() {
            DeValue::String(_) => At::decode(value, reader).map(HolidaySource::Calendar),
            DeValue::Array(items) => {
                let days: Vec<Option<At<When>>> = items.iter().map(|it| holiday(it, reader)).collect();
                days.into_iter().collect::<Option<_>>().map(HolidaySource::Days)
            }
            _ => {
                let message = "expected a list of dates or the path of an iCalendar file";
                let diagnostic = reader.error("wrong-type", value.span(), message);
                reader.report(diagnostic.help("[\"2026-12-25\"], or \"holidays/us.ics\""));
                None
            }
        }
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        let day = When::schema(definitions);
        json!({ "anyOf": [{ "type": "array", "items": day }, { "type": "string" }] })
    }
}

/// A holiday may stand between quotes, as lists copied from elsewhere often do.
fn holiday(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<At<When>> {
    let DeValue::String(text) = value.get_ref() else { return At::decode(value, reader) };
    match text.parse::<NaiveDate>() {
        Ok(day) => Some(At { value: When::Day(day), span: value.span() }),
        Err(_) => {
            let diagnostic = reader.error("bad-date", value.span(), format!("there is no day `{text}`"));
            reader.report(diagnostic.help("year, month and day: 2026-12-25"));
            None
        }
    }
}

/// "layers" or "shifts".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FamilyName(pub crate::org::Family);

/// "primary" or "secondary".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatName(pub crate::org::Seat);

/// "seconds" or "milliseconds": how many make a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitName(pub u32);

impl Decode for UnitName {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        one_of(value, reader, &[("seconds", 1), ("milliseconds", 1_000)]).map(UnitName)
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "enum": ["seconds", "milliseconds"] })
    }
}

fn one_of<T: Copy>(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>, words: &[(&str, T)]) -> Option<T> {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let text = String::decode(value, reader)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, it)| *it);
    if found.is_none() {
        let words = names.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" or ");
        let diagnostic = reader.error("bad-word", value.span(), format!("expected {words}, found \"{text}\""));
        reader.report(match crate::org::nearest(&text, names.iter().copied()).as_slice() {
            [] => diagnostic.help(format!("write {words}")),
            near => diagnostic.help(did_you_mean(near)),
        });
    }
    found
}

impl Decode for FamilyName {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        use crate::org::Family::{Layers, Shifts};
        one_of(value, reader, &[("layers", Layers), ("shifts", Shifts)]).map(FamilyName)
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "enum": ["layers", "shifts"] })
    }
}

impl Decode for SeatName {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        use crate::org::Seat::{Primary, Secondary};
        one_of(value, reader, &[("primary", Primary), ("secondary", Secondary)]).map(SeatName)
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "enum": ["primary", "secondary"] })
    }
}

/// One ladder, or several.
#[derive(Debug, Clone)]
pub struct ExpectValue(pub Vec<Vec<At<String>>>);

impl Decode for ExpectValue {
    const EXAMPLE: &'static str = "[\"storage-ops\", \"@vera\"]";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Array(items) if items.iter().any(|it| matches!(it.get_ref(), DeValue::Array(_))) => {
                Vec::decode(value, reader).map(ExpectValue)
            }
            _ => Vec::decode(value, reader).map(|ladder| ExpectValue(vec![ladder])),
        }
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        let ladder = json!({ "type": "array", "items": { "type": "string" } });
        json!({ "anyOf": [ladder, { "type": "array", "items": ladder }] })
    }
}
