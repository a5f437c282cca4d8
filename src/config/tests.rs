use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;
use secrecy::ExposeSecret;
use url::Url;

use super::{errors::ConfigError, *};
use crate::domain::{FollowUpSettings, GuildId, Quota, RoleId};

const REQUIRED: [(&str, &str); 2] = [("DISCORD_TOKEN", "to.k-e_n"), ("WHISUL_API_KEY", "key")];

fn read(variables: &[(&str, &str)]) -> Result<Settings, ConfigErrors> {
    let variables: BTreeMap<_, _> = REQUIRED.iter().chain(variables).copied().collect();
    Settings::read(|name| variables.get(name).map(|value| (*value).to_owned()))
}

fn accepted(variables: &[(&str, &str)]) -> Settings {
    read(variables).unwrap_or_else(|errors| panic!("{variables:?}: {errors}"))
}

/// The names at fault.
fn invalid(variables: &[(&str, &str)]) -> Vec<&'static str> {
    let name = |error| match error {
        ConfigError::Setting(setting, ..) => setting.name,
        other => panic!("{other:?}"),
    };
    read(variables).map_or_else(|errors| errors.all.into_iter().map(name).collect(), |_| Vec::new())
}

#[test]
fn two_secrets_are_enough() {
    let settings = accepted(&[]);
    assert_eq!(settings.discord_token.expose_secret(), "to.k-e_n");
    assert_eq!(settings.whisul_api_key.expose_secret(), "key");
    assert_eq!(settings.database_url, "sqlite://data/whisul-bot.db");
    assert_eq!(settings.limits.user.to_string(), "5/1d");
    assert_eq!(settings.limits.user_concurrency, 1);
    assert!(settings.limits.roles.is_empty());
    assert_eq!(settings.limits.guild, Quota::Unlimited);
    assert_eq!(settings.limits.global.to_string(), "100/1d");
    assert_eq!(settings.history_retention, Duration::from_hours(90 * 24));
    assert_eq!(settings.allowed_guilds, None);
    assert!(settings.allow_dms);
    assert_eq!(settings.follow_ups, FollowUpSettings { notice: true, audio: true, cover: true });
    assert_eq!(settings.max_running.get(), 10);
    assert_eq!(settings.poll_interval, Duration::from_secs(10));
    assert_eq!(settings.job_timeout, Duration::from_mins(20));
    assert_eq!(settings.edit_interval, Duration::from_secs(5));
    assert_eq!(settings.whisul_rate_limit.requests.get(), 5);
    assert_eq!(settings.whisul_rate_limit.window, Duration::from_secs(1));
    assert_eq!(settings.whisul_api_url.as_str(), "https://whisul.com/api");
    assert_eq!(settings.discord_api_url, None);
    assert_eq!(settings.shutdown_grace, Duration::from_secs(10));
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.log_filter.default_level(), Some(tracing::Level::INFO.into()));
}

#[test]
fn discords_address_may_be_given_with_the_path_that_is_appended() {
    for (path, expected) in [
        ("", "/"),
        ("/", "/"),
        ("/api", "/"),
        ("/api/", "/"),
        ("/api/v10", "/"),
        ("/api/v10/", "/"),
        ("/api/v9//", "/"),
        ("/proxy/api/v10", "/proxy"),
        ("/proxy/", "/proxy"),
        ("/my-api", "/my-api"),
        ("/v10", "/v10"),
        ("/api/version", "/api/version"),
    ] {
        let url = format!("https://discord.example{path}");
        let read = accepted(&[("DISCORD_API_URL", &url)]).discord_api_url.unwrap();
        assert_eq!(read.path(), expected, "{path}");
    }
}

#[test]
fn what_is_set_to_nothing_is_unset() {
    let empty: Vec<_> = TABLE.iter().map(|setting| (setting.name, " ")).collect();
    assert_eq!(invalid(&empty), ["DISCORD_TOKEN", "WHISUL_API_KEY"]);
    assert_eq!(invalid(&empty[2..]), [""; 0]);
}

