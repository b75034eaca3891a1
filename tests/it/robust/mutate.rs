//! From a seed to files that somebody, or something, has spoilt.

use std::collections::BTreeMap;

/// Files by name.
pub type Folder = BTreeMap<String, String>;

/// A stream of numbers that is the same for the same seed: SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    /// From 0 up to, and without, `end`; 0 if that is nothing.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// What files are made of, and what breaks programs.
const WORDS: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\n",
    "\r\n",
    "\t",
    "#",
    "\\",
    "\u{0}",
    "\u{7f}",
    "é",
    "日本",
    "\u{202e}",
    "\u{feff}",
    "-1",
    "0",
    "1",
    "28",
    "31",
    "366",
    "8784",
    "1000000",
    "4294967296",
    "9223372036854775807",
    "1e308",
    "nan",
    "inf",
    "-0.0",
    "true",
    "false",
    "1970-01-01",
    "2199-12-31",
    "2026-03-08",
    "2026-03-29",
    "2026-11-01",
    "2026-02-29",
    "2026-03-08T02:30:00",
    "2026-10-25T01:30:00",
    "2011-12-30",
    "0000-00-00",
    "2026-03-03T15:00:00Z",
    "2026-03-03T15:00:00+14:00",
    "00:00",
    "23:59",
    "24:00",
    "\"00:00\"",
    "\"24:00\"",
    "\"24x7\"",
    "\"Mon-Fri 09:00-18:00\"",
    "\"Fri 18:00-Mon 09:00\"",
    "\"Mon-Sun 22:00-06:00\"",
    "\"holidays\"",
    "\"holidays us\"",
    "\"Mon\"",
    "\"Sun\"",
    "\"last\"",
    "\"1 hours\"",
    "\"12 hours\"",
    "\"8784 hours\"",
    "\"day\"",
    "\"366 days\"",
    "\"2 weeks\"",
    "\"104 weeks\"",
    "\"24 months\"",
    "\"month\"",
    "\"UTC\"",
    "\"Africa/Cairo\"",
    "\"America/Santiago\"",
    "\"Antarctica/Troll\"",
    "\"Australia/Lord_Howe\"",
    "\"Pacific/Apia\"",
    "\"Europe/Dublin\"",
    "\"Asia/Kathmandu\"",
    "\"@nobody\"",
    "\"@ana\"",
    "\"ana\"",
    "\"bo\"",
    "\"app-ops\"",
    "\"app-ops.secondary\"",
    "\"storage-ops\"",
    "\"/.*/\"",
    "\"/(a{100}){100}/\"",
    "\"*\"",
    "\"?*\"",
    "\"\"",
    "'/\\d+/'",
    "\"0m\"",
    "\"1s\"",
    "\"87840h\"",
    "follow",
    "layers",
    "[[layers]]\n",
    "[secondary]\n",
    "[[secondary.layers]]\n",
    "[[overrides]]\n",
    "[[shadows]]\n",
    "[[routes]]\n",
    "[[routes.routes]]\n",
    "[[tests]]\n",
    "[[escalations]]\n",
    "together = true\n",
    "continue = true",
    "people",
    "from",
    "until",
    "through",
    "handoff",
    "every",
    "on",
    "at",
    "rrule",
    "hours",
    "zone",
    "first",
    "person",
    "for",
    "seat",
    "page",
    "notify",
    "when",
    "unless",
    "after",
    "to",
    "expect",
    "tags",
    "repeat = { times = 100, after = \"0m\" }\n",
    "handoff = { rrule = \"FREQ=HOURLY\", at = \"00:00\" }\n",
    "handoff = { rrule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29\", at = \"10:00\" }\n",
    "handoff = { rrule = \"FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=-1\", at = \"10:00\" }\n",
    "FREQ=DAILY",
    "BYHOUR=0,12",
    "BYWEEKNO=53",
    "BYYEARDAY=-1",
    "BYEASTER=0",
    "WKST=SU",
    "INTERVAL=65535",
    "BEGIN:VEVENT\n",
    "END:VEVENT\n",
    "BEGIN:VCALENDAR\n",
    "END:VCALENDAR\n",
    "DTSTART;VALUE=DATE:20260105\n",
    "DTSTART:20260105T090000Z\n",
    "RRULE:FREQ=DAILY;COUNT=5\n",
    "EXDATE:20260106T090000Z\n",
    "DURATION:P1W\n",
    "TZID=Europe/Dublin",
];

/// Something near to these folders.
pub fn spoilt(random: &mut Random, folders: &[Folder]) -> Folder {
    let mut folder = random.pick(folders).clone();
    for _ in 0..1 + random.below(4) {
        let names: Vec<String> = folder.keys().cloned().collect();
        if names.is_empty() {
            break;
        }
        let name = random.pick(&names).clone();
        match random.below(24) {
            0 => {
                folder.remove(&name);
            }
            1 => {
                let text = folder[&name].clone();
                let ending = if name.ends_with(".ics") { "ics" } else { "toml" };
                folder.insert(format!("copy-{}.{ending}", random.below(3)), text);
            }
            2 => {
                let other = random.pick(folders);
                let others: Vec<&String> = other.keys().collect();
                let text = other[*random.pick(&others)].clone();
                folder.insert(name, text);
            }
            3 => {
                let text = noise(random);
                folder.insert(name, text);
            }
            _ => {
                let text = changed(random, &folder[&name]);
                folder.insert(name, text);
            }
        }
    }
    folder
}

