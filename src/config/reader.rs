//! Reads each setting with its check, and collects what is wrong.

use std::{collections::BTreeMap, time::Duration};

use url::Url;

use super::{
    alert_webhook::AlertWebhook,
    checks,
    environment::Given,
    errors::{ConfigError, ConfigErrors, Found, Problem},
    origins, secrets,
    settings::Settings,
    shown,
    table::{self, Fallback, Setting},
};
use crate::{
    domain::{FollowUpSettings, Limits, Quota},
    proxy::{Proxies, is_loopback},
};

/// Reads one setting after the other and notes the errors.
pub(super) struct Reader<'a> {
    pub(super) lookup: &'a dyn Fn(&str) -> Option<Given>,
    pub(super) errors: Vec<ConfigError>,
}

impl Reader<'_> {
    /// What was read, unless there was any error.
    pub(super) fn read<T>(
        mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Result<T, ConfigErrors> {
        // What could not be read has its error noted.
        read(&mut self).filter(|_| self.errors.is_empty()).ok_or(ConfigErrors::from(self.errors))
    }

    /// Every setting is read before the first one that is missing ends it.
    pub(super) fn settings(&mut self) -> Option<Settings> {
        let discord_token = self.required(table::DISCORD_TOKEN, secrets::discord_token);
        let whisul_api_key = self.required(table::WHISUL_API_KEY, secrets::whisul_key);
        let database_url = self.required(table::DATABASE_URL, checks::database);
        let limits = self.limits();
        let allowed_guilds = self.optional(table::ALLOWED_GUILDS, checks::guilds);
        let allow_dms = self.optional(table::ALLOW_DMS, checks::switch);
        let follow_ups = self.follow_ups();
        let max_running = self.required(table::MAX_RUNNING, checks::count);
        let whisul_api_url = self.required(table::WHISUL_API_URL, checks::base_url);
        let discord_api_url = self.optional(table::DISCORD_API_URL, checks::discord_url);
        let poll_interval = self.interval(
            table::POLL_INTERVAL,
            Duration::from_secs(5),
            Some(Duration::from_mins(1)),
            table::WHISUL_API_URL,
        );
        let edit_interval = self.interval(
            table::EDIT_INTERVAL,
            Duration::from_secs(5),
            None,
            table::DISCORD_API_URL,
        );
        let job_timeout =
            self.interval(table::JOB_TIMEOUT, Duration::from_mins(5), None, table::WHISUL_API_URL);
        let whisul_rate_limit = self.required(table::WHISUL_RATE_LIMIT, checks::rate);
        let http_addr = self.required(table::HTTP_ADDR, checks::http_address);
        let alert_webhook = self.alert_webhook();
        let shutdown_grace = self.required(table::SHUTDOWN_GRACE, checks::duration);
        let log_format = self.required(table::LOG_FORMAT, checks::log_format);
        let log_filter = self.required(table::RUST_LOG, checks::log_filter);
        let webhook = alert_webhook.iter().flatten().map(|webhook| Some(webhook.url.expose()));
        let services = [whisul_api_url.as_ref(), discord_api_url.as_ref().and_then(Option::as_ref)];
        let addresses: Vec<_> = services.into_iter().chain(webhook).collect();
        let proxies = self.proxies(&addresses);
        let allowed_guilds = allowed_guilds?;
        let (limits, history_retention) = limits?;
        Some(Settings {
            discord_token: discord_token?,
            whisul_api_key: whisul_api_key?,
            database_url: database_url?,
            limits,
            history_retention,
            allow_dms: allow_dms?.unwrap_or(allowed_guilds.is_none()),
            allowed_guilds,
            follow_ups: follow_ups?,
            max_running: max_running?.try_into().ok()?,
            poll_interval: poll_interval?,
            job_timeout: job_timeout?,
            edit_interval: edit_interval?,
            whisul_rate_limit: whisul_rate_limit?,
            whisul_api_url: whisul_api_url?,
            discord_api_url: discord_api_url?,
            proxies: proxies?,
            http_addr: http_addr?,
            alert_webhook: alert_webhook?,
            shutdown_grace: shutdown_grace?,
            log_format: log_format?,
            log_filter: log_filter?,
            origins: origins::origins(&|setting| self.given(*setting)),
            unknown: Vec::new(),
        })
    }

    /// The quotas, and how long songs that count in them are remembered.
    fn limits(&mut self) -> Option<(Limits, Duration)> {
        let user = self.required(table::USER_QUOTA, checks::quota);
        let user_concurrency = self.required(table::USER_CONCURRENCY, checks::count);
        let roles = self.optional(table::ROLE_QUOTAS, checks::role_quotas);
        let guild = self.required(table::GUILD_QUOTA, checks::quota);
        let global = self.required(table::GLOBAL_QUOTA, checks::quota);
        let of_roles = || roles.iter().flatten().flat_map(BTreeMap::values);
        let windows = [
            (table::USER_QUOTA.name, user.and_then(Quota::window)),
            (table::ROLE_QUOTAS.name, of_roles().filter_map(|quota| quota.window()).max()),
            (table::GUILD_QUOTA.name, guild.and_then(Quota::window)),
            (table::GLOBAL_QUOTA.name, global.and_then(Quota::window)),
        ];
        let check = |text: &str| checks::retention(text, &windows);
        let retention = self.required(table::HISTORY_RETENTION, check);
        let limits = Limits {
            user: user?,
            user_concurrency: user_concurrency?.get(),
            roles: roles?.unwrap_or_default(),
            guild: guild?,
            global: global?,
        };
        Some((limits, retention?))
    }

    fn follow_ups(&mut self) -> Option<FollowUpSettings> {
        let notice = self.required(table::NOTIFY, checks::notify);
        let audio = self.required(table::ATTACH_AUDIO, checks::switch);
        let cover = self.required(table::ATTACH_COVER, checks::switch);
        Some(FollowUpSettings { notice: notice?, audio: audio?, cover: cover? })
    }

    #[expect(clippy::option_option, reason = "unset and invalid differ")]
    fn alert_webhook(&mut self) -> Option<Option<AlertWebhook>> {
        let url = self.optional(table::ALERT_WEBHOOK_URL, secrets::webhook_url);
        let key = self.optional(table::ALERT_WEBHOOK_SECRET, secrets::webhook_secret)?;
        Some(url?.map(|url| AlertWebhook { url, key }))
    }

    /// The proxy, unless all addresses are on loopback: then whatever the environment says about
    /// proxies is none of the bot's business. `None` stands for Discord's own address.
    fn proxies(&mut self, addresses: &[Option<&Url>]) -> Option<Proxies> {
        if addresses.iter().all(|url| url.is_some_and(is_loopback)) {
            return Some(Proxies::default());
        }
        let direct = self.value(table::NO_PROXY).unwrap_or_default();
        if Proxies::new(None, &direct).are_all_direct() {
            return Some(Proxies::default());
        }
        self.optional(table::HTTPS_PROXY, checks::proxy).map(|proxy| Proxies::new(proxy, &direct))
    }

    /// An interval that spares the server at `address`.
    fn interval(
        &mut self,
        setting: Setting,
        least: Duration,
        most: Option<Duration>,
        address: Setting,
    ) -> Option<Duration> {
        let url = self.value(address).and_then(|url| Url::parse(url.trim()).ok());
        let on_loopback = url.is_some_and(|url| is_loopback(&url));
        let check = |text: &str| checks::interval(text, least, most, (address.name, on_loopback));
        self.required(setting, check)
    }

    /// A setting that has a value in any case. `None`: its error is noted.
    pub(super) fn required<T>(
        &mut self,
        setting: Setting,
        check: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let value = self.optional(setting, check)?;
        if value.is_none() {
            self.errors.push(ConfigError::Setting(setting, Problem::Required, Found::default()));
        }
        value
    }

    /// A setting that may do without a value: `Some(None)`. `None`: its error is noted.
    #[expect(clippy::option_option, reason = "unset and invalid differ")]
    fn optional<T>(
        &mut self,
        setting: Setting,
        check: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<Option<T>> {
        match self.value(setting).map(|text| check(text.trim())).transpose() {
            Ok(value) => Some(value),
            Err(problem) => {
                let secrets = self.secrets();
                let problem = problem.shown(|text| shown::shown(setting, text, &secrets));
                self.errors.push(ConfigError::Setting(
                    setting,
                    problem,
                    self.found(setting, &secrets),
                ));
                None
            }
        }
    }

    /// A setting's text as given or, where that is empty, by default.
    fn value(&self, setting: Setting) -> Option<String> {
        let given = self.given(setting).map(|given| given.text);
        given.or(match setting.fallback {
            Fallback::Value(text) => Some(text.to_owned()),
            Fallback::Required | Fallback::Unset(_) => None,
        })
    }

    /// What a setting is set to, unless that is nothing.
    fn given(&self, setting: Setting) -> Option<Given> {
        let names = [setting.name].into_iter().chain(table::aliases(setting).iter().copied());
        names.filter_map(self.lookup).find(|given| table::counts(&given.name, &given.text))
    }

    fn secrets(&self) -> Vec<String> {
        table::SECRETS.into_iter().filter_map(|secret| self.value(secret)).collect()
    }

    /// What an invalid setting is set to, and where.
    fn found(&self, setting: Setting, secrets: &[String]) -> Found {
        let Some(Given { name, text, line }) = self.given(setting) else {
            return Found::default();
        };
        let place = line.map_or("the environment".to_owned(), |line| format!(".env, line {line}"));
        let place = if name == setting.name { place } else { format!("{place} (as {name})") };
        Found { text: shown::shown(setting, &text, secrets), place: Some(place) }
    }
}
