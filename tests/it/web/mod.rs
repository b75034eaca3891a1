//! The web view: what it answers, who may ask, what it takes on.

mod answers;
mod feeds;
mod pages;
mod program;
mod socket;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use dogwatch::config::{self, Files};
use dogwatch::time::{Instant, Zone, parse_instant};
use dogwatch::web::{Options, Request, Response, Site, State, Trouble, answer};

/// A Tuesday on which the reference organisation has an override and a vacancy ahead.
const NOW: &str = "2026-12-08T18:00:00Z";

fn now() -> Instant {
    parse_instant(NOW, &Zone::utc()).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn reference() -> Files {
    // As somebody names it who stands beside it: files are shown by that name.
    Files::load(&root().join("rotations")).unwrap()
}

fn state(files: Files, since: Instant) -> State {
    let (org, warnings) = config::read(&files);
    assert_eq!(config::render(&warnings, &files, false), "");
    let revision = State::revision_of(&files);
    State { org: org.unwrap(), files, warnings, fit: None, since, revision }
}

fn plain_options() -> Options {
    Options { zone: None, feed_key: None, url: None }
}

fn site_of(files: Files) -> Site {
    Site::new(Arc::new(state(files, now())), None, Arc::new(plain_options()))
}

/// The reference organisation, the same for all who only look at it.
fn site() -> Arc<Site> {
    static SITE: LazyLock<Arc<Site>> = LazyLock::new(|| Arc::new(site_of(reference())));
    Arc::clone(&SITE)
}

/// The same, after an edit that means nothing.
fn stale() -> Site {
    let state = Arc::clone(&site().state);
    let trouble = Trouble {
        since: parse_instant("2026-12-08T17:30:00Z", &Zone::utc()).unwrap(),
        mistakes: 2,
        report: "error[unknown-person]: no such person: `cloe`\n".to_owned(),
    };
    Site::new(state, Some(trouble), Arc::new(plain_options()))
}

fn get(site: &Site, target: &str) -> Arc<Response> {
    answer(site, &Request { accept: Some("text/html".to_owned()), ..Request::get(target) }, now())
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.to_vec()).unwrap()
}

/// What the command line says to the same question.
fn command(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", NOW])
        .args(arguments)
        .current_dir(root())
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}
