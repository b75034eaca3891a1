//! The only socket of the web view: HTTP/1.1 in front of [`answer`].
//!
//! Everything that a client can make last or grow has a bound: connections, heads, bodies, how long either takes to
//! come, how long an answer takes to be read, how much is worked out at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Sleep, sleep, timeout};

use crate::time::Instant;
use crate::web::access::Access;
use crate::web::health;
use crate::web::request::{Method, Request};
use crate::web::response::{Problem, Response};
use crate::web::site::Site;
use crate::web::{answer, is_open, is_quick, is_slow, kind, told};

/// What the machine takes for now.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Where a server listens, and what bounds it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens.
    pub listen: Listen,
    /// Who may ask.
    pub access: Access,
    /// The addresses whose headers are trusted.
    pub proxies: Vec<Network>,
    /// How much it takes on.
    pub limits: Limits,
}

/// How much a server takes on.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more are told to come again.
    pub connections: usize,
    /// Answers that are worked out at once; more wait.
    pub working: usize,
    /// The bytes of a body.
    pub body: usize,
    /// How long the head of a request may take to come, on a connection that is idle as well.
    pub head: Duration,
    /// How long its body may take.
    pub sending: Duration,
    /// How long an answer may take to be worked out.
    pub answering: Duration,
    /// How long an answer may take to be read.
    pub reading: Duration,
    /// How long a stopping server waits for what it has begun.
    pub stopping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 512,
            working: 8,
            body: 4 << 20,
            head: Duration::from_secs(20),
            sending: Duration::from_secs(20),
            answering: Duration::from_secs(60),
            reading: Duration::from_secs(60),
            stopping: Duration::from_secs(10),
        }
    }
}

/// The bytes of a head, and how many headers it may have.
const MOST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
/// How long it is waited when the machine has no more connections to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Where a server listens: `8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `0.0.0.0:80`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(SocketAddr);

impl Listen {
    /// Whether only this machine reaches it.
    pub fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Listen, String> {
        if let Ok(port) = text.parse::<u16>() {
            return Ok(Listen(SocketAddr::from(([127, 0, 0, 1], port))));
        }
        let found = text.to_socket_addrs().ok().and_then(|mut it| it.next());
        found.map(Listen).ok_or_else(|| "a port, or an address and a port: 127.0.0.1:8080".to_owned())
    }
}

/// Addresses that begin alike: `10.0.0.0/8`, or a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn has(self, peer: IpAddr) -> bool {
        let same = |own: u128, other: u128, width: u32| {
            let rest = width - self.bits;
            rest >= width || own >> rest == other >> rest
        };
        match (self.address, peer.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same(own.to_bits().into(), other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || "an address, or one with how many bits of it count: 10.0.0.0/8".to_owned();
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |it| it.parse::<u32>().ok().filter(|it| *it <= most).ok_or_else(wrong))?;
        Ok(Network { address, bits })
    }
}

/// A server that answers until it is stopped or dropped.
pub struct Handle {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Handle {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What is answered from.
    pub fn site(&self) -> Arc<Site> {
        self.shared.site()
    }

    /// Answers from something else, from the next request on: what is under way is answered from what it began with.
    pub fn replace(&self, site: Site) {
        let counter =
            if site.trouble.is_some() { &self.shared.counters.refused_files } else { &self.shared.counters.reloads };
        counter.fetch_add(1, Ordering::Relaxed);
        *self.shared.site.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(site);
    }

