//! Calendars as files for other programs: CSV, iCalendar, SVG and HTML, looked at whole.

use std::path::Path;
use std::process::Command;

use dogwatch::calendar::Bill;
use dogwatch::config::{self, Files};
use dogwatch::export::{self, By, Reader};
use dogwatch::org::Org;
use dogwatch::time::{Span, parse_instant};

fn org(files: &[(&str, &str)]) -> Org {
    let files: Files = files.iter().copied().collect();
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    org.unwrap()
}

/// Two people in turns, an override within a turn, a vacant week, and an hour that nobody holds.
fn small(zone: &str) -> Org {
    let web = "
name     = 'Web'
coverage = ['24x7']
[[layers]]
people  = ['ana', 'bo', '@nobody']
from    = 2026-03-23
until   = 2026-04-13
handoff = { every = 'week', on = 'Mon', at = '10:00' }
[[overrides]]
person  = 'bo'
for     = 'ana'
from    = 2026-03-24
until   = 2026-03-25
reason  = 'school, concert'
";
    let people = format!(
        "[ana]\nname = 'Ana Souza'\nemail = 'ana@example.com'\nzone = '{zone}'\n[bo]\nname = 'Bo Li'\nzone = '{zone}'\n"
    );
    org(&[("org.toml", &format!("zone = '{zone}'")), ("people.toml", &people), ("web.toml", web)])
}

/// A calendar in one of the formats, read at 2026-03-24 12:00 UTC.
fn shown(org: &Org, names: &[&str], format: &str, from: &str, until: &str) -> String {
    let at = |text| parse_instant(text, &org.zone).unwrap();
    let reader = Reader { zone: org.zone.clone(), now: at("2026-03-24T12:00:00Z"), width: 100 };
    let seats: Vec<_> = org.seats().collect();
    let people: Vec<_> = names.iter().map(|it| org.person_named(it).unwrap().id).collect();
    let bill = Bill::new(org, &seats, &people, Span::new(at(from), at(until)).unwrap()).unwrap();
    match format {
        "csv" => export::csv(&bill, &reader),
        "ics" => export::ical(&bill, &reader, None).unwrap(),
        "svg" => export::svg(&bill, By::Rotation, &reader),
        "html" => export::html::calendar(&bill, By::Rotation, &reader),
        _ => panic!("{format}"),
    }
}

