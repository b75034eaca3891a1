//! The JSON Schemas that ship with Dogwatch: of the files, and of the answers in JSON.

macro_rules! schemas {
    ($($name:literal)*) => {
        /// By name, as text.
        pub const SCHEMAS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../schemas/", $name, ".schema.json")))),*];
    };
}

schemas! {
    "org" "people" "services" "rotation" "assigned" "escalation" "mapping" "episode"
    "who" "now" "show" "answers" "graph" "test" "route" "check" "edit" "cover" "balance" "ready" "drills" "report"
    "plan" "verify" "import" "history" "fit" "split" "rotation-list" "person-list"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::json;
    use serde_json::Value;

    fn generated() -> Vec<(&'static str, Value)> {
        fn view<T: schemars::JsonSchema>(name: &'static str) -> (&'static str, Value) {
            let mut schema = schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
            (name, schema.root_schema_for::<T>().to_value())
        }
        let mut all = crate::config::file_schemas();
        let read = schemars::generate::SchemaSettings::draft2020_12().into_generator();
        all.push(("episode", read.into_root_schema_for::<crate::history::EpisodeLine<'_>>().to_value()));
        all.extend([
            view::<json::WhoView>("who"),
            view::<json::NowView>("now"),
            view::<json::ShowView>("show"),
            view::<json::AnswersView>("answers"),
            view::<json::GraphView>("graph"),
            view::<json::TestView>("test"),
            view::<json::ReplayView>("route"),
            view::<json::CheckView>("check"),
            view::<json::ImportView>("import"),
            view::<json::PlanView>("plan"),
            view::<json::VerifyView>("verify"),
            view::<json::FitView>("fit"),
            view::<json::PastView>("history"),
            view::<json::CoverView>("cover"),
            view::<json::BalanceView>("balance"),
            view::<json::ReadyView>("ready"),
            view::<json::DrillsView>("drills"),
            view::<json::ReportView>("report"),
            view::<json::SplitView>("split"),
            view::<json::EditView>("edit"),
            view::<json::RotationListView>("rotation-list"),
            view::<json::PersonListView>("person-list"),
        ]);
        all
    }

    /// `UPDATE_SCHEMAS=1 cargo test schemas` writes them.
    #[test]
    fn the_schemas_in_the_repository_are_fresh() {
        let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
        let mut stale = Vec::new();
        for (name, schema) in generated() {
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if update {
                let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
                std::fs::write(path, &text).unwrap();
            } else if SCHEMAS.iter().find(|(it, _)| *it == name).map(|(_, text)| *text) != Some(text.as_str()) {
                stale.push(name);
            }
        }
        assert_eq!(stale, [""; 0], "write them again: UPDATE_SCHEMAS=1 cargo test schemas");
    }
}