    /// Takes nothing new, and waits for what it has begun.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Nobody listens if it has ended by itself.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}

struct Shared {
    site: RwLock<Arc<Site>>,
    settings: Settings,
    clock: Clock,
    counters: Counters,
    working: Arc<Semaphore>,
    /// One at a time: who waits for it takes no place of the others.
    slow: Arc<Semaphore>,
}

impl Shared {
    fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers in threads of its own.
///
/// # Errors
///
/// If the address cannot be had.
pub fn spawn(site: Site, settings: Settings, clock: Clock) -> io::Result<Handle> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(settings.limits.working + 1)
        .thread_name("web")
        .enable_all()
        .build()?;
    let listener = runtime.block_on(TcpListener::bind(settings.listen.0))?;
    let address = listener.local_addr()?;
    let working = Arc::new(Semaphore::new(settings.limits.working));
    let shared = Arc::new(Shared {
        site: RwLock::new(Arc::new(site)),
        settings,
        clock,
        counters: Counters::default(),
        working,
        slow: Arc::new(Semaphore::new(1)),
    });
    let (stop, stopped) = watch::channel(false);
    let served = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("web".to_owned()).spawn(move || {
        runtime.block_on(accept(listener, served, stopped));
        // What still works is not waited for.
        runtime.shutdown_background();
    })?;
    Ok(Handle { address, shared, stop, thread: Some(thread) })
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(shared.settings.limits.connections));
    loop {
        let accepted = tokio::select! {
            it = listener.accept() => it,
            () = told_to_stop(&mut stopped) => break,
        };
        let (stream, peer) = match accepted {
            Ok(it) => it,
            Err(error) => {
                // Out of descriptors, or a connection that was gone before it was here.
                tracing::warn!(%error, "could not accept");
                sleep(EXHAUSTED).await;
                continue;
            }
        };
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
                tokio::spawn(async move {
                    shared.counters.connections.fetch_add(1, Ordering::Relaxed);
                    connection(stream, peer, &shared, stopped).await;
                    shared.counters.connections.fetch_sub(1, Ordering::Relaxed);
                    drop(place);
                });
            }
            Err(_) => {
                shared.counters.refused.fetch_add(1, Ordering::Relaxed);
                refuse(stream);
            }
        }
    }
    drop(listener);
    let all = u32::try_from(shared.settings.limits.connections).unwrap_or(u32::MAX);
    if timeout(shared.settings.limits.stopping, places.acquire_many(all)).await.is_err() {
        tracing::warn!("stopped before all connections were done");
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // A sender that is gone has nothing more to say either.
    let _ = stopped.wait_for(|it| *it).await;
}

/// One connection too many: a word, if it can be had without waiting, and the end.
fn refuse(stream: TcpStream) {
    let _ = stream.try_write(
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    );
}

async fn connection(stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    // An answer is whole when it is written; nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let limits = shared.settings.limits;
    let service = service_fn(|request| {
        let shared = Arc::clone(shared);
        async move { Ok::<_, std::convert::Infallible>(handle(&shared, peer.ip(), request).await) }
    });
    let wire = TokioIo::new(Wire { stream, patience: limits.reading, waiting: None });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(wire, service);
    let mut served = pin!(served);
    let ended = tokio::select! {
        it = served.as_mut() => it,
        () = told_to_stop(&mut stopped) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn handle(shared: &Arc<Shared>, peer: IpAddr, request: hyper::Request<Incoming>) -> hyper::Response<Full<Bytes>> {
    let began = std::time::Instant::now();
    let now = (shared.clock)();
    let site = shared.site();
    let version = request.version();
    let request = match taken(shared, peer, request).await {
        Ok(it) => it,
        Err((request, problem)) => {
            let response = told(&site, &request, &problem, now);
            shared.counters.count("unread", response.status, began.elapsed());
            // What was not read is still on its way.
            return wired(&response, version, true, false);
        }
    };
    let kind = kind(&request);
    let gzip = request.gzip;
    let response = match admitted(shared, &site, &request) {
        Err(problem) => told(&site, &request, &problem, now),
        Ok(()) if kind == "metrics" && matches!(request.method, Method::Get | Method::Head) => {
            // What the core knows of it is checked as every answer is; what is counted is the server's.
            match health::metrics(&site, now, &shared.counters.text()) {
                Ok(it) => Arc::new(it),
                Err(problem) => told(&site, &request, &problem, now),
            }
        }
        Ok(()) if is_quick(&site, &request, now) => answer(&site, &request, now),
        Ok(()) => worked_out(shared, &site, request, now).await,
    };
    let lasted = began.elapsed();
    shared.counters.count(kind, response.status, lasted);
    let millis = lasted.as_secs_f64() * 1e3;
    if response.status >= 500 {
        tracing::warn!(kind, status = response.status, millis, "answered");
    } else {
        // Not the target: a feed's holds a secret.
        tracing::debug!(kind, status = response.status, bytes = response.body.len(), millis, "answered");
    }
    wired(&response, version, false, gzip)
}

/// An answer that is not at hand, where nobody else waits for the thread.
async fn worked_out(shared: &Arc<Shared>, site: &Arc<Site>, request: Request, now: Instant) -> Arc<Response> {
    let limits = shared.settings.limits;
    let busy = |problem: Problem, request: &Request| {
        let told = told(site, request, &problem, now);
        Arc::new(Response::clone(&told).with("retry-after", "1"))
    };
    let asked = Arc::new(request);
    let (for_site, for_request) = (Arc::clone(site), Arc::clone(&asked));
    let work = async {
        let places = if is_slow(&for_request) { &shared.slow } else { &shared.working };
        let place = Arc::clone(places).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let response = answer(&for_site, &for_request, now);
            if for_request.gzip {
                // Here, where nobody waits for the thread.
                let _ = response.zipped();
            }
            drop(place);
            response
        })
        .await
    };
    match timeout(limits.answering, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("an answer panicked");
            told(site, &asked, &Problem::new(500, "internal", "this should not have happened"), now)
        }
        Err(_) => {
            busy(Problem::new(503, "too-much", "too much is asked at once").hint("ask again in a moment"), &asked)
        }
    }
}

