//! The proxy between this machine and the services, where its network has one: the one rule for
//! who is reached through it.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use ipnet::IpNet;
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

/// The proxy that the host has set, and what is reached without it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    proxy: Option<Proxy>,
    /// From `NO_PROXY`.
    direct: Arc<[Direct]>,
}

/// What is reached without the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Direct {
    All,
    Network(IpNet),
    /// A name, with what is below it.
    Name(String),
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
    /// below them too, IP addresses, networks such as `10.0.0.0/8`, or `*`. A port changes nothing.
    pub fn new(proxy: Option<Proxy>, direct: &str) -> Self {
        let entries = direct.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        Self { proxy, direct: entries.map(Direct::read).collect() }
    }

    /// The proxy through which an address is reached. No proxy sees this machine's loopback.
    pub fn of(&self, url: &Url) -> Option<&Proxy> {
        let is_direct = || self.direct.iter().any(|entry| entry.holds(url));
        self.proxy.as_ref().filter(|_| !is_loopback(url) && !is_direct())
    }

    /// Whether nothing is reached through a proxy, by the host's own wish.
    pub fn are_all_direct(&self) -> bool {
        self.direct.contains(&Direct::All)
    }

    /// What every HTTP client is built from. reqwest would look into the environment by itself, and
    /// send requests to loopback addresses through a proxy, too.
    pub fn client(&self) -> ClientBuilder {
        let proxies = self.clone();
        let choose = move |url: &Url| proxies.of(url).map(|proxy| proxy.0.clone());
        Client::builder().no_proxy().proxy(reqwest::Proxy::custom(choose))
    }
}

impl Direct {
    fn read(entry: &str) -> Self {
        let network = entry.parse().ok().or_else(|| address_of(entry).map(IpNet::from));
        match network {
            _ if entry == "*" => Self::All,
            Some(network) => Self::Network(network),
            None => {
                let name = entry.split(':').next().unwrap_or_default();
                Self::Name(name.trim_matches(['.', '*']).to_ascii_lowercase())
            }
        }
    }

    fn holds(&self, url: &Url) -> bool {
        match (self, url.host()) {
            (Self::All, _) => true,
            (Self::Network(network), Some(Host::Ipv4(host))) => network.contains(&IpAddr::V4(host)),
            (Self::Network(network), Some(Host::Ipv6(host))) => network.contains(&IpAddr::V6(host)),
            (Self::Name(name), Some(Host::Domain(host))) => {
                let above = host.trim_end_matches('.').strip_suffix(name.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            _ => false,
        }
    }
}

/// An IP address, perhaps with a port: an IPv6 address then stands in brackets.
fn address_of(entry: &str) -> Option<IpAddr> {
    let in_brackets = entry.strip_prefix('[').and_then(|entry| entry.split_once(']'));
    let without_port = in_brackets.map(|(address, _)| address);
    let without_port = without_port.or_else(|| entry.split_once(':').map(|(address, _)| address));
    entry.parse().ok().or_else(|| without_port?.parse().ok())
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

    #[test]
    fn networks_and_addresses_in_any_form_can_be_left_out() {
        for (direct, inside, outside) in [
            ("10.0.0.0/8", "https://10.255.0.1", "https://11.0.0.1"),
            ("192.168.1.64/26", "https://192.168.1.127", "https://192.168.1.128"),
            ("10.0.0.5/32", "https://10.0.0.5", "https://10.0.0.4"),
            ("10.0.0.5", "https://10.0.0.5:8443", "https://10.0.0.50"),
            ("10.0.0.5:8443", "https://10.0.0.5:8443", "https://10.0.0.6:8443"),
            ("fd00::/8", "https://[fd12::1]", "https://[fe80::1]"),
            ("[fd00::1]:443", "https://[fd00::1]", "https://[fd00::2]"),
            ("fd00::1", "https://[fd00::1]", "https://[fd00::2]"),
            ("whisul.com:443", "https://api.whisul.com", "https://whisul.org"),
            ("a,,WHISUL.com", "https://whisul.com./api", "https://b"),
        ] {
            let proxies = Proxies::new("proxy:1".parse().ok(), direct);
            assert!(!via(&proxies, inside) && via(&proxies, outside), "{direct}");
        }
        assert!(!via(&Proxies::new("proxy:1".parse().ok(), "0.0.0.0/0"), "https://8.8.8.8"));
        // What is no network is no reason to reach anything without the proxy.
        for nonsense in ["10.0.0.0/x", "10.0.0.0/", "/8", "x/8", ".", "::/y"] {
            assert!(via(&Proxies::new("proxy:1".parse().ok(), nonsense), "https://10.0.0.1"));
        }
    }
}
