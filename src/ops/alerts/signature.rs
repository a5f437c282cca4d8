//! Signatures by which a receiver knows that an alert is the bot's: those of Standard Webhooks
//! (<https://www.standardwebhooks.com>), which has libraries that check them.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::config::SigningKey;

/// Signs alerts.
#[derive(Clone, Debug)]
pub(super) struct Signer(SigningKey);

impl Signer {
    pub(super) fn new(key: SigningKey) -> Self {
        Self(key)
    }

    /// The header `webhook-signature` of a message that is sent at a time, in seconds since 1970.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        #[expect(clippy::expect_used, reason = "RFC 2104 takes keys of any length")]
        let mut hmac =
            Hmac::<Sha256>::new_from_slice(self.0.expose()).expect("a key of any length");
        hmac.update(format!("{id}.{timestamp}.").as_bytes());
        hmac.update(body);
        format!("v1,{}", STANDARD.encode(hmac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_published_example() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signer = Signer::new(SigningKey::new(key));
        let body = br#"{"test": 2432232314}"#;
        let signature = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{signer:?}"), "Signer(SigningKey)");
    }
}
