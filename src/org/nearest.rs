//! Did you mean …?

/// How long a word may be for which near names are looked for.
const LONGEST: usize = 100;

/// Those of the names that somebody may have meant, nearest first, at most two.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // What is longer than any name is no slip of the finger.
    if word.len() > LONGEST {
        return Vec::new();
    }
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    let allowed = 1 + length / 4;
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let name_lower = name.to_lowercase();
            let part = (lower.len() >= 3 && name_lower.contains(&lower))
                || (name_lower.len() >= 3 && lower.starts_with(&name_lower));
            // The distance is at least what the lengths differ by, which costs less to find out.
            if !part && name_lower.chars().count().abs_diff(length) > allowed {
                return None;
            }
            let distance = strsim::osa_distance(&lower, &name_lower);
            (distance <= allowed || part).then_some((distance, name))
        })
        .collect();
    // Ties by name, or the answer would depend on the order of the files.
    found.sort_unstable();
    found.dedup();
    found.truncate(2);
    if let [first, second] = found.as_slice()
        && second.0 > first.0
    {
        found.truncate(1);
    }
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first_and_ties_by_name() {
        let names = ["cleo", "hugo", "kofi", "clea"];
        assert_eq!(nearest("cloe", names), ["cleo"], "letters that changed places are one step");
        assert_eq!(nearest("cleu", names), ["clea", "cleo"]);
        assert_eq!(nearest("hug", names), ["hugo"]);
        assert_eq!(nearest("zebra", names), [""; 0]);
        assert_eq!(nearest("search", ["storage-ops", "search-api"]), ["search-api"]);
    }
}
