//! The graph in every format, and that no picture is a muddle.
//!
//! Random organisations come from a seed, and a failure says which. For a longer run,
//!
//! ```text
//! DOGWATCH_GRAPHS=10000 cargo test --release graph
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use dogwatch::config::{self, Files};
use dogwatch::escalation::{ArrowKind, Graph, Place, Question, ask, graph};
use dogwatch::export::Reader;
use dogwatch::export::graph::{Card, Layout, Piece, Shown, TooLarge, dot, layout, mermaid, svg};
use dogwatch::export::text;
use dogwatch::org::Org;
use dogwatch::time::parse_instant;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Two rotations, one with both seats; one escalation holds for some alerts only.
const SMALL: &[(&str, &str)] = &[
    ("org.toml", "zone = \"Europe/Dublin\"\n"),
    (
        "people.toml",
        "[ana]\nname = \"Ana Souza\"\nzone = \"Europe/Dublin\"\n[bo]\nname = \"Bo Li\"\nzone = \"Europe/Dublin\"\n\
         [vera]\nname = \"Vera Lund\"\nzone = \"Europe/Dublin\"\n",
    ),
    ("services.toml", "[ledger]\n"),
    (
        "books.toml",
        "name = \"Books & Co\"\n[[layers]]\npeople = [\"bo\"]\nfrom = 2026-01-05\n\
         handoff = { every = \"week\", on = \"Mon\", at = \"09:00\" }\nhours = [\"Mon-Fri 09:00-17:00\"]\n",
    ),
    (
        "web.toml",
        "name = \"Web\"\n[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\n\
         handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n[secondary]\nfollow = 1\n",
    ),
    (
        "escalation.toml",
        r##"routes = [
  { when = { service = ["ledger", "books-*"] }, page = "books" },
  { when = { service = ["mail"] }, notify = "#mail" },
  { page = "web", label = "the rest" },
]
escalations = [
  { from = "books", after = "10m", to = "web" },
  { from = "books", after = "5m",  to = "web.secondary", when = { cause = ["db"] } },
  { from = "web",   after = "5m",  to = "web.secondary" },
  { from = "web",   after = "90s", to = "@vera" },
]
"##,
    ),
];

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().copied().collect()
}

fn org(files: &Files) -> Org {
    let (org, diagnostics) = config::read(files);
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, files, false)))
}

/// It is Tuesday, 3 February 2026, 18:00 in Dublin: Books is outside of its hours.
fn reader(org: &Org) -> Reader {
    let now = parse_instant("2026-02-03T18:00:00Z", &org.zone).unwrap();
    Reader { zone: org.zone.clone(), now, width: 100 }
}

/// What a format says about the small organisation; `about` as one types it after `graph`.
fn small(about: &str, only: bool, format: fn(&Graph<'_>, &Shown<'_>) -> String) -> String {
    let files = files(SMALL);
    let org = org(&files);
    let reader = reader(&org);
    let mut question = Question::default();
    for word in about.split_whitespace() {
        match word.split_once('=') {
            Some((tag, value)) => drop(question.tags.insert(tag.to_owned(), value.to_owned())),
            None => question.name = Some(word.to_owned()),
        }
    }
    let answer =
        (!about.is_empty()).then(|| ask(&org, question.subject(&org).unwrap(), &question.tags, reader.now).unwrap());
    let mut graph = graph(&org, reader.now, answer.as_ref(), false).unwrap();
    if only {
        graph = graph.only();
    }
    format(&graph, &Shown { org: &org, reader: &reader, most_routes: 6 })
}

/// Without colour.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// The picture without its style, which says nothing about this graph.
fn picture(graph: &Graph<'_>, shown: &Shown<'_>) -> String {
    let text = svg(graph, &layout(graph, shown).unwrap(), None, shown);
    let (head, rest) = text.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>\n").unwrap();
    format!("{head}{rest}")
}

