//! Secrets: compared in constant time, and turned into links that can be revoked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};

use crate::org::{Org, harmless, nearest};

/// How few letters a secret may have: what is shorter can be guessed.
pub const LEAST_LETTERS: usize = 20;
/// How much of a digest stands in a link: 128 bits.
const LINK_BYTES: usize = 16;

/// What a client must know.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

/// A secret that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It can be guessed.
    #[error("it has fewer than {LEAST_LETTERS} letters")]
    Short,
    /// No header holds it.
    #[error("it holds blanks or letters beyond ASCII")]
    NotPlain,
}

fn sound(text: &str) -> Result<SecretString, Weak> {
    let text = text.trim();
    if !text.bytes().all(|it| it.is_ascii_graphic()) {
        return Err(Weak::NotPlain);
    }
    if text.len() < LEAST_LETTERS {
        return Err(Weak::Short);
    }
    Ok(SecretString::from(text))
}

impl Token {
    /// A token; blanks around it do not count.
    ///
    /// # Errors
    ///
    /// [`Weak`] if it is short, or no header can hold it.
    pub fn new(text: &str) -> Result<Token, Weak> {
        sound(text).map(Token)
    }

    /// Whether this is it. How long that takes does not depend on where the two differ.
    pub fn is(&self, presented: &str) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret().as_bytes());
        let own = hmac::sign(&key, self.0.expose_secret().as_bytes());
        hmac::verify(&key, presented.as_bytes(), own.as_ref()).is_ok()
    }
}

/// Whose shifts a feed has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feed {
    /// All rotations.
    Everything,
    /// Both seats of a rotation, by its key.
    Rotation(String),
    /// What a person holds, by their key.
    Person(String),
}

impl Feed {
    /// As the file of generations writes it: `everything`, `search`, `@ana`.
    pub fn name(&self) -> String {
        match self {
            Feed::Everything => "everything".to_owned(),
            Feed::Rotation(key) => key.clone(),
            Feed::Person(key) => format!("@{key}"),
        }
    }

    /// What is signed. The kind stands first, so that no rotation's link opens a person's calendar.
    fn words(&self, generation: u64) -> String {
        let (kind, key) = match self {
            Feed::Everything => ("everything", ""),
            Feed::Rotation(key) => ("rotation", key.as_str()),
            Feed::Person(key) => ("person", key.as_str()),
        };
        format!("dogwatch feed 1\n{kind}\n{key}\n{generation}")
    }
}

/// From what the secret part of links is made.
#[derive(Debug, Clone)]
pub struct FeedKey(SecretString);

impl FeedKey {
    /// A key; blanks around it do not count.
    ///
    /// # Errors
    ///
    /// [`Weak`] if it is short or not plain.
    pub fn new(text: &str) -> Result<FeedKey, Weak> {
        sound(text).map(FeedKey)
    }

    fn tag(&self, feed: &Feed, generation: u64) -> hmac::Tag {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret().as_bytes());
        hmac::sign(&key, feed.words(generation).as_bytes())
    }

    /// The secret part of a feed's link.
    pub fn link(&self, feed: &Feed, generations: &Generations) -> String {
        hex(&self.tag(feed, generations.of(feed)).as_ref()[..LINK_BYTES])
    }

    /// Whether this is the secret part of a feed's link.
    pub fn opens(&self, presented: &str, feed: &Feed, generations: &Generations) -> bool {
        let own = self.link(feed, generations);
        // Both are signed again: how long it takes to compare says nothing about either.
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret().as_bytes());
        hmac::verify(&key, presented.as_bytes(), hmac::sign(&key, own.as_bytes()).as_ref()).is_ok()
    }
}

/// How often the link of each feed was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Generations(BTreeMap<String, u64>);

/// A line that says no generation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoGeneration {
    /// It has another form.
    #[error("line {line} says no generation: `{text}`")]
    Form {
        /// From 1.
        line: usize,
        /// As written.
        text: String,
    },
    /// A feed stands twice: which line counts, nobody could tell.
    #[error("line {line} says another generation of `{name}`, which stands above")]
    Twice {
        /// From 1.
        line: usize,
        /// The feed's name.
        name: String,
    },
}

