//! The only socket of the web view: HTTP/1.1 in front of [`answer`].
//!
//! Everything that a client can make last or grow has a bound: connections, heads, bodies, how long either takes to
//! come, how long an answer takes to be read, how much is worked out at once.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll, ready};
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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};
use tokio::time::{Sleep, sleep, timeout};

use crate::time::Instant;
use crate::web::access::Access;
use crate::web::health;
use crate::web::request::{Method, Request, accepts};
use crate::web::response::{Problem, Response};
use crate::web::site::Site;
use crate::web::{Effort, answer, effort, is_open, is_quick, kind, takes_body, told};

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
    /// The bytes of all bodies that are held at once; more wait before they are read.
    pub bodies: usize,
    /// The bytes of all long answers that wait to be read; who asks for more is told to come again.
    pub answers: usize,
    /// How long the head of a request may take to come, on a connection that is idle as well.
    pub head: Duration,
    /// How long its body may take.
    pub sending: Duration,
    /// How long an answer may take to be worked out.
    pub answering: Duration,
    /// How long an answer may take to be read.
    pub reading: Duration,
    /// How long what the other side still sends is taken, and dropped, once it has been told everything.
    pub lingering: Duration,
    /// How long a stopping server waits for what it has begun.
    pub stopping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 512,
            working: 8,
            body: 4 << 20,
            bodies: 32 << 20,
            answers: 64 << 20,
            head: Duration::from_secs(20),
            sending: Duration::from_secs(20),
            answering: Duration::from_secs(60),
            reading: Duration::from_secs(60),
            lingering: Duration::from_secs(2),
            stopping: Duration::from_secs(10),
        }
    }
}

/// The bytes of a head, and how many headers it may have.
const MOST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
/// What is no longer than that is answered, however much waits to be read: so much for each connection is little.
const SHORT_ANSWER: usize = 128 << 10;
/// How many answers that may be large are worked out at once, and how many that may take long.
const MOST_LARGE: usize = 2;
const MOST_LONG: usize = 1;
/// How long it is waited when the machine has no more connections to give, and how often that is told.
const EXHAUSTED: Duration = Duration::from_millis(100);
const TOLD_AGAIN: Duration = Duration::from_mins(1);

/// Where a server listens: `8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `0.0.0.0:80`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(SocketAddr);

impl Listen {
    /// Whether only this machine reaches it.
    pub fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
        let same = |own: u128, other: u128, width: u32| own >> (width - self.bits) == other >> (width - self.bits);
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
        if bits == 0 {
            return Err("that is every address: anybody could say who they are".to_owned());
        }
        Ok(Network { address, bits })
    }
}

