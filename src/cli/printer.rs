//! Where answers and talk go: answers to stdout, talk to stderr.

use std::io::{self, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style};

use crate::org;

const ERROR: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
const HINT: Style = AnsiColor::Cyan.on_default();

/// Prints, with colour where it belongs.
pub struct Printer {
    out: AutoStream<io::Stdout>,
    talk: AutoStream<io::Stderr>,
    failed: Option<io::Error>,
    /// The reader has gone away.
    closed: bool,
}

impl Printer {
    /// One that colours as told, or as the terminal and `NO_COLOR` tell.
    pub fn new(color: ColorChoice) -> Printer {
        Printer {
            out: AutoStream::new(io::stdout(), color),
            talk: AutoStream::new(io::stderr(), color),
            failed: None,
            closed: false,
        }
    }

    /// Whether talk is coloured.
    pub fn colors_talk(&self) -> bool {
        self.talk.current_choice() != ColorChoice::Never
    }

    /// Whether answers are coloured.
    pub fn colors_answers(&self) -> bool {
        self.out.current_choice() != ColorChoice::Never
    }

    /// An answer, or a part of it.
    pub fn answer(&mut self, text: &str) {
        if let Err(error) = self.out.write_all(text.as_bytes()) {
            self.failed.get_or_insert(error);
        }
    }

    /// What is not the answer. Nobody may be listening.
    pub fn talk(&mut self, text: &str) {
        let _ = self.talk.write_all(text.as_bytes());
    }

    /// How far long work has come, on one line of the terminal, each time in place of the last; nothing takes it away.
    /// Where talk is no terminal there is nothing to see.
    pub fn progress(&mut self, text: &str) {
        if io::stderr().is_terminal() {
            self.talk(&format!("\r\x1b[K{text}"));
            let _ = self.talk.flush();
        }
    }

    /// What went wrong.
    pub fn error(&mut self, text: &str) {
        let text = harmless(text);
        self.talk(&format!("{ERROR}error{ERROR:#}: {text}\n"));
    }

    /// What can be done about it.
    pub fn hint(&mut self, text: &str) {
        let text = harmless(text);
        self.talk(&format!("  {HINT}help{HINT:#}: {text}\n"));
    }

    /// Whether nobody reads on: there is no use in saying more.
    pub fn nobody_reads(&self) -> bool {
        self.closed
    }

    /// Whether all answers arrived, or only failed to because nobody reads on.
    pub fn finish(&mut self) -> bool {
        if let Err(error) = self.out.flush() {
            self.failed.get_or_insert(error);
        }
        match self.failed.take() {
            None => true,
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                true
            }
            Some(error) => {
                self.error(&format!("could not write the answer: {error}"));
                false
            }
        }
    }
}

/// What somebody typed may stand in a message, but may not steer the terminal.
fn harmless(text: &str) -> String {
    text.split('\n').map(org::harmless).collect::<Vec<_>>().join("\n")
}
