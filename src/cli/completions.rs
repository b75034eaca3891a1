//! `dogwatch completions`

use clap_complete::Shell;

use crate::cli::{ExitStatus, Result, Session, command};

/// A script that teaches a shell to complete dogwatch's commands and options
#[derive(Debug, clap::Args)]
#[command(after_help = "\
To have it in every new shell:
  bash        dogwatch completions bash > ~/.local/share/bash-completion/completions/dogwatch
  zsh         dogwatch completions zsh > DIR/_dogwatch        (DIR: one of $fpath)
  fish        dogwatch completions fish > ~/.config/fish/completions/dogwatch.fish
  powershell  dogwatch completions powershell >> $PROFILE
  elvish      dogwatch completions elvish >> ~/.config/elvish/rc.elv")]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "dogwatch", &mut script);
        session.printer.answer(&String::from_utf8_lossy(&script));
        Ok(ExitStatus::Clean)
    }
}
