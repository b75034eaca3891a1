//! Which routes an alert takes: Alertmanager's tree walk.

use crate::org::{Org, Route, Tags};
use crate::time::Instant;

/// A route that an alert takes, with the routes around it.
#[derive(Debug, Clone)]
pub struct Matched<'a> {
    /// From the outermost to the one that matched. Never empty.
    pub path: Vec<&'a Route>,
}

impl<'a> Matched<'a> {
    /// The route that matched.
    pub fn route(&self) -> &'a Route {
        self.path[self.path.len() - 1]
    }
}

/// The routes that an alert takes when it opens at `at`, in the order of the file.
///
/// First match wins, among siblings; after a route that says `continue` its siblings are tried as well. A route whose
/// subtree matches gives way to it. This is Alertmanager's walk (`dispatch/route.go`), but that a route's `hours` count:
/// there, a muted route still matches and swallows the alert.
pub fn matching<'a>(org: &'a Org, tags: &Tags, at: Instant) -> Vec<Matched<'a>> {
    let mut matched = Vec::new();
    among(&org.escalation.routes, tags, at, &mut Vec::new(), &mut matched);
    matched
}

/// Whether any of the siblings matched.
fn among<'a>(
    routes: &'a [Route],
    tags: &Tags,
    at: Instant,
    path: &mut Vec<&'a Route>,
    matched: &mut Vec<Matched<'a>>,
) -> bool {
    let mut any = false;
    for route in routes {
        if !route.matcher.holds(tags) || !route.hours.as_ref().is_none_or(|it| it.contains(at)) {
            continue;
        }
        any = true;
        path.push(route);
        if !among(&route.routes, tags, at, path, matched) {
            matched.push(Matched { path: path.clone() });
        }
        path.pop();
        if !route.goes_on {
            break;
        }
    }
    any
}