fn admitted(shared: &Shared, site: &Site, request: &Request) -> Result<(), Problem> {
    if is_open(site, request) { Ok(()) } else { shared.settings.access.admits(request) }
}

/// A request off the wire.
async fn taken(
    shared: &Shared,
    peer: IpAddr,
    request: hyper::Request<Incoming>,
) -> Result<Request, (Request, Problem)> {
    let limits = shared.settings.limits;
    let (parts, body) = request.into_parts();
    let text = |name: HeaderName| single(&parts.headers, &name);
    let user = match &shared.settings.access {
        Access::Proxy { header } => {
            parts.headers.get(header.as_str()).and_then(|it| it.to_str().ok()).map(str::to_owned)
        }
        _ => None,
    };
    let mut taken = Request {
        method: Method::named(parts.method.as_str()),
        target: parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned(),
        if_none_match: text(header::IF_NONE_MATCH),
        accept: text(header::ACCEPT),
        gzip: takes_gzip(&parts.headers),
        content_type: text(header::CONTENT_TYPE),
        authorization: text(header::AUTHORIZATION),
        // A request may say the whole address instead.
        host: parts.uri.authority().map(ToString::to_string).or_else(|| text(header::HOST)),
        user,
        from_proxy: shared.settings.proxies.iter().any(|it| it.has(peer)),
        body: Vec::new(),
    };
    let nothing = body.is_end_stream();
    if nothing {
        return Ok(taken);
    }
    let too_large =
        || Problem::new(413, "too-large", format!("a body has at most {} bytes", limits.body)).hint("send it in parts");
    let site = shared.site();
    // Who may not ask, or asks what takes no body, has none of it read.
    if let Err(problem) = admitted(shared, &site, &taken) {
        return Err((taken, problem));
    }
    if body.size_hint().lower() > limits.body as u64 {
        return Err((taken, too_large()));
    }
    match timeout(limits.sending, Limited::new(body, limits.body).collect()).await {
        Ok(Ok(whole)) => {
            taken.body = whole.to_bytes().into();
            Ok(taken)
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err((taken, too_large())),
        Ok(Err(_)) => Err((taken, Problem::bad("the body ended before it was whole"))),
        Err(_) => Err((taken, Problem::new(408, "too-slow", "the body took too long"))),
    }
}

/// Whether `Accept-Encoding` has gzip, and does not refuse it.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    all.flat_map(|it| it.split(',')).any(|it| {
        let mut words = it.split(';').map(str::trim);
        let refused = |it: &str| it.strip_prefix("q=").is_some_and(|it| it.parse() == Ok(0.0));
        words.next().is_some_and(|it| it.eq_ignore_ascii_case("gzip")) && !words.any(refused)
    })
}

/// The value of a header; of those that stand more than once, none.
fn single(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    match all.next() {
        // Lists may be written as several headers.
        Some(_) if *name == header::ACCEPT || *name == header::IF_NONE_MATCH => {
            let all: Vec<&str> = headers.get_all(name).iter().filter_map(|it| it.to_str().ok()).collect();
            Some(all.join(","))
        }
        Some(_) => None,
        None => first.to_str().ok().map(str::to_owned),
    }
}

fn wired(response: &Response, version: Version, close: bool, gzip: bool) -> hyper::Response<Full<Bytes>> {
    let zipped = if gzip { response.zipped() } else { None };
    let encoding = zipped.is_some();
    // The body is shared by all who get it.
    let body = Bytes::from_owner(zipped.unwrap_or_else(|| Arc::clone(&response.body)));
    let mut out = hyper::Response::new(Full::new(body));
    *out.version_mut() = version;
    *out.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = out.headers_mut();
    if !response.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    }
    for (name, value) in &response.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if close {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    out
}

