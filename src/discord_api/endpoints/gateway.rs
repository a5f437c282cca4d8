//! Where the gateway is, as Discord says (Discord docs, Get Gateway Bot).

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The time over which Discord counts sessions.
const DAY: Duration = Duration::from_hours(24);

/// Where the gateway is, how many shards are wanted, and how many sessions may be started.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Raw")]
pub struct GatewayBody {
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
    #[serde(default)]
    shards: Value,
    #[serde(default)]
    session_start_limit: Value,
}

impl From<Raw> for GatewayBody {
    /// Without the address there is no connection. Anything else that can't be read counts as not
    /// said: one shard, and no known limit.
    fn from(Raw { url, shards, session_start_limit: limit }: Raw) -> Self {
        let number = |name| limit.get(name).and_then(Value::as_u64);
        let counted =
            |name| number(name).map_or(1, |count| u32::try_from(count).unwrap_or(u32::MAX));
        Self {
            url,
            shards: shards
                .as_u64()
                .and_then(|shards| u32::try_from(shards).ok())
                .unwrap_or(1)
                .max(1),
            total: counted("total"),
            left: counted("remaining"),
            reset_after: Duration::from_millis(number("reset_after").unwrap_or_default()).min(DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_address_has_to_be_readable() {
        let read = |shards: Value, limit: Value| {
            let response = json!({ "url": "wss://gateway.discord.gg", "shards": shards,
                "session_start_limit": limit });
            let response: GatewayBody = serde_json::from_value(response).unwrap();
            (response.shards, response.total, response.left, response.reset_after.as_secs())
        };
        let usual = json!({ "total": 1000, "remaining": 7, "reset_after": 60_000 });
        assert_eq!(read(json!(2), usual), (2, 1000, 7, 60));
        let boundless = json!({ "total": u64::MAX, "remaining": u64::MAX, "reset_after": 0 });
        assert_eq!(read(json!(1), boundless), (1, u32::MAX, u32::MAX, 0));
        let absurd = json!({ "total": 1000, "remaining": 0, "reset_after": u64::MAX });
        assert_eq!(read(json!(1), absurd), (1, 1000, 0, 86_400));
        for odd in [json!(null), json!([]), json!({ "total": "many", "remaining": -1 })] {
            assert_eq!(read(json!(0), odd), (1, 1, 1, 0));
        }
        assert!(serde_json::from_value::<GatewayBody>(json!({ "shards": 1 })).is_err());
    }
}