#[test]
fn a_table_has_a_row_a_shift_and_a_row_a_gap_on_both_clocks() {
    // Ana's week has 167 hours, for Dublin's clock went forward on Sunday; Bo holds one day of it. After the layer's end
    // on the 13th at 10:00 the promise is broken.
    insta::assert_snapshot!(shown(&small("Europe/Dublin"), &[], "csv", "2026-03-23", "2026-04-14"), @r#"
    rotation,seat,kind,person,name,email,start_utc,end_utc,start,end,hours,why,source,planned_start_utc,planned_end_utc
    web,primary,turn,ana,Ana Souza,ana@example.com,2026-03-23T10:00:00Z,2026-03-24T00:00:00Z,2026-03-23T10:00:00Z,2026-03-24T00:00:00Z,14,"turn 1, every week on Mon at 10:00",web.toml:4,2026-03-23T10:00:00Z,2026-03-30T09:00:00Z
    web,primary,override,bo,Bo Li,,2026-03-24T00:00:00Z,2026-03-25T00:00:00Z,2026-03-24T00:00:00Z,2026-03-25T00:00:00Z,24,"override for Ana Souza: school, concert",web.toml:9,2026-03-24T00:00:00Z,2026-03-25T00:00:00Z
    web,primary,turn,ana,Ana Souza,ana@example.com,2026-03-25T00:00:00Z,2026-03-30T09:00:00Z,2026-03-25T00:00:00Z,2026-03-30T10:00:00+01:00,129,"turn 1, every week on Mon at 10:00",web.toml:4,2026-03-23T10:00:00Z,2026-03-30T09:00:00Z
    web,primary,turn,bo,Bo Li,,2026-03-30T09:00:00Z,2026-04-06T09:00:00Z,2026-03-30T10:00:00+01:00,2026-04-06T10:00:00+01:00,168,"turn 2, every week on Mon at 10:00",web.toml:4,2026-03-30T09:00:00Z,2026-04-06T09:00:00Z
    web,primary,vacant,,,,2026-04-06T09:00:00Z,2026-04-13T09:00:00Z,2026-04-06T10:00:00+01:00,2026-04-13T10:00:00+01:00,168,"turn 3, every week on Mon at 10:00",web.toml:4,2026-04-06T09:00:00Z,2026-04-13T09:00:00Z
    web,primary,gap,,,,2026-04-13T09:00:00Z,2026-04-13T23:00:00Z,2026-04-13T10:00:00+01:00,2026-04-14T00:00:00+01:00,14,"promised, and held by nobody",,,
    "#);
}

#[test]
fn a_calendar_has_an_event_a_shift_whole_and_with_an_identity() {
    // The window cuts Ana's turn and Bo's; their events are whole. The piece of her turn after the override has a UID
    // of its own, the one before it has the turn's.
    insta::assert_snapshot!(shown(&small("Europe/Dublin"), &[], "ics", "2026-03-23T15:00", "2026-03-30T12:00").replace('\r', "␍"), @r"
    BEGIN:VCALENDAR␍
    VERSION:2.0␍
    PRODID:-//Dogwatch//Dogwatch//EN␍
    CALSCALE:GREGORIAN␍
    NAME:On call␍
    X-WR-CALNAME:On call␍
    REFRESH-INTERVAL;VALUE=DURATION:PT1H␍
    X-PUBLISHED-TTL:PT1H␍
    BEGIN:VEVENT␍
    UID:web.primary.20260323T100000Z.ana@dogwatch␍
    DTSTAMP:19700101T000000Z␍
    DTSTART:20260323T100000Z␍
    DTEND:20260324T000000Z␍
    SUMMARY:Web: Ana Souza␍
    DESCRIPTION:turn 1\, every week on Mon at 10:00\nwhat is left of Mon 2026-0␍
     3-23 10:00 GMT to Mon 2026-03-30 10:00 IST\nweb.toml:4\nthen Bo Li␍
    CATEGORIES:Web,primary,turn␍
    STATUS:CONFIRMED␍
    TRANSP:TRANSPARENT␍
    END:VEVENT␍
    BEGIN:VEVENT␍
    UID:web.primary.20260324T000000Z.bo@dogwatch␍
    DTSTAMP:19700101T000000Z␍
    DTSTART:20260324T000000Z␍
    DTEND:20260325T000000Z␍
    SUMMARY:Web: Bo Li␍
    DESCRIPTION:override for Ana Souza: school\, concert\nweb.toml:9\nthen Ana ␍
     Souza␍
    CATEGORIES:Web,primary,override␍
    STATUS:CONFIRMED␍
    TRANSP:TRANSPARENT␍
    END:VEVENT␍
    BEGIN:VEVENT␍
    UID:web.primary.20260323T100000Z.ana.20260325T000000Z@dogwatch␍
    DTSTAMP:19700101T000000Z␍
    DTSTART:20260325T000000Z␍
    DTEND:20260330T090000Z␍
    SUMMARY:Web: Ana Souza␍
    DESCRIPTION:turn 1\, every week on Mon at 10:00\nwhat is left of Mon 2026-0␍
     3-23 10:00 GMT to Mon 2026-03-30 10:00 IST\nweb.toml:4\nthen Bo Li␍
    CATEGORIES:Web,primary,turn␍
    STATUS:CONFIRMED␍
    TRANSP:TRANSPARENT␍
    END:VEVENT␍
    BEGIN:VEVENT␍
    UID:web.primary.20260330T090000Z.bo@dogwatch␍
    DTSTAMP:19700101T000000Z␍
    DTSTART:20260330T090000Z␍
    DTEND:20260406T090000Z␍
    SUMMARY:Web: Bo Li␍
    DESCRIPTION:turn 2\, every week on Mon at 10:00\nweb.toml:4\nnobody else co␍
     mes within a year␍
    CATEGORIES:Web,primary,turn␍
    STATUS:CONFIRMED␍
    TRANSP:TRANSPARENT␍
    END:VEVENT␍
    END:VCALENDAR␍
    ");
}

#[test]
fn a_person_s_calendar_names_duties_and_who_is_next() {
    let calendar = shown(&small("Europe/Dublin"), &["bo"], "ics", "2026-03-23", "2026-04-14");
    let lines: Vec<&str> = calendar
        .split("\r\n")
        .filter(|it| ["X-WR-CALNAME", "UID", "DTSTART", "SUMMARY"].contains(&it.split(':').next().unwrap()))
        .collect();
    assert_eq!(
        lines,
        [
            "X-WR-CALNAME:On call: Bo Li",
            "UID:web.primary.20260324T000000Z.bo@dogwatch",
            "DTSTART:20260324T000000Z",
            "SUMMARY:On call: Web",
            "UID:web.primary.20260330T090000Z.bo@dogwatch",
            "DTSTART:20260330T090000Z",
            "SUMMARY:On call: Web",
        ]
    );
    let unfolded = calendar.replace("\r\n ", "");
    assert!(unfolded.contains("\\nthen Ana Souza\r\n"), "{unfolded}");
    assert!(unfolded.contains("override for Ana Souza: school\\, concert\\n"), "{unfolded}");
    // After Bo's week the seat is vacant, and no layer follows.
    assert!(unfolded.contains("\\nnobody else comes within a year\r\n"), "{unfolded}");
}

/// The events of a calendar, each with its start and end as they are written.
fn events(calendar: &str) -> Vec<(String, String, &str)> {
    let value = |event: &str, name: &str| {
        let line = event.lines().find_map(|it| it.strip_prefix(name)).unwrap();
        line.trim_start_matches(':').to_owned()
    };
    let (_, events) = calendar.split_once("BEGIN:VEVENT").unwrap();
    events
        .split("BEGIN:VEVENT")
        .map(|it| (value(it, "DTSTART"), value(it, "DTEND"), it.trim_end_matches("END:VCALENDAR\r\n")))
        .collect()
}

#[test]
fn an_event_is_the_same_in_every_calendar_that_touches_it() {
    let org = small("Europe/Dublin");
    let whole = shown(&org, &[], "ics", "2026-03-01", "2026-05-01");
    let all = events(&whole);
    assert_eq!(all.len(), 5);
    let start = parse_instant("2026-03-23T10:30:00Z", &org.zone).unwrap();
    for hour in 0..500 {
        let from = start + std::time::Duration::from_secs(hour * 3600);
        let until = from + std::time::Duration::from_secs(5 * 3600);
        let calendar = shown(&org, &[], "ics", &from.to_string(), &until.to_string());
        // As they are written, later instants are later texts.
        let [first, last] = [from, until].map(|it| it.to_string().replace(['-', ':'], ""));
        let expected: Vec<_> = all.iter().filter(|(start, end, _)| *start < last && first < *end).cloned().collect();
        assert_eq!(events(&calendar), expected, "{from} to {until}");
    }
}

/// The widths of the days of a drawing, by the lines between them, in tenths. Lines of hours are dashed.
fn widths(svg: &str) -> Vec<i64> {
    let lines = svg.lines().filter(|it| !it.contains("dasharray"));
    let lines = lines.filter_map(|it| it.strip_prefix("<path class=\"w-line\" d=\"M"));
    // A line down has one x twice.
    let down = lines.filter_map(|it| {
        let (x, rest) = it.split_once(' ')?;
        rest.split_once('L')?.1.starts_with(&format!("{x} ")).then_some(x)
    });
    let xs: Vec<i64> = down.map(|it| (it.parse::<f64>().unwrap() * 10.0).round() as i64).collect();
    xs.windows(2).map(|it| it[1] - it[0]).collect()
}

#[test]
fn a_day_of_23_hours_is_narrower_and_one_of_25_is_wider() {
    // Three days on 1000.0 columns; the third ends at the edge, without a line. A rounded place may be a tenth off.
    #[track_caller]
    fn days(zone: &str, from: &str, until: &str, expected: [i64; 2]) {
        let found = widths(&shown(&small(zone), &[], "svg", from, until));
        let close = found.len() == 2 && found.iter().zip(expected).all(|(it, other)| (it - other).abs() <= 1);
        assert!(close, "{found:?} is not {expected:?}");
    }
    // 10 000 · 24/71 and 10 000 · 23/71, and so on.
    days("Europe/Dublin", "2026-03-28", "2026-03-31", [3380, 3239]);
    days("Europe/Dublin", "2026-10-24", "2026-10-27", [3288, 3425]);
    days("Australia/Lord_Howe", "2026-04-04", "2026-04-07", [3310, 3379]);
    days("Africa/Cairo", "2026-04-23", "2026-04-26", [3380, 3239]);
}

/// Names that mean something to a spreadsheet, a calendar, a page or a drawing.
const HOSTILE: [&str; 10] = [
    "=HYPERLINK(\"http://example.com\")",
    "+1, 2; \\3",
    "-@SUM(A1)",
    "@ana",
    "</script><script>alert(1)</script>",
    "<!-- & \"quoted\" 'once' -->",
    "O'Brien, \"Bob\"; ]]>",
    "\u{5d0}\u{5e0}\u{5d4} \u{5db}\u{5d4}\u{5df}",
    "Zo\u{eb} \u{1f469}\u{200d}\u{1f680} \u{1f415}",
    "Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausenbergerdorff",
];

fn hostile() -> Org {
    let people: String = HOSTILE
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let name = serde_json::to_string(name).unwrap();
            format!("[p{index}]\nname = {name}\nzone = 'UTC'\n")
        })
        .collect();
    let keys: Vec<String> = (0..HOSTILE.len()).map(|it| format!("'p{it}'")).collect();
    let rotation = format!(
        "name = '''<b>R&D</b>, \"x\"'''\n[[layers]]\npeople = [{}]\nfrom = 2026-03-23\nhandoff = {{ every = 'day', at = '10:00' }}\n\
         [[overrides]]\nperson = 'p1'\nfrom = 2026-03-24T12:00:00\nuntil = 2026-03-24T13:00:00\nreason = '</script> & <b>, \"=1\"'\n",
        keys.join(", ")
    );
    org(&[("org.toml", "zone = 'UTC'"), ("people.toml", &people), ("web.toml", &rotation)])
}