#[test]
fn an_http_address_is_an_address_a_port_or_nothing() {
    let address = |text| accepted(&[("HTTP_ADDR", text)]).http_addr.map(|it| it.to_string());
    assert_eq!(accepted(&[]).http_addr.unwrap().to_string(), "127.0.0.1:9464");
    for text in ["", " ", "off", "OFF"] {
        assert_eq!(address(text), None, "{text}");
    }
    for (text, expected) in [
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("[::1]:9464", "[::1]:9464"),
        ("localhost:1", "127.0.0.1:1"),
        (":9464", "0.0.0.0:9464"),
        ("http://127.0.0.1:9464/", "127.0.0.1:9464"),
    ] {
        assert_eq!(address(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["9464", "on", "127.0.0.1", "127.0.0.1:99999", "example.org:80", "[::1]"] {
        assert_eq!(invalid(&[("HTTP_ADDR", text)]), ["HTTP_ADDR"], "{text}");
    }
}

#[test]
fn every_example_is_accepted_but_for_those_of_secrets() {
    let is_secret =
        |name: &str| ["DISCORD_TOKEN", "WHISUL_API_KEY", "ALERT_WEBHOOK_SECRET"].contains(&name);
    for setting in TABLE.iter().filter(|setting| !is_secret(setting.name)) {
        accepted(&[(setting.name, setting.example)]);
    }
    for setting in TABLE.iter().filter(|setting| is_secret(setting.name)) {
        let told = read(&[(setting.name, setting.example)]).unwrap_err().to_string();
        let why = format!("  {}: this is still the example", setting.name);
        assert!(told.contains(&why), "{told}");
    }
}

#[test]
fn all_faults_are_told_at_once_and_no_value_is_repeated() {
    let nonsense: Vec<_> = TABLE.iter().map(|setting| (setting.name, "s3cr3t é")).collect();
    let told = read(&nonsense).unwrap_err().to_string();
    // Of the hosts without a proxy, any text may be a name.
    for setting in TABLE.iter().filter(|setting| setting.name != "NO_PROXY") {
        let names = format!("\n  {}: ", setting.name);
        assert!(told.contains(&names), "{} is missing in:\n{told}", setting.name);
        assert!(told.contains(&format!("Example: {}={}", setting.name, setting.example)));
    }
    assert!(told.starts_with("The settings have 28 errors:\n"), "{told}");
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[test]
fn a_secret_is_visible_ascii_and_never_shown() {
    for name in ["DISCORD_TOKEN", "WHISUL_API_KEY"] {
        for (value, told) in [
            ("a b", "white space"),
            ("a\nb", "white space"),
            ("a\u{7f}", "no token or key has"),
            ("é", "no token or key has"),
            ("\"token\"", "quotation marks"),
            ("to'ken", "quotation marks"),
            ("\u{201c}token\u{201d}", "quotation marks"),
            ("https://discord.com/api/webhooks/1/x", "an address"),
        ] {
            let errors = read(&[(name, value)]).unwrap_err().to_string();
            assert!(errors.contains(&format!("  {name}: ")) && errors.contains(told), "{errors}");
            assert!(!errors.contains(value), "{errors}");
        }
    }
    let shown = format!("{:?}", accepted(&[("DISCORD_TOKEN", "s3cr3t")]));
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn an_alert_webhook_is_an_address_that_is_never_shown() {
    let webhook = |url| accepted(&[("ALERT_WEBHOOK_URL", url)]).alert_webhook;
    for (url, host) in [
        ("https://hooks.example/services/s3cr3t", "hooks.example"),
        ("https://me:s3cr3t@hooks.example/alerts?key=s3cr3t", "hooks.example"),
        ("http://127.0.0.1:8080/s3cr3t", "127.0.0.1"),
    ] {
        let settings = accepted(&[("ALERT_WEBHOOK_URL", url)]);
        assert_eq!(settings.alert_webhook.as_ref().unwrap().url.to_string(), host);
        assert!(!format!("{settings:?}").contains("s3cr3t"), "{settings:?}");
    }
    assert!(webhook(" ").is_none());
    for url in ["http://hooks.example/s3cr3t", "ftp://hooks.example/s3cr3t", "s3cr3t"] {
        let told = read(&[("ALERT_WEBHOOK_URL", url)]).unwrap_err().to_string();
        assert!(told.contains("  ALERT_WEBHOOK_URL: ") && !told.contains("s3cr3t"), "{told}");
    }
}

#[test]
fn an_alert_secret_is_base64_of_24_to_64_bytes() {
    let url = ("ALERT_WEBHOOK_URL", "https://hooks.example");
    let key = |text: &str| {
        let webhook = accepted(&[url, ("ALERT_WEBHOOK_SECRET", text)]).alert_webhook;
        webhook.unwrap().key.map(|key| key.expose().to_vec())
    };
    assert_eq!(key(""), None);
    assert_eq!(key(&"QUFB".repeat(8)), Some(vec![b'A'; 24]));
    assert_eq!(key(&format!("whsec_{}", "QUFB".repeat(21))), Some(vec![b'A'; 63]));
    for wrong in ["QUFB".repeat(7), "QUFB".repeat(22), "QUFB ".repeat(8), "QUFB-".repeat(8)] {
        assert_eq!(invalid(&[("ALERT_WEBHOOK_SECRET", &wrong)]), ["ALERT_WEBHOOK_SECRET"]);
    }
}

#[test]
fn what_is_copied_in_place_of_a_secret_is_recognised() {
    let token = format!("{}.{}.{}", "M".repeat(24), "Gabcde", "x".repeat(38));
    let (key, number) = ("a1".repeat(32), "123456789012345678");
    for (name, value, told) in [
        ("DISCORD_TOKEN", format!("Bot {token}"), "begins with Bot"),
        ("DISCORD_TOKEN", format!("\"bot {token}\""), "begins with Bot"),
        ("DISCORD_TOKEN", format!("Authorization: Bot {token}"), "begins with Bot"),
        ("DISCORD_TOKEN", number.to_owned(), "application's id"),
        ("DISCORD_TOKEN", key.clone(), "public key"),
        ("DISCORD_TOKEN", "aB3-".repeat(8), "client secret"),
        ("WHISUL_API_KEY", "Bearer key".to_owned(), "begins with Bearer"),
        ("WHISUL_API_KEY", "bearer: key".to_owned(), "begins with Bearer"),
        ("WHISUL_API_KEY", token.clone(), "looks like a Discord token"),
    ] {
        let errors = read(&[(name, &value)]).unwrap_err().to_string();
        assert!(errors.contains(told), "{value}: {errors}");
        assert!(!errors.contains(&value), "{errors}");
    }
    accepted(&[("DISCORD_TOKEN", &token), ("WHISUL_API_KEY", &key)]);
}

#[test]
fn every_bad_entry_of_a_list_is_told() {
    let told = |name: &str, value: &str| read(&[(name, value)]).unwrap_err().to_string();
    let guilds = told("ALLOWED_GUILDS", "345678901234567890, abc,,-5,456789012345678901,123");
    let entries = "; entry 2 is 'abc', entry 3 is empty, entry 4 is '-5', entry 6 is '123', but an id has 17 digits \
         or more\n    Found in the environment\n";
    assert!(guilds.contains(entries), "{guilds}");
    let roles = told(
        "ROLE_QUOTAS",
        "123456789012345678=3/1h,234567890123456789:4/1d,123456789012345678=1/1d,x=1/1d",
    );
    let entries = "; entry 2 is '234567890123456789:4/1d', entry 3 has the id of another one, entry 4 is 'x=1/1d'\n";
    assert!(roles.contains(entries), "{roles}");
    let log = told("RUST_LOG", "inof,whisul_bot=debug,sqlx=of");
    assert!(log.contains("; entry 1 is 'inof', entry 3 is 'sqlx=of'\n"), "{log}");
    let many = told("ALLOWED_GUILDS", &"x,".repeat(100));
    assert!(many.contains("entry 10 is 'x', and 91 more\n"), "{many}");
    let secret = told("ALLOWED_GUILDS", "345678901234567890,to.k-e_n");
    assert!(secret.contains("; entry 2 is something else\n"), "{secret}");
}

#[test]
fn a_proxy_is_used_only_where_a_service_is_elsewhere() {
    let here = [("DISCORD_API_URL", "http://127.0.0.1:1"), ("WHISUL_API_URL", "http://[::1]:2")];
    let discord: Url = "https://discord.com".parse().unwrap();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = (name, "http://me:s3cr3t@proxy.example:3128");
        let settings = accepted(&[proxy]);
        let used = settings.proxies.of(&discord).map(ToString::to_string);
        assert_eq!(used.as_deref(), Some("proxy.example:3128"), "{name}");
        assert!(!format!("{settings:?}").contains("s3cr3t"));
        assert!(accepted(&[proxy, ("no_proxy", "discord.com")]).proxies.of(&discord).is_none());
        assert!(accepted(&[proxy, here[0], here[1]]).proxies.of(&discord).is_none());
        let socks = (name, "socks5://127.0.0.1:1080");
        assert_eq!(invalid(&[socks]), ["HTTPS_PROXY"]);
        let told = read(&[socks]).unwrap_err().to_string();
        assert!(told.contains("SOCKS proxies are not supported"), "{told}");
        let alias = if name == "HTTPS_PROXY" { "" } else { &format!(" (as {name})") };
        let found = format!("\n    Found in the environment{alias}: socks5://127.0.0.1:1080\n");
        assert!(told.contains(&found), "{told}");
        accepted(&[socks, here[0], here[1]]);
        accepted(&[socks, ("NO_PROXY", "*")]);
    }
    assert!(accepted(&[("HTTP_PROXY", "proxy:1")]).proxies.of(&discord).is_none());
}

#[test]
fn allowed_servers_close_direct_messages_unless_those_are_allowed() {
    let listed = ("ALLOWED_GUILDS", " 345678901234567890, 456789012345678901 ");
    let settings = accepted(&[listed]);
    assert_eq!(
        settings.allowed_guilds,
        Some(BTreeSet::from([GuildId(345_678_901_234_567_890), GuildId(456_789_012_345_678_901)]))
    );
    assert!(!settings.allow_dms);
    assert!(accepted(&[listed, ("ALLOW_DMS", "true")]).allow_dms);
    assert!(!accepted(&[("ALLOW_DMS", "false")]).allow_dms);
    for value in [",", "12,", "12,,34", "0", "-1", "+1", "12 34", "9223372036854775808"] {
        assert_eq!(invalid(&[("ALLOWED_GUILDS", value)]), ["ALLOWED_GUILDS"], "{value}");
    }
    for (value, allowed) in [("yes", true), ("True", true), ("0", false), ("OFF", false)] {
        assert_eq!(accepted(&[("ALLOW_DMS", value)]).allow_dms, allowed, "{value}");
    }
    assert_eq!(invalid(&[("ALLOW_DMS", "perhaps")]), ["ALLOW_DMS"]);
}

#[test]
fn each_extra_can_be_turned_off() {
    let all = [("ATTACH_AUDIO", "false"), ("ATTACH_COVER", "false"), ("NOTIFY", "off")];
    assert_eq!(
        accepted(&all).follow_ups,
        FollowUpSettings { notice: false, audio: false, cover: false }
    );
    assert_eq!(
        accepted(&all[1..]).follow_ups,
        FollowUpSettings { notice: false, audio: true, cover: false }
    );
    for (name, _) in all {
        assert_eq!(invalid(&[(name, "perhaps")]), [name]);
    }
    assert!(accepted(&[("NOTIFY", "Reply")]).follow_ups.notice);
    assert_eq!(accepted(&[("LOG_FORMAT", "JSON")]).log_format, LogFormat::Json);
    assert_eq!(accepted(&[("USER_QUOTA", "Unlimited")]).limits.user, Quota::Unlimited);
}

#[test]
fn roles_have_quotas_of_their_own() {
    let settings = accepted(&[
        ("USER_QUOTA", "0/1d"),
        ("ROLE_QUOTAS", "123456789012345678=3/1h, 234567890123456789 = unlimited"),
    ]);
    let roles = BTreeMap::from([
        (RoleId(123_456_789_012_345_678), "3/1h".parse().unwrap()),
        (RoleId(234_567_890_123_456_789), Quota::Unlimited),
    ]);
    assert_eq!(settings.limits.roles, roles);
    for value in [",", "7", "7=", "=3/1h", "x=3/1h", "7=3/1h,", "7=3/1h,7=4/1h", "7:3/1h"] {
        assert_eq!(invalid(&[("ROLE_QUOTAS", value)]), ["ROLE_QUOTAS"], "{value}");
    }
}

#[test]
fn songs_are_remembered_for_as_long_as_they_count() {
    let told = |variables: &[(&str, &str)]| read(variables).unwrap_err().to_string();
    let month = ("HISTORY_RETENTION", "30d");
    for (setting, value) in [
        ("USER_QUOTA", "5/31d"),
        (
            "ROLE_QUOTAS",
            "123456789012345678=1/1d,234567890123456789=1/31d,345678901234567891=unlimited",
        ),
        ("GUILD_QUOTA", "0/5w"),
        ("GLOBAL_QUOTA", "100/2592001s"),
    ] {
        let told = told(&[month, (setting, value)]);
        let why =
            format!("  HISTORY_RETENTION: 30d is too short, since {setting} counts songs for ");
        assert!(told.contains(&why), "{told}");
        accepted(&[(setting, value)]);
    }
    let told = told(&[("HISTORY_RETENTION", "1h"), ("GUILD_QUOTA", "1/1h")]);
    let why = "1h is too short, since USER_QUOTA counts songs for 1d, GLOBAL_QUOTA counts songs for \
        1d: set 1d or more, or shorten that window";
    assert!(told.contains(why), "{told}");
    accepted(&[month, ("USER_QUOTA", "5/30d"), ("GUILD_QUOTA", "unlimited")]);
    // An invalid quota is an error of its own, and hides no other.
    let invalid = invalid(&[month, ("USER_QUOTA", "many"), ("GLOBAL_QUOTA", "1/5w")]);
    assert_eq!(invalid, ["USER_QUOTA", "HISTORY_RETENTION"]);
}

#[test]
fn intervals_are_shortened_only_for_servers_on_this_machine() {
    let here = "http://127.0.0.1:8080/api";
    for value in ["4s", "4999ms", "61s", "0s", "6"] {
        assert_eq!(invalid(&[("POLL_INTERVAL", value)]), ["POLL_INTERVAL"], "{value}");
    }
    for value in ["5s", "60s", "1m"] {
        accepted(&[("POLL_INTERVAL", value)]);
    }
    let quick = accepted(&[("POLL_INTERVAL", "250ms"), ("WHISUL_API_URL", here)]);
    assert_eq!(quick.poll_interval, Duration::from_millis(250));
    for value in ["61s", "0ms"] {
        let variables = [("POLL_INTERVAL", value), ("WHISUL_API_URL", here)];
        assert_eq!(invalid(&variables), ["POLL_INTERVAL"], "{value}");
    }
    // The other server's address has no say.
    let other = [("POLL_INTERVAL", "1s"), ("DISCORD_API_URL", here)];
    assert_eq!(invalid(&other), ["POLL_INTERVAL"]);
    let other = [("EDIT_INTERVAL", "1s"), ("WHISUL_API_URL", here)];
    assert_eq!(invalid(&other), ["EDIT_INTERVAL"]);
    accepted(&[("EDIT_INTERVAL", "1ms"), ("DISCORD_API_URL", here)]);
    accepted(&[("EDIT_INTERVAL", "2m")]);
    // An address with an error of its own is no reason for a second one, nor hides one.
    let variables = [("POLL_INTERVAL", "1s"), ("WHISUL_API_URL", "http://127.0.0.1/?q")];
    assert_eq!(invalid(&variables), ["WHISUL_API_URL"]);
    let variables = [("POLL_INTERVAL", "1s"), ("WHISUL_API_URL", "http://whisul.com")];
    assert_eq!(invalid(&variables), ["WHISUL_API_URL", "POLL_INTERVAL"]);
}

#[test]
fn addresses_are_encrypted_or_on_this_machine() {
    let urls = [
        "https://whisul.example/v2/",
        "http://localhost:1",
        "http://127.8.9.1",
        "http://[::1]:80/api",
        "HTTPS://whisul.example",
    ];
    for url in urls {
        accepted(&[("WHISUL_API_URL", url), ("DISCORD_API_URL", url)]);
    }
    for url in [
        "whisul.example",
        "ftp://127.0.0.1",
        "file:///etc",
        "data:text/plain,",
        "http://whisul.example",
        "http://127.0.0.1.whisul.example",
        "http://localhost.whisul.example",
        "http://127.0.0.1@whisul.example",
        "http://192.168.0.1",
        "http://0.0.0.0",
        "https://user@whisul.example",
        "https://:password@whisul.example",
        "https://whisul.example/?query",
        "https://whisul.example/#fragment",
    ] {
        let errors = invalid(&[("WHISUL_API_URL", url), ("DISCORD_API_URL", url)]);
        assert_eq!(errors, ["WHISUL_API_URL", "DISCORD_API_URL"], "{url}");
    }
}

#[test]
fn jobs_are_kept_in_a_file() {
    for url in ["sqlite://data/bot.db", "sqlite:bot.db", "sqlite:///data/bot.db"] {
        assert_eq!(accepted(&[("DATABASE_URL", url)]).database_url, url);
    }
    for (url, told) in [
        ("data/bot.db", "expected sqlite:// before the path"),
        ("/data/bot.db", "expected sqlite:// before the path"),
        ("postgres://host/bot", "other databases"),
        ("sqlite:", "and the path of a file"),
        ("sqlite://", "and the path of a file"),
        ("sqlite::memory:", "in memory"),
        ("sqlite://:memory:", "in memory"),
        ("sqlite://bot.db?mode=memory", "in memory"),
        ("sqlite://bot.db?mode=rwc", "leave out the ?"),
        ("sqlite://data/", "not of a folder"),
        ("sqlite://~/bot.db", "write the path in full"),
        ("sqlite://$HOME/bot.db", "write the path in full"),
        ("sqlite://\u{fffd}", "and the path of a file"),
        ("sqlite://\"my bot.db\"", "and the path of a file"),
    ] {
        let errors = read(&[("DATABASE_URL", url)]).unwrap_err().to_string();
        assert!(errors.contains("  DATABASE_URL: ") && errors.contains(told), "{url}: {errors}");
    }
}

#[test]
fn numbers_and_durations_are_above_nothing() {
    for name in ["MAX_RUNNING", "USER_CONCURRENCY"] {
        for value in ["0", "-1", "1.5", "ten", "4294967296"] {
            assert_eq!(invalid(&[(name, value)]), [name], "{value}");
        }
    }
    for name in ["JOB_TIMEOUT", "SHUTDOWN_GRACE", "HISTORY_RETENTION"] {
        for value in ["0s", "10", "-1s", "1y", "d"] {
            assert_eq!(invalid(&[(name, value)]), [name], "{value}");
        }
    }
    for value in ["0/1s", "5/0s", "5", "5/1s/1s", "unlimited"] {
        assert_eq!(invalid(&[("WHISUL_RATE_LIMIT", value)]), ["WHISUL_RATE_LIMIT"], "{value}");
    }
}

#[test]
fn a_filter_misspelt_is_a_fault() {
    for value in ["info", "off", "WARN", "debug, sqlx=off", "whisul_bot::jobs=trace"] {
        accepted(&[("RUST_LOG", value)]);
    }
    for value in ["inof", "info,", "whisul_bot", "=info", "a=", "a=b", "a=b=c", "[span]=info"] {
        assert_eq!(invalid(&[("RUST_LOG", value)]), ["RUST_LOG"], "{value}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_value_or_a_fault(index in 0..TABLE.len(), text in "\\PC*|[0-9a-z=/:,. ]*") {
        let name = TABLE[index].name;
        let errors = invalid(&[(name, &text)]);
        // A window longer than the history is told of at the history.
        let window = name.contains("QUOTA") && errors == ["HISTORY_RETENTION"];
        prop_assert!(errors.is_empty() || errors.contains(&name) || window, "{:?}", errors);
    }
}
