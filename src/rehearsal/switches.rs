//! What is known to differ from account to account, or is not known at all: each can be switched.

use serde::{Deserialize, Serialize};

/// How the rehearsal behaves where sources disagree, are silent, or say that it depends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Switches {
    /// In which order `GET /schedules/{id}` has the layers.
    pub layer_order: LayerOrder,
    /// What becomes of an offset in a `rotation_virtual_start`.
    pub virtual_start: VirtualStart,
    /// What a v3 `date_time` with `Z` beside a zone means.
    pub zulu: Zulu,
    /// From where the turns of a v3 event are counted.
    pub phase: Phase,
    /// What `PUT` does to a v3 event that has not begun.
    pub event_put: EventPut,
    /// Whether `GET /v3/schedules/{id}` has the events of each rotation.
    pub events_inline: bool,
    /// Whether `GET /v3/schedules` heeds `query`.
    pub v3_query: bool,
    /// In which order a rule of a policy gives its targets back.
    pub target_order: TargetOrder,
    /// What a router gives back for a rule without conditions.
    pub no_conditions: NoConditions,
    /// Whether the plan of the account has round robin in policies.
    pub round_robin: bool,
    /// Whether the plan of the account has AIOps: dynamic routes, schedules and thresholds in conditions.
    pub aiops: bool,
    /// Requests a minute and token; none: as many as come.
    pub rate_limit: Option<u32>,
    /// Seconds that a standing clock moves on for each request.
    pub tick: u32,
}

/// In which order `GET /schedules/{id}` has the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerOrder {
    /// PagerDuty/public-support-scripts, pull request 60: the last layer first.
    Reversed,
    /// terraform-provider-pagerduty, pull request 610, says that this is coming.
    AsWritten,
}

/// What becomes of an offset in a `rotation_virtual_start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VirtualStart {
    /// terraform-provider-pagerduty, pull request 23, and heimweh/go-pagerduty, pull request 7: 10:00+02:00 was sent,
    /// 12:00+02:00 came back.
    LosesOffset,
    /// As one would think.
    KeepsOffset,
}

/// What a v3 `date_time` with `Z` beside a zone means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zulu {
    /// terraform-provider-pagerduty, pull request 1132: an instant, given back in UTC.
    Instant,
    /// The examples of the OpenAPI document: the clock of the zone.
    Local,
}

/// From where the turns of a v3 event are counted. Nobody says; the upgrade guide implies the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The first occurrence is the first member's, be it before `effective_since`.
    StartTime,
    /// The first occurrence that begins at or after `effective_since` is the first member's.
    EffectiveSince,
}

/// What `PUT` does to a v3 event that has not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventPut {
    /// PagerDuty's own client says so: what is left out is missing.
    Replaces,
    /// The OpenAPI document says so: what is left out stays.
    Merges,
}

/// In which order a rule of a policy gives its targets back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetOrder {
    /// terraform-provider-pagerduty 3.15.7 and pull request 937: not the order that was sent.
    Turned,
    /// As it was sent.
    AsWritten,
}

/// What a router gives back for a rule without conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoConditions {
    /// terraform-provider-pagerduty 3.30.9.
    Null,
    /// An empty array.
    Empty,
}

impl Default for Switches {
    /// What is reported to happen, and where reports differ, what is harder on a client.
    fn default() -> Switches {
        Switches {
            layer_order: LayerOrder::Reversed,
            virtual_start: VirtualStart::LosesOffset,
            zulu: Zulu::Instant,
            phase: Phase::StartTime,
            event_put: EventPut::Replaces,
            events_inline: true,
            v3_query: true,
            target_order: TargetOrder::Turned,
            no_conditions: NoConditions::Null,
            round_robin: true,
            aiops: false,
            rate_limit: Some(960),
            tick: 0,
        }
    }
}

/// A switch was named that is not there, or to a value that it has not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SwitchError {
    reason: String,
}

impl Switches {
    /// The same with some of them turned, as an object has them: `{"layer-order": "as-written"}`.
    ///
    /// # Errors
    ///
    /// [`SwitchError`] if one of them is not there, or has not that value; then none is turned.
    pub fn turned(&self, turns: &serde_json::Map<String, serde_json::Value>) -> Result<Switches, SwitchError> {
        let mut all = serde_json::to_value(self).expect("every switch has a name");
        for (name, value) in turns {
            let place = all.get_mut(name).ok_or_else(|| SwitchError { reason: format!("no such switch: `{name}`") })?;
            *place = value.clone();
            // One at a time, so that the message says which.
            serde_json::from_value::<Switches>(all.clone())
                .map_err(|error| SwitchError { reason: format!("`{name}` cannot be `{value}`: {error}") })?;
        }
        serde_json::from_value(all).map_err(|error| SwitchError { reason: error.to_string() })
    }

    /// The same with one of them turned, as somebody types it: `layer-order=as-written`, `tick=1`, `rate-limit=null`.
    ///
    /// # Errors
    ///
    /// [`SwitchError`] as above.
    pub fn typed(&self, text: &str) -> Result<Switches, SwitchError> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| SwitchError { reason: format!("a switch is NAME=VALUE, not `{text}`") })?;
        let value = match value {
            "off" | "none" if name == "rate-limit" => serde_json::Value::Null,
            _ => serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::from(value)),
        };
        self.turned(&serde_json::Map::from_iter([(name.to_owned(), value)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_turned_by_name() {
        let turned = Switches::default().typed("layer-order=as-written").unwrap().typed("rate-limit=off").unwrap();
        let expected = Switches { layer_order: LayerOrder::AsWritten, rate_limit: None, ..Switches::default() };
        assert_eq!(turned, expected);
        let wrong = |text: &str| Switches::default().typed(text).unwrap_err().to_string();
        assert_eq!(wrong("layers=up"), "no such switch: `layers`");
        assert_eq!(wrong("tick"), "a switch is NAME=VALUE, not `tick`");
        assert_eq!(
            wrong("phase=full"),
            "`phase` cannot be `\"full\"`: unknown variant `full`, expected `start-time` or `effective-since`"
        );
    }
}
