//! What people are shown.

use dogwatch::config::Files;
use dogwatch::people::Handled;
use dogwatch::web::{Past, Request, Site, answer};

use super::{get, reference, root, site, site_of, stale, text};

/// Every page, and what must stand on it.
const PAGES: [(&str, &[&str]); 14] = [
    ("/", &["On call", "Theo Papadakis", "tel:+12125550149", "until", "Saoirse Kelly", "Incident Command"]),
    ("/ask", &["Whom do I page?", "mysql-main", "storage-ops"]),
    (
        "/ask?q=search-api&at=2017-08-15T03:00:00Z",
        &[
            "Imani Walker",
            "0 min",
            "15 min",
            "Xiomara Reyes",
            "rotations/search.toml:9",
            "tel:+14155550100",
            "twice; then nobody more",
        ],
    ),
    (
        "/ask?q=build-farm&at=2017-08-15T03:00:00Z",
        &["Nobody: outside of its hours", "next is", "Mei Lin", "if nobody had been missing before"],
    ),
    ("/ask?q=service%3Dnewsletter", &["Nobody is paged for this.", "Informs <b>#newsletter-ops</b>"]),
    ("/ask?q=serch-api", &["no service, rotation or person is called", "Did you mean", "q=search-api"]),
    (
        "/calendar",
        &["7 Dec – 13 Dec 2026, week 50", "Storage Ops", "Kofi&#39;s last evening class of term", "vacant on purpose"],
    ),
    (
        "/calendar?zoom=day&by=person&of=search&zone=Europe%2FDublin&on=2026-12-14",
        &["Mon 14 December 2026", "Theo Papadakis", "12:00", "zone=Europe%2FDublin"],
    ),
    ("/calendar?zoom=year&of=search&on=2026-01-05", &["<h1>2026</h1>", "Search"]),
    ("/graph?q=web-client&only=1", &["Webapp Client", "<svg", "The same in words"]),
    (
        "/rotations/storage-ops",
        &["Cleo Marchetti", "What it is paged for", "every week on Mon at 10:00", "rotations/storage-ops.toml:16"],
    ),
    ("/people", &["Kofi Mensah", "Storage Ops"]),
    (
        "/people/kofi",
        &[
            "Kofi Mensah",
            "Evening class",
            "the next 12 weeks",
            "What Kofi Mensah is paged for",
            "/feeds/people/kofi.ics",
        ],
    ),
    ("/check", &["findings", "Routing tests"]),
];

#[test]
fn every_page_has_the_right_names_and_nothing_of_anybody_else() {
    let site = site();
    for (target, says) in PAGES {
        let response = get(&site, target);
        assert_eq!((response.status, response.content_type), (200, "text/html; charset=utf-8"), "{target}");
        let page = text(&response);
        for it in says {
            assert!(page.contains(it), "{target} does not say {it}");
        }
        is_well_behaved(target, &page);
    }
}

/// What the policy forbids is not there in the first place; nothing leads out but by a person's will.
#[track_caller]
fn is_well_behaved(target: &str, page: &str) {
    for never in
        [" style=", "<style", "javascript:", " onclick=", " onload=", " onerror=", "<iframe", "@import", "data:"]
    {
        assert!(!page.contains(never), "{target} has {never}");
    }
    for (at, _) in page.match_indices("://") {
        let from = page[..at].rfind('"').map_or(0, |it| it + 1);
        assert!(
            page[from..].starts_with("http://www.w3.org/"),
            "{target}: {}",
            page[from..].split('"').next().unwrap()
        );
    }
    assert_eq!(page.matches("<h1").count(), 1, "{target} has one heading");
    assert_eq!(page.matches("<main").count(), 1);
    assert_eq!(page.matches("<div").count(), page.matches("</div>").count(), "{target}");
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count(), "{target}");
    assert_eq!(page.matches("<ul").count(), page.matches("</ul>").count(), "{target}");
}

#[test]
fn every_answer_says_what_a_browser_may_do() {
    let site = site();
    let policy = |target: &str| get(&site, target).header("content-security-policy").unwrap().to_owned();
    let page = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let data = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    for (target, expected) in [
        ("/", page),
        ("/ask?q=search-api", page),
        ("/nowhere", page),
        ("/api/v1/now", data),
        ("/assets/script.js", data),
        ("/feeds/everything.ics", data),
        ("/healthz", data),
        ("/api/v1/nothing", data),
    ] {
        assert_eq!(policy(target), expected, "{target}");
        let response = get(&site, target);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{target}");
        }
        assert!(response.header("cache-control").is_some(), "{target}");
    }
}

