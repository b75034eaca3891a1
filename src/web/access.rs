//! Who may ask.

use core::net::IpAddr;

use crate::web::Request;
use crate::web::response::Problem;
use crate::web::secret::Token;

/// Who may ask, beyond health and feeds with a secret link.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever reaches the loopback of this machine by one of its names. The names keep out pages of other sites whose
    /// name leads to the loopback.
    Loopback {
        /// More names than those of the loopback.
        hosts: Vec<String>,
    },
    /// Whoever knows the token.
    Token(Token),
    /// Whoever a proxy has let through, as a header says that only the proxy can set.
    Proxy {
        /// What the header is called.
        header: String,
    },
}

impl Access {
    /// Whether a request may be answered.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn admits(&self, request: &Request) -> Result<(), Problem> {
        if request.cross_site {
            // It could not read the answer, but have it worked out as often as it likes.
            return Err(Problem::new(403, "cross-site", "a page of another site asked, not you")
                .hint("open the address, or follow a link to it"));
        }
        match self {
            Access::Loopback { hosts } => {
                let host = request.host.as_deref().unwrap_or_default();
                let name = without_port(host);
                if is_loopback(name) || hosts.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                    return Ok(());
                }
                Err(Problem::new(421, "unknown-host", format!("`{}` is no name of this server", printable(host)))
                    .hint("ask for it by localhost, or start it with `--host NAME`"))
            }
            Access::Token(token) => match request.authorization.as_deref().and_then(presented) {
                Some(it) if token.is(&it) => Ok(()),
                Some(_) => Err(Problem::new(401, "wrong-token", "the token is wrong")),
                None => Err(Problem::new(401, "no-token", "this server answers who knows its token")
                    .hint("programs send `Authorization: Bearer TOKEN`; in a browser it is the password, of any user")),
            },
            Access::Proxy { header } => {
                if !request.from_proxy {
                    return Err(Problem::new(403, "not-through-proxy", "this server answers through its proxy only")
                        .hint("ask for it by the proxy's address"));
                }
                let nobody = || Problem::new(403, "no-user", format!("the proxy's header `{header}` names nobody"));
                match request.user.as_deref().map(str::trim) {
                    None | Some("") => Err(nobody()),
                    // What a proxy sends when it had no value to put there: `{http.reverse_proxy.header.…}`.
                    Some(it) if it.contains(['{', '}']) => {
                        Err(nobody().hint(format!("it holds `{}`, which the proxy did not fill in", printable(it))))
                    }
                    Some(_) => Ok(()),
                }
            }
        }
    }
}

/// The token of an `Authorization` header: a bearer's, or the password of basic authentication.
fn presented(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(decode(rest)?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Base 64 (RFC 4648).
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for it in text.trim_end_matches('=').bytes() {
        let value = match it {
            b'A'..=b'Z' => it - b'A',
            b'a'..=b'z' => it - b'a' + 26,
            b'0'..=b'9' => it - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

/// Whether this is a name of the loopback. An address of it cannot be somebody else's name that leads here.
fn is_loopback(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|it| it.to_canonical().is_loopback())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

fn printable(text: &str) -> String {
    text.chars().take(100).filter(|it| !it.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn answers(access: &Access, change: impl FnOnce(&mut Request), expected: Result<(), (u16, &'static str)>) {
        let mut request = Request::get("/");
        change(&mut request);
        assert_eq!(access.admits(&request).map_err(|it| (it.status, it.kind)), expected, "{request:?}");
    }

    #[test]
    fn the_loopback_answers_to_its_own_names() {
        let access = Access::Loopback { hosts: vec!["oncall.example.com".to_owned()] };
        for host in [
            "localhost",
            "LocalHost:8080",
            "127.0.0.1:1",
            "127.0.0.2:9110",
            "[::1]:8080",
            "[::1]",
            "[::ffff:127.0.0.1]:1",
            "[::ffff:7f00:1]",
            "oncall.example.com:80",
        ] {
            answers(&access, |it| it.host = Some(host.to_owned()), Ok(()));
        }
        // A page of somebody else whose name was made to lead here.
        for host in ["evil.example.com:8080", "localhost.example.com", "", "127.0.0.1.nip.io", "192.0.2.1", "[::]"] {
            answers(&access, |it| it.host = Some(host.to_owned()), Err((421, "unknown-host")));
        }
        answers(&access, |_| {}, Err((421, "unknown-host")));
    }

    #[test]
    fn a_token_comes_as_a_bearer_or_as_a_password() {
        let access = Access::Token(Token::new("correct-horse-battery-staple").unwrap());
        let sends = |text: &str, expected| answers(&access, |it| it.authorization = Some(text.to_owned()), expected);
        sends("Bearer correct-horse-battery-staple", Ok(()));
        sends("bearer   correct-horse-battery-staple", Ok(()));
        // printf 'ana:correct-horse-battery-staple' | base64
        sends("Basic YW5hOmNvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbGU=", Ok(()));
        sends("Bearer wrong", Err((401, "wrong-token")));
        // printf 'ana:wrong' | base64
        sends("Basic YW5hOndyb25n", Err((401, "wrong-token")));
        for nothing in
            ["", "Bearer", "Basic", "Basic !!!!", "Basic /////w==", "Digest x", "correct-horse-battery-staple"]
        {
            sends(nothing, Err((401, "no-token")));
        }
        answers(&access, |_| {}, Err((401, "no-token")));
    }

    #[test]
    fn a_header_counts_only_from_the_proxy() {
        let access = Access::Proxy { header: "x-forwarded-user".to_owned() };
        let user = |it: &mut Request| it.user = Some("ana".to_owned());
        answers(&access, user, Err((403, "not-through-proxy")));
        answers(&access, |it| it.from_proxy = true, Err((403, "no-user")));
        let named = |name: &'static str| {
            move |it: &mut Request| {
                it.user = Some(name.to_owned());
                it.from_proxy = true;
            }
        };
        for name in ["ana", "zoë", "ana@example.com"] {
            answers(&access, named(name), Ok(()));
        }
        for nobody in ["", " ", "{http.reverse_proxy.header.X-Auth-Request-User}", "${user}"] {
            answers(&access, named(nobody), Err((403, "no-user")));
        }
    }

    #[test]
    fn no_page_of_another_site_has_anything_worked_out() {
        let token = || Access::Token(Token::new("correct-horse-battery-staple").unwrap());
        let all = [Access::Loopback { hosts: Vec::new() }, token(), Access::Proxy { header: "x-user".to_owned() }];
        for access in all {
            let asks = |it: &mut Request| {
                it.host = Some("localhost".to_owned());
                it.authorization = Some("Bearer correct-horse-battery-staple".to_owned());
                (it.user, it.from_proxy) = (Some("ana".to_owned()), true);
            };
            answers(&access, asks, Ok(()));
            let crosses = |it: &mut Request| {
                asks(it);
                it.cross_site = true;
            };
            answers(&access, crosses, Err((403, "cross-site")));
        }
    }

    #[test]
    fn base_64_is_that_of_the_standard() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(decode(encoded).unwrap(), plain.as_bytes());
        }
    }
}
