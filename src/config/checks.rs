//! What each kind of setting accepts.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    num::NonZeroU32,
    time::Duration,
};

use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url;

use super::{
    errors::{BadEntry, Problem, Wrong},
    settings::LogFormat,
};
use crate::{
    domain::{GuildId, Quota, RoleId, format_duration, parse_duration},
    proxy::{Proxy, is_loopback},
    whisul::RateLimit,
};

/// Where to listen: an address of this machine and a port, or nowhere.
pub(super) fn http_address(text: &str) -> Result<Option<SocketAddr>, Problem> {
    if text.is_empty() || text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    // A port alone, and a name that every machine knows itself by, are how others write it.
    let text = text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/');
    let text = match text.rsplit_once(':') {
        Some(("", port)) => format!("0.0.0.0:{port}"),
        Some(("localhost", port)) => format!("127.0.0.1:{port}"),
        _ => text.to_owned(),
    };
    text.parse().map(Some).map_err(|_| Problem::HttpAddress)
}

/// A file, since jobs must outlive the process; without parameters, which the store sets itself.
pub(super) fn database(text: &str) -> Result<String, Problem> {
    let Some(rest) = text.strip_prefix("sqlite:") else {
        let other_kind = text.split_once("://").is_some_and(|(kind, _)| kind != "sqlite");
        return Err(if other_kind { Problem::DatabaseKind } else { Problem::DatabaseScheme });
    };
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.ends_with(":memory:") || path.contains("mode=memory") {
        Err(Problem::DatabaseInMemory)
    } else if path.contains('?') {
        Err(Problem::DatabaseParameters)
    } else if path.is_empty() || path.contains(|c: char| "\u{fffd}\"".contains(c) || c.is_control())
    {
        Err(Problem::Database)
    } else if path.ends_with('/') {
        Err(Problem::DatabaseFolder)
    } else if path.starts_with('~') || path.contains('$') {
        Err(Problem::DatabaseVariable)
    } else {
        Ok(text.to_owned())
    }
}

/// An HTTP proxy.
pub(super) fn proxy(text: &str) -> Result<Proxy, Problem> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    text.parse().map_err(|_| match scheme.as_deref() {
        Some(socks) if socks.starts_with("socks") => Problem::ProxyKind("SOCKS"),
        Some("https") => Problem::ProxyKind("HTTPS"),
        _ => Problem::Proxy,
    })
}

pub(super) fn count(text: &str) -> Result<NonZeroU32, Problem> {
    text.parse().map_err(|_| Problem::Count)
}

pub(super) fn quota(text: &str) -> Result<Quota, Problem> {
    Ok(text.parse()?)
}

pub(super) fn rate(text: &str) -> Result<RateLimit, Problem> {
    text.parse().map_err(|_| Problem::Rate)
}

pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
    parse_duration(text).filter(|duration| !duration.is_zero()).ok_or(Problem::Duration)
}

