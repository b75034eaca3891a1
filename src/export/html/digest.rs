//! The digests with which a page tells a browser which script and which style are its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The SHA-256 of some bytes as a content security policy has it: `sha256-` and base 64.
pub(super) fn source(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_base_64() {
        assert_eq!(source(b""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