#[test]
fn hostile_names_stay_names_in_a_table() {
    let table = shown(&hostile(), &[], "csv", "2026-03-23T10:00", "2026-04-02T10:00");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names: Vec<String> = reader.records().map(|it| it.unwrap()[4].to_owned()).collect();
    let guarded =
        |name: &str| if name.starts_with(['=', '+', '-', '@']) { format!("'{name}") } else { name.to_owned() };
    let mut expected: Vec<String> = HOSTILE.map(guarded).to_vec();
    // The second person's day is cut in three by an override in their own name.
    expected.splice(1..1, [guarded(HOSTILE[1]), guarded(HOSTILE[1])]);
    assert_eq!(names, expected);
}

#[test]
fn hostile_names_stay_names_in_a_calendar() {
    let calendar = shown(&hostile(), &[], "ics", "2026-03-23T10:00", "2026-04-02T10:00");
    assert!(calendar.split("\r\n").all(|it| it.len() <= 75));
    let parsed: icalendar::Calendar = calendar.parse().unwrap();
    use icalendar::Component;
    let events = parsed.components.iter().filter_map(|it| it.as_event());
    let summaries: Vec<String> = events.map(|it| it.get_summary().unwrap().to_owned()).collect();
    let expected = |name: &str| format!("<b>R&D</b>, \"x\": {name}");
    for name in HOSTILE {
        assert!(summaries.contains(&expected(name)), "{name} is not among {summaries:#?}");
    }
}

