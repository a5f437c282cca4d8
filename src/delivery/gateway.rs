//! Where the gateway is, as Discord says (Discord docs, Get Gateway Bot).

use std::time::Duration;

use serde::Deserialize;
use url::Url;

/// Where the gateway is, how many shards are wanted, and how many sessions may be started.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Raw")]
pub struct GatewayAnswer {
    /// The gateway's address.
    pub url: Url,
    /// How many shards Discord recommends.
    pub shards: u32,
    /// How many sessions may be started in all,
    pub total: u32,
    /// how many are left of them,
    pub left: u32,
    /// and when they are all there again.
    pub reset_after: Duration,
}

#[derive(Deserialize)]
struct Raw {
    url: Url,
    #[serde(default = "one")]
    shards: u32,
    #[serde(default)]
    session_start_limit: Option<Limit>,
}

#[derive(Deserialize)]
struct Limit {
    total: u32,
    remaining: u32,
    /// Milliseconds.
    reset_after: u64,
}

fn one() -> u32 {
    1
}

impl From<Raw> for GatewayAnswer {
    fn from(Raw { url, shards, session_start_limit }: Raw) -> Self {
        // Where nothing is said of a limit, none is known.
        let limit = session_start_limit;
        let limit = limit.unwrap_or(Limit { total: 1, remaining: 1, reset_after: 0 });
        let (total, left) = (limit.total, limit.remaining);
        Self { url, shards, total, left, reset_after: Duration::from_millis(limit.reset_after) }
    }
}
