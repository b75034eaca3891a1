//! Mistakes in files, shown where they stand.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::config::Files;
use crate::org::nearest;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The files mean nothing until it is mended.
    Error,
    /// They mean something, perhaps not what was meant.
    Warning,
}

/// One mistake: where, what, why and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A name for this kind of mistake: `unknown-person`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// The file, as [`Files`] names it.
    pub file: String,
    /// The bytes at fault; absent, the whole file.
    pub span: Option<Range<usize>>,
    /// A word under the caret.
    pub label: Option<String>,
    /// Cures, each a line.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// One that is an error, at these bytes of a file.
    pub fn error(code: &'static str, file: &str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            file: file.to_owned(),
            span: Some(span),
            label: None,
            help: Vec::new(),
        }
    }

    /// The same, only a warning.
    #[must_use]
    pub fn warning(mut self) -> Diagnostic {
        self.severity = Severity::Warning;
        self
    }

    /// The same, about the file as a whole.
    #[must_use]
    pub fn whole_file(mut self) -> Diagnostic {
        self.span = None;
        self
    }

    /// With a word under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into());
        self
    }

    /// With a cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    /// With the nearest of some names as its cure, or all of them if they are few and none is near.
    #[must_use]
    pub fn nearest<'a>(self, word: &str, names: impl IntoIterator<Item = &'a str>, what: &str) -> Diagnostic {
        let names: Vec<&str> = names.into_iter().collect();
        match nearest(word, names.iter().copied()).as_slice() {
            [] if names.is_empty() => self.help(format!("there are no {what} yet")),
            [] if names.len() <= 16 => self.help(format!("{what}: {}", list(&names))),
            [] => self.help(format!("none of the {} {what} is near to it", names.len())),
            found => self.help(did_you_mean(found)),
        }
    }
}

/// `did you mean a or b?`, each between backticks.
pub(crate) fn did_you_mean(names: &[&str]) -> String {
    format!("did you mean {}?", names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or "))
}

/// `a, b, c`, each between backticks.
pub(crate) fn list(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Shows them one after the other, each with its line of the file.
pub fn render(diagnostics: &[Diagnostic], files: &Files, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(120);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let path = files.display(&diagnostic.file);
        let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
        let text = files.text(&diagnostic.file).unwrap_or("");
        let group: Group<'_> = match &diagnostic.span {
            Some(span) => {
                // The one line is all that the renderer sees: a large file with many mistakes is not read for each.
                let start = floor(text, span.start);
                let line = files.line_span(&diagnostic.file, start);
                let end = floor(text, span.end).clamp(start, line.end.max(start));
                let annotation = AnnotationKind::Primary.span(start - line.start..end - line.start);
                let annotation = match &diagnostic.label {
                    Some(label) => annotation.label(label.as_str()),
                    None => annotation,
                };
                let number = files.line(&diagnostic.file, start);
                let snippet = Snippet::source(&text[line]).line_start(number).path(path.as_str());
                title.element(snippet.annotation(annotation))
            }
            None => title.element(Origin::path(path.as_str())),
        };
        let group = group.elements(diagnostic.help.iter().map(|it| Level::HELP.message(it.as_str())));
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out
}

/// The last place at or before `at` where a character of the text begins or the text ends.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
