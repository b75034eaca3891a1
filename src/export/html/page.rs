//! The frame of a page: no script, no request, light or dark as the reader has it.

use std::fmt::Write as _;

use crate::export::markup::escaped;

/// What a page is made of: text that is escaped when it is put in.
pub(super) struct Page {
    body: String,
}

/// How such a page looks.
pub(crate) const STYLE: &str = include_str!("page.css");

impl Page {
    pub fn new() -> Page {
        Page { body: String::new() }
    }

    /// Markup of our own; what comes from elsewhere goes through [`escaped`].
    pub fn push(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    pub fn line(&mut self, markup: std::fmt::Arguments<'_>) {
        let _ = self.body.write_fmt(markup);
        self.body.push('\n');
    }

    /// What stands between the tags.
    pub fn into_body(self) -> String {
        self.body
    }

    /// The whole file.
    pub fn finish(self, title: &str) -> String {
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
            escaped(title),
            self.body
        )
    }
}
