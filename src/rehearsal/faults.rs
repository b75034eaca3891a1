//! What goes wrong, by seed: throttling, errors, locks, lost answers, late readers; and cuts at a request of one's choice.

use serde::{Deserialize, Serialize};

use crate::rehearsal::message::{Errors, Method, Refusal, Request};

/// What is to go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Faults {
    /// The seed that they come from; none: nothing goes wrong by chance.
    pub seed: Option<u64>,
    /// How often each happens.
    pub rates: Rates,
    /// Readers may miss what was created for up to so many seconds.
    pub lag_seconds: u32,
    /// Requests at which the connection is cut, whatever the seed.
    pub fail_at: Vec<FailAt>,
}

/// Of a hundred requests, how many meet with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Rates {
    /// 429 with headers and a body.
    pub throttled: u32,
    /// PagerDuty's documentation: 429 with neither headers nor body.
    pub throttled_bare: u32,
    /// 500, and nothing was done.
    pub error: u32,
    /// 502 from a gateway, after it was done.
    pub gateway: u32,
    /// terraform-provider-pagerduty #1117: 400 for a write because the account is locked, which passes.
    pub lock: u32,
    /// 409 for a write to an event orchestration.
    pub conflict: u32,
    /// The connection is cut, and nothing was done.
    pub cut_before: u32,
    /// The connection is cut after it was done.
    pub cut_after: u32,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            throttled: 2,
            throttled_bare: 1,
            error: 2,
            gateway: 2,
            lock: 3,
            conflict: 3,
            cut_before: 2,
            cut_after: 2,
        }
    }
}

/// A request at which the connection is cut, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FailAt {
    /// Which request.
    pub request: u64,
    /// Whether it is done nevertheless.
    pub after: bool,
    /// Whether every later request is cut as well, until the server is told to be up again: the client's crash.
    pub down: bool,
}

/// A text that names no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not N, N:before or N:after, with `:down` behind it if nothing is answered from then on")]
pub struct FailAtError {
    text: String,
}

impl std::str::FromStr for FailAt {
    type Err = FailAtError;

    fn from_str(text: &str) -> Result<FailAt, FailAtError> {
        let error = || FailAtError { text: text.to_owned() };
        let mut words = text.split(':');
        let request = words.next().and_then(|it| it.parse().ok()).filter(|it| *it > 0).ok_or_else(error)?;
        let words: Vec<&str> = words.collect();
        let (after, down) = match words[..] {
            [] | ["before"] => (false, false),
            ["after"] => (true, false),
            ["down"] | ["before", "down"] => (false, true),
            ["after", "down"] => (true, true),
            _ => return Err(error()),
        };
        Ok(FailAt { request, after, down })
    }
}

impl TryFrom<String> for FailAt {
    type Error = FailAtError;

    fn try_from(text: String) -> Result<FailAt, FailAtError> {
        text.parse()
    }
}

impl From<FailAt> for String {
    fn from(it: FailAt) -> String {
        let when = if it.after { "after" } else { "before" };
        format!("{}:{when}{}", it.request, if it.down { ":down" } else { "" })
    }
}

impl Faults {
    /// What one gets by naming a seed and nothing else.
    pub fn by_seed(seed: u64) -> Faults {
        Faults { seed: Some(seed), lag_seconds: 3, ..Faults::default() }
    }
}

/// What one request meets with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Throttled,
    ThrottledBare,
    Error(Refusal),
    Gateway,
    Lock(Refusal),
    Conflict,
    CutBefore,
    CutAfter,
}

impl Fault {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Fault::Throttled => "throttled",
            Fault::ThrottledBare => "throttled-bare",
            Fault::Error(_) => "error",
            Fault::Gateway => "gateway",
            Fault::Lock(_) => "lock",
            Fault::Conflict => "conflict",
            Fault::CutBefore => "cut-before",
            Fault::CutAfter => "cut-after",
        }
    }
}

/// Numbers from a seed: SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// What a request meets with: one throw a request, so that what follows does not depend on what it is.
pub(super) fn thrown(dice: &mut Dice, rates: &Rates, request: &Request) -> Option<Fault> {
    let throw = dice.below(100);
    let shape = dice.below(4);
    let writes = request.method != Method::Get;
    let orchestration = request.path.starts_with("/event_orchestrations");
    // The same seed may show errors of every shape there is.
    let errors: fn(String) -> Errors = match shape {
        0 => Errors::Text,
        1 => |_| Errors::Missing,
        2 => |_| Errors::Null,
        _ => |text| Errors::List(vec![text]),
    };
    let kinds: [(u32, Option<Fault>); 8] = [
        (rates.throttled, Some(Fault::Throttled)),
        (rates.throttled_bare, Some(Fault::ThrottledBare)),
        (rates.error, Some(Fault::Error(Refusal::broken(500, errors("Something went wrong".to_owned()))))),
        (rates.gateway, Some(Fault::Gateway)),
        (
            rates.lock,
            // The text must be there, or nobody could know that it passes.
            writes.then(|| {
                Fault::Lock(Refusal::locked(if shape == 0 { Errors::Text } else { |it| Errors::List(vec![it]) }))
            }),
        ),
        (rates.conflict, (writes && orchestration).then_some(Fault::Conflict)),
        (rates.cut_before, Some(Fault::CutBefore)),
        (rates.cut_after, Some(Fault::CutAfter)),
    ];
    let mut reached = 0;
    let fallen = kinds.into_iter().find(|(rate, _)| {
        reached += u64::from(*rate);
        throw < reached
    });
    fallen.and_then(|(_, fault)| fault)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn faults_come_by_their_rates_and_by_their_seed() {
        let throw = |seed: u64| {
            let mut dice = Dice::new(seed);
            let request = Request::new(Method::Post, "/schedules");
            let names =
                (0..20_000).map(|_| thrown(&mut dice, &Rates::default(), &request).map_or("none", |it| it.name()));
            names.collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for name in throw(7) {
            *counts.entry(name).or_default() += 1;
        }
        // Four deviations of what a fair coin would do.
        let near = |name: &str, percent: u32| {
            let expected = percent * 200;
            counts[name].abs_diff(expected).pow(2) < 16 * expected
        };
        assert!(near("throttled", 2) && near("throttled-bare", 1) && near("error", 2), "{counts:?}");
        assert!(near("gateway", 2) && near("lock", 3) && near("cut-before", 2) && near("cut-after", 2), "{counts:?}");
        // No conflict, as it is no orchestration.
        assert!(near("none", 86), "{counts:?}");
    }

    #[test]
    fn a_request_to_fail_at_is_named_by_its_number() {
        let read = |text: &str| text.parse::<FailAt>().map(String::from).map_err(|it| it.to_string());
        assert_eq!(read("5"), Ok("5:before".to_owned()));
        assert_eq!(read("5:after:down"), Ok("5:after:down".to_owned()));
        assert_eq!(read("5:down"), Ok("5:before:down".to_owned()));
        for wrong in ["0", "", "5:later", "x", "5:before:after"] {
            let text = "is not N, N:before or N:after, with `:down` behind it if nothing is answered from then on";
            assert_eq!(read(wrong), Err(format!("`{wrong}` {text}")));
        }
    }
}
