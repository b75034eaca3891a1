//! Several files in one text: each begins with a line `-- NAME --`.

/// A file of such a text.
pub struct Section {
    pub name: String,
    /// The word between brackets after the name.
    pub how: Option<String>,
    pub text: String,
}

/// The files of a text, in order; what stands before the first belongs to none.
pub fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.split_inclusive('\n') {
        match head(line.trim_end_matches(['\r', '\n'])) {
            Some((name, how)) => sections.push(Section { name, how, text: String::new() }),
            None => {
                if let Some(section) = sections.last_mut() {
                    section.text.push_str(line);
                }
            }
        }
    }
    sections
}

/// `-- NAME --` and `-- NAME (HOW) --`.
fn head(line: &str) -> Option<(String, Option<String>)> {
    let inner = line.strip_prefix("-- ")?.strip_suffix(" --")?;
    let (name, how) = match inner.split_once(' ') {
        Some((name, how)) => (name, Some(how.strip_prefix('(')?.strip_suffix(')')?.to_owned())),
        None => (inner, None),
    };
    (!name.is_empty()).then(|| (name.to_owned(), how))
}
