//! What runs until it is told to end.

use crate::cli::Result;

/// Waits for somebody to press Ctrl-C, or for the machine to ask for an end.
pub(super) struct End {
    runtime: tokio::runtime::Runtime,
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl End {
    /// From here on neither ends the program by itself.
    pub(super) fn awaited() -> Result<End> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let entered = runtime.enter();
            let signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
            drop(entered);
            Ok(End { runtime, signals })
        }
        #[cfg(not(unix))]
        Ok(End { runtime })
    }

    #[cfg(unix)]
    pub(super) fn wait(mut self) -> Result<()> {
        let [interrupt, terminate] = &mut self.signals;
        self.runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn wait(self) -> Result<()> {
        Ok(self.runtime.block_on(tokio::signal::ctrl_c())?)
    }
}
