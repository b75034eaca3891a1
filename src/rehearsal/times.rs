//! Times and zones as PagerDuty reads them.

use crate::time::{Instant, Zone, parse_instant};

/// Reads a time: ISO 8601, its seconds and even its time of day optional; without an offset, on the clock of `zone`.
///
/// Also the form that terraform's provider sends for a virtual start: `2030-03-04 09:00:00 +0000 UTC`.
pub(super) fn read(text: &str, zone: &Zone) -> Option<Instant> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let (clock, offset) = split(text);
    let clock = clock.trim_end();
    // Fractions of a second are beneath notice.
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let offset = match offset.len() {
        0 | 1 | 6 => offset.to_owned(),
        5 => format!("{}:{}", &offset[..3], &offset[3..]),
        3 => format!("{offset}:00"),
        _ => return None,
    };
    parse_instant(&format!("{clock}{offset}"), zone).ok()
}

/// The same as if no offset stood there, on the clock of UTC.
pub(super) fn read_without_offset(text: &str) -> Option<Instant> {
    let text = text.trim();
    let (clock, _) = split(text.strip_suffix(" UTC").unwrap_or(text));
    read(clock, &Zone::utc())
}

/// Whether a time says where its clock stands, and that this is not UTC.
pub(super) fn has_foreign_offset(text: &str) -> bool {
    let text = text.trim();
    let (_, offset) = split(text.strip_suffix(" UTC").unwrap_or(text));
    !matches!(offset, "" | "Z" | "z") && offset[1..].bytes().any(|it| (b'1'..=b'9').contains(&it))
}

/// The clock, and `Z`, an offset or nothing.
fn split(text: &str) -> (&str, &str) {
    // A date has signs of its own.
    let Some(after_date) = text.get(10..) else { return (text, "") };
    match after_date.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(10 + at),
        None => (text, ""),
    }
}

/// A zone of the list that PagerDuty accepts for schedules of layers: Rails' names, or the names of the tz database
/// that they stand for.
pub(super) fn listed_zone(name: &str) -> Option<Zone> {
    let known = RAILS.iter().find(|(rails, tz)| *rails == name || *tz == name)?;
    Zone::named(known.1).ok()
}

/// Any zone of the tz database, as v3 takes it. terraform-provider-pagerduty #1148: `UTC` comes back as `Etc/UTC`.
pub(super) fn any_zone(name: &str) -> Option<Zone> {
    Zone::named(if name == "UTC" { "Etc/UTC" } else { name }).ok()
}

/// Reads a time of day, `09:00:00` or `09:00`, as seconds since midnight.
pub(super) fn read_time_of_day(text: &str) -> Option<i64> {
    let numbers: Option<Vec<i64>> = text
        .split(':')
        .map(|it| if it.len() == 2 && it.bytes().all(|it| it.is_ascii_digit()) { it.parse().ok() } else { None })
        .collect();
    match numbers?[..] {
        [hour @ 0..24, minute @ 0..60] => Some(hour * 3600 + minute * 60),
        [hour @ 0..24, minute @ 0..60, second @ 0..60] => Some(hour * 3600 + minute * 60 + second),
        _ => None,
    }
}

