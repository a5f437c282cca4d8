//! Whisul: whether it can be reached, and whether it accepts the key. Both are free.

use std::time::SystemTime;

use url::Url;

use super::Finding;
use crate::{
    config::Settings,
    domain::{WhisulJob, WhisulJobId},
    media::Media,
    whisul::{PollError, Trouble, Whisul},
};

const REACHABLE: &str = "whisul";
const KEY: &str = "key";
const LINKS: &str = "links";

/// Asks for a job that nobody has: only a valid key learns that there is none.
pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let Settings { whisul_api_url, whisul_api_key, discord_token, proxies, .. } = settings;
    let rate = settings.whisul_rate_limit;
    let client = Whisul::new(
        whisul_api_url.clone(),
        whisul_api_key,
        discord_token,
        rate,
        SystemTime::now,
        proxies,
    );
    let whisul = match client {
        Ok(whisul) => whisul,
        Err(error) => {
            let remedy = "Copy the key again into WHISUL_API_KEY.";
            return vec![Finding::failure(KEY, error.to_string(), remedy)];
        }
    };
    let nobodys = WhisulJob { id: WhisulJobId::nobodys(), poll_url: None };
    let proxy = proxies.of(whisul_api_url).map(ToString::to_string);
    let route = proxy.as_ref().map(|proxy| format!(" through the proxy {proxy}"));
    let reachable =
        Finding::ok(REACHABLE, format!("reachable{}", route.as_deref().unwrap_or_default()));
    let reachable = reachable.hiding(proxy.unwrap_or_default());
    match whisul.permit().await.poll(&nobodys).await {
        Ok(_) => vec![reachable, accepted()],
        // It dislikes the id, but says so itself, and to one with a key that is valid.
        Err(PollError::Transient { source: Trouble::Status { status: 400..500 }, .. }) => {
            vec![reachable, accepted()]
        }
        Err(PollError::BadKey) => vec![
            reachable,
            Finding::failure(
                KEY,
                "Whisul rejects it; songs wait until it works",
                "Copy it again from your account at Whisul into WHISUL_API_KEY, then restart the bot.",
            ),
        ],
        Err(PollError::OutOfCredit) => vec![
            reachable,
            Finding::failure(
                KEY,
                "its account is out of credit; songs wait until there is some",
                "Add credit to your account at Whisul. Nothing needs a restart.",
            ),
        ],
        Err(PollError::RateLimited { .. }) => vec![
            reachable,
            Finding::warning(
                KEY,
                "Whisul asks for fewer requests, so it could not be checked",
                "Lower WHISUL_RATE_LIMIT if the bot's log says the same, or find out who else uses \
                 the key.",
            ),
        ],
        Err(error @ PollError::Transient { .. }) => vec![unusable(&error)],
    }
}

fn accepted() -> Finding {
    Finding::ok(KEY, "Whisul accepts it")
}

fn unusable(error: &PollError) -> Finding {
    let text = format!("gives no usable response: {}", error.cause());
    let remedy = match error {
        PollError::Transient { source: Trouble::Foreign { .. }, .. } => {
            "Something in between answered: check WHISUL_API_URL, the proxy and the firewall."
        }
        PollError::Transient { source: Trouble::NoConnection(_), .. } => {
            "Check this machine's network, its firewall and HTTPS_PROXY. Songs wait meanwhile."
        }
        _ => "Whisul has trouble of its own: wait. Songs wait meanwhile.",
    };
    Finding::failure(REACHABLE, text, remedy)
}

/// Whether the servers of recent songs' links answer: the bot fetches audio and covers from them. No
/// login page of a network can answer in their place: links are https, and it has no certificate.
pub(super) async fn check_links(settings: &Settings, links: &[Url]) -> Vec<Finding> {
    let Ok(media) = Media::of(&settings.whisul_api_url, &settings.proxies) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for link in links {
        let host = link.host_str().unwrap_or_default();
        findings.push(match media.reach(link).await {
            Ok(()) => Finding::ok(LINKS, format!("{host} is reachable")),
            Err(error) => Finding::warning(
                LINKS,
                format!("{host}: {error}"),
                "Let the firewall pass it. Until then songs come without audio and cover attached; \
                 their links remain.",
            ),
        });
    }
    findings
}