/// Reads XML strictly enough to see a text that left its place: each tag closes, attributes are quoted, texts hold no `<`.
/// Gives the texts of all elements, unescaped, by the name of the element.
fn xml(text: &str) -> Vec<(String, String)> {
    let mut open: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let before = &rest[..at];
        assert!(!before.contains('>') || open.last().is_some_and(|it| it == "style"), "a stray > in {before:?}");
        if let Some(name) = open.last().filter(|_| !before.trim().is_empty()) {
            texts.push((name.clone(), unescaped(before)));
        }
        rest = &rest[at + 1..];
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|(_, it)| {
                quoted ^= *it == '"';
                assert!(*it != '<', "a < within a tag: {}", &rest[..40.min(rest.len())]);
                *it == '>' && !quoted
            })
            .unwrap()
            .0;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop().as_deref(), Some(name)),
            (None, true) => {}
            (None, false) => open.push(tag.split([' ', '\n']).next().unwrap().to_owned()),
        }
    }
    assert_eq!((open.len(), rest.trim()), (0, ""));
    texts
}

fn unescaped(text: &str) -> String {
    let mut out = text.to_owned();
    for (code, it) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#10;", "\n"), ("&amp;", "&")]
    {
        out = out.replace(code, it);
    }
    out
}

#[test]
fn hostile_names_stay_names_in_a_drawing() {
    let svg = shown(&hostile(), &[], "svg", "2026-03-23T10:00", "2026-04-02T10:00");
    let titles: Vec<String> = xml(&svg).into_iter().filter(|(name, _)| name == "title").map(|(_, text)| text).collect();
    for (index, name) in HOSTILE.iter().enumerate() {
        let starts = format!("{name}\n<b>R&D</b>, \"x\"\n");
        assert!(titles.iter().any(|it| it.starts_with(&starts)), "p{index} {name} is not among {titles:#?}");
    }
    assert!(!svg.contains("http://example.com\")<"), "{svg}");
}