/// `09:00:00`
pub(super) fn time_of_day(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Ruby on Rails' zones, with the names of the tz database that they stand for.
const RAILS: &[(&str, &str)] = &[
    ("International Date Line West", "Etc/GMT+12"),
    ("Midway Island", "Pacific/Midway"),
    ("American Samoa", "Pacific/Pago_Pago"),
    ("Hawaii", "Pacific/Honolulu"),
    ("Alaska", "America/Juneau"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("Tijuana", "America/Tijuana"),
    ("Mountain Time (US & Canada)", "America/Denver"),
    ("Arizona", "America/Phoenix"),
    ("Chihuahua", "America/Chihuahua"),
    ("Mazatlan", "America/Mazatlan"),
    ("Central Time (US & Canada)", "America/Chicago"),
    ("Saskatchewan", "America/Regina"),
    ("Guadalajara", "America/Mexico_City"),
    ("Mexico City", "America/Mexico_City"),
    ("Monterrey", "America/Monterrey"),
    ("Central America", "America/Guatemala"),
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Indiana (East)", "America/Indiana/Indianapolis"),
    ("Bogota", "America/Bogota"),
    ("Lima", "America/Lima"),
    ("Quito", "America/Lima"),
    ("Atlantic Time (Canada)", "America/Halifax"),
    ("Caracas", "America/Caracas"),
    ("La Paz", "America/La_Paz"),
    ("Santiago", "America/Santiago"),
    ("Newfoundland", "America/St_Johns"),
    ("Brasilia", "America/Sao_Paulo"),
    ("Buenos Aires", "America/Argentina/Buenos_Aires"),
    ("Montevideo", "America/Montevideo"),
    ("Georgetown", "America/Guyana"),
    ("Puerto Rico", "America/Puerto_Rico"),
    ("Greenland", "America/Godthab"),
    ("Mid-Atlantic", "Atlantic/South_Georgia"),
    ("Azores", "Atlantic/Azores"),
    ("Cape Verde Is.", "Atlantic/Cape_Verde"),
    ("Dublin", "Europe/Dublin"),
    ("Edinburgh", "Europe/London"),
    ("Lisbon", "Europe/Lisbon"),
    ("London", "Europe/London"),
    ("Casablanca", "Africa/Casablanca"),
    ("Monrovia", "Africa/Monrovia"),
    ("UTC", "Etc/UTC"),
    ("Belgrade", "Europe/Belgrade"),
    ("Bratislava", "Europe/Bratislava"),
    ("Budapest", "Europe/Budapest"),
    ("Ljubljana", "Europe/Ljubljana"),
    ("Prague", "Europe/Prague"),
    ("Sarajevo", "Europe/Sarajevo"),
    ("Skopje", "Europe/Skopje"),
    ("Warsaw", "Europe/Warsaw"),
    ("Zagreb", "Europe/Zagreb"),
    ("Brussels", "Europe/Brussels"),
    ("Copenhagen", "Europe/Copenhagen"),
    ("Madrid", "Europe/Madrid"),
    ("Paris", "Europe/Paris"),
    ("Amsterdam", "Europe/Amsterdam"),
    ("Berlin", "Europe/Berlin"),
    ("Bern", "Europe/Zurich"),
    ("Zurich", "Europe/Zurich"),
    ("Rome", "Europe/Rome"),
    ("Stockholm", "Europe/Stockholm"),
    ("Vienna", "Europe/Vienna"),
    ("West Central Africa", "Africa/Algiers"),
    ("Bucharest", "Europe/Bucharest"),
    ("Cairo", "Africa/Cairo"),
    ("Helsinki", "Europe/Helsinki"),
    ("Kyiv", "Europe/Kiev"),
    ("Riga", "Europe/Riga"),
    ("Sofia", "Europe/Sofia"),
    ("Tallinn", "Europe/Tallinn"),
    ("Vilnius", "Europe/Vilnius"),
    ("Athens", "Europe/Athens"),
    ("Istanbul", "Europe/Istanbul"),
    ("Minsk", "Europe/Minsk"),
    ("Jerusalem", "Asia/Jerusalem"),
    ("Harare", "Africa/Harare"),
    ("Pretoria", "Africa/Johannesburg"),
    ("Kaliningrad", "Europe/Kaliningrad"),
    ("Moscow", "Europe/Moscow"),
    ("St. Petersburg", "Europe/Moscow"),
    ("Volgograd", "Europe/Volgograd"),
    ("Samara", "Europe/Samara"),
    ("Kuwait", "Asia/Kuwait"),
    ("Riyadh", "Asia/Riyadh"),
    ("Nairobi", "Africa/Nairobi"),
    ("Baghdad", "Asia/Baghdad"),
    ("Tehran", "Asia/Tehran"),
    ("Abu Dhabi", "Asia/Muscat"),
    ("Muscat", "Asia/Muscat"),
    ("Baku", "Asia/Baku"),
    ("Tbilisi", "Asia/Tbilisi"),
    ("Yerevan", "Asia/Yerevan"),
    ("Kabul", "Asia/Kabul"),
    ("Ekaterinburg", "Asia/Yekaterinburg"),
    ("Islamabad", "Asia/Karachi"),
    ("Karachi", "Asia/Karachi"),
    ("Tashkent", "Asia/Tashkent"),
    ("Chennai", "Asia/Kolkata"),
    ("Kolkata", "Asia/Kolkata"),
    ("Mumbai", "Asia/Kolkata"),
    ("New Delhi", "Asia/Kolkata"),
    ("Kathmandu", "Asia/Kathmandu"),
    ("Dhaka", "Asia/Dhaka"),
    ("Sri Jayawardenepura", "Asia/Colombo"),
    ("Almaty", "Asia/Almaty"),
    ("Astana", "Asia/Almaty"),
    ("Novosibirsk", "Asia/Novosibirsk"),
    ("Rangoon", "Asia/Rangoon"),
    ("Bangkok", "Asia/Bangkok"),
    ("Hanoi", "Asia/Bangkok"),
    ("Jakarta", "Asia/Jakarta"),
    ("Krasnoyarsk", "Asia/Krasnoyarsk"),
    ("Beijing", "Asia/Shanghai"),
    ("Chongqing", "Asia/Chongqing"),
    ("Hong Kong", "Asia/Hong_Kong"),
    ("Urumqi", "Asia/Urumqi"),
    ("Kuala Lumpur", "Asia/Kuala_Lumpur"),
    ("Singapore", "Asia/Singapore"),
    ("Taipei", "Asia/Taipei"),
    ("Perth", "Australia/Perth"),
    ("Irkutsk", "Asia/Irkutsk"),
    ("Ulaanbaatar", "Asia/Ulaanbaatar"),
    ("Seoul", "Asia/Seoul"),
    ("Osaka", "Asia/Tokyo"),
    ("Sapporo", "Asia/Tokyo"),
    ("Tokyo", "Asia/Tokyo"),
    ("Yakutsk", "Asia/Yakutsk"),
    ("Darwin", "Australia/Darwin"),
    ("Adelaide", "Australia/Adelaide"),
    ("Canberra", "Australia/Canberra"),
    ("Melbourne", "Australia/Melbourne"),
    ("Sydney", "Australia/Sydney"),
    ("Brisbane", "Australia/Brisbane"),
    ("Hobart", "Australia/Hobart"),
    ("Vladivostok", "Asia/Vladivostok"),
    ("Guam", "Pacific/Guam"),
    ("Port Moresby", "Pacific/Port_Moresby"),
    ("Magadan", "Asia/Magadan"),
    ("Srednekolymsk", "Asia/Srednekolymsk"),
    ("Solomon Is.", "Pacific/Guadalcanal"),
    ("New Caledonia", "Pacific/Noumea"),
    ("Fiji", "Pacific/Fiji"),
    ("Kamchatka", "Asia/Kamchatka"),
    ("Marshall Is.", "Pacific/Majuro"),
    ("Auckland", "Pacific/Auckland"),
    ("Wellington", "Pacific/Auckland"),
    ("Nuku'alofa", "Pacific/Tongatapu"),
    ("Tokelau Is.", "Pacific/Fakaofo"),
    ("Chatham Is.", "Pacific/Chatham"),
    ("Samoa", "Pacific/Apia"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_that_clients_send() {
        let zone = Zone::named("Europe/Dublin").unwrap();
        let read = |text: &str| read(text, &zone).map_or_else(|| "nothing".to_owned(), |it| it.to_string());
        for (text, expected) in [
            ("2030-03-04T09:00:00Z", "2030-03-04T09:00:00Z"),
            ("2030-03-04 09:00:00 +0000 UTC", "2030-03-04T09:00:00Z"),
            ("2030-03-04T09:00:00.250+02:00", "2030-03-04T07:00:00Z"),
            ("2030-03-04T09:00:00-0800", "2030-03-04T17:00:00Z"),
            ("2030-03-04T09:00-08", "2030-03-04T17:00:00Z"),
            // Without an offset, the clock of the zone: Irish summer time in July.
            ("2030-07-04T09:00", "2030-07-04T08:00:00Z"),
            ("2030-07-04", "2030-07-03T23:00:00Z"),
            ("tomorrow", "nothing"),
            ("2030-02-30T09:00:00Z", "nothing"),
            ("", "nothing"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn an_offset_is_foreign_unless_it_is_that_of_utc() {
        let foreign = |text: &str| has_foreign_offset(text);
        assert!(foreign("2030-03-04T10:00:00+02:00") && foreign("2030-03-04T10:00-05"));
        assert!(!foreign("2030-03-04T10:00:00Z") && !foreign("2030-03-04T10:00:00+00:00"));
        assert!(!foreign("2030-03-04") && !foreign("2030-03-04 09:00:00 +0000 UTC") && !foreign(""));
        assert_eq!(
            read_without_offset("2030-03-04T10:00:00+02:00").unwrap().to_string(),
            "2030-03-04T10:00:00Z",
            "the clock, read as that of UTC"
        );
    }

    #[test]
    fn the_list_of_zones_is_shorter_than_the_database() {
        let missing: Vec<&str> = RAILS.iter().map(|it| it.1).filter(|it| Zone::named(it).is_err()).collect();
        assert_eq!(missing, [""; 0]);
        let named = |name: &str| listed_zone(name).map(|it| it.name());
        assert_eq!(named("UTC"), Some("Etc/UTC"));
        assert_eq!(named("Europe/Dublin"), Some("Europe/Dublin"));
        assert_eq!(named("Antarctica/Troll"), None);
        assert_eq!(any_zone("Antarctica/Troll").map(|it| it.name()), Some("Antarctica/Troll"));
        assert_eq!(any_zone("UTC").map(|it| it.name()), Some("Etc/UTC"));
    }

    #[test]
    fn times_of_day_are_strict() {
        let read = ["09:00:00", "23:59:59", "09:00", "24:00:00", "9:00:00", "09:00:00:00", "+9:00"];
        let read: Vec<Option<i64>> = read.iter().map(|it| read_time_of_day(it)).collect();
        assert_eq!(read, [Some(32_400), Some(86_399), Some(32_400), None, None, None, None]);
        assert_eq!(time_of_day(32_400), "09:00:00");
    }
}
