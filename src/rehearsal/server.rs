//! The only socket of the rehearsal: HTTP in front of a [`Rehearsal`].
//!
//! A cut connection is cut before the first byte of an answer, so that a client cannot tell whether its request was done.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::rehearsal::{Body, Method, Outcome, Record, Rehearsal, Request, Response};
use crate::time::Instant;

/// The most that is read of a body; what is longer is answered with 413 by the rehearsal.
const MOST_READ: usize = 4 * 1024 * 1024;

/// What is told of every request that PagerDuty would have got.
pub type Listening = Box<dyn FnMut(&Record) + Send>;

/// A server that answers until it is stopped or dropped.
#[derive(Debug)]
pub struct Handle {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<io::Result<()>>>,
}

impl Handle {
    /// Where it listens, on the loopback.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes for the base of every address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at the rehearsal, or changes it, between two requests.
    pub fn with<T>(&self, ask: impl FnOnce(&mut Rehearsal) -> T) -> T {
        ask(&mut self.shared.rehearsal())
    }

    /// Stops it, and gives the rehearsal back as it is.
    ///
    /// # Errors
    ///
    /// If the server had failed.
    pub fn stop(mut self) -> io::Result<Rehearsal> {
        self.end()?;
        Ok(self.shared.rehearsal().clone())
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        match self.thread.take().map(std::thread::JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(io::Error::other("the server panicked")),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// Answers on a free port of the loopback (`port` 0), in a thread of its own.
///
/// # Errors
///
/// If the port cannot be had.
pub fn spawn(
    rehearsal: Rehearsal,
    clock: fn() -> Instant,
    port: u16,
    listening: Option<Listening>,
) -> io::Result<Handle> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)))?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared { rehearsal: Mutex::new(rehearsal), clock, listening: Mutex::new(listening) });
    let (stop, stopped) = oneshot::channel();
    let served = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("rehearsal".to_owned()).spawn(move || {
        runtime.block_on(async {
            let app = Router::new().fallback(handle).with_state(served);
            let service = app.into_make_service_with_connect_info::<Cut>();
            // What is still open when it is told to stop is dropped with the runtime.
            tokio::select! {
                result = axum::serve(Wires(listener), service) => result,
                _ = stopped => Ok(()),
            }
        })
    })?;
    Ok(Handle { address, shared, stop: Some(stop), thread: Some(thread) })
}

struct Shared {
    rehearsal: Mutex<Rehearsal>,
    clock: fn() -> Instant,
    listening: Mutex<Option<Listening>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Shared {
    fn rehearsal(&self) -> MutexGuard<'_, Rehearsal> {
        // Nothing panics while it holds the lock; if it did, the account is still whole values.
        self.rehearsal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let head = parts.method == axum::http::Method::HEAD;
    let Ok(body) = axum::body::to_bytes(body, MOST_READ).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let target = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let mut asked = Request::new(Method::named(parts.method.as_str()), target);
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            asked.headers.insert(name.as_str().to_owned(), value.to_owned());
        }
    }
    asked.body = body.to_vec();
    let outcome = {
        let mut rehearsal = shared.rehearsal();
        let before = rehearsal.requests;
        let outcome = rehearsal.answer(&asked, (shared.clock)());
        let record = rehearsal.records.back().filter(|_| rehearsal.requests != before);
        let mut listening = shared.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(listening), Some(record)) = (listening.as_mut(), record) {
            listening(record);
        }
        outcome
    };
    match outcome {
        Outcome::Answer(response) => on_the_wire(response, head),
        Outcome::Cut => {
            cut.0.store(true, Ordering::Release);
            // Never sent: the wire is cut before its first byte.
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

fn on_the_wire(response: Response, head: bool) -> axum::response::Response {
    let (kind, text) = match response.body {
        Body::Nothing => (None, String::new()),
        Body::Json(value) => (Some("application/json"), value.to_string()),
        Body::Text(text) if text.starts_with('<') => (Some("text/html"), text),
        Body::Text(text) => (Some("text/plain; charset=utf-8"), text),
    };
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, if head { String::new() } else { text }).into_response();
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Some(kind) = kind {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    answer
}

/// Whether a connection is to be cut.
#[derive(Debug, Clone, Default)]
struct Cut(Arc<AtomicBool>);

/// Accepts connections that can be cut.
struct Wires(TcpListener);

/// A connection that can be cut.
struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Wire { stream, cut: Cut::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Cut {
        stream.io().cut.clone()
    }
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        match self.cut.0.load(Ordering::Acquire) {
            true => Err(io::ErrorKind::ConnectionReset.into()),
            false => Ok(()),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
