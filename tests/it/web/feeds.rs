//! Calendars to subscribe to, and their links.

use std::sync::Arc;

use dogwatch::web::{FeedKey, Generations, Options, Request, Site, State, answer, is_open};

use super::{command, get, now, plain_options, site, text};

const KEY: &str = "0123456789abcdef0123456789abcdef";
// printf 'dogwatch feed 1\nperson\nkofi\n0' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef | cut -c…32
const KOFI: &str = "e49079f7dcec45e5fb8a63af552c7491";
// The same of generation 1.
const KOFI_AGAIN: &str = "3c6d9d6a72cfea586818aba5320d1557";

fn locked(revoked: &str) -> Site {
    let state = &site().state;
    let state = State {
        org: state.org.clone(),
        files: state.files.clone(),
        warnings: Vec::new(),
        fit: None,
        since: state.since,
        revision: state.revision.clone(),
    };
    let options = Options { feed_key: Some(FeedKey::new(KEY).unwrap()), ..plain_options() };
    Site::new(Arc::new(state), None, Arc::new(options)).revoking(Arc::new(Generations::parse(revoked).unwrap()))
}

#[test]
fn a_feed_is_the_calendar_of_the_command_line() {
    let site = site();
    for (target, names) in [
        ("/feeds/everything.ics", &[][..]),
        ("/feeds/rotations/storage-ops.ics", &["storage-ops"]),
        ("/feeds/people/kofi.ics", &["@kofi"]),
    ] {
        let response = get(&site, target);
        assert_eq!((response.status, response.content_type), (200, "text/calendar; charset=utf-8"));
        let arguments: Vec<&str> = ["show"].iter().chain(names).copied().chain(["--format", "ics"]).collect();
        assert_eq!(text(&response), command(&arguments), "{target}");
    }
}

#[test]
fn a_secret_link_opens_its_feed_and_no_other() {
    let site = locked("");
    let status = |target: &str| get(&site, target).status;
    assert_eq!(status(&format!("/feeds/{KOFI}/people/kofi.ics")), 200);
    assert!(text(&get(&site, "/people/kofi")).contains(&format!("href=\"/feeds/{KOFI}/people/kofi.ics\"")));
    let wrong = [
        format!("/feeds/{KOFI}/people/ana.ics"),
        format!("/feeds/{KOFI}/rotations/kofi.ics"),
        format!("/feeds/{KOFI}/everything.ics"),
        format!("/feeds/{}/people/kofi.ics", &KOFI[1..]),
        format!("/feeds/{}/people/kofi.ics", KOFI.to_uppercase()),
        format!("/feeds/{KOFI}/people/kofi"),
        format!("/feeds/{KOFI}/people/nobody.ics"),
        format!("/feeds/{KOFI}"),
        "/feeds".to_owned(),
    ];
    // A wrong secret and a feed that there is not look alike.
    let nothing = get(&site, "/nothing");
    for target in wrong {
        assert_eq!(get(&site, &target), nothing, "{target}");
    }
}

#[test]
fn the_link_of_somebody_who_is_gone_tells_no_names() {
    // printf 'dogwatch feed 1\nperson\nkofia\n0' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    let link = "/feeds/8198198d581e3d1dc5c5dd35d323b2eb/people/kofia.ics";
    let site = locked("");
    for accept in ["text/html", "text/calendar"] {
        let ask = |target: &str| {
            let request = Request { accept: Some(accept.to_owned()), ..Request::get(target) };
            answer(&site, &request, now())
        };
        assert_eq!(ask(link), ask("/nothing"));
    }
    // Who may see the pages is helped.
    assert!(text(&get(&site, "/feeds/people/kofia.ics")).contains("kofi"));
}

#[test]
fn a_line_that_revokes_nothing_is_known() {
    let org = &site().state.org;
    let generations = Generations::parse(
        "@kofi 1\nstorage-ops 2\neverything 3\n@koffi 1\nKofi 1\n@KOFI 1\nsearch.secondary 1\npeople/kofi 1\n@gone-for-good 2\n",
    )
    .unwrap();
    let strangers = generations.strangers(org);
    let names: Vec<&str> = strangers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["@KOFI", "@gone-for-good", "@koffi", "Kofi", "people/kofi", "search.secondary"]);
    for (name, near) in strangers {
        let expected: &[&str] = match name {
            "@KOFI" | "@koffi" | "Kofi" => &["@kofi"],
            "search.secondary" => &["search"],
            _ => &[],
        };
        assert_eq!(near, expected, "{name}");
    }
}

#[test]
fn lines_that_revoke_nothing_are_counted() {
    for (revoked, count) in [("@kofi 1\n", 0), ("@kofi 1\n@koffi 1\nsearch.secondary 2\n", 2)] {
        let metrics = text(&get(&locked(revoked), "/metrics"));
        assert!(metrics.contains(&format!("\ndogwatch_revoked_unknown {count}\n")), "{metrics}");
    }
}

#[test]
fn a_revoked_link_opens_nothing_and_the_next_does() {
    let site = locked("@kofi 1 # lost a phone\n");
    let status = |target: &str| get(&site, target).status;
    assert_eq!(status(&format!("/feeds/{KOFI}/people/kofi.ics")), 404);
    assert_eq!(status(&format!("/feeds/{KOFI_AGAIN}/people/kofi.ics")), 200);
    assert!(text(&get(&site, "/people/kofi")).contains(KOFI_AGAIN));
}

#[test]
fn only_a_secret_link_needs_nothing_else() {
    let open = |site: &Site, target: &str| is_open(site, &Request::get(target));
    let (site, locked) = (site(), locked(""));
    assert!(open(&locked, &format!("/feeds/{KOFI}/people/kofi.ics")));
    assert!(!open(&site, &format!("/feeds/{KOFI}/people/kofi.ics")), "without a key there are no secrets");
    for target in
        ["/feeds/people/kofi.ics", "/feeds/everything.ics", "/", "/metrics", "/api/v1/now", "/assets/style.css"]
    {
        assert!(!open(&locked, target), "{target}");
    }
    assert!(open(&locked, "/healthz") && open(&locked, "/readyz"));
}

#[test]
fn a_page_with_a_secret_is_never_zipped() {
    // How long it is then would say something about the secret to who may choose what stands beside it.
    let locked = locked("");
    for target in ["/people/kofi", "/rotations/search", "/people"] {
        assert_eq!(answer(&locked, &Request::get(target), now()).zipped(), None, "{target}");
        assert!(answer(&site(), &Request::get(target), now()).zipped().is_some(), "{target}");
    }
    assert!(answer(&locked, &Request::get("/calendar"), now()).zipped().is_some());
}