/// A text with one change.
fn changed(random: &mut Random, text: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = random.below(lines.len());
    let other = random.below(lines.len());
    match random.below(9) {
        0 => text[..boundary(text, random.below(text.len() + 1))].to_owned(),
        1 => {
            let mut bytes = text.as_bytes().to_vec();
            let at = random.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        2 => lines.iter().enumerate().filter(|(at, _)| *at != line).map(|(_, it)| *it).collect(),
        3 => {
            let twice = |(at, it): (usize, &&str)| if at == line { format!("{it}{it}") } else { (*it).to_owned() };
            lines.iter().enumerate().map(twice).collect()
        }
        4 => {
            let mut lines = lines;
            if line < lines.len() && other < lines.len() {
                lines.swap(line, other);
            }
            lines.concat()
        }
        5 => {
            let at = boundary(text, random.below(text.len() + 1));
            format!("{}{}{}", &text[..at], random.pick(WORDS), &text[at..])
        }
        _ => {
            let tokens = tokens(text);
            if tokens.is_empty() {
                return (*random.pick(WORDS)).to_owned();
            }
            let token = random.pick(&tokens).clone();
            let word = match random.below(3) {
                0 => text[random.pick(&tokens).clone()].to_owned(),
                _ => (*random.pick(WORDS)).to_owned(),
            };
            format!("{}{word}{}", &text[..token.start], &text[token.end..])
        }
    }
}

/// Words, numbers and texts between quotes.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, it)) = chars.next() {
        let mut end = start + it.len_utf8();
        if it == '"' {
            for (at, it) in chars.by_ref() {
                end = at + it.len_utf8();
                if it == '"' || it == '\n' {
                    break;
                }
            }
        } else if it.is_alphanumeric() {
            while let Some((at, it)) = chars.next_if(|(_, it)| it.is_alphanumeric() || "-_:.".contains(*it)) {
                end = at + it.len_utf8();
            }
        } else {
            continue;
        }
        tokens.push(start..end);
    }
    tokens
}

/// A text of nothing but words of ours, or of nothing but bytes.
pub fn noise(random: &mut Random) -> String {
    let length = random.below(60);
    match random.below(2) {
        0 => (0..length).map(|_| *random.pick(WORDS)).collect(),
        _ => {
            let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

/// A short text such as stands between quotes.
pub fn phrase(random: &mut Random) -> String {
    const RULES: &[&str] = &[
        "FREQ=YEARLY",
        "FREQ=MONTHLY",
        "FREQ=WEEKLY",
        "FREQ=DAILY",
        "FREQ=HOURLY",
        "FREQ=MINUTELY",
        "INTERVAL=1",
        "INTERVAL=2",
        "INTERVAL=65535",
        "BYMONTH=2",
        "BYMONTH=1,12",
        "BYMONTHDAY=29",
        "BYMONTHDAY=-1",
        "BYMONTHDAY=31",
        "BYYEARDAY=366",
        "BYYEARDAY=-366",
        "BYWEEKNO=53",
        "BYWEEKNO=-1",
        "BYDAY=MO",
        "BYDAY=MO,TU,WE",
        "BYDAY=1MO",
        "BYDAY=-1SU",
        "BYDAY=53FR",
        "BYDAY=+2TU",
        "BYHOUR=0",
        "BYHOUR=0,6,12,18",
        "BYHOUR=23",
        "BYMINUTE=30",
        "BYSECOND=59",
        "BYSETPOS=1",
        "BYSETPOS=-1",
        "BYSETPOS=366",
        "WKST=SU",
        "WKST=MO",
        "BYEASTER=0",
        "COUNT=3",
        "UNTIL=20270101",
        "BYDAY=0MO",
        "X=1",
    ];
    const PARTS: &[&str] = &[
        "Mon",
        "Fri",
        "Sun",
        "Mon-Fri",
        "Sat,Sun",
        "Sun-Mon",
        " ",
        "-",
        ",",
        ":",
        "09:00",
        "18:00",
        "24:00",
        "00:00",
        "9",
        "24x7",
        "holidays",
        "us",
        "2026-03-08",
        "T",
        "02:30",
        "Z",
        "+05:30",
        "1969-12-31",
        "2200-01-01",
        "1h",
        "30m",
        "0s",
        "999999h",
        "d",
        "/",
        "(",
        ")",
        "[",
        "]",
        "[^",
        "[[:alpha:]]",
        "{2,3}",
        "{1000}",
        "*",
        "?",
        "+",
        "|",
        "\\d",
        "\\b",
        "\\p{L}",
        "a-z",
        "(?i)",
        "é",
    ];
    let (list, glue) = match random.below(3) {
        0 => (RULES, ";"),
        _ => (PARTS, ""),
    };
    let count = 1 + random.below(6);
    let words: Vec<&str> = (0..count).map(|_| *random.pick(list)).collect();
    words.join(glue)
}

/// The last place at or before `at` where a character begins.
pub fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