/// The data that the script of a page reads.
fn data(html: &str) -> serde_json::Value {
    let (_, after) = html.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn hostile_names_stay_names_in_a_page() {
    let html = shown(&hostile(), &[], "html", "2026-03-23T10:00", "2026-04-02T10:00");
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script").count(), 2);
    assert_eq!(html.matches("<!--").count(), 0);
    assert!(!html.contains("<b>R&D"), "a name became a tag");
    let data = data(&html);
    let names: Vec<&str> = data["people"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, HOSTILE);
    assert_eq!(data["reasons"][1]["text"], "override: </script> & <b>, \"=1\"");
}

#[test]
fn a_page_brings_all_that_its_script_needs_and_asks_nobody() {
    let html = shown(&small("Europe/Dublin"), &[], "html", "2026-03-23T15:00", "2026-04-14");
    let mut data = data(&html);
    let days = data["days"].take();
    // March and April whole, and a week on either side: 22 February to 8 May.
    let days: Vec<(i64, i64)> = serde_json::from_value(days).unwrap();
    assert_eq!(days.len(), 7 + 31 + 30 + 8);
    assert_eq!(days[0], (1_771_718_400, 20_506));
    data.as_object_mut().unwrap().remove("days");
    let fields = data.as_object().unwrap().iter().map(|(name, value)| format!("{name} {value}"));
    insta::assert_snapshot!(fields.collect::<Vec<_>>().join("\n"), @r#"
    zone "Europe/Dublin"
    from 1774278000
    until 1776121200
    now 1774353600
    by "rotation"
    clock [[1771718400,0,"GMT"],[1774746000,3600,"IST"]]
    only false
    people [{"key":"ana","name":"Ana Souza","color":12,"reach":"ana@example.com"},{"key":"bo","name":"Bo Li","color":9}]
    seats [{"key":"web","title":"Web","seat":"primary"}]
    reasons [{"text":"every week on Mon at 10:00","source":"web.toml:4","exception":false},{"text":"override for Ana Souza: school, concert","source":"web.toml:9","exception":true}]
    shifts [[0,0,1774278000,1774310400,0,1,1774260000,1774861200],[0,1,1774310400,1774396800,1,0],[0,0,1774396800,1774861200,0,1,1774260000,1774861200],[0,1,1774861200,1775466000,0,2],[0,-1,1775466000,1776070800,0,3]]
    gaps [[0,1776070800,1776121200]]
    "#);
    for asks in ["http:", "https:", "url(//", "@import", "src=", "href="] {
        let found = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(asks), "it asks for something: {asks}");
    }
}

#[test]
fn the_same_question_has_the_same_answer_whatever_the_time() {
    let org = small("Europe/Dublin");
    let calendar = |now: &str| {
        let at = |text| parse_instant(text, &org.zone).unwrap();
        let reader = Reader { zone: org.zone.clone(), now: at(now), width: 100 };
        let seats: Vec<_> = org.seats().collect();
        let span = Span::new(at("2026-03-23"), at("2026-04-14")).unwrap();
        let bill = Bill::new(&org, &seats, &[], span).unwrap();
        [export::csv(&bill, &reader), export::ical(&bill, &reader, None).unwrap()]
    };
    assert_eq!(calendar("2026-03-24T12:00:00Z"), calendar("2031-01-01T00:00:00Z"));
}

#[test]
fn a_long_year_of_many_rotations_stays_small_enough_to_open() {
    let mut files = vec![("org.toml".to_owned(), "zone = 'UTC'".to_owned())];
    let people: String = (0..400).map(|it| format!("[p{it}]\nname = 'Person {it}'\nzone = 'UTC'\n")).collect();
    files.push(("people.toml".to_owned(), people));
    for it in 0..200 {
        let text = format!(
            "coverage = ['24x7']\n[[layers]]\npeople = ['p{}', 'p{}']\nfrom = 2026-01-05\nhandoff = {{ every = 'week', on = 'Mon', at = '10:00' }}\n[secondary]\nfollow = 1\n",
            2 * it,
            2 * it + 1
        );
        files.push((format!("r{it}.toml"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let html = shown(&org(&files), &[], "html", "2026-03-02", "2027-03-01");
    // 52 weeks and a part of one before, in 400 seats.
    assert_eq!(data(&html)["shifts"].as_array().unwrap().len(), 400 * 53);
    assert!(html.len() < 3_000_000, "{} bytes", html.len());
    // The part that is there without the script is bounded.
    assert!(html.matches("<rect").count() < 6_000, "{} rectangles", html.matches("<rect").count());
}

/// Runs the program in the repository.
fn run(arguments: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(arguments.split_whitespace())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_is_written_to_a_file_is_what_would_be_printed() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["text", "csv", "ics", "svg", "html", "json"] {
        let path = folder.path().join(format);
        let question = format!("--now 2026-12-08T18:00:00Z --format {format} show search");
        let (_, printed, _) = run(&question);
        let done = run(&format!("{question} -o {}", path.display()));
        assert_eq!(done, (Some(0), String::new(), String::new()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), printed, "{format}");
    }
    // Nothing else is left behind.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
}
