//! What machines ask about the server itself.

use std::fmt::Write as _;

use serde_json::json;

use crate::calendar::State;
use crate::time::Instant;
use crate::web::response::{JSON, Problem, Response};
use crate::web::site::Site;

/// It lives.
pub(super) fn alive() -> Response {
    Response::of("text/plain; charset=utf-8", "ok\n").with("cache-control", "no-store")
}

/// It answers; and from what. Files that mean nothing now do not stop it: it answers from what they said last.
pub(super) fn ready(site: &Site) -> Response {
    let mut document = json!({
        "status": "ready",
        "revision": site.state.revision,
        "since": site.state.since.to_string(),
        "stale": site.trouble.is_some(),
    });
    if let Some(it) = &site.trouble {
        document["stale_since"] = json!(it.since.to_string());
        document["mistakes"] = json!(it.mistakes);
    }
    Response::of(JSON, format!("{document:#}\n")).with("cache-control", "no-store")
}

/// Gauges of the organisation, and whatever the server has counted, in the format of Prometheus.
pub(super) fn metrics(site: &Site, now: Instant, counted: &str) -> Result<Response, Problem> {
    let mut states = [("held", 0_u64), ("vacant", 0), ("gap", 0), ("off", 0), ("not-begun", 0)];
    for seat in site.state.org.seats() {
        let place = match State::of(&site.state.org, seat, now)? {
            State::Held(_) => 0,
            State::Vacant(_) => 1,
            State::Gap => 2,
            State::Off => 3,
            State::NotBegun => 4,
        };
        states[place].1 += 1;
    }
    let mut out = String::new();
    head(&mut out, "dogwatch_seats", "gauge", "Seats by who holds them now; a gap is promised and held by nobody.");
    for (state, count) in states {
        let _ = writeln!(out, "dogwatch_seats{{state=\"{state}\"}} {count}");
    }
    head(&mut out, "dogwatch_files_stale", "gauge", "1 if the files mean nothing now and answers come from before.");
    let _ = writeln!(out, "dogwatch_files_stale {}", u8::from(site.trouble.is_some()));
    head(&mut out, "dogwatch_files_since_seconds", "gauge", "When the files that hold were read, since 1970.");
    let _ = writeln!(out, "dogwatch_files_since_seconds {}", site.state.since.unix());
    head(&mut out, "dogwatch_files_info", "gauge", "The digest of the files that hold: equal on every replica.");
    let _ = writeln!(out, "dogwatch_files_info{{revision=\"{}\"}} 1", site.state.revision);
    head(
        &mut out,
        "dogwatch_revoked_unknown",
        "gauge",
        "Lines of revoked links that name no feed, and revoke nothing.",
    );
    let _ = writeln!(out, "dogwatch_revoked_unknown {}", site.generations.strangers(&site.state.org).len());
    out.push_str(counted);
    Ok(Response::of("text/plain; version=0.0.4; charset=utf-8", out).with("cache-control", "no-store"))
}

/// What a metric is, above its values.
pub(super) fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}
