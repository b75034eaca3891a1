//! `dogwatch serve` as a program: when it begins, when files change, when it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{NOW, root};

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
    assert!(taken.starts_with("2\nerror: could not listen: "), "{taken}");
    assert!(taken.ends_with("  help: `--listen 0` takes a free port\n"), "{taken}");
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
            .args(["--now", NOW, "serve", "--listen", "0", "--poll", "1s"])
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
        for _ in 0..200 {
            let page = self.get(target);
            if page.contains(says) {
                return page;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it never says {says}: {}", self.get(target));
    }

    /// Asks it to end; its exit code and its log.
    fn end(mut self) -> (Option<i32>, String) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
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
    let link = running.wait_for("/people/ana", "Web one");
    assert!(!link.contains("role=\"alert\""));
    let secret = link.split("/feeds/").nth(1).unwrap().split('/').next().unwrap().to_owned();
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
    let lines: Vec<serde_json::Value> = log.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let messages: Vec<&str> = lines.iter().map(|it| it["message"].as_str().unwrap().lines().next().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "serving",
            "the files have mistakes: answering from what they said before",
            "took over changed files",
            "stopping"
        ]
    );
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
    let page = running.wait_for("/people/ana", "/feeds/");
    let link = format!("/feeds/{}", page.split("href=\"/feeds/").nth(1).unwrap().split('"').next().unwrap());
    assert!(running.get(&link).contains("BEGIN:VCALENDAR"));
    fs::write(&revoked, "@ana 1\n").unwrap();
    running.wait_for(&link, "HTTP/1.1 404");
    let page = running.get("/people/ana");
    let next = format!("/feeds/{}", page.split("href=\"/feeds/").nth(1).unwrap().split('"').next().unwrap());
    assert_ne!(link, next);
    assert!(running.get(&next).contains("BEGIN:VCALENDAR"));
    let (code, log) = running.end();
    assert_eq!(code, Some(0));
    for secret in [&link, &next] {
        assert!(!log.contains(secret.split('/').nth(2).unwrap()), "{log}");
    }
}