impl Generations {
    /// Lines of a feed's name and how often its link was revoked; `#` begins a comment.
    ///
    /// # Errors
    ///
    /// [`NoGeneration`] for the first line that is not of that form.
    pub fn parse(text: &str) -> Result<Generations, NoGeneration> {
        let mut generations = BTreeMap::new();
        for (index, whole) in text.lines().enumerate() {
            let line = whole.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [name, number] if number.parse::<u64>().is_ok() => {
                    let before = generations.insert((*name).to_owned(), number.parse().unwrap_or_default());
                    if before.is_some() {
                        return Err(NoGeneration::Twice { line: index + 1, name: harmless(name) });
                    }
                }
                _ => return Err(NoGeneration::Form { line: index + 1, text: harmless(whole) }),
            }
        }
        Ok(Generations(generations))
    }

    /// The names of no feed, each with those that may have been meant. Such a line revokes nothing: it is a slip, or is
    /// left of somebody who is gone.
    pub fn strangers(&self, org: &Org) -> Vec<(&str, Vec<String>)> {
        let people = org.people.iter().flat_map(|it| [&it.key].into_iter().chain(&it.aliases));
        let feeds = people.map(|key| Feed::Person(key.clone()));
        let feeds = feeds.chain(org.rotations.iter().map(|it| Feed::Rotation(it.key.clone())));
        let known: BTreeSet<String> = feeds.chain([Feed::Everything]).map(|it| it.name()).collect();
        let strange = self.0.keys().filter(|it| !known.contains(*it));
        let near =
            |name: &str| nearest(name, known.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        strange.map(|it| (it.as_str(), near(it))).collect()
    }

    fn of(&self, feed: &Feed) -> u64 {
        self.0.get(&feed.name()).copied().unwrap_or(0)
    }
}

/// The first half of a digest of some pieces, in hexadecimal. Where pieces end counts.
pub(super) fn fingerprint<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for piece in pieces {
        context.update(&(piece.len() as u64).to_be_bytes());
        context.update(piece);
    }
    hex(&context.finish().as_ref()[..LINK_BYTES])
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for it in bytes {
        let _ = write!(out, "{it:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_and_nothing_else() {
        let token = Token::new(" correct-horse-battery-staple\n").unwrap();
        assert!(token.is("correct-horse-battery-staple"));
        for wrong in
            ["", "correct-horse-battery-stapl", "correct-horse-battery-staple ", "Correct-horse-battery-staple"]
        {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert_eq!(Token::new("short").unwrap_err(), Weak::Short);
        assert_eq!(Token::new("with a blank in its middle").unwrap_err(), Weak::NotPlain);
        assert!(!format!("{token:?}").contains("horse"));
    }

    #[test]
    fn a_link_is_hmac_sha256_of_kind_name_and_generation() {
        // printf 'dogwatch feed 1\nperson\nana\n2' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        let key = FeedKey::new("0123456789abcdef0123456789abcdef").unwrap();
        let generations = Generations::parse("# who left\n@ana 2   # lost phone\n\n").unwrap();
        assert_eq!(key.link(&Feed::Person("ana".into()), &generations), "59bff06131b663b5c9dd009e1fbdcde3");
    }

    #[test]
    fn a_link_opens_one_feed_of_one_generation() {
        let key = FeedKey::new("0123456789abcdef0123456789abcdef").unwrap();
        let (first, second) = (Generations::default(), Generations::parse("ana 1").unwrap());
        let (person, rotation) = (Feed::Person("ana".into()), Feed::Rotation("ana".into()));
        let link = key.link(&rotation, &first);
        assert!(key.opens(&link, &rotation, &first));
        assert!(!key.opens(&link, &rotation, &second), "it is revoked");
        assert!(!key.opens(&link, &person, &first), "it is another's");
        assert!(!key.opens(&link[1..], &rotation, &first));
        assert!(!FeedKey::new("another-key-of-enough-letters").unwrap().opens(&link, &rotation, &first));
        // The person's generation is written with its sign: one of the rotation leaves it alone.
        assert!(key.opens(&key.link(&person, &first), &person, &second));
    }

    #[test]
    fn a_line_that_says_no_generation_is_named() {
        let error = |text| Generations::parse(text).unwrap_err().to_string();
        assert_eq!(error("@ana 1\nsearch twice"), "line 2 says no generation: `search twice`");
        assert_eq!(error("@ana 2\n\n@ana 0"), "line 3 says another generation of `@ana`, which stands above");
    }

    #[test]
    fn a_fingerprint_knows_where_pieces_end() {
        assert_ne!(fingerprint([b"ab".as_slice(), b"c"]), fingerprint([b"a".as_slice(), b"bc"]));
    }
}