/// A server that answers until it is stopped or dropped.
pub struct Handle {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    pub fn stop(&self) {
        // Nobody listens if it has ended by itself.
        let _ = self.stop.send(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Room for so many bytes at once.
struct Room {
    free: Arc<Semaphore>,
    all: u32,
}

impl Room {
    fn of(bytes: usize) -> Room {
        let all = u32::try_from(bytes.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Room { free: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// What is larger than all there is takes all of it.
    fn share(&self, bytes: usize) -> u32 {
        u32::try_from(bytes).unwrap_or(u32::MAX).min(self.all)
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.free).try_acquire_many_owned(self.share(bytes))
    }

    async fn wait(&self, bytes: usize) -> OwnedSemaphorePermit {
        let free = Arc::clone(&self.free).acquire_many_owned(self.share(bytes));
        free.await.expect("nobody closes it")
    }
}

struct Shared {
    site: RwLock<Arc<Site>>,
    settings: Settings,
    clock: Clock,
    counters: Counters,
    working: Arc<Semaphore>,
    /// Few at a time: who waits for one of these takes no place of the others.
    large: Arc<Semaphore>,
    long: Arc<Semaphore>,
    /// For bodies, from before they are read until they are answered.
    bodies: Room,
    /// For answers, from when they are worked out until they are written.
    answers: Room,
}

impl Shared {
    fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Room for an answer, until it is read.
    fn room(&self, bytes: usize) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        if bytes <= SHORT_ANSWER {
            return Ok(None);
        }
        let many = |_| too_much("too many long answers wait to be read").hint("ask again in a moment, or for less");
        self.answers.take(bytes).map(Some).map_err(many)
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
        .max_blocking_threads(settings.limits.working + MOST_LARGE + MOST_LONG)
        .thread_name("web")
        .enable_all()
        .build()?;
    let listener = runtime.block_on(TcpListener::bind(settings.listen.0))?;
    let address = listener.local_addr()?;
    let limits = settings.limits;
    let shared = Arc::new(Shared {
        site: RwLock::new(Arc::new(site)),
        settings,
        clock,
        counters: Counters::default(),
        working: Arc::new(Semaphore::new(limits.working)),
        large: Arc::new(Semaphore::new(MOST_LARGE)),
        long: Arc::new(Semaphore::new(MOST_LONG)),
        bodies: Room::of(limits.bodies),
        answers: Room::of(limits.answers),
    });
    let (stop, stopped) = watch::channel(false);
    let served = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("web".to_owned()).spawn(move || {
        runtime.block_on(accept(listener, served, stopped));
        // What still works is not waited for.
        runtime.shutdown_background();
    })?;
    Ok(Handle { address, shared, stop, thread: Mutex::new(Some(thread)) })
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(shared.settings.limits.connections));
    let mut failing: Option<std::time::Instant> = None;
    loop {
        let accepted = tokio::select! {
            it = listener.accept() => it,
            () = told_to_stop(&mut stopped) => break,
        };
        let (stream, peer) = match accepted {
            Ok(it) => it,
            Err(error) => {
                // Out of descriptors, or a connection that was gone before it was here.
                if failing.is_none_or(|it| it.elapsed() > TOLD_AGAIN) {
                    tracing::warn!(%error, "could not accept a connection");
                    failing = Some(std::time::Instant::now());
                }
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
    let wire = Wire { stream, patience: limits.reading, waiting: None, lingering: limits.lingering, ended: None };
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        // Who has asked may have nothing more to say, and waits for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(wire), service);
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
    let (parts, body) = request.into_parts();
    let mut request = asked(shared, peer, &parts);
    let (kind, gzip, path) = (kind(&request), request.gzip, shown(&request));
    let user = request.user.clone().filter(|_| request.from_proxy);
    // Who may not ask, or asks what takes no body, has none of it read: it is still on its way.
    let mut close = !body.is_end_stream();
    let sent = match admitted(shared, &site, &request) {
        Ok(()) if takes_body(&request) => sent(shared, &parts.headers, body).await.map(|(bytes, room)| {
            close = false;
            request.body = bytes;
            Some(room)
        }),
        other => other.map(|()| None),
    };
    let request = Arc::new(request);
    let made = match sent {
        Err(problem) => Err(problem),
        // What the core knows of it is checked as every answer is; what is counted is the server's.
        Ok(_) if kind == "metrics" && matches!(request.method, Method::Get | Method::Head) => {
            health::metrics(&site, now, &shared.counters.text()).map(Arc::new)
        }
        Ok(_) if is_quick(&site, &request, now) => Ok(answer(&site, &request, now)),
        Ok(room) => worked_out(shared, &site, &request, room, now).await,
    };
    let made = made.and_then(|response| shared.room(written(&response, gzip).len()).map(|room| (response, room)));
    let (response, room) = made.unwrap_or_else(|problem| (told(&site, &request, &problem, now), None));
    let lasted = began.elapsed();
    shared.counters.count(kind, response.status, lasted);
    let millis = lasted.as_secs_f64() * 1e3;
    let (status, bytes) = (response.status, response.body.len());
    if status >= 500 {
        tracing::warn!(kind, path, user, status, millis, "answered");
    } else {
        tracing::debug!(kind, path, user, status, bytes, millis, "answered");
    }
    wired(&response, room, parts.version, close, gzip)
}

/// A path as a log may hold it: without the secret of a feed's link, however it was misspelt.
fn shown(request: &Request) -> String {
    const LONGEST: usize = 200;
    let Some(segments) = request.segments() else { return String::new() };
    let mut path = String::new();
    for (index, it) in segments.iter().enumerate() {
        let within = index > 0 && segments[index - 1] == "feeds";
        let open = ["rotations", "people", "everything.ics"].contains(&it.as_str());
        let secret = (within && !open) || (it.len() > 16 && it.bytes().all(|it| it.is_ascii_hexdigit()));
        path.push('/');
        path.push_str(if secret { "…" } else { it });
    }
    if path.is_empty() { "/".to_owned() } else { path.chars().take(LONGEST).collect() }
}

/// An answer that is not at hand, where nobody else waits for the thread. `sent` is the room that the body takes.
async fn worked_out(
    shared: &Shared,
    site: &Arc<Site>,
    request: &Arc<Request>,
    sent: Option<OwnedSemaphorePermit>,
    now: Instant,
) -> Result<Arc<Response>, Problem> {
    let (site, request) = (Arc::clone(site), Arc::clone(request));
    let places = match effort(&request) {
        Effort::Some => &shared.working,
        Effort::Large => &shared.large,
        Effort::Long => &shared.long,
    };
    let work = async {
        let place = Arc::clone(places).acquire_owned().await;
        let working = tokio::task::spawn_blocking(move || {
            let response = answer(&site, &request, now);
            if request.gzip {
                // Here, where nobody waits for the thread.
                let _ = response.zipped();
            }
            drop((request, sent, place));
            response
        });
        working.await
    };
    match timeout(shared.settings.limits.answering, work).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => {
            tracing::error!("an answer panicked");
            Err(Problem::new(500, "internal", "this should not have happened"))
        }
        Err(_) => Err(too_much("too much is asked at once").hint("ask again in a moment")),
    }
}

fn too_much(detail: &str) -> Problem {
    Problem::new(503, "too-much", detail)
}

fn admitted(shared: &Shared, site: &Site, request: &Request) -> Result<(), Problem> {
    if is_open(site, request) { Ok(()) } else { shared.settings.access.admits(request) }
}

/// A request off the wire, but for its body.
fn asked(shared: &Shared, peer: IpAddr, parts: &hyper::http::request::Parts) -> Request {
    let text = |name: HeaderName| single(&parts.headers, &name);
    let user = match &shared.settings.access {
        Access::Proxy { header } => user(&parts.headers, header),
        _ => None,
    };
    Request {
        method: Method::named(parts.method.as_str()),
        target: parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned(),
        if_none_match: text(header::IF_NONE_MATCH),
        accept: text(header::ACCEPT),
        gzip: text(header::ACCEPT_ENCODING).is_some_and(|it| accepts(&it, "gzip")),
        content_type: text(header::CONTENT_TYPE),
        content_encoding: text(header::CONTENT_ENCODING),
        authorization: text(header::AUTHORIZATION),
        // A request may say the whole address instead.
        host: parts.uri.authority().map(ToString::to_string).or_else(|| text(header::HOST)),
        user,
        from_proxy: shared.settings.proxies.iter().any(|it| it.has(peer)),
        cross_site: is_cross_site(&parts.headers),
        body: Vec::new(),
    }
}

/// What is sent along, and the room that it takes.
async fn sent(
    shared: &Shared,
    headers: &HeaderMap,
    body: Incoming,
) -> Result<(Vec<u8>, OwnedSemaphorePermit), Problem> {
    let limits = shared.settings.limits;
    if headers.get_all(header::TRANSFER_ENCODING).iter().any(|it| !it.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        return Err(Problem::new(501, "encoded", "a body may come in chunks, and not encoded otherwise"));
    }
    let too_large =
        || Problem::new(413, "too-large", format!("a body has at most {} bytes", limits.body)).hint("send it in parts");
    let size = body.size_hint();
    if size.lower() > limits.body as u64 {
        return Err(too_large());
    }
    // As long as nobody knows how long it will be, it may be as long as it may be.
    let bytes = size.exact().and_then(|it| usize::try_from(it).ok()).unwrap_or(limits.body);
    let room = timeout(limits.answering, shared.bodies.wait(bytes))
        .await
        .map_err(|_| too_much("too much is sent at once").hint("send it again in a moment"))?;
    match timeout(limits.sending, Limited::new(body, limits.body).collect()).await {
        Ok(Ok(whole)) => Ok((whole.to_bytes().into(), room)),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::bad("the body ended before it was whole")),
        Err(_) => Err(Problem::new(408, "too-slow", "the body took too long")),
    }
}

/// Whether a browser asks because a page of another site had it ask, and not because somebody followed a link.
fn is_cross_site(headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|it| it.as_bytes() == value.as_bytes());
    let link = says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document");
    says("sec-fetch-site", "cross-site") && !link
}

/// Who asks, as a proxy says it; of several, nobody.
fn user(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let first = all.next().filter(|_| all.next().is_none())?;
    String::from_utf8(first.as_bytes().to_vec()).ok()
}

/// The value of a header; of those that stand more than once, none.
fn single(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    let list = [header::ACCEPT, header::ACCEPT_ENCODING, header::IF_NONE_MATCH].contains(name);
    match all.next() {
        // Lists may be written as several headers.
        Some(_) if list => {
            let all: Vec<&str> = headers.get_all(name).iter().filter_map(|it| it.to_str().ok()).collect();
            Some(all.join(","))
        }
        Some(_) => None,
        None => first.to_str().ok().map(str::to_owned),
    }
}

/// The body as it is written.
fn written(response: &Response, gzip: bool) -> Arc<[u8]> {
    let zipped = if gzip { response.zipped() } else { None };
    zipped.unwrap_or_else(|| Arc::clone(&response.body))
}

/// Bytes that are on their way, and the room that they take until they are written.
struct Written {
    bytes: Arc<[u8]>,
    _room: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Written {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn wired(
    response: &Response,
    room: Option<OwnedSemaphorePermit>,
    version: Version,
    close: bool,
    gzip: bool,
) -> hyper::Response<Full<Bytes>> {
    // The body is shared by all who get it.
    let written = Written { bytes: written(response, gzip), _room: room };
    let encoding = !Arc::ptr_eq(&written.bytes, &response.body);
    let mut out = hyper::Response::new(Full::new(Bytes::from_owner(written)));
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
    if response.status == 503 {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
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
    lingering: Duration,
    /// Runs since the other side was told that nothing more comes.
    ended: Option<Pin<Box<Sleep>>>,
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

    /// Says that nothing more comes, and for a while drops what still does: an end that leaves something unread takes the
    /// answer from who is still sending.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        if wire.ended.is_none() {
            ready!(Pin::new(&mut wire.stream).poll_shutdown(context))?;
        }
        let ended = wire.ended.get_or_insert_with(|| Box::pin(sleep(wire.lingering)));
        let mut dropped = [0; 8 << 10];
        while ended.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut dropped);
            let read = ready!(Pin::new(&mut wire.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
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
        assert!(has("128.0.0.0/1", "198.51.100.1") && !has("128.0.0.0/1", "ffff::1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1") && !has("2001:db8::/32", "2001:db9::1"));
        // As a socket of both families shows it.
        assert!(has("10.0.0.0/8", "::ffff:10.0.0.1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "example.com", "0.0.0.0/0", "::/0"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