#[test]
fn names_that_mean_something_to_a_page_stay_names() {
    let odd = || Files::load(&root().join("tests/peers/browser/odd/rotations")).unwrap();
    let site = site_of(odd());
    let org = &site.state.org;
    let mut targets: Vec<String> =
        ["/", "/ask", "/ask?q=a", "/calendar", "/calendar?by=person", "/graph?people=1", "/people", "/check"]
            .map(str::to_owned)
            .into();
    targets.extend(org.people.iter().map(|it| format!("/people/{}", it.key)));
    targets.extend(org.rotations.iter().map(|it| format!("/rotations/{}", it.key)));
    for asked in
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'onmouseover='x", "x=<b>", "\u{202e}x"]
    {
        let asked: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        targets.extend(["ask?q", "graph?q", "calendar?of", "?at", "ask?q=a&at"].map(|it| format!("/{it}={asked}")));
        targets.push(format!("/ask?q=a&zone={asked}"));
        targets.push(format!("/people/{asked}"));
        targets.push(format!("/{asked}"));
    }
    for target in &targets {
        let page = text(&get(&site, target));
        for never in ["<script>alert", "<img", "<b>R", "'onmouseover='", " onerror=alert(2)>\""] {
            assert!(!page.contains(never), "{target} has {never}");
        }
        assert_eq!(page.matches("<script").count(), 1, "{target}: its own script alone");
    }
    assert!(text(&get(&site, "/people")).contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn a_gap_stands_first_with_its_cure() {
    let files = [
        ("org.toml", "zone = 'Europe/Dublin'"),
        ("people.toml", "[ana]\nname = 'Ana'\nzone = 'Europe/Dublin'\n[bo]\nname = 'Bo'\nzone = 'Europe/Dublin'"),
        (
            "alpha.toml",
            "name = 'Alpha'\n[[layers]]\npeople = ['bo']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }",
        ),
        // Tuesday 18:00 in Dublin is beyond its hours, and promised.
        (
            "web.toml",
            "name = 'Web'\ncoverage = ['24x7']\n[[layers]]\npeople = ['ana']\nhours = ['Mon-Fri 09:00-17:00']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }",
        ),
        ("escalation.toml", "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = '@bo' }]"),
    ];
    let page = text(&get(&site_of(files.into_iter().collect()), "/"));
    let place = |it: &str| page.find(it).unwrap_or_else(|| panic!("it does not say {it}:\n{page}"));
    assert!(place("Gaps: promised, and held by nobody") < place("<h2 id=\"rotations\""));
    assert!(place("Alerts pass it by, on to <b>@bo</b>.") < place(">Alpha</a>"));
    let cure = "# web.toml, on the clock of Europe/Dublin\n[[overrides]]\nperson = \"…\"\nfrom   = 2026-12-08T18:00:00\nuntil  = 2026-12-09T09:00:00</pre>";
    assert!(place(cure) > 0);
}

#[test]
fn every_page_says_when_the_files_mean_nothing() {
    let site = stale();
    for (target, _) in PAGES.iter().filter(|(it, _)| !it.contains("zone=")) {
        let page = text(&get(&site, target));
        let alarm = "<strong>The files have 2 mistakes, since Tue 2026-12-08 09:30 PST.</strong> What you see is what they said before, at Tue 2026-12-08 10:00 PST.";
        assert!(page.contains(alarm), "{target}");
    }
    assert!(text(&get(&site, "/check")).contains("no such person: `cloe`"));
    assert!(!text(&get(&super::site(), "/")).contains("role=\"alert\""));
}

#[test]
fn a_problem_is_a_page_for_who_takes_pages() {
    let site = site();
    let response = get(&site, "/people/nobody-of-this-name");
    assert_eq!((response.status, response.content_type), (404, "text/html; charset=utf-8"));
    assert!(text(&response).contains("<h1>Not found</h1><p class=\"lead\">no such person: `nobody-of-this-name`</p>"));
    // What is asked for counts, and nothing unseen of it turns what stands around it.
    let kind = |accept: &str| {
        let request = Request { accept: Some(accept.to_owned()), ..Request::get("/people/x") };
        answer(&site, &request, super::now()).content_type
    };
    for page in ["text/html", "TEXT/HTML", "application/xhtml+xml, text/html;q=0.9", "text/html; charset=utf-8"] {
        assert_eq!(kind(page), "text/html; charset=utf-8", "{page}");
    }
    for document in ["", "*/*", "application/json", "text/html;q=0", "text/html;q=0.0, application/json", "text/htmlx"]
    {
        assert_eq!(kind(document), "application/problem+json", "{document}");
    }
    let turned = text(&get(&site, "/people/%E2%80%AExyz"));
    assert!(turned.contains("no such person: `\u{fffd}xyz`") && !turned.contains('\u{202e}'), "{turned}");
    assert_eq!(get(&site, "/calendar?zoom=decade").status, 400);
    assert_eq!(get(&site, "/calendar?on=2026-02-30").status, 400);
    assert_eq!(get(&site, "/calendar?zoom=year&on=2199-12-30").status, 200);
    assert_eq!(get(&site, "/calendar?zoom=year&on=1970-01-02").status, 200);
    assert_eq!(get(&site, "/?at=2199-12-30").status, 200);
    assert_eq!(get(&site, "/fit").status, 404);
}

fn past() -> Past {
    Past {
        report: "<section><h2>What it says</h2></section>\n".to_owned(),
        title: "Nine of ten".to_owned(),
        handled: Handled::default(),
    }
}

#[test]
fn a_page_of_another_moment_says_so_and_its_times_are_dated() {
    let page = text(&get(&site(), "/ask?q=search-api&at=2026-12-01T03:00:00Z"));
    let told = "<div class=\"then\" role=\"note\"><strong>Not now, but 7 days ago:</strong> Mon 2026-11-30 19:00 PST. \
                <a href=\"?q=search-api\">As it is now</a></div>";
    assert!(page.contains(told), "{page}");
    // Of the week of 30 November, whose Monday is not the next one.
    assert!(page.contains(">Mon 2026-12-07 07:00 PST</time>"), "{page}");
    let page = text(&get(&site(), "/?at=2026-12-08T20:30:00Z"));
    assert!(
        page.contains("<strong>Not now, but in 2 hours:</strong> Tue 2026-12-08 12:30 PST. <a href=\"?\">"),
        "{page}"
    );
    let page = text(&get(&site(), "/ask?q=search-api"));
    assert!(!page.contains("class=\"then\"") && page.contains(">Mon 07:00</time>"), "{page}");
    // Whoever shares a page shares its moment.
    assert!(
        page.contains("<a href=\"?q=search-api&amp;at=2026-12-08T18%3A00%3A00Z\">this moment, to share</a>"),
        "{page}"
    );
}

#[test]
fn a_time_that_is_none_leaves_the_question_where_it_was() {
    let response = get(&site(), "/ask?q=search-api&at=yesterday");
    let page = text(&response);
    assert_eq!(response.status, 400);
    for it in
        ["not a time: `yesterday`", "name=\"q\"", "value=\"search-api\"", "value=\"yesterday\"", "2026-03-03 15:00"]
    {
        assert!(page.contains(it), "{it}: {page}");
    }
    assert_eq!(get(&site(), "/graph?q=search-api&at=zzz").status, 400);
}

#[test]
fn what_was_not_asked_is_named_and_a_link_away() {
    let page = text(&get(&site(), "/ask?q=service%3Dmysql-main+severity%3Dcritical"));
    let more = "services.toml knows more of mysql-main: tier=core. \
                <a href=\"/ask?q=mysql-main+severity%3Dcritical\">Ask with it</a>.";
    assert!(page.contains(more), "{page}");
    let page = text(&get(&site(), "/ask?q=serch-api"));
    let instead = "<p>Or ask for an alert with <a href=\"/ask?q=service%3Dserch-api\">service=serch-api</a>.</p>";
    assert!(page.contains(instead), "{page}");
}

#[test]
fn a_tap_calls_nobody_else() {
    let people = "[ana]\nname = 'Ana'\nzone = 'UTC'\nphone = '+44 (0)20 7946 0018 ext. 42'\n\
                  [bo]\nname = 'Bo'\nzone = 'UTC'\nphone = '020 7946 0018 or 020 7946 0019'\n";
    let files: Files = [("org.toml", "zone = 'UTC'"), ("people.toml", people)].into_iter().collect();
    let site = super::site_of(files);
    let ana = "<a class=\"call\" href=\"tel:+442079460018;ext=42\">+44 (0)20 7946 0018 ext. 42</a>";
    assert!(text(&get(&site, "/people/ana")).contains(ana));
    let bo = text(&get(&site, "/people/bo"));
    assert!(bo.contains("<li>020 7946 0018 or 020 7946 0019</li>") && !bo.contains("tel:"), "{bo}");
}

#[test]
fn with_a_history_there_is_a_page_of_what_it_says() {
    let mut state = super::state(reference(), super::now());
    state.fit = Some(past());
    let site = Site::new(state.into(), None, super::plain_options().into());
    let page = text(&get(&site, "/fit"));
    assert!(page.contains("<div class=\"fit\">\n<section><h2>What it says</h2></section>\n</div>"));
    assert!(page.contains("<title>Fit: Nine of ten · Dogwatch</title>"));
    assert!(text(&get(&site, "/")).contains("href=\"/fit\""));
    assert!(!text(&get(&super::site(), "/")).contains("href=\"/fit\""));
}

#[test]
fn a_person_s_readiness_is_told_where_there_are_stages() {
    let files = |stages: &str| -> Files {
        let org = format!("zone = 'UTC'\n{stages}");
        let people = "[ana]\nname = 'Ana'\nzone = 'UTC'\ntrained = ['101']\n[bo]\nname = 'Bo'\nzone = 'UTC'";
        let web = "[[layers]]\npeople = ['bo', 'ana']\nfrom = 2026-09-07\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }";
        [("org.toml", org.as_str()), ("people.toml", people), ("web.toml", web)].into_iter().collect()
    };
    let page = |stages: &str| text(&get(&site_of(files(stages)), "/people/ana"));
    // Where a history is loaded, what it says of them counts.
    let mut state = super::state(files("[[stages]]\nname = 'primary'\nneeds = { trained = ['101'] }"), super::now());
    state.fit = Some(past());
    let known = text(&get(&Site::new(state.into(), None, super::plain_options().into()), "/people/ana"));
    assert!(known.contains("episodes handled") && !known.contains("--history"), "{known}");
    assert!(known.contains("Episodes of the loaded history count, up to"), "{known}");
    assert!(!page("").contains("<h2>Readiness</h2>"));
    // From 14 September on every other week, until 8 December: six whole turns are over, and the seventh is not.
    let staged = page(
        "[[stages]]\nname = 'primary'\nneeds = { trained = ['101'] }\n[[stages]]\nname = 'mentor'\nneeds = { drills = ['failover'] }",
    );
    let (_, below) = staged.split_once("<h2>Readiness</h2>").unwrap();
    let (below, _) = below.split_once("</pre>").unwrap();
    assert!(below.contains("turns done      6 primary, 0 secondary, 0 shadowed"), "{below}");
    assert!(below.contains("stands at       primary"), "{below}");
    assert!(below.contains("mentor  the drill failover"), "{below}");
}

#[test]
fn the_load_of_a_person_is_counted_by_hand() {
    // Ana and Bo take weeks in turn, from Monday to Monday at 10:00 in UTC; on Tuesday 8 December it is Ana's since
    // the day before. Of 84 days back she had six whole weeks and the 32 hours since Monday 10:00; ahead, from Tuesday
    // 18:00 to Tuesday 2 March 00:00, 136 hours, five whole weeks, and from Monday 1 March 10:00 the last 14 hours.
    let files = [
        ("org.toml", "zone = 'UTC'\nsleep = 'Mon-Sun 22:00-07:00'"),
        ("people.toml", "[ana]\nname = 'Ana'\nzone = 'UTC'\n[bo]\nname = 'Bo'\nzone = 'UTC'"),
        (
            "web.toml",
            "[[layers]]\npeople = ['bo', 'ana']\nfrom = 2026-09-07\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }",
        ),
    ];
    let page = text(&get(&site_of(files.into_iter().collect()), "/people/ana"));
    let row = |title: &str| {
        let (_, rest) = page.split_once(&format!("<tr><th scope=\"row\">{title}</th>")).unwrap();
        let (row, _) = rest.split_once("</tr>").unwrap();
        row.replace("<td class=\"n\">", "").replace("</td>", "|")
    };
    // Back to Tuesday 15 September 00:00: the turn of Monday 14 September is Ana's, less its first 14 hours.
    // Turns from 7 September: Bo 7, Ana 14, Bo 21, Ana 28 … Ana 7 December: Ana's are 14 and 28 September, 12 and 26
    // October, 9 and 23 November, 7 December: 154 h, five weeks of 168, 32. Nights of nine hours: seven a week; the
    // first has six of them, from Tuesday's 00:00 to 07:00 and from 22:00 on: 7 + 6 × 9 = 61, 5 × 63, and 9.
    assert_eq!(row("the last 12 weeks"), format!("7|{} h|{} h|{} h|0 h|", 154 + 5 * 168 + 32, 61 + 5 * 63 + 9, 6 * 48));
    // Ahead: 7 December's from Tuesday 18:00: 136 h; 21 December, 4 and 18 January, 1 and 15 February: 5 × 168; and
    // 1 March's first 14 hours, two of which are of a night. Of this week's nights six are left: 6 × 9.
    assert_eq!(row("the next 12 weeks"), format!("7|{} h|{} h|{} h|0 h|", 136 + 5 * 168 + 14, 54 + 5 * 63 + 2, 6 * 48));
}
