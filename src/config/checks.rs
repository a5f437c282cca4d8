//! What each kind of setting accepts.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    time::Duration,
};

use secrecy::SecretString;
use tracing_subscriber::filter::{LevelFilter, Targets};
use url::{Host, Url};

use super::{LogFormat, faults::Problem};
use crate::{
    domain::{GuildId, Quota, RoleId, format_duration, parse_duration},
    whisul::RateLimit,
};

/// A secret goes into a header and is sent as it is: visible ASCII only. Quotation marks come from
/// env files whose reader doesn't know them, and no secret has any.
pub(super) fn secret(text: &str) -> Result<SecretString, Problem> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`');
    if text.chars().all(plain) {
        Ok(SecretString::new(text.to_owned()))
    } else {
        Err(Problem::Secret)
    }
}

/// A file, since jobs must outlive the process; without parameters, which the store sets itself.
pub(super) fn database(text: &str) -> Result<String, Problem> {
    let path = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    let is_file = |path: &str| {
        !matches!(path, "" | ":memory:")
            && !path.ends_with('/')
            && !path.contains(|c: char| c == '?' || c == '\u{fffd}' || c.is_control())
    };
    path.filter(|path| is_file(path)).map(|_| text.to_owned()).ok_or(Problem::Database)
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
    let longer =
        |(name, window): &(_, Option<Duration>)| (*window > Some(retention)).then_some(*name);
    let longer: Vec<_> = windows.iter().filter_map(longer).collect();
    if longer.is_empty() { Ok(retention) } else { Err(Problem::Retention(longer)) }
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
            "at least {least}{most}; shorter only while {address} is a loopback address"
        ))
    })
}

pub(super) fn role_quotas(text: &str) -> Result<BTreeMap<RoleId, Quota>, Problem> {
    let mut quotas = BTreeMap::new();
    for (entry, number) in text.split(',').zip(1..) {
        let (role, quota) = entry.split_once('=').ok_or(Problem::RoleQuota(number))?;
        let role = snowflake(role).map(RoleId).ok_or(Problem::RoleQuota(number))?;
        let quota = quota.trim().parse().map_err(|_| Problem::RoleQuota(number))?;
        if quotas.insert(role, quota).is_some() {
            return Err(Problem::RoleTwice(number));
        }
    }
    Ok(quotas)
}

/// An entry that is left empty is refused: a list of nothing but commas must not open the bot to
/// every server.
pub(super) fn guilds(text: &str) -> Result<BTreeSet<GuildId>, Problem> {
    let guild = |(entry, number)| snowflake(entry).map(GuildId).ok_or(Problem::Guild(number));
    text.split(',').zip(1..).map(guild).collect()
}

/// An id as Discord shows it: digits only. Kept to 63 bits, as the database holds it.
fn snowflake(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.chars().all(|c| c.is_ascii_digit());
    let id = text.parse::<i64>().ok().filter(|id| digits && *id > 0)?;
    u64::try_from(id).ok()
}

pub(super) fn switch(text: &str) -> Result<bool, Problem> {
    text.parse().map_err(|_| Problem::Choice("true or false"))
}

pub(super) fn notify(text: &str) -> Result<bool, Problem> {
    match text {
        "reply" => Ok(true),
        "off" => Ok(false),
        _ => Err(Problem::Choice("reply or off")),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, Problem> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Problem::Choice("text or json")),
    }
}

/// Stricter than `RUST_LOG` elsewhere, where a level misspelt is taken as a target and silences
/// all others.
pub(super) fn log_filter(text: &str) -> Result<Targets, Problem> {
    let level = |text: &str| match text.trim() {
        "" => Err(Problem::LogFilter),
        level => level.parse::<LevelFilter>().map_err(|_| Problem::LogFilter),
    };
    let is_path = |target: &str| {
        !target.is_empty() && target.chars().all(|c| c.is_ascii_alphanumeric() || "_:-".contains(c))
    };
    text.split(',').try_fold(Targets::new(), |targets, directive| match directive.split_once('=') {
        None => Ok(targets.with_default(level(directive)?)),
        Some((target, chosen)) if is_path(target.trim()) => {
            Ok(targets.with_target(target.trim(), level(chosen)?))
        }
        Some(_) => Err(Problem::LogFilter),
    })
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

/// Whether a URL surely names this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
