//! `dogwatch serve` as a program: when it begins, when files change, when it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{NOW, root};

const TOKEN: &str = "correct-horse-battery-staple";

fn dogwatch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
    command.current_dir(root());
    for it in ["DOGWATCH_ZONE", "DOGWATCH_TOKEN", "DOGWATCH_FEED_KEY"] {
        command.env_remove(it);
    }
    command.env("NO_COLOR", "1");
    command
}

/// Exit code and what is said by a program that cannot begin.
fn fails(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = dogwatch().arg("serve").args(arguments).envs(environment.iter().copied()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    format!("{}\n{}", output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn beyond_the_loopback_it_wants_to_know_who_asks() {
    let expected = "2\nerror: whoever reaches that address could read everybody's phone numbers
  help: `--token-file FILE`, and who asks must know what is in it: openssl rand -hex 32 > FILE
  help: or `--trusted-header NAME --trusted-proxy ADDRESS`, if a proxy says who asks
  help: or listen on the loopback, which is what happens without `--listen`\n";
    assert_eq!(fails(&["--listen", "0.0.0.0:0"], &[]), expected);
    assert_eq!(
        fails(&["--listen", "[::]:0"], &[("DOGWATCH_TOKEN", "")]),
        expected,
        "a variable set to nothing is not set"
    );
    let weak = "2\nerror: the token is none: it has fewer than 20 letters
  help: at least 20 letters that nobody guesses: openssl rand -hex 32\n";
    assert_eq!(fails(&["--listen", "0.0.0.0:0"], &[("DOGWATCH_TOKEN", "hunter2")]), weak);
    let both = fails(
        &["--listen", "0.0.0.0:0", "--trusted-header", "x-user", "--trusted-proxy", "10.0.0.1", "--token-file", "x"],
        &[],
    );
    assert!(both.starts_with("2\nerror: a token and a trusted proxy at once\n"), "{both}");
    let alone = fails(&["--listen", "0.0.0.0:0", "--trusted-header", "x-user"], &[]);
    assert!(alone.starts_with("2\n") && alone.contains("--trusted-proxy"), "{alone}");
}

#[test]
fn it_says_why_it_cannot_begin() {
    let token = fails(&["--token-file", "nowhere"], &[]);
    assert!(token.starts_with("2\nerror: could not read the token in `nowhere`: "), "{token}");
    let key = fails(&[], &[("DOGWATCH_FEED_KEY", "short")]);
    assert!(key.starts_with("2\nerror: the feed key is none: it has fewer than 20 letters\n"), "{key}");
    let url = "2\nerror: not an address: `oncall`\n  help: as in https://oncall.example.com\n";
    assert_eq!(fails(&["--url", "oncall"], &[]), url);
    let poll = "2\nerror: not a time between two looks: `0s`\n  help: as in 2s or 1m\n";
    assert_eq!(fails(&["--poll", "0s"], &[]), poll);
    let history = fails(&["--history", "nowhere.jsonl"], &[]);
    assert!(history.starts_with("2\nerror: could not read `nowhere.jsonl`: "), "{history}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let taken = fails(&["--listen", &port, "--log", "off"], &[]);
    assert!(taken.starts_with(&format!("2\nerror: could not listen at 127.0.0.1:{port}: ")), "{taken}");
    assert!(taken.ends_with("\n  help: something else does: `--listen 0` takes a free port\n"), "{taken}");
    // An address of documentation is nobody's.
    let foreign = fails(&["--listen", "192.0.2.1:0", "--log", "off"], &[("DOGWATCH_TOKEN", TOKEN)]);
    assert!(foreign.starts_with("2\nerror: could not listen at 192.0.2.1:0: "), "{foreign}");
    assert!(
        foreign.ends_with("\n  help: it is no address of this machine: 0.0.0.0 stands for all that are\n"),
        "{foreign}"
    );
}

#[test]
fn what_could_never_count_is_refused() {
    let history = "  help: `--history FILE` names one\n";
    let mapping = format!("2\nerror: a mapping is named, and no file that it is for\n{history}");
    assert_eq!(fails(&["--mapping", "servicenow-updates"], &[]), mapping);
    let aggregate = format!("2\nerror: `--aggregate` is for the page of the past, and there is no history\n{history}");
    assert_eq!(fails(&["--aggregate"], &[]), aggregate);
    for name in ["", "oncall:9113", "http://oncall", "oncall.", "a b"] {
        let expected = format!(
            "2\nerror: not the name of a host: `{name}`
  help: the name alone, as in `--host oncall.example.com`: no scheme, no port, no dot at its end\n"
        );
        assert_eq!(fails(&["--host", name], &[]), expected);
    }
    let proxied = |header: &str, address: &str, environment: &[(&str, &str)]| {
        fails(&["--listen", "0", "--trusted-header", header, "--trusted-proxy", address], environment)
    };
    let header = "2\nerror: the header `Host` does not say who asks
  help: one that the proxy sets once somebody has signed in: x-forwarded-user\n";
    assert_eq!(proxied("Host", "127.0.0.1", &[]), header);
    let both = "2\nerror: a token and a trusted proxy at once
  help: the proxy decides who may ask: leave the token to it, and DOGWATCH_TOKEN unset\n";
    assert_eq!(proxied("x-user", "127.0.0.1", &[("DOGWATCH_TOKEN", TOKEN)]), both);
    let everybody = proxied("x-user", "0.0.0.0/0", &[]);
    assert!(everybody.contains("that is every address: anybody could say who they are"), "{everybody}");
    for url in ["http://", "https:///x", "https://oncall.example.com?x"] {
        let expected = format!("2\nerror: not an address: `{url}`\n  help: as in https://oncall.example.com\n");
        assert_eq!(fails(&["--url", url], &[]), expected);
    }
}

#[test]
fn links_are_revoked_once_each_by_an_ordinary_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("revoked");
    let name = path.display();
    let cure = "  help: a line a feed, once: `@ana 1`, `search 2`, `everything 1`\n";
    let refused = || fails(&["--feed-revoked", path.to_str().unwrap()], &[]);
    fs::write(&path, "@ana 2\n@ana 0\n").unwrap();
    let twice = "line 2 says another generation of `@ana`, which stands above";
    assert_eq!(refused(), format!("2\nerror: revoked links in `{name}`: {twice}\n{cure}"));
    #[cfg(unix)]
    {
        fs::remove_file(&path).unwrap();
        pipe(&path);
        assert_eq!(refused(), format!("2\nerror: revoked links in `{name}`: it is no ordinary file\n{cure}"));
        let token = fails(&["--token-file", path.to_str().unwrap()], &[]);
        assert_eq!(token, format!("2\nerror: could not read the token in `{name}`: it is no ordinary file\n"));
    }
}

/// Where nobody ever writes.
#[cfg(unix)]
fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A log in lines of JSON: the messages, without the lines that are for who looks closer.
fn messages(log: &str) -> Vec<String> {
    let lines = log.lines().map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap());
    lines.map(|it| it["message"].as_str().unwrap().to_owned()).collect()
}

struct Running {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join("rotations").join(name), text).unwrap();
}

const WEB: &str = "name = 'Web one'\n[[layers]]\npeople = ['ana']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n";

impl Running {
    fn start(arguments: &[&str]) -> Running {
        Running::start_with(&["--listen", "0", "--poll", "1s"], arguments)
    }

    fn start_with(first: &[&str], arguments: &[&str]) -> Running {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("rotations")).unwrap();
        write(folder.path(), "org.toml", "zone = 'UTC'\n");
        write(folder.path(), "people.toml", "[ana]\nname = 'Ana'\nzone = 'UTC'\n");
        write(folder.path(), "web.toml", WEB);
        write(
            folder.path(),
            "escalation.toml",
            "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '5m', to = '@ana' }]\n",
        );
        let mut child = dogwatch()
            .arg("-C")
            .arg(folder.path())
            .args(["--now", NOW, "serve"])
            .args(first)
            .args(arguments)
            .env("DOGWATCH_FEED_KEY", "0123456789abcdef0123456789abcdef")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        Running { child, port, folder }
    }

    fn get(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let ask = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[track_caller]
    fn wait_for(&self, target: &str, says: &str) -> String {
        for _ in 0..600 {
            let page = self.get(target);
            if page.contains(says) {
                return page;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it never says {says}: {}", self.get(target));
    }

    fn signal(&self, name: &str) {
        let done = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Asks it to end; its exit code and its log.
    fn end(self) -> (Option<i32>, String) {
        self.signal("-TERM");
        self.ended()
    }

    fn ended(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

#[cfg(unix)]
#[test]
fn a_bad_edit_leaves_what_held_and_says_so_and_a_good_one_is_taken_over() {
    let running = Running::start(&["--log-json"]);
    let folder = running.folder.path().to_owned();
    let page = running.wait_for("/people/ana", "Web one");
    assert!(!page.contains("role=\"alert\""));
    let secret = page.split("/feeds/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(secret.len(), 32);

    write(&folder, "web.toml", &WEB.replace("'ana'", "'anna'").replace("one", "two"));
    let page = running.wait_for("/", "<strong>The files have 1 mistake, since");
    assert!(page.contains("Web one") && !page.contains("Web two"), "{page}");
    assert!(running.get("/check").contains("no such person: `anna`"));
    assert!(running.get("/readyz").contains("\"stale\": true"));

    write(&folder, "web.toml", &WEB.replace("one", "three"));
    let page = running.wait_for("/", "Web three");
    assert!(!page.contains("role=\"alert\""), "{page}");
    assert!(running.get("/readyz").contains("\"stale\": false"));

    let (code, log) = running.end();
    assert_eq!(code, Some(0));
    assert_eq!(
        messages(&log),
        [
            "serving",
            "The files have 1 mistake: answering from what they said before",
            "took over changed files",
            "stopping"
        ]
    );
    let refused: serde_json::Value = serde_json::from_str(log.lines().nth(1).unwrap()).unwrap();
    let fields = ["level", "mistakes", "since", "stale_since"].map(|it| refused[it].to_string());
    assert_eq!(fields, ["\"ERROR\"", "1", "\"2026-12-08T18:00:00Z\"", "\"2026-12-08T18:00:00Z\""]);
    assert!(refused["report"].as_str().unwrap().starts_with("error[unknown-person]: no such person: `anna`\n"));
    assert!(!log.contains(&secret) && !log.contains("0123456789abcdef"), "a secret is in the log");
}

#[cfg(unix)]
#[test]
fn a_revoked_link_is_revoked_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let revoked = folder.path().join("revoked");
    fs::write(&revoked, "").unwrap();
    let running = Running::start(&[
        "--feed-revoked",
        revoked.to_str().unwrap(),
        "--log",
        "debug",
        "--history",
        "tests/cases/episodes.jsonl",
    ]);
    // With a history there is a page of it, without a style of its own.
    let fit = running.get("/fit");
    assert!(fit.contains("28 episodes") && !fit.contains("style=") && !fit.contains("<style"), "{fit}");
    let first = link(&running);
    assert!(running.get(&first).contains("BEGIN:VCALENDAR"));
    fs::write(&revoked, "@ana 1\n").unwrap();
    running.wait_for(&first, "HTTP/1.1 404");
    let next = link(&running);
    assert_ne!(first, next);
    assert!(running.get(&next).contains("BEGIN:VCALENDAR"));
    // No name of a file makes a line of the log.
    write(running.folder.path(), "a\nERROR forged.toml", "oops");
    running.wait_for("/readyz", "\"stale\": true");
    let (code, log) = running.end();
    assert!(log.contains("forged") && !log.lines().any(|it| it.starts_with("ERROR forged")), "{log}");
    assert_eq!(code, Some(0));
    for secret in [&first, &next] {
        assert!(!log.contains(secret.split('/').nth(2).unwrap()), "{log}");
    }
    // The log says what was asked for all the same.
    for path in ["path=\"/people/ana\"", "path=\"/feeds/…/people/ana.ics\""] {
        assert!(log.contains(path), "{log}");
    }
}

/// The unit of the examples starts, and believes the header that the proxy of the examples sets.
#[cfg(unix)]
#[test]
fn the_unit_and_the_proxy_of_the_examples_fit_together() {
    let example = |name: &str| fs::read_to_string(root().join("examples/serve").join(name)).unwrap();
    let (unit, proxy) = (example("dogwatch.service").replace("\\\n", " "), example("Caddyfile"));
    let command = unit.lines().find_map(|it| it.strip_prefix("ExecStart=")).unwrap();
    let secrets = tempfile::tempdir().unwrap();
    let at = |name: &str| secrets.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("feed.key"), TOKEN).unwrap();
    fs::write(at("feeds.revoked"), "").unwrap();
    let arguments: Vec<String> = command
        .split_whitespace()
        .skip_while(|it| *it != "serve")
        .skip(1)
        .map(|it| it.replace("%d/feed.key", &at("feed.key")).replace("/srv/oncall/feeds.revoked", &at("feeds.revoked")))
        .map(|it| if it == "127.0.0.1:8080" { "0".to_owned() } else { it })
        .collect();
    let running = Running::start_with(&[], &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let ask = |user: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
        let head = format!("GET /people/ana HTTP/1.1\r\nHost: oncall.example.com\r\nConnection: close\r\n{user}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let copied = proxy.lines().find_map(|it| it.trim().strip_prefix("copy_headers X-Auth-Request-User>")).unwrap();
    let page = ask(&format!("{copied}: ana\r\n"));
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(page.contains(">https://oncall.example.com/feeds/"), "{page}");
    assert!(ask("").starts_with("HTTP/1.1 403 "));
    // Within a `route`, Caddy keeps the order: what comes in is taken away before what is known is set.
    let proxy = &proxy[proxy.find("route {").unwrap()..];
    let order = ["route {", &format!("request_header -{copied}"), "forward_auth"].map(|it| proxy.find(it).unwrap());
    assert!(order.is_sorted(), "{proxy}");
}

/// The link of Ana's feed, as her page shows it.
fn link(running: &Running) -> String {
    let page = running.wait_for("/people/ana", "href=\"/feeds/");
    format!("/feeds/{}", page.split("href=\"/feeds/").nth(1).unwrap().split('"').next().unwrap())
}

#[cfg(unix)]
#[test]
fn a_mistake_holds_back_neither_a_revoked_link_nor_the_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let revoked = folder.path().join("revoked");
    fs::write(&revoked, "").unwrap();
    let running = Running::start(&["--log-json", "--feed-revoked", revoked.to_str().unwrap()]);
    let rotations = running.folder.path().to_owned();
    let first = link(&running);
    write(&rotations, "web.toml", &format!("{WEB}oops\n"));
    running.wait_for("/readyz", "\"stale\": true");
    fs::write(&revoked, "@ana 1\n@anna 1\n").unwrap();
    running.wait_for(&first, "HTTP/1.1 404");
    assert!(running.get("/").contains("<strong>The files have 1 mistake, since"));
    let second = link(&running);
    assert!(running.get(&second).contains("BEGIN:VCALENDAR"));

    // The other way: what the list says last is held, what the rotation says is taken over.
    fs::write(&revoked, "@ana twice\n").unwrap();
    write(&rotations, "web.toml", &WEB.replace("one", "two"));
    let page = running.wait_for("/", "Web two");
    assert!(page.contains("<strong>The files have 1 mistake, since"), "{page}");
    assert!(running.get("/check").contains("line 1 says no generation: `@ana twice`"));
    assert!(running.get(&second).contains("BEGIN:VCALENDAR"), "no link comes back to life");

    // What nobody can read at all.
    fs::remove_file(&revoked).unwrap();
    pipe(&revoked);
    let page = running.wait_for("/", "<strong>The files could not be read, since");
    assert!(page.contains("Web two"), "{page}");
    assert!(running.get("/check").contains("it is no ordinary file"));
    let (code, log) = running.end();
    assert_eq!(code, Some(0));
    assert_eq!(
        messages(&log),
        [
            "serving",
            "The files have 1 mistake: answering from what they said before",
            "took over revoked links",
            "this line of revoked links names no feed, and revokes nothing",
            "took over changed files",
            "this line of revoked links names no feed, and revokes nothing",
            "The files have 1 mistake: answering from what they said before",
            "The files could not be read: answering from what they said before",
            "stopping",
        ]
    );
    assert!(log.contains("\"name\":\"@anna\",\"near\":\"@ana\""), "{log}");
}

#[cfg(unix)]
#[test]
fn a_file_that_never_rests_does_not_hold_back_the_others() {
    let running = Running::start(&["--log-json"]);
    let folder = running.folder.path().to_owned();
    let done = Arc::new(AtomicBool::new(false));
    let restless = {
        let (done, folder) = (Arc::clone(&done), folder.clone());
        std::thread::spawn(move || {
            for count in 0_u64.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                write(&folder, "restless.ics", &format!("{count}"));
                std::thread::sleep(Duration::from_millis(300));
            }
        })
    };
    write(&folder, "web.toml", &WEB.replace("one", "two"));
    running.wait_for("/", "Web two");
    done.store(true, Ordering::Relaxed);
    restless.join().unwrap();
    let (_, log) = running.end();
    assert!(messages(&log).contains(&"files keep changing: they are read as they are".to_owned()), "{log}");
    assert!(log.contains("restless.ics\""), "{log}");
}

#[cfg(unix)]
#[test]
fn who_asks_twice_for_an_end_waits_for_nobody() {
    let running = Running::start(&["--log-json"]);
    // Half a request keeps a stopping server waiting.
    let mut half = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    half.write_all(
        b"POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    )
    .unwrap();
    half.read_exact(&mut [0; 12]).unwrap();
    running.signal("-HUP");
    // It listens no more, and waits.
    while TcpStream::connect(("127.0.0.1", running.port)).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    running.signal("-TERM");
    let (code, log) = running.ended();
    assert_eq!(code, Some(0));
    assert_eq!(messages(&log), ["serving", "stopping", "stopped at once, as it was asked twice"]);
}

#[cfg(target_os = "linux")]
#[test]
fn connections_leave_files_to_open() {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_dogwatch"), "-C", "rotations/.."])
        .args(["serve", "--listen", "0", "--poll", "1s", "--log-json"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
    let connections: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    // All that are beyond are told so.
    let refused = connections.iter().skip(32).filter(|it| {
        let mut told = [0; 12];
        let mut stream: &TcpStream = it;
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.read_exact(&mut told).is_ok() && &told == b"HTTP/1.1 503"
    });
    assert_eq!(refused.count(), 68);
    let done = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(done.success());
    drop(connections);
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let few = "32 connections at once: the process may open no more files (`ulimit -n`, LimitNOFILE)";
    assert_eq!(messages(&log), [few, "serving", "stopping"]);
}
