//! Log lines: what is written, and how.
//!
//! Tokens, keys and prompts never reach a log line. Our own code keeps them out; dependencies
//! don't, so what they may log is limited here, whatever `RUST_LOG` says.

use std::{
    io::{self, IsTerminal},
    panic,
};

use tracing::Subscriber;
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

use crate::config::LogFormat;

/// Our own code.
const OURS: &str = "whisul_bot";

/// The most that others may log. serenity opens a span at info for each request, with its body and
/// the interaction's token as fields (0.12.5, `Http::request`).
const OTHERS: LevelFilter = LevelFilter::WARN;

/// What shows too much even in warnings: whole gateway events, which hold prompts and tokens
/// (serenity 0.12.5, `WsClient::recv_json`).
const SILENCED: &str = "serenity::gateway::ws";

/// Writes log lines to standard error from here on, for the whole process; panics too, but without
/// their message, which may quote the text that was being worked on. Does nothing where somebody
/// else takes the log lines already.
pub fn start(format: LogFormat, filter: &Targets) {
    let colours = io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if tracing::subscriber::set_global_default(subscriber(format, filter, colours, io::stderr))
        .is_err()
    {
        return;
    }
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "a panic, which is a bug of this program: please report it");
    }));
}

fn subscriber<W>(format: LogFormat, filter: &Targets, colours: bool, writer: W) -> impl Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // That a line can't be written is not reported: the report would panic for the same reason.
    let lines = fmt::layer().with_writer(writer).with_ansi(colours).log_internal_errors(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(limited(filter))
}

/// The filter asked for, as far as it may go.
fn limited(asked: &Targets) -> Targets {
    let of_default = asked.default_level().map(|level| (OURS.to_owned(), level));
    let default = asked.default_level().map_or(LevelFilter::OFF, |level| level.min(OTHERS));
    let limit = |(target, level): (String, LevelFilter)| {
        let most = match target.as_str() {
            ours if is_within(ours, OURS) => LevelFilter::TRACE,
            other if other.starts_with(SILENCED) => LevelFilter::OFF,
            _ => OTHERS,
        };
        (target, level.min(most))
    };
    // Of two directives for one target the latter holds.
    Targets::new()
        .with_default(default)
        .with_targets(of_default)
        .with_targets(asked.clone().into_iter().map(limit))
        .with_target(SILENCED, LevelFilter::OFF)
}

/// Whether a target is this module or lies in it.
fn is_within(target: &str, module: &str) -> bool {
    target.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex, PoisonError},
    };

    use proptest::prelude::*;

    use super::*;

    /// A log that can be read.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of one line from us and one from a dependency, inside its span, per level.
    fn logged(format: LogFormat, filter: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            subscriber(format, &filter.parse().unwrap(), false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!(target: "serenity::http", "request", token = "s3cr3t");
            let _inside = span.enter();
            tracing::debug!("our debug");
            tracing::info!("our info");
            tracing::debug!(target: "serenity::http::client", "their debug");
            tracing::info!(target: "serenity::http::client", "their info");
            tracing::warn!(target: "serenity::http::client", "their warning");
            tracing::error!(target: "serenity::gateway::ws", "their payload");
        });
        let bytes = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn dependencies_tell_warnings_at_most() {
        let filters = ["info", "trace", "info,serenity=trace", "debug,serenity::gateway::ws=trace"];
        for (filter, format) in
            filters.iter().flat_map(|it| [(*it, LogFormat::Text), (*it, LogFormat::Json)])
        {
            let log = logged(format, filter);
            assert!(log.contains("our info") && log.contains("their warning"), "{filter}: {log}");
            for hidden in ["their info", "their debug", "their payload", "s3cr3t"] {
                assert!(!log.contains(hidden), "{filter}: {log}");
            }
            assert_eq!(log.contains("our debug"), filter != "info" && !filter.starts_with("info,"));
        }
    }

    #[test]
    fn less_is_possible_for_anybody() {
        assert_eq!(logged(LogFormat::Text, "off"), "");
        assert!(!logged(LogFormat::Text, "info,serenity=off").contains("their"));
        let ours = logged(LogFormat::Text, "whisul_bot=debug");
        assert!(ours.contains("our debug") && !ours.contains("their"), "{ours}");
        let theirs = logged(LogFormat::Text, "info,whisul_bot=off");
        assert!(!theirs.contains("our") && theirs.contains("their warning"), "{theirs}");
    }

    #[test]
    fn a_json_log_is_one_object_a_line() {
        let log = logged(LogFormat::Json, "info");
        let messages: Vec<_> = log
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(messages, ["our info", "their warning"]);
    }

    proptest! {
        #[test]
        fn no_filter_gets_more_out_of_dependencies(
            asked in prop::collection::vec(
                ("|s|serenity|serenity::gateway(::ws(::x)?)?|w", 0..6_u8),
                0..5,
            ),
            target in "serenity(::http|::gateway(::ws(::x)?)?)?|sqlx(::query)?|hyper::client|reqwest",
        ) {
            let asked: Targets = asked.into_iter().map(|(target, level)| {
                let levels = ["off", "error", "warn", "info", "debug", "trace"];
                (target, levels[usize::from(level)].parse::<LevelFilter>().unwrap())
            }).collect();
            let limited = limited(&asked.with_default(LevelFilter::TRACE));
            prop_assert!(!limited.would_enable(&target, &tracing::Level::INFO));
            if target.starts_with("serenity::gateway::ws") {
                prop_assert!(!limited.would_enable(&target, &tracing::Level::ERROR));
            }
        }
    }
}