/// A connection whose other side must read: an answer that is not taken within some time ends it.
struct Wire {
    stream: TcpStream,
    patience: Duration,
    /// Runs since the other side first did not take what it was given; until something comes from it again.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    fn written(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if poll.is_pending() && self.waiting.is_none() {
            self.waiting = Some(Box::pin(sleep(self.patience)));
        }
        match self.waiting.as_mut().map(|it| it.as_mut().poll(context)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            _ => poll,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.waiting = None;
        }
        poll
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Up to where answers are counted together, in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 20.0];

/// What a server counts.
#[derive(Debug, Default)]
struct Counters {
    answers: Mutex<BTreeMap<(&'static str, u16), u64>>,
    lasted: Mutex<BTreeMap<&'static str, Lasted>>,
    connections: AtomicI64,
    refused: AtomicU64,
    reloads: AtomicU64,
    refused_files: AtomicU64,
}

/// How long answers of one kind took.
#[derive(Debug, Default, Clone, Copy)]
struct Lasted {
    buckets: [u64; BUCKETS.len()],
    all: u64,
    seconds: f64,
}

impl Counters {
    fn count(&self, kind: &'static str, status: u16, lasted: Duration) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry((kind, status)).or_default() += 1;
        let mut all = self.lasted.lock().unwrap_or_else(PoisonError::into_inner);
        let it = all.entry(kind).or_default();
        let seconds = lasted.as_secs_f64();
        it.all += 1;
        it.seconds += seconds;
        if let Some(place) = BUCKETS.iter().position(|most| seconds <= *most) {
            it.buckets[place] += 1;
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        health::head(&mut out, "dogwatch_http_answers_total", "counter", "Answers by kind of question and status.");
        for ((kind, status), count) in self.answers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(out, "dogwatch_http_answers_total{{kind=\"{kind}\",status=\"{status}\"}} {count}");
        }
        health::head(&mut out, "dogwatch_http_answer_seconds", "histogram", "How long answers took.");
        for (kind, it) in self.lasted.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let mut below = 0;
            for (most, count) in BUCKETS.iter().zip(it.buckets) {
                below += count;
                let _ = writeln!(out, "dogwatch_http_answer_seconds_bucket{{kind=\"{kind}\",le=\"{most}\"}} {below}");
            }
            let _ = writeln!(out, "dogwatch_http_answer_seconds_bucket{{kind=\"{kind}\",le=\"+Inf\"}} {}", it.all);
            let _ = writeln!(out, "dogwatch_http_answer_seconds_sum{{kind=\"{kind}\"}} {}", it.seconds);
            let _ = writeln!(out, "dogwatch_http_answer_seconds_count{{kind=\"{kind}\"}} {}", it.all);
        }
        let plain = [
            (
                "dogwatch_http_connections",
                "gauge",
                "Connections that are open.",
                self.connections.load(Ordering::Relaxed).to_string(),
            ),
            (
                "dogwatch_http_refused_total",
                "counter",
                "Connections beyond the limit.",
                self.refused.load(Ordering::Relaxed).to_string(),
            ),
            (
                "dogwatch_reloads_total",
                "counter",
                "How often changed files were taken over.",
                self.reloads.load(Ordering::Relaxed).to_string(),
            ),
            (
                "dogwatch_reloads_refused_total",
                "counter",
                "How often changed files meant nothing.",
                self.refused_files.load(Ordering::Relaxed).to_string(),
            ),
        ];
        for (name, kind, help, value) in plain {
            health::head(&mut out, name, kind, help);
            let _ = writeln!(out, "{name} {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn listens(text: &str, loopback: Option<bool>) {
        assert_eq!(text.parse::<Listen>().ok().map(Listen::is_loopback), loopback, "{text}");
    }

    #[test]
    fn only_the_loopback_is_the_loopback() {
        for text in ["8080", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            listens(text, Some(true));
        }
        for text in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[::ffff:192.0.2.1]:1"] {
            listens(text, Some(false));
        }
        for text in ["", "65536", "127.0.0.1", "::1", "nowhere"] {
            listens(text, None);
        }
    }

    #[test]
    fn a_network_has_who_begins_like_it() {
        let has = |network: &str, peer: &str| network.parse::<Network>().unwrap().has(peer.parse().unwrap());
        assert!(has("192.0.2.7", "192.0.2.7") && !has("192.0.2.7", "192.0.2.6"));
        assert!(has("10.0.0.0/8", "10.255.0.1") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("0.0.0.0/0", "198.51.100.1") && !has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1") && !has("2001:db8::/32", "2001:db9::1"));
        // As a socket of both families shows it.
        assert!(has("10.0.0.0/8", "::ffff:10.0.0.1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "example.com"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
