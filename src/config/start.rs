//! The small organisation that `init` writes.

use chrono::NaiveDate;

use crate::schemas::SCHEMAS;
use crate::time::Zone;

/// The kinds of files.
const OF_FILES: [&str; 6] = ["org", "people", "services", "rotation", "assigned", "escalation"];

/// File names, relative to `rotations/`, and contents: four people, one rotation, its routes, and the schemas that
/// the files' first lines name. `monday` is the day of the first handoff.
pub fn starter(zone: &Zone, monday: NaiveDate) -> Vec<(String, String)> {
    let zone = zone.name();
    let files = [
        (
            "org.toml",
            "org",
            format!(
                "# What holds for everybody. All keys: `dogwatch schema org`.
zone = \"{zone}\"
"
            ),
        ),
        (
            "people.toml",
            "people",
            format!(
                "# One table a person; the other files name people by these keys.
[ana]
name  = \"Ana Souza\"
email = \"ana@example.com\"
phone = \"+55 11 5550 0100\"
zone  = \"America/Sao_Paulo\"

[bo]
name  = \"Bo Lindqvist\"
email = \"bo@example.com\"
zone  = \"Europe/Stockholm\"

[cy]
name  = \"Cy Tanaka\"
email = \"cy@example.com\"
zone  = \"Asia/Tokyo\"

[dee]
name  = \"Dee Okafor\"
email = \"dee@example.com\"
zone  = \"{zone}\"
"
            ),
        ),
        (
            "services.toml",
            "services",
            "# One table a service; its alerts carry service = \"NAME\" and these tags.
[shop]
tags = { tier = \"core\" }
"
            .to_owned(),
        ),
        (
            "web.toml",
            "rotation",
            format!(
                "# One file a rotation; its name is the rotation's id.
name     = \"Web\"
coverage = [\"24x7\"]

[[layers]]
people  = [\"ana\", \"bo\", \"cy\", \"dee\"]
from    = {monday}                                       # that day's handoff
handoff = {{ every = \"week\", on = \"Mon\", at = \"10:00\" }}

[secondary]
follow = 1                                               # whoever comes next
"
            ),
        ),
        (
            "escalation.toml",
            "escalation",
            format!(
                "# First match wins; the last row takes everything.
routes = [
  {{ when = {{ service = [\"shop\", \"web-*\"] }}, page = \"web\" }},
  {{ page = \"web\" }},
]

# Who comes next if nobody answers.
escalations = [
  {{ from = \"web\",           after = \"10m\", to = \"web.secondary\" }},
  {{ from = \"web.secondary\", after = \"15m\", to = \"@dee\" }},
]

[[tests]]
tags   = {{ service = \"shop\" }}
at     = {monday}T12:00:00
expect = [\"web\", \"web.secondary\", \"@dee\"]
"
            ),
        ),
    ];
    let with_schema = |(name, schema, text): (&str, &str, String)| {
        (name.to_owned(), format!("#:schema ./.schemas/{schema}.schema.json\n{text}"))
    };
    files.into_iter().map(with_schema).chain(schema_files()).collect()
}

/// The schemas that the files' first lines name, by their paths beside the files.
pub fn schema_files() -> Vec<(String, String)> {
    let ours = SCHEMAS.iter().filter(|(name, _)| OF_FILES.contains(name));
    ours.map(|(name, text)| (format!(".schemas/{name}.schema.json"), (*text).to_owned())).collect()
}
