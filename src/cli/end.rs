//! What runs until it is told to end.

use tokio::sync::oneshot;

use crate::cli::Result;

/// Waits for somebody to press Ctrl-C, or for the machine to ask for an end.
pub(super) struct End {
    runtime: tokio::runtime::Runtime,
    signals: Signals,
}

/// Ctrl-C, the machine's wish, and a terminal that is gone.
#[cfg(unix)]
type Signals = [tokio::signal::unix::Signal; 3];
#[cfg(not(unix))]
type Signals = ();

impl End {
    /// From here on none of them ends the program by itself.
    pub(super) fn awaited() -> Result<End> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let entered = runtime.enter();
            let signals =
                [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
            drop(entered);
            Ok(End { runtime, signals })
        }
        #[cfg(not(unix))]
        Ok(End { runtime, signals: () })
    }

    pub(super) fn wait(&mut self) -> Result<()> {
        Ok(self.runtime.block_on(asked(&mut self.signals))?)
    }

    /// Does what is left to do, unless it is asked for an end once more: who asks twice does not want to wait. Whether it
    /// is done.
    pub(super) fn finish(mut self, work: impl FnOnce() + Send + 'static) -> Result<bool> {
        let (done, finished) = oneshot::channel();
        std::thread::Builder::new().name("finish".to_owned()).spawn(move || {
            work();
            // Nobody listens if it was asked twice.
            let _ = done.send(());
        })?;
        Ok(self.runtime.block_on(async {
            tokio::select! {
                _ = finished => Ok(true),
                it = asked(&mut self.signals) => it.map(|()| false),
            }
        })?)
    }
}

#[cfg(unix)]
async fn asked([interrupt, terminate, hangup]: &mut Signals) -> std::io::Result<()> {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked((): &mut Signals) -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
