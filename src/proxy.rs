//! The proxy between this machine and the services, where its network has one: the one rule for
//! who is reached through it.

use std::{fmt, str::FromStr, sync::Arc};

use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

/// The proxy that the host has set, and what is reached without it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    proxy: Option<Proxy>,
    /// From `NO_PROXY`.
    direct: Arc<[String]>,
}

/// An HTTP proxy. Shown without its credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

/// It is no address of an HTTP proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address of an HTTP proxy")]
pub struct ProxyError;

impl Proxies {
    /// This proxy for all but the hosts in a comma-separated list: names, which stand for what is
    /// below them too, IP addresses, or `*`.
    pub fn new(proxy: Option<Proxy>, direct: &str) -> Self {
        let entry = |entry: &str| entry.trim().trim_matches('.').to_ascii_lowercase();
        let direct = direct.split(',').map(entry).filter(|entry| !entry.is_empty()).collect();
        Self { proxy, direct }
    }

    /// The proxy through which an address is reached. No proxy sees this machine's loopback.
    pub fn of(&self, url: &Url) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| !is_loopback(url) && !self.is_direct(url))
    }

    fn is_direct(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let host = host.trim_matches(['[', ']', '.']);
        self.direct.iter().any(|entry| {
            let above = host.strip_suffix(entry.trim_matches(['[', ']', '*', '.']));
            above.is_some_and(|above| above.is_empty() || above.ends_with('.') || entry == "*")
        })
    }

    /// What every HTTP client is built from. reqwest would look into the environment by itself, and
    /// send requests to loopback addresses through a proxy, too.
    pub fn client(&self) -> ClientBuilder {
        let proxies = self.clone();
        let choose = move |url: &Url| proxies.of(url).map(|proxy| proxy.0.clone());
        Client::builder().no_proxy().proxy(reqwest::Proxy::custom(choose))
    }
}

impl Proxy {
    /// The address, with credentials if there are any.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Why no connection came about through it.
    pub fn cause(&self, causes: &str) -> String {
        // The words of hyper-util, in which the proxy's status is missing.
        if causes.contains("proxy authorization required") {
            format!("the proxy {self} wants a user name and a password (407)")
        } else if causes.contains("tunnel error: unsuccessful") {
            format!("the proxy {self} refused the connection")
        } else {
            format!("through the proxy {self}: {causes}")
        }
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    /// `http://proxy.example:3128`, with `user:password@` where the proxy asks for them. Without a
    /// scheme it is HTTP.
    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let url =
            if text.contains("://") { text.parse() } else { format!("http://{text}").parse() };
        let url: Url = url.map_err(|_| ProxyError)?;
        let plain = url.scheme() == "http"
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if plain { Ok(Self(url)) } else { Err(ProxyError) }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port) = (self.0.host_str(), self.0.port_or_known_default());
        write!(formatter, "{}:{}", host.unwrap_or_default(), port.unwrap_or_default())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proxy({self})")
    }
}

/// Whether a URL surely names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        Some(Host::Domain(name)) => matches!(name, "localhost" | "localhost."),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(proxies: &Proxies, url: &str) -> bool {
        proxies.of(&url.parse().unwrap()).is_some()
    }

    #[test]
    fn a_proxy_is_an_http_address_and_hides_its_credentials() {
        for (text, shown) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("http://proxy.example/", "proxy.example:80"),
            ("proxy.example:3128", "proxy.example:3128"),
            ("http://me:s3cr3t@10.0.0.1:8080", "10.0.0.1:8080"),
            ("me:s3cr3t@[fd00::1]:8080", "[fd00::1]:8080"),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert!(!format!("{proxy:?}").contains("s3cr3t"));
        }
        for text in ["", "socks5://proxy:1080", "https://proxy", "http://", "http://proxy/path"] {
            assert_eq!(text.parse::<Proxy>(), Err(ProxyError), "{text}");
        }
    }

    #[test]
    fn loopback_is_never_reached_through_a_proxy() {
        let proxies = Proxies::new("proxy:1".parse().ok(), "");
        assert!(via(&proxies, "https://discord.com/api") && via(&proxies, "http://10.0.0.1"));
        for url in [
            "http://127.0.0.1:1/api",
            "http://localhost:1",
            "http://localhost.:1",
            "http://[::1]:1",
            "https://127.8.9.1",
            "https://[::ffff:127.0.0.1]",
        ] {
            assert!(!via(&proxies, url), "{url}");
        }
        assert!(!via(&Proxies::default(), "https://discord.com"));
    }

    #[test]
    fn names_and_what_is_below_them_can_be_left_out() {
        let proxies =
            Proxies::new("proxy:1".parse().ok(), " discord.com, .whisul.com,10.0.0.1,*.x.y ");
        for url in [
            "https://discord.com",
            "https://GATEWAY.discord.com",
            "https://whisul.com/api",
            "https://10.0.0.1",
            "https://a.x.y",
        ] {
            assert!(!via(&proxies, url), "{url}");
        }
        for url in ["https://notdiscord.com", "https://discord.com.example", "https://110.0.0.1"] {
            assert!(via(&proxies, url), "{url}");
        }
        assert!(!via(&Proxies::new("proxy:1".parse().ok(), "*"), "https://discord.com"));
    }
}