#[test]
fn text_is_a_ladder_for_each_place_that_routes_lead_to() {
    insta::assert_snapshot!(small("", false, |graph, shown| plain(&text::graph(graph, None, shown))), @"
    Escalations  Tue 2026-02-03 18:00 GMT

      Books & Co  1 route
        route  1  service=ledger|books-*
         0 min       books          outside of its hours until Wed 09:00
         5 min       web.secondary  Bo Li until Mon 10:00                 if cause=db
        10 min       web            Ana Souza until Mon 10:00
        11 min 30 s  @vera          Vera Lund
        15 min       web.secondary  Bo Li until Mon 10:00

      #mail  1 route, pages nobody
        route  2  service=mail

      Web  1 route
        route  3  the rest: everything
         0 min      web            Ana Souza until Mon 10:00
        1 min 30 s  @vera          Vera Lund
         5 min      web.secondary  Bo Li until Mon 10:00
    ");
}

#[test]
fn dot_has_every_vertex_and_every_arrow() {
    insta::assert_snapshot!(small("", false, dot), @r##"
    digraph escalation {
      rankdir=LR
      nodesep=0.2
      ranksep=0.8
      node [shape=box, style=rounded, fontname="Helvetica", fontsize=11, margin="0.12,0.08"]
      edge [fontname="Helvetica", fontsize=10, arrowsize=0.7]

      "routes:books" [label="1 route\l1  service=ledger|books-*\l", shape=note, style=solid]
      "routes:channel:1" [label="1 route\l2  service=mail\l", shape=note, style=solid]
      "routes:web" [label="1 route\l3  the rest: everything\l", shape=note, style=solid]
      "channel:1" [label="#mail\na channel: pages nobody", shape=cds, style=solid]
      "seat:books" [label="Books &amp; Co\noutside of its hours until Wed 09:00"]
      "seat:web" [label="Web\nAna Souza until Mon 10:00"]
      "seat:web.secondary" [label="Web, secondary\nBo Li until Mon 10:00"]
      "person:vera" [label="Vera Lund", style="rounded,bold"]

      "routes:books" -> "seat:books" [label=""]
      "routes:channel:1" -> "channel:1" [label=""]
      "routes:web" -> "seat:web" [label=""]
      "seat:books" -> "seat:web" [label="+10 min"]
      "seat:books" -> "seat:web.secondary" [label="+5 min if cause=db", style=dashed]
      "seat:web" -> "seat:web.secondary" [label="+5 min"]
      "seat:web" -> "person:vera" [label="+1 min 30 s"]
    }
    "##);
}

#[test]
fn dot_dims_what_the_alert_does_not_take() {
    insta::assert_snapshot!(small("ledger", false, dot), @r##"
    digraph escalation {
      rankdir=LR
      nodesep=0.2
      ranksep=0.8
      node [shape=box, style=rounded, fontname="Helvetica", fontsize=11, margin="0.12,0.08"]
      edge [fontname="Helvetica", fontsize=10, arrowsize=0.7]

      "routes:books" [label="1 route\l1  service=ledger|books-*\l", shape=note, style=solid, penwidth=2]
      "routes:channel:1" [label="1 route\l2  service=mail\l", shape=note, style=solid, color="#b0b0b0", fontcolor="#909090"]
      "routes:web" [label="1 route\l3  the rest: everything\l", shape=note, style=solid, color="#b0b0b0", fontcolor="#909090"]
      "channel:1" [label="#mail\na channel: pages nobody", shape=cds, style=solid, color="#b0b0b0", fontcolor="#909090"]
      "seat:books" [label="Books &amp; Co\noutside of its hours until Wed 09:00\nat 0 min (empty)", penwidth=2]
      "seat:web" [label="Web\nAna Souza until Mon 10:00\nat 0 min", penwidth=2]
      "seat:web.secondary" [label="Web, secondary\nBo Li until Mon 10:00\nat 5 min", penwidth=2]
      "person:vera" [label="Vera Lund\nat 1 min 30 s", style="rounded,bold", penwidth=2]

      "routes:books" -> "seat:books" [label="", penwidth=2]
      "routes:channel:1" -> "channel:1" [label="", color="#b0b0b0", fontcolor="#909090"]
      "routes:web" -> "seat:web" [label="", color="#b0b0b0", fontcolor="#909090"]
      "seat:books" -> "seat:web" [label="+10 min", penwidth=2]
      "seat:books" -> "seat:web.secondary" [label="+5 min if cause=db", color="#b0b0b0", fontcolor="#909090", style=dashed]
      "seat:web" -> "seat:web.secondary" [label="+5 min", penwidth=2]
      "seat:web" -> "person:vera" [label="+1 min 30 s", penwidth=2]
    }
    "##);
}

#[test]
fn mermaid_escapes_whatever_it_could_take_for_its_own() {
    insta::assert_snapshot!(small("ledger cause=db", false, mermaid), @r##"
    flowchart LR
      n0["1 route<br/>1  service=ledger#124;books-#42;"]
      n1["1 route<br/>2  service=mail"]
      n2["1 route<br/>3  the rest: everything"]
      n3>"#35;mail<br/>a channel: pages nobody"]
      n4("Books #38; Co<br/>outside of its hours until Wed 09:00<br/>at 0 min #40;empty#41;")
      n5("Web<br/>Ana Souza until Mon 10:00<br/>at 5 min")
      n6("Web, secondary<br/>Bo Li until Mon 10:00<br/>at 0 min")
      n7(["Vera Lund<br/>at 6 min 30 s"])
      n0 --> n4
      n1 --> n3
      n2 --> n5
      n4 -->|"#43;10 min"| n5
      n4 -.->|"#43;5 min if cause=db"| n6
      n5 -->|"#43;5 min"| n6
      n5 -->|"#43;1 min 30 s"| n7
      classDef lit stroke-width:3px
      class n0,n4,n5,n6,n7 lit
      classDef dim opacity:0.4
      class n1,n2,n3 dim
      linkStyle 1,2,5 opacity:0.4
    "##);
}

#[test]
fn only_leaves_what_is_reached() {
    insta::assert_snapshot!(small("web.secondary", true, mermaid), @r##"
    flowchart LR
      n0["1 route<br/>1  service=ledger#124;books-#42;"]
      n1["1 route<br/>3  the rest: everything"]
      n2("Books #38; Co<br/>outside of its hours until Wed 09:00")
      n3("Web<br/>Ana Souza until Mon 10:00")
      n4("Web, secondary<br/>Bo Li until Mon 10:00<br/>at 0 min")
      n0 --> n2
      n1 --> n3
      n2 -->|"#43;10 min"| n3
      n2 -.->|"#43;5 min if cause=db"| n4
      n3 -->|"#43;5 min"| n4
      classDef lit stroke-width:3px
      class n0,n1,n2,n3,n4 lit
    "##);
}

#[test]
fn a_picture_says_when_each_seat_is_reached() {
    insta::assert_snapshot!(small("ledger", true, picture), @r#"
    <svg xmlns="http://www.w3.org/2000/svg" class="dogwatch" viewBox="0 0 1171 226" width="1171" height="226" role="img" aria-labelledby="dogwatch-title dogwatch-what">
    <title id="dogwatch-title">Who is paged, and then whom</title>
    <desc id="dogwatch-what">1 route, 3 seats and 3 escalations as of Tue 2026-02-03 18:00 GMT</desc>
    <rect class="page" width="1171" height="226"/>
    <text class="head" x="24" y="34">Who is paged, and then whom</text>
    <text class="faint" x="24" y="52">Tue 2026-02-03 18:00 GMT</text>
    <g transform="translate(0 52)">
    <g class="lit"><path class="wire" d="M216 49C240 49 240 49 264 49"/><path class="tip" d="M264 49l-7 -4v8z"/></g>
    <g class="lit"><path class="wire" d="M498 49H569C593 49 593 49 617 49"/><path class="tip" d="M617 49l-7 -4v8z"/></g>
    <g class="lit"><path class="wire" d="M819 49H913C937 49 937 49 961 49"/><path class="tip" d="M961 49l-7 -4v8z"/></g>
    <g class="lit">
    <title>1 route
    1  service=ledger|books-*</title>
    <rect class="card routes" x="24" y="33" width="192" height="32" rx="7"/>
    <text x="36" y="53">1  service=ledger|books-*</text>
    </g>
    <g class="lit">
    <title>Books &amp; Co
    outside of its hours until Wed 09:00
    at 0 min (empty)</title>
    <rect class="card" x="264" y="24" width="234" height="50" rx="7"/>
    <text class="title" x="276" y="46">Books &amp; Co</text>
    <text class="rung end" x="486" y="46">0 min (empty)</text>
    <text class="faint" x="276" y="62">outside of its hours until Wed 09:00</text>
    </g>
    <g class="lit">
    <title>Web
    Ana Souza until Mon 10:00
    at 0 min
    Web, secondary
    Bo Li until Mon 10:00
    at 5 min</title>
    <rect class="card" x="617" y="24" width="202" height="98" rx="7"/>
    <text class="title" x="629" y="46">Web</text>
    <text class="rung end" x="807" y="46">0 min</text>
    <text x="629" y="62">Ana Souza until Mon 10:00</text>
    <path class="seam" d="M617 74h202"/>
    <text class="faint" x="629" y="94">↓ +5 min · secondary</text>
    <text class="rung end" x="807" y="94">5 min</text>
    <text x="629" y="110">Bo Li until Mon 10:00</text>
    </g>
    <g class="lit">
    <title>Vera Lund
    at 1 min 30 s</title>
    <rect class="card person" x="961" y="24" width="186" height="50" rx="7"/>
    <text class="title" x="973" y="46">Vera Lund</text>
    <text class="rung end" x="1135" y="46">1 min 30 s</text>
    <text class="faint" x="973" y="62">@vera</text>
    </g>
    <text class="lit label" x="508" y="53">+10 min</text>
    <text class="lit label" x="829" y="53">+1 min 30 s</text>
    </g>
    <text class="faint" x="24" y="212">Routes by number: the first that matches is taken.</text>
    </svg>
    "#);
}

#[test]
fn a_graph_in_json() {
    let json = small("ledger", true, |graph, shown| {
        dogwatch::export::json::print(&dogwatch::export::json::graph(graph, shown))
    });
    insta::assert_snapshot!(json, @r#"
    {
      "version": 1,
      "kind": "graph",
      "at": "2026-02-03T18:00:00Z",
      "zone": "Europe/Dublin",
      "focused": true,
      "nodes": [
        {
          "id": "routes:books",
          "kind": "routes",
          "title": "1 route",
          "lit": true,
          "rungs": [],
          "routes": {
            "count": 1,
            "shown": [
              {
                "lit": true,
                "route": {
                  "id": 1,
                  "label": null,
                  "path": [
                    "service=ledger|books-*"
                  ],
                  "goes_on": false,
                  "source": "escalation.toml:2"
                }
              }
            ]
          },
          "seat": null,
          "person": null,
          "channel": null
        },
        {
          "id": "seat:books",
          "kind": "seat",
          "title": "Books & Co",
          "lit": true,
          "rungs": [
            {
              "after_seconds": 0,
              "outcome": "empty"
            }
          ],
          "routes": null,
          "seat": {
            "name": "books",
            "at": "2026-02-03T18:00:00Z",
            "state": "off",
            "people": [],
            "until": "2026-02-04T09:00:00Z",
            "next": {
              "people": [
                "bo"
              ],
              "at": "2026-02-04T09:00:00Z"
            },
            "turns": [
              "bo"
            ]
          },
          "person": null,
          "channel": null
        },
        {
          "id": "seat:web",
          "kind": "seat",
          "title": "Web",
          "lit": true,
          "rungs": [
            {
              "after_seconds": 0,
              "outcome": "pages"
            }
          ],
          "routes": null,
          "seat": {
            "name": "web",
            "at": "2026-02-03T18:00:00Z",
            "state": "held",
            "people": [
              "ana"
            ],
            "until": "2026-02-09T10:00:00Z",
            "next": {
              "people": [
                "bo"
              ],
              "at": "2026-02-09T10:00:00Z"
            },
            "turns": [
              "ana",
              "bo"
            ]
          },
          "person": null,
          "channel": null
        },
        {
          "id": "seat:web.secondary",
          "kind": "seat",
          "title": "Web, secondary",
          "lit": true,
          "rungs": [
            {
              "after_seconds": 300,
              "outcome": "pages"
            }
          ],
          "routes": null,
          "seat": {
            "name": "web.secondary",
            "at": "2026-02-03T18:05:00Z",
            "state": "held",
            "people": [
              "bo"
            ],
            "until": "2026-02-09T10:00:00Z",
            "next": {
              "people": [
                "ana"
              ],
              "at": "2026-02-09T10:00:00Z"
            },
            "turns": [
              "ana",
              "bo"
            ]
          },
          "person": null,
          "channel": null
        },
        {
          "id": "person:vera",
          "kind": "person",
          "title": "Vera Lund",
          "lit": true,
          "rungs": [
            {
              "after_seconds": 90,
              "outcome": "pages"
            }
          ],
          "routes": null,
          "seat": null,
          "person": "vera",
          "channel": null
        }
      ],
      "edges": [
        {
          "from": "routes:books",
          "to": "seat:books",
          "kind": "route",
          "lit": true,
          "after_seconds": null,
          "when": [],
          "source": null
        },
        {
          "from": "seat:books",
          "to": "seat:web",
          "kind": "escalation",
          "lit": true,
          "after_seconds": 600,
          "when": [],
          "source": "escalation.toml:7"
        },
        {
          "from": "seat:web",
          "to": "seat:web.secondary",
          "kind": "escalation",
          "lit": true,
          "after_seconds": 300,
          "when": [],
          "source": "escalation.toml:9"
        },
        {
          "from": "seat:web",
          "to": "person:vera",
          "kind": "escalation",
          "lit": true,
          "after_seconds": 90,
          "when": [],
          "source": "escalation.toml:10"
        }
      ]
    }
    "#);
}

/// A number below some bound, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// An organisation in which anything may lead to anything further on.
fn random(seed: u64) -> Files {
    let mut dice = Dice(seed.wrapping_mul(2_654_435_761).wrapping_add(1));
    for _ in 0..4 {
        dice.roll(2);
    }
    let names = [
        "Web",
        "A rotation of a name that is far too long for its box",
        "漢字の漢字の漢字の漢字の漢字",
        "W & <b>",
        "i",
    ];
    let rotations = 1 + dice.roll(14);
    let mut files: Vec<(String, String)> = vec![("org.toml".into(), "zone = \"UTC\"".into())];
    let mut people = String::new();
    for person in 0..6 {
        let name = names[dice.roll(names.len())];
        let _ = writeln!(people, "[p{person}]\nname = \"{name} {person}\"\nzone = \"UTC\"");
    }
    files.push(("people.toml".into(), people));
    let mut seats: Vec<String> = Vec::new();
    for rotation in 0..rotations {
        let name = names[dice.roll(names.len())];
        let secondary = if dice.roll(2) == 0 { "[secondary]\nfollow = 1\n" } else { "" };
        let people = format!("\"p{}\", \"p{}\"", dice.roll(3), 3 + dice.roll(3));
        files.push((
            format!("r{rotation}.toml"),
            format!(
                "name = \"{name} {rotation}\"\n[[layers]]\npeople = [{people}]\nfrom = 2026-01-05\n\
                 handoff = {{ every = \"week\", on = \"Mon\", at = \"10:00\" }}\n{secondary}"
            ),
        ));
        seats.push(format!("r{rotation}"));
        if !secondary.is_empty() {
            seats.push(format!("r{rotation}.secondary"));
        }
    }
    // A random order, along which everything escalates: the seats of a rotation may lie far apart.
    for place in (1..seats.len()).rev() {
        let other = dice.roll(place + 1);
        seats.swap(place, other);
    }
    let mut rows = String::from("routes = [\n");
    for _ in 0..dice.roll(12) {
        let seat = &seats[dice.roll(seats.len())];
        let target = match dice.roll(8) {
            0 => "notify = \"#channel\"".to_owned(),
            1 => "page = \"@p0\"".to_owned(),
            _ => format!("page = \"{seat}\""),
        };
        let _ = writeln!(rows, "{{ when = {{ service = [\"s{}-*\"] }}, {target} }},", dice.roll(100));
    }
    let _ = writeln!(rows, "{{ page = \"{}\" }},\n]\nescalations = [", seats[0]);
    for (place, seat) in seats.iter().enumerate() {
        let mut taken = Vec::new();
        for _ in 0..dice.roll(4) {
            let to = place + 1 + dice.roll(4);
            if taken.contains(&to) {
                continue;
            }
            taken.push(to);
            let to = match seats.get(to) {
                Some(seat) => seat.clone(),
                None => ["@p1", "@p2", "@nobody"][to % 3].to_owned(),
            };
            if rows.contains(&format!("from = \"{seat}\", to = \"{to}\"")) {
                continue;
            }
            let when = ["", "", ", when = { cause = [\"db\", \"network\"] }"][dice.roll(3)];
            let _ = writeln!(rows, "{{ from = \"{seat}\", to = \"{to}\", after = \"{}m\"{when} }},", 1 + dice.roll(90));
        }
    }
    rows.push_str("]\n");
    files.push(("escalation.toml".into(), rows));
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// A rectangle: left, top, right, bottom.
type Area = [i32; 4];

fn overlap(a: Area, b: Area) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn area(card: &Card) -> Area {
    [card.x, card.y, card.x + card.width, card.y + card.height]
}

/// Points along a line, close enough to each other that nothing slips between.
fn along(start: (i32, i32), pieces: &[Piece]) -> Vec<(f64, f64)> {
    let float = |(x, y): (i32, i32)| (f64::from(x), f64::from(y));
    let mut points = Vec::new();
    let mut here = float(start);
    for piece in pieces {
        let (a, b, to) = match *piece {
            Piece::Straight(to) => (here, float(to), float(to)),
            Piece::Curve(a, b, to) => (float(a), float(b), float(to)),
        };
        for step in 0..=64 {
            let t = f64::from(step) / 64.0;
            let s = 1.0 - t;
            let mix = |p: f64, a: f64, b: f64, q: f64| {
                s * s * s * p + 3.0 * s * s * t * a + 3.0 * s * t * t * b + t * t * t * q
            };
            points.push((mix(here.0, a.0, b.0, to.0), mix(here.1, a.1, b.1, to.1)));
        }
        here = to;
    }
    points
}

/// All that makes a picture legible.
fn look_at(graph: &Graph<'_>, layout: &Layout, what: &str) {
    let mut at: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (index, card) in layout.cards.iter().enumerate() {
        let [left, top, right, bottom] = area(card);
        assert!(0 < left && 0 < top && right < layout.width && bottom < layout.height, "{what}: {card:?} sticks out");
        let mut y = card.y;
        for (place, cell) in card.cells.iter().enumerate() {
            assert_eq!(cell.y, y, "{what}: cells follow each other");
            y += cell.height;
            assert_eq!(at.insert(cell.vertex, (index, place)), None, "{what}: a vertex is drawn once");
            for text in &cell.texts {
                assert!(cell.y < text.y - 8 && text.y < y, "{what}: {text:?} leaves its cell {cell:?}");
                assert!(left < text.x && text.x < right, "{what}: {text:?} leaves its card");
            }
        }
        assert_eq!(y, bottom, "{what}: cells fill their card");
        for other in &layout.cards[..index] {
            assert!(!overlap(area(card), area(other)), "{what}: {card:?} lies on {other:?}");
        }
    }
    let drawn: Vec<usize> = layout.wires.iter().map(|it| it.arrow).collect();
    let expected: Vec<usize> = (0..graph.arrows.len())
        .filter(|it| {
            let arrow = &graph.arrows[*it];
            !matches!(arrow.kind, ArrowKind::Turns { .. }) && at[&arrow.from].0 != at[&arrow.to].0
        })
        .collect();
    assert_eq!(drawn, expected, "{what}: every arrow between cards is a line, and nothing else");
    let mut labels: Vec<Area> = Vec::new();
    for wire in &layout.wires {
        let arrow = &graph.arrows[wire.arrow];
        let (from, to) = (at[&arrow.from], at[&arrow.to]);
        let (source, target) = (&layout.cards[from.0], &layout.cards[to.0]);
        let (out, back) = (&source.cells[from.1], &target.cells[to.1]);
        assert_eq!(wire.start.0, source.x + source.width, "{what}: a line leaves on the right");
        assert!(out.y < wire.start.1 && wire.start.1 < out.y + out.height, "{what}: {wire:?} leaves {out:?}");
        let edge = if source.x == target.x { target.x + target.width } else { target.x };
        assert_eq!(wire.end().0, edge, "{what}: a line ends at its card");
        assert!(back.y < wire.end().1 && wire.end().1 < back.y + back.height, "{what}: {wire:?} enters {back:?}");
        for (x, y) in along(wire.start, &wire.pieces) {
            assert!(0.0 < x && x < f64::from(layout.width), "{what}: {wire:?} leaves the picture");
            assert!(0.0 < y && y < f64::from(layout.height), "{what}: {wire:?} leaves the picture");
            let inside = |card: &&Card| {
                let [left, top, right, bottom] = area(card).map(f64::from);
                left < x && x < right && top < y && y < bottom
            };
            assert!(!layout.cards.iter().any(|it| inside(&it)), "{what}: {wire:?} goes through a card");
        }
        let Some(label) = &wire.label else { continue };
        // No letter is wider than it is high.
        let wide = i32::try_from(label.text.chars().count()).unwrap() * 6;
        let area_of = [label.x, label.y - 9, label.x + wide, label.y + 3];
        assert!(area_of[2] < layout.width, "{what}: {label:?} leaves the picture");
        assert!(!layout.cards.iter().any(|it| overlap(area(it), area_of)), "{what}: {label:?} lies on a card");
        assert!(!labels.iter().any(|it| overlap(*it, area_of)), "{what}: {label:?} lies on another label");
        labels.push(area_of);
    }
}

#[test]
fn in_no_picture_anything_lies_on_anything_else() {
    let count = std::env::var("DOGWATCH_GRAPHS").map_or(60, |it| it.parse().unwrap());
    let (mut loops, mut cut_in_two, mut long) = (0, 0, 0);
    for seed in 0..count {
        let files = random(seed);
        let org = org(&files);
        let reader = reader(&org);
        let shown = Shown { org: &org, reader: &reader, most_routes: 3 };
        for people in [false, true] {
            let graph = graph(&org, reader.now, None, people).unwrap();
            let layout = layout(&graph, &shown).unwrap();
            look_at(&graph, &layout, &format!("seed {seed}"));
            let text = svg(&graph, &layout, None, &shown);
            assert_eq!(nesting(&text), Ok(()), "seed {seed}");
            loops += layout.wires.iter().filter(|it| it.end().0 == it.start.0).count();
            long += layout.wires.iter().filter(|it| it.pieces.len() > 3).count();
            let single = |card: &Card| match &graph.vertices[card.cells[0].vertex].place {
                Place::Seat(chair) => card.cells.len() == 1 && org.rotation(chair.seat.rotation).secondary.is_some(),
                _ => false,
            };
            cut_in_two += layout.cards.iter().filter(|it| single(it)).count();
        }
    }
    // The organisations have what pictures are difficult for.
    assert!(loops > 20 && cut_in_two > 20 && long > 20, "{loops} loops, {cut_in_two} single seats, {long} long lines");
}

/// Whether elements close in the order in which they opened, and whether nothing in them is taken for markup.
fn nesting(text: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (words, tag) = rest.split_at(start);
        let end = tag.find('>').ok_or("a tag without an end")?;
        for part in words.split('&').skip(1).chain(tag[..end].split('&').skip(1)) {
            if !["amp;", "lt;", "gt;", "quot;"].iter().any(|it| part.starts_with(it)) {
                return Err(format!("a bare ampersand before {part:?}"));
            }
        }
        let inner = &tag[1..end];
        if inner.matches('"').count() % 2 == 1 {
            return Err(format!("quotes do not close in {inner}"));
        }
        let name = inner.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !["svg", "title", "desc", "style", "rect", "text", "g", "path"].contains(&name) {
            return Err(format!("an element {name}"));
        }
        match (inner.starts_with('/'), inner.ends_with('/')) {
            (true, _) if open.pop() != Some(name) => return Err(format!("{name} closes what is not open")),
            (false, false) => open.push(name),
            _ => {}
        }
        rest = &tag[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

#[test]
fn names_of_any_kind_stay_names() {
    let files = Files::load(&root().join("tests/cases/graph/hostile/rotations")).unwrap();
    let org = org(&files);
    let reader = reader(&org);
    let shown = Shown { org: &org, reader: &reader, most_routes: 6 };
    let graph = graph(&org, reader.now, None, true).unwrap();
    let layout = layout(&graph, &shown).unwrap();
    look_at(&graph, &layout, "hostile");
    let drawn = svg(&graph, &layout, None, &shown);
    assert_eq!(nesting(&drawn), Ok(()));
    let line = |text: &str, part: &str| text.lines().find(|it| it.contains(part)).unwrap().trim().to_owned();
    let dot = dot(&graph, &shown);
    assert_eq!(
        line(&dot, "\"person:ana\" ["),
        r#""person:ana" [label="Ana \"Q\" \\N <script>alert(1)</script> &amp; Co", style="rounded,bold"]"#
    );
    assert_eq!(
        line(&dot, "\"seat:dash\" ["),
        r#""seat:dash" [label="- \\l\\G\\\\ **bold** _it_ $$x$$ ]]>\nvacant on purpose until Mon 10:00"]"#
    );
    let mermaid = mermaid(&graph, &shown);
    assert_eq!(line(&mermaid, "(\"end<br/>").split("<br/>").next(), Some("n8(\"end"));
    assert_eq!(
        line(&mermaid, "a list").split("<br/>").next(),
        Some("n10(\"1#46; a list"),
        "a number and a full stop would begin a list"
    );
    assert_eq!(
        line(&mermaid, "([\"Ana"),
        "n12([\"Ana #34;Q#34; #92;N #60;script#62;alert#40;1#41;#60;#47;script#62; #38; Co\"])"
    );
}

#[test]
fn ten_thousand_routes_are_a_few_lines() {
    let mut routes = String::new();
    for route in 0..10_000 {
        let _ = writeln!(
            routes,
            "{{ when = {{ service = [\"svc-{route}\"] }}, page = \"{}\" }},",
            ["books", "web"][route % 2]
        );
    }
    let escalation = format!(
        "routes = [\n{routes}{{ page = \"web\" }},\n]\nescalations = [{{ from = \"web\", after = \"5m\", to = \"@vera\" }}, {{ from = \"books\", after = \"5m\", to = \"@vera\" }}]\n"
    );
    let mut small: Vec<(&str, &str)> = SMALL.to_vec();
    small.retain(|(name, _)| *name != "escalation.toml");
    small.push(("escalation.toml", &escalation));
    let files = files(&small);
    let org = org(&files);
    let reader = reader(&org);
    let shown = Shown { org: &org, reader: &reader, most_routes: 2 };
    // The route that the alert takes is shown, however far down it stands.
    let tags = [("service".to_owned(), "svc-7777".to_owned())].into();
    let answer = ask(&org, dogwatch::escalation::Subject::Tags, &tags, reader.now).unwrap();
    let graph = graph(&org, reader.now, Some(&answer), false).unwrap();
    let text = text::graph(&graph, Some(&answer), &shown);
    let routes: Vec<&str> =
        text.lines().filter(|it| it.contains("route") || it.contains("more")).map(str::trim).collect();
    let routes: Vec<String> = routes.into_iter().map(plain).collect();
    assert_eq!(
        routes,
        [
            "Books & Co  5000 routes",
            "route  1  service=svc-0",
            "route  3  service=svc-2",
            "… and 4998 more",
            "▸ Web  5001 routes",
            "route  2  service=svc-1",
            "▸ route  7778  service=svc-7777",
            "… and 4999 more",
        ]
    );
    assert!(dot(&graph, &shown).len() < 3_000);
    assert!(mermaid(&graph, &shown).len() < 3_000);
    look_at(&graph, &layout(&graph, &shown).unwrap(), "ten thousand routes");
}

#[test]
fn what_nobody_could_read_is_not_drawn() {
    let count = 3_000;
    let mut all: Vec<(String, String)> = vec![
        ("org.toml".into(), "zone = \"UTC\"".into()),
        ("people.toml".into(), "[ana]\nname = \"Ana\"\nzone = \"UTC\"\n".into()),
    ];
    let mut rows = String::from("routes = [{ page = \"r0\" }]\nescalations = [\n");
    for rotation in 0..count {
        let layer = "[[layers]]\npeople = [\"ana\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n";
        all.push((format!("r{rotation}.toml"), layer.into()));
        let to = if rotation + 1 == count { "@ana".to_owned() } else { format!("r{}", rotation + 1) };
        let _ = writeln!(rows, "{{ from = \"r{rotation}\", after = \"1m\", to = \"{to}\" }},");
    }
    rows.push_str("]\n");
    all.push(("escalation.toml".into(), rows));
    let files: Files = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let org = org(&files);
    let reader = reader(&org);
    let shown = Shown { org: &org, reader: &reader, most_routes: 2 };
    let graph = graph(&org, reader.now, None, false).unwrap();
    // Routes, 3,000 seats, and Ana: each in a column of its own.
    assert_eq!(layout(&graph, &shown).unwrap_err(), TooLarge { items: 3_002, columns: 3_002 });
    assert_eq!(dot(&graph, &shown).matches(" -> ").count(), 3_001);
    let text = text::graph(&graph, None, &shown);
    assert!(text.contains("… and 2985 more rungs"), "16 of 3,001 rungs are shown");
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap();
    format!("exit status {status}\n{}{}", text(output.stdout), text(output.stderr))
}

#[test]
fn what_cannot_be_asked_says_what_can() {
    insta::assert_snapshot!(run(&root(), &["graph", "serch"]), @"
    exit status 2
    error: no service, rotation or person is called `serch`
      help: did you mean `search`?
      help: an alert of a service that is in no file: `dogwatch who service=serch`
    ");
    insta::assert_snapshot!(run(&root(), &["graph", "--only"]), @"
    exit status 2
    error: the following required arguments were not provided:
      <NAME | TAG=VALUE>...

    Usage: dogwatch graph --only <NAME | TAG=VALUE>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(&root(), &["graph", "--format", "ics"]), @"
    exit status 2
    error: this command has no format `ics`
      help: it has text, svg, dot, mermaid, json
    ");
}

/// The pictures of the documents, each with what prints it.
const PICTURES: &[(&str, &str)] = &[
    ("escalation.svg", "--now 2026-11-24T15:00:00Z graph --format svg"),
    ("web-client.svg", "--now 2026-11-24T15:00:00Z graph web-client cause=api --only --format svg"),
];

/// `UPDATE_PICTURES=1 cargo test pictures` draws them.
#[test]
fn the_pictures_in_the_documents_are_fresh() {
    let page = std::fs::read_to_string(root().join("docs/graph.md")).unwrap();
    for (name, command) in PICTURES {
        let path = root().join("docs/pictures").join(name);
        let arguments: Vec<&str> = command.split(' ').collect();
        let drawn = run(&root(), &arguments).strip_prefix("exit status 0\n").unwrap().to_owned();
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == drawn, "{name} is stale: UPDATE_PICTURES=1 cargo test pictures");
        assert!(page.contains(&format!("dogwatch {command} > docs/pictures/{name}")), "docs/graph.md says how");
    }
}