/// How long charges are kept: for as long as they count, in windows named after their settings.
pub(super) fn retention(
    text: &str,
    windows: &[(&'static str, Option<Duration>)],
) -> Result<Duration, Problem> {
    let retention = duration(text)?;
    let windows = windows.iter().filter_map(|(name, window)| Some((*name, (*window)?)));
    let longer: Vec<_> = windows.filter(|(_, window)| *window > retention).collect();
    let Some(least) = longer.iter().map(|(_, window)| *window).max() else { return Ok(retention) };
    let longer = longer
        .iter()
        .map(|(name, window)| format!("{name} counts songs for {}", format_duration(*window)));
    Err(Problem::Retention {
        kept: format_duration(retention),
        longer: longer.collect::<Vec<_>>().join(", "),
        least: format_duration(least),
    })
}

/// A duration within bounds that spare a server. Where that server is on this machine, which the
/// setting `address` decides, the lower bound falls away.
pub(super) fn interval(
    text: &str,
    least: Duration,
    most: Option<Duration>,
    (address, on_loopback): (&str, bool),
) -> Result<Duration, Problem> {
    let shortest = if on_loopback { Duration::from_millis(1) } else { least };
    let inside = |chosen: &Duration| shortest <= *chosen && most.is_none_or(|most| *chosen <= most);
    parse_duration(text).filter(inside).ok_or_else(|| {
        let most =
            most.map_or_else(String::new, |most| format!(" and at most {}", format_duration(most)));
        let least = format_duration(least);
        Problem::Interval(format!(
            "a whole number with a unit, at least {least}{most}; shorter only while {address} is on this machine (127.0.0.1, localhost)"
        ))
    })
}

pub(super) fn role_quotas(text: &str) -> Result<BTreeMap<RoleId, Quota>, Problem> {
    let mut seen = BTreeSet::new();
    let entry = |entry: &str| {
        let (role, quota) = entry.split_once('=').ok_or(Wrong::Form)?;
        let role = RoleId(snowflake(role)?);
        let quota = quota.trim().parse().map_err(|_| Wrong::Form)?;
        if seen.insert(role) { Ok((role, quota)) } else { Err(Wrong::Twice) }
    };
    entries("ROLE_ID=COUNT/WINDOW, comma-separated", text, entry)
}

/// An entry that is left empty is refused: a list of nothing but commas must not open the bot to
/// every server.
pub(super) fn guilds(text: &str) -> Result<BTreeSet<GuildId>, Problem> {
    let entry = |entry: &str| snowflake(entry).map(GuildId);
    entries("server ids, which are numbers, comma-separated", text, entry)
}

/// Reads the entries of a list, all of them, so that all bad ones are told.
fn entries<T, C: FromIterator<T>>(
    expected: &'static str,
    text: &str,
    mut read: impl FnMut(&str) -> Result<T, Wrong>,
) -> Result<C, Problem> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (entry, number) in text.split(',').zip(1..) {
        match read(entry.trim()) {
            Ok(value) => good.push(value),
            Err(wrong) => {
                bad.push(BadEntry { number, wrong, text: Some(entry.trim().to_owned()) });
            }
        }
    }
    if bad.is_empty() {
        Ok(good.into_iter().collect())
    } else {
        Err(Problem::Entries(expected, bad))
    }
}

/// The digits of Discord's first ids, of the year 2015: they begin with the time since then.
const ID_DIGITS: usize = 17;

/// An id as Discord shows it: digits only. Kept to 63 bits, as the database holds it.
fn snowflake(text: &str) -> Result<u64, Wrong> {
    let text = text.trim();
    let digits = text.chars().all(|c| c.is_ascii_digit());
    let id = text.parse::<i64>().ok().filter(|id| digits && *id > 0).ok_or(Wrong::Form)?;
    if text.len() < ID_DIGITS {
        return Err(Wrong::TooShort);
    }
    u64::try_from(id).map_err(|_| Wrong::Form)
}

/// Whether a text is one of these words, in whatever case.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

const YES: [&str; 4] = ["true", "yes", "on", "1"];
const NO: [&str; 4] = ["false", "no", "off", "0"];

pub(super) fn switch(text: &str) -> Result<bool, Problem> {
    match text {
        yes if is_one_of(yes, &YES) => Ok(true),
        no if is_one_of(no, &NO) => Ok(false),
        _ => Err(Problem::Choice("true or false")),
    }
}

pub(super) fn notify(text: &str) -> Result<bool, Problem> {
    match text {
        yes if is_one_of(yes, &["reply"]) || is_one_of(yes, &YES) => Ok(true),
        no if is_one_of(no, &NO) => Ok(false),
        _ => Err(Problem::Choice("reply or off")),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Problem::Choice("text or json")),
    }
}

/// Stricter than `RUST_LOG` elsewhere, where a level misspelt is taken as a target and silences
/// all others.
pub(super) fn log_filter(text: &str) -> Result<Targets, Problem> {
    let level = |text: &str| match text.trim() {
        "" => Err(Wrong::Form),
        level => level.parse::<LevelFilter>().map_err(|_| Wrong::Form),
    };
    let is_path = |target: &str| {
        !target.is_empty() && target.chars().all(|c| c.is_ascii_alphanumeric() || "_:-".contains(c))
    };
    let expected = "LEVEL or TARGET=LEVEL, comma-separated; levels are error, warn, info, debug, \
        trace and off";
    let directives: Vec<_> =
        entries(expected, text, |directive| match directive.split_once('=') {
            None => Ok((None, level(directive)?)),
            Some((target, chosen)) if is_path(target.trim()) => {
                Ok((Some(target.trim().to_owned()), level(chosen)?))
            }
            Some(_) => Err(Wrong::Form),
        })?;
    Ok(directives.into_iter().fold(Targets::new(), |targets, (target, level)| match target {
        None => targets.with_default(level),
        Some(target) => targets.with_target(target, level),
    }))
}

/// As [`base_url`], without the path that the bot appends by itself, which many name here.
pub(super) fn discord_url(text: &str) -> Result<Url, Problem> {
    let mut url = base_url(text)?;
    let path = url.path().trim_end_matches('/');
    let version = |last: &str| last.strip_prefix('v').is_some_and(|it| it.parse::<u8>().is_ok());
    let unversioned = match path.rsplit_once('/') {
        Some((before, last)) if version(last) && before.ends_with("/api") => before,
        _ => path,
    };
    let bare = unversioned.strip_suffix("/api").unwrap_or(unversioned).to_owned();
    url.set_path(&bare);
    Ok(url)
}

/// A base URL to which paths are appended. Secrets travel to it, so that it is encrypted or stays
/// on this machine.
pub(super) fn base_url(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).map_err(|_| Problem::Url)?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match url.scheme() {
        _ if !plain => Err(Problem::UrlParts),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(Problem::Insecure),
        _ => Err(Problem::Url),
    }
}
